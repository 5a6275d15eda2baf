// Gradient descent by threads on shared memory: a gradient is computed in shards, fixed in number, that whichever rank is free takes; shards
// are added in order, so it does not matter who took which.
//
// G groups of agents, each with a network of its own; P parameters
import type { Team } from "../../core/cut.ts";
import type { Arena } from "../../kernels/arena.ts";
import { createAdam, type ParamLayout } from "../../nn/index.ts";

export interface Network<Shard> {
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

export interface Jobs {
  /** Does jobs 0 … n − 1, each on whichever rank asks next, until none is left. Returns without waiting for those that others are doing. */
  take(n: number, job: (k: number) => void): void;
  /** Job k on rank k mod size. */
  share(n: number, job: (k: number) => void): void;
  /** Begins to count anew: on rank 0, between a barrier after the last `take` and one before the next. */
  reset(): void;
}

export function createJobs(arena: Arena, team: Team): Jobs {
  const taken = arena.i32(1);
  return {
    take(n, job) {
      for (let k = Atomics.add(taken, 0, 1); k < n; k = Atomics.add(taken, 0, 1)) job(k);
    },
    share(n, job) {
      for (let k = team.rank; k < n; k += team.size) job(k);
    },
    reset() {
      taken[0] = 0;
    },
  };
}
