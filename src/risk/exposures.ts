// Who is exposed to whom: a sparse matrix in compressed rows, as the links of an economy are.

export interface Exposures {
  /** The entries of row i are start[i] … start[i + 1] − 1. */
  readonly start: ArrayLike<number>;
  readonly target: ArrayLike<number>;
  /** Value of each entry: what is owed, or how much of a loss is passed on. */
  readonly amount: ArrayLike<number>;
}

/** Exposures in typed arrays. */
export interface PackedExposures {
  readonly start: Int32Array;
  readonly target: Int32Array;
  readonly amount: Float64Array;
}

/** The entries of a square matrix that are not 0. Throws unless it is square, its numbers are finite and at least 0, and its diagonal is 0. */
export function exposuresOf(matrix: readonly ArrayLike<number>[]): Exposures {
  const n = matrix.length;
  const start = new Int32Array(n + 1);
  const target: number[] = [];
  const amount: number[] = [];
  matrix.forEach((row, i) => {
    if (row.length !== n)
      throw new Error(`exposuresOf: row ${i} has ${row.length} numbers, expected ${n}, one per row.`);
    for (let j = 0; j < n; j++) {
      const x = row[j]!;
      if (!(x >= 0 && x < Number.POSITIVE_INFINITY))
        throw new Error(`exposuresOf: row ${i}, column ${j} is ${x}, expected a finite number from 0 on.`);
      if (x === 0) continue;
      if (i === j) throw new Error(`exposuresOf: row ${i} is exposed to itself by ${x}, expected 0 on the diagonal.`);
      target.push(j);
      amount.push(x);
    }
    start[i + 1] = target.length;
  });
  return { start, target: Int32Array.from(target), amount: Float64Array.from(amount) };
}

/** The same entries by column: rows of the result name who is exposed to them. */
export function transposed(exposures: Exposures): PackedExposures {
  const { start, target, amount } = packed(exposures, "transposed");
  const n = start.length - 1;
  const first = new Int32Array(n + 1);
  const entries = start[n]!;
  for (let l = 0; l < entries; l++) first[target[l]! + 1] = first[target[l]! + 1]! + 1;
  for (let j = 0; j < n; j++) first[j + 1] = first[j + 1]! + first[j]!;
  const next = first.slice();
  const sources = new Int32Array(entries);
  const amounts = new Float64Array(entries);
  for (let i = 0; i < n; i++)
    for (let l = start[i]!; l < start[i + 1]!; l++) {
      const at = next[target[l]!]!;
      next[target[l]!] = at + 1;
      sources[at] = i;
      amounts[at] = amount[l]!;
    }
  return { start: first, target: sources, amount: amounts };
}

/**
 * The same in typed arrays, which loops read several times faster than numbers of any kind of list; what is one already is kept. Throws, in the name of `where`, unless rows follow each other and
 * name banks that there are.
 */
export function packed({ start, target, amount }: Exposures, where: string): PackedExposures {
  const n = start.length - 1;
  if (!(n >= 0 && start[0] === 0))
    throw new Error(`${where}: start is ${start[0]} at first, expected 0 and an end for each bank.`);
  for (let i = 0; i < n; i++)
    if (!(start[i + 1]! >= start[i]! && start[i + 1]! <= Math.min(target.length, amount.length)))
      throw new Error(
        `${where}: the entries of bank ${i} end at ${start[i + 1]}, expected from ${start[i]} to ${Math.min(target.length, amount.length)}, the number of entries.`,
      );
  for (let l = 0; l < start[n]!; l++)
    if (!(target[l]! >= 0 && target[l]! < n && Number.isInteger(target[l])))
      throw new Error(`${where}: entry ${l} names bank ${target[l]}, expected one from 0 to ${n - 1}.`);
  return {
    start: start instanceof Int32Array ? start : Int32Array.from(start),
    target: target instanceof Int32Array ? target : Int32Array.from(target),
    amount: amount instanceof Float64Array ? amount : Float64Array.from(amount),
  };
}
