// An asset's price: discounted dividends, by either way of clearing; what disagreement does; and what a bonding curve asks.
import { expect, test } from "vitest";
import { fresh, goOn } from "../../test/periods.ts";
import { checkEconomy, compose, createSimulation, type Economy, renamed } from "../economy/index.ts";
import { asset, assetMarket, bondingCurve, investors, pool } from "./index.ts";

const described = { name: "exchange", source: "a test", summary: "An asset is traded.", horizon: 1000 } as const;
const exchange = compose({ ...described, parts: { asset, investors, market: assetMarket } });
type World = Record<string, number> & { traders: Record<string, Float64Array> };
const started = (economy: Economy, params: object) => {
  const simulation = createSimulation(economy as typeof exchange, {
    params: params as never,
    seed: 2,
    checkIdentities: true,
  });
  fresh(simulation, 0);
  return { simulation, w: simulation.worlds[0] as unknown as World };
};
const sum = (x: Float64Array): number => x.reduce((a, b) => a + b, 0);
const p = { interest: 0.05, dividendMean: 0.1, payoffSd: 0.1, riskAversion: 0.5, traderTokens: 4 };
/** (0.1 − 0.5 · 0.1² · 4)/0.05 */
const FUNDAMENTAL = 1.6;

test("the price is the discounted dividend less the premium for risk: at once for whoever foresees it, and a term more in each period for the naive", () => {
  expect(
    checkEconomy(exchange, {
      params: { ...p, traders: 6, disagreement: 0.02, dividendLogSd: 0.4 },
      periods: 12,
    }).filter(({ pass }) => !pass),
  ).toEqual([]);
  for (const clearing of ["bracketing", "tatonnement"]) {
    const knowing = started(exchange, { ...p, traders: 5, beliefs: "fundamental", clearing });
    goOn(knowing.simulation, 3);
    expect(knowing.w["spot"]).toBeCloseTo(FUNDAMENTAL, 9);
    const naive = started(exchange, { ...p, traders: 5, clearing });
    for (let t = 1; t <= 12; t++) {
      goOn(naive.simulation, 1);
      expect(naive.w["spot"]).toBeCloseTo(FUNDAMENTAL * (1 - 1.05 ** -t), 9);
      // Nobody trades with people who want the same.
      expect(naive.w["volume"]).toBe(0);
    }
    // At the right price an investor gains a σ² z²/2, half of the premium for the risk of z tokens.
    expect(knowing.w.traders["gain"]![3]).toBeCloseTo((0.5 * 0.01 * 16) / 2, 7);
    expect(knowing.w.traders["dividends"]![3]).toBeCloseTo(0.4, 12);
  }
});

test("money and tokens are exact in trade, an opinion within everybody's reach leaves the price alone, and one beyond raises it as Miller says", () => {
  const N = 2000;
  const settings = { ...p, traders: N, beliefs: "fundamental" };
  const { simulation, w } = started(exchange, { ...settings, disagreement: 0.04 });
  const { money, tokens, opinion } = w.traders as Record<string, Float64Array>;
  const [M, S] = [sum(money!), sum(tokens!)];
  goOn(simulation, 1);
  // 4 tokens each against κ h = 210 · 0.04 = 8.4: some hold none. Here h = 0.01 is for all.
  const mild = started(exchange, { ...settings, disagreement: 0.01 });
  goOn(mild.simulation, 1);
  const mean = sum(mild.w.traders["opinion"]!) / N;
  expect(mild.w["spot"]).toBeCloseTo(FUNDAMENTAL + 0.01 * mean, 8);
  expect(mild.w.traders["tokens"]![7]).toBeCloseTo(4 + 210 * 0.01 * (mild.w.traders["opinion"]![7]! - mean), 5);
  // v uniform on v̄ ± h: mean demand κ (v̄ + h − p)²/4h = z, p = v̄ + h − 2 √(h z/κ); sampled opinions are off by h/√N.
  const value = 1.7 / 1.05;
  expect(Math.abs(w["spot"]! - (value + 0.04 - 2 * Math.sqrt((0.04 * 4) / 210)))).toBeLessThan(0.003);
  expect(w["spot"]).toBeGreaterThan(FUNDAMENTAL + 0.002);
  expect(sum(tokens!)).toBe(S);
  expect(M - sum(money!)).toBe(w["moneyTaken"]);
  expect(w["moneyTaken"]).toBeGreaterThanOrEqual(0);
  expect(w["moneyTaken"]).toBeLessThan(2 * N * 2 ** -20);
  tokens!.forEach((held, i) => {
    // Whoever comes last has the units that rounding took from others' orders.
    const wanted = Math.max(0, 210 * (value + 0.04 * opinion![i]! - w["spot"]!));
    expect(Math.abs(held - wanted)).toBeLessThan(N * 2 ** -20);
  });
});

