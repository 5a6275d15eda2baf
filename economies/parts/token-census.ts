// What is counted of the token economy's traders each midnight, and the law of their wealth by classes.
import { math } from "walras";
import { CELLS, cellOf } from "./crowd-clusters.ts";
import { TOLD, UNITS } from "./token-orders.ts";
import { sdOf, stepOf, ZERO } from "./token-sentiment.ts";

const { pow } = math;

/** Classes of wealth, each √2 times the one before, from an eighth of a unit of money on; then sums over communities. */
export const CLASSES = 64;
const FIRST_CLASS = 1 / 8;
export const [COMMUNITIES, SUM, SQUARES, COMMUNITY_SQUARES] = [0, 1, 2, 3];
/** Cuts fall on multiples of so many rows; communities across such an edge are left out of correlations. */
const BLOCK = 4096;

/** Sums that traders report. */
export const accountsOf = (p: { readonly markets: number }): number => TOLD * p.markets + CLASSES + 4 + 3 * CELLS;

/** Classes of wealth, products of sentiment in communities, and traders, their wealth and their money by sentiment and wealth. */
export function census(
  k: {
    readonly money: Float64Array;
    readonly tokens: Int32Array;
    readonly sentiment: Uint8Array;
    readonly size: number;
  },
  from: number,
  to: number,
  price: Float64Array,
  M: number,
  p: { readonly influence: number; readonly community: number },
  send: (row: number, amount: number) => void,
): void {
  const { community } = p;
  const perStep = stepOf(p) / sdOf(p);
  const counts = new Float64Array(CELLS);
  const [held, inMoney] = [new Float64Array(CELLS), new Float64Array(CELLS)];
  const classes = new Float64Array(CLASSES);
  const bounds = classes.map((_, c) => UNITS * boundOf(c));
  for (let i = from; i < to; i++) {
    let wealth = k.money[i];
    for (let m = 0; m < M; m++) wealth += k.tokens[i * M + m] * price[m];
    let c = 0;
    for (let half = CLASSES / 2; half >= 1; half /= 2) if (wealth >= bounds[c + half]) c += half;
    classes[c]++;
    const cell = cellOf(perStep * (k.sentiment[i] - ZERO), c >> 1);
    counts[cell]++;
    held[cell] += Math.round(wealth / UNITS);
    inMoney[cell] += Math.round(k.money[i] / UNITS);
  }
  for (let c = 0; c < CLASSES; c++) if (classes[c] > 0) send(TOLD * M + c, classes[c]);
  const cells = TOLD * M + CLASSES + 4;
  for (let cell = 0; cell < CELLS; cell++)
    if (counts[cell] > 0) {
      send(cells + cell, counts[cell]);
      send(cells + CELLS + cell, held[cell]);
      send(cells + 2 * CELLS + cell, inMoney[cell]);
    }
  const sums = [0, 0, 0, 0];
  for (let first = Math.ceil(from / community) * community; first + community <= to; first += community) {
    if (Math.floor(first / BLOCK) !== Math.floor((first + community - 1) / BLOCK)) continue;
    let sum = 0;
    let squares = 0;
    for (let i = first; i < first + community; i++) {
      const x = k.sentiment[i] - ZERO;
      sum += x;
      squares += x * x;
    }
    sums[COMMUNITIES]++;
    sums[SUM] += sum;
    sums[SQUARES] += squares;
    sums[COMMUNITY_SQUARES] += sum * sum;
  }
  sums.forEach((sum, which) => {
    if (sum !== 0) send(TOLD * M + CLASSES + which, sum);
  });
}

/** Wealth at which class c begins, but the first, which has all below the second. */
function boundOf(c: number): number {
  const doubled = FIRST_CLASS * pow(2, Math.floor(c / 2));
  return c % 2 === 0 ? doubled : doubled * Math.SQRT2;
}

/** Gini coefficient of classes, everybody in the middle of theirs. */
export function giniOf(classes: Float64Array): number {
  let [people, total, twice] = [0, 0, 0];
  for (let c = 0; c < CLASSES; c++) {
    twice += classes[c] * middleOf(c) * (2 * people + classes[c]);
    people += classes[c];
    total += classes[c] * middleOf(c);
  }
  return total > 0 ? twice / (people * total) - 1 : 0;
}

const middleOf = (c: number): number => (c === 0 ? 0 : (boundOf(c) + boundOf(c + 1)) / 2);

/** Share of wealth of the poorest, a class in proportion. */
export function lorenzOf(classes: Float64Array, share: number): number {
  let [people, total] = [0, 0];
  for (let c = 0; c < CLASSES; c++) {
    people += classes[c];
    total += classes[c] * middleOf(c);
  }
  let [left, held] = [share * people, 0];
  for (let c = 0; c < CLASSES && left > 0; c++) {
    const counted = Math.min(left, classes[c]);
    held += counted * middleOf(c);
    left -= counted;
  }
  return total > 0 ? held / total : 0;
}

export function richerOf(classes: Float64Array, wealth: number): number {
  let [people, richer] = [0, 0];
  for (let c = 0; c < CLASSES; c++) {
    people += classes[c];
    if (boundOf(c) >= wealth) richer += classes[c];
  }
  return people > 0 ? richer / people : 0;
}
