// Krusell and Smith's economy by a network trained on Euler residuals: a deep equilibrium net. Azinovic, Gaegauf & Scheidegger 2022, International Economic Review 63, 1471.
// No grid, no law of motion that is guessed, no reward: crowds live under the network's own policy, next period's mean capital is what they keep, and the network
// learns what its own policy of the next period asks for.
//
//   1/c² = 1/m² + 1/(y e^net)² of cash m and income y = w l + r k: nearly y e^net, and always less than m;   k′ = m − c
//   e = ln c − ln (β E[R′ c′^(−γ)])^(−1/γ), the residual in relative consumption; x + y − √(x² + y²) of x = −e and y = k′/m, which is 0 where e = 0, or where e < 0
//   and nothing is kept (Fischer & Burmeister), so that the limit may bind where benefits make it
// What tomorrow asks for is held fixed in each step, as in time iteration. Descending the residual's whole gradient hardly moves the level of consumption: a
// level that is off by 10 % misses the Euler equation by 0.1 % per quarter, and the loss has the square of that.
//
// W crowds of N households, B = W N rows; z: 0 good, 1 bad; ε: 0 employed, 1 unemployed; joint states 2z + ε
import { createArena } from "../kernels/index.ts";
import { exp, log, pow } from "../math/index.ts";
import {
  add,
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
  orthogonal,
  type Param,
  sliceCols,
  sqrt,
  square,
  stopGradient,
  sub,
  type Tensor,
  trace,
} from "../nn/index.ts";
import { seedStream } from "../random/index.ts";
import {
  type KrusellSmith,
  krusellSmithChain,
  krusellSmithPrices,
  krusellSmithSteadyCapital,
} from "./krusell-smith-model.ts";

type T = Tensor<"f32">;

export interface DeepKrusellSmithOptions {
  readonly seed: number;
  /** Of Adam; default 4000. */
  readonly steps?: number;
  /** W, crowds that live side by side. Default 8. */
  readonly crowds?: number;
  /** N of each crowd; a multiple of 4. Default 64. */
  readonly households?: number;
  /** Units of each of two layers; default 24. */
  readonly width?: number;
  /** At first; it falls geometrically to a hundredth. Default 5e-3. */
  readonly learningRate?: number;
}

export interface DeepKrusellSmithSolution {
  /** Mean square of the residuals of the last batches; of r² it counts r²/(1 + 16 r²). */
  readonly loss: number;
  /** Of the network. */
  readonly parameters: number;
  /** c of a household with k in joint state 2z + ε, while mean capital is K: what `krusellSmithPath` takes. */
  consumption(k: number, state: number, capital: number): number;
}

/** Probability per period that a crowd is forgotten for a new one, with other mean wealth. */
const RESTART = 0.005;
/** Residuals beyond this count hardly more: those of the few who have next to nothing and no work are a hundred times larger than all others. */
const OUTLIER = 0.25;
/** Nobody begins a period with less than this share of wealth without shocks: without benefits there would be nothing to eat, and no residual in single precision. */
const LEAST = 0.005;
/** Deviation of ln wealth within a new crowd, and range of mean wealth between crowds. */
const [WITHIN, BETWEEN] = [0.6, 0.1];

