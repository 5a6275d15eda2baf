// QMIX and VDN: the agents of a population share one reward, and learn to act apart by learning together.
// QMIX: Rashid et al. 2018, https://arxiv.org/abs/1803.11485; VDN: Sunehag et al. 2018, https://arxiv.org/abs/1706.05296
//
//   loss  ½ E[(Q_tot(s, a) − y)²],   y = r + γ Q̄_tot(s′, argmax_a Q_1(o′_1, a), …, argmax_a Q_N(o′_N, a))
//   VDN   Q_tot = Σ_i Q_i(o_i, a_i)
//   QMIX  Q_tot = |w(s)| · elu(Σ_i |W_i(s)| Q_i(o_i, a_i) + b(s)) + V(s),   so that ∂Q_tot/∂Q_i ≥ 0
//
// Q_tot rises with every Q_i, so each agent's own best choice is its part of the team's: in play nobody needs the state or the others.
// The team's reward r is the sum over agents; the state s is all their observations side by side. Several action dimensions add up,
// Q_i(o, a) = Σ_d Q_id(o, a_d), as in dqn.ts. Prioritised replay: Schaul et al. 2016. Not here: recurrent agents, a state beside the observations,
// agents who decide apart: a joint value needs everybody's decision at once, and what everybody sees.
//
// E worlds, N agents, F features, D action dimensions, A = Σ choices over dimensions, B batch, M mixer width
//
// Every rank steps its own worlds and computes its own shards of each minibatch; shards are fixed in number and summed in order, so the
// number of threads changes nothing.
import type { ParamValues } from "../core/params.ts";
import { choice, flag, param } from "../core/params.ts";
import type { PopulationSpec } from "../env/vector-env.ts";
import {
  abs,
  add,
  concatCols,
  dense,
  exp,
  gather,
  heUniform,
  indices,
  initialise,
  layoutOf,
  matrix,
  mean,
  minimum,
  mul,
  type Param,
  rangeOf,
  relu,
  reshape,
  rowArgmax,
  rowSum,
  sliceCols,
  square,
  stopGradient,
  sub,
  type Tensor,
  tanh,
  trace,
  uniform,
  where,
} from "../nn/index.ts";
import type { Stream } from "../random/index.ts";
import { contextOf, defineAlgorithm, type TrainContext, type Update } from "./algorithm.ts";
import { byDimension, choicesOf, maskInput } from "./parts/choices.ts";
import { refuseApart } from "./parts/refuse.ts";
import { geometric, linear } from "./parts/schedule.ts";
import { trainingLoop } from "./parts/training-loop.ts";
import { createExploration } from "./replay/exploration.ts";
import { createFrame, nStepsParam, priorityConfig } from "./replay/frame.ts";
import { createGreedy, createGreedyPlayer } from "./replay/greedy.ts";
import { createNetworks } from "./replay/networks.ts";

export const qmixConfig = {
  mixer: choice("qmix", ["vdn", "qmix"], { doc: "the team's value: a sum of the agents', or monotonic in them" }),
  mixerWidth: param(32, { symbol: "M", min: 1, max: 1024, integer: true, doc: "hidden units of the mixer" }),
  gamma: param(0.99, {
    symbol: "γ",
    min: 0,
    max: 1,
    doc: "discount per decision; by default the discount factor that the economy declares for the population, if it does",
  }),
  hiddenLayers: param(2, { min: 1, max: 16, integer: true, doc: "of an agent's network" }),
  hiddenWidth: param(64, { min: 1, max: 4096, integer: true }),
  activation: choice("relu", ["relu", "tanh"]),
  agentIndex: flag(true, "agents who share a network see who they are, one-hot"),
  independent: flag(false, "an agents' network for every agent instead of one for all"),
  learningRate: param(5e-4, { min: 0, exclusive: true }),
  finalLearningRate: param(5e-4, {
    min: 0,
    exclusive: true,
    doc: "reached geometrically at the end, from a fifth of training on",
  }),
  maxGradNorm: param(10, { min: 0, exclusive: true, doc: "of the whole gradient" }),
  batchSize: param(64, { symbol: "B", unit: "team transitions", min: 4, max: 65536, integer: true }),
  bufferSize: param(20_000, { unit: "team transitions", min: 1, max: 1e9, integer: true, doc: "the oldest go first" }),
  learningStarts: param(0, { unit: "team transitions", min: 0, max: 1e9, integer: true }),
  gradientSteps: param(1, { min: 0, max: 1e4, doc: "minibatches per step of all worlds; a fraction: now and then" }),
  nSteps: nStepsParam(
    "rewards summed before bootstrapping; above 1 biased while agents explore: they are those of the choices that were made",
  ),
  doubleQ: flag(true, "the online networks choose the actions that the target networks value"),
  tau: param(0.01, { symbol: "τ", min: 0, max: 1, doc: "target ← (1−τ) target + τ online" }),
  targetInterval: param(1, { unit: "minibatches", min: 1, max: 1e9, integer: true, doc: "between target updates" }),
  epsilonStart: param(1, { symbol: "ε", min: 0, max: 1, doc: "share of uniformly random actions, per dimension" }),
  epsilonEnd: param(0.05, { min: 0, max: 1 }),
  explorationFraction: param(0.6, { min: 0, max: 1, doc: "of training, over which ε falls linearly" }),
  ...priorityConfig,
  rewardScale: param(1, {
    min: 0,
    exclusive: true,
    doc: "multiplies rewards; 1/N where everybody is paid all of the team's",
  }),
  updates: param(40, { min: 1, max: 1e6, integer: true, doc: "reports over the whole of training" }),
} as const;
export type QmixConfig = ParamValues<typeof qmixConfig>;

