// Traders who order g (P* − price) on a curve: how deviations from P* go on, simulated, and the maps that theory has for them.
//
//   x′ = f(S − N g x) − P*   near S*: (1 − r) x,  r = f′(S*) N g
//
// On an exponential curve n = P/P* follows Ricker's map, n′ = n e^(r (1 − n)): every price settles up to r = 2; beyond, prices alternate between 1 ± d with ln((1 + d)/(1 − d)) = r d, until at
// r = 2.526 the cycle doubles. On a linear curve nothing bends a growing deviation back: it ends where all tokens are burned, S = 0, from where traders mint r S*, and burn all of it.
// Ricker 1954, "Stock and recruitment"; May 1976, Nature 261.
import { createSimulation, math, type mechanisms } from "walras";
import { curveOf } from "../../../economies/theory/token-market.ts";
import { tokenMarket } from "../../../economies/token-market.ts";

export type Settings = NonNullable<Parameters<typeof createSimulation>[1]>["params"];

/** Money and tokens are counted in units; each order is cut to one. */
export const UNIT = 1 / 1048576;

export interface Chase {
  /** N and g. */
  readonly traders: number;
  readonly reaction: number;
  readonly curve: Settings;
  readonly fundamental: number;
  /** S at first. */
  readonly supply: number;
  readonly periods: number;
}

/** x_t = f(S_t) − P*, t = 0 … periods, of traders who have money for whatever they want. */
export function chase({ traders, reaction, curve, fundamental, supply, periods }: Chase): Float64Array {
  const params = { ...curve, ...kinds(traders), reaction, fundamental, supply, money: 1e4, horizon: periods };
  const simulation = createSimulation(tokenMarket, { params, purpose: "chase" });
  const { price } = curveOf(simulation.params as never) as mechanisms.BondingCurve;
  const x = new Float64Array(periods + 1);
  simulation.reset(0);
  const S = simulation.columns["world.supply"] as Float64Array;
  x[0] = price(S[0]) - fundamental;
  for (let t = 1; t <= periods; t++) {
    for (let index = 0; index < simulation.phases.length; index++) simulation.runPhase(index, 0);
    simulation.endPeriod(0);
    x[t] = price(S[0]) - fundamental;
  }
  return x;
}

/** A market of fundamentalists alone. */
export const kinds = (traders: number): Settings => ({ traders: 0, fundamentalists: traders });

/** What a regression through 0 says is left of x after a period, and how far off that may be if each period adds at most `error`. */
export function multiplier(x: Float64Array, error: number): { readonly estimate: number; readonly within: number } {
  let [products, squares, sizes] = [0, 0, 0];
  for (let t = 0; t + 1 < x.length; t++) {
    products += x[t]! * x[t + 1]!;
    squares += x[t]! * x[t]!;
    sizes += Math.abs(x[t]!);
  }
  return { estimate: products / squares, within: (error * sizes) / squares };
}

/** Periods until no more than 5 % of |x₀| is left, for good; Infinity where it never is. */
export function recovery(x: Float64Array): number {
  const last = x.findLastIndex((value) => Math.abs(value) > 0.05 * Math.abs(x[0]!));
  return last + 1 < x.length ? last + 1 : Number.POSITIVE_INFINITY;
}

/** Mean ln |n_{t+1} map slope| of Ricker's map, after 1000 periods: its Lyapunov exponent. */
export function rickerExponent(r: number, periods: number): number {
  let n = 1.1;
  let sum = 0;
  for (let t = 0; t < 1000 + periods; t++) {
    // d/dn n e^(r (1 − n)) = (1 − r n) e^(r (1 − n))
    if (t >= 1000) sum += math.log(Math.abs(1 - r * n)) + r * (1 - n);
    n *= math.exp(r * (1 - n));
  }
  return sum / periods;
}

/** d of the cycle 1 ± d of Ricker's map, 0 up to r = 2. */
export const rickerSwing = (r: number): number =>
  r <= 2 ? 0 : math.findRoot((d) => math.log((1 + d) / (1 - d)) - r * d, 1e-6, 1 - 1e-12);
