// Prices held against reference tables (computed independently, digits as printed there) and against first-order conditions.
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  bestReply,
  bestReplyProfit,
  collusion,
  type LogitOligopoly,
  logitShares,
  monopolyPrice,
  nashPrice,
  symmetricProfit,
  symmetricShare,
} from "./logit-oligopoly.ts";

const calvano = (firms: number): LogitOligopoly => ({
  firms,
  quality: 2,
  outsideQuality: 0,
  cost: 1,
  differentiation: 0.25,
});

test.each([
  [2, 1.47292666, 1.924980919, 0.22292666, 0.3374904595],
  [3, 1.3701627294, 2, 0.1201627294, 0.25],
  [4, 1.3314606899, 2.0544111805, Number.NaN, Number.NaN],
])("%d firms as in Calvano et al.: Nash and monopoly to the printed digits", (n, pN, pM, πN, πM) => {
  const market = calvano(n);
  expect(nashPrice(market)).toBeCloseTo(pN, 10);
  expect(monopolyPrice(market)).toBeCloseTo(pM, 10);
  if (Number.isNaN(πN)) return;
  expect(symmetricProfit(market, nashPrice(market))).toBeCloseTo(πN, 10);
  expect(symmetricProfit(market, monopolyPrice(market))).toBeCloseTo(πM, 10);
});

test("two firms share the market as printed", () => {
  const market = calvano(2);
  expect(symmetricShare(market, nashPrice(market))).toBeCloseTo(0.47137681, 8);
  expect(symmetricShare(market, monopolyPrice(market))).toBeCloseTo(0.36486208, 8);
});

test("grim-trigger strategies sustain the monopoly price from a discount factor of 0.39309797 on", () => {
  const market = calvano(2);
  const [πN, πM] = [nashPrice(market), monopolyPrice(market)].map((p) => symmetricProfit(market, p));
  const πD = bestReplyProfit(market, monopolyPrice(market));
  expect((πD - πM) / (πD - πN)).toBeCloseTo(0.39309797, 8);
});

const markets = fc.record({
  firms: fc.integer({ min: 2, max: 100 }),
  quality: fc.double({ min: -3, max: 10, noNaN: true }),
  outsideQuality: fc.double({ min: -5, max: 5, noNaN: true }),
  cost: fc.double({ min: 0, max: 5, noNaN: true }),
  differentiation: fc.double({ min: 0.02, max: 3, noNaN: true }),
});

test("prices solve (p − c)(1 − q) = μ and (p − c)(1 − nq) = μ to 1e-12, for any market", () => {
  fc.assert(
    fc.property(markets, (market) => {
      const { firms: n, cost: c, differentiation: μ } = market;
      const [pN, pM] = [nashPrice(market), monopolyPrice(market)];
      expect(Math.abs((pN - c) * (1 - symmetricShare(market, pN)) - μ)).toBeLessThan(1e-12 * Math.max(1, pN));
      // 1 − nq is computed without cancellation as the share that buys nothing.
      const nothing = logitShares(market, new Float64Array(n).fill(pM), new Float64Array(n));
      expect(Math.abs((pM - c) * nothing - μ)).toBeLessThan(1e-12 * Math.max(1, (pM * pM) / μ));
    }),
    { seed: 1, numRuns: 500 },
  );
});

test("at the Nash price the best reply is the Nash price, and elsewhere no price on a fine grid earns more than the best reply", () => {
  fc.assert(
    fc.property(markets, fc.double({ min: 0, max: 6, noNaN: true }), (market, price) => {
      const pN = nashPrice(market);
      expect(bestReply(market, pN)).toBeCloseTo(pN, 9);
      const most = bestReplyProfit(market, price);
      const shares = new Float64Array(market.firms);
      const prices = new Float64Array(market.firms).fill(price);
      for (let k = -20; k <= 20; k++) {
        prices[0] = bestReply(market, price) + k * 0.1 * market.differentiation;
        logitShares(market, prices, shares);
        expect((prices[0] - market.cost) * shares[0]).toBeLessThanOrEqual(most * (1 + 1e-12));
      }
    }),
    { seed: 2, numRuns: 100 },
  );
});

test("nearly perfect substitutes cost little more than they cost to make, and nearly worthless ones are sold at c + μ", () => {
  expect(nashPrice({ ...calvano(2), differentiation: 1e-6 })).toBeCloseTo(1 + 2e-6, 12);
  expect(nashPrice({ ...calvano(2), outsideQuality: 1e4 })).toBe(1.25);
  expect(nashPrice({ ...calvano(1) })).toBe(monopolyPrice(calvano(1)));
});

test("shares add up to 1 with those who buy nothing, even where exponentials would overflow or vanish", () => {
  for (const μ of [1e-5, 0.25, 100])
    for (const prices of [
      [1, 1.5],
      [900, -900],
      [5, 5],
      [1e6, 1e6],
    ]) {
      const shares = new Float64Array(2);
      const nothing = logitShares({ ...calvano(2), differentiation: μ }, prices, shares);
      expect(nothing + shares[0] + shares[1]).toBeCloseTo(1, 14);
    }
});

test("collusion: what repeated play compares, by the prices themselves", () => {
  for (const [firms, outsideQuality] of [
    [2, 0],
    [3, -1],
    [10, 0.5],
    [2, 2],
  ]) {
    const m = { firms, quality: 2, outsideQuality, cost: 1, differentiation: 0.25 };
    const [nash, monopoly] = [symmetricProfit(m, nashPrice(m)), symmetricProfit(m, monopolyPrice(m))];
    const deviation = bestReplyProfit(m, monopolyPrice(m));
    const ours = collusion(m);
    expect(ours.nashProfit / nash).toBeCloseTo(1, 11);
    expect(ours.monopolyProfit / monopoly).toBeCloseTo(1, 11);
    expect(ours.deviationProfit / deviation).toBeCloseTo(1, 11);
    expect(ours.criticalDiscountFactor).toBeCloseTo(
      (deviation - monopoly) / (deviation - nash),
      outsideQuality < 1 ? 11 : 7,
    );
  }
});

// With E = e^(d−1) and few buyers, π^D − π^M = μ(n−1)²E³/2 (1 − …), and π^D − π^N = μ(n−1)²E³ (1 − …).
test("issue 8: where hardly anybody buys the critical discount factor tends to a half, and is never NaN", () => {
  const at = (outsideQuality: number) =>
    collusion({ firms: 2, quality: 2, outsideQuality, cost: 1, differentiation: 0.25 }).criticalDiscountFactor;
  for (const a0 of [4, 5, 6, 7]) {
    const E = Math.exp((1 - a0) / 0.25 - 1);
    expect(Math.abs(at(a0) - 0.5)).toBeLessThan(3 * E);
  }
  // Of two firms u = v + O(v³), so that δ = v (v²/2 − v³/3)/(v (v² − v³/2)) = 1/2 − v/12 + O(v²).
  for (const a0 of [3.2, 3.6, 4]) expect((at(a0) - 0.5) / Math.exp((1 - a0) / 0.25 - 1)).toBeCloseTo(-1 / 12, 3);
  for (const a0 of [8, 12, 100, 1e6]) expect(at(a0)).toBeCloseTo(0.5, 8);
  // Where all buy: μ(w − ln w) against half of μw, and against μ in competition.
  expect(at(-1e6)).toBeCloseTo(0.5, 4);
});
