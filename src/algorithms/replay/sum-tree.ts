// A binary tree of sums over n weights: setting one and drawing by weight both take log₂ n steps.
// Schaul et al. 2016, https://arxiv.org/abs/1511.05952, appendix B.2.1.
//
// Node 1 is the sum of all, node k that of nodes 2k and 2k + 1; leaves are the second half. Every node is a function of the leaves alone,
// in whatever order they were set, so nothing drifts and every thread sees the same.

export interface SumTree {
  readonly total: number;
  get(leaf: number): number;
  set(leaf: number, weight: number): void;
  /** The same weight for leaves `from` … `to` − 1. */
  fill(from: number, to: number, weight: number): void;
  /** The leaf that holds `mass` when weights are laid end to end, for 0 ≤ mass < total; never one of weight 0. */
  find(mass: number): number;
}

/** Numbers that a tree over n leaves needs. */
export const sumTreeSize = (leaves: number): number => {
  let size = 2;
  while (size < 2 * leaves) size *= 2;
  return size;
};

/** On `nodes` [sumTreeSize(n)], which hold all there is to remember. */
export function sumTree(nodes: Float64Array): SumTree {
  const half = nodes.length / 2;
  return {
    get total() {
      return nodes[1];
    },
    get: (leaf) => nodes[half + leaf],
    set(leaf, weight) {
      let k = half + leaf;
      nodes[k] = weight;
      for (k >>= 1; k >= 1; k >>= 1) nodes[k] = nodes[2 * k] + nodes[2 * k + 1];
    },
    fill(from, to, weight) {
      if (from >= to) return;
      nodes.fill(weight, half + from, half + to);
      for (let first = (half + from) >> 1, last = (half + to - 1) >> 1; first >= 1; first >>= 1, last >>= 1)
        for (let k = first; k <= last; k++) nodes[k] = nodes[2 * k] + nodes[2 * k + 1];
    },
    find(mass) {
      let k = 1;
      while (k < half) {
        const left = nodes[2 * k];
        // Rounding may leave as much mass as there is, or more: what has no weight is not entered.
        const goLeft = mass < left || nodes[2 * k + 1] === 0;
        if (!goLeft) mass -= left;
        k = goLeft ? 2 * k : 2 * k + 1;
      }
      return k - half;
    },
  };
}
