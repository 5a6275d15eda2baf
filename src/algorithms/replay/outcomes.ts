// Replay of outcomes: what agents saw and did in every period, and what their outcomes were worth when they came.
//
// Differs from replay.ts: the value of an outcome is kept instead of the next observation, all agents of all worlds decide in every period, and learners add columns of their
// own. So a transition is complete as soon as n rewards are known.
//
// E worlds, N agents, F features, T slots, each one decision of everybody; rows are those of [T, E, N]
import type { PopulationSpec } from "../../env/vector-env.ts";
import type { TrainContext } from "../algorithm.ts";

export interface OutcomeReplayOptions {
  readonly slots: number; // T
  readonly nSteps: number;
  readonly gamma: number;
}

export type OutcomeReplay = ReturnType<typeof createOutcomeReplay>;

export function createOutcomeReplay(
  { env: { numEnvs: E }, arena }: Pick<TrainContext<unknown>, "env" | "arena">,
  { size: N, features, transient }: PopulationSpec,
  { slots: T, nSteps, gamma }: OutcomeReplayOptions,
) {
  const F = features.length;
  const obs = arena.f32(T * E * N * F); // [T, E, N, F]
  const shaped = arena.f64(T * E * N); // r + γΦ′ − Φ
  const next = arena.f64(T * E * N); // V of the outcome, by the slow network then; 0 where the world terminated
  const ended = arena.u8(T * E); // 0 no, 1 truncated, 2 terminated
  return {
    /** Live arrays, for checkpoints, with `stored`. */
    state: { obs, shaped, next, ended },
    shaped,
    next,
    /** Decisions of everybody so far. */
    stored: 0,
    /** Row of agent 0 of world e at the decision that is being stored. */
    rowOf(e: number): number {
      return ((this.stored % T) * E + e) * N;
    },
    /** What the agents of world e see. */
    look(e: number, seen: Float32Array): void {
      obs.set(seen, this.rowOf(e) * F);
    },
    /** How world e's episode ended, if it did: 1 truncated, 2 terminated. */
    end(e: number, how: number): void {
      ended[(this.stored % T) * E + e] = how;
    },
    /** Whether outcomes of world e have a future. */
    alive(e: number): 0 | 1 {
      return ended[(this.stored % T) * E + e] === 2 ? 0 : 1;
    },
    /** Decisions that can be drawn, by age. */
    get usable(): number {
      return Math.min(this.stored, T) - nSteps;
    },
    /** Row of agent i of world e at a decision `age` < usable, counted back from the newest that can be drawn. */
    rowAt(age: number, e: number, i: number): number {
      return (((this.stored - nSteps - age) % T) * E + e) * N + i;
    },
    /** G = Σ_{k<n} γ^k r̃_{t+k} + γ^n V(o_{t+n}), cut where the episode ends; of the same decision. */
    returnAt(age: number, e: number, i: number): number {
      const time = this.stored - nSteps - age;
      let [discount, sum] = [1, 0];
      for (let k = 0; ; k++) {
        const slot = (time + k) % T;
        const row = (slot * E + e) * N + i;
        sum += discount * shaped[row]!;
        discount *= gamma;
        if (k === nSteps - 1 || ended[slot * E + e]) return sum + discount * next[row]!;
      }
    },
    /** Copies what an agent saw to row b of [B, F]. */
    read(to: Float32Array, b: number, row: number): void {
      for (let f = 0; f < F; f++) to[b * F + f] = obs[row * F + f]!;
    },
    /** Blanks what the potential accounts for, in place. */
    lasting(seen: Float32Array): void {
      for (let f = 0; f < F; f++) if (transient[f]) for (let o = f; o < seen.length; o += F) seen[o] = 0;
    },
  };
}
