// PPO: an actor and a critic that learn from what they have just done, several passes over it, never far from the policy that did it.
// Schulman et al. 2017, https://arxiv.org/abs/1707.06347: the clipped objective (eq. 7), and the adaptive KL penalty (eq. 8) by option;
// advantages by GAE (parts/gae.ts). Details and names as CleanRL's (Huang et al. 2022, "The 37 implementation details of PPO").
// Populations learn independently of each other (de Witt et al. 2020, https://arxiv.org/abs/2011.09533), each on its own clock; agents of a
// population share one actor and one critic unless `independent` is set.
// Not here: recurrence, a critic that sees what actors do not.
//
// E worlds, N agents, F features, D action dimensions, T decisions of a rollout, S = 2T + 1 slots of observations: the decisions, what comes
// after them, and last observations of episodes that were truncated among them; G groups of agents that share networks
//
// Every rank plays its own worlds and computes its own shards of each minibatch; shards are fixed in number and summed in order, so the
// number of threads changes nothing.
import type { ParamValues } from "../economy/params.ts";
import { choice, flag, param } from "../economy/params.ts";
import type { DecidePhase } from "../economy/phases.ts";
import type { ActionDimension, PopulationSpec } from "../env/vector-env.ts";
import { createArena } from "../kernels/arena.ts";
import { exp as expOf, tanh } from "../math/index.ts";
import {
  type Activation,
  abs,
  add,
  categorical,
  clip,
  compile,
  constantInit,
  createAdam,
  exp,
  gaussian,
  indices,
  initialise,
  layoutOf,
  lessEqual,
  matrix,
  maximum,
  mean,
  minimum,
  mlp,
  mul,
  neg,
  orthogonal,
  type Param,
  sampleCategorical,
  square,
  squashedGaussian,
  sub,
  type Tensor,
  trace,
  zeros,
} from "../nn/index.ts";
import { permutation, type Stream } from "../random/index.ts";
import { defineAlgorithm, type Policy, type TrainContext, type Update } from "./algorithm.ts";
import { gae } from "./parts/gae.ts";
import { count, createMoments, deviationOf, merge, normalise, resetMoments, within } from "./parts/moments.ts";
import { restore } from "./parts/restore.ts";
import { linear } from "./parts/schedule.ts";

export const ppoConfig = {
  gamma: param(0.99, { symbol: "γ", min: 0, max: 1, doc: "discount; the economy's discount factor unless you mean otherwise" }),
  gaeLambda: param(0.95, { symbol: "λ", min: 0, max: 1, doc: "1: whole returns; 0: one step and the critic's word" }),
  numSteps: param(128, { symbol: "T", unit: "decisions", min: 1, max: 1e6, integer: true, doc: "per world and rollout" }),
  numMinibatches: param(4, { min: 1, max: 1e6, integer: true, doc: "that a rollout is dealt into" }),
  updateEpochs: param(4, { min: 1, max: 1000, integer: true, doc: "passes over a rollout" }),
  learningRate: param(2.5e-4, { min: 0, exclusive: true }),
  annealLr: flag(true, "the learning rate falls linearly to 0"),
  clipCoef: param(0.2, { symbol: "ε", min: 0, exclusive: true, doc: "how far the ratio of probabilities may gain from leaving 1" }),
  clipVloss: flag(true, "the critic, too, gains nothing beyond ±ε of what it said before"),
  klCoef: param(0, { symbol: "β", min: 0, doc: "penalty on KL(old, new) to begin with; afterwards it follows klTarget. 0: no penalty" }),
  klTarget: param(0.01, { min: 0, exclusive: true, doc: "β × 1.5 when KL was above twice this, β ÷ 2 when below half of it" }),
  targetKl: param(0, { min: 0, doc: "no further pass over a rollout once its KL exceeds this; 0: never" }),
  entCoef: param(0.01, { min: 0, doc: "bonus on entropy; 0 is usual for boxes" }),
  vfCoef: param(0.5, { min: 0, doc: "weight of the critic's ½ squared error" }),
  maxGradNorm: param(0.5, { min: 0, exclusive: true, doc: "of the whole gradient" }),
  normAdv: flag(true, "advantages of a minibatch have mean 0 and deviation 1"),
  hiddenLayers: param(2, { min: 1, max: 16, integer: true, doc: "of the actor, and of the critic" }),
  hiddenWidth: param(64, { min: 1, max: 4096, integer: true }),
  activation: choice("tanh", ["relu", "tanh"]),
  initialLogStd: param(0, { doc: "ln σ of box actions to begin with, in units of half the box" }),
  squash: flag(false, "box actions are the tanh of a normal instead of a normal cut off at the bounds"),
  normalizeObs: flag(false, "by running mean and deviation over all agents, within ±10; else as the economy scales them"),
  scaleRewards: flag(false, "by the running deviation of discounted returns, within ±10"),
  independent: flag(false, "an actor and a critic per agent instead of one of each for all"),
  updates: param(40, { min: 1, max: 1e6, integer: true, doc: "reports over the whole of training" }),
} as const;
export type PpoConfig = ParamValues<typeof ppoConfig>;

