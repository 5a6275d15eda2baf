// A contract that mints tokens at the integral of a price f(S) of their supply, keeps what was paid as its reserve, and burns them at the same integral.
//
//   reserve = ∫₀^S f to the nearest unit of 2⁻²⁰, whatever was traded before: a round trip without fee returns exactly what it cost, and with one it loses
//
// Fees go to the treasury and are rounded up. Sums are exact below 2³³.
import { choice, f64, numbers, param, part } from "../economy/index.ts";
import * as mechanisms from "../economy/mechanisms/index.ts";
import { type Fill, inRandomOrder, orders } from "./takers.ts";

const { UNIT, roundDown, roundNearest, roundUp } = mechanisms;
/** The reserve is rounded twice and the fee once; what a curve's integral is off by, 2⁻⁴⁸ of the reserve, comes on top. */
const CHANGE = 4 * UNIT;
const MARGIN = 1 / 281474976710656; // 2⁻⁴⁸

export interface CurveState {
  spot: number;
  supply: number;
  reserve: number;
  treasury: number;
  moneyTaken: number;
  minted: number;
}
export interface CurveRules {
  readonly curve: "linear" | "logarithmic" | "exponential" | "sigmoid" | "polynomial";
  readonly slope: number;
  readonly intercept: number;
  readonly growth: number;
  readonly capacity: number;
  readonly midpoint: number;
  /** Of S⁰, S¹, … */
  readonly coefficients: readonly number[];
}

export function curveOf(p: CurveRules): mechanisms.BondingCurve {
  switch (p.curve) {
    case "linear":
      return mechanisms.linearCurve(p);
    case "logarithmic":
      return mechanisms.logarithmicCurve(p);
    case "exponential":
      return mechanisms.exponentialCurve(p);
    case "sigmoid":
      return mechanisms.sigmoidCurve(p);
    case "polynomial":
      return mechanisms.polynomialCurve(p.coefficients);
    default:
      return p.curve satisfies never;
  }
}

const NOTHING: Fill = { paid: 0, received: 0 };

/** As many tokens as `money` is sure to pay for with the fee, to some units. */
export function mintOnCurve(w: CurveState, curve: mechanisms.BondingCurve, fee: number, money: number): Fill {
  if (!(money >= 0 && money < Infinity))
    throw new Error(`mintOnCurve: ${money} is offered, expected a finite number of at least 0.`);
  const most = money * (1 - MARGIN) - MARGIN * w.reserve - CHANGE;
  if (!(most > 0)) return NOTHING;
  const tokens = roundDown(curve.amountFor(w.supply, most / (1 + fee)));
  if (tokens === 0) return NOTHING;
  const reserve = roundNearest(curve.reserve(w.supply + tokens));
  const cost = reserve - w.reserve;
  const charged = roundUp(fee * Math.abs(cost));
  w.supply += tokens;
  w.reserve = reserve;
  w.treasury += charged;
  w.minted += tokens;
  w.moneyTaken += cost + charged;
  return { paid: cost + charged, received: tokens };
}

/** What the tokens are paid, less the fee. */
export function burnOnCurve(w: CurveState, curve: mechanisms.BondingCurve, fee: number, tokens: number): Fill {
  if (!(tokens >= 0 && tokens <= w.supply))
    throw new Error(`burnOnCurve: ${tokens} tokens to burn of a supply of ${w.supply}.`);
  const paid = roundDown(tokens);
  if (paid === 0) return NOTHING;
  const reserve = roundNearest(curve.reserve(w.supply - paid));
  const proceeds = w.reserve - reserve;
  const charged = roundUp(fee * Math.abs(proceeds));
  w.supply -= paid;
  w.reserve = reserve;
  w.treasury += charged;
  w.minted -= paid;
  w.moneyTaken -= proceeds - charged;
  return { paid, received: proceeds - charged };
}

