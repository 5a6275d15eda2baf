// What a calibration found, as sentences, as JSON and as a page.
import {
  type Calibration,
  type ComparedFact,
  type Comparison,
  type DistanceName,
  type Facts,
  type Fitted,
  GRID,
  momentNames,
  type Transform,
} from "../calibration/index.ts";
import type { Economy } from "../economy/index.ts";
import type { Overrides } from "../experiment/experiment.ts";
import { quantile } from "../math/index.ts";
import { stylisedFacts } from "../metrics/index.ts";
import type { ReportComparison, ReportInput, ReportTable } from "./contents.ts";
import { shown } from "./format.ts";
import { renderReport } from "./report.ts";

/** What was asked. */
export interface CalibrationRequest {
  /** The file. */
  readonly data: string;
  readonly column: string;
  readonly transform: Transform;
  readonly compare: Comparison;
  readonly distance: DistanceName;
  readonly optimiser: string;
  readonly worlds: number;
  readonly burnIn: number;
  readonly experiment?: string;
  readonly set?: Overrides;
  readonly seed: number;
}

export interface CalibrationContext {
  readonly economy: Economy;
  readonly options: CalibrationRequest;
  /** The economy as the user wrote it. */
  readonly name: string;
  readonly series: string;
  readonly data: Float64Array;
  readonly fit: readonly Fitted[];
  readonly steps: number;
  readonly trainSteps: number;
  readonly seconds: number;
  readonly learns: boolean;
  /** What makes the calibration again. */
  readonly command: string;
  /** Of walras. */
  readonly version: string;
}

const natural = ({ low, high }: Fitted, x: number): number => low + x * (high - low);
const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** In order of importance, a sentence or two each. */
export function findingsOf(result: Calibration, context: CalibrationContext): string[] {
  const { fit } = context;
  const findings: string[] = [];
  const { parameters, distanceAtBest, distanceAtDefaults, fitPValue, tolerance } = result;
  const told = new Set<string>();
  parameters.forEach(({ name, verdict, low, high, optima, ridge }, k) => {
    const value = (x: number) => shown(natural(fit[k], x));
    const range = `${shown(fit[k].low)} to ${shown(fit[k].high)}`;
    if (ridge) {
      const other = fit[ridge.with];
      const pair = [name, other.name].sort().join();
      if (!told.has(pair))
        findings.push(
          `${name} and ${other.name} are not identified separately: along a ridge from ${name} ${value(ridge.from[k])} with ${other.name} ${shown(natural(other, ridge.from[ridge.with]))} to ${name} ${value(ridge.to[k])} with ${other.name} ${shown(natural(other, ridge.to[ridge.with]))} the fit is the same within chance. Fix one of them with --set, or fit another series.`,
        );
      told.add(pair);
    } else if (verdict === "not identified")
      findings.push(
        `${name} is not identified: anywhere from ${value(low)} to ${value(high)} the fit is the same within chance (searched: ${range}). The best value shown for it means nothing.`,
      );
    if (verdict === "several optima")
      findings.push(
        `${name} has several optima that fit equally well within chance: near ${optima.map(value).join(", ")}. Exclude all but one with --range if you know better.`,
      );
    if (verdict === "bounded on one side" && !ridge)
      findings.push(
        `${name} is bounded on one side only: ${low === 0 ? `at most ${value(high)}` : `at least ${value(low)}`}, with all of the searched range ${low === 0 ? "below" : "above"} that as good. Widen it with --range if that makes sense.`,
      );
  });
  findings.push(
    distanceAtDefaults === null
      ? `The distance is ${shown(distanceAtBest)} at the best parameters; at the defaults the economy could not be simulated.`
      : `The distance is ${shown(distanceAtBest)} at the best parameters and ${shown(distanceAtDefaults)} at the defaults; chance alone makes differences of ${shown(tolerance)}.`,
  );
  const such = context.options.distance === "dynamics" ? "such dynamics" : "such data";
  findings.push(
    fitPValue < 0.05
      ? `The economy hardly produces ${such}: of data sets simulated at the best parameters ${percent(fitPValue)} are as far from the simulation as yours. Intervals then say where the fit is least bad.`
      : `The economy can produce ${such}: of data sets simulated at the best parameters ${percent(fitPValue)} are as far from the simulation as yours.`,
  );
  if (result.facts) findings.push(factFinding(result.facts));
  const failed = result.evaluations.filter(({ error }) => error !== null);
  if (failed.length > 0)
    findings.push(
      `${failed.length} of ${result.evaluations.length} candidates could not be simulated and count as bad; the first: ${failed[0].error}`,
    );
  return findings;
}

