import { expect, test } from "vitest";
import { createLeap } from "./leap.ts";

test("changes in one direction are followed to their limit; others are left alone", () => {
  const leap = createLeap(2);
  const x = Float64Array.of(0, 0);
  const before = new Float64Array(2);
  const limit = [5, -2];
  for (let round = 0; round < 10; round++) {
    before.set(x);
    for (let k = 0; k < 2; k++) x[k] = limit[k] + 0.98 * (x[k] - limit[k]);
    expect(leap(round, x, before)).toBe(round === 9);
  }
  for (let k = 0; k < 2; k++) expect(x[k]).toBeCloseTo(limit[k], 10);
  // two rates at once: no common direction
  const mixed = createLeap(2);
  x.fill(0);
  for (let round = 0; round < 10; round++) {
    before.set(x);
    x[0] = limit[0] + 0.98 * (x[0] - limit[0]);
    x[1] = limit[1] + 0.9 * (x[1] - limit[1]);
    expect(mixed(round, x, before)).toBe(false);
  }
});
