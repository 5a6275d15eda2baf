// An ensemble of networks, each with a mean and a deviation at every point: where they disagree they do not know.
// Lakshminarayanan, Pritzel & Blundell 2017, "Simple and scalable predictive uncertainty estimation using deep ensembles", https://arxiv.org/abs/1612.01474
//
// The loss of a member is σ² (ln σ(x) + ((y − μ(x))/σ(x))²/2), its first factor without gradient: means are learned where a member is unsure, too (Seitzer et al. 2022, https://arxiv.org/abs/2203.09168, β = 1).
// Together: mean of μ, its deviation over members, root mean square of σ.
//
// n points in the unit cube of d dimensions, M members, B rows of a batch
import { createArena } from "../kernels/index.ts";
import { exp, mean, pow, variance } from "../math/index.ts";
import {
  add,
  clip,
  compile,
  concatCols,
  createAdam,
  exp as expT,
  initialise,
  layoutOf,
  matrix,
  mean as meanT,
  mlp,
  mul,
  neg,
  type Param,
  sliceCols,
  square,
  stopGradient,
  sub,
  type Tensor,
  trace,
} from "../nn/index.ts";
import { seedStream } from "../random/index.ts";
import type { Model } from "./prediction.ts";

type T = Tensor<"f32">;

const WIDTH = 32;
const BATCH = 32;
/** Of Adam at first; it falls to a hundredth. */
const RATE = 2e-2;
/** Of ln σ, in deviations of the values: neither certainty nor ignorance runs away with the loss. */
const [LEAST, MOST] = [-5, 1];

export function fitEnsemble(
  points: Float64Array,
  values: Float64Array,
  d: number,
  { seed, members: M, steps }: { readonly seed: number; readonly members: number; readonly steps: number },
): Model {
  const n = values.length;
  if (!(Number.isInteger(M) && M >= 2))
    throw new Error(`fitSurrogate: an ensemble of ${M} networks, expected at least 2.`);
  if (!(Number.isInteger(steps) && steps >= 1))
    throw new Error(`fitSurrogate: steps is ${steps}, expected an integer from 1 on.`);
  const centre = mean(values);
  const scale = Math.sqrt(variance(values)) || 1;
  const graph = trace({ x: matrix(BATCH, d), y: matrix(BATCH) }, ({ x, y }, param) => {
    let loss: T | null = null;
    for (let m = 0; m < M; m++) {
      const { μ, logSd } = member(param, x, m);
      const z = mul(sub(y, μ), expT(neg(logSd)));
      const own = meanT(mul(stopGradient(expT(mul(logSd, 2))), add(logSd, mul(square(z), 0.5))));
      loss = loss === null ? own : add(loss, own);
    }
    return loss === null ? {} : { loss };
  });
  const layout = layoutOf(graph);
  const arena = createArena({ bytes: 4 * 1024 * 1024 + 64 * layout.size + 512 * BATCH * M * WIDTH });
  const params = arena.f32(layout.size);
  const grads = arena.f32(layout.size);
  const stream = seedStream(seed).fork("ensemble");
  initialise(params, layout, stream.fork("networks"));
  const network = compile(graph, { arena, params, grads, layout });
  const adam = createAdam({ arena, params, grads, learningRate: RATE, maxGradNorm: 5 * M });
  const batches = stream.fork("batches");
  const rows = new Int32Array(BATCH);
  for (let step = 0; step < steps; step++) {
    batches.integers(rows, { lane: 0, period: step, from: 0 }, n);
    rows.forEach((i, b) => {
      for (let k = 0; k < d; k++) network.inputs.x[b * d + k] = 2 * points[i * d + k]! - 1;
      network.inputs.y[b] = (values[i]! - centre) / scale;
    });
    network.run();
    network.backward();
    adam.learningRate = RATE * pow(0.01, step / steps);
    adam.step();
  }

  const acting = compile(
    trace({ x: matrix(1, d) }, ({ x }, param) => ({
      outputs: {
        all: concatCols(
          ...Array.from({ length: M }, (_, m) => member(param, x, m)).flatMap(({ μ, logSd }) => [μ, logSd]),
        ),
      },
    })),
    { arena, params, layout },
  );
  const predict = (x: ArrayLike<number>) => {
    for (let k = 0; k < d; k++) acting.inputs.x[k] = 2 * x[k]! - 1;
    acting.run();
    const all = together(acting.outputs.all);
    return { mean: centre + scale * all.mean, sd: scale * all.sd, noiseSd: scale * all.noiseSd };
  };
  return Object.assign(predict, { mean: (x: ArrayLike<number>) => predict(x).mean });
}

/** What members say together. `outputs`: μ and ln σ of each member in turn. */
export function together(outputs: ArrayLike<number>): ReturnType<Model> {
  const M = outputs.length / 2;
  const means = Float64Array.from({ length: M }, (_, m) => outputs[2 * m]!);
  let noise = 0;
  for (let m = 0; m < M; m++) noise += exp(2 * outputs[2 * m + 1]!) / M;
  return { mean: mean(means), sd: Math.sqrt(variance(means, { ddof: 1 })), noiseSd: Math.sqrt(noise) };
}

function member(param: Param, x: T, m: number): { readonly μ: T; readonly logSd: T } {
  const raw = mlp(param, x, { name: `member ${m}`, hidden: [WIDTH, WIDTH], outputs: 2, activation: "tanh" });
  return { μ: sliceCols(raw, 0, 1), logSd: clip(sliceCols(raw, 1, 2), LEAST, MOST) };
}
