// Orders between a signal of one's own and the mean order of one's cluster, a_i = φ ā(t − 1) + (1 − φ)(θ + ε_i), where θ is a random walk whose steps have variance q and ε_i has s.
// Clusters are of m. In errors e_i = a_i − θ:   e_i = φ A + (1 − φ) ε_i,   A = ē(t − 1) − ν, the error of the cluster's last orders about today's value
//
//   Var A = P = q + Var ē = q/(1 − φ²) + (1 − φ) s/(m (1 + φ))             since Var ē = φ² P + (1 − φ)² s/m
//   loss  = Var e = φ² P + (1 − φ)² s
//   Cov(e_i, e_j) = φ² P in a cluster, λ φ² q/(1 − φ²) across clusters, where a share λ of q is common to all
//
// Who sees the gap d between both signals expects of φ_i a loss of (φ_i − s/(P + s))² d² and more that no choice moves, whatever d: s/(P + s) is best, and with a tax of τ φ_i d² it is
// s/(P + s) − τ/2. Equilibrium without a tax, and planner:
//   q/s = (1 − φ)²/φ · [1/m + (1 − 1/m)(1 + φ)]                   everybody's best reply to everybody's φ
//   q/s = (1 − φ)²/φ · [1/m + (1 − 1/m)(1 + φ)(1 − φ²)]           d loss/dφ = 0, with P's own dependence on φ
// Both right sides fall from ∞ to 0, the second is the smaller where m > 1: the planner wants less to be followed. For m = 1 both are Kalman's gain 1 − φ.
// In equilibrium without a tax, loss = (1 − φ) s, and the correlation in a cluster is φ itself.
import { math } from "walras";

export interface Signals {
  readonly clusterSize: number; // m
  readonly newsVariance: number; // q
  readonly noiseVariance: number; // s
}

/** P, mean square of the difference between the cluster's last mean order and today's value, where everybody follows with weight φ. */
const lag = (φ: number, { clusterSize: m, newsVariance: q, noiseVariance: s }: Signals): number =>
  q / ((1 - φ) * (1 + φ)) + ((1 - φ) * s) / (m * (1 + φ));

/** Mean square of an order's error where everybody follows with weight φ. */
export const lossAt = (φ: number, signals: Signals): number =>
  φ * φ * lag(φ, signals) + (1 - φ) * (1 - φ) * signals.noiseVariance;

/** Correlations of errors where everybody follows with weight φ: of two in a cluster, of two in different ones, a share of whose news is common. */
export function correlationsAt(
  φ: number,
  signals: Signals,
  shared: number,
): { readonly within: number; readonly between: number } {
  const loss = lossAt(φ, signals);
  return {
    within: (φ * φ * lag(φ, signals)) / loss,
    between: (shared * φ * φ * signals.newsVariance) / ((1 - φ) * (1 + φ) * loss),
  };
}

/** The weight that is a best reply to itself, where following with weight φ over a gap d costs τ φ d²: φ = s/(P + s) − τ/2, or none where the tax is larger. */
export function equilibriumWeight({ clusterSize: m, newsVariance: q, noiseVariance: s }: Signals, tax: number): number {
  // φ − s/(P + s) + τ/2, times (P + s)(1 − φ²) > 0; at 1 it is positive
  const excess = (φ: number): number => {
    const own = s * (1 - φ) * (1 + φ);
    return (φ + tax / 2) * (q + ((1 - φ) * (1 - φ) * s) / m + own) - own;
  };
  return excess(0) >= 0 ? 0 : math.findRoot(excess, 0, 1);
}

/** The weight of the smallest loss, were everybody to follow with it. */
export function plannerWeight({ clusterSize: m, newsVariance: q, noiseVariance: s }: Signals): number {
  const slope = (φ: number): number =>
    φ * q - s * (1 - φ) * (1 - φ) * (1 / m + (1 - 1 / m) * (1 + φ) * (1 - φ) * (1 + φ));
  return math.findRoot(slope, 0, 1);
}

/** The tax on following at which the equilibrium is the planner's: 2 [s/(P + s) − φ] at the planner's weight. */
export function plannerTax(signals: Signals): number {
  const φ = plannerWeight(signals);
  const s = signals.noiseVariance;
  return Math.max(0, 2 * (s / (lag(φ, signals) + s) - φ));
}
