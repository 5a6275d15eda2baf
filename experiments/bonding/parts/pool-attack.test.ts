// The closed form as a policy sees what the manipulator observes, and spends what the rule of the economy spends.
import { expect, test } from "vitest";
import { liquidityPool } from "../../../economies/liquidity-pool.ts";
import { createSimulation } from "../../../src/economy/index.ts";
import { makeVectorEnv } from "../../../src/env/vector-env.ts";
import { goOn } from "../../../test/periods.ts";
import { closedForm, measurePool } from "./pool-attack.ts";

test.each([250, -300])("the closed form as a policy takes what the rule takes: position %d", (position) => {
  const params = { position, fee: 0.01, depth: 800, volatility: 0.05, horizon: 40, manipulatorMoney: 400 };
  const takeOf = (w: unknown, p: unknown) => liquidityPool.metrics.take.of(w as never, p as never);
  const simulation = createSimulation(liquidityPool, {
    params: { ...params, attacks: "never" },
    seed: 1,
    purpose: "test",
  });
  simulation.reset(0);
  const rule = Array.from({ length: 39 }, () => {
    goOn(simulation, 1);
    return takeOf(simulation.worlds[0], simulation.params);
  });
  const env = makeVectorEnv(liquidityPool, { numEnvs: 1, params, purpose: "test" });
  const { actions, obs } = env.batch["manipulator"]!;
  env.reset(1);
  const policy = Array.from({ length: 39 }, () => {
    closedForm(params).act(actions, obs, 1);
    env.step();
    return takeOf(env.simulation.worlds[0], env.params);
  });
  expect(Math.max(...rule)).toBeGreaterThan(5);
  // Observations and actions are floats of 24 bits: an error of 1e-7 in what is spent is of second order in the take, and of first in fees that stay.
  rule.forEach((take, t) => {
    expect(Math.abs(take - policy[t]!)).toBeLessThan(1e-3);
  });
});

test("a pool that nobody manipulates pays its providers less, and one of them is measured at a time", () => {
  const params = { depth: 500, fee: 0.01, horizon: 50 };
  const [attacked, left] = [measurePool({ ...params, position: 250 }, 7), measurePool({ ...params, position: 0 }, 7)];
  expect(left.take).toBe(0);
  expect(attacked.take).toBeGreaterThan(10);
  expect(attacked.providers).toBeGreaterThan(left.providers);
  expect(attacked.arbitrage).toBeGreaterThan(left.arbitrage);
});
