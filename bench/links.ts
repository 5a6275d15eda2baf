// "Move to the mean of your neighbours" over 10⁶ rows with 8 links each, beside a plain loop over arrays of the same kind and order, in turns.
//
// The plain loop has what a careful programmer would write for this one model: compressed rows, two buffers that change places, nothing else.

import { createSimulation } from "../src/economy/index.ts";
import { program } from "../src/engine/program.ts";
import { inlineCrew } from "../src/engine/run.ts";
import { threadedCrew } from "../src/engine/threads.ts";
import { resolveRun } from "../src/experiment/experiment.ts";
import { loadModule } from "../src/experiment/load.ts";
import economy from "./links/neighbours.ts";
import { type BenchReport, type BenchRow, median, watchMachine } from "./report.ts";

const unit = "M links/s";
const AGENTS = 1_000_000;
const module = new URL(`./links/neighbours${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url).href;
const NETWORKS = ["smallWorld", "random"] as const;

/** Milliseconds of each of some periods, on this thread or on several. */
async function ours(network: string, threads: number, periods: number): Promise<number[]> {
  const experiment = await loadModule(module);
  const run = resolveRun(experiment, { agents: AGENTS, network, horizon: 1e6, totalSteps: periods }, 1);
  const request = { experiment, run, pieces: threads, from: null, checkIdentities: false };
  const crew = threads > 1 ? threadedCrew(module, threads)(request) : inlineCrew(request);
  await crew.ready;
  const times: number[] = [];
  let at = performance.now();
  for (const _ of program(experiment, run, { ...request, arena: crew.arena, team: crew.team, updates: periods })) {
    const now = performance.now();
    times.push(now - at);
    at = now;
  }
  crew.team.abandon();
  await crew.close();
  return times.slice(3); // the wiring, and what the optimising compiler still works on
}

/** The same network and opinions, and the loop. */
function plain(network: string): () => number {
  const simulation = createSimulation(economy, { params: { agents: AGENTS, network } });
  simulation.reset(0);
  const start = simulation.columns["ties.start"] as Int32Array;
  const target = simulation.columns["ties.target"] as Int32Array;
  let now = (simulation.columns["people.opinion"] as Float64Array).slice();
  let next = new Float64Array(AGENTS);
  return () => {
    const at = performance.now();
    move(now, next, start, target);
    [now, next] = [next, now];
    return performance.now() - at;
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
  const rate = (times: readonly number[]): number => (8 * AGENTS) / median(times) / 1000;
  for (const network of NETWORKS) {
    const loop = plain(network);
    for (let k = 0; k < 3; k++) loop();
    const loops: number[] = [];
    const one: number[] = [];
    const two: number[] = [];
    const ratios: number[] = [];
    const gains: number[] = [];
    for (let round = 0; round < 3; round++) {
      const before = Array.from({ length: 10 }, loop);
      const single = await ours(network, 1, 14);
      const double = await ours(network, 2, 14);
      loops.push(...before);
      one.push(...single);
      two.push(...double);
      ratios.push(median(before) / median(single));
      gains.push(median(single) / median(double));
    }
    const workload = `mean of 8 neighbours, 10⁶ rows, ${network === "random" ? "random" : "small world"}`;
    const entry = (implementation: string, times: readonly number[], ratio: number | null, against: string | null) =>
      rows.push({ workload, implementation, median: rate(times), unit, ratio, against });
    entry("plain loop", loops, null, null);
    entry("walras, 1 thread", one, median(ratios), "plain loop");
    entry("walras, 2 threads", two, median(gains), "walras, 1 thread");
  }
  return {
    suite: "links",
    machine: machine(),
    rows,
    notes: ["The ratio against the plain loop is its time over ours: 0.77 is 1.3 times as long."],
  };
}
