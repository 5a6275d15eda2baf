// What is logged of an economy's figures while agents learn: `watch/<population>.<column>/…`.
import {
  type AnyColumnFigure,
  type AnyParamValues,
  type AnyRows,
  type AnyWorld,
  type Economy,
  isUnknown,
  living,
} from "../economy/index.ts";
import { mean, quantile } from "../math/index.ts";
import { unlessUnknown } from "./claims.ts";
import type { Experiment, ResolvedRun } from "./experiment.ts";

/** Agents logged one by one. */
export const WATCHED = 10;

type Watched = Pick<AnyColumnFigure, "population" | "column">;

const QUANTILES = { p05: 0.05, p50: 0.5, p95: 0.95 } as const;
const STATISTICS = { mean: "mean", median: "p50" } as const;

/** Figures of columns whose values theory gives a number for; those that a law or a density is drawn of are left out. */
export const watchedFigures = ({ figures }: Economy): AnyColumnFigure[] =>
  figures.flatMap((figure) => ("metric" in figure || figure.law || figure.density ? [] : [figure]));

/** Figures of how agents are distributed. */
export const distributionFigures = ({ figures }: Economy): AnyColumnFigure[] =>
  figures.flatMap((figure) => (!("metric" in figure) && (figure.law || figure.density) ? [figure] : []));

/** What the names of a figure's values begin with. */
export const watchName = ({ population, column }: Watched): string => `watch/${population}.${column}`;

/** Units by name, of everything that a run logs or sums up and that has one. */
export function unitsOf({ economy, expect }: Experiment, { params }: ResolvedRun): Record<string, string> {
  const units: Record<string, string> = { step: "world-periods" };
  for (const [name, { unit }] of Object.entries(economy.metrics)) units[name] = units[`econ/${name}`] = unit;
  for (const figure of watchedFigures(economy)) {
    const { state, actions } = economy.populations[figure.population]!;
    const unit = (state[figure.column] ?? actions[figure.column])?.unit;
    const logged = [...Array(WATCHED).keys(), "mean", ...Object.keys(QUANTILES)];
    if (unit) for (const which of logged) units[`${watchName(figure)}/${which}`] = unit;
  }
  const expectations = unlessUnknown(() => expect?.(params, economy.truth?.(params) ?? {}) ?? []);
  if (!isUnknown(expectations)) for (const { measure, unit } of expectations) units[measure] ??= unit;
  return units;
}

/** The number that a figure holds against theory, from a logged row; of a single agent, that agent's own. */
export function centreOf(
  figure: Watched & Pick<AnyColumnFigure, "statistic">,
  row: Readonly<Record<string, number>>,
): number | undefined {
  const name = watchName(figure);
  return row[`${name}/${STATISTICS[figure.statistic ?? "median"]}`] ?? row[`${name}/0`];
}

/** A figure's column, of those who live: for up to ten agents, equally spaced by row; of several agents also mean, median and the 5th and 95th percentile. */
export function watched(economy: Economy, w: AnyWorld): Record<string, number> {
  const row: Record<string, number> = {};
  for (const figure of watchedFigures(economy)) {
    const name = watchName(figure);
    const rows = w[figure.population] as AnyRows;
    const all = rows[figure.column] as Float64Array;
    const { lives } = economy.populations[figure.population]!;
    const alive = lives === null ? null : (rows[lives] as Uint8Array);
    const shown = Math.min(WATCHED, all.length);
    for (let k = 0; k < shown; k++) {
      const i = Math.floor((k * all.length) / shown);
      if (!alive || alive[i]) row[`${name}/${k}`] = all[i]!;
    }
    const x = alive ? living(all, alive) : all;
    if (all.length === 1 || x.length === 0) continue;
    row[`${name}/mean`] = mean(x);
    for (const [quantity, p] of Object.entries(QUANTILES)) row[`${name}/${quantity}`] = quantile(x, p);
  }
  return row;
}

/** What the names of a distribution begin with. */
export const distributionName = ({ population, column }: Watched): string => `distribution/${population}.${column}`;

/** Charts show distributions; a table of hundreds of shares shows nobody anything. */
export const isDistribution = (measure: string): boolean => measure.startsWith("distribution/");

const BINS = 250; // at most

/**
 * For figures with a law, the share of agents at each value of their columns, all worlds together: in bins where there are many values, per unit. For
 * figures with a density, a histogram between the first of its values and the last, whose bars are shares of all agents per unit.
 */
export function distributions(
  economy: Economy,
  p: AnyParamValues,
  columnOf: (name: string) => ArrayLike<number> | undefined,
): Record<string, number> {
  const shares: Record<string, number> = {};
  for (const figure of distributionFigures(economy)) {
    const all = columnOf(`${figure.population}.${figure.column}`);
    const { lives } = economy.populations[figure.population]!;
    const alive = lives === null ? undefined : columnOf(`${figure.population}.${lives}`);
    const x = all && alive ? living(all, alive) : all;
    if (!x || x.length === 0) continue;
    if (figure.density) {
      const points = unlessUnknown(() => figure.density!(p));
      if (!isUnknown(points)) Object.assign(shares, histogram(distributionName(figure), x, points));
      continue;
    }
    let [least, most] = [x[0]!, x[0]!];
    for (let i = 1; i < x.length; i++) {
      least = Math.min(least, x[i]!);
      most = Math.max(most, x[i]!);
    }
    const width = Math.ceil((most - least + 1) / BINS);
    const counts = new Float64Array(Math.floor((most - least) / width) + 1);
    for (let i = 0; i < x.length; i++) counts[Math.floor((x[i]! - least) / width)]!++;
    counts.forEach((count, k) => {
      shares[`${distributionName(figure)}/${least + k * width + (width - 1) / 2}`] = count / x.length / width;
    });
  }
  return shares;
}

const BARS = 60;

function histogram(
  name: string,
  x: ArrayLike<number>,
  points: readonly (readonly [value: number, density: number])[],
): Record<string, number> {
  const [low, high] = [points[0]![0], points.at(-1)![0]];
  const width = (high - low) / BARS;
  const counts = new Float64Array(BARS);
  for (let i = 0; i < x.length; i++) {
    const k = Math.floor((x[i]! - low) / width);
    if (k >= 0 && k < BARS) counts[k]!++;
  }
  return Object.fromEntries(
    Array.from(counts, (count, k) => [`${name}/${low + (k + 0.5) * width}`, count / x.length / width]),
  );
}
