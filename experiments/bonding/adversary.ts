// The paper's future work: a learner paid for others' losses, and one paid for its own profit, against fundamentalists who chase news; on every curve, without and with a fee.
import { defineSimulation, type ExperimentTable, ppo } from "walras";
import { trainedResponse } from "walras/diagnostics";
import { tokenMarket } from "../../economies/token-market.ts";
import { bestOrders, type Chased, harmOf, profitOf } from "./parts/best-response.ts";
import { CURVES, type CurveName, curveThrough, slopeAt } from "./parts/curves.ts";
import { holds, learner } from "./parts/traders.ts";

const AT = { supply: 100, price: 2 };
const SLOPE = slopeAt(AT);
const FEES = [0, 0.03] as const;
const GOALS = { harm: 1, profit: 0 } as const; // spite
type Goal = keyof typeof GOALS;

const N = 9;
const T = 6;
const RATE = 0.3;
/** It holds as much as each of the others, and can sell to the end. */
const HELD = AT.supply / (N + 1);
const NEWS = 1.2;

const game: Chased & { readonly others: { readonly size: number; readonly tokens: number } } = {
  rate: RATE,
  slope: SLOPE,
  deviation: AT.price * (1 - NEWS),
  tokens: HELD,
  orderMax: HELD / T,
  periods: T,
  others: { size: N, tokens: AT.supply - HELD },
};
const VALUES: Readonly<Record<Goal, (orders: readonly number[]) => number>> = {
  harm: (orders) => harmOf(game, orders),
  profit: (orders) => profitOf(game, orders),
};

const exactly = (goal: Goal): number => bestOrders(game, VALUES[goal]).value - VALUES[goal](new Array(T).fill(0));
/** What the best orders gain over holding on a linear curve without fee, exactly. */
const EXACT: Readonly<Record<Goal, number>> = { harm: exactly("harm"), profit: exactly("profit") };

const name = (goal: Goal, curve: CurveName, fee: number) => `${goal}: ${curve}/${fee}`;

export default defineSimulation({
  name: "bonding/adversary",
  summary:
    "One learner among nine fundamentalists who chase news is paid for what the others lose, or for its own profit: what it gains over holding, by curve and fee.",
  economy: tokenMarket,
  params: { traders: 0, fundamentalists: 10, fundamental: NEWS * AT.price },
  seeds: [1, 2, 3],
  maxSeconds: 240,
  measure({ seed }) {
    const found: Record<string, number> = {};
    for (const goal of ["harm", "profit"] as const)
      for (const curve of CURVES)
        for (const fee of FEES) {
          const { gain } = trainedResponse({
            economy: tokenMarket,
            params: {
              ...curveThrough(curve, AT),
              traders: 0,
              adversaries: 1,
              spite: GOALS[goal],
              fundamentalists: N,
              fundamental: NEWS * AT.price,
              reaction: RATE / (SLOPE * N),
              supply: AT.supply,
              orderMax: game.orderMax,
              fee,
              money: 500,
              horizon: T,
            },
            policies: { adversaries: holds },
            population: "adversaries",
            agent: 0,
            algorithm: ppo,
            config: { ...learner, hiddenWidth: 32, updateEpochs: 8, numSteps: 48 },
            numEnvs: 16,
            totalSteps: 16 * 48 * 60,
            seed,
            worlds: 1, // no chance in it
          });
          found[name(goal, curve, fee)] = gain;
        }
    for (const goal of ["harm", "profit"] as const)
      found[`${goal}: share`] = found[name(goal, "linear", 0)]! / EXACT[goal];
    return found;
  },
  expect: () => [
    ...(["harm", "profit"] as const).map((goal) => ({
      item: `share of the exact gain that training finds, linear curve without fee: ${goal}`,
      measure: `${goal}: share`,
      claim: "–",
      theory: 1,
      unit: "1",
      tolerance: 0.9,
      kind: "atLeast" as const,
    })),
  ],
  figures: () =>
    (["harm", "profit"] as const).map((goal) => ({
      title: goal === "harm" ? "Paid for others' losses" : "Paid for its own profit",
      xLabel: "fee",
      yLabel: "money, over holding",
      lines: [
        ...CURVES.map((curve) => ({ label: curve, measured: `${goal}: ${curve}` })),
        { label: "exact, linear without fee", points: [[0, EXACT[goal]]] as const },
      ],
      caption: "What a trained learner gains in six periods after news that P* is a fifth above the price.",
    })),
  tables: () => [table()],
});

function table(): ExperimentTable {
  const columns = (["harm", "profit"] as const).flatMap((goal) =>
    FEES.map((fee) => ({ goal, fee, name: `${goal}, fee ${100 * fee} %`, unit: "money" })),
  );
  return {
    title: "What one learner gains among nine fundamentalists",
    cases: ["curve"],
    columns: columns.map(({ name, unit }) => ({ name, unit })),
    rows: [
      ...CURVES.map((curve) => ({ of: [curve], cells: columns.map(({ goal, fee }) => name(goal, curve, fee)) })),
      { of: ["linear, exact"], cells: columns.map(({ goal, fee }) => (fee === 0 ? EXACT[goal] : null)) },
    ],
    note: `Over holding, in ${T} periods after news that P* is a fifth above the price of ${AT.price}; orders of up to ${game.orderMax.toPrecision(3)} tokens. Harm: what the nine others lose, at liquidation value. Profit: its own.`,
  };
}
