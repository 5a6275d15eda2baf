import { expect, test } from "vitest";
import { mean, pairwiseSum } from "../math/index.ts";
import { seedStream } from "../random/index.ts";
import { type Decisions, densityRatio, fineTune } from "./index.ts";

const normals = (count: number, purpose: string): Float64Array => {
  const z = new Float64Array(count);
  seedStream(5).fork(purpose).normal(z, { lane: 0, period: 0, from: 0 });
  return z;
};

test("the density ratio of two normal laws is theirs, and its weights make old rows have the new mean and deviation", () => {
  // N(0, 1) and N(1, 0.7²): ln ratio = −ln 0.7 + x²/2 − (x − 1)²/(2 · 0.49)
  const before = normals(4000, "before");
  const after = normals(1000, "after").map((z) => 1 + 0.7 * z);
  const ratio = densityRatio(before, after, 1);
  for (const x of [-0.5, 0.3, 1, 1.8]) {
    const exact = -Math.log(0.7) + x ** 2 / 2 - (x - 1) ** 2 / (2 * 0.49);
    expect(Math.abs(ratio.log([x]) - exact)).toBeLessThan(0.25);
  }
  const w = ratio.weights(before);
  expect(mean(w)).toBeCloseTo(1, 12);
  const centre = mean(before.map((x, i) => x * w[i]!));
  expect(centre).toBeCloseTo(1, 1);
  expect(Math.sqrt(mean(before.map((x, i) => w[i]! * (x - centre) ** 2)))).toBeCloseTo(0.7, 1);
});

test("columns may be of any size, products of columns count, and regimes that nothing tells apart have equal weights", () => {
  const [z, other] = [normals(2000, "a"), normals(2000, "b")];
  const before = Float64Array.from({ length: 4000 }, (_, i) => (i % 2 === 0 ? 1e6 * z[i / 2]! : other[(i - 1) / 2]!));
  // In the new regime both columns move together.
  const after = Float64Array.from({ length: 4000 }, (_, i) =>
    i % 2 === 0 ? 1e6 * z[i / 2]! : 0.8 * z[(i - 1) / 2]! + 0.6 * other[(i - 1) / 2]!,
  );
  const w = densityRatio(before, after, 2).weights(before);
  const product = mean(Float64Array.from(w, (x, i) => x * z[i]! * other[i]!));
  expect(Math.abs(product - 0.8)).toBeLessThan(0.15);
  const same = densityRatio(before, before, 2).weights(before);
  for (const x of same) expect(x).toBeCloseTo(1, 6);
  expect(
    Math.max(
      ...densityRatio(
        normals(100, "c"),
        normals(100, "d").map((x) => x + 30),
        1,
      ).weights(normals(100, "c")),
    ),
  ).toBeLessThanOrEqual(100);
  expect(() => densityRatio(before, Float64Array.of(1, Number.NaN, 1, 1), 2)).toThrow(
    "column 1 of row 0 of the new regime is NaN",
  );
  expect(() => densityRatio(before, Float64Array.of(1, 2, 3), 2)).toThrow(
    "of the new regime, expected at least 2 rows of 2",
  );
});