export const ppo = defineAlgorithm({
  name: "ppo",
  source: "Schulman et al. (2017), arXiv:1707.06347",
  summary: "Proximal policy optimisation: clipped or KL-penalised, for choices and boxes of any number of dimensions.",
  config: ppoConfig,
  metrics: {
    "losses/policy": "mean of −min(r A, clip(r) A) over the minibatches since the last report",
    "losses/value": "mean of the critic's ½ squared error, in units of (scaled) reward",
    "losses/entropy": "mean entropy of the policy in nats, summed over action dimensions; of boxes in units of half the box",
    "losses/approxKl": "mean of (r − 1) − ln r, which estimates KL(old, new)",
    "losses/clipFraction": "share of ratios outside 1 ± ε",
    "losses/explainedVariance": "1 − Var(return − value)/Var(return) over rollouts since the last report: 1 foreseen, 0 no better than a constant",
    "charts/episodicReturn": "mean over episodes finished since the last report of the sum of rewards, unscaled, per agent",
    "charts/learningRate": "Adam's step size",
  },
  train,
  policy: createPolicy,
});

function* train(context: TrainContext<PpoConfig>): Generator<Update, void, void> {
  const { env, config: c, totalSteps, rng, seed, team, from } = context;
  const learners = Object.entries(env.spec).map(([population, spec]) => createLearner(context, population, spec));
  const total = Math.ceil(totalSteps / env.numEnvs);

  if (from) {
    if (team.rank === 0) {
      restore(prefixed("env", env.state), from.arrays);
      for (const learner of learners) restore(learner.state, from.arrays);
    }
    env.resume(seed, { cursor: from.meta["cursor"]!, tick: from.meta["tick"]! });
    for (const learner of learners) learner.resume(from.meta);
  } else {
    env.reset(seed);
    if (team.rank === 0) for (const learner of learners) learner.begin(rng);
  }
  for (const learner of learners) learner.seed(rng);
  team.barrier();

  const every = Math.max(1, Math.floor(total / c.updates));
  let tick = env.position.tick;
  while (tick < total) {
    const until = Math.min(total, tick + every);
    for (; tick < until; { tick } = env.position) {
      for (const learner of learners) learner.act(tick / total);
      env.step();
      for (const learner of learners) learner.collect();
    }
    team.barrier();
    const meta = { ...env.position };
    for (const learner of learners) Object.assign(meta, learner.meta());
    const metrics = Object.assign({}, ...learners.map((learner) => learner.report(learners.length > 1)));
    yield {
      step: tick * env.numEnvs,
      metrics,
      snapshot: () => ({
        arrays: Object.assign(prefixed("env", env.state), ...learners.map((learner) => learner.state)),
        meta,
      }),
    };
    team.barrier(); // rank 0 has read what it needs
  }
}

const prefixed = (prefix: string, arrays: Readonly<Record<string, ArrayBufferView>>): Record<string, ArrayBufferView> =>
  Object.fromEntries(Object.entries(arrays).map(([name, array]) => [`${prefix}/${name}`, array]));

type Column = Tensor<"f32">; // [rows, 1]

const network = (par: Param, name: string, obs: Tensor<"f32">, c: PpoConfig, outputs: number, gain: number): Tensor<"f32"> =>
  mlp(par, obs, {
    name,
    hidden: Array(c.hiddenLayers).fill(c.hiddenWidth),
    outputs,
    activation: c.activation as Activation,
    weight: orthogonal(Math.SQRT2),
    outputWeight: orthogonal(gain),
    bias: zeros,
  });

const critic = (par: Param, obs: Tensor<"f32">, c: PpoConfig): Column => network(par, "critic", obs, c, 1, 1);

/** Choices per dimension; none for boxes. */
const branchesOf = ({ continuous, actions }: PopulationSpec): number[] => (continuous ? [] : actions.map(({ space }) => space.count));

