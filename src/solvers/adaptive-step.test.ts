// Adaptive steps: the rule on errors of known order, an equation whose solution is known, and stochastic paths beside their exact solution along the same Brownian path.
import { expect, test } from "vitest";
import { geometricBrownianMotion, ornsteinUhlenbeck } from "../economy/mechanisms/index.ts";
import { seedStream } from "../random/index.ts";
import { integrate, integrateDiffusion, nextStep } from "./adaptive-step.ts";

/** Steps that the rule takes where a step of h has an error of h². */
function course(rule: "safe" | "literal"): number[] {
  const all = [0.02];
  for (let k = 0; k < 4; k++) all.push(nextStep(all[k]!, all[k]! ** 2, { tolerance: 1e-4, rule }).h);
  return all.map((h) => Number(h.toFixed(12)));
}

test("the rule settles at .9 of the step that the tolerance allows; the literal one goes round it for ever", () => {
  expect(course("literal")).toEqual([0.02, 0.01, 0.015, 0.01, 0.015]);
  expect(course("safe")).toEqual([0.02, 0.01, 0.009, 0.009, 0.009]);
  expect(nextStep(0.02, 4e-4, { tolerance: 1e-4 }).accepted).toBe(false);
  expect(nextStep(0.01, 1e-4, { tolerance: 1e-4 }).accepted).toBe(true);
  expect(nextStep(0.015, 2.25e-4, { tolerance: 1e-4, rule: "literal" }).accepted).toBe(true);
  // Of a method of order 2 an error is of order h³.
  expect(nextStep(1, 1e-3, { tolerance: 8e-3, order: 2 }).h).toBeCloseTo(1.8, 12);
  expect(nextStep(1, 0, { tolerance: 1e-4 })).toEqual({ h: 2, accepted: true });
  expect(() => nextStep(0, 1, { tolerance: 1 })).toThrow("nextStep: got a step of 0");
});

// x″ = −x: (cos t, −sin t). Local errors of Heun's ends are below the tolerance on Euler's times h.
test("an oscillation is followed to its tolerance, in steps that grow and shrink with it", () => {
  const ends = [1e-4, 1e-6].map((tolerance) => {
    const { times, states, rejected } = integrate(
      (_t, x, out) => {
        out[0] = x[1]!;
        out[1] = -x[0]!;
      },
      [1, 0],
      2 * Math.PI,
      { tolerance, first: 3 },
    );
    expect(times.at(-1)).toBe(2 * Math.PI);
    expect(rejected).toBeGreaterThan(0);
    let off = 0;
    times.forEach((t, k) => {
      off = Math.max(off, Math.abs(states[2 * k]! - Math.cos(t)), Math.abs(states[2 * k + 1]! + Math.sin(t)));
    });
    return { off, steps: times.length };
  });
  for (const [k, tolerance] of [1e-4, 1e-6].entries()) expect(ends[k]!.off).toBeLessThan(10 * tolerance);
  // Error of a step ∝ h²: ten times as many steps for a hundredth of the tolerance.
  expect(ends[1]!.steps / ends[0]!.steps).toBeGreaterThan(8);
  expect(ends[1]!.steps / ends[0]!.steps).toBeLessThan(12);
});

function normals(seed: number): () => number {
  const stream = seedStream(seed).fork("adaptive");
  let k = 0;
  return () => stream.normalAt(0, 0, k++);
}

test("Brownian paths keep their law however many steps are rejected, and errors fall with the tolerance", () => {
  const [drift, volatility, paths] = [0.05, 0.6, 200];
  const gbm = geometricBrownianMotion({ drift, volatility });
  const errors: number[] = [];
  for (const tolerance of [1e-2, 1e-3]) {
    let [error, mean, square, rejected, variation] = [0, 0, 0, 0, 0];
    for (let k = 0; k < paths; k++) {
      const path = integrateDiffusion(gbm, 1, 1, normals(k), { tolerance, first: 0.5 });
      const W = path.brownian.at(-1)!;
      const exact = Math.exp(drift - volatility ** 2 / 2 + volatility * W);
      error += (path.states.at(-1)! - exact) ** 2 / paths;
      mean += W / paths;
      square += (W * W) / paths;
      rejected += path.rejected / paths;
      expect(path.times.at(-1)).toBe(1);
      // Quadratic variation: Σ ΔW² has mean T, where steps did not choose their increments.
      for (let n = 1; n < path.times.length; n++) variation += (path.brownian[n]! - path.brownian[n - 1]!) ** 2 / paths;
    }
    expect(rejected).toBeGreaterThan(0.5);
    // Four standard errors of 200 paths: .28 of the mean, 4 √(2/200) = .4 of the variance.
    expect(Math.abs(mean)).toBeLessThan(0.28);
    expect(Math.abs(square - 1)).toBeLessThan(0.4);
    expect(Math.abs(variation - 1)).toBeLessThan(0.4);
    errors.push(Math.sqrt(error));
  }
  // Steps ∝ tolerance, and Milstein's strong order is 1.
  expect(errors[0]! / errors[1]!).toBeGreaterThan(4);
  expect(errors[1]!).toBeLessThan(0.01);
});

test("a process that returns is followed where nothing but drift makes steps short", () => {
  const ou = ornsteinUhlenbeck({ rate: 50, level: 1, volatility: 0 });
  const { states, times } = integrateDiffusion(ou, 3, 1, normals(1), { tolerance: 1e-3 });
  for (const [k, t] of times.entries()) expect(Math.abs(states[k]! - (1 + 2 * Math.exp(-50 * t)))).toBeLessThan(0.1);
  expect(states.at(-1)).toBeCloseTo(1, 2);
});

test("what cannot be integrated is an error that says where", () => {
  const bad = (x: number) => (x > 2 ? Number.NaN : x);
  expect(() => integrate((_t, x, out) => out.set([bad(x[0]!)]), [1], 5, { tolerance: 1e-3 })).toThrow(
    /error of a step of .* is NaN/,
  );
  expect(() => integrate((_t, x, out) => out.set(x), [1], 0, { tolerance: 1 })).toThrow("integrate: got a time of 0");
  expect(() => integrate((_t, x, out) => out.set([x[0]! ** 2]), [1], 2, { tolerance: 1e-3, most: 500 })).toThrow(
    "500 steps lead to",
  );
});
