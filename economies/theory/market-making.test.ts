// Reference values computed independently of Walras; those over the stationary law with h on a grid of 0.00025, except for ω = 0.25, where h*(x) has
// a kink: there by golden sections in h at 8000 points of x.
import { expect, test } from "vitest";
import { bestQuotes, quoting, spreadThreshold, stationaryPriceSd, stationaryQuotes } from "./market-making.ts";

const market = (preference: number, markTo: "prev" | "current" = "prev", valuationSd = 1) => ({
  preference,
  valuationSd,
  reversion: 0.01,
  markTo,
});

test.each([
  [0, 0, 0.5, 0],
  [0.25, 0, 0.5, 0],
  [0.4, 0, 0.5, 0],
  [0.5, 0.13173599, 0.44759656, 0.05896458],
  [0.6, 0.32079513, 0.37418283, 0.12003603],
  [0.75, 0.52769633, 0.29885506, 0.15770472],
  [0.9, 0.67524895, 0.24975881, 0.16864937],
  [1, 0.75179152, 0.22608822, 0.16997121],
])("ω = %d at p₀: h* = %d", (ω, halfSpread, fillShare, pnl) => {
  const best = bestQuotes(0, market(ω));
  expect(best.halfSpread).toBeCloseTo(halfSpread, 7);
  expect(best.fillShare).toBeCloseTo(fillShare, 7);
  expect(best.pnl).toBeCloseTo(pnl, 8);
});

test("for profit alone, the half-spread grows with valuations' deviation: 0.7517915247 ζ", () => {
  for (const ζ of [0.2, 1, 3]) {
    const best = bestQuotes(0, market(1, "prev", ζ));
    expect(best.halfSpread / ζ).toBeCloseTo(0.7517915247, 10);
    expect(best.pnl / ζ).toBeCloseTo(0.1699712075, 10);
    expect(best.fillShare).toBeCloseTo(0.2260882198, 10);
  }
});

test("up to a threshold no spread is best, and from there on some", () => {
  expect(spreadThreshold(1)).toBeCloseTo(0.4437907629, 10);
  for (const ζ of [0.5, 1, 2]) {
    const threshold = spreadThreshold(ζ);
    expect(bestQuotes(0, market(threshold - 1e-6, "prev", ζ)).halfSpread).toBe(0);
    expect(bestQuotes(0, market(threshold + 1e-6, "prev", ζ)).halfSpread).toBeGreaterThan(0);
  }
});

test("no other half-spread is better, at any distance from p₀", () => {
  for (const ω of [0, 0.3, 0.6, 1])
    for (const x of [-6, -1.2, 0.4, 3, 9])
      for (const markTo of ["prev", "current"] as const) {
        const best = bestQuotes(x, market(ω, markTo));
        for (let h = 0; h < 20; h += 0.05)
          expect(quoting(h, x, market(ω, markTo)).reward).toBeLessThanOrEqual(best.reward + 1e-15);
      }
});

const sd = stationaryPriceSd(0.1, 0.01);
test.each([
  [0, 0, 0.5, -0.00163549, 0.5, [0, 0, 0]],
  [0.25, 0.0521665, 0.49735457, 0.00997447, 0.3755095459, [0, 0, 0.186]],
  [0.5, 0.64211948, 0.41380564, 0.12449891, 0.26915227, [0.13175, 0.32525, 0.89775]],
  [0.75, 1.40449837, 0.29295373, 0.20478855, 0.22682985, [0.52775, 0.72275, 1.176]],
  [1, 1.82777328, 0.2332541, 0.21481625, 0.21481625, [0.75175, 0.93825, 1.33325]],
])("ω = %d over the price's stationary law: mean spread %d", (ω, spread, fillShare, pnl, reward, halfSpreads) => {
  expect(sd).toBeCloseTo(0.708881205, 9);
  halfSpreads.forEach((h, k) => {
    expect(Math.abs(bestQuotes(k * sd, market(ω)).halfSpread - h)).toBeLessThan(1.5e-4);
  });
  const mean = stationaryQuotes(market(ω), 0.1);
  expect(Math.abs(2 * mean.halfSpread - spread)).toBeLessThan(2e-4);
  expect(mean.fillShare).toBeCloseTo(fillShare, 4);
  expect(mean.pnl).toBeCloseTo(pnl, 4);
  expect(mean.reward).toBeCloseTo(reward, 7);
});

test.each([
  [0, 0, 0.5],
  [0.25, 0.0519077, 0.3759134966],
  [0.5, 0.64007031, 0.26988006],
  [0.75, 1.40105305, 0.22775795],
  [1, 1.8235703, 0.21590404],
])("ω = %d, marked to the current price: mean spread %d", (ω, spread, reward) => {
  const mean = stationaryQuotes(market(ω, "current"), 0.1);
  expect(Math.abs(2 * mean.halfSpread - spread)).toBeLessThan(2e-4);
  expect(mean.reward).toBeCloseTo(reward, 7);
});

test.each([
  [0.25, 0, 0.37459113],
  [0.5, 0.287357, 0.2613912],
  [0.75, 0.697413, 0.21904059],
  [1, 0.923677, 0.20711358],
])("ω = %d: a maker who does not look at the price does best with %d", (ω, constant, reward) => {
  const of = (h: number) => stationaryQuotes(market(ω), 0.1, () => h).reward;
  expect(of(constant)).toBeCloseTo(reward, 8);
  for (const other of [constant - 0.01, constant + 0.01]) if (other >= 0) expect(of(other)).toBeLessThan(of(constant));
});
