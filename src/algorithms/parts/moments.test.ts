import { expect, test } from "vitest";
import { plainMemory } from "../../economy/index.ts";
import { count, createMoments, deviationOf, merge, normalise, resetMoments } from "./moments.ts";

const fresh = (features: number, worlds: number) => {
  const moments = createMoments(plainMemory, features, worlds);
  resetMoments(moments);
  return moments;
};

test("mean and variance are those of all that was seen, whichever world saw it and however it was merged", () => {
  const rows = Array.from({ length: 60 }, (_, i) => [1000 + ((i * 37) % 11), ((i * 13) % 7) / 10]);
  const mean = [0, 1].map((f) => rows.reduce((sum, row) => sum + row[f], 0) / 60);
  const variance = [0, 1].map((f) => rows.reduce((sum, row) => sum + (row[f] - mean[f]) ** 2, 0) / 60);
  for (const [merges, worlds] of [
    [1, 1],
    [4, 3],
    [12, 5],
  ]) {
    const moments = fresh(2, worlds);
    for (let m = 0; m < merges; m++) {
      for (let e = 0; e < worlds; e++) {
        const size = 60 / merges / worlds;
        const from = (m * worlds + e) * size;
        count(moments, e, rows.flat(), 2 * from, size);
      }
      merge(moments);
    }
    const [n, ...rest] = moments.running;
    expect(n).toBeCloseTo(60, 3);
    // The prior of 10⁻⁴ samples at 0 pulls the mean by 10⁻⁴/60 of itself and adds that times its square to the variance.
    expect(Math.abs(rest[0] - mean[0])).toBeLessThan(2e-6 * mean[0]);
    expect(Math.abs(rest[1] - mean[1])).toBeLessThan(2e-6);
    expect(Math.abs(rest[2] - variance[0])).toBeLessThan(2e-6 * mean[0] ** 2);
    expect(Math.abs(rest[3] - variance[1])).toBeLessThan(4e-6);
  }
});

test("what is normalised has mean 0 and deviation 1, and lies within ±10", () => {
  const moments = fresh(1, 1);
  const x = Float32Array.from({ length: 101 }, (_, i) => 5 + 3 * Math.sin(i));
  for (let k = 0; k < 1000; k++) count(moments, 0, x, 0, x.length);
  merge(moments);
  const out = new Float32Array(101);
  normalise(moments.running, out, x);
  const mean = out.reduce((a, b) => a + b) / 101;
  expect(Math.abs(mean)).toBeLessThan(1e-5);
  expect(out.reduce((a, b) => a + b * b) / 101).toBeCloseTo(1, 4);
  normalise(moments.running, out.subarray(0, 2), Float32Array.of(1e6, -1e6));
  expect([...out.subarray(0, 2)]).toEqual([10, -10]);
});

test("before anything was seen numbers stay as they are, and merging nothing changes nothing", () => {
  const moments = fresh(1, 2);
  merge(moments);
  expect([...moments.running]).toEqual([1e-4, 0, 1]);
  expect(deviationOf(moments.running, 0)).toBeCloseTo(1, 7);
});

test("every feature has a mean and a deviation of its own", () => {
  const moments = fresh(2, 1);
  expect([...moments.running]).toEqual([1e-4, 0, 0, 1, 1]);
  count(moments, 0, [1, 10, 3, 30, 5, 50], 0, 3);
  merge(moments);
  const out = new Float32Array(4);
  normalise(moments.running, out, Float32Array.of(3, 30, 5, 50));
  const deviations = [0, 1].map((f) => deviationOf(moments.running, f));
  expect(deviations[0]).toBeCloseTo(Math.sqrt(8 / 3), 3);
  expect(deviations[1]).toBeCloseTo(Math.sqrt(800 / 3), 2);
  for (const [k, expected] of [0, 0, 2 / deviations[0], 20 / deviations[1]].entries())
    expect(Math.abs(out[k] - expected)).toBeLessThan(1e-4);
  count(moments, 0, [1, 1], 0, 1);
  resetMoments(moments);
  expect([...moments.running, ...moments.sums]).toEqual([1e-4, 0, 0, 1, 1, 0, 0, 0, 0, 0]);
});
