// What a policy would do under the posterior of parameters, as sentences, as JSON and as a page.
import type { Fitted } from "../calibration/index.ts";
import type { Economy } from "../economy/index.ts";
import type { Overrides } from "../experiment/experiment.ts";
import {
  type Counterfactual,
  columnOf,
  type PosteriorMethod,
  type SimulatedPosterior,
  summaryNames,
} from "../inference/index.ts";
import type { ReportComparison, ReportInput } from "./contents.ts";
import { shown } from "./format.ts";
import { renderReport } from "./report.ts";

export const statistics = ["mean", "sd", "last"] as const;
export type Statistic = (typeof statistics)[number];

export interface CounterfactualContext {
  readonly economy: Economy;
  /** The economy as the user wrote it. */
  readonly name: string;
  /** The file and its column. */
  readonly data: string;
  readonly column: string;
  readonly values: number;
  readonly series: string;
  readonly fit: readonly Fitted[];
  readonly settings: Overrides;
  readonly policy: Overrides;
  readonly outcome: string;
  readonly statistic: Statistic;
  readonly method: PosteriorMethod;
  readonly periods: number;
  readonly worlds: number;
  readonly seed: number;
  /** Agents learn anew with and without the policy. */
  readonly learns: boolean;
  readonly seconds: number;
  readonly command: string;
  readonly version: string;
}