/** π(a|o): a softmax per dimension, or normals in units of half the box around its middle, whose spread does not depend on o. */
function actor(par: Param, obs: Tensor<"f32">, spec: PopulationSpec, c: PpoConfig) {
  if (!spec.continuous) {
    const branches = branchesOf(spec);
    const choices = branches.reduce((a, b) => a + b);
    return { choices: categorical(network(par, "actor", obs, c, choices, 0.01), { branches }) };
  }
  const center = network(par, "actor", obs, c, spec.actions.length, 0.01);
  return { center, logStd: par("actor/logStd", [1, spec.actions.length], constantInit(c.initialLogStd)) };
}

const choosing = (spec: PopulationSpec, c: PpoConfig, rows: number) =>
  trace({ obs: matrix(rows, spec.features.length) }, ({ obs }, par) => {
    const { choices, center, logStd } = actor(par, obs, spec, c);
    // `first` is what is drawn from, `second` what its probability needs.
    return { outputs: choices ? { first: choices.probs, second: choices.logProbs } : { first: center!, second: logStd! } };
  });

const valuing = (spec: PopulationSpec, c: PpoConfig, rows: number) =>
  trace({ obs: matrix(rows, spec.features.length) }, ({ obs }, par) => ({ outputs: { value: critic(par, obs, c) } }));

/** The objective, to be minimised, of some rows of a minibatch. Weights average to 1 over the minibatch and are 0 for rows that only fill up. */
export function objective(spec: PopulationSpec, c: PpoConfig, rows: number) {
  const D = spec.actions.length;
  const inputs = {
    obs: matrix(rows, spec.features.length),
    actions: spec.continuous ? matrix(rows, D) : indices(rows, D), // of boxes: before squashing
    logProb: matrix(rows), // of those actions, by the policy that took them
    advantage: matrix(rows),
    value: matrix(rows), // as the critic saw it then
    target: matrix(rows),
    weight: matrix(rows),
    noise: matrix(rows, spec.continuous && c.squash ? D : 1),
    klCoef: matrix(1),
  };
  return trace(inputs, (x, par) => {
    const average = (column: Column): Column => mean(mul(column, x.weight));
    const { choices, center, logStd } = actor(par, x.obs, spec, c);
    // Squashing multiplies old and new probability alike, so the ratio is that of the normals; the entropy has no closed form then.
    const policy = choices ?? gaussian(center!, logStd!);
    const entropy = !choices && c.squash ? neg(squashedGaussian(center!, logStd!).sample(x.noise).logProb) : policy.entropy;

    // r = π(a|o)/π_old(a|o);   L = −min(r A, clip(r, 1 ± ε) A)
    const logRatio = clip(sub(policy.logProb(x.actions as never), x.logProb), -20, 20);
    const ratio = exp(logRatio);
    const clipped = clip(ratio, 1 - c.clipCoef, 1 + c.clipCoef);
    const policyLoss = neg(average(minimum(mul(x.advantage, ratio), mul(x.advantage, clipped))));

    // ½ (V − R)², and no less for having moved further than ε
    const value = critic(par, x.obs, c);
    const near = add(x.value, clip(sub(value, x.value), -c.clipCoef, c.clipCoef));
    const error = square(sub(value, x.target));
    const valueLoss = mul(average(c.clipVloss ? maximum(error, square(sub(near, x.target))) : error), 0.5);

    // KL(old, new) ≈ mean((r − 1) − ln r): never negative, unbiased, and so is its gradient (Schulman 2020, http://joschu.net/blog/kl-approx.html)
    const approxKl = average(sub(sub(ratio, 1), logRatio));
    const clipFraction = average(sub(1, lessEqual(abs(sub(ratio, 1)), c.clipCoef)));
    const bonus = average(entropy);
    const plain = add(sub(policyLoss, mul(bonus, c.entCoef)), mul(valueLoss, c.vfCoef));
    const loss = c.klCoef > 0 ? add(plain, mul(approxKl, x.klCoef)) : plain;
    return { loss, outputs: { policyLoss, valueLoss, entropy: bonus, approxKl, clipFraction } };
  });
}

/** Rows that a forward pass takes at once. */
const CHUNK = 1024;
/** A minibatch is cut into at most MOST_SHARDS, of at least SHARD_ROWS, whatever the number of threads. */
const MOST_SHARDS = 8;
const SHARD_ROWS = 128;
const LN_2PI = 1.8378770664093453;

