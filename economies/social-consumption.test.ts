// The law of consumption against matrices, best replies in the engine, who can be told apart, and the contract.
import { expect, test } from "vitest";
import { GRID, identify, instrumentSurface } from "../src/calibration/index.ts";
import { checkEconomy, createSimulation, type ParamsOf, resolveParams, type Simulation } from "../src/economy/index.ts";
import { fresh } from "../test/periods.ts";
import { socialConsumption } from "./social-consumption.ts";
import { type Looked, meanOfPeers, settledConsumption, spectrum, spreadOf } from "./theory/social-consumption.ts";

type Settings = Readonly<Record<string, number | string>>;
const paramsOf = (settings: Settings) =>
  resolveParams(socialConsumption, settings) as ParamsOf<typeof socialConsumption>;
const column = (simulation: Simulation, name: string) => simulation.columns[`people.${name}`] as Float64Array;
const looks = (simulation: Simulation) => (simulation.worlds[0] as unknown as { readonly looks: Looked }).looks;
const metric = (simulation: Simulation, name: string) =>
  socialConsumption.metrics[name].of(simulation.worlds[0], simulation.params);

/** Everybody replies best in every period, but for those whose `choice` says otherwise. */
function replying(params: Settings, periods: number, choice = (best: number, _i: number): number => best): Simulation {
  const simulation = createSimulation(socialConsumption, { params });
  const { influence, consumptionMax } = simulation.params as {
    readonly influence: number;
    readonly consumptionMax: number;
  };
  return fresh(simulation, periods, () => {
    const [level, taste, seen] = ["level", "taste", "seen"].map((name) => column(simulation, name));
    for (let i = 0; i < level.length; i++) level[i] = choice(taste[i] + influence * seen[i], i) / consumptionMax;
  });
}

test.each(["groups", "ring", "random", "smallWorld"])(
  "where all reply best, x = a + φGx, and a common unit of taste is worth 1/(1 − φ): %s",
  (network) => {
    const settings = { agents: 60, network, influence: 0.6, context: 0.3 };
    const [low, high] = [0, 0.5].map((shift) => replying({ ...settings, shift }, 70));
    const x = column(high, "consumption");
    const heard = meanOfPeers(looks(high), x);
    x.forEach((own, i) => {
      expect(own).toBeCloseTo(column(high, "taste")[i] + 0.6 * heard[i], 12);
      // The same draws, half a unit of taste more for all.
      expect(own - column(low, "consumption")[i]).toBeCloseTo(0.5 / (1 - 0.6), 12);
    });
    const settled = settledConsumption(looks(high), column(high, "taste"), 0.6);
    x.forEach((own, i) => {
      expect(own).toBeCloseTo(settled[i], 12);
    });
    expect(metric(high, "away")).toBeLessThan(1e-12);
    const { multiplier, consumption } = socialConsumption.truth!(paramsOf({ ...settings, shift: 0.5 }));
    expect([multiplier, consumption]).toEqual([1 / (1 - 0.6), 0.5 / (1 - 0.6)]);
  },
);

test.each([
  ["ring", 12, 4],
  ["ring", 9, 2],
  ["groups", 12, 3],
])("the spectrum is that of G, and so are spread and own multiplier: %s of %i, %i peers", (network, agents, peers) => {
  const params = { agents, network, peers, influence: 0.7, context: -0.4, incomeSd: 1.5, tasteSd: 0.8 };
  const simulation = replying(params, 1);
  const p = paramsOf(params);
  const N = agents as number;
  const unit = (i: number) => Float64Array.from({ length: N }, (_, j) => Number(i === j));
  // (I − φG)⁻¹ and (I − φG)⁻¹(γ + δG), column by column
  const inverse = Array.from({ length: N }, (_, j) => settledConsumption(looks(simulation), unit(j), 0.7));
  const income = Array.from({ length: N }, (_, j) => {
    const g = meanOfPeers(looks(simulation), unit(j));
    return settledConsumption(
      looks(simulation),
      unit(j).map((w, i) => w - 0.4 * g[i]),
      0.7,
    );
  });
  const around = (columns: Float64Array[]) =>
    columns.reduce((sum, x) => {
      const mean = x.reduce((a, b) => a + b) / N;
      return sum + x.reduce((total, y) => total + (y - mean) ** 2, 0) / N;
    }, 0);
  const found = spreadOf(p)!;
  expect(found.spread).toBeCloseTo(Math.sqrt(1.5 ** 2 * around(income) + 0.8 ** 2 * around(inverse)), 10);
  expect(found.ownMultiplier).toBeCloseTo(inverse.reduce((sum, x, j) => sum + x[j], 0) / N, 10);
  // Σ λ = trace of G, which is 0
  const { values, times } = spectrum(p)!;
  expect(values.reduce((sum, λ, k) => sum + λ * times[k], 1)).toBeCloseTo(0, 10);
});

