import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Experiment, resolveRun } from "../../../src/experiment/experiment.ts";

const folder = join(import.meta.dirname, "..");
/** Those that only differ in numbers from another, and the how-to's short one. */
const left = /^(tobin|market-making)-|^tax-(free|four|insurance|unfunded)|^duopoly-public/;
const names = readdirSync(folder).filter((file) => file.endsWith(".ts") && !left.test(file));
const load = async (name: string): Promise<Experiment> => (await import(join(folder, name))).default;

/** What training can log of an economy: its metrics, and the actions of its leader. */
function logged({ economy }: Experiment): Set<string> {
  const actions = Object.values(economy.populations).flatMap((population) => Object.keys(population.actions));
  return new Set([
    ...Object.keys(economy.metrics).map((name) => `econ/${name}`),
    ...actions.map((name) => `leader/theta/${name}`),
  ]);
}

test.each(names)("%s: its figures have axes, finite theory within reach, and lines of what is logged", async (name) => {
  const experiment = await load(name);
  const run = resolveRun(experiment, {}, 1);
  const figures = experiment.figures?.(run.params, experiment.economy.truth!(run.params)) ?? [];
  expect(figures.length).toBeGreaterThan(0);
  expect(new Set(figures.map(({ title }) => title)).size).toBe(figures.length);
  for (const { xLabel, yLabel, lines, caption } of figures) {
    expect([xLabel, yLabel].every((label) => label.length > 0)).toBe(true);
    expect(caption).toMatch(/\.$/);
    expect(new Set(lines.map(({ label }) => label)).size).toBe(lines.length);
    for (const line of lines) {
      if ("training" in line) expect(logged(experiment)).toContain(line.training);
      if (!("points" in line)) continue;
      for (const [x, y] of line.points) expect(Number.isFinite(x) && Number.isFinite(y)).toBe(true);
      if (xLabel === "world-periods of training") expect(line.points.at(-1)![0]).toBe(run.totalSteps);
    }
  }
});
