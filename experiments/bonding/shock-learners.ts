// Whether traders who learn bring prices back sooner: twenty-five of them beside twenty-five fundamental traders who need 59 periods after a spike of Z.
import { defineExperiment, type Expectation, type Experiment, math, ppo, unknown } from "walras";
import { tokenMarket } from "../../economies/token-market.ts";
import { curve, level } from "../parts/lines.ts";
import { alone, learned, market, type Response } from "./parts/response.ts";

const RATE = market.slope * market.fundamentalists * market.reaction;
const config = {
  ...{ gamma: 0, numSteps: market.horizon, learningRate: 3e-3, entCoef: 0, hiddenLayers: 1, hiddenWidth: 16 },
  ...{ initialLogStd: -1, scaleRewards: true, normalizeObs: true },
} as const;
const scale = {
  numEnvs: 8,
  totalSteps: 8 * market.horizon * 40,
  evaluation: { periods: market.horizon, finalPeriods: market.horizon, every: 20 },
} as const;

const named = (name: string, { left, steps, unrest }: Response): Record<string, number> => ({
  [`${name}: steps`]: steps,
  [`${name}: unrest`]: unrest,
  [`${name}: after 20`]: left[20]!,
  ...Object.fromEntries(Array.from(left, (value, t) => [`${name}: left/${t}`, value])),
});
const arm = (name: string, stability: number, gamma: number): Experiment =>
  defineExperiment({
    name: `bonding/shock-learners-${name}`,
    summary: "",
    economy: tokenMarket,
    params: { ...market, stability },
    algorithm: ppo,
    config: { ...config, gamma },
    ...scale,
    measure: (player, p, _training, _beside, seed) => named(name, learned(player, p, seed)),
  });

export default defineExperiment({
  name: "bonding/shock-learners",
  summary:
    "Traders who learn beside fundamental ones: how long a spike of Z lasts when they want profit, and when they are paid for stability.",
  economy: tokenMarket,
  params: market,
  algorithm: ppo,
  config,
  ...scale,
  seeds: [1, 2, 3, 4, 5, 6],
  maxSeconds: 60,
  beside: { stability: arm("stability", 30, 0), patient: arm("patient", 0, 0.9) },
  measure: (player, p, _training, beside, seed) => ({
    ...ofArms(beside),
    ...named("profit", learned(player, p, seed)),
    ...named("alone", alone(seed)),
  }),
  expect: () => [
    {
      item: "periods until 5 % are left, fundamental traders alone",
      measure: "alone: steps",
      claim: "20 or fewer",
      theory: 59,
      unit: "periods",
      tolerance: 1,
      kind: "absolute",
      note: "⌈ln .05/ln .95⌉",
    },
    ...[
      ["profit", "learners for profit beside them"],
      ["patient", "patient ones, γ = .9"],
      ["stability", "learners paid for stability, ω = 30"],
    ].map(
      ([name, item]): Expectation => ({
        item: `periods until 5 % are left, ${item}`,
        measure: `${name}: steps`,
        claim: "20 or fewer",
        theory: unknown("no equilibrium of learners beside fundamental traders is known"),
        unit: "periods",
        tolerance: 20,
        kind: "atMost",
      }),
    ),
  ],
  tables: () => [
    {
      title: "A spike of Z among fundamental traders and learners",
      cases: ["traders"],
      columns: [
        { name: "periods until 5 % are left", unit: "periods" },
        { name: "share left after 20", unit: "1" },
        { name: "√E(P − P*)² without a spike", unit: "money/token" },
      ],
      rows: [
        ["25 fundamental traders alone", "alone"],
        ["and 25 learners, profit", "profit"],
        ["and 25 learners, profit, γ = 0.9", "patient"],
        ["and 25 learners, ω = 30", "stability"],
      ].map(([of, name]) => ({
        of: [of!],
        cells: ["steps", "after 20", "unrest"].map((value) => `${name}: ${value}`),
      })),
      note: `Mean difference of prices with the spike and without, on the same draws. ${market.horizon - market.shockPeriod} periods stand for never.`,
    },
  ],
  figures: () => [
    {
      title: "What is left of a spike of Z",
      xLabel: "periods after the spike",
      yLabel: "share of the price's change that is left",
      caption:
        "Difference between worlds with the spike and the same worlds without, over seeds. Dashed: .95^t of fundamental traders alone, and 5 %.",
      lines: [
        { label: "fundamental traders alone", measured: "alone: left" },
        { label: "and learners for profit", measured: "profit: left" },
        { label: "and patient ones", measured: "patient: left" },
        { label: "and learners paid for stability", measured: "stability: left" },
        curve(
          "0.95^t",
          (t) => math.pow(1 - RATE, t),
          Array.from({ length: 75 }, (_, t) => t),
        ),
        level("5 %", 0.05),
      ],
    },
  ],
});

/** What each arm has measured under its own name. */
const ofArms = (beside: Readonly<Record<string, Readonly<Record<string, number>>>>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(beside).flatMap(([name, summary]) =>
      Object.entries(summary).filter(([key]) => key.startsWith(`${name}: `)),
    ),
  );
