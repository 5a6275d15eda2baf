// The paper's first scenario: “30 % volatility reduction”, and it does not say than what. Fifty learners paid for stability, against fifty who order at random and against the same learners paid for profit
// alone, in the same worlds with the same noise; and what is traded, since whoever does not trade moves no price.
import { defineExperiment, type Expectation, ppo, unknown } from "walras";
import { tokenMarket } from "../../economies/token-market.ts";
import { level } from "../parts/lines.ts";
import {
  HERDS,
  learner,
  market,
  measure,
  N,
  other,
  RANDOM,
  randomTraders,
  type Settings,
  scale,
} from "./parts/defi.ts";

/** Above both herds' bounds: neither minting nor burning with all others pays. */
const CALM = 30;
const PATIENCE = 0.95;
const others: Readonly<Record<string, Settings>> = {
  0: {},
  1: { stability: 1 },
  10: { stability: 10 },
  100: { stability: 100 },
};
const beside = {
  ...Object.fromEntries(Object.entries(others).map(([ω, params]) => [ω, other(ω, params)])),
  patient: other("patient", {}, { gamma: PATIENCE }),
  "patient, ω = 30": other("patient-calm", { stability: CALM }, { gamma: PATIENCE }),
  mixed: other("mixed", { stability: CALM, zeroIntelligence: N }),
};

