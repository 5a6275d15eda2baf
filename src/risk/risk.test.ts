// Clearing, DebtRank and indices: values computed elsewhere, the conditions that define them, and networks of random debts.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seedStream } from "../random/index.ts";
import { clear, contagionProbability, debtRank, exposuresOf, systemicIndex } from "./index.ts";

const closeTo = (actual: ArrayLike<number>, expected: readonly number[], digits: number) => {
  expect(actual.length).toBe(expected.length);
  for (const [i, x] of expected.entries()) expect(actual[i]).toBeCloseTo(x, digits);
};

interface Sparse {
  readonly start: Int32Array;
  readonly target: Int32Array;
  readonly amount: Float64Array;
}

/** n banks that each owe up to six others, in any order, and have what they lack in claims and a cushion, give or take .5. */
function randomBanks(n: number, cushion: number): { readonly owed: Sparse; readonly assets: Float64Array } {
  const u = new Float64Array(14 * n);
  seedStream(n).fork("banks").uniform(u, { lane: 0, period: 0, from: 0 });
  const start = new Int32Array(n + 1);
  const [target, amount]: [number[], number[]] = [[], []];
  const balance = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < Math.floor(7 * u[14 * i + 12]); k++) {
      const j = Math.floor(n * u[14 * i + k]);
      if (j === i) continue;
      const x = u[14 * i + 6 + k];
      target.push(j);
      amount.push(x);
      balance[i] -= x;
      balance[j] += x;
    }
    start[i + 1] = target.length;
  }
  const assets = balance.map((b, i) => Math.max(0, Math.max(0, -b) + cushion + u[14 * i + 13] - 0.5));
  return { owed: { start, target: Int32Array.from(target), amount: Float64Array.from(amount) }, assets };
}

