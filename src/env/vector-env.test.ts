import { expect, test } from "vitest";
import { larder } from "../../test/tiny-economies.ts";
import { checkEconomy } from "../economy/check.ts";
import { describeEconomy } from "../economy/describe.ts";
import {
  type Allocator,
  type AnyRows,
  alone,
  box,
  defineEconomy,
  discrete,
  f64,
  grid,
  i32,
  param,
  population,
} from "../economy/index.ts";
import type { Box, Discrete } from "../economy/spaces.ts";
import { callingThread, execute } from "../engine/run.ts";
import { bareExperiment, resolveRun } from "../experiment/experiment.ts";
import { seedStream } from "../random/index.ts";
import { createRun, memoryStore } from "../store/index.ts";
import { makeVectorEnv, type VectorEnv, type VectorEnvOptions, worldCut } from "./vector-env.ts";

const doc = "";

// Age counts periods lived; the world ends for good when its fate, drawn at the start, is reached. Rewards: followers get what they chose,
// the leader gets 1 each period.
const state = defineEconomy({
  name: "state",
  source: "none",
  summary: "",
  params: {
    horizon: param(12, { integer: true }),
    term: param(5, { integer: true }),
    mortality: param(0, { min: 0, max: 1 }),
  },
  horizon: "horizon",
  world: { age: f64(), shock: f64(), fate: f64({ initial: 1 }) },
  populations: {
    leader: population({ size: 1, state: { joy: f64() }, actions: { law: discrete(3) } }),
    followers: population({ size: 4, state: { pay: f64() }, actions: { work: box(0, 2), rest: box(-1, 1) } }),
  },
  phases: ({ decide, each, world }) => ({
    weather: world({ doc }, (w, _p, draw) => {
      w.shock = draw.uniform("weather");
    }),
    rule: decide("leader", { doc, every: "term" }),
    work: decide("followers", { doc }),
    pay: each("followers", { doc }, (k, from, to) => {
      for (let i = from; i < to; i++) k.pay[i] = k.work[i];
    }),
    close: world({ doc }, (w, _p, draw) => {
      w.leader.joy[0] = 1;
      w.age += 1;
      w.fate = draw.uniform("fate");
    }),
  }),
  observe: {
    leader: { age: { world: "age", doc }, shock: { world: "shock", doc } },
    followers: { pay: { column: "pay", doc }, age: { world: "age", doc } },
  },
  reward: { leader: { column: "joy", doc }, followers: { column: "pay", doc } },
  end: (w, p) => w.fate < p.mortality,
});

function started(params: Record<string, unknown> = {}, options: Partial<VectorEnvOptions> = {}): VectorEnv {
  const env = makeVectorEnv(state, { numEnvs: 1, params, ...options });
  env.reset(1);
  return env;
}

test("populations decide in the order of phases, a slow one only every so often", () => {
  const env = started();
  const { leader, followers } = env.batch;
  const order: string[] = [];
  for (let k = 0; k < 30; k++) {
    order.push(`${leader.acting[0] ? "L" : ""}${followers.acting[0] ? "F" : ""}${env.simulation.period[0]}`);
    env.step();
  }
  // periods 0 … 11 of the first episode, then 0 … 11 of the next
  const episode = ["L0", "F0", "F1", "F2", "F3", "F4", "L5", "F5", "F6", "F7", "F8", "F9", "L10", "F10", "F11"];
  expect(order).toEqual([...episode, ...episode]);
});

test("rewards since the last decision arrive at the next one, once, also across the end of an episode", () => {
  const env = started();
  const { leader, followers } = env.batch;
  const income: number[] = [];
  const wages: number[] = [];
  for (let k = 0; k < 60; k++) {
    if (leader.acting[0]) income.push(leader.rewards[0]);
    if (followers.acting[0]) {
      wages.push(followers.rewards[2]);
      followers.actions.fill(0.5);
      followers.actions[2 * 2] = (wages.length % 4) / 4;
    }
    env.step();
  }
  expect(income.slice(0, 7)).toEqual([0, 5, 5, 2, 5, 5, 2]);
  expect(wages.slice(0, 9)).toEqual([0, 0.25, 0.5, 0.75, 0, 0.25, 0.5, 0.75, 0]);
});

