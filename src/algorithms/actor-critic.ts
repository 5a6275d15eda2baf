// Actor–critic with noise: one gradient step along the advantage of what was just done, and exploration by a perturbed actor if wanted.
// Advantage actor–critic: Mnih et al. 2016, https://arxiv.org/abs/1602.01783, synchronous. Parameter noise: Plappert et al. 2018,
// https://arxiv.org/abs/1706.01905, §3: rollouts are played by θ̃ = θ + σ z, drawn anew for each, and the gradient is taken at θ̃.
// The literal θ ← θ + α ∇J + ξ, ξ ~ N(0, σ²), of which the noise stays in θ and adds up to a random walk, is `noise: "updates"`, to compare.
// Populations learn independently, as in ppo.ts; agents of a population share one actor and one critic unless `independent` is set.
// Not here: layer normalisation, off-policy data, one perturbation per world, recurrence, the price of information.
//
// E worlds, N agents, F features, D action dimensions, T decisions of a rollout, S slots of its observations (parts/rollout.ts);
// G groups of agents that share networks, R rows of a group's rollout, B of a shard
//
// Every rank plays its own worlds; shards of the gradient are fixed in number and summed in order: the number of threads changes nothing.
import { choice, flag, type ParamValues, param } from "../core/params.ts";
import type { PopulationSpec } from "../env/vector-env.ts";
import {
  add,
  compile,
  initialise,
  layoutOf,
  matrix,
  mean,
  mul,
  neg,
  square,
  sub,
  type Tensor,
  trace,
} from "../nn/index.ts";
import type { Stream } from "../random/index.ts";
import { contextOf, defineAlgorithm, type TrainContext } from "./algorithm.ts";
import { actorPolicy, createActing, thetaName } from "./on-policy/acting.ts";
import { actionsInput, actor, choicesOf, maskInput } from "./on-policy/actor.ts";
import { createAdvantages } from "./on-policy/advantages.ts";
import { critic } from "./on-policy/critic.ts";
import { createJobs, createNetworks } from "./on-policy/descent.ts";
import { adapted, apart, distanceOf, perturb, targetOf } from "./on-policy/parameter-noise.ts";
import { createRollout } from "./on-policy/rollout.ts";
import { createTally } from "./on-policy/tally.ts";
import { linear } from "./parts/schedule.ts";
import { type RolloutLearner, trainingLoop } from "./parts/training-loop.ts";
import { under } from "./parts/under.ts";

export const actorCriticConfig = {
  gamma: param(0.99, {
    symbol: "γ",
    min: 0,
    max: 1,
    doc: "discount per decision; by default the discount factor that the economy declares for the population, if it does",
  }),
  gaeLambda: param(1, { symbol: "λ", min: 0, max: 1, doc: "1: whole returns; 0: one step and the critic's word" }),
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
  vfCoef: param(0.5, { min: 0, doc: "weight of the critic's ½ squared error" }),
  maxGradNorm: param(0.5, { min: 0, exclusive: true, doc: "of the whole gradient" }),
  hiddenLayers: param(2, { min: 1, max: 16, integer: true, doc: "of the actor, and of the critic" }),
  hiddenWidth: param(64, { min: 1, max: 4096, integer: true }),
  activation: choice("tanh", ["relu", "tanh"]),
  initialLogStd: param(0, { doc: "ln σ of box actions to begin with, in units of half the box" }),
  squash: flag(false, "box actions are the tanh of a normal instead of a normal cut off at the bounds"),
  normalizeObs: flag(false, "by running mean and deviation over all agents, within ±10"),
  scaleRewards: flag(false, "by the running deviation of discounted returns, within ±10"),
  independent: flag(false, "an actor and a critic per agent instead of one of each for all"),
  updates: param(40, { min: 1, max: 1e6, integer: true, doc: "reports over the whole of training" }),
} as const;
export type ActorCriticConfig = ParamValues<typeof actorCriticConfig>;

export const actorCritic = defineAlgorithm({
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
  train(context) {
    const { env, config } = context;
    const learners = Object.entries(env.spec).map(([population, spec]) =>
      createLearner(contextOf(context, population), population, spec),
    );
    return trainingLoop(context, learners, config.updates, (progress) => {
      for (const learner of learners) learner.act(progress);
      env.step();
      for (const learner of learners) learner.collect();
    });
  },
  policy: (population, spec, c) => actorPolicy(population, spec, c, layoutOf(objective(spec, c, 1))),
});

