// DQN: deep Q-learning with replay and a slowly moving target network, for any number of discrete action dimensions.
// Mnih et al. 2015 (Nature 518, 529); double Q: van Hasselt, Guez & Silver 2016; dueling: Wang et al. 2016; several dimensions at once by
// additive branches, Q(o, a) = v V(o) + Σ_d A_d(o, a_d): Tavakoli, Pardo & Kormushev 2018, with the plain sum of value decomposition;
// prioritised replay: Schaul et al. 2016, https://arxiv.org/abs/1511.05952, in proportion to errors.
// Agents of a population share one network and one replay unless `independent` is set.
// Not here: distributional values, noisy layers, recurrence.
//
// E worlds, N agents, F features, D action dimensions, A = Σ choices over dimensions, B batch
//
// Every rank steps its own worlds and computes its own shards of each minibatch; shards are fixed in number and summed in order, so the
// number of threads changes nothing.
import type { ParamValues } from "../core/params.ts";
import { choice, flag, param } from "../core/params.ts";
import type { PopulationSpec } from "../env/vector-env.ts";
import {
  type Activation,
  add,
  constant,
  dense,
  heUniform,
  huber,
  indices,
  initialise,
  layoutOf,
  matmul,
  matrix,
  mean,
  mul,
  type Param,
  type ParamLayout,
  pick,
  reshape,
  rowArgmax,
  rowMax,
  rowSum,
  sub,
  type Tensor,
  trace,
  uniform,
  where,
  zeros,
} from "../nn/index.ts";
import type { Stream } from "../random/index.ts";
import { contextOf, type TrainContext, type Update } from "./algorithm.ts";
import { branchesOf, byDimension, choicesOf, maskInput, startsOf } from "./parts/choices.ts";
import { geometric, linear } from "./parts/schedule.ts";
import { trainingLoop } from "./parts/training-loop.ts";
import { createExploration } from "./replay/exploration.ts";
import { createFrame, type Frame, nStepsParam, priorityConfig } from "./replay/frame.ts";
import { createGreedy, createGreedyPlayer, greedyOf } from "./replay/greedy.ts";
import { createNetworks } from "./replay/networks.ts";
import { defineSampledAlgorithm, samplingConfig } from "./sampling.ts";

export const dqnConfig = {
  gamma: param(0.99, {
    symbol: "γ",
    min: 0,
    max: 1,
    doc: "discount per decision; by default the discount factor that the economy declares for the population, if it does",
  }),
  hiddenLayers: param(4, { min: 1, max: 16, integer: true }),
  hiddenWidth: param(50, { min: 1, max: 4096, integer: true }),
  activation: choice("relu", ["relu", "tanh"]),
  learningRate: param(1e-3, { min: 0, exclusive: true }),
  finalLearningRate: param(1e-3, {
    min: 0,
    exclusive: true,
    doc: "reached geometrically at the end, from a fifth of training on",
  }),
  maxGradNorm: param(10, { min: 0, exclusive: true, doc: "of the whole gradient" }),
  batchSize: param(256, { symbol: "B", min: 4, max: 65536, integer: true, doc: "a multiple of 4" }),
  bufferSize: param(100_000, {
    unit: "transitions",
    min: 1,
    max: 1e9,
    integer: true,
    doc: "replay; the oldest step of all worlds goes first",
  }),
  learningStarts: param(0, { unit: "transitions", min: 0, max: 1e9, integer: true }),
  gradientSteps: param(1, {
    min: 0,
    max: 1e4,
    doc: "minibatches per step of all worlds; a fraction means now and then",
  }),
  nSteps: nStepsParam("rewards summed before bootstrapping"),
  doubleQ: flag(false, "the online network chooses the action that the target network values"),
  dueling: flag(false, "a value stream beside the advantage branches"),
  valueScale: param(1, {
    symbol: "v",
    min: 0,
    exclusive: true,
    doc: "multiplies the value stream: how much larger values are than advantages",
  }),
  huber: param(0, { min: 0, doc: "where the loss turns from quadratic to linear; 0: never" }),
  tau: param(0.005, { symbol: "τ", min: 0, max: 1, doc: "target ← (1−τ) target + τ online" }),
  finalTau: param(0.005, { min: 0, max: 1, doc: "reached geometrically at the end, from 0.3 of training on" }),
  targetInterval: param(1, { unit: "minibatches", min: 1, max: 1e9, integer: true, doc: "between target updates" }),
  actWith: choice("online", ["online", "target"], {
    doc: "whose greedy actions are played, in training and afterwards",
  }),
  epsilonStart: param(1, { symbol: "ε", min: 0, max: 1, doc: "share of uniformly random actions, per dimension" }),
  epsilonEnd: param(0.02, { min: 0, max: 1 }),
  explorationFraction: param(0.6, { min: 0, max: 1, doc: "of training, over which ε falls linearly" }),
  trembleStart: param(0, {
    min: 0,
    max: 1,
    doc: "standard deviation of the noise on ordered (grid) actions, as a share of the grid; 0: none",
  }),
  trembleEnd: param(0, { min: 0, max: 1, doc: "reached geometrically at 0.85 of training" }),
  ...priorityConfig,
  rewardScale: param(1, { min: 0, exclusive: true, doc: "multiplies rewards" }),
  centerRewards: flag(false, "subtract the mean of the first rewards from all rewards"),
  independent: flag(false, "one network per agent instead of one for all"),
  ...samplingConfig,
  updates: param(40, { min: 1, max: 1e6, integer: true, doc: "reports over the whole of training" }),
} as const;
export type DqnConfig = ParamValues<typeof dqnConfig>;

