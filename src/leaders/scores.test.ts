// Scores by numbers worked out by hand, folded over worlds that are plain objects.
import { expect, test } from "vitest";
import type { AnyWorld } from "../economy/population.ts";
import { energyDistance, wasserstein } from "../metrics/distances.ts";
import {
  adversarial,
  matchDistribution,
  matchMoments,
  matchPerPeriod,
  maximize,
  maximizeEntropy,
  maximizeSampledEntropy,
  maximizeWelfare,
  reduceVolatility,
} from "./scores.ts";
import type { Score } from "./task.ts";

const worldsOf = (...columns: Readonly<Record<string, readonly number[]>>[]): AnyWorld[] =>
  columns.map(
    (people) =>
      ({
        people: {
          size: 2,
          ...Object.fromEntries(Object.entries(people).map(([name, x]) => [name, Float64Array.from(x)])),
        },
      }) as unknown as AnyWorld,
  );
const prices = (...price: readonly number[]): AnyWorld[] => price.map((price) => ({ price }));

/** The value of episodes, one per world. */
function scoreOf(score: Score, ...episodes: readonly (readonly AnyWorld[])[]): number {
  const states = episodes.map((periods) => {
    const state = new Float64Array(score.size({ people: 2 }, {}, periods.length));
    for (const w of periods) score.add(state, w, {});
    return state;
  });
  return score.value(states, {});
}

test("a quantity is averaged over periods and worlds, a column over agents too", () => {
  expect(scoreOf(maximize("price"), prices(1, 2), prices(6))).toBe(3.75);
  expect(scoreOf(maximize("people.x"), worldsOf({ x: [1, 3] }, { x: [5, 7] }))).toBe(4);
  expect(scoreOf(adversarial("people.x"), worldsOf({ x: [1, 3] }, { x: [5, 7] }))).toBe(-4);
});

test("welfare of two agents who have 1 and 4 on average, by every kind", () => {
  const episode = worldsOf({ x: [0.5, 3], z: [1, 2] }, { x: [1.5, 5], z: [1, 6] });
  const by = (welfare: Parameters<typeof maximizeWelfare>[1]): number =>
    scoreOf(maximizeWelfare("people.x", welfare), episode);
  expect(by({ kind: "utilitarian" })).toBe(2.5);
  expect(by({ kind: "rawlsian" })).toBe(1);
  expect(by({ kind: "log" })).toBeCloseTo(Math.log(2), 14);
  expect(by({ kind: "atkinson", aversion: 1 })).toBeCloseTo(2, 12); // geometric mean
  expect(by({ kind: "atkinson", aversion: 2 })).toBeCloseTo(1.6, 12); // harmonic mean
  expect(by({ kind: "inverse", weightBy: "people.z" })).toBeCloseTo((1 + 4 / 4) / (1 + 1 / 4), 14); // z̄ = 1, 4
});

test("volatility is the standard deviation of the episode with T − 1, and its increments add up to it", () => {
  const score = reduceVolatility("price");
  expect(scoreOf(score, prices(2, 4, 4, 4, 5, 5, 7, 9))).toBeCloseTo(-Math.sqrt(32 / 7), 14);
  expect(scoreOf(score, prices(3))).toBe(0);
  const state = new Float64Array(3);
  let paid = 0;
  for (const w of prices(2, 4, 4, 4, 5, 5, 7, 9)) {
    score.add(state, w, {});
    paid += score.value([state], {}) - paid;
  }
  expect(paid).toBeCloseTo(-Math.sqrt(32 / 7), 14);
});

test("moments are those of the pooled periods", () => {
  const score = (moments: Parameters<typeof matchMoments>[1], ...series: number[][]) =>
    scoreOf(matchMoments("price", moments), ...series.map((x) => prices(...x)));
  const x = [1e6 + 1, 1e6 + 2, 1e6 + 4, 1e6 + 1];
  // deviations −1, 0, 2, −1: squares 6, products 0 + 0 − 2
  expect(score({ mean: { target: 1e6 + 2 } }, x)).toBe(-0);
  expect(score({ mean: { target: 1e6, scale: 2, weight: 3 } }, x)).toBeCloseTo(-3, 12);
  expect(score({ sd: { target: 0 } }, x)).toBeCloseTo(-2, 12);
  expect(score({ autocorrelation: { target: 0 } }, x)).toBeCloseTo(-1 / 9, 12);
  // two worlds: mean 2, deviations (−1, 1) and (−2, 2): squares 10, products −1 − 4
  expect(score({ sd: { target: 0 } }, [1, 3], [0, 4])).toBeCloseTo(-10 / 3, 12);
  expect(score({ autocorrelation: { target: 0 } }, [1, 3], [0, 4])).toBeCloseTo(-0.25, 12);
});

