// A curve's reserve under random mints and burns, and a small economy of the part with traders.
import { expect, test } from "vitest";
import { goOn } from "../../test/periods.ts";
import { checkEconomy, compose, createSimulation } from "../economy/index.ts";
import { bondingCurve, burnOnCurve, type CurveRules, type CurveState, curveOf, mintOnCurve } from "./bonding-curve.ts";
import { takers } from "./takers.ts";

const UNIT = 2 ** -20;
const CURVES = ["linear", "logarithmic", "exponential", "sigmoid", "polynomial"] as const;
const rules = (curve: CurveRules["curve"]): CurveRules => ({
  curve,
  slope: 0.01,
  intercept: 1,
  growth: 0.01,
  capacity: 10,
  midpoint: 100,
  coefficients: [1, 0, 1e-4],
});
const nearest = (x: number) => Math.round(x / UNIT) * UNIT;
function founded(p: CurveRules, supply: number): CurveState {
  const reserve = nearest(curveOf(p).reserve(supply));
  return { spot: 0, supply, reserve, treasury: 0, moneyTaken: 0, minted: 0 };
}

test.each(CURVES)("the reserve is the integral after any trades, and nobody pays more than was offered: %s", (kind) => {
  const p = rules(kind);
  const curve = curveOf(p);
  for (const fee of [0, 0.003, 0.3]) {
    const w = founded(p, 64);
    const start = w.reserve;
    let state = 5;
    const random = () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647;
    };
    for (let t = 0; t < 200; t++) {
      const size = 10 ** (-8 * random() ** 2);
      if (random() < 0.5) {
        const money = nearest(200 * size);
        const [price, fill] = [curve.price(w.supply), mintOnCurve(w, curve, fee, money)];
        expect(fill.paid).toBeLessThanOrEqual(money);
        expect(fill.paid).toBeGreaterThanOrEqual(0);
        // All of it is spent, but some units of change and less than a unit of tokens.
        if (money > 1e-3)
          expect(money - fill.paid).toBeLessThan(8 * UNIT + 2 * (1 + fee) * (price + curve.price(w.supply)) * UNIT);
      } else burnOnCurve(w, curve, fee, w.supply * size);
      expect(w.reserve).toBe(nearest(curve.reserve(w.supply)));
      expect(w.reserve + w.treasury - start).toBe(w.moneyTaken);
      expect(w.supply).toBe(64 + w.minted);
    }
    const trip = mintOnCurve(w, curve, fee, 33);
    const back = burnOnCurve(w, curve, fee, trip.received).received;
    if (fee === 0) expect(back).toBe(trip.paid);
    else expect(back).toBeLessThan(trip.paid);
  }
});

test("bad amounts are one error each", () => {
  const p = rules("linear");
  const w = founded(p, 10);
  expect(() => mintOnCurve(w, curveOf(p), 0, Number.NaN)).toThrow("mintOnCurve: NaN is offered");
  expect(() => burnOnCurve(w, curveOf(p), 0, 11)).toThrow("burnOnCurve: 11 tokens to burn of a supply of 10.");
});

const fair = compose({
  name: "fair",
  source: "a test",
  summary: "Traders of zero intelligence mint and burn.",
  parts: { bondingCurve, takers },
  calibration: { traderTokens: 5, traderMoney: 100 },
  horizon: 50,
  start: ({ bondingCurve, takers }) => ({ endow: takers.endow, found: bondingCurve.found }),
  phases: ({ bondingCurve, takers }) => ({ open: bondingCurve.open, order: takers.order, trade: bondingCurve.trade }),
});

test("traders and a curve are an economy, whose contract holds and whose money is what there was", () => {
  expect(checkEconomy(fair, { periods: 20, params: { arrival: 1 } }).filter(({ pass }) => !pass)).toEqual([]);
  const simulation = createSimulation(fair, { params: { arrival: 0.7, fee: 0.01 }, checkIdentities: true });
  simulation.reset(0);
  const w = simulation.worlds[0] as unknown as CurveState & { traders: Record<"money" | "tokens", Float64Array> };
  const money = () => w.traders.money.reduce((sum, x) => sum + x, w.reserve + w.treasury);
  const before = money();
  goOn(simulation, 200);
  expect(money()).toBe(before);
  expect(w.treasury).toBeGreaterThan(1);
  expect(Math.min(...w.traders.money, ...w.traders.tokens)).toBeGreaterThanOrEqual(0);
});

test("an order that is no number is an error before anybody has traded", () => {
  const simulation = createSimulation(fair, {});
  simulation.reset(0);
  simulation.runPhase(0, 0);
  simulation.runPhase(1, 0);
  const order = simulation.columns["traders.order"] as Float64Array;
  order.fill(10);
  order[19] = Number.NaN;
  const money = Float64Array.from(simulation.columns["traders.money"] as Float64Array);
  expect(() => simulation.runPhase(2, 0)).toThrow("Trader 19 orders NaN, expected a finite number.");
  expect(simulation.columns["traders.money"]).toEqual(money);
});