describe("clearing", () => {
  // Independent values; the first are 60/23, 70/23 and 3.
  test.each([
    [
      [
        [0, 2, 3],
        [1, 0, 4],
        [2, 1, 0],
      ],
      [0, 1, 1],
      [60 / 23, 70 / 23, 3],
      [0, 0, 2],
      4.34782609,
    ],
    [
      [
        [0, 3, 2, 0],
        [0, 0, 4, 1],
        [1, 0, 0, 2],
        [0, 0, 0, 0],
      ],
      [1, 0.5, 0.25, 0],
      [1.72169811, 1.53301887, 2.16509434, 0],
      [0, 0, 0, 1.75],
      7.58018868,
    ],
    [
      [
        [0, 10, 0],
        [0, 0, 8],
        [6, 0, 0],
      ],
      [1, 1, 1],
      [7, 8, 6],
      [0, 0, 3],
      3,
    ],
    [
      [
        [0, 5],
        [3, 0],
      ],
      [1, 0],
      [4, 3],
      [0, 1],
      1,
    ],
  ])("%j with assets %j", (liabilities, assets, payments, equity, loss) => {
    const cleared = clear(exposuresOf(liabilities), assets);
    closeTo(cleared.payments, payments, 8);
    closeTo(cleared.equity, equity, 8);
    expect(cleared.loss).toBeCloseTo(loss, 8);
  });

  test("banks that owe each other and nothing else pay, though they have nothing: the greatest solution", () => {
    const { payments, defaults } = clear(
      exposuresOf([
        [0, 1],
        [1, 0],
      ]),
      [0, 0],
    );
    expect([[...payments], [...defaults]]).toEqual([
      [1, 1],
      [0, 0],
    ]);
  });

  test("a chain falls bank after bank, and rounds count how far", () => {
    const chain = Array.from({ length: 5 }, (_, i) => Array.from({ length: 5 }, (_, j) => (j === i + 1 ? 10 : 0)));
    const { payments, round, equity } = clear(exposuresOf(chain), [9, 0.5, 0, 0, 2]);
    expect([...round]).toEqual([1, 2, 3, 4, 0]);
    closeTo(payments, [9, 9.5, 9.5, 9.5, 0], 14);
    closeTo(equity, [0, 0, 0, 0, 11.5], 14);
  });

  test("costs of bankruptcy are paid by creditors: Rogers and Veraart's equations for two banks", () => {
    const owed = exposuresOf([
      [0, 5, 1],
      [3, 0, 1],
      [0, 0, 0],
    ]);
    const cleared = clear(owed, [1, 0.5, 0], { assetRecovery: 0.5, claimRecovery: 0.8 });
    // p1 = .5 + .8 · ¾ p2, p2 = .25 + .8 · ⅚ p1
    const p1 = (0.5 + 0.6 * 0.25) / (1 - 0.6 * (2 / 3));
    closeTo(cleared.payments, [p1, 0.25 + (2 / 3) * p1, 0], 13);
    expect([...cleared.defaults]).toEqual([1, 1, 0]);
    expect(cleared.loss).toBeGreaterThan(clear(owed, [1, 0.5, 0]).loss);
  });

  /** Debts and assets of n banks, some of which owe nothing. */
  const systems = (n: number) =>
    fc.record({
      debts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: n * n, maxLength: n * n }),
      assets: fc.array(fc.double({ min: 0, max: 3, noNaN: true }), { minLength: n, maxLength: n }),
      α: fc.constantFrom(1, 0.7, 0),
      β: fc.constantFrom(1, 0.9, 0.3),
    });
  const matrixOf = (debts: readonly number[], n: number) =>
    Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (_, j) => (i === j || debts[i * n + j] < 0.6 ? 0 : 10 * debts[i * n + j])),
    );

  test("payments are the greatest that satisfy their equations: from payments in full, paying what one can ends there", () => {
    const n = 8;
    fc.assert(
      fc.property(systems(n), ({ debts, assets, α, β }) => {
        const L = matrixOf(debts, n);
        const owed = L.map((row) => row.reduce((a, b) => a + b, 0));
        const { payments, equity, loss } = clear(exposuresOf(L), assets, { assetRecovery: α, claimRecovery: β });
        let p = owed.slice();
        for (let k = 0; k < 5000; k++) {
          const inflow = p.map((_, i) =>
            L.reduce((sum, row, j) => sum + (owed[j] > 0 ? (row[i] / owed[j]) * p[j] : 0), 0),
          );
          p = p.map((_, i) =>
            assets[i] + inflow[i] >= owed[i] * (1 - 1e-13) ? owed[i] : α * assets[i] + β * inflow[i],
          );
        }
        closeTo(payments, p, 8);
        const wealth = (x: ArrayLike<number>) => Array.from(x).reduce((a, b) => a + b, 0);
        // Without costs nothing is lost on the way: all assets end as somebody's equity.
        if (α === 1 && β === 1) expect(wealth(equity)).toBeCloseTo(wealth(assets), 9);
        else expect(wealth(equity)).toBeLessThanOrEqual(wealth(assets) + 1e-9);
        expect(loss).toBeCloseTo(wealth(owed) - wealth(payments), 9);
      }),
      { numRuns: 100, seed: 8 },
    );
  });

  test("of many defaulters, sweeps find what elimination finds", () => {
    // Rings of three, each as the ring above: 6000 banks, of whom two in three default.
    const rings = 2000;
    const start = Int32Array.from({ length: 3 * rings + 1 }, (_, i) => i);
    const target = Int32Array.from({ length: 3 * rings }, (_, i) => (i % 3 === 2 ? i - 2 : i + 1));
    const amount = Float64Array.from({ length: 3 * rings }, (_, i) => [10, 9, 6][i % 3]);
    const { payments, defaults } = clear({ start, target, amount }, new Float64Array(3 * rings).fill(1));
    for (let i = 0; i < 3 * rings; i++) expect(payments[i]).toBeCloseTo([7, 8, 6][i % 3], 10);
    expect(defaults.reduce((a, b) => a + b, 0)).toBe(2 * rings);
  });

  /** Rounds of fictitious defaults among all banks, each round's payments by plain iteration. */
  function plainly({ start, target, amount }: Sparse, assets: Float64Array, α: number, β: number) {
    const n = assets.length;
    const owed = assets.map((_, i) => amount.subarray(start[i], start[i + 1]).reduce((a, b) => a + b, 0));
    const p = owed.slice();
    const round = new Int32Array(n);
    const inflow = () => {
      const received = new Float64Array(n);
      for (let j = 0; j < n; j++)
        for (let l = start[j]; l < start[j + 1]; l++)
          received[target[l]] += owed[j] > 0 ? (amount[l] * p[j]) / owed[j] : 0;
      return received;
    };
    for (let r = 1; ; r++) {
      const received = inflow();
      const failing = Array.from(p, (_, i) => i).filter(
        (i) => round[i] === 0 && assets[i] + received[i] < owed[i] * (1 - 1e-13),
      );
      if (failing.length === 0) return { payments: p, round };
      for (const i of failing) round[i] = r;
      for (let change = 1; change > 0; ) {
        change = 0;
        const now = inflow();
        for (let i = 0; i < n; i++) {
          if (round[i] === 0) continue;
          const pays = α * assets[i] + β * now[i];
          if (p[i] - pays > 1e-14 * owed[i]) change = 1;
          p[i] = pays;
        }
      }
    }
  }

  test.each([
    [400, 0, 1, 1],
    [400, 0.1, 0.6, 0.9],
    [1500, -0.1, 1, 1],
    [1500, -0.1, 0.9, 0.7],
    [1500, 0.2, 0.3, 1],
  ])(
    "of %d banks with a cushion of %d, recoveries %d and %d: payments and rounds are those of rounds among all",
    (n, cushion, α, β) => {
      const { owed, assets } = randomBanks(n, cushion);
      const expected = plainly(owed, assets, α, β);
      const cleared = clear(owed, assets, { assetRecovery: α, claimRecovery: β });
      expect([...cleared.round]).toEqual([...expected.round]);
      let worst = 0;
      for (let i = 0; i < n; i++) worst = Math.max(worst, Math.abs(cleared.payments[i] - expected.payments[i]));
      expect(worst).toBeLessThan(1e-11); // sweeps end at 1e-13 of debts of about 3, some of which lose a tenth a round
      expect(Math.max(...cleared.round)).toBeGreaterThan(1);
    },
  );

  test("a bank that losses too small to be passed on pull down together defaults, and so does its creditor", () => {
    // Each of eight owes the next one 9e-4 more than it is owed, and lacks that much; what the ninth has suffices for six such losses.
    const start = Int32Array.from({ length: 12 }, (_, i) => Math.min(i, 10));
    const target = Int32Array.from({ length: 10 }, (_, i) => i + 1);
    const amount = Float64Array.from({ length: 10 }, (_, i) => 1 + 9e-4 * Math.min(i, 7));
    const assets = new Float64Array(11).with(0, 1 - 9e-4).with(8, 6.5 * 9e-4);
    const { round, payments, equity } = clear({ start, target, amount }, assets);
    expect([...round]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 0]);
    closeTo(payments, [...new Array(8).fill(1 - 9e-4), 1 + 5.5 * 9e-4, 1 + 5.5 * 9e-4, 0], 14);
    closeTo(equity, [...new Array(10).fill(0), 1 + 5.5 * 9e-4], 14);
  });

  test("a bank that loses nearly all of its claims keeps the digits of the rest", () => {
    // 10⁶ of its claims are worth nothing, a third of .3 is paid; it has 1 and owes .5.
    const owed = { start: [0, 1, 3, 4, 4], target: [2, 2, 3, 3], amount: [1e6, 0.3, 2.7, 0.5] };
    const { payments, equity, round } = clear(owed, [0, 1, 1, 0]);
    expect([...round]).toEqual([1, 1, 0, 0]);
    closeTo(payments, [0, 1, 0.5, 0], 15);
    closeTo(equity, [0, 0, 0.6, 1.4], 14);
  });

  test("a bank that owes nothing never defaults, though rounding takes more from it than it was owed", () => {
    const debts = [0.1, 0.4, 0.2];
    expect(debts.reduce((left, x) => left - x, 0.1 + 0.4 + 0.2)).toBeLessThan(0);
    const found = clear(
      { start: [0, 1, 2, 3, 4, 4], target: [3, 3, 3, 4], amount: [...debts, 0] },
      new Float64Array(5),
    );
    expect([...found.round]).toEqual([1, 1, 1, 0, 0]);
    expect([...found.payments]).toEqual([0, 0, 0, 0, 0]);
    expect([...found.equity]).toEqual([0, 0, 0, 0, 0]);
  });

  test("what cannot be is refused with the bank and what was expected", () => {
    const two = exposuresOf([
      [0, 5],
      [3, 0],
    ]);
    expect(() => clear(two, [1])).toThrow("clear: got assets of 1 banks, expected 2.");
    expect(() => clear(two, [1, -1])).toThrow("clear: assets of bank 1 are -1, expected a finite number from 0 on.");
    expect(() => clear(two, [1, 1], { claimRecovery: 1.1 })).toThrow(
      "clear: claimRecovery is 1.1, expected a share from 0 to 1.",
    );
    expect(() => clear({ ...two, amount: [5, Number.NaN] }, [1, 1])).toThrow(
      "clear: bank 1 owes NaN, expected a finite number from 0 on.",
    );
    for (const [entry, target] of [
      [0, [2, 0]],
      [1, [1, -1]],
      [0, [0.5, 0]],
    ] as const)
      expect(() => clear({ ...two, target }, [1, 1])).toThrow(
        `clear: entry ${entry} names bank ${target[entry]}, expected one from 0 to 1.`,
      );
    for (const [start, end] of [
      [[0, 1, 3], 3],
      [[0, 1, 0], 0],
    ] as const)
      expect(() => clear({ ...two, start }, [1, 1])).toThrow(
        `clear: the entries of bank 1 end at ${end}, expected from 1 to 2, the number of entries.`,
      );
    expect(() => debtRank({ ...two, start: [1, 1, 2] }, [1, 1], [0, 0])).toThrow(
      "debtRank: start is 1 at first, expected 0 and an end for each bank.",
    );
    expect(() => exposuresOf([[0, 1], [1]])).toThrow("exposuresOf: row 1 has 1 numbers, expected 2, one per row.");
    expect(() =>
      exposuresOf([
        [1, 1],
        [1, 0],
      ]),
    ).toThrow("exposuresOf: row 0 is exposed to itself by 1, expected 0 on the diagonal.");
    expect(() =>
      exposuresOf([
        [0, -1],
        [1, 0],
      ]),
    ).toThrow("exposuresOf: row 0, column 1 is -1, expected a finite number from 0 on.");
  });
});

