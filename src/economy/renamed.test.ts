// renamed: a part twice in one economy. Under other names it does to the last bit what it does alone, whatever kinds of phases it has.
import { expect, expectTypeOf, test } from "vitest";
import { fresh } from "../../test/periods.ts";
import { choice, derived, type ParamValues, param } from "../core/params.ts";
import { makeVectorEnv } from "../env/vector-env.ts";
import { checkEconomy } from "./check.ts";
import { eventTime, f64, i32, index, u8 } from "./columns.ts";
import { compose } from "./compose.ts";
import type { Economy } from "./economy.ts";
import { links } from "./links.ts";
import { messages } from "./messages.ts";
import { ring } from "./networks.ts";
import { extension, part } from "./part.ts";
import type { Phases } from "./phases/index.ts";
import { population, type Rows } from "./population.ts";
import { renamed } from "./renamed.ts";
import { createSimulation } from "./simulation.ts";
import { discrete, grid } from "./spaces.ts";

const doc = { doc: "something happens" };
/** A part with phases of every kind. */
const town = part({
  name: "town",
  params: {
    people: param(9, { integer: true, min: 1 }),
    shops: param(3, { integer: true, min: 1 }),
    goods: param(2, { integer: true, min: 1 }),
    days: param(2, { integer: true, min: 1 }),
    top: param(derived, { min: 0 }),
    patience: param(0.9, { min: 0, max: 1 }),
    law: choice("hard", ["hard", "soft"]),
    length: param(1, { min: 0, exclusive: true }),
  },
  derive: { top: (p) => p.goods + 1 },
  world: {
    sum: f64(),
    stock: f64({ each: "goods" }),
    born: f64(),
    last: f64(),
    bell: eventTime(),
    struck: i32(),
  },
  populations: {
    people: population({
      size: "people",
      lives: "alive",
      state: {
        alive: u8(),
        wealth: f64(),
        shop: index("shops"),
        seen: f64(),
        inbox: i32(),
        heard: f64(),
        paid: f64(),
        call: eventTime(),
      },
      actions: { mood: grid(0, "top", 3), spend: grid(0, "top", 4), place: discrete("shops") },
    }),
    shops: population({
      size: "shops",
      state: { custom: f64({ each: "goods" }), takings: f64(), sum: f64(), read: f64() },
    }),
  },
  links: {
    ties: links("people", { degree: "days" }),
    letters: messages("people", { to: "shops", capacity: "shops", state: { text: f64() } }),
  },
  start: ({ enter, world, wire }) => ({
    found: enter("people", { ...doc, number: (_w, p) => p.people - 2 }),
    wind: world(doc, (w, _p, draw) => {
      w.bell = draw.uniform("bell");
    }),
    meet: wire("ties", doc, () => ring({ neighbours: 2 })),
  }),
  phases: ({ decide, each, enter, events, exchange, repeat, send, total, variant, world }) => ({
    arrive: enter(
      "people",
      { ...doc, number: (w, p) => w.period % p.days, entered: "born" },
      (k, from, to, w, p, draw, entering) => {
        const u = draw.uniform("wealth");
        for (let i = from; i < to; i++)
          if (entering[i]) [k.wealth[i], k.call[i]] = [u[i] * p.top + w.people.size, w.period + u[i]];
      },
    ),
    choose: decide("people", {
      ...doc,
      every: 1,
      choices: ["spend", "place"],
      observe: {
        wealth: { column: "wealth", scale: (p) => p.top, doc: "own" },
        sum: { world: "sum", center: (p) => p.goods, doc: "of all" },
      },
      mask: { place: { doc: "not the last", allows: (_k, _i, place, w, p) => place < p.shops - 1 + (w.period % 2) } },
    }),
    work: each("people", { ...doc, along: "ties", reads: ["wealth"] }, (k, from, to, w, p, draw, other) => {
      const u = draw.uniform("luck");
      for (let i = from; i < to; i++) {
        if (!k.alive[i]) continue;
        let most = 0;
        for (let l = w.ties.start[i]; l < w.ties.start[i + 1]; l++)
          most = Math.max(most, other.wealth[w.ties.target[l]]);
        k.seen[i] = most;
        k.wealth[i] += u[i] * p.patience + k.spend[i];
        k.paid[i] = k.spend[i];
        k.shop[i] = k.place[i];
      }
    }),
    gossip: exchange("people", { ...doc, inbox: "inbox" }, (k, from, to, w, p, draw, tell) => {
      const whom = draw.integers("whom", w.people.size);
      for (let i = from; i < to; i++) if (k.alive[i]) tell(whom[i], p.goods);
    }),
    call: send("letters", doc, (k, from, to, w, p, draw, post, content) => {
      const u = draw.uniform("due");
      for (let i = from; i < to; i++)
        if (k.alive[i]) content.text[post(i, i % p.shops, w.period * p.length + u[i])] = k.wealth[i];
    }),
    day: events("length", doc, {
      ring: {
        ...doc,
        world: "bell",
        run(w, p, _row, time, draw, schedule, sending) {
          w.struck++;
          schedule.ring(0, time + p.length * (0.4 + draw.uniform("next")));
          if (w.people.alive[0]) w.letters.text[sending.letters(0, 0, time + 0.1)] = w.sum;
        },
      },
      visit: {
        ...doc,
        of: "people",
        at: "call",
        decide: {
          choices: ["mood"],
          observe: { struck: { world: "struck", scale: (p) => p.top, doc: "the bell" } },
          mask: {
            mood: { doc: "at times", allows: (k, i, mood, w, p) => mood <= p.top - (w.period % 2) + k.wealth[i] },
          },
        },
        run({ people }, p, i, time, _draw, schedule) {
          people.heard[i] += people.mood[i] * p.patience;
          schedule.visit(i, time + 0.4);
        },
      },
      read: {
        ...doc,
        of: "letters",
        at: "due",
        run({ shops, letters }, p, l, time) {
          shops.read[letters.target[l]] += letters.text[l] * p.patience + time;
        },
      },
    }),
    hours: repeat("days", doc, {
      tick: each("people", { ...doc, partner: "random", reads: ["wealth"] }, (k, from, to, _w, p, _draw, other) => {
        for (let i = from; i < to; i++) if (other.row[i] >= 0) k.heard[i] += other.wealth[other.row[i]] / p.days;
      }),
    }),
    count: total("people", doc, { sum: "wealth", last: (k, i, w, p) => k.wealth[i] * p.patience + w.born }),
    serve: total("people", { ...doc, by: "shop" }, { takings: "paid", sum: "wealth" }),
    fill: total("shops", doc, { stock: (k, i, _w, p, m) => k.takings[i] * p.patience + m }),
    law: variant("law", {
      hard: world(doc, (w, p) => {
        w.sum += p.top + w.shops.takings[0];
      }),
    }),
    fall: each("people", doc, (k, from, to, w) => {
      for (let i = from; i < to; i++) if (i % 5 === w.period % 5) k.alive[i] = 0;
    }),
  }),
  observe: { people: { struck: { world: "struck", scale: 2, doc: "the bell" } } },
  reward: { people: { column: "paid", doc: "what it spent" } },
  discountFactor: { people: "patience" },
  potential: { people: (k, i, w, p) => k.wealth[i] * p.patience + w.sum },
  metrics: { sum: { unit: "1", doc: "of all", of: (w, p) => w.sum * p.top + w.people.size } },
  identities: {
    goods: { doc: "as many items as goods", of: (w, p) => w.stock.length - p.goods },
  },
  flows: {
    custom: { unit: "1", pays: "people.paid", by: "shop" },
    all: { unit: "1", pays: "people.paid", receives: (w) => w.shops.takings.reduce((x, y) => x + y, 0) },
  },
});
/** The other end of a flow. */
const tills = part({
  name: "tills",
  populations: { shops: extension({ state: { takings: f64() } }) },
  flows: { custom: { unit: "1", receives: "shops.takings" } },
});

