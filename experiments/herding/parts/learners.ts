// What experiments with learners of social learning share: traders, their learner, and what is measured of them.
import { type AnyWorld, type Expectation, type ParamsOf, type Player, ppo, type TruthOf } from "walras";
import { socialLearning } from "../../../economies/social-learning.ts";
import { correlationsAt, lossAt, plannerWeight } from "../../../economies/theory/social-learning.ts";

type Params = ParamsOf<typeof socialLearning>;

/** Errors of so many periods have standard errors of .002 in a cluster, and of .008 between clusters. */
const PERIODS = 10_000;

/** Of the economy's defaults: φ = .85 in equilibrium, and correlations of .85 and .15. */
export const signals = { clusterSize: 10, newsVariance: 0.0467205882, noiseVariance: 1 };

/** Spread into `defineExperiment`. */
export const learners = {
  economy: socialLearning,
  algorithm: ppo,
  config: {
    numSteps: 50,
    hiddenWidth: 16,
    numMinibatches: 8,
    updateEpochs: 4,
    learningRate: 2e-3,
    entCoef: 0,
    initialLogStd: -1.6,
    scaleRewards: true,
    updates: 12,
  },
  numEnvs: 1,
  totalSteps: 6000,
  seeds: [1, 2, 3, 4, 5],
  evaluation: { params: { horizon: PERIODS }, periods: 400, finalPeriods: 400, every: 3 },
  measure,
};

interface World {
  readonly leaning: number;
  readonly gaps: number;
  readonly squares: number;
  readonly traders: { readonly size: number };
  readonly withinPairs: number;
  readonly acrossPairs: number;
  readonly randomPairs: number;
  readonly variance: number;
}

/** The weight that was learned, what it costs, and correlations, beside those of theory at that weight. */
function measure(player: Player, p: Params, _training: unknown, _beside: unknown, seed: number) {
  let [leaning, gaps, squares] = [0, 0, 0];
  const correlations = { within: 0, between: 0, random: 0 };
  player.play({
    seed,
    periods: PERIODS,
    visit(w: AnyWorld, period) {
      const world = w as unknown as World;
      leaning += world.leaning;
      gaps += world.gaps;
      squares += world.squares / world.traders.size;
      if (period < PERIODS - 1) return;
      correlations.within = world.withinPairs / world.variance;
      correlations.between = world.acrossPairs / world.variance;
      correlations.random = world.randomPairs / world.variance;
    },
  });
  const learned = leaning / gaps;
  const implied = correlationsAt(learned, p, p.shared);
  return {
    learned,
    ...correlations,
    withinLess: correlations.within - implied.within,
    betweenLess: correlations.between - implied.between,
    overPlanner: squares / PERIODS / lossAt(plannerWeight(p), p),
  };
}

const row = (
  item: string,
  measure: string,
  claim: string,
  theory: Expectation["theory"],
  tolerance: number,
): Expectation => ({ item, measure, claim, theory, unit: "1", tolerance, kind: "absolute" });

/** Expectations of the weight, correlations and loss of an equilibrium, and of correlations by the closed form at the weight that was learned. */
export const rows = (truth: TruthOf<typeof socialLearning>, overPlanner: number): Expectation[] => [
  row("weight of the cluster's orders", "learned", "equilibrium", truth.weight, 0.02),
  row("correlation in a cluster", "within", "equilibrium", truth.clusterCorrelation, 0.03),
  row("correlation between clusters", "between", "equilibrium", truth.betweenCorrelation, 0.04),
  row("correlation of two drawn from all", "random", "equilibrium", truth.randomCorrelation, 0.04),
  row("correlation in a cluster, less theory's at the learned weight", "withinLess", "0", 0, 0.015),
  row("correlation between clusters, less theory's at the learned weight", "betweenLess", "0", 0, 0.03),
  row("mean squared error over the planner's", "overPlanner", "equilibrium", overPlanner, 0.03),
];