/** Within what 95 % of the simulated data sets have. */
const isMet = ({ data, low, high }: ComparedFact): boolean => data >= low && data <= high;

function factFinding({ compared }: Facts): string {
  const known = compared.filter(({ miss }) => Number.isFinite(miss));
  const missed = known.filter((fact) => !isMet(fact)).sort((a, b) => Math.abs(b.miss) - Math.abs(a.miss));
  const each = missed.map(
    ({ name, data, simulated, miss }) =>
      `${name} (${shown(data)} in the data, ${shown(simulated)} simulated: off by ${Math.abs(miss).toFixed(1)} standard deviations)`,
  );
  const within = `${known.length - missed.length} of ${known.length} stylised facts of the data are within what 95 % of simulated data sets have`;
  return missed.length === 0 ? `${within}.` : `${within}. It misses ${each.join(", ")}.`;
}

/** As printed and as in the page. */
export const factColumns = ["stylised fact", "data", "simulated", "low", "high", "miss (sd)"] as const;

export const factRows = ({ compared }: Facts): string[][] =>
  compared.map((fact) => [
    fact.name,
    ...[fact.data, fact.simulated, fact.low, fact.high].map((value) => (Number.isFinite(value) ? shown(value) : "–")),
    Number.isFinite(fact.miss) ? `${fact.miss.toFixed(1)}${isMet(fact) ? "" : " *"}` : "–",
  ]);

export function momentRows({
  data,
  best,
  defaults,
}: Calibration["features"]): [string, number, number, number | null][] {
  return momentNames.map((name, m) => [name, data.moments[m], best.moments[m], defaults?.moments[m] ?? null]);
}

export function calibrationDocument(result: Calibration, context: CalibrationContext) {
  const { economy, options, series, data, fit, steps, trainSteps, seconds, learns, version } = context;
  return {
    economy: economy.name,
    status: "complete",
    version,
    data: { file: options.data, column: options.column, values: data.length, transform: options.transform },
    series,
    distance: { name: options.distance, compare: options.compare },
    optimiser: options.optimiser,
    settings: options.set ?? {},
    steps,
    worlds: options.worlds,
    burnIn: options.burnIn,
    ...(learns && { experiment: options.experiment ?? null, trainSteps }),
    seed: options.seed,
    identified: result.parameters.every(({ verdict }) => verdict === "identified"),
    parameters: result.parameters.map(({ name, value, verdict, low, high, optima, ridge, profile, tolerance }, k) => ({
      name,
      best: value,
      low: natural(fit[k], low),
      high: natural(fit[k], high),
      interval: "95 %, profile of the modelled distance, calibrated by parametric bootstrap",
      default: fit[k].usual,
      searched: [fit[k].low, fit[k].high],
      verdict,
      optima: optima.map((x) => natural(fit[k], x)),
      tolerance,
      ridgeWith: ridge ? fit[ridge.with].name : null,
      profile: {
        value: Array.from(profile.x, (x) => natural(fit[k], x)),
        distance: [...profile.profile],
        distanceOthersFixed: [...profile.slice],
      },
    })),
    distanceAtBest: result.distanceAtBest,
    distanceAtDefaults: result.distanceAtDefaults,
    tolerance: result.tolerance,
    simulationNoise: result.simulationNoise,
    fitPValue: result.fitPValue,
    moments: Object.fromEntries(
      momentRows(result.features).map(([name, ours, best, defaults]) => [name, { data: ours, best, defaults }]),
    ),
    facts: result.facts && {
      interval: "95 % of data sets simulated at the best parameters",
      ...Object.fromEntries(result.facts.compared.map(({ name, ...fact }) => [name, fact])),
    },
    findings: findingsOf(result, context),
    evaluations: result.evaluations,
    seconds,
  };
}

