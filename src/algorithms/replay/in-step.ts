// Replay of single steps: what each agent of each world saw and did, what it was paid, and what it saw next.
//
// E worlds, N agents, F features, D action dimensions, T slots, each one decision of all agents of all worlds; the oldest goes first.
// Ranks write the worlds they step and count alike, so all of them see the same store after a barrier.
import type { PopulationBatch, PopulationSpec } from "../../env/vector-env.ts";
import type { Arena } from "../../kernels/arena.ts";

/** A minibatch, or a shard of one, to be filled row by row. */
export interface Transitions {
  readonly obs: Float32Array; // [B, F]
  readonly actions: Float32Array; // [B, D]
  readonly reward: Float32Array; // [B]
  /** γ, or 0 where the world ended. */
  readonly discount: Float32Array; // [B]
  readonly nextObs: Float32Array; // [B, F]
}

export interface ReplayOptions {
  readonly arena: Arena;
  readonly spec: PopulationSpec;
  readonly numEnvs: number;
  /** Transitions to keep, rounded up to whole slots, at least three. */
  readonly capacity: number;
  readonly gamma: number;
  readonly rewardScale: number;
}

export function createReplay({ arena, spec, numEnvs: E, capacity, gamma, rewardScale }: ReplayOptions) {
  const N = spec.size;
  const F = spec.features.length;
  const D = spec.actions.length;
  const T = Math.max(3, Math.ceil(capacity / (E * N)));
  const ring = {
    obs: arena.f32(T * E * N * F), // [T, E, N, F]
    finalObs: arena.f32(T * E * N * F), // where an episode ended
    actions: arena.f32(T * E * N * D),
    rewards: arena.f32(T * E * N),
    ended: arena.u8(T * E), // 0 no, 1 truncated, 2 terminated
  };
  return {
    /** Live arrays, for checkpoints, with `stored`. */
    state: ring,
    /** Decisions stored, each of all worlds; slot = (stored − 1) mod T. */
    stored: 0,
    /** Decisions that can be drawn: those whose successor is stored too. */
    get usable(): number {
      return Math.max(0, Math.min(this.stored, T - 1) - 1);
    },
    /** What the agents of world e saw and did; the consequences follow. */
    decide(e: number, obs: Float32Array, actions: Float32Array): void {
      const row = ((this.stored % T) * E + e) * N;
      ring.obs.set(obs, row * F);
      ring.actions.set(actions, row * D);
    },
    /** What followed in world e. Once all worlds are done, count it in `stored`. */
    follow(e: number, { rewards, terminated, truncated, finalObs }: PopulationBatch): void {
      const slot = this.stored % T;
      const row = (slot * E + e) * N;
      ring.rewards.set(rewards.subarray(e * N, (e + 1) * N), row);
      const ended = terminated[e * N] ? 2 : truncated[e * N] ? 1 : 0;
      ring.ended[slot * E + e] = ended;
      if (ended) ring.finalObs.set(finalObs.subarray(e * N * F, (e + 1) * N * F), row * F);
    },
    /** Copies the transition of agent i of world e, `age` < usable counted back from the newest, to row b. */
    read(to: Transitions, b: number, age: number, e: number, i: number): void {
      const time = this.stored - 2 - age;
      const slot = time % T;
      const row = (slot * E + e) * N + i;
      // A truncated world still has a future, seen in its own last observation; a terminated one has none.
      const ended = ring.ended[slot * E + e]!;
      const source = ended ? ring.finalObs : ring.obs;
      const next = ended ? row : (((time + 1) % T) * E + e) * N + i;
      for (let f = 0; f < F; f++) to.obs[b * F + f] = ring.obs[row * F + f]!;
      for (let d = 0; d < D; d++) to.actions[b * D + d] = ring.actions[row * D + d]!;
      to.reward[b] = rewardScale * ring.rewards[row]!;
      to.discount[b] = ended === 2 ? 0 : gamma;
      for (let f = 0; f < F; f++) to.nextObs[b * F + f] = source[next * F + f]!;
    },
  };
}
