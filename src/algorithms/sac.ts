// SAC: soft actor–critic, which is paid for its entropy; for boxes (a squashed normal) and for choices (a softmax), any number of dimensions.
// Haarnoja et al. 2018, https://arxiv.org/abs/1812.05905; choices: Christodoulou 2019, https://arxiv.org/abs/1910.07207, with additive branches
// for several dimensions, Q(o, a) = Σ_d Q_d(o, a_d). Agents of a population share the networks and one replay unless `independent` is set.
//
//   critics      ½ E[(Q_k(o, a) − y)²],  y = r + γ (min_k Q̄_k(o′, a′) − α log π(a′|o′)),  a′ ~ π(·|o′);  Q̄ ← (1−τ) Q̄ + τ Q
//   policy       E[α log π(ã|o) − min_k Q_k(o, ã)],  ã ~ π(·|o)
//   choices      both with min_k E_π[Q_k] and E_π[log π], exactly, in place of a draw
//   temperature  −log α E[log π(ã|o) + H̄]
//
// What the two kinds of action do differently is in `underPolicy`, `twins` and parts/stochastic-policy.ts. Not here: n-step returns, prioritised replay,
// clipped gradients, state-dependent noise, boxes and choices in one population.
//
// E worlds, N agents, F features, D action dimensions, K columns of an action (D for boxes, Σ choices otherwise), B batch, T slots of replay
//
// Every rank steps its own worlds and computes its own shards of each minibatch; shards are fixed in number and summed in order, so the
// number of threads changes nothing.
import type { ParamValues } from "../core/params.ts";
import { choice, flag, param } from "../core/params.ts";
import type { PopulationSpec } from "../env/vector-env.ts";
import { exp, log } from "../math/index.ts";
import {
  type Activation,
  add,
  concatCols,
  constantInit,
  createAdam,
  exp as expOf,
  initialise,
  layoutOf,
  matrix,
  mean,
  minimum,
  mlp,
  mul,
  neg,
  type Param,
  rangeOf,
  rowSum,
  square,
  stopGradient,
  sub,
  type Tensor,
  trace,
} from "../nn/index.ts";
import type { Stream } from "../random/index.ts";
import { contextOf, defineAlgorithm, type TrainContext, type Update } from "./algorithm.ts";
import { refuseApart, refuseMasks } from "./parts/refuse.ts";
import { geometric } from "./parts/schedule.ts";
import { createState } from "./parts/state.ts";
import {
  branchesOf,
  columnsOf,
  createActor,
  createModePlayer,
  fillActions,
  softmaxes,
  squashedNormal,
} from "./parts/stochastic-policy.ts";
import { trainingLoop } from "./parts/training-loop.ts";
import { decisionOnTurn } from "./parts/turn.ts";
import { under } from "./parts/under.ts";
import { createReplay } from "./replay/in-step.ts";

export const sacConfig = {
  gamma: param(0.99, {
    symbol: "γ",
    min: 0,
    max: 1,
    doc: "discount per decision; by default the discount factor that the economy declares for the population, if it does",
  }),
  hiddenLayers: param(2, { min: 1, max: 16, integer: true, doc: "of the policy and of each critic" }),
  hiddenWidth: param(256, { min: 1, max: 4096, integer: true }),
  activation: choice("relu", ["relu", "tanh"]),
  learningRate: param(3e-4, { min: 0, exclusive: true, doc: "of the policy" }),
  criticLearningRate: param(1e-3, { min: 0, exclusive: true }),
  temperatureLearningRate: param(1e-3, { min: 0, exclusive: true }),
  finalRate: param(1, {
    min: 0,
    exclusive: true,
    doc: "multiplies learning rates at the end; geometric from half-time on",
  }),
  batchSize: param(256, { symbol: "B", min: 4, max: 65536, integer: true, doc: "a multiple of 4" }),
  bufferSize: param(100_000, { unit: "transitions", min: 1, max: 1e9, integer: true, doc: "the oldest go first" }),
  learningStarts: param(5000, { unit: "transitions", min: 0, integer: true, doc: "until then actions are uniform" }),
  gradientSteps: param(1, { min: 0, max: 1e4, doc: "minibatches per step of all worlds; a fraction: now and then" }),
  tau: param(0.005, { symbol: "τ", min: 0, max: 1, doc: "target ← (1−τ) target + τ critics" }),
  alpha: param(1, { symbol: "α", min: 0, exclusive: true, doc: "temperature, at first if it is tuned" }),
  autotune: flag(true, "learn α so that the policy's entropy goes to the target"),
  targetEntropy: param(-1, { symbol: "H̄", unit: "nats/dimension", doc: "of a box as if it went from −1 to 1" }),
  targetEntropyShare: param(0.5, { min: 0, max: 1, doc: "of the largest entropy, for choices" }),
  rewardScale: param(1, { min: 0, exclusive: true, doc: "multiplies rewards" }),
  independent: flag(false, "networks of its own for every agent instead of one set for all"),
  updates: param(40, { min: 1, max: 1e6, integer: true, doc: "reports over the whole of training" }),
} as const;
export type SacConfig = ParamValues<typeof sacConfig>;

