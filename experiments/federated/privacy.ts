// What privacy costs twelve and sixty sellers who learn one network together: clipped updates, noise on their sum, and (ε, δ) of one participant's whole part by Rényi accounting.
import { defineSimulation, math } from "walras";
import { federate, noiseFor, privacySpent } from "walras/federated";
import { seedStream } from "walras/random";
import { bestSeller, regions, regret } from "./parts/sellers.ts";

const ROUNDS = 40;
const SAMPLING = 0.5;
const CLIP = 0.1;
/** Below one over the number of participants. */
const DELTA = 1e-3;
const EPSILONS = [0.25, 0.5, 1, 2, 4, 16];
const COUNTS = { many: 60, few: 12 };
type Count = keyof typeof COUNTS;

export default defineSimulation({
  name: "federated/privacy",
  summary: "Twelve and sixty sellers learn one network under differential privacy: profits forgone by ε.",
  economy: bestSeller,
  seeds: [1, 2, 3, 4, 5],
  maxSeconds: 240,
  measure({ seed }) {
    const spent = { sampling: SAMPLING, rounds: ROUNDS };
    const measured: Record<string, number> = { accounted: 0 };
    for (const count of Object.keys(COUNTS) as Count[]) {
      const open = trained(seed, count, 0);
      measured[`open/${count}`] = open;
      for (const epsilon of EPSILONS) {
        const noise = noiseFor(epsilon, spent, { delta: DELTA });
        const share = trained(seed, count, noise);
        const off = Math.abs(privacySpent({ noise, ...spent }, { delta: DELTA }).epsilon / epsilon - 1);
        measured["accounted"] = Math.max(measured["accounted"]!, off);
        measured[`${count}/${epsilon}`] = share;
        measured[`${count}InLogs/${log2(epsilon)}`] = log10(share);
        measured[`${count}Open/${log2(epsilon)}`] = log10(open);
        measured[`noise/${epsilon}`] = noise;
      }
    }
    return {
      ...measured,
      cost: measured["many/0.25"]! - measured["open/many"]!,
      fewOverMany: measured["few/1"]! - measured["many/1"]!,
    };
  },
  expect: () => [
    {
      item: "60 participants, clipped without noise: profits forgone over all demands",
      measure: "open/many",
      claim: "–",
      theory: 0,
      unit: "of the best",
      tolerance: 0.02,
      kind: "atMost" as const,
    },
    {
      item: "60 participants, ε = 1: likewise",
      measure: "many/1",
      claim: "–",
      theory: 0,
      unit: "of the best",
      tolerance: 0.05,
      kind: "atMost" as const,
    },
    {
      item: "60 participants: forgone at ε = ¼ less without noise",
      measure: "cost",
      claim: "–",
      theory: 0,
      unit: "of the best",
      tolerance: 0,
      kind: "atLeast" as const,
      note: "what privacy costs",
    },
    {
      item: "ε = 1: forgone by 12 participants less by 60",
      measure: "fewOverMany",
      claim: "–",
      theory: 0,
      unit: "of the best",
      tolerance: 0,
      kind: "atLeast" as const,
      note: "noise on the mean is that of one over their number",
    },
    {
      item: "ε spent with the noise that was found for it, relative error",
      measure: "accounted",
      claim: "–",
      theory: 0,
      unit: "1",
      tolerance: 1e-6,
      kind: "atMost" as const,
    },
  ],
  figures: () => [
    {
      title: "What privacy costs",
      xLabel: "log₂ of ε, at δ = 0.001",
      yLabel: "log₁₀ of the share forgone",
      lines: [
        { label: "12 participants", measured: "fewInLogs" },
        { label: "60 participants", measured: "manyInLogs" },
        { label: "60 without noise", measured: "manyOpen", as: "reference" },
      ],
      caption:
        "After 40 rounds in which each takes part with probability ½. Lower is better; to the left is more private.",
    },
  ],
});

const LN_10 = math.log(10);
const log10 = (x: number): number => math.log(Math.max(1e-5, x)) / LN_10;
const log2 = (x: number): number => Math.round(math.log2(x));

function trained(seed: number, count: Count, noise: number): number {
  const participants = regions(COUNTS[count], seed);
  const first = participants[0]!;
  const stream = seedStream(seed).fork(`${count}/${noise}`);
  const options = { participants, initial: first.weights(), stream, sampling: SAMPLING, clip: CLIP, noise };
  for (const { round, weights } of federate(options)) if (round + 1 === ROUNDS) return regret(first, weights);
  return Number.NaN;
}
