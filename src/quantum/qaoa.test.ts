// QAOA against closed forms, its own gates and finite differences; the choice of assets against plain sums.
import { describe, expect, test } from "vitest";
import { seedStream } from "../random/index.ts";
import {
  anneal,
  bruteForce,
  costOfAngles,
  createState,
  diagonal,
  diagonalOf,
  greedy,
  h,
  onesIn,
  penalised,
  qaoa,
  qaoaCircuit,
  type Selection,
  selectionValues,
  varianceCircuit,
} from "./index.ts";

const drawsOf = (purpose: string): (() => number) => {
  const stream = seedStream(1).fork(purpose);
  let row = 0;
  return () => stream.uniformAt(0, 0, row++);
};

/** Factor returns of n assets. */
function assets(n: number, chosen: number, purpose: string): Selection {
  const draw = drawsOf(purpose);
  const loading = Array.from({ length: n }, () => 0.1 + 0.2 * draw());
  return {
    means: Array.from({ length: n }, () => 0.02 + 0.1 * draw()),
    covariance: loading.map((a, i) => loading.map((b, j) => a * b + (i === j ? 0.01 + 0.03 * draw() : 0))),
    riskAversion: 0.5,
    chosen,
  };
}

test("one layer reads the better of two states for certain", () => {
  const [{ mean, probabilities }] = qaoa({ qubits: 1, values: [3, 7] }, { layers: 1 });
  expect(mean).toBeCloseTo(7, 8);
  expect(probabilities[1]).toBeCloseTo(1, 8);
});

test("p layers cut (2p + 1)/(2p + 2) of a ring that is longer than 2p: Farhi, Goldstone & Gutmann 2014, §5", () => {
  const n = 8;
  const cut = Array.from({ length: 1 << n }, (_, x) => onesIn(x ^ ((x >> 1) | ((x & 1) << (n - 1)))));
  const found = qaoa({ qubits: n, values: cut }, { layers: 3 });
  found.forEach(({ mean }, l) => {
    const p = l + 1;
    expect(mean / n).toBeCloseTo((2 * p + 1) / (2 * p + 2), 4);
  });
});

describe.each([
  ["flips", undefined],
  ["exchange", 2],
] as const)("mixing by %s", (_name, ones) => {
  const values = selectionValues(assets(5, 2, "mixing"));
  const choice = { qubits: 5, values, ...(ones === undefined ? {} : { ones }) };

  test("the gradient is that of finite differences", () => {
    const cost = costOfAngles(choice);
    const at = Float64Array.from([0.7, -1.3, 0.4, 0.9]);
    const gradient = new Float64Array(4);
    cost(at, gradient);
    at.forEach((angle, k) => {
      const beside = (step: number) => cost(at.with(k, angle + step), new Float64Array(4));
      expect(gradient[k]).toBeCloseTo((beside(1e-5) - beside(-1e-5)) / 2e-5, 8);
    });
  });

  test("the trained state is that of its gates, and a layer more is never worse", () => {
    const found = qaoa(choice, { layers: 2 });
    expect(found[1].mean).toBeGreaterThanOrEqual(found[0].mean - 1e-12);
    expect(found[1].evaluations).toBeGreaterThan(found[0].evaluations);
    for (const { mean, probabilities, ...angles } of found) {
      const state = createState(5);
      state.apply(qaoaCircuit(choice, angles));
      state.probabilities().forEach((p, x) => {
        expect(p).toBeCloseTo(probabilities[x], 12);
        if (ones !== undefined && onesIn(x) !== ones) expect(p).toBeLessThan(1e-28);
      });
      expect(mean).toBeCloseTo(state.mean(diagonalOf(values)), 12);
    }
  });
});

test("values of sets of assets are mean less risk at weights of 1/k", () => {
  const selection = assets(4, 2, "values");
  const values = selectionValues(selection);
  const { means, covariance } = selection;
  const variance = (covariance[1][1] + covariance[3][3] + 2 * covariance[1][3]) / 4;
  expect(values[0b1010]).toBeCloseTo((means[1] + means[3]) / 2 - 0.5 * Math.sqrt(variance), 14);
  expect(selectionValues({ ...selection, risk: "variance" })[0b1010]).toBeCloseTo(
    (means[1] + means[3]) / 2 - 0.5 * variance,
    14,
  );
  const off = penalised(values, 2, 3);
  expect([off[0b1010], off[0b1110], off[0]]).toEqual([values[0b1010], values[0b1110] - 3, values[0] - 12]);
  expect(() => selectionValues({ ...selection, chosen: 5 })).toThrow("got 5 chosen of 4 assets");
  expect(() => selectionValues({ ...selection, covariance: [[1]] })).toThrow("not a symmetric matrix of 4 assets");
});

test("the variance's gates turn every set as the diagonal of its values does, but for a phase of all", () => {
  const selection = { ...assets(4, 2, "gates"), risk: "variance" } as const;
  const [byGates, byValues] = [createState(4), createState(4)];
  const plus = [0, 1, 2, 3].map(h);
  byGates.apply([...plus, ...varianceCircuit(selection, 37)]);
  byValues.apply([...plus, diagonal(diagonalOf(selectionValues(selection)), -37)]);
  const [a, b] = [byGates.amplitudes, byValues.amplitudes];
  // a_x b̄_x is the same for all x
  const common = (x: number) => [
    a[2 * x] * b[2 * x] + a[2 * x + 1] * b[2 * x + 1],
    a[2 * x + 1] * b[2 * x] - a[2 * x] * b[2 * x + 1],
  ];
  for (let x = 1; x < 16; x++)
    common(x).forEach((part, k) => {
      expect(part).toBeCloseTo(common(0)[k], 13);
    });
});

