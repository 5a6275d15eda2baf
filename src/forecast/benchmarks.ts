// Forecasts that any other has to beat: the last value, its drift, the last season, and an autoregression.
import { log } from "../math/index.ts";
import { wholeAtLeast } from "../metrics/series.ts";
import { column, enough, type Forecaster, forecastOf, named, type Of, type Panel } from "./panel.ts";

/** x̂(t + h) = x(t), with `drift` plus h times the mean change so far. */
export function randomWalk({ drift = false }: { readonly drift?: boolean } = {}): Forecaster {
  return {
    name: drift ? "random walk with drift" : "random walk",
    forecast(past, H) {
      const { values, dimensions: D } = past;
      enough("randomWalk", past, drift ? 2 : 1);
      const T = values.length / D;
      const out = new Float64Array(H * D);
      for (let h = 0; h < H; h++)
        for (let d = 0; d < D; d++) {
          const last = values[(T - 1) * D + d]!;
          out[h * D + d] = drift ? last + ((h + 1) * (last - values[d]!)) / (T - 1) : last;
        }
      return out;
    },
  };
}

/** x̂(t + h) = x at the same season of the last `period` periods. */
export function seasonalNaive({ period, of = "levels" }: { readonly period: number; readonly of?: Of }): Forecaster {
  wholeAtLeast("seasonalNaive", "period", period, 1);
  return {
    name: named("seasonal naive", of),
    forecast: (past, horizon) =>
      forecastOf(of, past, horizon, (series, H) => {
        enough("seasonalNaive", series, period);
        const { values, dimensions: D } = series;
        const out = new Float64Array(H * D);
        for (let i = 0; i < out.length; i++) out[i] = values[values.length - period * D + (i % (period * D))]!;
        return out;
      }),
  };
}

export interface Autoregression {
  readonly order: number;
  readonly intercept: number;
  /** [order] Of the last value first. */
  readonly coefficients: Float64Array;
  /** Mean square of the residuals. */
  readonly variance: number;
  /** [maxOrder + 1] The criterion by order, on the same periods for each: smallest is chosen. */
  readonly criteria: Float64Array;
}

export type Criterion = "aic" | "aicc" | "bic" | "hqc";

export interface AutoregressionOptions {
  /** Default 10. */
  readonly maxOrder?: number;
  /** Default "bic". */
  readonly criterion?: Criterion;
}

// n ln σ̂² + penalty(parameters) with σ̂² = RSS/n and orders 0 … maxOrder on the same n periods, where p + 1 coefficients and a variance are parameters
/** x_t = c + Σ φ_k x_{t−k} + ε by least squares; the order by an information criterion, and then fitted to all periods that it leaves. */
export function fitAutoregression(
  x: ArrayLike<number>,
  { maxOrder = 10, criterion = "bic" }: AutoregressionOptions = {},
): Autoregression {
  wholeAtLeast("fitAutoregression", "maxOrder", maxOrder, 0);
  if (x.length < 2 * maxOrder + 4)
    throw new Error(
      `fitAutoregression: got ${x.length} values, expected at least ${2 * maxOrder + 4} for orders up to ${maxOrder}.`,
    );
  const n = x.length - maxOrder;
  const { residuals } = regression(x, maxOrder, maxOrder);
  const criteria = residuals.map((rss, p) => n * log(rss / n) + penalty(criterion, p + 2, n));
  const order = criteria.reduce((best, value, p) => (value < criteria[best]! ? p : best), 0);
  const { residuals: own, coefficients, intercept } = regression(x, order, order);
  return { order, intercept, coefficients, variance: own[order]! / (x.length - order), criteria };
}

function penalty(criterion: Criterion, parameters: number, n: number): number {
  switch (criterion) {
    case "aic":
      return 2 * parameters;
    case "aicc":
      return (2 * parameters * n) / (n - parameters - 1);
    case "bic":
      return parameters * log(n);
    case "hqc":
      return 2 * parameters * log(log(n));
    default:
      throw new Error(`fitAutoregression: criterion is "${criterion}", expected aic, aicc, bic or hqc.`);
  }
}

