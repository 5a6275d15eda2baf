// Settings of a run: the declared defaults, what holds for all populations, and what one of them has to itself.
import { expect, test } from "vitest";
import { choice, flag, param } from "../core/params.ts";
import { configOf, configPaths, contextOf, resolveConfig, type TrainContext } from "./algorithm.ts";

const config = {
  gamma: param(0.9, { min: 0, max: 1 }),
  noise: choice("none", ["none", "much"]),
  independent: flag(false, "each alone"),
  updates: param(40, { integer: true }),
} as const;
const learner = { name: "learner", config, mixed: true };
const common = { gamma: 0.9, noise: "none", independent: false, updates: 40 };
const populations = ["firms", "households"];
const resolve = (settings: object, who: object = learner) =>
  resolveConfig(who as typeof learner, settings as never, populations);

test("what is not set is as declared, and what a population has to itself stands beside it, in order of declaration", () => {
  expect(resolveConfig(learner)).toEqual(common);
  expect(resolve({ gamma: 0.5 })).toEqual({ ...common, gamma: 0.5 });
  const resolved = resolve({ gamma: 0.5, populations: { firms: { independent: true, gamma: "0.25" } } });
  expect(resolved).toEqual({ ...common, gamma: 0.5, populations: { firms: { gamma: 0.25, independent: true } } });
  expect(Object.keys((resolved as never as { populations: { firms: object } }).populations.firms)).toEqual([
    "gamma",
    "independent",
  ]);
  // Settings that are not given are none of its own.
  expect(resolve({ populations: { firms: {}, households: { noise: undefined } } })).toEqual(common);
  expect(resolve({ populations: { firms: { gamma: 0.25 }, households: {} } })).toEqual({
    ...common,
    populations: { firms: { gamma: 0.25 } },
  });
});

test("each population's settings are the run's and over them its own", () => {
  const resolved = resolve({ gamma: 0.5, populations: { firms: { gamma: 0.25 } } });
  expect(configOf(resolved, "firms")).toEqual({ ...common, gamma: 0.25 });
  expect(configOf(resolved, "households")).toEqual({ ...common, gamma: 0.5 });
  expect(configOf(common, "firms")).toBe(common);
  const context = { config: resolved, totalSteps: 7 } as unknown as TrainContext<typeof resolved>;
  expect(contextOf(context, "firms")).toEqual({ config: { ...common, gamma: 0.25 }, totalSteps: 7 });
});

test("settings have paths: of all populations by name, then each population's own", () => {
  expect(configPaths(common)).toEqual(Object.entries(common));
  expect(configPaths(resolve({ populations: { firms: { gamma: 0.25, noise: "much" } } }))).toEqual([
    ...Object.entries(common),
    ["firms.gamma", 0.25],
    ["firms.noise", "much"],
  ]);
});

test("settings that nobody has are refused, with what was meant", () => {
  expect(() => resolve({ gama: 0.5 })).toThrow("gama");
  expect(() => resolve({ populations: { firm: { gamma: 0.5 } } })).toThrow(
    'Unknown population "firm" in the settings of learner. Did you mean "firms"? Expected firms or households.',
  );
  expect(() => resolve({ populations: { firms: { gama: 0.5 } } })).toThrow(
    'Unknown setting "gama" of learner for firms. Did you mean "gamma"? Its settings: gamma, noise, independent.',
  );
  expect(() => resolve({ populations: { firms: { updates: 5 } } })).toThrow(
    "learner: got updates for firms alone; it belongs to the whole run.",
  );
  expect(() => resolve({ populations: { firms: { gamma: 2 } } })).toThrow("learner.firms.gamma");
  // A learner without reports has no such setting of the whole run.
  const { updates: _, ...silent } = config;
  expect(() => resolve({ populations: { firms: { updates: 5 } } }, { ...learner, config: silent })).toThrow(
    'Unknown setting "updates" of learner for firms.',
  );
  for (const mixed of [false, undefined])
    expect(() => resolve({ populations: { firms: { gamma: 0.5 } } }, { ...learner, mixed })).toThrow(
      "learner: got settings for firms alone, but learner takes one configuration for all populations.",
    );
});
