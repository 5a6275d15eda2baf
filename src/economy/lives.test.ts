import { expect, test } from "vitest";
import { guests } from "../../test/guests.ts";
import { recording } from "../../test/recording.ts";
import { trainOn } from "../../test/tiny-economies.ts";
import { ppo } from "../algorithms/ppo.ts";
import { makeVectorEnv } from "../env/vector-env.ts";
import { watched } from "../experiment/watching.ts";
import {
  type AnyRows,
  checkEconomy,
  createSimulation,
  defineEconomy,
  describeEconomy,
  discrete,
  type Economy,
  f64,
  index,
  living,
  population,
  u8,
} from "./index.ts";

const doc = "";

test("an exit is the agent's end, with all that it earned; an entrant begins anew in its row", () => {
  const env = makeVectorEnv(guests(), { numEnvs: 1 });
  env.reset(1);
  const { acting, terminated, truncated, rewards } = env.batch.guests;
  const rows: unknown[] = [];
  for (let t = 0; t < 8; t++) {
    const told = [0, 1, 2].map((i) => (acting[i] + terminated[i] + truncated[i] > 0 ? rewards[i] : null));
    rows.push([[...acting].join(""), [...terminated].join(""), [...truncated].join(""), told]);
    env.step();
  }
  expect(rows).toEqual([
    ["100", "000", "000", [0, null, null]], // 1
    ["110", "000", "000", [10, 0, null]], // 1 and 2, who both leave
    ["100", "110", "000", [11, 20, null]], // 3, in the row of 1; nobody is in the row of 2
    ["110", "000", "000", [30, 0, null]], // 4, in the row of 2
    ["100", "110", "000", [31, 40, null]], // 5
    ["100", "000", "100", [50, null, null]], // the next episode: 5 was cut off
    ["110", "000", "000", [10, 0, null]],
    ["100", "110", "000", [11, 20, null]],
  ]);
});

test("rows are free from the period after they were left, and are taken in order, as many as there are", () => {
  const simulation = createSimulation(guests(), { params: { rooms: 7, arrivals: 4.9, horizon: 100 } });
  simulation.reset(0);
  const { alive, number, age } = simulation.worlds[0].guests as AnyRows as Record<string, Float64Array>;
  const born: number[] = [];
  const after = (t: number): void => {
    for (; simulation.period[0] <= t; simulation.endPeriod(0))
      for (let index = 0; index < simulation.phases.length; index++) {
        simulation.runPhase(index, 0);
        if (index === 0) born.push(simulation.worlds[0].came as number);
      }
  };
  const state = () => [...alive].map((live, i) => (live ? `${number[i]}.${age[i]}` : "-").replace(".0", ""));
  after(0); // all of a period's entrants have one number: odd ones stay
  expect(state()).toEqual(["1.1", "1.1", "1.1", "1.1", "-", "-", "-"]);
  after(1); // three rooms for five; number 5 is odd, and those of number 1 leave
  expect(state()).toEqual(["-", "-", "-", "-", "5.1", "5.1", "5.1"]);
  after(2);
  expect(state()).toEqual(["-", "-", "-", "-", "-", "-", "-"]); // four of number 8, who leave at once, as those of number 5 do
  expect(born).toEqual([4, 3, 4]);
});

test("totals, what is watched and living() leave out the dead; `dead: true` counts them", () => {
  const simulation = createSimulation(guests(), { params: { rooms: 5 } });
  simulation.reset(0);
  const w = simulation.worlds[0];
  simulation.runPhase(0, 0);
  for (let index = 1; index < 6; index++) if (index !== 2) simulation.runPhase(index, 0);
  expect([w.paid, w.rooms, w.paidTo]).toEqual([10, 1, 10 - 4]); // free rooms hold the initial −1
  const { pay, alive } = w.guests as AnyRows as Record<string, Float64Array>;
  expect([...living(pay, alive)]).toEqual([10]);
  const figure = { title: "pay", population: "guests", column: "pay", caption: "" };
  const { "watch/guests.pay/mean": mean, ...rest } = watched({ ...guests(), figures: [figure] }, w);
  expect(mean).toBe(10);
  expect(Object.keys(rest).filter((name) => /\d$/.test(name) && !/p\d\d$/.test(name))).toEqual(["watch/guests.pay/0"]);
});

test("sums of items and by group leave out the dead, and a row that was left in this period is not taken in it", () => {
  const village = defineEconomy({
    name: "village",
    source: "test",
    summary: "",
    params: {},
    horizon: 9,
    world: { n: f64({ each: 2 }), came: f64() },
    populations: {
      houses: population({ size: 2, state: { x: f64(), people: f64(), all: f64() } }),
      people: population({
        size: 6,
        lives: "alive",
        state: {
          alive: u8({ initial: 1 }),
          x: f64({ initial: 2 }),
          z: f64({ each: 2, initial: 3 }),
          home: index("houses"),
        },
      }),
    },
    phases: ({ each, enter, total }) => ({
      settle: each("people", { doc }, (k, from, to, w) => {
        for (let i = from; i < to; i++) {
          k.home[i] = i < 3 ? 0 : 1;
          if (w.period === 0) k.alive[i] = i % 3 === 0 ? 0 : 1; // 0 and 3 die
        }
      }),
      come: enter("people", { doc, number: () => 5, entered: "came" }),
      items: total("people", { doc }, { n: "z" }),
      groups: total("people", { doc, by: "home" }, { people: () => 1, x: "x" }),
      everybody: total("people", { doc, by: "home", dead: true }, { all: "x" }),
    }),
  });
  const simulation = createSimulation(village);
  simulation.reset(0);
  const period = (): void => {
    for (let index = 0; index < simulation.phases.length; index++) simulation.runPhase(index, 0);
    simulation.endPeriod(0);
  };
  const w = simulation.worlds[0];
  const { x, people, all } = w.houses as AnyRows as Record<string, Float64Array>;
  period();
  expect([w.came, [...(w.n as Float64Array)], [...people], [...x], [...all]]).toEqual([
    0,
    [12, 12],
    [2, 2],
    [4, 4],
    [6, 6],
  ]);
  period();
  expect([w.came, [...people]]).toEqual([2, [2, 2]]); // entrants have no home yet
  period();
  expect([w.came, [...people]]).toEqual([0, [3, 3]]);
});