describe("DebtRank", () => {
  const impact = exposuresOf([
    [0, 0.5, 0.2, 0],
    [0, 0, 0.4, 0.3],
    [0.1, 0, 0, 0.6],
    [0, 0.2, 0, 0],
  ]);
  const value = [0.4, 0.3, 0.2, 0.1];
  const failed = (bank: number) => value.map((_, i) => (i === bank ? 1 : 0));

  test("independent values", () => {
    closeTo(
      [0, 1, 2, 3].map((bank) => debtRank(impact, value, failed(bank)).debtRank),
      [0.2732, 0.1516, 0.1561, 0.08072],
      12,
    );
    closeTo(debtRank(impact, value, failed(0)).distress, [1, 0.554, 0.4, 0.27], 12);
    const part = debtRank(impact, value, [0.2, 0, 0, 0]);
    closeTo(part.distress, [0.204, 0.1108, 0.08, 0.054], 12);
    expect(part.debtRank).toBeCloseTo(0.05624, 12);
  });

  test.each([
    [300, 1],
    [300, 0.02],
    [2000, 0.3],
  ])("of %d banks whose exposures are %d: distress is that of whole arrays, period by period", (n, scale) => {
    const { start, target, amount } = randomBanks(n, 0).owed;
    const weights = { start, target, amount: amount.map((x) => scale * x) };
    const shock = Float64Array.from({ length: n }, (_, i) => (i % 97 === 5 ? 0.3 : 0));
    const h = shock.slice();
    const seen = shock.map((x) => (x > 0 ? 1 : 0));
    let fresh = seen.slice();
    let periods = 0;
    for (; fresh.some((x) => x > 0); periods++) {
      const gain = new Float64Array(n);
      for (let i = 0; i < n; i++)
        for (let l = start[i]; l < start[i + 1]; l++) gain[target[l]] += fresh[i] * h[i] * weights.amount[l];
      for (let j = 0; j < n; j++) h[j] = Math.min(1, h[j] + gain[j]);
      fresh = gain.map((x, j) => (x > 0 && seen[j] === 0 ? 1 : 0));
      for (let j = 0; j < n; j++) seen[j] += fresh[j];
    }
    const value = Float64Array.from({ length: n }, (_, i) => 1 + (i % 3));
    const found = debtRank(weights, value, shock);
    expect(found.periods).toBe(periods);
    closeTo(found.distress, [...h], 12);
    expect(found.debtRank).toBeCloseTo(
      h.reduce((sum, x, i) => sum + (x - shock[i]) * value[i], 0),
      9,
    );
  });

  test("nobody loses more than all, and nothing happens without a shock", () => {
    const hard = exposuresOf([
      [0, 3, 0],
      [0, 0, 2],
      [1, 0, 0],
    ]);
    expect([...debtRank(hard, [1, 1, 1], [0.5, 0, 0]).distress]).toEqual([1, 1, 1]);
    expect(debtRank(hard, [1, 1, 1], [0, 0, 0])).toMatchObject({ debtRank: 0, periods: 0 });
    expect(() => debtRank(hard, [1, 1, 1], [2, 0, 0])).toThrow(
      "debtRank: the shock of bank 0 is 2, expected a share from 0 to 1.",
    );
    expect(() => debtRank(hard, [1, 1], [0, 0, 0])).toThrow("debtRank: got value of 2 banks, expected 3.");
  });
});

