// A planner with one good who learns, against the exact policy.
import { type AnyRows, math, type ParamsOf, type Player, type TruthOf } from "walras";
import { growth } from "../../../economies/growth.ts";
import { shockChain } from "../../../economies/theory/growth.ts";
import { type Consumption, gridOf, judge, POINTS, policyClaims, policyFigures } from "./policy.ts";

type Params = ParamsOf<typeof growth>;

/** What all experiments of this kind have in common; spread into `defineExperiment`. */
export const againstExact = {
  economy: growth,
  seeds: [1, 2, 3, 4, 5],
  evaluation: { periods: 20, finalPeriods: 100, params: { planners: POINTS } },
  measure: (player: Player, p: Params) => judge(p, learnedConsumption(player, p)),
  figures: policyFigures,
  expect: (_p: Params, truth: TruthOf<typeof growth>) => policyClaims(truth.log10EulerError),
};

/** c(k, s) of what was learned, read off on a grid of capital and continued by cubic splines. */
function learnedConsumption(player: Player, p: Params): Consumption {
  const { productivity } = shockChain(p);
  const grid = gridOf(p);
  const splines = Array.from(productivity, (z, s) => {
    const logs = new Float64Array(POINTS);
    for (let first = 0; first < POINTS; first += player.params["planners"] as number) {
      const rows: AnyRows = player.respond("planners", (w) => {
        const k = w["planners"] as unknown as Record<string, Float64Array>;
        for (let i = 0; i < k["capital"]!.length; i++) {
          k["capital"]![i] = grid[Math.min(POINTS - 1, first + i)]!;
          k["shock"]![i] = s;
          k["productivity"]![i] = z;
        }
      });
      const saving = rows["saving"] as Float64Array;
      for (let i = 0; i < saving.length && first + i < POINTS; i++)
        logs[first + i] = math.log(consumed(grid[first + i]!, z, saving[i]!, p));
    }
    return math.cubicSpline(grid.map(math.log), logs);
  });
  return (k, s) => math.exp(splines[s]!(math.log(k)));
}

/** As the economy does with one good; nobody keeps all or nothing here. */
function consumed(k: number, z: number, saving: number, p: Params): number {
  const output = z * math.pow(k, p.capitalShare);
  const resources = output + (1 - p.depreciation) * k;
  if (p.action === "capital") return resources - Math.min(saving, 0.999 * resources);
  return output - output * Math.min(0.999, Math.max(0.0005, saving));
}

/** Short episodes from many starts; MarketsAI's largest saving rate. */
const BATCH = { planners: 256, horizon: 25, actionHigh: 0.6 };

/** Productivity of each period is drawn afresh. */
export const brockMirman = { params: { ...BATCH, depreciation: 1, shockPersistence: 0.5 } };

/** Productivity and capital last. */
export const lasting = { params: BATCH };

export const ppoSettings = {
  config: {
    hiddenWidth: 32,
    numSteps: 32,
    numMinibatches: 8,
    updateEpochs: 4,
    learningRate: 2e-3,
    gaeLambda: 0.3,
    entCoef: 0,
    initialLogStd: -1.2,
    clipVloss: false,
    maxGradNorm: 10,
  },
  numEnvs: 4,
  totalSteps: 16_000,
};

/** As wide a policy as its asymmetry allows: what saving is worth is told from shocks by how much saving varies. */
export const sacSettings = {
  config: {
    hiddenWidth: 32,
    activation: "tanh",
    batchSize: 512,
    bufferSize: 1_000_000,
    learningStarts: 50_000,
    learningRate: 1e-3,
    criticLearningRate: 2e-3,
    finalRate: 0.01,
    tau: 0.05,
    gradientSteps: 2,
    alpha: 0.01,
    targetEntropy: -0.5,
  },
  numEnvs: 2,
  totalSteps: 12_000,
} as const;

/** Fewer side by side and shorter episodes than on policy; saving rates from a tenth on, where utility is not so steep that critics see nothing else. */
const REPLAYED = { planners: 64, horizon: 15, actionLow: 0.1 };

export const brockMirmanReplayed = { params: { ...brockMirman.params, ...REPLAYED } };
export const lastingReplayed = { params: { ...lasting.params, ...REPLAYED } };
