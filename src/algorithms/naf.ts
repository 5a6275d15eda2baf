// NAF on ordered grids: Q-learning for agents who post prices, with an advantage that is a bowl around the best order instead of a value per price.
// Gu, Lillicrap, Sutskever & Levine 2016, https://arxiv.org/abs/1603.00748; here for several independent orders on grids:
//
//   Q(o, a) = Φ(o) + V(o) + Σ_d A_d(o, a_d),   A_d = c_d(o) − e^κ_d(o) (√(1 + x²) − 1),   x = (a_d/μ_d(o) − 1)/w     (log grids; a difference on linear ones)
//
// Two things make small gains learnable beside large common shocks, and both use what the economy declares:
//   difference rewards   A_d learns from what an order led to less what would have followed had it come to nothing, under the same shocks
//                        (Wolpert & Tumer 2002), so the shocks cancel
//   shaping              V learns what is left after the utility of idling, Φ (Ng, Harada & Russell 1999), and its loss counts differences
//                        between agents of one world in full and the error they share only a little: that error is mostly their common shock
// Differs from dqn.ts: no value per choice, no target network pass while training (values are kept from collection), one network for V and one per order.
// Not here: codes without order, boxes, one network per agent.
//
// E worlds, N agents, F features, D orders, B batch
import type { ParamValues } from "../core/params.ts";
import { param } from "../core/params.ts";
import type { Outcomes } from "../env/outcomes.ts";
import type { ActionDimension, PopulationSpec } from "../env/vector-env.ts";
import { createArena } from "../kernels/arena.ts";
import { log } from "../math/index.ts";
import {
  add,
  compile,
  createAdam,
  dense,
  exp,
  initialise,
  layoutOf,
  matrix,
  mean,
  minimum,
  mul,
  type Param,
  type ParamLayout,
  reshape,
  rowMean,
  sliceCols,
  sqrt,
  square,
  sub,
  type Tensor,
  tanh,
  trace,
  uniform,
} from "../nn/index.ts";
import type { Stream } from "../random/index.ts";
import { defineAlgorithm, type Policy, type TrainContext, type Update } from "./algorithm.ts";
import { refuseMasks } from "./parts/refuse.ts";
import { restore } from "./parts/restore.ts";
import { geometric } from "./parts/schedule.ts";
import { createState } from "./parts/state.ts";
import { trainingLoop } from "./parts/training-loop.ts";
import { createOutcomeReplay, type OutcomeReplay } from "./replay/outcomes.ts";
import { createUnits } from "./replay/units.ts";

export const nafConfig = {
  gamma: param(0.99, {
    symbol: "γ",
    min: 0,
    max: 1,
    doc: "discount per decision; by default the discount factor that the economy declares for the population, if it does",
  }),
  hiddenLayers: param(4, { min: 1, max: 16, integer: true }),
  hiddenWidth: param(50, { min: 1, max: 4096, integer: true, doc: "tanh units" }),
  valueLearningRate: param(1e-3, { min: 0, exclusive: true }),
  finalValueLearningRate: param(1e-5, {
    min: 0,
    exclusive: true,
    doc: "reached geometrically at the end, from a fifth of training on",
  }),
  orderLearningRate: param(5e-4, { min: 0, exclusive: true }),
  finalOrderLearningRate: param(1.5e-5, { min: 0, exclusive: true }),
  batchSize: param(512, { symbol: "B", min: 4, max: 65536, integer: true, doc: "a multiple of groupSize" }),
  groupSize: param(4, {
    min: 1,
    max: 4096,
    integer: true,
    doc: "agents of one world and period that a minibatch of V takes together",
  }),
  commonWeight: param(0.1, {
    symbol: "λ",
    min: 0,
    max: 1,
    doc: "weight of the error that a group shares; 1: the plain squared error",
  }),
  bufferSteps: param(100, { unit: "steps of all worlds", min: 1, max: 1e6, integer: true, doc: "replay" }),
  gradientSteps: param(1, { min: 1, max: 1e4, integer: true, doc: "minibatches per step of all worlds" }),
  nSteps: param(5, {
    symbol: "n",
    unit: "decisions",
    min: 1,
    max: 1000,
    integer: true,
    doc: "rewards summed before bootstrapping V",
  }),
  tau: param(0.05, {
    symbol: "τ",
    min: 0,
    max: 1,
    doc: "slow ← (1−τ) slow + τ fast; the slow networks act and bootstrap",
  }),
  finalTau: param(0.005, { min: 0, max: 1, doc: "reached geometrically at the end, from 0.3 of training on" }),
  widthStart: param(0.4, {
    symbol: "w",
    min: 0,
    exclusive: true,
    max: 1,
    doc: "standard deviation of orders around μ, relative (log grids) or of the grid",
  }),
  widthEnd: param(0.1, { min: 0, exclusive: true, max: 1 }),
  widthHold: param(0.15, { min: 0, max: 1, doc: "share of training at widthStart" }),
  widthReached: param(0.6, { min: 0, max: 1, doc: "share of training at which widthEnd is reached" }),
  updates: param(40, { min: 1, max: 1e6, integer: true, doc: "reports over the whole of training" }),
} as const;
export type NafConfig = ParamValues<typeof nafConfig>;

