// Every solution concept, however its run is carried out, ends at the same bytes.
import { expect, test } from "vitest";
import { type ExecuteOptions, execute } from "../engine/run.ts";
import { threadGroup } from "../engine/threads.ts";
import { type Overrides, resolveRun } from "../experiment/experiment.ts";
import { loadModule } from "../experiment/load.ts";
import { createRun, type Json, memoryStore, resumeRun } from "../store/index.ts";

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

interface Concept {
  readonly name: string;
  readonly module: string;
  readonly set: Overrides;
}
const concepts: Concept[] = [
  { name: "nested", module: "experiments/adage/duopoly.ts", set: { "config.proposals": 2, "config.warmup": 0.2 } },
  { name: "total gradient", module: "experiments/adage/duopoly-total.ts", set: {} },
  { name: "two timescales", module: "test/fixtures/searched-duopoly.ts", set: { "config.candidates": 2 } },
  {
    name: "a learner as the leader",
    module: "experiments/adage/duopoly-two-timescale.ts",
    set: { "config.leader.numSteps": 4 },
  },
  { name: "a rule", module: "test/fixtures/ruled-duopoly.ts", set: {} },
];

interface Carrying extends Partial<ExecuteOptions> {
  readonly threads?: number;
}

async function prepared({ module, set }: Concept, threads: number) {
  const experiment = await loadModule(at(module));
  const run = resolveRun(experiment, { ...SMALL, ...set }, 1);
  const group = threads > 1 ? { group: threadGroup(at(module), threads), pieces: threads } : {};
  return { experiment, run, checkpointInterval: Infinity, ...group };
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
  for (const threads of [3]) expect((await carry(concept, { threads })).result.hash).toBe(hash);
});

test.each(concepts)("$name: continued from any update, it ends where it would have", async (concept) => {
  const whole = (await carry(concept)).result;
  const steps = whole.rows.slice(0, -1).map(({ step }) => step);
  for (const [k, until] of steps.filter((_, k) => k % 3 === 0).entries()) {
    const { store } = await carry(concept, { until, threads: 1 + (k % 2) });
    const result = await execute({ ...(await prepared(concept, 1)), ...resumeRun(store) });
    expect([result.hash, result.summary]).toEqual([whole.hash, whole.summary]);
  }
});

test("followers that diverge, θ that nobody may play and worlds too few are told apart", async () => {
  const failing = (module: string, set: Overrides): Promise<unknown> => carry({ name: "failing", module, set });
  await expect(failing("experiments/adage/duopoly.ts", { "config.followers.learningRate": 1e38 })).rejects.toThrow(
    /follower.* is (NaN|-?Infinity).*lower --set config.followers.learningRate/,
  );
  await expect(failing("experiments/adage/duopoly.ts", { "config.proposals": 7 })).rejects.toThrow(
    'Task "profit": 7 θ at once in 3 worlds, expected a world for each',
  );
  await expect(failing("experiments/adage/duopoly.ts", { "config.exploration": 0.01 })).rejects.toThrow(
    "config.exploration: 0.01 of 5 worlds is none of them. Raise numEnvs, or set it to 0.",
  );
  await expect(
    failing("experiments/adage/duopoly.ts", { "config.warmup": 0.95, "config.proposals": 2 }),
  ).rejects.toThrow("nested: training ended before a single θ was scored.");
});
