// Calibration of what precision costs producers: a leader sets the law of costs, producers learn to live with them, and their prices are held against data.
// ADAGE §4.2 and appendix B.2; Table 1, figures 6 and 10.
//
// θ is private: a producer knows its own λ_i and nothing of μ and σ. So a θ is judged only after the producers have met the prices it makes (nested), one θ at a
// time and in all worlds: who cannot tell worlds apart would learn to live in their mixture.
import { defineExperiment, type Expectation, type Experiment, leaders, logitResponse, math, type Player } from "walras";
import { cobweb } from "../../../economies/cobweb.ts";
import { BINS, massErrors, normalHistogram, TREATMENTS, type Treatment } from "./laboratory.ts";

export interface Calibration {
  readonly name: string;
  readonly summary: string;
  readonly treatment: Treatment;
  /** How a θ is scored. */
  readonly score: leaders.Score;
  readonly optimiser?: "evolution" | "bayesian";
  /** Episodes per world in which a θ is responded to: the longer, the less its score owes to chance. Default 3. */
  readonly patience?: number;
  /** "law": μ and σ; "mean": μ alone; "individual": each λ_i. */
  readonly controls?: "law" | "mean" | "individual";
  /** Of μ, where it alone is searched for. Default all of it. */
  readonly range?: readonly [low: number, high: number];
  readonly expect: (treatment: (typeof TREATMENTS)[Treatment]) => readonly Expectation[];
}

const WORLDS = 16;

export function calibrationExperiment(calibration: Calibration): Experiment {
  const { name, summary, treatment, score, expect } = calibration;
  const { optimiser = "evolution", patience = 3, controls = "law", range = [0, 1000] } = calibration;
  const task: leaders.Task = {
    name: "calibration",
    leader: controls === "individual" ? "assigner" : "calibrator",
    ...(controls === "mean" && { controls: { mu: range, sigma: 0 } as const }),
    score,
  };
  const outer = { task, followers: logitResponse };
  const updates = optimiser === "evolution" ? 48 : 36;
  const shared = {
    name,
    summary,
    economy: cobweb,
    params: {
      supplySlope: TREATMENTS[treatment].supplySlope,
      ...(controls === "individual" ? ({ assignment: "episode" } as const) : ({ calibration: "episode" } as const)),
    },
    numEnvs: WORLDS,
    totalSteps: updates * patience * 50 * WORLDS,
    maxSeconds: 30,
    evaluation: { sampled: true, every: 1000, periods: 10, finalPeriods: 50 },
    measure: (player: Player, _p: unknown, training: Readonly<Record<string, number>>) => ({
      ...fitted(training),
      bestResponseGap: training["followers/bestResponseGap"],
      ...pricesOf(player, TREATMENTS[treatment]),
    }),
    expect: () => expect(TREATMENTS[treatment]),
  };
  // A payoff is remembered for 1/α agents' periods, a fifth of those that a θ is given.
  const config = {
    updates,
    proposals: 1,
    spread: 0,
    exploration: 0,
    warmup: 0.05,
    settle: 0.1,
    evaluationSampled: true,
    evaluationWorlds: patience > 3 ? 200 : 40,
    gapGrid: 5,
    "followers.stepMin": 5 / (patience * 50 * WORLDS * 6),
  } as const;
  const algorithm: NonNullable<Experiment["algorithm"]> =
    optimiser === "evolution"
      ? leaders.nested({ ...outer, optimiser: leaders.cmaEs })
      : leaders.nested({ ...outer, optimiser: leaders.bayesianOptimisation });
  return defineExperiment({ ...shared, algorithm, config: config as never });
}

function fitted(training: Readonly<Record<string, number>>): Record<string, number> {
  const prefix = "leader/theta/";
  return Object.fromEntries(
    Object.entries(training).flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
    ),
  );
}

const PERIODS = 60_000;

/** Moments of simulated prices, their histogram, and its errors against the laboratory's moments. */
export function pricesOf(player: Player, { mean, variance }: { readonly mean: number; readonly variance: number }) {
  const prices = new Float64Array(PERIODS);
  player.play({
    seed: 1,
    periods: PERIODS,
    sampled: true,
    visit(w, period) {
      prices[period] = w["price"] as number;
    },
  });
  const mass = new Float64Array(BINS);
  for (const price of prices) {
    const bin = Math.floor(price * 10);
    if (bin >= 0 && bin < BINS) mass[bin] += 1 / PERIODS;
  }
  const { mae, rmse } = massErrors(mass, normalHistogram(mean, variance));
  const theirs = massErrors(rationalHistogram(player), normalHistogram(mean, variance));
  return {
    meanPrice: math.mean(prices),
    varianceOfPrice: math.variance(prices),
    mae,
    rmse,
    shareOfRational: mae / theirs.mae,
    rmseShareOfRational: rmse / theirs.rmse,
    ...Object.fromEntries(Array.from(mass, (m, k) => [`histogram/${k}`, m])),
  };
}

/** Prices where everybody expects the price that comes true: normal around p*. */
function rationalHistogram({ economy, params }: Player): Float64Array {
  const rationalExpectationsPrice = economy.truth!(params)["rationalExpectationsPrice"] as number;
  return normalHistogram(rationalExpectationsPrice, (params["noiseSd"] as number) * (params["noiseSd"] as number));
}

/** The errors of rational expectations against the laboratory's moments: Table 1's first row, in theory. */
export function rationalErrors({ supplySlope, mean, variance }: (typeof TREATMENTS)[Treatment]) {
  const price = { stable: 5.573885844, unstable: 5.7322748267, stronglyUnstable: 5.9102656299 };
  const key = supplySlope === 0.22 ? "stable" : supplySlope === 0.5 ? "unstable" : "stronglyUnstable";
  return massErrors(normalHistogram(price[key], 0.25), normalHistogram(mean, variance));
}

/** The rows of Table 1 and what the calibrated market looks like. */
export const tableOne = (
  treatment: (typeof TREATMENTS)[Treatment],
  claims: { readonly mae: string; readonly rmse: string } = { mae: "–", rmse: "–" },
): Expectation[] => [
  {
    item: "histogram error (MAE), share of that of rational expectations",
    measure: "shareOfRational",
    claim: claims.mae,
    theory: 0,
    unit: "share",
    tolerance: 0.5,
    kind: "atMost",
    note: `rational expectations: ${rationalErrors(treatment).mae.toPrecision(3)}`,
  },
  {
    item: "the same, root mean square",
    measure: "rmseShareOfRational",
    claim: claims.rmse,
    theory: 0,
    unit: "share",
    tolerance: 0.5,
    kind: "atMost",
    note: `rational expectations: ${rationalErrors(treatment).rmse.toPrecision(3)}`,
  },
  {
    item: "variance of the price",
    measure: "varianceOfPrice",
    claim: String(treatment.variance),
    theory: treatment.variance,
    unit: "money²/good²",
    tolerance: 0.2,
    kind: "relative",
    note: "theory: as published of the laboratory; at ψ = 2 the best fit to the substitute has 2.24",
  },
  {
    item: "mean price",
    measure: "meanPrice",
    claim: String(treatment.mean),
    theory: treatment.mean,
    unit: "money/good",
    tolerance: 0.15,
    kind: "absolute",
    note: "theory: as published of the laboratory",
  },
];
