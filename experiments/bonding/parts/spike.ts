// A spike of demand: an outsider mints tokens in one period and keeps them, and fundamental traders on a linear curve bring the price back.
//
//   x_0 = f(S* + spike) − P*,   x_t = (1 − m N g)^t x_0:   5 % of it are left after ⌈ln .05 / ln |1 − m N g|⌉ periods
import { createSimulation, math } from "walras";
import { tokenMarket } from "../../../economies/token-market.ts";

/** Tokens before the spike, and the price of the first one. */
const [SUPPLY, INTERCEPT] = [100, 1];

export interface Spike {
  /** m, g, N. */
  readonly slope: number;
  readonly reaction: number;
  readonly traders: number;
  /** Tokens that the outsider mints. */
  readonly tokens: number;
  readonly periods: number;
  /** σ, sd of posted prices. */
  readonly noise?: number;
  readonly worlds?: number;
  readonly seed?: number;
}

/** x_0 … x_periods of each world. */
export function afterSpike(spike: Spike): readonly Float64Array[] {
  const { slope, reaction, traders, tokens, periods, noise = 0, worlds = 1, seed = 1 } = spike;
  const fundamental = INTERCEPT + slope * SUPPLY;
  const simulation = createSimulation(tokenMarket, {
    params: {
      ...{ slope, intercept: INTERCEPT, supply: SUPPLY, fundamental, noise, reaction, fundamentalists: traders },
      ...{ traders: 1, orderMax: tokens, money: 1e4, horizon: periods + 1 }, // the outsider decides
    },
    numWorlds: worlds,
    seed,
    purpose: "spike",
  });
  const column = (name: string) => simulation.columns[name] as Float64Array;
  const [order, supply] = [column("traders.order"), column("world.supply")];
  return Array.from({ length: worlds }, (_, e) => {
    simulation.reset(e);
    order[e] = 1;
    return Float64Array.from({ length: periods + 1 }, () => {
      for (let index = 0; index < simulation.phases.length; index++) simulation.runPhase(index, e);
      simulation.endPeriod(e);
      order[e] = 0;
      return INTERCEPT + slope * supply[e]! - fundamental;
    });
  });
}

/** Where |1 − m N g|^20 is .05: m N g between these recovers within 20 periods. */
export const WITHIN_20 = [1 - math.exp(math.log(0.05) / 20), 1 + math.exp(math.log(0.05) / 20)] as const;

/** The least and the largest m N g that recover within `most` periods, by bisection of g. */
export function recoverable(slope: number, traders: number, most: number): readonly [least: number, largest: number] {
  const recovers = (r: number): boolean => {
    const [x] = afterSpike({ slope, traders, reaction: r / (slope * traders), tokens: 10, periods: most });
    return Math.abs(x![most]!) <= 0.05 * Math.abs(x![0]!);
  };
  const edge = (inside: number, outside: number): number => {
    let [yes, no] = [inside, outside];
    for (let k = 0; k < 20; k++) {
      const middle = (yes + no) / 2;
      if (recovers(middle)) yes = middle;
      else no = middle;
    }
    return (yes + no) / 2;
  };
  return [edge(1, 0.01), edge(1, 2.5)];
}
