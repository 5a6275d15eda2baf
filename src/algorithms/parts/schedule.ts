// Schedules over the share of training that is done. `x` outside [0, 1] is clipped.
import { exp, log } from "../../math/index.ts";

const clip = (x: number): number => (x > 0 ? (x < 1 ? x : 1) : 0); // NaN, from 0/0, is 0

export const linear = (start: number, end: number, x: number): number => start + (end - start) * clip(x);

/** start^(1−x) end^x; both must be positive, or equal. */
export const geometric = (start: number, end: number, x: number): number =>
  start === end ? start : start * exp(clip(x) * log(end / start));
