// Lives: populations whose rows are left and taken again. A row lives while its `lives` column is not 0; it is vacant from the end of the period in which it was left, when its last
// reward has been read, until somebody enters.

import type { AnyRows } from "./population.ts";

/** The column of a population's vacant rows, among the columns of worlds; kept by the machinery. */
export const vacantOf = (population: string): string => `${population}/vacant`;

/** The values of those who live: `gini(living(k.wealth, k.alive))`. */
export function living(values: ArrayLike<number>, alive: ArrayLike<number>): Float64Array {
  let n = 0;
  for (let i = 0; i < alive.length; i++) if (alive[i]) n++;
  const out = new Float64Array(n);
  for (let i = 0, k = 0; i < alive.length; i++) if (alive[i]) out[k++] = values[i]!;
  return out;
}

const VACANT = Symbol("vacant");
/** Rows of one world, which remember the column of those that are vacant. */
export const withVacant = <R extends object>(rows: R, vacant: ArrayLike<number>): R =>
  Object.defineProperty(rows, VACANT, { value: vacant });

/** A column [rows × items] as it stands in this period: what the dead left behind in vacant rows is 0. */
export function ofThisPeriod(rows: AnyRows, column: string): Float64Array {
  const values = rows[column] as ArrayLike<number>;
  const vacant = (rows as { readonly [VACANT]?: ArrayLike<number> })[VACANT];
  const items = values.length / rows.size;
  return Float64Array.from(values, (x, k) => (vacant?.[Math.floor(k / items)] ? 0 : x));
}
