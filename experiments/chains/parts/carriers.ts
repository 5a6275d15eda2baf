// Arbitrageurs who learn how much to carry over a bridge: one order per episode, whose profit is known when the tokens arrive, beside the order that theory knows.
import { defineExperiment, math, ppo } from "walras";
import { chains } from "../../../economies/chains.ts";

interface Case {
  readonly delay: number;
  readonly riskAversion?: number;
  readonly arbitrageurs?: number;
  /** Decisions to learn from, of each arbitrageur. */
  readonly decisions: number;
  /** First standard deviation of what is tried, in tokens: small beside the best order, so that orders the other way are not. */
  readonly tried: number;
}

/** Worlds side by side, and decisions of each between updates. */
const [WORLDS, STEPS] = [256, 16];
const ORDER_MAX = 40; // tokens

export const carriers = (
  name: string,
  summary: string,
  { delay, decisions, tried, riskAversion = 0, arbitrageurs = 1 }: Case,
) =>
  defineExperiment({
    name,
    summary,
    economy: chains,
    params: {
      delays: [delay],
      riskAversion,
      arbitrageurs,
      orderMax: ORDER_MAX,
      decisions: "episode",
      horizon: delay + 1,
    },
    algorithm: ppo,
    config: {
      numSteps: STEPS,
      gamma: 1,
      gaeLambda: 1,
      learningRate: 0.005,
      entCoef: riskAversion > 0 ? 0 : 0.002, // the averse have no expectation where (c + a V) s² reaches 1, s what is tried
      initialLogStd: math.log(tried / ORDER_MAX),
      numMinibatches: 1,
      updateEpochs: 4,
      hiddenLayers: 1,
      hiddenWidth: 8,
      updates: 20,
    },
    numEnvs: WORLDS,
    totalSteps: decisions * (delay + 1),
    seeds: [1, 2, 3],
    measure(player) {
      const { carry } = player.respond("arbitrageurs", () => {});
      return { order: ORDER_MAX * (carry as Float64Array)[0]! };
    },
    expect: (_p, truth) => [
      {
        item: "tokens carried",
        measure: "order",
        claim: "α* = (gain − φ)/(c + a Var gain)",
        theory: truth.order,
        unit: "tokens",
        tolerance: 0.02,
        kind: "relative",
      },
    ],
  });
