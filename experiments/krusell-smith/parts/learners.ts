// Households who learn to consume, in a long run of the economy with noise off, and their policy beside the exact one.
import { type AnyWorld, type Expectation, type ExperimentTable, math, type Player, ppo, solvers } from "walras";
import { crossCorrelation } from "walras/metrics";
import { krusellSmith } from "../../../economies/krusell-smith.ts";
import { createLorenzMean, lorenzFigure } from "../../parts/wealth.ts";
import {
  badTimesCome,
  exactSaving,
  lawFigure,
  lawPoints,
  PAPER,
  paperLorenz,
  responseFigure,
  savingFigure,
  savingPoints,
  TOPS,
  wealthTable,
} from "./figures.ts";
import { type Consumption, type Params, policyOf } from "./policy.ts";

/** Periods that are played, of which the first are left out. */
export const [PERIODS, BURN] = [3000, 1000];

/** Worlds in which bad times come, of each seed. */
const RESPONSES = 8;

/** What all experiments of this kind have in common; spread into `defineExperiment`. */
export const againstSolution = {
  economy: krusellSmith,
  algorithm: ppo,
  seeds: [1, 2, 3, 4, 5],
  evaluation: { periods: 20, finalPeriods: 20, params: { horizon: PERIODS + 2, capitalSpread: 0 } },
  numEnvs: 8,
  totalSteps: 24_000,
};

/** A thousand households of each of eight economies, who begin with more or less of unequal wealth. */
export const crowds = {
  decisions: "period",
  households: 1000,
  horizon: 200,
  wealthSpread: 0.45,
  capitalSpread: 0.12,
} as const;

export const settings = {
  hiddenWidth: 32,
  numSteps: 25,
  numMinibatches: 40,
  updateEpochs: 1,
  learningRate: 3e-3,
  gaeLambda: 0.9,
  entCoef: 0,
  initialLogStd: -1.5,
  clipVloss: false,
  maxGradNorm: 10,
  vfCoef: 1,
} as const;

const model = solvers.KRUSELL_SMITH_1998;
/** By the solver's own path of 11 000 periods. */
let found: solvers.KrusellSmithSolution | null = null;
const exact = (): solvers.KrusellSmithSolution => (found ??= solvers.krusellSmith(model));

/** What of a world is looked at. */
export interface Looked {
  /** Of all households. Default: of the population `households`. */
  readonly wealthOf?: (world: AnyWorld) => Float64Array;
  /** Further means over the periods that count. */
  readonly means?: Readonly<Record<string, (world: AnyWorld) => number>>;
}

/** A run of the learned policies, means only: laws, moments, and wealth. */
export function livedBy(
  player: Player,
  seed: number,
  { wealthOf = (w) => (w as unknown as World).households.wealth, means = {} }: Looked = {},
): Readonly<Record<string, number>> {
  const [capital, output, consumption] = [[], [], []] as [number[], number[], number[]];
  const times: number[] = [];
  let now = 0; // good
  const lorenz = createLorenzMean();
  const tops = TOPS.map(() => 0);
  let [gini, counted] = [0, 0];
  const further = Object.fromEntries(Object.keys(means).map((name) => [name, [] as number[]]));
  player.play({
    seed,
    periods: PERIODS,
    visit(world, period) {
      const w = world as unknown as World;
      const of = now;
      now = w.times; // of the next period
      if (period < BURN) return;
      capital.push(w.meanCapital);
      output.push(w.output);
      consumption.push(w.consumption);
      times.push(of);
      for (const [name, list] of Object.entries(further)) list.push(means[name]!(world));
      if (period % 50 !== 0) return;
      const sorted = Float64Array.from(wealthOf(world)).sort();
      lorenz.add(sorted);
      gini += math.gini(sorted);
      const total = sorted.reduce((a, b) => a + b);
      for (const [at, top] of TOPS.entries())
        tops[at]! += sorted.subarray(Math.round(sorted.length * (1 - top / 100))).reduce((a, b) => a + b) / total;
      counted++;
    },
  });
  const [good, bad] = solvers.lawsOfMotion(capital, times.slice(0, -1));
  return {
    meanCapital: math.mean(capital),
    slopeGood: good.slope,
    slopeBad: bad.slope,
    interceptGood: good.intercept,
    interceptBad: bad.intercept,
    r2: Math.min(good.r2, bad.r2),
    corrConsumptionOutput: crossCorrelation(consumption, output, 0),
    wealthGini: gini / counted,
    ...Object.fromEntries(Object.entries(further).map(([name, list]) => [name, math.mean(list)])),
    ...Object.fromEntries(tops.map((sum, at) => [`top/${TOPS[at]}`, sum / counted])),
    ...lorenz.of("lorenz"),
    ...lawPoints(capital, times.slice(0, -1)),
  };
}

interface World {
  readonly times: number;
  readonly meanCapital: number;
  readonly output: number;
  readonly consumption: number;
  readonly households: { readonly wealth: Float64Array };
}

