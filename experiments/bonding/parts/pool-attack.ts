// What a manipulator takes from whoever settles at a pool's price, and what providers, arbitrage and traders have of it, by pool, depth and fee. All cells of a seed see the same prices and orders.
import { createSimulation, type ParamSettings } from "walras";
import type { Policy } from "walras/algorithms";
import { liquidityPool } from "../../../economies/liquidity-pool.ts";
import { bestManipulation } from "../../../economies/theory/liquidity-pool.ts";

export interface PoolMeasures {
  /** The manipulator's gain over not trading, per period. */
  readonly take: number;
  /** Of all providers per period, against rebalancing: fees less what arbitrage takes. */
  readonly providers: number;
  readonly arbitrage: number;
}

/** Means over an episode in which the manipulator spends what the closed form says, or, with `position` 0, is not there. */
export function measurePool(params: ParamSettings, seed: number): PoolMeasures {
  const simulation = createSimulation(liquidityPool, {
    params: { ...params, attacks: "never" },
    seed,
    purpose: "pool",
  });
  simulation.reset(0);
  const periods = Number(simulation.params["horizon"]);
  const sums = { take: 0, providerProfit: 0, arbitrage: 0 };
  for (let t = 0; t < periods; t++) {
    for (let index = 0; index < simulation.phases.length; index++) simulation.runPhase(index, 0);
    simulation.endPeriod(0);
    for (const name of Object.keys(sums) as (keyof typeof sums)[])
      sums[name] += liquidityPool.metrics[name].of(simulation.worlds[0]!, simulation.params) / periods;
  }
  return { take: sums.take, providers: sums.providerProfit, arbitrage: sums.arbitrage };
}

/** Spends what the closed form says in the pool that it observes: its price over the outside price, its depth over W, the outside price. Of a constant product. */
export function closedForm(p: {
  readonly position: number;
  readonly fee: number;
  readonly manipulatorMoney: number;
}): Policy {
  const W = p.manipulatorMoney;
  return {
    load() {},
    act(actions, obs, rows) {
      for (let row = 0; row < rows; row++) {
        const [gap, depth, price] = [obs[3 * row]! * 0.1, obs[3 * row + 1]!, obs[3 * row + 2]!];
        const money = depth * (W + 1);
        const tokens = money / (price * (1 + gap));
        const pool = { money, tokens, heldMoney: money, heldTokens: tokens, fee: p.fee };
        actions[row] = bestManipulation(pool, price, { position: p.position, budget: W }).spend / W;
      }
    },
  };
}
