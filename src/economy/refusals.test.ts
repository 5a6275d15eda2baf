// Declarations that name what is not there, or lack what must be: each is refused in words, and none is refused beside it.
import { expect, test } from "vitest";
import { derived, param } from "../core/params.ts";
import { f64, i32, index, u8 } from "./columns.ts";
import { defineEconomy } from "./define.ts";
import { links } from "./links.ts";
import { population } from "./population.ts";
import { createSimulation } from "./simulation.ts";
import { box, discrete, grid } from "./spaces.ts";

const doc = "what it is";
// biome-ignore lint/suspicious/noExplicitAny: what a user without a compiler writes
type Loose = any;

/** A sound economy, changed. */
function town(change: (declaration: Loose) => void = () => {}) {
  const declaration: Loose = {
    name: "town",
    source: "none",
    summary: "People tied to each other and to shops.",
    params: { n: param(4, { integer: true, min: 1, doc }), rate: param(0.5, { min: 0, max: 1, doc }) },
    horizon: 5,
    world: { price: f64(), prices: f64({ each: 3 }) },
    populations: {
      people: population({
        size: "n",
        state: { goods: f64(), pair: f64({ each: 2 }), shop: index("shops"), flag: u8() },
        actions: { gift: grid(0, 1, 5), work: box(0, 1), code: discrete(3) },
      }),
      shops: population({ size: 2, state: { sales: f64(), visits: i32() } }),
    },
    links: {
      ties: links("people", {
        degree: 2,
        state: { trust: f64(), parts: f64({ each: 2 }), via: index("shops"), stays: u8() },
      }),
      visits: links("people", { to: "shops", degree: 1 }),
    },
    phases: ({ decide }: Loose) => ({ choose: decide("people", { doc }) }),
    observe: { people: { goods: { column: "goods", doc } } },
    reward: { people: { column: "goods", doc } },
  };
  change(declaration);
  return defineEconomy(declaration);
}
const phases = (make: (build: Loose) => object) => (d: Loose) => {
  d.phases = (build: Loose) => ({ choose: build.decide("people", { doc }), ...make(build) });
};

test.each<[string, (d: Loose) => void]>([
  ["as it is", () => {}],
  ["a name with digits and hyphens", (d) => Object.assign(d, { name: "town-2" })],
  ["an index of links", (d) => Object.assign(d.links, { more: links("shops", { to: "people", degree: "rate" }) })],
  ["items by a parameter", (d) => Object.assign(d.world, { more: f64({ each: "n" }) })],
  ["a total of a code", phases(({ total }) => ({ sum: total("people", { doc }, { price: "code" }) }))],
  ["a total by source", phases(({ total }) => ({ sum: total("ties", { doc, by: "source" }, { goods: "trust" }) }))],
  ["a total by target", phases(({ total }) => ({ sum: total("visits", { doc, by: "target" }, { sales: () => 1 }) }))],
  [
    "a total by an index of links",
    phases(({ total }) => ({ sum: total("ties", { doc, by: "via" }, { sales: "trust" }) })),
  ],
  [
    "an inbox of reals",
    phases(({ exchange }) => ({ send: exchange("people", { doc, to: "shops", inbox: "sales" }, () => {}) })),
  ],
  [
    "a partner by a column",
    phases(({ each }) => ({ meet: each("people", { doc, partner: "shop", reads: ["goods"] }, () => {}) })),
  ],
  ["a column that is chosen, too", (d) => Object.assign(d.populations.people.state, { gift: f64() })],
  ["names that only begin with digits or none", (d) => Object.assign(d.world, { _x1: f64(), über: f64() })],
  ["a discount of 0 to 1", (d) => Object.assign(d, { discountFactor: { people: "rate" } })],
  ["min equal to max", (d) => Object.assign(d.params, { one: param(1, { min: 1, max: 1 }) })],
  ["an observation of a world scalar", (d) => Object.assign(d.observe.people, { price: { world: "price", doc } })],
  ["one price for an observation of attention", (d) => Object.assign(d, { informationCost: { people: "goods" } })],
])("%s, it is sound", (_what, change) => {
  expect(() => createSimulation(town(change)).reset(0)).not.toThrow();
});