test("brute force looks at all sets of k; greedy search and annealing stay among them and come near", () => {
  const selection = assets(9, 3, "searches");
  const values = selectionValues(selection);
  const { best, worst } = bruteForce(values, 3);
  expect(best.evaluations).toBe(84);
  const all = values.filter((_, x) => onesIn(x) === 3).sort();
  expect([worst.value, best.value]).toEqual([all[0], all[83]]);
  const fast = greedy(selection);
  expect(onesIn(fast.assets)).toBe(3);
  expect(fast.value).toBeCloseTo(values[fast.assets], 13);
  expect(fast.value).toBeGreaterThanOrEqual(all[80]);
  const swaps = (fast.evaluations - (9 + 8 + 7)) / 18;
  expect([Number.isInteger(swaps), swaps >= 1]).toEqual([true, true]);
  // No swap gains: 18 of them
  for (let x = 0; x < 512; x++)
    if (onesIn(x) === 3 && onesIn(x & fast.assets) === 2) expect(values[x]).toBeLessThanOrEqual(fast.value + 1e-15);
  const draw = drawsOf("annealing");
  const runs = Array.from({ length: 40 }, () => anneal(values, 9, 3, { steps: 60, from: 0.02, to: 0.001, draw }));
  for (const run of runs) expect([onesIn(run.assets), run.value]).toEqual([3, values[run.assets]]);
  expect(runs.filter(({ assets }) => assets === best.assets).length).toBeGreaterThan(20);
  expect(anneal(values, 9, 3, { steps: 1, from: 1, to: 1, draw: () => 0 }).assets).toBe(0b111);
});

test("where single assets mislead, greedy search swaps them for the better pair, by variance as by deviation", () => {
  // The first has the highest mean and moves with both others, which move against each other
  const covariance = [
    [0.04, 0.039, 0.039],
    [0.039, 0.04, -0.039],
    [0.039, -0.039, 0.04],
  ];
  for (const risk of ["deviation", "variance"] as const) {
    const selection = { means: [0.1, 0.09, 0.09], covariance, riskAversion: 1, chosen: 2, risk };
    const { assets, value } = greedy(selection);
    expect([assets, value]).toEqual([0b110, expect.closeTo(selectionValues(selection)[0b110], 14)]);
  }
});

test("annealing takes a worse set with probability e^(gain/T), T falling geometrically", () => {
  const values = new Float64Array(16);
  for (const [set, value] of [
    [0b0011, 1],
    [0b0110, 0.5],
    [0b1100, 3],
    [0b1001, 2],
    [0b1010, 0],
    [0b0101, 1.8],
  ])
    values[set] = value;
  const script =
    (...draws: number[]) =>
    () =>
      draws.shift()!;
  // Begins with assets 0 and 1. Asset 0 for 2, at T = 1: gain −½; then 1 for 3
  const after = (lot: number) =>
    anneal(values, 4, 2, { steps: 3, from: 1, to: 0.25, draw: script(0, 0, 0, 0, lot, 0.5, 0.5) });
  expect([after(0.6).assets, after(0.61).assets]).toEqual([0b1100, 0b1001]);
  // Asset 0 for 2 gains ½ and needs no lot; 2 for 3 loses 1½ at T = 4^(−1/3); then 1 for 0
  values[0b0110] = 1.5;
  const later = (lot: number) =>
    anneal(values, 4, 2, { steps: 4, from: 1, to: 0.25, draw: script(0, 0, 0, 0, 0, 0.5, lot, 0.5, 0) });
  const bound = Math.exp(-1.5 * 4 ** (1 / 3));
  expect([later(bound - 0.01).assets, later(bound + 0.01).assets]).toEqual([0b1001, 0b0101]);
});

test("numbers stay as many by exchange around a ring, even pairs first", () => {
  const pairs = (qubits: number) =>
    qaoaCircuit({ qubits, values: new Float64Array(1 << qubits), ones: 1 }, { phases: [1], mixing: [2] })
      .slice(-qubits)
      .flatMap((gate) => (gate.kind === "exchange" ? [[gate.first, gate.second]] : []));
  expect(pairs(5)).toEqual([[0, 1], [2, 3], [4, 0], [1, 2], [3, 4]]); // biome-ignore format: pairs
  expect(pairs(2)).toEqual([[0, 1]]);
});

test("what is no selection and no number of layers is refused", () => {
  const selection = assets(3, 2, "refused");
  const fail = (changed: Partial<Selection>) => expect(() => selectionValues({ ...selection, ...changed }));
  fail({ means: [] }).toThrow("expected 1 to 26 finite numbers");
  fail({ means: [0, 1, Number.NaN] }).toThrow("expected 1 to 26 finite numbers");
  fail({ covariance: selection.covariance.slice(1) }).toThrow("not a symmetric matrix of 3 assets");
  fail({ covariance: selection.covariance.map((row, i) => (i === 1 ? row.with(0, 7) : row)) }).toThrow(
    "not a symmetric",
  );
  for (const riskAversion of [-1, Infinity]) fail({ riskAversion }).toThrow(`riskAversion is ${riskAversion}`);
  for (const chosen of [0, 1.5, 4]) fail({ chosen }).toThrow(`got ${chosen} chosen of 3 assets`);
  expect(() => greedy({ ...selection, chosen: 4 })).toThrow("got 4 chosen of 3 assets");
  for (const layers of [0, 1.5])
    expect(() => qaoa({ qubits: 1, values: [0, 1] }, { layers })).toThrow(`got ${layers} layers`);
  expect(() => qaoa({ qubits: 1, values: [0] }, { layers: 1 })).toThrow("got 1 values, expected 2 for 1 qubits");
});
