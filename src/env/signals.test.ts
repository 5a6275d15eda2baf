// Agents who decide apart, by hand.
import { expect, test } from "vitest";
import { shifts } from "../../test/shifts.ts";
import { checkEconomy } from "../economy/check.ts";
import { decisionsOf } from "../economy/decisions.ts";
import { defineEconomy, discrete, type Economy, f64, grid, population, u8 } from "../economy/index.ts";
import { makeVectorEnv, someAct, type VectorEnv } from "./vector-env.ts";

const doc = "";
const started = (economy: Economy, numEnvs = 1, params = {}): VectorEnv => {
  const env = makeVectorEnv(economy, { numEnvs, params });
  env.reset(1);
  return env;
};

test("each agent's rewards accrue from its own decision to its own next one, or to the end of the episode", () => {
  const env = started(shifts());
  const { nurses, clerk } = env.batch;
  const rows: unknown[] = [];
  const note = () => {
    const told = (i: number) => nurses.acting[i] + nurses.truncated[i] > 0;
    rows.push([
      [...nurses.acting].join(""),
      [...nurses.truncated].join(""),
      [...nurses.rewards].map((r, i) => (told(i) ? r : null)),
      clerk.acting[0] ? clerk.rewards[0] : null,
    ]);
  };
  note();
  for (let k = 0; k < 10; k++) {
    env.step();
    note();
  }
  const none = [null, null, null, null];
  expect(rows).toEqual([
    ["1000", "0000", [0, null, null, null], null], // period 0
    ["0000", "0000", none, 0],
    ["1100", "0000", [1, 0, null, null], null], // period 1; the clerk does not decide
    ["1010", "0000", [2, null, 0, null], null],
    ["0000", "0000", none, 2],
    ["1100", "0000", [3, 102 + 103, null, null], null], // period 3
    ["1000", "1110", [4, 104, 203 + 204, null], null], // the next episode
    ["0000", "0111", [null, 104, 407, null], 2].map((x, k) => (k === 1 ? "0000" : k === 2 ? none : x)),
    ["1100", "0000", [1, 0, null, null], null], // what nurse 1 was paid before its first decision is nobody's
    ["1010", "0000", [2, null, 0, null], null],
    ["0000", "0000", none, 2],
  ]);
});

test("who is off duty keeps its last action, and its raw action is not looked at", () => {
  const env = started(shifts());
  const { nurses } = env.batch;
  const care = (env.simulation.worlds[0].nurses as unknown as { care: Float64Array }).care;
  nurses.actions.set([2, -7, 99, 1]); // only nurse 0 is on duty
  env.step();
  expect([...care]).toEqual([1, 0, 0, 0]);
  env.step();
  nurses.actions.set([0, 1, -1, -1]);
  env.step();
  expect([...care]).toEqual([0, 0.5, 0, 0]);
  nurses.actions.set([0, 0, 5, 0]);
  expect(() => env.step()).toThrow("action nurses.care[2] of world 0 is 5, expected an integer from 0 to 2.");
});

test("an episode's last observation is there for those whom it cut off", () => {
  const env = started(shifts());
  while (!env.truncated[0]) env.step();
  const { finalObs } = env.batch.nurses;
  expect([...finalObs.filter((_, k) => k % 2 === 1)]).toEqual([1, 1, 1, 1]); // period 4 of 4
  expect([...env.batch.nurses.obs.filter((_, k) => k % 2 === 1)]).toEqual([0, 0, 0, 0]);
});

test("continued from a position, everybody awaits what it awaited", () => {
  const whole = started(shifts(), 2);
  const trace = (env: VectorEnv, steps: number): unknown[] =>
    Array.from({ length: steps }, () => {
      env.batch.nurses.actions.fill(1);
      env.step();
      return [...Object.entries(env.state)].map(([name, x]) => [name, [...(x as Float64Array)]]);
    });
  for (const stop of [1, 2, 3, 5, 6]) {
    const before = started(shifts(), 2);
    trace(before, stop);
    const after = started(shifts(), 2);
    for (const [name, array] of Object.entries(before.state))
      (after.state[name] as Float64Array).set(array as Float64Array);
    after.resume(1, before.position);
    const { acting, terminated, truncated } = before.batch.nurses;
    expect(after.batch.nurses).toMatchObject({ acting, terminated, truncated });
    expect(after.batch.clerk.acting).toEqual(before.batch.clerk.acting);
    expect(trace(after, 9)).toEqual(trace(before, 9));
  }
  expect(whole.position.tick).toBe(0);
});

test("where nobody will ever decide, the environment says who was to", () => {
  const idle = defineEconomy({
    name: "idle",
    source: "test",
    summary: "",
    params: {},
    horizon: 3,
    populations: { people: population({ size: 2, state: { on: u8(), pay: f64() }, actions: { go: discrete(2) } }) },
    phases: ({ decide }) => ({ choose: decide("people", { doc, who: "on" }) }),
    reward: { people: { column: "pay", doc } },
  });
  const env = makeVectorEnv(idle, { numEnvs: 1 });
  env.reset(1);
  expect(() => env.step()).toThrow(
    'idle: nobody has decided for 7 periods. Who decides is said by phase "choose" (on); let somebody.',
  );
});

