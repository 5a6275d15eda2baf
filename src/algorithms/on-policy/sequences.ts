// Decisions of a rollout as losses read them: sequences of L decisions of one agent, one decision where nothing is remembered.
//
// C cohorts of M members, N agents of a world, F features, D action dimensions, K choices, H units of memory, T decisions of a rollout, S slots of its observations (rollout.ts);
// B rows of a loss; Q sequences of a group's rollout
import type { PopulationSpec } from "../../env/vector-env.ts";
import { matrix } from "../../nn/index.ts";
import { choicesOf, maskInput } from "../parts/choices.ts";
import { actionsInput } from "./actor.ts";
import type { CriticContext } from "./critic-context.ts";
import { memoryInput, type RecurrenceOptions, widthOf } from "./recurrence.ts";
import type { Rollout } from "./rollout.ts";

/** What every on-policy loss is given of B rows, sequences of L. Weights average to 1; they are 0 where a row only fills up. */
export const decisionInputs = (
  spec: PopulationSpec,
  c: RecurrenceOptions,
  rows: number,
  length: number,
  criticContext: CriticContext | null = null,
) => ({
  obs: matrix(rows, spec.features.length),
  beside: matrix(rows, criticContext?.columns ?? 1), // what the critic sees besides
  memory: memoryInput(c, rows / length), // before the first of each sequence
  keep: matrix(rows), // 0 where an episode begins within a sequence
  mask: maskInput(spec, rows), // what could be chosen
  actions: actionsInput(spec, rows),
  weight: matrix(rows),
  noise: matrix(rows, spec.actions.length), // samples of the entropy of squashed normals
});

/** The same, to be filled. */
export interface DecisionRows {
  readonly obs: Float32Array;
  readonly beside: Float32Array;
  readonly memory: Float32Array;
  readonly keep: Float32Array;
  readonly mask: Float32Array;
  readonly actions: Float32Array | Int32Array;
  readonly weight: Float32Array;
}

type Source = Pick<Rollout, "S" | "cohorts" | "obs" | "mask" | "memory" | "actions" | "next" | "completed">;

export interface Sequences {
  /** Q */
  readonly perGroup: number;
  /** L */
  readonly length: number;
  /** The row of place l in sequence k of group g, or −1 where the rollout has no decision there. */
  rowOf(g: number, k: number, l: number): number;
  /** Whose sequence k of group g is: the cohort, and the member of it. */
  cohortOf(g: number, k: number): number;
  memberOf(g: number, k: number): number;
  /** The slot of a row's observation. */
  slotOf(row: number): number;
  /** Decisions of group g whose consequences are known. */
  known(g: number): number;
  /** Makes all rows of a shard fill up: no weight, and something to choose. */
  clear(into: DecisionRows): void;
  /** Writes the decision of a row to place b: what was seen, remembered, allowed and done. */
  read(into: DecisionRows, b: number, row: number): void;
}

export interface SequenceOptions {
  /** L, which divides T. */
  readonly length: number;
  /** Agents who share networks. */
  readonly groupSize: number;
  readonly criticContext?: CriticContext | null;
}

export function createSequences(
  { S, cohorts, obs, mask, memory, actions, next, completed }: Source,
  spec: PopulationSpec,
  c: RecurrenceOptions & { readonly numSteps: number },
  { length: L, groupSize, criticContext = null }: SequenceOptions,
): Sequences {
  const T = c.numSteps;
  const { size: N } = spec;
  const F = spec.features.length;
  const D = spec.actions.length;
  const K = choicesOf(spec);
  const H = widthOf(c);
  const { count: C, members } = cohorts;
  const sharing = cohorts.sharing(groupSize);
  const perGroup = ((C * members) / N) * groupSize * (T / L);
  const slotOf = (row: number): number => row + Math.floor(row / (T * members)) * (S - T) * members;
  const cohortOf = (g: number, k: number): number =>
    cohorts.inGroup(g, groupSize, Math.floor((Math.floor(k / sharing) * L) / T));
  const memberOf = (g: number, k: number): number => (members < N ? 0 : g * groupSize) + (k % sharing);
  return {
    perGroup,
    length: L,
    cohortOf,
    memberOf,
    slotOf,
    rowOf(g, k, l) {
      const cohort = cohortOf(g, k);
      const t = ((Math.floor(k / sharing) * L) % T) + l;
      return t < completed[cohort] ? (cohort * T + t) * members + memberOf(g, k) : -1;
    },
    known(g) {
      let rows = 0;
      for (let k = 0; k < (perGroup * L) / T / sharing; k++) rows += completed[cohorts.inGroup(g, groupSize, k)];
      return rows * sharing;
    },
    clear(into) {
      into.weight.fill(0);
      if (mask) into.mask.fill(1);
    },
    read(into, b, row) {
      const slot = slotOf(row);
      for (let f = 0; f < F; f++) into.obs[b * F + f] = obs[slot * F + f];
      if (criticContext) criticContext.write(into.beside, b * criticContext.columns, obs, slot);
      if (memory) {
        const t = Math.floor(row / members) % T;
        into.keep[b] = t > 0 && next[Math.floor(row / members) - 1] !== t ? 0 : 1;
        if (b % L === 0) for (let j = 0; j < H; j++) into.memory[(b / L) * H + j] = memory[slot * H + j];
      }
      if (mask) for (let k = 0; k < K; k++) into.mask[b * K + k] = mask[row * K + k];
      for (let d = 0; d < D; d++) into.actions[b * D + d] = actions[row * D + d];
    },
  };
}
