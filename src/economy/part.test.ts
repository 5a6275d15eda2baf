// Parts, and economies made of them: names and units that wire, clashes that name both parts, flows with two ends.
import { expect, expectTypeOf, test } from "vitest";
import { fresh } from "../../test/periods.ts";
import { choice, type ParamValues, param } from "../core/params.ts";
import { checkEconomy } from "./check.ts";
import { f64, i32, index, u8 } from "./columns.ts";
import { compose } from "./compose.ts";
import { links } from "./links.ts";
import { extension, type Part, part } from "./part.ts";
import type { PhaseBuilder, Phases } from "./phases/index.ts";
import { population, type Rows } from "./population.ts";
import { renamed } from "./renamed.ts";
import { createSimulation } from "./simulation.ts";
import { grid } from "./spaces.ts";

// Workers sell a day's work and spend what they have; a mill pays and sells.
const workers = part({
  name: "workers",
  params: {
    workers: param(5, { unit: "workers", min: 1, integer: true }),
    thrift: param(0.5, { min: 0, max: 1, doc: "share kept" }),
  },
  world: { wage: f64({ unit: "money" }) },
  populations: {
    workers: population({
      size: "workers",
      state: {
        skill: f64({ doc: "product of a day" }),
        cash: f64({ unit: "money" }),
        pay: f64({ unit: "money" }),
        bill: f64({ unit: "money" }),
      },
    }),
  },
  start: ({ each }) => ({
    train: each("workers", { doc: "skills differ" }, (k, from, to) => {
      for (let i = from; i < to; i++) k.skill[i] = 1 + i / 10;
    }),
  }),
  phases: ({ each }) => ({
    earn: each("workers", { doc: "wage × skill" }, (k, from, to, w) => {
      for (let i = from; i < to; i++) k.pay[i] = w.wage * k.skill[i];
    }),
    spend: each("workers", { doc: "all but thrift × pay" }, (k, from, to, _w, p) => {
      for (let i = from; i < to; i++) {
        k.bill[i] = (1 - p.thrift) * k.pay[i];
        k.cash[i] += k.pay[i] - k.bill[i];
      }
    }),
  }),
  flows: { wages: { unit: "money", receives: "workers.pay" }, bread: { unit: "money", pays: "workers.bill" } },
  metrics: { cash: { unit: "money", doc: "of the first", of: (w) => w.workers.cash[0] } },
});
const mill = part({
  name: "mill",
  params: { thrift: param(0.5, { max: 0.9, doc: "of its customers" }) },
  world: {
    wage: f64({ unit: "money", initial: 2 }),
    hired: f64({ doc: "skill hired" }),
    payroll: f64({ unit: "money" }),
    sales: f64({ unit: "money" }),
  },
  populations: { workers: extension({ state: { skill: f64(), bill: f64({ unit: "money" }) } }) },
  phases: ({ total, world }) => ({
    hire: total("workers", { doc: "everybody" }, { hired: "skill" }),
    pay: world({ doc: "for all skill" }, (w) => {
      w.payroll = w.wage * w.hired;
    }),
    sell: total("workers", { doc: "bread" }, { sales: "bill" }),
  }),
  flows: { wages: { unit: "money", pays: "payroll" }, bread: { unit: "money", receives: "sales" } },
});
const described = { name: "village", source: "a test", summary: "Workers and a mill.", horizon: 5 } as const;
const village = compose({
  ...described,
  parts: { workers, mill },
  calibration: { thrift: 0.25 },
  params: { taste: choice("rye", ["rye", "wheat"], { doc: "of the economy's own" }) },
  world: { bread: f64({ unit: "loaves" }) },
  start: ({ workers }) => workers,
  phases: ({ workers, mill }, { world }) => ({
    hire: mill.hire,
    pay: mill.pay,
    earn: workers.earn,
    spend: workers.spend,
    sell: mill.sell,
    bake: world({ doc: "a loaf costs 2, or 3 of wheat" }, (w, p) => {
      w.bread = w.sales / (p.taste === "rye" ? 2 : 3);
      expectTypeOf(p).toExtend<{
        readonly workers: number;
        readonly thrift: number;
        readonly taste: "rye" | "wheat";
      }>();
    }),
  }),
  truth: (p) => ({ saved: p.thrift }),
});