/** Minibatches are computed in this many shards, whatever the number of threads. */
const SHARDS = 4;

export const sac = defineAlgorithm({
  name: "sac",
  source: "Haarnoja et al. (2018), arXiv:1812.05905; Christodoulou (2019), arXiv:1910.07207",
  summary: "Soft actor–critic: off-policy, twin critics, automatic temperature; boxes or choices.",
  config: sacConfig,
  mixed: true,
  backends: ["wasm", "onnx"],
  metrics: {
    "losses/critic":
      "mean loss of both critics since the last report: ½ squared TD error each, in units of scaled reward",
    "losses/policy": "mean of α log π − Q since the last report",
    "charts/alpha": "temperature, averaged over networks",
    "charts/entropy": "of the policy at replayed observations since the last report, in nats",
    "charts/value": "mean of the smaller critic at the policy's actions since the last report",
    "charts/learningRate": "Adam's step size for the policy",
    "charts/reward": "mean reward per agent and decision since the last report, unscaled and with exploration",
  },
  train,
  policy: (population, spec, c) =>
    createModePlayer(spec, {
      network: networkOf(c, "policy"),
      layout: sacLosses(spec, c, 1).layout,
      groupSize: c.independent ? 1 : spec.size,
      nameOf: (g) => `${population}/theta${c.independent ? `/${g}` : ""}`,
    }),
});

function train(context: TrainContext<SacConfig>): Generator<Update, void, void> {
  const { env, config, team } = context;
  refuseMasks("sac", env);
  refuseApart("sac", env, "its replay has a slot per turn for all agents");
  const learners = Object.entries(env.spec).map(([population, spec]) =>
    createLearner(contextOf(context, population), population, spec),
  );
  return trainingLoop(context, learners, config.updates, (progress) => {
    for (const learner of learners) learner.act();
    env.step();
    for (const learner of learners) learner.store();
    team.barrier();
    for (const learner of learners) learner.learn(progress);
  });
}

type T = Tensor<"f32">;

const networkOf =
  (c: SacConfig, name: string) =>
  (par: Param, x: T, outputs: number): T =>
    mlp(par, x, {
      name,
      hidden: new Array<number>(c.hiddenLayers).fill(c.hiddenWidth),
      outputs,
      activation: c.activation as Activation,
    });

/** Both critics: of the action [B, 1] for boxes; of every choice [B, K] otherwise. */
function twins(par: Param, name: "critic" | "target", obs: T, action: T | null, c: SacConfig, spec: PopulationSpec) {
  const input = spec.continuous ? concatCols(obs, action!) : obs;
  const outputs = spec.continuous ? 1 : columnsOf(spec);
  return [1, 2].map((k) => networkOf(c, `${name}/${k}`)(par, input, outputs)) as [T, T];
}

/**
 * min_k E_π[Q_k] and E_π[log π] at `obs`, [B, 1] each: by one draw for boxes, exactly for choices. Of additive branches only the sum is identified, so it
 * is sums that are compared: a minimum per branch would charge the constants by which branches of two critics differ.
 */
function underPolicy(par: Param, name: "critic" | "target", obs: T, noise: T, c: SacConfig, spec: PopulationSpec) {
  if (spec.continuous) {
    const { action, logProb } = squashedNormal(par, obs, networkOf(c, "policy"), spec).sample(noise);
    return { q: minimum(...twins(par, name, obs, action, c, spec)), logProb };
  }
  const { probs, entropy } = softmaxes(par, obs, networkOf(c, "policy"), spec);
  const [q1, q2] = twins(par, name, obs, null, c, spec).map((q) => rowSum(mul(probs, q))) as [T, T];
  return { q: minimum(q1, q2), logProb: neg(entropy) };
}