test("a distribution is matched by the pooled periods of all worlds, whatever their order", () => {
  const data = [1, 2, 3, 4];
  for (const distance of [
    { kind: "energy" },
    { kind: "wasserstein" },
    { kind: "mae", low: 0, high: 5, bins: 5 },
  ] as const)
    expect(scoreOf(matchDistribution("price", data, distance), prices(4, 1), prices(3, 2))).toBeCloseTo(0, 14);
  const apart = (kind: "energy" | "wasserstein") => scoreOf(matchDistribution("price", [0, 0], { kind }), prices(1, 3));
  expect(apart("wasserstein")).toBeCloseTo(-wasserstein([1, 3], [0, 0]), 14);
  expect(apart("wasserstein")).toBeCloseTo(-2, 14);
  expect(apart("energy")).toBeCloseTo(-energyDistance([1, 3], [0, 0]), 14);
  expect(apart("energy")).toBeCloseTo(-(2 * 2 - 1), 14); // 2 E|x − y| − E|x − x'| − E|y − y'|
  // masses ½ and ½ in other bins than the data's 1: errors ½, ½, 1 in three bins
  const masses = { low: 0, high: 3, bins: 3 };
  expect(scoreOf(matchDistribution("price", [0.5], { kind: "mae", ...masses }), prices(1.5, 2.5))).toBeCloseTo(
    -2 / 3,
    14,
  );
  expect(scoreOf(matchDistribution("price", [0.5], { kind: "rmse", ...masses }), prices(1.5, 2.5))).toBeCloseTo(
    -Math.sqrt(0.5),
    14,
  );
});

test("the literal per-period reward prefers standing still at the median to the true law", () => {
  const data = Float64Array.from({ length: 1001 }, (_, k) => k / 1000);
  const score = matchPerPeriod("price", data);
  const still = scoreOf(score, prices(...new Array<number>(4000).fill(0.5)));
  const truth = scoreOf(score, prices(...Array.from({ length: 4000 }, (_, k) => ((k * 617) % 1001) / 1000)));
  expect(still).toBeCloseTo(-0.25, 1); // E|φ − ½| of a uniform φ is ¼, and of another uniform draw ⅓
  expect(truth).toBeCloseTo(-1 / 3, 1);
  expect(still).toBeGreaterThan(truth + 0.05);
});

test("entropy is largest for equal preferences", () => {
  const of = (...weights: number[]): number => scoreOf(maximizeEntropy("people.x"), worldsOf({ x: weights }));
  expect(of(3, 3)).toBeCloseTo(Math.log(2), 14);
  expect(of(1, 0)).toBeCloseTo(0, 14);
  expect(of(1, 3)).toBeCloseTo(-(0.25 * Math.log(0.25) + 0.75 * Math.log(0.75)), 14);
  const drawn = maximizeSampledEntropy("price", { low: 0, high: 1, bins: 4 });
  expect(scoreOf(drawn, prices(0.1), prices(0.3), prices(0.6), prices(1))).toBeCloseTo(Math.log(4), 14);
  expect(scoreOf(drawn, prices(0.1, 0.2))).toBeCloseTo(0, 14);
});

test("a score of something that is not there says so", () => {
  expect(() => scoreOf(maximize("prise"), prices(1))).toThrow(
    'A score reads "prise", but the world has no such scalar.',
  );
  expect(() => scoreOf(maximize("people.y"), worldsOf({ x: [1, 2] }))).toThrow(
    'A score reads "people.y", but the world has no such column.',
  );
  expect(() => maximizeWelfare("consumption")).toThrow("expected a population and its column");
});
