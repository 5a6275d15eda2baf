// PPO: an actor and a critic that learn from what they have just done, several passes over it, never far from the policy that did it.
// Schulman et al. 2017, https://arxiv.org/abs/1707.06347: the clipped objective (eq. 7), and the adaptive KL penalty (eq. 8) by option.
// Details and names are CleanRL's (Huang et al. 2022, "The 37 implementation details of PPO"), except that a time limit is not death.
// Populations learn independently of each other (de Witt et al. 2020, https://arxiv.org/abs/2011.09533), each on its own clock; agents of a
// population share one actor and one critic unless `independent` is set.
// Not here: a critic that sees what actors do not (mappo.ts).
// How rollouts are passed over, minibatch by minibatch and on several threads, is in parts/proximal.ts.
import { choice, flag, type ParamValues, param } from "../core/params.ts";
import type { PopulationSpec } from "../env/vector-env.ts";
import {
  abs,
  add,
  clip,
  concatCols,
  exp,
  layoutOf,
  lessEqual,
  maximum,
  mean,
  minimum,
  mul,
  neg,
  square,
  sub,
  type Tensor,
  trace,
} from "../nn/index.ts";
import { contextOf, defineAlgorithm } from "./algorithm.ts";
import { actorPolicy } from "./on-policy/acting.ts";
import { actor } from "./on-policy/actor.ts";
import { critic } from "./on-policy/critic.ts";
import type { CriticContext } from "./on-policy/critic-context.ts";
import { informationConfig, informationOf, isPriced } from "./on-policy/information.ts";
import { createProximalLearner, minibatchInputs, type Objective } from "./on-policy/proximal.ts";
import { lengthOf, recall, recurrenceConfig } from "./on-policy/recurrence.ts";
import { trainingLoop } from "./parts/training-loop.ts";

export const ppoConfig = {
  gamma: param(0.99, {
    symbol: "γ",
    min: 0,
    max: 1,
    doc: "discount per decision; by default the discount factor that the economy declares for the population, if it does",
  }),
  gaeLambda: param(0.95, { symbol: "λ", min: 0, max: 1, doc: "1: whole returns; 0: one step and the critic's word" }),
  numSteps: param(128, { symbol: "T", min: 1, max: 1e6, integer: true, doc: "decisions per world and rollout" }),
  numMinibatches: param(4, { min: 1, max: 1e6, integer: true, doc: "that a rollout is dealt into" }),
  updateEpochs: param(4, { min: 1, max: 1000, integer: true, doc: "passes over a rollout" }),
  learningRate: param(2.5e-4, { min: 0, exclusive: true }),
  annealLr: flag(true, "the learning rate falls linearly to 0"),
  clipCoef: param(0.2, {
    symbol: "ε",
    min: 0,
    exclusive: true,
    doc: "no gain from a ratio of probabilities beyond 1 ± ε",
  }),
  clipVloss: flag(true, "the critic, too, gains nothing beyond ±ε of what it said before"),
  klCoef: param(0, {
    symbol: "β",
    min: 0,
    doc: "penalty on KL(old, new) to begin with; then it follows klTarget; 0: none",
  }),
  klTarget: param(0.01, {
    min: 0,
    exclusive: true,
    doc: "β × 1.5 after a KL above twice this, β ÷ 2 below half of it",
  }),
  targetKl: param(0, { min: 0, doc: "no further pass over a rollout once its KL exceeds this; 0: never" }),
  entCoef: param(0.01, { min: 0, doc: "bonus on entropy; 0 is usual for boxes" }),
  ...informationConfig,
  vfCoef: param(0.5, { min: 0, doc: "weight of the critic's ½ squared error" }),
  maxGradNorm: param(0.5, { min: 0, exclusive: true, doc: "of the whole gradient" }),
  normAdv: flag(true, "advantages of a minibatch have mean 0 and deviation 1"),
  hiddenLayers: param(2, { min: 1, max: 16, integer: true, doc: "of the actor, and of the critic" }),
  hiddenWidth: param(64, { min: 1, max: 4096, integer: true }),
  activation: choice("tanh", ["relu", "tanh"]),
  ...recurrenceConfig,
  initialLogStd: param(0, { doc: "ln σ of box actions to begin with, in units of half the box" }),
  squash: flag(false, "box actions are the tanh of a normal instead of a normal cut off at the bounds"),
  normalizeObs: flag(false, "by running mean and deviation over all agents, within ±10"),
  scaleRewards: flag(false, "by the running deviation of discounted returns, within ±10"),
  independent: flag(false, "an actor and a critic per agent instead of one of each for all"),
  updates: param(40, { min: 1, max: 1e6, integer: true, doc: "reports over the whole of training" }),
} as const;
export type PpoConfig = ParamValues<typeof ppoConfig>;

