// Calibration of what precision costs producers: a leader sets the law of costs, producers learn to live with them, and their prices are held against data.
// ADAGE §4.2 and appendix B.2; Table 1, figures 6 and 10.
//
// θ is private: a producer knows its own λ_i and nothing of μ and σ. So a θ is judged only after the producers have met the prices it makes (nested), one θ at a
// time and in all worlds: who cannot tell worlds apart would learn to live in their mixture.
import {
  type AnyParamValues,
  defineExperiment,
  type Expectation,
  type Experiment,
  type ExperimentFigure,
  leaders,
  logitResponse,
  math,
  optimise,
  type Player,
  type Truth,
} from "walras";
import { cobweb } from "../../../economies/cobweb.ts";
import * as theory from "../../../economies/theory/cobweb.ts";
import { curve, level, SEARCH, STEPS } from "../../parts/lines.ts";
import { BINS, market, massErrors, normalHistogram, TREATMENTS, type Treatment } from "./laboratory.ts";

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
  /** The figure of the paper that has its prices. */
  readonly figure?: string;
  /** Prices that it is calibrated to, where they are not the laboratory's substitute. */
  readonly prices?: Float64Array;
  /** μ that made those prices. */
  readonly made?: number;
  /** An uncalibrated market to compare with. */
  readonly base?: Experiment;
  readonly expect: (treatment: (typeof TREATMENTS)[Treatment]) => readonly Expectation[];
}

const WORLDS = 16;

export function calibrationExperiment(calibration: Calibration): Experiment {
  const { name, summary, treatment, score, expect } = calibration;
  const { optimiser = "evolution", patience = 3, controls = "law", range = [0, 1000] } = calibration;
  const { figure, prices, made, base } = calibration;
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
    maxSeconds: base ? 40 : 30,
    evaluation: { sampled: true, every: 1000, periods: 10, finalPeriods: 50 },
    ...(base && { beside: { base } }),
    measure: (player: Player, _p: unknown, training: Row, { base }: Readonly<Record<string, Row>>) => ({
      ...fitted(training),
      bestResponseGap: training["followers/bestResponseGap"],
      ...pricesOf(player, TREATMENTS[treatment]),
      ...(base && besides(base)),
    }),
    expect: () => expect(TREATMENTS[treatment]),
    figures: (p: AnyParamValues, truth: Truth): ExperimentFigure[] => [
      priceFigure(treatment, { p, truth, prices, base: base !== undefined, figure }),
      {
        title: "What precision is found to cost",
        xLabel: STEPS,
        yLabel: "points/nat",
        lines: [
          ...THETA[controls].map(([name, label]) => ({ label, training: `leader/theta/${name}` })),
          ...(made === undefined ? [] : [level("μ that made the prices", made)]),
        ],
        band: "range",
        caption:
          controls === "law"
            ? `${SEARCH} Prices tell little about μ and σ apart: pairs far from each other fit alike.`
            : SEARCH,
      },
    ],
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
      ? leaders.nested({ ...outer, optimiser: optimise.cmaEs })
      : leaders.nested({ ...outer, optimiser: optimise.bayesianOptimisation });
  return defineExperiment({ ...shared, algorithm, config: config as never });
}

type Row = Readonly<Record<string, number>>;

/** The names of θ, and theirs in figures. */
const THETA = {
  law: [
    ["mu", "mean μ"],
    ["sigma", "deviation σ"],
  ],
  mean: [["mu", "mean μ"]],
  individual: [1, 2, 3, 4, 5, 6].map((i) => [`cost${i}`, `λ of producer ${i}`] as const),
} as const;

function fitted(training: Row): Record<string, number> {
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
  const mass = masses(prices);
  const { mae, rmse } = massErrors(mass, normalHistogram(mean, variance));
  const theirs = massErrors(rationalHistogram(player), normalHistogram(mean, variance));
  return {
    meanPrice: math.mean(prices),
    varianceOfPrice: math.variance(prices),
    mae,
    rmse,
    rationalMae: theirs.mae,
    rationalRmse: theirs.rmse,
    shareOfRational: mae / theirs.mae,
    rmseShareOfRational: rmse / theirs.rmse,
    ...Object.fromEntries(Array.from(mass, (m, k) => [`histogram/${middle(k)}`, m])),
  };
}

/** Price in the middle of bin k. */
const middle = (k: number): number => (2 * k + 1) / 20;

/** The uncalibrated market's errors and histogram. */
const besides = (base: Row): Row =>
  Object.fromEntries(
    Object.entries(base).flatMap(([name, value]) =>
      name.startsWith("histogram/") || name === "mae" || name === "rmse" ? [[`base/${name}`, value]] : [],
    ),
  );

