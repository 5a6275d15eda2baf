// A scan along a parameter, as words, rows of a table, a document and a page.
import type { Bifurcation, Scan, ScanPoint } from "../analysis/index.ts";
import type { Economy } from "../economy/index.ts";
import type { ReportComparison, ReportInput, ReportTable } from "./contents.ts";
import { formatNumber, shown } from "./format.ts";
import { renderReport } from "./report.ts";

export interface ScanContext {
  readonly economy: Economy;
  readonly command: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly seconds: number;
  readonly version: string;
}

/** As printed and as in the page. */
export const scanColumns = [
  "value",
  "attractor",
  "low",
  "high",
  "multiplier",
  "Lyapunov exponents",
  "equilibria",
] as const;

export const scanRows = ({ points }: Scan): string[][] =>
  points.map((point) => [
    formatNumber(point.value),
    attractorOf(point),
    formatNumber(least(point.attractor)),
    formatNumber(most(point.attractor)),
    shown(point.multipliers[0] ? sizeOf(point.multipliers[0]) : null),
    [...point.exponents].map(formatNumber).join(", ") || "–",
    point.reason === null ? equilibriaOf(point) : "–",
  ]);

const least = (x: Float64Array): number => x.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
const most = (x: Float64Array): number => x.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
const sizeOf = ({ real, imaginary }: ScanPoint["multipliers"][number]): number =>
  Math.sqrt(real * real + imaginary * imaginary);

function attractorOf({ cycle, exponents, reason }: ScanPoint): string {
  if (cycle === 1) return "rest";
  if (cycle !== null) return `cycle of ${cycle}`;
  if (reason !== null) return "–";
  return (exponents[0] ?? 0) > CHAOS ? "chaos" : "no short cycle";
}
/** An exponent above this is not 0 by accident of some hundred periods. */
const CHAOS = 0.01;

function equilibriaOf({ equilibria }: ScanPoint): string {
  if (equilibria.length === 0) return "none found";
  const size = Math.max(...equilibria.map(({ metric }) => Math.abs(metric)));
  const words = equilibria.map(({ metric, stable }) => [Math.abs(metric) < 1e-9 * size ? 0 : metric, stable] as const);
  return words.map(([metric, stable]) => `${formatNumber(metric)} ${stable ? "stable" : "unstable"}`).join(", ");
}

export function inWords({ at, kind, cycle }: Bifurcation): string {
  const what = cycle === 1 ? "the equilibrium" : `the cycle of ${cycle}`;
  const how = {
    "period doubling": `gives way to ${cycle === 1 ? "a cycle" : "one"} of ${2 * cycle} periods`,
    "fold or branching": "meets another",
    "closed curve": "gives way to a closed curve around it",
  }[kind];
  return `at ${formatNumber(at)} ${what} ${how}`;
}

/** Sentences, most important first. */
export function scanFindings({ points, bifurcations, param, metric, noisy, state }: Scan): string[] {
  const reasons = [...new Set(points.flatMap(({ reason }) => reason ?? []))];
  const chaotic = points.filter((point) => attractorOf(point) === "chaos");
  return [
    ...bifurcations.map((one) => `Along ${param}: ${inWords(one)}.`),
    ...(bifurcations.length === 0 && reasons.length === 0 ? ["No cycle loses its stability between the values."] : []),
    ...(chaotic.length > 0
      ? [`Chaos at ${chaotic.length} of ${points.length} values: the largest Lyapunov exponent is above ${CHAOS}.`]
      : []),
    ...(noisy
      ? [
          "There is luck in the economy: the diagram shows draws, and exponents are those of trajectories that meet the same draws.",
        ]
      : []),
    ...reasons.map((reason) => `No equilibria or multipliers where ${reason}.`),
    ...(state.length > 0
      ? [
          `State: ${state.slice(0, 8).join(", ")}${state.length > 8 ? ` and ${state.length - 8} more` : ""}, on which ${metric} depends.`,
        ]
      : []),
  ];
}

export function scanDocument(scan: Scan, { economy, settings, seconds, version }: ScanContext) {
  const { param, metric, state, noisy, points, bifurcations } = scan;
  return {
    economy: economy.name,
    version,
    settings,
    param,
    metric,
    state,
    noisy,
    seconds,
    values: points.map(({ value, attractor, cycle, multipliers, exponents, equilibria, reason }) => ({
      value,
      cycle,
      low: least(attractor),
      high: most(attractor),
      exponents: [...exponents],
      multipliers,
      equilibria: equilibria.map(({ state: x, metric: at, stable, eigenvalues, basin, residual }) => ({
        state: [...x],
        metric: at,
        stable,
        eigenvalues,
        basin,
        residual,
      })),
      reason,
      attractor: [...attractor],
    })),
    bifurcations: bifurcations.map((one) => ({ ...one, words: inWords(one) })),
  };
}

