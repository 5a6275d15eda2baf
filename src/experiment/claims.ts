// Claims: what an experiment expected, held against the summaries of its seeds.
import { isUnknown, NO_THEORY, NoTheory, type ParamValue, type Unknown, unknown } from "../economy/index.ts";
import { meanInterval } from "../math/index.ts";
import { bootstrapInterval, signTest, wilcoxonSignedRank } from "../metrics/index.ts";
import { seedStream } from "../random/index.ts";
import type { Expectation } from "./declared.ts";
import { departures, settingsOf } from "./departures.ts";
import { type Experiment, type ResolvedRun, resolveRun } from "./experiment.ts";

export type Verdict = "pass" | "fail" | "not judged";

export interface Judged {
  readonly item: string;
  /** The summary value that was held against theory; null where there is none. */
  readonly measure: string | null;
  readonly claim: string;
  /** null: theory does not apply, or there is none. */
  readonly theory: number | null;
  /** Mean over seeds, with a 95 % interval, Student's or by bootstrap; the bounds are null for one seed. */
  readonly ours: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly unit: string;
  readonly verdict: Verdict;
  /** Why it was not judged; null where it was. */
  readonly reason: string | null;
  readonly note: string;
}

type Summary = Readonly<Record<string, number>>;

/** An experiment's expectations, held against the summaries of some seeds; judged at the experiment's own settings only. */
export function claimsOf(experiment: Experiment, run: ResolvedRun, summaries: readonly Summary[]): Judged[] {
  if (!experiment.expect || summaries.some((summary) => Object.keys(summary).length === 0)) return [];
  const truth = experiment.economy.truth?.(run.params) ?? {};
  const expectations = unlessUnknown(() => experiment.expect!(run.params, truth));
  if (isUnknown(expectations)) {
    const row = {
      item: "all claims",
      measure: null,
      claim: "–",
      theory: null,
      ours: Number.NaN,
      low: null,
      high: null,
    };
    return [{ ...row, unit: "", ...notJudged(`${NO_THEORY}: ${expectations.unknown}`), note: "" }];
  }
  const departed = departureOf(experiment, run);
  return expectations.map((expectation) => {
    const judged = judge(expectation, summaries);
    if (departed === null) return judged;
    const reasons = [judged.theory === null ? judged.reason : null, departed];
    return { ...judged, ...notJudged(reasons.filter(Boolean).join("; ")) };
  });
}

/** What an experiment makes of theory, or why it cannot. */
export function unlessUnknown<V>(of: () => V): V | Unknown {
  try {
    return of();
  } catch (error) {
    if (error instanceof NoTheory) return unknown(error.message);
    throw error;
  }
}

/** In which settings a run departs from its experiment, in words; null where it does not. */
function departureOf(experiment: Experiment, run: ResolvedRun): string | null {
  const usual = settingsOf(resolveRun(experiment, {}, run.seed, run.backend));
  const all = Object.entries(departures(experiment, run));
  if (all.length === 0) return null;
  const said = all
    .slice(0, 3)
    .map(([path, value]) => `${path} is ${worded(value)}, the claim is for ${worded(usual[path])}`);
  const more = all.length - said.length;
  return [
    ...said,
    ...(more > 0 ? [more === 1 ? "one more setting differs" : `${more} more settings differ`] : []),
  ].join("; ");
}

const worded = (value: ParamValue | undefined): string => (value === undefined ? "none" : [value].flat().join(", "));

const notJudged = (reason: string) => ({ verdict: "not judged", reason }) as const;

export function judge(expectation: Expectation, summaries: readonly Summary[]): Judged {
  const { item, measure, claim, theory, unit, kind, interval, note } = expectation;
  const values = summaries.map((summary) => {
    const value = summary[measure];
    if (value === undefined)
      throw new Error(`Expectation "${item}" needs the measure "${measure}", which the run does not have.`);
    return value;
  });
  const single = values.length === 1;
  const { mean, low, high } =
    interval === "bootstrap" && !single && values.every(Number.isFinite)
      ? bootstrapInterval(values, { stream: seedStream(1).fork("claims") })
      : meanInterval(values);
  const found = isUnknown(theory)
    ? { ...notJudged(`${NO_THEORY}: ${theory.unknown}`), counted: "" }
    : kind === "below"
      ? below(values, mean, { ...expectation, theory })
      : within(values, theory, expectation);
  const { counted, ...judged } = found;
  return {
    item,
    measure,
    claim,
    theory: isUnknown(theory) ? null : theory,
    ours: mean,
    low: single ? null : low,
    high: single ? null : high,
    unit,
    ...judged,
    note: [counted, note].filter(Boolean).join("; "),
  };
}

interface Finding extends Pick<Judged, "verdict" | "reason"> {
  /** How many seeds, by which measure. */
  readonly counted: string;
}

/** Seed by seed. */
function within(
  values: readonly number[],
  theory: number,
  { kind, tolerance, share = 0.9 }: Pick<Expectation, "kind" | "tolerance" | "share">,
): Finding {
  const allowed = kind === "relative" ? tolerance * Math.abs(theory) : tolerance;
  const passed = values.filter((value) =>
    kind === "atMost"
      ? value <= tolerance
      : kind === "atLeast"
        ? value >= tolerance
        : Math.abs(value - theory) <= allowed,
  ).length;
  const bound =
    kind === "relative"
      ? `within ${percent(tolerance)} of theory`
      : kind === "absolute"
        ? `within ${tolerance}`
        : `${kind === "atLeast" ? "at least" : "at most"} ${tolerance}`;
  const n = values.length;
  return {
    verdict: passed >= share * n ? "pass" : "fail",
    reason: null,
    counted: n > 1 ? `${passed} of ${n} seeds ${bound}` : bound,
  };
}

/** A difference, over seeds as pairs. */
function below(
  values: readonly number[],
  mean: number,
  { theory, tolerance, ofTheory }: Pick<Expectation, "tolerance" | "ofTheory"> & { readonly theory: number },
): Finding {
  const n = values.length;
  const zeros = values.map(() => 0);
  const measured = values.every((value) => Number.isFinite(value));
  const p = (test: typeof signTest): number => (measured ? test(values, zeros).pValue : Number.NaN);
  const [sign, rank] = [p(signTest), p(wilcoxonSignedRank)];
  const fallen = `${values.filter((value) => value < 0).length} of ${n} seeds below 0`;
  const needed = leastPairs(tolerance);
  if (measured && n < needed)
    return { ...notJudged(`a test at ${tolerance} needs ${needed} seeds, got ${n}`), counted: fallen };
  const tests = `sign test p = ${sign.toPrecision(2)}, Wilcoxon p = ${rank.toPrecision(2)}; at most ${tolerance}`;
  const [least, most] = ofTheory ?? [0, Number.POSITIVE_INFINITY];
  const share = mean / theory;
  const size = `mean ${percent(share)} of theory, ${percent(least)} to ${percent(most)} wanted`;
  return {
    verdict: mean < 0 && rank <= tolerance && (!ofTheory || (share >= least && share <= most)) ? "pass" : "fail",
    reason: null,
    counted: `${fallen}: ${tests}${ofTheory ? `; ${size}` : ""}`,
  };
}

/** Of pairs that are all alike, how many have a two-sided p = 2^(1−n) within the tolerance. */
function leastPairs(tolerance: number): number {
  let n = 1;
  for (let p = 1; p > tolerance && n < 1000; n++) p /= 2;
  return n;
}

const percent = (x: number): string => (Number.isFinite(x) ? `${Number((100 * x).toPrecision(3))} %` : "any share");