test("the horizon truncates and does not terminate; the last observation is kept and the next one is fresh", () => {
  const env = started({ horizon: 3 });
  const { leader, followers } = env.batch;
  const seen: unknown[] = [];
  followers.actions.fill(1.5);
  for (let k = 0; k < 8; k++) {
    env.step();
    if (!env.truncated[0]) {
      expect(env.terminated[0]).toBe(0);
      continue;
    }
    seen.push([
      env.terminated[0],
      [...followers.finalObs.slice(0, 2)],
      leader.finalObs[0],
      leader.obs[0],
      leader.acting[0],
    ]);
    expect([leader.truncated[0], followers.truncated[0]]).toEqual([1, 1]);
  }
  expect(seen).toEqual([
    [0, [1.5, 3], 3, 0, 1],
    [0, [1.5, 3], 3, 0, 1],
  ]);
});

test("a flag of how an episode ended stays until the population has decided again", () => {
  const env = started({ horizon: 3 });
  const { leader, followers } = env.batch;
  while (!env.truncated[0]) env.step();
  expect([leader.acting[0], leader.truncated[0], followers.truncated[0]]).toEqual([1, 1, 1]);
  env.step(); // the leader decides
  expect([env.truncated[0], leader.truncated[0], followers.truncated[0]]).toEqual([0, 0, 1]);
  env.step(); // the followers decide
  expect([leader.truncated[0], followers.truncated[0]]).toEqual([0, 0]);
});

test("`end` terminates, and wins over the horizon", () => {
  const env = started({ mortality: 1, horizon: 1 });
  env.step();
  env.step();
  expect([env.terminated[0], env.truncated[0]]).toEqual([1, 0]);
  expect([env.batch.leader.terminated[0], env.batch.leader.truncated[0]]).toEqual([1, 0]);
  expect(env.batch.leader.finalObs[0]).toBe(1);
  expect(env.batch.leader.obs[0]).toBe(0);
});

test("worlds that end apart keep their own time", () => {
  const env = started({ mortality: 0.3, horizon: 50 }, { numEnvs: 6 });
  const { leader, followers } = env.batch;
  const lived = new Float64Array(6);
  const due = new Float64Array(6);
  env.onPeriod = (e) => {
    lived[e]++;
    due[e]++;
  };
  let apart = 0;
  for (let k = 0; k < 300; k++) {
    for (let e = 0; e < 6; e++) {
      const period = env.simulation.period[e];
      expect(period).toBeLessThan(50);
      if (leader.acting[e]) {
        expect(period % 5).toBe(0);
        expect(leader.rewards[e]).toBe(due[e]);
        due[e] = 0;
      }
    }
    if (new Set(env.simulation.period).size > 1) apart++;
    env.step();
  }
  expect(apart).toBeGreaterThan(200);
  expect(new Set(lived).size).toBe(1); // every world lives one period per tick
  expect(followers.acting.length).toBe(6 * 4);
});

