// Equilibria and optima by hand and by their conditions, deviations in the engine, and the contract.
import { expect, test } from "vitest";
import { checkEconomy, createSimulation, type ParamsOf, resolveParams } from "../src/economy/index.ts";
import { fresh } from "../test/periods.ts";
import { energyGrid } from "./energy-grid.ts";
import { equilibriumLoads, nearestLoads, socialCost, usualLoads } from "./theory/energy-grid.ts";

type Params = ParamsOf<typeof energyGrid>;
type Settings = Readonly<Record<string, number | readonly number[]>>;
const paramsOf = (settings: Settings) => resolveParams(energyGrid, settings) as Params;
const alike = { energies: [24], peaks: [18], discomforts: [0.5], priceSlope: 1 };

/** A day in which household i takes loads(i). */
function played(settings: Settings, loads: (i: number) => ArrayLike<number>) {
  const simulation = createSimulation(energyGrid, { params: settings, checkIdentities: true });
  const { hours, reach } = simulation.params as Params;
  const column = (name: string) => simulation.columns[name] as Float64Array;
  fresh(simulation, 1, () => {
    const [shift, usual] = [column("households.shift"), column("households.usual")];
    for (let i = 0; i < usual.length / hours; i++)
      for (let h = 0; h < hours; h++) shift[i * hours + h] = (loads(i)[h] - usual[i * hours + h]) / reach;
  });
  return column;
}

test.each([
  [0, 1],
  [0, 5],
  [0.5, 5],
  [1, 5],
])(
  "alike, households keep κ/(κ + g) of their usual swing, g = b [(1 + ρ)/2 + (1 − ρ)/(2N)]: ρ = %f, N = %i",
  (tokens, households) => {
    const p = paramsOf({ ...alike, tokens, households });
    const [usual] = usualLoads(p);
    const kept = 0.5 / (0.5 + (1 + tokens) / 2 + (1 - tokens) / (2 * households));
    const { mean } = equilibriumLoads(p, [usual]);
    mean.forEach((load, h) => {
      expect(load - 1).toBeCloseTo(kept * (usual[h] - 1), 12);
    });
  },
);

test("of what a flat load would not cost, many selfish households lose at most an eighth: at κ = b/2", () => {
  const excess = (κ: number): number => {
    const { cost, optimalCost } = energyGrid.truth!(paramsOf({ ...alike, discomforts: [κ], households: 1e6 }));
    return ((cost as number) - 12) / ((optimalCost as number) - 12); // flat: (b/2) · 24 · 1²
  };
  expect(excess(0.5)).toBeCloseTo(9 / 8, 6);
  // (κ + b)(κ + b/4)/(κ + b/2)²
  for (const κ of [0.1, 0.3, 2]) {
    expect(excess(κ)).toBeCloseTo(((κ + 1) * (κ + 0.25)) / (κ + 0.5) ** 2, 6);
    expect(excess(κ)).toBeLessThan(9 / 8);
  }
});

test.each([0, 0.6, 1])(
  "no household gains by moving load from one hour to another, though some take nothing at times: ρ = %f",
  (tokens) => {
    const settings = {
      households: 40,
      hours: 6,
      swing: 1,
      energies: [6, 12],
      peaks: [20, 4],
      discomforts: [0.02, 0.8],
      priceSlope: 3,
      tokens,
    };
    const p = paramsOf(settings);
    const { loads } = equilibriumLoads(p, usualLoads(p));
    expect(loads.some((x) => x.some((load) => load === 0))).toBe(true);
    for (const x of loads) expect(Math.min(...x)).toBeGreaterThanOrEqual(0);
    const utility = (i: number, mine?: Float64Array) =>
      played(settings, (j) => (j === i && mine ? mine : loads[j % 2]))("households.utility")[i];
    for (const i of [0, 1]) {
      const best = utility(i);
      for (let from = 0; from < 6; from++)
        for (let to = 0; to < 6; to++) {
          const moved = Float64Array.from(loads[i]);
          const size = Math.min(0.05, moved[from]);
          moved[from] -= size;
          moved[to] += size;
          expect(utility(i, moved)).toBeLessThanOrEqual(best + 1e-10);
        }
    }
  },
);

test.each([
  [1, [1e-4, 1e-4, 1e-4, 1e-4]],
  [10, [1e-4, 1e-3, 1e-2, 1]],
])(
  "where shifting costs next to nothing, which sweeps alone do not solve, loads meet their conditions: b = %f, κ = %j",
  (b, κ) => {
    const K = κ.length;
    const usual = usualLoads({
      hours: 6,
      energies: κ.map((_, k) => 6 + k),
      peaks: κ.map((_, k) => (24 * k) / K + 1),
      swing: 1,
    });
    const { loads, mean } = equilibriumLoads({ households: 60, discomforts: κ, priceSlope: b, tokens: 1 }, usual);
    expect(loads.some((x) => x.includes(0))).toBe(true);
    mean.forEach((X, h) => {
      expect(X).toBeCloseTo(loads.reduce((sum, x) => sum + x[h], 0) / K, 12);
    });
    loads.forEach((x, k) => {
      expect(x.reduce((a, c) => a + c)).toBeCloseTo(6 + k, 8); // b X/κ of 10⁶ in doubles, over six hours
      // b X_h + κ (x_h − d_h) = λ where x_h > 0, and no less where x_h = 0
      const marginal = [...x].map((load, h) => b * mean[h] + κ[k] * (load - usual[k][h]));
      const level = Math.min(...marginal);
      marginal.forEach((cost, h) => {
        if (x[h] > 0) expect(Math.abs(cost - level)).toBeLessThan(1e-10 * b);
      });
    });
  },
);

