// Units in which networks of outcomes learn, and their losses: centre and spread of V, and the scale of what each order gains.
//
// E worlds, N agents, D orders
import type { PopulationSpec } from "../../env/vector-env.ts";
import { pairwiseSum } from "../../math/index.ts";
import type { TrainContext } from "../algorithm.ts";
import type { createState } from "../parts/state.ts";

/** Rows whose trades set the scale of gains at each step. */
const SAMPLED = 1024;

export function createUnits(
  { env: { numEnvs: E }, arena, config: c }: Pick<TrainContext<{ readonly gamma: number }>, "env" | "arena" | "config">,
  { size: N, actions: dimensions }: PopulationSpec,
  named: ReturnType<typeof createState>["named"],
) {
  const D = dimensions.length;
  // [0] centre and [1] spread of V; [2 + d] scale of gains; then sums for the report: value loss, its count, order loss, its count
  const shared = named("shared", arena.f64(2 + D + 4));
  const sums = 2 + D;
  const differences = dimensions.map(() => arena.f64(E * N)); // |r − r_d| of this step
  const losses = arena.f64(1 + D); // of V and of each order, in the last minibatch
  const sorted = new Float64Array(Math.min(SAMPLED, E * N));
  return {
    differences,
    losses,
    valueOf: (x: number): number => shared[0]! + shared[1]! * x,
    inUnits: (value: number): number => (value - shared[0]!) / shared[1]!,
    scaleOf: (d: number): number => shared[2 + d]! || 1,

    /** V starts at the discounted value of what agents start with, in units of half its spread over them. */
    calibrate(before: Float64Array, rewards: Float32Array): void {
      const idle = before.some((phi) => phi !== 0);
      const x = idle ? before : Float64Array.from(rewards);
      const mean = pairwiseSum(x) / x.length;
      const deviations = Float64Array.from(x, (v) => (v - mean) * (v - mean));
      const horizon = 1 / Math.max(0.01, 1 - c.gamma);
      shared[0] = (idle ? c.gamma : 1) * mean * horizon; // without what Φ already counts
      shared[1] = 0.5 * Math.sqrt(pairwiseSum(deviations) / x.length) * horizon || 1;
    },
    /** Follows the median of what a trade gains or costs at once. */
    follow(d: number): void {
      let count = 0;
      for (let r = 0; r < E * N && count < sorted.length; r++)
        if (differences[d]![r] !== 0) sorted[count++] = differences[d]![r]!;
      if (count === 0) return;
      const median = sorted.subarray(0, count).sort()[count >> 1]!;
      const scale = shared[2 + d]!;
      shared[2 + d] = scale === 0 ? median : scale + 0.01 * (median - scale);
    },
    record(): void {
      shared[sums] = shared[sums]! + losses[0]!;
      shared[sums + 1] = shared[sums + 1]! + 1;
      for (let d = 0; d < D; d++) shared[sums + 2] = shared[sums + 2]! + losses[1 + d]! / D;
    },
    meanLosses() {
      const count = shared[sums + 1]!;
      return {
        "losses/value": count > 0 ? shared[sums]! / count : Number.NaN,
        "losses/orders": count > 0 ? shared[sums + 2]! / count : Number.NaN,
      };
    },
    forget(): void {
      shared.fill(0, sums);
    },
  };
}
