// Consumption that follows peers': x = a + φ G x, with tastes a = α + γ w + δ G w + ε, where row i of G gives equal weights to those whom i looks at.
// Manski 1993, Review of Economic Studies 60, 531; Bramoullé, Djebbari & Fortin 2009, Journal of Econometrics 150, 41.
//
// x = (I − φG)⁻¹ a: a common unit of taste moves all by 1/(1 − φ). On a ring or in groups G is symmetric with known eigenvalues λ_k, so that
//   expected variance around the mean = (1/N) Σ_{k>0} [(γ + δλ_k)² s² + σ²]/(1 − φλ_k)²          what a unit of one's own taste does to oneself = (1/N) Σ_k 1/(1 − φλ_k)
import { pairwiseSum } from "walras/math";
import { ringEigenvalue } from "walras/solvers";

export interface Peers {
  readonly agents: number;
  readonly network: "groups" | "ring" | "random" | "smallWorld";
  readonly peers: number; // K, whom each looks at
}

export interface Tastes {
  readonly influence: number; // φ
  readonly incomeEffect: number; // γ
  readonly context: number; // δ
  readonly incomeSd: number; // s
  readonly tasteSd: number; // σ
}

/** Eigenvalues of G but for the first, which is 1, and how often each occurs; null where the network is drawn. */
export function spectrum({
  agents: N,
  network,
  peers: K,
}: Peers): { readonly values: Float64Array; readonly times: Float64Array } | null {
  if (network === "groups") {
    const groups = N / (K + 1);
    return { values: Float64Array.of(1, -1 / K), times: Float64Array.of(groups - 1, N - groups) };
  }
  if (network !== "ring") return null;
  // Components k and N − k are alike.
  const values = Float64Array.from({ length: Math.floor(N / 2) }, (_, at) => ringEigenvalue(N, K, 0, at + 1));
  return { values, times: values.map((_, at) => (2 * (at + 1) === N ? 1 : 2)) };
}

/** Root of the expected variance of x around its mean, and what a unit of one's own taste does to one's own consumption; null where the network is drawn. */
export function spreadOf(p: Peers & Tastes): { readonly spread: number; readonly ownMultiplier: number } | null {
  const known = spectrum(p);
  if (known === null) return null;
  const sum = (of: (λ: number) => number): number => pairwiseSum(known.values.map((λ, k) => known.times[k] * of(λ)));
  const { influence: φ, incomeEffect: γ, context: δ, incomeSd: s, tasteSd: σ } = p;
  const variance = sum((λ) => ((γ + δ * λ) * (γ + δ * λ) * s * s + σ * σ) / ((1 - φ * λ) * (1 - φ * λ)));
  const own = 1 / (1 - φ) + sum((λ) => 1 / (1 - φ * λ));
  return { spread: Math.sqrt(variance / p.agents), ownMultiplier: own / p.agents };
}

/** Links of row i are start[i] … start[i + 1] − 1 and lead to those whom it looks at. */
export interface Looked {
  readonly start: ArrayLike<number>;
  readonly target: ArrayLike<number>;
}

/** (G x)_i; 0 for who looks at nobody. */
export function meanOver({ start, target }: Looked, x: ArrayLike<number>, i: number): number {
  let sum = 0;
  for (let l = start[i]; l < start[i + 1]; l++) sum += x[target[l]];
  return start[i + 1] > start[i] ? sum / (start[i + 1] - start[i]) : 0;
}

/** G x. */
export const meanOfPeers = (looked: Looked, x: ArrayLike<number>): Float64Array =>
  Float64Array.from({ length: looked.start.length - 1 }, (_, i) => meanOver(looked, x, i));

/** x = a + φ G x, by sweeps: an error shrinks to φ of itself in each. */
export function settledConsumption(looked: Looked, tastes: ArrayLike<number>, influence: number): Float64Array {
  let x = Float64Array.from(tastes);
  for (let sweep = 0; sweep < 10_000; sweep++) {
    const heard = meanOfPeers(looked, x);
    let moved = 0;
    x = x.map((before, i) => {
      const now = tastes[i] + influence * heard[i];
      moved = Math.max(moved, Math.abs(now - before));
      return now;
    });
    if (moved <= 1e-13 * (1 - influence)) break;
  }
  return x;
}