const rest = { name: "towns", source: "a test", summary: "One town or two.", horizon: 20 } as const;
const alone = compose({
  ...rest,
  parts: { town, tills },
  start: ({ town }) => ({ found: town.found, wind: town.wind, meet: town.meet }),
  phases: ({ town }) => town,
});
/** Made in each test, so that what making it takes is tested, too. */
const towns = () => {
  const [north, south] = [renamed(town, "north"), renamed(town, "south", { keep: ["patience", "law"] })];
  return compose({
    ...rest,
    parts: { north, northTills: renamed(tills, "north"), south, southTills: renamed(tills, "south") },
    calibration: { southPeople: 12 },
    params: {},
    start: ({ north, south }) => ({
      found: north.found,
      wind: north.wind,
      meet: north.meet,
      southFound: south.found,
      southWind: south.wind,
      southMeet: south.meet,
    }),
    phases: ({ north, south }) => ({
      ...north,
      ...(Object.fromEntries(Object.entries(south).map(([name, phase]) => [`south-${name}`, phase])) as Phases),
    }),
  });
};
type AnyRows = Readonly<Record<string, ArrayLike<number>>>;
const northern = (name: string) => `north${name[0]!.toUpperCase()}${name.slice(1)}`;

test("under other names, and beside another town, a part does to the last bit what it does alone", () => {
  const played = (economy: typeof alone | ReturnType<typeof towns>, prefix: (name: string) => string) => {
    const simulation = createSimulation(economy, { seed: 3, checkIdentities: true });
    const { patience } = simulation.params as Readonly<Record<string, number>>;
    expect(patience ?? 0.9).toBe(0.9);
    const history: unknown[] = [];
    fresh(simulation, 0);
    for (let t = 0; t < 12; t++) {
      const w = simulation.worlds[0] as unknown as Readonly<Record<string, AnyRows | number>>;
      simulation.phases.forEach((phase, at) => {
        simulation.runPhase(at, 0);
        if (phase.kind !== "decide") return;
        const { spend, place, size } = w[phase.population] as unknown as Record<string, Float64Array> & {
          size: number;
        };
        for (let i = 0; i < size; i++) [spend[i], place[i]] = [(i + t) % 4, (i * t) % 3];
      });
      simulation.endPeriod(0);
      history.push([
        ...Object.keys(town.world).map((name) => [name, JSON.stringify(w[prefix(name)])]),
        ...["people", "shops", "ties", "letters"].flatMap((table) =>
          Object.entries(w[prefix(table)] as AnyRows).map(([name, x]) => [table, name, JSON.stringify(x)]),
        ),
        economy.metrics[prefix("sum")]!.of(simulation.worlds[0]!, simulation.params),
      ]);
    }
    return history;
  };
  const lone = played(alone, (name) => name);
  expect(played(towns(), northern)).toEqual(lone);
  expect(new Set(lone.map((row) => JSON.stringify(row))).size).toBe(12);
});