export const dqn = defineSampledAlgorithm({
  name: "dqn",
  source: "Mnih et al. (2015), Nature 518, 529",
  summary:
    "Deep Q-learning: replay, target network; double, dueling, n-step, prioritised by option; several action dimensions.",
  config: dqnConfig,
  mixed: true,
  backends: ["wasm", "onnx"],
  metrics: {
    "losses/td":
      "mean loss of the minibatches since the last report: ½ squared TD error (or Huber), in units of scaled reward",
    "losses/gradNorm": "norm of the last gradient before clipping, mean over networks",
    "charts/epsilon": "share of uniformly random actions",
    "charts/tremble": "standard deviation of action noise, as a share of the grid",
    "charts/learningRate": "Adam's step size",
    "charts/importance": "β, with prioritised replay only: 1 corrects all of its bias",
    "charts/reward": "mean reward per agent and period since the last report, unscaled",
  },
  train,
  policy(population, spec, c) {
    const [rows, groups] = c.independent ? [1, spec.size] : [spec.size, 1];
    const graph = actingGraph(spec, c, rows);
    const layout = layoutOf(graph);
    const name = `${population}/${c.actWith === "online" ? "theta" : "target"}`;
    const names = Array.from({ length: groups }, (_, g) => (c.independent ? `${name}/${g}` : name));
    const numbers = spec.size * (layout.size / 8 + 4096);
    return createGreedyPlayer(spec, { algorithm: "dqn", graph, layout, names, numbers });
  },
});

function train(context: TrainContext<DqnConfig>): Generator<Update, void, void> {
  const { env, config } = context;
  const learners = Object.entries(env.spec).map(([population, spec]) =>
    createLearner(contextOf(context, population), population, spec),
  );
  return trainingLoop(context, learners, config.updates, (progress) => {
    for (const learner of learners) learner.act(progress);
    env.step();
    for (const learner of learners) learner.learn(progress);
  });
}

interface Heads {
  /** [rows, 1], already scaled; absent without dueling. */
  readonly value: Tensor<"f32"> | null;
  /** Advantages, or values without dueling: of every choice [rows, A], or of those asked for [rows, D] at a fraction of the cost. */
  readonly branches: Tensor<"f32">;
}

