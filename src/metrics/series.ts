// What every estimator of a series asks of it first.

/** A copy of a series with `least` values or more, all of them finite. `where` begins the error. */
export function finiteSeries(where: string, x: ArrayLike<number>, least: number): Float64Array {
  if (x.length < least)
    throw new Error(`${where}: got ${x.length} values, expected at least ${least}. Give it a longer series.`);
  const copy = Float64Array.from(x);
  const bad = copy.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0)
    throw new Error(`${where}: value ${bad} is ${copy[bad]}, expected finite numbers. Leave such values out first.`);
  return copy;
}

/** The same, of values above 0. */
export function positiveSeries(where: string, x: ArrayLike<number>, least: number): Float64Array {
  const copy = finiteSeries(where, x, least);
  const bad = copy.findIndex((value) => !(value > 0));
  if (bad >= 0) throw new Error(`${where}: value ${bad} is ${copy[bad]}, expected values above 0.`);
  return copy;
}

export function wholeAtLeast(where: string, name: string, value: number, least: number): void {
  if (!(Number.isInteger(value) && value >= least))
    throw new Error(`${where}: got ${name} ${value}, expected a whole number from ${least}.`);
}
