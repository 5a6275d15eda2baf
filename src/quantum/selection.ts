// Which k of n assets to hold at equal weights: mean return less λ times the standard deviation, or the variance, of the portfolio.
//
//   f(x) = μ′x/k − λ √(x′Σx)/k      or      μ′x/k − λ x′Σx/k²         x ∈ {0, 1}ⁿ, Σ x_i = k
//
// Without Σ w = 1 the first is homogeneous of degree 1, so that it is unbounded or best at nothing. Brute force, greedy search and annealing are here to compare with.
import { exp, log, pairwiseSum } from "../math/index.ts";
import { type Circuit, rz, zz } from "./gates.ts";
import { onesIn } from "./qaoa.ts";

export interface Selection {
  /** μ: mean return of each asset. */
  readonly means: readonly number[];
  /** Σ, by rows. */
  readonly covariance: readonly (readonly number[])[];
  /** λ ≥ 0. */
  readonly riskAversion: number;
  /** k: how many assets are held. */
  readonly chosen: number;
  /** Default: deviation. Variance is quadratic in x, so that its phases are rotations of one and of two qubits. */
  readonly risk?: "deviation" | "variance";
}

/** f of every set of assets, [2ⁿ]: weights are 1/k each, also where there are not k of them. Asset i is bit i. */
export function selectionValues(selection: Selection): Float64Array {
  const { means, covariance, riskAversion: λ, chosen: k, risk = "deviation" } = selection;
  checkSelection(selection);
  const n = means.length;
  const values = new Float64Array(1 << n);
  const variance = new Float64Array(1 << n);
  const mean = new Float64Array(1 << n);
  for (let x = 1; x < values.length; x++) {
    const top = 31 - Math.clz32(x);
    const rest = x ^ (1 << top);
    let shared = covariance[top][top];
    for (let i = 0; i < top; i++) if (x & (1 << i)) shared += 2 * covariance[top][i];
    mean[x] = mean[rest] + means[top];
    variance[x] = variance[rest] + shared;
    const spread = Math.max(0, variance[x]);
    values[x] = mean[x] / k - λ * (risk === "deviation" ? Math.sqrt(spread) / k : spread / (k * k));
  }
  return values;
}

function checkSelection({ means, covariance, riskAversion, chosen }: Selection): void {
  const n = means.length;
  if (!(n >= 1 && n <= 26 && means.every(Number.isFinite)))
    throw new Error(`selection: got means [${means}], expected 1 to 26 finite numbers.`);
  if (
    covariance.length !== n ||
    covariance.some((row, i) => row.length !== n || row.some((c, j) => !(c === covariance[j][i] && Number.isFinite(c))))
  )
    throw new Error(`selection: the covariance is not a symmetric matrix of ${n} assets.`);
  if (!(riskAversion >= 0 && riskAversion < Infinity))
    throw new Error(`selection: riskAversion is ${riskAversion}, expected a number from 0 on.`);
  if (!(Number.isInteger(chosen) && chosen >= 1 && chosen <= n))
    throw new Error(`selection: got ${chosen} chosen of ${n} assets, expected an integer from 1 to ${n}.`);
}

/** Values less `penalty` times (number of assets − k)²: what flips need, which visit sets of any size. */
export const penalised = (values: ArrayLike<number>, chosen: number, penalty: number): Float64Array =>
  Float64Array.from(values, (value, x) => {
    const off = onesIn(x) - chosen;
    return value - penalty * off * off;
  });

// With s = 1 − 2x = ±1:  f = c + Σ h_i s_i + Σ_{i<j} J_ij s_i s_j, and e^{iγf} is e^{iγh_i Z_i} and e^{iγJ_ij Z_i Z_j} but for a phase of all
/** e^{iγf} for the variance as gates of one and of two qubits: what a machine would run for `diagonal` of −f. */
export function varianceCircuit({ means, covariance, riskAversion: λ, chosen: k }: Selection, γ: number): Circuit {
  const n = means.length;
  const scale = λ / (k * k);
  const circuit = [];
  for (let i = 0; i < n; i++) {
    const field = means[i] / (2 * k) - (scale / 2) * pairwiseSum(covariance[i]);
    // x_i = (1 − s_i)/2: means push s_i down; Σ_j Σ_ij x_i x_j has −½ Σ_j Σ_ij s_i
    circuit.push(rz(i, 2 * γ * field));
    for (let j = 0; j < i; j++) circuit.push(zz(i, j, γ * scale * covariance[i][j]));
  }
  return circuit;
}

