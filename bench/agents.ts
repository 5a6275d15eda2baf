// Money exchange beside Mesa: the same rule, the same number of agents, in one run and in turns.
//
// Mesa is run twice: as its tutorial writes the model (a random agent is drawn from the AgentSet itself, which copies it to a list
// at every draw), and with that list kept, which is how a careful user would write it. Ours is the economy of economies/money-exchange.ts
// through the engine's own program, one thread, and two for the million; the million also as a whole run with its files.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { program } from "../src/engine/program.ts";
import { callingThread, execute } from "../src/engine/run.ts";
import { threadGroup } from "../src/engine/threads.ts";
import { resolveRun } from "../src/experiment/experiment.ts";
import { loadModule } from "../src/experiment/load.ts";
import { fileStore, thisMachine } from "../src/store/files.ts";
import { createRun, type Json } from "../src/store/index.ts";
import { peer } from "./peers/run.ts";
import { type BenchReport, type BenchRow, median, watchMachine } from "./report.ts";

const unit = "M agent-steps/s";
const module = new URL(`../economies/money-exchange${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url)
  .href;

/** Agent-steps per second of each update of a run, the first few dropped: the optimising compiler is still at work then. */
async function ours(agents: number, periods: number, threads: number): Promise<number[]> {
  const experiment = await loadModule(module);
  const run = resolveRun(experiment, { agents, horizon: periods }, 1);
  const request = { experiment, run, pieces: threads, from: null, checkIdentities: false };
  const group = threads > 1 ? threadGroup(module, threads)(request) : callingThread(request);
  await group.ready;
  const rates: number[] = [];
  let step = 0;
  let at = performance.now();
  for (const update of program(experiment, run, { ...request, arena: group.arena, team: group.team })) {
    const now = performance.now();
    rates.push(((update.step - step) * agents) / (now - at) / 1000);
    step = update.step;
    at = performance.now();
  }
  group.team.abandon();
  await group.close();
  return rates.slice(5);
}

/** Agent-steps per second of a whole run as `walras run` records it: a row of metrics each hundredth, checkpoints, the result's hash. */
async function asRun(agents: number, periods: number): Promise<number> {
  const experiment = await loadModule(module);
  const run = resolveRun(experiment, { agents, horizon: periods }, 1);
  const place = mkdtempSync(join(tmpdir(), "walras-bench-"));
  try {
    const machine = thisMachine();
    const manifest = { name: run.experiment, config: run as unknown as Json, version: "", node: "", machine };
    const writer = createRun(fileStore(join(place, "run")), manifest);
    const { seconds } = await execute({ experiment, run, writer });
    return (agents * periods) / seconds / 1e6;
  } finally {
    rmSync(place, { recursive: true });
  }
}

/** As `walras bench agents` runs it. */
export async function bench(): Promise<BenchReport> {
  const machine = watchMachine();
  const rows: BenchRow[] = [];
  const notes: string[] = [];
  const rounds = 3;
  const small: number[] = [];
  const kept: number[] = [];
  const tutorial: number[] = [];
  let mesaVersion = "";
  let missing = "";
  for (let round = 0; round < rounds && !missing; round++) {
    small.push(median(await ours(10_000, 4000, 1)));
    for (const [flags, into, steps] of [[[], kept, 40] as const, [["--as-tutorial"], tutorial, 2] as const]) {
      const answer = await peer("mesa_money", ["10000", String(steps), "1", ...flags]);
      if (!answer.ok) {
        missing = answer.reason;
        break;
      }
      const result = answer.result as { version: string; bestAgentStepsPerSecond: number };
      mesaVersion = result.version;
      into.push(result.bestAgentStepsPerSecond / 1e6);
    }
  }
  const workload = "money exchange, 10⁴ agents";
  if (missing) {
    notes.push(`Mesa is left out: ${missing}`);
    rows.push({
      workload,
      implementation: "walras, 1 thread",
      median: median(small),
      unit,
      ratio: null,
      against: null,
    });
  } else {
    const ratio = (theirs: readonly number[]): number =>
      median(small.slice(0, theirs.length).map((x, k) => x / theirs[k]!));
    const asTutorial = `Mesa ${mesaVersion} as its tutorial writes it`;
    const careful = `Mesa ${mesaVersion} with the list of agents kept`;
    rows.push({
      workload,
      implementation: "walras, 1 thread",
      median: median(small),
      unit,
      ratio: ratio(tutorial),
      against: asTutorial,
    });
    rows.push({
      workload,
      implementation: "walras, 1 thread",
      median: median(small),
      unit,
      ratio: ratio(kept),
      against: careful,
    });
    rows.push({ workload, implementation: asTutorial, median: median(tutorial), unit, ratio: null, against: null });
    rows.push({ workload, implementation: careful, median: median(kept), unit, ratio: null, against: null });
  }
  const one: number[] = [];
  const two: number[] = [];
  const whole: number[] = [];
  for (let round = 0; round < rounds; round++) {
    one.push(median(await ours(1_000_000, 400, 1)));
    two.push(median(await ours(1_000_000, 400, 2)));
    whole.push(await asRun(1_000_000, 400));
  }
  const million = "money exchange, 10⁶ agents in one world";
  const ratio = (theirs: readonly number[]): number => median(theirs.map((x, k) => x / one[k]!));
  const against = "walras, 1 thread";
  rows.push(
    { workload: million, implementation: against, median: median(one), unit, ratio: null, against: null },
    { workload: million, implementation: "walras, 2 threads", median: median(two), unit, ratio: ratio(two), against },
    {
      workload: million,
      implementation: "walras run, 1 thread: 100 rows of metrics, checkpoints, hash",
      median: median(whole),
      unit,
      ratio: ratio(whole),
      against,
    },
  );
  return { suite: "agents", machine: machine(), rows, notes };
}
