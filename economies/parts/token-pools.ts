// Pools of the token economy, batches at them, and bridges between their chains.
import { mechanisms } from "walras";

const { roundDown, roundUp, UNIT } = mechanisms;

export type Pools = {
  readonly [C in
    | "money"
    | "tokens"
    | "price"
    | "batch"
    | "buyRate"
    | "sellRate"
    | "dueMoney"
    | "dueTokens"
    | "fee"
    | "fees"]: Float64Array;
};

/** A batch: buyers pay B and sellers offer S at one price, at which the product of what the pool holds stays as it is. */
export function settle(k: Pools, m: number, paid: number, offered: number): void {
  const fee = k.fee[m];
  const γ = 1 - fee;
  const batch = (k.money[m] + γ * paid) / (k.tokens[m] + offered);
  k.batch[m] = batch;
  k.buyRate[m] = γ / batch;
  k.sellRate[m] = γ * batch;
  const kept = roundDown(fee * paid) + roundDown(fee * offered * batch);
  // Rounded up, and a unit more: sums of what is rounded down for each never exceed it. A pool keeps its last unit.
  const [tokens, money] = [k.tokens[m] + offered - UNIT, k.money[m] + paid - kept - UNIT];
  k.dueTokens[m] = paid > 0 ? roundUp(paid * k.buyRate[m]) + UNIT : 0;
  k.dueMoney[m] = offered > 0 ? roundUp(offered * k.sellRate[m]) + UNIT : 0;
  if (k.dueTokens[m] > tokens) {
    k.dueTokens[m] = tokens;
    k.buyRate[m] = Math.max(0, tokens - UNIT) / paid;
  }
  if (k.dueMoney[m] > money) {
    k.dueMoney[m] = money;
    k.sellRate[m] = Math.max(0, money - UNIT) / offered;
  }
  k.fees[m] += kept;
  k.money[m] += paid - kept - k.dueMoney[m];
  k.tokens[m] += offered - k.dueTokens[m];
  k.price[m] = k.money[m] / k.tokens[m];
}

export interface Bridges {
  readonly chains: number;
  readonly tokens: number;
  readonly bridgeDelay: readonly number[];
}

/** One number for all pairs of chains, or a matrix by rows. */
export function matrixOf(name: string, given: readonly number[], chains: number): readonly number[] {
  if (given.length === chains * chains) return given;
  if (given.length !== 1)
    throw new Error(
      `token-economy: ${name} has ${given.length} numbers, expected 1 or ${chains * chains}, a row of ${chains} for each of ${chains} chains.`,
    );
  return Array.from({ length: chains * chains }, (_, x) => (x % (chains + 1) === 0 ? 1 : given[0]));
}
export const rowsOf = (matrix: readonly number[], chains: number): number[][] =>
  Array.from({ length: chains }, (_, i) => matrix.slice(i * chains, (i + 1) * chains));
export const routesOf = (p: Bridges): number => p.tokens * p.chains * (p.chains - 1);
export const slotsOf = (p: Bridges): number => Math.max(...p.bridgeDelay);

/** The markets that arbitrageur r buys and sells in. */
export function routeOf(r: number, p: Bridges): [from: number, to: number] {
  const token = r % p.tokens;
  const pair = Math.floor(r / p.tokens);
  const from = Math.floor(pair / (p.chains - 1));
  const other = pair % (p.chains - 1);
  return [from * p.tokens + token, (other < from ? other : other + 1) * p.tokens + token];
}

/** Sells tokens to a pool, and what they bring. */
export function sell(k: Pools, m: number, tokens: number): number {
  if (tokens === 0) return 0;
  const fee = k.fee[m];
  const out = mechanisms.constantProductOut({ balanceIn: k.tokens[m], balanceOut: k.money[m] }, tokens);
  const earned = roundDown((1 - fee) * out);
  const kept = roundDown(fee * out);
  k.tokens[m] += tokens;
  k.money[m] -= earned + kept;
  k.fees[m] += kept;
  return earned;
}

/** Tokens worth carrying: the best amount for what the gap between both prices will be when they arrive, as far as money goes. */
export function profitable(
  { money, tokens, price, fee }: Pools,
  from: number,
  to: number,
  bridge: mechanisms.BridgeTerms,
  capital: number,
  p: {
    readonly bridgeFee: number;
    readonly correction: number;
    readonly mispricing: number;
    readonly riskAversion: number;
  },
): number {
  if (!(capital > 0) || bridge.rate === 0) return 0;
  const { rate } = bridge;
  const gap = mechanisms.ornsteinUhlenbeck({
    rate: p.correction,
    level: 0,
    volatility: p.mispricing * price[from],
  });
  const { mean, variance } = gap.moments(rate * price[to] - price[from], bridge.delay);
  const { amount } = mechanisms.bestCarry(mean, {
    cost: (2 * price[from]) / tokens[from] + (2 * rate * rate * price[to]) / tokens[to],
    toll: fee[from] * price[from] + (fee[to] + p.bridgeFee) * rate * price[to],
    riskAversion: p.riskAversion / capital,
    variance,
  });
  const affordable = (1 - fee[from]) * capital;
  const most = roundDown((tokens[from] * affordable) / (money[from] + affordable)) - UNIT;
  return roundDown(Math.min(amount, most));
}
