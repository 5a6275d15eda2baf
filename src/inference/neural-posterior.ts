// Neural posterior estimation: a mixture of normals whose parameters a network makes of the data's summaries, trained on simulations from the prior.
// Bishop 1994, "Mixture density networks"; Papamakarios & Murray 2016, https://arxiv.org/abs/1605.06376; Greenberg, Nonnenmacher & Macke 2019, https://arxiv.org/abs/1905.07488, without rounds.
//
//   q(z | s) = Σ_k π_k N(z; μ_k, (U_kᵀ U_k)⁻¹),   U_k lower triangular with diagonal e^a;   the loss is −ln q(z | s), in normal scores z of the prior (prior.ts)
//
// Several networks, each from weights and an order of simulations of its own, are mixed with equal weights: what one of them has by luck the others do not share
// (Lakshminarayanan, Pritzel & Blundell 2017, https://arxiv.org/abs/1612.01474). By convexity of −ln the mixture's loss is at most the mean of theirs.
//
// Trained once, it gives the posterior of any data of the same kind at the cost of one pass: calibration over many data sets is cheap. Data unlike all that were simulated are flagged, since a network says anything there.
// Not here: rounds that refine the estimate for one data set (abc-smc.ts does), flows.
//
// J networks, n simulations, d parameters, m summaries, K components, B rows of a batch
import { createArena } from "../kernels/index.ts";
import { exp, log, mean, pow, quantile, variance } from "../math/index.ts";
import {
  add,
  broadcast,
  compile,
  createAdam,
  exp as expT,
  initialise,
  layoutOf,
  logSoftmax,
  log as logT,
  matrix,
  mean as meanT,
  mlp,
  mul,
  neg,
  type Param,
  rowMax,
  rowSum,
  sliceCols,
  square,
  stopGradient,
  sub,
  type Tensor,
  trace,
} from "../nn/index.ts";
import { type Stream, seedStream } from "../random/index.ts";
import type { Prior } from "./prior.ts";
import type { Sample } from "./sample.ts";

type T = Tensor<"f32">;

export interface NeuralPosteriorOptions {
  readonly prior: Prior;
  /** θ of each simulation [n, d]. */
  readonly theta: Float64Array;
  /** Their summaries, [n] of [m]. */
  readonly summaries: readonly Float64Array[];
  readonly seed: number;
  /** J, networks whose densities are mixed. Default 3. */
  readonly members?: number;
  /** K, of each network. Default 4. */
  readonly components?: number;
  /** Units of each of two layers. Default 32. */
  readonly width?: number;
  /** Most passes over the simulations. Default 200. */
  readonly epochs?: number;
  /** Of Adam at first; it falls to a hundredth over the epochs. Default 5e-3. */
  readonly learningRate?: number;
  /** Share of the simulations that are held out, on which training stops. Default 0.1. */
  readonly heldOut?: number;
  /** Epochs without gain on what is held out. Default 25. */
  readonly patience?: number;
}

export interface NeuralPosterior {
  /** `count` draws from the posterior of data with these summaries. */
  sample(summaries: Float64Array, count: number, seed: number): Sample;
  /** ln q(z | s) of normal scores z [d]. */
  logDensity(scores: Float64Array, summaries: Float64Array): number;
  /** Summaries that are beyond all that were simulated, by more than a tenth of their range: the posterior is not to be trusted there. */
  outside(summaries: Float64Array): readonly number[];
  /** Mean of −ln q over held-out simulations. */
  readonly heldOutLoss: number;
  readonly members: readonly NeuralMember[];
}

/** One network of the mixture. */
export interface NeuralMember {
  /** Mean of −ln q over training and held-out simulations, at the epoch that was kept. */
  readonly loss: number;
  readonly heldOutLoss: number;
  /** Passes over the simulations until the one that was kept. */
  readonly epochs: number;
  /** Weights of the network. */
  readonly parameters: number;
}

const BATCH = 64;
const LOG_2PI = 1.8378770664093453;

