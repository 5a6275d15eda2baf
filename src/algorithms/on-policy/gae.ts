// Generalized Advantage Estimation (Schulman et al. 2016, https://arxiv.org/abs/1506.02438, eq. 16), for one world.
//
//   δ_t = r_t + γ V(next_t) − V_t,   A_t = δ_t + γ λ A_{t+1}
//
// What follows decision t need not be decision t + 1: where the world was truncated it is the final observation, whose value counts in
// full; where it ended for good it is nothing. In both cases the sum over later errors stops, because they belong to another episode.
//
// T decisions, N agents, S ≥ T + 1 slots of values

export interface Trajectory {
  readonly rewards: ArrayLike<number>; // [T, N]
  /** Of what was seen: slot t at decision t, the others wherever `next` says. */
  readonly values: ArrayLike<number>; // [S, N]
  /** Slot of what decision t led to: t + 1, the final observation's where the world was truncated, −1 where it ended. */
  readonly next: ArrayLike<number>; // [T]
}

export interface GaeOptions {
  readonly steps: number; // T
  readonly agents: number; // N
  readonly gamma: number;
  readonly gaeLambda: number;
}

/** Writes advantages [T, N]; returns to regress on are these plus the values. */
export function gae(out: Float32Array | Float64Array, trajectory: Trajectory, options: GaeOptions): void {
  const { rewards, values, next } = trajectory;
  const { steps: T, agents: N, gamma: γ, gaeLambda: λ } = options;
  for (let t = T - 1; t >= 0; t--) {
    const slot = next[t];
    const continues = slot === t + 1 && t + 1 < T;
    for (let i = 0, a = t * N; i < N; i++, a++) {
      const future = slot < 0 ? 0 : values[slot * N + i];
      const δ = rewards[a] + γ * future - values[a];
      out[a] = continues ? δ + γ * λ * out[a + N] : δ;
    }
  }
}