export default defineExperiment({
  name: "bonding/defi-market",
  summary:
    "Fifty traders learn on an exponential curve: how much the price moves, and how much is traded, against chance and against profit alone.",
  economy: tokenMarket,
  params: { ...market, stability: CALM },
  algorithm: ppo,
  config: learner,
  ...scale,
  maxSeconds: 120,
  beside,
  measure(player, p, training, found, seed) {
    const all: Record<string, number> = {};
    const arms = { ...found, [CALM]: measure(player, p, training, found, seed) };
    for (const [arm, values] of Object.entries(arms))
      for (const [name, value] of Object.entries(values)) if (name.includes(": ")) all[`${name}/${arm}`] = value;
    const random = randomTraders(seed);
    const at = (name: string, arm: number | string): number => all[`${name}/${arm}`]!;
    return {
      ...all,
      "random sd": random.sd,
      "random size": random.size,
      "random volume": random.volume,
      "random per token": random.perToken,
      "less than random": 1 - at("greedy: sd", CALM) / random.sd,
      "less than profit": 1 - at("greedy: sd", CALM) / at("greedy: sd", 0),
      "volume left": at("greedy: volume", CALM) / random.volume,
      "drawn less": 1 - at("drawn: sd", CALM) / random.sd,
      "drawn volume left": at("drawn: volume", CALM) / random.volume,
      "drawn less per token": 1 - at("drawn: perToken", CALM) / random.perToken,
      "literal less": 1 - at("greedy: size", 1) / at("greedy: size", 0),
      "mixed less": 1 - at("greedy: sd", "mixed") / random.sd,
    };
  },
  expect: () => [
    {
      item: "sd(Δ ln P) of random traders",
      measure: "random sd",
      claim: "–",
      theory: RANDOM,
      unit: "1",
      tolerance: 0.08,
      kind: "relative",
      note: "k √(N/3); 3.6 standard errors",
    },
    atLeast("sd(Δ ln P): less than of random traders", "less than random", 1, 0.3),
    atLeast("sd(Δ ln P): less than of learners for profit alone", "less than profit", 1, 0.3),
    {
      item: "tokens traded, over those of random traders",
      measure: "volume left",
      claim: "not said",
      theory: 0,
      unit: "share",
      tolerance: 0.1,
      kind: "atMost",
      note: "nobody trades: an equilibrium for any ω above 0",
    },
    {
      ...atLeast("orders drawn from what was learned: sd(Δ ln P) less than of random traders", "drawn less", 1, 0.3),
      theory: unknown("how far the spread of orders has shrunk depends on how long they have learned"),
    },
    {
      item: "likewise, sd(Δ ln P) per token traded",
      measure: "drawn less per token",
      claim: "30 %",
      theory: 1 - Math.sqrt((3 * Math.PI) / 8),
      unit: "share",
      tolerance: 0.06,
      kind: "absolute",
      interval: "bootstrap",
      note: "1 − √(π/2)/(2/√3), of independent normal orders; no independent orders have more than 1 − √3/2 = .134",
    },
    {
      item: "√E(Δ ln P)² of learners for profit alone",
      measure: "greedy: size/0",
      claim: "–",
      theory: unknown("all may mint as long as they have money, or burn as long as they have tokens"),
      unit: "1",
      tolerance: 0.2,
      kind: "atLeast",
    },
    {
      item: "√E(Δ ln P)² at ω = 1, less than for profit alone",
      measure: "literal less",
      claim: "stability",
      theory: 0,
      unit: "share",
      tolerance: 0.1,
      kind: "atMost",
      interval: "bootstrap",
      note: `herds pay up to ω = ${HERDS.mint.toFixed(1)} (minting) and ${HERDS.burn.toFixed(1)} (burning)`,
    },
    {
      item: "beside 50 random traders: sd(Δ ln P) less than of these alone",
      measure: "mixed less",
      claim: "30 %",
      theory: 0,
      unit: "share",
      tolerance: 0.05,
      kind: "atMost",
      interval: "bootstrap",
      note: "whoever knows the past only cannot offset orders that do not depend on it",
    },
  ],
  tables: () => {
    const row = (name: string, arm: number | string) => ({
      of: [name],
      cells: ["greedy: sd", "greedy: size", "greedy: volume", "drawn: sd", "drawn: volume", "drawn: perToken"].map(
        (of) => `${of}/${arm}`,
      ),
    });
    return [
      {
        title: "Fifty traders on an exponential curve",
        cases: ["traders"],
        columns: [
          { name: "sd(Δ ln P)", unit: "1" },
          { name: "√E(Δ ln P)²", unit: "1" },
          { name: "volume", unit: "tokens" },
          { name: "sd, orders drawn", unit: "1" },
          { name: "volume, orders drawn", unit: "tokens" },
          { name: "sd per token, orders drawn", unit: "1/token" },
        ],
        rows: [
          { of: ["at random"], cells: [null, "random size", null, "random sd", "random volume", "random per token"] },
          row("profit alone", 0),
          ...[1, 10, CALM, 100].map((ω) => row(`ω = ${ω}`, ω)),
          row(`profit alone, γ = ${PATIENCE}`, "patient"),
          row(`ω = ${CALM}, γ = ${PATIENCE}`, "patient, ω = 30"),
          row(`ω = ${CALM}, beside 50 at random`, "mixed"),
        ],
        note: `Per period. γ = 0 where not said otherwise. On the left everybody's most likely order, on the right orders drawn as while learning. Theory for random traders: ${RANDOM.toFixed(5)} and ${N / 2} tokens.`,
      },
    ];
  },
  figures: () => [
    {
      title: "Volatility against the weight of stability",
      xLabel: "ω, tokens",
      yLabel: "√E(Δ ln P)² per period",
      caption:
        "Mean over seeds. Above the second dotted mark no herd pays; learners who begin with small random orders are calm from about ω = 10 on.",
      lines: [
        { label: "most likely orders", measured: "greedy: size" },
        { label: "orders drawn", measured: "drawn: size" },
        level("random traders", RANDOM),
        ...[HERDS.mint, HERDS.burn].map((ω, k) => ({
          label: k === 0 ? "minting with all pays below" : "burning with all pays below",
          points: [
            [ω, 0],
            [ω + 1e-6, 0.4],
          ] as const,
        })),
      ],
    },
    {
      title: "What is traded",
      xLabel: "ω, tokens",
      yLabel: "tokens per period",
      caption: "Whoever does not trade moves no price: volatility falls with volume.",
      lines: [
        { label: "most likely orders", measured: "greedy: volume" },
        { label: "orders drawn", measured: "drawn: volume" },
        level("random traders", N / 2),
      ],
    },
  ],
});

function atLeast(item: string, measure: string, theory: number, tolerance: number): Expectation {
  return { item, measure, claim: "30 %", theory, unit: "share", tolerance, kind: "atLeast", interval: "bootstrap" };
}
