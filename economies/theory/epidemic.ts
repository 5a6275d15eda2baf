// An epidemic among very many people, where all meet or each may catch it from K random others. Shares follow a deterministic path as N → ∞.
//
// All meet, each infected reaching each other with q = β K/(N − 1):
//   s′ = s (1 − q)^(N i),   i′ = (1 − γ) i + s − s′;   summed up, s∞ = s₀ (1 − q)^(N (1 − s∞)/γ), R₀ = (N − 1) q/(q + γ − q γ)
// K random others, one way: those whom i listens to do not listen to i, so that K links escape independently (Volz 2008, Miller 2011, in discrete time).
//   θ: a link has not transmitted; φ: nor has it, and its source is infected
//   θ′ = θ − β φ,   s′ = s₀ θ′^K,   φ′ = (1 − β)(1 − γ) φ + s − s′;   s∞ = s₀ (1 − T (1 − s∞))^K with T = β/(1 − (1 − β)(1 − γ)), R₀ = K T
// Final size: Kermack & McKendrick 1927; for graphs Newman 2002, Phys. Rev. E 66, 016128.
import { math } from "walras";

const { exp, findRoot, log1p, pow } = math;

export interface Epidemic {
  readonly agents: number;
  readonly network: string;
  readonly neighbours: number;
  readonly transmission: number;
  readonly recovery: number;
  readonly infected: number;
}

/** That an infected reaches a given other in a period: β, or β K/(N − 1) where all meet. */
export const chance = ({ network, transmission, neighbours, agents }: Epidemic): number =>
  network === "everybody" ? Math.min(1, (transmission * neighbours) / (agents - 1)) : transmission;

/** T: that an infected ever reaches a given other whom it meets. */
function transmissibility(p: Epidemic): number {
  const q = chance(p);
  return q / (q + p.recovery - q * p.recovery);
}

/** R₀. */
export const reproductionNumber = (p: Epidemic): number =>
  (p.network === "everybody" ? p.agents - 1 : p.neighbours) * transmissibility(p);

/** Shares at the ends of periods 0, 1, … `periods`. */
export function epidemicPath(p: Epidemic, periods: number): { susceptible: Float64Array; infected: Float64Array } {
  const { agents: N, neighbours: K, transmission: β, recovery: γ } = p;
  const [susceptible, infected] = [new Float64Array(periods + 1), new Float64Array(periods + 1)];
  const i0 = Math.round(p.infected * N) / N;
  const hazard = -log1p(-chance(p));
  let [s, i, θ, φ] = [1 - i0, i0, 1, i0];
  for (let t = 0; t <= periods; t++) {
    susceptible[t] = s;
    infected[t] = i;
    const before = s;
    if (p.network === "everybody") s *= i > 0 ? exp(-hazard * N * i) : 1;
    else {
      θ -= β * φ;
      s = (1 - i0) * pow(θ, K);
      φ = (1 - β) * (1 - γ) * φ + before - s;
    }
    i = (1 - γ) * i + before - s;
  }
  return { susceptible, infected };
}

/** Share of people ever infected in the end. */
export function finalSize(p: Epidemic): number {
  const s0 = 1 - Math.round(p.infected * p.agents) / p.agents;
  if (s0 === 0 || s0 === 1) return 1 - s0;
  const [T, hazard] = [transmissibility(p), -log1p(-chance(p))];
  const escaped = (z: number): number =>
    p.network === "everybody" ? exp((-hazard * p.agents * z) / p.recovery) : pow(1 - T * z, p.neighbours);
  // 1 − s₀ escaped(z) − z is positive at z = 1 − s₀, not positive at 1, and concave: one root
  return findRoot((z) => 1 - s0 * escaped(z) - z, 1 - s0, 1);
}