test("an economy of two parts has the columns, parameters and identities of both, and passes the checks", () => {
  expect(checkEconomy(village, { periods: 12 }).filter(({ pass }) => !pass)).toEqual([]);
  expect(Object.keys(village.identities)).toEqual(["flow-wages", "flow-bread"]);
  expect(Object.keys(village.params)).toEqual(["workers", "thrift", "taste"]);
  expect(village.params["thrift"]).toMatchObject({ value: 0.25, min: 0, max: 0.9 });
  expect(village.world["wage"]!.initial).toBe(2);
  expect(Object.keys(village.populations["workers"]!.state)).toEqual(["skill", "cash", "pay", "bill"]);
  const simulation = createSimulation(village, { checkIdentities: true });
  simulation.reset(0);
  simulation.phases.forEach((_phase, index) => {
    simulation.runPhase(index, 0);
  });
  const skills = 1 + 1.1 + 1.2 + 1.3 + 1.4;
  expect(simulation.worlds[0]).toMatchObject({ payroll: 2 * skills, sales: 0.75 * 2 * skills });
  expect(simulation.worlds[0]!["bread"]).toBeCloseTo(0.75 * skills, 12);
  simulation.endPeriod(0);
});

test("a flow whose ends differ is found after the period, and so is a part that keeps what it gets", () => {
  const { pay } = part({
    name: "miser",
    world: mill.world,
    phases: ({ world }) => ({
      pay: world({ doc: "a thousandth too little" }, (w) => {
        w.payroll = 0.999 * w.wage * w.hired;
      }),
    }),
  }).phases;
  const miser = { ...mill, phases: { ...mill.phases, pay } };
  const period = (by: typeof mill): (() => void) => {
    const economy = compose({
      ...described,
      parts: { workers, mill: by },
      start: ({ workers }) => ({ train: workers.train }),
      phases: ({ workers, mill }) => ({
        hire: mill.hire,
        pay: mill.pay,
        earn: workers.earn,
        spend: workers.spend,
        sell: mill.sell,
      }),
    });
    const simulation = createSimulation(economy, { checkIdentities: true });
    return () => fresh(simulation, 1);
  };
  expect(period(miser)).toThrow(/Identity "flow-wages" of village is off by -0\.00100000/);
  expect(period(mill)).not.toThrow();
  expect(period({ ...mill, budget: "it keeps nothing" })).toThrow(/Identity "budget-mill" of village is off by -0\.5 /);
});

test("types know what the parts declare, and a misspelt phase, column, parameter or scalar does not compile", () => {
  type Wired = typeof village extends { types?: { params: infer P; populations: infer G } }
    ? [ParamValues<P>, G]
    : never;
  expectTypeOf<Wired[0]["taste"]>().toEqualTypeOf<"rye" | "wheat">();
  expectTypeOf<Rows<Wired[1]["workers"]>["skill"]>().toEqualTypeOf<Float64Array>();
  expectTypeOf(village.truth!).returns.toEqualTypeOf<{ saved: number }>();
  const compiles = () =>
    compose({
      ...described,
      parts: { workers, mill },
      phases: ({ workers, mill }, { world }) => ({
        ...workers,
        // @ts-expect-error no phase of this name
        hier: mill.hier,
        look: world({ doc: "" }, (w) => {
          // @ts-expect-error no scalar of this name
          w.wgae = 1;
          // @ts-expect-error no column of this name
          w.workers.cahs[0] = 1;
          w.workers.cash[0] = w.payroll;
        }),
      }),
      reward: {
        // @ts-expect-error no column of this name
        workers: { column: "hapiness", doc: "" },
      },
    });
  const plain = () =>
    compose({
      ...described,
      parts: { mill },
      phases: (_parts, { world }) => ({
        look: world({ doc: "" }, (w, p) => {
          expectTypeOf(p.thrift).toEqualTypeOf<number>();
          w.wage = p.thrift;
        }),
      }),
    });
  const calibrates = () =>
    compose({
      name: "village",
      source: "",
      summary: "",
      horizon: 5,
      parts: { workers, mill },
      // @ts-expect-error no parameter of this name
      calibration: { thirft: 0.1 },
      phases: ({ mill }) => mill,
    });
  const flows = () =>
    part({
      name: "flows",
      world: { payroll: f64() },
      flows: {
        wages: { unit: "money", pays: "payroll" },
        // @ts-expect-error no scalar of this name
        taxes: { unit: "money", pays: "payrol" },
      },
    });
  expect([compiles, plain, calibrates, flows]).toHaveLength(4);
});

