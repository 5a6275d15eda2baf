/** The first of the largest among `count` cells of a table, counted from `from`. */
export function argmax(table: ArrayLike<number>, from: number, count: number): number {
  let best = 0;
  for (let a = 1; a < count; a++) if (table[from + a] > table[from + best]) best = a;
  return best;
}