test("an observation is (x − center)/scale, of the logarithm if so declared, of rows and of the world", () => {
  const economy = defineEconomy({
    name: "seen",
    source: "none",
    summary: "",
    params: { unit: param(4) },
    horizon: 9,
    world: { price: f64({ initial: 3 }) },
    populations: {
      people: population({
        size: 2,
        state: { cash: f64({ initial: 8 }), lots: i32({ initial: 6 }) },
        actions: { x: discrete(2) },
      }),
    },
    phases: ({ decide }) => ({ act: decide("people", { doc }) }),
    observe: {
      people: {
        plain: { column: "cash", doc },
        moved: { column: "cash", center: 2, scale: (p) => p.unit, doc },
        logged: { column: "cash", transform: "log", center: (p) => Math.log(p.unit), scale: 2, doc },
        count: { column: "lots", scale: 3, doc },
        price: { world: "price", center: 1, doc },
        logPrice: { world: "price", transform: "log", scale: 10, doc },
      },
    },
  });
  const env = makeVectorEnv(economy, { numEnvs: 2 });
  env.reset(1);
  const row = [8, 1.5, Math.log(2) / 2, 2, 2, Math.log(3) / 10].map(Math.fround);
  expect([...env.batch.people.obs]).toEqual([...row, ...row, ...row, ...row]);
  expect(env.spec.people.features).toEqual(["plain", "moved", "logged", "count", "price", "logPrice"]);
  ((env.simulation.worlds[1].people as AnyRows).cash as Float64Array)[1] = 4;
  env.observe();
  expect(env.batch.people.obs[18]).toBe(4);
  expect(env.batch.people.obs[19]).toBe(0.5);
});

const shop = defineEconomy({
  name: "shop",
  source: "none",
  summary: "",
  params: {},
  horizon: 9,
  populations: {
    people: population({ size: 2, state: { paid: f64() }, actions: { price: grid(1, 3, 5), kind: discrete(3) } }),
  },
  phases: ({ decide, each }) => ({
    act: decide("people", { doc }),
    pay: each("people", { doc }, (k, from, to) => {
      for (let i = from; i < to; i++) k.paid[i] = k.price[i] + 10 * k.kind[i];
    }),
  }),
});

test("choices become quantities: a grid's value, a code", () => {
  const env = makeVectorEnv(shop, { numEnvs: 1 });
  env.reset(1);
  env.batch.people.actions.set([0, 2, 3, 1]);
  env.step();
  expect([...(env.simulation.columns["people.paid"] as Float64Array)]).toEqual([21, 12.5]);
});

test("a choice out of range is an error that names action, agent and range", () => {
  for (const bad of [-1, 5, 1000]) {
    const env = makeVectorEnv(shop, { numEnvs: 2 });
    env.reset(1);
    env.batch.people.actions[4 + 2] = bad;
    expect(() => env.step()).toThrow(
      `shop: action people.price[1] of world 1 is ${bad}, expected an integer from 0 to 4.`,
    );
  }
});

test("reals are clipped to the box, and NaN is an error", () => {
  const env = started();
  env.step(); // the leader
  env.batch.followers.actions.set([-5, -5, 0.5, 0.5, 9, 9, Infinity, -Infinity]);
  env.step();
  expect([...(env.simulation.columns["followers.work"] as Float64Array)]).toEqual([0, 0.5, 2, 2]);
  expect([...(env.simulation.columns["followers.rest"] as Float64Array)]).toEqual([-1, 0.5, 1, -1]);
  env.batch.followers.actions[3] = Number.NaN;
  expect(() => env.step()).toThrow("state: action followers.rest[1] of world 0 is NaN, expected a real number.");
});

test("no weather repeats from one episode to the next, and the same seed brings it all back", () => {
  const env = started({ horizon: 2, term: 1 });
  const { leader } = env.batch;
  const observe = (): number[] => {
    const seen: number[] = [];
    for (let k = 0; k < 200; k++) {
      if (leader.acting[0]) seen.push(leader.obs[1]);
      env.step();
    }
    return seen;
  };
  const first = observe();
  expect(new Set(first).size).toBe(100);
  env.reset(1);
  expect(observe()).toEqual(first);
  env.reset(2);
  expect(observe()).not.toEqual(first);
});

/** Every world acts at random, by world and tick only. */
function playAtRandom(envs: readonly VectorEnv[], steps: number): void {
  const rng = seedStream(5);
  const law = rng.fork("law");
  const work = rng.fork("work");
  for (const env of envs) env.reset(3);
  for (let k = 0; k < steps; k++)
    for (const env of envs) {
      for (const e of env.localWorlds) {
        env.batch.leader.actions[e] = law.integerAt(e, k, 0, 3);
        for (let a = 0; a < 8; a++) env.batch.followers.actions[e * 8 + a] = 3 * work.uniformAt(e, k, a) - 1;
      }
      env.step();
    }
}

