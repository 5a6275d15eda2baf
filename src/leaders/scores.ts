// Ready-made scores. Each is a fold over the periods of an episode; what is folded is a number per period, or one per agent and period.
//
// N agents, T periods; several worlds are averaged, or pooled where a distribution is matched
import type { AnyParamValues } from "../core/params.ts";
import type { AnyRows, AnyWorld } from "../economy/population.ts";
import { exp, log, pow } from "../math/index.ts";
import { type Bins, energyDistance, histogramErrors, wasserstein } from "../metrics/distances.ts";
import { seedStream } from "../random/index.ts";
import type { Score } from "./task.ts";

/** A number per period: a world scalar ("price"), the mean of a column over agents ("households.hours"), or a function of the world. */
export type Series = string | ((w: AnyWorld, p: AnyParamValues) => number);

function reader(series: Series): (w: AnyWorld, p: AnyParamValues) => number {
  if (typeof series === "function") return series;
  const [population, column] = series.split(".");
  if (column === undefined)
    return (w) => {
      const x = w[series];
      if (typeof x !== "number") throw new Error(`A score reads "${series}", but the world has no such scalar.`);
      return x;
    };
  return (w) => {
    const x = columnOf(w, population, column);
    let sum = 0;
    for (let i = 0; i < x.length; i++) sum += x[i];
    return sum / x.length;
  };
}

function columnOf(w: AnyWorld, population: string, column: string): Float64Array {
  const x = (w[population] as AnyRows | undefined)?.[column];
  if (typeof x !== "object")
    throw new Error(`A score reads "${population}.${column}", but the world has no such column.`);
  return x as Float64Array;
}

const doc = (series: Series): string => (typeof series === "string" ? series : "a quantity of the world");
const average = (states: readonly Float64Array[], of: (state: Float64Array) => number): number =>
  states.reduce((sum, state) => sum + of(state), 0) / states.length;

/** Mean per period. */
export function maximize(series: Series): Score {
  const x = reader(series);
  return {
    doc: `mean of ${doc(series)} per period`,
    size: () => 2, // periods, Σ x
    add(state, w, p) {
      state[0] += 1;
      state[1] += x(w, p);
    },
    value: (states) => average(states, ([n, sum]) => sum / n),
  };
}

/** What the economy itself rewards the leader with. `reward`: "government.welfare", population and column. */
export const ownReward = (reward: string): Score => ({
  ...maximize(reward),
  doc: `the leader's own reward, mean per period`,
});

/** Followers' losses are the leader's gain. `reward`: "followers.profit". */
export function adversarial(reward: string): Score {
  const x = reader(reward);
  return { ...maximize((w, p) => -x(w, p)), doc: `−(mean of ${reward} over agents and periods)` };
}

/**
 * Social welfare of N agents, from each one's mean per period x̄_i of a column (utility, reward or consumption):
 *   utilitarian   mean x̄_i
 *   rawlsian      min x̄_i
 *   log           mean ln x̄_i                                     x̄ > 0
 *   atkinson      (mean x̄_i^{1−ε})^{1/(1−ε)}, geometric mean at ε = 1     x̄ > 0; the equally distributed equivalent
 *   inverse       Σ ω_i x̄_i, ω_i ∝ 1/z̄_i, Σ ω_i = 1             z̄ > 0: `weightBy`, income for instance (Zheng et al. 2022)
 */
export type Welfare =
  | { readonly kind: "utilitarian" | "rawlsian" | "log" }
  | { readonly kind: "atkinson"; readonly aversion: number }
  | { readonly kind: "inverse"; readonly weightBy: string };

export function maximizeWelfare(of: string, welfare: Welfare = { kind: "utilitarian" }): Score {
  const [population, column] = split(of);
  const weights = welfare.kind === "inverse" ? split(welfare.weightBy) : null;
  return {
    doc: `${welfare.kind} welfare of ${of}`,
    size: (sizes) => 1 + (weights ? 2 : 1) * (sizes[population] ?? 0), // periods, Σ x_i, Σ z_i
    add(state, w) {
      state[0] += 1;
      const x = columnOf(w, population, column);
      for (let i = 0; i < x.length; i++) state[1 + i] += x[i];
      if (!weights) return;
      const z = columnOf(w, weights[0], weights[1]);
      for (let i = 0; i < z.length; i++) state[1 + x.length + i] += z[i];
    },
    value: (states) =>
      average(states, (state) => {
        const N = (state.length - 1) / (weights ? 2 : 1);
        const means = state.subarray(1, 1 + N).map((sum) => sum / state[0]);
        return welfareOf(
          means,
          welfare,
          state.subarray(1 + N).map((sum) => sum / state[0]),
        );
      }),
  };
}

