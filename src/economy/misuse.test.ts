// What JavaScript does not refuse: settings misspelt or of another kind. Each gives one sentence: where, what came, what was expected.
import { expect, test } from "vitest";
import { choice, derived, flag, numbers, param } from "../core/params.ts";
import { checkEconomy } from "./check.ts";
import { f64, i32, index, u8 } from "./columns.ts";
import { defineEconomy } from "./define.ts";
import type { Economy } from "./economy.ts";
import { links } from "./links.ts";
import { population } from "./population.ts";
import { createSimulation } from "./simulation.ts";
import { discrete, grid } from "./spaces.ts";

const doc = "what it is";
// biome-ignore lint/suspicious/noExplicitAny: what a user without a compiler writes
type Loose = any;

/** A sound declaration, changed. */
function define(change: (declaration: Loose) => void): Economy {
  const declaration = {
    name: "town",
    source: "none",
    summary: "People and shops.",
    params: {
      n: param(4, { integer: true, min: 1, doc }),
      rate: param(0.5, { min: 0, max: 1, doc }),
      twice: param(derived, { doc }),
    },
    derive: { twice: ({ n }: Loose) => 2 * n },
    horizon: 5,
    world: { price: f64({ unit: "money" }) },
    populations: {
      people: population({
        size: "n",
        state: { goods: f64({ unit: "goods" }), shop: index("shops") },
        actions: { gift: grid(0, 1, 5, { unit: "goods" }) },
      }),
      shops: population({ size: 2, state: { sales: f64({ unit: "goods" }) } }),
    },
    phases: ({ decide, each, total }: Loose) => ({
      choose: decide("people", { doc }),
      act: each("people", { doc }, () => {}),
      sum: total("people", { doc }, { price: "goods" }),
    }),
    observe: { people: { goods: { column: "goods", doc } } },
    reward: { people: { column: "goods", doc } },
    metrics: { mean: { unit: "goods", doc, of: () => 1 } },
    identities: { none: { doc, of: () => 0 } },
    truth: () => ({ mean: 1 }),
    truthDocs: { mean: doc },
    figures: [{ title: "Goods", population: "people", column: "goods", theory: "mean", caption: doc }],
    discountFactor: { people: "rate" },
  };
  change(declaration);
  const economy = defineEconomy(declaration as Loose) as Economy;
  createSimulation(economy).reset(0);
  return economy;
}

test("the declaration that is changed below is sound", () => {
  const failed = checkEconomy(
    define(() => {}),
    { periods: 3 },
  ).filter(({ pass }) => !pass);
  expect(failed).toEqual([]);
});

const phases = (make: (build: Loose) => unknown) => (d: Loose) => {
  d.phases = (build: Loose) => ({ act: make(build) });
};
const state = (column: unknown) => (d: Loose) => {
  d.populations.shops = population({ size: 2, state: { sales: column as never } });
};
const actions = (action: unknown) => (d: Loose) => {
  d.populations.shops = population({ size: 2, actions: { open: action as never } });
};
const set =
  (path: string, value: unknown) =>
  (d: Loose): void => {
    const keys = path.split(".");
    const last = keys.pop() as string;
    for (const key of keys) d = d[key] ??= {};
    if (value === undefined) delete d[last];
    else d[last] = value;
  };

