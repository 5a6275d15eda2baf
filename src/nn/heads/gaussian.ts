// Continuous actions: independent normals, plain (PPO) or squashed into (−1, 1) by tanh (SAC).  B rows, A action components
import type { Tensor } from "../graph.ts";
import { add, broadcast, div, exp, mul, neg, rowSum, softplus, square, sub, tanh } from "../ops.ts";

type T = Tensor<"f32">;

const LOG_2PI = 1.8378770664093453;
const LOG_2 = Math.LN2;

export interface Gaussian {
  /** mean + e^logStd noise, noise [B, A] standard normal: differentiable in mean and logStd */
  sample(noise: T): T;
  /** [B, 1] */
  logProb(action: T): T;
  /** [B, 1] */
  readonly entropy: T;
}

/** mean [B, A]; logStd [B, A], or [1, A] where it does not depend on the observation. */
export function gaussian(mean: T, logStd: T): Gaussian {
  const A = mean.shape[1];
  const logStds = broadcast(logStd, mean.shape);
  const std = exp(logStd);
  // log p = −½ Σ ((a − μ)/σ)² − Σ log σ − ½ A log 2π
  return {
    sample: (noise) => add(mean, mul(noise, std)),
    logProb(action) {
      const z = div(sub(action, mean), std);
      return sub(neg(rowSum(add(mul(square(z), 0.5), logStds))), 0.5 * A * LOG_2PI);
    },
    entropy: add(rowSum(logStds), 0.5 * A * (1 + LOG_2PI)),
  };
}

/** a = tanh(u), u normal (Haarnoja et al. 2018, appendix C). */
export function squashedGaussian(mean: T, logStd: T): { sample(noise: T): { action: T; logProb: T } } {
  const normal = gaussian(mean, logStd);
  return {
    sample(noise) {
      const u = normal.sample(noise);
      // log(1 − tanh² u) = 2 (log 2 − u − softplus(−2u)), which does not cancel for large |u|
      const correction = mul(sub(LOG_2, add(u, softplus(mul(u, -2)))), 2);
      return { action: tanh(u), logProb: sub(normal.logProb(u), rowSum(correction)) };
    },
  };
}
