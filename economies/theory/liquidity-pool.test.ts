// Closed forms against quadrature, against brute force on the mechanisms of pools and ranges, and at their limits.
import { expect, test } from "vitest";
import { resolveParams } from "../../src/economy/index.ts";
import {
  arbitrageAtPrice,
  constantProductOut,
  liquidityFor,
  rangeHoldings,
  weightedOut,
} from "../../src/economy/mechanisms/index.ts";
import { gaussLegendre } from "../../src/math/index.ts";
import { liquidityPool } from "../liquidity-pool.ts";
import {
  bestManipulation,
  impermanentLoss,
  type LiquidityPool,
  lossRate,
  lossVersusRebalancing,
} from "./liquidity-pool.ts";

const at = (changes: Record<string, number | string>) =>
  resolveParams(liquidityPool, changes) as unknown as LiquidityPool;

// Published: a price 1.25, 1.5, 2, 4 times as high costs 0.6, 2.0, 5.7, 20.0 % (Uniswap's documentation, "Understanding returns").
test.each([
  [1.25, -0.00619],
  [1.5, -0.0202],
  [2, -0.05719],
  [4, -0.2],
])("impermanent loss at %d times the price is the published one", (priceRatio, loss) => {
  expect(impermanentLoss(at({ priceRatio }))).toBeCloseTo(loss, 4);
  expect(impermanentLoss(at({ priceRatio: 1 / priceRatio }))).toBeCloseTo(loss, 4);
});

test("impermanent loss is what a pool, weighted or of a range, holds when its price has moved", () => {
  for (const priceRatio of [0.01, 0.3, 0.9, 1, 1.2, 1.7, 40]) {
    // Weights: balances that keep x^(1−w) y^w at the new price.
    const w = 0.8;
    const weighted = at({ pool: "weighted", weight: w, priceRatio });
    const [X, Y] = [(1 - w) * priceRatio ** w, w * priceRatio ** (w - 1)];
    expect(X ** (1 - w) * Y ** w).toBeCloseTo((1 - w) ** (1 - w) * w ** w, 12);
    expect(impermanentLoss(weighted)).toBeCloseTo((X + priceRatio * Y) / (1 - w + w * priceRatio) - 1, 12);
    const range = { low: 0.5, high: 2 };
    const liquidity = liquidityFor(range, 1, { tokens: 1, money: 1 });
    const [before, after] = [1, priceRatio].map((price) => rangeHoldings({ ...range, liquidity }, price));
    const value = (h: { tokens: number; money: number }) => h.money + priceRatio * h.tokens;
    expect(impermanentLoss(at({ pool: "range", rangeEdge: 0.5, priceRatio }))).toBeCloseTo(
      value(after!) / value(before!) - 1,
      12,
    );
  }
});

/** ∫ f(z) φ(z) dz. */
function expectation(f: (z: number) => number): number {
  const { nodes, weights } = gaussLegendre(200, -12, 12);
  let sum = 0;
  for (let k = 0; k < nodes.length; k++)
    sum += (weights[k]! * f(nodes[k]!) * Math.exp((-nodes[k]! * nodes[k]!) / 2)) / Math.sqrt(2 * Math.PI);
  return sum;
}

test.each([
  ["product", 0.5, 0, 0.02],
  ["product", 0.5, 0.1, 0.2],
  ["weighted", 0.8, 0, 0.2],
  ["weighted", 0.3, -0.05, 0.1],
])(
  "arbitrage's expected take is the quadrature of its profit: %s %d, drift %d, volatility %d",
  (pool, weight, drift, volatility) => {
    const money = 1 - weight;
    const profit = expectation((z) => {
      const price = Math.exp(drift - volatility ** 2 / 2 + volatility * z);
      return arbitrageAtPrice({ money, tokens: weight, weight }, price).profit;
    });
    const p = at({ pool, weight, drift, volatility });
    expect(Math.abs((lossVersusRebalancing(p) as number) - profit)).toBeLessThan(1e-12);
    // By Milionis et al. σ²/8 per unit of time where weights are equal
    const moment = at({ pool, weight, drift: 0, volatility: 1e-3 });
    expect((lossVersusRebalancing(moment) as number) / lossRate(moment)).toBeCloseTo(1, 5);
    if (weight === 0.5) expect(lossRate(p)).toBeCloseTo(volatility ** 2 / 8, 15);
  },
);

test("a range loses at the rate of the same liquidity at all prices, over less value", () => {
  // σ² P² |dy/dP|/2 over value, by differences; y: tokens of the range
  const range = { low: 0.5, high: 2, liquidity: 1 };
  const tokens = (price: number) => rangeHoldings(range, price).tokens;
  const slope = (tokens(1.0001) - tokens(0.9999)) / 0.0002;
  const { money, tokens: held } = rangeHoldings(range, 1);
  const rate = lossRate(at({ pool: "range", rangeEdge: 0.5, volatility: 0.1 }));
  expect(Math.abs(rate / ((0.01 * -slope) / 2 / (money + held)) - 1)).toBeLessThan(1e-6);
});