export const naf = defineAlgorithm({
  name: "naf",
  source: "Gu et al. (2016), arXiv:1603.00748; Wolpert & Tumer (2002) for difference rewards",
  summary: "Q-learning for posted prices: a bowl-shaped advantage per order, difference rewards, shaped values.",
  config: nafConfig,
  backends: ["wasm", "onnx"],
  outcomes: true,
  metrics: {
    "losses/value": "mean loss of V's minibatches since the last report, in units of its spread at the start",
    "losses/orders":
      "mean loss of the advantages since the last report, in units of a typical trade's utility and the width",
    "charts/width": "standard deviation of orders around μ",
    "charts/learningRate": "Adam's step size for V",
    "charts/reward": "mean reward per agent and period since the last report, unshaped",
  },
  train,
  policy: createPolicy,
});

function train(context: TrainContext<NafConfig>): Generator<Update, void, void> {
  const { env, config, team } = context;
  refuseMasks("naf", env);
  const populations = Object.keys(env.spec);
  if (populations.length !== 1)
    throw new Error(`naf: ${populations.length} populations decide (${populations.join(", ")}), expected one.`);
  const population = populations[0]!;
  const learner = createLearner(context, population, env.spec[population]!);
  return trainingLoop(context, [learner], config.updates, (progress) => {
    learner.act(progress);
    env.step();
    learner.store();
    team.barrier();
    learner.learn(progress);
  });
}

/** Where an order lies: ln a on a log grid, a on a linear one; and the grid's ends and width in that coordinate. */
export interface Axis {
  readonly logarithmic: boolean;
  readonly low: number;
  readonly range: number;
  readonly coordinates: Float64Array;
}
export function axisOf(population: string, { name, space }: Pick<ActionDimension, "name" | "space">): Axis {
  if (space.kind !== "grid")
    throw new Error(`naf: ${population}.${name} is a ${space.kind}, expected an ordered grid; dqn takes codes.`);
  const { values, count } = space;
  // Equal ratios in the middle of the grid tell a log grid from a linear one.
  const ratio = (i: number): number => values[i + 1]! / values[i]!;
  const logarithmic = values[0]! > 0 && count > 2 && Math.abs(ratio(0) - ratio(count - 2)) < 1e-9;
  const coordinates = logarithmic ? values.map((value) => log(value)) : values;
  return { logarithmic, low: coordinates[0]!, range: coordinates[count - 1]! - coordinates[0]!, coordinates };
}

/** Hidden tanh layers whose first biases spread the units over the input. */
function trunk(par: Param, obs: Tensor<"f32">, c: NafConfig): Tensor<"f32"> {
  let h = obs;
  for (let layer = 0; layer < c.hiddenLayers; layer++) {
    const bound = Math.sqrt(3 / h.shape[1]) * (layer === 0 ? Math.sqrt(h.shape[1] / 2) : 1);
    h = dense(par, h, {
      name: `trunk/${layer}`,
      outputs: c.hiddenWidth,
      activation: "tanh",
      weight: uniform(bound),
      bias: uniform(layer === 0 ? 1 : 0.1),
    });
  }
  return h;
}

