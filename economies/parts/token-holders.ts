// Who holds tokens of a token market, of whatever kind: what each has, what it is worth, and the book of one asset's orders.
import { f64, mechanisms, metrics } from "walras";
import type { Book } from "./token-trade.ts";

const { roundDown } = mechanisms;

/** What each holder of tokens has, of whatever kind. */
export const account = {
  money: f64({ unit: "money" }),
  tokens: f64({ each: "assets", unit: "tokens" }),
  asked: f64({ each: "assets", unit: "tokens", doc: "ordered; below 0 to burn" }),
  filled: f64({ each: "assets", unit: "tokens", doc: "of that, what was minted or burned" }),
  payment: f64({ each: "assets", unit: "money", doc: "for it, without the fee; below 0 when burning" }),
  wealth: f64({
    unit: "money",
    doc: "and what the contract would pay for all tokens held, asset by asset, without the fee",
  }),
  profit: f64({ unit: "money", doc: "change of wealth, income aside" }),
  marked: f64({ unit: "money", doc: "wealth with all tokens held at the price f(S)" }),
  gain: f64({ unit: "money", doc: "change of wealth at f(S), income aside" }),
} as const;

export type Account = { readonly size: number } & { readonly [C in keyof typeof account]: Float64Array };

/** In the order of their rows in a batch. */
export const KINDS = [
  "traders",
  "adversaries",
  "zeroIntelligence",
  "fundamentalists",
  "momentumTraders",
  "arbitrageurs",
] as const;
export type Kinds = { readonly [K in (typeof KINDS)[number]]: Account };
export type Counts = { readonly [K in (typeof KINDS)[number]]: number };
export const numberOf = (p: Counts): number => KINDS.reduce((sum, kind) => sum + p[kind], 0);

/** Kinds of which there are some, looked up once for each world. */
export function holdersOf(w: Kinds): readonly Account[] {
  let holders = HOLDERS.get(w);
  if (!holders) {
    holders = KINDS.map((kind) => w[kind]).filter((k) => k.size > 0);
    HOLDERS.set(w, holders);
  }
  return holders;
}
const HOLDERS = new WeakMap<Kinds, readonly Account[]>();

/** Pays an income, and says what all rows are worth, both ways, and how that changed but for the income. */
export function value(
  { size, money, tokens, wealth, profit, marked, gain }: Account,
  { supply, price }: { readonly supply: Float64Array; readonly price: Float64Array },
  curve: mechanisms.BondingCurve,
  income: number,
): void {
  const M = supply.length;
  for (let i = 0; i < size; i++) {
    let liquid = money[i];
    let spot = money[i];
    money[i] += income;
    for (let m = 0; m < M; m++) {
      const held = tokens[i * M + m];
      liquid += curve.burnProceeds(supply[m], held);
      spot += held * price[m];
    }
    profit[i] = liquid - wealth[i];
    gain[i] = spot - marked[i];
    wealth[i] = liquid + income;
    marked[i] = spot + income;
  }
}

/** Mean wealth × (1 − Gini coefficient): Sen's (1976) welfare. */
export function welfareOf(holders: readonly Account[]): number {
  const wealth = Float64Array.from(holders.flatMap((k) => [...k.wealth]));
  return (total(wealth) / wealth.length) * (1 - metrics.gini(wealth));
}

/** Σ of purchases. */
export function demandOf({ filled }: Book, N: number): number {
  let demand = 0;
  for (let i = 0; i < N; i++) demand += Math.max(0, filled[i]);
  return demand;
}

/** H_i ← H_i + ν Σ_{k≠i} a_k, at least 0 and unpaid; the tokens that come of it. */
export function imitate({ filled, tokens }: Book, N: number, peers: number): number {
  const all = sumOf(filled, N);
  let come = 0;
  for (let i = 0; i < N; i++) {
    const more = Math.max(roundDown(peers * (all - filled[i])), -tokens[i]);
    tokens[i] += more;
    come += more;
  }
  return come;
}

/** Orders as they were decided. */
export function decided(
  who: string,
  k: Account & { readonly order: Float64Array },
  from: number,
  to: number,
  p: { readonly orderMax: number; readonly assets: number },
): void {
  for (let at = from * p.assets; at < to * p.assets; at++) {
    const asked = p.orderMax * k.order[at];
    if (!Number.isFinite(asked))
      throw new Error(
        `token-market: ${who} ${Math.floor(at / p.assets)} orders ${asked} of asset ${at % p.assets}, expected a finite number.`,
      );
    k.asked[at] = asked;
  }
}

/** One asset's orders of all holders side by side. Scratch of `trade`. */
const scratch = {
  money: new Float64Array(0),
  tokens: new Float64Array(0),
  wanted: new Float64Array(0),
  filled: new Float64Array(0),
  payment: new Float64Array(0),
};

/** A kind alone with one asset trades in its own columns; else rows are collected, and `hand` gives them back. */
export function collect(holders: readonly Account[], m: number, M: number, N: number): Book {
  if (scratch.money.length < N)
    for (const column of ["money", "tokens", "wanted", "filled", "payment"] as const)
      scratch[column] = new Float64Array(N);
  const { wanted } = scratch;
  if (M === 1 && holders.length === 1) {
    const { money, tokens, asked, filled, payment } = holders[0];
    for (let i = 0; i < N; i++) wanted[i] = asked[i];
    return { money, tokens, wanted, filled, payment };
  }
  const { money, tokens } = scratch;
  let first = 0;
  for (const k of holders) {
    for (let i = 0; i < k.size; i++) {
      money[first + i] = k.money[i];
      tokens[first + i] = k.tokens[i * M + m];
      wanted[first + i] = k.asked[i * M + m];
    }
    first += k.size;
  }
  return scratch;
}

/** Hands each holder what the book says. */
export function hand(book: Book, holders: readonly Account[], m: number, M: number): void {
  if (book !== scratch) return;
  const { money, tokens, filled, payment } = book;
  let first = 0;
  for (const k of holders) {
    for (let i = 0; i < k.size; i++) {
      k.money[i] = money[first + i];
      k.tokens[i * M + m] = tokens[first + i];
      k.filled[i * M + m] = filled[first + i];
      k.payment[i * M + m] = payment[first + i];
    }
    first += k.size;
  }
}

export function heldOf(k: Account, m: number, M: number): number {
  let sum = 0;
  for (let at = m; at < k.tokens.length; at += M) sum += k.tokens[at];
  return sum;
}

// In order: sums of units are exact.
export const total = (x: Float64Array): number => x.reduce((sum, v) => sum + v, 0);
export const meanOf = (x: Float64Array, of: (v: number, at: number) => number): number =>
  x.reduce((sum, v, at) => sum + of(v, at), 0) / x.length;
export const meanOfAll = (w: Kinds, column: "wealth" | "marked"): number =>
  holdersOf(w).reduce((sum, k) => sum + total(k[column]), 0) / holdersOf(w).reduce((sum, k) => sum + k.size, 0);
/** Of the first N. */
export function sumOf(x: Float64Array, N: number): number {
  let sum = 0;
  for (let i = 0; i < N; i++) sum += x[i];
  return sum;
}
export const shortfall = (held: Float64Array | number[]): number => {
  let sum = 0;
  for (const x of held) sum += Math.max(0, -x);
  return sum;
};
