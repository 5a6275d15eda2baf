// Clearing payments among banks that owe each other: everybody pays in full or all that it has, in proportion to its debts.
// Eisenberg & Noe 2001, Management Science 47, 236; with costs of bankruptcy Rogers & Veraart 2013, Management Science 59, 882.
//
//   p_i = p̄_i                          if e_i + Σ_j π_ji p_j ≥ p̄_i,   p̄_i = Σ_j L_ij, π_ij = L_ij/p̄_i
//   p_i = α e_i + β Σ_j π_ji p_j        else: bank i is in default
//
// The greatest solution, by fictitious defaults: from payments in full, banks that cannot pay are in default, their payments solve linear equations, and that may make
// others unable to. Payments only fall, so that no bank leaves default.
import { requireConverged } from "../math/index.ts";
import { type Exposures, transposed } from "./exposures.ts";

export interface ClearingOptions {
  /** α: share of a defaulter's own assets that its creditors get. From 0 to 1. Default 1. */
  readonly assetRecovery?: number;
  /** β: share of payments to a defaulter that its creditors get. From 0 to 1. Default 1. */
  readonly claimRecovery?: number;
}

export interface Clearing {
  /** p: paid by each bank, on all its debts. */
  readonly payments: Float64Array;
  /** What each bank has once it has paid; 0 in default. */
  readonly equity: Float64Array;
  /** 1: does not pay in full. */
  readonly defaults: Uint8Array;
  /** Round in which a bank defaults: 1 for those whose own assets and all claims do not suffice, later for those whom others pull down; 0: it pays. */
  readonly round: Int32Array;
  /** Σ p̄ − p. */
  readonly loss: number;
}

/** Defaulters' equations are solved by elimination up to so many, and by sweeps beyond. */
const DENSE = 300;
const SWEEPS = 100_000;

/**
 * Clears `liabilities`: bank i owes amount[l] to target[l]. `assets` are what each bank has beside its claims on others, at least 0.
 * Throws where lengths differ, a number is negative or not finite, or sweeps do not settle.
 */
export function clear(liabilities: Exposures, assets: ArrayLike<number>, options: ClearingOptions = {}): Clearing {
  const { assetRecovery: α = 1, claimRecovery: β = 1 } = options;
  const { start, amount } = liabilities;
  const n = start.length - 1;
  if (assets.length !== n) throw new Error(`clear: got assets of ${assets.length} banks, expected ${n}.`);
  for (const [name, share] of [
    ["assetRecovery", α],
    ["claimRecovery", β],
  ] as const)
    if (!(share >= 0 && share <= 1)) throw new Error(`clear: ${name} is ${share}, expected a share from 0 to 1.`);
  const owed = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    if (!(assets[i]! >= 0 && assets[i]! < Number.POSITIVE_INFINITY))
      throw new Error(`clear: assets of bank ${i} are ${assets[i]}, expected a finite number from 0 on.`);
    for (let l = start[i]!; l < start[i + 1]!; l++) {
      if (!(amount[l]! >= 0 && amount[l]! < Number.POSITIVE_INFINITY))
        throw new Error(`clear: bank ${i} owes ${amount[l]}, expected a finite number from 0 on.`);
      owed[i] = owed[i]! + amount[l]!;
    }
  }
  const claims = transposed(liabilities);
  const payments = owed.slice();
  const paid = new Float64Array(n).fill(1); // p_i/p̄_i
  /** Σ_j π_ji p_j */
  const received = (i: number): number => {
    let sum = 0;
    const to = claims.start[i + 1]!;
    for (let l = claims.start[i]!; l < to; l++) sum += claims.amount[l]! * paid[claims.target[l]!]!;
    return sum;
  };
  const round = new Int32Array(n);
  const defaulters: number[] = [];
  for (let r = 1; ; r++) {
    const before = defaulters.length;
    for (let i = 0; i < n; i++) {
      // Payments in full are sums in another order than claims: what rounding leaves is no default
      if (round[i] === 0 && assets[i]! + received(i) < owed[i]! * (1 - 1e-14)) {
        round[i] = r;
        defaulters.push(i);
      }
    }
    if (defaulters.length === before) break;
    if (defaulters.length <= DENSE) eliminate(defaulters);
    else sweep(defaulters);
  }
  const equity = Float64Array.from(payments, (_, i) =>
    round[i] === 0 ? Math.max(0, assets[i]! + received(i) - owed[i]!) : 0,
  );
  const defaults = Uint8Array.from(round, (r) => (r > 0 ? 1 : 0));
  return { payments, equity, defaults, round, loss: owed.reduce((sum, x, i) => sum + x - payments[i]!, 0) };

  /** p_i − β Σ_{j in default} π_ji p_j = α e_i + β Σ_{j pays} π_ji p̄_j. A set of defaulters always loses something to others, so that nothing need be exchanged. */
  function eliminate(banks: readonly number[]): void {
    const place = new Map(banks.map((i, k) => [i, k]));
    const right = new Float64Array(banks.length);
    const rows = banks.map((i, k) => {
      const row = new Float64Array(banks.length);
      row[k] = 1;
      right[k] = α * assets[i]!;
      for (let l = claims.start[i]!; l < claims.start[i + 1]!; l++) {
        const debtor = claims.target[l]!;
        const share = (β * claims.amount[l]!) / owed[debtor]!;
        const at = place.get(debtor);
        if (at === undefined) right[k] = right[k]! + share * payments[debtor]!;
        else row[at] = row[at]! - share;
      }
      return row;
    });
    const m = banks.length;
    for (let k = 0; k < m; k++)
      for (let i = k + 1; i < m; i++) {
        const factor = rows[i]![k]! / rows[k]![k]!;
        if (factor === 0) continue;
        for (let j = k; j < m; j++) rows[i]![j] = rows[i]![j]! - factor * rows[k]![j]!;
        right[i] = right[i]! - factor * right[k]!;
      }
    for (let k = m - 1; k >= 0; k--) {
      for (let j = k + 1; j < m; j++) right[k] = right[k]! - rows[k]![j]! * right[j]!;
      right[k] = right[k]! / rows[k]![k]!;
      payments[banks[k]!] = right[k]!;
      paid[banks[k]!] = right[k]! / owed[banks[k]!]!;
    }
  }

  /** The same by Gauss–Seidel sweeps, from payments that are too large. */
  function sweep(banks: readonly number[]): void {
    let change = Number.POSITIVE_INFINITY;
    for (let k = 0; k < SWEEPS && change > 1e-13; k++) {
      change = 0;
      for (const i of banks) {
        const pays = α * assets[i]! + β * received(i);
        change = Math.max(change, (payments[i]! - pays) / owed[i]!);
        payments[i] = pays;
        paid[i] = pays / owed[i]!;
      }
    }
    requireConverged("clear", change, 1e-13, "Banks in default hardly lose anything to others; give them assets.");
  }
}
