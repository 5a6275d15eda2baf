// What defineEconomy refuses at run time, for authors without a compiler, and what a description says.
import { expect, test } from "vitest";
import { lucasTree } from "../../economies/lucas-tree.ts";
import { moneyExchange } from "../../economies/money-exchange.ts";
import { f64, i32 } from "./columns.ts";
import { defineEconomy, type Economy } from "./define.ts";
import { describeEconomy } from "./describe.ts";
import { derived, param } from "./params.ts";
import { type PhaseBuilder, population } from "./phases.ts";

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
    'phase "meet" reads columns but has no partner.',
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
      phases: ({ whole }: Loose) => ({ count: whole({ doc }, none) }),
    },
    'phase "count" names "mony".',
  ],
  [
    "an inbox that is not there",
    phases(({ exchange }) => ({ give: exchange("people", { doc, inbox: "box" }, none) })),
    'the inbox of phase "give" names "box".',
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
