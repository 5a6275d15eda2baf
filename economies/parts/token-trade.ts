// Orders for one asset on a bonding curve: all at one price, or one by one; at the integral of the price, or at the spot price that the seed of these markets charges.
//
// Money and tokens are multiples of 2⁻²⁰: sums are exact below 2³³, and what is paid is what the reserve takes to the last digit.
import { mechanisms } from "walras";

const { UNIT, roundDown, roundNearest, roundUp } = mechanisms;

/** A payment is rounded to units three times and a fee once; whoever buys keeps as much for it. */
const CHANGE = 8 * UNIT;

/** Holders of one asset side by side: what they have, want, get and pay. As long as there are holders, or longer. */
export interface Book {
  readonly money: Float64Array;
  readonly tokens: Float64Array;
  /** Tokens to mint, below 0 to burn. */
  readonly wanted: Float64Array;
  readonly filled: Float64Array;
  /** Without the fee; below 0 when burning. */
  readonly payment: Float64Array;
}

export interface Terms {
  readonly curve: mechanisms.BondingCurve;
  /** A share of each payment, on top of what minting costs and off what burning pays. */
  readonly fee: number;
  readonly pricing: "integral" | "spot";
}

/** What a contract has issued and holds. */
export interface Contract {
  readonly supply: number;
  readonly reserve: number;
  /** ∫₀^S f less the reserve: 0 but for spot prices, tokens given away and a reserve that began short. */
  readonly unbacked: number;
}

/** What a trade leaves behind, Σ |payment|, and the fees on it. */
export interface Traded extends Contract {
  readonly turnover: number;
  readonly fees: number;
}

/** As much of an order to mint as a sum of money is sure to pay for at a price, with the fee. */
function affordable(wanted: number, money: number, price: number, fee: number): number {
  const cost = price * (1 + fee);
  return wanted * cost <= money - CHANGE ? wanted : Math.max(0, roundDown((money - CHANGE) / cost));
}

/** The price of a token that all pay, were the orders to add up to this; f(S) where they cancel out. */
function priceOf(curve: mechanisms.BondingCurve, supply: number, net: number): number {
  if (net === 0) return curve.price(supply);
  return net > 0 ? curve.mintCost(supply, net) / net : curve.burnProceeds(supply, -net) / -net;
}

/** The reserve once the supply is another. */
const reserveAt = (contract: Contract, { curve }: Terms, supply: number): number =>
  roundNearest(curve.reserve(supply)) - contract.unbacked;

const inexact = (off: number, reserve: number, supply: number): Error =>
  new Error(
    `token-market: payments are ${off} off the change of the reserve, expected at most ${CHANGE}. The integral of the price up to a supply of ${supply}, ${reserve}, is not exact to 2⁻²⁰: lower supply, growth or slope.`,
  );

const left = (contract: Contract, { curve, pricing }: Terms, supply: number, reserve: number): Contract => ({
  supply,
  reserve,
  unbacked: pricing === "integral" ? contract.unbacked : roundNearest(curve.reserve(supply)) - reserve,
});

/**
 * All orders of holders [0, N) at one price. Nobody burns more than it holds, or buys more than it can pay for at f(S) and then at the price that all make. Where the reserve cannot pay those who
 * burn, nobody burns.
 */