const head = (par: Param, h: Tensor<"f32">, outputs: number, size: number): Tensor<"f32"> =>
  dense(par, h, { name: "head", outputs, weight: uniform(size * Math.sqrt(3 / h.shape[1])), bias: uniform(0) });

/** V in units of its spread, [rows, 1]. */
const valueGraph = (F: number, c: NafConfig, rows: number) =>
  trace({ obs: matrix(rows, F) }, ({ obs }, par) => ({ outputs: { value: head(par, trunk(par, obs, c), 1, 0.1) } }));

export function valueLossGraph(F: number, c: NafConfig) {
  const B = c.batchSize;
  return trace({ obs: matrix(B, F), target: matrix(B) }, ({ obs, target }, par) => {
    const error = reshape(sub(head(par, trunk(par, obs, c), 1, 0.1), target), [B / c.groupSize, c.groupSize]);
    const common = rowMean(error);
    return { loss: add(mean(square(sub(error, common))), mul(mean(square(common)), c.commonWeight)) };
  });
}

interface Bowl {
  /** Coordinate of the best order, inside the grid. */
  readonly mu: Tensor<"f32">;
  /** Logarithm of the bowl's steepness. */
  readonly kappa: Tensor<"f32">;
  readonly constant: Tensor<"f32">;
}
const STEEPNESS = { middle: 0.65, half: 1.35 }; // e^κ from 0.5 to 7.4 in units of a typical trade per width

function bowl(par: Param, obs: Tensor<"f32">, c: NafConfig, axis: Axis): Bowl {
  const out = head(par, trunk(par, obs, c), 3, 0.01);
  const half = axis.range / 2;
  const mu = add(mul(tanh(mul(sliceCols(out, 0, 1), 0.6 / half)), half), axis.low + half);
  const kappa = add(mul(tanh(sliceCols(out, 1, 2)), STEEPNESS.half), STEEPNESS.middle);
  return { mu, kappa, constant: sliceCols(out, 2, 3) };
}

const orderGraph = (F: number, c: NafConfig, axis: Axis, rows: number) =>
  trace({ obs: matrix(rows, F) }, ({ obs }, par) => ({ outputs: { mu: bowl(par, obs, c, axis).mu } }));

export function orderLossGraph(F: number, c: NafConfig, axis: Axis) {
  const B = c.batchSize;
  return trace({ obs: matrix(B, F), order: matrix(B), inverseWidth: matrix(B), target: matrix(B) }, (inputs, par) => {
    const { mu, kappa, constant } = bowl(par, inputs.obs, c, axis);
    const apart = sub(inputs.order, mu);
    const distance = axis.logarithmic ? sub(exp(minimum(apart, 3)), 1) : mul(apart, 1 / axis.range);
    const x = mul(distance, inputs.inverseWidth);
    const depth = sub(sqrt(add(square(x), 1)), 1);
    return { loss: mul(mean(square(sub(sub(constant, mul(exp(kappa), depth)), inputs.target))), 0.5) };
  });
}

