// Optimal growth by a network trained on Euler residuals: a deep equilibrium net. Azinovic, Gaegauf & Scheidegger 2022, International Economic Review 63, 1471.
// No grid and no reward: states are simulated under the network's own policy, and their residuals descended. The cost of a dimension is a column of inputs.
//
//   m = z Π_j (k_j/w_j)^(w_j α) + (1 − δ) Σ k_j,   (c, k′_1, …, k′_n) = m softmax(net(ln k, ln z))
//   residual of good j: ln(β E[(c′/c)^(−γ) (w_j α Y′/k′_j + 1 − δ)])/γ, in relative consumption; the loss is the mean of squares
// Left out: constraints that bind now and then.
//
// n goods, S states of productivity, B states of the world in a batch
import { createArena } from "../kernels/index.ts";
import { log, pow } from "../math/index.ts";
import {
  add,
  broadcast,
  compile,
  concatCols,
  createAdam,
  div,
  exp as expT,
  initialise,
  layoutOf,
  log as logT,
  matrix,
  mean,
  mlp,
  mul,
  type Param,
  rowSum,
  sliceCols,
  softmax,
  square,
  sub,
  type Tensor,
  trace,
} from "../nn/index.ts";
import { seedStream } from "../random/index.ts";
import { type Growth, growthSteadyState } from "./growth.ts";

type T = Tensor<"f32">;

export interface DeepGrowthOptions {
  readonly seed: number;
  /** Of Adam; default 2000. */
  readonly steps?: number;
  /** B, states that are simulated side by side; a multiple of 4. Default 128. */
  readonly batch?: number;
  /** Units of each of two layers; default 32. */
  readonly width?: number;
  /** At first; it falls geometrically to a hundredth. Default 5e-3. */
  readonly learningRate?: number;
  /** ln k starts uniform within ± this of the steady state's; default 0.5. */
  readonly spread?: number;
  /** w [n], sums to 1: each kind of capital's part in α. Default one kind. */
  readonly weights?: readonly number[];
}

export interface DeepGrowthSolution {
  /** Mean square of the residuals of the last batches. */
  readonly loss: number;
  /** Of the network. */
  readonly parameters: number;
  /** c at capital [n] and state s of productivity. */
  consumption(capital: ArrayLike<number>, state: number): number;
  /** k′ [n] */
  nextCapital(capital: ArrayLike<number>, state: number): Float64Array;
}

/** Probability per period that a state of the world is forgotten for a new start, so that the policy is right off the beaten track, too. */
const RESTART = 0.02;

export function solveGrowthDeep(model: Growth, options: DeepGrowthOptions): DeepGrowthSolution {
  const { steps = 2000, batch: B = 128, width = 32, learningRate = 5e-3, spread = 0.5, weights = [1], seed } = options;
  const { productivity, transition } = model;
  const n = weights.length;
  const S = productivity.length;
  const { capital, consumption } = growthSteadyState(model);
  const centre = weights.map((w) => log(w * capital));
  const shares = [consumption, ...weights.map((w) => w * capital)].map((x) => x / (capital + consumption));
  const scale = Math.max(...Array.from(productivity, (z) => Math.abs(log(z)))) || 1;
  const of: Shape = { model, weights, centre, shares, scale, width, spread };

  const training = trainingGraph(of, B);
  const layout = layoutOf(training);
  const arena = createArena({ bytes: 4 * 1024 * 1024 + 64 * layout.size + 256 * B * (S + 1) * (width + 4 * n + 8) });
  const params = arena.f32(layout.size);
  const grads = arena.f32(layout.size);
  const stream = seedStream(seed).fork("deep-growth");
  initialise(params, layout, stream.fork("network"));
  const network = compile(training, { arena, params, grads, layout });
  const adam = createAdam({ arena, params, grads, learningRate });
  const draws = stream.fork("states");

  const { logs, z, law } = network.inputs;
  const state = new Int32Array(B);
  const u = new Float64Array(B * (n + 3));
  const restart = (b: number): void => {
    for (let j = 0; j < n; j++) logs[b * n + j] = centre[j] + spread * (2 * u[b * (n + 3) + j] - 1);
    state[b] = Math.floor(S * u[b * (n + 3) + n]);
  };
  let loss = 0;
  for (let step = 0; step < steps; step++) {
    draws.uniform(u, { lane: 0, period: step, from: 0 });
    for (let b = 0; b < B; b++) {
      const [forgotten, lot] = [u[b * (n + 3) + n + 1] < RESTART, u[b * (n + 3) + n + 2]];
      if (step === 0 || forgotten) restart(b);
      else {
        const row = transition[state[b]];
        let to = 0;
        for (let sum = row[0]; lot >= sum && to < S - 1; sum += row[to]) to++;
        state[b] = to;
        for (let j = 0; j < n; j++) logs[b * n + j] = network.outputs.next[b * n + j];
      }
      z[b] = log(productivity[state[b]]);
      for (let s = 0; s < S; s++) law[b * S + s] = transition[state[b]][s];
    }
    network.run();
    network.backward();
    adam.learningRate = learningRate * pow(0.01, step / steps);
    adam.step();
    if (step >= 0.9 * steps) loss += network.loss[0] / Math.ceil(0.1 * steps);
  }

  const acting = compile(actingGraph(of), { arena, params, layout });
  const act = (capital: ArrayLike<number>, s: number): Float32Array => {
    for (let j = 0; j < n; j++) acting.inputs.logs[j] = log(capital[j]);
    acting.inputs.z[0] = log(productivity[s]);
    acting.run();
    return acting.outputs.used;
  };
  return {
    loss,
    parameters: layout.size,
    consumption: (capital, s) => act(capital, s)[0],
    nextCapital: (capital, s) => Float64Array.from(act(capital, s).subarray(1)),
  };
}

