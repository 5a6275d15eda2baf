// A pool's state in whole numbers: what no sequence of trades, deposits and withdrawals may take from it, and ranges against the mechanism of the same name.
import { expect, test } from "vitest";
import * as mechanisms from "../economy/mechanisms/index.ts";
import {
  addLiquidity,
  buyFromPool,
  emptyPool,
  foundPool,
  type PoolRules,
  type PoolState,
  poolPrice,
  quoteBuy,
  quoted,
  removeLiquidity,
  sellToPool,
} from "./pool.ts";

const UNIT = 2 ** -20;
const KINDS = ["product", "weighted", "range"] as const;
const rules = (pool: PoolRules["pool"], fee: number): PoolRules => ({ pool, fee, weight: 0.8, rangeEdge: 0.5 });
function founded(p: PoolRules, depth = 1000, price = 2): PoolState {
  const w = emptyPool();
  foundPool(w, p, { depth, price });
  return w;
}
function lehmer(state: number): () => number {
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
/** Sizes of every order of magnitude, down to fractions of a unit. */
const amount = (random: () => number, most: number) => most * 10 ** (-8 * random() ** 2);
const units = (x: number) => {
  // BigInt refuses fractions.
  return BigInt(x / UNIT);
};

test.each(KINDS)("a first pool quotes its price: %s", (pool) => {
  const w = founded(rules(pool, 0.01), 1000, 2.5);
  expect(Math.abs(poolPrice(w, rules(pool, 0.01)) - 2.5)).toBeLessThan(1e-8);
  expect(Math.abs(quoted(w).money - 1000)).toBeLessThan(2 * UNIT);
  // Of a range between κ P₀ and P₀/κ a share √κ is not needed.
  expect(Math.abs(w.poolMoney - (pool === "range" ? 1000 * (1 - Math.SQRT1_2) : 1000))).toBeLessThan(2 * UNIT);
});

// X Y/S² in whole numbers: no rounding of the test's own.
test("no trade, deposit or withdrawal takes from a constant product per share, to the last digit, and accounts are exact", () => {
  for (const fee of [0, 0.003, 0.3])
    for (const depth of [3, 1e5]) {
      const random = lehmer(depth);
      const p = rules("product", fee);
      const w = founded(p, depth, 0.7);
      const start = [w.poolMoney, w.poolTokens] as const;
      let [X, Y, S] = [units(w.poolMoney), units(w.poolTokens), units(w.shares)];
      for (let t = 0; t < 1500; t++) {
        const kind = Math.floor(4 * random());
        if (kind === 0) buyFromPool(w, p, amount(random, depth));
        if (kind === 1) sellToPool(w, p, amount(random, depth));
        if (kind === 2) addLiquidity(w, { money: amount(random, depth), tokens: amount(random, depth) });
        if (kind === 3) removeLiquidity(w, amount(random, 0.9 * w.shares));
        const [x, y, s] = [units(w.poolMoney), units(w.poolTokens), units(w.shares)];
        const kept = x > 0n && y > 0n && s > 0n && x * y * S * S >= X * Y * s * s;
        const counted = w.poolMoney - start[0] === w.moneyTaken && w.poolTokens - start[1] === w.tokensTaken;
        if (!kept || !counted) expect.unreachable(`${fee}, ${depth}: ${kind} at ${t}`);
        [X, Y, S] = [x, y, s];
      }
    }
});

test("a round trip gains nobody a unit, and with a fee it loses", () => {
  for (const pool of KINDS)
    for (const fee of [0, 0.003, 0.3]) {
      const random = lehmer(7);
      const p = rules(pool, fee);
      const w = founded(p, 500, 0.3);
      for (let t = 0; t < 500; t++) {
        const one = buyFromPool(w, p, amount(random, 1000));
        const back = sellToPool(w, p, one.received);
        expect(back.received).toBeLessThanOrEqual(one.paid);
        if (fee > 0 && one.paid > 1e-3) expect(back.received).toBeLessThan(one.paid);
        const other = sellToPool(w, p, amount(random, 1000));
        const again = buyFromPool(w, p, other.received);
        expect(again.received).toBeLessThanOrEqual(other.paid);
        expect(Math.min(w.poolMoney, w.poolTokens, w.feeMoney, w.feeTokens)).toBeGreaterThanOrEqual(0);
      }
    }
});

test("shares are paid no more than they were deposited for, and nobody else's is diluted", () => {
  for (const pool of KINDS) {
    const random = lehmer(11);
    const p = rules(pool, 0.01);
    const w = founded(p);
    // A few trades, so that fees lie apart.
    for (let t = 0; t < 20; t++) (t % 2 ? buyFromPool : sellToPool)(w, p, 50);
    for (let t = 0; t < 300; t++) {
      const offer = { money: amount(random, 300), tokens: amount(random, 300) };
      const before = [w.poolMoney, w.poolTokens, w.feeMoney, w.feeTokens].map((pot) => pot / w.shares);
      const added = addLiquidity(w, offer);
      expect(added.money).toBeLessThanOrEqual(offer.money);
      expect(added.tokens).toBeLessThanOrEqual(offer.tokens);
      const after = [w.poolMoney, w.poolTokens, w.feeMoney, w.feeTokens].map((pot) => pot / w.shares);
      before.forEach((pot, k) => {
        expect(after[k]!).toBeGreaterThanOrEqual(pot * (1 - 4 * Number.EPSILON));
      });
      const removed = removeLiquidity(w, added.shares);
      expect(removed.money).toBeLessThanOrEqual(added.money);
      expect(removed.tokens).toBeLessThanOrEqual(added.tokens);
      if (Math.min(offer.money, offer.tokens) > 1) {
        // All of the scarcer token is taken but some units, and all comes back but some units.
        const idle = Math.min(offer.money - added.money, offer.tokens - added.tokens);
        expect(idle).toBeLessThan(20 * UNIT);
        expect(Math.max(added.money - removed.money, added.tokens - removed.tokens)).toBeLessThan(20 * UNIT);
      }
    }
  }
});

test("fees of a pool stay with its shares", () => {
  for (const pool of KINDS) {
    const p = rules(pool, 0.1);
    const w = founded(p);
    const mine = addLiquidity(w, { money: 1000, tokens: 1000 });
    for (let t = 0; t < 10; t++) sellToPool(w, p, buyFromPool(w, p, 20).received);
    const out = removeLiquidity(w, mine.shares);
    expect(out.money + poolPrice(w, p) * out.tokens).toBeGreaterThan(mine.money + 2 * mine.tokens);
    expect(w.feeMoney > 0).toBe(pool === "range");
  }
});

// Before the run: amounts are cut to units of 1e-6 of some hundreds, and one token's unit is worth its price.
test("a range trades, ends and charges as ranges of liquidity do", () => {
  const random = lehmer(3);
  for (let t = 0; t < 150; t++) {
    const p = { ...rules("range", [0, 0.003, 0.05][t % 3]!), rangeEdge: 0.05 + 0.9 * random() };
    const price = 0.1 + 5 * random();
    const w = founded(p, 1000, price);
    const range = { low: p.rangeEdge * price, high: price / p.rangeEdge, liquidity: 1000 / Math.sqrt(price) };
    const offered = 2000 * random();
    const up = t % 2 === 0;
    const theirs = (up ? mechanisms.buyThroughRanges : mechanisms.sellThroughRanges)([range], price, offered, p.fee);
    const ours = (up ? buyFromPool : sellToPool)(w, p, offered);
    // What a unit of one is worth in the other, where liquidity ends.
    const units = 8 * UNIT * Math.max(1, theirs.price, 1 / theirs.price);
    expect(Math.abs(ours.received - theirs.out)).toBeLessThan(units);
    expect(Math.abs(ours.paid - theirs.taken)).toBeLessThan(units);
    expect(Math.abs(w.feeMoney + w.feeTokens - theirs.fee)).toBeLessThan(units);
    expect(Math.abs(poolPrice(w, p) / theirs.price - 1)).toBeLessThan(1e-7);
    const held = mechanisms.rangeHoldings(range, theirs.price);
    expect(Math.abs(w.poolMoney - held.money)).toBeLessThan(units);
    expect(Math.abs(w.poolTokens - held.tokens)).toBeLessThan(units);
  }
});

test("an order too small to be paid a unit costs nothing, and bad ones are one error each, with nothing half-done", () => {
  const p = rules("product", 0.003);
  const w = founded(p, 1, 10); // a token is dear: a unit of money buys a tenth of a unit
  const before = { ...w };
  expect(buyFromPool(w, p, 5 * UNIT)).toEqual({ paid: 0, received: 0 });
  for (const [bad, error] of [
    [() => buyFromPool(w, p, Number.NaN), "buyFromPool: NaN is offered"],
    [() => sellToPool(w, p, -1), "sellToPool: -1 is offered"],
    [() => quoteBuy(w, p, Infinity), "buyFromPool: Infinity is offered"],
    [() => addLiquidity(w, { money: 1, tokens: Number.NaN }), "addLiquidity: NaN of tokens are offered"],
    [() => removeLiquidity(w, w.shares), "expected at least 0 and not all"],
    [() => removeLiquidity(w, -1), "removeLiquidity: -1 of"],
  ] as [() => unknown, string][])
    expect(bad).toThrow(error);
  expect(w).toEqual(before);
});
