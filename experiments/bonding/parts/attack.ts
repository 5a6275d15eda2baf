// What an attacker takes from a flow of orders that it foresees, on any curve with a fee, by a round trip: it ends with the tokens it began with.
//
// Sandwich: buy a before a known order for Q, sell a after it. Before fees that takes R(S+a+Q) − R(S+Q) − [R(S+a) − R(S)], exactly what the victim pays more; with a fee φ
//
//   take(a) = (1 − φ) [R(S+a+Q) − R(S+Q)] − (1 + φ) [R(S+a) − R(S)]
//
// which begins to pay where φ < (f(S+Q) − f(S))/(f(S+Q) + f(S)). Linear: φ < mQ/(2P + mQ), a* = [mQ(1 − φ) − 2φP]/(2φm), take [mQ(1 − φ) − 2φP]²/(4φm). Exponential: a threshold for every a,
// tanh(kQ/2), since prices before and after stand in one ratio.
import type { mechanisms } from "walras";

type Curve = mechanisms.BondingCurve;

/** What buying `amount` before and selling it after a known order for `flow` tokens takes, fees paid. */
export const sandwich = (curve: Curve, supply: number, flow: number, amount: number, fee: number): number =>
  (1 - fee) * curve.mintCost(supply + flow, amount) - (1 + fee) * curve.mintCost(supply, amount);

/** The fee from which no sandwich of any size pays for its first token. */
export function sandwichThreshold(curve: Curve, supply: number, flow: number): number {
  const [before, after] = [curve.price(supply), curve.price(supply + flow)];
  return (after - before) / (after + before);
}

/** Fundamentalists who together order g (P* − f(S)) in each period, as they come to know of P*. */
export interface News {
  readonly curve: Curve;
  readonly supply: number;
  readonly fundamental: number;
  /** N g. */
  readonly reaction: number;
  readonly fee: number;
  readonly periods: number;
  /** Most that the attacker orders in a period. */
  readonly orderMax: number;
}

/** What orders take that are closed by a last one; −∞ where that one is too large. */
export function takeOf(
  { curve, supply, fundamental, reaction, fee, orderMax }: News,
  orders: readonly number[],
): number {
  const last = -orders.reduce((sum, a) => sum + a, 0);
  if (Math.abs(last) > orderMax * (1 + 1e-12)) return Number.NEGATIVE_INFINITY;
  let [S, money] = [supply, 0];
  for (let t = 0; t <= orders.length; t++) {
    const own = t < orders.length ? orders[t]! : last;
    const net = own + reaction * (fundamental - curve.price(S));
    const price =
      net > 0 ? curve.mintCost(S, net) / net : net < 0 ? curve.burnProceeds(S, -net) / -net : curve.price(S);
    money -= own * price + fee * Math.abs(own) * price;
    S += net;
  }
  return money;
}

/** The round trip that takes most, by search: all orders of a coarse grid, and steps halved around the best of them. At least 0: no order. */
export function bestAttack(news: News): { readonly orders: readonly number[]; readonly take: number } {
  const free = news.periods - 1;
  const levels = [-1, -0.5, 0, 0.5, 1].map((share) => share * news.orderMax);
  const grid = (left: number): number[][] =>
    left === 0 ? [[]] : grid(left - 1).flatMap((one) => levels.map((a) => [...one, a]));
  let orders: readonly number[] = new Array(free).fill(0);
  let take = 0;
  const consider = (candidate: readonly number[]): boolean => {
    const value = takeOf(news, candidate);
    if (!(value > take)) return false;
    [orders, take] = [candidate, value];
    return true;
  };
  for (const candidate of grid(free)) consider(candidate);
  for (let step = news.orderMax / 4; step > 1e-7 * news.orderMax; ) {
    let better = false;
    // Orders one by one, and pairs, which keep the last.
    for (let t = 0; t < free; t++)
      for (let s = 0; s < free; s++)
        for (const [up, down] of [
          [step, s === t ? step : -step],
          [-step, s === t ? -step : step],
        ]) {
          const bound = (a: number): number => Math.max(-news.orderMax, Math.min(news.orderMax, a));
          better =
            consider(orders.map((a, k) => (k === t ? bound(a + up!) : k === s ? bound(a + down!) : a))) || better;
        }
    if (!better) step /= 2;
  }
  return { orders, take };
}
