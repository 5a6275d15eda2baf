// Pools, ranges and curves against packages that nobody here wrote, on 1400 random cases: balancerpy 1.1.0 and bonding 0.0.5 (PyPI), @uniswap/v2-sdk 4.21.4 and @uniswap/v3-sdk 3.31.5 (npm).
// bench/peers/balancer_cases.py and uniswap-cases.js made the files, and say how.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  type BondingCurve,
  exponentialCurve,
  linearCurve,
  logarithmicCurve,
  ownCurve,
  polynomialCurve,
} from "./bonding-curve.ts";
import { buyThroughRanges, liquidityFor, rangeHoldings, sellThroughRanges } from "./concentrated-liquidity.ts";
import {
  constantProductIn,
  constantProductOut,
  sharesForOne,
  weightedIn,
  weightedOut,
  weightedPrice,
  withdrawalOfOne,
} from "./pool.ts";

type Row = readonly number[];
const read = <T>(name: string): T & { versions: Record<string, string> } =>
  JSON.parse(readFileSync(new URL(`../../../test/fixtures/peers/${name}.json`, import.meta.url), "utf8"));
const balancer = read<{ pools: Row[]; bancor: Row[]; curves: readonly (readonly [string, ...number[]])[] }>("balancer");
const uniswap = read<{ product: Row[]; swap: Row[]; range: Row[] }>("uniswap");

/** The worst of all cases, so that a failure names it. */
function worst(
  rows: readonly (readonly unknown[])[],
  compare: (row: never) => readonly (readonly [number, number])[],
): void {
  let most = { off: 0, case: 0, ours: 0, theirs: 0 };
  rows.forEach((row, k) => {
    for (const [ours, theirs] of compare(row as never)) {
      const off = ours === theirs ? 0 : Math.abs(ours / theirs - 1);
      if (!(off <= most.off)) most = { off, case: k, ours, theirs };
    }
  });
  expect(most.off, JSON.stringify(most)).toBeLessThan(1e-12);
}

test("the cases are a thousand and more, of the packages that are named", () => {
  expect({ ...balancer.versions, ...uniswap.versions }).toEqual({
    balancerpy: "1.1.0",
    bonding: "0.0.5",
    "@uniswap/v2-sdk": "4.21.4",
    "@uniswap/v3-sdk": "3.31.5",
    "@uniswap/sdk-core": "7.19.4",
  });
  const { pools, bancor, curves } = balancer;
  const { product, swap, range } = uniswap;
  expect([pools, bancor, curves, product, swap, range].map(({ length }) => length)).toEqual([
    400, 200, 150, 250, 250, 150,
  ]);
});

test("weighted pools are Balancer's to 1e-12", () => {
  worst(
    balancer.pools,
    ([balanceIn, balanceOut, weightIn, fee, paid, wanted, shares, deposit, burned, ...theirs]: number[]) => {
      const pool = { balanceIn, balanceOut, weightIn, weightOut: 1 - weightIn, fee };
      const side = { balance: balanceIn, weight: weightIn, shares, fee };
      const ours = [
        weightedOut(pool, paid),
        weightedIn(pool, wanted),
        weightedPrice(pool),
        sharesForOne(side, deposit),
        withdrawalOfOne(side, burned),
      ];
      return ours.map((x, k) => [x, theirs[k]!]);
    },
  );
});

test("curves c Sⁿ are Bancor's to 1e-12", () => {
  worst(balancer.bancor, ([c, n, supply, money, amount, tokens, cost, proceeds]: number[]) => {
    const curve = polynomialCurve([...Array<number>(n).fill(0), c]);
    const of = (curve: BondingCurve): [number, number][] => [
      [curve.amountFor(supply, money), tokens],
      [curve.mintCost(supply, amount), cost],
      [curve.burnProceeds(supply, amount), proceeds],
    ];
    return n === 1 ? [...of(curve), ...of(linearCurve({ slope: c, intercept: 0 }))] : of(curve);
  });
});

test("linear, exponential and logarithmic curves, and the same by quadrature, are those of bonding to 1e-12", () => {
  const { E } = Math;
  worst(
    balancer.curves,
    ([kind, scale, supply, amount, price, integral]: readonly [string, ...number[]] &
      [string, number, number, number, number, number]) => {
      // Theirs: x/scale + 1; (e^(x/scale) + e − 2)/(e − 1); 1 + ln(1 + (e − 1) x/scale).
      const k = (E - 1) / scale;
      const [f, ours] = {
        linear: () => {
          const curve = linearCurve({ slope: 1 / scale, intercept: 1 });
          return [curve.price, curve.mintCost(supply, amount)] as const;
        },
        exponential: () => {
          const [curve, rest] = [exponentialCurve({ intercept: 1 / (E - 1), growth: 1 / scale }), (E - 2) / (E - 1)];
          return [(S: number) => curve.price(S) + rest, curve.mintCost(supply, amount) + rest * amount] as const;
        },
        logarithmic: () => {
          const curve = logarithmicCurve({ slope: 1 });
          return [(S: number) => 1 + curve.price(k * S), amount + curve.mintCost(k * supply, k * amount) / k] as const;
        },
      }[kind as "linear" | "exponential" | "logarithmic"]();
      const own = ownCurve(f, { supplyMax: 1.001 * (supply + amount) });
      return [
        [f(supply), price],
        [ours, integral],
        [own.mintCost(supply, amount), integral],
        [own.burnProceeds(supply + amount, amount), integral],
      ];
    },
  );
});

test("constant products are Uniswap's to 1e-12", () => {
  worst(uniswap.product, ([balanceIn, balanceOut, paid, wanted, out, into]: number[]) => {
    const pool = { balanceIn, balanceOut, fee: 0.003 };
    return [
      [constantProductOut(pool, paid), out],
      [constantProductIn(pool, wanted), into],
    ];
  });
});

test("swaps in a range are Uniswap's to 1e-12", () => {
  worst(uniswap.swap, ([up, s, end, liquidity, offered, fee, after, used, out, charged]: number[]) => {
    // The package's end of the range is the near one; the far one is beyond reach.
    const range = up
      ? { low: (0.5 * s) ** 2, high: end * end, liquidity }
      : { low: end * end, high: (2 * s) ** 2, liquidity };
    const swap = (up ? buyThroughRanges : sellThroughRanges)([range], s * s, offered, fee);
    return [
      [Math.sqrt(swap.price), after],
      [swap.taken - swap.fee, used],
      [swap.out, out],
      // Without a fee theirs is what a price of 96 digits leaves over, some 1e-26.
      [swap.fee, fee === 0 ? 0 : charged],
    ];
  });
});

test("what a range holds, and the liquidity of a deposit, are Uniswap's to 1e-12", () => {
  worst(uniswap.range, ([low, s, high, liquidity, tokens, money, ...theirs]: number[]) => {
    const range = { low: low * low, high: high * high };
    const held = rangeHoldings({ ...range, liquidity }, s * s);
    const ours = [held.tokens, held.money, liquidityFor(range, s * s, { tokens, money })];
    return ours.map((x, k) => [x, theirs[k]!]);
  });
});
