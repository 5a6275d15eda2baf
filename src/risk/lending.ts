// Who owes whom where only totals are known: the most even network with those totals, and one with few links.
// Upper & Worms 2004, European Economic Review 48, 827 (maximum entropy, by RAS); Anand, Craig & von Peter 2015, Quantitative Finance 15, 625 (minimum density).
//
//   Σ_j L_ij = owed_i,   Σ_i L_ij = lent_j,   L_ii = 0
//   most even:  L_ij = r_i c_j for i ≠ j, rows and columns scaled in turns (Sinkhorn)
//   few links:  the largest of what is still owed meets the largest of what is still lent, so that each link exhausts one of the two
import { requireConverged } from "../math/index.ts";
import { type Exposures, exposuresOf } from "./exposures.ts";

const SCALINGS = 20_000;

/**
 * The network of maximum entropy in which bank i owes owed[i] and has lent lent[i], nobody to itself: all links but those of banks without totals. Totals are met to a relative 10⁻¹².
 * Throws where sums of totals differ, or a bank owes and has lent more than all others can meet.
 */
export function maximumEntropy(owed: ArrayLike<number>, lent: ArrayLike<number>): Exposures {
  const n = checkedTotals("maximumEntropy", owed, lent);
  const [row, column] = [Float64Array.from(owed), Float64Array.from(lent)]; // r, c
  const total = column.reduce((sum, x) => sum + x, 0);
  if (total > 0) for (let i = 0; i < n; i++) row[i] = row[i]! / total;
  let residual = 0;
  for (let k = 0; k < SCALINGS; k++) {
    residual = 0;
    let all = row.reduce((sum, x) => sum + x, 0);
    for (let j = 0; j < n; j++) if (lent[j]! > 0) column[j] = lent[j]! / (all - row[j]!);
    all = column.reduce((sum, x) => sum + x, 0);
    for (let i = 0; i < n; i++) {
      if (!(owed[i]! > 0)) continue;
      const before = row[i]! * (all - column[i]!);
      residual = Math.max(residual, Math.abs(before / owed[i]! - 1));
      row[i] = (row[i]! * owed[i]!) / before;
    }
    if (residual < 1e-13) break;
  }
  requireConverged("maximumEntropy", residual, 1e-12, "A bank owes and has lent nearly all; spread totals out.");
  return exposuresOf(Array.from(row, (r, i) => Float64Array.from(column, (c, j) => (i === j ? 0 : r * c))));
}

/**
 * A network with those totals and few links: at most 2n − 1, and 2 more where the last total left would be a bank's debt to itself. Totals that are equal meet first. The fewest possible is not searched for.
 * Throws as `maximumEntropy`.
 */
export function minimumDensity(owed: ArrayLike<number>, lent: ArrayLike<number>): Exposures {
  const n = checkedTotals("minimumDensity", owed, lent);
  const [debt, claim] = [Float64Array.from(owed), Float64Array.from(lent)]; // still to be placed
  const matrix = Array.from({ length: n }, () => new Float64Array(n));
  const least = 1e-14 * debt.reduce((sum, x) => sum + x, 0); // what rounding leaves
  const place = (i: number, j: number, amount: number): void => {
    matrix[i]![j] = matrix[i]![j]! + amount;
    debt[i] = amount >= debt[i]! - least ? 0 : debt[i]! - amount;
    claim[j] = amount >= claim[j]! - least ? 0 : claim[j]! - amount;
  };
  for (let i = 0; i < n; i++) {
    if (debt[i] === 0) continue;
    const j = claim.findIndex((x, j) => j !== i && x === debt[i]);
    if (j >= 0) place(i, j, debt[i]!);
  }
  for (;;) {
    // A bank that is the largest on both sides takes the next largest on one of them.
    const [i, j] = largestPair(debt, claim);
    if (i < 0 || j < 0) break;
    place(i, j, Math.min(debt[i]!, claim[j]!));
  }
  const last = debt.findIndex((x) => x > 0);
  for (let a = 0; a < n && last >= 0 && debt[last]! > 0; a++)
    for (let b = 0; b < n && debt[last]! > 0; b++) {
      // a owes b: instead a owes the last, who owes b
      const moved = Math.min(matrix[a]![b]!, debt[last]!);
      if (a === last || b === last || moved === 0) continue;
      matrix[a]![b] = matrix[a]![b]! - moved;
      matrix[a]![last] = matrix[a]![last]! + moved;
      place(last, b, moved);
    }
  return exposuresOf(matrix);
}

/** The row with most debt and the column with most claims that are not the same bank; −1 where there is none. */
function largestPair(debt: Float64Array, claim: Float64Array): [number, number] {
  const largest = (x: Float64Array, but: number): number => {
    let best = -1;
    for (let i = 0; i < x.length; i++) if (i !== but && x[i]! > 0 && (best < 0 || x[i]! > x[best]!)) best = i;
    return best;
  };
  const [i, j] = [largest(debt, -1), largest(claim, -1)];
  if (i !== j) return [i, j];
  const [otherDebtor, otherCreditor] = [largest(debt, i), largest(claim, j)];
  if (otherCreditor < 0) return [otherDebtor, j];
  return otherDebtor >= 0 && debt[otherDebtor]! > claim[otherCreditor]! ? [otherDebtor, j] : [i, otherCreditor];
}

function checkedTotals(name: string, owed: ArrayLike<number>, lent: ArrayLike<number>): number {
  const n = owed.length;
  if (lent.length !== n) throw new Error(`${name}: got lent of ${lent.length} banks, expected ${n}.`);
  let [debts, claims] = [0, 0];
  for (let i = 0; i < n; i++) {
    for (const [what, x] of [
      ["owes", owed[i]!],
      ["has lent", lent[i]!],
    ] as const)
      if (!(x >= 0 && x < Number.POSITIVE_INFINITY))
        throw new Error(`${name}: bank ${i} ${what} ${x}, expected a finite number from 0 on.`);
    debts += owed[i]!;
    claims += lent[i]!;
  }
  if (Math.abs(debts - claims) > 1e-9 * Math.max(debts, claims))
    throw new Error(`${name}: banks owe ${debts} and have lent ${claims}, expected the same.`);
  for (let i = 0; i < n; i++)
    if (owed[i]! + lent[i]! > debts * (1 + 1e-12))
      throw new Error(
        `${name}: bank ${i} owes ${owed[i]} and has lent ${lent[i]} of ${debts}, expected no more than that together: others can meet no more.`,
      );
  return n;
}
