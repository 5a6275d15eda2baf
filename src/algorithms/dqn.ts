// DQN: deep Q-learning with replay and a slowly moving target network, for any number of discrete action dimensions.
// Mnih et al. 2015 (Nature 518, 529); double Q: van Hasselt, Guez & Silver 2016; dueling: Wang et al. 2016; several dimensions at once by
// additive branches, Q(o, a) = v V(o) + Σ_d A_d(o, a_d): Tavakoli, Pardo & Kormushev 2018, with the plain sum of value decomposition;
// prioritised replay: Schaul et al. 2016, https://arxiv.org/abs/1511.05952, in proportion to errors.
// Agents of a population share one network and one replay unless `independent` is set.
// Not here: distributional values, noisy layers, recurrence.
//
// E worlds, N agents, F features, D action dimensions, A = Σ choices over dimensions, B batch, T slots of replay (one per step of all worlds)
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
  zeros,
} from "../nn/index.ts";
import { contextOf, defineAlgorithm, type Policy, type TrainContext, type Update } from "./algorithm.ts";
import { refuseApart, refuseMasks } from "./parts/refuse.ts";
import { restore } from "./parts/restore.ts";
import { geometric, linear } from "./parts/schedule.ts";
import { createState } from "./parts/state.ts";
import { trainingLoop } from "./parts/training-loop.ts";
import { decisionOnTurn } from "./parts/turn.ts";
import { under } from "./parts/under.ts";
import { createPriorities } from "./replay/priorities.ts";

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

/** Minibatches are computed in this many shards, whatever the number of threads. */
const SHARDS = 4;

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
    "losses/gradNorm": "norm of the last gradient before clipping",
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
  const { env, config, team } = context;
  refuseMasks("dqn", env);
  refuseApart("dqn", env, "its replay has a slot per turn for all agents");
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

