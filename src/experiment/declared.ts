// Claims and figures that an experiment declares, and the errors for settings and kinds that do not exist.
import { closest, list, refuseUnknown } from "../core/errors.ts";
import { isUnknown, type Unknown } from "../economy/index.ts";

/** A figure that the result must match, over the experiment's seeds. */
export interface Expectation {
  /** What is measured, for the reader. */
  readonly item: string;
  /** The summary value that is held against theory. */
  readonly measure: string;
  /** What the paper says, in its words or figures. */
  readonly claim: string;
  /** Where theory does not apply, its claim is not judged. */
  readonly theory: number | Unknown;
  readonly unit: string;
  /**
   * A seed passes when |ours − theory| ≤ tolerance; with `relative`, tolerance · |theory|; with `atMost`, when ours ≤ tolerance; with `atLeast`, when ours ≥ tolerance. With `below` seeds are
   * judged together: ours are below 0, and Wilcoxon's signed-rank test over seeds has p ≤ tolerance.
   */
  readonly tolerance: number;
  readonly kind: "relative" | "absolute" | "atMost" | "atLeast" | "below";
  /** With `below`: the mean over seeds is between these shares of theory, which is below 0 as well. Default: not asked for. */
  readonly ofTheory?: readonly [least: number, most: number];
  /** Share of seeds that must pass. Default 0.9. */
  readonly share?: number;
  /** 95 % interval of the mean over seeds: Student's (default), or by resampling seeds (BCa), for values that are far from normal. */
  readonly interval?: "student" | "bootstrap";
  readonly note?: string;
}

/** A line of a figure over seeds: what is drawn is the mean and a band, or given points. */
export type FigureLine = {
  readonly label: string;
  /** Default "line"; given points and levels default to a dashed "reference". */
  readonly as?: "line" | "steps" | "bars" | "dots" | "reference";
} & (
  | {
      /** A metric of training, over world-periods. */
      readonly training: string;
    }
  | {
      /** Summary values `<measured>/<x>`, over x. */
      readonly measured: string;
    }
  | { readonly points: readonly (readonly [x: number, y: number])[] }
  | {
      /** From edge to edge. */
      readonly level: number;
    }
);

/** Drawn by `reproduce`, over its seeds. */
export interface ExperimentFigure {
  readonly title: string;
  readonly xLabel: string;
  /** With its unit. */
  readonly yLabel: string;
  readonly lines: readonly FigureLine[];
  /** "interval": 95 % of the mean over seeds (default); "range": from the least to the most. */
  readonly band?: "interval" | "range";
  readonly caption: string;
}

/** Drawn by `reproduce`: cases against quantities, each cell the mean over seeds with its 95 % interval. */
export interface ExperimentTable {
  readonly title: string;
  /** Names of the leading columns, by which rows are told apart. */
  readonly cases: readonly string[];
  readonly columns: readonly { readonly name: string; readonly unit: string }[];
  readonly rows: readonly {
    /** One for each of `cases`. */
    readonly of: readonly string[];
    /** One for each of `columns`: the name of a summary value, or a given number; null: left empty. */
    readonly cells: readonly (string | number | null)[];
  }[];
  readonly note: string;
}

const KEYS = [
  "name",
  "summary",
  "economy",
  "params",
  "algorithm",
  "config",
  "numEnvs",
  "totalSteps",
  "seeds",
  "maxSeconds",
  "evaluation",
  "beside",
  "measure",
  "expect",
  "figures",
  "tables",
  "calibration",
] as const;
/** Without what only learners have. */
const SIMULATED = KEYS.filter((key) => !["algorithm", "config", "evaluation"].includes(key));
const EVALUATION = ["sampled", "periods", "finalPeriods", "every", "params"];
const EXPECTATION = Object.keys({
  item: 0,
  measure: 0,
  claim: 0,
  theory: 0,
  unit: 0,
  tolerance: 0,
  kind: 0,
  ofTheory: 0,
  share: 0,
  interval: 0,
  note: 0,
} satisfies Record<keyof Expectation, 0>);
const KINDS = Object.keys({ relative: 0, absolute: 0, atMost: 0, atLeast: 0, below: 0 } satisfies Record<
  Expectation["kind"],
  0
>);
const FIGURE = ["title", "xLabel", "yLabel", "lines", "band", "caption"];
/** One of each kind of line, so that a new kind cannot be forgotten. */
const LINE = Object.keys({ label: 0, as: 0, training: 0, measured: 0, points: 0, level: 0 } satisfies Record<
  KeyOf<FigureLine>,
  0
>);

const TABLE = ["title", "cases", "columns", "rows", "note"];
const ROW = ["of", "cells"];

