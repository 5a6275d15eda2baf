import { expect, test } from "vitest";
import { experimentNames, findExperiments } from "../cli/catalog.ts";
import { checkEconomy, defineEconomy, f64, grid, type Param, param, population } from "../economy/index.ts";
import { defineExperiment, type Overrides, resolveRun } from "../experiment/experiment.ts";
import { analytic, fixed, maximizeWelfare, twoTimescale } from "../leaders/index.ts";
import { type AnyAlgorithm, configOf } from "./algorithm.ts";
import { discountDepartures, inWords } from "./discount.ts";
import { ppo } from "./ppo.ts";
import { repeatedQ } from "./repeated-q.ts";

const share = (value: number) => param(value, { min: 0, max: 1 });
const people = () => population({ size: 1, state: { utility: f64() }, actions: { gift: grid(0, 1, 2) } });
/** Households live every period, banks every fourth, the government once per episode; strangers have no discount factor. */
const town = defineEconomy({
  name: "town",
  source: "test",
  summary: "",
  params: { patience: share(0.9), bankPatience: share(0.8), term: param(4, { integer: true }) },
  horizon: 12,
  populations: { government: people(), households: people(), banks: people(), strangers: people() },
  phases: ({ decide }) => ({
    rule: decide("government", { doc: "once", every: "episode" }),
    give: decide("households", { doc: "every period" }),
    lend: decide("banks", { doc: "now and then", every: "term" }),
    pass: decide("strangers", { doc: "every period" }),
  }),
  discountFactor: { government: "patience", households: "patience", banks: "bankPatience" },
  reward: { households: { column: "utility", doc: "" } },
});

const discounts = (algorithm: AnyAlgorithm, set: Overrides = {}, config: object = {}, setting = "gamma") => {
  const experiment = defineExperiment({
    name: "town/test",
    summary: "",
    economy: town,
    algorithm,
    config,
    numEnvs: 1,
    totalSteps: 1,
  } as never);
  const run = resolveRun(experiment as never, set, 1);
  const of = (name: string) => (configOf(run.config, name) as Record<string, number>)[setting];
  const { government, households, banks, strangers } = town.populations;
  return {
    by: Object.fromEntries(Object.keys({ government, households, banks, strangers }).map((name) => [name, of(name)])),
    departures: discountDepartures(algorithm, town, run.params, run.config),
  };
};

test("a learner's discount per decision is the economy's discount factor to the power of the periods between decisions", () => {
  const { by, departures } = discounts(ppo);
  expect(by.households).toBe(0.9);
  expect(by.banks).toBeCloseTo(0.8 ** 4, 14);
  expect([by.government, by.strangers]).toEqual([0.99, 0.99]); // the algorithm's: an episode is one decision; none declared
  expect(departures).toEqual([]);
});

test("the discount follows the economy's parameters wherever they are set", () => {
  const { by, departures } = discounts(ppo, { patience: "0.35", bankPatience: 0.5, term: 1 });
  expect(by).toEqual({ government: 0.99, households: 0.35, banks: 0.5, strangers: 0.99 });
  expect(departures).toEqual([]);
});

test("a discount that is set is kept, and a departure names the setting, its value, the parameter and what follows from it", () => {
  const all = discounts(ppo, { "config.gamma": 0.7, term: 1 });
  expect(all.by).toEqual({ government: 0.7, households: 0.7, banks: 0.7, strangers: 0.7 });
  expect(all.departures.map(({ population }) => population)).toEqual(["households", "banks"]);
  expect(all.departures.map(inWords)).toEqual([
    "config.gamma is 0.7, but households discount by 0.9 per decision (patience); leave config.gamma out, or set it to 0.9.",
    "config.gamma is 0.7, but banks discount by 0.8 per decision (bankPatience); leave config.gamma out, or set it to 0.8.",
  ]);
  const one = discounts(ppo, { "config.banks.gamma": 0.1, term: 1 });
  expect(one.by).toEqual({ government: 0.99, households: 0.9, banks: 0.1, strangers: 0.99 });
  expect(one.departures.map(({ setting }) => setting)).toEqual(["config.banks.gamma"]);
  expect(discounts(ppo, {}, { gamma: 0.9, populations: { banks: { gamma: 0.5 } } }).departures).toMatchObject([
    { population: "banks", setting: "config.banks.gamma", given: 0.5, parameter: "bankPatience" },
  ]);
});

test("an algorithm with one discount for all takes it from populations that agree and refuses those that do not", () => {
  expect(discounts(repeatedQ, { bankPatience: 0.9, term: 1 }).by.strangers).toBe(0.9);
  expect(() => discounts(repeatedQ)).toThrow(
    /^repeated-q takes one gamma for all populations, but households discount by 0.9 \(patience\) and banks discount by 0.4096/,
  );
  expect(discounts(repeatedQ, { "config.gamma": 0.6 }).by.banks).toBe(0.6);
});

test("followers of a leader discount as the economy does, and so does a leader that learns", () => {
  const task = {
    name: "t",
    doc: "",
    leader: "households",
    controls: ["gift"],
    score: maximizeWelfare("households.utility"),
  } as never;
  const led = analytic({ task, followers: ppo, rule: fixed({ gift: 0 }) });
  const equal = { patience: 0.6, bankPatience: 0.6, term: 1 };
  const own = discounts(led as AnyAlgorithm, equal, {}, "followers.gamma");
  expect(own.by.banks).toBe(0.6);
  const departing = discounts(led as AnyAlgorithm, { ...equal, "config.followers.gamma": 0.5 }, {}, "followers.gamma");
  expect(departing.departures.map(({ population }) => population)).toEqual(["banks"]); // households lead by rule
  const both = twoTimescale({ task, followers: ppo, leader: "learner" }) as AnyAlgorithm;
  expect(discounts(both, { patience: 0.3 }, {}, "leader.gamma").by.households).toBe(0.3);
});

test("every shipped experiment's learners discount as its economy does", async () => {
  const targets = await findExperiments(undefined);
  expect(targets.length).toBe(experimentNames().length);
  for (const { experiment } of targets) {
    const { economy, algorithm } = experiment;
    if (!algorithm) continue;
    const run = resolveRun(experiment, {}, 1);
    expect(discountDepartures(algorithm, economy, run.params, run.config)).toEqual([]);
  }
});

test("a discount factor must be a parameter within 0 and 1", () => {
  const economy =
    (declared: Param, named = "patience") =>
    () =>
      defineEconomy({
        name: "town",
        source: "test",
        summary: "",
        params: { patience: declared as never },
        horizon: 1,
        populations: { people: people() },
        phases: ({ decide }) => ({ give: decide("people", { doc: "" }) }),
        discountFactor: { people: named as "patience" },
      });
  expect(economy(share(1))).not.toThrow();
  expect(economy(param(0.5, { min: 0 }))).toThrow(
    'Economy "town": discountFactor.people: patience must be a number within 0 and 1; declare its min and max.',
  );
  expect(economy(share(1), "patiense")).toThrow('discountFactor.people names "patiense". Did you mean "patience"?');
  expect(checkEconomy(economy(share(1))(), { periods: 2 }).length).toBeGreaterThan(0);
});