function createLearner(context: TrainContext<NafConfig>, population: string, spec: PopulationSpec) {
  const { env, config: c, arena, team } = context;
  const { numEnvs: E } = env;
  const { size: N, actions: dimensions } = spec;
  const D = dimensions.length;
  const batch = env.batch[population]!;
  const outcomes = checkPopulation(context, population, spec);
  const axes = dimensions.map((dimension) => axisOf(population, dimension));
  const { state, named } = createState(population);
  const networks = createNetworks(context, spec, axes, named);
  const slots = c.bufferSteps + c.nSteps + 1;
  const replay = createOutcomeReplay(context, spec, { slots, nSteps: c.nSteps, gamma: c.gamma });
  for (const [name, array] of Object.entries(replay.state)) named(`replay/${name}`, array);
  const orders = dimensions.map(({ name }) => named(`replay/orders/${name}`, arena.f32(slots * E * N))); // coordinates
  const gains = dimensions.map(({ name }) => named(`replay/gains/${name}`, arena.f64(slots * E * N)));
  const units = createUnits(context, spec, named);
  const forward = createForward(context, spec, networks, axes, replay);
  const store = createStore(context, population, spec, { outcomes, replay, units, forward, gains });
  const learnOf = createLearning(context, spec, { axes, networks, replay, units, orders, gains });

  let batches = 0;
  let reported = 0;
  let now = { width: c.widthStart, learningRate: c.valueLearningRate };
  let noise: Stream[];
  const z = new Float64Array(N);

  return {
    state,
    seed(rng: Stream) {
      const s = rng.fork(population);
      noise = dimensions.map(({ name }) => s.fork(`order/${name}`));
      learnOf.seed(s);
    },
    begin(rng: Stream) {
      const s = rng.fork(`${population}/initialise`);
      for (const { name, fast, slow, layout } of [networks.value, ...networks.orders]) {
        initialise(fast, layout, s.fork(name));
        slow.set(fast);
      }
    },
    meta: () => ({ stored: replay.stored, batches }),
    resume(meta: Readonly<Record<string, number>>) {
      replay.stored = reported = meta["stored"]!;
      batches = meta["batches"]!;
    },

    /** Orders around μ: a(1 + w z) on log grids, a + w z · range on linear ones, at the nearest point of the grid. */
    act(progress: number) {
      const width = geometric(c.widthStart, c.widthEnd, (progress - c.widthHold) / (c.widthReached - c.widthHold));
      now = { ...now, width };
      for (const e of env.localWorlds) {
        if (!batch.acting[e * N])
          throw new Error(
            `naf: ${population} did not decide in world ${e} at step ${replay.stored}; it learns decisions of every period only.`,
          );
        replay.look(e, batch.obs.subarray(e * N * spec.features.length, (e + 1) * N * spec.features.length));
        store.before.set(outcomes.potential.subarray(e * N, (e + 1) * N), e * N);
      }
      const mu = forward.orders(batch.obs);
      env.localWorlds.forEach((e, lane) => {
        for (let d = 0; d < D; d++) {
          noise[d]!.normal(z, { lane: e, period: replay.stored, from: 0 });
          for (let i = 0; i < N; i++) {
            const choice = orderAround(axes[d]!, mu[d]![lane * N + i]!, width * z[i]!);
            batch.actions[(e * N + i) * D + d] = choice;
            orders[d]![replay.rowOf(e) + i] = axes[d]!.coordinates[choice]!;
          }
        }
      });
    },

    /** Keeps shaped rewards, values of outcomes, and gains of orders over their coming to nothing. */
    store() {
      if (replay.stored === 0) {
        team.barrier(); // Φ of all worlds is there
        if (team.rank === 0) units.calibrate(store.before, batch.rewards);
        team.barrier();
      }
      store.outcomes();
      for (let d = 0; d < D; d++) store.gainsOf(d);
      replay.stored++;
    },

    /** V learns n-step returns, and each order's advantage its gains; the slow networks follow. */
    learn(progress: number) {
      for (let d = 0; d < D; d++) if (team.rank === d % team.size) units.follow(d);
      now.learningRate = geometric(c.valueLearningRate, c.finalValueLearningRate, (progress - 0.2) / 0.8);
      const tau = geometric(c.tau, c.finalTau, (progress - 0.3) / 0.7);
      const orderRate = geometric(c.orderLearningRate, c.finalOrderLearningRate, (progress - 0.2) / 0.8);
      team.barrier();
      if (replay.usable < 10) return;
      for (let step = 0; step < c.gradientSteps; step++) {
        // One job per network, whoever takes it; the last rank takes V, which is the longest, and rank 0 records.
        for (let job = team.size - 1 - team.rank; job < 1 + D; job += team.size) {
          if (job === 0) learnOf.value(batches, now.learningRate, tau);
          else learnOf.order(job - 1, batches, now.width, orderRate, tau);
        }
        team.barrier();
        if (team.rank === 0) units.record();
        batches++;
        team.barrier();
      }
    },

    report(): Record<string, number> {
      let reward = 0;
      for (let e = 0; e < E; e++) reward += store.rewardSums[e]!;
      const metrics = {
        ...units.meanLosses(),
        "charts/width": now.width,
        "charts/learningRate": now.learningRate,
        "charts/reward": reward / (E * N * Math.max(1, replay.stored - reported)),
      };
      reported = replay.stored;
      team.barrier();
      if (team.rank === 0) {
        units.forget();
        store.rewardSums.fill(0);
      }
      return metrics;
    },
  };
}

