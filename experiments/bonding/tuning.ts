// Tuning (7.1) against traders who follow rules: optimisers look for a slope, and for a slope and a fee, by simulations of the token market; held against theory, and against a fine grid.
import { createSimulation, defineSimulation, type ExperimentTable, optimise, plainMemory } from "walras";
import { resolveConfig } from "walras/algorithms";
import { seedStream } from "walras/random";
import { tokenMarket } from "../../economies/token-market.ts";
import { spaced } from "../parts/lines.ts";
import { chase } from "./parts/fundamentalists.ts";

const OPTIMISERS = { "CMA-ES": optimise.cmaEs, Bayesian: optimise.bayesianOptimisation } as const;
type OptimiserName = keyof typeof OPTIMISERS;
/** Scores that each may ask for: one is for scores that are dear, the other for cheap ones. */
const BUDGET: Readonly<Record<OptimiserName, number>> = { "CMA-ES": 120, Bayesian: 40 };

// Recovery: the slope with which fundamentalists, N of them who react by g, undo a spike in supply soonest. Σ (x_t/x₀)² = 1/(1 − (1 − r)²) is least at r = mNg = 1.
const CHASE = { traders: 50, reaction: 0.4, low: 0.005, high: 0.095 };
const BEST_SLOPE = 1 / (CHASE.traders * CHASE.reaction);
function recoveryOf(slope: number): number {
  const x = chase({
    traders: CHASE.traders,
    reaction: CHASE.reaction,
    curve: { curve: "linear", slope, intercept: 1 },
    fundamental: 1 + 100 * slope,
    supply: 110,
    periods: 60,
  });
  return -x.reduce((sum, value) => sum + (value * value) / (x[0]! * x[0]!), 0);
}

// Revenue less what price swings cost: the slope and the fee of a curve through (100, 2) whose supply everybody together disturbs, and which arbitrageurs hold against another market.
const LOW = [0.002, 0] as const;
const HIGH = [0.018, 0.2] as const;
const POINTS = 17;
/** Money a period that a price of variance 1 is as bad as. */
const AVERSION = 150;
const WORLDS = 4;
function designOf(theta: ArrayLike<number>, seed: number): number {
  const [slope, fee] = [theta[0]!, theta[1]!];
  const params = {
    traders: 0,
    arbitrageurs: 20,
    otherPrice: 2,
    otherSlope: 0.004,
    slope,
    intercept: 2 - 100 * slope,
    fee,
    supply: 100,
    fundamental: 2,
    pressureSd: 0.2,
    money: 5000,
    horizon: 200,
  };
  const simulation = createSimulation(tokenMarket, { params, seed, numWorlds: WORLDS, purpose: "tuning" });
  let sum = 0;
  for (let e = 0; e < WORLDS; e++) {
    const w = simulation.worlds[e] as unknown as { readonly supply: Float64Array; readonly treasury: number };
    simulation.reset(e);
    for (let t = 0; t < simulation.horizon; t++) {
      for (let index = 0; index < simulation.phases.length; index++) simulation.runPhase(index, e);
      simulation.endPeriod(e);
      const gap = slope * (w.supply[0]! - 100);
      sum -= AVERSION * gap * gap;
    }
    sum += w.treasury;
  }
  return sum / (WORLDS * simulation.horizon);
}

/** The θ that an optimiser settles on after its budget. */
function settled(
  name: OptimiserName,
  task: { readonly low: readonly number[]; readonly high: readonly number[]; readonly seed: number },
  score: (theta: Float64Array) => number,
): Float64Array {
  const { low, high, seed } = task;
  const optimiser: optimise.AnyOptimiser = OPTIMISERS[name];
  const search = optimiser.create(resolveConfig(optimiser) as never, {
    low: Float64Array.from(low),
    high: Float64Array.from(high),
    most: BUDGET[name],
    rng: seedStream(seed).fork(`tuning/${name}`),
    memory: plainMemory,
  });
  for (let k = 0; k < BUDGET[name]; k++) {
    const theta = search.ask();
    search.tell(theta, score(theta));
  }
  return search.best().theta;
}

const names = Object.keys(OPTIMISERS) as OptimiserName[];