// One thing wrong with the village at a time.
const composed = (other: Part) => () =>
  compose({
    ...described,
    parts: { workers, mill, [other.name]: other } as Readonly<Record<string, Part>>,
    start: () => ({}),
    phases: () => ({}),
    without: ["workers.train", "workers.earn", "workers.spend", "mill.hire", "mill.pay", "mill.sell"],
  });
const anyPart = (declared: Parameters<typeof part>[0]): Part => part(declared);
test.each([
  [
    "a unit",
    { world: { wage: f64({ unit: "bread" }) } },
    'the unit of world scalar "wage" is "money" in part "workers" and "bread" in part "bank"',
  ],
  [
    "a kind",
    { world: { wage: i32({ unit: "money" }) } },
    'the kind of world scalar "wage" is "f64" in part "workers" and "i32" in part "bank"',
  ],
  [
    "an initial value",
    { world: { wage: f64({ unit: "money", initial: 3 }) } },
    'the initial of world scalar "wage" is 2 in part "mill" and 3 in part "bank"',
  ],
  [
    "a default",
    { params: { thrift: param(0.1) } },
    'parameter "thrift" is 0.5 by default in part "workers" and 0.1 in part "bank"; say which by calibration: { thrift: … }.',
  ],
  [
    "a size",
    { populations: { workers: population({ size: 3, state: {} }) } },
    'the size of population "workers" is "workers" in part "workers" and 3 in part "bank"',
  ],
  [
    "a column's unit",
    { populations: { workers: extension({ state: { cash: f64() } }) } },
    'the unit of column of population "workers": "cash" is "money" in part "workers" and "1" in part "bank"',
  ],
  [
    "a metric",
    { metrics: { cash: { unit: "money", doc: "", of: () => 0 } } },
    'metrics "cash" is declared by part "workers" and by part "bank"; leave it to one of them.',
  ],
  [
    "a flow without its other end",
    { world: { lent: f64({ unit: "money" }) }, flows: { loans: { unit: "money", pays: "lent" } } },
    'flow "loans" is paid by part "bank", and nobody receives it; declare the other end in another part, flows: { loans: { receives: … } }.',
  ],
  [
    "a flow without an end",
    { flows: { loans: { unit: "money" } } },
    'flow "loans" of part "bank" has no end; give what the part pays or receives.',
  ],
  [
    "a flow that nobody pays",
    { world: { lent: f64({ unit: "money" }) }, flows: { loans: { unit: "money", receives: "lent" } } },
    'flow "loans" is received by part "bank", and nobody pays it; declare the other end in another part, flows: { loans: { pays: … } }.',
  ],
  [
    "a flow in two units",
    { world: { lent: f64({ unit: "bread" }) }, flows: { wages: { unit: "bread", pays: "lent" } } },
    'flow "wages" is in money in part "mill" and in bread in part "bank"; expected one unit.',
  ],
  [
    "a flow in another unit than its amount",
    { world: { lent: f64({ unit: "loaves" }) }, flows: { wages: { unit: "money", pays: "lent" } } },
    'flow "wages" of part "bank" is in money, and lent in loaves; expected one unit: give the flow its amount\'s, or an amount in money.',
  ],
  [
    "a flow in another unit than its column",
    { flows: { wages: { unit: "loaves", receives: "workers.pay" } } },
    'flow "wages" of part "bank" is in loaves, and workers.pay in money;',
  ],
  [
    "a market in another unit",
    { flows: { wages: { unit: "loaves", clears: true } } },
    'flow "wages" is in money in part "mill" and in loaves in part "bank"; expected one unit.',
  ],
  [
    "a market without sellers",
    {
      world: { eaten: f64({ unit: "loaves" }) },
      flows: { loaves: { unit: "loaves", clears: true, receives: "eaten" } },
    },
    'part "bank" is a market of "loaves" without sellers: nobody pays flow "loaves"; add a part with flows: { loaves: { unit: "loaves", pays: … } }, or take "loaves" from the market.',
  ],
  [
    "a market without buyers",
    {
      world: { baked: f64({ unit: "loaves" }) },
      flows: { loaves: { unit: "loaves", clears: true, pays: "baked" } },
    },
    'part "bank" is a market of "loaves" without buyers: nobody receives flow "loaves"; add a part with flows: { loaves: { unit: "loaves", receives: … } }, or take "loaves" from the market.',
  ],
  [
    "a flow of nothing",
    { flows: { wages: { unit: "money", pays: "lent" } } },
    'flow "wages" of part "bank" names "lent".',
  ],
  [
    "a budget in no unit",
    {
      world: { eaten: f64({ unit: "loaves" }) },
      flows: { bread: { unit: "money", pays: "workers.bill" }, loaves: { unit: "loaves", receives: "eaten" } },
      budget: "it turns money into loaves",
    },
    'part "bank" has a budget, and there is no unit in which it both pays and receives: loaves and money.',
  ],
  ["a budget without flows", { budget: "it keeps nothing" }, 'part "bank" has a budget and no flows.'],
] as const)("parts that differ over %s are refused by name", (_what, declared, message) => {
  const bank = anyPart({ name: "bank", ...declared } as unknown as Parameters<typeof part>[0]);
  expect(composed(bank)).toThrow(`Economy "village": ${message}`);
});

