// A million random trades, deposits, withdrawals, round trips and arbitrages on pools of every kind, with every fee: what must never happen, counted in whole numbers.
import { defineSimulation, mechanisms, parts } from "walras";
import { liquidityPool } from "../../economies/liquidity-pool.ts";

const { UNIT } = mechanisms;
const KINDS = ["product", "weighted", "range"] as const;
const FEES = [0, 0.0005, 0.003, 0.03, 0.5] as const;
const POOLS = 40;
const STEPS = 5000;

const whole = (x: number): bigint => BigInt(x / UNIT); // refuses fractions

/** Park & Miller's generator. */
function uniform(seed: number): () => number {
  let state = (seed * 69_621 + 1) % 2147483647;
  return () => {
    state = (state * 48_271) % 2147483647;
    return state / 2147483647;
  };
}

/** How often a pool of its own lost, in one way or another, on a random path. */
function violations(p: parts.PoolRules, random: () => number, found: Record<string, number>): void {
  const depth = 10 + 1e5 * random() * random();
  const w = parts.emptyPool();
  const price = 0.1 + 9.9 * random() * random();
  parts.foundPool(w, p, { depth, price });
  const most = { money: depth, tokens: w.poolTokens };
  const held = () => [w.poolMoney + w.feeMoney, w.poolTokens + w.feeTokens] as const;
  const start = held();
  /** Of any order of magnitude, down to fractions of a unit. */
  const amount = (limit: number) => {
    const u = random();
    const v = u * u * u * u;
    return limit * v * v * v;
  };
  let [X, Y, S] = [whole(w.poolMoney), whole(w.poolTokens), whole(w.shares)];
  for (let step = 0; step < STEPS; step++) {
    const kind = Math.floor(6 * random());
    if (kind === 0) parts.buyFromPool(w, p, amount(most.money));
    else if (kind === 1) parts.sellToPool(w, p, amount(most.tokens));
    else if (kind === 2) {
      const added = parts.addLiquidity(w, { money: amount(most.money), tokens: amount(most.tokens) });
      if (random() < 0.5) {
        const removed = parts.removeLiquidity(w, added.shares);
        if (removed.money > added.money || removed.tokens > added.tokens) found["trips"]!++;
      }
    } else if (kind === 3) parts.removeLiquidity(w, amount(0.5 * w.shares));
    else if (kind === 4) {
      const one = parts.buyFromPool(w, p, amount(most.money));
      if (parts.sellToPool(w, p, one.received).received > one.paid) found["trips"]!++;
    } else {
      const outside = parts.poolPrice(w, p) * (0.5 + random());
      const best = mechanisms.arbitrageAtPrice(
        { ...parts.quoted(w), weight: parts.tokenWeight(p), fee: p.fee },
        outside,
      );
      const bought = best.money > 0;
      const { paid, received } = bought ? parts.buyFromPool(w, p, best.money) : parts.sellToPool(w, p, best.tokens);
      const profit = bought ? outside * received - paid : received - outside * paid;
      // What comes out, and what goes in, is cut to a unit.
      if (profit < -2 * UNIT * (1 + outside)) found["arbitrage"]!++;
    }
    if (Math.min(w.poolMoney, w.poolTokens, w.feeMoney, w.feeTokens) < 0 || !(w.shares > 0)) found["balances"]!++;
    const [money, tokens] = held();
    if (money - start[0] !== w.moneyTaken || tokens - start[1] !== w.tokensTaken) found["accounts"]!++;
    if (p.pool !== "product") continue;
    const [x, y, s] = [whole(w.poolMoney), whole(w.poolTokens), whole(w.shares)];
    if (x * y * S * S < X * Y * s * s) found["constant"]!++;
    [X, Y, S] = [x, y, s];
  }
}

export default defineSimulation({
  name: "bonding/pool-trades",
  summary:
    "A million random trades, deposits and arbitrages on pools of every kind and fee, and no violation of their accounts.",
  economy: liquidityPool,
  seeds: [1, 2, 3, 4, 5],
  maxSeconds: 60,
  measure({ seed }) {
    const random = uniform(seed);
    const found: Record<string, number> = { trips: 0, arbitrage: 0, balances: 0, accounts: 0, constant: 0 };
    for (let k = 0; k < POOLS; k++)
      violations(
        {
          pool: KINDS[k % 3]!,
          fee: FEES[k % 5]!,
          weight: 0.1 + 0.8 * random(),
          rangeEdge: 0.05 + 0.9 * random(),
        },
        random,
        found,
      );
    return found;
  },
  expect: () =>
    [
      ["round trips, in and out of a pool or of its shares, that gained a unit", "trips"],
      ["arbitrages that lost more than rounding", "arbitrage"],
      ["balances below nothing", "balances"],
      ["accounts that are off by a unit", "accounts"],
      ["constant products per squared share that fell", "constant"],
    ].map(([item, measure]) => ({
      item: item!,
      measure: measure!,
      claim: "–",
      theory: 0,
      unit: `of ${POOLS * STEPS} steps`,
      tolerance: 0,
      kind: "atMost" as const,
    })),
});
