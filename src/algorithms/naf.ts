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
// E worlds, N agents, F features, D orders, B batch, T slots of replay (one per step of all worlds)
import type { ParamValues } from "../core/params.ts";
import { param } from "../core/params.ts";
import type { ActionDimension, PopulationSpec } from "../env/vector-env.ts";
import { createArena } from "../kernels/arena.ts";
import { log, pairwiseSum } from "../math/index.ts";
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

/** Rows whose trades set the scale of gains at each step. */
const SAMPLED = 1024;

function createLearner(context: TrainContext<NafConfig>, population: string, spec: PopulationSpec) {
  const { env, config: c, arena, team, backend } = context;
  const { kernels } = arena;
  const { numEnvs: E } = env;
  const { size: N, actions: dimensions } = spec;
  const F = spec.features.length;
  const D = dimensions.length;
  const batch = env.batch[population]!;
  const outcomes = batch.outcomes;
  if (!outcomes) throw new Error(`naf: the environment keeps no outcomes; make it with { outcomes: true }.`);
  for (const { name } of dimensions)
    if (!outcomes.counterfactual[name])
      throw new Error(
        `naf: ${env.economy.name} does not say what follows when ${population}.${name} comes to nothing; declare counterfactual.${population}.${name}, or use dqn.`,
      );
  if (F === 0) throw new Error(`naf: ${population} observes nothing; declare observe.${population}.`);
  if (c.batchSize % c.groupSize !== 0)
    throw new Error(`naf: batchSize is ${c.batchSize}, expected a multiple of groupSize ${c.groupSize}.`);
  if (c.groupSize > N) throw new Error(`naf: groupSize is ${c.groupSize}, but there are ${N} ${population}.`);
  const axes = dimensions.map((dimension) => axisOf(population, dimension));
  const B = c.batchSize;

  const { state, named } = createState(population);
  const network = (name: string, layout: ParamLayout) => {
    const P = layout.size;
    const fast = named(`${name}/fast`, arena.f32(P));
    const slow = named(`${name}/slow`, arena.f32(P));
    const grads = arena.f32(P);
    const adam = createAdam({ arena, params: fast, grads });
    named(`${name}/m`, adam.m);
    named(`${name}/v`, adam.v);
    return { name, layout, P, fast, slow, grads, adam };
  };
  const rows = env.mostLanes * N; // what one rank forwards at once: all its worlds
  const value = network("value", layoutOf(valueGraph(F, c, rows)));
  const orders = axes.map((axis, d) =>
    network(`orders/${dimensions[d]!.name}`, layoutOf(orderGraph(F, c, axis, rows))),
  );
  const valuers = Array.from({ length: team.size }, () =>
    compile(valueGraph(F, c, rows), { arena, params: value.slow, layout: value.layout }),
  )[team.rank]!;
  const actors = Array.from({ length: team.size }, () =>
    orders.map(({ slow, layout }, d) => compile(orderGraph(F, c, axes[d]!, rows), { arena, params: slow, layout })),
  )[team.rank]!;
  const valueLoss = backend.compile(valueLossGraph(F, c), {
    arena,
    params: value.fast,
    grads: value.grads,
    layout: value.layout,
  });
  const orderLosses = orders.map(({ fast, grads, layout }, d) =>
    backend.compile(orderLossGraph(F, c, axes[d]!), { arena, params: fast, grads, layout }),
  );

  const T = c.bufferSteps + c.nSteps + 1;
  const ring = {
    obs: named("replay/obs", arena.f32(T * E * N * F)), // [T, E, N, F]
    shaped: named("replay/shaped", arena.f64(T * E * N)), // r + γΦ′ − Φ
    next: named("replay/next", arena.f64(T * E * N)), // V of the outcome, by the slow network then
    ended: named("replay/ended", arena.u8(T * E)), // 0 no, 1 truncated, 2 terminated
    orders: dimensions.map(({ name }) => named(`replay/orders/${name}`, arena.f32(T * E * N))), // coordinates
    gains: dimensions.map(({ name }) => named(`replay/gains/${name}`, arena.f64(T * E * N))),
  };
  // [0] centre and [1] spread of V; [2 + d] scale of gains; then sums for the report: value loss, its count, order loss, its count
  const shared = named("shared", arena.f64(2 + D + 4));
  const sums = 2 + D;
  const rewardSums = named("rewardSums", arena.f64(E));
  const differences = dimensions.map(() => arena.f64(E * N)); // |r − r_d| of this step
  const losses = arena.f64(1 + D);
  const before = arena.f64(E * N); // Φ at the decision just made

  let stored = 0;
  let batches = 0;
  let reported = 0;
  let now = { width: c.widthStart, learningRate: c.valueLearningRate };
  let noise: Stream[];
  let sampling: { group: Stream; start: Stream; slot: Stream; row: Stream };
  const z = new Float64Array(N);
  const groups = B / c.groupSize;
  const groupSlot = new Int32Array(groups);
  const groupWorld = new Int32Array(groups);
  const groupStart = new Int32Array(groups);
  const slots = new Int32Array(B);
  const picks = new Int32Array(B);
  const sorted = new Float64Array(Math.min(SAMPLED, E * N));

  return {
    state,
    seed(rng: Stream) {
      const s = rng.fork(population);
      noise = dimensions.map(({ name }) => s.fork(`order/${name}`));
      sampling = { group: s.fork("group"), start: s.fork("start"), slot: s.fork("slot"), row: s.fork("row") };
    },
    begin(rng: Stream) {
      const s = rng.fork(`${population}/initialise`);
      for (const { name, fast, slow, layout } of [value, ...orders]) {
        initialise(fast, layout, s.fork(name));
        slow.set(fast);
      }
    },
    meta: () => ({ stored, batches }),
    resume(meta: Readonly<Record<string, number>>) {
      stored = reported = meta["stored"]!;
      batches = meta["batches"]!;
      for (const { adam } of [value, ...orders]) adam.steps = batches;
    },

    /** Orders around μ: a(1 + w z) on log grids, a + w z · range on linear ones, at the nearest point of the grid. */
    act(progress: number) {
      const width = geometric(c.widthStart, c.widthEnd, (progress - c.widthHold) / (c.widthReached - c.widthHold));
      now = { ...now, width };
      const slot = stored % T;
      env.localWorlds.forEach((e, lane) => {
        if (!batch.acting[e * N])
          throw new Error(
            `naf: ${population} did not decide in world ${e} at step ${stored}; it learns decisions of every period only.`,
          );
        const obs = batch.obs.subarray(e * N * F, (e + 1) * N * F);
        ring.obs.set(obs, (slot * E + e) * N * F);
        before.set(outcomes.potential.subarray(e * N, (e + 1) * N), e * N);
        for (const actor of actors) actor.inputs.obs.set(obs, lane * N * F);
      });
      if (env.localWorlds.length > 0) for (const actor of actors) actor.run();
      env.localWorlds.forEach((e, lane) => {
        for (let d = 0; d < D; d++) {
          const { logarithmic, range, coordinates } = axes[d]!;
          const { mu } = actors[d]!.outputs;
          noise[d]!.normal(z, { lane: e, period: stored, from: 0 });
          for (let i = 0; i < N; i++) {
            const apart = Math.max(-0.75, Math.min(0.75, width * z[i]!));
            const centre = mu[lane * N + i]!;
            const choice = nearest(axes[d]!, logarithmic ? centre + log(1 + apart) : centre + apart * range);
            batch.actions[(e * N + i) * D + d] = choice;
            ring.orders[d]![(slot * E + e) * N + i] = coordinates[choice]!;
          }
        }
      });
    },

    /** Keeps shaped rewards, values of outcomes, and gains of orders over their coming to nothing. */
    store() {
      const slot = stored % T;
      if (stored === 0) {
        team.barrier(); // Φ of all worlds is there
        if (team.rank === 0) calibrate();
        team.barrier();
      }
      const [centre, spread] = [shared[0]!, shared[1]!];
      const forward = (obs: Float32Array): void => {
        env.localWorlds.forEach((e, lane) => {
          valuers.inputs.obs.set(obs.subarray(e * N * F, (e + 1) * N * F), lane * N * F);
          lasting(valuers.inputs.obs.subarray(lane * N * F, (lane + 1) * N * F));
        });
        if (env.localWorlds.length > 0) valuers.run();
      };
      const valueAt = (lane: number, i: number): number => centre + spread * valuers.outputs.value[lane * N + i]!;
      forward(outcomes.actual.obs);
      env.localWorlds.forEach((e, lane) => {
        const ended = batch.terminated[e * N] ? 2 : batch.truncated[e * N] ? 1 : 0;
        ring.ended[slot * E + e] = ended;
        let sum = 0;
        for (let i = 0; i < N; i++) {
          const r = e * N + i;
          const at = slot * E * N + r;
          const alive = ended === 2 ? 0 : 1;
          sum += batch.rewards[r]!;
          ring.next[at] = alive * valueAt(lane, i);
          ring.shaped[at] = batch.rewards[r]! + alive * c.gamma * outcomes.actual.potential[r]! - before[r]!;
        }
        rewardSums[e] = rewardSums[e]! + sum;
      });
      dimensions.forEach(({ name }, d) => {
        const { obs, potential, rewards } = outcomes.counterfactual[name]!;
        forward(obs);
        env.localWorlds.forEach((e, lane) => {
          const alive = ring.ended[slot * E + e] === 2 ? 0 : 1;
          for (let i = 0; i < N; i++) {
            const r = e * N + i;
            const at = slot * E * N + r;
            const immediate = batch.rewards[r]! - rewards[r]!;
            differences[d]![r] = Math.abs(immediate);
            ring.gains[d]![at] =
              immediate +
              alive * c.gamma * (outcomes.actual.potential[r]! - potential[r]!) +
              c.gamma * (ring.next[at]! - alive * valueAt(lane, i));
          }
        });
      });
      stored++;
    },

    learn(progress: number) {
      for (let d = 0; d < D; d++) if (team.rank === d % team.size) follow(d);
      const usable = Math.min(stored, T) - c.nSteps;
      now.learningRate = geometric(c.valueLearningRate, c.finalValueLearningRate, (progress - 0.2) / 0.8);
      const tau = geometric(c.tau, c.finalTau, (progress - 0.3) / 0.7);
      const orderRate = geometric(c.orderLearningRate, c.finalOrderLearningRate, (progress - 0.2) / 0.8);
      team.barrier();
      if (usable < 10) return;
      for (let step = 0; step < c.gradientSteps; step++) {
        // One job per network, whoever takes it; the last rank takes V, which is the longest, and rank 0 records.
        for (let job = team.size - 1 - team.rank; job < 1 + D; job += team.size) {
          if (job === 0) learnValue(usable, tau);
          else learnOrders(job - 1, usable, orderRate, tau);
        }
        team.barrier();
        if (team.rank === 0) {
          shared[sums] = shared[sums]! + losses[0]!;
          shared[sums + 1] = shared[sums + 1]! + 1;
          for (let d = 0; d < D; d++) shared[sums + 2] = shared[sums + 2]! + losses[1 + d]! / D;
        }
        batches++;
        team.barrier();
      }
    },

    report(): Record<string, number> {
      let reward = 0;
      for (let e = 0; e < E; e++) reward += rewardSums[e]!;
      const count = shared[sums + 1]!;
      const metrics = {
        "losses/value": count > 0 ? shared[sums]! / count : Number.NaN,
        "losses/orders": count > 0 ? shared[sums + 2]! / count : Number.NaN,
        "charts/width": now.width,
        "charts/learningRate": now.learningRate,
        "charts/reward": reward / (E * N * Math.max(1, stored - reported)),
      };
      reported = stored;
      team.barrier();
      if (team.rank === 0) {
        shared.fill(0, sums);
        rewardSums.fill(0);
      }
      return metrics;
    },
  };

  /** V starts at the discounted value of what agents start with, in units of half its spread over them. */
  function calibrate(): void {
    const idle = before.some((phi) => phi !== 0);
    const x = idle ? before : Float64Array.from(batch.rewards);
    const mean = pairwiseSum(x) / x.length;
    const deviations = Float64Array.from(x, (v) => (v - mean) * (v - mean));
    const horizon = 1 / Math.max(0.01, 1 - c.gamma);
    shared[0] = (idle ? c.gamma : 1) * mean * horizon; // without what Φ already counts
    shared[1] = 0.5 * Math.sqrt(pairwiseSum(deviations) / x.length) * horizon || 1;
  }

  /** Follows the median of what a trade gains or costs at once. */
  function follow(d: number): void {
    let count = 0;
    for (let r = 0; r < E * N && count < sorted.length; r++)
      if (differences[d]![r] !== 0) sorted[count++] = differences[d]![r]!;
    if (count === 0) return;
    const median = sorted.subarray(0, count).sort()[count >> 1]!;
    const scale = shared[2 + d]!;
    shared[2 + d] = scale === 0 ? median : scale + 0.01 * (median - scale);
  }

  function learnValue(usable: number, tau: number): void {
    const at = { lane: 0, period: batches, from: 0 };
    sampling.slot.integers(groupSlot, at, usable);
    sampling.group.integers(groupWorld, at, E);
    sampling.start.integers(groupStart, at, N);
    const [centre, spread] = [shared[0]!, shared[1]!];
    const { obs, target } = valueLoss.inputs;
    for (let b = 0; b < B; b++) {
      const g = Math.floor(b / c.groupSize);
      const e = groupWorld[g]!;
      const i = (groupStart[g]! + (b % c.groupSize)) % N;
      const time = stored - c.nSteps - groupSlot[g]!;
      copyObs(obs, b, ((time % T) * E + e) * N + i);
      // G = Σ_{k<n} γ^k r̃_{t+k} + γ^n V(o_{t+n}), cut where the episode ends
      let discount = 1;
      let sum = 0;
      for (let k = 0; k < c.nSteps; k++) {
        const slot = (time + k) % T;
        const r = (slot * E + e) * N + i;
        sum += discount * ring.shaped[r]!;
        discount *= c.gamma;
        if (k === c.nSteps - 1 || ring.ended[slot * E + e]) {
          sum += discount * ring.next[r]!;
          break;
        }
      }
      target[b] = (sum - centre) / spread;
    }
    lasting(obs);
    valueLoss.run();
    valueLoss.backward();
    losses[0] = valueLoss.loss[0]!;
    take(value, now.learningRate, tau);
  }

  function learnOrders(d: number, usable: number, rate: number, tau: number): void {
    const at = { lane: 1 + d, period: batches, from: 0 };
    sampling.slot.integers(slots, at, usable);
    sampling.row.integers(picks, at, E * N);
    const { obs, order, inverseWidth, target } = orderLosses[d]!.inputs;
    const unit = 1 / ((shared[2 + d]! || 1) * now.width);
    inverseWidth.fill(1 / now.width);
    for (let b = 0; b < B; b++) {
      const row = ((stored - c.nSteps - slots[b]!) % T) * E * N + picks[b]!;
      copyObs(obs, b, row);
      order[b] = ring.orders[d]![row]!;
      target[b] = ring.gains[d]![row]! * unit;
    }
    orderLosses[d]!.run();
    orderLosses[d]!.backward();
    losses[1 + d] = orderLosses[d]!.loss[0]!;
    take(orders[d]!, rate, tau);
  }

  /** Blanks what the potential accounts for. */
  function lasting(obs: Float32Array): void {
    for (let f = 0; f < F; f++) if (spec.transient[f]) for (let o = f; o < obs.length; o += F) obs[o] = 0;
  }

  function copyObs(into: Float32Array, b: number, row: number): void {
    for (let f = 0; f < F; f++) into[b * F + f] = ring.obs[row * F + f]!;
  }

  function take({ adam, slow, fast, P }: ReturnType<typeof network>, rate: number, tau: number): void {
    adam.learningRate = rate;
    adam.steps = batches; // ranks that did not take a step keep count
    adam.step();
    kernels.polyak(slow.byteOffset, fast.byteOffset, tau, P);
  }
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