test("no other consumption is better: utility falls by half the square of the distance", () => {
  const settings = { agents: 40, influence: 0.4 };
  const best = replying(settings, 1);
  for (const off of [-0.3, 0.2]) {
    const other = replying(settings, 1, (x, i) => (i % 2 === 0 ? x + off : x));
    column(best, "utility").forEach((u, i) => {
      expect(u - column(other, "utility")[i]).toBeCloseTo(i % 2 === 0 ? (off * off) / 2 : 0, 12);
    });
    expect(metric(other, "away")).toBeCloseTo(Math.abs(off) / Math.SQRT2, 12);
  }
});

test("what moves all is drawn once for an episode", () => {
  const simulation = replying({ agents: 50, commonSd: 2, incomeEffect: 0, tasteSd: 0 }, 1);
  const tastes = column(simulation, "taste");
  expect(new Set(tastes).size).toBe(1);
  expect(tastes[0]).not.toBe(0);
});

/** Verdicts on φ, γ, δ by incomes of peers and of their peers. */
function verdicts(settings: Settings, seed: number) {
  const simulation = createSimulation(socialConsumption, {
    params: { agents: 1800, peers: 2, tasteSd: 0.3, ...settings },
    seed,
  });
  simulation.reset(0);
  const [network, w] = [looks(simulation), column(simulation, "income")];
  const x = settledConsumption(network, column(simulation, "taste"), 0.5);
  const [Gx, Gw] = [meanOfPeers(network, x), meanOfPeers(network, w)];
  const instruments = [w, Gw, meanOfPeers(network, Gw)];
  const ranges = [
    [0, 0.95],
    [0, 2],
    [-1, 1],
  ] as const; // φ, γ, δ
  const surface = instrumentSurface({ outcome: x, regressors: [Gx, w, Gw], instruments, ranges });
  const truth = Float64Array.of(0.5 / 0.95, 0.5, 0.5);
  return { surface, truth, found: identify(surface, truth, [3.84, 3.84, 3.84]) };
}

test("groups do not tell influence from context (Manski), peers who have other peers do (Bramoullé et al.)", () => {
  const groups = verdicts({ network: "groups" }, 1);
  expect(groups.surface.rank).toBe(2);
  expect(groups.found.map(({ verdict }) => verdict)).toEqual(["not identified", "identified", "not identified"]);
  expect(groups.found[0].ridge).toMatchObject({ with: 2 });
  const random = verdicts({ network: "random" }, 1);
  expect(random.surface.rank).toBe(3);
  expect(random.found.map(({ verdict }) => verdict)).toEqual(["identified", "identified", "identified"]);
  expect(random.found[0].low).toBeLessThan(0.5 / 0.95);
  expect(random.found[0].high).toBeGreaterThan(0.5 / 0.95);
  expect(random.found[0].profile.x).toHaveLength(GRID);
});

test("theory says where it ends, and groups that do not come out even are refused", () => {
  const truthOf = (settings: Settings) => socialConsumption.truth!(paramsOf(settings));
  expect(truthOf({ discountFactor: 0.9 }).multiplier).toEqual({ unknown: expect.stringContaining("look ahead") });
  expect(truthOf({ network: "ring", peers: 3 }).spread).toEqual({ unknown: "peers, 3, is odd" });
  expect(truthOf({ network: "groups", agents: 11 }).multiplier).toEqual({
    unknown: "11 people do not make groups of 5",
  });
  expect(truthOf({ agents: 4 }).multiplier).toEqual({ unknown: "4 people cannot have 4 peers each" });
  expect(truthOf({ network: "random" }).spread).toEqual({ unknown: expect.stringContaining("drawn") });
  expect(() => replying({ network: "groups", agents: 11 }, 1)).toThrow("agents is 11, expected a multiple of 5");
  expect(() => paramsOf({ influence: 1 })).toThrow("expected a number from 0 to 0.99");
  expect(() => paramsOf({ influence: Number.NaN })).toThrow("expected a number");
});

test("the contract of economies holds", () => {
  const params = { agents: 30, network: "groups", commonSd: 1 };
  expect(checkEconomy(socialConsumption, { params, periods: 15 }).filter(({ pass }) => !pass)).toEqual([]);
});