export interface Found {
  /** The set of assets, asset i as bit i. */
  readonly assets: number;
  readonly value: number;
  /** Values looked at. */
  readonly evaluations: number;
}

/** The best and the worst set of k assets, by looking at all of them. */
export function bruteForce(values: ArrayLike<number>, chosen: number): { readonly best: Found; readonly worst: Found } {
  let [best, worst] = [-1, -1];
  let evaluations = 0;
  for (let x = 0; x < values.length; x++) {
    if (onesIn(x) !== chosen) continue;
    evaluations++;
    if (best < 0 || values[x] > values[best]) best = x;
    if (worst < 0 || values[x] < values[worst]) worst = x;
  }
  if (best < 0) throw new Error(`bruteForce: none of ${values.length} sets has ${chosen} assets.`);
  const found = (assets: number): Found => ({ assets, value: values[assets], evaluations });
  return { best: found(best), worst: found(worst) };
}

/** Asset by asset the one that adds most, and then the swap that gains most until none does. */
export function greedy(selection: Selection): Found {
  const n = selection.means.length;
  checkSelection(selection);
  let evaluations = 0;
  const bestOf = (candidates: readonly number[]): { readonly assets: number; readonly value: number } => {
    const worth = candidates.map((assets) => setValue(selection, assets));
    evaluations += worth.length;
    const value = Math.max(...worth);
    return { assets: candidates[worth.indexOf(value)], value };
  };
  const all = Array.from({ length: n }, (_, i) => 1 << i);
  const allBut = (set: number): number[] => all.filter((bit) => !(set & bit));
  let found = bestOf(all);
  for (let k = 1; k < selection.chosen; k++) found = bestOf(allBut(found.assets).map((bit) => found.assets | bit));
  for (;;) {
    const { assets, value } = found;
    const swaps = all
      .filter((bit) => assets & bit)
      .flatMap((out) => allBut(assets).map((into) => (assets ^ out) | into));
    const next = swaps.length > 0 ? bestOf(swaps) : found;
    if (!(next.value > value)) return { ...found, evaluations };
    found = next;
  }
}

/** f of one set at weights of one over its size, which is 1/k once it has k assets. */
function setValue({ means, covariance, riskAversion: λ, risk = "deviation" }: Selection, assets: number): number {
  const held = means.flatMap((_, i) => (assets & (1 << i) ? [i] : []));
  let [mean, variance] = [0, 0];
  for (const i of held) {
    mean += means[i];
    for (const j of held) variance += covariance[i][j];
  }
  const k = held.length;
  const spread = Math.max(0, variance) / (k * k);
  return mean / k - λ * (risk === "deviation" ? Math.sqrt(spread) : spread);
}

export interface AnnealOptions {
  /** Swaps that are tried. */
  readonly steps: number;
  /** Temperatures of the first and last swap, in the unit of values; they fall geometrically. */
  readonly from: number;
  readonly to: number;
  /** The next of independent uniform draws in [0, 1). */
  readonly draw: () => number;
}

/** Simulated annealing by swaps from a random set of k assets: the best set it came by. Kirkpatrick, Gelatt & Vecchi 1983. */
export function anneal(
  values: ArrayLike<number>,
  assets: number,
  chosen: number,
  { steps, from, to, draw }: AnnealOptions,
): Found {
  const order = Array.from({ length: assets }, (_, i) => i);
  for (let i = 0; i < chosen; i++) {
    const j = i + Math.floor(draw() * (assets - i));
    [order[i], order[j]] = [order[j], order[i]];
  }
  let at = order.slice(0, chosen).reduce((set, i) => set | (1 << i), 0);
  let best = at;
  const cooling = steps > 1 ? exp((log(to) - log(from)) / (steps - 1)) : 1;
  let temperature = from;
  for (let step = 1; step < steps && chosen < assets; step++, temperature *= cooling) {
    // order[0 … k − 1] are held
    const [out, into] = [Math.floor(draw() * chosen), chosen + Math.floor(draw() * (assets - chosen))];
    const next = (at ^ (1 << order[out])) | (1 << order[into]);
    const gain = values[next] - values[at];
    if (gain >= 0 || draw() < exp(gain / temperature)) {
      at = next;
      [order[out], order[into]] = [order[into], order[out]];
      if (values[at] > values[best]) best = at;
    }
  }
  return { assets: best, value: values[best], evaluations: steps };
}