test("coefficients of two columns are the most likely ones under a ridge of 0.1, none on the constant", () => {
  const [z, u] = [normals(70, "ridge"), normals(70, "ridged")];
  const rows = Array.from(z, (x, i) => (i < 40 ? [x, 1000 * u[i]!] : [0.5 + 1.3 * x, 1000 * (0.6 * x + 0.8 * u[i]!)]));
  const ratio = densityRatio(Float64Array.from(rows.slice(0, 40).flat()), Float64Array.from(rows.slice(40).flat()), 2);
  const columns = [0, 1].map((k) => rows.map((row) => row[k]!));
  const centre = columns.map((x) => mean(x));
  const sd = columns.map((x, k) => Math.sqrt(mean(x.map((value) => (value - centre[k]!) ** 2))));
  // ln odds b_0 + b_1 x + b_2 y + b_3 x² + b_4 xy + b_5 y², in deviations
  const odds = (x: number, y: number) =>
    ratio.log([centre[0]! + sd[0]! * x, centre[1]! + sd[1]! * y]) - Math.log(40 / 30);
  const zero = odds(0, 0);
  const [right, left, up, down] = [odds(1, 0) - zero, odds(-1, 0) - zero, odds(0, 1) - zero, odds(0, -1) - zero];
  const b = [
    zero,
    (right - left) / 2,
    (up - down) / 2,
    (right + left) / 2,
    odds(1, 1) - zero - right - up,
    (up + down) / 2,
  ];
  const score = b.map((coefficient, k) => (k === 0 ? 0 : -0.1 * coefficient));
  for (const [i, row] of rows.entries()) {
    const [x, y] = row.map((value, k) => (value - centre[k]!) / sd[k]!) as [number, number];
    const φ = [1, x, y, x * x, x * y, y * y];
    const residual = (i < 40 ? 0 : 1) - 1 / (1 + Math.exp(-φ.reduce((sum, f, k) => sum + b[k]! * f, 0)));
    φ.forEach((f, k) => {
      score[k]! += residual * f;
    });
  }
  for (const pull of score) expect(Math.abs(pull)).toBeLessThan(1e-4); // of 70 rows, where the likelihood gains less than 10⁻¹⁰
  const logs = rows.slice(0, 40).map((row) => ratio.log(row));
  const limit = Math.sqrt(40) * mean(logs.map(Math.exp));
  const cut = logs.map((log) => Math.min(Math.exp(log), limit));
  ratio.weights(Float64Array.from(rows.slice(0, 40).flat())).forEach((w, i) => {
    expect(w).toBeCloseTo(cut[i]! / mean(cut), 10);
  });
});

test("regimes of one row, of half a row and of what is no number are refused", () => {
  const two = Float64Array.of(0, 1, 2, 3);
  expect(densityRatio(two, two, 2).log([1, 1])).toBeCloseTo(0, 12);
  expect(() => densityRatio(two.subarray(2), two, 2)).toThrow(
    "got 2 numbers of the old regime, expected at least 2 rows",
  );
  expect(() => densityRatio(two, two.subarray(1), 2)).toThrow("got 3 numbers of the new regime");
  expect(() => densityRatio(two.with(0, Number.NaN), two, 2)).toThrow("column 0 of row 0 of the old regime is NaN");
});

test("weights are the ratio's, cut off at √n times their mean and then scaled to a mean of 1", () => {
  const before = normals(100, "cut");
  const ratio = densityRatio(
    before,
    normals(60, "far").map((x) => 3 + 0.5 * x),
    1,
  );
  const raw = before.map((x) => Math.exp(ratio.log([x])));
  const limit = 10 * mean(raw);
  expect(raw.some((w) => w > limit)).toBe(true);
  const cut = raw.map((w) => Math.min(w, limit));
  ratio.weights(before).forEach((w, i) => {
    expect(w).toBeCloseTo(cut[i]! / mean(cut), 10);
  });
});

/** u = −(a − best(x))², recorded around a rule; features 1 and x. */
function recorded(
  count: number,
  of: (i: number) => number,
  rule: readonly number[],
  best: (x: number) => number,
  weight = (_: number) => 1,
): Decisions {
  const x = Float64Array.from({ length: count }, (_, i) => of(i));
  const noise = normals(count, "actions");
  const actions = x.map((at, i) => rule[0]! + rule[1]! * at + 0.2 * noise[i]!);
  return {
    features: Float64Array.from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? 1 : x[(i - 1) / 2]!)),
    actions,
    rewards: actions.map((a, i) => 3 - (a - best(x[i]!)) ** 2),
    weights: x.map(weight),
  };
}
const spread = (i: number): number => (i % 50) / 49;

test("a rule that is a straight line is found in one step where rewards are quadratic, and a trust region stops it on the way", () => {
  const decisions = recorded(200, spread, [0, 0], (x) => 0.3 - 0.2 * x);
  const free = fineTune(decisions, { rule: Float64Array.of(0, 0), deviation: 0.2, furthest: 10 });
  expect(free.rule[0]).toBeCloseTo(0.3, 3);
  expect(free.rule[1]).toBeCloseTo(-0.2, 3);
  expect(free.effectiveSize).toBeCloseTo(200, 9);
  const near = fineTune(decisions, { rule: Float64Array.of(0, 0), deviation: 0.2, furthest: 0.5 });
  expect(near.moved).toBeCloseTo(0.5, 12);
  expect(near.rule[0]! / near.rule[1]!).toBeCloseTo(free.rule[0]! / free.rule[1]!, 9);
  const there = fineTune(decisions, { rule: free.rule, deviation: 0.2 });
  expect(there.moved).toBeLessThan(0.01);
});

