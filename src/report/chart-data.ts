// From measurements to what charts.ts draws: on one axis, thinned to what a screen shows; null where a line has no point.
import type { ChartData, ChartLine } from "./charts.ts";
import type { ReportComparison, ReportCurve, ReportFigure } from "./contents.ts";

const MAX_POINTS = 2000; // per line, more than any screen shows
const MAX_SPECKS = 20_000;

interface Line {
  readonly label: string;
  readonly as: ChartLine["as"];
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export function figureData({
  title,
  unit,
  xLabel,
  x,
  span,
  agents,
  centre,
  low,
  high,
  theory,
}: ReportFigure): ChartData {
  const lines: Line[] = agents.map((y) => ({ label: "", as: "agent", x, y, low: [], high: [] }));
  lines.unshift({ label: "", as: "line", x, y: centre, low, high });
  const chart = {
    xLabel,
    yLabel: unit && unit !== "1" ? unit : title.toLowerCase(),
    compact: false,
    theory: theory?.value ?? null,
  };
  return onOneAxis(title, lines, chart, span);
}

export const comparisonData = ({ title, xLabel, yLabel, lines }: ReportComparison): ChartData =>
  onOneAxis(title, lines, { xLabel, yLabel, compact: false, theory: null });

export function curveData({
  name,
  x,
  y,
  low = [],
  high = [],
  xLabel = "training episodes",
  span,
}: ReportCurve): ChartData {
  const line: Line = { label: "value", as: "line", x, y, low, high };
  return onOneAxis(name, [line], { xLabel, yLabel: "", compact: true, theory: null }, span);
}

/** True where something was measured; what was given (references) does not count. */
export const isMeasured = ({ lines }: ChartData): boolean =>
  lines.some(({ as, y }) => as !== "reference" && y.some((value) => value !== null));

/** Every x at which any of the lines was measured, as often as one of them was measured there. */
function onOneAxis(
  title: string,
  lines: readonly Line[],
  chart: Pick<ChartData, "xLabel" | "yLabel" | "compact" | "theory">,
  asked?: readonly [number, number],
): ChartData {
  const kept = lines.map((line) => measuredPoints(title, line));
  const xs = kept.flatMap((points) => points.map(([at]) => at));
  const span = spanOf(xs, asked);
  if (kept.some((points, k) => points.length === 0 && lines[k].as === "reference")) xs.push(...span); // levels
  const times = new Map(xs.map((value) => [value, 1]));
  for (const points of kept)
    for (const [value, count] of occurrences(points)) times.set(value, Math.max(times.get(value)!, count));
  const x = [...times.keys()].sort((a, b) => a - b).flatMap((value) => Array<number>(times.get(value)!).fill(value));
  const place = new Map([...x.keys()].reverse().map((i) => [x[i]!, i])); // the first of equal ones
  const own = kept.flatMap((points, k) => (lines[k].as === "reference" ? [] : points.slice(-1).map(([at]) => at)));
  const column = (k: number, which: "y" | "low" | "high"): (number | null)[] => {
    const { as, [which]: values } = lines[k];
    if (values.length === 0) return [];
    if (as === "reference") return x.map((at) => rounded(between(lines[k], at)));
    const out: (number | null)[] = Array(x.length).fill(null);
    const seen = new Map<number, number>();
    for (const [at, i] of kept[k]) {
      const before = seen.get(at) ?? 0;
      out[place.get(at)! + before] = rounded(values[i]);
      seen.set(at, before + 1);
    }
    return out;
  };
  return {
    ...chart,
    x,
    span,
    rest: own.length > 0 ? place.get(Math.max(...own))! : x.length - 1, // references may go on
    lines: lines.map(({ label, as }, k) => ({
      label,
      as,
      y: column(k, "y"),
      low: column(k, "low"),
      high: column(k, "high"),
    })),
  };
}

function occurrences(points: readonly (readonly [at: number, i: number])[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const [at] of points) counts.set(at, (counts.get(at) ?? 0) + 1);
  return counts;
}

/** Where a line was measured, as [x, index]: every k-th and the last, so that at most MAX_POINTS remain. */
function measuredPoints(title: string, { label, as, x, y, low, high }: Line): (readonly [at: number, i: number])[] {
  for (const [name, values] of Object.entries({ y, low, high }))
    if (values.length !== x.length && !(name !== "y" && values.length === 0))
      throw new Error(
        `${title}${label && `, ${label}`}.${name}: got ${values.length} points, expected ${x.length}, as many as x has.`,
      );
  const points = x.flatMap((at, i) => (Number.isFinite(at) && Number.isFinite(y[i]) ? [[at, i] as const] : []));
  const stride = Math.ceil(points.length / ((as === "specks" ? MAX_SPECKS : MAX_POINTS) - 1));
  return stride <= 1 ? points : points.filter((_, i) => i % stride === 0 || i === points.length - 1);
}

/** A reference is a line between its given points, and a level beyond all of them. */
function between({ x, y }: Line, at: number): number {
  const next = x.findIndex((value) => value >= at);
  if (next < 0 || (next === 0 && x[0] > at)) return Number.NaN;
  if (next === 0 || x[next] === at || !Number.isFinite(x[next])) return y[next];
  return y[next - 1] + ((at - x[next - 1]) / (x[next] - x[next - 1])) * (y[next] - y[next - 1]);
}

function spanOf(xs: readonly number[], asked: readonly [number, number] | undefined): readonly [number, number] {
  const [from, to] = asked ?? [
    xs.reduce((a, b) => Math.min(a, b), xs[0] ?? 0),
    xs.reduce((a, b) => Math.max(a, b), xs[0] ?? 0),
  ];
  if (from < to) return [from, to];
  return to > 0 ? [0, to] : [to - 0.5, to + 0.5];
}

const rounded = (value: number): number | null => (Number.isFinite(value) ? Number(value.toPrecision(7)) : null);
