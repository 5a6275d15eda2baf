// PPO: an actor and a critic that learn from what they have just done, several passes over it, never far from the policy that did it.
// Schulman et al. 2017, https://arxiv.org/abs/1707.06347: the clipped objective (eq. 7), and the adaptive KL penalty (eq. 8) by option.
// Details and names are CleanRL's (Huang et al. 2022, "The 37 implementation details of PPO"), except that a time limit is not death.
// Populations learn independently of each other (de Witt et al. 2020, https://arxiv.org/abs/2011.09533), each on its own clock; agents of a
// population share one actor and one critic unless `independent` is set.
// Not here: a critic that sees what actors do not (mappo.ts).
//
// E worlds, N agents, F features, D action dimensions, T decisions of a rollout, S slots of its observations (parts/rollout.ts);
// G groups of agents that share networks, M minibatches, B rows of a shard
//
// Every rank plays its own worlds and computes its own shards of each minibatch; shards are fixed in number and summed in order, so the
// number of threads changes nothing.
import { choice, flag, type ParamValues, param } from "../economy/params.ts";
import type { PopulationSpec } from "../env/vector-env.ts";
import {
  abs,
  add,
  clip,
  createAdam,
  exp,
  initialise,
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
import { permutation, type Stream } from "../random/index.ts";
import { contextOf, defineAlgorithm, type TrainContext } from "./algorithm.ts";
import { actorPolicy, createActing, thetaName } from "./parts/acting.ts";
import { actionsInput, actor, choicesOf, maskInput } from "./parts/actor.ts";
import { createValuing, critic } from "./parts/critic.ts";
import { createFit } from "./parts/explained.ts";
import { gae } from "./parts/gae.ts";
import { informationConfig, informationOf, isPriced } from "./parts/information.ts";
import { deal, minibatch, momentsOf } from "./parts/minibatches.ts";
import { lengthOf, memoryInput, recall, recurrenceConfig } from "./parts/recurrence.ts";
import { createRollout } from "./parts/rollout.ts";
import { linear } from "./parts/schedule.ts";
import { type Learner, trainingLoop } from "./parts/training-loop.ts";

export const ppoConfig = {
  gamma: param(0.99, { symbol: "γ", min: 0, max: 1, doc: "discount; the economy's own unless you mean otherwise" }),
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
    const learners = Object.entries(env.spec).map(([population, spec]) =>
      createLearner(contextOf(context, population), population, spec),
    );
    return trainingLoop(context, learners, config.updates, (progress) => {
      for (const learner of learners) learner.act(progress);
      env.step();
      for (const learner of learners) learner.collect();
    });
  },
  policy: (population, spec, c) => actorPolicy(population, spec, c, layoutOf(objective(spec, c, lengthOf(c)))),
});