function welfareOf(x: Float64Array, welfare: Welfare, z: Float64Array): number {
  const mean = (of: (x: number, i: number) => number): number =>
    x.reduce((sum, value, i) => sum + of(value, i), 0) / x.length;
  switch (welfare.kind) {
    case "utilitarian":
      return mean((x) => x);
    case "rawlsian":
      return x.reduce((a, b) => Math.min(a, b));
    case "log":
      return mean((x) => log(x));
    case "atkinson": {
      const { aversion: ε } = welfare;
      return ε === 1
        ? exp(mean((x) => log(x)))
        : pow(
            mean((x) => pow(x, 1 - ε)),
            1 / (1 - ε),
          );
    }
    case "inverse":
      return mean((x, i) => x / z[i]) / mean((_, i) => 1 / z[i]);
    default:
      return welfare satisfies never;
  }
}

function split(of: string): readonly [population: string, column: string] {
  const [population, column, ...rest] = of.split(".");
  if (column === undefined || rest.length > 0)
    throw new Error(`A score of "${of}": expected a population and its column, such as "households.consumption".`);
  return [population, column];
}

/** −(standard deviation over periods, with T − 1); 0 while there is only one period (Evans et al. 2025, §4.3, at the end of the episode). */
export function reduceVolatility(series: Series): Score {
  const x = reader(series);
  return {
    doc: `−(standard deviation of ${doc(series)} over the episode)`,
    size: () => 3, // n, mean, Σ (x − mean)²   Welford 1962
    add(state, w, p) {
      const value = x(w, p);
      const before = value - state[1];
      state[0] += 1;
      state[1] += before / state[0];
      state[2] += before * (value - state[1]);
    },
    value: (states) => average(states, ([n, , squares]) => (n > 1 ? -Math.sqrt(squares / (n - 1)) : 0)),
  };
}

/** The method of moments: −Σ weight ((ours − target)/scale)², each moment of the pooled periods of all worlds. */
export interface Moments {
  readonly mean?: Target;
  /** With T − 1. */
  readonly sd?: Target;
  /** Of a period with the next. */
  readonly autocorrelation?: Target;
}
export interface Target {
  readonly target: number;
  /** What counts as a unit of error. Default 1. */
  readonly scale?: number;
  /** Default 1. */
  readonly weight?: number;
}

export function matchMoments(series: Series, moments: Moments): Score {
  const x = reader(series);
  return {
    doc: `−(weighted squared distance of moments of ${doc(series)}: ${Object.keys(moments).join(", ")})`,
    size: () => 6, // n, c: the first value, and of u = x − c: the last one, Σ u, Σ u², Σ u_t u_{t+1}
    add(state, w, p) {
      const value = x(w, p);
      if (state[0] === 0) state[1] = value;
      const u = value - state[1];
      state[5] += u * state[2];
      state[0] += 1;
      state[2] = u;
      state[3] += u;
      state[4] += u * u;
    },
    value(states) {
      const ours = pooledMoments(states);
      let loss = 0;
      for (const [name, { target, scale = 1, weight = 1 }] of Object.entries(moments) as [keyof Moments, Target][]) {
        const error = (ours[name] - target) / scale;
        loss += weight * error * error;
      }
      return -loss;
    },
  };
}

function pooledMoments(states: readonly Float64Array[]): Record<keyof Moments, number> {
  let n = 0;
  let sum = 0;
  for (const [count, c, , Σu] of states) {
    n += count;
    sum += count * c + Σu;
  }
  const mean = sum / n;
  let squares = 0; // Σ (x − mean)², (x − mean) = u + s
  let products = 0; // Σ (x_t − mean)(x_{t+1} − mean)
  for (const [count, c, last, Σu, Σuu, Σunext] of states) {
    const s = c - mean;
    squares += Σuu + 2 * s * Σu + count * s * s;
    products += Σunext + s * (2 * Σu - last) + (count - 1) * s * s;
  }
  return { mean, sd: n > 1 ? Math.sqrt(squares / (n - 1)) : 0, autocorrelation: squares > 0 ? products / squares : 0 };
}

