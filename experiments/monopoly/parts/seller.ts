// Tabular Q-learning by the seller, held against the exact answer: the price to a step of the grid, the value to a percent.
import {
  type AnyRows,
  type AnyWorld,
  defineExperiment,
  type Expectation,
  type Experiment,
  type ExperimentFigure,
  type FigureLine,
  type ParamsOf,
  type Player,
  qLearning,
  type TruthOf,
} from "walras";
import { monopoly } from "../../../economies/monopoly.ts";
import { curve, level, STEPS, spaced } from "../../parts/lines.ts";

type Demand = ParamsOf<typeof monopoly>["demand"];

interface Seller {
  readonly demand: Demand;
  readonly summary: string;
  readonly params?: Partial<ParamsOf<typeof monopoly>>;
  /** Centres per observed number. */
  readonly bins: number;
  /** ω of the step size 1/n^ω: higher averages away what is random, lower forgets the start sooner. Default 0.6. */
  readonly power?: number;
  readonly totalSteps: number;
  /** What else to expect than the value: a measure of the same name as the truth, in money per good. */
  readonly prices: readonly string[];
  readonly measure: (player: Player, p: Params) => Readonly<Record<string, number>>;
  /** Levels beside the price while it is learned. */
  readonly best?: (p: Params, truth: TruthOf<typeof monopoly>) => readonly FigureLine[];
  /** After the price while it is learned. */
  readonly figures?: (p: Params, truth: TruthOf<typeof monopoly>) => readonly ExperimentFigure[];
}

/** Of an evaluation while learning. */
export const PERIODS = 5;

export type Params = ParamsOf<typeof monopoly>;

export function sellerExperiment({
  demand,
  summary,
  params = {},
  bins,
  power = 0.6,
  totalSteps,
  prices,
  measure,
  best = (_p, truth) => prices.map((name) => level(`best ${inWords(name)}`, truth[name])),
  figures = () => [],
}: Seller): Experiment {
  return defineExperiment({
    name: `monopoly/${demand}`,
    summary,
    economy: monopoly,
    params: { demand, ...params },
    algorithm: qLearning,
    config: {
      bins,
      epsilon: 1,
      learningRate: 1,
      learningRateSchedule: "visits",
      learningRatePower: power,
    },
    numEnvs: 8,
    totalSteps,
    seeds: [1, 2, 3, 4, 5],
    evaluation: { periods: PERIODS, finalPeriods: 200 },
    measure: (player, p) => ({ value: discountedProfits(player, p.discountFactor), ...measure(player, p) }),
    figures: (p, truth) => [
      {
        title: "Posted price",
        xLabel: STEPS,
        yLabel: "price, money/good",
        lines: [{ label: "as played", training: "econ/price" }, ...best(p, truth)],
        caption: `Mean over the first ${PERIODS} periods of greedy play, against the best price.`,
      },
      ...figures(p, truth),
    ],
    expect(p, truth): Expectation[] {
      const step = (p.priceHigh - p.priceLow) / (p.prices - 1);
      return [
        ...prices.map((measure) => ({
          item: inWords(measure),
          measure,
          claim: "–",
          theory: truth[measure],
          unit: "money/good",
          tolerance: 1.001 * step,
          kind: "absolute" as const,
          note: "a step of the grid",
        })),
        {
          item: "discounted profits",
          measure: "value",
          claim: "–",
          theory: truth.value,
          unit: "money",
          tolerance: 0.01,
          kind: "relative",
        },
      ];
    },
  });
}

/** "priceInBadTimes" as "price in bad times". */
const inWords = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** Of greedy play from the start, when nothing is random. */
function discountedProfits(player: Player, δ: number): number {
  let sum = 0;
  let weight = 1;
  const visit = (w: AnyWorld): void => {
    sum += weight * ((w["seller"] as AnyRows)["profit"] as Float64Array)[0];
    weight *= δ;
  };
  player.play({ seed: 1, periods: 400, visit });
  return sum;
}

/** The price posted in a world arranged by hand. */
export const priceIn = (player: Player, arrange: (w: AnyWorld) => void = () => {}): number =>
  (player.respond("seller", arrange)["price"] as Float64Array)[0];

/** Profit at each price that can be posted, and what was learned: `profitAt/<price>`. */
export const profitFigure = (
  p: Params,
  curves: Readonly<Record<string, (price: number) => number>>,
): ExperimentFigure => ({
  title: "Profit at each price",
  xLabel: "price, money/good",
  yLabel: "profit per period, money",
  lines: [
    ...Object.entries(curves).map(([label, of]) => curve(label, of, spaced(p.priceLow, p.priceHigh, 81))),
    { label: "learned", measured: "profitAt", as: "dots" },
  ],
  caption: "The learned price is to be the top of its curve, to a step of the grid.",
});