test("what learners are told of it is the same: observations, masks, rewards, values of a potential", () => {
  const told = (economy: typeof alone | ReturnType<typeof towns>, prefix: (name: string) => string) => {
    const env = makeVectorEnv(economy, { numEnvs: 2 });
    env.reset(5);
    const keys = ["choose", prefix("visit")];
    const rows: unknown[] = [];
    let decided = 0;
    for (let t = 0; t < 2000 && rows.length < 60; t++) {
      for (const [key, { obs, actionMask, rewards, acting, actions }] of Object.entries(env.batch)) {
        actions.fill(0);
        if (!keys.includes(key) || acting.every((one) => one === 0)) continue;
        rows.push([keys.indexOf(key), [...obs], [...actionMask!], [...rewards], [...acting]]);
        decided++;
        actions.forEach((_, a) => {
          actions[a] = (a + decided) % 2;
        });
      }
      env.step();
    }
    return rows;
  };
  const lone = told(alone, (name) => name);
  const both = towns();
  expect(told(both, northern)).toEqual(lone);
  expect(new Set(lone.map((row) => (row as readonly unknown[])[0]))).toEqual(new Set([0, 1]));
  const p = { patience: 0.5, northPatience: 0.5 } as never;
  const k = { wealth: [4] } as never;
  expect(both.potential["northPeople"]!(k, 0, { northSum: 1 } as never, p)).toBe(3);
  expect(both.discountFactor).toEqual({ northPeople: "northPatience", southPeople: "patience" });
});

