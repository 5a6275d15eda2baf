// Actor–critic with noise: one gradient step along the advantages of each rollout, and exploration by a perturbed actor if wanted.
// Advantage actor–critic: Mnih et al. 2016, https://arxiv.org/abs/1602.01783, synchronous. Parameter noise: Plappert et al. 2018,
// https://arxiv.org/abs/1706.01905, §3: rollouts are played by θ̃ = θ + σ z, drawn anew for each, and the gradient is taken at θ̃.
// The literal θ ← θ + α ∇J + ξ, ξ ~ N(0, σ²), of which the noise stays in θ and adds up to a random walk, is `noise: "updates"`, to compare.
// Populations learn independently, as in ppo.ts; agents of a population share one actor and one critic unless `independent` is set.
// Not here: layer normalisation, off-policy data, one perturbation per world, the price of information.
//
// G groups of agents that share networks, T decisions of a rollout, L decisions of a sequence (T with memory, else 1), B rows of a shard
//
// Every rank plays its own worlds; shards of the gradient are fixed in number and summed in order: the number of threads changes nothing.
import { choice, flag, type ParamValues, param } from "../core/params.ts";
import type { PopulationSpec } from "../env/vector-env.ts";
import { add, compile, layoutOf, matrix, mean, mul, neg, square, sub, type Tensor, trace } from "../nn/index.ts";
import type { TrainContext } from "./algorithm.ts";
import { actorPolicy } from "./on-policy/acting.ts";
import { actor } from "./on-policy/actor.ts";
import { createAdvantages } from "./on-policy/advantages.ts";
import { critic } from "./on-policy/critic.ts";
import { cutIntoShards } from "./on-policy/descent.ts";
import { createFrame, discountConfig, networkConfig, type OnPolicyLearner, trainOnPolicy } from "./on-policy/frame.ts";
import { adapted, apart, distanceOf, perturb, targetOf } from "./on-policy/parameter-noise.ts";
import { recall, rolloutLengthOf } from "./on-policy/recurrence.ts";
import { createSequences, decisionInputs } from "./on-policy/sequences.ts";
import { defineSampledAlgorithm } from "./sampling.ts";

const { sequenceLength: _, ...shared } = networkConfig; // gradients go back through the whole rollout

export const actorCriticConfig = {
  ...discountConfig,
  gaeLambda: param(1, { symbol: "λ", min: 0, max: 1, doc: "1: Monte Carlo returns; 0: one-step TD" }),
  numSteps: param(8, { symbol: "T", min: 1, max: 1e6, integer: true, doc: "decisions per world and rollout" }),
  learningRate: param(1e-3, { min: 0, exclusive: true }),
  annealLr: flag(true, "the learning rate falls linearly to 0"),
  noise: choice("parameters", ["none", "parameters", "updates"], {
    doc: "a perturbed actor; or noise that every update leaves in the actor",
  }),
  noiseTarget: param(0.1, {
    symbol: "δ",
    min: 0,
    max: 1,
    exclusive: true,
    doc: "for a perturbed actor: share of random choices, or deviation in half-boxes, that it is worth",
  }),
  noiseStd: param(0.05, { symbol: "σ", min: 0, exclusive: true, doc: "to begin with; of updates, throughout" }),
  noiseAdaptation: param(1.01, { symbol: "α", min: 1, exclusive: true, doc: "factor of σ after each rollout" }),
  entCoef: param(0.01, { min: 0, doc: "bonus on entropy; 0 is usual for boxes" }),
  ...shared,
} as const;
export type ActorCriticConfig = ParamValues<typeof actorCriticConfig>;

