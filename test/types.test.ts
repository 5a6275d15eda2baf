// What the compiler knows about an economy, and what it refuses. The compiler itself is the test: it must find nothing to say about this file,
// where every @ts-expect-error is a mistake that it has to report.
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import {
  box,
  choice,
  defineEconomy,
  defineExperiment,
  derived,
  discrete,
  dqn,
  eventTime,
  f64,
  flag,
  grid,
  i32,
  index,
  links,
  networks,
  numbers,
  type ParamsOf,
  type PopulationName,
  param,
  population,
  type TruthOf,
  u8,
  type WorldOf,
} from "walras";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Refused by the compiler unless the types are equal. */
const expectType = <_T extends true>(): void => {};

const params = {
  firms: param(10, { integer: true }),
  fee: param(0.1),
  wealth: param(derived),
  regime: choice("calm", ["calm", "storm"]),
  taxed: flag(true),
  wages: numbers([1, 2]),
};
const populations = {
  households: population({
    size: "firms",
    state: { assets: f64(), visits: i32(), awake: u8(), partner: i32() },
    actions: { save: box(0, 1), job: discrete(3), price: grid(0, "wealth", 11) },
  }),
  government: population({ size: 1, actions: { rate: grid(0, 1, 21) } }),
  bystanders: population({ size: 2, state: { mood: f64() } }),
};

const town = defineEconomy({
  name: "town",
  source: "none",
  summary: "Everything once.",
  params,
  derive: { wealth: (p) => (p.taxed && p.regime === "storm" ? p.fee : 2 * p.fee) },
  horizon: "firms",
  world: { money: f64(), trades: i32() },
  populations,
  phases: ({ decide, each, exchange, total, world }) => ({
    tax: decide("government", { doc: "", every: "firms" }),
    act: decide("households", { doc: "" }),
    meet: each(
      "households",
      { doc: "", partner: "random", reads: ["assets", "price"] },
      (k, from, to, w, p, draw, other) => {
        expectType<Equal<typeof k.assets, Float64Array>>();
        expectType<Equal<typeof k.visits, Int32Array>>();
        expectType<Equal<typeof k.awake, Uint8Array>>();
        expectType<Equal<typeof k.save, Float64Array>>();
        expectType<Equal<typeof k.job, Int32Array>>();
        expectType<Equal<typeof k.price, Float64Array>>();
        expectType<Equal<typeof k.size, number>>();
        expectType<Equal<typeof p.regime, "calm" | "storm">>();
        expectType<Equal<typeof p.taxed, boolean>>();
        expectType<Equal<typeof p.wages, readonly number[]>>();
        expectType<Equal<typeof p.fee, number>>();
        expectType<Equal<typeof other.assets, Float64Array>>();
        expectType<Equal<typeof other.row, Int32Array>>();
        expectType<Equal<typeof w.money, number>>();
        draw.normal("shock")[from] = to;
        // @ts-expect-error a misspelt column
        k.asets;
        // @ts-expect-error a misspelt parameter
        p.fees;
        // @ts-expect-error a misspelt world scalar
        w.mony;
        // @ts-expect-error a population that does not exist
        w.household;
        // @ts-expect-error a column that the phase did not declare to read
        other.visits;
        // @ts-expect-error world scalars are not an `each` phase's to write
        w.money = 1;
        // @ts-expect-error never equal to a value outside the choices
        p.regime === "clam";
      },
    ),
    alone: each("households", { doc: "" }, (_k, _from, _to, _w, _p, _draw, other) => {
      // @ts-expect-error nothing was declared to be read
      other.assets;
    }),
    visit: each("households", { doc: "", partner: "partner", reads: ["visits"] }, () => {}),
    send: exchange("households", { doc: "", inbox: "visits" }, (_k, _from, _to, _w, _p, _draw, send) => send(0, 1)),
    count: total("households", { doc: "" }, { money: (k, i) => k.assets[i], trades: (k, i) => k.visits[i] }),
    close: world({ doc: "" }, (w, _p, draw) => {
      w.money = draw.uniform("noise");
      w.households.assets[0] = 1;
      // @ts-expect-error the calendar is not the economy's to write
      w.period = 3;
    }),
  }),
  observe: {
    households: {
      assets: { column: "assets", scale: (p) => p.wealth, doc: "" },
      money: { world: "money", transform: "log", doc: "" },
    },
  },
  reward: { households: { column: "assets", doc: "" } },
  end: (w, p) => w.money > p.fee,
  metrics: { money: { unit: "1", doc: "", of: ({ households }) => households.assets[0] } },
  identities: { money: { doc: "", of: (w) => w.money - w.households.assets[0] } },
  truth: (p) => ({ price: p.fee, volume: 2 }),
  truthDocs: { price: "", volume: "" },
  figures: [{ title: "", population: "households", column: "assets", theory: "price", caption: "" }],
});

