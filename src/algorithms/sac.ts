// SAC: soft actor–critic, which is paid for its entropy; for boxes (a squashed normal) and for choices (a softmax), any number of dimensions.
// Haarnoja et al. 2018, https://arxiv.org/abs/1812.05905; choices: Christodoulou 2019, https://arxiv.org/abs/1910.07207, with additive branches
// for several dimensions, Q(o, a) = Σ_d Q_d(o, a_d). Agents of a population share the networks and one replay unless `independent` is set.
//
//   critics      ½ E[(Q_k(o, a) − y)²],  y = r + γ (min_k Q̄_k(o′, a′) − α log π(a′|o′)),  a′ ~ π(·|o′);  Q̄ ← (1−τ) Q̄ + τ Q
//   policy       E[α log π(ã|o) − min_k Q_k(o, ã)],  ã ~ π(·|o)
//   choices      both with min_k E_π[Q_k] and E_π[log π], exactly, in place of a draw
//   temperature  −log α E[log π(ã|o) + H̄]
//
// What the two kinds of action do differently is in `underPolicy`, `twins` and parts/stochastic-policy.ts.
// Prioritised replay: Schaul et al. 2016, by the mean absolute error of the critics; weights are in the critics' loss alone.
// Not here: clipped gradients, state-dependent noise, boxes and choices in one population.
//
// E worlds, N agents, F features, D action dimensions, K columns of an action (D for boxes, Σ choices otherwise), B batch
//
// Every rank steps its own worlds and computes its own shards of each minibatch; shards are fixed in number and summed in order, so the
// number of threads changes nothing.
import type { ParamValues } from "../core/params.ts";
import { choice, flag, param } from "../core/params.ts";
import type { PopulationSpec } from "../env/vector-env.ts";
import { exp, log } from "../math/index.ts";
import {
  type Activation,
  abs,
  add,
  concatCols,
  constantInit,
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
  type ParamLayout,
  rangeOf,
  rowSum,
  square,
  stopGradient,
  sub,
  type Tensor,
  trace,
} from "../nn/index.ts";
import type { Stream } from "../random/index.ts";
import { contextOf, type TrainContext, type Update } from "./algorithm.ts";
import { anyAllowed, branchesOf, columnsOf, logAllowed, maskInput, startsOf } from "./parts/choices.ts";
import { geometric, linear } from "./parts/schedule.ts";
import { createActor, createModePlayer, fillActions, softmaxes, squashedNormal } from "./parts/stochastic-policy.ts";
import { trainingLoop } from "./parts/training-loop.ts";
import { createDealer, gatherRows, scatterRows } from "./replay/dealing.ts";
import { createFrame, nStepsParam, priorityConfig } from "./replay/frame.ts";
import { createNetworks } from "./replay/networks.ts";
import type { Deciding } from "./replay/replay.ts";
import { defineSampledAlgorithm, samplingConfig } from "./sampling.ts";

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
  nSteps: nStepsParam(
    "rewards summed before bootstrapping; above 1 biased: they are those of older policies, without the entropy of the decisions in between",
  ),
  tau: param(0.005, { symbol: "τ", min: 0, max: 1, doc: "target ← (1−τ) target + τ critics" }),
  alpha: param(1, { symbol: "α", min: 0, exclusive: true, doc: "temperature, at first if it is tuned" }),
  autotune: flag(true, "learn α so that the policy's entropy goes to the target"),
  targetEntropy: param(-1, { symbol: "H̄", unit: "nats/dimension", doc: "of a box as if it went from −1 to 1" }),
  targetEntropyShare: param(0.5, { min: 0, max: 1, doc: "of the largest entropy, for choices" }),
  ...priorityConfig,
  rewardScale: param(1, { min: 0, exclusive: true, doc: "multiplies rewards" }),
  independent: flag(false, "networks of its own for every agent instead of one set for all"),
  ...samplingConfig,
  updates: param(40, { min: 1, max: 1e6, integer: true, doc: "reports over the whole of training" }),
} as const;
export type SacConfig = ParamValues<typeof sacConfig>;

