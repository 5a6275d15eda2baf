import { expect, test } from "vitest";
import { seedStream } from "../random/index.ts";
import { compress, rankForShare } from "./principal.ts";

test("models §12: Smith's ten points have eigenvalues 1.28402771 and .0490834 of their covariance", () => {
  const points = [2.5, 2.4, 0.5, 0.7, 2.2, 2.9, 1.9, 2.2, 3.1, 3.0, 2.3, 2.7, 2, 1.6, 1, 1.1, 1.5, 1.6, 1.1, 0.9];
  const { singularValues, directions, mean } = compress(points, { dimensions: 2 });
  expect([...mean]).toEqual([expect.closeTo(1.81, 12), expect.closeTo(1.91, 12)]);
  expect(singularValues[0]! ** 2 / 9).toBeCloseTo(1.28402771, 8);
  expect(singularValues[1]! ** 2 / 9).toBeCloseTo(0.0490834, 7);
  expect([...directions.subarray(0, 2)]).toEqual([expect.closeTo(0.6778734, 7), expect.closeTo(0.73517866, 7)]);
});

test("models §12: rank 1 of [[3, 2, 2], [2, 3, −2]] leaves .5144957554 of its norm", () => {
  const { error } = compress([3, 2, 2, 2, 3, -2], { dimensions: 3, rank: 1, centred: false });
  expect(error).toBeCloseTo(0.5144957554, 10);
});

// ‖S − Ŝ_k‖² = Σ_{j>k} σ_j²
test.each([
  [true, 0],
  [false, 0.5],
])(
  "Eckart and Young: what encoding and decoding lose is what the singular values left out say (centred: %s)",
  (centred, shift) => {
    const [N, D] = [12, 5];
    const states = new Float64Array(N * D);
    seedStream(3).normal(states, { lane: 0, period: 0, from: 0 });
    for (let i = 0; i < states.length; i++) states[i] = states[i]! + shift * (i % D);
    for (let rank = 1; rank <= D; rank++) {
      const kept = compress(states, { dimensions: D, rank, centred });
      const back = kept.decode(kept.encode(states));
      let [lost, all] = [0, 0];
      for (let i = 0; i < states.length; i++) {
        lost += (states[i]! - back[i]!) ** 2;
        all += (states[i]! - kept.mean[i % D]!) ** 2;
      }
      expect(lost).toBeCloseTo(
        [...kept.singularValues.subarray(rank)].reduce((sum, σ) => sum + σ * σ, 0),
        10,
      );
      expect(kept.error).toBeCloseTo(Math.sqrt(lost / all), 10);
      expect(kept.mean.some((m) => m !== 0)).toBe(centred);
    }
  },
);

test("the rank for a share of the variance is the smallest that holds it", () => {
  const shares = { singularValues: Float64Array.of(3, 2, 1) }; // squares 9, 4, 1 of 14
  expect([0.1, 9 / 14, 0.65, 13 / 14, 0.95, 1].map((share) => rankForShare(shares, share))).toEqual([1, 1, 2, 2, 3, 3]);
  expect(() => rankForShare(shares, 0)).toThrow("expected more than 0 and at most 1");
});

test("states that do not vary are compressed without error", () => {
  expect(compress([2, 3, 2, 3], { dimensions: 2, rank: 1 }).error).toBe(0);
});

test("wrong shapes are refused", () => {
  expect(() => compress([1, 2, 3], { dimensions: 2 })).toThrow("compress: got rows 1.5");
  expect(() => compress([1, 2, 3, 4], { dimensions: 2, rank: 3 })).toThrow(
    "got rank 3, expected a whole number from 1 to 2",
  );
  expect(() => compress([1, 2, 3, 4], { dimensions: 2 }).encode([1])).toThrow(
    "encode got 1 numbers, expected rows of 2",
  );
});
