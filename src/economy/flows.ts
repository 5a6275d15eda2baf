// Flows: what one part pays in a period another receives. Two identities follow from declared ends: of each flow, and of each part that keeps nothing.
// Together they are the rows and columns of a transaction-flow matrix (Godley & Lavoie 2007, ch. 2), each of which sums to zero.

import { list, suggest } from "../core/errors.ts";
import type { AnyParamValues } from "../core/params.ts";
import { pairwiseSum } from "../math/index.ts";
import type { ColumnArray, Columns } from "./columns.ts";
import type { By, Fail } from "./join.ts";
import { ofThisPeriod } from "./lives.ts";
import type { AnyAmount, Part } from "./part.ts";
import type { AnyRows, AnyWorld, Populations } from "./population.ts";
import type { AnyIdentity } from "./structure.ts";

/** Of what is paid, and of what is received. Sums of 10⁷ rows round at some 10⁻¹⁵, and a saving is a difference of stocks that may be 10⁴ times as large. */
const TOLERANCE = 1e-10;

interface End {
  readonly by: string;
  readonly unit: string;
  readonly amount: AnyAmount;
  /** The index column by which its rows belong to rows of the other end; null: none. */
  readonly index: string | null;
  readonly words: string;
  readonly of: (w: AnyWorld, p: AnyParamValues) => Sum;
}
interface Market {
  readonly by: string;
  readonly unit: string;
}
/** By name: world scalars, and columns as "households.earnings". */
interface Units {
  readonly scalars: ReadonlyMap<string, string>;
  readonly columns: ReadonlyMap<string, string>;
}
interface Sum {
  readonly sum: number;
  /** Of absolute values. */
  readonly gross: number;
}

/** `parts` by their names in errors: `part "firms"`. */
export function flowIdentities(fail: Fail, parts: readonly By<Part>[], world: Columns, populations: Populations) {
  const units = {
    scalars: unitsOf(Object.entries(world)),
    columns: unitsOf(
      Object.entries(populations).flatMap(([name, { state, actions }]) =>
        Object.entries({ ...state, ...actions }).map(([column, value]) => [`${name}.${column}`, value] as const),
      ),
    ),
  };
  const flows = new Map<string, { readonly paid: End[]; readonly received: End[]; readonly markets: Market[] }>();
  const identities: Record<string, AnyIdentity> = {};
  for (const { by, value: part } of parts) {
    const [inwards, outwards]: [End[], End[]] = [[], []];
    for (const [name, { unit, pays, receives, clears = false, by: index = null }] of Object.entries(part.flows)) {
      if (pays === undefined && receives === undefined && !clears)
        fail(`flow "${name}" of ${by} has no end; give what the part pays or receives.`);
      const flow = flows.get(name) ?? { paid: [], received: [], markets: [] };
      flows.set(name, flow);
      if (clears) flow.markets.push({ by, unit });
      const end = (amount: AnyAmount): End => ({
        by,
        unit,
        amount,
        index,
        ...measured(fail, `flow "${name}" of ${by}`, amount, unit, units),
      });
      for (const [amount, ends, own] of [
        [pays, flow.paid, outwards],
        [receives, flow.received, inwards],
      ] as const)
        if (amount !== undefined) {
          ends.push(end(amount));
          own.push(ends.at(-1)!);
        }
    }
    if (part.budget === "") continue;
    if (inwards.length + outwards.length === 0) fail(`${by} has a budget and no flows.`);
    // In a unit in which it only receives it is a consumer, and in one in which it only pays a producer.
    const present = [...new Set([...inwards, ...outwards].map(({ unit }) => unit))];
    const both = present.filter((unit) => [inwards, outwards].every((ends) => ends.some((end) => end.unit === unit)));
    if (both.length === 0 && present.length > 1)
      fail(`${by} has a budget, and there is no unit in which it both pays and receives: ${list(present, "and")}.`);
    for (const unit of present.length === 1 ? present : both) {
      const [left, right] = [inwards, outwards].map((ends) => ends.filter((end) => end.unit === unit)) as [
        End[],
        End[],
      ];
      identities[`budget-${nameOf(by)}${both.length > 1 ? `-${unit}` : ""}`] = balance(
        `${part.budget}: ${wordsOf(left)} = ${wordsOf(right)}`,
        left,
        right,
      );
    }
  }
  // A missing side of a market leaves other flows without an end, too.
  for (const [name, { paid, received, markets }] of flows) refuseEmptyMarkets(fail, name, paid, received, markets);
  for (const [name, { paid, received, markets }] of flows) {
    const [one, other] = paid.length === 0 ? ["received", "pays"] : ["paid", "receives"];
    const ends = [...paid, ...received];
    if (paid.length === 0 || received.length === 0)
      fail(
        `flow "${name}" is ${one} by ${list(
          ends.map(({ by }) => by),
          "and",
        )}, and nobody ${other} it; declare the other end in another part, flows: { ${name}: { ${other}: … } }.`,
      );
    for (const { by, unit } of [...ends, ...markets])
      if (unit !== ends[0]!.unit)
        fail(`flow "${name}" is in ${ends[0]!.unit} in ${ends[0]!.by} and in ${unit} in ${by}; expected one unit.`);
    const doc = `${wordsOf(paid)}, paid by ${partsOf(paid)}, is ${wordsOf(received)}, received by ${partsOf(received)}`;
    identities[`flow-${name}`] = ends.some(({ index }) => index !== null)
      ? balanceByRow(fail, name, doc, paid, received, populations)
      : balance(doc, paid, received);
  }
  return identities;
}