/** Traders bid knowing the price alone, and then choose a quantity knowing their bid too; both with masks. */
const market = defineEconomy({
  name: "market",
  source: "test",
  summary: "Two decisions of one population in a period, with different information.",
  params: {},
  horizon: 3,
  world: { price: f64({ initial: 0.5 }) },
  populations: {
    traders: population({
      size: 2,
      state: { bid: f64(), stock: f64({ initial: 2 }), paid: f64() },
      actions: { bid: grid(0, 1, 3), quantity: grid(0, 2, 3), hurry: discrete(2) },
    }),
  },
  phases: ({ decide, each }) => ({
    bid: decide("traders", { doc: "a bid", choices: ["bid"], observe: ["price"] }),
    order: decide("traders", {
      doc: "how much of it, and when",
      choices: ["hurry", "quantity"],
      observe: { own: { column: "bid", doc: "the bid" }, price: { world: "price", doc: "the price" } },
      mask: { quantity: { doc: "no more than is held", allows: (k, i, quantity) => quantity <= k.stock[i] } },
    }),
    trade: each("traders", { doc }, (k, from, to) => {
      for (let i = from; i < to; i++) {
        k.paid[i] = k.quantity[i] + k.bid[i];
        k.stock[i] -= k.quantity[i];
      }
    }),
  }),
  observe: { traders: { price: { world: "price", doc }, stock: { column: "stock", doc } } },
  mask: { traders: { bid: { doc: "not the highest", allows: (_k, _i, bid) => bid < 1 } } },
  reward: { traders: { column: "paid", doc } },
});

test("two decisions of one population have their own choices, information, masks and rewards, under their phases' names", () => {
  const env = started(market as Economy);
  expect(Object.keys(env.spec)).toEqual(["bid", "order"]);
  const { bid, order } = env.spec;
  expect([bid.population, order.population]).toEqual(["traders", "traders"]);
  expect([bid.features, order.features]).toEqual([["price"], ["own", "price"]]);
  const names = (of: typeof bid) => of.actions.map(({ name }) => name);
  expect([names(bid), names(order)]).toEqual([["bid"], ["quantity", "hurry"]]);
  expect([...env.batch.bid.actionMask!]).toEqual([1, 1, 0, 1, 1, 0]);
  env.batch.bid.actions.set([1, 0]);
  env.step();
  expect([...env.batch.order.obs]).toEqual([0.5, 0.5, 0, 0.5]); // what was just bid is known
  expect([...env.batch.order.actionMask!]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
  env.batch.order.actions.set([2, 0, 1, 1]);
  env.step();
  expect([someAct(env, "bid", 0), someAct(env, "order", 0)]).toEqual([true, false]);
  expect([...env.batch.bid.rewards]).toEqual([2.5, 1]);
  env.step();
  expect([...env.batch.order.rewards]).toEqual([2.5, 1]);
  expect([...env.batch.order.actionMask!]).toEqual([1, 0, 0, 1, 1, 1, 1, 0, 1, 1]);
  expect(checkEconomy(market as Economy).filter(({ pass, name }) => !pass && !name.includes("documented"))).toEqual([]);
});

test("what a decision names must be there, and an action belongs to one decision unless each says who takes it", () => {
  const { start: _, phases: __, ...rest } = market as Economy;
  type Decide = (population: string, options: object) => object;
  const define = (phases: Readonly<Record<string, object>>) => () => {
    const build = ({ decide }: { decide: Decide }) =>
      Object.fromEntries(
        Object.entries(phases).map(([name, options]) => [name, decide("traders", { doc, ...options })] as const),
      );
    const { end: _, truth: __, stress: ___, ...definition } = rest;
    return defineEconomy({ ...definition, phases: build } as never);
  };
  expect(define({ a: { choices: ["bit"] } })).toThrow('the choices of phase "a" names "bit". Did you mean "bid"?');
  expect(define({ a: { choices: [] } })).toThrow('phase "a" chooses nothing; leave choices out, or name an action.');
  expect(define({ a: { observe: ["prise"] } })).toThrow('what phase "a" observes names "prise".');
  expect(define({ a: { observe: { x: { column: "stok", doc } } } })).toThrow('Did you mean "stock"?');
  expect(define({ a: { mask: { quantiti: { doc, allows: () => true } } } })).toThrow('Did you mean "quantity"?');
  expect(define({ a: { choices: ["bid"], mask: { quantity: { doc, allows: () => true } } } })).toThrow(
    'the mask of phase "a" names "quantity".',
  );
  expect(define({ a: { who: "paid" } })).toThrow("traders.paid, f64; expected a column of kind i32 or u8.");
  expect(define({ a: { choices: ["bid", "hurry"] }, b: { choices: ["hurry"] } })).toThrow(
    'traders choose hurry in phase "a" and again in "b", which would overwrite the first choice. Divide the actions between them by `choices`, or say `who` takes either.',
  );
  const keys = decisionsOf(market as Economy).map(({ key, choices }) => [key, choices]);
  expect(keys).toEqual([
    ["bid", ["bid"]],
    ["order", ["quantity", "hurry"]],
  ]);
});
