// Pools against Balancer's own arithmetic, published closed forms, round trips, shares and bad input.
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  bestArbitrage,
  constantProductIn,
  constantProductOut,
  poolWeights,
  sharesForDeposit,
  sharesForOne,
  weightedIn,
  weightedOut,
  weightedPrice,
  withdrawal,
  withdrawalOfOne,
} from "./pool.ts";

const relative = (ours: number, theirs: number) => Math.abs(ours / theirs - 1);

// balance in and out, weight in and out, paid, wanted, fee; paid out for `paid`, to be paid for `wanted`, and paid of the second token alone for `wanted` of as many shares as
// its balance: @balancer-labs/sor 4.1.3 (npm), weightedMath: _calcOutGivenIn, _calcInGivenOut, _calcTokenOutGivenExactBptIn, of 18 decimals, whose powers err by 1e-14.
test.each([
  [
    7.462899, 42.217655, 0.829305, 0.170695, 1.370192, 2.664768, 0.003, 23.561755019653003, 0.10113061168117245,
    13.370009216457929,
  ],
  [
    3.00229, 113.644051, 0.787205, 0.212795, 0.800615, 26.683772, 0.001, 66.20911318025756, 0.22546674730928853,
    81.26830510390002,
  ],
  [
    695.807644, 912.416949, 0.623199, 0.376801, 182.892012, 205.543532, 0, 292.16749777044913, 116.11149238200717,
    448.96818320306585,
  ],
  [
    500.01671, 1301.649418, 0.714242, 0.285758, 89.407533, 80.005556, 0.01, 435.5427150185419, 12.982342589808866,
    257.2751647364591,
  ],
  [
    770.236722, 146.046894, 0.130135, 0.869865, 196.158217, 6.63505, 0.01, 4.830920181977459, 283.5890531144283,
    7.591523453837942,
  ],
  [
    36.720718, 4.895212, 0.119915, 0.880085, 7.24442, 0.594513, 0.001, 0.11852731957373785, 58.313771325990345,
    0.6696409216207494,
  ],
  [
    9.62575, 385.144374, 0.060005, 0.939995, 2.502566, 50.084797, 0.01, 5.590071866732059, 76.48997794016898,
    53.019408491227225,
  ],
  [
    5.206052, 8.547523, 0.31278, 0.68722, 0.654201, 2.387442, 0.001, 0.447902554001222, 5.491452453121988,
    3.239604873956476,
  ],
])(
  "a weighted pool of %d and %d with weights %d and %d is Balancer's to 1e-12",
  (balanceIn, balanceOut, weightIn, weightOut, paid, wanted, fee, out, into, alone) => {
    const pool = { balanceIn, balanceOut, weightIn, weightOut, fee };
    expect(relative(weightedOut(pool, paid), out)).toBeLessThan(1e-12);
    expect(relative(weightedIn(pool, wanted), into)).toBeLessThan(1e-12);
    const side = { balance: balanceOut, weight: weightOut, shares: balanceOut, fee };
    expect(relative(withdrawalOfOne(side, wanted), alone)).toBeLessThan(1e-12);
  },
);

test("a constant product of 1000 and 2000 with a fee of 0.3 %", () => {
  const pool = { balanceIn: 1000, balanceOut: 2000, fee: 0.003 };
  expect(constantProductOut(pool, 10)).toBeCloseTo(19.7431606879, 9);
  expect(constantProductOut({ ...pool, fee: 0 }, 10)).toBeCloseTo(19.801980198, 9);
  expect(1010 * (2000 - constantProductOut(pool, 10))).toBeCloseTo(2000059.407705, 6);
});

test("Bancor: one token alone in and out", () => {
  const side = { balance: 1000, weight: 0.3, shares: 500 };
  expect(sharesForOne(side, 50)).toBeCloseTo(7.3723477112, 9);
  expect(withdrawalOfOne(side, 10)).toBeCloseTo(65.1249151645, 9);
  const bought = sharesForOne(side, 50);
  expect(withdrawalOfOne({ balance: 1050, weight: 0.3, shares: 500 + bought }, bought)).toBeCloseTo(50, 11);
  // All shares are paid everything, and a fee on the part that is a swap.
  expect(withdrawalOfOne(side, 500)).toBe(1000);
  expect(withdrawalOfOne({ ...side, fee: 0.1 }, 500)).toBeCloseTo(930, 10);
});

