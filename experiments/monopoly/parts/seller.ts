// Tabular Q-learning by the seller, held against the exact answer: the price to a step of the grid, the value to a percent.
import {
  type AnyRows,
  type AnyWorld,
  defineExperiment,
  type Expectation,
  type Experiment,
  type ParamsOf,
  type Player,
  qLearning,
} from "walras";
import { monopoly } from "../../../economies/monopoly.ts";

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
  readonly measure: (player: Player) => Readonly<Record<string, number>>;
}

export function sellerExperiment({
  demand,
  summary,
  params = {},
  bins,
  power = 0.6,
  totalSteps,
  prices,
  measure,
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
    evaluation: { periods: 5, finalPeriods: 200 },
    measure: (player, p) => ({ value: discountedProfits(player, p.discountFactor), ...measure(player) }),
    expect(p, truth): Expectation[] {
      const step = (p.priceHigh - p.priceLow) / (p.prices - 1);
      return [
        ...prices.map((measure) => ({
          item: measure,
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
