// Figures over seeds: each line's mean, and a band around it.
import { meanInterval } from "../math/index.ts";
import type { ExperimentFigure, FigureLine } from "./declared.ts";

type Row = Readonly<Record<string, number>>;

/** What a seed left behind. */
export interface SeedResult {
  readonly summary: Row;
  /** Metrics while training, with `step`. */
  readonly rows: readonly Row[];
}

export interface BandedLine {
  readonly label: string;
  readonly as: NonNullable<FigureLine["as"]>;
  /** Of a level, from −∞ to ∞. */
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Empty for one seed or given points. */
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** Points of one line over seeds. A point is kept where at least one seed has it; its band needs two. */
export function lineOverSeeds(
  line: FigureLine,
  seeds: readonly SeedResult[],
  band: NonNullable<ExperimentFigure["band"]>,
): BandedLine {
  if ("level" in line) {
    const y = [line.level, line.level];
    return { label: line.label, as: line.as ?? "reference", x: [-Infinity, Infinity], y, low: [], high: [] };
  }
  if ("points" in line) {
    const [x, y] = [line.points.map(([at]) => at), line.points.map(([, value]) => value)];
    return { label: line.label, as: line.as ?? "reference", x, y, low: [], high: [] };
  }
  const places = new Map<number, number[]>();
  for (const seed of seeds)
    for (const [x, y] of pointsOf(line, seed)) if (Number.isFinite(y)) places.set(x, [...(places.get(x) ?? []), y]);
  const x = [...places.keys()].sort((a, b) => a - b);
  const values = x.map((at) => places.get(at)!);
  const bands = values.map((v) => {
    const { mean, low, high } = meanInterval(v);
    if (v.length === 1) return { mean, low: mean, high: mean };
    return band === "range" ? { mean, low: Math.min(...v), high: Math.max(...v) } : { mean, low, high };
  });
  const banded = values.some((v) => v.length > 1);
  return {
    label: line.label,
    as: line.as ?? "line",
    x,
    y: bands.map(({ mean }) => mean),
    low: banded ? bands.map(({ low }) => low) : [],
    high: banded ? bands.map(({ high }) => high) : [],
  };
}

function pointsOf(line: FigureLine, { summary, rows }: SeedResult): (readonly [x: number, y: number])[] {
  if ("training" in line) return rows.map((row) => [row["step"]!, row[line.training] ?? Number.NaN]);
  if (!("measured" in line)) return [];
  const prefix = `${line.measured}/`;
  return Object.entries(summary)
    .filter(([name]) => name.startsWith(prefix) && Number.isFinite(Number(name.slice(prefix.length))))
    .map(([name, value]) => [Number(name.slice(prefix.length)), value]);
}
