// Fire sales: banks that sell push the price down, which makes others sell.
//
// Leverage targeting, linear: Greenwood, Landier & Thesmar 2015, "Vulnerable banks", Journal of Financial Economics 115, 471.
//   loss of bank i at first a_i Σ_k m_ik f_k, it sells b_i times that in proportion to its holdings, b debt over equity:
//   φ_k = Σ_i m_ik a_i b_i (M f)_i,   fall of prices ℓ_k φ_k,   AV = 1ᵀA M L Mᵀ B A M f / Σ equity
//
// A capital ratio and one price: Cifuentes, Ferrucci & Shin 2005, Journal of the European Economic Association 3, 556.
//   (p e_i + c_i + r_i − p̄_i)/(p (e_i − s_i) + r_i) ≥ ρ,   p = d(Σ s_i),   payments and r as in clearing.ts
// The greatest price, by iteration from 1: sales rise as the price falls.
import { exp, requireConverged } from "../math/index.ts";
import { type Clearing, type ClearingOptions, clear } from "./clearing.ts";
import type { Exposures } from "./exposures.ts";

export interface LeverageTargeting {
  /** Value of what each bank sells. */
  readonly sales: Float64Array;
  /** Share by which each asset's price falls because of the sales. */
  readonly fall: Float64Array;
  /** What each bank loses by that fall. */
  readonly losses: Float64Array;
  /** AV: all these losses over all equity. */
  readonly aggregateVulnerability: number;
  /** By bank: the part of AV that its own sales bring about. They add up to AV. */
  readonly systemicness: Float64Array;
  /** By bank: its loss by the fall, over its equity. */
  readonly indirectVulnerability: Float64Array;
  /** By bank: its loss by the first shock, over its equity. */
  readonly directVulnerability: Float64Array;
}

/**
 * One round of sales by banks that keep debt over equity where it was. `holdings` row i has the value that bank i holds of each asset, `equity` is above 0, `shock` is the share by which each asset falls at
 * first, `impact` ℓ the share by which an asset falls per unit of value sold. With `capped` no bank sells more than it has left; without, the linear form.
 */
export function leverageTargeting(
  holdings: readonly ArrayLike<number>[],
  {
    equity,
    shock,
    impact,
    capped = false,
  }: {
    readonly equity: ArrayLike<number>;
    readonly shock: ArrayLike<number>;
    readonly impact: ArrayLike<number>;
    readonly capped?: boolean;
  },
): LeverageTargeting {
  const [N, K] = [holdings.length, shock.length];
  for (const [name, length, expected] of [
    ["equity of banks", equity.length, N],
    ["impact of assets", impact.length, K],
  ] as const)
    if (length !== expected)
      throw new Error(`leverageTargeting: got ${length} numbers for ${name}, expected ${expected}.`);
  const [sales, direct] = [new Float64Array(N), new Float64Array(N)];
  const assets = new Float64Array(N);
  let all = 0;
  for (let i = 0; i < N; i++) {
    const row = holdings[i]!;
    if (row.length !== K)
      throw new Error(`leverageTargeting: bank ${i} holds ${row.length} assets, expected ${K}, one for each shock.`);
    if (!(equity[i]! > 0)) throw new Error(`leverageTargeting: equity of bank ${i} is ${equity[i]}, expected above 0.`);
    let lost = 0;
    for (let k = 0; k < K; k++) {
      assets[i] = assets[i]! + row[k]!;
      lost += row[k]! * shock[k]!;
    }
    const leverage = (assets[i]! - equity[i]!) / equity[i]!;
    direct[i] = lost / equity[i]!;
    sales[i] = capped ? Math.min(leverage * lost, assets[i]! - lost) : leverage * lost;
    all += equity[i]!;
  }
  /** What bank i sells of asset k: in proportion to what it holds. */
  const sold = (i: number, k: number): number => (assets[i]! > 0 ? (sales[i]! * holdings[i]![k]!) / assets[i]! : 0);
  const [fall, held] = [new Float64Array(K), new Float64Array(K)];
  for (let i = 0; i < N; i++)
    for (let k = 0; k < K; k++) {
      fall[k] = fall[k]! + impact[k]! * sold(i, k);
      held[k] = held[k]! + holdings[i]![k]!;
    }
  const losses = Float64Array.from(holdings, (row) => fall.reduce((sum, x, k) => sum + x * row[k]!, 0));
  const systemicness = Float64Array.from(holdings, (_, i) =>
    held.reduce((sum, h, k) => sum + (h * impact[k]! * sold(i, k)) / all, 0),
  );
  return {
    sales,
    fall,
    losses,
    aggregateVulnerability: losses.reduce((sum, x) => sum + x, 0) / all,
    systemicness,
    indirectVulnerability: losses.map((x, i) => x / equity[i]!),
    directVulnerability: direct,
  };
}

