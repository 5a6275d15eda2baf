import { expect, test } from "vitest";
import type { PopulationSpec } from "../../env/vector-env.ts";
import { layoutOf } from "../../nn/index.ts";
import { seedStream } from "../../random/index.ts";
import { adapted, apart, distanceOf, perturb, targetOf } from "./parameter-noise.ts";

const choices = (...counts: number[]) =>
  ({ continuous: false, actions: counts.map((count) => ({ space: { count } })) }) as unknown as PopulationSpec;
const boxes = (D: number) =>
  ({
    continuous: true,
    actions: Array.from({ length: D }, () => ({ space: { count: 0 } })),
  }) as unknown as PopulationSpec;
const softmax = (...p: number[]) => ({ center: Float32Array.from(p), logs: Float32Array.from(p, Math.log) });

test("policies over choices are apart by KL(π, π̃), summed over dimensions, of the rows that count", () => {
  const spec = choices(2, 3);
  const plain = softmax(0.5, 0.5, 0.2, 0.3, 0.5, /**/ 0.9, 0.1, 0.1, 0.1, 0.8);
  const moved = softmax(0.25, 0.75, 0.5, 0.3, 0.2, /**/ 0.5, 0.5, 0.3, 0.3, 0.4);
  const first = 0.5 * Math.log(2) + 0.5 * Math.log(0.5 / 0.75) + 0.2 * Math.log(0.2 / 0.5) + 0.5 * Math.log(0.5 / 0.2);
  expect(apart(spec, plain, moved, [1, 0])).toBeCloseTo(first, 6);
  expect(apart(spec, plain, plain, [1, 1])).toBe(0);
  expect(distanceOf(spec, first)).toBe(first);
});

test("the distance that stands for ε is that of the ε-greedy policy from the greedy one, Σ p ln(p/p̃) = −ln(1 − ε + ε/n)", () => {
  for (const [n, ε] of [
    [2, 0.1],
    [5, 0.3],
  ]) {
    const greedy = { center: new Float32Array(n), logs: new Float32Array(n).fill(-1e9) };
    greedy.center[1] = 1;
    greedy.logs[1] = 0;
    const random = softmax(...Array.from({ length: n }, (_, k) => (k === 1 ? 1 - ε : 0) + ε / n));
    expect(apart(choices(n), greedy, random, [1])).toBeCloseTo(targetOf(choices(n), ε), 6);
  }
  expect(targetOf(choices(2, 5), 0.2)).toBeCloseTo(-Math.log(0.9) - Math.log(0.84), 12);
  expect(targetOf(boxes(2), 0.2)).toBe(0.2);
});

test("policies over boxes are apart by the root of the mean squared distance of their means", () => {
  const at = (...center: number[]) => ({ center: Float32Array.from(center), logs: new Float32Array(2) });
  const sum = apart(boxes(2), at(0, 0, 1, 1), at(3, 4, 1, 1), [1, 1]);
  expect(distanceOf(boxes(2), sum / 2)).toBeCloseTo(2.5, 12); // √(25/4)
});

test("weights of the actor are moved by σ z; its deviation and the critic are not", () => {
  const shape = [100, 100] as const;
  const names = ["actor/0/weight", "actor/logStd", "critic/0/weight"];
  const layout = layoutOf({ params: names.map((name) => ({ name, shape, init: () => {} })) });
  const theta = new Float32Array(layout.size).fill(0.5);
  const z = new Float64Array(layout.size);
  seedStream(1).fork("noise").normal(z, { lane: 0, period: 0, from: 0 });
  const out = new Float32Array(layout.size);
  perturb(out, theta, layout, 0.2, z);
  expect(new Set(out.subarray(10_000))).toEqual(new Set([0.5]));
  const noise = [...out.subarray(0, 10_000)].map((x) => x - 0.5);
  const [mean, square] = [noise, noise.map((x) => x * x)].map((xs) => xs.reduce((a, b) => a + b) / 10_000);
  expect(Math.abs(mean)).toBeLessThan((4 * 0.2) / 100);
  expect(Math.abs(square / 0.04 - 1)).toBeLessThan(4 * Math.sqrt(2 / 10_000));
});

test("σ grows while actions are closer than they should be and shrinks once they are farther, so it circles the target", () => {
  expect(adapted(1, 0.1, 0.2, 1.01)).toBe(1.01);
  expect(adapted(1, 0.3, 0.2, 1.01)).toBe(1 / 1.01);
  let σ = 1e-3;
  for (let k = 0; k < 2000; k++) σ = adapted(σ, 7 * σ, 0.35, 1.01); // where distance is 7 σ, σ is to be 0.05
  expect(Math.abs(σ / 0.05 - 1)).toBeLessThan(0.0101);
});
