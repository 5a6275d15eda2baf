// Risk of a system given one bank's distress, and of a bank given the system's, from samples of losses.
//
//   VaR_q(L): the q-quantile of losses;   ES_q(L) = E[L | L ≥ VaR_q]
//   CoVaR_q(S | i) = VaR_q of the system's loss where bank i's loss is its VaR_q (Adrian & Brunnermeier 2016, American Economic Review 106, 1705)
//   ΔCoVaR_q = CoVaR_q where i is at its VaR_q − CoVaR_q where i is at its median
//   MES_q(i) = E[L_i | S ≥ VaR_q(S)] (Acharya, Pedersen, Philippon & Richardson 2017, Review of Financial Studies 30, 2)
//
// Losses are positive. Of a bivariate normal law with deviations σ, σ_s and correlation r: ΔCoVaR = r σ_s z_q, MES = r σ φ(z_q)/(1 − q).
import { quantile } from "../math/index.ts";

/** VaR: the quantile of losses at `level`, between the samples on either side. */
export const valueAtRisk = (losses: ArrayLike<number>, level: number): number => {
  checkedLevel("valueAtRisk", level, losses.length);
  return quantile(Float64Array.from(losses), level);
};

/** Mean of losses that are at least the value at risk. */
export function expectedShortfall(losses: ArrayLike<number>, level: number): number {
  return marginalExpectedShortfall(losses, losses, level);
}

/** Mean loss of a bank over the samples in which the system's loss is at least its value at risk. */
export function marginalExpectedShortfall(bank: ArrayLike<number>, system: ArrayLike<number>, level: number): number {
  paired("marginalExpectedShortfall", bank, system);
  const bound = valueAtRisk(system, level);
  let [sum, count] = [0, 0];
  for (let t = 0; t < system.length; t++) {
    if (system[t]! < bound) continue;
    sum += bank[t]!;
    count++;
  }
  return sum / count;
}

export interface CoVaR {
  /** Quantile of the system's loss where the bank's loss is its value at risk. */
  readonly coVaR: number;
  /** How much of it the bank's distress adds: less the same where the bank's loss is its median. */
  readonly deltaCoVaR: number;
  /** Of the line of quantiles, intercept + slope · the bank's loss. */
  readonly intercept: number;
  readonly slope: number;
}

/** CoVaR at `level` by quantile regression of the system's loss on the bank's. Where the bank never loses more in one sample than in another, the slope is 0. */
export function coVaR(bank: ArrayLike<number>, system: ArrayLike<number>, level: number): CoVaR {
  paired("coVaR", bank, system);
  const at = valueAtRisk(bank, level);
  const { intercept, slope } = quantileLine(bank, system, level);
  const median = quantile(Float64Array.from(bank), 0.5);
  return { coVaR: intercept + slope * at, deltaCoVaR: slope * (at - median), intercept, slope };
}

/**
 * Koenker & Bassett 1978, Econometrica 46, 33: the line y = a + b x with the least Σ ρ_q(y − a − b x), ρ_q(u) = u (q − 1{u < 0}). For each b the best a is a quantile of y − b x, and what is left is convex in b,
 * so that its slope changes sign once.
 */
export function quantileLine(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  level: number,
): { readonly intercept: number; readonly slope: number } {
  paired("quantileLine", x, y);
  checkedLevel("quantileLine", level, x.length);
  const n = x.length;
  const rest = new Float64Array(n);
  let centre = 0;
  for (let t = 0; t < n; t++) centre += x[t]! / n;
  const kth = Math.min(n - 1, Math.floor(level * n));
  const interceptOf = (b: number): number => {
    for (let t = 0; t < n; t++) rest[t] = y[t]! - b * (x[t]! - centre);
    return rest.slice().sort()[kth]!;
  };
  /** Slope of the sum in b, one side of it where samples lie on the line. */
  const fallsAt = (b: number): boolean => {
    const a = interceptOf(b);
    let [gain, onLine, above] = [0, 0, 0];
    for (let t = 0; t < n; t++) {
      if (rest[t]! > a) above++;
      if (rest[t]! > a) gain += level * (x[t]! - centre);
      else if (rest[t]! < a) gain -= (1 - level) * (x[t]! - centre);
      else onLine = x[t]! - centre;
    }
    // The weight that keeps Σ of signs at 0 falls to the sample on the line
    gain += ((1 - level) * (n - 1 - above) - level * above) * onLine;
    return gain > 0;
  };
  let [spreadX, spreadY] = [0, 0];
  for (let t = 0; t < n; t++) {
    spreadX = Math.max(spreadX, Math.abs(x[t]! - centre));
    spreadY = Math.max(spreadY, Math.abs(y[t]! - y[0]!));
  }
  if (spreadX === 0) return { intercept: interceptOf(0), slope: 0 };
  let [low, high] = [-1, 1];
  const scale = spreadY / spreadX || 1;
  while (!fallsAt(low * scale) && low > -1e12) low *= 4;
  while (fallsAt(high * scale) && high < 1e12) high *= 4;
  for (let k = 0; k < 80 && high - low > 1e-13 * Math.max(1, Math.abs(low), Math.abs(high)); k++) {
    const middle = (low + high) / 2;
    if (fallsAt(middle * scale)) low = middle;
    else high = middle;
  }
  const slope = ((low + high) / 2) * scale;
  return { intercept: interceptOf(slope) - slope * centre, slope };
}

function paired(name: string, bank: ArrayLike<number>, system: ArrayLike<number>): void {
  if (bank.length !== system.length)
    throw new Error(`${name}: got ${bank.length} and ${system.length} samples, expected as many of both.`);
}

function checkedLevel(name: string, level: number, samples: number): void {
  if (!(level > 0 && level < 1)) throw new Error(`${name}: level is ${level}, expected a share between 0 and 1.`);
  if (samples < 1) throw new Error(`${name}: there are no samples.`);
}