interface Stored {
  readonly outcomes: Outcomes;
  readonly replay: OutcomeReplay;
  readonly units: ReturnType<typeof createUnits>;
  readonly forward: ReturnType<typeof createForward>;
  readonly gains: readonly Float64Array[];
}

/** What a decision led to, and would have led to with an order undone, as it is kept. */
function createStore(
  { env, arena, config: c }: TrainContext<NafConfig>,
  population: string,
  { size: N, actions: dimensions }: PopulationSpec,
  { outcomes, replay, units, forward, gains }: Stored,
) {
  const batch = env.batch[population]!;
  const before = arena.f64(env.numEnvs * N);
  const rewardSums = arena.f64(env.numEnvs);
  return {
    /** Φ at the decision just made, [E, N]. */
    before,
    /** Σ reward since the last report, [E]. */
    rewardSums,
    /** r + γΦ′ − Φ, and V(o′) by the slow network, of what agents did. */
    outcomes(): void {
      const { potential, obs } = outcomes.actual;
      const worth = forward.values(obs);
      env.localWorlds.forEach((e, lane) => {
        replay.end(e, batch.terminated[e * N] ? 2 : batch.truncated[e * N] ? 1 : 0);
        const alive = replay.alive(e);
        let sum = 0;
        for (let i = 0, r = e * N, row = replay.rowOf(e); i < N; i++, r++, row++) {
          sum += batch.rewards[r]!;
          replay.next[row] = alive * units.valueOf(worth[lane * N + i]!);
          replay.shaped[row] = batch.rewards[r]! + alive * c.gamma * potential[r]! - before[r]!;
        }
        rewardSums[e] = rewardSums[e]! + sum;
      });
    },

    /** (r − r_d) + γ (Φ′ − Φ′_d) + γ (V(o′) − V(o′_d)), where _d is what would have followed had order d come to nothing. */
    gainsOf(d: number): void {
      const { obs, potential, rewards } = outcomes.counterfactual[dimensions[d]!.name]!;
      const worth = forward.values(obs);
      env.localWorlds.forEach((e, lane) => {
        const alive = replay.alive(e);
        for (let i = 0, r = e * N, row = replay.rowOf(e); i < N; i++, r++, row++) {
          const immediate = batch.rewards[r]! - rewards[r]!;
          units.differences[d]![r] = Math.abs(immediate);
          gains[d]![row] =
            immediate +
            alive * c.gamma * (outcomes.actual.potential[r]! - potential[r]!) +
            c.gamma * (replay.next[row]! - alive * units.valueOf(worth[lane * N + i]!));
        }
      });
    },
  };
}

/** Refuses what cannot be learned from; the outcomes that can. */
function checkPopulation(
  { env, config: c }: TrainContext<NafConfig>,
  population: string,
  spec: PopulationSpec,
): Outcomes {
  const { outcomes } = env.batch[population]!;
  if (!outcomes) throw new Error(`naf: the environment keeps no outcomes; make it with { outcomes: true }.`);
  for (const { name } of spec.actions)
    if (!outcomes.counterfactual[name])
      throw new Error(
        `naf: ${env.economy.name} does not say what follows when ${population}.${name} comes to nothing; declare counterfactual.${population}.${name}, or use dqn.`,
      );
  if (spec.features.length === 0)
    throw new Error(`naf: ${population} observes nothing; declare observe.${population}.`);
  if (c.batchSize % c.groupSize !== 0)
    throw new Error(`naf: batchSize is ${c.batchSize}, expected a multiple of groupSize ${c.groupSize}.`);
  if (c.groupSize > spec.size)
    throw new Error(`naf: groupSize is ${c.groupSize}, but there are ${spec.size} ${population}.`);
  return outcomes;
}

type Named = ReturnType<typeof createState>["named"];
type Networks = ReturnType<typeof createNetworks>;

