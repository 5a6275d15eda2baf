// Flows: what one part pays in a period another receives. Two identities follow from declared ends: of each flow, and of each part that keeps nothing.
// Together they are the rows and columns of a transaction-flow matrix (Godley & Lavoie 2007, ch. 2), each of which sums to zero.
import { pairwiseSum } from "../math/index.ts";
import type { ColumnArray } from "./columns.ts";
import type { AnyIdentity } from "./define.ts";
import { list, suggest } from "./errors.ts";
import type { By, Fail } from "./join.ts";
import type { AnyParamValues } from "./params.ts";
import type { AnyAmount, Part } from "./part.ts";
import type { AnyRows, AnyWorld } from "./population.ts";

/** Of what is paid, and of what is received. Sums of 10⁷ rows round at some 10⁻¹⁵, and a saving is a difference of stocks that may be 10⁴ times as large. */
const TOLERANCE = 1e-10;

interface End {
  readonly by: string;
  readonly unit: string;
  readonly words: string;
  readonly of: (w: AnyWorld, p: AnyParamValues) => Sum;
}
interface Sum {
  readonly sum: number;
  /** Of absolute values. */
  readonly gross: number;
}

/** `parts` by their names in errors: `part "firms"`. */
export function flowIdentities(
  fail: Fail,
  parts: readonly By<Part>[],
  scalars: readonly string[],
  columns: readonly string[],
) {
  const flows = new Map<string, { readonly paid: End[]; readonly received: End[] }>();
  const identities: Record<string, AnyIdentity> = {};
  for (const { by, value: part } of parts) {
    const [inwards, outwards]: [End[], End[]] = [[], []];
    for (const [name, { unit, pays, receives }] of Object.entries(part.flows)) {
      if (pays === undefined && receives === undefined)
        fail(`flow "${name}" of ${by} has no end; give what the part pays or receives.`);
      const flow = flows.get(name) ?? { paid: [], received: [] };
      flows.set(name, flow);
      const end = (amount: AnyAmount): End => ({
        by,
        unit,
        ...measured(fail, `flow "${name}" of ${by}`, amount, scalars, columns),
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
    identities[`budget-${part.name}`] = balance(
      `${part.budget}: ${wordsOf(inwards)} = ${wordsOf(outwards)}`,
      inwards,
      outwards,
    );
  }
  for (const [name, { paid, received }] of flows) {
    const [one, other] = paid.length === 0 ? ["received", "pays"] : ["paid", "receives"];
    const ends = [...paid, ...received];
    if (paid.length === 0 || received.length === 0)
      fail(
        `flow "${name}" is ${one} by ${list(
          ends.map(({ by }) => by),
          "and",
        )}, and nobody ${other} it; declare the other end in another part, flows: { ${name}: { ${other}: … } }.`,
      );
    for (const { by, unit } of ends)
      if (unit !== ends[0]!.unit)
        fail(`flow "${name}" is in ${ends[0]!.unit} in ${ends[0]!.by} and in ${unit} in ${by}; expected one unit.`);
    identities[`flow-${name}`] = balance(
      `${wordsOf(paid)}, paid by ${partsOf(paid)}, is ${wordsOf(received)}, received by ${partsOf(received)}`,
      paid,
      received,
    );
  }
  return identities;
}

const partsOf = (ends: readonly End[]): string =>
  list([...new Set(ends.map(({ by }) => by.slice('part "'.length, -1)))], "and");
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

function measured(
  fail: Fail,
  where: string,
  amount: AnyAmount,
  scalars: readonly string[],
  columns: readonly string[],
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
  if (!known.includes(amount)) fail(`${where} names "${amount}".${suggest(amount, known)}`);
  const valuesOf = (w: AnyWorld): ColumnArray | number =>
    (column === undefined ? w[population] : (w[population] as AnyRows)[column]) as ColumnArray | number;
  return {
    words: column === undefined ? amount : `Σ ${amount}`,
    of(w) {
      const x = valuesOf(w);
      if (typeof x === "number") return { sum: x, gross: Math.abs(x) };
      return { sum: pairwiseSum(Float64Array.from(x)), gross: pairwiseSum(Float64Array.from(x, Math.abs)) };
    },
  };
}