function createLearner(context: TrainContext<PpoConfig>, population: string, spec: PopulationSpec) {
  const { env, config: c, arena, team } = context;
  const { kernels } = arena;
  const { numEnvs: E } = env;
  const { size: N, continuous, actions: dimensions } = spec;
  const F = spec.features.length;
  const D = dimensions.length;
  const batch = env.batch[population]!;
  const branches = branchesOf(spec);
  const choices = branches.reduce((a, b) => a + b, 0);
  const T = c.numSteps;
  const S = 2 * T + 1;
  const groupSize = c.independent ? 1 : N;
  const G = N / groupSize;
  const R = E * T * groupSize; // rows of a group's rollout
  const M = c.numMinibatches;
  if (F === 0) throw new Error(`ppo: ${population} observes nothing; declare observe.${population}.`);
  if (R < M) throw new Error(`ppo: numMinibatches is ${M}, but a rollout of ${population} has ${R} rows; raise numSteps or numEnvs.`);
  const most = Math.ceil(R / M); // rows of a minibatch
  const shards = Math.max(1, Math.min(MOST_SHARDS, Math.floor(most / SHARD_ROWS)));
  const B = Math.ceil(most / shards); // rows of a shard

  const state: Record<string, ArrayBufferView> = {};
  const named = <A extends ArrayBufferView>(name: string, array: A): A => {
    state[`${population}/${name}`] = array;
    return array;
  };
  const loss = objective(spec, c, B);
  const layout = layoutOf(loss);
  const P = layout.size;
  const networks = Array.from({ length: G }, (_, g) => {
    const suffix = c.independent ? `/${g}` : "";
    const theta = named(`theta${suffix}`, arena.f32(P));
    const grads = arena.f32(P);
    const adam = createAdam({ arena, params: theta, grads, maxGradNorm: c.maxGradNorm, epsilon: 1e-5 });
    named(`adam/m${suffix}`, adam.m);
    named(`adam/v${suffix}`, adam.v);
    const parts = Array.from({ length: shards }, () => {
      const partial = arena.f32(P);
      return { partial, run: compile(loss, { arena, params: theta, grads: partial, layout }) };
    });
    return { theta, grads, adam, parts };
  });
  // Ranks forward at the same time, so each has executables of its own.
  const actRows = Math.min(CHUNK, env.mostLanes * groupSize);
  const valueRows = Math.min(CHUNK, (T + 1) * groupSize);
  const { actors, critics } = Array.from({ length: team.size }, () => ({
    actors: networks.map(({ theta }) => compile(choosing(spec, c, actRows), { arena, params: theta, layout })),
    critics: networks.map(({ theta }) => compile(valuing(spec, c, valueRows), { arena, params: theta, layout })),
  }))[team.rank]!;

  const rollout = {
    obs: named("rollout/obs", arena.f32(E * S * N * F)), // [E, S, N, F], normalised
    actions: named("rollout/actions", continuous ? arena.f32(E * T * N * D) : arena.i32(E * T * N * D)), // [E, T, N, D]; of boxes: before squashing
    logProb: named("rollout/logProb", arena.f32(E * T * N)), // [E, T, N], as the next
    rewards: named("rollout/rewards", arena.f32(E * T * N)),
    next: named("rollout/next", arena.i32(E * T)), // slot of what a decision led to, −1: the end of the world
    begun: named("rollout/begun", arena.i32(E)), // decisions made
    done: named("rollout/done", arena.i32(E)), // decisions whose consequences are known
    cut: named("rollout/cut", arena.i32(E)), // last observations kept, in slots T + 1 on
  };
  const values = arena.f32(E * S * N);
  const advantages = arena.f32(E * T * N);
  const order = arena.i32(G * R); // dealt rows, −1: fills up
  const deals = arena.f64(G * M * 3); // of each minibatch: mean and 1/deviation of advantages, weight of a row
  const counts = named("counts", arena.f64(G)); // minibatches learned from
  const klCoefs = named("klCoefs", arena.f64(G));
  const seen = createMoments(arena, F, E);
  const earned = createMoments(arena, 1, E);
  named("obs/running", seen.running);
  named("obs/sums", seen.sums);
  named("returns/running", earned.running);
  named("returns/sums", earned.sums);
  const discounted = named("returns/discounted", arena.f64(E * N)); // return so far, newest reward in full
  // Since the last report, of each world: return of the running episode, finished episodes and their returns; Σ of return, its square, error, its square, count
  const tallies = named("tallies", arena.f64(E * 8));
  const sums = named("sums", arena.f64(6)); // over minibatches since the last report: the losses below, and how many

  let visits = 0; // decisions of this rollout
  let turns = 0; // decisions so far
  let epochs = 0; // passes so far
  let progress = 0; // when the rollout began
  let rate = c.learningRate;
  let streams: { readonly choose: Stream; readonly shuffle: Stream; readonly entropy: Stream };
  const draws = new Float64Array(env.mostLanes * N * D);
  const rowDraws = new Float64Array(actRows * D);
  const picks = new Int32Array(actRows * D);
  const noise = new Float64Array(B * D);
  const divergence = new Float64Array(G); // KL of the last pass
  const acting: number[] = [];
  const onTurn = (): boolean => (env.simulation.phases[env.position.cursor] as DecidePhase).population === population;
  const mine = function* (jobs: number): Generator<number> {
    for (let job = team.rank; job < jobs; job += team.size) yield job;
  };

  return {
    state,
    seed(rng: Stream) {
      const s = rng.fork(population);
      streams = { choose: s.fork("choose"), shuffle: s.fork("shuffle"), entropy: s.fork("entropy") };
    },
    begin(rng: Stream) {
      const s = rng.fork(`${population}/initialise`);
      networks.forEach(({ theta }, g) => initialise(theta, layout, s.fork(`network/${g}`)));
      klCoefs.fill(c.klCoef);
      resetMoments(seen);
      resetMoments(earned);
    },
    meta: () => Object.fromEntries(Object.entries({ visits, turns, epochs, progress, rate }).map(([k, v]) => [`${population}/${k}`, v])),
    resume(meta: Readonly<Record<string, number>>) {
      [visits, turns, epochs, progress, rate] = ["visits", "turns", "epochs", "progress", "rate"].map((k) => meta[`${population}/${k}`]!) as [number, number, number, number, number];
    },

    /** Draws actions for those of this rank's worlds in which the population decides. */
    act(now: number) {
      if (!onTurn()) return;
      if (visits === 0) progress = now;
      acting.length = 0;
      for (const e of env.lanes) if (batch.acting[e]) acting.push(e);
      acting.forEach((e, lane) => {
        if (c.normalizeObs) count(seen, e, batch.obs, e * N * F, N);
        keep(e, rollout.begun[e]!, batch.obs);
        const out = draws.subarray(lane * N * D, (lane + 1) * N * D);
        streams.choose[continuous ? "normal" : "uniform"](out, { lane: e, period: turns, from: 0 });
      });
      for (let g = 0; g < G; g++)
        for (let from = 0; from < acting.length * groupSize; from += actRows) choose(g, from, Math.min(actRows, acting.length * groupSize - from));
      for (const e of acting) rollout.begun[e] = rollout.begun[e]! + 1;
      visits++;
      turns++;
    },

    /** Takes down what followed each world's last decision; when the rollout is complete, learns from it. */
    collect() {
      if (!onTurn()) return;
      for (const e of env.lanes) {
        const t = rollout.begun[e]! - 1;
        if (!batch.acting[e] || t < rollout.done[e]!) continue;
        rollout.done[e] = t + 1;
        const rewards = batch.rewards.subarray(e * N, (e + 1) * N);
        rollout.rewards.set(rewards, (e * T + t) * N);
        const ended = batch.terminated[e]! | batch.truncated[e]!;
        rollout.next[e * T + t] = t + 1;
        if (batch.terminated[e]) rollout.next[e * T + t] = -1;
        else if (batch.truncated[e]) {
          const slot = T + 1 + rollout.cut[e]!;
          rollout.cut[e] = rollout.cut[e]! + 1;
          rollout.next[e * T + t] = slot;
          keep(e, slot, batch.finalObs);
        }
        tally(e, rewards, ended === 1);
      }
      if (visits === T) learn();
    },

    report(several: boolean): Record<string, number> {
      const total = (k: number): number => {
        let sum = 0;
        for (let e = 0; e < E; e++) sum += tallies[e * 8 + k]!;
        return sum;
      };
      const variance = (first: number): number => total(first + 1) / total(7) - (total(first) / total(7)) * (total(first) / total(7));
      const average = (k: number): number => sums[k]! / sums[5]!; // 0/0, not a number, where nothing was learned since
      const metrics: Record<string, number> = {
        "losses/policy": average(0),
        "losses/value": average(1),
        "losses/entropy": average(2),
        "losses/approxKl": average(3),
        "losses/clipFraction": average(4),
        "losses/explainedVariance": 1 - variance(5) / variance(3),
        "charts/episodicReturn": total(2) / total(1),
        "charts/learningRate": rate,
      };
      team.barrier();
      if (team.rank === 0) {
        sums.fill(0);
        for (let e = 0; e < E; e++) tallies.fill(0, e * 8 + 1, e * 8 + 8);
      }
      return several ? Object.fromEntries(Object.entries(metrics).map(([name, value]) => [`${population}/${name}`, value])) : metrics;
    },
  };

  /** Writes what world e's agents see, of [E, N, F], to a slot of the rollout. */
  function keep(e: number, slot: number, from: Float32Array): void {
    const x = from.subarray(e * N * F, (e + 1) * N * F);
    const at = (e * S + slot) * N * F;
    if (c.normalizeObs) normalise(seen.running, rollout.obs.subarray(at, at + N * F), x);
    else rollout.obs.set(x, at);
  }

  /** Draws actions for rows from … of group g, counted over the worlds in which the population decides. */
  function choose(g: number, from: number, rows: number): void {
    const { inputs, outputs, run } = actors[g]!;
    for (let r = 0; r < rows; r++) {
      const lane = Math.floor((from + r) / groupSize);
      const e = acting[lane]!;
      const i = g * groupSize + ((from + r) % groupSize);
      const at = ((e * S + rollout.begun[e]!) * N + i) * F;
      for (let f = 0; f < F; f++) inputs.obs[r * F + f] = rollout.obs[at + f]!;
      for (let d = 0; d < D; d++) rowDraws[r * D + d] = draws[(lane * N + i) * D + d]!;
    }
    run();
    if (!continuous) sampleCategorical(picks.subarray(0, rows * D), outputs.first, rowDraws, branches);
    for (let r = 0; r < rows; r++) {
      const e = acting[Math.floor((from + r) / groupSize)]!;
      const i = g * groupSize + ((from + r) % groupSize);
      const at = (e * T + rollout.begun[e]!) * N + i;
      let logProb = 0;
      let column = r * choices;
      for (let d = 0; d < D; d++) {
        const a = (e * N + i) * D + d;
        if (!continuous) {
          const pick = picks[r * D + d]!;
          batch.actions[a] = rollout.actions[at * D + d] = pick;
          logProb += outputs.second[column + pick]!;
          column += branches[d]!;
          continue;
        }
        const z = rowDraws[r * D + d]!;
        const u = outputs.first[r * D + d]! + expOf(outputs.second[d]!) * z;
        rollout.actions[at * D + d] = u;
        batch.actions[a] = inBox(dimensions[d]!, c, u);
        logProb -= 0.5 * z * z + outputs.second[d]! + 0.5 * LN_2PI;
      }
      rollout.logProb[at] = logProb;
    }
  }

  /** Counts rewards into returns: of the episode, and discounted. */
  function tally(e: number, rewards: Float32Array, ended: boolean): void {
    let sum = 0;
    for (let i = 0; i < N; i++) {
      sum += rewards[i]!;
      discounted[e * N + i] = c.gamma * discounted[e * N + i]! + rewards[i]!;
    }
    if (c.scaleRewards) count(earned, e, discounted, e * N, N);
    const k = e * 8;
    tallies[k] = tallies[k]! + sum / N;
    if (!ended) return;
    tallies[k + 1] = tallies[k + 1]! + 1;
    tallies[k + 2] = tallies[k + 2]! + tallies[k]!;
    tallies[k] = 0;
    discounted.fill(0, e * N, (e + 1) * N);
  }

  function learn(): void {
    for (const e of env.lanes) if (batch.acting[e]) keep(e, rollout.done[e]!, batch.obs); // else its undecided last decision is there
    team.barrier();
    if (team.rank === 0) {
      merge(seen);
      merge(earned);
    }
    team.barrier();
    for (const e of env.lanes) judge(e);
    team.barrier();
    rate = c.annealLr ? linear(c.learningRate, 0, progress) : c.learningRate;
    const going = new Set(networks.keys());
    for (let epoch = 0; epoch < c.updateEpochs && going.size > 0; epoch++, epochs++) {
      for (const job of mine(G * M)) deal(Math.floor(job / M), job % M);
      for (const g of going) divergence[g] = 0;
      team.barrier();
      for (let m = 0; m < M; m++) {
        for (const job of mine(G * shards)) if (going.has(Math.floor(job / shards))) computeShard(Math.floor(job / shards), m, job % shards);
        team.barrier();
        for (const g of mine(G)) if (going.has(g)) applyGradient(g);
        for (const g of going) record(g);
        team.barrier();
      }
      if (c.targetKl > 0) for (const g of going) if (divergence[g]! > c.targetKl) going.delete(g);
    }
    // β follows the KL of the last pass, by RLlib's factors; the paper's are 2 and ½ at 1.5 times the target and its inverse.
    if (team.rank === 0)
      for (let g = 0; g < G; g++) {
        if (divergence[g]! > 2 * c.klTarget) klCoefs[g] = 1.5 * klCoefs[g]!;
        else if (divergence[g]! < 0.5 * c.klTarget) klCoefs[g] = 0.5 * klCoefs[g]!;
      }
    for (const e of env.lanes) rollout.begun[e] = rollout.done[e] = rollout.cut[e] = 0;
    visits = 0;
  }

  /** Values and advantages of world e. */
  function judge(e: number): void {
    const steps = rollout.done[e]!;
    const [from, to] = [e * T * N, (e * T + steps) * N];
    if (c.scaleRewards) {
      const inverse = 1 / deviationOf(earned.running, 0);
      for (let r = from; r < to; r++) rollout.rewards[r] = within(rollout.rewards[r]! * inverse);
    }
    evaluate(e, 0, steps + 1);
    evaluate(e, T + 1, T + 1 + rollout.cut[e]!);
    const trajectory = { rewards: rollout.rewards.subarray(from, to), values: values.subarray(e * S * N), next: rollout.next.subarray(e * T) };
    gae(advantages.subarray(from, to), trajectory, { steps, agents: N, gamma: c.gamma, gaeLambda: c.gaeLambda });
    for (let r = from, v = e * S * N, k = e * 8; r < to; r++, v++) {
      const error = advantages[r]!;
      const target = error + values[v]!;
      tallies[k + 3] = tallies[k + 3]! + target;
      tallies[k + 4] = tallies[k + 4]! + target * target;
      tallies[k + 5] = tallies[k + 5]! + error;
      tallies[k + 6] = tallies[k + 6]! + error * error;
      tallies[k + 7] = tallies[k + 7]! + 1;
    }
  }

  /** V in slots from … to − 1 of world e. */
  function evaluate(e: number, from: number, to: number): void {
    for (let g = 0; g < G; g++) {
      const { inputs, outputs, run } = critics[g]!;
      for (let k = from * groupSize; k < to * groupSize; k += valueRows) {
        const rows = Math.min(valueRows, to * groupSize - k);
        const rowOf = (r: number): number => (e * S + Math.floor((k + r) / groupSize)) * N + g * groupSize + ((k + r) % groupSize);
        for (let r = 0; r < rows; r++) for (let f = 0, x = rowOf(r) * F; f < F; f++) inputs.obs[r * F + f] = rollout.obs[x + f]!;
        run();
        for (let r = 0; r < rows; r++) values[rowOf(r)] = outputs.value[r]!;
      }
    }
  }

  /** Deals group g's minibatch m of this pass, and takes the moments of its advantages. */
  function deal(g: number, m: number): void {
    const shuffle = permutation(streams.shuffle, { size: R, lane: g, period: epochs });
    const [from, to] = [Math.floor((R * m) / M), Math.floor((R * (m + 1)) / M)];
    let n = 0;
    let sum = 0;
    for (let p = g * R + from; p < g * R + to; p++) {
      const k = shuffle.at(p - g * R);
      const decision = Math.floor(k / groupSize); // e T + t
      const e = Math.floor(decision / T);
      const known = decision - e * T < rollout.done[e]!;
      order[p] = known ? decision * N + g * groupSize + (k % groupSize) : -1;
      if (!known) continue;
      n++;
      sum += advantages[order[p]!]!;
    }
    const mean = n > 0 ? sum / n : 0;
    let squares = 0;
    for (let p = g * R + from; p < g * R + to; p++) if (order[p]! >= 0) squares += (advantages[order[p]!]! - mean) * (advantages[order[p]!]! - mean);
    const deviation = Math.sqrt(squares / Math.max(1, n - 1)) + 1e-8;
    deals.set([c.normAdv ? mean : 0, c.normAdv ? 1 / deviation : 1, n > 0 ? (B * shards) / n : 0], (g * M + m) * 3);
  }

  /** Gradient of one shard of group g's minibatch m. */
  function computeShard(g: number, m: number, s: number): void {
    const { inputs, run, backward } = networks[g]!.parts[s]!.run;
    const [center, inverse, weight] = deals.subarray((g * M + m) * 3) as unknown as readonly [number, number, number];
    const from = Math.floor((R * m) / M) + s * B;
    const to = Math.min(from + B, Math.floor((R * (m + 1)) / M));
    for (let b = 0; b < B; b++) {
      const row = from + b < to ? order[g * R + from + b]! : -1;
      inputs.weight[b] = row < 0 ? 0 : weight;
      if (row < 0) continue;
      const slot = row + Math.floor(row / (T * N)) * (S - T) * N;
      for (let f = 0; f < F; f++) inputs.obs[b * F + f] = rollout.obs[slot * F + f]!;
      for (let d = 0; d < D; d++) inputs.actions[b * D + d] = rollout.actions[row * D + d]!;
      inputs.logProb[b] = rollout.logProb[row]!;
      inputs.advantage[b] = (advantages[row]! - center) * inverse;
      inputs.value[b] = values[slot]!;
      inputs.target[b] = advantages[row]! + values[slot]!;
    }
    inputs.klCoef[0] = klCoefs[g]!;
    if (continuous && c.squash) {
      streams.entropy.normal(noise, { lane: g, period: counts[g]!, from: s * B * D });
      inputs.noise.set(noise);
    }
    run();
    backward();
  }

  /** Sums the shards in order and takes Adam's step. */
  function applyGradient(g: number): void {
    const { grads, adam, parts } = networks[g]!;
    kernels.scale(grads.byteOffset, parts[0]!.partial.byteOffset, 1 / shards, P);
    for (let s = 1; s < shards; s++) kernels.axpy(grads.byteOffset, 1 / shards, parts[s]!.partial.byteOffset, grads.byteOffset, P);
    adam.learningRate = rate;
    adam.steps = counts[g]!;
    adam.step();
    counts[g] = adam.steps;
  }

  /** Reads the losses of group g's minibatch: its KL on every rank, all of them on the one that reports. */
  function record(g: number): void {
    for (const { run } of networks[g]!.parts) {
      const { policyLoss, valueLoss, entropy, approxKl, clipFraction } = run.outputs;
      divergence[g] = divergence[g]! + approxKl[0]! / shards / M;
      if (team.rank === 0) [policyLoss, valueLoss, entropy, approxKl, clipFraction].forEach((x, k) => (sums[k] = sums[k]! + x[0]! / shards));
    }
    if (team.rank === 0) sums[5] = sums[5]! + 1;
  }
}

