// Arbitrage against values computed apart, its first-order conditions, and bridges that take time.
import { expect, test } from "vitest";
import { bestCarry, linearArbitrage } from "./arbitrage.ts";
import { bestArbitrage } from "./pool.ts";
import { ornsteinUhlenbeck } from "./price-process.ts";

test("between two linear curves prices meet", () => {
  const { amount, profit, price } = linearArbitrage({ price: 2, slope: 0.01 }, { price: 2.6, slope: 0.02 });
  for (const [ours, known] of [
    [amount, 20],
    [profit, 6],
    [price, 2.2],
  ] as const)
    expect(ours).toBeCloseTo(known, 12);
  const back = linearArbitrage({ price: 2.6, slope: 0.02 }, { price: 2, slope: 0.01 });
  expect([back.amount, back.profit, back.price].map((x) => Number(x.toFixed(12)))).toEqual([-20, 6, 2.2]);
});

test("between two constant products it stops where fees eat the rest", () => {
  const pools = (money: number, fee: number) =>
    [
      { money: 2000, tokens: 1000, fee },
      { money, tokens: 1000, fee },
    ] as const;
  for (const [money, fee, paid, profit] of [
    [2200, 0.003, 45.8686240249, 2.0944724496],
    [2200, 0, 48.8088481702, 2.3823036597],
    [2010, 0.003, 0, 0],
  ] as const) {
    const best = bestArbitrage(...pools(money, fee));
    expect(best.paid).toBeCloseTo(paid, 9);
    expect(best.profit).toBeCloseTo(profit, 9);
  }
});

test("cost and toll leave (|gap| − φ)/c, either way, and nothing where the toll is more than the gap", () => {
  for (const [gap, toll, amount, profit] of [
    [0.6, 0, 20, 6],
    [0.6, 0.1, 16.66666667, 4.16666667],
    [-0.6, 0.1, -16.66666667, 4.16666667],
    [0.05, 0.1, 0, 0],
  ] as const) {
    const best = bestCarry(gap, { cost: 0.03, toll });
    expect(best.amount).toBeCloseTo(amount, 8);
    expect(best.profit).toBeCloseTo(profit, 8);
  }
});

test("over a bridge the gap that is expected counts, and its variance for whoever is averse to risk", () => {
  const gap = ornsteinUhlenbeck({ rate: 0.1, level: 0, volatility: 0.2 });
  for (const [delay, expected, sd, neutral, averse] of [
    [1, 0.54290245, 0.19040444, 18.09674836, 8.19427786],
    [5, 0.3639184, 0.35556168, 12.13061319, 2.3264853],
    [10, 0.22072766, 0.41585207, 7.35758882, 1.08768769],
  ] as const) {
    const { mean, variance } = gap.moments(0.6, delay);
    expect(mean).toBeCloseTo(expected, 8);
    expect(Math.sqrt(variance)).toBeCloseTo(sd, 8);
    expect(bestCarry(mean, { cost: 0.03 }).amount).toBeCloseTo(neutral, 8);
    expect(bestCarry(mean, { cost: 0.03, riskAversion: 1, variance }).amount).toBeCloseTo(averse, 8);
  }
});

test("among rivals nobody gains by carrying another amount", () => {
  const terms = { cost: 0.03, toll: 0.02, riskAversion: 0.7, variance: 0.05, rivals: 3 };
  const { amount, profit } = bestCarry(0.6, terms);
  const earns = (own: number) => own * (0.58 - (0.03 * (own + 3 * amount)) / 2);
  expect(profit).toBeCloseTo(earns(amount), 12);
  const utility = (own: number) => earns(own) - (0.7 * 0.05 * own * own) / 2;
  for (const other of [0.9, 0.999, 1.001, 1.1]) expect(utility(other * amount)).toBeLessThan(utility(amount));
});

test("costs and gains that cannot be are refused", () => {
  expect(() => bestCarry(Number.NaN, { cost: 1 })).toThrow("bestCarry: the gain is NaN, expected a finite number.");
  expect(() => bestCarry(1, { cost: 0 })).toThrow("cost is 0, expected a number above 0.");
  expect(() => bestCarry(1, { cost: 1, toll: -1 })).toThrow("toll is -1, expected a finite number of at least 0.");
});
