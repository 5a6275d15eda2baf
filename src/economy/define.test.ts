// What defineEconomy refuses at run time, for authors without a compiler, and what a description says.
import { expect, test } from "vitest";
import { lucasTree } from "../../economies/lucas-tree.ts";
import { moneyExchange } from "../../economies/money-exchange.ts";
import { choice, derived, numbers, param } from "../core/params.ts";
import { f64, i32, u8 } from "./columns.ts";
import { defineEconomy } from "./define.ts";
import { describeEconomy } from "./describe.ts";
import type { Economy } from "./economy.ts";
import type { PhaseBuilder } from "./phases/index.ts";
import { population } from "./population.ts";
import { box, discrete, grid } from "./spaces.ts";

type Loose = PhaseBuilder<Record<string, never>, Record<string, never>, Record<string, never>>;

/** An economy with mistakes that the compiler would have found. */
function define(changes: Record<string, unknown>): Economy {
  const sound = {
    name: "town",
    source: "none",
    summary: "",
    params: { fee: param(1) },
    horizon: 3,
    world: { money: f64() },
    populations: { people: population({ size: 2, state: { wealth: f64(), inbox: i32() } }) },
    phases: () => ({}),
  };
  return defineEconomy({ ...sound, ...changes } as never);
}
const phases = (build: (phases: Record<keyof Loose, (...args: unknown[]) => never>) => unknown) => ({ phases: build });
const doc = "";
const none = () => {};
const numbered = (what: string): string =>
  `the ${what} "2" is named by a number, and JavaScript would move it before the others; use a word.`;