export const actorCritic = defineSampledAlgorithm({
  name: "actor-critic",
  source: "Mnih et al. (2016), arXiv:1602.01783; Plappert et al. (2018), arXiv:1706.01905",
  summary: "Advantage actor–critic, exploring by a perturbed actor whose scale follows the distance of its actions.",
  config: actorCriticConfig,
  backends: ["wasm", "onnx"],
  mixed: true,
  metrics: {
    "losses/policy": "mean of −A ln π(a|o) over the rollouts since the last report",
    "losses/value": "mean of the critic's ½ squared error, in units of (scaled) reward",
    "losses/entropy": "mean entropy in nats, summed over dimensions; over boxes, in units of half the box",
    "losses/explainedVariance": "1 − Var(return − value)/Var(return), mean over rollouts: 1 if all was foreseen",
    "charts/noise": "σ of the noise on parameters, mean over rollouts and agents; 0 without",
    "charts/noiseDistance": "between actions with and without it: KL in nats, or root mean square in half-boxes",
    "charts/episodicReturn": "an agent's sum of rewards, mean over episodes finished since the last report, unscaled",
    "charts/learningRate": "Adam's step size",
  },
  train: (context) => trainOnPolicy(context, createLearner),
  policy: (population, spec, c) => actorPolicy(population, spec, c, layoutOf(objective(spec, c, rolloutLengthOf(c)))),
});

/** The loss of some rows. */
export function objective(spec: PopulationSpec, c: ActorCriticConfig, rows: number) {
  const inputs = {
    ...decisionInputs(spec, c, rows, rolloutLengthOf(c)),
    advantage: matrix(rows),
    target: matrix(rows),
  };
  return trace(inputs, (x, par) => {
    const average = (column: Tensor<"f32">) => mean(mul(column, x.weight));

    const seen = recall(par, x.obs, x.memory, x.keep, c);

    // −A ln π(a|o);   ½ (V − R)²;   H
    const { logProb, entropy } = actor(par, seen, spec, c, x.mask);
    const policy = neg(average(mul(x.advantage, logProb(x.actions))));
    const value = mul(average(square(sub(critic(par, seen, c), x.target))), 0.5);
    const bonus = average(entropy(x.noise));
    return {
      loss: add(sub(policy, mul(bonus, c.entCoef)), mul(value, c.vfCoef)),
      outputs: { policy, value, entropy: bonus },
    };
  });
}
const LOSSES = ["policy", "value", "entropy"] as const;
const MEANS = [
  ...LOSSES.map((name) => `losses/${name}` as const),
  ...(["losses/explainedVariance", "charts/noise", "charts/noiseDistance"] as const),
];
const SHARD_ROWS = 64; // at least

/** π(·|o), to compare with and without noise. */
const policyGraph = (spec: PopulationSpec, c: ActorCriticConfig, rows: number) => {
  const { obs, mask, memory, keep } = decisionInputs(spec, c, rows, rolloutLengthOf(c));
  return trace({ obs, mask, memory, keep }, (x, par) => ({
    outputs: actor(par, recall(par, x.obs, x.memory, x.keep, c), spec, c, x.mask).outputs,
  }));
};

