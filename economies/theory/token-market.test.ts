// Closed forms of linear curves and of the usual settings of others, the general arbitrage, and where theory has nothing to say.
import { expect, test } from "vitest";
import { isUnknown, resolveParams } from "../../src/economy/index.ts";
import { tokenMarket } from "../token-market.ts";
import { arbitrage, curveOf, type Endowed, pathOfPrice, recoverySteps } from "./token-market.ts";

const settings = (changes: Partial<Endowed>) => resolveParams(tokenMarket, { ...changes }) as unknown as Endowed;
const truth = (changes: Partial<Endowed>) =>
  tokenMarket.truth!(resolveParams(tokenMarket, { ...changes })) as Record<string, number>;

test.each([
  [{}, 2, 150, 20.5, 19.5, 2.1, 0.05],
  [
    { curve: "logarithmic", slope: 2 },
    9.2302410337,
    732.2543444019,
    93.2613602894,
    91.2779142159,
    9.4190604026,
    0.0204566022,
  ],
  [{ curve: "exponential" }, Math.E, 171.8281828459, 28.5884195487, 25.8678717302, 3.0041660239, 0.1051709181],
  [{ curve: "sigmoid", growth: 0.05 }, 5, 137.2863664142, 56.185960724, 43.814039276, 6.224593312, 0.2449186624],
  [{ curve: "polynomial", coefficients: [1, 0.01] }, 2, 150, 20.5, 19.5, 2.1, 0.05],
  // From 1 to 2 at 100 tokens, and to 4 at 200
  [{ curve: "piecewise" }, 2, 150, 21, 19.5, 2.2, 0.1],
] as [Partial<Endowed>, ...number[]][])(
  "%j at a supply of 100",
  (changes, price, reserve, mint, burn, after, impact) => {
    const t = truth(changes);
    expect(t.price).toBeCloseTo(price, 9);
    expect(t.reserve).toBeCloseTo(reserve, 9);
    expect(t.mintCost).toBeCloseTo(mint, 9);
    expect(t.burnProceeds).toBeCloseTo(burn, 9);
    expect(t.priceAfterMint).toBeCloseTo(after, 9);
    expect(t.priceImpact).toBeCloseTo(impact, 8);
  },
);

test("two linear curves: (P′ − P)/(m + m′), and the other way round", () => {
  const mint = truth({});
  expect(mint.arbitrageAmount).toBeCloseTo(20, 10);
  expect(mint.arbitrageProfit).toBeCloseTo(6, 10);
  // At P′ = 1.4 there: bought there at 1.4 + .02 a, burned here
  const burn = truth({ otherPrice: 1.4 });
  expect(burn.arbitrageAmount).toBeCloseTo(-20, 10);
  expect(burn.arbitrageProfit).toBeCloseTo(6, 10);
  expect(truth({ otherPrice: 2.1, fee: 0.05 }).arbitrageAmount).toBe(0);
});

test("neither a little more nor less earns more, on every curve and with a fee", () => {
  for (const curve of ["linear", "logarithmic", "exponential", "sigmoid", "polynomial", "piecewise"] as const)
    for (const fee of [0, 0.02])
      for (const ratio of [0.3, 1.5]) {
        const p = settings({ curve, fee, otherPrice: ratio * curveOf(settings({ curve })).price(100) });
        const best = arbitrage(p, p.supply) as { amount: number; profit: number };
        const earns = (a: number) =>
          a > 0
            ? a * (p.otherPrice - (p.otherSlope * a) / 2) - (1 + fee) * curveOf(p).mintCost(100, a)
            : (1 - fee) * curveOf(p).burnProceeds(100, -a) + a * (p.otherPrice - (p.otherSlope * a) / 2);
        expect(Math.sign(best.amount)).toBe(ratio > 1 ? 1 : -1);
        expect(best.profit).toBeCloseTo(earns(best.amount), 12);
        expect(best.profit).toBeGreaterThan(0);
        for (const other of [0.99, 1.01])
          if (-other * best.amount <= 100) expect(earns(other * best.amount)).toBeLessThan(best.profit);
      }
});

// g = r / (m N)
test.each([
  [0.05, 59],
  [0.1, 29],
  [0.14, 20],
  [0.5, 5],
  [1, 1],
  [1.9, 29],
])("at m N g = %d five percent are left after %d periods", (r, steps) => {
  expect(recoverySteps(settings({ reaction: r / 0.5 }))).toBe(steps);
});

test("what does not apply is unknown, with a reason", () => {
  const reason = (value: unknown) => (isUnknown(value) ? value.unknown : value);
  expect(reason(truth({ amount: 101 }).burnProceeds)).toBe("101 tokens cannot be burned of a supply of 100");
  expect(reason(truth({ curve: "logarithmic", supply: 0 }).priceImpact)).toBe("the price is 0 at a supply of 0");
  expect(reason(truth({ curve: "sigmoid" }).stabilityMultiplier)).toMatch("no sigmoid curve has a multiplier");
  expect(reason(truth({ reaction: 4 }).recoverySteps)).toBe(
    "deviations do not die out: slope × (traders + fundamentalists) × reaction is 2",
  );
  expect(reason(truth({ slope: 0, otherSlope: 0 }).arbitrageAmount)).toMatch("stays above the curve's");
  expect(reason(pathOfPrice(settings({ fundamental: 2.5, money: 1 }), 3))).toMatch("run short of money");
  expect(reason(pathOfPrice(settings({ fundamental: 0.5 }), 3))).toMatch("run short of money or of tokens");
  expect(pathOfPrice(settings({ fundamental: 2.1, reaction: 1 }), 2)).toEqual([
    [1, expect.closeTo(2.05, 12)],
    [2, expect.closeTo(2.075, 12)],
  ]);
});