interface Prices {
  readonly p: AnyParamValues;
  readonly truth: Truth;
  /** What was calibrated to, if not the laboratory's substitute. */
  readonly prices?: Float64Array | undefined;
  /** Whether `base/histogram` was measured. */
  readonly base?: boolean;
  readonly figure?: string | undefined;
}

/** The law of prices: the laboratory's, that of rational expectations, and ours. */
export function priceFigure(
  treatment: Treatment,
  { p, truth, prices, base = false, figure }: Prices,
): ExperimentFigure {
  const { mean, variance } = TREATMENTS[treatment];
  const noise = p["noiseSd"] as number;
  const bins = Array.from({ length: BINS }, (_, k) => middle(k));
  const of = (masses: Float64Array) => (x: number) => masses[Math.floor(x * 10)];
  const data = prices
    ? curve("prices calibrated to", of(masses(prices)), bins)
    : curve(`experiment, N(${mean}, ${variance})`, of(normalHistogram(mean, variance)), bins);
  return {
    title: "Prices",
    xLabel: "price, money/good",
    yLabel: "share of periods, per bin of 0.1",
    lines: [
      { label: "ours", measured: "histogram", as: "steps" },
      data,
      curve(
        "rational expectations",
        of(normalHistogram(truth["rationalExpectationsPrice"] as number, noise * noise)),
        bins,
      ),
      ...(base ? [{ label: "base simulator", measured: "base/histogram" } as const] : []),
    ],
    band: "range",
    caption: `${figure ? `${figure}. ` : ""}${
      prices
        ? "Ours on 60 000 prices."
        : "Ours on 60 000 prices; the experiment’s law is a normal with its published mean and variance, its single prices being unpublished."
    }`,
  };
}

/** Share of prices in each bin. */
function masses(prices: Float64Array): Float64Array {
  const mass = new Float64Array(BINS);
  for (const price of prices) {
    const bin = Math.floor(price * 10);
    if (bin >= 0 && bin < BINS) mass[bin] += 1 / prices.length;
  }
  return mass;
}

/** Prices where everybody expects the price that comes true: normal around p*. */
function rationalHistogram({ economy, params }: Player): Float64Array {
  const rationalExpectationsPrice = economy.truth!(params)["rationalExpectationsPrice"] as number;
  return normalHistogram(rationalExpectationsPrice, (params["noiseSd"] as number) * (params["noiseSd"] as number));
}

/** The errors of rational expectations against the laboratory's moments: Table 1's first row, in theory. */
export function rationalErrors({ supplySlope, mean, variance }: (typeof TREATMENTS)[Treatment]) {
  const price = theory.rationalExpectationsPrice(market(supplySlope));
  return massErrors(normalHistogram(price, 0.25), normalHistogram(mean, variance));
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

/** Table 1 as the paper has it; its errors are those of histograms, as its first row gives away (docs/adage.md, A10). */
export function tableOneInFull(treatment: (typeof TREATMENTS)[Treatment]): Expectation[] {
  const rational = rationalErrors(treatment);
  const half = {
    unit: "mass",
    theory: 0,
    kind: "atMost",
    note: "theory: a perfect fit; at most half of the equilibria’s",
  } as const;
  const exact = { unit: "mass", tolerance: 1e-3, kind: "relative", note: "in closed form" } as const;
  const jumps = {
    unit: "mass",
    kind: "atLeast",
    note: "theory: rational expectations; learners of best replies settle there or miss it; 2 % for samples",
  } as const;
  return [
    { item: "Table 1: MAE, equilibria", measure: "rationalMae", claim: "0.010", theory: rational.mae, ...exact },
    {
      item: "Table 1: MAE, base simulator",
      measure: "base/mae",
      claim: "0.013",
      theory: rational.mae,
      tolerance: Number((0.98 * rational.mae).toPrecision(3)),
      ...jumps,
    },
    {
      item: "Table 1: MAE, ADAGE",
      measure: "mae",
      claim: "0.005",
      tolerance: Number((rational.mae / 2).toPrecision(2)),
      ...half,
    },
    { item: "Table 1: RMSE, equilibria", measure: "rationalRmse", claim: "0.017", theory: rational.rmse, ...exact },
    {
      item: "Table 1: RMSE, base simulator",
      measure: "base/rmse",
      claim: "0.026",
      theory: rational.rmse,
      tolerance: Number((0.98 * rational.rmse).toPrecision(3)),
      ...jumps,
    },
    {
      item: "Table 1: RMSE, ADAGE",
      measure: "rmse",
      claim: "0.007",
      tolerance: Number((rational.rmse / 2).toPrecision(2)),
      ...half,
    },
  ];
}
