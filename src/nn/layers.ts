// Layers: functions from a tensor to a tensor that declare their parameters on the way.
import type { Param, Tensor } from "./graph.ts";
import { constantInit, fanInUniform, type Initialiser, orthogonal, zeros } from "./initialise.ts";
import { add, div, matmul, mul, relu, rowMean, sigmoid, sliceCols, sqrt, square, sub, tanh } from "./ops.ts";

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

/**
 * One step of a gated recurrent unit (Cho et al. 2014, https://arxiv.org/abs/1406.1078, with the reset gate where PyTorch has it): h′ [B, H] of x [B, F] and h [B, H].
 * Parameters are `name/input/…` and `name/hidden/…`, columns in the order update, reset, candidate.
 */
export function gru(param: Param, x: T, h: T, name: string): T {
  const H = h.shape[1];
  const gates = (of: T, side: string) =>
    dense(param, of, { name: `${name}/${side}`, outputs: 3 * H, weight: orthogonal(1), bias: zeros });
  const [input, hidden] = [gates(x, "input"), gates(h, "hidden")];
  const part = (of: T, k: number) => sliceCols(of, k * H, (k + 1) * H);
  // z, r = σ(W x + U h + b),   n = tanh(W x + b + r ∘ (U h + b′)),   h′ = (1 − z) ∘ n + z ∘ h
  const z = sigmoid(add(part(input, 0), part(hidden, 0)));
  const r = sigmoid(add(part(input, 1), part(hidden, 1)));
  const n = tanh(add(part(input, 2), mul(r, part(hidden, 2))));
  return add(n, mul(z, sub(h, n)));
}

/** (x − mean) / √(variance + 1e-5) along each row, times a gain, plus a bias (Ba, Kiros & Hinton 2016). */
export function layerNorm(param: Param, x: T, name: string): T {
  const centred = sub(x, rowMean(x));
  const deviation = sqrt(add(rowMean(square(centred)), 1e-5));
  const gain = param(`${name}/gain`, [1, x.shape[1]], constantInit(1));
  const bias = param(`${name}/bias`, [1, x.shape[1]], zeros);
  return add(mul(div(centred, deviation), gain), bias);
}