export function renderCalibration(
  result: Calibration,
  context: CalibrationContext,
  assets: ReportInput["assets"],
): string {
  const { economy, options, name, data, fit, seconds, series, command, version } = context;
  const { parameters, features, evaluations, fitPValue } = result;
  const found = parameters.filter(({ verdict }) => verdict === "identified").length;
  return renderReport({
    title: `${economy.name} fitted to ${options.column}`,
    description: economy.summary,
    command,
    status: "complete",
    headline: `${found} of ${parameters.length} ${parameters.length === 1 ? "parameter is" : "parameters are"} identified`,
    findings: findingsOf(result, context),
    claims: [],
    tables: [
      parameterTable(result, context),
      ...(result.facts ? [factTable(result.facts)] : []),
      momentTable(features),
    ],
    figures: [],
    comparisons: [
      distributionFigure(features, context),
      ...(result.facts ? [memoryFigure(result.facts)] : []),
      ...fit.map((_, k) => profileFigure(result, context, k)),
    ],
    curvesTitle: "Search",
    curves: [
      {
        name: "distance",
        doc: "of each candidate, in the order they were simulated",
        xLabel: "candidate",
        x: evaluations.map((_, i) => i + 1),
        y: evaluations.map(({ distance }) => distance),
      },
    ],
    config: [],
    facts: [
      { label: "Data", value: `${options.data}, column ${options.column}, ${data.length} values` },
      { label: "Compared with", value: `${series} of ${name}` },
      {
        label: "Distance",
        value: `${options.distance}, ${options.compare === "both" ? "levels and changes" : options.compare}`,
      },
      { label: "Share of simulated data sets that are as far away", value: shown(fitPValue) },
      { label: "Seed", value: String(options.seed) },
      { label: "Time", value: `${seconds.toFixed(1)} s` },
      { label: "Version", value: `walras ${version}` },
    ],
    assets,
  });
}

/** As printed and as in the page. */
export const parameterColumns = ["parameter", "best", "low", "high", "default", "unit", "verdict"] as const;

export const parameterRows = ({ parameters }: Calibration, { fit, economy }: CalibrationContext): string[][] =>
  parameters.map(({ name, value, low, high, verdict }, k) => [
    name,
    ...[value, natural(fit[k], low), natural(fit[k], high), fit[k].usual].map(shown),
    economy.params[name].unit,
    verdict,
  ]);

const numbered = (names: readonly string[], first: number, last: number): ReportTable["columns"] =>
  names.map((name, c) => ({ name, number: c >= first && c <= last }));

const parameterTable = (result: Calibration, context: CalibrationContext): ReportTable => ({
  title: "Parameters",
  columns: numbered([...parameterColumns, "meaning"], 1, 4),
  rows: parameterRows(result, context).map((row, k) => {
    const { symbol, doc } = context.economy.params[row[0]];
    const { low, high } = context.fit[k];
    const meaning = [symbol, doc].filter(Boolean).join(": ");
    return [...row, [meaning, `searched from ${shown(low)} to ${shown(high)}`].filter(Boolean).join("; ")];
  }),
  note: "From low to high the fit is the same within chance: profiles of the modelled distance, at 95 % by parametric bootstrap.",
});

const factTable = (facts: Facts): ReportTable => ({
  title: "Stylised facts of returns",
  columns: numbered([...factColumns, "meaning"], 1, 5),
  rows: factRows(facts).map((row, k) => [...row, stylisedFacts[facts.compared[k].name].doc]),
  note: "95 % of data sets simulated at the best parameters, as long as the data, are from low to high. Miss: data less simulated mean, in standard deviations of such data sets; * outside low to high.",
});