/** V and μ of every order: fast parameters that learn, and slow ones that act and bootstrap. */
function createNetworks(
  { env, arena, config: c }: TrainContext<NafConfig>,
  spec: PopulationSpec,
  axes: readonly Axis[],
  named: Named,
) {
  const { kernels } = arena;
  const F = spec.features.length;
  const rows = env.mostLanes * spec.size; // what one rank forwards at once: all its worlds
  const network = (name: string, layout: ParamLayout) => {
    const P = layout.size;
    const fast = named(`${name}/fast`, arena.f32(P));
    const slow = named(`${name}/slow`, arena.f32(P));
    const grads = arena.f32(P);
    const adam = createAdam({ arena, params: fast, grads });
    named(`${name}/m`, adam.m);
    named(`${name}/v`, adam.v);
    /** Adam's step after so many, and one of the slow parameters. */
    const step = (steps: number, rate: number, tau: number): void => {
      adam.learningRate = rate;
      adam.steps = steps; // ranks that did not take a step keep count
      adam.step();
      kernels.polyak(slow.byteOffset, fast.byteOffset, tau, P);
    };
    return { name, layout, fast, slow, grads, step };
  };
  const value = network("value", layoutOf(valueGraph(F, c, rows)));
  const orders = axes.map((axis, d) =>
    network(`orders/${spec.actions[d]!.name}`, layoutOf(orderGraph(F, c, axis, rows))),
  );
  return { value, orders };
}

/** Slow networks over this rank's worlds at once, rows [lanes, N]. */
function createForward(
  { env, arena, team, config: c }: TrainContext<NafConfig>,
  { size: N, features: { length: F } }: PopulationSpec,
  { value, orders }: Networks,
  axes: readonly Axis[],
  { lasting }: OutcomeReplay,
) {
  const rows = env.mostLanes * N;
  // Ranks forward at the same time, so each has executables of its own.
  const valuers = Array.from({ length: team.size }, () =>
    compile(valueGraph(F, c, rows), { arena, params: value.slow, layout: value.layout }),
  )[team.rank]!;
  const actors = Array.from({ length: team.size }, () =>
    orders.map(({ slow, layout }, d) => compile(orderGraph(F, c, axes[d]!, rows), { arena, params: slow, layout })),
  )[team.rank]!;
  /** Of [E, N, F]. */
  const gather = (to: Float32Array, obs: Float32Array): void =>
    env.localWorlds.forEach((e, lane) => {
      to.set(obs.subarray(e * N * F, (e + 1) * N * F), lane * N * F);
    });
  const some = env.localWorlds.length > 0;
  return {
    /** V in units of its spread. */
    values(obs: Float32Array): Float32Array {
      gather(valuers.inputs.obs, obs);
      lasting(valuers.inputs.obs);
      if (some) valuers.run();
      return valuers.outputs.value;
    },
    /** μ of each order. */
    orders(obs: Float32Array): readonly Float32Array[] {
      for (const actor of actors) gather(actor.inputs.obs, obs);
      if (some) for (const actor of actors) actor.run();
      return actors.map(({ outputs }) => outputs.mu);
    },
  };
}

interface Learned {
  readonly axes: readonly Axis[];
  readonly networks: Networks;
  readonly replay: OutcomeReplay;
  readonly units: ReturnType<typeof createUnits>;
  readonly orders: readonly Float32Array[];
  readonly gains: readonly Float64Array[];
}

