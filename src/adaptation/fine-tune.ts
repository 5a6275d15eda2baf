// A policy improved on recorded decisions, those of another regime among them: importance weights make these count as if their states came from the regime that matters.
// Covariate shift: Shimodaira 2000, JSPI 90, 227; rewards by a surface that is quadratic in actions, climbed within a trust region: Box & Wilson 1951, JRSS B 13, 1.
//
//   Q(x, a) = c·ψ(x) + b·ψ(x) a + ½ q·φ(x) a²     by least squares with weights p_new(x_i)/p_old(x_i)
//   π(x) = θ·φ(x),   θ = argmax Σ w_i Q(x_i, θ·φ(x_i)),   a root mean square move of at most so many deviations
//
// A surface of few terms is right near where it was fitted. Weights fit it, and choose θ, where the states of the regime are: without them old decisions pull both to where states used to be.
// For decisions that matter at once only: a reward follows from a state and an action. Not here: rewards that come later (a weight is then a product over the periods of an episode, and its variance grows with them), policies with
// memory, several actions at once.
//
// n decisions, f features φ, ψ: the features and their products
import { cholesky, pairwiseSum, solveCholesky } from "../math/index.ts";

export interface Decisions {
  /** φ(x) [n, f], the first of them 1. */
  readonly features: Float64Array;
  readonly actions: Float64Array; // [n]
  readonly rewards: Float64Array; // [n]
  /** p_new/p_old of each state [n], up to a factor; 1 of decisions of the regime itself. */
  readonly weights: Float64Array;
}

export interface FineTuneOptions {
  /** θ [f] to begin with. */
  readonly rule: Float64Array;
  /** Deviation of the recorded actions around their rules: the unit of the trust region. */
  readonly deviation: number;
  /** Root mean square move of actions at most, in deviations. Default 1. */
  readonly furthest?: number;
}

export interface FineTuned {
  readonly rule: Float64Array;
  /** Of the weights: how many decisions of the regime itself would say as much. */
  readonly effectiveSize: number;
  /** Root mean square move of actions, in deviations. */
  readonly moved: number;
}

/** Of a column's own square: directions that nothing was recorded in stay where they are. */
const RIDGE = 1e-5;

export function fineTune(decisions: Decisions, { rule, deviation, furthest = 1 }: FineTuneOptions): FineTuned {
  const { features, actions, rewards, weights } = decisions;
  const n = actions.length;
  const f = rule.length;
  if (features.length !== n * f || rewards.length !== n || weights.length !== n)
    throw new Error(
      `fineTune: got ${features.length / f} states, ${n} actions, ${rewards.length} rewards and ${weights.length} weights, expected as many of each.`,
    );
  if (!(deviation > 0)) throw new Error(`fineTune: deviation is ${deviation}, expected a number above 0.`);
  for (const [name, x] of Object.entries({ features, actions, rewards, weights })) {
    const bad = x.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw new Error(`fineTune: ${name}[${bad}] is ${x[bad]}, expected a number.`);
  }
  const total = pairwiseSum(weights);
  const effectiveSize = (total * total) / pairwiseSum(weights.map((w) => w * w));
  const still = { rule, effectiveSize, moved: 0 };
  // Features beyond the constant are centred and scaled within the states that count, so that a ridge treats all alike.
  const scales = Array.from({ length: f }, (_, k) => (k === 0 ? { centre: 0, sd: 1 } : scaleOf(decisions, f, k)));
  const standard = features.map((x, at) => (x - scales[at % f]!.centre) / scales[at % f]!.sd);
  const { slope, curvature } = surface({ ...decisions, features: standard }, f);

  // Σ w (b + q μ) φ and −Σ w q φ φᵀ at the rule: Newton's step, exact where Q is quadratic
  const gradient = new Float64Array(f);
  const bend = new Float64Array(f * f);
  const spread = new Float64Array(f * f); // Σ w φ φᵀ
  for (let i = 0; i < n; i++) {
    const φ = standard.subarray(i * f, (i + 1) * f);
    let μ = 0;
    for (let k = 0; k < f; k++) μ += rule[k]! * features[i * f + k]!;
    const q = curvature(φ);
    const push = weights[i]! * (slope(φ) + q * μ);
    for (let k = 0; k < f; k++) {
      gradient[k]! += push * φ[k]!;
      for (let l = 0; l <= k; l++) {
        bend[k * f + l]! -= weights[i]! * q * φ[k]! * φ[l]!;
        spread[k * f + l]! += weights[i]! * φ[k]! * φ[l]!;
      }
    }
  }
  // Where the surface does not bend down the spread of states stands in, and the trust region says how far.
  const L = cholesky(ridged(bend, f), f) ?? cholesky(ridged(spread, f), f);
  if (L === null) return still;
  const step = solveCholesky(L, gradient);
  let squares = 0;
  for (let i = 0; i < n; i++) {
    let move = 0;
    for (let k = 0; k < f; k++) move += step[k]! * standard[i * f + k]!;
    squares += weights[i]! * move * move;
  }
  const far = Math.sqrt(squares / total) / deviation;
  if (!(far > 0)) return still;
  const share = Math.min(1, furthest / far);
  const next = rule.slice();
  scales.forEach(({ centre, sd }, k) => {
    next[k]! += (share * step[k]!) / sd;
    next[0]! -= (share * step[k]! * centre) / sd;
  });
  return { rule: next, effectiveSize, moved: share * far };
}