const momentTable = (features: Calibration["features"]): ReportTable => ({
  title: "Moments",
  columns: numbered(["moment", "data", "at best", "at defaults"], 1, 3),
  rows: momentRows(features).map(([name, ...values]) => [name, ...values.map(shown)]),
  note: "",
});

const POINTS = 200;

const line = (
  label: string,
  x: readonly number[],
  y: readonly number[],
  as: "line" | "dots" | "reference" = "line",
) => ({
  label,
  as,
  x,
  y,
  low: [],
  high: [],
});

/** Empirical distribution functions over the same values. */
function distributionFigure(
  { data, best, defaults }: Calibration["features"],
  { options }: CalibrationContext,
): ReportComparison {
  const low = Math.min(data.levels[0], quantile(best.levels, 0.005));
  const high = Math.max(data.levels.at(-1)!, quantile(best.levels, 0.995));
  const x = Array.from({ length: POINTS + 1 }, (_, i) => low + ((high - low) * i) / POINTS);
  const share = (sorted: Float64Array): number[] => {
    let i = 0;
    return x.map((value) => {
      while (i < sorted.length && sorted[i] <= value) i++;
      return i / sorted.length;
    });
  };
  return {
    title: `Distribution of ${options.column}`,
    xLabel: options.column,
    yLabel: "share of values at most x",
    lines: [
      line("data", x, share(data.levels), "reference"),
      line("at best", x, share(best.levels)),
      ...(defaults ? [line("at defaults", x, share(defaults.levels))] : []),
    ],
    caption: "Where the line of the best parameters follows the dashed one, the economy has the values of the data.",
  };
}

/** Volatility clustering: autocorrelation of |r| by lag. */
function memoryFigure({ memory }: Facts): ReportComparison {
  const lags = memory.data.map((_, k) => k + 1);
  return {
    title: "Volatility clustering",
    xLabel: "lag",
    yLabel: "autocorrelation of |return|",
    band: "95 % of data sets simulated at the best parameters",
    lines: [
      line("data", lags, memory.data, "reference"),
      { ...line("at best", lags, memory.simulated), low: memory.low, high: memory.high },
    ],
    caption: "Where the dashed line is above the band, large returns follow large ones more than in the economy.",
  };
}

function profileFigure(result: Calibration, { fit, economy }: CalibrationContext, k: number): ReportComparison {
  const { name, profile, verdict, low, high } = result.parameters[k];
  const { unit } = economy.params[name];
  const least = Math.min(...profile.profile);
  const value = (x: number) => shown(natural(fit[k], x));
  const x = Array.from({ length: GRID }, (_, i) => natural(fit[k], profile.x[i]));
  const highest = Math.max(...profile.profile, ...profile.slice);
  const seen = result.evaluations
    .filter(({ distance, params }) => distance <= highest && params[name] >= x[0] && params[name] <= x[GRID - 1])
    .map(({ distance, params }) => [params[name], distance] as const)
    .sort(([a], [b]) => a - b);
  const limit = least + result.parameters[k].tolerance;
  return {
    title: `Profile of ${name}: ${verdict}`,
    xLabel: unit === "1" || unit === "" ? name : `${name} (${unit})`,
    yLabel: "distance",
    lines: [
      line("limit", [x[0], x[GRID - 1]], [limit, limit], "reference"),
      line("others chosen anew", x, [...profile.profile]),
      line("others as at best", x, [...profile.slice]),
      line(
        "simulated",
        seen.map(([at]) => at),
        seen.map(([, distance]) => distance),
        "dots",
      ),
    ],
    caption: `Modelled distance to the data when ${name} is held at x. Values where the line with the others chosen anew is below the limit remain possible: ${value(low)} to ${value(high)}. The limit is the least distance plus what chance does to it.`,
  };
}
