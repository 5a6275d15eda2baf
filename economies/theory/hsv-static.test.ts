// Reference values computed independently of Walras.
import { expect, test } from "vitest";
import { gaussHermite } from "walras/math";
import {
  consumptionEquivalent,
  hsvHours,
  hsvStaticScale,
  hsvStaticWelfare,
  optimalProgressivity,
  unfundedTax,
} from "./hsv-static.ts";

test.each([
  [1, 0.25, 0.26794919, 0.85559968, -0.58896538, -0.625, 0.03669],
  [1, 1, 0.5, Math.SQRT1_2, -0.72157359, -1, 0.32105],
  [2, 0.1, 0.1946005, 0.93040161, -0.37303887, -0.38333333, 0.01035],
  [2, 0.25, 0.33333333, 0.87358046, -0.41293281, -0.45833333, 0.04645],
  [2, 0.5, 0.45141623, 0.81861743, -0.45823572, -0.58333333, 0.13326],
  [3, 0.5, 0.5, 0.84089642, -0.3607868, -0.5, 0.14937],
])("ζ = %d, s² = %d: ξ* = %d", (inverseFrisch, logSkillVariance, ξ, hours, welfare, without, gain) => {
  const economy = { inverseFrisch, logSkillVariance };
  const best = optimalProgressivity(economy);
  expect(best).toBeCloseTo(ξ, 8);
  expect(hsvHours(best, economy)).toBeCloseTo(hours, 8);
  expect(hsvStaticWelfare(best, economy)).toBeCloseTo(welfare, 8);
  expect(hsvStaticWelfare(0, economy)).toBeCloseTo(without, 8);
  expect(consumptionEquivalent(hsvStaticWelfare(best, economy) - without)).toBeCloseTo(gain, 5);
});

test("the balancing level, as λ and as τ", () => {
  const economy = { inverseFrisch: 2, logSkillVariance: 0.25 };
  const scale = hsvStaticScale(1 / 3, economy);
  expect(scale).toBeCloseTo(0.98287444, 8);
  expect(1 - scale * (2 / 3)).toBeCloseTo(0.34475037, 8);
  const unequal = { inverseFrisch: 2, logSkillVariance: 0.5 };
  const ξ = optimalProgressivity(unequal);
  expect(1 - hsvStaticScale(ξ, unequal) * (1 - ξ)).toBeCloseTo(0.46679596, 8);
});

test("consumption is what is produced, and welfare is the mean of utilities, by quadrature over skills", () => {
  const economy = { inverseFrisch: 1.7, logSkillVariance: 0.4 };
  const ξ = 0.3;
  const h = hsvHours(ξ, economy);
  const λ = hsvStaticScale(ξ, economy);
  let [produced, consumed, welfare] = [0, 0, 0];
  const { nodes, weights } = gaussHermite(60);
  nodes.forEach((z, k) => {
    const w = weights[k] / Math.sqrt(Math.PI);
    const y = Math.exp(-0.2 + Math.sqrt(0.8) * z) * h;
    produced += w * y;
    consumed += w * λ * y ** (1 - ξ);
    welfare += w * (Math.log(λ * y ** (1 - ξ)) - h ** 2.7 / 2.7);
  });
  expect(produced).toBeCloseTo(h, 12);
  expect(consumed).toBeCloseTo(produced, 12);
  expect(welfare).toBeCloseTo(hsvStaticWelfare(ξ, economy), 12);
});

test("no household gains by other hours", () => {
  const utility = (h: number, ξ: number, ζ: number) => (1 - ξ) * Math.log(h) - h ** (1 + ζ) / (1 + ζ);
  for (const [ξ, ζ] of [
    [0, 1],
    [0.4, 2],
    [0.9, 0.5],
  ]) {
    const h = hsvHours(ξ, { inverseFrisch: ζ });
    for (const other of [h - 1e-3, h + 1e-3]) expect(utility(other, ξ, ζ)).toBeLessThan(utility(h, ξ, ζ));
  }
});

test("no other progressivity has more welfare, and equal skills need no tax", () => {
  const economy = { inverseFrisch: 0.8, logSkillVariance: 0.7 };
  const best = optimalProgressivity(economy);
  for (const ξ of [0, best - 0.01, best + 0.01, 0.9])
    expect(hsvStaticWelfare(ξ, economy)).toBeLessThan(hsvStaticWelfare(best, economy));
  expect(optimalProgressivity({ inverseFrisch: 2, logSkillVariance: 0 })).toBe(0);
});

test("without a budget welfare rises without bound, and so does the deficit", () => {
  const economy = { inverseFrisch: 2, logSkillVariance: 0.25 };
  for (const [ξ, welfare, deficit, digits] of [
    [0, -0.458333, 0, 3],
    [0.2, -0.203028, 0.226, 3],
    [0.5, 0.348456, 0.933, 3],
    [0.8, 1.410475, 3.818, 3],
    [0.9, 2.179999, 8.693, 3],
    [0.99, 4.585236, 98.14, 2],
    [0.999, 6.904994, 997.5, 1],
  ]) {
    const unfunded = unfundedTax(ξ, economy);
    expect(unfunded.welfare).toBeCloseTo(welfare, 6);
    expect(unfunded.deficit).toBeCloseTo(deficit, digits);
  }
});
