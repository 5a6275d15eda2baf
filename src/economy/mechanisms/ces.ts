// Demand with a constant elasticity of substitution σ; σ = 1 is Cobb–Douglas.
//
//   u = (Σ θ^(1/σ) c^((σ−1)/σ))^(σ/(σ−1)),  Σ θ = 1;  at σ = 1 u = Π (c/θ)^θ
//   of spending m: share s_g = θ_g p_g^(1−σ) / Σ θ p^(1−σ),  c_g = s_g m/p_g,  u = m/P,  P = (Σ θ p^(1−σ))^(1/(1−σ)), at σ = 1 Π p^θ
//
// A good with price 0 is not on offer: nothing is spent on it, and with σ ≤ 1 money without it is worth nothing.
import { exp, expm1, log, log1p } from "../../math/index.ts";

/** Writes into `out` [G] the shares of spending on G goods, and returns the price index P of one unit of utility; `weights` [G] need not add up to 1. */
export function cesShares(
  out: Float64Array,
  prices: ArrayLike<number>,
  weights: ArrayLike<number>,
  substitution: number,
): number {
  const σ = substitution;
  if (!(σ > 0 && σ < Infinity)) throw new Error(`cesShares: substitution is ${σ}, expected a number above 0.`);
  let all = 0;
  for (let g = 0; g < out.length; g++) {
    const weight = weights[g]!;
    if (!(weight >= 0 && weight < Infinity))
      throw new Error(`cesShares: weight ${g} is ${weight}, expected at least 0.`);
    all += weight;
  }
  // Σ θ p^(1−σ) = 1 + Σ θ (p^(1−σ) − 1), which stays exact as σ goes to 1.
  let [above, sum] = [0, 0];
  for (let g = 0; g < out.length; g++) {
    const price = prices[g]!;
    const θ = weights[g]! / all;
    if (!(price >= 0 && price < Infinity)) throw new Error(`cesShares: price ${g} is ${price}, expected at least 0.`);
    if (θ === 0) out[g] = 0;
    else if (price === 0) {
      out[g] = 0;
      above += σ > 1 ? -θ : Infinity;
    } else {
      const x = log(price);
      out[g] = θ * exp((1 - σ) * x);
      above += θ * (σ === 1 ? x : expm1((1 - σ) * x));
    }
    sum += out[g]!;
  }
  for (let g = 0; g < out.length; g++) out[g] = sum === 0 ? 0 : out[g]! / sum;
  if (above === Infinity || sum === 0) return Infinity;
  return exp(σ === 1 ? above : log1p(above) / (1 - σ));
}