test.each<[string, (d: Loose) => void]>([
  ['Economy "town": there is no setting "population". Did you mean "populations"?', set("population", {})],
  ["An economy's name is missing, expected a text.", set("name", undefined)],
  ['Economy "town": source is missing, expected a text.', set("source", undefined)],
  ['Economy "town": params is missing, expected an object.', set("params", undefined)],
  ['Economy "town": horizon is missing, expected a number or the name of a parameter.', set("horizon", undefined)],
  ['Economy "town": populations is a list, expected an object.', set("populations", [])],
  ['Economy "town": phases is an object, expected a function.', set("phases", {})],
  ['Economy "town": what phases returns is missing, expected an object.', set("phases", () => {})],
  [
    'Economy "town": what phases returns: phase "act" is a function, expected what decide, each, enter, events, exchange, repeat, send, total, variant, wire or world returns.',
    phases(() => () => {}),
  ],
  [
    'each("people", …): the settings are a function, expected an object with doc, partner, along, of, reads or writes.',
    phases(({ each }) => each("people", () => {})),
  ],
  ['each("people", …): its function is missing, expected a function.', phases(({ each }) => each("people", { doc }))],
  ["world({ … }): its function is missing, expected a function.", phases(({ world }) => world({ doc }))],
  [
    "world({ … }): the settings are a function, expected an object with doc or writes.",
    phases(({ world }) => world(() => {})),
  ],
  [
    'exchange("people", …): its function is an object, expected a function.',
    phases(({ exchange }) => exchange("people", { doc, inbox: "goods" }, {})),
  ],
  ['wire("ties", …): its function is missing, expected a function.', phases(({ wire }) => wire("ties", { doc }))],
  ['total("people", …): what it sums is missing, expected an object.', phases(({ total }) => total("people", { doc }))],
  [
    'Economy "town": populations.shops is an object, expected what population({ … }) returns.',
    set("populations.shops", { size: 2 }),
  ],
  [
    'Economy "town": the size of populations.shops is missing, expected a number or the name of a parameter.',
    set("populations.shops", population({ state: { sales: f64() } } as never)),
  ],
  [
    'Economy "town": links.ties is an object, expected what links(…) returns.',
    set("links", { ties: { from: "people" } }),
  ],
  [
    'Economy "town": links.ties.state.age is 3, expected what f64(), i32(), u8() or index(…) returns.',
    set("links", { ties: links("people", { degree: 2, state: { age: 3 as never } }) }),
  ],
  [
    'Economy "town": populations.shops.state.sales is a function, expected what f64(), i32(), u8() or index(…) returns.',
    state(f64),
  ],
  ['Economy "town": world.price is 0, expected what f64(), i32(), u8() or index(…) returns.', set("world.price", 0)],
  [
    'Economy "town": populations.shops.actions.open is 3, expected what grid(…), box(…) or discrete(…) returns.',
    actions(3),
  ],
  ["town: shops.open: count is undefined, expected a finite number.", actions((discrete as Loose)())],
  [
    'Economy "town": params.rate is 0.5, expected what param, numbers, choice, flag or text returns.',
    set("params.rate", 0.5),
  ],
  [
    'Economy "town": the default of params.rate is the text "0.5", expected a number without quotes.',
    set("params.rate", param("0.5" as never)),
  ],
  [
    'Economy "town": the default of params.rate: got 5, expected a number from 0 to 1.',
    set("params.rate", param(5, { min: 0, max: 1 })),
  ],
  [
    'Economy "town": params.rate has min 1 and max 0, expected min ≤ max.',
    set("params.rate", param(0.5, { min: 1, max: 0 })),
  ],
  [
    'Economy "town": the default of params.n: got 2.5, expected an integer.',
    set("params.n", param(2.5, { integer: true })),
  ],
  [
    'Economy "town": the default of params.kind: got "x", expected a or b.',
    set("params.kind", choice("x" as never, ["a", "b"])),
  ],
  [
    'Economy "town": the default of params.on is the text "true", expected a flag without quotes.',
    set("params.on", flag("true" as never)),
  ],
  ['Economy "town": derive.twice is 2, expected a function.', set("derive.twice", 2)],
  [
    'Economy "town": observe.people.goods is "goods", expected an object with column, of, world, transform, center, scale, transient and doc.',
    set("observe.people.goods", "goods"),
  ],
  [
    'Economy "town": observe.people.goods.transform is "lag", expected "identity" or "log". Did you mean "log"?',
    set("observe.people.goods.transform", "lag"),
  ],
  ['Economy "town": observe.people.goods.of is "all", expected "everyone".', set("observe.people.goods.of", "all")],
  [
    'Economy "town": observe.people.goods.scale is "2", expected a finite number or a function of the parameters.',
    set("observe.people.goods.scale", "2"),
  ],
  [
    'Economy "town": observe.people.goods.transient is 1, expected true or false.',
    set("observe.people.goods.transient", 1),
  ],
  [
    'Economy "town": observe.people.goods has both a column and a world scalar; expected one of them.',
    set("observe.people.goods.world", "price"),
  ],
  ['Economy "town": reward.people is "goods", expected an object with column and doc.', set("reward.people", "goods")],
  ['Economy "town": metrics.mean.of is missing, expected a function.', set("metrics.mean.of", undefined)],
  [
    'Economy "town": metrics.mean is a function, expected an object with unit, doc and of.',
    set("metrics.mean", () => 1),
  ],
  [
    'Economy "town": identities.none.after is "periods", expected "phase" or "period". Did you mean "period"?',
    set("identities.none.after", "periods"),
  ],
  [
    'Economy "town": identities.none.tolerance is -1, expected a number from 0 on.',
    set("identities.none.tolerance", -1),
  ],
  ['Economy "town": truth is an object, expected a function.', set("truth", { mean: 1 })],
  ['Economy "town": truthDocs.mean is 3, expected a text.', set("truthDocs.mean", 3)],
  ['Economy "town": figures is an object, expected a list.', set("figures", {})],
  [
    'Economy "town": figures[0].statistic is "meen", expected "mean" or "median". Did you mean "mean"?',
    (d) => {
      d.figures[0].statistic = "meen";
    },
  ],
  ['Economy "town": end is true, expected a function.', set("end", true)],
  ['Economy "town": discountFactor.people is 0.9, expected a text.', set("discountFactor.people", 0.9)],
  [
    'Economy "town": mask.people.gift is a function, expected an object with doc and allows.',
    set("mask", { people: { gift: () => true } }),
  ],
  [
    'Economy "town": counterfactual.people.gift.instead is missing, expected an object.',
    set("counterfactual", { people: { gift: { reward: "goods" } } }),
  ],
  ['Economy "town": payoffs.people is 3, expected a function.', set("payoffs", { people: 3 })],
  [
    'Economy "town": the world scalar "period" has a name that Walras uses itself there; take another.',
    set("world.period", f64()),
  ],
  [
    'Economy "town": the population "world" has a name that Walras uses itself there; take another.',
    set("populations.world", population({ size: 1, state: { x: f64() } })),
  ],
  [
    'Economy "town": the column of shops "size" has a name that Walras uses itself there; take another.',
    set("populations.shops", population({ size: 2, state: { size: f64() } })),
  ],
  [
    'Economy "town": links "ties" declare a column "start", which every kind of link has.',
    set("links", { ties: links("people", { degree: 2, state: { start: i32() } }) }),
  ],
])("%s", (message, change) => {
  expect(() => define(change)).toThrow(new Error(message));
});