const logAlpha = (par: Param, c: SacConfig): T => par("temperature", [1, 1], constantInit(log(c.alpha)));

/** The three losses, for `rows` transitions. Everything lies in one θ: temperature, policy, critics, targets. */
export function sacLosses(spec: PopulationSpec, c: SacConfig, rows: number) {
  const F = spec.features.length;
  const D = spec.actions.length;
  const target = spec.actions.reduce(
    (sum, { space }) => sum + (spec.continuous ? c.targetEntropy : c.targetEntropyShare * log(space.count)),
    0,
  );
  const policy = trace({ obs: matrix(rows, F), noise: matrix(rows, D) }, ({ obs, noise }, par) => {
    const { q, logProb } = underPolicy(par, "critic", obs, noise, c, spec);
    const α = expOf(logAlpha(par, c));
    return { loss: mean(sub(mul(logProb, α), q)), outputs: { q, logProb }, train: ["policy"] };
  });
  const temperature = trace({ logProb: matrix(rows) }, ({ logProb }, par) => ({
    loss: neg(mul(logAlpha(par, c), add(mean(logProb), target))),
  }));
  const inputs = {
    obs: matrix(rows, F),
    action: matrix(rows, columnsOf(spec)), // in (−1, 1) for boxes; 1 where chosen, 0 elsewhere, for choices
    reward: matrix(rows),
    discount: matrix(rows), // γ, or 0 where the world ended
    nextObs: matrix(rows, F),
    noise: matrix(rows, D),
  };
  const critics = trace(inputs, ({ obs, action, reward, discount, nextObs, noise }, par) => {
    const next = underPolicy(par, "target", nextObs, noise, c, spec);
    const α = expOf(logAlpha(par, c));
    const y = stopGradient(add(reward, mul(discount, sub(next.q, mul(next.logProb, α)))));
    const [q1, q2] = twins(par, "critic", obs, action, c, spec).map((q) =>
      spec.continuous ? q : rowSum(mul(q, action)),
    ) as [T, T];
    return { loss: mul(mean(add(square(sub(q1, y)), square(sub(q2, y)))), 0.5), train: ["critic"] };
  });
  return { policy, temperature, critics, layout: layoutOf(temperature, policy, critics) };
}

