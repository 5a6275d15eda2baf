// DebtRank: how much of the economic value of a network is lost when some of its banks are in distress, each passing its distress on once.
// Battiston, Puliga, Kaushik, Tasca & Caldarelli 2012, Scientific Reports 2, 541.
//
//   h_j(t + 1) = min{1, h_j(t) + Σ_i W_ij h_i(t) over i that were first hit at t},   R = Σ_j h_j(∞) v_j − Σ_j h_j(0) v_j
import { type Exposures, packed } from "./exposures.ts";

export interface DebtRank {
  /** R: value lost beyond the first shock, in units of v. */
  readonly debtRank: number;
  /** h of each bank in the end, from 0 to 1: share of its equity that is lost. */
  readonly distress: Float64Array;
  /** Periods until nobody passes anything on. */
  readonly periods: number;
}

/** Where more than one bank in so many is hit in a period, they are put in order. */
const MANY = 16;

/**
 * DebtRank of a shock. `impact` row i has W_ij, the share of j's equity that is lost if i fails; `value` v is the economic value of each bank; `shock` is h(0), the share of
 * equity that each loses at first, from 0 to 1. Throws where lengths differ or a shock is no share.
 */
export function debtRank(impact: Exposures, value: ArrayLike<number>, shock: ArrayLike<number>): DebtRank {
  const { start, target, amount } = packed(impact, "debtRank");
  const n = start.length - 1;
  for (const [name, { length }] of [
    ["value", value],
    ["shock", shock],
  ] as const)
    if (length !== n) throw new Error(`debtRank: got ${name} of ${length} banks, expected ${n}.`);
  const distress = new Float64Array(n); // capped at 1 where it is read
  for (let i = 0; i < n; i++) {
    const h = shock[i]!;
    if (!(h >= 0 && h <= 1)) throw new Error(`debtRank: the shock of bank ${i} is ${h}, expected a share from 0 to 1.`);
    distress[i] = h;
  }
  // Banks that were first hit in the last period, from `head` to `tail`, and the distress they pass on; whoever has distress has been hit.
  const hit = new Int32Array(n);
  const passed = new Float64Array(n);
  const fresh = new Uint8Array(n);
  let [head, tail] = [0, 0];
  for (let i = 0; i < n; i++) if (distress[i]! > 0) hit[tail++] = i;
  let periods = 0;
  for (; head < tail; periods++) {
    const end = tail;
    // Rows in their order are read faster than at random
    if (periods > 0 && (end - head) * MANY > n) {
      let k = head;
      for (let i = 0; k < end; i++) if (fresh[i] === 1) hit[k++] = i;
    }
    for (let k = head; k < end; k++) {
      const i = hit[k]!;
      fresh[i] = 0;
      passed[k] = Math.min(1, distress[i]!);
    }
    for (let k = head; k < end; k++) {
      const h = passed[k]!;
      const i = hit[k]!;
      const to = start[i + 1]!;
      for (let l = start[i]!; l < to; l++) {
        const j = target[l]!;
        const before = distress[j]!;
        const after = before + amount[l]! * h;
        distress[j] = after;
        if (before === 0 && after > 0) {
          fresh[j] = 1;
          hit[tail++] = j;
        }
      }
    }
    head = end;
  }
  for (let i = 0; i < n; i++) distress[i] = Math.min(1, distress[i]!);
  let lost = 0;
  for (let i = 0; i < n; i++) lost += (distress[i]! - shock[i]!) * value[i]!;
  return { debtRank: lost, distress, periods };
}
