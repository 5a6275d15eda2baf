// Adam (Kingma & Ba 2015, https://arxiv.org/abs/1412.6980, algorithm 1) over a flat parameter vector, with clipping by the
// global norm (Pascanu et al. 2013). As in PyTorch, epsilon is added after the bias correction:
//
//   g ← g min(1, maxGradNorm / ‖g‖),   m̂ = m / (1 − β₁ᵗ),   v̂ = v / (1 − β₂ᵗ),   θ ← θ − lr m̂ / (√v̂ + ε)
import type { Arena } from "../kernels/index.ts";

export interface AdamOptions {
  readonly arena: Arena;
  /** In the arena: the whole θ, or a contiguous part of it with an optimiser of its own. */
  readonly params: Float32Array;
  readonly grads: Float32Array;
  /** Default 1e-3. */
  readonly learningRate?: number;
  /** Default 0.9. */
  readonly beta1?: number;
  /** Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-8. */
  readonly epsilon?: number;
  /** Default Infinity: no clipping. */
  readonly maxGradNorm?: number;
}

export interface Adam {
  /** Change it between steps for a schedule. */
  learningRate: number;
  /** Steps taken. With m and v, all there is to save. */
  steps: number;
  readonly m: Float32Array;
  readonly v: Float32Array;
  /** One update from what `grads` holds; returns the norm of the gradient before clipping. */
  step(): number;
}

export function createAdam(options: AdamOptions): Adam {
  const { arena, params, grads, learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const { maxGradNorm = Number.POSITIVE_INFINITY } = options;
  if (params.length !== grads.length) {
    throw new Error(`createAdam: got ${params.length} params and ${grads.length} grads, expected as many of both.`);
  }
  const { kernels } = arena;
  const n = params.length;
  const m = arena.f32(n);
  const v = arena.f32(n);
  // β₁ᵗ and β₂ᵗ by repeated multiplication, the same everywhere; `reached` is the t they belong to
  let [power1, power2, reached] = [1, 1, 0];

  return {
    learningRate,
    steps: 0,
    m,
    v,
    step() {
      const norm = Math.sqrt(kernels.sumSquares(grads.byteOffset, n));
      const gradScale = norm > maxGradNorm ? maxGradNorm / norm : 1;
      this.steps++;
      if (reached >= this.steps) [power1, power2, reached] = [1, 1, 0];
      for (; reached < this.steps; reached++) {
        power1 *= beta1;
        power2 *= beta2;
      }
      const correction = Math.sqrt(1 - power2);
      kernels.adam(
        params.byteOffset,
        m.byteOffset,
        v.byteOffset,
        grads.byteOffset,
        n,
        (this.learningRate * correction) / (1 - power1),
        1 - beta1,
        1 - beta2,
        epsilon * correction,
        gradScale,
      );
      return norm;
    },
  };
}