test.each([
  ["a name that is not a word", { name: "town hall" }, "the name must be lower-case words joined by hyphens."],
  ["no population", { populations: {} }, "it has no population."],
  ["a name used twice", { world: { people: f64() } }, '"people" is both a population and a world scalar.'],
  [
    "a decision of nobody",
    phases(({ decide }) => ({ act: decide("peple", { doc }) })),
    'phase "act" names "peple". Did you mean "people"? Expected one of: people.',
  ],
  [
    "a column to read that is not there",
    phases(({ each }) => ({ meet: each("people", { doc, partner: "random", reads: ["welth"] }, none) })),
    'what phase "meet" reads names "welth". Did you mean "wealth"?',
  ],
  [
    "columns to read of no partner",
    phases(({ each }) => ({ meet: each("people", { doc, reads: ["wealth"] }, none) })),
    'phase "meet" reads columns but has no partner and no links; of everyone, declare of: "everyone".',
  ],
  [
    "a partner column that is not there",
    phases(({ each }) => ({ meet: each("people", { doc, partner: "friend" }, none) })),
    'the partner of phase "meet" names "friend".',
  ],
  [
    "a sum into nothing",
    phases(({ total }) => ({ count: total("people", { doc }, { mony: () => 1 }) })),
    'phase "count" names "mony". Did you mean "money"?',
  ],
  [
    "a sum into nothing at the start, behind a phase of the same name",
    {
      start: phases(({ total }) => ({ count: total("people", { doc }, { mony: () => 1 }) })).phases,
      phases: ({ world }: Loose) => ({ count: world({ doc }, none) }),
    },
    'phase "count" names "mony".',
  ],
  [
    "an inbox that is not there",
    phases(({ exchange }) => ({ give: exchange("people", { doc, inbox: "box" }, none) })),
    'the inbox of phase "give" names "box".',
  ],
  [
    "an inbox that cannot hold integers",
    {
      populations: { people: population({ size: 2, state: { flag: u8() } }) },
      ...phases(({ exchange }) => ({ give: exchange("people", { doc, inbox: "flag" }, none) })),
    },
    'the inbox of phase "give" is people.flag, u8; expected a column of kind i32 or f64.',
  ],
  [
    "an inbox that is an action",
    {
      populations: { people: population({ size: 2, actions: { act: discrete(2) } }) },
      ...phases(({ exchange }) => ({ give: exchange("people", { doc, inbox: "act" }, none) })),
    },
    'the inbox of phase "give" is people.act, an action; expected a column of kind i32 or f64.',
  ],
  [
    "a partner that is not an index",
    phases(({ each }) => ({ meet: each("people", { doc, partner: "wealth" }, none) })),
    'the partner of phase "meet" is people.wealth, f64; expected a column of kind i32.',
  ],
  [
    "an inbox of nobody",
    phases(({ exchange }) => ({ give: exchange("people", { doc, to: "banks", inbox: "inbox" }, none) })),
    'the receiver of phase "give" names "banks".',
  ],
  [
    "a decision at the start",
    { start: phases(({ decide }) => ({ act: decide("people", { doc }) })).phases },
    'start phase "act" is a decision; decisions belong to phases.',
  ],
  [
    "a figure of nothing",
    { figures: [{ title: "Wealth", population: "people", column: "welth", caption: "" }] },
    'figure "Wealth" names "welth". Did you mean "wealth"?',
  ],
  [
    "a decision as often as nothing says",
    phases(({ decide }) => ({ act: decide("people", { doc, every: "trem" }) })),
    'how often phase "act" is decided names "trem". Expected one of: episode, never, fee.',
  ],
  ["a horizon of nothing", { horizon: "fees" }, 'horizon names "fees". Did you mean "fee"? Expected one of: fee.'],
  [
    "a size of nothing",
    { populations: { people: population({ size: "fees", state: {} }) } },
    'the size of people names "fees". Did you mean "fee"?',
  ],
  [
    "a lower bound of nothing",
    { populations: { people: population({ size: 1, actions: { a: box("low", 1) } }) } },
    'the lower bound of people.a names "low".',
  ],
  [
    "an upper bound of nothing",
    { populations: { people: population({ size: 1, actions: { a: grid(0, "high", 2) } }) } },
    'the upper bound of people.a names "high".',
  ],
  [
    "a count of nothing",
    { populations: { people: population({ size: 1, actions: { a: discrete("many") } }) } },
    'the count of people.a names "many".',
  ],
  [
    "a spacing of nothing",
    { populations: { people: population({ size: 1, actions: { a: grid(0, 1, 2, { spacing: "log10" }) } }) } },
    'the spacing of people.a names "log10". Did you mean "log"?',
  ],
  ["a rule for nothing", { derive: { fees: () => 1 } }, 'derive names "fees". Did you mean "fee"?'],
  ["a misspelt option", { metricz: {} }, 'there is no setting "metricz". Did you mean "metrics"?'],
  [
    "a misspelt observation",
    { observe: { people: { x: { column: "wealth", centre: 1, doc } } } },
    'observe.people.x: there is no setting "centre". Did you mean "center"?',
  ],
  [
    "a misspelt reward",
    { reward: { people: { colum: "wealth", doc } } },
    'reward.people: there is no setting "colum". Did you mean "column"?',
  ],
  ["a misspelt metric", { metrics: { m: { units: "1", doc, of: none } } }, 'metrics.m: there is no setting "units".'],
  [
    "a misspelt identity",
    { identities: { m: { tolerence: 1, doc, of: none } } },
    'identities.m: there is no setting "tolerence". Did you mean "tolerance"?',
  ],
  ["a misspelt figure", { figures: [{ titel: "" }] }, 'figures[0]: there is no setting "titel".'],
  [
    "a misspelt mask",
    { mask: { people: { a: { doc, allow: none } } } },
    'mask.people.a: there is no setting "allow". Did you mean "allows"?',
  ],
  [
    "a misspelt counterfactual",
    { counterfactual: { people: { a: { reward: "wealth", insted: {} } } } },
    'counterfactual.people.a: there is no setting "insted". Did you mean "instead"?',
  ],
  [
    "a phase named by a number",
    phases(({ world }) => ({ a: world({ doc }, none), 2: world({ doc }, none) })),
    numbered("phase"),
  ],
  [
    "a start named by a number",
    { start: phases(({ world }) => ({ 2: world({ doc }, none) })).phases },
    numbered("start phase"),
  ],
  ["a parameter named by a number", { params: { fee: param(1), 2: param(1) } }, numbered("parameter")],
  ["a scalar named by a number", { world: { money: f64(), 2: f64() } }, numbered("world scalar")],
  [
    "a population named by a number",
    { populations: { people: population({ size: 1, state: {} }), 2: population({ size: 1, state: {} }) } },
    numbered("population"),
  ],
  [
    "a column named by a number",
    { populations: { people: population({ size: 1, state: { x: f64(), 2: f64() } }) } },
    numbered("column of people"),
  ],
  [
    "an action named by a number",
    { populations: { people: population({ size: 1, actions: { x: box(0, 1), 2: box(0, 1) } }) } },
    numbered("action of people"),
  ],
  [
    "an observation named by a number",
    { observe: { people: { 2: { column: "wealth", doc } } } },
    numbered("observation of people"),
  ],
  ["a metric named by a number", { metrics: { 2: { unit: "", doc, of: none } } }, numbered("metric")],
  ["an identity named by a number", { identities: { 2: { doc, of: none } } }, numbered("identity")],
  [
    "nothing to derive from",
    { params: { fee: param(derived) } },
    'parameter "fee" is derived but derive.fee is missing.',
  ],
  [
    "payoffs of nobody",
    { payoffs: { peple: none } },
    'payoffs names "peple". Did you mean "people"? Expected one of: people.',
  ],
  ["payoffs without a reward", { payoffs: { people: none } }, "payoffs.people are of a population without reward."],
  [
    "payoffs of decisions that are not made in every period",
    {
      reward: { people: { column: "wealth", doc } },
      payoffs: { people: none },
      ...phases(({ decide }) => ({ act: decide("people", { doc, every: "episode" }) })),
    },
    "payoffs.people: people must decide in every period.",
  ],
  [
    "an information cost that nobody observes",
    { informationCost: { people: "cost" }, observe: { people: { fee: { column: "wealth", doc } } } },
    'informationCost.people names "cost". Expected one of: fee.',
  ],
  [
    "an information cost that is observed as a logarithm",
    { informationCost: { people: "fee" }, observe: { people: { fee: { column: "wealth", transform: "log", doc } } } },
    "informationCost.people must be observed as a column of the agent's own, not of its logarithm.",
  ],
])("%s is refused", (_what, changes, message) => {
  expect(() => define(changes)).toThrow(message);
  expect(() => define(changes)).toThrow(/^Economy "town( hall)?": /);
});

