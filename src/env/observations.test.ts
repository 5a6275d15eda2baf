// What agents see, every number of it, against plain formulas: own rows and everybody's, items, scalars, logarithms, scales, and the dead.
import { expect, test } from "vitest";
import { defineEconomy, f64, grid, param, population, u8 } from "../economy/index.ts";
import { makeVectorEnv, someAct } from "./vector-env.ts";

const doc = "what it is";
const [E, N] = [2, 3];
const crowd = (mortal: boolean) =>
  defineEconomy({
    name: "crowd",
    source: "none",
    summary: "",
    params: { scale: param(4) },
    horizon: 3,
    world: { rent: f64({ initial: 2 }), rates: f64({ each: 2, initial: 3 }) },
    populations: {
      people: population({
        size: N,
        state: { x: f64({ initial: 1 }), pair: f64({ each: 2, initial: 1 }), alive: u8({ initial: 1 }), paid: f64() },
        actions: { act: grid(0, 1, 2) },
        ...(mortal ? { lives: "alive" as const } : {}),
      }),
      others: population({ size: 1, state: { y: f64({ initial: 5 }) }, actions: { act: grid(0, 1, 2) } }),
    },
    phases: ({ decide, each }) => ({
      choose: decide("people", { doc }),
      rest: each("people", { doc }, () => {}),
      seldom: decide("others", { doc, every: "episode" }),
    }),
    observe: {
      people: {
        own: { column: "x", doc, transient: true },
        all: { column: "x", of: "everyone", center: 1, scale: ({ scale }) => scale, doc },
        pairs: { column: "pair", transform: "log", doc },
        allPairs: { column: "pair", of: "everyone", center: -1, doc },
        rent: { world: "rent", transform: "log", scale: 0.5, doc },
        rates: { world: "rates", center: 1, doc },
        allLogs: { column: "x", of: "everyone", transform: "log", doc },
        price: { column: "paid", center: 7, scale: 2, doc },
      },
      others: { y: { column: "y", doc } },
    },
    reward: { people: { column: "paid", doc }, others: { column: "y", doc } },
    informationCost: { people: "price" },
  });

/** Numbers of both worlds, told apart by world, row and item. */
const value = (name: number, e: number, i: number, m = 0) => 1 + name + 10 * e + 3 * i + m;

test.each([false, true])("every number that is seen is the formula's, where some are dead: %s", (mortal) => {
  const env = makeVectorEnv(crowd(mortal), { numEnvs: E });
  env.reset(1);
  const set = (key: string, numbers: readonly number[]) => (env.simulation.columns[key] as Float64Array).set(numbers);
  const worlds = [0, 1];
  const rows = [0, 1, 2];
  set(
    "people.x",
    worlds.flatMap((e) => rows.map((i) => value(0, e, i))),
  );
  set(
    "people.pair",
    worlds.flatMap((e) => rows.flatMap((i) => [0, 1].map((m) => value(1, e, i, m)))),
  );
  set(
    "people.paid",
    worlds.flatMap((e) => rows.map((i) => value(2, e, i))),
  );
  set(
    "world.rent",
    worlds.map((e) => value(3, e, 0)),
  );
  set(
    "world.rates",
    worlds.flatMap((e) => [0, 1].map((m) => value(4, e, 0, m))),
  );
  const dead = (e: number, i: number) => mortal && (e === 0 ? i === 1 : i !== 1);
  set(
    "people.alive",
    worlds.flatMap((e) => rows.map((i) => Number(!dead(e, i)))),
  );
  env.observe();

  const spec = env.spec.people;
  const others = (i: number) => [i, ...rows.filter((j) => j !== i)]; // own first, then in order
  const expected = worlds.flatMap((e) =>
    rows.map((i) => {
      const seen = (j: number, x: number) => (dead(e, j) ? 0 : x);
      const row = [
        value(0, e, i),
        ...others(i).map((j) => seen(j, (value(0, e, j) - 1) / 4)),
        ...[0, 1].map((m) => Math.log(value(1, e, i, m))),
        ...others(i).flatMap((j) => [0, 1].map((m) => seen(j, value(1, e, j, m) + 1))),
        Math.log(value(3, e, 0)) / 0.5,
        ...[0, 1].map((m) => value(4, e, 0, m) - 1),
        ...others(i).map((j) => seen(j, Math.log(value(0, e, j)))),
        (value(2, e, i) - 7) / 2,
      ];
      return dead(e, i) ? row.map(() => 0) : row;
    }),
  );
  expect(spec.features).toEqual([
    ...["own", "all/0", "all/1", "all/2", "pairs/0", "pairs/1"],
    ...["allPairs/0/0", "allPairs/0/1", "allPairs/1/0", "allPairs/1/1", "allPairs/2/0", "allPairs/2/1"],
    ...["rent", "rates/0", "rates/1", "allLogs/0", "allLogs/1", "allLogs/2", "price"],
  ]);
  const F = spec.features.length;
  for (const [r, row] of expected.entries())
    for (const [f, x] of row.entries())
      expect([r, spec.features[f], env.batch.people.obs[r * F + f]]).toEqual([
        r,
        spec.features[f],
        expect.closeTo(x, 4),
      ]);
  expect(spec.transient).toEqual([true, ...new Array(F - 1).fill(false)]);
  expect(spec.informationCost).toEqual({ feature: F - 1, center: 7, scale: 2 });
  expect([spec.apart ?? false, env.spec.others.apart ?? false]).toEqual([mortal, false]);
  expect(env.spec.others.informationCost).toBe(null);

  // only one decision's, and only of those who are asked
  (env.simulation.columns["people.x"] as Float64Array).fill(2);
  (env.simulation.columns["others.y"] as Float64Array).fill(8);
  env.observe("others");
  expect([...env.batch.others.obs]).toEqual([8, 8]);
  expect(env.batch.people.obs[0]).toBeCloseTo(expected[0][0], 5);
  env.observe("people");
  expect(env.batch.people.obs[0]).toBe(2);
});