test.each(["<script>alert(1)</script>", "a.b", "constructor", "__proto__", "", "two words"])(
  'a metric cannot be named "%s"',
  (name) => {
    const metrics = Object.fromEntries([[name, { unit: "1", doc, of: () => 1 }]]);
    const parsed = name === "__proto__" ? JSON.parse('{"__proto__": 1}') : metrics;
    if (name === "__proto__") Object.defineProperty(parsed, name, { value: metrics[name], enumerable: true });
    expect(() => define(set("metrics", parsed))).toThrow(
      `Economy "town": the metric "${name}" has a name that cannot be used; take letters, digits, _ and -, and no name that every object has.`,
    );
  },
);

test("names may be of any alphabet", () => {
  expect(() =>
    define(set("metrics", { "größe-1": { unit: "1", doc, of: () => 1 }, Δ_p: { unit: "1", doc, of: () => 1 } })),
  ).not.toThrow();
});

test.each([
  [() => f64({ initial: "3" as never }), 'f64({ … }): initial is "3", expected a finite number.'],
  [() => i32({ initial: 0.5 }), "i32({ … }): initial is 0.5, expected an integer from -2147483648 to 2147483647."],
  [() => u8({ initial: 256 }), "u8({ … }): initial is 256, expected an integer from 0 to 255."],
  [() => numbers(3 as never), "numbers(3, …): got 3, expected a list of numbers."],
  [
    () => choice("x" as never, undefined as never),
    'choice("x", …): the choices are undefined, expected a list of names.',
  ],
])("columns and parameters refuse what they cannot hold: %#", (make, message) => {
  expect(make).toThrow(new Error(message));
});

const detail = (change: (d: Loose) => void): string =>
  checkEconomy(define(change), { periods: 3, seeds: [1] }).find(({ pass }) => !pass)?.detail ?? "";

test("check says what theory, identities and phases give instead of numbers and errors", () => {
  expect(detail(set("truth", () => null))).toBe("what truth returns is null, expected an object.");
  expect(detail(set("truthDocs", { mea: doc }))).toBe(
    'truthDocs names "mea", which truth does not return. Did you mean "mean"?',
  );
  expect(detail(set("truthDocs", { mean: doc, inBadTimes: doc }))).toBe("");
  expect(detail((d) => (d.figures[0].theory = "men"))).toBe(
    'The theory of figure "Goods" names "men", which truth does not return. Did you mean "mean"? Expected one of: mean.',
  );
  expect(detail(set("identities.none.of", () => "0"))).toMatch(/^Identity "none" of town is off by 0 after phase/);
  const text = phases(({ world }) =>
    world({ doc }, () => {
      throw "no";
    }),
  );
  expect(detail(text)).toBe('Phase "act" failed: no (economy town, world 0, period 0).');
});
