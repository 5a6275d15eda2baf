// Observations as table rows: every feature falls to the nearest of a few equally spaced centres.
//
// F features, K bins per feature; state = Σ_f bin_f K^(F−1−f), the first feature most significant

/** `count` centres from low to high, ends included, in the units in which features are observed. */
export interface Bins {
  readonly count: number;
  readonly low: number;
  readonly high: number;
}

/** Nearest centre, the upper of two equally near; what lies outside [low, high] belongs to the end. */
export function binOf(x: number, { count, low, high }: Bins): number {
  const bin = Math.floor(((x - low) / (high - low)) * (count - 1) + 0.5);
  return bin > 0 ? Math.min(bin, count - 1) : 0; // NaN too is 0
}

export const centreOf = (bin: number, { count, low, high }: Bins): number =>
  count === 1 ? (low + high) / 2 : low + (bin / (count - 1)) * (high - low);

/** How many states F features make. */
export function countStates(features: number, { count }: Bins): number {
  let states = 1;
  for (let f = 0; f < features; f++) states *= count;
  return states;
}

/** The state of the F features that start at `obs[at]`. */
export function stateOf(obs: Float32Array, at: number, features: number, bins: Bins): number {
  let state = 0;
  for (let f = 0; f < features; f++) state = state * bins.count + binOf(obs[at + f], bins);
  return state;
}
