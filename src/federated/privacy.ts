// What a sequence of noisy sums gives away about one participant: Rényi differential privacy, and (ε, δ) from it.
// Mironov 2017, "Rényi differential privacy"; subsampled: Mironov, Talwar & Zhang 2019, "Rényi differential privacy of the sampled Gaussian mechanism", §3.3.
//
//   Gaussian noise of σ times the sensitivity:   ε(α) = α/(2σ²)
//   each participant takes part with probability q:   ε(α) = ln(Σ_k C(α, k) (1 − q)^{α−k} q^k e^{(k² − k)/(2σ²)})/(α − 1)     for whole α
//   rounds add up;   ε = ε(α) + ln((α − 1)/α) − (ln δ + ln α)/(α − 1), the least over α     Canonne, Kamath & Steinke 2020, prop. 12
//
// Where participants are sampled, orders are whole, so that ε is an upper bound: above that of fractional orders by up to a tenth where it is below 10 (the test has figures).
import { exp, findRoot, log, log1p } from "../math/index.ts";

export interface Mechanism {
  /** σ: standard deviation of the noise over the most that one participant adds. */
  readonly noise: number;
  /** q: probability with which each participant takes part in a round, independently of others. Default 1. */
  readonly sampling?: number;
  readonly rounds: number;
}

export interface SpentOptions {
  readonly delta: number;
  /** "classic": ε(α) + ln(1/δ)/(α − 1), as in tables before 2020. Default "tight". */
  readonly conversion?: "tight" | "classic";
}

export interface Spent {
  readonly epsilon: number;
  /** The order at which the bound is least. */
  readonly order: number;
}

const WHOLE = [...Array.from({ length: 127 }, (_, k) => k + 2), 160, 192, 256, 384, 512, 768, 1024];

const FRACTIONAL = Array.from({ length: 180 }, (_, k) => 1.05 + k / 20);

/** ε(α) of one round, for an order above 1; a whole one where participants are sampled. */
export function renyiDivergence(order: number, noise: number, sampling = 1): number {
  if (!(order > 1 && (sampling === 1 || Number.isInteger(order))))
    throw new Error(
      `renyiDivergence: got order ${order}, expected ${sampling === 1 ? "a number above 1" : "an integer from 2 on"}.`,
    );
  if (!(noise >= 0)) throw new Error(`renyiDivergence: got noise ${noise}, expected a number from 0 on.`);
  if (!(sampling >= 0 && sampling <= 1))
    throw new Error(`renyiDivergence: got sampling ${sampling}, expected a probability from 0 to 1.`);
  if (sampling === 0) return 0;
  if (noise === 0) return Infinity;
  if (sampling === 1) return order / (2 * noise * noise);
  // ln of each term, the largest taken out
  const [taken, left] = [log(sampling), log1p(-sampling)];
  const terms = new Float64Array(order + 1);
  let choose = 0; // ln C(α, k)
  for (let k = 0; k <= order; k++) {
    if (k > 0) choose += log((order - k + 1) / k);
    terms[k] = choose + k * taken + (order - k) * left + (k * k - k) / (2 * noise * noise);
  }
  const largest = terms.reduce((most, term) => Math.max(most, term), -Infinity);
  let sum = 0;
  for (const term of terms) sum += exp(term - largest);
  return Math.max(0, largest + log(sum)) / (order - 1);
}

/** The ε at δ that all rounds together have spent. */
export function privacySpent(
  { noise, sampling = 1, rounds }: Mechanism,
  { delta, conversion = "tight" }: SpentOptions,
): Spent {
  if (!(delta > 0 && delta < 1))
    throw new Error(`privacySpent: got delta ${delta}, expected more than 0 and less than 1.`);
  if (!(Number.isInteger(rounds) && rounds >= 0))
    throw new Error(`privacySpent: got ${rounds} rounds, expected an integer from 0 on.`);
  let best: Spent = { epsilon: Infinity, order: WHOLE[0] };
  for (const order of sampling === 1 ? [...FRACTIONAL, ...WHOLE] : WHOLE) {
    const spent = rounds === 0 ? 0 : rounds * renyiDivergence(order, noise, sampling);
    const epsilon =
      conversion === "classic"
        ? spent - log(delta) / (order - 1)
        : spent + log1p(-1 / order) - (log(delta) + log(order)) / (order - 1);
    if (epsilon < best.epsilon) best = { epsilon: Math.max(0, epsilon), order };
  }
  return best;
}

/** The least noise that keeps ε at δ. */
export function noiseFor(
  epsilon: number,
  { sampling = 1, rounds }: Omit<Mechanism, "noise">,
  options: SpentOptions,
): number {
  if (!(epsilon > 0 && epsilon < Infinity))
    throw new Error(`noiseFor: got epsilon ${epsilon}, expected a number above 0.`);
  const over = (logNoise: number): number =>
    log(privacySpent({ noise: exp(logNoise), sampling, rounds }, options).epsilon) - log(epsilon);
  return exp(findRoot(over, log(0.05), log(10_000)));
}