test("who decides once in an episode decides in its first period, and somebody acts where any agent does", () => {
  const env = makeVectorEnv(crowd(false), { numEnvs: E });
  env.reset(1);
  const turns: string[] = [];
  for (let k = 0; k < 8; k++) {
    turns.push(env.decisionAt[env.position.cursor]!);
    env.step();
  }
  // three periods, of which the first has both
  expect(turns).toEqual(["people", "others", "people", "people", "people", "others", "people", "people"]);
  const spec = { a: { ...env.spec.people, apart: true }, b: env.spec.people };
  const acting = Uint8Array.of(0, 0, 1, 0, 0, 0);
  const batch = { a: { ...env.batch.people, acting }, b: { ...env.batch.people, acting } };
  expect([0, 1].map((e) => someAct({ spec, batch }, "a", e))).toEqual([true, false]);
  expect([0, 1].map((e) => someAct({ spec, batch }, "b", e))).toEqual([false, false]);
});

test("phases run once each, in order, between decisions; those before the first also for an episode's last observation", () => {
  const log: string[] = [];
  const note = (what: string) => (w: { readonly period: number }) => void log.push(`${what} ${w.period}`);
  const economy = defineEconomy({
    name: "order",
    source: "none",
    summary: "",
    params: {},
    horizon: 2,
    populations: {
      firms: population({ size: 1, state: { x: f64() }, actions: { act: grid(0, 1, 2) } }),
      people: population({ size: 1, state: { x: f64() }, actions: { act: grid(0, 1, 2) } }),
    },
    start: ({ world }) => ({ begin: world({ doc }, note("begin")) }),
    phases: ({ decide, world }) => ({
      before: world({ doc }, note("before")),
      first: decide("firms", { doc }),
      between: world({ doc }, note("between")),
      again: world({ doc }, note("again")),
      second: decide("people", { doc }),
      after: world({ doc }, note("after")),
    }),
    reward: { firms: { column: "x", doc }, people: { column: "x", doc } },
  });
  const env = makeVectorEnv(economy, { numEnvs: 1 });
  const since = (run: () => void) => {
    log.length = 0;
    run();
    return log.join(", ");
  };
  expect(since(() => env.reset(1))).toBe("begin 0, before 0");
  const period = [
    ["between 0, again 0", 0],
    ["after 0, before 1", 1],
    ["between 1, again 1", 1],
    ["after 1, before 2, begin 0, before 0", 2],
  ] as const;
  for (const round of [0, 1])
    for (const [ran, ticks] of period) {
      expect(since(() => env.step())).toBe(ran);
      expect(env.position.tick).toBe(2 * round + ticks);
    }
});
