import { expect, test } from "vitest";
import { lambertW, lambertWOfExp } from "./lambert-w.ts";

test("W(x) e^W(x) = x over six hundred orders of magnitude", () => {
  for (let e = -300; e <= 300; e += 7) {
    const x = 1.7 * 10 ** e;
    const w = lambertW(x);
    expect(Math.abs((w + Math.log(w) - Math.log(x)) / Math.max(1, Math.abs(Math.log(x))))).toBeLessThan(1e-15);
  }
});

test("W takes the values everybody knows", () => {
  expect(lambertW(0)).toBe(0);
  expect(lambertW(1)).toBeCloseTo(0.5671432904097838, 15); // the omega constant
  expect(lambertW(Math.E)).toBeCloseTo(1, 15);
  expect(lambertW(2 * Math.E * Math.E)).toBeCloseTo(2, 15);
});

test("W of an exponential needs no exponential", () => {
  for (const k of [-700, -39.9, -3, 0, 1, 1.0000001, 50]) {
    const w = lambertWOfExp(k);
    expect(Math.abs(w + Math.log(w) - k)).toBeLessThan(1e-14 * Math.max(1, Math.abs(k)));
  }
  expect(lambertWOfExp(-1000)).toBe(0);
  const w = lambertWOfExp(1e6);
  expect(w + Math.log(w)).toBeCloseTo(1e6, 9);
});

test("W refuses what is below 0", () => {
  expect(() => lambertW(-0.1)).toThrow("got -0.1, expected a number from 0 on");
});
