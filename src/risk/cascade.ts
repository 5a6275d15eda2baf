// Threshold contagion: a bank comes under stress when its exposures to banks under stress reach what it bears.
// Gai & Kapadia 2010, Proceedings of the Royal Society A 466, 2401; Watts 2002, PNAS 99, 5766.
//
//   i is stressed in round r + 1 if Σ_{k stressed by round r} c_ik ≥ θ_i
//
// Thresholds drawn from a normal law with mean θ_i and deviation σ_i make it probabilistic: a bank is then stressed in the next round with `contagionProbability`.
import { type Exposures, transposed } from "./exposures.ts";

/** Round in which each bank comes under stress: 0 for those that are at first, −1: never. Row i of `exposures` has c_ik, what i loses if k is stressed. */
export function thresholdCascade(
  exposures: Exposures,
  thresholds: ArrayLike<number>,
  first: ArrayLike<number>,
): Int32Array {
  const n = exposures.start.length - 1;
  if (thresholds.length !== n)
    throw new Error(`thresholdCascade: got thresholds of ${thresholds.length} banks, expected ${n}.`);
  const round = new Int32Array(n).fill(-1);
  let stressed: number[] = [];
  for (let k = 0; k < first.length; k++) {
    const bank = first[k]!;
    if (!(Number.isInteger(bank) && bank >= 0 && bank < n))
      throw new Error(`thresholdCascade: bank ${bank} is stressed at first, expected banks from 0 to ${n - 1}.`);
    if (round[bank] === 0) continue;
    round[bank] = 0;
    stressed.push(bank);
  }
  const { start, target, amount } = transposed(exposures);
  const loss = new Float64Array(n);
  for (let r = 1; stressed.length > 0; r++) {
    const reached: number[] = [];
    for (const k of stressed)
      for (let l = start[k]!; l < start[k + 1]!; l++) {
        const i = target[l]!;
        loss[i] = loss[i]! + amount[l]!;
        reached.push(i);
      }
    stressed = [];
    for (const i of reached) {
      if (round[i]! >= 0 || loss[i]! < thresholds[i]!) continue;
      round[i] = r;
      stressed.push(i);
    }
  }
  return round;
}