export function fitNeuralPosterior(options: NeuralPosteriorOptions): NeuralPosterior {
  const { prior, theta, summaries, members: J = 3, components: K = 4, width = 32, heldOut = 0.1 } = options;
  const d = prior.names.length;
  const n = summaries.length;
  const m = summaries[0]?.length ?? 0;
  const validation = Math.max(BATCH, Math.floor(heldOut * n));
  const training = n - validation;
  if (!(Number.isInteger(J) && J >= 1))
    throw new Error(`fitNeuralPosterior: members is ${J}, expected an integer from 1 on.`);
  if (theta.length !== n * d)
    throw new Error(`fitNeuralPosterior: got θ of ${theta.length / d} simulations and summaries of ${n}.`);
  if (training < 2 * BATCH)
    throw new Error(
      `fitNeuralPosterior: got ${n} simulations, expected at least ${3 * BATCH} to train on and hold out.`,
    );
  const scores = new Float64Array(n * d);
  for (let i = 0; i < n; i++) scores.set(prior.scores(theta.subarray(i * d, (i + 1) * d)), i * d);
  requireFinite(scores, summaries, m, d);
  const scaling = scalingOf(summaries, m);
  const inputs = new Float32Array(n * m);
  summaries.forEach((s, i) => void inputs.set(scaling.standardised(s), i * m));
  const stream = seedStream(options.seed).fork("neural-posterior");
  const members = Array.from({ length: J }, (_, j) =>
    fitMember({
      shape: { d, K, m, width },
      scores,
      inputs,
      training,
      stream: j === 0 ? stream : stream.fork(`member ${j}`),
      options,
    }),
  );

  const componentsAt = (s: Float64Array): readonly Component[] => {
    if (s.length !== m) throw new Error(`NeuralPosterior: got ${s.length} summaries, expected ${m}.`);
    const standardised = scaling.standardised(s);
    return members.flatMap((member) =>
      member.componentsAt(standardised).map((component) => ({ ...component, weight: component.weight / J })),
    );
  };
  const logDensity = (z: Float64Array, s: Float64Array): number => logMixture(componentsAt(s), z);
  const densities = summaries
    .slice(training)
    .map((s, i) => logDensity(scores.subarray((training + i) * d, (training + i + 1) * d), s));
  return {
    heldOutLoss: -mean(densities),
    members: members.map(({ loss, heldOutLoss, epochs, parameters }) => ({ loss, heldOutLoss, epochs, parameters })),
    outside: scaling.outside,
    logDensity,
    sample(s, count, seed) {
      const mixture = componentsAt(s);
      const draws = seedStream(seed).fork("posterior draws");
      const [lots, noise] = [draws.fork("component"), draws.fork("noise")];
      const found = new Float64Array(count * d);
      const z = new Float64Array(d);
      for (let i = 0; i < count; i++) {
        let lot = lots.uniformAt(0, 0, i);
        let k = 0;
        while (k < mixture.length - 1 && lot >= mixture[k]!.weight) lot -= mixture[k++]!.weight;
        const { mean: μ, U } = mixture[k]!;
        noise.normal(z, { lane: 0, period: i, from: 0 });
        // z = μ + U⁻¹ ε by forward substitution
        for (let r = 0; r < d; r++) {
          for (let c = 0; c < r; c++) z[r]! -= U[r * d + c]! * z[c]!;
          z[r]! /= U[r * d + r]!;
        }
        for (let r = 0; r < d; r++) z[r]! += μ[r]!;
        found.set(prior.theta(z), i * d);
      }
      return { names: prior.names, theta: found, weights: new Float64Array(count).fill(1 / count) };
    },
  };
}