/** The network: a trunk, then a number per choice of every dimension, and the value stream. */
function network(par: Param, obs: Tensor<"f32">, c: DqnConfig, choices: number, actions?: Tensor<"i32">): Heads {
  const width = c.hiddenWidth;
  let h = obs;
  for (let layer = 0; layer < c.hiddenLayers; layer++)
    h = dense(par, h, {
      name: `trunk/${layer}`,
      outputs: width,
      activation: c.activation as Activation,
      weight: heUniform,
    });
  const w = par(
    "branches/weight",
    [choices, width],
    uniform(c.dueling ? 0.01 * Math.sqrt(3 / width) : Math.sqrt(6 / width)),
  );
  const b = par("branches/bias", [choices, 1], zeros);
  const branches = actions
    ? add(pick(h, w, actions), pick(constant(1, [h.shape[0], 1]), b, actions))
    : add(matmul(h, w, { transposeB: true }), reshape(b, [1, choices]));
  if (!c.dueling) return { value: null, branches };
  const value = dense(par, h, {
    name: "value",
    outputs: 1,
    weight: uniform(0.1 * Math.sqrt(3 / width)),
    bias: zeros,
  });
  return { value: mul(value, c.valueScale), branches };
}

const plus = (value: Tensor<"f32"> | null, q: Tensor<"f32">): Tensor<"f32"> => (value ? add(value, q) : q);

/** Greedy choices [rows] per dimension, among those that make sense, and their value [rows]. */
function actingGraph(spec: PopulationSpec, c: DqnConfig, rows: number) {
  const inputs = { obs: matrix(rows, spec.features.length), mask: maskInput(spec, rows) };
  return trace(inputs, ({ obs, mask }, par) => {
    const { value, branches } = network(par, obs, c, choicesOf(spec));
    const sensible = spec.masked ? where(mask, branches, -1e9) : branches;
    const columns = byDimension(sensible, spec);
    const best = columns.map((q) => rowMax(q)).reduce((a, b) => add(a, b));
    const greedy = Object.fromEntries(columns.map((q, d) => [`greedy${d}`, rowArgmax(q)]));
    const outputs: Readonly<Record<string, Tensor>> = { ...greedy, best: plus(value, best) };
    return { outputs };
  });
}

/** ½ (Q(o, a) − target)², averaged, by weight where replay is prioritised. `actions` index columns of the branches, [rows, D]. */
export function lossGraph(spec: PopulationSpec, c: DqnConfig, rows: number) {
  const D = spec.actions.length;
  const [obs, target, weight] = [matrix(rows, spec.features.length), matrix(rows), matrix(rows)];
  return trace({ obs, actions: indices(rows, D), target, weight }, ({ obs, actions, target, weight }, par) => {
    const { value, branches } = network(par, obs, c, choicesOf(spec), actions);
    const error = sub(plus(value, rowSum(branches)), target);
    const losses = c.huber > 0 ? huber(error, c.huber) : mul(mul(error, error), 0.5);
    return { loss: mean(c.prioritized ? mul(losses, weight) : losses), outputs: { error } };
  });
}

/** Q(o, a) at given actions, for double Q. */
function valuingGraph(spec: PopulationSpec, c: DqnConfig, rows: number) {
  const inputs = { obs: matrix(rows, spec.features.length), actions: indices(rows, spec.actions.length) };
  return trace(inputs, ({ obs, actions }, par) => {
    const { value, branches } = network(par, obs, c, choicesOf(spec), actions);
    return { outputs: { q: plus(value, rowSum(branches)) } };
  });
}

