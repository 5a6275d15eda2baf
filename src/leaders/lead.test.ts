// A leader's decisions made from outside: what followers see, when they see it, and what a leader that learns is paid.
import { expect, test } from "vitest";
import { trainOn } from "../../test/tiny-economies.ts";
import { ppo } from "../algorithms/ppo.ts";
import { plainMemory } from "../core/cut.ts";
import { box, defineEconomy, type Economy, f64, grid, param, population } from "../economy/index.ts";
import { makeVectorEnv } from "../env/vector-env.ts";
import { gridSearch } from "../optimise/grid-search.ts";
import { lead } from "./lead.ts";
import { nested } from "./nested.ts";
import { scored } from "./scored.ts";
import { reduceVolatility } from "./scores.ts";
import { characteristicsOf } from "./task.ts";

/** A price that the leader sets every `every` periods; the follower does nothing but look. */
const market = defineEconomy({
  name: "market",
  source: "test",
  summary: "A leader posts, a follower looks.",
  params: { every: param(2, { integer: true }) },
  horizon: 5,
  world: { posted: f64(), clock: f64() },
  populations: {
    ruler: population({ size: 1, state: { income: f64() }, actions: { price: box(0, 10), rate: box(-1, 1) } }),
    looker: population({ size: 2, state: { joy: f64() }, actions: { effort: box(0, 1) } }),
  },
  phases: ({ decide, world }) => ({
    post: decide("ruler", { doc: "a price", every: "every" }),
    announce: world({ doc: "it is known" }, (w) => {
      w.posted = w.ruler.price[0];
    }),
    look: decide("looker", { doc: "an effort" }),
    pay: world({ doc: "joy = price + effort" }, (w) => {
      for (let i = 0; i < 2; i++) w.looker.joy[i] = w.posted + w.looker.effort[i];
      w.ruler.income[0] = 100;
      w.clock += 1;
    }),
  }),
  observe: {
    ruler: { clock: { world: "clock", doc: "periods" }, posted: { world: "posted", doc: "last price" } },
    looker: { posted: { world: "posted", doc: "price" } },
  },
  reward: { ruler: { column: "income", doc: "100" }, looker: { column: "joy", doc: "price + effort" } },
});

test("followers are presented alone, and see what the leader's function decided in their world", () => {
  const asked: string[] = [];
  const env = lead(makeVectorEnv(market, { numEnvs: 3 }), "ruler", (e, actions) => {
    asked.push(`${e}@${env.simulation.period[e]}`);
    actions[0] = e + asked.length / 100;
  });
  expect(Object.keys(env.spec)).toEqual(["looker"]);
  expect(Object.keys(env.batch)).toEqual(["looker"]);
  env.reset(1);
  const { obs, acting, rewards, truncated, actions } = env.batch["looker"];
  const seen: number[][] = [];
  for (let period = 0; period < 7; period++) {
    expect([...acting]).toEqual([1, 1, 1, 1, 1, 1]); // both agents of three worlds
    if (period > 0) expect(rewards[0]).toBeCloseTo(seen[period - 1][0] + 0.5, 6); // of the period before, once
    seen.push([obs[0], obs[2], obs[4]]);
    expect([...truncated]).toEqual(new Array(6).fill(period === 5 ? 1 : 0));
    actions.fill(0.5);
    env.step();
    expect([...env.truncated]).toEqual(period === 4 ? [1, 1, 1] : [0, 0, 0]);
  }
  // every second period of an episode of five, in every world
  expect(asked).toEqual([0, 2, 4, 0, 2].flatMap((t) => [0, 1, 2].map((e) => `${e}@${t}`)));
  expect(seen.map(([x]) => x)).toEqual([0.01, 0.01, 0.04, 0.04, 0.07, 0.1, 0.1].map(Math.fround));
  expect(seen[0].map(Math.floor)).toEqual([0, 1, 2]);
});

test("there must be somebody to lead, and somebody who leads", () => {
  const env = makeVectorEnv(market, { numEnvs: 1 });
  expect(() => lead(env, "king", () => {})).toThrow(
    'market: "king" decides nothing, so it cannot lead. Those who decide: ruler, looker.',
  );
});

