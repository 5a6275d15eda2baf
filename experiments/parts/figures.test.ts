import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Experiment, resolveRun } from "../../src/experiment/experiment.ts";
import { describeRun } from "../../src/report/description.ts";

const folder = join(import.meta.dirname, "..");
/** Those that only differ in numbers from another, the how-to's short one, and what has curves only: DQN does not tell returns. */
const left =
  /^adage\/(tobin-|market-making-|tax-(free|four|insurance|unfunded)|duopoly-public)|^collusion\/(discount|three)|^lucas-tree\/(ar1|iid-[02])|^control\/dqn-cartpole/;
const names = readdirSync(folder)
  .filter((group) => group !== "parts")
  .flatMap((group) => readdirSync(join(folder, group)).map((file) => `${group}/${file}`))
  .filter((file) => file.endsWith(".ts") && !left.test(file));
const load = async (name: string): Promise<Experiment> => (await import(join(folder, name))).default;

/** What training can log: what the learner says, of an economy its metrics, and the actions of its leader. */
function logged({ economy, algorithm }: Experiment): Set<string> {
  const actions = Object.values(economy.populations).flatMap((population) => Object.keys(population.actions));
  return new Set([
    ...Object.keys(algorithm?.metrics ?? {}),
    ...Object.keys(economy.metrics).flatMap((name) => (algorithm ? [`econ/${name}`, `greedy/${name}`] : [name])),
    ...actions.map((name) => `leader/theta/${name}`),
  ]);
}

test.each(names)("%s: its figures have axes, finite theory within reach, and lines of what is logged", async (name) => {
  const experiment = await load(name);
  const run = resolveRun(experiment, {}, 1);
  const { figures: watched, comparisons: figures } = describeRun(experiment, run, "");
  expect(watched.length + figures.length).toBeGreaterThan(0);
  const titles = [...watched, ...figures].map(({ title }) => title);
  expect(new Set(titles).size).toBe(titles.length);
  for (const { theory } of watched) expect(Number.isFinite(theory?.value ?? 0)).toBe(true);
  for (const { xLabel, yLabel, lines, caption } of figures) {
    expect([xLabel, yLabel].every((label) => label.length > 0)).toBe(true);
    expect(caption).toMatch(/\.$/);
    expect(new Set(lines.map(({ label }) => label)).size).toBe(lines.length);
    for (const line of lines) {
      if ("training" in line) expect(logged(experiment)).toContain(line.training);
      if ("level" in line) expect(Number.isFinite(line.level)).toBe(true);
      if (!("points" in line)) continue;
      for (const [x, y] of line.points) expect(Number.isFinite(x) && Number.isFinite(y)).toBe(true);
      if (xLabel === "world-periods of training") expect(line.points.at(-1)![0]).toBe(run.totalSteps);
    }
  }
});

test("what is played under many ω or dividends is held against no theory for one of them, and a share of traders against its mean", async () => {
  const watched = async (name: string) => {
    const experiment = await load(name);
    return describeRun(experiment, resolveRun(experiment, {}, 1), "").figures;
  };
  expect(await watched("adage/market-making.ts")).toMatchObject([{ title: "Half-spread", theory: null }]);
  expect((await watched("lucas-tree/iid-1.ts")).map(({ title, theory }) => [title, theory])).toEqual([
    ["Shares held", null],
    ["Shares traded in one evaluation", null],
  ]);
  expect(await watched("adage/tobin.ts")).toMatchObject([{ title: "Who is in", statistic: "mean" }]);
});

test("the best prices while a habit forms rise to the steady state's, and have their mean between", async () => {
  const experiment = await load("monopoly/habit.ts");
  const { params } = resolveRun(experiment, {}, 1);
  const truth = experiment.economy.truth!(params) as Record<string, number>;
  const levels = experiment.figures!(params, truth)[0].lines.flatMap((line) => ("level" in line ? [line.level] : []));
  // p_t = p* − (p* − p₀) k^t, k the slope of the policy
  const { price, firstPrice, policySlope: k } = truth;
  const mean = price - ((price - firstPrice) * (1 + k + k ** 2 + k ** 3 + k ** 4)) / 5;
  expect(levels[0]).toBeCloseTo(mean, 12);
  expect(levels[1]).toBe(price);
  expect(firstPrice).toBeLessThan(levels[0]);
  expect(levels[0]).toBeLessThan(price);
});