export function renderScan(scan: Scan, context: ScanContext, assets: ReportInput["assets"]): string {
  const { economy, command, settings, seconds, version } = context;
  const { param, points, metric } = scan;
  const [headline, ...findings] = scanFindings(scan);
  const declared = economy.params[param]!;
  const unit = "unit" in declared && declared.unit !== "" && declared.unit !== "1" ? `, ${declared.unit}` : "";
  return renderReport({
    title: `${economy.name} along ${param}`,
    description: economy.summary,
    command,
    status: "complete",
    headline: (headline ?? "Nothing was found").replace(/\.$/, ""),
    findings,
    claims: [],
    tables: [tableOf(scan)],
    figures: [],
    comparisons: [diagram(scan, economy, `${param}${unit}`), exponentFigure(scan, `${param}${unit}`)].filter(
      ({ lines }) => lines.some(({ x, as }) => as !== "reference" && x.length > 0),
    ),
    curves: [],
    config: [],
    facts: [
      {
        label: "Values",
        value: `${points.length}, from ${formatNumber(points[0]!.value)} to ${formatNumber(points.at(-1)!.value)}`,
      },
      { label: "Metric", value: `${metric}: ${economy.metrics[metric]!.doc}` },
      ...Object.entries(settings).map(([label, value]) => ({ label, value: String(value) })),
      { label: "Time", value: `${seconds.toFixed(1)} s` },
      { label: "Version", value: `walras ${version}` },
    ],
    assets,
  });
}

/** Rows of the page's table at most. */
const ROWS = 25;

function tableOf(scan: Scan): ReportTable {
  const rows = scanRows(scan);
  const every = Math.ceil(rows.length / ROWS);
  const kept = rows.filter((_, k) => k % every === 0);
  return {
    title: "Along the parameter",
    columns: scanColumns.map((name) => ({ name, number: name !== "attractor" && name !== "equilibria" })),
    rows: kept,
    note: `${kept.length < rows.length ? `${kept.length} of ${rows.length} values; the .json file beside this page has all. ` : ""}Low and high are those of the metric on the attractor. The multiplier is the largest eigenvalue in size of the Jacobian over the cycle's periods. Equilibria are given by the metric there.`,
  };
}

const specks = (label: string, pairs: readonly (readonly [number, number])[]): ReportComparison["lines"][number] => ({
  label,
  as: "specks",
  x: pairs.map(([x]) => x),
  y: pairs.map(([, y]) => y),
  low: [],
  high: [],
});

/** Drawn per value, so that the page stays small and each value keeps as many. */
const SPECKS = 18_000;

function diagram({ points, metric }: Scan, economy: Economy, xLabel: string): ReportComparison {
  const each = Math.max(2, Math.floor(SPECKS / points.length));
  const attractors = points.flatMap(({ value, attractor }) =>
    [...new Set(attractor.subarray(-each))].map((y) => [value, y] as const),
  );
  const equilibria = (wanted: boolean) =>
    points.flatMap(({ value, equilibria }) =>
      equilibria.filter(({ stable }) => stable === wanted).map((one) => [value, one.metric] as const),
    );
  const unit = economy.metrics[metric]!.unit;
  return {
    title: "Bifurcation diagram",
    xLabel,
    yLabel: unit === "1" || unit === "" ? metric : `${metric}, ${unit}`,
    lines: [
      specks("last periods", attractors),
      specks("unstable equilibria", equilibria(false)),
      specks("stable equilibria", equilibria(true)),
    ].filter(({ x }) => x.length > 0),
    caption: `${capital(economy.metrics[metric]!.doc)}: what the economy visits in the last periods at each value, and its equilibria.`,
  };
}

function exponentFigure({ points }: Scan, xLabel: string): ReportComparison {
  const count = points[0]!.exponents.length;
  const x = points.map(({ value }) => value);
  return {
    title: "Lyapunov exponents",
    xLabel,
    yLabel: "1/period",
    lines: [
      ...Array.from({ length: count }, (_, k) => ({
        label: count === 1 ? "largest exponent" : `exponent ${k + 1}`,
        as: "line" as const,
        x,
        y: points.map(({ exponents }) => exponents[k] ?? Number.NaN),
        low: [],
        high: [],
      })),
      { label: "0", as: "reference" as const, x: [x[0]!, x.at(-1)!], y: [0, 0], low: [], high: [] },
    ],
    caption: "Growth of small differences per period: above 0 chaos, below 0 a cycle or rest that attracts.",
  };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
