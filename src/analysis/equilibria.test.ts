// Dynamics whose equilibria are known: the control field of five, a field in the plane with a saddle and spirals, maps, cycles, and an economy of two.
import { expect, test } from "vitest";
import { defineEconomy, f64, param, population } from "../economy/index.ts";
import { type Dynamics, endsOfEconomy, findEquilibria, gridOfStarts } from "./index.ts";

const field = (of: (x: Float64Array) => readonly number[]): Dynamics => ({
  kind: "field",
  at: (x, out) => out.set(of(x)),
});
const map = (of: (x: Float64Array) => readonly number[]): Dynamics => ({ kind: "map", at: (x, out) => out.set(of(x)) });

const control = field(([x]) => [-x * (x * x - 1) * (x * x - 4)]);

test("the control field has exactly three attractors and two repellers, with their eigenvalues, basins and boundaries", () => {
  const starts = gridOfStarts([[-3, 3]], 60); // 20 cells per unit and a half: none on ±1
  const { equilibria, boundaries, unsettled, sensitivity, ends } = findEquilibria(control, { starts, threshold: 0.1 });
  const states = [-2, 0, 2, -1, 1];
  expect(equilibria.map(({ stable }) => stable)).toEqual([true, true, true, false, false]);
  for (const [k, state] of states.entries()) {
    expect(equilibria[k].state[0]).toBeCloseTo(state, 9);
    expect(equilibria[k].eigenvalues[0].real).toBeCloseTo([-24, -4, -24, 6, 6][k], 4);
    expect(equilibria[k].residual).toBeLessThan(1e-8);
  }
  expect(equilibria.map(({ basin }) => basin)).toEqual([1 / 3, 1 / 3, 1 / 3, 0, 0]);
  starts.forEach(([x], i) => {
    expect(ends[i]).toBe(x < -1 ? 0 : x < 1 ? 1 : 2);
  });
  expect(boundaries.map(({ between }) => between)).toEqual([
    [0, 1],
    [1, 2],
  ]);
  for (const [k, { state }] of boundaries.entries()) expect(state[0]).toBeCloseTo([-1, 1][k], 6);
  expect(unsettled).toBe(0);
  expect(sensitivity.map(({ threshold, count }) => [Number(threshold.toPrecision(3)), count])).toEqual([
    [0.001, 3],
    [0.01, 3],
    [0.1, 3],
    [1, 3],
    [10, 1],
  ]);
});

test("from two starts alone, deflation finds the three equilibria between their ends, one of which attracts", () => {
  const { equilibria } = findEquilibria(control, { starts: [[-3], [3]], threshold: 0.1 });
  const found = equilibria.map(({ state, stable, basin }) => [Math.round(state[0] * 1e8) / 1e8 + 0, stable, basin]);
  expect(found).toEqual([
    [-2, true, 0.5],
    [2, true, 0.5],
    [-1, false, 0],
    [0, true, 0],
    [1, false, 0],
  ]);
});

test("in the plane: two spirals that attract, a saddle between them on the boundary, complex eigenvalues", () => {
  // a Duffing oscillator with friction: ẍ = x − x³ − ẋ/2; at ±1 λ² + λ/2 + 2 = 0, at 0 λ² + λ/2 − 1 = 0
  const duffing = field(([x, v]) => [v, x - x * x * x - v / 2]);
  const { equilibria, boundaries } = findEquilibria(duffing, {
    starts: gridOfStarts(
      [
        [-1.6, 1.7],
        [-1.1, 1.2],
      ],
      6,
    ),
    threshold: 0.05,
  });
  expect(equilibria.map(({ state }) => [...state].map((x) => Math.round(x * 1e8) / 1e8 + 0))).toEqual([
    [-1, 0],
    [1, 0],
    [0, 0],
  ]);
  expect(equilibria.map(({ stable }) => stable)).toEqual([true, true, false]);
  const [first, second] = equilibria[0].eigenvalues;
  expect([first.real, first.imaginary]).toEqual([expect.closeTo(-0.25, 6), expect.closeTo(Math.sqrt(2 - 1 / 16), 6)]);
  expect(second.imaginary).toBeCloseTo(-Math.sqrt(2 - 1 / 16), 6);
  const saddle = equilibria[2].eigenvalues.map(({ real }) => real);
  expect(saddle).toEqual([expect.closeTo(-0.25 + Math.sqrt(17) / 4, 6), expect.closeTo(-0.25 - Math.sqrt(17) / 4, 6)]);
  expect(equilibria[0].basin + equilibria[1].basin).toBe(1);
  expect(boundaries.length).toBe(1);
  // from the boundary one passes by the saddle
  const [x] = boundaries;
  expect(x.between).toEqual([0, 1]);
});

