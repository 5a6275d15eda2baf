import { expect, test } from "vitest";
import { moneyExchange } from "../../economies/money-exchange.ts";
import duopolyTotal from "../../experiments/adage/duopoly-total.ts";
import { type AnyWorld, defineEconomy, f64, known, population, unknown } from "../economy/index.ts";
import { execute } from "../engine/run.ts";
import { createRun, type Json, memoryStore } from "../store/index.ts";
import { bareExperiment, type ResolvedRun, resolveRun } from "./experiment.ts";
import { centreOf, distributionFigures, distributions, watched, watchedFigures } from "./watching.ts";

const recorded = (run: ResolvedRun) =>
  createRun(memoryStore(), {
    name: run.experiment,
    config: run as unknown as Json,
    version: "",
    node: "",
    machine: { platform: "", arch: "", cpu: "", cores: 1 },
  });

const street = defineEconomy({
  name: "street",
  source: "none",
  summary: "",
  params: {},
  horizon: 1,
  populations: {
    sellers: population({ size: 1, state: { quantity: f64() } }),
    buyers: population({ size: 4, state: { quantity: f64() } }),
    crowd: population({ size: 101, state: { quantity: f64() } }),
  },
  phases: () => ({}),
  truth: () => ({ two: 2 }),
  figures: (["sellers", "buyers", "crowd"] as const).map((population) => ({
    title: population,
    population,
    column: "quantity",
    theory: "two" as const,
    caption: "",
    ...(population === "crowd" && { statistic: "mean" as const }),
  })),
});
const world = {
  sellers: { size: 1, quantity: [7] },
  buyers: { size: 4, quantity: [1, 2, 4, 9] },
  crowd: { size: 101, quantity: Float64Array.from({ length: 101 }, (_, i) => (100 - i) ** 2) },
} as unknown as AnyWorld;

test("columns of one name in several populations are logged apart, agents of small ones one by one", () => {
  const row = watched(street, world);
  const of = (name: string) =>
    Object.fromEntries(
      Object.entries(row).flatMap(([key, x]) => (key.startsWith(name) ? [[key.slice(name.length), x]] : [])),
    );
  expect(of("watch/sellers.quantity/")).toEqual({ 0: 7 });
  expect(of("watch/buyers.quantity/")).toEqual({
    0: 1,
    1: 2,
    2: 4,
    3: 9,
    mean: 4,
    p05: 1.15,
    p50: 3,
    p95: expect.closeTo(8.25),
  });
  const { p05, p50, p95, mean, ...agents } = of("watch/crowd.quantity/");
  expect([p05, p50, p95]).toEqual([25, 2500, 9025]);
  expect(mean).toBeCloseTo((100 * 101 * 201) / 6 / 101, 9);
  expect(Object.values(agents)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90].map((i) => (100 - i) ** 2));
});

test("a figure holds its own statistic against theory, a single agent's own number", () => {
  const row = watched(street, world);
  expect(watchedFigures(street).map((figure) => centreOf(figure, row))).toEqual([
    7,
    3,
    row["watch/crowd.quantity/mean"],
  ]);
  expect(watchedFigures(street).map((figure) => centreOf(figure, { step: 1 }))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("the duopoly's figures draw the quantity of the firm they name", async () => {
  const run = resolveRun(duopolyTotal, { totalSteps: 64 * 16 * 20, numEnvs: 64, "config.updates": 10 }, 1);
  const { rows } = await execute({ experiment: duopolyTotal, run, writer: recorded(run) });
  const last = rows.findLast((row) => "econ/leaderQuantity" in row)!;
  const [leader, follower] = watchedFigures(duopolyTotal.economy).map((figure) => centreOf(figure, last));
  expect([leader, follower]).toEqual([last["econ/leaderQuantity"], last["econ/followerQuantity"]]);
  expect(leader).not.toBe(follower);
});

test("a figure with a law counts the agents at each value, in bins where there are many values", () => {
  const figures = [{ ...street.figures[1]!, law: () => [] }];
  const counted = (x: number[]) => distributions({ ...street, figures }, {}, () => x);
  expect(counted([0, 3, 0, 1])).toEqual({
    "distribution/buyers.quantity/0": 0.5,
    "distribution/buyers.quantity/1": 0.25,
    "distribution/buyers.quantity/2": 0,
    "distribution/buyers.quantity/3": 0.25,
  });
  // 500 values in bins of two, per unit: 0 and 1 around 0.5
  const shares = counted([0, 1, 1, 499]);
  expect([shares["distribution/buyers.quantity/0.5"], shares["distribution/buyers.quantity/498.5"]]).toEqual([
    0.375, 0.125,
  ]);
  expect(2 * Object.values(shares).reduce((a, b) => a + b, 0)).toBe(1);
  expect(watched({ ...street, figures }, world)).toEqual({});
  expect(distributions(street, {}, () => [1])).toEqual({});
});

test("a figure with a density has a histogram between its first value and its last, of shares of all agents per unit", () => {
  const density = () => [[-1, 0.25] as const, [5, 0.5] as const];
  const figures = [{ ...street.figures[1]!, density }];
  const counted = distributions({ ...street, figures }, {}, () => [-1, -0.95, 4.9999, 5, 12, -3, 0, 2]);
  expect(Object.keys(counted)).toHaveLength(60);
  const at = (k: number) => counted[`distribution/buyers.quantity/${-1 + (k + 0.5) * 0.1}`];
  expect([at(0), at(1), at(59), at(10), at(30)]).toEqual([2, 0, 1, 1, 1].map((n) => n / 8 / 0.1));
  expect(Object.values(counted).reduce((a, b) => a + b, 0) * 0.1).toBeCloseTo(5 / 8, 12);
  expect(watched({ ...street, figures }, world)).toEqual({});
  const nothing = [{ ...street.figures[1]!, density: () => unknown("too short") }];
  expect(distributions({ ...street, figures: nothing }, {}, () => [1])).toEqual({});
});

test("money that was exchanged for long is distributed by the exact law, within three standard errors of most shares", async () => {
  const bare = bareExperiment(moneyExchange);
  const agents = 20_000;
  const run = resolveRun(bare, { agents, money: 2, horizon: 200 }, 1);
  const { summary } = await execute({ experiment: bare, run, writer: recorded(run) });
  const law = known(distributionFigures(moneyExchange)[0]!.law!(run.params)).filter(([, share]) => share > 0.001);
  expect(law.length).toBeGreaterThan(10);
  const outside = law.filter(([k, share]) => {
    const ours = summary[`distribution/people.money/${k}`]!;
    return !(Math.abs(ours - share) <= 3 * Math.sqrt((share * (1 - share)) / agents));
  });
  expect(outside.length).toBeLessThanOrEqual(1);
});