/**
 * Evans et al. (2025), ADAGE, table 3 (network, learning rate, KL, γ, λ), and RLlib's defaults for what the table leaves to them. RLlib's minibatches have 128
 * rows of 4000: numSteps × worlds × agents should be about that. Its clamp of squared value errors at 10 is left out: returns of hundreds would teach the critic nothing.
 */
export const adageTable3 = {
  hiddenLayers: 2,
  hiddenWidth: 256,
  activation: "tanh",
  learningRate: 5e-5,
  annealLr: false,
  klCoef: 0.2,
  klTarget: 0.01,
  gamma: 0.99,
  gaeLambda: 1,
  clipCoef: 0.3,
  updateEpochs: 30,
  numMinibatches: 31,
  vfCoef: 2, // of ½ (V − R)², where RLlib has 1 of (V − R)²
  clipVloss: false,
  entCoef: 0,
  maxGradNorm: 1e9, // RLlib does not clip
} as const satisfies Partial<PpoConfig>;

export const ppo = defineAlgorithm({
  name: "ppo",
  source: "Schulman et al. (2017), arXiv:1707.06347",
  summary: "Proximal policy optimisation: clipped or KL-penalised, for choices and boxes of any number of dimensions.",
  config: ppoConfig,
  mixed: true,
  backends: ["wasm", "onnx"],
  metrics: {
    "losses/policy": "mean of −min(r A, clip(r) A) over the minibatches since the last report",
    "losses/value": "mean of the critic's ½ squared error, in units of (scaled) reward",
    "losses/entropy": "mean entropy in nats, summed over dimensions; over boxes, in units of half the box",
    "losses/approxKl": "mean of (r − 1) − ln r, which estimates KL(old, new)",
    "losses/clipFraction": "share of ratios outside 1 ± ε",
    "losses/explainedVariance": "1 − Var(return − value)/Var(return), mean over rollouts: 1 if all was foreseen",
    "charts/episodicReturn": "an agent's sum of rewards, mean over episodes finished since the last report, unscaled",
    "charts/learningRate": "Adam's step size",
  },
  train(context) {
    const { env, config } = context;
    const learners = Object.entries(env.spec).map(([population, spec]) => {
      const own = contextOf(context, population);
      const method = {
        name: "ppo",
        objective: (rows: number) => objective(spec, own.config, rows),
        criticContext: null,
      };
      return createProximalLearner(own, population, spec, method);
    });
    return trainingLoop(context, learners, config.updates, (progress) => {
      for (const learner of learners) learner.act(progress);
      env.step();
      for (const learner of learners) learner.collect();
    });
  },
  policy: (population, spec, c) => actorPolicy(population, spec, c, layoutOf(objective(spec, c, lengthOf(c)))),
});

/** What is minimised, of some rows of a minibatch; `criticContext`: what the critic sees besides (mappo.ts). */
export function objective(
  spec: PopulationSpec,
  c: PpoConfig,
  rows: number,
  criticContext: CriticContext | null = null,
): Objective {
  return trace(minibatchInputs(spec, c, rows, criticContext), (x, par) => {
    const average = (column: Tensor<"f32">) => mean(mul(column, x.weight));

    const seen = recall(par, x.obs, x.memory, x.keep, c);

    // r = π(a|o)/π_old(a|o);   −min(r A, clip(r, 1 ± ε) A)
    const { logProb, entropy, logSize } = actor(par, seen, spec, c, x.mask);
    const logRatio = clip(sub(logProb(x.actions), x.logProb), -20, 20);
    const ratio = exp(logRatio);
    const near = clip(ratio, 1 - c.clipCoef, 1 + c.clipCoef);
    const policy = neg(average(minimum(mul(x.advantage, ratio), mul(x.advantage, near))));

    // ½ (V − R)², and no less for having moved further than ε
    const V = critic(par, criticContext ? concatCols(seen, x.beside) : seen, c);
    const nearV = add(x.value, clip(sub(V, x.value), -c.clipCoef, c.clipCoef));
    const error = square(sub(V, x.target));
    const value = mul(average(c.clipVloss ? maximum(error, square(sub(nearV, x.target))) : error), 0.5);

    // KL(old, new) ≈ mean((r − 1) − ln r), never negative; unbiased, and so is its gradient (Schulman 2020, http://joschu.net/blog/kl-approx.html)
    const approxKl = average(sub(sub(ratio, 1), logRatio));
    const H = entropy(x.noise);
    const bonus = average(H);
    const clipFraction = average(sub(1, lessEqual(abs(sub(ratio, 1)), c.clipCoef)));

    let loss = add(sub(policy, mul(bonus, c.entCoef)), mul(value, c.vfCoef));
    if (c.klCoef > 0) loss = add(loss, mul(approxKl, x.klCoef));
    if (isPriced(c)) loss = add(loss, average(mul(informationOf(H, logSize), x.price))); // λ KL(π, uniform)
    return {
      loss,
      outputs: { policy, value, entropy: bonus, approxKl, clipFraction },
    };
  });
}
