// Every solution concept, however its run is carried out, ends at the same bytes.
import { expect, test } from "vitest";
import { type ExecuteOptions, execute } from "../engine/run.ts";
import { threadedCrew } from "../engine/threads.ts";
import { type Overrides, resolveRun } from "../experiment/experiment.ts";
import { loadModule } from "../experiment/load.ts";
import { createRun, type Json, memoryStore, openRun, resumeRun } from "../store/index.ts";

const at = (path: string): string => new URL(`../../${path}`, import.meta.url).href;
const SMALL: Overrides = {
  horizon: 3,
  numEnvs: 5,
  totalSteps: 5 * 60,
  "config.updates": 10,
  "config.exploration": 0.4,
  "config.evaluationWorlds": 3,
  "config.evaluationSampled": true,
  "config.gapGrid": 2,
  "config.followers.numSteps": 4,
  "config.followers.hiddenWidth": 8,
};

const concepts = [{ name: "nested", module: "experiments/adage/duopoly.ts", set: {} }];

interface Carrying extends Partial<ExecuteOptions> {
  readonly threads?: number;
}
type Concept = (typeof concepts)[number];

async function prepared({ module, set }: Concept, threads: number) {
  const experiment = await loadModule(at(module));
  const run = resolveRun(experiment, { ...SMALL, ...set }, 1);
  const crew = threads > 1 ? { crew: threadedCrew(at(module), threads), pieces: threads } : {};
  return { experiment, run, checkpointInterval: Infinity, ...crew };
}

async function carry(concept: Concept, { threads = 1, ...options }: Carrying = {}) {
  const request = await prepared(concept, threads);
  const store = memoryStore();
  const config = request.run as unknown as Json;
  const machine = { platform: "", arch: "", cpu: "", cores: 1 };
  const writer = createRun(store, { name: concept.name, config, version: "", node: "", machine });
  return { result: await execute({ ...request, writer, ...options }), store };
}

test.each(concepts)("$name: the number of threads changes nothing", async (concept) => {
  const { hash } = (await carry(concept)).result;
  for (const threads of [2, 4]) expect((await carry(concept, { threads })).result.hash).toBe(hash);
});

test.each(concepts)("$name: continued from any update, it ends where it would have", async (concept) => {
  const whole = (await carry(concept)).result;
  const steps = whole.rows.slice(0, -1).map(({ step }) => step);
  for (const until of steps.filter((_, k) => k % 2 === 0)) {
    const { store } = await carry(concept, { until, threads: 1 + (until % 2) });
    const reader = openRun(store);
    const from = reader.latestCheckpoint();
    const rows = reader.rows().slice(0, from!.rows);
    const result = await execute({
      ...(await prepared(concept, 1)),
      writer: resumeRun(store, reader, { from }),
      from,
      rows,
    });
    expect([result.hash, result.summary]).toEqual([whole.hash, whole.summary]);
  }
});
