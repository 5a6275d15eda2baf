// PPO, proximal policy optimisation: an on-policy actor–critic that makes several epochs of clipped minibatch updates on each rollout.
// Schulman et al. 2017, https://arxiv.org/abs/1707.06347: the clipped objective (eq. 7), and the adaptive KL penalty (eq. 8) by option.
// Details and names are CleanRL's (Huang et al. 2022, "The 37 implementation details of PPO"), except that a time limit is not death.
// Populations learn independently of each other (de Witt et al. 2020, https://arxiv.org/abs/2011.09533), each on its own clock; agents of a
// population share one actor and one critic unless `independent` is set.
// Not here: a critic that sees what actors do not (mappo.ts).
//
// G groups of agents that share networks, D action dimensions, T decisions of a rollout, L decisions of a sequence (1 without memory), M minibatches, B rows of a shard
//
// A training (on-policy/frame.ts): all decide whose turn it is, the worlds make a step, all collect what followed; `learn`, below, when T turns are complete.
// Every rank plays its own worlds. A minibatch is cut into shards, fixed in number and summed in order: the number of threads changes nothing.
import { flag, type ParamValues, param } from "../core/params.ts";
import type { PopulationSpec } from "../env/vector-env.ts";
import {
  abs,
  add,
  clip,
  concatCols,
  exp,
  layoutOf,
  lessEqual,
  matrix,
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
import type { TrainContext } from "./algorithm.ts";
import { actorPolicy } from "./on-policy/acting.ts";
import { actor } from "./on-policy/actor.ts";
import { createAdvantages } from "./on-policy/advantages.ts";
import { critic } from "./on-policy/critic.ts";
import type { CriticContext } from "./on-policy/critic-context.ts";
import { cutIntoShards } from "./on-policy/descent.ts";
import { createFrame, discountConfig, networkConfig, type OnPolicyLearner, trainOnPolicy } from "./on-policy/frame.ts";
import { informationConfig, informationOf, isPriced } from "./on-policy/information.ts";
import { createMinibatches, momentsOf } from "./on-policy/minibatches.ts";
import { lengthOf, recall } from "./on-policy/recurrence.ts";
import { createSequences, decisionInputs } from "./on-policy/sequences.ts";
import { defineSampledAlgorithm } from "./sampling.ts";

export const ppoConfig = {
  ...discountConfig,
  gaeLambda: param(0.95, { symbol: "λ", min: 0, max: 1, doc: "1: Monte Carlo returns; 0: one-step TD" }),
  numSteps: param(128, { symbol: "T", min: 1, max: 1e6, integer: true, doc: "decisions per world and rollout" }),
  numMinibatches: param(4, { min: 1, max: 1e6, integer: true, doc: "minibatches per epoch" }),
  updateEpochs: param(4, { min: 1, max: 1000, integer: true, doc: "epochs per rollout" }),
  learningRate: param(2.5e-4, { min: 0, exclusive: true }),
  annealLr: flag(true, "the learning rate falls linearly to 0"),
  clipCoef: param(0.2, {
    symbol: "ε",
    min: 0,
    exclusive: true,
    doc: "no gain from a ratio of probabilities beyond 1 ± ε",
  }),
  clipVloss: flag(true, "no gain for the critic either from values further than ε from those of the rollout"),
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
  targetKl: param(0, { min: 0, doc: "no further epoch on a rollout once its KL exceeds this; 0: never" }),
  entCoef: param(0.01, { min: 0, doc: "bonus on entropy; 0 is usual for boxes" }),
  ...informationConfig,
  normAdv: flag(true, "advantages of a minibatch have mean 0 and deviation 1"),
  ...networkConfig,
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

export const ppo = defineSampledAlgorithm({
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
  train: (context) => trainOnPolicy(context, createLearner),
  policy: (population, spec, c) => actorPolicy(population, spec, c, layoutOf(objective(spec, c, lengthOf(c)))),
});

/** The loss of some rows of a minibatch; `criticContext`: what the critic sees besides (mappo.ts). */
export function objective(
  spec: PopulationSpec,
  c: PpoConfig,
  rows: number,
  criticContext: CriticContext | null = null,
) {
  const inputs = {
    ...decisionInputs(spec, c, rows, lengthOf(c), criticContext),
    logProb: matrix(rows), // of the actions, by the policy that took them
    advantage: matrix(rows),
    value: matrix(rows), // by the critic of the rollout
    target: matrix(rows),
    klCoef: matrix(1),
    price: matrix(rows), // of information, in units of the advantage per nat
  };
  return trace(inputs, (x, par) => {
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
const LOSSES = ["policy", "value", "entropy", "approxKl", "clipFraction"] as const;
const MEANS = LOSSES.map((name) => `losses/${name}` as const);
const SHARD_ROWS = 128; // at least

/** One population's learner. `by`: the algorithm's name, for errors, and what the critic sees that actors do not. */
export function createLearner(
  context: TrainContext<PpoConfig>,
  population: string,
  spec: PopulationSpec,
  by: { readonly name: string; readonly criticContext: CriticContext | null } = { name: "ppo", criticContext: null },
): OnPolicyLearner {
  const { config: c, arena, team, backend } = context;
  const { name, criticContext } = by;
  const frame = createFrame(context, population, spec, {
    name,
    means: [MEANS, ["losses/explainedVariance"]], // over minibatches, over rollouts
    draws: ["shuffle"],
  });
  const { rollout, groups: G, groupSize, streams, jobs } = frame;
  const [losses, fit] = frame.tallies;
  const M = c.numMinibatches;
  const L = lengthOf(c);
  if (c.numSteps % L !== 0)
    throw new Error(`${name}: sequenceLength is ${L}, but numSteps ${c.numSteps} is not a multiple of it.`);
  const sequences = createSequences(rollout, spec, c, { length: L, groupSize, criticContext });
  const Q = sequences.perGroup;
  if (Q < M)
    throw new Error(
      `${name}: numMinibatches is ${M}, but a rollout of ${population} has ${Q} ${L > 1 ? "sequences" : "rows"}. Raise numSteps.`,
    );
  const minibatches = createMinibatches(arena, sequences, { groups: G, minibatches: M, sparse: spec.apart ?? false });
  const { shards, rows: B } = cutIntoShards({ sequences: Q, length: L, minibatches: M, least: SHARD_ROWS });
  const loss = objective(spec, c, B, criticContext);
  const layout = layoutOf(loss);
  const networks = frame.networks({
    shards,
    layout,
    shard: ({ theta, grads }) => backend.compile(loss, { arena, params: theta, grads, layout }),
  });
  const thetas = networks.map(({ theta }) => theta);
  const judged = { rollout, thetas, layout, criticContext };
  const { values, advantages, estimate, explained } = createAdvantages(context, spec, c, judged);
  const scales = arena.f64(G * M * 3); // of each minibatch: mean and 1/deviation of advantages, weight of a row
  const steps = arena.f64(G); // of Adam
  const klCoefs = arena.f64(G); // β
  const kl = new Float64Array(G); // KL(old, new), mean over the last epoch
  const counts = { epochs: 0 };

  return frame.learner({
    networks,
    state: { counts: steps, kl: klCoefs },
    counts,
    begin: () => void klCoefs.fill(c.klCoef),

    /** T decisions have been made by π_old, which is still the actor. */
    learn(progress) {
      rollout.close();
      estimate(); // V(o) of all that was seen, A by GAE
      minibatches.begin();
      const rate = frame.learningRate(progress);
      const learning = new Set(networks.keys()); // groups whose policy is still close to the old one
      for (let epoch = 0; epoch < c.updateEpochs && learning.size > 0; epoch++, counts.epochs++) {
        for (const g of learning) kl[g] = 0;
        jobs.each(G, M, shuffle);
        for (let m = 0; m < M; m++) {
          jobs.each(G, shards, (g, s) => {
            if (learning.has(g) && !isEmpty(g, m)) computeGradient(g, m, s);
          });
          for (const g of learning) record(g, m);
          jobs.each(G, 1, (g) => {
            if (learning.has(g) && !isEmpty(g, m)) networks[g].step(rate, steps[g]++);
          });
        }
        if (c.targetKl > 0) for (const g of learning) if (kl[g] > c.targetKl) learning.delete(g);
      }
      if (team.rank === 0) {
        // β follows the KL of the last epoch, by RLlib's factors; the paper's are 2 and ½, at 1.5 times the target and its inverse.
        for (let g = 0; g < G; g++) klCoefs[g] *= kl[g] > 2 * c.klTarget ? 1.5 : kl[g] < 0.5 * c.klTarget ? 0.5 : 1;
        fit.add("losses/explainedVariance", explained());
        fit.count();
      }
      rollout.clear();
    },
  });

  /** Deals group g's minibatch m of this epoch. Rows that hold a decision share its weight: 1 on average over all rows. */
  function shuffle(g: number, m: number): void {
    const rows = minibatches.shuffle(streams.shuffle, g, m, counts.epochs);
    const { n, mean, deviation } = momentsOf(rows, advantages);
    const [center, scale] = c.normAdv ? [mean, 1 / (deviation + 1e-8)] : [0, 1];
    scales.set([center, scale, n > 0 ? (B * shards) / n : 0], (g * M + m) * 3);
  }

  /** Loss and gradient of shard s of group g's minibatch m. */
  function computeGradient(g: number, m: number, s: number): void {
    const { inputs, run, backward } = networks[g].shards[s];
    const at = (g * M + m) * 3;
    const [center, scale, weight] = [scales[at], scales[at + 1], scales[at + 2]];
    const rows = minibatches.rows(g, m).subarray(s * B, (s + 1) * B);
    sequences.clear(inputs);
    for (let b = 0; b < rows.length; b++) {
      const row = rows[b];
      if (row < 0) continue;
      const value = values[sequences.slotOf(row)];
      sequences.read(inputs, b, row);
      inputs.logProb[b] = rollout.logProb[row];
      inputs.advantage[b] = (advantages[row] - center) * scale;
      inputs.value[b] = value;
      inputs.target[b] = advantages[row] + value;
      inputs.weight[b] = weight;
      if (rollout.information) inputs.price[b] = rollout.information.price[row] * rollout.rewardScale * scale;
    }
    inputs.klCoef[0] = klCoefs[g];
    frame.sampleEntropy(inputs.noise, { g, s, period: steps[g] });
    run();
    backward();
  }

  /** Reads the losses of group g's minibatch m: its KL on every rank, all of them on the one that reports. */
  function record(g: number, m: number): void {
    if (isEmpty(g, m)) return;
    for (const { outputs } of networks[g].shards) {
      kl[g] += outputs.approxKl[0] / shards / M;
      if (team.rank !== 0) continue;
      for (const name of LOSSES) losses.add(`losses/${name}`, outputs[name][0] / shards);
    }
    if (team.rank === 0) losses.count();
  }

  /** Where decisions are few, a minibatch may have none; it takes no step and counts nowhere. */
  function isEmpty(g: number, m: number): boolean {
    return scales[(g * M + m) * 3 + 2] === 0;
  }
}