/** Greedy choices [rows] per dimension and their value [rows]. */
function actingGraph(spec: PopulationSpec, c: DqnConfig, rows: number) {
  const parts = branchesOf(spec);
  const choices = parts.at(-1)!.to;
  return trace({ obs: matrix(rows, spec.features.length) }, ({ obs }, par) => {
    const { value, branches } = network(par, obs, c, choices);
    const columns = parts.map(({ from, to }) => sliceCols(branches, from, to));
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
  const { env, config: c, arena, team, backend } = context;
  const { kernels } = arena;
  const { numEnvs: E } = env;
  const { size: N, features, actions: dimensions } = spec;
  const F = features.length;
  const D = dimensions.length;
  if (spec.continuous)
    throw new Error(`dqn: ${population} has continuous actions; declare grids, or use an algorithm for boxes.`);
  if (F === 0) throw new Error(`dqn: ${population} observes nothing; declare observe.${population}.`);
  // Falling geometrically is falling from and to something positive.
  if (c.trembleStart > 0 && c.trembleEnd === 0)
    throw new Error(`dqn: trembleStart is ${c.trembleStart} and trembleEnd 0, expected both above 0, or both 0.`);
  if (c.trembleStart > 0 && c.explorationFraction >= 0.85)
    throw new Error(
      `dqn: explorationFraction is ${c.explorationFraction}, expected below 0.85, where trembling reaches its end.`,
    );
  if ((c.tau === 0) !== (c.finalTau === 0))
    throw new Error(`dqn: tau is ${c.tau} and finalTau ${c.finalTau}, expected both above 0, or both 0.`);
  if (c.batchSize % SHARDS !== 0)
    throw new Error(`dqn: batchSize is ${c.batchSize}, expected a multiple of ${SHARDS}.`);
  const batch = env.batch[population]!;
  const branches = branchesOf(spec);
  const shardRows = c.batchSize / SHARDS;

  // Groups: all agents, or each one alone.
  const groupSize = c.independent ? 1 : N;
  const groups = N / groupSize;
  const acting = actingGraph(spec, c, groupSize);
  const layout = layoutOf(acting);
  const P = layout.size;
  const { state, named } = createState(population);
  const learners = Array.from({ length: groups }, (_, g) => {
    const suffix = c.independent ? `/${g}` : "";
    const theta = named(`theta${suffix}`, arena.f32(P));
    const target = named(`target${suffix}`, arena.f32(P));
    const grads = arena.f32(P);
    const adam = createAdam({ arena, params: theta, grads, learningRate: c.learningRate, maxGradNorm: c.maxGradNorm });
    named(`adam/m${suffix}`, adam.m);
    named(`adam/v${suffix}`, adam.v);
    const shards = Array.from({ length: SHARDS }, () => {
      const shardGrads = arena.f32(P);
      const loss = backend.compile(lossGraph(spec, c, shardRows), { arena, params: theta, grads: shardGrads, layout });
      const bootstrap = backend.compile(actingGraph(spec, c, shardRows), {
        arena,
        params: c.doubleQ ? theta : target,
        layout,
      });
      const valuing = c.doubleQ
        ? backend.compile(valuingGraph(spec, c, shardRows), { arena, params: target, layout })
        : null;
      return { shardGrads, loss, bootstrap, valuing };
    });
    return { theta, target, grads, adam, shards };
  });
  // One acting executable per rank and group: ranks act at the same time.
  const actors = Array.from({ length: team.size }, () =>
    learners.map(({ theta, target }) =>
      compile(acting, { arena, params: c.actWith === "online" ? theta : target, layout }),
    ),
  )[team.rank]!;

  // Replay: T slots, each one decision of every agent of every world.
  const T = Math.max(c.nSteps + 2, Math.ceil(c.bufferSize / (E * N)));
  const ring = {
    obs: named("replay/obs", arena.f32(T * E * N * F)), // [T, E, N, F]
    finalObs: named("replay/finalObs", arena.f32(T * E * N * F)), // where an episode ended
    actions: named("replay/actions", arena.i32(T * E * N * D)), // columns of the branches
    rewards: named("replay/rewards", arena.f32(T * E * N)),
    ended: named("replay/ended", arena.u8(T * E)), // 0 no, 1 truncated, 2 terminated
  };
  const shared = named("shared", arena.f64(4)); // [0] centre of rewards, [1] Σ loss, [2] minibatches, [3] gradient norm
  const rewardSums = named("rewardSums", arena.f64(E)); // Σ reward since the last report
  const shardLoss = arena.f64(groups * SHARDS);
  // Prioritised replay: a place per slot, world and agent of a group.
  const slotPlaces = E * groupSize;
  const prioritised = c.prioritized
    ? learners.map((_, g) => {
        const priorities = createPriorities(arena, T * slotPlaces, c.priorityExponent);
        for (const [name, array] of Object.entries(priorities.state))
          named(`replay/${name}${c.independent ? `/${g}` : ""}`, array);
        return { priorities, places: arena.i32(c.batchSize), errors: arena.f32(c.batchSize) };
      })
    : null;

  let stored = 0; // decisions stored so far; slot = (stored − 1) mod T
  let pending = 0; // 1: a decision awaits its consequences, which come when this population decides again
  let fresh = false; // stored on this step
  let batches = 0; // minibatches so far
  let owed = 0; // fractional gradient steps
  let reported = 0; // decisions at the last report
  let now = { epsilon: 0, tremble: 0, learningRate: 0, importance: 0 };
  let explore: { readonly coin: (typeof context.rng)[]; readonly noise: (typeof context.rng)[] };
  let sampling: {
    readonly slot: typeof context.rng;
    readonly row: typeof context.rng;
    readonly mass: typeof context.rng;
  };
  const coins = new Float64Array(N);
  const noises = new Float64Array(N);
  const masses = new Float64Array(c.batchSize);
  const slots = new Int32Array(c.batchSize);
  const rows = new Int32Array(c.batchSize);
  const discounts = new Float64Array(c.batchSize);
  const returns = new Float64Array(c.batchSize);
  const onTurn = (): boolean => decisionOnTurn(env) === population;

  return {
    state,
    seed(rng: typeof context.rng) {
      const s = rng.fork(population);
      explore = {
        coin: dimensions.map((_, d) => s.fork(`coin/${d}`)),
        noise: dimensions.map((_, d) => s.fork(`noise/${d}`)),
      };
      sampling = { slot: s.fork("slot"), row: s.fork("row"), mass: s.fork("mass") };
    },
    begin(rng: typeof context.rng) {
      const s = rng.fork(`${population}/initialise`);
      learners.forEach(({ theta, target }, g) => {
        initialise(theta, layout, s.fork(`network/${g}`));
        target.set(theta);
      });
      for (const { priorities } of prioritised ?? []) priorities.begin();
    },
    meta: () => under(population, { stored, pending, batches, owed, ...now }),
    resume(meta: Readonly<Record<string, number>>) {
      stored = reported = meta[`${population}/stored`]!;
      pending = meta[`${population}/pending`]!;
      batches = meta[`${population}/batches`]!;
      owed = meta[`${population}/owed`]!;
      const saved = (name: keyof typeof now): number => meta[`${population}/${name}`]!;
      now = {
        epsilon: saved("epsilon"),
        tremble: saved("tremble"),
        learningRate: saved("learningRate"),
        importance: saved("importance"),
      };
      for (const { adam } of learners) adam.steps = batches;
    },

    /** Chooses for this rank's worlds: greedy, with noise on ordered choices, or uniform with probability ε. */
    act(progress: number) {
      if (!onTurn()) return;
      pending = 1;
      const epsilon = linear(c.epsilonStart, c.epsilonEnd, progress / c.explorationFraction);
      const tremble =
        c.trembleStart === 0
          ? 0
          : geometric(
              c.trembleStart,
              c.trembleEnd,
              (progress - c.explorationFraction) / (0.85 - c.explorationFraction),
            );
      now = { ...now, epsilon, tremble };
      const slot = stored % T;
      for (const e of env.localWorlds) {
        if (!batch.acting[e * N])
          throw new Error(
            `dqn: ${population} decides in some worlds and not in world ${e}. Worlds that end early need a decision every period; or use q-learning.`,
          );
        const at = { lane: e, period: stored, from: 0 };
        const obs = batch.obs.subarray(e * N * F, (e + 1) * N * F);
        ring.obs.set(obs, (slot * E + e) * N * F);
        for (let g = 0; g < groups; g++) {
          actors[g]!.inputs.obs.set(obs.subarray(g * groupSize * F, (g + 1) * groupSize * F));
          actors[g]!.run();
          for (let d = 0; d < D; d++) {
            const greedy = (actors[g]!.outputs as unknown as Record<string, Int32Array>)[`greedy${d}`]!;
            for (let i = 0; i < groupSize; i++) batch.actions[(e * N + g * groupSize + i) * D + d] = greedy[i]!;
          }
        }
        for (let d = 0; d < D; d++) {
          const n = dimensions[d]!.space.count;
          const width = dimensions[d]!.space.kind === "grid" ? tremble * (n - 1) : 0;
          explore.coin[d]!.uniform(coins, at);
          if (width > 0) explore.noise[d]!.normal(noises, at);
          for (let i = 0; i < N; i++) {
            const a = (e * N + i) * D + d;
            const greedy = batch.actions[a]!;
            let choice = greedy;
            if (coins[i]! < epsilon) choice = Math.floor((coins[i]! / epsilon) * n);
            else if (width > 0) {
              // Noise that would leave the grid is turned round, so that it stays symmetric about the greedy choice where it can.
              const step = Math.round(width * noises[i]!);
              choice = greedy + step;
              if (choice < 0 || choice >= n) choice = greedy - step;
              if (choice < 0 || choice >= n) choice = greedy;
            }
            batch.actions[a] = choice;
            ring.actions[((slot * E + e) * N + i) * D + d] = branches[d]!.from + choice;
          }
        }
      }
    },

    /** Keeps what followed the last decision: reward, and how the episode ended if it did. */
    store() {
      fresh = onTurn() && pending === 1;
      if (!fresh) return;
      pending = 0;
      const slot = stored % T;
      for (const e of env.localWorlds) {
        const at = (slot * E + e) * N;
        const rewards = batch.rewards.subarray(e * N, (e + 1) * N);
        let sum = 0;
        for (let i = 0; i < N; i++) sum += rewards[i]!;
        rewardSums[e] = rewardSums[e]! + sum;
        for (let i = 0; i < N; i++) ring.rewards[at + i] = rewards[i]!;
        ring.ended[slot * E + e] = batch.terminated[e * N] ? 2 : batch.truncated[e * N] ? 1 : 0;
        if (ring.ended[slot * E + e]) ring.finalObs.set(batch.finalObs.subarray(e * N * F, (e + 1) * N * F), at * F);
      }
      stored++;
    },

    learn(progress: number) {
      if (!fresh) return;
      if (stored === 1 && c.centerRewards) {
        if (team.rank === 0) {
          let sum = 0;
          for (let r = 0; r < E * N; r++) sum += ring.rewards[r]!;
          shared[0] = sum / (E * N);
        }
        team.barrier();
      }
      if (prioritised) {
        for (let g = team.rank; g < groups; g += team.size) admit(g);
        team.barrier();
        now.importance = linear(c.importanceStart, 1, progress);
      }
      const usable = Math.min(stored, T - 1) - c.nSteps;
      if (usable < 1 || stored * E * N < c.learningStarts) return;
      now.learningRate = geometric(c.learningRate, c.finalLearningRate, (progress - 0.2) / 0.8);
      const tau = geometric(c.tau, c.finalTau, (progress - 0.3) / 0.7);
      for (owed += c.gradientSteps; owed >= 1; owed--) {
        for (let job = team.rank; job < groups * SHARDS; job += team.size)
          computeShard(Math.floor(job / SHARDS), job % SHARDS, usable);
        team.barrier();
        for (let g = team.rank; g < groups; g += team.size) {
          applyGradient(g, tau);
          if (prioritised) prioritised[g]!.priorities.learned(prioritised[g]!.places, prioritised[g]!.errors);
        }
        batches++;
        team.barrier();
      }
    },

    report(several: boolean): Record<string, number> {
      let reward = 0;
      for (let e = 0; e < E; e++) reward += rewardSums[e]!;
      const metrics: Record<string, number> = {
        "losses/td": shared[2]! > 0 ? shared[1]! / shared[2]! : Number.NaN,
        "losses/gradNorm": shared[3]!,
        "charts/epsilon": now.epsilon,
        "charts/tremble": now.tremble,
        "charts/learningRate": now.learningRate,
        "charts/reward": reward / (E * N * Math.max(1, stored - reported)),
      };
      if (prioritised) metrics["charts/importance"] = now.importance;
      reported = stored;
      team.barrier();
      if (team.rank === 0) {
        shared[1] = shared[2] = 0;
        rewardSums.fill(0);
      }
      return several ? under(population, metrics) : metrics;
    },
  };

  /** Gradient of one shard of group g's minibatch. */
  function computeShard(g: number, s: number, usable: number): void {
    const { loss, bootstrap, valuing } = learners[g]!.shards[s]!;
    const from = s * shardRows;
    if (prioritised) drawByPriority(g, from, loss.inputs.weight);
    else {
      const at = { lane: g, period: batches, from };
      sampling.slot.integers(slots.subarray(from, from + shardRows), at, usable);
      sampling.row.integers(rows.subarray(from, from + shardRows), at, slotPlaces);
    }
    const { obs, actions, target } = loss.inputs;
    const next = bootstrap.inputs.obs;
    for (let b = 0; b < shardRows; b++) {
      // Ages 0 … usable−1 count back from the newest decision that has nSteps successors.
      const drawn = rows[from + b]!;
      const e = Math.floor(drawn / groupSize);
      const i = g * groupSize + (drawn % groupSize);
      const time = stored - 1 - c.nSteps - slots[from + b]!;
      const slot = time % T;
      const row = (slot * E + e) * N + i;
      for (let f = 0; f < F; f++) obs[b * F + f] = ring.obs[row * F + f]!;
      for (let d = 0; d < D; d++) actions[b * D + d] = ring.actions[row * D + d]!;
      // G = Σ_{k<n} γ^k r_{t+k}, cut where the episode ends; then γ^n V(o_{t+n}), from finalObs at a truncation, 0 at a termination
      let discount = 1;
      let sum = 0;
      let source = ring.obs;
      let nextRow = 0;
      for (let k = 0; k < c.nSteps; k++) {
        const later = (time + k) % T;
        const r = (later * E + e) * N + i;
        sum += discount * (ring.rewards[r]! - shared[0]!) * c.rewardScale;
        discount *= c.gamma;
        const ended = ring.ended[later * E + e]!;
        if (ended) {
          source = ring.finalObs;
          nextRow = r;
          if (ended === 2) discount = 0;
          break;
        }
        nextRow = (((time + k + 1) % T) * E + e) * N + i;
      }
      for (let f = 0; f < F; f++) next[b * F + f] = source[nextRow * F + f]!;
      returns[from + b] = sum;
      discounts[from + b] = discount;
    }
    bootstrap.run();
    let future: Float32Array = (bootstrap.outputs as unknown as { best: Float32Array }).best;
    if (valuing) {
      valuing.inputs.obs.set(next);
      for (let d = 0; d < D; d++) {
        const greedy = (bootstrap.outputs as unknown as Record<string, Int32Array>)[`greedy${d}`]!;
        for (let b = 0; b < shardRows; b++) valuing.inputs.actions[b * D + d] = branches[d]!.from + greedy[b]!;
      }
      valuing.run();
      future = valuing.outputs.q;
    }
    for (let b = 0; b < shardRows; b++) target[b] = returns[from + b]! + discounts[from + b]! * future[b]!;
    loss.run();
    loss.backward();
    shardLoss[g * SHARDS + s] = loss.loss[0]!;
    if (prioritised) prioritised[g]!.errors.set(loss.outputs.error, from);
  }

  /** The newest decision with n successors can be drawn from now on; those in the slot that is written next can not. */
  function admit(g: number): void {
    const { priorities } = prioritised![g]!;
    const placesOf = (time: number): [number, number] => [(time % T) * slotPlaces, ((time % T) + 1) * slotPlaces];
    if (stored > c.nSteps) priorities.enter(...placesOf(stored - 1 - c.nSteps));
    priorities.leave(...placesOf(stored));
  }

  /** Ages and rows of one shard, with their weights in the loss. */
  function drawByPriority(g: number, from: number, weight: Float32Array): void {
    const { priorities, places } = prioritised![g]!;
    sampling.mass.uniform(masses, { lane: g, period: batches, from: 0 });
    priorities.draw(places, weight, masses, from, now.importance);
    for (let b = from; b < from + shardRows; b++) {
      slots[b] = (stored - 1 - c.nSteps - Math.floor(places[b]! / slotPlaces) + T) % T;
      rows[b] = places[b]! % slotPlaces;
    }
  }

  /** Sums the shards in order, takes Adam's step, and moves the target. */
  function applyGradient(g: number, tau: number): void {
    const { theta, target, grads, adam, shards } = learners[g]!;
    kernels.scale(grads.byteOffset, shards[0]!.shardGrads.byteOffset, 1 / SHARDS, P);
    for (let s = 1; s < SHARDS; s++)
      kernels.axpy(grads.byteOffset, 1 / SHARDS, shards[s]!.shardGrads.byteOffset, grads.byteOffset, P);
    adam.learningRate = now.learningRate;
    adam.steps = batches; // ranks that did not take a step keep count
    const norm = adam.step();
    if ((batches + 1) % c.targetInterval === 0) kernels.polyak(target.byteOffset, theta.byteOffset, tau, P);
    if (g !== 0) return;
    let loss = 0;
    for (const one of shardLoss) loss += one / shardLoss.length; // of all networks: none computes its next minibatch before all have stepped
    shared[1] = shared[1]! + loss;
    shared[2] = shared[2]! + 1;
    shared[3] = norm;
  }
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
  return {
    load(arrays) {
      thetas.forEach((theta, g) => {
        const name = `${population}/${c.actWith === "online" ? "theta" : "target"}${c.independent ? `/${g}` : ""}`;
        restore({ [name]: theta }, arrays);
      });
    },
    act(actions, obs, rows) {
      if (rows > spec.size) throw new Error(`dqn policy: got ${rows} rows, expected at most ${spec.size}.`);
      actors.forEach((actor, g) => {
        const first = g * groupSize;
        const count = Math.min(groupSize, rows - first);
        if (count <= 0) return;
        actor.inputs.obs.set(obs.subarray(first * F, (first + count) * F));
        actor.run();
        for (let d = 0; d < D; d++) {
          const greedy = (actor.outputs as unknown as Record<string, Int32Array>)[`greedy${d}`]!;
          for (let i = 0; i < count; i++) actions[(first + i) * D + d] = greedy[i]!;
        }
      });
    },
  };
}
