// QMIX and VDN: the agents of a population share one reward, and learn to act apart by learning together.
// QMIX: Rashid et al. 2018, https://arxiv.org/abs/1803.11485; VDN: Sunehag et al. 2018, https://arxiv.org/abs/1706.05296
//
//   loss  ½ E[(Q_tot(s, a) − y)²],   y = r + γ Q̄_tot(s′, argmax_a Q_1(o′_1, a), …, argmax_a Q_N(o′_N, a))
//   VDN   Q_tot = Σ_i Q_i(o_i, a_i)
//   QMIX  Q_tot = |w(s)| · elu(Σ_i |W_i(s)| Q_i(o_i, a_i) + b(s)) + V(s),   so that ∂Q_tot/∂Q_i ≥ 0
//
// Q_tot rises with every Q_i, so each agent's own best choice is its part of the team's: in play nobody needs the state or the others.
// The team's reward r is the sum over agents; the state s is all their observations side by side. Several action dimensions add up,
// Q_i(o, a) = Σ_d Q_id(o, a_d), as in dqn.ts. Not here: recurrent agents, a state beside the observations, worlds of unequal teams.
//
// E worlds, N agents, F features, D action dimensions, A = Σ choices over dimensions, B batch, M mixer width
//
// Every rank steps its own worlds and computes its own shards of each minibatch; shards are fixed in number and summed in order, so the
// number of threads changes nothing.
import type { ParamValues } from "../core/params.ts";
import { choice, flag, param } from "../core/params.ts";
import type { PopulationSpec } from "../env/vector-env.ts";
import { createArena } from "../kernels/arena.ts";
import {
  abs,
  add,
  compile,
  concatCols,
  createAdam,
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
} from "../nn/index.ts";
import type { Stream } from "../random/index.ts";
import { contextOf, defineAlgorithm, type Policy, type TrainContext, type Update } from "./algorithm.ts";
import { refuseApart, refuseMasks } from "./parts/refuse.ts";
import { restore } from "./parts/restore.ts";
import { geometric, linear } from "./parts/schedule.ts";
import { createState } from "./parts/state.ts";
import { branchesOf, columnsOf } from "./parts/stochastic-policy.ts";
import { trainingLoop } from "./parts/training-loop.ts";
import { decisionOnTurn } from "./parts/turn.ts";
import { under } from "./parts/under.ts";
import { createReplay } from "./replay/in-step.ts";

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
  doubleQ: flag(true, "the online networks choose the actions that the target networks value"),
  tau: param(0.01, { symbol: "τ", min: 0, max: 1, doc: "target ← (1−τ) target + τ online" }),
  targetInterval: param(1, { unit: "minibatches", min: 1, max: 1e9, integer: true, doc: "between target updates" }),
  epsilonStart: param(1, { symbol: "ε", min: 0, max: 1, doc: "share of uniformly random actions, per dimension" }),
  epsilonEnd: param(0.05, { min: 0, max: 1 }),
  explorationFraction: param(0.6, { min: 0, max: 1, doc: "of training, over which ε falls linearly" }),
  rewardScale: param(1, {
    min: 0,
    exclusive: true,
    doc: "multiplies rewards; 1/N where everybody is paid all of the team's",
  }),
  updates: param(40, { min: 1, max: 1e6, integer: true, doc: "reports over the whole of training" }),
} as const;
export type QmixConfig = ParamValues<typeof qmixConfig>;

/** Minibatches are computed in this many shards, whatever the number of threads. */
const SHARDS = 4;
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
    "charts/reward": "mean reward per agent and decision since the last report, unscaled: the team's is N times that",
  },
  train,
  policy: createPolicy,
});

