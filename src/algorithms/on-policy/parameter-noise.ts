// Exploration by an actor whose parameters are perturbed: the same everywhere for a while, so that what is tried is tried consistently.
// Plappert et al. 2018, https://arxiv.org/abs/1706.01905. How far parameters should be moved nobody knows; how far actions should be, one does:
//
//   θ̃ = θ + σ z,  z ~ N(0, I);     σ ← σ α if d(π, π̃) < δ, else σ/α          (§3, eq. 8)
//
// d is KL(π, π̃) over choices, and δ that of an ε-greedy policy from the greedy one, −ln(1 − ε + ε/n) (appendix C.1); over boxes d is the
// root of the mean squared distance of means, and δ the deviation of the noise on actions that it replaces.
//
// B rows, D action dimensions, Σ = choices over all dimensions
import type { PopulationSpec } from "../../env/vector-env.ts";
import { log } from "../../math/index.ts";
import type { ParamLayout } from "../../nn/index.ts";
import { columnsOf } from "../parts/choices.ts";
import type { Evaluated } from "./actor.ts";

/** Writes θ̃: weights and biases of the actor moved by σ z, the rest as it is. `z` has one number per parameter. */
export function perturb(
  out: Float32Array,
  theta: Float32Array,
  layout: ParamLayout,
  sigma: number,
  z: Float64Array,
): void {
  out.set(theta);
  for (const { name, from, to } of layout.slices)
    if (name.startsWith("actor/") && name !== "actor/logStd")
      for (let k = from; k < to; k++) out[k] = theta[k] + sigma * z[k];
}

/** Adds up over those of B rows that count: KL(π, π̃), or the mean over dimensions of the squared distance of means. */
export function apart(spec: PopulationSpec, plain: Evaluated, moved: Evaluated, weight: ArrayLike<number>): number {
  const { continuous } = spec;
  const width = columnsOf(spec);
  let sum = 0;
  for (let b = 0; b < weight.length; b++) {
    if (weight[b] === 0) continue;
    for (let k = b * width; k < (b + 1) * width; k++) {
      const difference = plain.center[k] - moved.center[k];
      sum += continuous ? (difference * difference) / width : plain.center[k] * (plain.logs[k] - moved.logs[k]);
    }
  }
  return sum;
}

/** d, of the mean of `apart` over rows. */
export const distanceOf = ({ continuous }: PopulationSpec, mean: number): number =>
  continuous ? Math.sqrt(mean) : Math.max(0, mean);

/** The distance to hold: ε as a share of random choices, or a deviation in units of half the box. */
export const targetOf = ({ continuous, actions }: PopulationSpec, ε: number): number =>
  continuous ? ε : actions.reduce((sum, { space }) => sum - log(1 - ε + ε / space.count), 0);

export const adapted = (sigma: number, distance: number, target: number, factor: number): number =>
  distance < target ? sigma * factor : sigma / factor;