function createLearner(context: TrainContext<SacConfig>, population: string, spec: PopulationSpec) {
  const { env, config: c, arena, team, backend } = context;
  const { kernels } = arena;
  const { numEnvs: E } = env;
  const N = spec.size;
  const F = spec.features.length;
  const D = spec.actions.length;
  const branches = branchesOf(spec);
  const batch = env.batch[population]!;
  const rows = c.batchSize / SHARDS;
  if (F === 0) throw new Error(`sac: ${population} observes nothing; declare observe.${population}.`);
  if (!Number.isInteger(rows)) throw new Error(`sac: batchSize is ${c.batchSize}, expected a multiple of ${SHARDS}.`);

  // Groups: all agents, or each one alone.
  const groupSize = c.independent ? 1 : N;
  const groups = N / groupSize;
  const losses = sacLosses(spec, c, rows);
  const { layout } = losses;
  const { state, named } = createState(population);
  const critic = rangeOf(layout, "critic");
  const target = rangeOf(layout, "target");
  const learners = Array.from({ length: groups }, (_, g) => {
    const suffix = c.independent ? `/${g}` : "";
    const theta = named(`theta${suffix}`, arena.f32(layout.size));
    const grads = arena.f32(critic.to); // targets, which come last, have none
    const optimiser = (part: "policy" | "temperature" | "critic") => {
      const { from, to } = rangeOf(layout, part);
      const adam = createAdam({ arena, params: theta.subarray(from, to), grads: grads.subarray(from, to) });
      named(`adam/${part}/m${suffix}`, adam.m);
      named(`adam/${part}/v${suffix}`, adam.v);
      return adam;
    };
    const adams = { policy: optimiser("policy"), temperature: optimiser("temperature"), critic: optimiser("critic") };
    const shards = Array.from({ length: SHARDS }, () => {
      const options = { arena, params: theta, grads: arena.f32(layout.size), layout };
      const policy = backend.compile(losses.policy, options);
      const temperature = backend.compile(losses.temperature, {
        ...options,
        bind: { logProb: policy.outputs.logProb },
      });
      return { grads: options.grads, policy, temperature, critics: backend.compile(losses.critics, options) };
    });
    return { theta, grads, adams, shards };
  });
  // One actor per rank and group: ranks act at the same time.
  const actors = Array.from({ length: team.size }, () =>
    learners.map(({ theta: params }) =>
      createActor(spec, networkOf(c, "policy"), groupSize, { arena, params, layout }),
    ),
  )[team.rank]!;

  const replay = createReplay({
    arena,
    spec,
    numEnvs: E,
    capacity: c.bufferSize,
    gamma: c.gamma,
    rewardScale: c.rewardScale,
  });
  for (const [name, array] of Object.entries(replay.state)) named(`replay/${name}`, array);
  // Sums since the last report, each kept by one rank at a time
  const rewardSums = arena.f64(E);
  const sums = arena.f64(groups * SHARDS * 4); // critic loss, policy loss, entropy, value

  let pending = 0; // 1: a decision awaits its consequences, which come when this population decides again
  let fresh = false; // stored on this step
  let batches = 0; // minibatches so far
  let owed = 0; // fractional gradient steps
  let reported = { stored: 0, batches: 0 };
  let rate = 1; // of the first learning rates
  let draws: Readonly<Record<"act" | "age" | "row" | "policy" | "next", Stream>>;
  const actNoise = new Float64Array(N * D);
  const chosen = new Float32Array(N * D);
  const played = new Float32Array(rows * D);
  const ages = new Int32Array(rows);
  const agents = new Int32Array(rows);
  const noise = new Float64Array(rows * D);
  const onTurn = (): boolean => decisionOnTurn(env) === population;

  return {
    state,
    seed(rng: Stream) {
      const s = rng.fork(population);
      const [act, age, row, policy, next] = ["act", "age", "row", "policy", "next"].map((name) => s.fork(name));
      draws = { act: act!, age: age!, row: row!, policy: policy!, next: next! };
    },
    begin(rng: Stream) {
      const s = rng.fork(`${population}/initialise`);
      learners.forEach(({ theta }, g) => {
        initialise(theta, layout, s.fork(`network/${g}`));
        theta.copyWithin(target.from, critic.from, critic.to);
      });
    },
    meta: () => under(population, { stored: replay.stored, pending, batches, owed, rate }),
    resume(meta: Readonly<Record<string, number>>) {
      replay.stored = meta[`${population}/stored`]!;
      pending = meta[`${population}/pending`]!;
      batches = meta[`${population}/batches`]!;
      owed = meta[`${population}/owed`]!;
      rate = meta[`${population}/rate`]!;
      reported = { stored: replay.stored, batches };
    },

    /** Draws from the policy for this rank's worlds; uniformly at first. */
    act() {
      if (!onTurn()) return;
      pending = 1;
      const uniform = replay.stored * E * N < c.learningStarts;
      for (const e of env.localWorlds) {
        if (!batch.acting[e * N])
          throw new Error(
            `sac: ${population} decides in some worlds and not in world ${e}. Worlds that end early need a decision every period; or use q-learning.`,
          );
        const at = { lane: e, period: replay.stored, from: 0 };
        const obs = batch.obs.subarray(e * N * F, (e + 1) * N * F);
        if (spec.continuous && !uniform) draws.act.normal(actNoise, at);
        else draws.act.uniform(actNoise, at);
        if (uniform)
          for (let i = 0; i < N * D; i++)
            chosen[i] = spec.continuous ? 2 * actNoise[i]! - 1 : Math.floor(actNoise[i]! * branches[i % D]!);
        else
          actors.forEach((actor, g) => {
            const [from, to] = [g * groupSize, (g + 1) * groupSize];
            actor.obs.set(obs.subarray(from * F, to * F));
            actor.act(chosen.subarray(from * D, to * D), actNoise.subarray(from * D, to * D));
          });
        fillActions(batch.actions, e * N * D, chosen, spec);
        replay.decide(e, obs, chosen);
      }
    },

    /** Keeps what followed the last decision: reward, and how the episode ended if it did. */
    store() {
      fresh = onTurn() && pending === 1;
      if (!fresh) return;
      pending = 0;
      for (const e of env.localWorlds) {
        replay.follow(e, batch);
        let sum = 0;
        for (let r = e * N; r < (e + 1) * N; r++) sum += batch.rewards[r]!;
        rewardSums[e] = rewardSums[e]! + sum;
      }
      replay.stored++;
    },

    learn(progress: number) {
      if (!fresh) return;
      if (replay.usable < 1 || replay.stored * E * N < c.learningStarts) return;
      rate = geometric(1, c.finalRate, 2 * progress - 1);
      for (owed += c.gradientSteps; owed >= 1; owed--) {
        for (let job = team.rank; job < groups * SHARDS; job += team.size)
          computeShard(Math.floor(job / SHARDS), job % SHARDS);
        team.barrier();
        for (let g = team.rank; g < groups; g += team.size) applyGradients(g);
        batches++;
        team.barrier();
      }
    },

    report(several: boolean): Record<string, number> {
      const total = (k: number): number => {
        let sum = 0;
        for (let job = 0; job < groups * SHARDS; job++) sum += sums[job * 4 + k]!;
        return sum / (groups * SHARDS * (batches - reported.batches)); // NaN without minibatches
      };
      let reward = 0;
      for (let e = 0; e < E; e++) reward += rewardSums[e]!;
      let alpha = 0;
      for (const { theta } of learners) alpha += exp(theta[rangeOf(layout, "temperature").from]!) / groups;
      const metrics: Record<string, number> = {
        "losses/critic": total(0),
        "losses/policy": total(1),
        "charts/alpha": alpha,
        "charts/entropy": total(2),
        "charts/value": total(3),
        "charts/learningRate": c.learningRate * rate,
        "charts/reward": reward / (E * N * Math.max(1, replay.stored - reported.stored)),
      };
      reported = { stored: replay.stored, batches };
      team.barrier();
      if (team.rank === 0) {
        sums.fill(0);
        rewardSums.fill(0);
      }
      return several ? under(population, metrics) : metrics;
    },
  };

  /** Gradients of one shard of group g's minibatch: of all three losses at the same θ. */
  function computeShard(g: number, s: number): void {
    const { policy, temperature, critics } = learners[g]!.shards[s]!;
    const at = { lane: g, period: batches, from: s * rows };
    draws.age.integers(ages, at, replay.usable);
    draws.row.integers(agents, at, E * groupSize);
    const { action } = critics.inputs;
    const transitions = { ...critics.inputs, actions: played };
    for (let b = 0; b < rows; b++) {
      const e = Math.floor(agents[b]! / groupSize);
      const i = g * groupSize + (agents[b]! % groupSize);
      replay.read(transitions, b, ages[b]!, e, i);
    }
    if (spec.continuous) action.set(played);
    else {
      action.fill(0);
      for (let k = 0, from = 0; k < rows * D; from += branches[k++ % D]!) action[from + played[k]!] = 1;
    }
    draws.next.normal(noise, { ...at, from: at.from * D });
    critics.inputs.noise.set(noise);
    policy.inputs.obs.set(critics.inputs.obs);
    draws.policy.normal(noise, { ...at, from: at.from * D });
    policy.inputs.noise.set(noise);
    for (const loss of c.autotune ? [critics, policy, temperature] : [critics, policy]) {
      loss.run();
      loss.backward();
    }
    const { logProb, q } = policy.outputs;
    const sum = (k: number, x: number): void => void (sums[(g * SHARDS + s) * 4 + k]! += x);
    sum(0, critics.loss[0]!);
    sum(1, policy.loss[0]!);
    for (let b = 0; b < rows; b++) sum(2, -logProb[b]! / rows);
    for (let b = 0; b < rows; b++) sum(3, q[b]! / rows);
  }

  /** Sums the shards in order, takes Adam's steps, and moves the target. */
  function applyGradients(g: number): void {
    const { theta, grads, adams, shards } = learners[g]!;
    kernels.scale(grads.byteOffset, shards[0]!.grads.byteOffset, 1 / SHARDS, grads.length);
    for (let s = 1; s < SHARDS; s++)
      kernels.axpy(grads.byteOffset, 1 / SHARDS, shards[s]!.grads.byteOffset, grads.byteOffset, grads.length);
    adams.policy.learningRate = rate * c.learningRate;
    adams.temperature.learningRate = rate * c.temperatureLearningRate;
    adams.critic.learningRate = rate * c.criticLearningRate;
    for (const adam of [adams.policy, adams.critic, ...(c.autotune ? [adams.temperature] : [])]) {
      adam.steps = batches; // ranks that did not take a step keep count
      adam.step();
    }
    kernels.polyak(
      theta.byteOffset + 4 * target.from,
      theta.byteOffset + 4 * critic.from,
      c.tau,
      critic.to - critic.from,
    );
  }
}
