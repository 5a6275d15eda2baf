// The Nash gap where theory knows it: one trader learns its best response to fundamentalists, and to nobody, and is held against the exact one.
import { defineSimulation, type ExperimentTable, ppo } from "walras";
import type { Policy } from "walras/algorithms";
import { trainedResponse } from "walras/diagnostics";
import { tokenMarket } from "../../economies/token-market.ts";
import { bestOrders, type Chased, profitOf } from "./parts/best-response.ts";
import { holds, learner } from "./parts/traders.ts";

const T = 6;
const SLOPE = 0.01;
const RATE = 0.3;
const SUPPLY = 100;

interface Case {
  readonly fundamentalists: number;
  /** P*, where the price begins at 2. */
  readonly fundamental: number;
  /** The trained gain is judged: at least this share of the exact one. */
  readonly least?: number;
}
const CASES: Readonly<Record<string, Case>> = {
  "50 traders, price rises": { fundamentalists: 49, fundamental: 2.4, least: 0.9 },
  "50 traders, price falls": { fundamentalists: 49, fundamental: 1.6, least: 0.9 },
  "10 traders, price falls": { fundamentalists: 9, fundamental: 1.6, least: 0.9 },
  "10 traders, price rises": { fundamentalists: 9, fundamental: 2.4 },
};

/** The trader holds as much as all, and can sell to the end. */
const gameOf = ({ fundamentalists, fundamental }: Case): Chased => {
  const tokens = SUPPLY / (fundamentalists + 1);
  return { rate: RATE, slope: SLOPE, deviation: 2 - fundamental, tokens, orderMax: tokens / T, periods: T };
};
const paramsOf = (one: Case) => ({
  traders: 1,
  fundamentalists: one.fundamentalists,
  fundamental: one.fundamental,
  slope: SLOPE,
  intercept: 1,
  supply: SUPPLY,
  reaction: RATE / (SLOPE * one.fundamentalists),
  orderMax: gameOf(one).orderMax,
  money: 500,
  horizon: T,
});

// Alone with a fee, whatever a trader does costs it the fee and nothing else: a churner could gain all that it pays.
const FEE = 0.05;
const CHURN = { traders: 1, supply: SUPPLY, fee: FEE, orderMax: 5, money: 500, horizon: T };
/** Sells all it may, then buys it back. */
const churns = (): Policy => {
  let sells = true;
  return {
    load() {},
    reset() {
      sells = true;
    },
    act(actions, _obs, rows) {
      actions.fill(sells ? -1 : 1, 0, rows);
      sells = !sells;
    },
  };
};
/** T/2 round trips of 5 tokens between S = 100 and 95, where the price is on average 1.975. */
const CHURNED = T * FEE * 5 * (1 + SLOPE * (SUPPLY - 2.5));

export default defineSimulation({
  name: "bonding/best-response",
  summary:
    "One trader learns to trade against fundamentalists who chase a price, and is held against its exact best response.",
  economy: tokenMarket,
  params: { traders: 0, fundamentalists: 50, fundamental: 2.4 },
  seeds: [1, 2, 3, 4, 5],
  maxSeconds: 120,
  measure({ seed }) {
    const found: Record<string, number> = {};
    const respond = (name: string, params: object, policy: Policy, exact: number) => {
      const { gain } = trainedResponse({
        economy: tokenMarket,
        params: params as Record<string, number>,
        policies: { traders: policy },
        population: "traders",
        agent: 0,
        algorithm: ppo,
        config: { ...learner, learningRate: 1e-3, initialLogStd: -1, numSteps: 48 },
        numEnvs: 16,
        totalSteps: 16 * 48 * 60,
        seed,
        worlds: 1, // no chance in it
      });
      found[`gain/${name}`] = gain;
      found[`share/${name}`] = gain / exact;
    };
    for (const [name, one] of Object.entries(CASES)) {
      const game = gameOf(one);
      const stays = profitOf(game, new Array(T).fill(0));
      respond(name, paramsOf(one), holds, bestOrders(game, (orders) => profitOf(game, orders)).value - stays);
    }
    respond("churns", CHURN, churns(), CHURNED);
    const shares = Object.keys(CASES).map((name) => found[`share/${name}`]!);
    return { ...found, most: Math.max(found["share/churns"]!, ...shares) };
  },
  expect: () => [
    ...Object.entries(CASES).flatMap(([name, { least }]) =>
      least === undefined ? [] : [share(name, `share/${name}`, least)],
    ),
    share("alone, with a fee", "share/churns", 0.8),
    {
      item: "most that any response gains over the exact one",
      measure: "most",
      claim: "a lower bound",
      theory: 1,
      unit: "1",
      tolerance: 1.001,
      kind: "atMost" as const,
      note: "money and tokens are counted in units of 2⁻²⁰",
    },
  ],
  tables: () => [table()],
});

const share = (name: string, measure: string, least: number) => ({
  item: `share of the exact gain that training finds: ${name}`,
  measure,
  claim: "R(π*) ≥ R(π)",
  theory: 1,
  unit: "1",
  tolerance: least,
  kind: "atLeast" as const,
});

function table(): ExperimentTable {
  return {
    title: "What a trader gains by responding to fundamentalists, instead of holding",
    cases: ["market"],
    columns: [
      { name: "exact", unit: "money" },
      { name: "trained", unit: "money" },
      { name: "share", unit: "1" },
      { name: "holding earns", unit: "money" },
    ],
    rows: [
      ...Object.entries(CASES).map(([name, one]) => {
        const game = gameOf(one);
        const stays = profitOf(game, new Array(T).fill(0));
        return {
          of: [name],
          cells: [
            bestOrders(game, (orders) => profitOf(game, orders)).value - stays,
            `gain/${name}`,
            `share/${name}`,
            stays,
          ],
        };
      }),
      { of: [`alone, instead of churning at a fee of ${FEE}`], cells: [CHURNED, "gain/churns", "share/churns", 0] },
    ],
    note: `Linear curve, slope ${SLOPE}, mNg = ${RATE}, ${T} periods from a price of 2 to one of 2.4 or 1.6.`,
  };
}
