// Prioritised replay, in proportion to errors (Schaul et al. 2016, https://arxiv.org/abs/1511.05952, §3.3–3.4, algorithm 1):
//
//   P(i) = p_i^α / Σ_j p_j^α,  p_i = |error_i| + ε,     w_i = (n P(i))^−β / max_j (n P(j))^−β = (min_j P(j) / P(i))^β
//
// What is new has the largest priority there has been, so that everything is soon seen once. The maximum that scales weights is the minibatch's.
import type { Arena } from "../../kernels/arena.ts";
import { pow } from "../../math/index.ts";
import { sumTree, sumTreeSize } from "./sum-tree.ts";

/** ε: no transition is given up for good. */
const LEAST_PRIORITY = 1e-6;

export type Priorities = ReturnType<typeof createPriorities>;

/** For `places` transitions, none of which may be drawn at first. */
export function createPriorities(arena: Arena, places: number, priorityExponent: number) {
  const nodes = arena.f64(sumTreeSize(places));
  const largest = arena.f64(1);
  const tree = sumTree(nodes);
  return {
    /** Live arrays, for checkpoints. */
    state: { priorities: nodes, largestPriority: largest },
    begin() {
      largest[0] = 1;
    },
    /** Places `from` … `to` − 1 can be drawn. */
    enter(from: number, to: number): void {
      tree.fill(from, to, pow(largest[0], priorityExponent));
    },
    /** They can no longer. */
    leave(from: number, to: number): void {
      tree.fill(from, to, 0);
    },
    /**
     * Places and weights of rows `from` … `from` + weights.length − 1 of a minibatch of masses.length: row b from the b-th of equal parts of all
     * mass, at the share masses[b] of it.
     */
    draw(places: Int32Array, weights: Float32Array, masses: Float64Array, from: number, importance: number): void {
      const B = masses.length;
      let least = Number.POSITIVE_INFINITY; // of the whole minibatch: every shard finds it out for itself
      for (let b = 0; b < B; b++) {
        const place = tree.find(((b + masses[b]) / B) * tree.total);
        least = Math.min(least, tree.get(place));
        if (b >= from && b < from + weights.length) places[b] = place;
      }
      for (let b = 0; b < weights.length; b++) weights[b] = pow(least / tree.get(places[from + b]), importance);
    },
    /** What they now weigh. */
    learned(places: Int32Array, errors: Float32Array): void {
      for (let b = 0; b < places.length; b++) {
        const priority = Math.abs(errors[b]) + LEAST_PRIORITY;
        largest[0] = Math.max(largest[0], priority);
        tree.set(places[b], pow(priority, priorityExponent));
      }
    },
  };
}