test.each<[string, (d: Loose) => void]>([
  ["the name must be lower-case words joined by hyphens.", (d) => Object.assign(d, { name: "2town" })],
  ["the name must be lower-case words joined by hyphens.", (d) => Object.assign(d, { name: "town!" })],
  ['"people" is both a population and a world scalar.', (d) => Object.assign(d.world, { people: f64() })],
  ['"shops" is both a population and links.', (d) => Object.assign(d.links, { shops: d.links.ties })],
  ['"ties" is both links and a world scalar.', (d) => Object.assign(d.world, { ties: f64() })],
  ['where links "more" come from names "folk".', (d) => Object.assign(d.links, { more: links("folk", { degree: 1 }) })],
  [
    'where links "more" lead to names "folk".',
    (d) => Object.assign(d.links, { more: links("people", { to: "folk", degree: 1 } as Loose) }),
  ],
  ...["source", "target", "start", "size"].map((column): [string, (d: Loose) => void] => [
    `links "more" declare a column "${column}", which every kind of link has.`,
    (d) => Object.assign(d.links, { more: links("people", { degree: 1, state: { [column]: f64() } }) }),
  ]),
  [
    'index column more.at names "folk".',
    (d) => Object.assign(d.links, { more: links("people", { degree: 1, state: { at: index("folk") } }) }),
  ],
  ['index column shops.at names "folk".', (d) => Object.assign(d.populations.shops.state, { at: index("folk") })],
  ['the degree of more names "many".', (d) => Object.assign(d.links, { more: links("people", { degree: "many" }) })],
  [
    'the number of items of more.x names "many".',
    (d) => Object.assign(d.links, { more: links("people", { degree: 1, state: { x: f64({ each: "many" }) } }) }),
  ],
  ['the number of items of world.more names "many".', (d) => Object.assign(d.world, { more: f64({ each: "many" }) })],
  [
    'the number of items of shops.x names "many".',
    (d) => Object.assign(d.populations.shops.state, { x: f64({ each: "many" }) }),
  ],
  [
    'the number of items of people.more names "many".',
    (d) => Object.assign(d.populations.people.actions, { more: box(0, 1, { each: "many" }) }),
  ],
  [
    'the size of people names "many".',
    (d) => Object.assign(d.populations, { people: population({ ...d.populations.people, size: "many" }) }),
  ],
  [
    'the lower bound of people.more names "many".',
    (d) => Object.assign(d.populations.people.actions, { more: box("many", 1) }),
  ],
  [
    'the upper bound of people.more names "many".',
    (d) => Object.assign(d.populations.people.actions, { more: grid(0, "many", 3) }),
  ],
  [
    'the count of people.more names "many".',
    (d) => Object.assign(d.populations.people.actions, { more: grid(0, 1, "many") }),
  ],
  [
    'the count of people.more names "many".',
    (d) => Object.assign(d.populations.people.actions, { more: discrete("many") }),
  ],
  [
    'the spacing of people.more names "many".',
    (d) => Object.assign(d.populations.people.actions, { more: grid(0, 1, 2, { spacing: "many" }) }),
  ],
  ['horizon names "many".', (d) => Object.assign(d, { horizon: "many" })],
  ['derive names "many".', (d) => Object.assign(d, { derive: { many: () => 1 } })],
  [
    "people.gift is a column and an action with different items (`each`); expected the same.",
    (d) => Object.assign(d.populations.people.state, { gift: f64({ each: 2 }) }),
  ],
  // phases
  ['phase "go" names "folk".', phases(({ each }) => ({ go: each("folk", { doc }, () => {}) }))],
  [
    'what phase "go" goes along names "people".',
    phases(({ each }) => ({ go: each("people", { doc, along: "people", reads: ["goods"] }, () => {}) })),
  ],
  [
    'what phase "go" writes names "gone".',
    phases(({ each }) => ({ go: each("people", { doc, writes: ["gone"] }, () => {}) })),
  ],
  [
    'what phase "go" reads names "goods".',
    phases(({ each }) => ({ go: each("people", { doc, along: "visits", reads: ["goods"] }, () => {}) })),
  ],
  [
    'phase "go" has a partner and links; expected one of them.',
    phases(({ each }) => ({
      go: each("people", { doc, along: "ties", partner: "random", reads: ["goods"] }, () => {}),
    })),
  ],
  [
    'phase "go" with random partners names "ties".',
    phases(({ each }) => ({ go: each("ties", { doc, partner: "random", reads: ["trust"] }, () => {}) })),
  ],
  [
    'the partner of phase "go" is people.goods, f64; expected a column of kind i32.',
    phases(({ each }) => ({ go: each("people", { doc, partner: "goods", reads: ["goods"] }, () => {}) })),
  ],
  [
    'the partner of phase "go" is people.code, an action; expected a column of kind i32.',
    phases(({ each }) => ({ go: each("people", { doc, partner: "code", reads: ["goods"] }, () => {}) })),
  ],
  [
    'the inbox of phase "go" is people.pair, which has several items',
    phases(({ exchange }) => ({ go: exchange("people", { doc, inbox: "pair" }, () => {}) })),
  ],
  [
    'the inbox of phase "go" is people.flag, u8; expected a column of kind i32 or f64.',
    phases(({ exchange }) => ({ go: exchange("people", { doc, inbox: "flag" }, () => {}) })),
  ],
  [
    'the receiver of phase "go" names "ties".',
    phases(({ exchange }) => ({ go: exchange("people", { doc, to: "ties", inbox: "trust" }, () => {}) })),
  ],
  ['phase "go" names "many".', phases(({ total }) => ({ go: total("people", { doc }, { many: "goods" }) }))],
  ['phase "go" sums names "many".', phases(({ total }) => ({ go: total("people", { doc }, { price: "many" }) }))],
  [
    'phase "go" sums people.pair (each: 2) into world.price (single values); expected as many items.',
    phases(({ total }) => ({ go: total("people", { doc }, { price: "pair" }) })),
  ],
  [
    'phase "go" groups by people.goods, which names no rows',
    phases(({ total }) => ({ go: total("people", { doc, by: "goods" }, { sales: "goods" }) })),
  ],
  ['phase "go" names "goods".', phases(({ total }) => ({ go: total("ties", { doc, by: "via" }, { goods: "trust" }) }))],
  ['phase "go" names "people".', phases(({ wire }) => ({ go: wire("people", { doc }, () => () => {}) }))],
  [
    'phase "go" keeps links by ties.trust, which is no flag; declare it u8.',
    phases(({ wire }) => ({ go: wire("ties", { doc, keep: "trust" }, () => () => {}) })),
  ],
  [
    'how often phase "go" runs names "many".',
    phases(({ wire }) => ({ go: wire("ties", { doc, every: "many" }, () => () => {}) })),
  ],
  [
    'how often phase "go" repeats names "many".',
    phases(({ repeat, each }) => ({ go: repeat("many", { doc }, { x: each("people", { doc }, () => {}) }) })),
  ],
  ['phase "go" repeats nothing.', phases(({ repeat }) => ({ go: repeat(2, { doc }, {}) }))],
  [
    'phase "go" repeats "x", which makes links; links are made once in a period.',
    phases(({ repeat, wire }) => ({ go: repeat(2, { doc }, { x: wire("ties", { doc }, () => () => {}) }) })),
  ],
  [
    'phase "go/x" names "folk".',
    phases(({ repeat, each }) => ({ go: repeat(2, { doc }, { x: each("folk", { doc }, () => {}) }) })),
  ],
  [
    'the phase of go "12" is named by a number',
    phases(({ repeat, each }) => ({ go: repeat(2, { doc }, { 12: each("people", { doc }, () => {}) }) })),
  ],
  ['the phase "12" is named by a number', phases(({ each }) => ({ 12: each("people", { doc }, () => {}) }))],
  [
    'the phase "a b" has a name that cannot be used',
    phases(({ each }) => ({ "a b": each("people", { doc }, () => {}) })),
  ],
  [
    'the phase "1b" has a name that cannot be used',
    phases(({ each }) => ({ "1b": each("people", { doc }, () => {}) })),
  ],
  [
    'the phase "toString" has a name that cannot be used',
    phases(({ each }) => ({ toString: each("people", { doc }, () => {}) })),
  ],
  // what is known of agents
  ['reward names "folk".', (d) => Object.assign(d.reward, { folk: { column: "goods", doc } })],
  ["reward.people is people.pair, which has several items", (d) => Object.assign(d.reward.people, { column: "pair" })],
  ['mask names "folk".', (d) => Object.assign(d, { mask: { folk: {} } })],
  ['mask.people names "goods".', (d) => Object.assign(d, { mask: { people: { goods: { doc, allows: () => true } } } })],
  [
    "mask.people.work: a box has no choices to leave out.",
    (d) => Object.assign(d, { mask: { people: { work: { doc, allows: () => true } } } }),
  ],
  ['potential names "folk".', (d) => Object.assign(d, { potential: { folk: () => 0 } })],
  ['payoffs names "folk".', (d) => Object.assign(d, { payoffs: { folk: () => {} } })],
  ["payoffs.shops are of a population without reward.", (d) => Object.assign(d, { payoffs: { shops: () => {} } })],
  [
    'payoffs.people: the action "work" is a box; payoffs are of grids and codes.',
    (d) => Object.assign(d, { payoffs: { people: () => {} } }),
  ],
  ['observe names "folk".', (d) => Object.assign(d.observe, { folk: {} })],
  ['observe.people.x names "gone".', (d) => Object.assign(d.observe.people, { x: { column: "gone", doc } })],
  ['observe.people.x names "gone".', (d) => Object.assign(d.observe.people, { x: { world: "gone", doc } })],
  ["observe.people.x has neither a column nor a world scalar.", (d) => Object.assign(d.observe.people, { x: { doc } })],
  [
    "observe.people.x has both a column and a world scalar; expected one of them.",
    (d) => Object.assign(d.observe.people, { x: { column: "goods", world: "price", doc } }),
  ],
  ['informationCost names "folk".', (d) => Object.assign(d, { informationCost: { folk: "goods" } })],
  ['informationCost.people names "gone".', (d) => Object.assign(d, { informationCost: { people: "gone" } })],
  ...[{ world: "price" }, { column: "goods", of: "everyone" }, { column: "goods", transform: "log" }].map(
    (observed): [string, (d: Loose) => void] => [
      "informationCost.people must be observed as a column of the agent's own, not of its logarithm.",
      (d) => Object.assign(d, { observe: { people: { x: { ...observed, doc } } }, informationCost: { people: "x" } }),
    ],
  ),
  [
    "informationCost.people is people.pair, which has several items",
    (d) => Object.assign(d, { observe: { people: { x: { column: "pair", doc } } }, informationCost: { people: "x" } }),
  ],
  ['discountFactor names "folk".', (d) => Object.assign(d, { discountFactor: { folk: "rate" } })],
  ['discountFactor.people names "gone".', (d) => Object.assign(d, { discountFactor: { people: "gone" } })],
  [
    "discountFactor.people: x must be a number within 0 and 1",
    (d) =>
      Object.assign(d, {
        params: { ...d.params, x: param(0.5, { min: -0.1, max: 1 }) },
        discountFactor: { people: "x" },
      }),
  ],
  [
    "discountFactor.people: x must be a number within 0 and 1",
    (d) =>
      Object.assign(d, {
        params: { ...d.params, x: param(0.5, { min: 0, max: 1.1 }) },
        discountFactor: { people: "x" },
      }),
  ],
  [
    'figure "F" names "folk".',
    (d) => Object.assign(d, { figures: [{ title: "F", population: "folk", column: "goods" }] }),
  ],
  [
    'figure "F" is people.pair, which has several items',
    (d) => Object.assign(d, { figures: [{ title: "F", population: "people", column: "pair" }] }),
  ],
  ['counterfactual names "folk".', (d) => Object.assign(d, { counterfactual: { folk: {} } })],
  [
    'counterfactual.people names "goods".',
    (d) => Object.assign(d, { counterfactual: { people: { goods: { reward: "goods", instead: {} } } } }),
  ],
  [
    'counterfactual.people.gift names "gone".',
    (d) => Object.assign(d, { counterfactual: { people: { gift: { reward: "gone", instead: {} } } } }),
  ],
  [
    'counterfactual.people.gift names "gone".',
    (d) => Object.assign(d, { counterfactual: { people: { gift: { reward: "goods", instead: { gone: "goods" } } } } }),
  ],
  [
    'counterfactual.people.gift names "gone".',
    (d) => Object.assign(d, { counterfactual: { people: { gift: { reward: "goods", instead: { goods: "gone" } } } } }),
  ],
  // names that are taken, and parameters
  [
    'the world scalar "period" has a name that Walras uses itself there',
    (d) => Object.assign(d.world, { period: f64() }),
  ],
  [
    'the population "world" has a name that Walras uses itself there',
    (d) => Object.assign(d.populations, { world: d.populations.shops }),
  ],
  [
    'the population "period" has a name that Walras uses itself there',
    (d) => Object.assign(d.populations, { period: d.populations.shops }),
  ],
  [
    'the links "world" has a name that Walras uses itself there',
    (d) => Object.assign(d.links, { world: d.links.ties }),
  ],
  [
    'the links "period" has a name that Walras uses itself there',
    (d) => Object.assign(d.links, { period: d.links.ties }),
  ],
  [
    'the column of shops "size" has a name that Walras uses itself there',
    (d) => Object.assign(d.populations.shops.state, { size: f64() }),
  ],
  ['the parameter "7" is named by a number', (d) => Object.assign(d.params, { 7: param(1) })],
  [
    "params.x has min 2 and max 1, expected min ≤ max.",
    (d) => Object.assign(d.params, { x: param(1, { min: 2, max: 1 }) }),
  ],
  [
    "the default of params.x: got 3, expected a number from 0 to 1.",
    (d) => Object.assign(d.params, { x: param(3, { min: 0, max: 1 }) }),
  ],
  ['parameter "x" is derived but derive.x is missing.', (d) => Object.assign(d.params, { x: param(derived) })],
  // what must be there
  ["reward.people.column is missing", (d) => Object.assign(d, { reward: { people: { doc } } })],
  ["identities.x.of is missing", (d) => Object.assign(d, { identities: { x: { doc } } })],
  ["metrics.x.of is missing", (d) => Object.assign(d, { metrics: { x: { doc } } })],
  ["figures[0].title is missing", (d) => Object.assign(d, { figures: [{ population: "people", column: "goods" }] })],
  ["figures[0].population is missing", (d) => Object.assign(d, { figures: [{ title: "F", column: "goods" }] })],
  ["figures[0].column is missing", (d) => Object.assign(d, { figures: [{ title: "F", population: "people" }] })],
  ["mask.people.gift.allows is missing", (d) => Object.assign(d, { mask: { people: { gift: { doc } } } })],
  [
    "counterfactual.people.gift.reward is missing",
    (d) => Object.assign(d, { counterfactual: { people: { gift: { instead: {} } } } }),
  ],
  [
    "counterfactual.people.gift.instead is missing",
    (d) => Object.assign(d, { counterfactual: { people: { gift: { reward: "goods" } } } }),
  ],
  ["observe is a list, expected an object.", (d) => Object.assign(d, { observe: [] })],
  [
    "params.x is an object, expected what param, numbers, choice, flag or text returns.",
    (d) => Object.assign(d.params, { x: f64() }),
  ],
  [
    "world.x is an object, expected what f64(), i32(), u8() or index(…) returns.",
    (d) => Object.assign(d.world, { x: { kind: "f32", initial: 0, each: null } }),
  ],
  ["what start returns is a list, expected an object.", (d) => Object.assign(d, { start: () => [] })],
])("refused: %s", (message, change) => {
  expect(() => town(change)).toThrow(message);
});
