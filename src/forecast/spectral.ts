// Spectral forecast of a panel: principal components, and a Fourier series of each.
//
//   P̂(t + h) = P̄ + Σ_q v_q Re Σ_k a_qk e^{2πik(t+h)/T},   a_qk = (2/M) Σ_t s_q(t) e^{−2πikt/T}  (half as much for k = 0 and k = T/2)
//
// over the last M periods, a multiple of T, so that harmonics are orthogonal and a T-periodic series is forecast exactly. It repeats itself every T periods: with all
// harmonics and components it is the mean of each season. The paper's a_q e^{2πiqt/T} has one harmonic for each component, which repeats the last period; this is the reading that forecasts.
//
// D series, Q components, K harmonics
import { cos, pairwiseSum, sin } from "../math/index.ts";
import { wholeAtLeast } from "../metrics/series.ts";
import { enough, type Forecaster, forecastOf, named, type Of, type Panel, periodsOf } from "./panel.ts";
import { compress, rankForShare } from "./principal.ts";

export interface SpectralOptions {
  /** T, periods after which the series repeat themselves. `strongestPeriod` finds one. */
  readonly period: number;
  /** Q; default: as many as hold 95 % of the variance. */
  readonly components?: number;
  /** K; default ⌊T/2⌋: all. */
  readonly harmonics?: number;
  /** Default "levels". */
  readonly of?: Of;
}

export function spectral(options: SpectralOptions): Forecaster {
  const { period: T, components, harmonics = Math.floor(T / 2), of = "levels" } = options;
  wholeAtLeast("spectral", "period", T, 2);
  wholeAtLeast("spectral", "harmonics", harmonics, 0);
  if (harmonics > T / 2)
    throw new Error(`spectral: got ${harmonics} harmonics of ${T} periods, expected at most ${Math.floor(T / 2)}.`);
  return {
    name: named("spectral", of),
    forecast: (past, horizon) =>
      forecastOf(of, past, horizon, (series, H) => {
        enough("spectral", series, T);
        return seasonal(series, H, { T, K: harmonics, components });
      }),
  };
}

interface Season {
  readonly T: number;
  readonly K: number;
  readonly components: number | undefined;
}

function seasonal(past: Panel, H: number, { T, K, components }: Season): Float64Array {
  const { dimensions: D } = past;
  const M = Math.floor(periodsOf(past) / T) * T;
  const kept = compress(past.values.subarray(past.values.length - M * D), { dimensions: D });
  const Q = Math.min(components ?? rankForShare(kept, 0.95), kept.rank);
  wholeAtLeast("spectral", "components", Q, 1);
  const scores = kept.encode(past.values.subarray(past.values.length - M * D));
  const path = new Float64Array(H * kept.rank); // components beyond Q stay at their mean, 0
  for (let q = 0; q < Q; q++) {
    const profile = new Float64Array(T);
    for (let t = 0; t < M; t++) profile[t % T] = profile[t % T]! + scores[t * kept.rank + q]! / (M / T);
    const smooth = series(profile, K);
    for (let h = 0; h < H; h++) path[h * kept.rank + q] = smooth[h % T]!;
  }
  return kept.decode(path);
}

/** The first K harmonics of a profile [T], and its mean. */
function series(profile: Float64Array, K: number): Float64Array {
  const T = profile.length;
  const wave = Array.from({ length: T }, (_, t) => [cos((2 * Math.PI * t) / T), sin((2 * Math.PI * t) / T)] as const);
  const out = new Float64Array(T).fill(pairwiseSum(profile) / T);
  for (let k = 1; k <= K; k++) {
    let [real, imaginary] = [0, 0];
    for (let t = 0; t < T; t++) {
      const [c, s] = wave[(k * t) % T]!;
      real += profile[t]! * c;
      imaginary += profile[t]! * s;
    }
    const share = 2 * k === T ? 1 / T : 2 / T;
    for (let t = 0; t < T; t++) {
      const [c, s] = wave[(k * t) % T]!;
      out[t] = out[t]! + share * (real * c + imaginary * s);
    }
  }
  return out;
}

/**
 * The whole number of periods, from `least` to `most`, at which a panel has the largest periodogram: Σ over series of |Σ_t (x_t − x̄) e^{−2πit/T}|²/M over the last M
 * periods that T divides, in units of each series' variance. Noise has a strongest period, too: judge the forecast, not the peak.
 */
export function strongestPeriod(
  { values, dimensions: D }: Panel,
  { least = 2, most }: { readonly least?: number; readonly most: number },
): number {
  const n = values.length / D;
  wholeAtLeast("strongestPeriod", "least", least, 2);
  wholeAtLeast("strongestPeriod", "most", most, least);
  if (n < 2 * most)
    throw new Error(`strongestPeriod: got ${n} periods, expected at least ${2 * most}, two of the longest.`);
  let [best, power] = [least, -1];
  for (let T = least; T <= most; T++) {
    const M = Math.floor(n / T) * T;
    let sum = 0;
    for (let d = 0; d < D; d++) {
      const x = Float64Array.from({ length: M }, (_, t) => values[(n - M + t) * D + d]!);
      const mean = pairwiseSum(x) / M;
      const squares = pairwiseSum(x.map((v) => (v - mean) * (v - mean)));
      if (squares === 0) continue;
      const part = (wave: (x: number) => number) =>
        pairwiseSum(x.map((v, t) => (v - mean) * wave((2 * Math.PI * (t % T)) / T)));
      const [real, imaginary] = [part(cos), part(sin)];
      sum += (real * real + imaginary * imaginary) / (T === 2 ? 2 : 1) / squares;
    }
    if (sum > power * (1 + 1e-9)) [best, power] = [T, sum];
  }
  return best;
}