export interface Sellers extends ClearingOptions {
  /** c: what each bank has that needs no selling. */
  readonly cash: ArrayLike<number>;
  /** e: value that each bank has of the asset that is sold, at a price of 1. */
  readonly assets: ArrayLike<number>;
  /** ρ: least capital over what is at risk, which are assets that are kept and claims on banks. From 0 on, 0: nobody has to sell for it. */
  readonly capitalRatio: number;
  /** Cash that each bank must pay at once: it sells what it has not. Default 0. */
  readonly needs?: ArrayLike<number>;
  /** The price at which so much, in units, is bought: 1 for 0, falling, above 0. */
  readonly demand: (sold: number) => number;
}

export interface FireSale {
  readonly price: number;
  /** s: units that each bank sells. */
  readonly sold: Float64Array;
  /** Clearing at that price, all assets marked to it. */
  readonly clearing: Clearing;
}

/** Demand e^(−impact · sold), as Cifuentes, Ferrucci & Shin have it. */
export const exponentialDemand =
  (impact: number) =>
  (sold: number): number =>
    exp(-impact * sold);

const ROUNDS = 10_000;

/** The greatest price, and the sales and payments that go with it, among banks that owe each other `liabilities`. A bank whose capital is gone sells everything. */
export function fireSale(liabilities: Exposures, sellers: Sellers): FireSale {
  const { cash, assets, capitalRatio: ρ, needs, demand, ...options } = sellers;
  const { start, target, amount } = liabilities;
  const n = start.length - 1;
  for (const [name, list] of Object.entries({ cash, assets, needs: needs ?? cash }))
    if (list.length !== n) throw new Error(`fireSale: got ${name} of ${list.length} banks, expected ${n}.`);
  if (!(ρ >= 0)) throw new Error(`fireSale: capitalRatio is ${ρ}, expected a number from 0 on.`);
  const owed = new Float64Array(n);
  for (let i = 0; i < n; i++) for (let l = start[i]!; l < start[i + 1]!; l++) owed[i] = owed[i]! + amount[l]!;
  const pool = new Float64Array(n);
  const sold = new Float64Array(n);
  const received = new Float64Array(n);
  let price = 1;
  let residual = 0;
  for (let k = 0; k < ROUNDS; k++) {
    for (let i = 0; i < n; i++) pool[i] = cash[i]! + price * assets[i]!;
    const clearing = clear(liabilities, pool, options);
    received.fill(0);
    for (let j = 0; j < n; j++) {
      const share = owed[j]! > 0 ? clearing.payments[j]! / owed[j]! : 0;
      for (let l = start[j]!; l < start[j + 1]!; l++) received[target[l]!] = received[target[l]!]! + amount[l]! * share;
    }
    let all = 0;
    for (let i = 0; i < n; i++) {
      const capital = pool[i]! + received[i]! - owed[i]!;
      const forced = ((needs?.[i] ?? 0) - cash[i]!) / price;
      // e − (capital/ρ − r)/p: what is at risk comes down to capital/ρ
      const kept = ρ > 0 ? (capital / ρ - received[i]!) / price : Number.POSITIVE_INFINITY;
      const wanted = clearing.defaults[i] === 1 || capital < 0 ? assets[i]! : Math.max(forced, assets[i]! - kept);
      // Never less than in a round before: rounding must not let the price rise
      sold[i] = Math.max(sold[i]!, Math.min(assets[i]!, Math.max(0, wanted)));
      all += sold[i]!;
    }
    const next = Math.min(price, demand(all));
    if (!(next > 0)) throw new Error(`fireSale: demand for ${all} is ${next}, expected a price above 0.`);
    residual = price - next;
    price = next;
    if (residual <= 1e-14) return { price, sold, clearing };
  }
  requireConverged("fireSale", residual, 1e-12, "Sales and price chase each other; make demand less steep.");
  for (let i = 0; i < n; i++) pool[i] = cash[i]! + price * assets[i]!;
  return { price, sold, clearing: clear(liabilities, pool, options) };
}