test("who lives in one part lives in all of them, and two columns cannot both say who lives", () => {
  const census = (name: string, lives: "here" | "there") =>
    anyPart({
      name,
      params: { workers: param(5, { unit: "workers", min: 1, integer: true }) },
      populations: { workers: population({ size: "workers", state: { here: u8(), there: u8() }, lives }) },
    } as Parameters<typeof part>[0]);
  const joined = (...others: readonly Part[]) =>
    compose({
      ...described,
      parts: { workers, mill, ...Object.fromEntries(others.map((other) => [other.name, other])) },
      start: () => ({}),
      phases: () => ({}),
      without: ["workers.train", "workers.earn", "workers.spend", "mill.hire", "mill.pay", "mill.sell"],
    });
  expect(joined(census("census", "there")).populations.workers.lives).toBe("there");
  expect(() => joined(census("census", "there"), census("church", "here"))).toThrow(
    /the lives of population "workers" is "there" in part "census" and "here" in part "church"/,
  );
});

test("a part refuses what it does not know, and so does an extension", () => {
  expect(() => anyPart({ name: "bank", phase: {} } as never)).toThrow(
    'part "bank": there is no setting "phase". Did you mean "phases"?',
  );
  expect(() => anyPart({ name: "bank", phases: () => ({}), budget: "" } as never)).not.toThrow();
  expect(() => extension({ size: 3 } as never)).toThrow('extension({ … }): there is no setting "size".');
});

test("two parts of one name are refused, and one part may be there twice under two names", () => {
  const composedOf = (parts: Readonly<Record<string, Part>>) => () =>
    compose({ ...described, parts, start: () => ({}), phases: () => ({}), without: withoutAll(parts) });
  const withoutAll = (parts: Readonly<Record<string, Part>>) =>
    Object.entries(parts).flatMap(([by, { start, phases }]) =>
      [...Object.keys(start), ...Object.keys(phases)].map((phase) => `${by}.${phase}` as const),
    );
  expect(composedOf({ workers, mill, inn: mill })).toThrow(
    'Economy "village": part "mill" and part "inn" are both "mill", and what they declare would be one and the same; give one of them names of its own: renamed(…, "inn").',
  );
  const inn = renamed(mill, "inn", { keep: ["thrift", "wage", "wages", "bread", "workers"] });
  expect(composedOf({ workers, mill, inn })).not.toThrow();
});