const balances = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
const parts = fc.double({ min: 1e-9, max: 3, noNaN: true });
const fees = fc.constantFrom(0, 0.0005, 0.003, 0.3);
const weights = fc.double({ min: 0.02, max: 0.98, noNaN: true });

test("equal weights are a constant product", () => {
  fc.assert(
    fc.property(balances, balances, parts, fees, (balanceIn, balanceOut, part, fee) => {
      const pool = { balanceIn, balanceOut, fee };
      const weighted = { ...pool, weightIn: 0.5, weightOut: 0.5 };
      expect(
        relative(weightedOut(weighted, part * balanceIn), constantProductOut(pool, part * balanceIn)),
      ).toBeLessThan(1e-14);
      const wanted = balanceOut * (part / (1 + part));
      expect(relative(weightedIn(weighted, wanted), constantProductIn(pool, wanted))).toBeLessThan(1e-13);
      expect(weightedPrice(weighted)).toBeCloseTo(balanceIn / balanceOut, 12);
    }),
    { numRuns: 500, seed: 1 },
  );
});

test("what is to be paid for an amount is paid that amount", () => {
  fc.assert(
    fc.property(balances, balances, weights, parts, fees, (balanceIn, balanceOut, weightIn, part, fee) => {
      const pool = { balanceIn, balanceOut, weightIn, weightOut: 1 - weightIn, fee };
      const wanted = (balanceOut * part) / (4 + part);
      // Powers of up to 49 multiply rounding.
      expect(relative(weightedOut(pool, weightedIn(pool, wanted)), wanted)).toBeLessThan(1e-12);
      expect(relative(constantProductOut(pool, constantProductIn(pool, wanted)), wanted)).toBeLessThan(1e-14);
    }),
    { numRuns: 500, seed: 2 },
  );
});

// Rounding of 4 units in the last place of the balance is not a loss.
test("pools never lose to a round trip, and gain where there is a fee", () => {
  fc.assert(
    fc.property(balances, balances, weights, parts, fees, (x, y, weightIn, part, fee) => {
      const weightOut = 1 - weightIn;
      const paid = part * x;
      for (const out of [constantProductOut, (pool: typeof first, sum: number) => weightedOut(pool, sum)]) {
        const bought = out({ balanceIn: x, balanceOut: y, weightIn, weightOut, fee }, paid);
        const left = y - bought;
        if (!(left > 1e-6 * y)) return;
        const back = out(
          { balanceIn: left, balanceOut: x + paid, weightIn: weightOut, weightOut: weightIn, fee },
          bought,
        );
        expect(paid - back).toBeGreaterThanOrEqual(
          -4 * Number.EPSILON * (x + paid) * Math.max(1, (weightOut / weightIn) * (y / left)),
        );
        if (fee > 0 && part > 1e-6) expect(back).toBeLessThan(paid);
      }
    }),
    { numRuns: 2000, seed: 3 },
  );
});
const first = { balanceIn: 1, balanceOut: 1, weightIn: 0.5, weightOut: 0.5, fee: 0 };

test("shares are paid what was deposited, and a share of the fees since", () => {
  const { shares, taken } = sharesForDeposit([1000, 2000], 100, [50, 300]);
  expect(shares).toBe(5);
  expect(taken).toEqual([50, 100]);
  expect(withdrawal([1050, 2100], 105, 5)).toEqual([50, 100]);
  const out = constantProductOut({ balanceIn: 1050, balanceOut: 2100, fee: 0.01 }, 100);
  const back = constantProductOut({ balanceIn: 2100 - out, balanceOut: 1150, fee: 0.01 }, out);
  const [a, b] = withdrawal([1150 - back, 2100], 105, 5);
  expect(b).toBeCloseTo(100, 10);
  expect(a).toBeGreaterThan(50);
});

