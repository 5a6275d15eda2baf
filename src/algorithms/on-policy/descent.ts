// Gradient descent by threads on shared memory: a gradient is computed in shards, fixed in number, that whichever rank is free takes; shards
// are added in order, so it does not matter who took which.
//
// G groups of agents, each with a network of its own; P parameters
import type { Team } from "../../core/cut.ts";
import type { Arena } from "../../kernels/arena.ts";
import { createAdam, type ParamLayout } from "../../nn/index.ts";

export interface Network<Shard> {
  readonly layout: ParamLayout;
  readonly theta: Float32Array; // [P]
  /** Where gradients are taken: θ itself, or what `elsewhere` keeps beside it. */
  readonly at: Float32Array; // [P]
  readonly shards: readonly Shard[];
  readonly adam: { readonly m: Float32Array; readonly v: Float32Array };
  /** One step of Adam along the mean of the shards' gradients, after `steps` earlier ones. */
  step(learningRate: number, steps: number): void;
}

export interface DescentOptions<Shard> {
  readonly groups: number;
  readonly shards: number;
  readonly layout: ParamLayout;
  readonly maxGradNorm: number;
  /** Take gradients at other parameters than those that are moved. */
  readonly elsewhere?: boolean;
  /** What computes one shard's gradient, taken at `at`, into `grads`. */
  shard(arrays: { readonly theta: Float32Array; readonly at: Float32Array; readonly grads: Float32Array }): Shard;
}

export function createNetworks<Shard>(arena: Arena, options: DescentOptions<Shard>): Network<Shard>[] {
  const { groups, layout, maxGradNorm, elsewhere = false } = options;
  const { kernels } = arena;
  const P = layout.size;
  return Array.from({ length: groups }, () => {
    const theta = arena.f32(P);
    const at = elsewhere ? arena.f32(P) : theta;
    const grads = arena.f32(P);
    const adam = createAdam({ arena, params: theta, grads, maxGradNorm, epsilon: 1e-5 });
    const partials = Array.from({ length: options.shards }, () => arena.f32(P));
    return {
      layout,
      theta,
      at,
      adam,
      shards: partials.map((partial) => options.shard({ theta, at, grads: partial })),
      step(learningRate, steps) {
        const share = 1 / partials.length;
        kernels.scale(grads.byteOffset, partials[0].byteOffset, share, P);
        for (const partial of partials.slice(1))
          kernels.axpy(grads.byteOffset, share, partial.byteOffset, grads.byteOffset, P);
        adam.learningRate = learningRate;
        adam.steps = steps;
        adam.step();
      },
    };
  });
}

/**
 * How a minibatch of whole sequences is cut into shards: of at least `least` rows, and eight at most, whatever the number of threads. `rows`: of one shard.
 */
export function cutIntoShards({ sequences, length, minibatches, least }: CutOptions): { shards: number; rows: number } {
  const most = Math.ceil(sequences / minibatches);
  const shards = Math.max(1, Math.min(8, Math.floor((sequences * length) / minibatches / least), most));
  return { shards, rows: length * Math.ceil(most / shards) };
}
interface CutOptions {
  readonly sequences: number;
  readonly length: number;
  readonly minibatches: number;
  readonly least: number;
}

export interface Jobs {
  /** Every job on whichever rank asks next, until none is left. Returns without waiting for those that others are doing. */
  take(groups: number, parts: number, job: (g: number, part: number) => void): void;
  /** Job (g, part) of every group, on rank g parts + part mod size; returns when all ranks have done theirs. */
  each(groups: number, parts: number, job: (g: number, part: number) => void): void;
  /** Begins to count anew: on rank 0, between a barrier after the last `take` and one before the next. */
  reset(): void;
}

export function createJobs(arena: Arena, team: Team): Jobs {
  const taken = arena.i32(1);
  return {
    take(groups, parts, job) {
      const n = groups * parts;
      for (let k = Atomics.add(taken, 0, 1); k < n; k = Atomics.add(taken, 0, 1)) job(Math.floor(k / parts), k % parts);
    },
    each(groups, parts, job) {
      for (let k = team.rank; k < groups * parts; k += team.size) job(Math.floor(k / parts), k % parts);
      team.barrier();
    },
    reset() {
      taken[0] = 0;
    },
  };
}