/** Trains one network on the first `training` simulations and stops it on the others: they are independent draws, in no order. */
function fitMember({
  shape,
  scores,
  inputs,
  training,
  stream,
  options: { epochs = 200, learningRate = 5e-3, patience = 25 },
}: {
  readonly shape: Shape;
  readonly scores: Float64Array; // [n, d]
  readonly inputs: Float32Array; // [n, m]
  readonly training: number;
  readonly stream: Stream;
  readonly options: NeuralPosteriorOptions;
}): NeuralMember & { componentsAt(standardised: Float64Array): readonly Component[] } {
  const { d, K, m, width } = shape;
  const n = scores.length / d;
  const graph = densityGraph(shape, BATCH);
  const layout = layoutOf(graph);
  const arena = createArena({
    bytes: 2 * 1024 * 1024 + 64 * layout.size + 512 * BATCH * (width + m + K * (2 + d * d)),
  });
  const params = arena.f32(layout.size);
  const grads = arena.f32(layout.size);
  initialise(params, layout, stream.fork("network"));
  const network = compile(graph, { arena, params, grads, layout });
  const adam = createAdam({ arena, params, grads, learningRate, maxGradNorm: 5 });
  const shuffles = stream.fork("order");
  const load = (row: number, i: number): void => {
    for (let j = 0; j < m; j++) network.inputs.s[row * m + j] = inputs[i * m + j]!;
    for (let k = 0; k < d; k++) network.inputs.z[row * d + k] = scores[i * d + k]!;
  };
  const lossOver = (from: number, to: number): number => {
    let sum = 0;
    const batches = Math.floor((to - from) / BATCH);
    for (let b = 0; b < batches; b++) {
      for (let row = 0; row < BATCH; row++) load(row, from + b * BATCH + row);
      network.run();
      sum += network.loss[0]!;
    }
    return sum / batches;
  };

  const best = { loss: Infinity, training: Infinity, epoch: 0, params: params.slice() };
  const keys = new Float64Array(training);
  for (let epoch = 0; epoch < epochs && epoch - best.epoch < patience; epoch++) {
    shuffles.uniform(keys, { lane: 0, period: epoch, from: 0 });
    const order = Array.from(keys, (_, i) => i).sort((a, b) => keys[a]! - keys[b]!);
    adam.learningRate = learningRate * pow(0.01, epoch / epochs);
    let sum = 0;
    const batches = Math.floor(training / BATCH);
    for (let b = 0; b < batches; b++) {
      for (let row = 0; row < BATCH; row++) load(row, order[b * BATCH + row]!);
      network.run();
      network.backward();
      adam.step();
      sum += network.loss[0]! / batches;
    }
    const loss = lossOver(training, n);
    if (loss < best.loss) Object.assign(best, { loss, training: sum, epoch, params: params.slice() });
  }
  if (!Number.isFinite(best.loss))
    throw new Error(
      "fitNeuralPosterior: the loss is not a number. Lower learningRate, or look for summaries that run away.",
    );
  params.set(best.params);

  const alone = compile(componentGraph(shape), { arena, params, layout });
  return {
    loss: best.training,
    heldOutLoss: best.loss,
    epochs: best.epoch + 1,
    parameters: layout.size,
    componentsAt(standardised) {
      alone.inputs.s.set(standardised);
      alone.run();
      return readComponents(alone.outputs.raw, shape);
    },
  };
}

interface Shape {
  readonly d: number;
  readonly K: number;
  readonly m: number;
  readonly width: number;
}

/** Off-diagonal entries of U, (row, column), in order. */
const below = (d: number): readonly (readonly [row: number, column: number])[] =>
  Array.from({ length: d }, (_, r) => Array.from({ length: r }, (_, c) => [r, c] as const)).flat();

/** Columns of the network: logits [K], then μ, a and what is below the diagonal, [K] for each dimension. */
function rawOf(param: Param, s: T, { d, K, width }: Shape): T {
  const outputs = K * (1 + 2 * d + below(d).length);
  return mlp(param, s, { name: "mixture", hidden: [width, width], outputs, activation: "tanh" });
}

function componentGraph(shape: Shape) {
  return trace({ s: matrix(1, shape.m) }, ({ s }, param) => ({ outputs: { raw: rawOf(param, s, shape) } }));
}

function densityGraph(shape: Shape, B: number) {
  const { d, K, m } = shape;
  return trace({ s: matrix(B, m), z: matrix(B, d) }, ({ s, z }, param) => {
    const raw = rawOf(param, s, shape);
    const block = (at: number): T => sliceCols(raw, at * K, (at + 1) * K);
    const apart = Array.from({ length: d }, (_, r) => sub(broadcast(sliceCols(z, r, r + 1), [B, K]), block(1 + r)));
    const logDiagonals = Array.from({ length: d }, (_, r) => block(1 + d + r));
    const rows = apart.map((x, r) => mul(expT(logDiagonals[r]!), x));
    below(d).forEach(([r, c], at) => {
      rows[r] = add(rows[r]!, mul(block(1 + 2 * d + at), apart[c]!));
    });
    let exponent: T = add(logSoftmax(block(0)), -0.5 * d * LOG_2PI);
    for (let r = 0; r < d; r++) exponent = add(exponent, sub(logDiagonals[r]!, mul(square(rows[r]!), 0.5)));
    // ln Σ e^x without overflow
    const most = stopGradient(rowMax(exponent));
    const density = add(logT(rowSum(expT(sub(exponent, most)))), most);
    return { loss: neg(meanT(density)) };
  });
}