type KeyOf<T> = T extends unknown ? keyof T : never;

/** How `walras calibrate` fits the economy where the user says nothing else; the experiment's parameters hold for what is not fitted. */
export interface CalibrationDefaults {
  /** A metric or a world scalar. */
  readonly series: string;
  readonly transform?: "none" | "changes" | "log-changes";
  readonly distance?: "energy" | "wasserstein" | "histogram" | "moments" | "dynamics";
  readonly compare?: "both" | "levels" | "changes";
  readonly burnIn?: number;
  /** Parameters, and where each is searched. */
  readonly fit: Readonly<Record<string, readonly [low: number, high: number]>>;
}

const CALIBRATION = Object.keys({
  series: 0,
  transform: 0,
  distance: 0,
  compare: 0,
  burnIn: 0,
  fit: 0,
} satisfies Record<keyof CalibrationDefaults, 0>);

interface Declared {
  readonly name: string;
  readonly economy: { readonly params: object };
  readonly params?: object;
  /** Left out where nobody learns. */
  readonly algorithm?: { readonly name: string; readonly config: object };
  readonly config?: object;
  readonly evaluation?: { readonly params?: object };
  readonly calibration?: CalibrationDefaults;
}

/** Keys of the definition, of its parameters and of its learner's settings. */
export function refuseMisspelt(definition: Declared, { simulated = false } = {}): void {
  const { name, economy, params = {}, algorithm, config = {}, evaluation = {}, calibration } = definition;
  const where = `Experiment "${name}"`;
  refuseUnknown(where, definition, simulated ? SIMULATED : KEYS);
  refuseUnknown(`${where}: params`, params, Object.keys(economy.params));
  refuseUnknown(`${where}: evaluation`, evaluation, EVALUATION);
  refuseUnknown(`${where}: evaluation.params`, evaluation.params ?? {}, Object.keys(economy.params));
  refuseUnknown(`${where}: calibration`, calibration ?? {}, CALIBRATION);
  refuseUnknown(`${where}: calibration.fit`, calibration?.fit ?? {}, Object.keys(economy.params));
  if (!algorithm) return;
  const settings = Object.keys(algorithm.config);
  const { populations = {}, ...common } = config as { readonly populations?: Readonly<Record<string, object>> };
  refuseUnknown(`${where}: config of ${algorithm.name}`, common, [...settings, "populations"]);
  for (const [population, own] of Object.entries(populations))
    refuseUnknown(`${where}: config.populations.${population} of ${algorithm.name}`, own, settings);
}

export function checkedExpectations(name: string, expectations: readonly Expectation[]): readonly Expectation[] {
  for (const [index, expectation] of expectations.entries()) {
    const { item = `[${index}]`, kind, theory, tolerance, interval = "student" } = expectation;
    const where = `Experiment "${name}": expect "${item}"`;
    refuseUnknown(where, expectation, EXPECTATION);
    if (!KINDS.includes(kind))
      throw new Error(`${where}: kind is "${kind}", expected ${list(KINDS)}.${closest(String(kind), KINDS)}`);
    if (interval !== "student" && interval !== "bootstrap")
      throw new Error(`${where}: interval is "${interval}", expected "student" or "bootstrap".`);
    if (!Number.isFinite(tolerance)) throw new Error(`${where}: tolerance is ${tolerance}, expected a number.`);
    if (!isUnknown(theory) && typeof theory !== "number")
      throw new Error(`${where}: theory is ${theory}, expected a number. Without one, give unknown("reason").`);
  }
  return expectations;
}

export function checkedFigures(name: string, figures: readonly ExperimentFigure[]): readonly ExperimentFigure[] {
  for (const [index, figure] of figures.entries()) {
    const where = `Experiment "${name}": figure "${figure.title ?? index}"`;
    refuseUnknown(where, figure, FIGURE);
    for (const line of figure.lines) refuseUnknown(`${where}: line "${line.label}"`, line, LINE);
  }
  return figures;
}

export function checkedTables(name: string, tables: readonly ExperimentTable[]): readonly ExperimentTable[] {
  for (const [index, table] of tables.entries()) {
    const where = `Experiment "${name}": table "${table.title ?? index}"`;
    refuseUnknown(where, table, TABLE);
    for (const [k, row] of table.rows.entries()) {
      refuseUnknown(`${where}: row ${k}`, row, ROW);
      const [cases, cells] = [row.of.length, row.cells.length];
      if (cases !== table.cases.length || cells !== table.columns.length)
        throw new Error(
          `${where}: row ${k} has ${cases} cases and ${cells} cells, expected ${table.cases.length} and ${table.columns.length}.`,
        );
    }
  }
  return tables;
}