/** Weights of the mixer's first layer: N F features make N M numbers, which grows with the square of the team. */
const MOST_WEIGHTS = 4e6;

export const qmix = defineAlgorithm({
  name: "qmix",
  source: "Rashid et al. (2018), arXiv:1803.11485; Sunehag et al. (2018), arXiv:1706.05296",
  summary: "Value decomposition for teams: agents who share a reward learn together and act apart; QMIX or VDN.",
  config: qmixConfig,
  mixed: true,
  backends: ["wasm", "onnx"],
  metrics: {
    "losses/td":
      "mean loss of the minibatches since the last report: ½ squared TD error of the team's value, scaled reward",
    "losses/gradNorm": "norm of the last gradient before clipping",
    "charts/value": "mean value of the replayed joint actions since the last report, in units of scaled reward",
    "charts/epsilon": "share of uniformly random actions",
    "charts/learningRate": "Adam's step size",
    "charts/importance": "β, with prioritised replay only: 1 corrects all of its bias",
    "charts/reward": "mean reward per agent and decision since the last report, unscaled: the team's is N times that",
  },
  train,
  // Everybody by its own observation: neither the mixer nor the state is used.
  policy(population, spec, c) {
    const layout = layoutOf(qmixLoss(spec, c, 1));
    const numbers = 2 * spec.size * ((c.hiddenLayers + 1) * c.hiddenWidth + spec.features.length + 3 * choicesOf(spec));
    const options = { graph: actingGraph(spec, c), layout, names: [`${population}/theta`], numbers };
    return createGreedyPlayer(spec, { algorithm: "qmix", ...options });
  },
});

function train(context: TrainContext<QmixConfig>): Generator<Update, void, void> {
  const { env, config } = context;
  refuseApart("qmix", env, "a team's value is that of the choices all its agents make at once");
  const learners = Object.entries(env.spec).map(([population, spec]) =>
    createLearner(contextOf(context, population), population, spec),
  );
  return trainingLoop(context, learners, config.updates, (progress) => {
    for (const learner of learners) learner.act(progress);
    env.step();
    for (const learner of learners) learner.learn(progress);
  });
}

type T = Tensor<"f32">;
type Which = "online" | "target";

/** Q_i of every choice of every dimension, [B N, A], from the observations [B, N F]. */
function utilities(par: Param, which: Which, obs: T, spec: PopulationSpec, c: QmixConfig): T {
  const B = obs.shape[0];
  const N = spec.size;
  const F = spec.features.length;
  const choices = choicesOf(spec);
  const activate = c.activation === "relu" ? relu : tanh;
  const network = (name: string, x: T, index: (z: T) => T): T => {
    let h = x;
    for (let layer = 0; layer < c.hiddenLayers; layer++) {
      const z = dense(par, h, { name: `${name}/${layer}`, outputs: c.hiddenWidth, weight: heUniform });
      h = activate(layer === 0 ? index(z) : z);
    }
    return dense(par, h, { name: `${name}/out`, outputs: choices });
  };
  if (c.independent) {
    const own = Array.from({ length: N }, (_, i) =>
      network(`${which}/agent/${i}`, sliceCols(obs, i * F, (i + 1) * F), (z) => z),
    );
    return reshape(concatCols(...own), [B * N, choices]);
  }
  // What a one-hot index adds to the first layer is a row of its weights: a bias of each agent's own.
  const index = (z: T): T => {
    const biases = par(`${which}/agent/index`, [N, c.hiddenWidth], uniform(Math.sqrt(6 / (F + N))));
    const team = reshape(z, [B, N * c.hiddenWidth]);
    return reshape(add(team, reshape(biases, [1, N * c.hiddenWidth])), [B * N, c.hiddenWidth]);
  };
  return network(`${which}/agent`, reshape(obs, [B * N, F]), c.agentIndex ? index : (z) => z);
}

