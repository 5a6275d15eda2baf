// PPO end to end on CartPole-v1, at CleanRL's defaults: steps per second beside CleanRL's own script and Stable-Baselines3, in turns,
// and the returns that each reaches by the same number of steps, since speed without learning is nothing.
//
// Same on all sides: 4 worlds, rollouts of 128 steps, 4 minibatches, 4 passes, 64×64 tanh for actor and critic, the learning rate falling
// to 0 over the run, one thread (peers/control.py says more; torch is slower with two). Training alone is timed, without imports: by
// processor time, which does not depend on what else the machine does, and by the clock, where CleanRL's figure is the one it prints.

import experiment from "../experiments/control/ppo-cartpole.ts";
import { program, roomyArena } from "../src/engine/program.ts";
import { callingThread } from "../src/engine/run.ts";
import { resolveRun } from "../src/experiment/experiment.ts";
import { peer } from "./peers/run.ts";
import { type BenchReport, type BenchRow, median, watchMachine } from "./report.ts";

const OURS = "walras";
const PEERS = { cleanrl: "CleanRL", sb3: "Stable-Baselines3" } as const;
const STEPS = 100_000;
/** Of the 40 parts of a run, those whose mean return is reported. */
const LAST = 10;

interface Run {
  readonly stepsPerSecond: number;
  readonly stepsPerProcessorSecond: number;
  readonly lastReturn: number;
}

/** As `walras bench peers` runs it: `seeds` runs of every system. */
export async function bench(seeds = 3, steps = STEPS): Promise<BenchReport> {
  const machine = watchMachine();
  const runs: Record<string, Run[]> = { [OURS]: [] };
  const notes: string[] = [];
  ours(0, 20_000); // until the optimising compiler has seen it
  for (let seed = 1; seed <= seeds; seed++) {
    runs[OURS]!.push(ours(seed, steps));
    for (const [system, name] of Object.entries(PEERS)) {
      const answer = await peer("control", [system, "ppo-cartpole", "--seed", String(seed), "--steps", String(steps)]);
      if (!answer.ok) {
        notes.push(`${name}, seed ${seed}: ${answer.reason}`);
        continue;
      }
      const { versions, curve, ...run } = answer.result as Run & {
        versions: Record<string, string>;
        curve: (number | null)[];
      };
      const implementation = `${name} ${versions[system] ?? versions["stable-baselines3"]}`;
      (runs[implementation] ??= []).push({ ...run, lastReturn: lastOf(curve) });
    }
  }
  const rows: BenchRow[] = [];
  const workload = `PPO on CartPole-v1, ${steps} steps`;
  for (const [figure, unit] of [
    ["stepsPerProcessorSecond", "steps/s of processor time"],
    ["stepsPerSecond", "steps/s by the clock"],
  ] as const) {
    const speed = (name: string): number => median(runs[name]!.map((run) => run[figure]));
    for (const against of Object.keys(runs).slice(1)) {
      const row = { workload, unit, against };
      rows.push({ ...row, implementation: OURS, median: speed(OURS), ratio: speed(OURS) / speed(against) });
      rows.push({ ...row, implementation: against, median: speed(against), ratio: 1 });
    }
  }
  for (const [implementation, of] of Object.entries(runs))
    rows.push({
      workload: "mean training return, last quarter",
      implementation,
      median: median(of.map(({ lastReturn }) => lastReturn)),
      unit: "steps",
      ratio: null,
      against: null,
    });
  return { suite: "peers", machine: machine(), rows, notes };
}

function ours(seed: number, totalSteps: number): Run {
  const run = resolveRun(experiment, { totalSteps }, seed);
  const request = { experiment, run, pieces: 1, from: null, checkIdentities: false };
  const { team } = callingThread(request);
  const updates = program(experiment, run, { ...request, arena: roomyArena({}), team });
  const curve: number[] = [];
  const start = performance.now();
  const before = process.cpuUsage();
  for (const { metrics } of updates) curve.push(metrics["charts/episodicReturn"]!);
  const { user, system } = process.cpuUsage(before);
  return {
    stepsPerSecond: totalSteps / ((performance.now() - start) / 1e3),
    stepsPerProcessorSecond: totalSteps / ((user + system) / 1e6),
    lastReturn: lastOf(curve),
  };
}

const lastOf = (curve: readonly (number | null)[]): number => {
  const known = curve.slice(-LAST).filter((x) => x !== null);
  return known.reduce((sum, x) => sum + x, 0) / known.length;
};
