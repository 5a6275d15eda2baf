// The stationary law of simultaneous money exchange: every agent with money gives one unit to a random other, all at once.
//
// With many agents one agent's money is the chain  x′ = x − 1{x > 0} + A,  A ~ Poisson(ρ),  ρ = P(x > 0): the queue M/D/1 seen at departures.
// Its mean m = ρ + ρ²/(2(1−ρ)) fixes ρ = 1 + m − √(1 + m²). The law is not exactly the geometric one of the sequential game
// (Drăgulescu & Yakovenko 2000), where P(0) = 1/(1+m); both tend to the exponential law, Gini ½, as m grows.
import { exp, requireConverged } from "walras/math";

export interface ExchangeLaw {
  /** P(x > 0) */
  readonly payers: number;
  /** P(x = k) for k < pmf.length; from there on each is `decay` times the one before. */
  readonly pmf: Float64Array;
  readonly decay: number;
  readonly gini: number;
  readonly standardDeviation: number;
}

/** `mean` units of money per agent, > 0. */
export function exchangeLaw(mean: number): ExchangeLaw {
  const idle = 1 / (mean + Math.sqrt(1 + mean * mean)); // 1 − ρ, without cancellation
  const ρ = 1 - idle;
  // above[k] = P(A ≥ k), summed from the far end so that small tails keep their digits.
  const poisson = [exp(-ρ)];
  for (let k = 1; poisson[k - 1]! > 1e-30; k++) poisson.push((poisson[k - 1]! * ρ) / k);
  const above = new Float64Array(poisson.length + 1);
  for (let k = poisson.length - 1; k >= 0; k--) above[k] = above[k + 1]! + poisson[k]!;
  const tailOf = (k: number): number => (k < above.length ? above[k]! : 0);

  // Flow up across the cut between i−1 and i equals flow down (all terms positive, hence stable; Ramaswami 1988):
  //   π_i a_0 = π_0 P(A ≥ i) + Σ_{k=1}^{i−1} π_k P(A ≥ i+1−k)
  // The ratio of neighbours settles after some 20 terms, and the rest is geometric.
  const pmf = [idle];
  let decay = 0;
  for (let i = 1, settled = false; !settled && i < 200; i++) {
    let flow = pmf[0]! * tailOf(i);
    for (let k = 1; k < i; k++) flow += pmf[k]! * tailOf(i + 1 - k);
    pmf.push(flow / poisson[0]!);
    const ratio = pmf[i]! / pmf[i - 1]!;
    settled = Math.abs(ratio - decay) <= 1e-15 * ratio;
    decay = ratio;
  }

  // Gini = 1 − Σ_k S(k)²/m and E x² = Σ_k (2k + 1) S(k), with S(k) = P(x > k) summed from the far end.
  const K = pmf.length - 1;
  let survival = (pmf[K]! * decay) / (1 - decay);
  let squares = (survival * survival) / (1 - decay * decay);
  let second = survival * ((2 * K + 1) / (1 - decay) + (2 * decay) / ((1 - decay) * (1 - decay)));
  for (let k = K - 1; k >= 0; k--) {
    survival += pmf[k + 1]!;
    squares += survival * survival;
    second += (2 * k + 1) * survival;
  }
  // survival is P(x > 0) by now, summed from the far end.
  requireConverged(
    "exchangeLaw",
    Math.abs(survival - ρ) / ρ,
    1e-9,
    `The tail of the law is not resolved at a mean of ${mean}.`,
  );
  const standardDeviation = Math.sqrt(second - mean * mean);
  return { payers: ρ, pmf: Float64Array.from(pmf), decay, gini: 1 - squares / mean, standardDeviation };
}