const bazaar = defineEconomy({
  name: "bazaar",
  source: "none",
  summary: "Inner axes and groups.",
  params: { goods: param(3, { integer: true }), n: param(9, { integer: true }) },
  horizon: 3,
  world: { supply: f64({ each: "goods" }), codes: i32({ each: 2 }), sum: f64() },
  populations: {
    markets: population({ size: 2, state: { demand: f64(), stock: f64({ each: "goods" }) } }),
    traders: population({
      size: "n",
      state: { market: index("markets"), basket: f64({ each: "goods" }), rank: i32() },
      actions: { order: box(0, 1, { each: "goods" }) },
    }),
  },
  phases: ({ total, world }) => ({
    look: world({ doc: "" }, (w) => {
      expectType<Equal<typeof w.supply, Float64Array>>();
      expectType<Equal<typeof w.codes, Int32Array>>();
      expectType<Equal<typeof w.sum, number>>();
      expectType<Equal<typeof w.traders.basket, Float64Array>>();
      expectType<Equal<typeof w.traders.market, Int32Array>>();
      expectType<Equal<typeof w.traders.order, Float64Array>>();
      w.sum = 1;
      // @ts-expect-error a scalar with an inner axis is written item by item
      w.supply = new Float64Array(3);
    }),
    all: total("traders", { doc: "" }, { supply: "basket", sum: (k, i, _w, p, item) => k.basket[i * p.goods + item] }),
    groups: total("traders", { doc: "", by: "market" }, { demand: (k, i) => k.basket[i], stock: "basket" }),
  }),
});
expectType<Equal<WorldOf<typeof bazaar>["supply"], Float64Array>>();

const village = defineEconomy({
  name: "village",
  source: "none",
  summary: "Links.",
  params: { n: param(9, { integer: true }), degree: param(4) },
  horizon: 3,
  world: { sum: f64() },
  populations: {
    people: population({ size: "n", state: { opinion: f64(), seen: i32() }, actions: { say: discrete(2) } }),
    papers: population({ size: 2, state: { line: f64(), readers: f64() } }),
  },
  links: {
    contacts: links("people", { degree: "degree", state: { trust: f64(), keeps: u8() } }),
    reads: links("people", { to: "papers", degree: 1 }),
  },
  start: ({ wire }) => ({
    meet: wire("contacts", { doc: "" }, (p) => networks.ring({ neighbours: p.degree })),
    subscribe: wire("reads", { doc: "" }, () => networks.picks({ degree: 1 })),
  }),
  phases: ({ each, total, wire }) => ({
    hear: each(
      "people",
      { doc: "", along: "contacts", reads: ["opinion", "say"] },
      (k, from, to, w, _p, _draw, other) => {
        expectType<Equal<typeof other.opinion, Float64Array>>();
        expectType<Equal<typeof other.say, Int32Array>>();
        expectType<Equal<typeof w.contacts.trust, Float64Array>>();
        expectType<Equal<typeof w.contacts.start, Int32Array>>();
        expectType<Equal<typeof w.contacts.size, number>>();
        k.seen[from] = to;
        // @ts-expect-error a column that the phase did not declare to read
        other.seen;
        // @ts-expect-error links have no such column
        w.contacts.weight;
      },
    ),
    read: each("people", { doc: "", along: "reads", reads: ["line"] }, (_k, _from, _to, _w, _p, _draw, other) => {
      expectType<Equal<typeof other.line, Float64Array>>();
    }),
    judge: each("contacts", { doc: "", writes: ["trust"] }, (k) => {
      expectType<Equal<typeof k.trust, Float64Array>>();
      expectType<Equal<typeof k.source, Int32Array>>();
      expectType<Equal<typeof k.keeps, Uint8Array>>();
    }),
    strength: total("contacts", { doc: "", by: "target" }, { opinion: "trust" }),
    all: total("contacts", { doc: "" }, { sum: "trust" }),
    renew: wire("contacts", { doc: "", every: "n", keep: "keeps" }, (_p, w) => (link, ends, draw) => {
      link(draw.integer("to", ends.targets)(), w.contacts.source[0]);
    }),
  }),
  observe: { people: { opinion: { column: "opinion", doc: "" } } },
  metrics: { links: { unit: "1", doc: "", of: (w) => w.contacts.size } },
});
expectType<Equal<PopulationName<typeof village>, "people" | "papers">>();
expectType<Equal<WorldOf<typeof village>["contacts"]["trust"], Float64Array>>();

