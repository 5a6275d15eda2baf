// V-trace (Espeholt et al. 2018, https://arxiv.org/abs/1802.01561, eq. 1 and remark 1): what a policy would have earned, for one world,
// from what another one did. With ratios of probabilities π/μ cut off at ρ̄ and c̄,
//
//   ρ_t = min(ρ̄, π/μ),  c_t = λ min(c̄, π/μ),  δ_t = ρ_t (r_t + γ V(next_t) − V_t)
//   v_t = V_t + δ_t + γ c_t (v_{t+1} − V_{t+1}),     A_t = ρ_t (r_t + γ v_{t+1} − V_t)
//
// ρ̄ says whose value is found, π's or something between π's and μ's; c̄ only how fast. On what π itself has done, with ρ̄, c̄ ≥ 1 and λ = 1,
// v is the n-step return. Episodes end as in gae.ts: `next` is a final observation, whose value counts in full, or nothing.
//
// T decisions, N agents, S ≥ T + 1 slots of values
import { exp } from "../../math/index.ts";
import type { Trajectory } from "./gae.ts";

export interface VtraceOptions {
  readonly steps: number; // T
  readonly agents: number; // N
  readonly gamma: number;
  readonly rhoBar: number;
  readonly cBar: number;
  /** λ of the paper's remark 2; 1: none. */
  readonly traceLambda: number;
}

/** Writes targets v and advantages A, both [T, N], and returns the sum of ρ. `logRatio` [T, N] is ln π/μ of what was done. */
export function vtrace(
  out: { readonly targets: Float32Array | Float64Array; readonly advantages: Float32Array | Float64Array },
  { rewards, values, next, logRatio }: Trajectory & { readonly logRatio: ArrayLike<number> },
  { steps: T, agents: N, gamma: γ, rhoBar, cBar, traceLambda: λ }: VtraceOptions,
): number {
  const { targets: v, advantages: A } = out;
  let sum = 0;
  for (let t = T - 1; t >= 0; t--) {
    const slot = next[t];
    const continues = slot === t + 1 && t + 1 < T;
    for (let i = 0, a = t * N; i < N; i++, a++) {
      const ratio = exp(logRatio[a]);
      const ρ = Math.min(rhoBar, ratio);
      sum += ρ;
      const c = λ * Math.min(cBar, ratio);
      const V = values[a];
      const future = slot < 0 ? 0 : values[slot * N + i];
      const δ = ρ * (rewards[a] + γ * future - V);
      v[a] = V + δ + (continues ? γ * c * (v[a + N] - future) : 0);
      A[a] = ρ * (rewards[a] + γ * (continues ? v[a + N] : future) - V);
    }
  }
  return sum;
}