test("maps: an equilibrium is stable within the unit circle; cycles do not settle, and what repels is found all the same", () => {
  // logistic map: 1 − 1/r, slope 2 − r, and 0, slope r
  const logistic = (r: number) => map(([x]) => [r * x * (1 - x)]);
  const starts = gridOfStarts([[0.05, 0.95]], 12).concat([Float64Array.of(-0.01)]);
  const calm = findEquilibria(logistic(2.5), { starts: starts.slice(0, 12), threshold: 0.01 });
  expect(calm.equilibria[0].state[0]).toBeCloseTo(0.6, 10);
  expect(calm.equilibria[0].eigenvalues[0].real).toBeCloseTo(-0.5, 6);
  expect(calm.equilibria[0].basin).toBe(1);
  const cycle = findEquilibria(logistic(3.2), { starts, threshold: 0.01, longest: 2000 });
  expect(cycle.unsettled).toBe(1);
  expect(cycle.equilibria.map(({ stable, state }) => [stable, Math.round(state[0] * 1e9) / 1e9 + 0])).toEqual([
    [false, 0],
    [false, 0.6875],
  ]);
  expect(cycle.ends.every((end) => end === -1)).toBe(true);
});

const tippy = defineEconomy({
  name: "tippy",
  source: "a double well",
  summary: "Everybody drifts to 1 or −1.",
  params: {
    start: param(0.5, { min: -5, max: 5 }),
    noise: param(0, { min: 0, max: 1 }),
    horizon: param(100, { min: 1, max: 1e6, integer: true }),
  },
  horizon: "horizon",
  world: {},
  populations: { people: population({ size: 3, state: { x: f64() } }) },
  start: ({ each }) => ({
    begin: each("people", { doc: "where they are put" }, ({ x }, from, to, _w, p) => {
      x.fill(p.start, from, to);
    }),
  }),
  phases: ({ each }) => ({
    move: each("people", { doc: "downhill, with luck" }, ({ x }, from, to, _w, p, draw) => {
      const z = draw.normal("z");
      for (let i = from; i < to; i++) x[i] += 0.1 * (x[i] - x[i] * x[i] * x[i]) + p.noise * z[i];
    }),
  }),
  metrics: {
    mean: { unit: "1", doc: "of everybody", of: ({ people }) => (people.x[0] + people.x[1] + people.x[2]) / 3 },
  },
});

test("an economy with two ends has two, of which luck leaves a deviation; a threshold below it or above their distance says otherwise", () => {
  const starts = [-2, -1, -0.2, 0.3, 0.9, 1.5].map((start) => ({ start }));
  const sure = endsOfEconomy(tippy, { starts, metrics: ["mean"], periods: 200, threshold: 0.1 });
  expect(sure.clusters.map(({ mean, basin }) => [Math.round(mean["mean"] * 1e6) / 1e6, basin])).toEqual([
    [-1, 0.5],
    [1, 0.5],
  ]);
  expect([...sure.ends]).toEqual([0, 0, 0, 1, 1, 1]);
  expect(sure.clusters[0].drift).toBeLessThan(1e-9);
  // around ±1 an AR(1) of coefficient .8: means over 100 periods have a standard deviation below .03/(1 − .8)/√300 = .0087
  const lucky = endsOfEconomy(tippy, {
    starts: starts.map((start) => ({ ...start, noise: 0.03 })),
    metrics: ["mean"],
    periods: 200,
    last: 100,
    threshold: 0.1,
    seeds: [1, 2, 3],
  });
  expect(lucky.clusters.map(({ basin }) => basin)).toEqual([0.5, 0.5]);
  for (const { mean, deviation } of lucky.clusters) {
    expect(Math.abs(Math.abs(mean["mean"]) - 1)).toBeLessThan(0.02);
    expect(deviation["mean"]).toBeGreaterThan(0);
    expect(deviation["mean"]).toBeLessThan(0.0087 * 2);
  }
  expect(lucky.sensitivity[0].count).toBeGreaterThan(2);
  expect(lucky.sensitivity[4].count).toBe(1);
});

test("starts of different lengths, thresholds of 0 and unknown metrics are refused", () => {
  expect(() => findEquilibria(control, { starts: [], threshold: 1 })).toThrow("got 0 starts, expected at least one");
  expect(() => findEquilibria(control, { starts: [[1]], threshold: 0 })).toThrow(
    "threshold is 0, expected a number above 0",
  );
  expect(() => endsOfEconomy(tippy, { starts: [{}], metrics: ["men"], periods: 3, threshold: 1 })).toThrow(
    'endsOfEconomy: "tippy" has no metric "men", expected one of mean.',
  );
  const usual = { starts: [{}], metrics: ["mean"], periods: 3, threshold: 1 };
  for (const [changed, message] of [
    [{ metrics: ["toString"] }, 'has no metric "toString"'],
    [{ metrics: ["mean", "mean"] }, 'the metric "mean" is named twice'],
    [{ starts: [] }, "got no starts, expected at least one"],
    [{ threshold: 0 }, "threshold is 0, expected a number above 0"],
    [{ last: 4 }, "got the last 4 of 3 periods, expected from 1 to all of them"],
    [{ scale: [1, 2] }, "got 2 scales for 1 metrics, expected one for each"],
    [{ starts: [{ start: 5 }, { start: 6 }], periods: 1e9 }, "tippy.start: got 6, expected a number from -5 to 5"],
  ] as const)
    expect(() => endsOfEconomy(tippy, { ...usual, ...changed })).toThrow(message);
  const metrics = { mean: { ...tippy.metrics.mean, of: () => 0 / 0 } };
  expect(() => endsOfEconomy({ ...tippy, metrics }, { ...usual, starts: [{ start: 1 }] })).toThrow(
    '"tippy": mean is NaN in period 3 of seed 1 from {"start":1}, expected a number.',
  );
});