test("without an order of its own an economy runs its parts' phases by stages, in a stage in order of the parts", () => {
  const timed = (name: string, stages: Readonly<Record<string, string>>): Part =>
    anyPart({
      name,
      populations: { [name]: population({ size: 1, state: {} }) },
      start: ({ world }: PhaseBuilder<never, never, never>) => ({ wind: world({ doc: "" }, () => {}) }),
      phases: ({ world }: PhaseBuilder<never, never, never>) =>
        Object.fromEntries(Object.keys(stages).map((phase) => [phase, world({ doc: phase }, () => {})])),
      stages,
    } as never);
  const ordered = (parts: Readonly<Record<string, Part>>, without: readonly string[] = []) =>
    compose({ ...described, parts, without: without as readonly never[] });
  const sun = timed("sun", { set: "close", rise: "choose", shine: "choose" });
  const moon = timed("moon", { rise: "choose", set: "pay" });
  const names = (phases: Phases) => Object.keys(phases);
  const both = ordered({ sun, moon });
  expect(names(both.phases)).toEqual(["sunRise", "sunShine", "moonRise", "moonSet", "sunSet"]);
  expect(names(both.start)).toEqual(["sunWind", "moonWind"]);
  expect(names(ordered({ moon, sun }).phases)).toEqual(["moonRise", "sunRise", "sunShine", "moonSet", "sunSet"]);
  const less = ordered({ sun, moon }, ["sun.rise", "moon.wind"]);
  expect([names(less.phases), names(less.start)]).toEqual([["sunShine", "moonRise", "moonSet", "sunSet"], ["sunWind"]]);
  const { rise: _, ...late } = moon.stages;
  expect(() => ordered({ sun, moon: { ...moon, stages: late } })).toThrow(
    'Economy "village": phase moon.rise has no stage; say when it runs by stages: { rise: "choose" } in its part (choose, hire, produce, post, clear, trade, settle, pay, earn, close), or order the period by phases: (parts) => ({ … }).',
  );
  expect(() => timed("moon", { rise: "dusk" })).toThrow('part "moon": the stage of rise is "dusk", expected one of');
  expect(() => anyPart({ ...timedStages, name: "moon" } as never)).toThrow('part "moon": stages names "rise".');
});
const timedStages = { stages: { rise: "choose" } };

type Village = { readonly workers: Phases; readonly mill: Phases };
test("a phase that is forgotten, and names of nothing, are refused where nobody checks types", () => {
  const order = (changes: object) => () =>
    compose({
      ...described,
      parts: { workers, mill },
      start: ({ workers }: Village) => ({ train: workers.train }),
      phases: ({ workers, mill }: Village) => ({
        ...workers,
        pay: mill.pay,
        sell: mill.sell,
      }),
      ...changes,
    } as unknown as Parameters<typeof compose<{ workers: typeof workers; mill: typeof mill }>>[0]);
  expect(order({})).toThrow(
    'Economy "village": phase mill.hire is not in phases; give it its place there, or leave it out by without: ["mill.hire"].',
  );
  expect(order({ without: ["mill.hire"] })).not.toThrow();
  expect(order({ without: ["mill.hier"] })).toThrow('without names "mill.hier". Did you mean "mill.hire"?');
  expect(order({ calibration: { thirft: 1 } })).toThrow('calibration names "thirft". Did you mean "thrift"?');
  const looking = { without: ["mill.hire", "workers.train"], start: () => ({}) };
  expect(order(looking)).not.toThrow();
  expect(order({ ...looking, without: ["mill.hire"] })).toThrow("phase workers.train is not in start");
});

test("actions, links and choices of one name agree", () => {
  const two = (one: object, other: object) => () =>
    compose({
      ...described,
      parts: {
        one: anyPart({ name: "one", ...one } as Parameters<typeof part>[0]),
        other: anyPart({ name: "other", ...other } as Parameters<typeof part>[0]),
      },
      phases: () => ({}),
    });
  const people = { people: population({ size: 4, actions: { gift: grid(0, 1, 3) } }) };
  const acts = (gift: ReturnType<typeof grid>) => ({ populations: { people: extension({ actions: { gift } }) } });
  expect(two({ populations: people }, acts(grid(0, 1, 3)))).not.toThrow();
  expect(two({ populations: people }, acts(grid(0, 1, 5)))).toThrow(
    'the count of action of population "people": "gift" is 3 in part "one" and 5 in part "other"',
  );
  const ties = (degree: number) => ({ populations: people, links: { ties: links("people", { degree }) } });
  expect(two(ties(2), ties(2))).not.toThrow();
  expect(two(ties(2), ties(3))).toThrow('the degree of links "ties" is 2 in part "one" and 3 in part "other"');
  const law = (...laws: readonly string[]) => ({ populations: people, params: { law: choice("a", laws) } });
  expect(two(law("a", "b"), law("a", "c"))).toThrow('the choices of parameter "law" is ["a","b"] in part "one"');
  expect(two({}, acts(grid(0, 1, 3)))).toThrow(
    'no part says how many people there are, whose columns are in part "other"; declare them by population({ size, … }) in one.',
  );
});

