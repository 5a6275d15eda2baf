// "Move to the mean of your neighbours" over 10⁶ rows with 8 links each, beside a plain loop over the same arrays, in turns.
//
// The plain loop has what a careful programmer would write for this one model: compressed rows, two buffers that change places, nothing else.
// One thread is measured in processor time, so that other work on the machine matters least; two threads against one in wall time.

import { createSimulation } from "../src/economy/index.ts";
import { program } from "../src/engine/program.ts";
import { callingThread } from "../src/engine/run.ts";
import { threadGroup } from "../src/engine/threads.ts";
import { resolveRun } from "../src/experiment/experiment.ts";
import { loadModule } from "../src/experiment/load.ts";
import { createArena } from "../src/kernels/index.ts";
import economy from "./links/neighbours.ts";
import { type BenchReport, type BenchRow, median, watchMachine } from "./report.ts";

const unit = "M links/s";
const AGENTS = 1_000_000;
const module = new URL(`./links/neighbours${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url).href;
const [ROUNDS, PERIODS] = [5, 12];
const NETWORKS = ["smallWorld", "random"] as const;

interface Time {
  readonly wall: number;
  readonly processor: number;
}
/** Milliseconds of this process since it began. */
function time(): Time {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now(), processor: (user + system) / 1000 };
}
const since = (from: Time): Time => {
  const { wall, processor } = time();
  return { wall: wall - from.wall, processor: processor - from.processor };
};

/** Times of each of some periods, on this thread or on several. */
async function ours(network: string, threads: number, periods: number): Promise<Time[]> {
  const experiment = await loadModule(module);
  const run = resolveRun(experiment, { agents: AGENTS, network, horizon: 1e6, totalSteps: periods }, 1);
  const request = { experiment, run, pieces: threads, from: null, checkIdentities: false };
  const group = threads > 1 ? threadGroup(module, threads)(request) : callingThread(request);
  await group.ready;
  const times: Time[] = [];
  let at = time();
  for (const _ of program(experiment, run, { ...request, arena: group.arena, team: group.team })) {
    times.push(since(at));
    at = time();
  }
  group.team.abandon();
  await group.close();
  return times.slice(3); // the wiring, and what the optimising compiler still works on
}

/** The same network and opinions in memory of the same kind, and the loop. */
function plain(network: string): () => Time {
  const memory = createArena({ bytes: 2 ** 30 });
  const simulation = createSimulation(economy, { params: { agents: AGENTS, network }, memory });
  simulation.reset(0);
  const start = simulation.columns["ties.start"] as Int32Array;
  const target = simulation.columns["ties.target"] as Int32Array;
  let now = simulation.columns["people.opinion"] as Float64Array;
  let next = memory.f64(AGENTS);
  return () => {
    const at = time();
    move(now, next, start, target);
    [now, next] = [next, now];
    return since(at);
  };
}

function move(now: Float64Array, next: Float64Array, start: Int32Array, target: Int32Array): void {
  for (let i = 0; i < next.length; i++) {
    let sum = 0;
    const end = start[i + 1]!;
    for (let l = start[i]!; l < end; l++) sum += now[target[l]!]!;
    next[i] = end > start[i]! ? sum / (end - start[i]!) : now[i]!;
  }
}

/** As `walras bench links` runs it. */
export async function bench(): Promise<BenchReport> {
  const machine = watchMachine();
  const rows: BenchRow[] = [];
  for (const network of NETWORKS) {
    const loop = plain(network);
    for (let k = 0; k < 10; k++) loop();
    const [loops, one, two]: [Time[], Time[], Time[]] = [[], [], []];
    const [ratios, gains]: [number[], number[]] = [[], []];
    const processor = (times: readonly Time[]) => median(times.map((t) => t.processor));
    const wall = (times: readonly Time[]) => median(times.map((t) => t.wall));
    for (let round = 0; round < ROUNDS; round++) {
      const before = Array.from({ length: PERIODS }, loop);
      const single = await ours(network, 1, PERIODS + 3);
      const double = await ours(network, 2, PERIODS + 3);
      loops.push(...before);
      one.push(...single);
      two.push(...double);
      ratios.push(processor(before) / processor(single));
      gains.push(wall(single) / wall(double));
    }
    const workload = `mean of 8 neighbours, 10⁶ rows, ${network === "random" ? "random" : "small world"}`;
    const entry = (implementation: string, milliseconds: number, ratio: number | null, against: string | null) =>
      rows.push({ workload, implementation, median: (8 * AGENTS) / milliseconds / 1000, unit, ratio, against });
    entry("plain loop", processor(loops), null, null);
    entry("walras, 1 thread", processor(one), median(ratios), "plain loop");
    entry("walras, 2 threads", wall(two), median(gains), "walras, 1 thread");
  }
  return {
    suite: "links",
    machine: machine(),
    rows,
    notes: [
      "Against the plain loop: its processor time over ours, 0.77 is 1.3 times as long. Two threads against one: wall time.",
    ],
  };
}
