// The rules of an economy as text, precisely enough to implement it again, from its declaration alone.

import { type Param, rangeOf, resolveParams } from "../core/params.ts";
import { decisionsOf } from "./decisions.ts";
import type { Economy } from "./economy.ts";
import type { Mailboxes } from "./links.ts";
import { kindOf } from "./phases/index.ts";
import type { Space } from "./spaces.ts";
import type { AnyObservation } from "./structure.ts";
import { isUnknown, NO_THEORY } from "./truth.ts";

/** Markdown. */
export function describeEconomy(economy: Economy): string {
  const defaults = resolveParams(economy);
  const lines: string[] = [`# ${economy.name}`, "", economy.summary, "", `Source: ${economy.source}`];
  const section = (title: string, items: readonly string[]): void => {
    if (items.length > 0) lines.push("", `## ${title}`, "", ...items);
  };
  const row = (...cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const rows = (header: readonly string[], body: readonly (readonly string[])[]): string[] =>
    body.length === 0 ? [] : [row(...header), row(...header.map(() => "---")), ...body.map((cells) => row(...cells))];

  section(
    "Parameters",
    rows(
      ["name", "symbol", "default", "unit", "range", "meaning"],
      Object.entries(economy.params).map(([name, p]) => [
        name,
        p.symbol,
        `${[defaults[name]].flat().join(", ")}${p.value === null ? " (derived)" : ""}`,
        p.unit,
        valuesOf(p),
        p.doc,
      ]),
    ),
  );
  section(
    "World scalars",
    rows(
      ["name", "unit", "initially", "meaning"],
      Object.entries(economy.world).map(([name, c]) => [named(name, c.each), c.unit, String(c.initial), c.doc]),
    ),
  );
  for (const [population, { size, doc, state, actions }] of Object.entries(economy.populations)) {
    section(`Population ${population} (${typeof size === "number" ? size : `parameter ${size}, ${defaults[size]}`})`, [
      ...(doc ? [doc, ""] : []),
      ...rows(
        ["column", "kind", "unit", "initially", "meaning"],
        Object.entries(state).map(([name, c]) => [named(name, c.each), c.kind, c.unit, String(c.initial), c.doc]),
      ),
      ...(Object.keys(actions).length > 0
        ? [
            "",
            ...rows(
              ["action", "choices", "unit", "meaning"],
              Object.entries(actions).map(([name, s]) => [named(name, s.each), choicesOf(s), s.unit, s.doc]),
            ),
          ]
        : []),
    ]);
    section(
      `What ${population} observe`,
      rows(
        ["feature", "value", "meaning"],
        Object.entries(economy.observe[population] ?? {}).map(([name, o]) => [name, formulaOf(o, economy), o.doc]),
      ),
    );
    section(
      `What ${population} may choose`,
      Object.entries(economy.mask[population] ?? {}).map(([action, mask]) => `- **${action}**: ${mask.doc}`),
    );
    const reward = economy.reward[population];
    section(
      `What ${population} are rewarded by`,
      reward ? [`${reward.column}, read at the end of a period: ${reward.doc}`] : [],
    );
    const cost = economy.informationCost[population];
    const discount = economy.discountFactor[population];
    section(`What learners may know of ${population}`, [
      ...(economy.payoffs[population] ? ["- what every choice would have earned this period, all else as it was"] : []),
      ...(discount ? [`- their discount factor per period: ${discount}`] : []),
      ...(cost
        ? [`- what information costs each of them, per nat of KL from random choice: the observation ${cost}`]
        : []),
    ]);
  }
  for (const { key, phase, event, population, choices, observe, mask, flags } of decisionsOf(economy)) {
    if (key === population && event === null && flags.length === 0 && observe === economy.observe[population]) continue;
    section(`Decision ${key}`, [
      `${event === null ? `${population} choose` : `A row of ${population} chooses`} ${choices.join(", ")} ${event === null ? `in phase ${phase}` : `at its event ${event} of phase ${phase}, alone`}${flags.length > 0 ? `, where ${flags.join(" and ")} ${flags.length > 1 ? "are" : "is"} not 0` : ""}.`,
      "",
      ...rows(
        ["feature", "value", "meaning"],
        Object.entries(observe).map(([name, o]) => [name, formulaOf(o, economy), o.doc]),
      ),
      ...Object.entries(mask).map(([action, { doc }]) => `- **${action}**: ${doc}`),
    ]);
  }
  for (const [name, { from, to, degree, doc, state, messages, mailbox }] of Object.entries(economy.links)) {
    const room = typeof degree === "number" ? degree : `parameter ${degree}, ${defaults[degree]}`;
    section(
      `${messages ? "Messages" : "Links"} ${name}, from ${from} to ${to} (room for ${room} per row of ${from} on average)`,
      [
        ...(doc ? [doc, ""] : []),
        ...(mailbox ? [mailboxOf(to, mailbox), ""] : []),
        ...rows(
          ["column", "kind", "unit", "initially", "meaning"],
          Object.entries(state).map(([column, c]) => [named(column, c.each), c.kind, c.unit, String(c.initial), c.doc]),
        ),
      ],
    );
  }
  section(
    "At reset",
    Object.entries(economy.start).map(
      ([name, phase], i) => `${i + 1}. **${name}** (${kindOf(phase).describe(phase)}): ${phase.doc}`,
    ),
  );
  section(
    "One period, in order",
    Object.entries(economy.phases).map(
      ([name, phase], i) => `${i + 1}. **${name}** (${kindOf(phase).describe(phase)}): ${phase.doc}`,
    ),
  );
  section("An episode", [
    `${typeof economy.horizon === "number" ? economy.horizon : `${economy.horizon} (${defaults[economy.horizon]})`} periods, then truncated: the future still has value.` +
      (economy.end ? " It may also end for good before that." : " It never ends for good."),
  ]);
  section(
    "Identities, zero at all times",
    Object.entries(economy.identities).map(
      ([name, { doc, after }]) => `- **${name}**: ${doc}${after === "period" ? " (at the end of a period)" : ""}`,
    ),
  );
  section(
    "Metrics",
    rows(
      ["name", "unit", "meaning"],
      Object.entries(economy.metrics).map(([name, m]) => [name, m.unit, m.doc]),
    ),
  );
  const truth = economy.truth?.(defaults) ?? {};
  section(
    "Theory, at the default parameters",
    rows(
      ["name", "value", "meaning"],
      Object.entries(truth).map(([name, value]) => [
        name,
        isUnknown(value) ? NO_THEORY : String(value),
        [economy.truthDocs[name] ?? "", isUnknown(value) ? `${NO_THEORY}: ${value.unknown}` : ""]
          .filter(Boolean)
          .join("; "),
      ]),
    ),
  );
  return lines.join("\n");
}

/** What becomes of a message to a row for which as many wait as may. */
const mailboxOf = (to: string, { holds, lost, flooder }: Mailboxes): string =>
  `A row of ${to} has at most ${typeof holds === "number" ? holds : `(parameter ${holds})`} waiting; one more is ${lost === "" ? "an error" : `dropped and counted in ${lost}${flooder === "" ? "" : `, ${flooder} is the row that sent most`}`}.`;

/** `holdings[tokens]` for a column with an inner axis. */
const named = (name: string, each: number | string | null): string => (each === null ? name : `${name}[${each}]`);

function valuesOf(declared: Param): string {
  if (declared.kind === "number") return rangeOf(declared);
  if (declared.kind === "numbers") return `a list, each ${rangeOf(declared)}`;
  if (declared.kind === "choice") return declared.choices.join(", ");
  return declared.kind === "flag" ? "true, false" : "a name";
}

function choicesOf(space: Space): string {
  if (space.kind === "discrete") return `one of ${space.count} codes`;
  if (space.kind === "box") return `a real in [${space.low}, ${space.high}]`;
  return `${space.count} values from ${space.low} to ${space.high}, ${space.spacing === "log" ? "equal ratios" : space.spacing === "linear" ? "equal steps" : `spaced as ${space.spacing} says`}`;
}

function formulaOf({ column, of, world, transform, center, scale }: AnyObservation, economy: Economy): string {
  const defaults = resolveParams(economy);
  const at = (value: number | ((p: typeof defaults) => number) | undefined, otherwise: number): number =>
    value === undefined ? otherwise : typeof value === "number" ? value : value(defaults);
  const x = of === "everyone" ? `${column} of each, own first` : (column ?? `world ${world}`);
  const inner = transform === "log" ? `ln(${x})` : x;
  const [c, s] = [at(center, 0), at(scale, 1)];
  const centred = c === 0 ? inner : `${inner} ${c > 0 ? "−" : "+"} ${Math.abs(c)}`;
  return s === 1 ? centred : `(${centred}) / ${s}`;
}