test("arbitrage in closed form gains most, earns nothing within the fee's band and is never a loss", () => {
  for (const weight of [0.5, 0.2, 0.9])
    for (const fee of [0, 0.003, 0.3])
      for (const price of [1e-3, 0.5, 0.998, 1, 1.002, 1.5, 700]) {
        const [money, tokens] = [10 * (1 - weight), 10 * weight];
        const best = arbitrageAtPrice({ money, tokens, weight, fee }, price);
        const pair = (up: boolean) => {
          const [balanceIn, balanceOut, weightIn] = up ? [money, tokens, 1 - weight] : [tokens, money, weight];
          return { balanceIn, balanceOut, weightIn, weightOut: 1 - weightIn, fee };
        };
        const buys = (d: number) => price * weightedOut(pair(true), d) - d;
        const sells = (e: number) => weightedOut(pair(false), e) - price * e;
        const size = 1e-13 * (best.money + price * best.tokens + 10);
        expect(Math.abs(buys(best.money) + sells(best.tokens) - best.profit)).toBeLessThan(size);
        expect(best.profit).toBeGreaterThanOrEqual(0);
        expect(best.profit === 0).toBe((1 - fee) * price <= 1 && 1 - fee <= price);
        for (const k of [1e-4, 0.01, 0.1, 0.5, 0.9, 0.99, 1.01, 1.1, 3, 100]) {
          expect(buys(k * Math.max(best.money, 1e-3))).toBeLessThanOrEqual(best.profit + size * k);
          expect(sells(k * Math.max(best.tokens, 1e-3))).toBeLessThanOrEqual(
            best.profit + size * Math.max(k, price * k),
          );
        }
      }
});

test("two errors of arbitrage say where and what", () => {
  expect(() => arbitrageAtPrice({ money: 1, tokens: 1 }, 0)).toThrow(
    "arbitrageAtPrice: price is 0, expected a number above 0.",
  );
  expect(() => arbitrageAtPrice({ money: 1, tokens: 1, weight: 1 }, 1)).toThrow("weights are 0 and 1");
});

// The manipulator's gain is written out from the rules: trade, fixing at the average price before the fee, the rest elsewhere.
test("a manipulator's take in closed form is the most that any spending gains, by brute force", () => {
  const golden = (f: (x: number) => number, low: number, high: number): number => {
    const φ = (Math.sqrt(5) - 1) / 2;
    for (let k = 0; k < 90; k++) {
      const [a, b] = [high - φ * (high - low), low + φ * (high - low)];
      if (f(a) > f(b)) high = b;
      else low = a;
    }
    return f((low + high) / 2);
  };
  let [some, limited] = [0, 0];
  for (const fee of [0, 0.003, 0.1])
    for (const position of [-2000, -300, -1, 0, 5, 200, 450, 4000])
      for (const price of [1.8, 2, 2.3])
        for (const budget of [0, 30, 5000]) {
          const [X, Y, γ] = [1000, 500, 1 - fee]; // a price of 2
          const pool = { money: X, tokens: Y, heldMoney: X, heldTokens: Y, fee };
          const up = (d: number) => {
            if (d === 0) return 0;
            const out = constantProductOut({ balanceIn: X, balanceOut: Y, fee }, d);
            return position * ((γ * d) / out - X / Y) + price * out - d;
          };
          const down = (e: number) => {
            if (e === 0) return 0;
            const out = constantProductOut({ balanceIn: Y, balanceOut: X, fee }, e);
            return position * (out / (γ * e) - X / Y) + out - price * e;
          };
          const best = bestManipulation(pool, price, { position, budget });
          const most = Math.max(
            0,
            golden(up, 0, budget),
            golden(down, 0, budget / price),
            up(budget),
            down(budget / price),
          );
          const size = 1e-9 * (1 + best.take);
          expect(Math.abs(best.take - most), `${fee} ${position} ${price} ${budget}`).toBeLessThan(size);
          const own = best.spend > 0 ? up(best.spend) : down(-best.spend / price);
          expect(Math.abs(own - best.take)).toBeLessThan(size);
          if (position === 0 && budget === 5000)
            expect(Math.abs(best.take - arbitrageAtPrice({ money: X, tokens: Y, fee }, price).profit)).toBeLessThan(
              1e-9,
            );
          if (best.take > 0) some++;
          if (Math.abs(Math.abs(best.spend) - budget) < 1e-9 && budget > 0) limited++;
        }
  expect(some).toBeGreaterThan(100);
  expect(limited).toBeGreaterThan(20);
});

test("without a fee and from the first price the take is D (1 − √(1 − n P/D))²; a fee of 1 − 1/(1 + n P/D) keeps the manipulator away", () => {
  for (const share of [0.05, 0.25, 0.7]) {
    const take = (fee: number) => {
      const truth = liquidityPool.truth!(at({ position: 1000 * share, fee }) as never) as Record<string, number>;
      return truth["manipulationTake"]!;
    };
    expect(take(0)).toBeCloseTo(1000 * (1 - Math.sqrt(1 - share)) ** 2, 9);
    const away = 1 - 1 / (1 + share);
    expect(take(away * 1.0001)).toBe(0);
    expect(take(away * 0.999)).toBeGreaterThan(0);
  }
});

test("what a range cannot pay, neither arbitrage nor a manipulator takes", () => {
  const pool = { pool: "range", rangeEdge: 0.5, fee: 0 };
  const truth = (changes: Record<string, number>) =>
    liquidityPool.truth!(at({ ...pool, ...changes }) as never) as Record<string, number>;
  // All tokens, 1000 (1 − √½), for an average of √2
  const held = 1000 * (1 - Math.SQRT1_2);
  const { arbitrageMoney, arbitrageProfit } = truth({ priceRatio: 10 });
  expect(arbitrageMoney).toBeCloseTo(held * Math.SQRT2, 9);
  expect(arbitrageProfit).toBeCloseTo(held * (10 - Math.SQRT2), 9);
  const { manipulationSpend, manipulationTake } = truth({ position: 1e5, manipulatorMoney: 1e6 });
  expect(manipulationSpend).toBeCloseTo(held * Math.SQRT2, 9);
  expect(manipulationTake).toBeCloseTo(1e5 * (Math.SQRT2 - 1) - held * (Math.SQRT2 - 1), 6);
});
