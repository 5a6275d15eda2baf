// Traders who learn for profit alone among themselves on a linear curve: a game of coordination.
//
// profit = m A₋ᵢ (H + a/2): who holds tokens earns what others' orders do to their price. If all others buy, it is best to buy as much as one may, in every period, and if they sell, to sell:
// a bubble and a run are both equilibria, as long as there is money and there are tokens. In a bubble each earns Σ_t m (N − 1) A (S₀/N + A t + A/2).
import { defineExperiment, type Experiment, leaders, type Player, ppo } from "walras";
import type { Policy } from "walras/algorithms";
import { trainedResponse } from "walras/diagnostics";
import { tokenMarket } from "../../../economies/token-market.ts";

/** Orders nothing. */
export const holds: Policy = {
  load() {},
  act(actions, _obs, rows) {
    actions.fill(0, 0, rows);
  },
};

export const learner = {
  gamma: 1,
  learningRate: 3e-3,
  entCoef: 0,
  hiddenLayers: 1,
  hiddenWidth: 16,
  scaleRewards: true,
  normalizeObs: true,
} as const;

const T = 10;
const SLOPE = 0.01;
const SUPPLY = 100;

/** Σ_t m (N − 1) A (S₀/N + A t + A/2), t from 0. */
export const bubbleProfit = (N: number, A: number): number => SLOPE * (N - 1) * A * T * (SUPPLY / N + (A * T) / 2);

/** N traders with orders up to A; a measured gap is judged against what a bubble earns. */
export function nashExperiment(
  N: number,
  A: number,
  scale: { readonly numEnvs: number; readonly updates: number },
): Experiment {
  const profit = bubbleProfit(N, A);
  const response = { numSteps: 40, numEnvs: 8 };
  return defineExperiment({
    name: `bonding/nash-${N}`,
    summary: `${N} traders learn for profit alone; what one of them could still gain by responding best to the others.`,
    economy: tokenMarket,
    params: { traders: N, orderMax: A, slope: SLOPE, supply: SUPPLY, money: 500, horizon: T },
    algorithm: ppo,
    config: { ...learner, numSteps: 40 },
    numEnvs: scale.numEnvs,
    totalSteps: 40 * scale.numEnvs * scale.updates,
    seeds: [1, 2, 3, 4, 5],
    maxSeconds: 120,
    evaluation: { periods: T, finalPeriods: T, every: 5 },
    measure(player) {
      const { gain, incumbentReturn } = trainedResponse({
        economy: tokenMarket,
        params: player.params as never,
        policies: player.policies,
        population: "traders",
        agent: 0,
        algorithm: ppo,
        config: { ...learner, numSteps: response.numSteps },
        numEnvs: response.numEnvs,
        totalSteps: response.numSteps * response.numEnvs * 15,
        seed: 1,
        worlds: 1, // no chance in it
      });
      const { supply, way } = ending(player);
      const constants = leaders.bestResponseGap(player, { periods: T })["traders"]!.absolute * T;
      return {
        trained: gain / profit,
        constants: Math.max(0, constants) / profit,
        earned: incumbentReturn / profit,
        supply,
        ...way,
      };
    },
    expect: () => [gapRow("a trained response", "trained"), gapRow("the best constant order or shift", "constants")],
    figures: () => [
      {
        title: "Where supply ends",
        xLabel: "world-periods of training",
        yLabel: "tokens, mean over an episode",
        lines: [
          { label: "played", training: "econ/circulating" },
          { label: "bubble", level: SUPPLY + (N * A * (T + 1)) / 2 },
        ],
        band: "range" as const,
        caption:
          "Traders who learn for profit alone end in a bubble, in which all buy, or in a run, in which all sell; some stop on the way. Each is close to an equilibrium.",
      },
    ],
    tables: () => [
      {
        title: "Where learners end",
        cases: ["measure"],
        columns: [{ name: "value", unit: "1" }],
        rows: [
          ["share of seeds that end in a bubble", "bubble"],
          ["share that end in a run", "run"],
          ["earned, over what a bubble earns", "earned"],
          ["gain of a trained response, over the same", "trained"],
          ["gain of a constant order or shift", "constants"],
        ].map(([of, cell]) => ({ of: [of!], cells: [cell!] })),
        note: "A bubble has at least three quarters of the supply that all can buy, a run at most half of what was there at first.",
      },
    ],
  });
  function ending(player: Player) {
    let supply = 0;
    player.play({
      seed: 1,
      periods: T,
      visit: (w) => {
        supply = (w["supply"] as unknown as Float64Array)[0]!;
      },
    });
    const bubble = supply - SUPPLY >= 0.75 * N * A * T ? 1 : 0;
    return { supply, way: { bubble, run: supply <= SUPPLY / 2 ? 1 : 0 } };
  }
}

const gapRow = (who: string, measure: string) => ({
  item: `gain of ${who}, over what a bubble earns`,
  measure,
  claim: "E R(π*) ≥ E R(π)",
  theory: 0,
  unit: "1",
  tolerance: 0.05,
  kind: "atMost" as const,
});