export function solveKrusellSmithDeep(model: KrusellSmith, options: DeepKrusellSmithOptions): DeepKrusellSmithSolution {
  const { steps = 4000, crowds: W = 8, households: N = 64, width = 24, learningRate = 5e-3, seed } = options;
  const B = W * N;
  const steady = krusellSmithSteadyCapital(model);
  const P = krusellSmithChain(model);
  const training = trainingGraph(model, width, B);
  const layout = layoutOf(training);
  const arena = createArena({ bytes: 4 * 1024 * 1024 + 64 * layout.size + 512 * B * 5 * (width + 16) });
  const params = arena.f32(layout.size);
  const grads = arena.f32(layout.size);
  const stream = seedStream(seed).fork("deep-krusell-smith");
  initialise(params, layout, stream.fork("network"));
  const network = compile(training, { arena, params, grads, layout });
  const adam = createAdam({ arena, params, grads, learningRate });
  const [draws, wealthDraws, work] = [stream.fork("crowds"), stream.fork("wealth"), stream.fork("work")];

  const k = new Float64Array(B);
  const idle = new Uint8Array(B); // ε
  const times = new Uint8Array(W); // z
  const u = new Float64Array(3 * W);
  const luck = new Float64Array(B);
  const normals = new Float64Array(B);
  const means = new Float64Array(W);
  const { own, seen, law, ahead } = network.inputs;
  let loss = 0;
  for (let step = 0; step < steps; step++) {
    draws.uniform(u, { lane: 0, period: step, from: 0 });
    work.uniform(luck, { lane: 0, period: step, from: 0 });
    for (let crowd = 0; crowd < W; crowd++) {
      const [forgotten, turned, rich] = u.subarray(3 * crowd, 3 * crowd + 3);
      const rows = [crowd * N, (crowd + 1) * N] as const;
      if (step === 0 || forgotten < RESTART) begin(crowd, rows, rich, step);
      else goOn(crowd, rows, turned);
    }
    prepare();
    network.run();
    network.backward();
    adam.learningRate = learningRate * pow(0.01, step / steps);
    adam.step();
    if (step >= 0.9 * steps) loss += network.loss[0] / Math.ceil(0.1 * steps);
  }

  const acting = compile(actingGraph(width), { arena, params, layout });
  return {
    loss,
    parameters: layout.size,
    consumption(k, state, capital) {
      writeOwn(acting.inputs.own, 0, model, k, state, capital);
      writeSeen(acting.inputs.seen, 0, state, capital / steady);
      acting.run();
      return acting.outputs.c[0];
    },
  };

  /** A new crowd, with ln wealth normal. */
  function begin(crowd: number, [from, to]: readonly [number, number], rich: number, step: number): void {
    wealthDraws.normal(normals, { lane: 0, period: step, from: 0 });
    times[crowd] = rich < 0.5 ? 0 : 1;
    const mean = steady * (1 + BETWEEN * (4 * (rich % 0.5) - 1));
    const unemployed = times[crowd] === 0 ? model.unemploymentGood : model.unemploymentBad;
    for (let b = from; b < to; b++) {
      k[b] = mean * exp(WITHIN * (normals[b] - WITHIN / 2));
      idle[b] = luck[b] < unemployed ? 1 : 0;
    }
  }

  /** One period: what was kept, new times and new work. */
  function goOn(crowd: number, [from, to]: readonly [number, number], turned: number): void {
    const before = times[crowd];
    times[crowd] = turned < 1 / model.aggregateDuration ? 1 - before : before;
    for (let b = from; b < to; b++) {
      k[b] = Math.max(LEAST * steady, network.outputs.next[b]);
      const row = P[2 * before + idle[b]];
      const [e, out] = [row[2 * times[crowd]], row[2 * times[crowd] + 1]];
      idle[b] = luck[b] * (e + out) < out ? 1 : 0;
    }
  }

  /** The network's inputs: today, and every tomorrow at the mean capital that the network of now leaves. */
  function prepare(): void {
    for (let crowd = 0; crowd < W; crowd++) {
      means[crowd] = 0;
      for (let b = crowd * N; b < (crowd + 1) * N; b++) means[crowd] += k[b] / N;
    }
    for (let b = 0; b < B; b++) {
      const crowd = Math.floor(b / N);
      const state = 2 * times[crowd] + idle[b];
      writeOwn(own, b, model, k[b], state, means[crowd]);
      writeSeen(seen, b, state, means[crowd] / steady);
      law.set(P[state], 4 * b);
    }
    // k′ does not depend on tomorrow's inputs, so a first pass finds K′
    network.run();
    const { next } = network.outputs;
    for (let crowd = 0; crowd < W; crowd++) {
      let kept = 0;
      for (let b = crowd * N; b < (crowd + 1) * N; b++) kept += next[b] / N;
      for (let b = crowd * N; b < (crowd + 1) * N; b++)
        for (let z = 0; z < 2; z++) {
          const { grossReturn, employed, unemployed } = krusellSmithPrices(model, kept, z);
          ahead.set([grossReturn, employed, unemployed, kept / steady, interestOf(grossReturn)], (2 * b + z) * 5);
        }
    }
  }
}