test.each([
  [() => param(1, { minimum: 0 } as never), 'param(1, …): there is no setting "minimum". Did you mean "min"?'],
  [
    () => numbers([1, 2], { leest: 1 } as never),
    'numbers([1, 2], …): there is no setting "leest". Did you mean "least"?',
  ],
  [
    () => choice("a", ["a", "b"], { docs: "" } as never),
    'choice("a", …): there is no setting "docs". Did you mean "doc"?',
  ],
  [() => f64({ units: "" } as never), 'f64({ … }): there is no setting "units". Did you mean "unit"?'],
  [
    () => i32({ start: 1 } as never),
    'i32({ … }): there is no setting "start". Expected one of: unit, doc, initial, each.',
  ],
  [
    () => box(0, 1, { step: 1 } as never),
    'box(0, 1, …): there is no setting "step". Expected one of: unit, doc, each.',
  ],
  [() => grid(0, 1, 2, { spaced: "log" } as never), 'grid(0, 1, 2, …): there is no setting "spaced".'],
  [() => discrete(2, { low: 1 } as never), 'discrete(2, …): there is no setting "low".'],
  [
    () => population({ size: 1, states: {} } as never),
    'population({ … }): there is no setting "states". Did you mean "state"?',
  ],
])("a misspelt setting of a declaration is refused: %s", (declare, message) => {
  expect(declare).toThrow(message);
});

