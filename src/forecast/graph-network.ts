// One step of agents' trajectories from their own state and their neighbours', by a small graph network: P(x_i(t + 1) | x_i(t), subgraph of i).
//
//   m_i = Σ_j w_ij message(x_i, x_j) over neighbours,   (μ, ln σ) = update(x_i, m_i),   x_i′ ~ N(a + b x_i + μ, σ²)
//                                                       l = update(x_i, m_i),            P(x_i′ = c) = softmax(A x_i + l)_c for categories
//
// message and update are perceptrons that all agents share, trained with a and b, or A, on the log likelihood by Adam. Battaglia et al. 2018, https://arxiv.org/abs/1806.01261
// Left out: numbers whose law is not normal, and several steps of messages.
//
// N agents, F features of each, D neighbours of each, C categories, B transitions in a batch
import { createArena } from "../kernels/index.ts";
import { exp, mean as meanOf, pairwiseSum, pow, variance } from "../math/index.ts";
import { wholeAtLeast } from "../metrics/series.ts";
import {
  add,
  broadcast,
  clip,
  compile,
  concatCols,
  createAdam,
  dense,
  gaussian,
  initialise,
  layoutOf,
  logSoftmax,
  matmul,
  matrix,
  mean,
  mlp,
  mul,
  neg,
  type Param,
  reshape,
  rowSum,
  sliceCols,
  type Tensor,
  trace,
} from "../nn/index.ts";
import { seedStream } from "../random/index.ts";
import type { Law } from "./scores.ts";

/** Who hears of whom: row i of `start` … `start + 1` in `target`. Links of an economy are such. */
export interface Neighbourhood {
  readonly start: ArrayLike<number>;
  readonly target: ArrayLike<number>;
}

export interface Transitions {
  /** F */
  readonly features: number;
  /** D, most neighbours of an agent. */
  readonly most: number;
  /** [n, F] */
  readonly own: Float64Array;
  /** [n, D, F]; 0 where there is no neighbour. */
  readonly neighbours: Float64Array;
  /** [n, D] One over the number of neighbours; 0 where there is none. */
  readonly weight: Float64Array;
  /** [n] Feature 0 a period later. */
  readonly next: Float64Array;
}

/** Transitions of all agents along a path of states [N, F], a period each; feature 0 is what is forecast. */
export function transitionsOf(
  path: readonly ArrayLike<number>[],
  { start, target }: Neighbourhood,
  features = 1,
): Transitions {
  const N = start.length - 1;
  const bad = path.findIndex((states) => states.length !== N * features);
  if (path.length < 2 || bad >= 0)
    throw new Error(
      `transitionsOf: got ${path.length} periods${bad < 0 ? "" : `, one with ${path[bad]!.length} numbers`}, expected at least 2 with ${features} for each of ${N} agents.`,
    );
  let most = 1;
  for (let i = 0; i < N; i++) most = Math.max(most, start[i + 1]! - start[i]!);
  const n = (path.length - 1) * N;
  const [own, next] = [new Float64Array(n * features), new Float64Array(n)];
  const [neighbours, weight] = [new Float64Array(n * most * features), new Float64Array(n * most)];
  for (let t = 0; t + 1 < path.length; t++)
    for (let i = 0; i < N; i++) {
      const row = t * N + i;
      next[row] = path[t + 1]![i * features]!;
      for (let f = 0; f < features; f++) own[row * features + f] = path[t]![i * features + f]!;
      for (let l = start[i]!; l < start[i + 1]!; l++) {
        const slot = row * most + l - start[i]!;
        weight[slot] = 1 / (start[i + 1]! - start[i]!);
        for (let f = 0; f < features; f++) neighbours[slot * features + f] = path[t]![target[l]! * features + f]!;
      }
    }
  return { features, most, own, neighbours, weight, next };
}

export interface GraphNetworkOptions {
  readonly seed: number;
  /** Of Adam; default 1500. */
  readonly steps?: number;
  /** B. Default 128. */
  readonly batch?: number;
  /** Units of each hidden layer, and numbers in a message; default 16. */
  readonly width?: number;
  /** At first; it falls geometrically to a hundredth. Default 0.01. */
  readonly learningRate?: number;
}

export interface GraphNetwork<L = Law> {
  /** Mean negative log likelihood in the last tenth of the steps, of numbers in units of their deviation. */
  readonly loss: number;
  /** Of both perceptrons. */
  readonly parameters: number;
  /** A law for each transition, from `own`, `neighbours` and `weight`; `next` is not looked at. */
  predict(transitions: Omit<Transitions, "next">): L[];
}