interface Component {
  readonly weight: number;
  readonly mean: Float64Array; // [d]
  readonly U: Float64Array; // [d, d], lower
}

function readComponents(raw: Float32Array, { d, K }: Shape): readonly Component[] {
  const logits = Array.from(raw.subarray(0, K));
  const most = logits.reduce((a, b) => Math.max(a, b));
  const odds = logits.map((logit) => exp(logit - most));
  const total = odds.reduce((a, b) => a + b);
  return odds.map((weight, k) => {
    const at = (block: number): number => raw[block * K + k]!;
    const U = new Float64Array(d * d);
    for (let r = 0; r < d; r++) U[r * d + r] = exp(at(1 + d + r));
    below(d).forEach(([r, c], n) => {
      U[r * d + c] = at(1 + 2 * d + n);
    });
    return { weight: weight / total, mean: Float64Array.from({ length: d }, (_, r) => at(1 + r)), U };
  });
}

function logMixture(mixture: readonly Component[], z: Float64Array): number {
  const d = z.length;
  const densities = mixture.map(({ weight, mean: μ, U }) => {
    let [root, squares] = [1, 0];
    for (let r = 0; r < d; r++) {
      let y = 0;
      for (let c = 0; c <= r; c++) y += U[r * d + c]! * (z[c]! - μ[c]!);
      squares += y * y;
      root *= U[r * d + r]!;
    }
    return { factor: weight * root, exponent: -0.5 * squares };
  });
  const most = densities.reduce((top, { exponent }) => Math.max(top, exponent), -Infinity);
  const sum = densities.reduce((total, { factor, exponent }) => total + factor * exp(exponent - most), 0);
  return log(sum) + most - 0.5 * d * LOG_2PI;
}

function requireFinite(scores: Float64Array, summaries: readonly Float64Array[], m: number, d: number): void {
  const wild = scores.findIndex((z) => !Number.isFinite(z));
  if (wild >= 0)
    throw new Error(`fitNeuralPosterior: simulation ${Math.floor(wild / d)} has parameters outside the prior.`);
  summaries.forEach((s, i) => {
    if (s.length !== m)
      throw new Error(`fitNeuralPosterior: simulation ${i} has ${s.length} summaries, the first has ${m}.`);
    const bad = s.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0)
      throw new Error(`fitNeuralPosterior: summary ${bad} of simulation ${i} is ${s[bad]}, expected a number.`);
  });
}

/** Beyond the middle 99 % of simulations summaries are cut off, so that a few that run away do not squeeze all others. */
function scalingOf(summaries: readonly Float64Array[], m: number) {
  const columns = Array.from({ length: m }, (_, j) => Float64Array.from(summaries, (s) => s[j]!));
  const ends = columns.map((x) => ({ low: quantile(x, 0.005), high: quantile(x, 0.995) }));
  const clipped = columns.map((x, j) => x.map((value) => cut(value, ends[j]!)));
  const centres = clipped.map((x) => mean(x));
  const deviations = clipped.map((x) => Math.sqrt(variance(x)) || 1);
  const extremes = columns.map((x) => ({ low: Math.min(...x), high: Math.max(...x) }));
  return {
    standardised: (s: Float64Array): Float64Array =>
      s.map((value, j) => (cut(value, ends[j]!) - centres[j]!) / deviations[j]!),
    outside: (s: Float64Array): readonly number[] =>
      Array.from(s, (_, j) => j).filter((j) => {
        const { low, high } = extremes[j]!;
        const margin = 0.1 * (high - low);
        return s[j]! < low - margin || s[j]! > high + margin;
      }),
  };
}

const cut = (value: number, { low, high }: { readonly low: number; readonly high: number }): number =>
  Math.min(high, Math.max(low, value));