function contents(env: VectorEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env.state).map(([name, x]) => [
      name,
      Buffer.from(x.buffer, x.byteOffset, x.byteLength).toString("hex"),
    ]),
  );
}

const wild = { numEnvs: 5, params: { mortality: 0.2, horizon: 7, term: 3 } };

test("worlds cut into 1, 2 and 7 pieces give the same bytes", () => {
  const [whole, ...cut] = [1, 2, 7].map((pieces) => {
    const env = makeVectorEnv(state, { ...wild, pieces });
    playAtRandom([env], 40);
    return contents(env);
  });
  for (const other of cut) expect(other).toEqual(whole);
});

test("two ranks on one memory give the same bytes as one", () => {
  const alive = { ...wild, params: { ...wild.params, term: 1 } }; // everybody acts always, so ranks need not wait for each other
  const one = makeVectorEnv(state, alive);
  playAtRandom([one], 40);
  const arrays: ReturnType<Allocator["f64" | "f32" | "i32" | "u8"]>[] = [];
  const shared = (): Allocator => {
    let next = 0;
    const take =
      <A extends (typeof arrays)[number]>(make: new (n: number) => A) =>
      (n: number): A =>
        (arrays[next++] ??= new make(n)) as A;
    return { f64: take(Float64Array), f32: take(Float32Array), i32: take(Int32Array), u8: take(Uint8Array) };
  };
  const ranks = [0, 1].map((rank) =>
    makeVectorEnv(state, { ...alive, memory: shared(), team: { ...alone, rank, size: 2 }, pieces: 2 }),
  );
  expect(ranks.map(({ localWorlds }) => localWorlds)).toEqual([
    [0, 1],
    [2, 3, 4],
  ]);
  playAtRandom(ranks, 40);
  expect(contents(ranks[0])).toEqual(contents(one));
});

test("continuing from state and position gives the same bytes as not having stopped", () => {
  const straight = makeVectorEnv(state, wild);
  playAtRandom([straight], 40);
  const before = makeVectorEnv(state, wild);
  playAtRandom([before], 17);
  const after = makeVectorEnv(state, wild);
  for (const [name, x] of Object.entries(before.state)) {
    const y = after.state[name];
    new Uint8Array(y.buffer, y.byteOffset, y.byteLength).set(new Uint8Array(x.buffer, x.byteOffset, x.byteLength));
  }
  after.resume(3, before.position);
  const rng = seedStream(5);
  const law = rng.fork("law");
  const work = rng.fork("work");
  for (let k = 17; k < 40; k++) {
    for (let e = 0; e < 5; e++) {
      after.batch.leader.actions[e] = law.integerAt(e, k, 0, 3);
      for (let a = 0; a < 8; a++) after.batch.followers.actions[e * 8 + a] = 3 * work.uniformAt(e, k, a) - 1;
    }
    after.step();
  }
  expect(contents(after)).toEqual(contents(straight));
  expect(after.position).toEqual(straight.position);
});

test("pieces cover all worlds once", () => {
  for (const numEnvs of [1, 5, 8])
    for (const pieces of [1, 2, 7, 20]) {
      const covered = Array.from({ length: pieces }, (_, piece) => worldCut(numEnvs, pieces, piece));
      expect(covered[0][0]).toBe(0);
      expect(covered.at(-1)![1]).toBe(numEnvs);
      for (let piece = 1; piece < pieces; piece++) expect(covered[piece][0]).toBe(covered[piece - 1][1]);
    }
});

