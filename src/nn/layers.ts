// Layers: functions from a tensor to a tensor that declare their parameters on the way.
import type { Param, Tensor } from "./graph.ts";
import { constantInit, fanInUniform, type Initialiser, zeros } from "./initialise.ts";
import { add, div, matmul, mul, relu, rowMean, sqrt, square, sub, tanh } from "./ops.ts";

type T = Tensor<"f32">;

const activations = { linear: (x: T) => x, relu, tanh } as const;
export type Activation = keyof typeof activations;

export interface DenseOptions {
  /** Parameters are `name/weight` [inputs, outputs] and `name/bias` [1, outputs]. */
  readonly name: string;
  readonly outputs: number;
  /** Default "linear". */
  readonly activation?: Activation;
  /** Default fanInUniform(), PyTorch's. */
  readonly weight?: Initialiser;
  /** Default fanInUniform(inputs). */
  readonly bias?: Initialiser;
}

/** activation(x W + b) */
export function dense(param: Param, x: T, options: DenseOptions): T {
  const inputs = x.shape[1];
  const { name, outputs, activation = "linear", weight = fanInUniform(), bias = fanInUniform(inputs) } = options;
  const w = param(`${name}/weight`, [inputs, outputs], weight);
  const b = param(`${name}/bias`, [1, outputs], bias);
  return activations[activation](add(matmul(x, w), b));
}

export interface MlpOptions {
  /** Layers are `name/0`, `name/1`, …; the last one is linear unless `outputActivation` says otherwise. */
  readonly name: string;
  readonly hidden: readonly number[];
  readonly outputs: number;
  readonly activation: Activation;
  /** Default "linear". */
  readonly outputActivation?: Activation;
  readonly weight?: Initialiser;
  readonly bias?: Initialiser;
  /** The last layer's weight, where it differs: PPO starts its policy head at orthogonal(0.01). */
  readonly outputWeight?: Initialiser;
}

/** A multilayer perceptron. */
export function mlp(param: Param, x: T, options: MlpOptions): T {
  const {
    name,
    hidden,
    outputs,
    activation,
    outputActivation = "linear",
    weight,
    bias,
    outputWeight = weight,
  } = options;
  const layer = (input: T, i: number, width: number, act: Activation, init: Initialiser | undefined) =>
    dense(param, input, {
      name: `${name}/${i}`,
      outputs: width,
      activation: act,
      ...(init && { weight: init }),
      ...(bias && { bias }),
    });
  const last = hidden.reduce((input, width, i) => layer(input, i, width, activation, weight), x);
  return layer(last, hidden.length, outputs, outputActivation, outputWeight);
}

/** (x − mean) / √(variance + 1e-5) along each row, times a gain, plus a bias (Ba, Kiros & Hinton 2016). */
export function layerNorm(param: Param, x: T, name: string): T {
  const centred = sub(x, rowMean(x));
  const deviation = sqrt(add(rowMean(square(centred)), 1e-5));
  const gain = param(`${name}/gain`, [1, x.shape[1]], constantInit(1));
  const bias = param(`${name}/bias`, [1, x.shape[1]], zeros);
  return add(mul(div(centred, deviation), gain), bias);
}