/** Where policies are compared: k that nearly all households of the long run have, and K of good and bad years. */
const [WEALTHS, CAPITALS] = [
  [4, 8, 12, 16, 20],
  [11.2, 11.6, 12],
];
const SHARES = [0.48, 0.02, 0.45, 0.05]; // of households in the joint states, over time

/** How far consumption is from the exact policy, and from what its own marginal utility of the next period asks for: means of absolute relative errors. */
export function policyErrors(consumption: Consumption, solution = exact()): Readonly<Record<string, number>> {
  const { good, bad, consumption: best } = solution;
  const chain = solvers.krusellSmithChain(model);
  const cells = WEALTHS.flatMap((k) =>
    SHARES.flatMap((share, s) =>
      CAPITALS.map((K) => {
        const c = consumption(k, s, K);
        const { grossReturn, employed, unemployed } = solvers.krusellSmithPrices(model, K, s >> 1);
        const kept = grossReturn * k + (s % 2 === 0 ? employed : unemployed) - c;
        const { intercept, slope } = s < 2 ? good : bad;
        const next = math.exp(intercept + slope * math.log(K));
        const worth = chain[s]!.reduce(
          (sum, p, to) =>
            sum + (p * solvers.krusellSmithPrices(model, next, to >> 1).grossReturn) / consumption(kept, to, next),
          0,
        );
        return {
          k,
          share: share / CAPITALS.length,
          off: c / best(k, s, K) - 1,
          euler: 1 / (model.discountFactor * worth * c) - 1,
        };
      }),
    ),
  );
  const mean = (rows: typeof cells, of: (cell: (typeof cells)[number]) => number): number =>
    rows.reduce((sum, cell) => sum + cell.share * of(cell), 0) / rows.reduce((sum, { share }) => sum + share, 0);
  return {
    consumptionError: mean(cells, ({ off }) => Math.abs(off)),
    eulerError: math.log(mean(cells, ({ euler }) => Math.abs(euler))) / Math.LN10,
    ...Object.fromEntries(
      WEALTHS.map((k) => [
        `bias/${k}`,
        100 *
          mean(
            cells.filter((cell) => cell.k === k),
            ({ off }) => off,
          ),
      ]),
    ),
  };
}

export function measure(
  player: Player,
  p: Params,
  _training: unknown,
  _beside: unknown,
  seed: number,
): Readonly<Record<string, number>> {
  const consumption = policyOf(player, p);
  return {
    ...livedBy(player, 1000 + seed),
    ...policyErrors(consumption),
    ...savingPoints(model, consumption),
    ...badTimesCome({
      params: { ...crowds, households: p.households, knows: p.knows, capitalSpread: 0 },
      policies: player.policies,
      seed: 2000 + seed,
      worlds: RESPONSES,
    }),
  };
}

export const figures = () => {
  const { good, bad, lorenz, consumption } = exact();
  const curves = lorenzFigure({
    lines: [{ label: "learners", measured: "lorenz" }],
    exact: lorenz,
    caption:
      "Mean over the periods that are played; the paper states what the richest 1, 5, 10, 20 and 30 per cent own.",
  });
  return [
    lawFigure([good, bad], "exact"),
    { ...curves, lines: [...curves.lines, { ...paperLorenz, as: "dots" as const }] },
    savingFigure(exactSaving(model, consumption), "Lines: what was learned."),
    {
      title: "Error of consumption",
      xLabel: "wealth k, goods",
      yLabel: "per cent of the exact policy's",
      lines: [{ label: "learners", measured: "bias", as: "dots" as const }],
      caption: "Mean over work and times, by wealth.",
    },
    responseFigure(RESPONSES),
  ];
};

/** Who owns how much: the paper's Table 1, the exact solution and the learners. */
export const tables = (): ExperimentTable[] => [
  wealthTable(
    { shares: PAPER, gini: 0.25 },
    exact(),
    "The paper's Table 1, benchmark; the solution's own path of 11 000 periods; the learners' 2000 periods after 1000.",
  ),
];

// Theory: endogenous grid points and a histogram of another hand, on 10 000 periods.
export const claims = (): Expectation[] => [
  {
    ...claim("mean capital", "meanCapital", "11.61", 11.6413, 0.05, "goods/household"),
    kind: "relative",
    note: "aim 2 %",
  },
  claim("slope of the law of motion in good times", "slopeGood", "0.962", 0.962906, 0.01),
  claim("slope of the law of motion in bad times", "slopeBad", "0.965", 0.964861, 0.01),
  { ...claim("R² of the law of motion", "r2", "0.999998", 1, 0.99), kind: "atLeast" },
  claim("correlation of C and Y", "corrConsumptionOutput", "0.701", 0.6856, 0.1),
];

const claim = (
  item: string,
  measure: string,
  paper: string,
  theory: number,
  tolerance: number,
  unit = "1",
): Expectation => ({
  item,
  measure,
  claim: paper,
  theory,
  tolerance,
  unit,
  kind: "absolute",
});