function createLearner(context: TrainContext<DqnConfig>, population: string, spec: PopulationSpec) {
  const { env, config: c, team } = context;
  if (spec.continuous)
    throw new Error(`dqn: ${population} has continuous actions; declare grids, or use an algorithm for boxes.`);
  checkSchedules(c);
  const frame = createFrame(context, population, spec, {
    algorithm: "dqn",
    counts: { epsilon: 0, tremble: 0, learningRate: 0, centered: 0 },
    metrics: ["loss"],
  });
  const { counts, learns, replay, shards } = frame;
  const graph = actingGraph(spec, c, spec.size / frame.groups);
  const layout = layoutOf(graph);
  const networks = createQ(context, spec, frame, layout);
  const norms = frame.named("gradNorm", context.arena.f64(frame.groups));
  const thetas = networks.map(({ theta, target }) => (c.actWith === "online" ? theta : target));
  const greedy = createGreedy(context, population, spec, { graph, layout, thetas });
  const exploration = createExploration(env, population, spec);

  return {
    ...frame,
    begin(rng: Stream) {
      const s = rng.fork(`${population}/initialise`);
      networks.forEach(({ theta, target }, g) => {
        initialise(theta, layout, s.fork(`network/${g}`));
        target.set(theta);
      });
      replay.begin();
    },
    seed(rng: Stream) {
      const s = rng.fork(population);
      const each = (purpose: string) => spec.actions.map((_, d) => s.fork(`${purpose}/${d}`));
      exploration.seed({ coin: each("coin"), noise: each("noise") });
      replay.seed({ age: s.fork("slot"), row: s.fork("row"), mass: s.fork("mass") });
    },

    /** Greedy, with noise on ordered choices, or uniform with probability ε. */
    act(progress: number) {
      if (!replay.onTurn()) return;
      counts.epsilon = linear(c.epsilonStart, c.epsilonEnd, progress / c.explorationFraction);
      counts.tremble = trembleAt(progress, c);
      const deciding = replay.look();
      greedy(deciding);
      exploration.explore(deciding, counts.turns, counts.epsilon, counts.tremble);
      replay.remember(env.batch[population]!.actions);
      counts.turns++;
    },

    /** Stores what followed the last decisions; then, for each minibatch, a gradient at targets from the slow network, Adam's step, and a step of the slow network. */
    learn(progress: number) {
      if (!replay.onTurn() || counts.turns === 0) return;
      replay.follow();
      replay.settle();
      if (c.centerRewards && counts.centered === 0 && replay.stored > 0) {
        counts.centered = 1;
        if (team.rank === 0) replay.baseline[0] = replay.firstReward();
        team.barrier();
      }
      counts.importance = linear(c.importanceStart, 1, progress);
      if (!frame.started(c.learningStarts)) return;
      counts.learningRate = geometric(c.learningRate, c.finalLearningRate, (progress - 0.2) / 0.8);
      const tau = geometric(c.tau, c.finalTau, (progress - 0.3) / 0.7);
      for (counts.owed += c.gradientSteps; counts.owed >= 1; counts.owed--) {
        shards.each(learns, gradientOfShard);
        shards.apply(learns, (g) => descend(g, tau));
        counts.batches++;
      }
    },

    report: (several: boolean) =>
      frame.report(
        {
          "losses/td": shards.mean("loss"),
          "losses/gradNorm": norms.reduce((a, b) => a + b) / norms.length,
          "charts/epsilon": counts.epsilon,
          "charts/tremble": counts.tremble,
          "charts/learningRate": counts.learningRate,
          "charts/reward": replay.meanReward(),
          ...(c.prioritized && { "charts/importance": counts.importance }),
        },
        several,
      ),
  };

  /** y = Σ_{k<n} γ^k r_{t+k} + γ^n max_a Q̄(o_{t+n}, a);   ∇ ½ (Q(o, a) − y)² of the rows of a shard of group g's minibatch */
  function gradientOfShard(g: number, s: number): void {
    const { loss, bootstrap, valuing, reward, discount } = networks[g]!.shards[s]!;
    const { inputs } = loss;
    const next = { nextObs: bootstrap.inputs.obs, nextMask: bootstrap.inputs.mask };
    replay.sample({ ...inputs, ...next, reward, discount }, g, s, counts);
    toColumns(inputs.actions, spec);
    const future = futureOf(bootstrap, valuing, spec);
    for (let b = 0; b < reward.length; b++) inputs.target[b] = reward[b]! + discount[b]! * future[b]!;
    loss.run();
    loss.backward();
    shards.add("loss", g, s, loss.loss[0]!);
    networks[g]!.errors.set(loss.outputs.error, s * shards.rows);
  }

  function descend(g: number, tau: number): void {
    const { theta, target, errors, step } = networks[g]!;
    const { steps, norm } = step({ all: counts.learningRate });
    norms[g] = norm;
    if (steps % c.targetInterval === 0)
      context.arena.kernels.polyak(target.byteOffset, theta.byteOffset, tau, theta.length);
    replay.learned(g, errors);
  }
}