test("nobody buys with money that is not there, and an asset that is too risky to hold is worth nothing", () => {
  // One unit of money is enough for a fraction of what the optimists would like.
  const poor = started(exchange, { ...p, traders: 400, traderMoney: 1, disagreement: 0.2, beliefs: "fundamental" });
  const rich = started(exchange, { ...p, traders: 400, disagreement: 0.2, beliefs: "fundamental" });
  goOn(poor.simulation, 1);
  goOn(rich.simulation, 1);
  expect(Math.min(...poor.w.traders["money"]!)).toBe(0);
  expect(poor.w["spot"]).toBeLessThan(rich.w["spot"]! - 0.02);
  const risky = started(exchange, { ...p, traders: 9, riskAversion: 1000, disagreement: 0.2, beliefs: "fundamental" });
  const before = sum(risky.w.traders["tokens"]!);
  goOn(risky.simulation, 3);
  expect(risky.w["spot"]).toBe(0);
  expect(sum(risky.w.traders["tokens"]!)).toBe(before);
  const chosen = started(exchange, { ...p, traders: 3, forecasting: "period" });
  goOn(chosen.simulation, 1, () => chosen.w.traders["forecast"]!.set([2, 2, 2]));
  expect(chosen.w["spot"]).toBeCloseTo((2 + 0.1) / 1.05 - 4 / 210, 9);
});

// N κ (v − f(S)) = S with f(S) = b + m S
test("on a bonding curve investors hold what they want at the price of just that supply", () => {
  const curved = compose({
    ...described,
    parts: { asset, investors, curve: bondingCurve },
    calibration: { fee: 0, traders: 10, beliefs: "fundamental", adjustment: 0.05 },
  });
  const { simulation, w } = started(curved, p);
  const value = 1.7 / 1.05;
  goOn(simulation, 1);
  // Posted with the 40 tokens that there were; an order is a twentieth of the gap, in money.
  expect(w["spot"]).toBeCloseTo(1.4, 12);
  expect(w.traders["order"]![0]).toBeCloseTo(0.05 * (210 * (value - 1.4) - 4) * 1.4, 9);
  goOn(simulation, 150);
  const supply = (10 * 210 * (value - 1)) / (1 + 10 * 210 * 0.01);
  expect(w["supply"]! / supply).toBeCloseTo(1, 3);
  expect(w["spot"]).toBeCloseTo(1 + 0.01 * supply, 3);
  expect(sum(w.traders["tokens"]!)).toBe(w["supply"]);
  const pooled = compose({ ...described, parts: { asset, investors, pool } });
  expect(checkEconomy(pooled, { params: { ...p, traders: 5 }, periods: 5 }).filter(({ pass }) => !pass)).toEqual([]);
});

test("two assets under other names are apart, and a market of tokens without sellers is refused", () => {
  const keep = { keep: ["interest"] } as const;
  const two = compose({
    ...described,
    parts: {
      gold: renamed(asset, "gold"),
      goldInvestors: renamed(investors, "gold", keep),
      goldMarket: renamed(assetMarket, "gold"),
      land: renamed(asset, "land"),
      landInvestors: renamed(investors, "land", keep),
      landMarket: renamed(assetMarket, "land"),
    },
    calibration: { goldBeliefs: "fundamental", landBeliefs: "fundamental", landDividendMean: 0.2, interest: 0.1 },
    metrics: { ratio: { unit: "1", doc: "land over gold", of: (w) => w.landSpot / w.goldSpot } },
  });
  const simulation = createSimulation(two, { checkIdentities: true });
  fresh(simulation, 2);
  expect(two.metrics["ratio"]!.of(simulation.worlds[0]!, simulation.params)).toBeCloseTo(0.19 / 0.09, 8);
  expect(() => compose({ ...described, parts: { asset, market: assetMarket } })).toThrow(
    'part "market" is a market of "deliveries" without sellers: nobody pays flow "deliveries"',
  );
  expect(() => compose({ ...described, parts: { asset, investors } })).toThrow(
    'flow "payments" is paid by part "investors", and nobody receives it',
  );
});