test("all names have the prefix but those that are kept, and the checks hold", () => {
  const both = towns();
  expect(Object.keys(both.params).slice(0, 8)).toEqual(Object.keys(town.params).map(northern));
  expect(Object.keys(both.params).slice(8)).toContain("law");
  expect(both.params["southPeople"]!.value).toBe(12);
  expect(both.populations["northPeople"]!.state["shop"]).toMatchObject({
    names: "northShops",
    unit: "row of northShops",
  });
  expect(both.populations["southPeople"]!.actions["spend"]).toMatchObject({ high: "southTop", kind: "grid" });
  expect(both.links["southLetters"]).toMatchObject({ from: "southPeople", to: "southShops", degree: "southShops" });
  expect(Object.keys(both.identities)).toEqual([
    "northGoods",
    "southGoods",
    "flow-northCustom",
    "flow-northAll",
    "flow-southCustom",
    "flow-southAll",
  ]);
  const failed = checkEconomy(both, { periods: 12 }).filter(({ pass, detail }) => !pass && !/doc/.test(detail));
  expect(failed).toEqual([]);
});

test("two sectors that keep a flow are paid together, and what is kept must be there", () => {
  const firms = part({
    name: "firms",
    params: { size: param(2) },
    world: { bill: f64({ unit: "goods" }) },
    phases: ({ world }) => ({
      pay: world(doc, (w, p) => {
        w.bill = p.size;
      }),
    }),
    flows: { wages: { unit: "goods", pays: "bill" } },
  });
  const workers = (wages: number) =>
    part({
      name: "workers",
      populations: { workers: population({ size: 2, state: { wage: f64({ unit: "goods" }) } }) },
      phases: ({ each }) => ({
        earn: each("workers", doc, ({ wage }, from, to) => wage.fill(wages / 2, from, to)),
      }),
      flows: { wages: { unit: "goods", receives: "workers.wage" } },
    });
  const paid = (wages: number) => () =>
    fresh(
      createSimulation(
        compose({
          ...rest,
          parts: {
            farms: renamed(firms, "farm", { keep: ["wages"] }),
            mills: renamed(firms, "mill", { keep: ["wages"] }),
            workers: workers(wages),
          },
          calibration: { millSize: 5 },
          phases: ({ farms, mills, workers }) => ({ sow: farms.pay, grind: mills.pay, earn: workers.earn }),
        }),
        { checkIdentities: true },
      ),
      1,
    );
  expect(paid(7)).not.toThrow();
  expect(paid(6)).toThrow('Identity "flow-wages" of towns is off by');
  expect(() => renamed(firms, "farm", { keep: ["wage"] })).toThrow(
    'renamed(part "firms", "farm", …): keep names "wage". Did you mean "wages"?',
  );
  const village = renamed(part({ name: "v", populations: { people: extension({ state: { x: f64() } }) } }), "a");
  expect(village.populations.aPeople.size).toBe(0);
});