export const bondingCurve = part({
  name: "bonding curve",
  params: {
    curve: choice("linear", ["linear", "logarithmic", "exponential", "sigmoid", "polynomial"], {
      symbol: "f",
      doc: "slope S + intercept; slope ln(S + 1); intercept e^(growth S); capacity/(1 + e^(−growth (S − midpoint))); Σ coefficients_j S^j",
    }),
    slope: param(0.01, { symbol: "m", unit: "money/token²", min: 0, max: 1e3 }),
    intercept: param(1, { symbol: "b", unit: "money/token", min: 0, max: 1e3 }),
    growth: param(0.01, { symbol: "k", unit: "1/token", min: 1e-9, max: 1 }),
    capacity: param(10, { unit: "money/token", min: 1e-9, max: 1e3, doc: "price at the largest supply" }),
    midpoint: param(100, { symbol: "S₀", unit: "tokens", min: 0, max: 600, doc: "supply at half the capacity" }),
    coefficients: numbers([1, 0, 1e-4], { unit: "money/token", min: 0, max: 1e3, most: 8, doc: "of S⁰, S¹, …" }),
    fee: param(0.003, { symbol: "φ", min: 0, max: 0.5, doc: "on what is paid and on what is received" }),
  },
  world: {
    spot: f64({ unit: "money/token", doc: "f(S)" }),
    supply: f64({ unit: "tokens", doc: "S" }),
    reserve: f64({ unit: "money", doc: "∫₀^S f to the nearest unit" }),
    treasury: f64({ unit: "money", doc: "fees" }),
    moneyTaken: f64({ unit: "money", doc: "net, this period, fees included" }),
    minted: f64({ unit: "tokens", doc: "net, this period" }),
  },
  populations: { traders: orders },
  start: ({ world }) => ({
    found: world({ doc: "the supply is what traders hold, with the reserve behind it" }, (w, p) => {
      const curve = curveOf(p);
      w.supply = w.traders.tokens.reduce((sum, held) => sum + held, 0);
      const reserve = curve.reserve(w.supply);
      if (!(reserve <= 4294967296))
        throw new Error(
          `bonding curve: the reserve is ${reserve} at a supply of ${w.supply}, expected at most 2³². Lower the tokens that traders have at first, growth or slope.`,
        );
      w.reserve = roundNearest(reserve);
      w.spot = curve.price(w.supply);
    }),
  }),
  phases: ({ world }) => ({
    open: world({ doc: "nothing taken yet; the price is posted", writes: "scalars" }, (w, p) => {
      w.moneyTaken = 0;
      w.minted = 0;
      w.spot = curveOf(p).price(w.supply);
    }),
    trade: world(
      { doc: "orders one by one, in random order, as far as traders have what they offer" },
      (w, p, draw) => {
        const curve = curveOf(p);
        inRandomOrder(
          w.traders,
          draw,
          (money) => mintOnCurve(w, curve, p.fee, money),
          (tokens) => burnOnCurve(w, curve, p.fee, tokens),
        );
      },
    ),
  }),
  stages: { open: "choose", trade: "clear" },
  flows: {
    payments: { unit: "money", receives: "moneyTaken" },
    deliveries: { unit: "tokens", receives: (w) => -w.minted },
  },
  identities: {
    reserve: {
      doc: "the reserve is ∫ f",
      after: "period",
      tolerance: 0,
      of: (w, p) => roundNearest(curveOf(p).reserve(w.supply)) - w.reserve,
    },
    supply: {
      doc: "traders hold the supply",
      after: "period",
      tolerance: 0,
      of: (w) => w.traders.tokens.reduce((sum, held) => sum + held, 0) - w.supply,
    },
  },
  metrics: {
    price: { unit: "money/token", doc: "f(S) at the end of the period", of: (w, p) => curveOf(p).price(w.supply) },
    circulating: { unit: "tokens", doc: "supply", of: (w) => w.supply },
    fees: { unit: "money", doc: "the treasury", of: (w) => w.treasury },
  },
});
