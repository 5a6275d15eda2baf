// A stochastic policy over whatever a population chooses: a softmax per dimension of choices, or independent normals over boxes.
// What is drawn over a box, and remembered, is u in units of half the box around its middle; squashed, u goes through tanh on its way.
//
// B rows, F features, D action dimensions, Σ = choices over all dimensions

import type { PopulationSpec } from "../../env/vector-env.ts";
import { exp, log, tanh } from "../../math/index.ts";
import {
  type Activation,
  categorical,
  constantInit,
  gaussian,
  indices,
  matrix,
  mlp,
  neg,
  orthogonal,
  type Param,
  sampleCategorical,
  squashedGaussian,
  type Tensor,
  zeros,
} from "../../nn/index.ts";
import { branchesOf, choicesOf, logAllowed } from "../parts/choices.ts";

type Matrix = Tensor<"f32">;

export interface NetworkOptions {
  readonly hiddenLayers: number;
  readonly hiddenWidth: number;
  readonly activation: string;
}
export interface ActorOptions extends NetworkOptions {
  /** ln σ over boxes to begin with. */
  readonly initialLogStd: number;
  readonly squash: boolean;
}

/** Equal hidden layers; `gain` of the last weights: small for an actor that is to begin undecided. */
export function network(
  par: Param,
  obs: Matrix,
  name: string,
  c: NetworkOptions,
  outputs: number,
  gain: number,
): Matrix {
  const hidden = Array<number>(c.hiddenLayers).fill(c.hiddenWidth);
  const activation = c.activation as Activation;
  const [weight, outputWeight] = [orthogonal(Math.SQRT2), orthogonal(gain)];
  return mlp(par, obs, { name, hidden, outputs, activation, weight, outputWeight, bias: zeros });
}

export interface Actor {
  /** What drawing needs: probabilities and their logarithms [B, Σ], or means [B, D] and ln σ [1, D]. */
  readonly outputs: { readonly center: Matrix; readonly logs: Matrix };
  /** ln |A|, of all that may be chosen: the number of choices, or a box that is 2 wide in every dimension. */
  readonly logSize: Matrix | number;
  /** [B, 1] of actions [B, D] as they were drawn. */
  logProb(actions: Tensor): Matrix;
  /** [B, 1], exact; of a squashed normal, which has no closed form, at one sample from `noise` [B, D]. */
  entropy(noise: Matrix): Matrix;
}

/** π(a|o); `mask` [B, Σ] is read where choices are masked. */
export function actor(par: Param, obs: Matrix, spec: PopulationSpec, c: ActorOptions, mask?: Matrix): Actor {
  const { continuous, actions, masked = false } = spec;
  if (masked && !mask) throw new Error("actor: choices are masked, but got no mask.");
  if (!continuous) {
    const branches = branchesOf(spec);
    const logits = network(par, obs, "actor", c, choicesOf(spec), 0.01);
    const { probs, logProbs, logProb, entropy } = categorical(logits, { branches, ...(masked && mask && { mask }) });
    return {
      outputs: { center: probs, logs: logProbs },
      logSize: masked ? logAllowed(mask!, spec) : branches.reduce((sum, n) => sum + log(n), 0),
      logProb: (picks) => logProb(picks as Tensor<"i32">),
      entropy: () => entropy,
    };
  }
  const center = network(par, obs, "actor", c, actions.length, 0.01);
  const logs = par("actor/logStd", [1, actions.length], constantInit(c.initialLogStd)); // the same wherever one is
  const normal = gaussian(center, logs);
  return {
    outputs: { center, logs },
    logSize: actions.length * Math.LN2,
    // of u: squashing changes densities by a factor that old and new policies share
    logProb: (u) => normal.logProb(u as Matrix),
    entropy: (noise) => (c.squash ? neg(squashedGaussian(center, logs).sample(noise).logProb) : normal.entropy),
  };
}

/** Actions as an input of a graph, [B, D]. */
export const actionsInput = ({ continuous, actions }: PopulationSpec, rows: number) =>
  continuous ? matrix(rows, actions.length) : indices(rows, actions.length);

/** Outputs of an actor, evaluated. */
export interface Evaluated {
  readonly center: Float32Array;
  readonly logs: Float32Array;
}

export interface Drawing {
  /** Actions [B, D] as they are remembered. */
  readonly actions: Int32Array | Float32Array;
  readonly logProb: Float32Array; // [B]
  /** Draws B = `rows` actions; `noise` [B, D] is uniform for choices, normal for boxes. */
  draw(from: Evaluated, noise: Float64Array, rows: number): void;
  /** The most likely choices, or the middle of the normals. */
  mode(from: Evaluated, rows: number): void;
  /** What the environment is to be given for component `a` of `actions`. */
  played(a: number): number;
}

const LN_2PI = 1.8378770664093453;

export function createDrawing(spec: PopulationSpec, c: ActorOptions, most: number): Drawing {
  const { continuous, actions: dimensions } = spec;
  const D = dimensions.length;
  const logProb = new Float32Array(most);
  if (continuous) {
    const actions = new Float32Array(most * D);
    const middle = dimensions.map(({ space: { low, high } }) => (low + high) / 2);
    const half = dimensions.map(({ space: { low, high } }) => (high - low) / 2);
    return {
      actions,
      logProb,
      draw({ center, logs }, noise, rows) {
        // u = μ + σ z;   ln p = −Σ (½ z² + ln σ + ½ ln 2π)
        for (let r = 0, a = 0; r < rows; r++) {
          let sum = 0;
          for (let d = 0; d < D; d++, a++) {
            actions[a] = center[a] + exp(logs[d]) * noise[a];
            sum += 0.5 * noise[a] * noise[a] + logs[d] + 0.5 * LN_2PI;
          }
          logProb[r] = -sum;
        }
      },
      mode({ center }, rows) {
        actions.set(center.subarray(0, rows * D));
      },
      played: (a) => middle[a % D] + half[a % D] * (c.squash ? tanh(actions[a]) : actions[a]),
    };
  }
  const branches = branchesOf(spec);
  const choices = choicesOf(spec);
  const actions = new Int32Array(most * D);
  return {
    actions,
    logProb,
    draw({ center, logs }, noise, rows) {
      sampleCategorical(actions.subarray(0, rows * D), center, noise, branches);
      for (let r = 0, a = 0; r < rows; r++) {
        let sum = 0;
        for (let d = 0, column = r * choices; d < D; column += branches[d++]) sum += logs[column + actions[a++]];
        logProb[r] = sum;
      }
    },
    mode({ center }, rows) {
      for (let r = 0, a = 0; r < rows; r++)
        for (let d = 0, column = r * choices; d < D; column += branches[d++], a++) {
          actions[a] = 0;
          for (let k = 1; k < branches[d]; k++) if (center[column + k] > center[column + actions[a]]) actions[a] = k;
        }
    },
    played: (a) => actions[a],
  };
}