/** Values among which no choice that the economy rules out is the largest. */
const sensible = (q: T, mask: T, spec: PopulationSpec): T => (spec.masked ? where(mask, q, -1e9) : q);

/** The team's value [B, 1] of its agents' [B, N], given the state [B, S]. */
export function mix(par: Param, which: Which, q: T, state: T, c: QmixConfig): T {
  if (c.mixer === "vdn") return rowSum(q);
  const M = c.mixerWidth;
  const hyper = (name: string, outputs: number, x = state): T =>
    dense(par, x, { name: `${which}/mixer/${name}`, outputs });
  const W = abs(hyper("weights", q.shape[1] * M)); // [B, N M]
  const weighted = Array.from({ length: q.shape[1] }, (_, i) =>
    mul(sliceCols(q, i, i + 1), sliceCols(W, i * M, (i + 1) * M)),
  );
  const hidden = elu(weighted.reduce((sum, term) => add(sum, term), hyper("bias", M)));
  const V = hyper("value/out", 1, relu(hyper("value/hidden", M)));
  return add(rowSum(mul(hidden, abs(hyper("out", M)))), V);
}

/** x where it is positive, eˣ − 1 elsewhere. */
const elu = (x: T): T => add(relu(x), sub(exp(minimum(x, 0)), 1));

/** The loss of `rows` team transitions. Online and target parameters lie in one θ; the first are trained. */
export function qmixLoss(spec: PopulationSpec, c: QmixConfig, rows: number) {
  const N = spec.size;
  const state = matrix(rows, N * spec.features.length);
  const inputs = {
    obs: state,
    actions: indices(rows * N, spec.actions.length),
    reward: matrix(rows, N), // of each agent
    discount: matrix(rows, N), // γ^n, or 0 where the world ended; the same for all agents
    nextObs: state,
    nextMask: maskInput(spec, rows * N),
    weight: matrix(rows),
  };
  return trace(inputs, ({ obs, actions, reward, discount, nextObs, nextMask, weight }, par) => {
    const teamOf = (which: Which, s: T, q: T, chosen: readonly Tensor<"i32">[]): T => {
      const picked = byDimension(q, spec).map((qd, d) => gather(qd, chosen[d]));
      return mix(
        par,
        which,
        reshape(
          picked.reduce((a, b) => add(a, b)),
          [rows, N],
        ),
        s,
        c,
      );
    };
    const taken = spec.actions.map((_, d) => sliceCols(actions, d, d + 1));
    const total = teamOf("online", obs, utilities(par, "online", obs, spec, c), taken);
    const future = utilities(par, "target", nextObs, spec, c);
    const judge = c.doubleQ ? utilities(par, "online", nextObs, spec, c) : future;
    const best = byDimension(sensible(judge, nextMask, spec), spec).map(rowArgmax);
    const γ = sliceCols(discount, 0, 1);
    const y = stopGradient(add(rowSum(reward), mul(γ, teamOf("target", nextObs, future, best))));
    const error = sub(total, y);
    const squares = c.prioritized ? mul(square(error), weight) : square(error);
    return { loss: mul(mean(squares), 0.5), outputs: { total, error }, train: ["online"] };
  });
}

/** Everybody's own best choice [N] in each dimension, `greedy0`, `greedy1`, …, from the observations of one world. */
function actingGraph(spec: PopulationSpec, c: QmixConfig) {
  const inputs = { obs: matrix(1, spec.size * spec.features.length), mask: maskInput(spec, spec.size) };
  return trace(inputs, ({ obs, mask }, par) => {
    const q = byDimension(sensible(utilities(par, "online", obs, spec, c), mask, spec), spec);
    return { outputs: Object.fromEntries(q.map((qd, d) => [`greedy${d}`, rowArgmax(qd)])) };
  });
}