const counter = defineEconomy({
  ...{ name: "counter", source: "none", summary: "", horizon: 3 },
  params: { n: param(3, { integer: true }) },
  populations: {
    clerks: population({
      size: "n",
      state: { due: eventTime(), awake: u8(), x: f64() },
      actions: { answer: discrete(2), tone: grid(0, 1, 3) },
    }),
    bosses: population({ size: 1, state: { y: f64() } }),
  },
  phases: ({ events }) => ({
    day: events(
      1,
      { doc: "" },
      {
        ask: {
          doc: "",
          of: "clerks",
          at: "due",
          decide: {
            choices: ["answer"],
            observe: { x: { column: "x", doc: "" } },
            who: "awake",
            mask: {
              answer: {
                doc: "",
                allows: (k, i, _choice, w, p) => {
                  expectType<Equal<typeof k.x, Float64Array>>();
                  return w.bosses.y[0] + k.x[i] < p.n;
                },
              },
            },
          },
          run(w, p, i, time, _draw, schedule) {
            expectType<Equal<typeof w.clerks.answer, Int32Array>>();
            schedule.ask(i, time + p.n);
            // @ts-expect-error there is no such event
            schedule.aks;
          },
        },
      },
    ),
  }),
});
expectType<Equal<PopulationName<typeof counter>, "clerks" | "bosses">>();

expectType<Equal<ParamsOf<typeof town>["regime"], "calm" | "storm">>();
expectType<Equal<ParamsOf<typeof town>["wealth"], number>>();
expectType<Equal<WorldOf<typeof town>["households"]["assets"], Float64Array>>();
expectType<Equal<WorldOf<typeof town>["money"], number>>();
expectType<Equal<PopulationName<typeof town>, "households" | "government" | "bystanders">>();
expectType<Equal<TruthOf<typeof town>, { price: number; volume: number }>>();

const rest = { name: "town", source: "none", summary: "", horizon: 3 } as const;

