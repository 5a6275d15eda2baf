// How claims are stated and measured.
import type { Expectation } from "walras";

type Row = readonly [
  item: string,
  measure: string,
  claim: string,
  unit: string,
  tolerance: number,
  kind: "absolute" | "relative",
];

/** Each row's measure against theory of the same name. */
export const claims =
  (rows: readonly Row[]) =>
  (_params: unknown, truth: Readonly<Record<string, Expectation["theory"]>>): readonly Expectation[] =>
    rows.map(([item, measure, claim, unit, tolerance, kind]) => ({
      item,
      measure,
      claim,
      theory: truth[measure],
      unit,
      tolerance,
      kind,
    }));

/** Judged over 400 periods; figures show means over 100 from an equal split on, of which labour and capital need ten or twenty to move. */
export const evaluation = { finalPeriods: 400, periods: 100, every: 10 } as const;