/** From units of half the box around its middle to the economy's own; the environment cuts off what is outside. */
function inBox({ space: { low, high } }: ActionDimension, c: PpoConfig, u: number): number {
  return (low + high) / 2 + ((high - low) / 2) * (c.squash ? tanh(u) : u);
}

/** Plays the most likely choice, or the middle of the normal. */
function createPolicy(population: string, spec: PopulationSpec, c: PpoConfig): Policy {
  const groupSize = c.independent ? 1 : spec.size;
  const groups = spec.size / groupSize;
  const rows = Math.min(CHUNK, groupSize);
  const layout = layoutOf(objective(spec, c, 1));
  const arena = createArena({ bytes: (64 << 20) + 4 * groups * (layout.size + rows * (layout.size / 8 + 4096)) });
  const thetas = Array.from({ length: groups }, () => arena.f32(layout.size));
  const actors = thetas.map((params) => compile(choosing(spec, c, rows), { arena, params, layout }));
  const F = spec.features.length;
  const D = spec.actions.length;
  const branches = branchesOf(spec);
  const choices = branches.reduce((a, b) => a + b, 0);
  const { running } = createMoments(arena, F, 1);
  const greedy = (probs: Float32Array, from: number, size: number): number => {
    let best = 0;
    for (let k = 1; k < size; k++) if (probs[from + k]! > probs[from + best]!) best = k;
    return best;
  };
  return {
    load(arrays) {
      thetas.forEach((theta, g) => {
        restore({ [`${population}/theta${c.independent ? `/${g}` : ""}`]: theta }, arrays);
      });
      restore({ [`${population}/obs/running`]: running }, arrays);
    },
    act(actions, obs, count) {
      if (count > spec.size) throw new Error(`ppo policy: got ${count} rows, expected at most ${spec.size}.`);
      actors.forEach(({ inputs, outputs, run }, g) => {
        const end = Math.min((g + 1) * groupSize, count);
        for (let from = g * groupSize; from < end; from += rows) {
          const n = Math.min(rows, end - from);
          const x = obs.subarray(from * F, (from + n) * F);
          if (c.normalizeObs) normalise(running, inputs.obs, x);
          else inputs.obs.set(x);
          run();
          for (let r = 0; r < n; r++)
            for (let d = 0, column = r * choices; d < D; column += branches[d++] ?? 0)
              actions[(from + r) * D + d] = spec.continuous
                ? inBox(spec.actions[d]!, c, outputs.first[r * D + d]!)
                : greedy(outputs.first, column, branches[d]!);
        }
      });
    },
  };
}