/** What is minimised, of some rows of a minibatch. Weights average to 1 over the minibatch; they are 0 where a row only fills up. */
export function objective(spec: PopulationSpec, c: PpoConfig, rows: number) {
  const inputs = {
    obs: matrix(rows, spec.features.length),
    memory: memoryInput(c, rows / lengthOf(c)), // before the first of each sequence
    keep: matrix(rows), // 0 where an episode begins within a sequence
    mask: maskInput(spec, rows), // what could be chosen
    actions: actionsInput(spec, rows),
    logProb: matrix(rows), // of the actions, by the policy that took them
    advantage: matrix(rows),
    value: matrix(rows), // as the critic saw it then
    target: matrix(rows),
    weight: matrix(rows),
    noise: matrix(rows, spec.actions.length),
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
    const V = critic(par, seen, c);
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

/** A minibatch is cut into at most MOST_SHARDS, of at least SHARD_ROWS, whatever the number of threads. */
const MOST_SHARDS = 8;
const SHARD_ROWS = 128;

interface PpoLearner extends Learner {
  act(progress: number): void;
  collect(): void;
}

function createLearner(context: TrainContext<PpoConfig>, population: string, spec: PopulationSpec): PpoLearner {
  const { env, config: c, arena, team, backend } = context;
  const { size: N } = spec;
  const E = env.numEnvs;
  const F = spec.features.length;
  const D = spec.actions.length;
  const K = choicesOf(spec);
  const H = c.memoryWidth;
  const T = c.numSteps;
  const M = c.numMinibatches;
  const groupSize = c.independent ? 1 : N;
  const G = N / groupSize;
  const L = lengthOf(c);
  const Q = (E * T * groupSize) / L; // sequences of a group's rollout, of L rows each
  if (F === 0) throw new Error(`ppo: ${population} observes nothing; declare observe.${population}.`);
  if (T % L !== 0) throw new Error(`ppo: sequenceLength is ${L}, but numSteps ${T} is not a multiple of it.`);
  if (Q < M)
    throw new Error(
      `ppo: numMinibatches is ${M}, but a rollout of ${population} has ${Q} ${L > 1 ? "sequences" : "rows"}. Raise numSteps.`,
    );
  const shards = Math.max(1, Math.min(MOST_SHARDS, Math.floor((Q * L) / M / SHARD_ROWS), Math.ceil(Q / M)));
  const B = L * Math.ceil(Math.ceil(Q / M) / shards);

  const rollout = createRollout(context, population, spec, c);
  const { S, obs, mask, memory, actions, logProb, rewards, next, done, information } = rollout;
  const loss = objective(spec, c, B);
  const layout = layoutOf(loss);
  const P = layout.size;
  const networks = Array.from({ length: G }, () => {
    const theta = arena.f32(P);
    const grads = arena.f32(P);
    const adam = createAdam({ arena, params: theta, grads, maxGradNorm: c.maxGradNorm, epsilon: 1e-5 });
    const parts = Array.from({ length: shards }, () => {
      const partial = arena.f32(P);
      return { partial, loss: backend.compile(loss, { arena, params: theta, grads: partial, layout }) };
    });
    return { theta, grads, adam, parts };
  });
  const thetas = networks.map(({ theta }) => theta);
  const act = createActing(context, population, spec, c, { rollout, thetas, layout });
  const appraise = createValuing(context, spec, c, { rollout, thetas, layout });

  const values = arena.f32(E * S * N); // [E, S, N]
  const advantages = arena.f32(E * T * N); // [E, T, N]
  const order = arena.i32(G * Q * L); // rows as dealt, −1: none
  const scales = arena.f64(G * M * 3); // of each minibatch: mean and 1/deviation of advantages, weight of a row
  const fit = createFit(arena, E);
  const counts = arena.f64(G); // minibatches learned from
  const klCoefs = arena.f64(G);
  const sums = arena.f64(LOSSES.length + 3); // since the last report: losses, minibatches; explained variance, rollouts
  const state: Record<string, ArrayBufferView> = { ...rollout.state };
  Object.assign(state, {
    [`${population}/counts`]: counts,
    [`${population}/kl`]: klCoefs,
    [`${population}/sums`]: sums,
  });
  networks.forEach(({ theta, adam: { m, v } }, g) => {
    const name = thetaName(population, c, g);
    Object.assign(state, { [name]: theta, [`${name}/adam/m`]: m, [`${name}/adam/v`]: v });
  });

  let turns = 0;
  let epochs = 0;
  let progress = 0; // of training, when the rollout began
  let rate = c.learningRate;
  let streams: { readonly act: Stream; readonly shuffle: Stream; readonly entropy: Stream };
  const noise = new Float64Array(B * D);
  const divergence = new Float64Array(G); // KL of the last pass
  /** Jobs 0 … n − 1 are divided among the ranks. */
  const share = (n: number, job: (k: number) => void): void => {
    for (let k = team.rank; k < n; k += team.size) job(k);
  };

  return {
    state,
    begin(rng) {
      const s = rng.fork(`${population}/initialise`);
      for (const [g, theta] of thetas.entries()) initialise(theta, layout, s.fork(`network/${g}`));
      klCoefs.fill(c.klCoef);
      rollout.begin();
    },
    seed(rng) {
      const s = rng.fork(population);
      streams = { act: s.fork("act"), shuffle: s.fork("shuffle"), entropy: s.fork("entropy") };
    },
    meta: () => under(population, { turns, epochs, progress, rate, inRollout: rollout.turns }),
    resume(meta) {
      const saved = (name: string): number => meta[`${population}/${name}`];
      [turns, epochs, progress, rate] = ["turns", "epochs", "progress", "rate"].map(saved);
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
      const L = LOSSES.length;
      const metrics = {
        ...Object.fromEntries(LOSSES.map((name, k) => [`losses/${name}`, sums[k] / sums[L]])), // 0/0 if nothing was learned
        "losses/explainedVariance": sums[L + 1] / sums[L + 2],
        "charts/episodicReturn": rollout.episodicReturn(),
        "charts/learningRate": rate,
      };
      team.barrier();
      if (team.rank === 0) {
        sums.fill(0);
        rollout.forgetEpisodes();
      }
      return several ? under(population, metrics) : metrics;
    },
  };

  function learn(): void {
    rollout.close();
    for (const e of env.lanes) judge(e);
    team.barrier();
    rate = c.annealLr ? linear(c.learningRate, 0, progress) : c.learningRate;
    const going = new Set(networks.keys());
    for (let epoch = 0; epoch < c.updateEpochs && going.size > 0; epoch++, epochs++) {
      share(G * M, (job) => shuffle(Math.floor(job / M), job % M));
      for (const g of going) divergence[g] = 0;
      team.barrier();
      for (let m = 0; m < M; m++) {
        share(G * shards, (job) => {
          const g = Math.floor(job / shards);
          if (going.has(g)) computeShard(g, m, job % shards);
        });
        team.barrier();
        for (const g of going) record(g);
        share(G, (g) => {
          if (going.has(g)) applyGradient(g);
        });
        team.barrier();
      }
      if (c.targetKl > 0) for (const g of going) if (divergence[g] > c.targetKl) going.delete(g);
    }
    if (team.rank === 0) {
      // β follows the KL of the last pass, by RLlib's factors; the paper's are 2 and ½, at 1.5 times the target and its inverse.
      for (const [g, kl] of divergence.entries())
        klCoefs[g] = klCoefs[g] * (kl > 2 * c.klTarget ? 1.5 : kl < 0.5 * c.klTarget ? 0.5 : 1);
      sums[LOSSES.length + 1] += fit.explained();
      sums[LOSSES.length + 2] += 1;
    }
    rollout.clear();
  }

  /** Values of what world e's agents saw, and advantages of what they did. */
  function judge(e: number): void {
    appraise(values, e);
    const steps = done[e];
    const [from, to] = [e * T * N, (e * T + steps) * N];
    const V = values.subarray(e * S * N, (e + 1) * S * N);
    const trajectory = { rewards: rewards.subarray(from, to), values: V, next: next.subarray(e * T, e * T + steps) };
    gae(advantages.subarray(from, to), trajectory, { steps, agents: N, gamma: c.gamma, gaeLambda: c.gaeLambda });
    fit.add(e, V, advantages.subarray(from, to));
  }

  /** Deals group g's minibatch m of this pass. Rows average to a weight of 1 over its places. */
  function shuffle(g: number, m: number): void {
    const [from, to] = minibatch(Q, M, m);
    const rows = order.subarray((g * Q + from) * L, (g * Q + to) * L);
    deal(rows, permutation(streams.shuffle, { size: Q, lane: g, period: epochs }), from, L, (k, l) => {
      const decision = Math.floor(k / groupSize) * L + l; // e T + t
      const known = decision % T < done[Math.floor(decision / T)];
      return known ? decision * N + g * groupSize + (k % groupSize) : -1;
    });
    const { n, mean, deviation } = momentsOf(rows, advantages);
    const [center, scale] = c.normAdv ? [mean, 1 / (deviation + 1e-8)] : [0, 1];
    scales.set([center, scale, n > 0 ? (B * shards) / n : 0], (g * M + m) * 3);
  }

  /** Loss and gradient of one shard of group g's minibatch m. */
  function computeShard(g: number, m: number, s: number): void {
    const { inputs, run, backward } = networks[g].parts[s].loss;
    const [center, scale, weight] = scales.subarray((g * M + m) * 3) as unknown as readonly [number, number, number];
    const [first, last] = minibatch(Q, M, m).map((q) => (g * Q + q) * L) as [number, number];
    const rows = order.subarray(Math.min(last, first + s * B), Math.min(last, first + (s + 1) * B));
    inputs.weight.fill(0);
    if (mask) inputs.mask.fill(1); // a row that only fills up must have something to choose
    for (let b = 0; b < rows.length; b++) {
      const row = rows[b];
      if (row < 0) continue;
      const slot = row + Math.floor(row / (T * N)) * (S - T) * N;
      for (let f = 0; f < F; f++) inputs.obs[b * F + f] = obs[slot * F + f];
      if (memory) {
        const t = Math.floor(row / N) % T;
        inputs.keep[b] = t > 0 && next[Math.floor(row / N) - 1] !== t ? 0 : 1;
        if (b % L === 0) for (let j = 0; j < H; j++) inputs.memory[(b / L) * H + j] = memory[slot * H + j];
      }
      if (mask) for (let k = 0; k < K; k++) inputs.mask[b * K + k] = mask[row * K + k];
      for (let d = 0; d < D; d++) inputs.actions[b * D + d] = actions[row * D + d];
      inputs.logProb[b] = logProb[row];
      inputs.advantage[b] = (advantages[row] - center) * scale;
      inputs.value[b] = values[slot];
      inputs.target[b] = advantages[row] + values[slot];
      inputs.weight[b] = weight;
      if (information) inputs.price[b] = information.price[row] * rollout.rewardScale * scale;
    }
    inputs.klCoef[0] = klCoefs[g];
    if (spec.continuous && c.squash) {
      streams.entropy.normal(noise, { lane: g, period: counts[g], from: s * B * D });
      inputs.noise.set(noise);
    }
    run();
    backward();
  }

  /** Reads the losses of group g's minibatch: its KL on every rank, all of them on the one that reports. */
  function record(g: number): void {
    for (const { loss } of networks[g].parts) {
      divergence[g] += loss.outputs.approxKl[0] / shards / M;
      if (team.rank !== 0) continue;
      for (const [k, name] of LOSSES.entries()) sums[k] += loss.outputs[name][0] / shards;
    }
    if (team.rank === 0) sums[LOSSES.length] += 1;
  }

  /** Sums the shards in order and takes Adam's step. */
  function applyGradient(g: number): void {
    const { grads, adam, parts } = networks[g];
    const { kernels } = arena;
    kernels.scale(grads.byteOffset, parts[0].partial.byteOffset, 1 / shards, P);
    for (const { partial } of parts.slice(1))
      kernels.axpy(grads.byteOffset, 1 / shards, partial.byteOffset, grads.byteOffset, P);
    adam.learningRate = rate;
    adam.steps = counts[g];
    adam.step();
    counts[g] = adam.steps;
  }
}

const under = (prefix: string, values: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}/${name}`, value]));
