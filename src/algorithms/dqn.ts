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
import { type Arena, createArena } from "../kernels/arena.ts";
import {
  type Activation,
  add,
  compile,
  constant,
  createAdam,
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
  pick,
  reshape,
  rowArgmax,
  rowMax,
  rowSum,
  sliceCols,
  sub,
  type Tensor,
  trace,
  uniform,
  where,
  zeros,
} from "../nn/index.ts";
import type { Stream } from "../random/index.ts";
import { contextOf, defineAlgorithm, type Policy, type TrainContext, type Update } from "./algorithm.ts";
import { maskInput } from "./on-policy/actor.ts";
import { restore } from "./parts/restore.ts";
import { geometric, linear } from "./parts/schedule.ts";
import { createState } from "./parts/state.ts";
import { trainingLoop } from "./parts/training-loop.ts";
import { under } from "./parts/under.ts";
import { allowedAt, countAllowed, createDealer, gatherRows, rankOf } from "./replay/choosing.ts";
import { createReplay } from "./replay/replay.ts";
import { checkReplayed, createCounts, createShards, SHARDS } from "./replay/shards.ts";

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
  nSteps: param(1, {
    symbol: "n",
    unit: "decisions",
    min: 1,
    max: 1000,
    integer: true,
    doc: "rewards summed before bootstrapping",
  }),
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
  prioritized: flag(
    false,
    "replay in proportion to the power of the error that a transition had when it was last learned from",
  ),
  priorityExponent: param(0.6, { symbol: "α", min: 0, max: 1, doc: "0: uniform, 1: in proportion to the error" }),
  importanceStart: param(0.4, {
    symbol: "β",
    min: 0,
    max: 1,
    doc: "how much of the bias of prioritised replay is corrected, to begin with; 1 at the end",
  }),
  rewardScale: param(1, { min: 0, exclusive: true, doc: "multiplies rewards" }),
  centerRewards: flag(false, "subtract the mean reward of the very first step from all rewards"),
  independent: flag(false, "one network per agent instead of one for all"),
  updates: param(40, { min: 1, max: 1e6, integer: true, doc: "reports over the whole of training" }),
} as const;
export type DqnConfig = ParamValues<typeof dqnConfig>;