export function tradeTogether(book: Book, N: number, contract: Contract, terms: Terms): Traded {
  const { wanted, filled, payment, money, tokens } = book;
  const { supply, reserve } = contract;
  const { curve, fee, pricing } = terms;
  const spot = curve.price(supply);
  let net = 0;
  for (let i = 0; i < N; i++) {
    const a = roundDown(Math.max(wanted[i], -tokens[i]));
    filled[i] = a > 0 ? affordable(a, money[i], spot, fee) : a;
    net += filled[i];
  }
  let price = cutToPrice(book, N, supply, net, spot, terms);
  net = price.net;
  if ((pricing === "spot" ? reserve + roundNearest(spot * net) : reserveAt(contract, terms, supply + net)) < 0) {
    net = 0;
    for (let i = 0; i < N; i++) {
      filled[i] = Math.max(0, filled[i]);
      net += filled[i];
    }
    price = cutToPrice(book, N, supply, net, spot, terms);
    net = price.net;
  }
  // Sums are rounded, not payments, so that these add up. A unit that is left is borne by who pays or receives most on the side that prevails: who mints kept change for it.
  let sum = 0;
  let paid = 0;
  let bearer = 0;
  let most = -Infinity;
  const side = net < 0 ? -1 : 1;
  for (let i = 0; i < N; i++) {
    sum += filled[i];
    const due = roundNearest(price.each * sum);
    const pays = due - paid;
    payment[i] = pays;
    paid = due;
    if (side * pays > most && side * filled[i] > 0) {
      most = side * pays;
      bearer = i;
    }
  }
  const after = pricing === "spot" ? reserve + paid : reserveAt(contract, terms, supply + net);
  const rest = after - reserve - paid;
  if (!(Math.abs(rest) <= CHANGE)) throw inexact(rest, after, supply + net);
  payment[bearer] += rest;
  let turnover = 0;
  let fees = 0;
  for (let i = 0; i < N; i++) {
    const size = Math.abs(payment[i]);
    const charged = fee === 0 ? 0 : roundUp(fee * size);
    money[i] -= payment[i] + charged;
    tokens[i] += filled[i];
    turnover += size;
    fees += charged;
  }
  return { ...left(contract, terms, supply + net, after), turnover, fees };
}

/** Cuts purchases to what can be paid for at the price that all orders make. Cuts lower it: what was affordable before they were made is so afterwards. */
function cutToPrice(
  { filled, money }: Book,
  N: number,
  supply: number,
  net: number,
  spot: number,
  { curve, fee, pricing }: Terms,
): { readonly net: number; readonly each: number } {
  if (pricing === "spot") return { net, each: spot };
  const dearest = priceOf(curve, supply, net);
  if (dearest <= spot) return { net, each: dearest };
  let cut = 0;
  for (let i = 0; i < N; i++)
    if (filled[i] > 0) {
      const a = affordable(filled[i], money[i], dearest, fee);
      cut += filled[i] - a;
      filled[i] = a;
    }
  return cut === 0 ? { net, each: dearest } : { net: net - cut, each: priceOf(curve, supply, net - cut) };
}

/** Orders one by one, each at the integral over its own tokens or at the spot price at its turn. An order that the reserve cannot pay is not filled. */
export function tradeInTurn(book: Book, turns: ArrayLike<number>, contract: Contract, terms: Terms): Traded {
  const { wanted, filled, payment, money, tokens } = book;
  const { curve, fee, pricing } = terms;
  let { supply, reserve } = contract;
  let turnover = 0;
  let fees = 0;
  for (let turn = 0; turn < turns.length; turn++) {
    const i = turns[turn];
    const spot = curve.price(supply);
    let a = roundDown(Math.max(wanted[i], -tokens[i]));
    if (a > 0) a = affordable(a, money[i], spot, fee);
    if (a > 0 && pricing === "integral") a = affordable(a, money[i], priceOf(curve, supply, a), fee);
    let paid = roundNearest(spot * a);
    if (pricing === "integral") {
      const after = reserveAt(contract, terms, supply + a);
      paid = after - reserve;
      const off = paid - priceOf(curve, supply, a) * a;
      if (!(Math.abs(off) <= CHANGE)) throw inexact(off, after, supply + a);
    }
    if (reserve + paid < 0) [a, paid] = [0, 0];
    const size = Math.abs(paid);
    const charged = roundUp(fee * size);
    filled[i] = a;
    payment[i] = paid;
    money[i] -= paid + charged;
    tokens[i] += a;
    supply += a;
    reserve += paid;
    turnover += size;
    fees += charged;
  }
  return { ...left(contract, terms, supply, reserve), turnover, fees };
}