test.each([
  [
    phases(({ decide }) => ({ act: decide("people", { doc, evry: 2 }) })),
    'decide("people", …): there is no setting "evry". Did you mean "every"?',
  ],
  [
    phases(({ each }) => ({ act: each("people", { doc, read: [] }, none) })),
    'each("people", …): there is no setting "read". Did you mean "reads"?',
  ],
  [
    phases(({ exchange }) => ({ act: exchange("people", { doc, box: "inbox" }, none) })),
    'exchange("people", …): there is no setting "box".',
  ],
  [
    phases(({ total }) => ({ act: total("people", { doc, of: "" }, {}) })),
    'total("people", …): there is no setting "of".',
  ],
  [phases(({ world }) => ({ act: world({ doc, partner: "" }, none) })), 'world({ … }): there is no setting "partner".'],
])("a misspelt setting of a phase is refused", (changes, message) => {
  expect(() => define(changes)).toThrow(message);
});

test("an economy without mistakes has every option filled in", () => {
  expect(define({})).toMatchObject({
    start: {},
    phases: {},
    derive: {},
    observe: {},
    end: null,
    truth: null,
    figures: [],
  });
});

test.each([lucasTree, moneyExchange])("a description mentions everything that is declared", (economy: Economy) => {
  const text = describeEconomy(economy);
  const mentioned = [
    economy.source,
    economy.summary,
    ...Object.entries(economy.params).flatMap(([name, { doc, symbol, unit }]) => [`| ${name} |`, doc, symbol, unit]),
    ...Object.keys(economy.world).map((name) => `| ${name} |`),
    ...[...Object.entries(economy.start), ...Object.entries(economy.phases)].flatMap(([name, phase]) => [
      `**${name}**`,
      phase.doc,
    ]),
    ...Object.values(economy.populations).flatMap(({ state, actions }) =>
      [...Object.entries(state), ...Object.entries(actions)].flatMap(([name, { doc, unit }]) => [
        `| ${name} |`,
        doc,
        unit,
      ]),
    ),
    ...Object.values(economy.observe).flatMap((observed) =>
      Object.entries(observed).flatMap(([name, { doc }]) => [`| ${name} |`, doc]),
    ),
    ...Object.values(economy.reward).map(({ doc }) => doc),
    ...Object.entries(economy.identities).flatMap(([name, { doc }]) => [`**${name}**`, doc]),
    ...Object.entries(economy.metrics).flatMap(([name, { doc }]) => [`| ${name} |`, doc]),
    ...Object.entries(economy.truthDocs).flatMap(([name, doc]) => [`| ${name} |`, doc]),
  ];
  for (const what of mentioned)
    expect(text).toContain(what.replaceAll("|", (bar) => (what.startsWith("| ") ? bar : "\\|")));
});

test("a description states defaults, ranges, choices and theory", () => {
  const text = describeEconomy(lucasTree);
  expect(text).toContain("| agents | N | 1200 | agents | an integer from 2 to 100000000 |");
  expect(text).toContain("constant-aggregate, iid, ar1");
  expect(text).toMatch(/\| bondTradeSize \| Δb \| 0\.000448168\d* \(derived\) \|/);
  expect(text).toContain("| price | prices values from priceLow to priceHigh, ");
  expect(text).toContain("(shares − 1) / 0.3");
  expect(text).toContain("2. **post** (traders decide)");
  expect(text).toContain("**tradeShares** (each of traders, with a random partner)");
  expect(text).toContain("horizon (300) periods, then truncated: the future still has value. It never ends for good.");
  expect(text).toMatch(/\| sharePrice \| 0\.85152\d+ \|/);
});
