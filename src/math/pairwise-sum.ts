// Sums in one fixed order, whoever computes the parts: leaves of 128 elements, then a binary tree over the leaves.
// The rounding error grows with log₂ n instead of n (Higham 1993, "The accuracy of floating point summation").
//
// A caller that holds part of the elements sums its own leaves with `blockSums` and any caller adds them up with `combineSums`;
// the result has the same bits as `pairwiseSum` over all elements, provided that parts begin at multiples of SUM_BLOCK.

export const SUM_BLOCK = 128;

/** x[from] + … + x[to − 1]; leaves are counted from `from`. */
export function pairwiseSum(x: ArrayLike<number>, from = 0, to = x.length): number {
  if (to - from <= SUM_BLOCK) return blockSum(x, from, to);
  return tree(x, from, to, leafSum, Math.ceil((to - from) / SUM_BLOCK));
}

/** Writes the leaf sums of x[from, to) to out[0], out[1], …: one per SUM_BLOCK elements, the last perhaps shorter. */
export function blockSums(out: Float64Array, x: ArrayLike<number>, from = 0, to = x.length): void {
  const leaves = Math.ceil((to - from) / SUM_BLOCK);
  for (let leaf = 0; leaf < leaves; leaf++) out[leaf] = leafSum(x, from, to, leaf);
}

/** The sum of all leaves, given their sums in order. */
export function combineSums(sums: ArrayLike<number>, count = sums.length): number {
  return tree(sums, 0, count, pick, count);
}

// Neighbours are added level by level, ((0 + 1) + (2 + 3)) + …, an odd one out moving up unchanged. Equivalently: whenever a
// leaf completes a power of two, as the trailing ones of its index say, it absorbs the sums waiting on the stack.
const stack = new Float64Array(64);

function tree(
  x: ArrayLike<number>,
  from: number,
  to: number,
  leafOf: (x: ArrayLike<number>, from: number, to: number, leaf: number) => number,
  leaves: number,
): number {
  let depth = 0;
  for (let leaf = 0; leaf < leaves; leaf++) {
    let sum = leafOf(x, from, to, leaf);
    for (let ones = leaf; ones & 1; ones >>>= 1) sum = stack[--depth] + sum;
    stack[depth++] = sum;
  }
  if (depth === 0) return 0;
  let sum = stack[--depth];
  while (depth > 0) sum = stack[--depth] + sum;
  return sum;
}

function leafSum(x: ArrayLike<number>, from: number, to: number, leaf: number): number {
  const start = from + leaf * SUM_BLOCK;
  return blockSum(x, start, Math.min(start + SUM_BLOCK, to));
}

function pick(sums: ArrayLike<number>, _from: number, _to: number, leaf: number): number {
  return sums[leaf];
}

// Four running sums: a single one would wait for each addition to finish.
function blockSum(x: ArrayLike<number>, from: number, to: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = from;
  for (; i + 3 < to; i += 4) {
    a += x[i];
    b += x[i + 1];
    c += x[i + 2];
    d += x[i + 3];
  }
  let sum = a + b + (c + d);
  for (; i < to; i++) sum += x[i];
  return sum;
}
