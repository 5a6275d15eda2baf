// Arbitrage between two markets whose prices move with what is traded: how much to carry from the cheap one to the dear one, at once or over a bridge that takes time.
//
//   Π(α) = α gain − ½ c α² − φ |α|                 c: slopes of both price curves together; φ: toll per token
//   α* = sign(gain) max(|gain| − φ, 0)/c
//   over a bridge: gain = E gap(t + τ), and a risk-averse arbitrageur maximises E Π − ½ a Var Π:   α* = sign (|gain| − φ)/(c + a Var gap(t + τ))
//
// Functions of numbers. Pools of constant product have `bestArbitrage` (pool.ts); the law of a gap is `ornsteinUhlenbeck` (price-process.ts).

export interface Carrying {
  /** c, the slopes of both price curves together. */
  readonly cost: number;
  /** φ per token, at least 0. Default 0. */
  readonly toll?: number;
  /** a: constant absolute risk aversion. Default 0. */
  readonly riskAversion?: number;
  /** Of the gain per token. Default 0. */
  readonly variance?: number;
  /** Others who carry as much at the same time; all pay and get the average prices of the batch (Cournot's competition). Default 0. */
  readonly rivals?: number;
}

/** What each carries in equilibrium, with the sign of the gain, and the expected profit of each. */
export function bestCarry(
  gain: number,
  { cost: c, toll: φ = 0, riskAversion: a = 0, variance = 0, rivals = 0 }: Carrying,
): { readonly amount: number; readonly profit: number } {
  if (!Number.isFinite(gain)) throw new Error(`bestCarry: the gain is ${gain}, expected a finite number.`);
  if (!(c > 0 && c < Infinity)) throw new Error(`bestCarry: cost is ${c}, expected a number above 0.`);
  for (const [name, value] of Object.entries({ toll: φ, riskAversion: a, variance, rivals }))
    if (!(value >= 0 && value < Infinity))
      throw new Error(`bestCarry: ${name} is ${value}, expected a finite number of at least 0.`);
  const net = Math.abs(gain) - φ;
  if (!(net > 0)) return { amount: 0, profit: 0 };
  // N of them: net − ½ c N α − ½ c α − a Var α = 0
  const α = net / (c * (1 + rivals / 2) + a * variance);
  return { amount: gain < 0 ? -α : α, profit: α * (net - (c * (rivals + 1) * α) / 2) };
}

/** A price P that a token bought raises by `slope`. */
export interface LinearMarket {
  readonly price: number;
  readonly slope: number;
}

// a = (P₂ − P₁)/(m₁ + m₂), profit (P₂ − P₁)²/(2 (m₁ + m₂)), and both prices are then P₁ + m₁ a
/** Tokens to carry from the first market to the second at once (below 0: from the second to the first), the profit, and the price that both then have. */
export function linearArbitrage(
  from: LinearMarket,
  to: LinearMarket,
): { readonly amount: number; readonly profit: number; readonly price: number } {
  const { amount, profit } = bestCarry(to.price - from.price, { cost: from.slope + to.slope });
  return { amount, profit, price: from.price + from.slope * amount };
}
