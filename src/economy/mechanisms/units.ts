// Money and tokens in whole units of 2⁻²⁰, about a millionth: sums of such amounts are exact below 2³³, in any order.
export const UNIT = 1 / 1048576; // 2⁻²⁰
const UNITS = 1048576;

/** To a whole number of units, towards 0. */
export const roundDown = (x: number): number => Math.trunc(x * UNITS) * UNIT;
/** To a whole number of units, upwards. */
export const roundUp = (x: number): number => Math.ceil(x * UNITS) * UNIT;
/** To the nearest whole number of units. */
export const roundNearest = (x: number): number => Math.round(x * UNITS) * UNIT;