/** A market has no end of a flow itself, so that without others' ends nothing would be traded there. */
function refuseEmptyMarkets(
  fail: Fail,
  name: string,
  paid: readonly End[],
  received: readonly End[],
  markets: readonly Market[],
): void {
  for (const { by, unit } of markets)
    for (const [ends, missing, verb] of [
      [paid, "sellers", "pays"],
      [received, "buyers", "receives"],
    ] as const)
      if (ends.length === 0)
        fail(
          `${by} is a market of "${name}" without ${missing}: nobody ${verb} flow "${name}"; add a part with flows: { ${name}: { unit: "${unit}", ${verb}: … } }, or take "${name}" from the market.`,
        );
}

const unitsOf = (columns: readonly (readonly [string, { readonly unit?: string }])[]): ReadonlyMap<string, string> =>
  new Map(columns.map(([name, { unit = "1" }]) => [name, unit]));

const partsOf = (ends: readonly End[]): string => list([...new Set(ends.map(({ by }) => nameOf(by)))], "and");
const nameOf = (by: string): string => by.slice('part "'.length, -1);
const wordsOf = (ends: readonly End[]): string => ends.map(({ words }) => words).join(" + ") || "0";

function balance(doc: string, left: readonly End[], right: readonly End[]): AnyIdentity {
  const total = (ends: readonly End[], w: AnyWorld, p: AnyParamValues): Sum => {
    const sums = ends.map(({ of }) => of(w, p));
    return { sum: sums.reduce((x, { sum }) => x + sum, 0), gross: sums.reduce((x, { gross }) => x + gross, 0) };
  };
  return {
    doc: `${doc}; relative`,
    after: "period",
    tolerance: TOLERANCE,
    of(w, p) {
      const [a, b] = [total(left, w, p), total(right, w, p)];
      return a.sum === b.sum ? 0 : (a.sum - b.sum) / Math.max(a.gross, b.gross);
    },
  };
}

/** Both ends by rows of one population: the rows that pay or receive themselves, or those who belong to them. */
function balanceByRow(
  fail: Fail,
  name: string,
  doc: string,
  paid: readonly End[],
  received: readonly End[],
  populations: Populations,
): AnyIdentity {
  const placed = (end: End) => {
    const where = `flow "${name}" of ${end.by}`;
    const [of, column] = typeof end.amount === "string" ? end.amount.split(".") : [];
    if (of === undefined || column === undefined)
      return fail(`${where} is not a column, and flow "${name}" is by rows; give a column such as "firms.wageBill".`);
    const { state, actions } = populations[of]!;
    if ((state[column] ?? actions[column]!).each !== null)
      return fail(`${where}: ${of}.${column} has several items; expected a column of single values.`);
    const rows = end.index === null ? of : (state[end.index]?.names ?? null);
    if (rows === null) return fail(`${where} is by ${of}.${end.index}, which names no rows; declare it by index("…").`);
    return { by: end.by, of, column, index: end.index, rows };
  };
  const [left, right] = [paid.map(placed), received.map(placed)];
  const ends = [...left, ...right];
  for (const { by, rows } of ends)
    if (rows !== ends[0]!.rows)
      fail(
        `flow "${name}" is by rows of ${ends[0]!.rows} in ${ends[0]!.by} and of ${rows} in ${by}; expected the same.`,
      );
  const add = (sums: Float64Array, w: AnyWorld, side: typeof ends, sign: number): number => {
    let gross = 0;
    for (const { of, column, index } of side) {
      const rows = w[of] as AnyRows;
      const values = ofThisPeriod(rows, column);
      const to = index === null ? null : (rows[index] as Int32Array);
      for (let i = 0; i < values.length; i++) {
        const row = to === null ? i : to[i]!;
        gross += Math.abs(values[i]!);
        if (row >= 0) sums[row] = sums[row]! + sign * values[i]!;
        else if (values[i] !== 0) return Number.NaN; // to nobody
      }
    }
    return gross;
  };
  return {
    doc: `${doc}, row by row of ${ends[0]!.rows}; relative`,
    after: "period",
    tolerance: TOLERANCE,
    of(w) {
      const sums = new Float64Array((w[ends[0]!.rows] as AnyRows).size);
      const gross = Math.max(add(sums, w, left, 1), add(sums, w, right, -1));
      const most = sums.reduce((x, y) => (Math.abs(y) > Math.abs(x) ? y : x), 0);
      return gross === 0 ? 0 : most / gross;
    },
  };
}

function measured(
  fail: Fail,
  where: string,
  amount: AnyAmount,
  unit: string,
  { scalars, columns }: Units,
): Pick<End, "words" | "of"> {
  if (typeof amount === "function")
    return {
      words: "an amount",
      of(w, p) {
        const sum = amount(w, p);
        return { sum, gross: Math.abs(sum) };
      },
    };
  const [population, column] = amount.split(".") as [string, string | undefined];
  const known = column === undefined ? scalars : columns;
  if (!known.has(amount)) fail(`${where} names "${amount}".${suggest(amount, [...known.keys()])}`);
  if (known.get(amount) !== unit)
    fail(
      `${where} is in ${unit}, and ${amount} in ${known.get(amount)}; expected one unit: give the flow its amount's, or an amount in ${unit}.`,
    );
  return {
    words: column === undefined ? amount : `Σ ${amount}`,
    of(w) {
      const scalar = w[population] as number | ColumnArray;
      if (typeof scalar === "number") return { sum: scalar, gross: Math.abs(scalar) };
      const x = column === undefined ? Float64Array.from(scalar) : ofThisPeriod(w[population] as AnyRows, column);
      return { sum: pairwiseSum(x), gross: pairwiseSum(x.map(Math.abs)) };
    },
  };
}
