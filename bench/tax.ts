// The tax economy, period by period through the environment: households per world from a hundred to ten thousand, one thread.
//
// A step is a period of one world: actions in, decoded and clipped; production, both taxes with progressive schedules, the balanced budget,
// consumption, next period's productivity; a check that every number is finite; observations and rewards out. Beside it the same period in
// NumPy (peers/numpy_tax.py), which has to arrive at the same wealth, and the rates that TaxAI publishes, which are not run here.
// Times are processor times, of the best of several rounds on either side: what the machine does besides then matters least.

import { tax } from "../economies/tax.ts";
import { makeVectorEnv, type VectorEnv } from "../src/env/vector-env.ts";
import { accelerateMath, accelerateRandom } from "../src/kernels/index.ts";
import { seedStream } from "../src/random/index.ts";
import { peer } from "./peers/run.ts";
import { type BenchReport, type BenchRow, watchMachine } from "./report.ts";
import { requireEqual } from "./turns.ts";

/** README of github.com/jidiai/TaxAI, "Timing Tests": one thread of an AMD EPYC 7742, by number of households. */
const PUBLISHED: Readonly<Record<number, number>> = { 100: 482.335, 1000: 46.983, 10000: 4.018 };
const ROUNDS = 8;
const RATES = [0.2, 0.1, 0.02, 0.01]; // τ, ξ, τ_a, ξ_a

interface Rate {
  readonly stepsPerSecond: number;
  /** Per household after 20 periods without risk. */
  readonly wealth: number;
  readonly utility: number;
}

/** As `walras bench tax` runs it. */
export async function bench(): Promise<BenchReport> {
  const machine = watchMachine();
  const rows: BenchRow[] = [];
  const notes = [
    "TaxAI's rates are published ones for other hardware and were not run here. Its step has what ours leaves out: a consumption tax, and public spending that is chosen; ours has what its leaves out: a budget that is balanced within the period, checks that all numbers are finite, and observations by name.",
  ];
  accelerateMath();
  accelerateRandom();
  for (const [size, published] of Object.entries(PUBLISHED)) {
    const households = Number(size);
    const steps = Math.ceil(500_000 / households);
    const workload = `one period, ${households} households`;
    const ours = run(households, steps);
    const row = (implementation: string, median: number, against: [name: string, rate: number] | null): void => {
      const [name = null, rate = 1] = against ?? [];
      rows.push({
        workload,
        implementation,
        median,
        unit: "steps/s",
        ratio: against && ours.stepsPerSecond / rate,
        against: name,
      });
    };
    row("walras, 1 thread", ours.stepsPerSecond, ["TaxAI, published", published]);
    const answer = await peer("numpy_tax", [size, String(steps), String(ROUNDS)]);
    if (answer.ok) {
      const theirs = answer.result as { version: string; bestStepsPerSecond: number } & Rate;
      const numpy = `NumPy ${theirs.version}`;
      requireEqual("tax", [ours.wealth, ours.utility], [theirs.wealth, theirs.utility], 1e-9, ["walras", numpy]);
      row("walras, 1 thread", ours.stepsPerSecond, [numpy, theirs.bestStepsPerSecond]);
      row(numpy, theirs.bestStepsPerSecond, null);
    } else if (notes.length === 1) notes.push(`NumPy is left out: ${answer.reason}`);
    row("TaxAI, published, not run", published, null);
  }
  return { suite: "tax", machine: machine(), rows, notes };
}

function run(households: number, steps: number): Rate {
  const certain = environment(households, 0);
  certain.batch["households"]!.actions.forEach((_, a, actions) => {
    actions[a] = a % 2 === 0 ? 0.85 : 0.9;
  });
  advance(certain, 20);
  const columns = certain.simulation.worlds[0] as unknown as { wealth: number; utility: number };
  const [wealth, utility] = [columns.wealth / households, columns.utility / households];

  const env = environment(households, 0.2);
  const { actions } = env.batch["households"]!;
  const draws = new Float64Array(actions.length);
  seedStream(1).fork("bench").uniform(draws, { lane: 0, period: 0, from: 0 });
  draws.forEach((u, a) => {
    actions[a] = 0.8 + (a % 2 === 0 ? 0.1 : 0.2) * u;
  });
  advance(env, Math.max(300, steps)); // the optimising compiler is at work
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    advance(env, steps);
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1e6);
  }
  return { stepsPerSecond: steps / best, wealth, utility };
}

function environment(households: number, innovationSd: number): VectorEnv {
  const params = { households, innovationSd, horizon: 1e9 };
  const env = makeVectorEnv(tax, { numEnvs: 1, params });
  env.reset(1);
  env.batch["government"]!.actions.set(RATES);
  return env;
}

/** Periods, each with the actions that lie there. */
function advance(env: VectorEnv, periods: number): void {
  const until = env.position.tick + periods;
  while (env.position.tick < until) env.step();
}