interface Shape {
  readonly model: Growth;
  readonly weights: readonly number[];
  /** ln k of the steady state [n]. */
  readonly centre: readonly number[];
  /** c and k′ of the steady state over resources [1 + n], where the network begins. */
  readonly shares: readonly number[];
  /** Of ln z. */
  readonly scale: number;
  readonly width: number;
  readonly spread: number;
}

/** ln c and ln k′ [B, n] that the network chooses at ln k [B, n] and ln z [B, 1]. */
function policy(param: Param, logs: T, z: T, of: Shape): { readonly c: T; readonly next: T } {
  const { model, centre, spread, width } = of;
  const n = centre.length;
  const columns = centre.map((at, j) => div(sub(sliceCols(logs, j, j + 1), at), spread));
  const seen = concatCols(...columns, div(z, of.scale));
  const raw = mlp(param, seen, { name: "policy", hidden: [width, width], outputs: n + 1, activation: "tanh" });
  const shares = logT(softmax(concatCols(...of.shares.map((share, j) => add(sliceCols(raw, j, j + 1), log(share))))));
  const kept = rowSum(expT(logs));
  const resources = logT(add(output(logs, z, of), mul(kept, 1 - model.depreciation)));
  const used = add(shares, broadcast(resources, shares.shape));
  return { c: sliceCols(used, 0, 1), next: sliceCols(used, 1, n + 1) };
}

/** Y = z Π (k_j/w_j)^(w_j α), [B, 1] */
function output(logs: T, z: T, { model, weights }: Shape): T {
  let sum: T = z;
  for (const [j, w] of weights.entries())
    sum = add(sum, mul(sub(sliceCols(logs, j, j + 1), log(w)), w * model.capitalShare));
  return expT(sum);
}

function trainingGraph(of: Shape, B: number) {
  const { model, weights } = of;
  const { capitalShare: α, discountFactor: β, depreciation: δ, riskAversion: γ, productivity } = model;
  const [n, S] = [weights.length, productivity.length];
  return trace({ logs: matrix(B, n), z: matrix(B), law: matrix(B, S) }, ({ logs, z, law }, param) => {
    const { c, next } = policy(param, logs, z, of);
    // Σ_s P (c′/c)^(−γ) (w_j α Y′/k′_j + 1 − δ) for each good
    const expected: (T | null)[] = weights.map(() => null);
    for (let s = 0; s < S; s++) {
      const later = add(mul(z, 0), log(productivity[s]));
      const ahead = policy(param, next, later, of);
      const weight = mul(sliceCols(law, s, s + 1), expT(mul(sub(c, ahead.c), γ)));
      const Y = output(next, later, of);
      for (const [j, w] of weights.entries()) {
        const R = add(mul(div(Y, expT(sliceCols(next, j, j + 1))), w * α), 1 - δ);
        const term = mul(weight, R);
        const sofar = expected[j];
        expected[j] = sofar ? add(sofar, term) : term;
      }
    }
    const residuals = concatCols(...expected.map((e) => mul(add(logT(e!), log(β)), 1 / γ)));
    return { loss: mean(square(residuals)), outputs: { next } };
  });
}

const actingGraph = (of: Shape) =>
  trace({ logs: matrix(1, of.weights.length), z: matrix(1) }, ({ logs, z }, param) => {
    const { c, next } = policy(param, logs, z, of);
    return { outputs: { used: expT(concatCols(c, next)) } };
  });
