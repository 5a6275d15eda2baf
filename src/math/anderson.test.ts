import { expect, test } from "vitest";
import { anderson } from "./anderson.ts";

// x = A x + b with eigenvalues 0.99 and −3: plain iteration runs away, damped iteration crawls.
const options = { name: "here", advice: "nothing settles: give up." };

test("a linear map of two dimensions is solved in four rounds, whatever its eigenvalues", () => {
  const x = Float64Array.of(0, 0);
  const image = new Float64Array(2);
  let calls = 0;
  const residual = anderson(
    x,
    image,
    () => {
      calls++;
      image[0] = 0.99 * x[0] + 0.5 * x[1] + 1;
      image[1] = -3 * x[1] + 8;
    },
    { ...options, tolerance: 1e-9 },
  );
  expect(residual).toBeLessThanOrEqual(1e-9);
  expect(calls).toBeLessThanOrEqual(5);
  expect(x[1]).toBeCloseTo(2, 8);
  expect(x[0]).toBeCloseTo(200, 5);
});

test("what does not settle is an error that says by how much, after how many rounds, and what to do", () => {
  const x = Float64Array.of(0);
  const image = new Float64Array(1);
  const apply = (): void => {
    image[0] = x[0] + 1;
  };
  expect(() => anderson(x, image, apply, { ...options, tolerance: 1e-3, rounds: 5, remembered: 1 })).toThrow(
    "here: ends with a residual of 1.0, expected at most 0.0010. After 5 rounds nothing settles: give up.",
  );
});
