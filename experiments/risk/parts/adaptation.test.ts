// What is measured of banks near the edge, against what is known of banks apart that keep to one leverage.
import { expect, test } from "vitest";
import { interbank } from "../../../economies/interbank.ts";
import { failureAlone, type LoneBank } from "../../../economies/theory/interbank.ts";
import { resolveParams } from "../../../src/economy/index.ts";
import { keepTo, nearEdge, watch } from "./adaptation.ts";

test("banks apart that keep to a leverage fail as often as theory says, each by itself, and the same draws give the same", () => {
  const params = {
    ...nearEdge.economy,
    interbankShare: 0,
    impact: 0,
    correlation: 0,
    runThreshold: -1,
    volatility: 0.03,
  };
  const leverage = new Float64Array(10).fill(20);
  const policy = keepTo({ leverage, selectivity: new Float64Array(10).fill(0.25) });
  const seen = watch(params, policy, 1001, 6);
  const theory = failureAlone({ ...resolveParams(interbank, params), leverage: 20 } as unknown as LoneBank);
  // 6 worlds, 100 periods, 10 banks; turbulence lasts five periods, so that fewer are independent
  expect(Math.abs(seen.failures / theory - 1)).toBeLessThan(0.25);
  expect([seen.spread, seen.cascade]).toEqual([0, 0]);
  expect(seen.evenness).toBeCloseTo(1, 12);
  for (const mean of [seen.leverage, seen.calm, seen.turbulent]) expect(mean).toBeCloseTo(20, 4);
  for (const mean of seen.decisions.selectivity) expect(mean).toBeCloseTo(0.25, 6);
  // Of ten independent banks somebody fails more often than each, a quarter of them hardly ever
  expect(seen.anyFailure).toBeGreaterThan(4 * seen.failures);
  expect(seen.crises).toBeLessThan(seen.failures);
  expect(watch(params, policy, 1001, 6)).toEqual(seen);
});

test("evenness of debts in a network is that of capitals, where all borrow alike, and who fails there pulls others down", () => {
  const leverage = new Float64Array(10).fill(16);
  const params = { ...nearEdge.economy, exposureCap: 10, lendingShare: 1, volatility: 0.05, leastCapital: 1 };
  const seen = watch(params, keepTo({ leverage, selectivity: new Float64Array(10) }), 1001, 2);
  const capital = Array.from({ length: 10 }, (_, i) => (i + 1) ** -0.5);
  const sum = (x: readonly number[]): number => x.reduce((a, b) => a + b);
  expect(seen.evenness).toBeCloseTo(sum(capital) ** 2 / (10 * sum(capital.map((k) => k * k))), 6);
  expect(seen.cascade).toBeCloseTo(seen.spread / (seen.failures - seen.spread), 12);
  expect(seen.cascade).toBeGreaterThan(0.2);
});

test("leverage is counted by what the period before was", () => {
  // The first feature says whether that was turbulent: −1 or 1
  const policy: Parameters<typeof watch>[1] = {
    load() {},
    act(actions, obs, rows) {
      for (let i = 0; i < rows; i++) actions.set([obs[(i * obs.length) / rows]! > 0 ? 5 : 11, 0], 2 * i);
    },
  };
  const seen = watch(nearEdge.economy, policy, 1001, 1);
  expect([seen.calm, seen.turbulent].map((x) => Math.round(x * 1e6) / 1e6)).toEqual([11, 5]);
  expect(seen.leverage).toBeGreaterThan(5);
  expect(seen.leverage).toBeLessThan(11);
});