function train(context: TrainContext<QmixConfig>): Generator<Update, void, void> {
  const { env, config, team } = context;
  refuseMasks("qmix", env);
  refuseApart("qmix", env, "it learns a team's joint value");
  const learners = Object.entries(env.spec).map(([population, spec]) =>
    createLearner(contextOf(context, population), population, spec),
  );
  return trainingLoop(context, learners, config.updates, (progress) => {
    for (const learner of learners) learner.act(progress);
    env.step();
    for (const learner of learners) learner.store();
    team.barrier();
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
  const choices = columnsOf(spec);
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

/** Columns of each dimension's choices. */
function byDimension(q: T, spec: PopulationSpec): T[] {
  let from = 0;
  return branchesOf(spec).map((count) => sliceCols(q, from, (from += count)));
}

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
    discount: matrix(rows, N), // γ, or 0 where the world ended; the same for all agents
    nextObs: state,
  };
  return trace(inputs, ({ obs, actions, reward, discount, nextObs }, par) => {
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
    const best = byDimension(judge, spec).map(rowArgmax);
    const γ = sliceCols(discount, 0, 1);
    const y = stopGradient(add(rowSum(reward), mul(γ, teamOf("target", nextObs, future, best))));
    return { loss: mul(mean(square(sub(total, y))), 0.5), outputs: { total }, train: ["online"] };
  });
}

/** Everybody's own best choice [N] in each dimension, `greedy0`, `greedy1`, …, from the observations of one world. */
function actingGraph(spec: PopulationSpec, c: QmixConfig) {
  return trace({ obs: matrix(1, spec.size * spec.features.length) }, ({ obs }, par) => {
    const q = byDimension(utilities(par, "online", obs, spec, c), spec);
    return { outputs: Object.fromEntries(q.map((qd, d) => [`greedy${d}`, rowArgmax(qd)])) };
  });
}

function createLearner(context: TrainContext<QmixConfig>, population: string, spec: PopulationSpec) {
  const { env, config: c, arena, team, backend } = context;
  const { kernels } = arena;
  const { numEnvs: E } = env;
  const N = spec.size;
  const F = spec.features.length;
  const D = spec.actions.length;
  const branches = branchesOf(spec);
  const batch = env.batch[population]!;
  const rows = c.batchSize / SHARDS;
  if (spec.continuous)
    throw new Error(`qmix: ${population} has continuous actions; declare grids, or use an algorithm for boxes.`);
  if (F === 0) throw new Error(`qmix: ${population} observes nothing; declare observe.${population}.`);
  if (!Number.isInteger(rows)) throw new Error(`qmix: batchSize is ${c.batchSize}, expected a multiple of ${SHARDS}.`);
  const weights = N * F * N * c.mixerWidth;
  if (c.mixer === "qmix" && weights > MOST_WEIGHTS)
    throw new Error(
      `qmix: ${N} agents with ${F} features make a mixer of ${weights} weights (N F × N M), expected at most ${MOST_WEIGHTS}. ` +
        "Lower mixerWidth, observe less, or set mixer=vdn, which has none.",
    );

  const lossOfShard = qmixLoss(spec, c, rows);
  const layout = layoutOf(lossOfShard);
  const online = rangeOf(layout, "online");
  const target = rangeOf(layout, "target");
  const P = online.to; // online parameters come first
  const { state, named } = createState(population);
  const theta = named("theta", arena.f32(layout.size));
  const grads = arena.f32(P);
  const adam = createAdam({ arena, params: theta.subarray(0, P), grads, maxGradNorm: c.maxGradNorm });
  named("adam/m", adam.m);
  named("adam/v", adam.v);
  const shards = Array.from({ length: SHARDS }, () => {
    const shardGrads = arena.f32(layout.size);
    return { shardGrads, loss: backend.compile(lossOfShard, { arena, params: theta, grads: shardGrads, layout }) };
  });
  // One acting executable per rank: ranks act at the same time.
  const actor = Array.from({ length: team.size }, () =>
    compile(actingGraph(spec, c), { arena, params: theta, layout }),
  )[team.rank]!;

  const replay = createReplay({
    arena,
    spec,
    numEnvs: E,
    capacity: c.bufferSize * N,
    gamma: c.gamma,
    rewardScale: c.rewardScale,
  });
  for (const [name, array] of Object.entries(replay.state)) named(`replay/${name}`, array);
  // Sums since the last report, each kept by one rank at a time
  const rewardSums = arena.f64(E);
  const sums = arena.f64(SHARDS * 2); // loss, value
  const lastNorm = named("gradNorm", arena.f64(1));

  let pending = 0; // 1: a decision awaits its consequences, which come when this population decides again
  let fresh = false; // stored on this step
  let batches = 0; // minibatches so far
  let owed = 0; // fractional gradient steps
  let reported = { stored: 0, batches: 0 };
  let now = { epsilon: c.epsilonStart, learningRate: c.learningRate };
  let draws: Readonly<Record<"explore" | "age" | "world", Stream>>;
  const coins = new Float64Array(N * D);
  const chosen = new Float32Array(N * D);
  const played = new Float32Array(rows * N * D);
  const ages = new Int32Array(rows);
  const worlds = new Int32Array(rows);
  const onTurn = (): boolean => decisionOnTurn(env) === population;

  return {
    state,
    seed(rng: Stream) {
      const s = rng.fork(population);
      draws = { explore: s.fork("explore"), age: s.fork("age"), world: s.fork("world") };
    },
    begin(rng: Stream) {
      initialise(theta, layout, rng.fork(`${population}/initialise`));
      theta.copyWithin(target.from, online.from, online.to);
    },
    meta: () =>
      under(population, {
        stored: replay.stored,
        pending,
        batches,
        owed,
        epsilon: now.epsilon,
        learningRate: now.learningRate,
      }),
    resume(meta: Readonly<Record<string, number>>) {
      replay.stored = meta[`${population}/stored`]!;
      pending = meta[`${population}/pending`]!;
      batches = meta[`${population}/batches`]!;
      owed = meta[`${population}/owed`]!;
      now = { epsilon: meta[`${population}/epsilon`]!, learningRate: meta[`${population}/learningRate`]! };
      reported = { stored: replay.stored, batches };
    },

    /** Chooses for this rank's worlds: everybody's own best, or uniformly with probability ε, each agent by itself. */
    act(progress: number) {
      if (!onTurn()) return;
      pending = 1;
      const ε = linear(c.epsilonStart, c.epsilonEnd, progress / c.explorationFraction);
      now = { ...now, epsilon: ε };
      for (const e of env.localWorlds) {
        if (!batch.acting[e * N])
          throw new Error(
            `qmix: ${population} decides in some worlds and not in world ${e}. Worlds that end early need a decision every period; or use q-learning.`,
          );
        const obs = batch.obs.subarray(e * N * F, (e + 1) * N * F);
        actor.inputs.obs.set(obs);
        actor.run();
        draws.explore.uniform(coins, { lane: e, period: replay.stored, from: 0 });
        for (let d = 0; d < D; d++) {
          const greedy = actor.outputs[`greedy${d}`] as Int32Array;
          for (let i = 0; i < N; i++) {
            const k = i * D + d;
            chosen[k] = coins[k]! < ε ? Math.floor((coins[k]! / ε) * branches[d]!) : greedy[i]!;
          }
        }
        batch.actions.set(chosen, e * N * D);
        replay.decide(e, obs, chosen);
      }
    },

    /** Keeps what followed the last decision: rewards, and how the episode ended if it did. */
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
      if (replay.usable < 1 || replay.stored * E < c.learningStarts) return;
      now.learningRate = geometric(c.learningRate, c.finalLearningRate, (progress - 0.2) / 0.8);
      for (owed += c.gradientSteps; owed >= 1; owed--) {
        for (let s = team.rank; s < SHARDS; s += team.size) computeShard(s);
        team.barrier();
        if (team.rank === 0) applyGradient();
        batches++;
        team.barrier();
      }
    },

    report(several: boolean): Record<string, number> {
      const average = (k: number): number => {
        let sum = 0;
        for (let s = 0; s < SHARDS; s++) sum += sums[2 * s + k]!;
        return sum / (SHARDS * (batches - reported.batches)); // NaN without minibatches
      };
      let reward = 0;
      for (let e = 0; e < E; e++) reward += rewardSums[e]!;
      const metrics: Record<string, number> = {
        "losses/td": average(0),
        "losses/gradNorm": lastNorm[0]!,
        "charts/value": average(1),
        "charts/epsilon": now.epsilon,
        "charts/learningRate": now.learningRate,
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

  /** Gradient of one shard of a minibatch: joint transitions, uniform over decisions and worlds. */
  function computeShard(s: number): void {
    const { loss } = shards[s]!;
    const at = { lane: 0, period: batches, from: s * rows };
    draws.age.integers(ages, at, replay.usable);
    draws.world.integers(worlds, at, E);
    const transitions = { ...loss.inputs, actions: played };
    for (let b = 0; b < rows; b++)
      for (let i = 0; i < N; i++) replay.read(transitions, b * N + i, ages[b]!, worlds[b]!, i);
    loss.inputs.actions.set(played);
    loss.run();
    loss.backward();
    let value = 0;
    for (let b = 0; b < rows; b++) value += loss.outputs.total[b]! / rows;
    sums[2 * s] = sums[2 * s]! + loss.loss[0]!;
    sums[2 * s + 1] = sums[2 * s + 1]! + value;
  }

  /** Sums the shards in order, takes Adam's step, and moves the target. */
  function applyGradient(): void {
    kernels.scale(grads.byteOffset, shards[0]!.shardGrads.byteOffset, 1 / SHARDS, P);
    for (let s = 1; s < SHARDS; s++)
      kernels.axpy(grads.byteOffset, 1 / SHARDS, shards[s]!.shardGrads.byteOffset, grads.byteOffset, P);
    adam.learningRate = now.learningRate;
    adam.steps = batches;
    lastNorm[0] = adam.step();
    if ((batches + 1) % c.targetInterval === 0)
      kernels.polyak(theta.byteOffset + 4 * target.from, theta.byteOffset, c.tau, P);
  }
}

/** Everybody by its own observation: neither the mixer nor the state is used. */
function createPolicy(population: string, spec: PopulationSpec, c: QmixConfig): Policy {
  const layout = layoutOf(qmixLoss(spec, c, 1));
  const numbers = spec.size * ((c.hiddenLayers + 1) * c.hiddenWidth + spec.features.length + 2 * columnsOf(spec));
  const arena = createArena({ bytes: (64 << 20) + 4 * (layout.size + 2 * numbers) });
  const theta = arena.f32(layout.size);
  const actor = compile(actingGraph(spec, c), { arena, params: theta, layout });
  const F = spec.features.length;
  const D = spec.actions.length;
  return {
    load(arrays) {
      restore({ [`${population}/theta`]: theta }, arrays);
    },
    act(actions, obs, rows) {
      if (rows > spec.size) throw new Error(`qmix policy: got ${rows} rows, expected at most ${spec.size}.`);
      actor.inputs.obs.set(obs.subarray(0, rows * F));
      actor.run();
      for (let d = 0; d < D; d++) {
        const greedy = actor.outputs[`greedy${d}`] as Int32Array;
        for (let i = 0; i < rows; i++) actions[i * D + d] = greedy[i]!;
      }
    },
  };
}