export interface CounterfactualResult {
  readonly posterior: SimulatedPosterior;
  readonly effect: Counterfactual;
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;
const settingsOf = (settings: Overrides): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .join(", ");
const named = ({ statistic, outcome }: CounterfactualContext): string =>
  statistic === "mean"
    ? `mean ${outcome}`
    : statistic === "sd"
      ? `standard deviation of ${outcome}`
      : `last ${outcome}`;

/** In order of importance, a sentence or two each. */
export function counterfactualFindings(
  { posterior, effect }: CounterfactualResult,
  context: CounterfactualContext,
): string[] {
  const { policy, fit } = context;
  const { mean, low, high } = effect.effect;
  const findings = [
    `With ${settingsOf(policy)} the ${named(context)} changes by ${shown(mean)}, from ${shown(effect.base.mean)} to ${shown(effect.policy.mean)}: 95 % of the posterior is from ${shown(low)} to ${shown(high)}, ${percent(effect.positive)} of it above 0.`,
  ];
  findings.push(
    `Over so many draws the mean has a standard error of ${shown(effect.standardError)}. In a single world the change is from ${shown(effect.inOneWorld.low)} to ${shown(effect.inOneWorld.high)} in 95 of 100.`,
  );
  if (effect.chance !== null && effect.chance > 0.5)
    findings.push(
      `${percent(effect.chance)} of the interval's variance is chance within a draw, not what the data leave open: raise --worlds.`,
    );
  fit.forEach(({ name }, k) => {
    const deviation = posterior.scoreDeviations[k]!;
    if (deviation > 0.8)
      findings.push(
        `The data say little about ${name}: its posterior is ${percent(Math.min(1, deviation))} as wide as the prior, so the range it was given decides.`,
      );
  });
  if (posterior.outside.length > 0)
    findings.push(
      `No simulation from the prior is as the data are in ${posterior.outside.map((s) => summaryNames[s]).join(", ")}: the economy hardly produces such data, and the posterior is of the least bad parameters.`,
    );
  if (posterior.effectiveSize !== null && posterior.effectiveSize < 50)
    findings.push(
      `The posterior's effective size is ${shown(Math.round(posterior.effectiveSize))}, too few for ends of an interval: raise --simulations.`,
    );
  if (posterior.toleranceOverChance !== null && posterior.toleranceOverChance > 1)
    findings.push(
      `Particles are up to ${shown(Number(posterior.toleranceOverChance.toPrecision(2)))} times as far from the data as chance takes data of the same parameters: intervals may be wider than the data allow. Raise --simulations, or narrow the ranges.`,
    );
  if (posterior.failed > 0)
    findings.push(`${posterior.failed} of ${posterior.simulations} simulations failed and count as unlike the data.`);
  if (effect.leftOut > 0)
    findings.push(
      `${effect.leftOut} draws of the posterior could not be simulated and are left out; the last: ${effect.failure}`,
    );
  return findings;
}

/** As printed and as in the page. */
export const posteriorColumns = ["parameter", "mean", "sd", "low", "high", "prior", "unit"] as const;

export const posteriorRows = (
  { posterior }: CounterfactualResult,
  { fit, economy }: CounterfactualContext,
): string[][] =>
  posterior.parameters.map(({ name, mean, sd, low, high }, k) => [
    name,
    ...[mean, sd, low, high].map(shown),
    `${shown(fit[k]!.low)} to ${shown(fit[k]!.high)}`,
    economy.params[name]!.unit,
  ]);

/** As printed and as in the page. */
export const effectColumns = ["outcome", "mean", "low", "high"] as const;

export const effectRows = ({ effect }: CounterfactualResult, context: CounterfactualContext): string[][] =>
  (
    [
      [`${named(context)}, as it is`, effect.base],
      [`with ${settingsOf(context.policy)}`, effect.policy],
      ["change", effect.effect],
    ] as const
  ).map(([label, { mean, low, high }]) => [label, ...[mean, low, high].map(shown)]);

export function counterfactualDocument(result: CounterfactualResult, context: CounterfactualContext) {
  const { posterior, effect } = result;
  const { effects, ...rest } = effect;
  return {
    economy: context.economy.name,
    version: context.version,
    data: { file: context.data, column: context.column, values: context.values },
    series: context.series,
    settings: context.settings,
    policy: context.policy,
    outcome: context.outcome,
    statistic: context.statistic,
    method: context.method,
    periods: context.periods,
    worlds: context.worlds,
    seed: context.seed,
    interval: "central 95 % of the posterior",
    effect: { ...rest, effects: [...effects] },
    posterior: {
      parameters: posterior.parameters.map((parameter, k) => ({
        ...parameter,
        prior: { kind: "uniform", low: context.fit[k]!.low, high: context.fit[k]!.high },
        draws: [...columnOf(posterior.sample, k)],
      })),
      simulations: posterior.simulations,
      failed: posterior.failed,
      outside: posterior.outside.map((s) => summaryNames[s]),
      effectiveSize: posterior.effectiveSize,
      generations: posterior.generations,
      toleranceOverChance: posterior.toleranceOverChance,
      heldOutLoss: posterior.heldOutLoss,
    },
    findings: counterfactualFindings(result, context),
    seconds: context.seconds,
  };
}

export function renderCounterfactual(
  result: CounterfactualResult,
  context: CounterfactualContext,
  assets: ReportInput["assets"],
): string {
  const { economy, policy, fit } = context;
  const { effect, posterior } = result;
  const numbered = (names: readonly string[], first: number, last: number) =>
    names.map((name, c) => ({ name, number: c >= first && c <= last }));
  return renderReport({
    title: `${economy.name} with ${settingsOf(policy)}`,
    description: economy.summary,
    command: context.command,
    status: "complete",
    headline: `${named(context)} changes by ${shown(effect.effect.mean)} [${shown(effect.effect.low)}, ${shown(effect.effect.high)}]`,
    findings: counterfactualFindings(result, context),
    claims: [],
    tables: [
      {
        title: "Effect",
        columns: numbered(effectColumns, 1, 3),
        rows: effectRows(result, context),
        note: `Central 95 % of the posterior, over ${effect.effects.length} draws of parameters with ${context.worlds} worlds of ${context.periods} periods each, the same shocks with and without the policy.`,
      },
      {
        title: "Parameters",
        columns: numbered(posteriorColumns, 1, 4),
        rows: posteriorRows(result, context),
        note: "Posterior mean, standard deviation and central 95 %; the prior is uniform.",
      },
    ],
    figures: [],
    comparisons: [
      histogram("Effect of the policy", `change of ${named(context)}`, "draws of the posterior", effect.effects, [
        "The change at each draw of the posterior, mean over its worlds; 0 is no effect.",
      ]),
      ...fit.map(({ name, low, high }, k) =>
        histogram(
          `Posterior of ${name}`,
          name,
          "posterior",
          columnOf(posterior.sample, k),
          ["Dashed: as many draws in each bar as the prior has."],
          { low, high },
        ),
      ),
    ],
    curves: [],
    config: [],
    facts: [
      { label: "Data", value: `${context.data}, column ${context.column}, ${context.values} values` },
      { label: "Compared with", value: `${context.series} of ${context.name}` },
      { label: "Posterior", value: context.method === "abc" ? "ABC-SMC, regression-adjusted" : "neural posterior" },
      { label: "Simulations", value: String(posterior.simulations) },
      ...(posterior.effectiveSize === null
        ? []
        : [{ label: "Effective sample size", value: String(Math.round(posterior.effectiveSize)) }]),
      ...(context.learns ? [{ label: "Agents", value: "learn anew with and without the policy" }] : []),
      {
        label: "Common random numbers",
        value:
          effect.gain === null
            ? "one world each: not measured"
            : `variance of the effect is ${shown(Number(effect.gain.toPrecision(3)))} times less than with independent worlds`,
      },
      { label: "Seed", value: String(context.seed) },
      { label: "Time", value: `${context.seconds.toFixed(1)} s` },
      { label: "Version", value: `walras ${context.version}` },
    ],
    assets,
  });
}

const BARS = 24;

/** Counts in equal bars over the values, or over a prior's range, drawn dashed. */
function histogram(
  title: string,
  xLabel: string,
  label: string,
  values: Float64Array,
  [caption]: readonly [string],
  prior: { readonly low: number; readonly high: number } | null = null,
): ReportComparison {
  const { low, high } = prior ?? spanOf(values);
  const width = (high - low) / BARS;
  const counts = new Array<number>(BARS).fill(0);
  for (const value of values) {
    const bar = Math.min(BARS - 1, Math.max(0, Math.floor((value - low) / width)));
    counts[bar] = counts[bar]! + 1;
  }
  const x = counts.map((_, b) => low + (b + 0.5) * width);
  const even = values.length / BARS;
  return {
    title,
    xLabel,
    yLabel: "draws",
    lines: [
      { label, as: "bars", x, y: counts, low: [], high: [] },
      ...(prior === null
        ? []
        : [{ label: "prior", as: "reference" as const, x: [low, high], y: [even, even], low: [], high: [] }]),
    ],
    caption,
  };
}

function spanOf(values: Float64Array): { readonly low: number; readonly high: number } {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = high > low ? 0 : Math.max(1e-9, 0.01 * Math.abs(low));
  return { low: low - margin, high: high + margin };
}