type T = Tensor<"f32">;

/** Normal laws of numbers. Trains on transitions that may come from several periods and worlds; the same seed gives the same network. */
export const trainGraphNetwork = (transitions: Transitions, options: GraphNetworkOptions): GraphNetwork =>
  trained("trainGraphNetwork", transitions, options, NORMAL);

/** Probabilities [C] of categories 0 … C − 1, which feature 0 is the number of. States that have no order are told better by one more feature for each. */
export function trainGraphClassifier(
  transitions: Transitions,
  { categories, ...options }: GraphNetworkOptions & { readonly categories: number },
): GraphNetwork<Float64Array> {
  wholeAtLeast("trainGraphClassifier", "categories", categories, 2);
  const wrong = transitions.next.findIndex((c) => !(Number.isInteger(c) && c >= 0 && c < categories));
  if (wrong >= 0)
    throw new Error(
      `trainGraphClassifier: transition ${wrong} leads to ${transitions.next[wrong]}, expected an integer from 0 to ${categories - 1}.`,
    );
  return trained("trainGraphClassifier", transitions, options, categoriesOf(categories));
}

/** How a law is read from what `update` says. */
interface Head<L> {
  /** Columns of what `update` says. */
  readonly outputs: number;
  /** Columns that the next state is told in. */
  readonly told: number;
  /** [B, numbers] of the law, by what `update` says and the own state. */
  law(raw: T, own: T, param: Param): T;
  /** [B] */
  logLikelihood(law: T, next: T): T;
  tell(next: Float32Array, b: number, value: number, unit: Units): void;
  read(law: Float32Array, b: number, unit: Units): L;
}

const NORMAL: Head<Law> = {
  outputs: 2,
  told: 1,
  law: (raw, own, param) =>
    concatCols(
      add(sliceCols(raw, 0, 1), dense(param, own, { name: "own", outputs: 1 })),
      clip(sliceCols(raw, 1, 2), -7, 3),
    ),
  logLikelihood: (law, next) => gaussian(sliceCols(law, 0, 1), sliceCols(law, 1, 2)).logProb(next),
  tell(next, b, value, unit) {
    next[b] = (value - unit.next) / unit.scale;
  },
  read: (law, b, unit) => ({
    means: [unit.next + unit.scale * law[2 * b]!],
    deviations: [unit.scale * exp(law[2 * b + 1]!)],
  }),
};

const categoriesOf = (C: number): Head<Float64Array> => ({
  outputs: C,
  told: C,
  law: (raw, own, param) => logSoftmax(add(raw, dense(param, own, { name: "own", outputs: C }))),
  logLikelihood: (law, next) => rowSum(mul(law, next)),
  tell(next, b, value) {
    for (let c = 0; c < C; c++) next[b * C + c] = c === value ? 1 : 0;
  },
  read(law, b) {
    const p = Float64Array.from(law.subarray(b * C, (b + 1) * C), exp);
    const total = pairwiseSum(p);
    return p.map((x) => x / total);
  },
});

function trained<L>(
  who: string,
  transitions: Transitions,
  options: GraphNetworkOptions,
  head: Head<L>,
): GraphNetwork<L> {
  const { seed, steps = 1500, batch: B = 128, width = 16, learningRate = 0.01 } = options;
  for (const [name, value] of Object.entries({ steps, batch: B, width })) wholeAtLeast(who, name, value, 1);
  const { features: F, most: D, next } = transitions;
  const n = next.length;
  if (n < B) throw new Error(`${who}: got ${n} transitions, expected at least ${B}, a batch.`);
  const unit = unitsOf(transitions);
  const graph = graphOf({ B, F, D, width }, head);
  const layout = layoutOf(graph);
  const arena = createArena({ bytes: 4 * 1024 * 1024 + 64 * layout.size + 64 * B * (D + 2) * (2 * F + 4 * width + 8) });
  const [params, grads] = [arena.f32(layout.size), arena.f32(layout.size)];
  const stream = seedStream(seed).fork("graph-network");
  initialise(params, layout, stream.fork("weights"));
  const network = compile(graph, { arena, params, grads, layout });
  const adam = createAdam({ arena, params, grads, learningRate, maxGradNorm: 1 });
  fillFold(network.inputs.fold, D, width);
  const batches = stream.fork("batches");
  const rows = new Int32Array(B);
  let loss = 0;
  const last = Math.max(1, Math.floor(steps / 10));
  for (let step = 0; step < steps; step++) {
    batches.integers(rows, { lane: 0, period: step, from: 0 }, n);
    for (const [b, row] of rows.entries()) {
      load(network.inputs, b, transitions, row, unit);
      head.tell(network.inputs.next, b, next[row]!, unit);
    }
    network.run();
    network.backward();
    adam.learningRate = learningRate * pow(0.01, step / steps);
    adam.step();
    if (step >= steps - last) loss += network.loss[0]! / last;
  }
  return {
    loss,
    parameters: layout.size,
    predict(asked) {
      if (asked.features !== F || asked.most > D)
        throw new Error(
          `predict: got ${asked.features} features and up to ${asked.most} neighbours, expected ${F} features and at most ${D} neighbours, as in training.`,
        );
      const laws: L[] = [];
      const count = asked.own.length / F;
      for (let from = 0; from < count; from += B) {
        const here = Math.min(B, count - from);
        for (let b = 0; b < here; b++) load(network.inputs, b, asked, from + b, unit);
        network.run();
        for (let b = 0; b < here; b++) laws.push(head.read(network.outputs.law, b, unit));
      }
      return laws;
    },
  };
}

