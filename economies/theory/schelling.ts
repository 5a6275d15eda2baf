// A town whose residents are put into its cells at random: how alike neighbours are, and who is happy. Exact, by drawing cells without replacement.

/** Law of the number of marked among `drawn` of `total`, of which `marked` are marked. */
export function hypergeometric(total: number, marked: number, drawn: number): Float64Array {
  const law = new Float64Array(drawn + 1);
  const [least, most] = [Math.max(0, drawn - (total - marked)), Math.min(drawn, marked)];
  // Ratios from the mode outwards, then scaled, so that nothing underflows before it matters.
  const mode = Math.min(most, Math.max(least, Math.floor(((drawn + 1) * (marked + 1)) / (total + 2))));
  const up = (k: number): number => ((marked - k) * (drawn - k)) / ((k + 1) * (total - marked - drawn + k + 1));
  law[mode] = 1;
  let sum = 1;
  for (let k = mode; k < most; k++) sum += law[k + 1] = law[k] * up(k);
  for (let k = mode; k > least; k--) sum += law[k - 1] = law[k] / up(k - 1);
  for (let k = least; k <= most; k++) law[k] /= sum;
  return law;
}

/** Σ_g n_g (n_g − 1)/(N (N − 1)): the expected share of like neighbours. */
export function likeShare(types: readonly number[]): number {
  const N = types.reduce((sum, n) => sum + n, 0);
  return types.reduce((sum, n) => sum + (n * (n - 1)) / (N * (N - 1)), 0);
}

/** Expected share of residents who are happy: of the cells around one a hypergeometric number is taken, and of those who live there another is alike. */
export function firstHappiness(town: {
  readonly cells: number;
  readonly types: readonly number[];
  readonly radius: number;
  readonly wantedShare: number;
  readonly wantedCount: number;
}): number {
  const { cells, types, radius, wantedShare, wantedCount } = town;
  const N = types.reduce((sum, n) => sum + n, 0);
  const around = hypergeometric(cells - 1, N - 1, 4 * radius * (radius + 1));
  let happy = 0;
  for (let near = 0; near < around.length; near++) {
    if (around[near] === 0) continue;
    for (const own of types) {
      if (own === 0) continue;
      const alike = hypergeometric(N - 1, own - 1, near);
      for (let like = 0; like <= near; like++)
        if (like >= wantedCount && (near > 0 ? like / near : 0) >= wantedShare)
          happy += (own / N) * around[near] * alike[like];
    }
  }
  return happy;
}