test("nobody sees a dead row: its own observation is 0, and so is what others see of it", () => {
  const pair = defineEconomy({
    name: "pair",
    source: "test",
    summary: "",
    params: {},
    horizon: 9,
    populations: {
      people: population({
        size: 3,
        lives: "alive",
        state: { alive: u8({ initial: 1 }), x: f64({ initial: 5 }), pay: f64() },
        actions: { go: discrete(2) },
      }),
    },
    phases: ({ decide, each }) => ({
      go: decide("people", { doc }),
      die: each("people", { doc }, (k, from, to) => {
        for (let i = from; i < to; i++) if (i === 1) k.alive[i] = 0;
      }),
    }),
    observe: { people: { x: { column: "x", of: "everyone", center: 1, doc }, own: { column: "x", doc } } },
    reward: { people: { column: "pay", doc } },
  }) as Economy;
  const env = makeVectorEnv(pair, { numEnvs: 1 });
  env.reset(1);
  expect([...env.batch.people.obs]).toEqual([4, 4, 4, 5, 4, 4, 4, 5, 4, 4, 4, 5]);
  env.step();
  expect([...env.batch.people.obs]).toEqual([4, 0, 4, 5, 0, 0, 0, 0, 4, 4, 0, 5]); // own first
  expect([...env.batch.people.acting]).toEqual([1, 0, 1]);
});

test("GAE runs along the decisions of one life: its last one has no future, and the next life's reward is not its own", () => {
  const { backend, runs } = recording();
  const [gamma, gaeLambda] = [0.9, 0.7];
  trainOn(ppo, guests(), {
    config: {
      ...{ gamma, gaeLambda, numSteps: 11, numMinibatches: 1, updateEpochs: 1, normAdv: false, updates: 2 },
      ...{ hiddenLayers: 1, hiddenWidth: 4 },
    },
    numEnvs: 2,
    totalSteps: 2 * 24,
    params: { horizon: 100 },
    backend,
  });
  let checked = 0;
  for (const { inputs } of runs) {
    const rows = inputs.weight.flatMap((weight, b) =>
      weight === 0
        ? []
        : [
            {
              number: Math.round(10 * inputs.obs[3 * b]),
              age: inputs.obs[3 * b + 1],
              advantage: inputs.advantage[b],
              value: inputs.value[b],
              target: inputs.target[b],
            },
          ],
    );
    for (const row of rows) {
      const { number: L, age, value: V } = row;
      const last = 10 * L + (L % 2);
      let expected = last - V;
      if (L % 2 === 1 && age === 0) {
        // Two worlds are alike, and so are their values
        const next = rows.find((other) => other.number === L && other.age === 1);
        if (!next) continue; // in the next rollout
        expected = 10 * L + gamma * next.value - V + gamma * gaeLambda * (last - next.value);
      }
      expect(Math.abs(row.advantage - expected)).toBeLessThan(1e-4 * 10 * L);
      expect(Math.abs(row.target - expected - V)).toBeLessThan(1e-4 * 10 * L);
      checked++;
    }
  }
  expect(checked).toBeGreaterThan(40);
});

test("what is not so of lives is refused", () => {
  const state = { alive: u8(), x: f64() };
  expect(() => population({ size: 2, state, lives: "x" as "alive" })).not.toThrow(); // seen where it is declared
  const define = (people: object, phases: (build: never) => object) => () =>
    defineEconomy({
      name: "hall",
      source: "test",
      summary: "",
      params: {},
      horizon: 3,
      world: { s: f64(), v: f64({ each: 2 }) },
      populations: { people },
      phases,
    } as never);
  const none = () => ({});
  expect(define(population({ size: 2, state, lives: "x" as "alive" }), none)).toThrow(
    "what people live by is people.x, f64; expected a column of kind u8.",
  );
  expect(define(population({ size: 2, state, lives: "alife" as "alive" }), none)).toThrow('Did you mean "alive"?');
  type Enter = { enter: (population: string, options: object) => object };
  const enters =
    (options: object) =>
    ({ enter }: Enter) => ({ come: enter("people", { doc, ...options }) });
  const number = () => 1;
  expect(define(population({ size: 2, state }), enters({ number }))).toThrow(
    'phase "come" enters people, who live for ever; declare `lives` of population({ … }).',
  );
  const mortal = population({ size: 2, state, lives: "alive" });
  expect(define(mortal, enters({}))).toThrow("number is missing, expected a function");
  expect(define(mortal, enters({ number, entered: "v" }))).toThrow("world.v how many entered, which has several items");
  const economy = define(mortal, enters({ number: () => Number.NaN }))();
  const simulation = createSimulation(economy);
  simulation.reset(0);
  expect(() => simulation.runPhase(0, 0)).toThrow(
    'phase "come": the number who enter people is NaN, expected a number.',
  );
});

test("an economy with lives passes its checks, and its rules say who lives", () => {
  expect(checkEconomy(guests()).filter(({ pass, name }) => !pass && !name.includes("documented"))).toEqual([]);
  const text = describeEconomy(guests());
  expect(text).toContain("guests choose tip in phase tip, where alive is not 0.");
  expect(text).toContain("(new lives of guests)");
});