test("masks, payoffs, information costs and counterfactuals speak of the part's own names", () => {
  const seller = part({
    name: "seller",
    params: { most: param(2) },
    world: { stock: f64() },
    populations: {
      sellers: population({
        size: 2,
        state: { cost: f64(), pay: f64(), alone: f64() },
        actions: { price: grid(0, "most", 3) },
      }),
    },
    observe: { sellers: { cost: { column: "cost", doc: "λ" }, stock: { world: "stock", center: 4, doc: "left" } } },
    reward: { sellers: { column: "pay", doc: "pay" } },
    mask: {
      sellers: {
        price: {
          doc: "within stock",
          allows: (k, i, price, w, p, item) => price * p.most + k.cost[i] + item < w.stock,
        },
      },
    },
    payoffs: { sellers: (out, k, i, w, p) => out.fill(k.cost[i] + w.stock * p.most) },
    informationCost: { sellers: "cost" },
    counterfactual: { sellers: { price: { reward: "alone", instead: {} } } },
  });
  const { observe, reward, mask, payoffs, informationCost, counterfactual } = renamed(
    seller,
    "farm",
  ) as unknown as Economy;
  const [k, w, p] = [{ cost: [0, 1] }, { farmStock: 6 }, { farmMost: 2 }] as never[];
  expect(Object.keys(observe["farmSellers"]!)).toEqual(["cost", "stock"]);
  expect(observe["farmSellers"]!["cost"]).toEqual({ column: "cost", doc: "λ" });
  expect(observe["farmSellers"]!["stock"]).toEqual({ world: "farmStock", center: 4, doc: "left" });
  expect(reward).toEqual({ farmSellers: { column: "pay", doc: "pay" } });
  const { doc: said, allows } = mask["farmSellers"]!["price"]!;
  expect([said, allows(k!, 1, 2, w!, p!, 0), allows(k!, 0, 2, w!, p!, 0), allows(k!, 0, 2, w!, p!, 2)]).toEqual([
    "within stock",
    true,
    true,
    false,
  ]);
  const out = new Float64Array(1);
  payoffs["farmSellers"]!(out, k!, 1, w!, p!);
  expect(out[0]).toBe(13);
  expect(informationCost).toEqual({ farmSellers: "cost" });
  expect(counterfactual).toEqual({ farmSellers: { price: { reward: "alone", instead: {} } } });
  expect(Object.keys(renamed(seller, "farm")).includes("potential")).toBe(false);
});

test("types know the new names", () => {
  type Joined =
    ReturnType<typeof towns> extends { types?: { params: infer P; world: infer W; populations: infer G } }
      ? { p: ParamValues<P>; w: W; g: G }
      : never;
  expectTypeOf<Joined["p"]["northLaw"]>().toEqualTypeOf<"hard" | "soft">();
  expectTypeOf<Joined["p"]["law"]>().toEqualTypeOf<"hard" | "soft">();
  expectTypeOf<Rows<Joined["g"]["northPeople"]>["wealth"]>().toEqualTypeOf<Float64Array>();
  expectTypeOf<Rows<Joined["g"]["southLetters"]>["text"]>().toEqualTypeOf<Float64Array>();
  const north = renamed(town, "north");
  const compiles = () =>
    compose({
      ...rest,
      parts: { north },
      phases: ({ north }, { each, total, world }) => ({
        ...north,
        look: world(doc, (w, p) => {
          w.northSum = p.northTop;
          // @ts-expect-error it has another name now
          w.sum = 1;
          // @ts-expect-error it has another name now
          w.people.wealth[0] = 1;
        }),
        sum: total("northPeople", { ...doc, by: "shop" }, { takings: "wealth" }),
        along: each("northPeople", { ...doc, along: "northTies", reads: ["wealth"] }, () => {}),
        // @ts-expect-error no column of this name in the population that groups
        wrong: total("northPeople", { ...doc, by: "shop" }, { taking: "wealth" }),
      }),
    });
  expect(compiles).toThrow();
});