/** Weighted mean and deviation of a feature; deviation 1 where it does not vary. */
function scaleOf(
  { features, weights }: Decisions,
  f: number,
  k: number,
): { readonly centre: number; readonly sd: number } {
  const x = weights.map((_, i) => features[i * f + k]!);
  const total = pairwiseSum(weights);
  const centre = pairwiseSum(x.map((value, i) => weights[i]! * value)) / total;
  const squares = pairwiseSum(x.map((value, i) => weights[i]! * (value - centre) * (value - centre))) / total;
  return { centre, sd: squares > 1e-24 * centre * centre ? Math.sqrt(squares) : 1 };
}

/** b·ψ(x) and q·φ(x) of the weighted least-squares surface. */
function surface({ features, actions, rewards, weights }: Decisions, f: number) {
  const n = actions.length;
  const P = (f * (f + 1)) / 2;
  const K = 2 * P + f;
  const products = (φ: Float64Array): number[] => [...φ].flatMap((a, k) => [...φ.subarray(k)].map((b) => a * b));
  const normal = new Float64Array(K * K);
  const right = new Float64Array(K);
  for (let i = 0; i < n; i++) {
    const φ = features.subarray(i * f, (i + 1) * f);
    const ψ = products(φ);
    const a = actions[i]!;
    const row = [...ψ, ...ψ.map((x) => x * a), ...Array.from(φ, (x) => 0.5 * x * a * a)];
    for (let r = 0; r < K; r++) {
      right[r]! += weights[i]! * row[r]! * rewards[i]!;
      for (let c = 0; c <= r; c++) normal[r * K + c]! += weights[i]! * row[r]! * row[c]!;
    }
  }
  const L = cholesky(ridged(normal, K), K);
  if (L === null) throw new Error("fineTune: the features cannot be told apart.");
  const c = solveCholesky(L, right);
  return {
    slope: (φ: Float64Array): number => products(φ).reduce((sum, x, k) => sum + c[P + k]! * x, 0),
    curvature: (φ: Float64Array): number => φ.reduce((sum, x, k) => sum + c[2 * P + k]! * x, 0),
  };
}

function ridged(matrix: Float64Array, K: number): Float64Array {
  const more = matrix.slice();
  for (let k = 0; k < K; k++) more[k * K + k]! += RIDGE * Math.abs(more[k * K + k]!) + 1e-12;
  return more;
}