test("two pools: the best arbitrage in closed form", () => {
  const one = { money: 2000, tokens: 1000, fee: 0.003 };
  const two = { money: 2200, tokens: 1000, fee: 0.003 };
  const best = bestArbitrage(one, two);
  expect(best.paid).toBeCloseTo(45.8686240249, 9);
  expect(best.profit).toBeCloseTo(2.0944724496, 8);
  expect(bestArbitrage({ ...one, fee: 0 }, { ...two, fee: 0 }).profit).toBeCloseTo(2.3823036597, 8);
  expect(bestArbitrage({ ...one }, { ...two, money: 2010 })).toEqual({ paid: 0, profit: 0 });
  expect(bestArbitrage(two, one)).toEqual({ paid: 0, profit: 0 });
});

test("arbitrage never loses, and neither more nor less gains more", () => {
  fc.assert(
    fc.property(balances, balances, balances, balances, fees, fees, (m1, t1, m2, t2, fee1, fee2) => {
      const [cheap, dear] = [
        { money: m1, tokens: t1, fee: fee1 },
        { money: m2, tokens: t2, fee: fee2 },
      ];
      const gain = (paid: number) => {
        const tokens = constantProductOut({ balanceIn: m1, balanceOut: t1, fee: fee1 }, paid);
        return constantProductOut({ balanceIn: t2, balanceOut: m2, fee: fee2 }, tokens) - paid;
      };
      const { paid, profit } = bestArbitrage(cheap, dear);
      expect(profit).toBeGreaterThanOrEqual(0);
      const rounding = 8 * Number.EPSILON * (paid + profit);
      expect(Math.abs(gain(paid) - profit)).toBeLessThanOrEqual(rounding);
      for (const other of paid === 0 ? [1e-6 * m1, 1e-2 * m1] : [0.9 * paid, 0.999 * paid, 1.001 * paid, 1.1 * paid])
        expect(gain(other)).toBeLessThanOrEqual(profit + 8 * Number.EPSILON * (other + profit));
    }),
    { numRuns: 2000, seed: 4 },
  );
});

test("bad input is one error each", () => {
  const pool = { balanceIn: 10, balanceOut: 20 };
  for (const [bad, error] of [
    [
      () => constantProductOut({ ...pool, fee: 1 }, 1),
      "constantProductOut: fee is 1, expected at least 0 and below 1.",
    ],
    [() => constantProductOut({ ...pool, fee: -0.1 }, 1), "fee is -0.1"],
    [() => constantProductOut(pool, Number.NaN), "paid is NaN"],
    [() => constantProductOut({ ...pool, balanceIn: 0 }, 1), "balanceIn is 0"],
    [() => constantProductIn(pool, 20), "20 wanted of a pool that holds 20"],
    [() => weightedOut({ ...pool, weightIn: 0.7, weightOut: 0.4 }, 1), "weights are 0.7 and 0.4"],
    [() => weightedIn({ ...pool, weightIn: 0, weightOut: 0.4 }, 1), "weights are 0 and 0.4"],
    [() => weightedIn({ ...pool, weightIn: 0.5, weightOut: 0.5 }, 21), "21 wanted of a pool that holds 20"],
    [() => poolWeights([0.5, 0.6]), "poolWeights: [0.5,0.6] adds up to 1.1"],
    [() => poolWeights([1.5, -0.5]), "expected two or more weights above 0"],
    [() => sharesForDeposit([1, 2], 0, [1, 1]), "shares is 0"],
    [() => sharesForDeposit([1, 2], 1, [1]), "deposit 1 is undefined"],
    [() => withdrawal([1], 10, 11), "11 shares to burn of 10."],
    [() => sharesForOne({ balance: 1, weight: 1.2, shares: 1 }, 1), "weight is 1.2"],
    [() => withdrawalOfOne({ balance: 1, weight: 0.2, shares: 1 }, 2), "2 shares to burn of 1."],
    [() => bestArbitrage({ money: 1, tokens: 0 }, { money: 1, tokens: 1 }), "balanceOut is 0"],
  ] as [() => unknown, string][])
    expect(bad).toThrow(error);
  expect(poolWeights([0.2, 0.3, 0.5])).toEqual([0.2, 0.3, 0.5]);
});