// Each of these is never run: it only has to be refused.
const clerks = population({
  size: 2,
  state: { due: eventTime(), x: f64() },
  actions: { answer: discrete(2) },
});
const mistakes: readonly (() => unknown)[] = [
  () =>
    defineEconomy({
      ...rest,
      params,
      populations: { clerks },
      phases: ({ events }) => ({
        day: events(
          1,
          { doc: "" },
          // @ts-expect-error an event that decides on an action that its population does not have
          { ask: { doc: "", of: "clerks", at: "due", decide: { choices: ["anser"] }, run() {} } },
        ),
      }),
    }),
  () =>
    defineEconomy({
      ...rest,
      params,
      world: { bell: eventTime() },
      populations: { clerks },
      phases: ({ events }) => ({
        // @ts-expect-error a scalar has no row that could decide
        day: events(1, { doc: "" }, { ring: { doc: "", world: "bell", decide: { choices: ["answer"] }, run() {} } }),
      }),
    }),
  () =>
    defineEconomy({
      ...rest,
      params,
      // @ts-expect-error sized by a parameter that does not exist
      populations: { people: population({ size: "frms", state: { x: f64() } }) },
      phases: () => ({}),
    }),
  () =>
    defineEconomy({
      ...rest,
      params,
      world: { sum: f64() },
      populations: {
        markets: population({ size: 2, state: { demand: f64() } }),
        traders: population({ size: 3, state: { market: index("markets"), rank: i32(), x: f64() } }),
      },
      phases: ({ total }) => ({
        // @ts-expect-error groups by a column that names no rows
        a: total("traders", { doc: "", by: "rank" }, {}),
        // @ts-expect-error markets have no such column
        b: total("traders", { doc: "", by: "market" }, { sum: "x" }),
        // @ts-expect-error the world has no such scalar
        c: total("traders", { doc: "" }, { demand: "x" }),
      }),
    }),
  () =>
    defineEconomy({
      ...rest,
      params,
      populations: {
        people: population({ size: 2, state: { x: f64() } }),
        papers: population({ size: 2, state: { line: f64() } }),
      },
      links: { reads: links("people", { to: "papers", degree: 1, state: { weight: f64() } }) },
      phases: ({ each, total, wire, decide }) => ({
        // @ts-expect-error papers have no column x
        a: each("people", { doc: "", along: "reads", reads: ["x"] }, () => {}),
        // @ts-expect-error reads come from people
        b: each("papers", { doc: "", along: "reads", reads: ["line"] }, () => {}),
        // @ts-expect-error there are no such links
        c: wire("read", { doc: "" }, () => networks.picks({ degree: 1 })),
        // @ts-expect-error kept by a column that is no flag
        d: wire("reads", { doc: "", keep: "weight" }, () => networks.picks({ degree: 1 })),
        // @ts-expect-error papers have no column weight
        e: total("reads", { doc: "", by: "target" }, { weight: "weight" }),
        // @ts-expect-error links do not decide
        f: decide("reads", { doc: "" }),
        // @ts-expect-error writes a column that links do not have
        g: each("reads", { doc: "", writes: ["line"] }, () => {}),
      }),
      // @ts-expect-error links observe nothing
      observe: { reads: {} },
    }),
  () =>
    defineEconomy({
      ...rest,
      params,
      populations: { people: population({ size: 2, state: { x: f64() } }) },
      // @ts-expect-error room by a parameter that does not exist
      links: { ties: links("people", { degree: "firmz" }) },
      phases: () => ({}),
    }),
  () =>
    defineEconomy({
      ...rest,
      params,
      // @ts-expect-error items counted by a parameter that does not exist
      populations: { people: population({ size: 2, state: { x: f64({ each: "firmz" }) } }) },
      phases: () => ({}),
    }),
  () =>
    defineEconomy({
      ...rest,
      params,
      // @ts-expect-error choices of items counted by a parameter that does not exist
      populations: { people: population({ size: 2, actions: { x: box(0, 1, { each: "firmz" }) } }) },
      phases: () => ({}),
    }),
  () =>
    defineEconomy({
      ...rest,
      params,
      // @ts-expect-error a grid bounded by a parameter that does not exist
      populations: { people: population({ size: 2, actions: { price: grid(0, "welth", 11) } }) },
      phases: () => ({}),
    }),
  () =>
    defineEconomy({
      ...rest,
      params,
      populations,
      // @ts-expect-error no such parameter to take the horizon from
      horizon: "years",
      phases: () => ({}),
    }),
  () =>
    // @ts-expect-error the default is not among the choices
    choice("clam", ["calm", "storm"]),
  () =>
    defineEconomy({
      ...rest,
      params,
      // @ts-expect-error nothing to derive
      derive: { wealthy: () => 1 },
      populations,
      phases: () => ({}),
    }),
  () =>
    defineEconomy({
      ...rest,
      params,
      populations,
      world: { money: f64() },
      phases: ({ decide, each, exchange, total }) => ({
        // @ts-expect-error a misspelt population
        a: decide("goverment", { doc: "" }),
        // @ts-expect-error decisions paced by a parameter that does not exist
        b: decide("government", { doc: "", every: "taxPeriod" }),
        // @ts-expect-error a phase without a word about what it does
        c: decide("government", {}),
        // @ts-expect-error reads a column that does not exist
        d: each("households", { doc: "", partner: "random", reads: ["asets"] }, () => {}),
        // @ts-expect-error a partner is an i32 column
        e: each("households", { doc: "", partner: "assets" }, () => {}),
        // @ts-expect-error an inbox is an i32 or f64 column
        f: exchange("households", { doc: "", inbox: "awake" }, () => {}),
        // @ts-expect-error the other population has no such inbox
        g: exchange("households", { doc: "", to: "bystanders", inbox: "visits" }, () => {}),
        // @ts-expect-error a sum into a world scalar that does not exist
        h: total("households", { doc: "" }, { mony: (k, i) => k.assets[i] }),
      }),
    }),
  () =>
    defineEconomy({
      ...rest,
      params,
      populations,
      world: { money: f64() },
      phases: () => ({}),
      observe: {
        households: {
          // @ts-expect-error observes a column that does not exist
          a: { column: "asets", doc: "" },
          // @ts-expect-error observes a world scalar that does not exist
          b: { world: "mony", doc: "" },
          // @ts-expect-error an observation says what it is
          c: { column: "assets" },
          // @ts-expect-error scaled by a parameter that does not exist
          d: { column: "assets", scale: (p) => p.fees, doc: "" },
        },
      },
      // @ts-expect-error rewarded by a column that does not exist
      reward: { households: { column: "joy", doc: "" } },
      metrics: {
        // @ts-expect-error measures a column that does not exist
        a: { unit: "1", doc: "", of: ({ households }) => households.asets[0] },
        // @ts-expect-error measures a population that does not exist
        b: { unit: "1", doc: "", of: (w) => w.people.size },
      },
      identities: {
        // @ts-expect-error a world scalar that does not exist
        a: { doc: "", of: (w) => w.mony },
      },
    }),
  () =>
    defineEconomy({
      ...rest,
      params,
      populations,
      phases: () => ({}),
      truth: (p) => ({ price: p.fee }),
      // @ts-expect-error explains a value that truth does not have
      truthDocs: { prise: "" },
    }),
  () =>
    defineEconomy({
      ...rest,
      params,
      populations,
      phases: () => ({}),
      truth: (p) => ({ price: p.fee }),
      figures: [
        // @ts-expect-error drawn against a value that truth does not have
        { title: "", population: "households", column: "assets", theory: "prise", caption: "" },
      ],
    }),
  () =>
    defineEconomy({
      ...rest,
      params,
      populations,
      phases: () => ({}),
      figures: [
        // @ts-expect-error of a population that does not exist
        { title: "", population: "people", column: "assets", caption: "" },
      ],
    }),
  () =>
    defineExperiment({
      name: "x",
      summary: "",
      economy: town,
      // @ts-expect-error a parameter that the economy does not have
      params: { fees: 1 },
      algorithm: dqn,
      numEnvs: 1,
      totalSteps: 1,
    }),
  () =>
    defineExperiment({
      name: "x",
      summary: "",
      economy: town,
      // @ts-expect-error a value that is not among the choices
      params: { regime: "clam" },
      algorithm: dqn,
      numEnvs: 1,
      totalSteps: 1,
    }),
  () =>
    defineExperiment({
      name: "x",
      summary: "",
      economy: town,
      algorithm: dqn,
      // @ts-expect-error a setting that the algorithm does not have
      config: { learnRate: 1e-3 },
      numEnvs: 1,
      totalSteps: 1,
    }),
  () =>
    defineExperiment({
      name: "x",
      summary: "",
      economy: town,
      algorithm: dqn,
      // @ts-expect-error settings of a population that the economy does not have
      config: { populations: { goverment: { learningRate: 1e-3 } } },
      numEnvs: 1,
      totalSteps: 1,
    }),
  () =>
    defineExperiment({
      name: "x",
      summary: "",
      economy: town,
      algorithm: dqn,
      // @ts-expect-error a setting of one population that the algorithm does not have
      config: { populations: { government: { learnRate: 1e-3 } } },
      numEnvs: 1,
      totalSteps: 1,
    }),
  () =>
    defineExperiment({
      name: "x",
      summary: "",
      economy: town,
      algorithm: dqn,
      numEnvs: 1,
      totalSteps: 1,
      expect: (_p, truth) => [
        // @ts-expect-error a value that truth does not have
        { item: "", measure: "", claim: "", theory: truth.prise, unit: "", tolerance: 1, kind: "absolute" },
      ],
    }),
];

test("the compiler accepts what is right in this file and refuses every mistake in it", () => {
  const root = join(import.meta.dirname, "..");
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram([import.meta.filename], options);
  const source = program.getSourceFile(import.meta.filename);
  const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  expect(mistakes.length).toBeGreaterThan(0);
  expect(found.map(({ messageText, start = 0 }) => `${line(source, start)}: ${text(messageText)}`)).toEqual([]);
});

const line = (source: ts.SourceFile | undefined, at: number): number =>
  (source?.getLineAndCharacterOfPosition(at).line ?? -1) + 1;
const text = (message: string | ts.DiagnosticMessageChain): string => ts.flattenDiagnosticMessageText(message, "\n");
