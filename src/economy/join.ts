// What parts declare, as one: records joined name by name. A clash is an error that names both parts.

import type { Param, ParamSettings } from "../core/params.ts";
import type { Column, Columns } from "./columns.ts";
import type { Links } from "./links.ts";
import { ELSEWHERE, type Shared } from "./part.ts";
import type { Population } from "./population.ts";
import type { Space } from "./spaces.ts";

/** A declaration and who made it: `part "firms"`. */
export interface By<T> {
  readonly by: string;
  readonly value: T;
}
/** Refuses with the rest of a sentence about the economy. */
export type Fail = (what: string) => never;
/** Two declarations under one name as one; `what` is the name in words: `parameter "depreciation"`. */
type Join<T> = (what: string, first: By<T>, second: By<T>) => T;

export function joinRecords<T>(
  what: string,
  records: readonly By<Readonly<Record<string, T>>>[],
  join: Join<T>,
): Record<string, T> {
  const declared = new Map<string, By<T>[]>();
  for (const { by, value } of records)
    for (const [name, one] of Object.entries(value))
      declared.set(name, [...(declared.get(name) ?? []), { by, value: one }]);
  return Object.fromEntries(
    [...declared].map(([name, all]) => {
      const where = `${what} "${name}"`;
      // Each is held against each, so that an error names the two that differ.
      for (const [k, one] of all.entries()) for (const before of all.slice(0, k)) join(where, before, one);
      return [name, all.reduce((one, next) => ({ by: one.by, value: join(where, one, next) })).value];
    }),
  );
}

/** Both must say the same of each of `keys`. */
function agree<T extends object>(
  fail: Fail,
  what: string,
  { by, value }: By<T>,
  other: By<T>,
  keys: readonly (keyof T)[],
) {
  const said = (given: unknown): string => (given === "" ? "none" : JSON.stringify(given));
  for (const key of keys)
    if (said(value[key]) !== said(other.value[key]))
      fail(
        `the ${String(key)} of ${what} is ${said(value[key])} in ${by} and ${said(other.value[key])} in ${other.by}; what has one name is one and the same, so let them agree or rename one.`,
      );
}

/** Ranges meet; defaults agree, or `calibration` says which holds. */
export const joinParams =
  (fail: Fail, calibration: ParamSettings): Join<Param> =>
  (what, first, second) => {
    agree(fail, what, first, second, ["kind", "unit"]);
    const [a, b] = [first.value, second.value];
    const name = what.slice(what.indexOf('"') + 1, -1);
    if (!Object.hasOwn(calibration, name) && JSON.stringify(a.value) !== JSON.stringify(b.value))
      fail(
        `${what} is ${JSON.stringify(a.value)} by default in ${first.by} and ${JSON.stringify(b.value)} in ${second.by}; say which by calibration: { ${name}: … }.`,
      );
    if (a.kind === "choice" && b.kind === "choice")
      agree(fail, what, { ...first, value: a }, { ...second, value: b }, ["choices"]);
    const both = { ...b, ...a, symbol: a.symbol || b.symbol, doc: a.doc || b.doc };
    if (!("min" in a && "min" in b)) return both;
    return {
      ...both,
      min: Math.max(a.min, b.min),
      max: Math.min(a.max, b.max),
      exclusive: a.exclusive || b.exclusive,
      integer: a.integer || b.integer,
    } as Param;
  };

const columnsAgree: readonly (keyof Column)[] = ["kind", "unit", "each", "names", "event"];
export const joinColumns =
  (fail: Fail): Join<Column> =>
  (what, first, second) => {
    agree(fail, what, first, second, columnsAgree);
    const [a, b] = [first.value, second.value];
    const unsaid = a.names === null ? 0 : -1;
    if (a.initial !== unsaid && b.initial !== unsaid) agree(fail, what, first, second, ["initial"]);
    return { ...a, initial: a.initial === unsaid ? b.initial : a.initial, doc: a.doc || b.doc };
  };

const joinStates = (
  fail: Fail,
  what: string,
  first: By<{ readonly state: Columns }>,
  second: By<{ readonly state: Columns }>,
) =>
  joinRecords(
    `column of ${what}:`,
    [first, second].map(({ by, value }) => ({ by, value: value.state })),
    joinColumns(fail),
  );

/** One of them, or each that is not an extension, says how many there are. */
export const joinPopulations =
  (fail: Fail): Join<Population> =>
  (what, first, second) => {
    const [a, b] = [first.value, second.value];
    if (a.size !== ELSEWHERE && b.size !== ELSEWHERE) agree(fail, what, first, second, ["size"]);
    const actions = joinRecords<Space>(
      `action of ${what}:`,
      [first, second].map(({ by, value }) => ({ by, value: value.actions })),
      (action, one, other) => {
        agree(fail, action, one, other, Object.keys({ ...one.value, ...other.value }) as (keyof Space)[]);
        return one.value;
      },
    );
    const size = a.size === ELSEWHERE ? b.size : a.size;
    if (a.lives !== null && b.lives !== null) agree(fail, what, first, second, ["lives"]);
    const lives = a.lives ?? b.lives;
    return { size, doc: a.doc || b.doc, state: joinStates(fail, what, first, second), actions, lives };
  };

export const joinLinks =
  (fail: Fail): Join<Links> =>
  (what, first, second) => {
    agree(fail, what, first, second, ["from", "to", "degree", "messages", "mailbox"]);
    return { ...first.value, doc: first.value.doc || second.value.doc, state: joinStates(fail, what, first, second) };
  };

/** By population and name. */
const NESTED: readonly Shared[] = ["observe", "mask", "counterfactual"];

type Named = Readonly<Record<string, unknown>>;
/** Observations, rewards, metrics and their like: one part's each. */
export function joinRest(fail: Fail, key: Shared, records: readonly By<Named>[]): Named {
  const once: Join<unknown> = (what, first, second) => {
    if (first.value === second.value) return first.value;
    return fail(`${what} is declared by ${first.by} and by ${second.by}; leave it to one of them.`);
  };
  return joinRecords<unknown>(key, records, (what, first, second) =>
    NESTED.includes(key)
      ? joinRecords(what, [first as By<Named>, second as By<Named>], once)
      : once(what, first, second),
  );
}
