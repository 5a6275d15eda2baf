import { log } from "./log.ts";

/** log₁₀ x = ln x/ln 10, to two units of the last place. */
export const log10 = (x: number): number => log(x) / Math.LN10;