test("a flow by an index column is checked row by row", () => {
  const staff = part({
    name: "staff",
    populations: {
      people: population({ size: 4, state: { shop: index("shops"), pay: f64({ unit: "money" }) } }),
      shops: extension({ state: {} }),
    },
    phases: ({ each }) => ({
      work: each("people", { doc: "1 to 4, two in each shop" }, (k, from, to) => {
        for (let i = from; i < to; i++) {
          k.shop[i] = i % 2;
          k.pay[i] = i + 1;
        }
      }),
    }),
    flows: { wages: { unit: "money", receives: "people.pay", by: "shop" } },
  });
  const shops = (first: number, second: number) =>
    part({
      name: "shops",
      populations: { shops: population({ size: 2, state: { bill: f64({ unit: "money" }) } }) },
      phases: ({ each }) => ({
        pay: each("shops", { doc: "as told" }, (k, from, to) => {
          for (let i = from; i < to; i++) k.bill[i] = i === 0 ? first : second;
        }),
      }),
      flows: { wages: { unit: "money", pays: "shops.bill" } },
    });
  const paid = (first: number, second: number) => () =>
    fresh(
      createSimulation(
        compose({
          ...described,
          parts: { staff, shops: shops(first, second) },
          phases: ({ staff, shops }) => ({ work: staff.work, pay: shops.pay }),
        }),
        { checkIdentities: true },
      ),
      1,
    );
  expect(paid(4, 6)).not.toThrow(); // 1 + 3, 2 + 4
  expect(paid(5, 5)).toThrow('Identity "flow-wages" of village is off by 0.1 '); // as much in all
  expect(paid(0, 0)).toThrow('Identity "flow-wages" of village is off by -0.6 ');
  const wrong = (flows: object, message: string) => {
    const other = { ...shops(4, 6), world: { all: f64({ unit: "money" }) }, flows } as Part;
    const joined = () =>
      compose({ ...described, parts: { staff, other }, phases: ({ staff }) => staff, without: ["other.pay"] });
    expect(joined).toThrow(message);
  };
  wrong({ wages: { unit: "money", pays: "all" } }, 'flow "wages" of part "other" is not a column');
  wrong(
    { wages: { unit: "money", pays: "people.pay" } },
    'is by rows of people in part "other" and of shops in part "staff"',
  );
  wrong({ wages: { unit: "money", pays: "shops.bill", by: "bill" } }, "is by shops.bill, which names no rows");
  wrong({ wages: { unit: "money", pays: "shops.bill", by: "bil" } }, "is by shops.bil, which names no rows");
  wrong({ wages: { unit: "money", pays: () => 10 } }, 'flow "wages" of part "other" is not a column');
  const items = {
    ...shops(4, 6),
    populations: { shops: population({ size: 2, state: { bill: f64({ each: 2, unit: "money" }) } }) },
  } as Part;
  const without = ["staff.work", "items.pay"] as const;
  expect(() => compose({ ...described, parts: { staff, items }, phases: () => ({}), without } as never)).toThrow(
    'flow "wages" of part "items": shops.bill has several items; expected a column of single values.',
  );
});

test("who belongs to nobody is paid nothing, or the flow does not add up", () => {
  const played = (pay: number) => () => {
    const people = part({
      name: "people",
      populations: {
        people: population({ size: 2, state: { shop: index("shops"), pay: f64() } }),
        shops: population({ size: 1, state: { bill: f64() } }),
      },
      phases: ({ world }) => ({
        pay: world({ doc: "one is of the shop, one of none" }, ({ people, shops }) => {
          people.shop[0] = 0;
          people.pay.set([3, pay]);
          shops.bill[0] = 3;
        }),
      }),
      flows: { wages: { unit: "1", receives: "people.pay", by: "shop" } },
    });
    const shops = part({
      name: "shops",
      populations: { shops: extension({ state: { bill: f64() } }) },
      flows: { wages: { unit: "1", pays: "shops.bill" } },
    });
    fresh(
      createSimulation(compose({ ...described, parts: { people, shops }, phases: ({ people }) => people }), {
        checkIdentities: true,
      }),
      1,
    );
  };
  expect(played(0)).not.toThrow();
  expect(played(1)).toThrow('Identity "flow-wages" of village is off by NaN');
});