/** What is minimised, of some rows. Weights average to 1 over the rollout; they are 0 where a row only fills up. */
export function objective(spec: PopulationSpec, c: ActorCriticConfig, rows: number) {
  const inputs = {
    obs: matrix(rows, spec.features.length),
    mask: maskInput(spec, rows), // what could be chosen
    actions: actionsInput(spec, rows),
    advantage: matrix(rows),
    target: matrix(rows),
    weight: matrix(rows),
    noise: matrix(rows, spec.actions.length),
  };
  return trace(inputs, (x, par) => {
    const average = (column: Tensor<"f32">) => mean(mul(column, x.weight));

    // −A ln π(a|o);   ½ (V − R)²;   H
    const { logProb, entropy } = actor(par, x.obs, spec, c, x.mask);
    const policy = neg(average(mul(x.advantage, logProb(x.actions))));
    const value = mul(average(square(sub(critic(par, x.obs, c), x.target))), 0.5);
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

const acts = (spec: PopulationSpec, c: ActorCriticConfig, rows: number) =>
  trace({ obs: matrix(rows, spec.features.length), mask: maskInput(spec, rows) }, ({ obs, mask }, par) => ({
    outputs: actor(par, obs, spec, c, mask).outputs,
  }));

/** A rollout is cut into at most MOST_SHARDS, of at least SHARD_ROWS, whatever the number of threads. */
const MOST_SHARDS = 8;
const SHARD_ROWS = 64;

function createLearner(
  context: TrainContext<ActorCriticConfig>,
  population: string,
  spec: PopulationSpec,
): RolloutLearner {
  const { env, config: c, arena, team, backend } = context;
  const { size: N } = spec;
  const E = env.numEnvs;
  const F = spec.features.length;
  const D = spec.actions.length;
  const K = choicesOf(spec);
  const T = c.numSteps;
  const groupSize = c.independent ? 1 : N;
  const G = N / groupSize;
  const R = E * T * groupSize;
  if (F === 0) throw new Error(`actor-critic: ${population} observes nothing; declare observe.${population}.`);
  const shards = Math.max(1, Math.min(MOST_SHARDS, Math.floor(R / SHARD_ROWS)));
  const B = Math.ceil(R / shards);
  const perturbed = c.noise === "parameters";
  const target = targetOf(spec, c.noiseTarget);

  const rollout = createRollout(context, population, spec, c);
  const { S, obs, mask, actions, completed, cohorts } = rollout;
  const { members } = cohorts;
  const sharing = cohorts.sharing(groupSize);
  const layout = layoutOf(objective(spec, c, B));
  const P = layout.size;
  const networks = createNetworks(arena, {
    groups: G,
    shards,
    layout,
    maxGradNorm: c.maxGradNorm,
    elsewhere: true,
    shard({ theta, at, grads }) {
      const loss = backend.compile(objective(spec, c, B), { arena, params: at, grads, layout });
      const bind = { obs: loss.inputs.obs, mask: loss.inputs.mask };
      const acting = (params: Float32Array) => compile(acts(spec, c, B), { arena, params, layout, bind });
      return { loss, policies: perturbed ? { plain: acting(theta), moved: acting(at) } : null };
    },
  });
  const thetas = networks.map(({ at }) => at); // θ̃, or θ without noise
  const act = createActing(context, population, spec, c, { rollout, thetas, layout });
  const { values, advantages, estimate, explained } = createAdvantages(context, spec, c, { rollout, thetas, layout });
  const jobs = createJobs(arena, team);

  const distances = arena.f64(G * shards); // each shard's part of what `apart` is on average
  const sigmas = arena.f64(G);
  const sums = arena.f64(MEANS.length + 1);
  const tally = createTally(sums, MEANS); // over rollouts
  const state: Record<string, ArrayBufferView> = { ...rollout.state };
  Object.assign(state, { [`${population}/sums`]: sums, [`${population}/sigmas`]: sigmas });
  networks.forEach(({ theta, at, adam: { m, v } }, g) => {
    const name = thetaName(population, c, g);
    Object.assign(state, { [name]: theta, [`${name}/acting`]: at, [`${name}/adam/m`]: m, [`${name}/adam/v`]: v });
  });

  let turns = 0;
  let learned = 0; // rollouts
  let progress = 0; // of training, when the rollout began
  let rate = c.learningRate;
  let streams: { readonly act: Stream; readonly entropy: Stream; readonly parameters: Stream };
  const noise = new Float64Array(B * D);
  const z = new Float64Array(P);

  return {
    state,
    begin(rng) {
      const s = rng.fork(`${population}/initialise`);
      const first = rng.fork(`${population}/first noise`);
      sigmas.fill(c.noise === "none" ? 0 : c.noiseStd);
      for (const [g, { theta, at }] of networks.entries()) {
        initialise(theta, layout, s.fork(`network/${g}`));
        first.normal(z, { lane: g, period: 0, from: 0 });
        if (perturbed) perturb(at, theta, layout, sigmas[g], z);
        else at.set(theta);
      }
      rollout.begin();
    },
    seed(rng) {
      const s = rng.fork(population);
      streams = { act: s.fork("act"), entropy: s.fork("entropy"), parameters: s.fork("parameters") };
    },
    meta: () => under(population, { turns, learned, progress, rate, inRollout: rollout.turns }),
    resume(meta) {
      const saved = (name: string): number => meta[`${population}/${name}`];
      [turns, learned, progress, rate] = ["turns", "learned", "progress", "rate"].map(saved);
      rollout.resume(saved("inRollout"));
    },

    act(now) {
      if (!rollout.onTurn()) return;
      if (rollout.turns === 0) progress = now;
      act(streams.act, turns++);
    },
    collect() {
      if (!rollout.onTurn()) return;
      rollout.follow();
      if (rollout.turns === T) learn();
    },

    report(several) {
      const metrics = {
        ...tally.means(),
        "charts/episodicReturn": rollout.episodicReturn(),
        "charts/learningRate": rate,
      };
      team.barrier();
      if (team.rank === 0) {
        tally.clear();
        rollout.forgetEpisodes();
      }
      return several ? under(population, metrics) : metrics;
    },
  };

  function learn(): void {
    rollout.close();
    for (const cohort of cohorts.local) estimate(cohort);
    team.barrier();
    jobs.share(G * shards, (job) => computeShard(Math.floor(job / shards), job % shards));
    team.barrier();
    rollout.clear();
    rate = c.annealLr ? linear(c.learningRate, 0, progress) : c.learningRate;
    if (team.rank === 0) record();
    team.barrier(); // σ has been read
    jobs.share(G, step);
    learned++;
    team.barrier();
  }

  /** Loss and gradient of one shard of group g's rollout, and how far its actors' noise has moved actions. */
  function computeShard(g: number, s: number): void {
    const { loss, policies } = networks[g].shards[s];
    const { inputs } = loss;
    const known = Math.max(1, knownRows(g));
    inputs.weight.fill(0);
    if (mask) inputs.mask.fill(1); // a row that only fills up must have something to choose
    for (let b = 0, k = s * B; b < B && k < R; b++, k++) {
      const decision = Math.floor(k / sharing);
      const [cohort, t] = [cohorts.inGroup(g, groupSize, Math.floor(decision / T)), decision % T];
      if (t >= completed[cohort]) continue;
      const i = (members < N ? 0 : g * groupSize) + (k % sharing);
      const slot = (cohort * S + t) * members + i;
      const row = (cohort * T + t) * members + i;
      for (let f = 0; f < F; f++) inputs.obs[b * F + f] = obs[slot * F + f];
      for (let d = 0; d < D; d++) inputs.actions[b * D + d] = actions[row * D + d];
      if (mask) for (let m = 0; m < K; m++) inputs.mask[b * K + m] = mask[row * K + m];
      inputs.advantage[b] = advantages[row];
      inputs.target[b] = advantages[row] + values[slot];
      inputs.weight[b] = (B * shards) / known;
    }
    if (spec.continuous && c.squash) {
      streams.entropy.normal(noise, { lane: g, period: learned, from: s * B * D });
      inputs.noise.set(noise);
    }
    loss.run();
    loss.backward();
    if (!policies) return;
    policies.plain.run();
    policies.moved.run();
    distances[g * shards + s] = apart(spec, policies.plain.outputs, policies.moved.outputs, inputs.weight) / known;
  }

  /** Decisions of group g whose consequences are known. */
  function knownRows(g: number): number {
    let rows = 0;
    for (let k = 0; k < (E * groupSize) / sharing; k++) rows += completed[cohorts.inGroup(g, groupSize, k)];
    return rows * sharing;
  }

  function distance(g: number): number {
    return distanceOf(
      spec,
      distances.subarray(g * shards, (g + 1) * shards).reduce((a, b) => a + b),
    );
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

  /** Adam's step of group g, taken at θ̃ and applied to θ, and the actor of the next rollout. */
  function step(g: number): void {
    const { theta, at } = networks[g];
    networks[g].step(rate, learned);
    if (c.noise !== "none") streams.parameters.normal(z, { lane: g, period: learned, from: 0 });
    if (c.noise === "updates") perturb(theta, theta, layout, sigmas[g], z); // ξ, which stays
    if (perturbed) {
      sigmas[g] = adapted(sigmas[g], distance(g), target, c.noiseAdaptation);
      perturb(at, theta, layout, sigmas[g], z);
    } else at.set(theta);
  }
}
