import { expect, test, vi } from "vitest";
import { longRun } from "./long-run.ts";
import { savingSteps } from "./saving.ts";

const saver = {
  discountFactor: 0.9,
  inverseFrisch: Infinity,
  incomeTaxRate: 0,
  assetTaxRate: 0,
  persistence: 0,
  innovationSd: 1,
};

/** Where mass goes from equal parts when who is at (s, g) goes to point to(s, g), how many sweeps that took, and what one more period does. */
function settled(transition: number[][], G: number, to: (s: number, g: number) => number) {
  const S = transition.length;
  const a = Float64Array.from({ length: G }, (_, g) => g * (1 + g / G)); // unequal steps
  const chain = { values: new Float64Array(S).fill(1), transition, stationary: new Float64Array(S) };
  const saved = Float64Array.from({ length: S * G }, (_, k) => {
    const at = Math.min(G - 1, Math.max(0, to(Math.floor(k / G), k % G)));
    const below = Math.min(G - 2, Math.floor(at));
    return a[below] + (at - below) * (a[below + 1] - a[below]);
  });
  const mass = new Float64Array(S * G).fill(1 / (S * G));
  const sweep = vi.fn(savingSteps(saver, chain, a).forward);
  longRun(mass, saved, transition, a, sweep);
  const period = (before: Float64Array): Float64Array => {
    const after = new Float64Array(S * G);
    sweep(after, before, saved);
    return after;
  };
  return { mass, period, sweeps: sweep.mock.calls.length };
}

// A step up with probability p, else a step down, none beyond the ends: mass p/(1 − p) times that of the next poorer point.
test.each([
  [0.2, 40],
  [0.4999, 180],
  [0.55, 60],
])("a walk that is reflected at both ends has the geometric law: up with probability %j, %j points", (p, G) => {
  const { mass, sweeps } = settled(
    [
      [1 - p, p],
      [1 - p, p],
    ],
    G,
    (s, g) => g + (s === 1 ? 1 : -1),
  );
  const ratio = p / (1 - p);
  const total = (1 - ratio ** G) / (1 - ratio);
  for (let g = 0; g < G; g++)
    for (const [s, share] of [1 - p, p].entries())
      expect(Math.abs(mass[s * G + g]! - (share * ratio ** g) / total)).toBeLessThan(1e-14);
  expect(sweeps).toBeLessThan(10); // eliminated, which neighbours make cheap
});

// Halfway to one end or the other: the mean point is p (G − 1), and a sweep halves what is left of a difference.
test("long jumps that forget soon are swept, not eliminated, to the same mean", () => {
  const [p, G] = [0.3, 100];
  const { mass, sweeps } = settled(
    [
      [1 - p, p],
      [1 - p, p],
    ],
    G,
    (s, g) => (g + s * (G - 1)) / 2,
  );
  expect(sweeps).toBeGreaterThan(25);
  expect(sweeps).toBeLessThan(50);
  expect(Math.abs(mass.reduce((sum, m, k) => sum + m * (k % G), 0) - p * (G - 1))).toBeLessThan(99 * 1e-10);
});

test("three productivities that last, lotteries and jumps of unequal length: a period leaves masses as they are", () => {
  const [transition, G] = [
    [
      [0.9999, 0.0001, 0],
      [0.0002, 0.9996, 0.0002],
      [0, 0.0003, 0.9997],
    ],
    60,
  ];
  const to = (s: number, g: number): number => [0.93 * g - 1.3, 0.98 * g + 0.4, 0.9 * g + 13.7][s]!;
  const { mass, period } = settled(transition, G, to);
  // Productivities have the law of their own chain.
  for (const [s, share] of [6 / 11, 3 / 11, 2 / 11].entries())
    expect(mass.subarray(s * G, (s + 1) * G).reduce((x, y) => x + y)).toBeCloseTo(share, 14);
  const after = period(mass);
  for (let k = 0; k < 3 * G; k++) expect(Math.abs(after[k]! - mass[k]!)).toBeLessThan(1e-15);
});

test("who can only rise ends on top, and a chain that alternates has a law all the same", () => {
  const rising = settled(
    [
      [0.5, 0.5],
      [0.5, 0.5],
    ],
    30,
    (s, g) => g + 0.01 * (1 + s),
  );
  expect(rising.mass[29]! + rising.mass[59]!).toBeCloseTo(1, 9);
  // (1, g) → (0, g + 1) → (1, 0) → (0, 1) → (1, 0)
  const { mass } = settled(
    [
      [0, 1],
      [1, 0],
    ],
    30,
    (s, g) => (s === 0 ? 0 : g + 1),
  );
  expect(mass[30]).toBeCloseTo(0.5, 14);
  expect(mass[1]).toBeCloseTo(0.5, 14);
});
