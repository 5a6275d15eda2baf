import { expect, test } from "vitest";
import { createDraws } from "../economy/draws.ts";
import { seedStream } from "../random/index.ts";
import { refine, representatives } from "./index.ts";

const draws = () => {
  const made = createDraws("points");
  made.reseed(seedStream(1));
  made.at(0, 0, 0, 8000);
  return made;
};

test("representatives keep the mean, and the error of a square falls as their number to the power −2/D", () => {
  for (const D of [1, 2]) {
    const { rows, world } = draws();
    const all = rows.uniform("x").slice(0, 1500 * D);
    const draw = world.sequence.uniform("draw");
    const square = (x: ArrayLike<number>) => Array.from(x).reduce((a, b) => a + b * b, 0);
    const errors = [8, 48].map((count) => {
      const { points, weight, cluster } = representatives(all, { dimensions: D, count, draw });
      expect(weight.reduce((a, b) => a + b)).toBe(1500);
      expect(cluster.filter((k) => k === 0).length).toBe(weight[0]);
      const weighted = points.map((x, n) => x * weight[Math.floor(n / D)]);
      expect(weighted.reduce((a, b) => a + b)).toBeCloseTo(
        all.reduce((a, b) => a + b),
        7,
      );
      return square(all) - square(points.map((x, n) => x * Math.sqrt(weight[Math.floor(n / D)])));
    });
    // Σ x² − Σ n x̄² is the inertia; uniform cells in one dimension have N/(12 K²)
    if (D === 1) expect(errors[0] / (1500 / (12 * 64))).toBeLessThan(1.5);
    const slope = Math.log(errors[1] / errors[0]) / Math.log(6);
    expect(Math.abs(slope + 2 / D)).toBeLessThan(0.2);
  }
});

test("representatives are added where the error is, until it is gone", () => {
  const { rows, world } = draws();
  const all = rows.uniform("x").slice(0, 2000);
  const draw = world.sequence.uniform("draw");
  const f = (x: number) => Math.max(0, x - 0.7) ** 2; // flat below 0.7
  const error = (at: Float64Array, members: Int32Array) =>
    Math.abs(members.reduce((sum, i) => sum + f(all[i]) - f(at[0]), 0));
  const whole = all.reduce((sum, x) => sum + f(x), 0);
  const missed = ({ points, weight }: { points: Float64Array; weight: Float64Array }) =>
    Math.abs(weight.reduce((sum, n, k) => sum + n * f(points[k]), 0) - whole);
  const coarse = representatives(all, { dimensions: 1, count: 4, draw });
  const fine = refine(all, coarse, { dimensions: 1, count: 16, draw, error });
  expect(fine.weight.length).toBe(16);
  expect([...fine.points].filter((x) => x > 0.65).length).toBeGreaterThan(10);
  expect(missed(fine)).toBeLessThan(0.5 * missed(representatives(all, { dimensions: 1, count: 16, draw })));
  const few = [1, 1, 2, 5, 5, 5];
  const exact = refine(few, representatives(few, { dimensions: 1, count: 1, draw }), {
    dimensions: 1,
    count: 6,
    draw,
    error: (at, members) => members.reduce((sum, i) => sum + Math.abs(few[i] - at[0]), 0),
  });
  expect([...exact.points].sort()).toEqual([1, 2, 5]);
  expect([...exact.weight].sort()).toEqual([1, 2, 3]);
  expect(() => refine(few, coarse, { dimensions: 1, count: 6, draw, error })).toThrow(
    "of 2000 points, expected of the 6",
  );
});