test("a leader that learns is paid its score's gains, which add up to the value of the episode", () => {
  const task = { name: "calm", leader: "ruler", observes: ["clock"], score: reduceVolatility("posted") };
  const env = scored(makeVectorEnv(market, { numEnvs: 2 }), task, { memory: plainMemory });
  env.reset(1);
  const { ruler, looker } = env.batch;
  const prices = [3, 8, 1, 4, 4, 4];
  const paid: number[] = [];
  let turn = 0;
  for (let step = 0; step < 14; step++) {
    if (ruler.acting[1]) {
      paid.push(ruler.rewards[1]);
      expect(ruler.obs[3]).toBe(0); // `posted` is not for it to see
      if (turn < prices.length) ruler.actions.set([prices[turn], 0, prices[turn], 0]);
      turn++;
    }
    looker.actions.fill(0);
    env.step();
  }
  // 3 3 8 8 1: mean 4.6, squares 2.56 · 2 + 11.56 · 2 + 12.96
  expect(paid[0]).toBe(0);
  expect(paid[1] + paid[2] + paid[3]).toBeCloseTo(-Math.sqrt(41.2 / 4), 5);
  expect(paid[1]).toBeCloseTo(0, 6);
  expect(paid[2]).toBeCloseTo(-Math.sqrt(25 / 3), 5);
});

test("where worlds explore, the leader is not asked and the function decides", () => {
  const task = { name: "calm", leader: "ruler", score: reduceVolatility("posted") };
  const elsewhere = {
    worlds: (e: number) => e === 1,
    commit: (_e: number, actions: { [d: number]: number }) => (actions[0] = 7),
  };
  const env = scored(makeVectorEnv(market, { numEnvs: 2 }), task, {
    memory: plainMemory,
    elsewhere: elsewhere as never,
  });
  env.reset(1);
  expect([...env.batch["ruler"].acting]).toEqual([1, 0]);
  env.batch["ruler"].actions.fill(2);
  env.step();
  expect([...env.batch["looker"].obs]).toEqual([2, 2, 7, 7]);
});

test("θ outside its bounds and controls that are not there are named", () => {
  const { ruler } = makeVectorEnv(market, { numEnvs: 1 }).spec;
  const task = (controls: object) =>
    ({ name: "t", leader: "ruler", controls, score: reduceVolatility("posted") }) as never;
  const free = characteristicsOf(task({ rate: 0.5, price: [2, 4] }), ruler);
  expect([free.names, [...free.low], [...free.high]]).toEqual([["price"], [2], [4]]);
  const raw = new Float32Array(2);
  free.encode(raw, [3]);
  expect([...raw]).toEqual([3, 0.5]);
  expect(() => free.check([5])).toThrow('Task "t": price is 5, expected from 2 to 4.');
  expect(() => free.check([Number.NaN])).toThrow("price is NaN");
  expect(() => characteristicsOf(task({ prise: 1 }), ruler)).toThrow(
    'Task "t": ruler has no control "prise". Did you mean "price"? It has: price, rate.',
  );
  expect(() => characteristicsOf(task({ price: [2, 40] }), ruler)).toThrow(
    "price is to be from 2 to 40, expected within 0 to 10",
  );
  expect(() => characteristicsOf(task({ price: 1, rate: 0 }), ruler)).toThrow("every control is fixed");
  expect(() => characteristicsOf(task({}), undefined)).toThrow('"ruler" decides nothing');
});

test("a leader whose choices are masked is refused: θ would be played whatever the mask says", () => {
  const ruler = population({ size: 1, state: { income: f64() }, actions: { price: grid(0, 10, 3) } });
  const capped = {
    ...market,
    populations: { ...market.populations, ruler },
    mask: { ruler: { price: { doc: "not 10", allows: (_k: unknown, _i: number, price: number) => price < 10 } } },
  } as unknown as Economy;
  const task = { name: "calm", leader: "ruler", score: reduceVolatility("posted") };
  const concept = nested({ task, followers: ppo, optimiser: gridSearch });
  expect(() => trainOn(concept as never, capped, { numEnvs: 4, totalSteps: 40 })).toThrow(
    'Task "calm": choices of the leader ruler are masked, expected none that are: θ is played as it is.',
  );
});