test("what cannot be an environment says why", () => {
  const economy = (actions: Readonly<Record<string, Box<never> | Discrete<never>>>, every: number, decides = true) =>
    defineEconomy({
      name: "hall",
      source: "none",
      summary: "",
      params: {},
      horizon: 3,
      populations: { people: population({ size: 1, state: { x: f64() }, actions }) },
      phases: ({ decide, world }) =>
        decides ? { act: decide("people", { doc, every }) } : { idle: world({ doc }, () => {}) },
    });
  const make = (e: ReturnType<typeof economy>) => () => makeVectorEnv(e, { numEnvs: 1 });
  expect(make(economy({ a: discrete(2) }, 1, false))).toThrow(
    'Economy "hall" has no decision, so it cannot be an environment; simulate it instead.',
  );
  expect(make(economy({}, 1))).toThrow("hall: people decides but declares no actions.");
  expect(make(economy({ a: discrete(2), b: box(0, 1) }, 1))).toThrow("hall: people mixes boxes with grids or codes");
  for (const every of [0, 2.5, -1])
    expect(make(economy({ a: discrete(2) }, every))).toThrow(
      `hall: phase "act" decides every ${every} periods, expected an integer of at least 1, "episode" or "never".`,
    );
});

test("masks say which choices make sense now, in every dimension, also with an episode's last observation; without them there are none", () => {
  expect(started().batch.leader.actionMask).toBe(null);
  const env = makeVectorEnv(larder, { numEnvs: 2 });
  env.reset(1);
  const { eaters } = env.batch;
  expect(env.spec.eaters.masked).toBe(true);
  const expected = (obs: Float32Array) =>
    [...obs].flatMap((x) => [...[0, 1, 2, 3].map((n) => (n <= 3 * x + 1e-6 ? 1 : 0)), 1, 1]);
  const met = new Set<number>();
  for (let k = 0; k < 14; k++) {
    expect([...eaters.actionMask!]).toEqual(expected(eaters.obs));
    for (const x of eaters.obs) met.add(Math.round(3 * x));
    env.step();
    if (env.truncated[0]) expect([...eaters.finalActionMask!]).toEqual(expected(eaters.finalObs));
  }
  expect(met.size).toBe(4);
  (env.simulation.worlds[1].eaters as unknown as { stock: Float64Array }).stock.fill(1);
  env.observe();
  expect([...eaters.actionMask!.subarray(24)]).toEqual(expected(new Float32Array(4).fill(1 / 3)));
});

test("a mask that allows nothing is an error that says where; so is one of a box, or of an action that is not there", () => {
  const strict = { ...larder, mask: { eaters: { eaten: { doc, allows: (_k: unknown, i: number) => i !== 2 } } } };
  expect(() => makeVectorEnv(strict as never, { numEnvs: 1 }).reset(1)).toThrow(
    "larder: mask.eaters.eaten allows row 2 of world 0 nothing; one choice at least must make sense.",
  );
  const people = population({ size: 1, actions: { lean: box(0, 1), go: discrete(2) } });
  const masked = (mask: object) => () =>
    defineEconomy({
      name: "masked",
      source: "none",
      summary: "",
      params: {},
      horizon: 1,
      populations: { people },
      phases: () => ({}),
      mask,
    });
  const allows = () => true;
  expect(masked({ people: { lean: { doc, allows } } })).toThrow("mask.people.lean: a box has no choices to leave out.");
  expect(masked({ people: { goo: { doc, allows } } })).toThrow('Did you mean "go"?');
});

test("random play keeps to masks, checks do not, and the rules say what they are", async () => {
  const experiment = { ...bareExperiment(larder), totalSteps: 60 };
  const run = resolveRun(experiment, { strict: 1 }, 3);
  const manifest = {
    name: "larder",
    config: {},
    version: "0",
    node: "0",
    machine: { platform: "", arch: "", cpu: "", cores: 1 },
  };
  const { summary } = await execute({
    experiment,
    run,
    writer: createRun(memoryStore("larder"), manifest),
    group: callingThread,
  });
  expect(summary.greed).toBe(0);
  const [survives] = checkEconomy(larder, { params: { strict: 1 }, seeds: [1], periods: 20 }).filter(({ name }) =>
    name.startsWith("phases survive"),
  );
  expect(survives.detail).toContain("somebody was greedy");
  expect(describeEconomy(larder)).toContain("- **eaten**: no more than there is");
});