function createLearner(
  context: TrainContext<ActorCriticConfig>,
  population: string,
  spec: PopulationSpec,
): OnPolicyLearner {
  const { config: c, arena, team, backend } = context;
  const frame = createFrame(context, population, spec, {
    name: "actor-critic",
    means: [MEANS], // over rollouts
    draws: ["parameters"],
  });
  const { rollout, groups: G, groupSize, streams, jobs } = frame;
  const [tally] = frame.tallies;
  const L = rolloutLengthOf(c);
  const sequences = createSequences(rollout, spec, c, { length: L, groupSize });
  const Q = sequences.perGroup;
  const { shards, rows: B } = cutIntoShards({ sequences: Q, length: L, minibatches: 1, least: SHARD_ROWS });
  const loss = objective(spec, c, B);
  const layout = layoutOf(loss);
  const perturbed = c.noise === "parameters";
  const target = targetOf(spec, c.noiseTarget);
  const networks = frame.networks({
    shards,
    layout,
    elsewhere: true,
    shard({ theta, at, grads }) {
      const compiled = backend.compile(loss, { arena, params: at, grads, layout });
      const { obs, mask, memory, keep } = compiled.inputs;
      const policyAt = (params: Float32Array) =>
        compile(policyGraph(spec, c, B), { arena, params, layout, bind: { obs, mask, memory, keep } });
      return { loss: compiled, policies: perturbed ? { plain: policyAt(theta), moved: policyAt(at) } : null };
    },
  });
  const acting = networks.map(({ at }) => at); // θ̃, or θ without noise
  const judged = { rollout, thetas: acting, layout };
  const { values, advantages, estimate, explained } = createAdvantages(context, spec, c, judged);
  const distances = arena.f64(G * shards); // each shard's part of what `apart` is on average
  const sigmas = arena.f64(G);
  const z = new Float64Array(layout.size);
  const counts = { learned: 0 }; // rollouts
  const saved = acting.map((at, g) => [`theta${c.independent ? `/${g}` : ""}/acting`, at] as const);

  return frame.learner({
    networks,
    acting,
    state: { sigmas, ...Object.fromEntries(saved) },
    counts,
    begin(rng) {
      const first = rng.fork(`${population}/first noise`);
      sigmas.fill(c.noise === "none" ? 0 : c.noiseStd);
      for (const [g, { theta, at }] of networks.entries()) {
        first.normal(z, { lane: g, period: 0, from: 0 });
        if (perturbed) perturb(at, theta, layout, sigmas[g], z);
        else at.set(theta);
      }
    },

    /** T decisions have been made by θ̃. */
    learn(progress) {
      rollout.close();
      estimate(); // V(o) of all that was seen, A by GAE
      const rate = frame.learningRate(progress);
      jobs.each(G, shards, computeGradient); // at θ̃
      if (team.rank === 0) record();
      team.barrier(); // σ has been read
      jobs.each(G, 1, (g) => {
        const { theta, at } = networks[g];
        networks[g].step(rate, counts.learned); // of θ
        if (c.noise !== "none") streams.parameters.normal(z, { lane: g, period: counts.learned, from: 0 });
        if (c.noise === "updates") perturb(theta, theta, layout, sigmas[g], z); // ξ, which stays
        if (perturbed) {
          sigmas[g] = adapted(sigmas[g], distance(g), target, c.noiseAdaptation);
          perturb(at, theta, layout, sigmas[g], z); // θ̃ of the next rollout
        } else at.set(theta);
      });
      counts.learned++;
      rollout.clear();
    },
  });

  /** Loss and gradient of shard s of group g's rollout, and how far noise has moved its actions. */
  function computeGradient(g: number, s: number): void {
    const { loss, policies } = networks[g].shards[s];
    const { inputs } = loss;
    const known = Math.max(1, sequences.known(g));
    sequences.clear(inputs);
    for (let b = 0, k = (s * B) / L; b < B && k < Q; k++)
      for (let l = 0; l < L; l++, b++) {
        const row = sequences.rowOf(g, k, l);
        if (row < 0) continue;
        sequences.read(inputs, b, row);
        inputs.advantage[b] = advantages[row];
        inputs.target[b] = advantages[row] + values[sequences.slotOf(row)];
        inputs.weight[b] = (B * shards) / known; // 1 on average
      }
    frame.sampleEntropy(inputs.noise, { g, s, period: counts.learned });
    loss.run();
    loss.backward();
    if (!policies) return;
    policies.plain.run();
    policies.moved.run();
    distances[g * shards + s] = apart(spec, policies.plain.outputs, policies.moved.outputs, inputs.weight) / known;
  }

  /** Between actions of group g with and without noise. */
  function distance(g: number): number {
    const mean = distances.subarray(g * shards, (g + 1) * shards).reduce((a, b) => a + b);
    return distanceOf(spec, mean);
  }

  function record(): void {
    for (const [g, { shards: parts }] of networks.entries()) {
      for (const { loss } of parts)
        for (const name of LOSSES) tally.add(`losses/${name}`, loss.outputs[name][0] / shards / G);
      tally.add("charts/noise", sigmas[g] / G);
      tally.add("charts/noiseDistance", distance(g) / G);
    }
    tally.add("losses/explainedVariance", explained());
    tally.count();
  }
}