interface Sizes {
  readonly B: number;
  readonly F: number;
  readonly D: number;
  readonly width: number;
}

function graphOf<L>({ B, F, D, width }: Sizes, head: Head<L>) {
  const inputs = {
    own: matrix(B, F),
    pairs: matrix(B * D, 2 * F),
    weight: matrix(B * D),
    fold: matrix(D * width, width),
    next: matrix(B, head.told),
  };
  return trace(inputs, ({ own, pairs, weight, fold, next }, param: Param) => {
    const messages = mlp(param, pairs, {
      name: "message",
      hidden: [width],
      outputs: width,
      activation: "tanh",
      outputActivation: "tanh",
    });
    const weighted: T = mul(messages, broadcast(weight, messages.shape));
    const heard = matmul(reshape(weighted, [B, D * width]), fold); // Σ over neighbours
    const raw = mlp(param, concatCols(own, heard), {
      name: "update",
      hidden: [width, width],
      outputs: head.outputs,
      activation: "tanh",
    });
    const law = head.law(raw, own, param);
    return { loss: neg(mean(head.logLikelihood(law, next))), outputs: { law } };
  });
}

/** Identities [width, width], one below the other. */
function fillFold(fold: Float32Array, D: number, width: number): void {
  fold.fill(0);
  for (let d = 0; d < D; d++) for (let k = 0; k < width; k++) fold[(d * width + k) * width + k] = 1;
}

interface Units {
  /** [F] */
  readonly centre: readonly number[];
  /** [F] */
  readonly spread: readonly number[];
  /** Mean and standard deviation of what is forecast. */
  readonly next: number;
  readonly scale: number;
}

function unitsOf({ features: F, own, next }: Transitions): Units {
  const columns = Array.from({ length: F }, (_, f) => own.filter((_, i) => i % F === f));
  return {
    centre: columns.map((x) => meanOf(x)),
    spread: columns.map((x) => Math.sqrt(variance(x)) || 1),
    next: meanOf(next),
    scale: Math.sqrt(variance(next)) || 1,
  };
}

interface Inputs {
  readonly own: Float32Array;
  readonly pairs: Float32Array;
  readonly weight: Float32Array;
}

/** Transition `row` into place b. */
function load(inputs: Inputs, b: number, transitions: Omit<Transitions, "next">, row: number, unit: Units): void {
  const { features: F, most, own, neighbours, weight } = transitions;
  const D = (inputs.pairs.length / inputs.own.length) >> 1;
  for (let f = 0; f < F; f++) inputs.own[b * F + f] = (own[row * F + f]! - unit.centre[f]!) / unit.spread[f]!;
  for (let d = 0; d < D; d++) {
    const slot = (b * D + d) * 2 * F;
    const held = d < most ? weight[row * most + d]! : 0;
    inputs.weight[b * D + d] = held;
    for (let f = 0; f < F; f++) {
      inputs.pairs[slot + f] = inputs.own[b * F + f]!;
      inputs.pairs[slot + F + f] =
        held > 0 ? (neighbours[(row * most + d) * F + f]! - unit.centre[f]!) / unit.spread[f]! : 0;
    }
  }
}