test.each([
  [1, [0], 0.5, 0.0227501319],
  [1, [0.4], 0.5, 0.1150696702],
  [1, [0.5, 0.4], 0.2, 0.3085375387],
  [0.5, [0.2, 0.6], 0.3, 0.8413447461],
])(
  "stress spreads past a threshold of %d from exposures %j, deviation %d, with probability %d",
  (threshold, exposures, deviation, p) => {
    expect(contagionProbability(exposures, threshold, deviation)).toBeCloseTo(p, 9);
  },
);

test("stress spreads with a deviation only", () => {
  expect(() => contagionProbability([1], 1, 0)).toThrow(
    "contagionProbability: deviation is 0, expected a number above 0.",
  );
});

// Degrees of a star of five, a complete graph, a path of four, and six banks.
test.each([
  [[4, 1, 1, 1, 1], 0.64, -0.8],
  [[2, 2, 2], 1, 1],
  [[1, 2, 2, 1], 0.9, 0.6],
  [[5, 5, 2, 2, 1, 1], 0.7111111111, -0.7333333333],
])(
  "evenness of degrees %j is %d in rows that add up to 1, and %d with weights of 1 everywhere",
  (degrees, normalised, literal) => {
    const n = degrees.length;
    const everywhere = {
      start: Array.from({ length: n + 1 }, (_, i) => i * n),
      target: Array.from({ length: n * n }, (_, l) => l % n),
      amount: new Float64Array(n * n).fill(1),
    };
    expect(systemicIndex(everywhere, degrees)).toBeCloseTo(normalised, 9);
    expect(systemicIndex(everywhere, degrees, { normalised: false })).toBeCloseTo(literal, 9);
    expect(() =>
      systemicIndex(
        everywhere,
        degrees.map(() => 0),
      ),
    ).toThrow("systemicIndex: all degrees are 0, expected some above 0.");
  },
);

test("systemic index, weights as they are: 1 − (2 · 1 + 1 · 1)/10 of degrees 1 and 3", () => {
  const exposures = exposuresOf([
    [0, 2],
    [1, 0],
  ]);
  expect(systemicIndex(exposures, [1, 3], { normalised: false })).toBeCloseTo(0.7, 14);
  expect(systemicIndex(exposures, [1, 3])).toBeCloseTo(0.8, 14);
  expect(() => systemicIndex(exposures, [1])).toThrow("systemicIndex: got degrees of 1 banks, expected 2.");
});