/** How far two samples are apart. `histogram`: mean absolute or root mean square error of the masses in bins (Evans et al. 2025, table 1). */
export type Distance = { readonly kind: "energy" | "wasserstein" } | ({ readonly kind: "mae" | "rmse" } & Bins);

/** −(distance between the data and the pooled periods of all worlds). A world remembers every period of its episode. */
export function matchDistribution(
  series: Series,
  data: ArrayLike<number>,
  distance: Distance = { kind: "energy" },
): Score {
  const x = reader(series);
  if (data.length === 0) throw new Error("matchDistribution: the data are empty.");
  return {
    doc: `−(${distance.kind} distance between ${doc(series)} and data)`,
    size: (_sizes, _p, horizon) => 1 + horizon, // n, x_1 … x_n
    add(state, w, p) {
      state[0] += 1;
      state[state[0]] = x(w, p);
    },
    value(states) {
      const ours = Float64Array.from(states.flatMap((state) => [...state.subarray(1, 1 + state[0])]));
      switch (distance.kind) {
        case "energy":
          return -energyDistance(ours, data);
        case "wasserstein":
          return -wasserstein(ours, data);
        case "mae":
        case "rmse":
          return -histogramErrors(ours, data, distance)[distance.kind];
        default:
          return distance satisfies never;
      }
    },
  };
}

/**
 * The paper's own calibration reward, period by period: −|φ_t − p_t| with φ_t drawn from the data (Evans et al. 2025, eq. 11). Kept for comparison:
 * it is not a proper score, and is highest when prices stand still at the median of the data.
 */
export function matchPerPeriod(series: Series, data: Float64Array): Score {
  const x = reader(series);
  const draws = seedStream(0).fork("matchPerPeriod");
  return {
    doc: `mean of −|φ − ${doc(series)}| per period, φ drawn from the data`,
    size: () => 2, // periods, Σ
    add(state, w, p) {
      const φ = data[draws.integerAt(0, state[0], 0, data.length)];
      state[0] += 1;
      state[1] -= Math.abs(φ - x(w, p));
    },
    value: (states) => average(states, ([n, sum]) => sum / n),
  };
}

/**
 * Entropy of a distribution over preferences, in nats (Evans et al. 2025, eq. 19). `weights`: a column whose rows are the weights, or a function that
 * returns them; they are divided by their sum. The highest score, ln of their number, is that of the principle of indifference.
 */
export function maximizeEntropy(weights: string | ((w: AnyWorld, p: AnyParamValues) => ArrayLike<number>)): Score {
  const of =
    typeof weights === "function"
      ? weights
      : (
          ([population, column]) =>
          (w: AnyWorld) =>
            columnOf(w, population, column)
        )(split(weights));
  return {
    doc: "entropy of the distribution over preferences, mean per period, in nats",
    size: () => 2, // periods, Σ H
    add(state, w, p) {
      const ω = of(w, p);
      let total = 0;
      for (let i = 0; i < ω.length; i++) total += ω[i];
      let H = 0;
      for (let i = 0; i < ω.length; i++) if (ω[i] > 0) H -= (ω[i] / total) * log(ω[i] / total);
      state[0] += 1;
      state[1] += H;
    },
    value: (states) => average(states, ([n, sum]) => sum / n),
  };
}

/**
 * Entropy, in nats, of a preference as it was drawn over periods and worlds: of the masses in equal bins. The highest score is ln bins. For leaders
 * that draw a preference per episode instead of setting the weights of a distribution.
 */
export function maximizeSampledEntropy(series: Series, { low, high, bins }: Bins): Score {
  const x = reader(series);
  return {
    doc: `entropy of ${doc(series)} in ${bins} bins, in nats`,
    size: () => bins,
    add(state, w, p) {
      const k = Math.floor(((x(w, p) - low) / (high - low)) * bins);
      state[Math.min(bins - 1, Math.max(0, k))] += 1;
    },
    value(states) {
      const counts = Array.from({ length: bins }, (_, k) => states.reduce((sum, state) => sum + state[k], 0));
      const total = counts.reduce((a, b) => a + b);
      return counts.reduce((H, count) => (count > 0 ? H - (count / total) * log(count / total) : H), 0);
    },
  };
}