test("tokens for all that is spared make the planner's optimum an equilibrium, and no other loads are cheaper", () => {
  const p = paramsOf({ households: 7, tokens: 1, hours: 8 });
  const usual = usualLoads(p);
  const best = equilibriumLoads(p, usual);
  const cost = socialCost(p, usual, best);
  const { cost: known, optimalCost, priceOfAnarchy, shareOfSaving } = energyGrid.truth!(p);
  expect([known, priceOfAnarchy, shareOfSaving]).toEqual([optimalCost, 1, 1]);
  usual.forEach((x, k) => {
    expect(x.indexOf(Math.max(...x))).toBe(Math.round(p.peaks[k] / 3) % 8); // hours of three
  });
  expect(known).toBeCloseTo(cost, 14);
  const counts = [3, 2, 2];
  best.mean.forEach((X, h) => {
    expect(X).toBeCloseTo(
      best.loads.reduce((sum, x, k) => sum + (counts[k] / 7) * x[h], 0),
      12,
    );
  });
  for (let k = 0; k < 3; k++)
    for (let h = 0; h < 8; h++) {
      const loads = best.loads.map((x) => Float64Array.from(x));
      loads[k][h] += 0.01;
      loads[k][(h + 3) % 8] -= 0.01;
      const mean = best.mean.map((_, j) => loads.reduce((sum, x, kind) => sum + (counts[kind] / 7) * x[j], 0));
      expect(socialCost(p, usual, { loads, mean })).toBeGreaterThan(cost);
    }
  expect(energyGrid.truth!(paramsOf({ households: 7, hours: 8 })).priceOfAnarchy).toBeGreaterThan(1.001);
});

test("a day by hand: bills, discomfort and tokens of two households and two hours", () => {
  // usual loads: 2 at hour 0 and none at hour 1, for both
  const settings = {
    households: 2,
    hours: 2,
    swing: 1,
    energies: [2],
    peaks: [0],
    discomforts: [3],
    priceSlope: 4,
    tokens: 0.5,
  };
  const column = played(settings, (i) => (i === 0 ? [1, 1] : [2, 0]));
  expect(column("day.load")).toEqual(Float64Array.of(1.5, 0.5));
  expect(column("households.bill")).toEqual(Float64Array.of(2 * (1.5 + 0.5), 2 * 3));
  expect(column("households.discomfort")).toEqual(Float64Array.of(3, 0));
  // ½ · 2 · [2 (2 − 1) − Σ_h x (X − x/2)]
  expect(column("households.tokens")).toEqual(
    Float64Array.of(2 - (1 * (1.5 - 0.5) + 1 * (0.5 - 0.5)), 2 - 2 * (1.5 - 1)),
  );
  expect(column("world.cost")).toEqual(Float64Array.of(2 * 2 * (2.25 + 0.25)));
  expect(column("world.peak")).toEqual(Float64Array.of(1.5));
});

test("loads are the nearest that are not below 0 and sum to the day's energy", () => {
  const nearest = (x: number[], energy: number) => {
    const found = Float64Array.from(x);
    nearestLoads(found, energy);
    return [...found];
  };
  expect(nearest([1, 2, 3], 6)).toEqual([1, 2, 3]);
  expect(nearest([1, 2, 3], 9)).toEqual([2, 3, 4]);
  expect(nearest([-5, 1, 3], 2)).toEqual([0, 0, 2]);
  expect(nearest([0, 0], 1)).toEqual([0.5, 0.5]);
});

test("lists that do not belong together are refused", () => {
  for (const [settings, message] of [
    [{ peaks: [1, 2] }, "peaks has 2 numbers, expected 3"],
    [{ discomforts: [1] }, "discomforts has 1 numbers, expected 3"],
    [{ reach: 1, peaks: [1, 2] }, "peaks has 2 numbers, expected 3"],
    [{ tokens: Number.NaN }, "expected a number"],
    [{ tokens: 1.5 }, "expected a number from 0 to 1"],
  ] as const)
    expect(() => energyGrid.truth!(paramsOf(settings))).toThrow(message);
});

test("where power costs nothing, or is always the same, there is nothing to gain", () => {
  expect(energyGrid.truth!(paramsOf({ priceSlope: 0 })).priceOfAnarchy).toEqual({ unknown: "power costs nothing" });
  const { priceOfAnarchy, shareOfSaving } = energyGrid.truth!(paramsOf({ swing: 0 }));
  expect(priceOfAnarchy).toBe(1);
  expect(shareOfSaving).toEqual({ unknown: "nothing can be saved by shifting loads" });
});

test("the contract of economies holds", () => {
  const params = { households: 7, hours: 5, tokens: 0.7 };
  expect(checkEconomy(energyGrid, { params, periods: 15 }).filter(({ pass }) => !pass)).toEqual([]);
});
