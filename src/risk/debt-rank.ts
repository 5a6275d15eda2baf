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

/**
 * DebtRank of a shock. `impact` row i has W_ij, the share of j's equity that is lost if i fails; `value` v is the economic value of each bank; `shock` is h(0), the share of
 * equity that each loses at first, from 0 to 1. Throws where lengths differ or a shock is no share.
 */
export function debtRank(impact: Exposures, value: ArrayLike<number>, shock: ArrayLike<number>): DebtRank {
  const { start, target, amount } = packed(impact);
  const n = start.length - 1;
  for (const [name, { length }] of [
    ["value", value],
    ["shock", shock],
  ] as const)
    if (length !== n) throw new Error(`debtRank: got ${name} of ${length} banks, expected ${n}.`);
  const distress = Float64Array.from(shock);
  distress.forEach((h, i) => {
    if (!(h >= 0 && h <= 1)) throw new Error(`debtRank: the shock of bank ${i} is ${h}, expected a share from 0 to 1.`);
  });
  const active = Uint8Array.from(distress, (h) => (h > 0 ? 1 : 0)); // has been hit
  let hit = Array.from({ length: n }, (_, i) => i).filter((i) => active[i] === 1);
  const gain = new Float64Array(n);
  let periods = 0;
  for (; hit.length > 0; periods++) {
    const reached: number[] = [];
    for (const i of hit)
      for (let l = start[i]!; l < start[i + 1]!; l++) {
        const j = target[l]!;
        if (gain[j] === 0) reached.push(j);
        gain[j] = gain[j]! + amount[l]! * distress[i]!;
      }
    hit = [];
    for (const j of reached) {
      if (gain[j]! > 0 && active[j] === 0) {
        active[j] = 1;
        hit.push(j);
      }
      distress[j] = Math.min(1, distress[j]! + gain[j]!);
      gain[j] = 0;
    }
  }
  let lost = 0;
  for (let i = 0; i < n; i++) lost += (distress[i]! - shock[i]!) * value[i]!;
  return { debtRank: lost, distress, periods };
}
