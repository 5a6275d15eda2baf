import { expect, test } from "vitest";
import { lorenzCurve } from "../metrics/index.ts";
import { weightedGini, weightedLorenz } from "./saving.ts";

test("a Lorenz curve of masses is that of as many people, in any order and where some have no mass", () => {
  // Tenths of people: 1 holds 0, 4 hold 1, 3 hold 2, 2 hold 5; nobody holds 9
  const people = [0, 1, 1, 1, 1, 2, 2, 2, 5, 5];
  const curve = weightedLorenz(Float64Array.of(5, 1, 9, 0, 2), Float64Array.of(0.2, 0.4, 0, 0.1, 0.3));
  const { holdings } = lorenzCurve(people);
  expect(curve).toHaveLength(101);
  for (let percent = 0; percent <= 100; percent++) {
    const [below, part] = [Math.min(9, Math.floor(percent / 10)), percent / 10];
    const between = holdings[below]! + (part - below) * (holdings[below + 1]! - holdings[below]!);
    expect(curve[percent]!).toBeCloseTo(between, 12);
  }
  // 1 − twice the area under straight lines between tenths
  const area = holdings.slice(1).reduce((sum, held, k) => sum + (held + holdings[k]!) / 20, 0);
  expect(weightedGini(Float64Array.of(5, 1, 9, 0, 2), Float64Array.of(0.2, 0.4, 0, 0.1, 0.3))).toBeCloseTo(
    1 - 2 * area,
    12,
  );
});