function createLearner(context: TrainContext<QmixConfig>, population: string, spec: PopulationSpec) {
  const { env, config: c, arena, backend } = context;
  checkTeam(population, spec, c);
  const frame = createFrame(context, population, spec, {
    algorithm: "qmix",
    counts: { epsilon: c.epsilonStart, learningRate: c.learningRate },
    metrics: ["loss", "value"],
    replay: { joint: true, capacity: c.bufferSize * spec.size },
  });
  const { counts, learns, replay, shards } = frame;
  const loss = qmixLoss(spec, c, shards.rows);
  const layout = layoutOf(loss);
  const [online, target] = [rangeOf(layout, "online"), rangeOf(layout, "target")];
  const [first] = createNetworks(context, frame, {
    layout,
    parts: { online },
    maxGradNorm: c.maxGradNorm,
    shard: (theta, grads) => ({ loss: backend.compile(loss, { arena, params: theta, grads, layout }) }),
  });
  const team = first!;
  const { theta } = team;
  const greedy = createGreedy(context, population, spec, { graph: actingGraph(spec, c), layout, thetas: [theta] });
  const exploration = createExploration(env, population, spec);
  const norm = frame.named("gradNorm", arena.f64(1));

  return {
    ...frame,
    begin(rng: Stream) {
      initialise(theta, layout, rng.fork(`${population}/initialise`));
      theta.copyWithin(target.from, online.from, online.to);
      replay.begin();
    },
    seed(rng: Stream) {
      const s = rng.fork(population);
      exploration.seed({ coin: s.fork("explore") });
      replay.seed({ age: s.fork("age"), row: s.fork("world"), mass: s.fork("mass") });
    },

    /** Everybody's own best, or uniformly with probability ε, each agent by itself. */
    act(progress: number) {
      if (!replay.onTurn()) return;
      counts.epsilon = linear(c.epsilonStart, c.epsilonEnd, progress / c.explorationFraction);
      const deciding = replay.look();
      greedy(deciding);
      exploration.explore(deciding, counts.turns, counts.epsilon);
      replay.remember(env.batch[population]!.actions);
      counts.turns++;
    },

    /** Stores what followed the last decisions; then, for each minibatch, a gradient at targets from the slow networks, Adam's step, and a step of the slow networks. */
    learn(progress: number) {
      if (!replay.onTurn() || counts.turns === 0) return;
      replay.follow();
      replay.settle();
      counts.importance = linear(c.importanceStart, 1, progress);
      if (!frame.started(c.learningStarts * spec.size)) return;
      counts.learningRate = geometric(c.learningRate, c.finalLearningRate, (progress - 0.2) / 0.8);
      for (counts.owed += c.gradientSteps; counts.owed >= 1; counts.owed--) {
        shards.each(learns, (_, s) => gradientOfShard(s));
        shards.apply(learns, descend);
        counts.batches++;
      }
    },

    report(several: boolean) {
      const metrics = {
        "losses/td": shards.mean("loss"),
        "losses/gradNorm": norm[0]!,
        "charts/value": shards.mean("value"),
        "charts/epsilon": counts.epsilon,
        "charts/learningRate": counts.learningRate,
        "charts/reward": replay.meanReward(),
        ...(c.prioritized && { "charts/importance": counts.importance }),
      };
      return frame.report(metrics, several);
    },
  };

  /** ∇ of the loss of a shard of a minibatch: joint transitions. */
  function gradientOfShard(s: number): void {
    const { loss } = team.shards[s]!;
    replay.sample(loss.inputs, 0, s, counts);
    loss.run();
    loss.backward();
    team.errors.set(loss.outputs.error, s * shards.rows);
    let value = 0;
    for (const total of loss.outputs.total) value += total / shards.rows;
    shards.add("loss", 0, s, loss.loss[0]!);
    shards.add("value", 0, s, value);
  }

  function descend(): void {
    const { steps, norm: size } = team.step({ online: counts.learningRate });
    norm[0] = size;
    if (steps % c.targetInterval === 0)
      arena.kernels.polyak(theta.byteOffset + 4 * target.from, theta.byteOffset, c.tau, online.to);
    replay.learned(0, team.errors);
  }
}

function checkTeam(population: string, spec: PopulationSpec, c: QmixConfig): void {
  const N = spec.size;
  const F = spec.features.length;
  if (spec.continuous)
    throw new Error(`qmix: ${population} has continuous actions; declare grids, or use an algorithm for boxes.`);
  const weights = N * F * N * c.mixerWidth;
  if (c.mixer === "qmix" && weights > MOST_WEIGHTS)
    throw new Error(
      `qmix: ${N} agents with ${F} features make a mixer of ${weights} weights (N F × N M), expected at most ${MOST_WEIGHTS}. ` +
        "Lower mixerWidth, observe less, or set mixer=vdn, which has none.",
    );
}