export const sac = defineSampledAlgorithm({
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
    "charts/importance": "β, with prioritised replay only: 1 corrects all of its bias",
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
  const { env, config } = context;
  const learners = Object.entries(env.spec).map(([population, spec]) =>
    createLearner(contextOf(context, population), population, spec),
  );
  return trainingLoop(context, learners, config.updates, (progress) => {
    for (const learner of learners) learner.act();
    env.step();
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
function underPolicy(
  par: Param,
  name: "critic" | "target",
  { obs, noise, mask }: Readonly<Record<"obs" | "noise" | "mask", T>>,
  c: SacConfig,
  spec: PopulationSpec,
) {
  if (spec.continuous) {
    const { action, logProb } = squashedNormal(par, obs, networkOf(c, "policy"), spec).sample(noise);
    return { q: minimum(...twins(par, name, obs, action, c, spec)), logProb };
  }
  const { probs, entropy } = softmaxes(par, obs, networkOf(c, "policy"), spec, mask);
  const [q1, q2] = twins(par, name, obs, null, c, spec).map((q) => rowSum(mul(probs, q))) as [T, T];
  return { q: minimum(q1, q2), logProb: neg(entropy) };
}

const logAlpha = (par: Param, c: SacConfig): T => par("temperature", [1, 1], constantInit(log(c.alpha)));

/** H̄, summed over dimensions: for choices a share of the largest entropy, that of uniform choices among those that make sense, averaged over rows. */
function targetEntropyOf(spec: PopulationSpec, c: SacConfig, mask: T): T | number {
  if (spec.continuous) return spec.actions.length * c.targetEntropy;
  if (!spec.masked) return branchesOf(spec).reduce((sum, n) => sum + c.targetEntropyShare * log(n), 0);
  return mul(mean(logAllowed(mask, spec)), c.targetEntropyShare);
}

/** The three losses, for `rows` transitions. Everything lies in one θ: temperature, policy, critics, targets. */
export function sacLosses(spec: PopulationSpec, c: SacConfig, rows: number) {
  const F = spec.features.length;
  const D = spec.actions.length;
  const mask = maskInput(spec, rows);
  const policy = trace({ obs: matrix(rows, F), noise: matrix(rows, D), mask }, (inputs, par) => {
    const { q, logProb } = underPolicy(par, "critic", inputs, c, spec);
    const α = expOf(logAlpha(par, c));
    return { loss: mean(sub(mul(logProb, α), q)), outputs: { q, logProb }, train: ["policy"] };
  });
  const temperature = trace({ logProb: matrix(rows), mask }, ({ logProb, mask }, par) => ({
    loss: neg(mul(logAlpha(par, c), add(mean(logProb), targetEntropyOf(spec, c, mask)))),
  }));
  const inputs = {
    obs: matrix(rows, F),
    action: matrix(rows, columnsOf(spec)), // in (−1, 1) for boxes; 1 where chosen, 0 elsewhere, for choices
    reward: matrix(rows),
    discount: matrix(rows), // γ^n, or 0 where the world ended
    nextObs: matrix(rows, F),
    nextMask: mask,
    noise: matrix(rows, D),
    weight: matrix(rows),
  };
  const critics = trace(inputs, ({ obs, action, reward, discount, nextObs, nextMask, noise, weight }, par) => {
    const next = underPolicy(par, "target", { obs: nextObs, noise, mask: nextMask }, c, spec);
    const α = expOf(logAlpha(par, c));
    const y = stopGradient(add(reward, mul(discount, sub(next.q, mul(next.logProb, α)))));
    const [e1, e2] = twins(par, "critic", obs, action, c, spec).map((q) =>
      sub(spec.continuous ? q : rowSum(mul(q, action)), y),
    ) as [T, T];
    const squares = add(square(e1), square(e2));
    return {
      loss: mul(mean(c.prioritized ? mul(squares, weight) : squares), 0.5),
      outputs: { error: mul(add(abs(e1), abs(e2)), 0.5) },
      train: ["critic"],
    };
  });
  return { policy, temperature, critics, layout: layoutOf(temperature, policy, critics) };
}

function createLearner(context: TrainContext<SacConfig>, population: string, spec: PopulationSpec) {
  const { config: c, arena, backend } = context;
  const frame = createFrame(context, population, spec, {
    algorithm: "sac",
    counts: { rate: 1 },
    metrics: ["critic", "policy", "entropy", "value"],
  });
  const { counts, learns, replay, shards } = frame;
  const losses = sacLosses(spec, c, shards.rows);
  const { layout } = losses;
  const [temperature, critic, target] = [
    rangeOf(layout, "temperature"),
    rangeOf(layout, "critic"),
    rangeOf(layout, "target"),
  ];
  const networks = createNetworks(context, frame, {
    layout,
    parts: { policy: rangeOf(layout, "policy"), critic, temperature },
    shard(theta, grads) {
      const options = { arena, params: theta, grads, layout };
      const policy = backend.compile(losses.policy, options);
      const bind = { logProb: policy.outputs.logProb, mask: policy.inputs.mask };
      return {
        policy,
        temperature: backend.compile(losses.temperature, { ...options, bind }),
        critics: backend.compile(losses.critics, options),
        noise: new Float64Array(policy.inputs.noise.length),
        played: new Float32Array(policy.inputs.noise.length),
      };
    },
  });
  const play = createPlay(context, population, spec, networks, layout);
  let draws: Readonly<Record<"policy" | "next", Stream>>;

  return {
    ...frame,
    begin(rng: Stream) {
      const s = rng.fork(`${population}/initialise`);
      networks.forEach(({ theta }, g) => {
        initialise(theta, layout, s.fork(`network/${g}`));
        theta.copyWithin(target.from, critic.from, critic.to);
      });
      replay.begin();
    },
    seed(rng: Stream) {
      const s = rng.fork(population);
      play.seed(s.fork("act"));
      replay.seed({ age: s.fork("age"), row: s.fork("row"), mass: s.fork("mass") });
      draws = { policy: s.fork("policy"), next: s.fork("next") };
    },

    /** Draws from the policy; uniformly at first. */
    act() {
      if (!replay.onTurn()) return;
      const deciding = replay.look();
      if (replay.stored < c.learningStarts) play.uniformly(deciding, counts.turns);
      else play.byPolicy(deciding, counts.turns);
      replay.remember(play.chosen);
      counts.turns++;
    },

    /** Stores what followed the last decisions; then, for each minibatch, the gradients of all three losses, Adam's steps, and a step of the slow critics. */
    learn(progress: number) {
      if (!replay.onTurn() || counts.turns === 0) return;
      replay.follow();
      replay.settle();
      counts.importance = linear(c.importanceStart, 1, progress);
      if (!frame.started(c.learningStarts)) return;
      counts.rate = geometric(1, c.finalRate, 2 * progress - 1);
      for (counts.owed += c.gradientSteps; counts.owed >= 1; counts.owed--) {
        shards.each(learns, gradientsOfShard);
        shards.apply(learns, descend);
        counts.batches++;
      }
    },

    report(several: boolean) {
      let alpha = 0;
      for (const { theta } of networks) alpha += exp(theta[temperature.from]!) / networks.length;
      const metrics = {
        "losses/critic": shards.mean("critic"),
        "losses/policy": shards.mean("policy"),
        "charts/alpha": alpha,
        "charts/entropy": shards.mean("entropy"),
        "charts/value": shards.mean("value"),
        "charts/learningRate": c.learningRate * counts.rate,
        "charts/reward": replay.meanReward(),
        ...(c.prioritized && { "charts/importance": counts.importance }),
      };
      return frame.report(metrics, several);
    },
  };

  /** Gradients of all three losses, at the same θ, for the rows of a shard of group g's minibatch. */
  function gradientsOfShard(g: number, s: number): void {
    const { policy, temperature, critics, noise, played } = networks[g]!.shards[s]!;
    replay.sample({ ...critics.inputs, actions: played, mask: policy.inputs.mask }, g, s, counts);
    fillColumns(critics.inputs.action, played, spec);
    policy.inputs.obs.set(critics.inputs.obs);
    const at = { lane: g, period: counts.batches, from: s * noise.length };
    draws.next.normal(noise, at);
    critics.inputs.noise.set(noise);
    draws.policy.normal(noise, at);
    policy.inputs.noise.set(noise);
    for (const loss of c.autotune ? [critics, policy, temperature] : [critics, policy]) {
      loss.run();
      loss.backward();
    }
    networks[g]!.errors.set(critics.outputs.error, s * shards.rows);
    shards.add("critic", g, s, critics.loss[0]!);
    shards.add("policy", g, s, policy.loss[0]!);
    for (const logProb of policy.outputs.logProb) shards.add("entropy", g, s, -logProb / shards.rows);
    for (const q of policy.outputs.q) shards.add("value", g, s, q / shards.rows);
  }

  function descend(g: number): void {
    const { theta, errors, step } = networks[g]!;
    const { rate } = counts;
    step({
      policy: rate * c.learningRate,
      critic: rate * c.criticLearningRate,
      ...(c.autotune && { temperature: rate * c.temperatureLearningRate }),
    });
    const [slow, fast] = [target, critic].map(({ from }) => theta.byteOffset + 4 * from) as [number, number];
    arena.kernels.polyak(slow, fast, c.tau, critic.to - critic.from);
    replay.learned(g, errors);
  }
}

/** Actions as critics take them: as they are for boxes; 1 in the column of each choice. */
function fillColumns(columns: Float32Array, actions: Float32Array, spec: PopulationSpec): void {
  const branches = branchesOf(spec);
  columns.fill(0);
  if (spec.continuous) columns.set(actions);
  else
    for (let k = 0, from = 0; k < actions.length; from += branches[k++ % branches.length]!)
      columns[from + actions[k]!] = 1;
}

/** Actions of the agents in this rank's worlds. */
function createPlay(
  { env, arena, team, config: c }: TrainContext<SacConfig>,
  population: string,
  spec: PopulationSpec,
  networks: readonly { readonly theta: Float32Array }[],
  layout: ParamLayout,
) {
  const N = spec.size;
  const F = spec.features.length;
  const D = spec.actions.length;
  const K = columnsOf(spec);
  const branches = branchesOf(spec);
  const starts = startsOf(branches);
  const { obs, actions, actionMask } = env.batch[population]!;
  const groupSize = N / networks.length;
  const deal = createDealer(N, groupSize);
  // Ranks act at the same time, so each has executables of its own.
  const actors = Array.from({ length: team.size }, () =>
    networks.map(({ theta: params }) =>
      createActor(spec, networkOf(c, "policy"), groupSize, { arena, params, layout }),
    ),
  )[team.rank]!;
  const chosen = new Float32Array(env.numEnvs * N * D); // in (−1, 1) for boxes
  const noise = new Float64Array(env.numEnvs * N * D);
  const part = { noise: new Float64Array(groupSize * D), chosen: new Float32Array(groupSize * D) };
  let stream: Stream;

  const fill = (agents: readonly number[]): void => {
    for (const agent of agents) fillActions(actions, agent * D, chosen.subarray(agent * D, (agent + 1) * D), spec);
  };
  /** An agent's draws do not depend on who else decides. */
  const draw = (worlds: readonly number[], turn: number, kind: "normal" | "uniform"): void => {
    for (const e of worlds)
      stream[kind](noise.subarray(e * N * D, (e + 1) * N * D), { lane: e, period: turn, from: 0 });
  };
  return {
    chosen,
    seed(opened: Stream) {
      stream = opened;
    },
    uniformly({ worlds, agents }: Deciding, turn: number) {
      draw(worlds, turn, "uniform");
      for (const agent of agents)
        for (let d = 0, k = agent * D; d < D; d++, k++)
          chosen[k] = spec.continuous
            ? 2 * noise[k]! - 1
            : anyAllowed(actionMask, agent * K + starts[d]!, branches[d]!, noise[k]!);
      fill(agents);
    },
    byPolicy({ worlds, agents }: Deciding, turn: number) {
      draw(worlds, turn, spec.continuous ? "normal" : "uniform");
      deal(agents, (g, some) => {
        const actor = actors[g]!;
        gatherRows(actor.obs, obs, some, F);
        if (actionMask) gatherRows(actor.mask, actionMask, some, K);
        gatherRows(part.noise, noise, some, D);
        actor.act(part.chosen, part.noise);
        scatterRows(chosen, part.chosen, some, D);
      });
      fill(agents);
    },
  };
}