/** A minibatch of V, or of an order: rows, targets, gradient, step. */
function createLearning(
  { env: { numEnvs: E }, arena, backend, config: c }: TrainContext<NafConfig>,
  spec: PopulationSpec,
  { axes, networks, replay, units, orders, gains }: Learned,
) {
  const N = spec.size;
  const F = spec.features.length;
  const B = c.batchSize;
  const { value } = networks;
  const valueLoss = backend.compile(valueLossGraph(F, c), { ...value, arena, params: value.fast });
  const orderLosses = networks.orders.map((network, d) =>
    backend.compile(orderLossGraph(F, c, axes[d]!), { ...network, arena, params: network.fast }),
  );
  const groups = B / c.groupSize;
  const [ages, worlds, firsts] = [new Int32Array(groups), new Int32Array(groups), new Int32Array(groups)];
  const [slots, picks] = [new Int32Array(B), new Int32Array(B)];
  let draws: Readonly<Record<"group" | "start" | "slot" | "row", Stream>>;
  return {
    seed(rng: Stream) {
      draws = { group: rng.fork("group"), start: rng.fork("start"), slot: rng.fork("slot"), row: rng.fork("row") };
    },
    /** Agents of a group are neighbours in one world and period. */
    value(batches: number, rate: number, tau: number) {
      const at = { lane: 0, period: batches, from: 0 };
      draws.slot.integers(ages, at, replay.usable);
      draws.group.integers(worlds, at, E);
      draws.start.integers(firsts, at, N);
      const { obs, target } = valueLoss.inputs;
      for (let b = 0; b < B; b++) {
        const g = Math.floor(b / c.groupSize);
        const i = (firsts[g]! + (b % c.groupSize)) % N;
        replay.read(obs, b, replay.rowAt(ages[g]!, worlds[g]!, i));
        target[b] = units.inUnits(replay.returnAt(ages[g]!, worlds[g]!, i));
      }
      replay.lasting(obs);
      valueLoss.run();
      valueLoss.backward();
      units.losses[0] = valueLoss.loss[0]!;
      value.step(batches, rate, tau);
    },
    order(d: number, batches: number, width: number, rate: number, tau: number) {
      const at = { lane: 1 + d, period: batches, from: 0 };
      draws.slot.integers(slots, at, replay.usable);
      draws.row.integers(picks, at, E * N);
      const loss = orderLosses[d]!;
      const { obs, order, inverseWidth, target } = loss.inputs;
      const unit = 1 / (units.scaleOf(d) * width);
      inverseWidth.fill(1 / width);
      for (let b = 0; b < B; b++) {
        const row = replay.rowAt(slots[b]!, 0, picks[b]!);
        replay.read(obs, b, row);
        order[b] = orders[d]![row]!;
        target[b] = gains[d]![row]! * unit;
      }
      loss.run();
      loss.backward();
      units.losses[1 + d] = loss.loss[0]!;
      networks.orders[d]!.step(batches, rate, tau);
    },
  };
}

/** The point of the grid nearest to an order `noise` away from its centre, relative on log grids; at most three quarters. */
function orderAround(axis: Axis, centre: number, noise: number): number {
  const apart = Math.max(-0.75, Math.min(0.75, noise));
  return nearest(axis, axis.logarithmic ? centre + log(1 + apart) : centre + apart * axis.range);
}

/** Index of the nearest point of an evenly spaced axis. */
function nearest({ low, range, coordinates }: Axis, x: number): number {
  const last = coordinates.length - 1;
  return Math.max(0, Math.min(last, Math.round(((x - low) / range) * last)));
}

function createPolicy(population: string, spec: PopulationSpec, c: NafConfig): Policy {
  const F = spec.features.length;
  const D = spec.actions.length;
  const axes = spec.actions.map((dimension) => axisOf(population, dimension));
  const graphs = axes.map((axis) => orderGraph(F, c, axis, spec.size));
  const layouts = graphs.map((graph) => layoutOf(graph));
  const size = layouts.reduce((sum, layout) => sum + layout.size, 0);
  const arena = createArena({
    bytes: (16 << 20) + 4 * size + spec.size * D * 16 * (F + (c.hiddenLayers + 2) * c.hiddenWidth),
  });
  const params = layouts.map((layout) => arena.f32(layout.size));
  const actors = graphs.map((graph, d) => compile(graph, { arena, params: params[d]!, layout: layouts[d]! }));
  return {
    load(arrays) {
      spec.actions.forEach(({ name }, d) => {
        restore({ [`${population}/orders/${name}/slow`]: params[d]! }, arrays);
      });
    },
    act(actions, obs, rows) {
      if (rows > spec.size) throw new Error(`naf policy: got ${rows} rows, expected at most ${spec.size}.`);
      actors.forEach((actor, d) => {
        actor.inputs.obs.set(obs.subarray(0, rows * F));
        actor.run();
        for (let i = 0; i < rows; i++) actions[i * D + d] = nearest(axes[d]!, actor.outputs.mu[i]!);
      });
    },
  };
}