test("where rewards do not bend down the rule goes to the end of the trust region, uphill", () => {
  const rule = Float64Array.of(0.4, 0.1);
  const decisions = recorded(200, spread, [...rule], () => 0);
  for (const [slope, bend] of [
    [2, 0],
    [-2, 0],
    [3, 0.5],
    [-3, 0.5],
  ] as const) {
    const rewards = decisions.actions.map((a) => slope * a + bend * a * a);
    const tuned = fineTune({ ...decisions, rewards }, { rule, deviation: 0.2, furthest: 0.5 });
    expect(tuned.moved).toBeCloseTo(0.5, 12);
    const moves = [...new Set(decisions.features.filter((_, at) => at % 2 === 1))].map(
      (x) => tuned.rule[0]! - rule[0]! + (tuned.rule[1]! - rule[1]!) * x,
    );
    expect(Math.sqrt(mean(moves.map((move) => move * move)))).toBeCloseTo(0.5 * 0.2, 12);
    expect(moves.every((move) => Math.sign(move) === Math.sign(slope))).toBe(true);
  }
});

test("weights count relative to each other: (Σ w)²/Σ w² of them say as much as equal ones", () => {
  const decisions = recorded(
    40,
    spread,
    [0, 0],
    (x) => 0.1 + 0.1 * x,
    (x) => (x < 0.4 ? 3 : 1), // 20 of each
  );
  const settings = { rule: Float64Array.of(0, 0), deviation: 0.2 };
  const tuned = fineTune(decisions, settings);
  expect(tuned.effectiveSize).toBeCloseTo((20 * 4) ** 2 / (20 * 10), 9);
  const scaled = fineTune({ ...decisions, weights: decisions.weights.map((w) => 1000 * w) }, settings);
  scaled.rule.forEach((θ, k) => {
    expect(θ).toBeCloseTo(tuned.rule[k]!, 9);
  });
});

test("weights decide where a line follows a curve: old decisions, weighted, find the line that is best in the new regime", () => {
  // The best action is x², of which a line follows the slope where the weight is: 2 · 0.9 at the right end, 2 · 0.1 at the left.
  const weight = (centre: number) => (x: number) => Math.exp(-(((x - centre) / 0.08) ** 2) / 2);
  const slopes = [0.9, 0.1].map((centre) => {
    let rule: Float64Array = Float64Array.of(0, 1);
    for (let step = 0; step < 3; step++)
      rule = fineTune(
        recorded(400, spread, [...rule], (x) => x * x, weight(centre)),
        { rule, deviation: 0.2, furthest: 10 },
      ).rule;
    return rule[1]!;
  });
  expect(Math.abs(slopes[0]! - 1.8)).toBeLessThan(0.2);
  expect(Math.abs(slopes[1]! - 0.2)).toBeLessThan(0.2);
});

test("one state alone is learned, and what is no number or does not fit together is refused", () => {
  const decisions = recorded(
    40,
    () => 0.5,
    [0.1, 0],
    () => 0.2,
  );
  const { rule } = fineTune(decisions, { rule: Float64Array.of(0.1, 0), deviation: 0.2, furthest: 10 });
  expect(rule[0]! + 0.5 * rule[1]!).toBeCloseTo(0.2, 2);
  const settings = { rule: Float64Array.of(0, 0), deviation: 0.2 };
  const fail = (changed: Partial<Decisions>) => expect(() => fineTune({ ...decisions, ...changed }, settings));
  fail({ rewards: decisions.rewards.with(3, Number.NaN) }).toThrow("rewards[3] is NaN");
  fail({ actions: decisions.actions.slice(1) }).toThrow("40 states, 39 actions, 40 rewards");
  expect(() => fineTune(decisions, { ...settings, deviation: 0 })).toThrow("deviation is 0");
  expect(pairwiseSum(decisions.weights)).toBe(40);
});
