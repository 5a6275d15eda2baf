// Products of all pairs from sums: Σ_{i≠j} x_i x_j = (Σ x)² − Σ x². Correlations of crowds in clusters cost as much as adding them up.

export interface PairMoments {
  /** Mean product of two in the same cluster. */
  readonly within: number;
  /** Mean product of two in different clusters. */
  readonly across: number;
  /** Mean square. */
  readonly variance: number;
}

/** Means over pairs of rows in clusters of `size`, by the sums of each cluster; smaller clusters are left out. Without pairs of a kind their mean is 0. */
export function pairMoments(
  { sum, squares, members }: Readonly<Record<"sum" | "squares" | "members", ArrayLike<number>>>,
  size: number,
): PairMoments {
  let [full, total, own, all] = [0, 0, 0, 0];
  for (let c = 0; c < members.length; c++) {
    if (members[c] !== size) continue;
    full++;
    total += sum[c];
    own += sum[c] * sum[c];
    all += squares[c];
  }
  return {
    within: full > 0 && size > 1 ? (own - all) / (full * size * (size - 1)) : 0,
    across: full > 1 ? (total * total - own) / (full * (full - 1) * size * size) : 0,
    variance: full > 0 ? all / (full * size) : 0,
  };
}

export const ratio = (products: number, squares: number): number => (squares > 0 ? products / squares : 0);
