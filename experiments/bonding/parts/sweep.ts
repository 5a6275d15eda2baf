// All curves × fees × populations of scenario 4: what each cell is, and what is measured in it. All cells of a seed see the same disturbances.
import { type AnyWorld, createSimulation, math, resolveParams } from "walras";
import { curveOf } from "../../../economies/theory/token-market.ts";
import { tokenMarket } from "../../../economies/token-market.ts";
import { bestAttack } from "./attack.ts";
import { type CurveName, curveThrough, slopeAt } from "./curves.ts";

export const FEES = [0, 0.003, 0.01, 0.03] as const;
/** Where all curves meet. */
export const AT = { supply: 100, price: 2 };
const SLOPE = slopeAt(AT);
const T = 400;
const TRADERS = 50;
/** f′(S*) N g, f′(S*) N h of momentum traders. */
const RATE = 0.3;
const TREND = 0.4;
/** Everybody together orders this share of the supply besides, by chance: of standard deviation. */
export const PRESSURE = 0.2;

const reaction = (traders: number) => RATE / (SLOPE * traders);
export const POPULATIONS = {
  fundamentalists: { fundamentalists: TRADERS, reaction: reaction(TRADERS) },
  "with momentum": {
    fundamentalists: TRADERS / 2,
    reaction: reaction(TRADERS / 2),
    momentumTraders: TRADERS / 2,
    momentum: TREND / ((SLOPE * TRADERS) / 2),
  },
  arbitrageurs: { arbitrageurs: TRADERS, otherPrice: AT.price, otherSlope: SLOPE },
} as const;
export type Population = keyof typeof POPULATIONS;

/** An order that somebody new would like to place: the measure of slippage. */
const ORDER = 20;

export interface Measured {
  /** Standard deviation of Δ ln f(S) per period. */
  readonly volatility: number;
  /** Root mean square of f(S)/P* − 1. */
  readonly deviation: number;
  /** Fees per period. */
  readonly revenue: number;
  /** Mean over periods of what an order of 20 tokens costs above f(S), with the fee, as a share. */
  readonly slippage: number;
  /** Paid and received per period. */
  readonly volume: number;
}

export function measureCell(curve: CurveName, fee: number, population: Population, seed: number): Measured {
  const params = {
    traders: 0,
    ...POPULATIONS[population],
    ...curveThrough(curve, AT),
    fee,
    supply: AT.supply,
    fundamental: AT.price,
    pressureSd: PRESSURE,
    money: 5000,
    horizon: T,
  };
  const simulation = createSimulation(tokenMarket, { params, seed, purpose: "sweep" });
  const { price, mintCost } = curveOf(simulation.params as never);
  simulation.reset(0);
  const w = simulation.worlds[0] as AnyWorld & { supply: Float64Array; traded: number; treasury: number };
  let [before, changes, squares, gaps, slips, volume] = [price(w.supply[0]!), 0, 0, 0, 0, 0];
  for (let t = 0; t < T; t++) {
    for (let index = 0; index < simulation.phases.length; index++) simulation.runPhase(index, 0);
    simulation.endPeriod(0);
    const S = w.supply[0]!;
    const now = price(S);
    // Where all tokens are burned on a curve that begins at 0, the price is that of a thousandth of a token.
    const change = math.log(Math.max(now, price(1e-3)) / Math.max(before, price(1e-3)));
    changes += change;
    squares += change * change;
    gaps += (now / AT.price - 1) * (now / AT.price - 1);
    slips += ((1 + fee) * mintCost(S, ORDER)) / (ORDER * Math.max(now, price(1e-3))) - 1;
    volume += w.traded;
    before = now;
  }
  return {
    volatility: Math.sqrt(squares / T - (changes / T) * (changes / T)),
    deviation: Math.sqrt(gaps / T),
    revenue: w.treasury / T,
    slippage: slips / T,
    volume: volume / T,
  };
}

/** News: P* is a fifth above the price, and fundamentalists set out for it. What the best round trip of an attacker takes, who may order a twentieth of the supply in each of six periods. */
export const NEWS = { rise: 1.2, periods: 6, orderMax: AT.supply / 20 } as const;

export function attackOn(curve: CurveName, fee: number): number {
  const params = resolveParams(tokenMarket, curveThrough(curve, AT));
  return bestAttack({
    curve: curveOf(params as never),
    supply: AT.supply,
    fundamental: NEWS.rise * AT.price,
    reaction: RATE / SLOPE,
    fee,
    periods: NEWS.periods,
    orderMax: NEWS.orderMax,
  }).take;
}

/** On a linear curve, of fundamentalists: with v = Var P, v = (1 − r)² v + σ² (m² S*² + v), and Var ΔP = r² v + σ² (m² S*² + v). */
export function linearTheory(): { readonly deviation: number; readonly volatility: number } {
  const [r, σ2] = [RATE, PRESSURE * PRESSURE];
  const shock = σ2 * SLOPE * SLOPE * AT.supply * AT.supply;
  const v = shock / (1 - (1 - r) * (1 - r) - σ2);
  return {
    deviation: Math.sqrt(v) / AT.price,
    volatility: Math.sqrt(r * r * v + shock + σ2 * v) / AT.price,
  };
}
