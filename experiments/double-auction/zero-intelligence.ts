// What budgets, repetition and the auction's rules do for traders without intelligence, day by day.
import { type AnyParamValues, balancedPanel, defineSimulation, math } from "walras";
import { doubleAuction } from "../../economies/double-auction.ts";
import { zeroIntelligence } from "../../economies/theory/double-auction.ts";

const [DAYS, WORLDS, ROUNDS] = [100, 4, 10];

export default defineSimulation({
  name: "double-auction/zero-intelligence",
  summary: "Traders who order at random, but within their budgets, gain nearly all that there is to gain.",
  economy: doubleAuction,
  params: { buyers: 100, sellers: 100, horizon: DAYS },
  totalSteps: DAYS,
  seeds: [1, 2, 3, 4, 5],
  maxSeconds: 60,
  measure({ params, seed }) {
    /** Means over days. */
    const played = (settings: Readonly<Record<string, unknown>>): Readonly<Record<string, number>> => {
      const { series } = balancedPanel({
        economy: doubleAuction,
        params: { ...params, ...settings } as AnyParamValues,
        series: ["surplus", "bestSurplus", "efficiency", "smithAlpha"],
        burnIn: 0,
        periods: DAYS,
        worlds: WORLDS,
        seed,
      });
      return Object.fromEntries(
        Object.entries(series).map(([name, rows]) => [name, math.mean(rows.map((days) => math.mean(days)))]),
      );
    };
    const long = played({ rounds: 200 });
    const free = played({ rounds: 200, orders: "unconstrained" });
    return {
      efficiency: long["efficiency"]!,
      smithAlpha: long["smithAlpha"]!,
      unconstrained: free["surplus"]! / free["bestSurplus"]!,
      ...Object.fromEntries(
        [1, 2, ROUNDS].map((rounds) => [`rounds${rounds}`, played({ rounds, market: "call" })["efficiency"]!]),
      ),
    };
  },
  expect: () => [
    {
      item: "efficiency, orders one by one, 200 rounds",
      measure: "efficiency",
      claim: "close to 100 percent",
      theory: 1,
      unit: "1",
      kind: "atLeast",
      tolerance: 0.95,
    },
    {
      item: "the same without budgets",
      measure: "unconstrained",
      claim: "orders say nothing of values, and trade gains nothing on average",
      theory: 0,
      unit: "1",
      kind: "absolute",
      // 40 000 lots whose gain has a standard deviation of 1/√6, over the most, 25 a day: four standard errors are 0.033.
      tolerance: 0.035,
    },
    // Of 100 traders a side efficiency is off by some 1/100 of the law for many: prices of single rounds vary, and so do the last lots.
    ...[1, 2, ROUNDS].map((rounds) => ({
      item: `call auction, efficiency after ${rounds} ${rounds === 1 ? "round" : "rounds"}`,
      measure: `rounds${rounds}`,
      claim: "1 − 2 ∫₁² (x − 1) x^(−R) dx",
      theory: zeroIntelligence({ buyers: 1, sellers: 1, rounds }).efficiency,
      unit: "1",
      kind: "absolute" as const,
      tolerance: 0.02,
    })),
    {
      item: "Smith's α, orders one by one",
      measure: "smithAlpha",
      claim: "prices scatter less than uniform ones, whose α is 100/√3",
      theory: 100 / Math.sqrt(3),
      unit: "%",
      kind: "atMost" as const,
      tolerance: 57.74,
    },
  ],
});