interface Regression {
  /** [order + 1] Residual sums of squares of orders 0 … order, on the same periods. */
  readonly residuals: Float64Array;
  readonly intercept: number;
  readonly coefficients: Float64Array;
}

// Orders are nested: Gram–Schmidt of lag p + 1 against the lags before gives the residual sum of each order in one pass.
/** Of periods `skip` … T − 1. */
function regression(x: ArrayLike<number>, order: number, skip: number): Regression {
  const n = x.length - skip;
  const centred = (lag: number): [values: Float64Array, mean: number] => {
    let sum = 0;
    for (let t = 0; t < n; t++) sum += x[skip + t - lag]!;
    const mean = sum / n;
    return [Float64Array.from({ length: n }, (_, t) => x[skip + t - lag]! - mean), mean];
  };
  const [left, mean] = centred(0);
  const lags = Array.from({ length: order }, (_, k) => centred(k + 1));
  const basis: Float64Array[] = [];
  const R = new Float64Array(order * order); // upper triangle: lag k = Σ_j R[j, k] basis j
  const z = new Float64Array(order);
  const residuals = new Float64Array(order + 1);
  residuals[0] = inner(left, left);
  for (let k = 0; k < order; k++) {
    const direction = lags[k]![0].slice();
    const before = inner(direction, direction);
    for (let twice = 0; twice < 2; twice++)
      for (let j = 0; j < k; j++) {
        const along = inner(basis[j]!, direction);
        R[j * order + k] = R[j * order + k]! + along;
        for (let t = 0; t < n; t++) direction[t] = direction[t]! - along * basis[j]![t]!;
      }
    const size = Math.sqrt(inner(direction, direction));
    // A lag that those before explain to rounding adds nothing.
    const used = size * size > 1e-20 * before;
    R[k * order + k] = used ? size : 1;
    basis.push(used ? direction.map((v) => v / size) : direction.fill(0));
    z[k] = inner(basis[k]!, left);
    for (let t = 0; t < n; t++) left[t] = left[t]! - z[k]! * basis[k]![t]!;
    residuals[k + 1] = inner(left, left);
  }
  const coefficients = z.slice();
  for (let k = order - 1; k >= 0; k--) {
    for (let j = k + 1; j < order; j++) coefficients[k] = coefficients[k]! - R[k * order + j]! * coefficients[j]!;
    coefficients[k] = coefficients[k]! / R[k * order + k]!;
  }
  const intercept = coefficients.reduce((rest, φ, k) => rest - φ * lags[k]![1], mean);
  return { residuals, intercept, coefficients };
}

function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let t = 0; t < a.length; t++) sum += a[t]! * b[t]!;
  return sum;
}

/** Each series by an autoregression of its own, iterated forwards. */
export function autoregression({
  of = "levels",
  ...options
}: AutoregressionOptions & { readonly of?: Of } = {}): Forecaster {
  return {
    name: named("autoregression", of),
    forecast: (past, horizon) =>
      forecastOf(of, past, horizon, (series, H) => {
        const out = new Float64Array(H * series.dimensions);
        for (let d = 0; d < series.dimensions; d++) iterated(series, d, H, options, out);
        return out;
      }),
  };
}

function iterated(series: Panel, d: number, H: number, options: AutoregressionOptions, out: Float64Array): void {
  const x = column(series, d);
  const { order, intercept, coefficients } = fitAutoregression(x, options);
  const path = [...x.subarray(x.length - order)];
  for (let h = 0; h < H; h++) {
    let next = intercept;
    for (let k = 0; k < order; k++) next += coefficients[k]! * path[path.length - 1 - k]!;
    path.push(next);
    out[h * series.dimensions + d] = next;
  }
}