export const dqn = defineAlgorithm({
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
  policy: createPolicy,
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

/** Where each dimension's choices lie among the columns of the branches. */
function branchesOf(spec: PopulationSpec): { from: number; to: number }[] {
  let from = 0;
  return spec.actions.map(({ space }) => ({ from, to: (from += space.count) }));
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
  const parts = branchesOf(spec);
  const choices = parts.at(-1)!.to;
  const inputs = { obs: matrix(rows, spec.features.length), mask: maskInput(spec, rows) };
  return trace(inputs, ({ obs, mask }, par) => {
    const { value, branches } = network(par, obs, c, choices);
    const sensible = spec.masked ? where(mask, branches, -1e9) : branches;
    const columns = parts.map(({ from, to }) => sliceCols(sensible, from, to));
    const best = columns.map((q) => rowMax(q)).reduce((a, b) => add(a, b));
    const greedy = Object.fromEntries(columns.map((q, d) => [`greedy${d}`, rowArgmax(q)]));
    return { outputs: { ...greedy, best: plus(value, best) } };
  });
}

/** ½ (Q(o, a) − target)², averaged, by weight where replay is prioritised. `actions` index columns of the branches, [rows, D]. */
export function lossGraph(spec: PopulationSpec, c: DqnConfig, rows: number) {
  const choices = branchesOf(spec).at(-1)!.to;
  const D = spec.actions.length;
  const [obs, target, weight] = [matrix(rows, spec.features.length), matrix(rows), matrix(rows)];
  return trace({ obs, actions: indices(rows, D), target, weight }, ({ obs, actions, target, weight }, par) => {
    const { value, branches } = network(par, obs, c, choices, actions);
    const error = sub(plus(value, rowSum(branches)), target);
    const losses = c.huber > 0 ? huber(error, c.huber) : mul(mul(error, error), 0.5);
    return { loss: mean(c.prioritized ? mul(losses, weight) : losses), outputs: { error } };
  });
}

/** Q(o, a) at given actions, for double Q. */
function valuingGraph(spec: PopulationSpec, c: DqnConfig, rows: number) {
  const choices = branchesOf(spec).at(-1)!.to;
  const inputs = { obs: matrix(rows, spec.features.length), actions: indices(rows, spec.actions.length) };
  return trace(inputs, ({ obs, actions }, par) => {
    const { value, branches } = network(par, obs, c, choices, actions);
    return { outputs: { q: plus(value, rowSum(branches)) } };
  });
}

function createLearner(context: TrainContext<DqnConfig>, population: string, spec: PopulationSpec) {
  const { env, config: c, team } = context;
  const { kernels } = context.arena;
  checkReplayed("dqn", population, spec, c, { choices: true });
  checkSchedules(c);
  const { state, named } = createState(population);
  const networks = createNetworks(context, spec, named);
  const groups = networks.length;
  const replay = createReplay(context, population, spec, {
    ...{ capacity: c.bufferSize, batchSize: c.batchSize, gamma: c.gamma, rewardScale: c.rewardScale, nSteps: c.nSteps },
    groupSize: spec.size / groups,
    priorityExponent: c.prioritized ? c.priorityExponent : null,
  });
  for (const [name, array] of Object.entries(replay.state)) named(`replay/${name}`, array);
  const norms = named("gradNorm", context.arena.f64(groups));
  const shards = createShards(context, c.batchSize, groups, ["loss"]);
  const { counts, meta, restore } = createCounts(population, {
    ...{ turns: 0, batches: 0, owed: 0, epsilon: 0, tremble: 0, learningRate: 0, importance: 0 },
  });
  const play = createPlay(context, population, spec, networks);
  const learns = (g: number): boolean => replay.usable(g) > 0;
  const { actions } = env.batch[population]!;

  return {
    state,
    meta,
    begin(rng: Stream) {
      const s = rng.fork(`${population}/initialise`);
      networks.forEach(({ theta, target, layout }, g) => {
        initialise(theta, layout, s.fork(`network/${g}`));
        target.set(theta);
      });
      replay.begin();
    },
    resume(saved: Readonly<Record<string, number>>) {
      restore(saved);
      replay.resume();
    },
    seed(rng: Stream) {
      const s = rng.fork(population);
      play.seed(s);
      replay.seed({ age: s.fork("slot"), row: s.fork("row"), mass: s.fork("mass") });
    },

    /** Greedy, with noise on ordered choices, or uniform with probability ε. */
    act(progress: number) {
      if (!replay.onTurn()) return;
      counts.epsilon = linear(c.epsilonStart, c.epsilonEnd, progress / c.explorationFraction);
      counts.tremble = trembleAt(progress, c);
      const deciding = replay.look();
      play.greedily(deciding);
      play.explore(deciding, counts);
      replay.remember(actions);
      counts.turns++;
    },

    /** Stores what followed the last decisions; then, for each minibatch, a gradient at targets from the slow network, Adam's step, and a step of the slow network. */
    learn(progress: number) {
      if (!replay.onTurn() || counts.turns === 0) return;
      replay.follow();
      replay.settle();
      if (c.centerRewards && counts.turns === 1) {
        if (team.rank === 0) replay.baseline[0] = replay.firstReward();
        team.barrier();
      }
      if (c.prioritized) counts.importance = linear(c.importanceStart, 1, progress);
      if (replay.stored < c.learningStarts || !networks.some((_, g) => learns(g))) return;
      counts.learningRate = geometric(c.learningRate, c.finalLearningRate, (progress - 0.2) / 0.8);
      const tau = geometric(c.tau, c.finalTau, (progress - 0.3) / 0.7);
      for (counts.owed += c.gradientSteps; counts.owed >= 1; counts.owed--) {
        shards.each(learns, gradientOfShard);
        shards.apply(learns, (g) => descend(g, tau));
        counts.batches++;
      }
    },

    report(several: boolean): Record<string, number> {
      const metrics: Record<string, number> = {
        "losses/td": shards.mean("loss"),
        "losses/gradNorm": norms.reduce((a, b) => a + b) / groups,
        "charts/epsilon": counts.epsilon,
        "charts/tremble": counts.tremble,
        "charts/learningRate": counts.learningRate,
        "charts/reward": replay.meanReward(),
        ...(c.prioritized && { "charts/importance": counts.importance }),
      };
      team.barrier();
      if (team.rank === 0) {
        shards.forget();
        replay.forget();
      }
      return several ? under(population, metrics) : metrics;
    },
  };

  /** y = Σ_{k<n} γ^k r_{t+k} + γ^n max_a Q̄(o_{t+n}, a);   ∇ ½ (Q(o, a) − y)² of rows s of group g's minibatch */
  function gradientOfShard(g: number, s: number): void {
    const shard = networks[g]!.shards[s]!;
    const { loss, bootstrap, reward, discount } = shard;
    const { inputs } = loss;
    const next = { nextObs: bootstrap.inputs.obs, nextMask: bootstrap.inputs.mask };
    replay.sample({ ...inputs, ...next, reward, discount }, g, s, counts);
    toColumns(inputs.actions, spec);
    const future = futureOf(shard, spec);
    for (let b = 0; b < shards.rows; b++) inputs.target[b] = reward[b]! + discount[b]! * future[b]!;
    loss.run();
    loss.backward();
    shards.add("loss", g, s, loss.loss[0]!);
    networks[g]!.errors.set(loss.outputs.error, s * shards.rows);
  }

  function descend(g: number, tau: number): void {
    const { theta, target, grads, adam, steps, shards: ofShards, errors } = networks[g]!;
    shards.average(grads, ofShards);
    adam.learningRate = counts.learningRate;
    adam.steps = steps[0]!; // before a resumption another rank may have taken them
    norms[g] = adam.step();
    steps[0] = adam.steps;
    if (adam.steps % c.targetInterval === 0) kernels.polyak(target.byteOffset, theta.byteOffset, tau, theta.length);
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
function createNetworks(
  { arena, backend, config: c }: TrainContext<DqnConfig>,
  spec: PopulationSpec,
  named: ReturnType<typeof createState>["named"],
) {
  const rows = c.batchSize / SHARDS;
  const layout = layoutOf(actingGraph(spec, c, 1));
  const P = layout.size;
  const groups = c.independent ? spec.size : 1;
  const steps = named("adam/steps", arena.i32(groups));
  return Array.from({ length: groups }, (_, g) => {
    const suffix = c.independent ? `/${g}` : "";
    const theta = named(`theta${suffix}`, arena.f32(P));
    const target = named(`target${suffix}`, arena.f32(P));
    const grads = arena.f32(P);
    const adam = createAdam({ arena, params: theta, grads, maxGradNorm: c.maxGradNorm });
    named(`adam/m${suffix}`, adam.m);
    named(`adam/v${suffix}`, adam.v);
    const shards = Array.from({ length: SHARDS }, () => {
      const grads = arena.f32(P);
      const slow = { arena, params: target, layout };
      return {
        grads,
        loss: backend.compile(lossGraph(spec, c, rows), { arena, params: theta, grads, layout }),
        bootstrap: backend.compile(actingGraph(spec, c, rows), c.doubleQ ? { ...slow, params: theta } : slow),
        valuing: c.doubleQ ? backend.compile(valuingGraph(spec, c, rows), slow) : null,
        reward: new Float64Array(rows),
        discount: new Float64Array(rows),
      };
    });
    return {
      layout,
      theta,
      target,
      grads,
      adam,
      steps: steps.subarray(g, g + 1),
      shards,
      errors: arena.f32(c.batchSize),
    };
  });
}
type Networks = ReturnType<typeof createNetworks>;
type Shard = Networks[number]["shards"][number];

/** Choices of each dimension, in place, to columns of the branches. */
function toColumns(actions: Int32Array, spec: PopulationSpec): void {
  const branches = branchesOf(spec);
  for (let k = 0; k < actions.length; k++) actions[k] = actions[k]! + branches[k % branches.length]!.from;
}

/** max_a Q̄(o, a) at the observations of `bootstrap`; with double Q, Q̄ of the online network's choice. */
function futureOf({ bootstrap, valuing }: Shard, spec: PopulationSpec): Float32Array {
  bootstrap.run();
  const outputs = bootstrap.outputs as unknown as Readonly<Record<string, Int32Array>> & {
    readonly best: Float32Array;
  };
  if (!valuing) return outputs.best;
  const { obs, actions } = valuing.inputs;
  const D = spec.actions.length;
  obs.set(bootstrap.inputs.obs);
  for (let d = 0; d < D; d++) for (let b = 0; b < obs.length; b++) actions[b * D + d] = outputs[`greedy${d}`]![b]!;
  toColumns(actions, spec);
  valuing.run();
  return valuing.outputs.q;
}

/** Actions of the agents in this rank's worlds, in the batch's [E, N, D]. */
function createPlay(
  { env, arena, team, config: c }: TrainContext<DqnConfig>,
  population: string,
  spec: PopulationSpec,
  networks: Networks,
) {
  const { size: N, actions: dimensions } = spec;
  const F = spec.features.length;
  const D = dimensions.length;
  const branches = branchesOf(spec);
  const K = branches.at(-1)!.to;
  const batch = env.batch[population]!;
  const groupSize = N / networks.length;
  const deal = createDealer(spec, groupSize);
  const graph = actingGraph(spec, c, groupSize);
  // Ranks act at the same time, so each has executables of its own.
  const actors = Array.from({ length: team.size }, () =>
    networks.map(({ theta, target, layout }) =>
      compile(graph, { arena, params: c.actWith === "online" ? theta : target, layout }),
    ),
  )[team.rank]!;
  let draws: { readonly coin: Stream[]; readonly noise: Stream[] };
  const coins = new Float64Array(N);
  const noises = new Float64Array(N);

  return {
    seed(rng: Stream) {
      draws = {
        coin: dimensions.map((_, d) => rng.fork(`coin/${d}`)),
        noise: dimensions.map((_, d) => rng.fork(`noise/${d}`)),
      };
    },
    /** arg max_a Q(o, a) for agents of cohorts that decide. */
    greedily(deciding: readonly number[]) {
      deal(deciding, (g, agents) => {
        const { inputs, outputs, run } = actors[g]!;
        gatherRows(inputs.obs, batch.obs, agents, F);
        if (batch.actionMask) gatherRows(inputs.mask, batch.actionMask, agents, K);
        run();
        for (let d = 0; d < D; d++) {
          const greedy = (outputs as unknown as Readonly<Record<string, Int32Array>>)[`greedy${d}`]!;
          for (let r = 0; r < agents.length; r++) batch.actions[agents[r]! * D + d] = greedy[r]!;
        }
      });
    },
    /** Greedy choices in place become uniform with probability ε, and tremble otherwise. An agent's draws do not depend on who else decides. */
    explore(
      deciding: readonly number[],
      { turns, epsilon, tremble }: { turns: number; epsilon: number; tremble: number },
    ) {
      const M = spec.apart ? 1 : N;
      for (let d = 0; d < D; d++) {
        const { count, kind } = dimensions[d]!.space;
        let world = -1;
        for (const cohort of deciding) {
          const e = Math.floor((cohort * M) / N);
          if (e !== world) {
            draws.coin[d]!.uniform(coins, { lane: e, period: turns, from: 0 });
            if (tremble > 0 && kind === "grid") draws.noise[d]!.normal(noises, { lane: e, period: turns, from: 0 });
            world = e;
          }
          for (let agent = cohort * M; agent < (cohort + 1) * M; agent++) {
            const i = agent - e * N;
            const mask = agent * K + branches[d]!.from;
            const n = countAllowed(batch.actionMask, mask, count);
            const greedy = rankOf(batch.actionMask, mask, batch.actions[agent * D + d]!);
            let choice = greedy;
            if (coins[i]! < epsilon) choice = Math.floor((coins[i]! / epsilon) * n);
            else if (tremble > 0 && kind === "grid") {
              // Noise that would leave the grid is turned round, so that it stays symmetric about the greedy choice where it can.
              const step = Math.round(tremble * (n - 1) * noises[i]!);
              choice = greedy + step;
              if (choice < 0 || choice >= n) choice = greedy - step;
              if (choice < 0 || choice >= n) choice = greedy;
            }
            batch.actions[agent * D + d] = allowedAt(batch.actionMask, mask, choice);
          }
        }
      }
    },
  };
}

function createPolicy(population: string, spec: PopulationSpec, c: DqnConfig): Policy {
  const groupSize = c.independent ? 1 : spec.size;
  const groups = spec.size / groupSize;
  const graph = actingGraph(spec, c, groupSize);
  const layout = layoutOf(graph);
  const arena: Arena = createArena({
    bytes: (64 << 20) + 4 * (layout.size * groups + spec.size * (layout.size / 8 + 4096)),
  });
  const thetas = Array.from({ length: groups }, () => arena.f32(layout.size));
  const actors = thetas.map((params) => compile(graph, { arena, params, layout }));
  const F = spec.features.length;
  const D = spec.actions.length;
  const K = branchesOf(spec).at(-1)!.to;
  return {
    load(arrays) {
      thetas.forEach((theta, g) => {
        const name = `${population}/${c.actWith === "online" ? "theta" : "target"}${c.independent ? `/${g}` : ""}`;
        restore({ [name]: theta }, arrays);
      });
    },
    act(actions, obs, rows, mask = null) {
      if (rows > spec.size) throw new Error(`dqn policy: got ${rows} rows, expected at most ${spec.size}.`);
      actors.forEach((actor, g) => {
        const first = g * groupSize;
        const count = Math.min(groupSize, rows - first);
        if (count <= 0) return;
        actor.inputs.obs.set(obs.subarray(first * F, (first + count) * F));
        if (spec.masked) actor.inputs.mask.fill(1);
        if (spec.masked && mask) actor.inputs.mask.set(mask.subarray(first * K, (first + count) * K));
        actor.run();
        for (let d = 0; d < D; d++) {
          const greedy = (actor.outputs as unknown as Record<string, Int32Array>)[`greedy${d}`]!;
          for (let i = 0; i < count; i++) actions[(first + i) * D + d] = greedy[i]!;
        }
      });
    },
  };
}
