// Lambert's W, the inverse of w e^w, on its principal branch for arguments from 0 on, and the same of an exponential.
// Corless, Gonnet, Hare, Jeffrey & Knuth 1996, "On the Lambert W function".
//
//   w + ln w = k   has one root, w = W(e^k); it needs no e^k, so k = 1000 is as good as k = 1
import { exp } from "./exp.ts";
import { log } from "./log.ts";
import { requireConverged } from "./not-converged.ts";

/** W(x) for x ≥ 0: the w with w e^w = x. */
export function lambertW(x: number): number {
  if (!(x >= 0)) throw new Error(`lambertW: got ${x}, expected a number from 0 on.`);
  return x === 0 || x === Infinity ? x : lambertWOfExp(log(x));
}

// Newton's method on w + ln w − k, which is concave: started left of the root it never oversteps it. Two starts that are
// left of it: e^k/(1 + e^k) by ln(1 + y) ≥ y/(1 + y), and for k > 1, k − ln k.
/** W(e^k): the w with w + ln w = k. */
export function lambertWOfExp(k: number): number {
  if (Number.isNaN(k) || k === Infinity) return k;
  if (k < -40) return exp(k); // w = e^k (1 − e^k + …)
  let w = k > 1 ? k - log(k) : exp(k) / (1 + exp(k));
  for (let iteration = 0; iteration < 20; iteration++) {
    const next = (w * (1 + k - log(w))) / (1 + w);
    if (!(next > w)) return w;
    w = next;
  }
  requireConverged("lambertWOfExp", Math.abs(w + log(w) - k), 1e-12 * (1 + Math.abs(k)), `Report it with k = ${k}.`);
  return w;
}
