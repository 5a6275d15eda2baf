// Rolling-origin evaluation: each forecaster forecasts from each origin what it has not seen, and is held against a benchmark, the random walk unless another is named.
//
// N origins, D series
import { pairwiseSum } from "../math/index.ts";
import { wholeAtLeast } from "../metrics/series.ts";
import { randomWalk } from "./benchmarks.ts";
import { type DieboldMariano, dieboldMariano } from "./diebold-mariano.ts";
import { between, type Forecaster, type Panel, periodsOf } from "./panel.ts";

export interface RollingOptions {
  readonly forecasters: readonly Forecaster[];
  /** What they have to beat. Default: the random walk. */
  readonly benchmark?: Forecaster;
  /** Periods ahead that are judged, such as [1, 5, 20]. */
  readonly horizons: readonly number[];
  /** Periods before the first origin. */
  readonly first: number;
  /** Periods between origins. Default 1. */
  readonly every?: number;
  /** Periods of the past that a forecaster sees. Default: all. A fixed window keeps the test valid for forecasters that contain the benchmark. */
  readonly window?: number;
  /** Chance that any forecaster at any horizon is called better or worse though all are as good as the benchmark. Default 0.05. */
  readonly level?: number;
}

export interface Judgement {
  readonly forecaster: string;
  readonly horizon: number;
  /** Root mean square error over origins and series, each series in units of its own changes' standard deviation. */
  readonly error: number;
  /** Over the benchmark's: Theil's U where that is the random walk. */
  readonly ratio: number;
  readonly test: DieboldMariano;
  /** Of the test, adjusted by Holm for all forecasters and horizons that were judged. */
  readonly adjusted: number;
  readonly verdict: "better" | "no better" | "worse";
  /** In words: "no better than a random walk (…)". */
  readonly words: string;
}

export interface Rolling {
  readonly benchmark: string;
  /** Periods known at each origin. */
  readonly origins: Int32Array;
  /** [N] Squared errors, mean over series, by forecaster and horizon; the benchmark's by its own name. */
  readonly losses: Readonly<Record<string, Readonly<Record<number, Float64Array>>>>;
  readonly judgements: readonly Judgement[];
}

/** Forecasters with tests of equal accuracy by Diebold and Mariano. Takes one fit per forecaster and origin. */
export function rollingOrigin(panel: Panel, options: RollingOptions): Rolling {
  const { forecasters, benchmark = randomWalk(), horizons, first, every = 1, window, level = 0.05 } = options;
  const where = "rollingOrigin";
  for (const h of horizons) wholeAtLeast(where, "horizon", h, 1);
  wholeAtLeast(where, "first", first, 2);
  wholeAtLeast(where, "every", every, 1);
  if (window !== undefined && !(Number.isInteger(window) && window >= 2 && window <= first))
    throw new Error(`${where}: got window ${window}, expected a whole number from 2 to first, ${first}.`);
  const all = [benchmark, ...forecasters];
  const names = all.map(({ name }) => name);
  if (horizons.length === 0 || forecasters.length === 0 || new Set(names).size < names.length)
    throw new Error(
      `${where}: got forecasters ${names.join(", ")} and ${horizons.length} horizons, expected forecasters of different names beside the benchmark, and a horizon.`,
    );
  const longest = Math.max(...horizons);
  const count = Math.floor((periodsOf(panel) - longest - first) / every) + 1;
  if (!(count >= Math.ceil(longest / every) + 1))
    throw new Error(
      `${where}: got ${periodsOf(panel)} periods, which leave ${Math.max(0, count)} origins for ${longest} periods ahead, expected at least ${Math.ceil(longest / every) + 1}. Begin earlier or look less far ahead.`,
    );
  const origins = Int32Array.from({ length: count }, (_, n) => first + n * every);
  const scale = scales(between(panel, 0, first));
  const losses = Object.fromEntries(
    all.map(({ name }) => [name, Object.fromEntries(horizons.map((h) => [h, new Float64Array(count)]))]),
  );
  for (const [n, origin] of origins.entries()) {
    const past = between(panel, window === undefined ? 0 : origin - window, origin);
    for (const { name, forecast } of all) {
      const ahead = forecast(past, longest);
      for (const h of horizons) losses[name]![h]![n] = loss(panel, ahead, origin, h, scale);
    }
  }
  const mean = (x: Float64Array): number => pairwiseSum(x) / x.length;
  const tests = forecasters.flatMap(({ name }) =>
    horizons.map((horizon) => {
      const [own, theirs] = [losses[name]![horizon]!, losses[benchmark.name]![horizon]!];
      return {
        forecaster: name,
        horizon,
        error: Math.sqrt(mean(own)),
        ratio: Math.sqrt(mean(own) / mean(theirs)),
        test: dieboldMariano(own, theirs, { ahead: Math.ceil(horizon / every) }),
      };
    }),
  );
  const adjusted = holm(tests.map(({ test }) => test.pValue));
  const judgements = tests.map((one, k): Judgement => {
    const verdict = adjusted[k]! > level ? "no better" : one.test.statistic < 0 ? "better" : "worse";
    const words = `${verdict} than a ${benchmark.name} (${count} origins, p ${chance(adjusted[k]!)})`;
    return { ...one, adjusted: adjusted[k]!, verdict, words };
  });
  return { benchmark: benchmark.name, origins, losses, judgements };
}

/** Below this a p-value is rounding. */
const LEAST = 1e-10;
const chance = (p: number): string => (p < LEAST ? `below ${LEAST}` : p.toPrecision(2));

/** Standard deviation of each series' changes; 1 where it does not change. */
function scales({ values, dimensions: D }: Panel): Float64Array {
  const T = values.length / D;
  return Float64Array.from({ length: D }, (_, d) => {
    const change = Float64Array.from({ length: T - 1 }, (_, t) => values[(t + 1) * D + d]! - values[t * D + d]!);
    const centre = pairwiseSum(change) / change.length;
    return Math.sqrt(pairwiseSum(change.map((v) => (v - centre) * (v - centre))) / change.length) || 1;
  });
}

/** Mean over series of the squared error `h` periods after the origin. */
function loss(
  { values, dimensions: D }: Panel,
  ahead: Float64Array,
  origin: number,
  h: number,
  scale: Float64Array,
): number {
  let sum = 0;
  for (let d = 0; d < D; d++) {
    const off = (values[(origin + h - 1) * D + d]! - ahead[(h - 1) * D + d]!) / scale[d]!;
    sum += off * off;
  }
  return sum / D;
}

/** Holm's adjusted p-values: Holm 1979, Scandinavian Journal of Statistics 6, 65. */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, k) => k).sort((a, b) => pValues[a]! - pValues[b]!);
  const adjusted: number[] = pValues.map(() => 0);
  let most = 0;
  for (const [place, k] of order.entries()) {
    most = Math.max(most, Math.min(1, (pValues.length - place) * pValues[k]!));
    adjusted[k] = most;
  }
  return adjusted;
}
