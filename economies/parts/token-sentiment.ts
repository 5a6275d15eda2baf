// Sentiment of the token economy's traders: what they post, and how strengths of links adapt to it.
import { math } from "walras";

const { normalCdf, normalDensity } = math;

export const clip = (x: number): number => Math.max(-1, Math.min(1, x));

/** Columns that a loop reads are read once before it: the compiler then takes their addresses and lengths out of the loop, 1.2× for a day of 10⁵ traders. */
export function warm(...read: number[]): void {
  if (read.includes(Number.POSITIVE_INFINITY)) throw new Error("token-economy: a column holds Infinity.");
}

/** Posted sentiment is a byte: 0 at ZERO, eight standard deviations at either end. */
export const ZERO = 128;
export const stepOf = (p: { readonly influence: number; readonly community: number }): number => (8 * sdOf(p)) / 127;
/** Standard deviation of sentiment in a community that follows its mean. */
export function sdOf({ influence, community }: { readonly influence: number; readonly community: number }): number {
  return Math.sqrt(1 + (influence * influence) / (community * (1 - influence) * (1 + influence)));
}

/** Equally likely values of unit variance that stand for a standard normal: medians of as many slices. */
export const NEWS_VALUES = 1024;
const NEWS = normalValues(NEWS_VALUES);

/** Sentiment of those followed, by strength, and news of its own; `posted`: as it stood before. */
export function followOthers(
  { sentiment }: { readonly sentiment: Uint8Array },
  [from, to]: readonly [number, number],
  {
    start,
    target,
    strength,
  }: { readonly start: Int32Array; readonly target: Int32Array; readonly strength: Uint8Array },
  p: { readonly influence: number; readonly community: number },
  news: ArrayLike<number>,
  posted: Uint8Array,
): void {
  const φ = p.influence;
  const perStep = 1 / stepOf(p);
  // In 32-bit integers: 1.5× on ten million links.
  let l = start[from];
  warm(strength[l] + posted[target[l]] + sentiment[from] + news[from]);
  for (let i = from; i < to; i++) {
    let sum = 0;
    let weight = 0;
    const end = start[i + 1];
    for (; l < end; l = (l + 1) | 0) {
      const η = strength[l];
      sum = (sum + Math.imul(η, posted[target[l]] - ZERO)) | 0;
      weight = (weight + η) | 0;
    }
    const x = (weight > 0 ? (φ * sum) / weight : 0) + NEWS[news[i]] * perStep + (ZERO + 0.5);
    sentiment[i] = x < 1 ? 1 : x > 255 ? 255 : x | 0;
  }
}

/** η̇ = γη(1 − η)U − δη(d/d₀)² over a day; `between`: where in 0 … 255 a strength between two bytes is rounded. */
export function adaptStrengths(
  {
    source,
    target,
    strength,
  }: { readonly source: Int32Array; readonly target: Int32Array; readonly strength: Uint8Array },
  [from, to]: readonly [number, number],
  { sentiment }: { readonly sentiment: Uint8Array },
  p: Readonly<Record<"influence" | "community" | "reinforcement" | "decay" | "reach" | "traders", number>>,
  between: ArrayLike<number>,
): void {
  const perSquare = (stepOf(p) * stepOf(p)) / (sdOf(p) * sdOf(p));
  const N = p.traders;
  for (let k = from; k < to; k++) {
    const [i, j] = [source[k], target[k]];
    const agreement = clip(perSquare * (sentiment[i] - ZERO) * (sentiment[j] - ZERO));
    const apart = Math.abs(i - j);
    const d = Math.min(1, Math.min(apart, N - apart) / p.reach);
    const η = strength[k] / 255;
    const next = η + p.reinforcement * η * (1 - η) * agreement - p.decay * η * d * d;
    // Rounded up or down at random, so that small changes count in the mean.
    strength[k] = Math.max(1, Math.min(255, Math.floor(255 * next + (between[k] + 0.5) / 256)));
  }
}

/** Medians of n equally likely slices of a standard normal, by Newton's method, scaled to unit variance. */
function normalValues(n: number): Float64Array {
  const z = new Float64Array(n);
  let squares = 0;
  for (let k = n / 2; k < n; k++) {
    z[k] = k === n / 2 ? 0 : z[k - 1];
    for (let step = 0; step < 8; step++) z[k] -= (normalCdf(z[k]) - (k + 0.5) / n) / normalDensity(z[k]);
    squares += (2 * z[k] * z[k]) / n;
  }
  for (let k = n / 2; k < n; k++) {
    z[k] /= Math.sqrt(squares);
    z[n - 1 - k] = -z[k];
  }
  return z;
}