export default defineSimulation({
  name: "bonding/tuning",
  summary:
    "Optimisers tune a bonding curve by simulation: its slope for the soonest recovery, its slope and fee for revenue without price swings; regret against theory and against a grid.",
  economy: tokenMarket,
  params: { traders: 0, arbitrageurs: 20, otherPrice: 2, otherSlope: 0.004, slope: 0.01, pressureSd: 0.2, money: 5000 },
  seeds: [1, 2, 3, 4, 5],
  maxSeconds: 120,
  measure({ seed }) {
    const found: Record<string, number> = {};
    for (const slope of spaced(CHASE.low, CHASE.high, 19)) found[`recovery/${slope}`] = recoveryOf(slope);
    const grid = spaced(0, 1, POINTS).flatMap((u) =>
      spaced(0, 1, POINTS).map((v) => {
        const theta = [LOW[0] + u * (HIGH[0] - LOW[0]), LOW[1] + v * (HIGH[1] - LOW[1])];
        return { theta, score: designOf(theta, seed) };
      }),
    );
    const best = grid.reduce((a, b) => (b.score > a.score ? b : a));
    const worst = grid.reduce((a, b) => (b.score < a.score ? b : a));
    for (const { theta, score } of grid) if (theta[0] === best.theta[0]) found[`design/${theta[1]}`] = score;
    Object.assign(found, { "grid/slope": best.theta[0]!, "grid/fee": best.theta[1]!, "grid/score": best.score });
    for (const name of names) {
      const [slope] = settled(name, { low: [CHASE.low], high: [CHASE.high], seed }, ([m]) => recoveryOf(m!));
      found[`${name}/slope`] = slope!;
      // −1 at r = 1: what more of Σ (x_t/x₀)² there is, as a share
      found[`${name}/regret`] = recoveryOf(BEST_SLOPE) - recoveryOf(slope!);
      const theta = settled(name, { low: LOW, high: HIGH, seed }, (one) => designOf(one, seed));
      const score = designOf(theta, seed);
      found[`${name}/design slope`] = theta[0]!;
      found[`${name}/design fee`] = theta[1]!;
      found[`${name}/design score`] = score;
      found[`${name}/design regret`] = (best.score - score) / (best.score - worst.score);
    }
    return found;
  },
  expect: () =>
    names.flatMap((name) => [
      {
        item: `slope that recovers soonest, ${name}`,
        measure: `${name}/slope`,
        claim: "min over Φ",
        theory: BEST_SLOPE,
        unit: "money/token²",
        tolerance: 0.05,
        kind: "relative" as const,
        note: "1/(N g); a twentieth off costs 0.25 %",
      },
      {
        item: `regret there, ${name}`,
        measure: `${name}/regret`,
        claim: "–",
        theory: 0,
        unit: "1",
        tolerance: 0.01,
        kind: "atMost" as const,
        note: "of Σ (x_t/x₀)²",
      },
      {
        item: `regret of slope and fee against a grid of ${POINTS * POINTS} points, ${name}`,
        measure: `${name}/design regret`,
        claim: "–",
        theory: 0,
        unit: "1",
        tolerance: 0.02,
        kind: "atMost" as const,
        note: `as a share of the grid's best less its worst; ${BUDGET[name]} scores`,
      },
    ]),
  figures: () => [
    {
      title: "Recovery by slope",
      xLabel: "slope, money/token²",
      yLabel: "−Σ (x_t/x₀)²",
      lines: [
        { label: "simulated", measured: "recovery", as: "dots" as const },
        {
          label: "−1/(1 − (1 − mNg)²)",
          points: spaced(CHASE.low, CHASE.high, 91).map((m) => {
            const left = 1 - m * CHASE.traders * CHASE.reaction;
            return [m, -1 / (1 - left * left)] as const;
          }),
        },
      ],
      caption: `${CHASE.traders} fundamentalists who react by ${CHASE.reaction}; the best slope is 1/(N g) = ${BEST_SLOPE}.`,
    },
    {
      title: "Revenue less price swings, at the grid's best slope",
      xLabel: "fee",
      yLabel: "money per period",
      lines: [{ label: "simulated", measured: "design" }],
      caption: `Fees per period less ${AVERSION} times the mean of (P − 2)², by fee, at the slope that is best on the grid.`,
    },
  ],
  tables: () => [table()],
});

function table(): ExperimentTable {
  return {
    title: "What is settled on",
    cases: ["search", "scores"],
    columns: [
      { name: "slope for recovery", unit: "money/token²" },
      { name: "slope", unit: "money/token²" },
      { name: "fee", unit: "1" },
      { name: "revenue less swings", unit: "money/period" },
      { name: "regret", unit: "1" },
    ],
    rows: [
      { of: ["theory", "–"], cells: [BEST_SLOPE, null, null, null, null] },
      { of: ["grid", String(POINTS * POINTS)], cells: [null, "grid/slope", "grid/fee", "grid/score", 0] },
      ...names.map((name) => ({
        of: [name, String(BUDGET[name])],
        cells: [
          `${name}/slope`,
          `${name}/design slope`,
          `${name}/design fee`,
          `${name}/design score`,
          `${name}/design regret`,
        ],
      })),
    ],
    note: "Regret: as a share of the grid's best score less its worst; below 0 where a search finds better than any point of the grid. All searches of a seed meet the same draws.",
  };
}
