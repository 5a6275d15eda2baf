// Some agents of a population as a population of their own: their rows of one decision's buffers, taken out and put back.
//
// E worlds, N agents, n members, F features, D action dimensions, K choices over all of them
import { type Allocator, plainMemory } from "../core/cut.ts";
import type { PopulationBatch, PopulationSpec, VectorEnv } from "./vector-env.ts";

export interface Members {
  /** Of n agents. */
  readonly spec: PopulationSpec;
  /** [E, n, …] */
  readonly batch: PopulationBatch;
  /** [E, n] the row that each member is; filled by the caller. */
  readonly rows: Int32Array;
  /** Takes over what the environment says of the members of world e: what they see, what they earned, whose turn it is, whose episode ended. */
  look(e: number): void;
  /** Takes over what the members of world e see, and whether it is their turn, alone. */
  see(e: number): void;
  /** The members of world e leave: their episodes are cut off here, and what they see now is the last of it. */
  leave(e: number): void;
  /** Takes over the actions that the environment has for the members of world e. */
  adopt(e: number): void;
  /** Those of world e whose turn it is do what their own `actions` say. */
  decide(e: number): void;
}

type Numbers = Float32Array | Int32Array | Uint8Array;
type Copied = readonly (readonly [to: Numbers, from: Numbers, width: number])[];

/** Members of those who take decision `key`. */
export function membersOf(
  { spec: specs, batch: batches, numEnvs: E }: Pick<VectorEnv, "spec" | "batch" | "numEnvs">,
  key: string,
  n: number,
  memory: Allocator = plainMemory,
): Members {
  const whole = specs[key]!;
  const below = batches[key]!;
  const N = whole.size;
  const F = whole.features.length;
  const D = whole.actions.length;
  const K = whole.actions.reduce((sum, { space }) => sum + space.count, 0);
  const rows = memory.i32(E * n);
  const spec: PopulationSpec = { ...whole, size: n, rows };
  const batch: PopulationBatch = {
    obs: memory.f32(E * n * F),
    finalObs: memory.f32(E * n * F),
    actionMask: below.actionMask && memory.u8(E * n * K),
    finalActionMask: below.finalActionMask && memory.u8(E * n * K),
    rewards: memory.f32(E * n),
    acting: memory.u8(E * n),
    terminated: memory.u8(E * n),
    truncated: memory.u8(E * n),
    outcomes: null,
    actions: spec.continuous ? memory.f32(E * n * D) : memory.i32(E * n * D),
  };
  const { obs, finalObs, actionMask, finalActionMask } = batch;
  const seen: Copied = [
    [obs, below.obs, F],
    ...(actionMask ? [[actionMask, below.actionMask!, K] as const] : []),
    [batch.acting, below.acting, 1],
  ];
  const told: Copied = [
    [finalObs, below.finalObs, F],
    ...(finalActionMask ? [[finalActionMask, below.finalActionMask!, K] as const] : []),
    [batch.rewards, below.rewards, 1],
    [batch.terminated, below.terminated, 1],
    [batch.truncated, below.truncated, 1],
  ];
  const take = (copied: Copied, e: number): void => {
    for (const [to, from, width] of copied)
      for (let j = e * n; j < (e + 1) * n; j++) {
        const first = (e * N + rows[j]!) * width;
        for (let k = 0; k < width; k++) to[j * width + k] = from[first + k]!;
      }
  };
  return {
    spec,
    batch,
    rows,
    look(e) {
      take(seen, e);
      take(told, e);
    },
    see: (e) => take(seen, e),
    leave(e) {
      for (let j = e * n; j < (e + 1) * n; j++) {
        if (batch.terminated[j] || batch.truncated[j]) continue;
        batch.truncated[j] = 1;
        finalObs.set(obs.subarray(j * F, (j + 1) * F), j * F);
        if (actionMask) finalActionMask!.set(actionMask.subarray(j * K, (j + 1) * K), j * K);
      }
    },
    adopt: (e) => take([[batch.actions, below.actions, D]], e),
    decide(e) {
      for (let j = e * n; j < (e + 1) * n; j++) {
        const row = e * N + rows[j]!;
        if (below.acting[row]) for (let d = 0; d < D; d++) below.actions[row * D + d] = batch.actions[j * D + d]!;
      }
    },
  };
}
