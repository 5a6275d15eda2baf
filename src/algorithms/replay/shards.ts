// Minibatches in shards: a number that does not depend on threads, shared out among ranks, and summed in order.
import type { TrainContext } from "../algorithm.ts";

/** Shards of a minibatch, whatever the number of threads. */
export const SHARDS = 4;

export interface Shards<Metric extends string> {
  /** Rows of a shard. */
  readonly rows: number;
  /** Computes this rank's shards of every group that learns; ranks meet at the end. */
  each(learns: (g: number) => boolean, compute: (g: number, s: number) => void): void;
  /** Calls `step` for this rank's groups that learn; ranks meet at the end. */
  apply(learns: (g: number) => boolean, step: (g: number) => void): void;
  /** grads ← mean of the gradients of a group's shards, in order. */
  average(grads: Float32Array, ofShards: readonly { readonly grads: Float32Array }[]): void;
  /** Adds to what a metric is in shard s of group g. */
  add(metric: Metric, g: number, s: number, value: number): void;
  /** Means over shards since `forget`; not a number if there was none. */
  mean(metric: Metric): number;
  /** On rank 0, when all have read. */
  forget(): void;
}

export function createShards<const Metric extends string>(
  { arena, team }: Pick<TrainContext<unknown>, "arena" | "team">,
  batchSize: number,
  groups: number,
  metrics: readonly Metric[],
): Shards<Metric> {
  const { kernels } = arena;
  const jobs = groups * SHARDS;
  const width = metrics.length + 1; // and the number of minibatches
  const sums = arena.f64(jobs * width);
  const total = (k: number): number => {
    let sum = 0;
    for (let job = 0; job < jobs; job++) sum += sums[job * width + k]!;
    return sum;
  };
  return {
    rows: batchSize / SHARDS,
    each(learns, compute) {
      for (let job = team.rank; job < jobs; job += team.size) {
        const g = Math.floor(job / SHARDS);
        if (!learns(g)) continue;
        compute(g, job % SHARDS);
        sums[(job + 1) * width - 1] = sums[(job + 1) * width - 1]! + 1;
      }
      team.barrier();
    },
    apply(learns, step) {
      for (let g = team.rank; g < groups; g += team.size) if (learns(g)) step(g);
      team.barrier();
    },
    average(grads, ofShards) {
      kernels.scale(grads.byteOffset, ofShards[0]!.grads.byteOffset, 1 / SHARDS, grads.length);
      for (let s = 1; s < SHARDS; s++)
        kernels.axpy(grads.byteOffset, 1 / SHARDS, ofShards[s]!.grads.byteOffset, grads.byteOffset, grads.length);
    },
    add(metric, g, s, value) {
      const k = (g * SHARDS + s) * width + metrics.indexOf(metric);
      sums[k] = sums[k]! + value;
    },
    mean: (metric) => total(metrics.indexOf(metric)) / total(width - 1),
    forget() {
      sums.fill(0);
    },
  };
}
