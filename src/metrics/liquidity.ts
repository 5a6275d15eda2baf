// What it costs to trade on a curve or with a pool, and to be the pool.

import { exp, log, pairwiseSum } from "../math/index.ts";

// ± (paid / (a P) − 1)
/**
 * Slippage: by what share the average price of a trade is worse than the price quoted before it. `amount` and `paid` above 0 buy, both below 0 sell;
 * positive is worse for the trader either way. With the fee in `paid` it is the whole cost.
 */
export function slippage({
  amount,
  paid,
  price,
}: {
  readonly amount: number;
  readonly paid: number;
  readonly price: number;
}): number {
  const same = (amount > 0 && paid >= 0) || (amount < 0 && paid <= 0);
  if (!(same && price > 0 && Number.isFinite(paid / amount) && price < Infinity))
    throw new Error(
      `slippage: got ${amount} tokens for ${paid} at a price of ${price}, expected both above 0 (bought) or below 0 (sold) and a price above 0.`,
    );
  return Math.sign(amount) * (paid / (amount * price) - 1);
}

// 2 √r/(1 + r) − 1 = −(1 − √r)²/(1 + r)
/**
 * Impermanent loss of a constant-product pool without fees after the relative price of its two tokens has changed by the factor `ratio`: value of the
 * pool over the value of its first holdings, minus 1; never above 0.
 */
export function impermanentLoss(ratio: number): number {
  checkRatio("impermanentLoss", ratio);
  const root = Math.sqrt(ratio);
  return ((1 - root) * (root - 1)) / (1 + ratio);
}

// Π r_k^(w_k) / Σ w_k r_k − 1
/** Impermanent loss of a weighted pool without fees after the price of token k has changed by the factor `ratios[k]`: Martinelli & Mushegian 2019. */
export function weightedImpermanentLoss(ratios: readonly number[], weights: readonly number[]): number {
  const where = "weightedImpermanentLoss";
  const sum = pairwiseSum(weights);
  if (!(ratios.length === weights.length && weights.every((w) => w > 0) && Math.abs(sum - 1) <= 1e-12))
    throw new Error(
      `${where}: got ${ratios.length} ratios and weights [${weights}], expected a weight above 0 for each that add up to 1.`,
    );
  for (const ratio of ratios) checkRatio(where, ratio);
  const pool = exp(pairwiseSum(ratios.map((r, k) => weights[k] * log(r))));
  return pool / pairwiseSum(ratios.map((r, k) => weights[k] * r)) - 1;
}

function checkRatio(where: string, ratio: number): void {
  if (!(ratio > 0 && ratio < Infinity))
    throw new Error(`${where}: got a price ratio of ${ratio}, expected a number above 0.`);
}