/** Cash and w l + r k of row b. */
function writeOwn(out: Float32Array, b: number, model: KrusellSmith, k: number, state: number, capital: number): void {
  const { grossReturn, employed, unemployed } = krusellSmithPrices(model, capital, state >> 1);
  out[2 * b] = grossReturn * k + (state % 2 === 0 ? employed : unemployed);
  out[2 * b + 1] = employed + interestOf(grossReturn) * k;
}

/** r, or 0 where there is so much capital that it earns less than depreciates. */
const interestOf = (grossReturn: number): number => Math.max(0, grossReturn - 1);

/** Work, times, and mean capital less its steady level, over a twentieth of it. */
function writeSeen(out: Float32Array, b: number, state: number, relative: number): void {
  out.set([2 * (state % 2) - 1, 2 * (state >> 1) - 1, 20 * (relative - 1)], 3 * b);
}

/** c [B, 1] of cash and income [B, 1], and of what writeSeen writes [B, 3]. */
function policy(param: Param, cash: T, income: T, seen: T, width: number): T {
  const features = concatCols(mul(add(div(income, add(cash, income)), -0.1), 5), seen);
  const raw = mlp(param, features, {
    name: "policy",
    hidden: [width, width],
    outputs: 1,
    activation: "tanh",
    outputWeight: orthogonal(0.01),
  });
  const wanted = mul(income, expT(raw));
  return div(wanted, sqrt(add(square(div(wanted, cash)), 1)));
}

function trainingGraph(model: KrusellSmith, width: number, B: number) {
  const { discountFactor: β, riskAversion: γ } = model;
  const inputs = { own: matrix(B, 2), seen: matrix(B, 3), law: matrix(B, 4), ahead: matrix(B, 10) };
  return trace(inputs, ({ own, seen, law, ahead }, param) => {
    const cash = sliceCols(own, 0, 1);
    const c = policy(param, cash, sliceCols(own, 1, 2), seen, width);
    const next = sub(cash, c);
    let expected: T | null = null;
    for (let s = 0; s < 4; s++) {
      const at = 5 * (s >> 1);
      const [R, employed, earned, relative, interest] = [at, at + 1, at + 1 + (s % 2), at + 3, at + 4].map((j) =>
        sliceCols(ahead, j, j + 1),
      );
      const zero = mul(relative, 0);
      const then = concatCols(add(zero, 2 * (s % 2) - 1), add(zero, 2 * (s >> 1) - 1), mul(add(relative, -1), 20));
      const income = add(employed, mul(interest, next));
      const later = policy(param, add(mul(R, next), earned), income, then, width);
      const term = mul(mul(sliceCols(law, s, s + 1), R), expT(mul(logT(later), -γ)));
      expected = expected ? add(expected, term) : term;
    }
    const error = add(logT(c), stopGradient(mul(add(logT(expected!), log(β)), 1 / γ)));
    const kept = div(next, cash);
    const slack = sub(kept, error); // x + y, as x is −e
    const residual = sub(slack, sqrt(add(add(square(error), square(kept)), 1e-12)));
    const squares = square(residual);
    return { loss: mean(div(squares, add(div(squares, OUTLIER * OUTLIER), 1))), outputs: { next } };
  });
}

const actingGraph = (width: number) =>
  trace({ own: matrix(1, 2), seen: matrix(1, 3) }, ({ own, seen }, param) => ({
    outputs: { c: policy(param, sliceCols(own, 0, 1), sliceCols(own, 1, 2), seen, width) },
  }));
