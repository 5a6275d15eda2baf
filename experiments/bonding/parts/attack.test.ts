import { expect, test } from "vitest";
import { type AnyRows, createSimulation, mechanisms, resolveParams } from "walras";
import { curveOf } from "../../../economies/theory/token-market.ts";
import { tokenMarket } from "../../../economies/token-market.ts";
import { bestAttack, type News, sandwich, sandwichThreshold, takeOf } from "./attack.ts";
import { CURVES, curveThrough } from "./curves.ts";

const S = 100;
const at = { supply: S, price: 2 };

test("a linear curve's best sandwich is the closed form's, and pays below mQ/(2P + mQ) alone", () => {
  const [m, P, Q] = [0.01, 2, 30];
  const curve = mechanisms.linearCurve({ slope: m, intercept: 1 });
  expect(sandwichThreshold(curve, S, Q)).toBeCloseTo((m * Q) / (2 * P + m * Q), 12);
  for (const fee of [0.01, 0.03, 0.06]) {
    const gain = m * Q * (1 - fee) - 2 * fee * P;
    const amount = gain / (2 * fee * m);
    expect(sandwich(curve, S, Q, amount, fee)).toBeCloseTo((gain * gain) / (4 * fee * m), 9);
    for (const other of [0.9, 1.1])
      expect(sandwich(curve, S, Q, other * amount, fee)).toBeLessThan(sandwich(curve, S, Q, amount, fee));
  }
  // Without a fee the attacker takes what the victim pays more.
  const victim = curve.mintCost(S + 5, Q) - curve.mintCost(S, Q);
  expect(sandwich(curve, S, Q, 5, 0)).toBeCloseTo(victim, 12);
  expect(victim).toBeCloseTo(m * 5 * Q, 12);
});

test("at the threshold the first token of a sandwich earns nothing; an exponential curve has one threshold for every size, tanh(kQ/2)", () => {
  for (const name of CURVES) {
    const curve = curveOf(resolveParams(tokenMarket, curveThrough(name, at)) as never);
    const fee = sandwichThreshold(curve, S, 20);
    expect(sandwich(curve, S, 20, 0.01, 0.99 * fee)).toBeGreaterThan(0);
    expect(sandwich(curve, S, 20, 0.01, 1.01 * fee)).toBeLessThan(0);
    if (name !== "exponential") continue;
    const { growth } = curveThrough(name, at) as { growth: number };
    expect(fee).toBeCloseTo(Math.tanh((growth * 20) / 2), 12);
    for (const size of [1, 50, 400]) {
      expect(sandwich(curve, S, 20, size, 0.999 * fee)).toBeGreaterThan(0);
      expect(sandwich(curve, S, 20, size, 1.001 * fee)).toBeLessThan(0);
    }
  }
});

test.each(CURVES)("what an attack takes is what an attacker's money gains in the economy: %s", (name) => {
  const fee = 0.01;
  const settings = curveThrough(name, at);
  const curve = curveOf(resolveParams(tokenMarket, settings) as never);
  const news: News = { curve, supply: S, fundamental: 2.3, reaction: 70, fee, periods: 4, orderMax: 6 };
  const { orders, take } = bestAttack(news);
  expect(take).toBeGreaterThan(0);
  const all = [...orders, -orders.reduce((sum, a) => sum + a, 0)];
  const params = {
    ...settings,
    traders: 1,
    fundamentalists: 4,
    reaction: 70 / 4,
    fundamental: 2.3,
    supply: S,
    fee,
    orderMax: 6,
    money: 500,
  };
  const simulation = createSimulation(tokenMarket, { params });
  simulation.reset(0);
  const traders = simulation.worlds[0]!["traders"] as AnyRows & Record<string, Float64Array>;
  for (const order of all) {
    simulation.phases.forEach((phase, index) => {
      if (phase.kind === "decide") traders["order"]!.fill(order / 6);
      else simulation.runPhase(index, 0);
    });
    simulation.endPeriod(0);
  }
  // Four periods, five traders, units of 2⁻²⁰ at a price of 2.
  expect(Math.abs(traders["money"]![0]! - 500 - take)).toBeLessThan(1e-4);
  expect(takeOf(news, orders)).toBe(take);
});

test("no attack pays where its fees are more than all that the news moves the price", () => {
  const curve = mechanisms.linearCurve({ slope: 0.01, intercept: 1 });
  const news = { curve, supply: S, fundamental: 2.2, reaction: 30, periods: 4, orderMax: 5 };
  const threshold = 0.2 / 4.2; // (P* − P)/(P* + P)
  expect(bestAttack({ ...news, fee: threshold }).take).toBe(0);
  expect(bestAttack({ ...news, fee: 0.3 * threshold }).take).toBeGreaterThan(0);
  // None of a finer grid over three periods is better, and steps between its points have been taken.
  const three = { ...news, fee: 0.003, periods: 3 };
  const best = bestAttack(three).take;
  for (let a = -5; a <= 5; a += 0.25)
    for (let b = -5; b <= 5; b += 0.25) expect(takeOf(three, [a, b])).toBeLessThanOrEqual(best + 1e-12);
  const { orders } = bestAttack(three);
  for (const step of [1e-4, 1e-3])
    for (const [da, db] of [
      [step, 0],
      [-step, 0],
      [0, step],
      [0, -step],
      [step, -step],
    ])
      if ([orders[0]! + da!, orders[1]! + db!].every((a) => Math.abs(a) <= 5))
        expect(takeOf(three, [orders[0]! + da!, orders[1]! + db!])).toBeLessThanOrEqual(best + 1e-12);
  const wide = { ...three, orderMax: 40, fee: 0.01 };
  const inside = bestAttack(wide);
  expect(Math.max(...inside.orders.map(Math.abs))).toBeLessThan(39);
  for (const step of [1e-3, -1e-3])
    expect(
      takeOf(
        wide,
        inside.orders.map((a, t) => a + (t === 0 ? step : 0)),
      ),
    ).toBeLessThan(inside.take);
});
