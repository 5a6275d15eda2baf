// Stress tests: the same worlds under one scenario after another, on the same draws; what is lost, who fails first, and which link carries it.
//
//   loss of a world: a metric, its worst period or its mean;   severity: quantile and mean beyond it over worlds (src/risk/co-risk.ts)

import { isDecided } from "../economy/decisions.ts";
import {
  type AnyRows,
  type AnyWorld,
  type Economy,
  measure,
  type ParamSettings,
  resolveParams,
} from "../economy/index.ts";
import { mean } from "../math/index.ts";
import { expectedShortfall, valueAtRisk } from "../risk/index.ts";
import { type PlayOptions, play } from "./play.ts";
import { simulatePeriods } from "./simulate-periods.ts";

export interface StressScenario {
  readonly label: string;
  /** Parameters that differ from the economy's. */
  readonly set: ParamSettings;
}

export interface StressOptions {
  readonly economy: Economy;
  readonly params: ParamSettings;
  readonly scenarios: readonly StressScenario[];
  /** A metric. */
  readonly loss: string;
  /** Less of it is worse: the loss is the metric with the other sign. */
  readonly lessIsWorse: boolean;
  readonly statistic: "worst" | "mean";
  /** A column that is not 0 where a row has failed; `order` is a column that is lower for those who fail first within a period. null: nobody fails. */
  readonly fails: { readonly population: string; readonly column: string; readonly order: string | null } | null;
  /** A column of links: how much each carries. */
  readonly carries: { readonly links: string; readonly column: string } | null;
  /** Level of the tail. */
  readonly level: number;
  readonly worlds: number;
  readonly periods: number;
  readonly seed: number;
  /** Of agents who learned; not played in scenarios in which nobody decides. */
  readonly policies?: PlayOptions["policies"];
  readonly sampled?: boolean;
  readonly onScenario?: (done: number) => void;
}

/** One period of one world. */
export interface Snapshot {
  readonly world: number;
  readonly period: number;
  readonly loss: number;
  /** Order of failing of each row, from 1 on; 0: it has not failed. */
  readonly failed: readonly number[];
  readonly links: readonly { readonly source: number; readonly target: number; readonly carried: number }[];
}

export interface ScenarioOutcome {
  readonly label: string;
  readonly set: ParamSettings;
  /** By world. */
  readonly losses: readonly number[];
  readonly mean: number;
  readonly valueAtRisk: number;
  readonly expectedShortfall: number;
  /** Share of worlds in which somebody fails, and mean share of rows that ever do; null where nobody can. */
  readonly anyFailure: number | null;
  readonly failures: number | null;
  /** Who is among the first to fail: share of worlds, those who fail together sharing one; largest first. */
  readonly first: readonly { readonly row: number; readonly share: number }[];
  /** What links carried, summed over periods, mean over worlds; largest first. */
  readonly carried: readonly { readonly source: number; readonly target: number; readonly amount: number }[];
  /** The period with the largest loss, of all worlds. */
  readonly worst: Snapshot;
}

const KEPT = 20;

/** Plays every scenario in the same worlds. Throws where a metric, a column or links do not exist, and where a loss is not finite. */
export function stressTest(options: StressOptions): ScenarioOutcome[] {
  const { economy, scenarios, onScenario } = options;
  return scenarios.map((scenario, k) => {
    const outcome = playScenario(economy, scenario, options);
    onScenario?.(k + 1);
    return outcome;
  });
}

function playScenario(economy: Economy, { label, set }: StressScenario, options: StressOptions): ScenarioOutcome {
  const { loss, lessIsWorse, statistic, fails, carries, level, worlds, periods, seed, policies } = options;
  const params = resolveParams(economy, { ...options.params, ...set });
  const losses = new Float64Array(worlds).fill(statistic === "worst" ? Number.NEGATIVE_INFINITY : 0);
  const ever = Array.from({ length: worlds }, () => new Set<number>());
  const first = new Map<number, number>();
  const carried = new Map<string, number>();
  let worst: Snapshot | null = null;
  const visit = (w: AnyWorld, period: number, e: number): void => {
    const value = (lessIsWorse ? -1 : 1) * measure(economy, loss, w, params, e);
    if (!Number.isFinite(value))
      throw new Error(
        `stress: ${loss} is ${value} in period ${period} of world ${e}, scenario "${label}", expected a finite number.`,
      );
    losses[e] = statistic === "worst" ? Math.max(losses[e]!, value) : losses[e]! + value / periods;
    const failed = fails ? orderOf(w, fails) : [];
    const now = failed.flatMap((order, row) => (order > 0 ? [row] : []));
    if (now.length > 0 && ever[e]!.size === 0) {
      const least = Math.min(...now.map((row) => failed[row]!));
      const firsts = now.filter((row) => failed[row] === least);
      for (const row of firsts) first.set(row, (first.get(row) ?? 0) + 1 / (firsts.length * worlds));
    }
    for (const row of now) ever[e]!.add(row);
    const links = carries ? linksOf(w, carries) : [];
    for (const { source, target, carried: amount } of links) {
      const key = `${source} ${target}`;
      if (amount > 0) carried.set(key, (carried.get(key) ?? 0) + amount / worlds);
    }
    if (worst === null || value > worst.loss) worst = { world: e, period, loss: value, failed, links };
  };
  const asked = { worlds, seed, periods, visit };
  if (policies && isDecided(economy, params))
    play({ ...asked, economy, params, policies, sampled: options.sampled ?? false, purpose: "stress" });
  else simulatePeriods(economy, { ...asked, params });
  const rows = fails ? (worst as unknown as Snapshot).failed.length : 0;
  return {
    label,
    set,
    losses: [...losses],
    mean: mean(losses),
    valueAtRisk: valueAtRisk(losses, level),
    expectedShortfall: expectedShortfall(losses, level),
    anyFailure: fails ? ever.filter(({ size }) => size > 0).length / worlds : null,
    failures: fails ? ever.reduce((sum, { size }) => sum + size, 0) / (worlds * rows) : null,
    first: largest(
      [...first].map(([row, share]) => ({ row, share })),
      ({ share }) => share,
    ),
    carried: largest(
      [...carried].map(([key, amount]) => {
        const [source, target] = key.split(" ").map(Number) as [number, number];
        return { source, target, amount };
      }),
      ({ amount }) => amount,
    ),
    worst: worst as unknown as Snapshot,
  };
}

function largest<T>(list: T[], of: (x: T) => number): readonly T[] {
  return list.sort((a, b) => of(b) - of(a)).slice(0, KEPT);
}

/** Order of failing of each row: 0 where it has not failed. */
function orderOf(w: AnyWorld, { population, column, order }: NonNullable<StressOptions["fails"]>): number[] {
  const rows = w[population] as AnyRows;
  const flags = rows[column] as ArrayLike<number>;
  const orders = order === null ? null : (rows[order] as ArrayLike<number>);
  return Array.from({ length: rows.size }, (_, i) => (flags[i] !== 0 ? Math.max(1, orders?.[i] ?? 1) : 0));
}

function linksOf(w: AnyWorld, { links, column }: NonNullable<StressOptions["carries"]>): Snapshot["links"] {
  const rows = w[links] as AnyRows;
  const [source, target, amount] = ["source", "target", column].map((name) => rows[name] as ArrayLike<number>);
  return Array.from({ length: rows.size }, (_, l) => ({
    source: source![l]!,
    target: target![l]!,
    carried: amount![l]!,
  }));
}