/** Falling geometrically is falling from and to something positive. */
function checkSchedules(c: DqnConfig): void {
  if (c.trembleStart > 0 && c.trembleEnd === 0)
    throw new Error(`dqn: trembleStart is ${c.trembleStart} and trembleEnd 0, expected both above 0, or both 0.`);
  if (c.trembleStart > 0 && c.explorationFraction >= 0.85)
    throw new Error(
      `dqn: explorationFraction is ${c.explorationFraction}, expected below 0.85, where trembling reaches its end.`,
    );
  if ((c.tau === 0) !== (c.finalTau === 0))
    throw new Error(`dqn: tau is ${c.tau} and finalTau ${c.finalTau}, expected both above 0, or both 0.`);
}

const trembleAt = (progress: number, c: DqnConfig): number =>
  c.trembleStart === 0
    ? 0
    : geometric(c.trembleStart, c.trembleEnd, (progress - c.explorationFraction) / (0.85 - c.explorationFraction));

/** Q, Q̄ and Adam of every group, with what computes the shards of its minibatches. */
function createQ(context: TrainContext<DqnConfig>, spec: PopulationSpec, frame: Frame, layout: ParamLayout) {
  const { arena, backend, config: c } = context;
  const { groups, named, nameOf, shards } = frame;
  const { rows } = shards;
  const targets = Array.from({ length: groups }, (_, g) => named(nameOf("target", g), arena.f32(layout.size)));
  const networks = createNetworks(context, frame, {
    layout,
    parts: { all: { from: 0, to: layout.size } },
    maxGradNorm: c.maxGradNorm,
    shard(theta, grads, g) {
      const slow = { arena, params: targets[g]!, layout };
      return {
        loss: backend.compile(lossGraph(spec, c, rows), { arena, params: theta, grads, layout }),
        bootstrap: backend.compile(actingGraph(spec, c, rows), c.doubleQ ? { ...slow, params: theta } : slow),
        valuing: c.doubleQ ? backend.compile(valuingGraph(spec, c, rows), slow) : null,
        reward: new Float64Array(rows),
        discount: new Float64Array(rows),
      };
    },
  });
  return networks.map((network, g) => ({ ...network, target: targets[g]! }));
}
type Shard = ReturnType<typeof createQ>[number]["shards"][number];

/** Choices of each dimension, in place, to columns of the branches. */
function toColumns(actions: Int32Array, spec: PopulationSpec): void {
  const starts = startsOf(branchesOf(spec));
  for (let k = 0; k < actions.length; k++) actions[k] = actions[k]! + starts[k % starts.length]!;
}

/** max_a Q̄(o, a) at the observations of `bootstrap`; with double Q, Q̄ of the online network's choice. */
function futureOf(bootstrap: Shard["bootstrap"], valuing: Shard["valuing"], spec: PopulationSpec): Float32Array {
  const { inputs, outputs, run } = bootstrap;
  run();
  if (!valuing) return outputs["best"] as Float32Array;
  valuing.inputs.obs.set(inputs.obs);
  const D = spec.actions.length;
  for (let d = 0; d < D; d++)
    greedyOf(outputs, d).forEach((choice, b) => {
      valuing.inputs.actions[b * D + d] = choice;
    });
  toColumns(valuing.inputs.actions, spec);
  valuing.run();
  return valuing.outputs.q;
}
