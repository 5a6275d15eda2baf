// Time to solution of two economies that macroeconomists solve daily, beside sequence-jacobian and HARK on the same calibrations in the same run.
//
// Aiyagari: two states of employment, risk aversion 2, from nothing to the interest rate, on as many points of wealth as give the same accuracy; that is the
// distance from the rate to which solutions on 800 and 1600 points lead (INTEREST). Krusell and Smith 1998: from nothing to the law of motion over 11 000 periods;
// accuracy is that of mean capital and of slopes against an independent solver's. Sequence-jacobian does not solve the latter: it linearises in aggregate shocks.
// Times are processor times; of short work the best of several solutions, after one that warms up compilers, on either side. What learners need for the same
// economies is timed on a tenth of their training.

import households from "../experiments/aiyagari/ppo.ts";
import learners from "../experiments/krusell-smith/learners.ts";
import { train } from "../src/index.ts";
import { accelerateMath, accelerateRandom } from "../src/kernels/index.ts";
import {
  type Bewley,
  bewleyEquilibrium,
  employmentChain,
  KRUSELL_SMITH_1998,
  krusellSmith,
} from "../src/solvers/index.ts";
import { peer } from "./peers/run.ts";
import { type BenchReport, type BenchRow, watchMachine } from "./report.ts";

const aiyagari: Bewley = {
  discountFactor: 0.96,
  capitalShare: 0.36,
  totalFactorProductivity: 1,
  depreciation: 0.08,
  riskAversion: 2,
  inverseFrisch: Infinity,
  incomeTaxRate: 0,
  assetTaxRate: 0,
  persistence: 0,
  innovationSd: 0.1, // the chain is given
};
const chain = employmentChain({ unemployedEfficiency: 0.1, jobFinding: 0.5, jobLoss: 0.075 });
// (4 r(1600) − r(800))/3 is 0.033809737 with consumption linear between points and 0.033809738 with cubics, and sequence-jacobian comes to 0.0338096 on 4000 points. An
// independent solver has 0.03380889 on its finest grid.
const INTEREST = 0.03380974;
const CAPITAL = 11.6413;
const SLOPES = [0.962906, 0.964861];

/** Of learners' training, the part that is timed. */
const PART = 10;

/** Largest wealth of the grids, in goods; about 8 times capital without risk. */
const LARGEST = 44;
/** Points of wealth, theirs and ours, that give about the same accuracy, ours the better. */
const POINTS = [
  [400, 80],
  [1000, 220],
  [2000, 430],
] as const;
/** Households and rounds of HARK's simulation: a tenth of its own number of households, and as many rounds as bring laws that move half of the way to a thousandth. */
const HARK = { households: 1000, rounds: 20 };

/** As `walras bench macro` runs it. */
export async function bench(): Promise<BenchReport> {
  const machine = watchMachine();
  accelerateRandom();
  accelerateMath();
  const rows: BenchRow[] = [];
  const notes: string[] = [];
  const report = (
    workload: string,
    ours: number,
    peers: readonly (readonly [name: string, seconds: number])[],
  ): void => {
    const own = { workload, implementation: "walras", median: ours, unit: "s" };
    if (peers.length === 0) rows.push({ ...own, ratio: null, against: null });
    for (const [name, seconds] of peers) {
      rows.push({ ...own, ratio: seconds / ours, against: name });
      rows.push({ workload, implementation: name, median: seconds, unit: "s", ratio: null, against: null });
    }
  };

  const most = LARGEST / 5.447; // in multiples of capital without risk
  for (const [theirPoints, points] of POINTS) {
    const first = secondsOf(() => bewleyEquilibrium(aiyagari, { chain, points, most }));
    const runs = Array.from({ length: 8 }, () => secondsOf(() => bewleyEquilibrium(aiyagari, { chain, points, most })));
    const best = runs.reduce((a, b) => (b.seconds < a.seconds ? b : a));
    const off = (r: number): string => `${(1e6 * Math.abs(r - INTEREST)).toFixed(2)}e-6`;
    const ours = `the interest rate is off by ${off(best.value.interest)} on ${points} points here`;
    const answer = await peer("macro", ["sequence-jacobian", String(theirPoints), String(LARGEST)]);
    const workload = `Aiyagari, as exact as ${theirPoints} of its points`;
    if (answer.ok) {
      const theirs = answer.result as { version: string; first: number; seconds: number; interest: number };
      const name = `sequence-jacobian ${theirs.version}`;
      report(workload, best.seconds, [[name, theirs.seconds]]);
      report(`${workload}, the first time`, first.seconds, [[name, theirs.first]]);
      notes.push(`${workload}: ${ours} and ${off(theirs.interest)} on ${theirPoints} in ${name}.`);
    } else {
      report(workload, best.seconds, []);
      notes.push(`${workload}: ${ours}. sequence-jacobian is left out: ${answer.reason}`);
    }
  }

  const { seconds, value } = secondsOf(() => krusellSmith(KRUSELL_SMITH_1998));
  const workload = "Krusell–Smith, 11 000 periods";
  const percent = (capital: number): string => `${(100 * Math.abs(capital / CAPITAL - 1)).toFixed(2)} %`;
  const slopes = (of: readonly number[]): string => of.map((b, z) => Math.abs(b - SLOPES[z]!).toFixed(5)).join(" and ");
  const ours = `mean capital is off by ${percent(value.moments.meanCapital)} and slopes by ${slopes([value.good.slope, value.bad.slope])} here`;
  const answer = await peer("macro", ["hark", "11000", String(HARK.households), String(HARK.rounds)]);
  if (answer.ok) {
    const theirs = answer.result as Hark;
    const name = `HARK ${theirs.version}`;
    const law = slopes(theirs.laws.map(([, slope]) => slope));
    report(workload, seconds, [[name, theirs.seconds]]);
    notes.push(
      `${workload}: ${ours}; in ${name}, with ${HARK.households} simulated households, by ${percent(theirs.capital)} and by ${law}, after at most ${HARK.rounds} rounds.`,
    );
  } else {
    report(workload, seconds, []);
    notes.push(`${workload}: ${ours}. HARK is left out: ${answer.reason}`);
  }
  for (const [economy, experiment] of [
    ["Aiyagari", households],
    ["Krusell–Smith", learners],
  ] as const) {
    const { seconds } = secondsOf(() =>
      train({ ...experiment, totalSteps: experiment.totalSteps / PART }, { seed: 1 }).finish(),
    );
    const workload = `${economy}, learned: 1/${PART} of the periods of ${experiment.name}`;
    rows.push({ workload, implementation: "walras", median: seconds, unit: "s", ratio: null, against: null });
  }
  return { suite: "macro", machine: machine(), rows, notes };
}

interface Hark {
  readonly version: string;
  readonly seconds: number;
  readonly capital: number;
  /** Intercept and slope in good times and in bad. */
  readonly laws: readonly (readonly [number, number])[];
}

function secondsOf<V>(run: () => V): { readonly seconds: number; readonly value: V } {
  const before = process.cpuUsage();
  const value = run();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (user + system) / 1e6, value };
}