test("an identity says in words what is paid by whom, and what is kept of it", () => {
  const shop = part({
    name: "shop",
    world: { rent: f64({ unit: "money" }), each: f64({ each: 2, unit: "money" }) },
    flows: {
      rent: { unit: "money", pays: "rent" },
      fees: { unit: "money", pays: () => 0 },
      gifts: { unit: "money", receives: "each" },
    },
    budget: "it has nothing",
  });
  const owner = part({
    name: "owner",
    world: { rent: f64({ unit: "money" }), more: f64({ unit: "money" }) },
    flows: {
      rent: { unit: "money", pays: "more", receives: "rent" },
      fees: { unit: "money", receives: () => 0 },
      gifts: { unit: "money", pays: "more" },
    },
  });
  const economy = compose({
    ...described,
    parts: { shop, owner },
    populations: { nobody: population({ size: 1, state: {} }) },
    phases: (_parts, { world }) => ({
      give: world({ doc: "2 and 3" }, (w) => {
        w.each.set([2, 3]);
        w.more = 5;
      }),
    }),
  });
  const docs = Object.fromEntries(Object.entries(economy.identities).map(([name, { doc }]) => [name, doc]));
  expect(docs).toEqual({
    "budget-shop": "it has nothing: each = rent + an amount; relative",
    "flow-rent": "rent + more, paid by shop and owner, is rent, received by owner; relative",
    "flow-fees": "an amount, paid by shop, is an amount, received by owner; relative",
    "flow-gifts": "more, paid by owner, is each, received by shop; relative",
  });
  const simulation = fresh(createSimulation(economy), 1);
  const off = (name: string) => economy.identities[name]!.of(simulation.worlds[0]!, simulation.params);
  expect([off("flow-gifts"), off("flow-fees"), off("budget-shop"), off("flow-rent")]).toEqual([0, 0, 1, 1]);
  const miser = part({
    name: "miser",
    world: { rent: f64() },
    flows: { rent: { unit: "1", pays: "rent" } },
    budget: "all",
  });
  const landlord = part({ name: "landlord", world: { rent: f64() }, flows: { rent: { unit: "1", receives: "rent" } } });
  const { identities } = compose({
    ...described,
    parts: { miser, landlord },
    populations: { nobody: population({ size: 1, state: {} }) },
    phases: () => ({}),
  });
  expect(identities["budget-miser"]!.doc).toBe("all: 0 = rent; relative");
});

test("what flows is of those who live or lived in the period: not of the dead, nor of what they left behind", () => {
  const firms = part({
    name: "firms",
    populations: {
      firms: population({
        size: 3,
        lives: "alive",
        state: {
          alive: u8(),
          age: f64(),
          pay: f64({ each: 2, unit: "money" }),
          bill: f64({ unit: "money" }),
          bank: index("banks"),
        },
      }),
      banks: extension({}),
    },
    phases: ({ each, enter }) => ({
      enter: enter("firms", { doc: "one in each of the first two periods", number: (w) => (w.period < 2 ? 1 : 0) }),
      pay: each(
        "firms",
        { doc: "1 and 2 to workers, 4 to its bank", writes: ["pay", "bill", "bank", "age"] },
        (k, from, to) => {
          for (let i = from; i < to; i++) {
            if (!k.alive[i]) continue;
            k.pay.set([1, 2], 2 * i);
            [k.bill[i], k.bank[i]] = [4, i];
            k.age[i]++;
          }
        },
      ),
      exit: each("firms", { doc: "after two periods" }, (k, from, to) => {
        for (let i = from; i < to; i++) if (k.age[i] === 2) k.alive[i] = 0;
      }),
    }),
    flows: {
      wages: { unit: "money", pays: "firms.pay" },
      interest: { unit: "money", pays: "firms.bill", by: "bank" },
    },
  });
  const banks = part({
    name: "banks",
    world: { wages: f64({ unit: "money" }) },
    populations: { banks: population({ size: 3, state: { interest: f64({ unit: "money" }) } }) },
    phases: ({ world }) => ({
      receive: world({ doc: "firms pay in periods 0 and 1, and 1 and 2" }, (w) => {
        const paying = [
          [1, 0],
          [1, 1],
          [0, 1],
        ][w.period] ?? [0, 0];
        w.wages = 3 * (paying[0] + paying[1]);
        w.banks.interest.set([4 * paying[0], 4 * paying[1], 0]);
      }),
    }),
    flows: {
      wages: { unit: "money", receives: "wages" },
      interest: { unit: "money", receives: "banks.interest" },
    },
  });
  const economy = compose({
    ...described,
    parts: { firms, banks },
    phases: ({ firms, banks }) => ({ ...firms, ...banks }),
  });
  expect(() => fresh(createSimulation(economy, { checkIdentities: true }), 5)).not.toThrow();
});
