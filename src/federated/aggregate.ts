// One update from many: the mean, and what stands up to participants who lie.
// Coordinate median and trimmed mean: Yin et al. 2018, "Byzantine-robust distributed learning". Krum: Blanchard et al. 2017, "Machine learning with adversaries".

/** Updates of participants, all of one length. */
export type Updates = readonly ArrayLike<number>[];

function lengthOf(where: string, updates: Updates): number {
  if (updates.length === 0) throw new Error(`${where}: got no updates, expected at least one.`);
  const { length } = updates[0];
  for (const update of updates)
    if (update.length !== length)
      throw new Error(`${where}: got updates of ${length} and of ${update.length} numbers, expected one length.`);
  return length;
}

/** Σ w_i u_i/Σ w_i; default: all alike. */
export function weightedMean(updates: Updates, weights: readonly number[] = updates.map(() => 1)): Float64Array {
  const out = new Float64Array(lengthOf("weightedMean", updates));
  let total = 0;
  for (const weight of weights) total += weight;
  if (weights.length !== updates.length || !(total > 0))
    throw new Error(
      `weightedMean: got weights [${weights}] for ${updates.length} updates, expected one each, above 0 in all.`,
    );
  updates.forEach((update, i) => {
    for (let k = 0; k < out.length; k++) out[k] += (weights[i] / total) * update[k];
  });
  return out;
}

/** Each number's median: right while fewer than half lie. */
export const coordinateMedian = (updates: Updates): Float64Array =>
  trimmedMean(updates, Math.floor((updates.length - 1) / 2));

/** Each number's mean without the `trim` lowest and highest. */
export function trimmedMean(updates: Updates, trim: number): Float64Array {
  const out = new Float64Array(lengthOf("trimmedMean", updates));
  const n = updates.length;
  if (!(Number.isInteger(trim) && trim >= 0 && 2 * trim < n))
    throw new Error(
      `trimmedMean: got ${trim} of ${n} to trim on each side, expected an integer from 0 and less than half.`,
    );
  const values = new Float64Array(n);
  for (let k = 0; k < out.length; k++) {
    for (let i = 0; i < n; i++) values[i] = updates[i][k];
    values.sort(); // NaN last, as the largest
    let sum = 0;
    for (let i = trim; i < n - trim; i++) sum += values[i];
    out[k] = sum / (n - 2 * trim);
  }
  return out;
}

/** Position of the update that is nearest to its n − liars − 2 nearest others: it needs n ≥ 2 liars + 3. */
export function krum(updates: Updates, liars: number): number {
  const length = lengthOf("krum", updates);
  const n = updates.length;
  if (!(Number.isInteger(liars) && liars >= 0 && n >= 2 * liars + 3))
    throw new Error(`krum: got ${n} updates and ${liars} liars, expected at least ${2 * liars + 3} updates.`);
  const scores = updates.map((update, i) => {
    const distances = updates.flatMap((other, j) => {
      if (i === j) return [];
      let sum = 0;
      for (let k = 0; k < length; k++) sum += (update[k] - other[k]) * (update[k] - other[k]);
      return [Number.isNaN(sum) ? Infinity : sum];
    });
    return distances
      .sort((a, b) => a - b)
      .slice(0, n - liars - 2)
      .reduce((sum, distance) => sum + distance, 0);
  });
  return scores.indexOf(Math.min(...scores));
}
