// The stationary law of simultaneous money exchange: every agent with money gives one unit to a random other, all at once.
//
// With many agents one agent's money is the chain  x′ = x − 1{x > 0} + A,  A ~ Poisson(ρ),  ρ = P(x > 0): the queue M/D/1 seen at departures.
// Its mean m = ρ + ρ²/(2(1−ρ)) fixes ρ = 1 + m − √(1 + m²). The law is not exactly the geometric one of the sequential game
// (Drăgulescu & Yakovenko 2000), where P(0) = 1/(1+m); both tend to the exponential law, Gini ½, as m grows.
import { exp } from "../math/index.ts";

export interface ExchangeLaw {
  /** P(x > 0) */
  readonly payers: number;
  /** P(x = k), down to a tail of 1e-15. */
  readonly pmf: Float64Array;
  readonly gini: number;
  readonly standardDeviation: number;
}

/** `mean` units of money per agent, > 0. */
export function exchangeLaw(mean: number): ExchangeLaw {
  const payers = 1 + mean - Math.sqrt(1 + mean * mean);
  const ρ = payers;
  // above[k] = P(A ≥ k), summed from the far end so that small tails keep their digits.
  const poisson = [exp(-ρ)];
  for (let k = 1; poisson[k - 1]! > 1e-300 && k < 200; k++) poisson.push((poisson[k - 1]! * ρ) / k);
  const above = new Float64Array(poisson.length + 1);
  for (let k = poisson.length - 1; k >= 0; k--) above[k] = above[k + 1]! + poisson[k]!;
  const tailOf = (k: number): number => (k < above.length ? above[k]! : 0);

  // Flow up across the cut between i−1 and i equals flow down (all terms positive, hence stable; Ramaswami 1988):
  //   π_i a_0 = π_0 P(A ≥ i) + Σ_{k=1}^{i−1} π_k P(A ≥ i+1−k)
  const pmf = [1 - ρ];
  let left = ρ;
  for (let i = 1; left > 1e-15 && i < 1e7; i++) {
    let flow = pmf[0]! * tailOf(i);
    for (let k = Math.max(1, i + 1 - above.length); k < i; k++) flow += pmf[k]! * tailOf(i + 1 - k);
    pmf.push(flow / poisson[0]!);
    left -= pmf[i]!;
  }

  // Gini = 1 − Σ_k P(x > k)² / m
  let survival = 1;
  let squares = 0;
  let second = 0;
  for (let k = 0; k < pmf.length; k++) {
    survival -= pmf[k]!;
    squares += survival * survival;
    second += k * k * pmf[k]!;
  }
  return { payers, pmf: Float64Array.from(pmf), gini: 1 - squares / mean, standardDeviation: Math.sqrt(second - mean * mean) };
}
