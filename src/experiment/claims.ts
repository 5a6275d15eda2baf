// Claims: what an experiment expected, held against the summaries of its seeds.
import { isUnknown, NO_THEORY } from "../economy/index.ts";
import { meanInterval } from "../math/index.ts";
import { signTest, wilcoxonSignedRank } from "../metrics/index.ts";
import type { Expectation } from "./experiment.ts";

export interface Judged {
  readonly item: string;
  readonly claim: string;
  /** null: theory does not apply, or there is none. */
  readonly theory: number | null;
  /** Mean over seeds, with a 95 % Student interval; the bounds are null for one seed. */
  readonly ours: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly unit: string;
  /** null: not judged. */
  readonly pass: boolean | null;
  readonly note: string;
}

export function judge(expectation: Expectation, summaries: readonly Readonly<Record<string, number>>[]): Judged {
  const { item, measure, claim, theory, unit, tolerance, kind, share = 0.9, note } = expectation;
  const values = summaries.map((summary) => {
    const value = summary[measure];
    if (value === undefined)
      throw new Error(`Expectation "${item}" needs the measure "${measure}", which the run does not have.`);
    return value;
  });
  if (isUnknown(theory)) {
    const { mean, low, high } = meanInterval(values);
    const bounded = values.length > 1;
    const reason = `${NO_THEORY}: ${theory.unknown}`;
    return {
      item,
      claim,
      theory: null,
      ours: mean,
      low: bounded ? low : null,
      high: bounded ? high : null,
      unit,
      pass: null,
      note: note ? `${reason}; ${note}` : reason,
    };
  }
  if (kind === "below") return below({ ...expectation, theory }, values);
  const within = (value: number): boolean =>
    kind === "atMost"
      ? value <= tolerance
      : Math.abs(value - theory) <= (kind === "relative" ? tolerance * Math.abs(theory) : tolerance);
  const passed = values.filter(within).length;
  const bound =
    kind === "relative"
      ? `within ${percent(tolerance)} of theory`
      : kind === "absolute"
        ? `within ${tolerance}`
        : `at most ${tolerance}`;
  const n = values.length;
  const interval = meanInterval(values);
  const counted = n > 1 ? `${passed} of ${n} seeds ${bound}` : bound;
  return {
    item,
    claim,
    theory,
    ours: interval.mean,
    low: n > 1 ? interval.low : null,
    high: n > 1 ? interval.high : null,
    unit,
    pass: passed >= share * n,
    note: note ? `${counted}; ${note}` : counted,
  };
}

/** A difference, over seeds as pairs. */
function below(
  { item, claim, theory, unit, tolerance, note }: Expectation & { readonly theory: number },
  values: readonly number[],
): Judged {
  const n = values.length;
  const { mean, low, high } = meanInterval(values);
  const zeros = values.map(() => 0);
  const measured = values.every((value) => Number.isFinite(value));
  const p = (test: typeof signTest): number => (measured ? test(values, zeros).pValue : Number.NaN);
  const [sign, rank] = [p(signTest), p(wilcoxonSignedRank)];
  const fallen = values.filter((value) => value < 0).length;
  const enough = n >= LEAST_PAIRS;
  const notes = [
    `${fallen} of ${n} seeds below 0: sign test p = ${sign.toPrecision(2)}, Wilcoxon p = ${rank.toPrecision(2)}`,
    ...(enough ? [`at most ${tolerance}`] : ["too few for a test, so the sign of the mean is judged"]),
    ...(note ? [note] : []),
  ];
  return {
    item,
    claim,
    theory,
    ours: mean,
    low: n > 1 ? low : null,
    high: n > 1 ? high : null,
    unit,
    pass: mean < 0 && (rank <= tolerance || !enough),
    note: notes.join("; "),
  };
}
const LEAST_PAIRS = 6; // five that are all alike have p = 0.0625

const percent = (x: number): string => `${Number((100 * x).toPrecision(3))} %`;
