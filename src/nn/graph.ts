// Traced graphs: a loss written once as a value, to be differentiated (gradient.ts) and lowered to a backend (backends/).
//
// Every tensor is a matrix [rows, cols]: a scalar is [1, 1], one number per row is [B, 1], a bias is [1, N]. A tensor is an
// immutable node that knows its operation and its sources; the functions of ops.ts build them and check shapes. Nothing is
// computed here, and nothing is remembered outside the nodes themselves.
// Left out: ranks above two, sparse tensors, control flow, second derivatives.
import type { Initialiser } from "./initialise.ts";
import type { Shape } from "./shape.ts";

export type DType = "f32" | "i32";
export type { Shape };

/** What a node computes from its sources. The names of the kernels in src/kernels, where there is one. */
export type Op =
  | { readonly kind: "input" | "param"; readonly name: string }
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "matmul"; readonly transposeA: boolean; readonly transposeB: boolean }
  | { readonly kind: Unary | Binary | BinaryGrad | RowGrad | "select" }
  | { readonly kind: "scale" | "shift"; readonly by: number }
  | { readonly kind: "clip" | "clipGrad"; readonly low: number; readonly high: number }
  | { readonly kind: "huber"; readonly delta: number }
  | { readonly kind: "broadcast" | "reshape" | "stopGradient" }
  | { readonly kind: "sum" | "colSum" | "rowSum" | "rowMax" | "rowArgmax" | "softmax" | "logSoftmax" }
  | { readonly kind: "gather" | "scatter" | "concatCols" }
  | { readonly kind: "pick" | "pickGradX" | "pickGradW" }
  | { readonly kind: "sliceCols" | "padCols"; readonly from: number };

export type Unary = "neg" | "exp" | "log" | "tanh" | "relu" | "sigmoid" | "softplus" | "square" | "abs" | "sqrt";
export type Binary = "add" | "sub" | "mul" | "div" | "minimum" | "maximum" | "lessEqual";
/** Derivatives as operations of their own: sources are the gradient that arrives and what the forward pass kept. */
export type BinaryGrad = "tanhGrad" | "reluGrad" | "sigmoidGrad" | "absGrad";
export type RowGrad = "softmaxGrad" | "logSoftmaxGrad";

export interface Tensor<D extends DType = DType> {
  readonly op: Op;
  readonly dtype: D;
  readonly shape: Shape;
  readonly sources: readonly Tensor[];
}

/** A trainable slice of the flat parameter vector. */
export interface ParamSpec {
  readonly name: string;
  readonly shape: Shape;
  readonly init: Initialiser;
}

/** Declares a parameter, or returns the one of that name: sharing weights is asking twice. */
export type Param = (name: string, shape: Shape, init: Initialiser) => Tensor<"f32">;

export interface InputSpec<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: Shape;
}
export type InputSpecs = Readonly<Record<string, InputSpec>>;
export type Tensors = Readonly<Record<string, Tensor>>;

export interface Graph<I extends InputSpecs = InputSpecs, O extends Tensors = Tensors> {
  readonly inputs: { readonly [K in keyof I]: Tensor<I[K]["dtype"]> };
  readonly params: readonly ParamSpec[];
  readonly outputs: O;
  readonly loss: Tensor<"f32"> | undefined;
  /** Parameters that the loss trains, by name. */
  readonly trained: ReadonlyMap<string, Tensor<"f32">>;
}

export interface Traced<O extends Tensors> {
  /** [1, 1], minimised. */
  readonly loss?: Tensor<"f32">;
  readonly outputs?: O;
  /** Prefixes of the parameters that the loss trains. Default: all of them. */
  readonly train?: readonly string[];
}

/** An f32 input [rows, cols]. */
export function matrix(rows: number, cols = 1): InputSpec<"f32"> {
  return { dtype: "f32", shape: [rows, cols] };
}

/** An i32 input [rows, cols], such as the action taken in each row. */
export function indices(rows: number, cols = 1): InputSpec<"i32"> {
  return { dtype: "i32", shape: [rows, cols] };
}

/**
 * ```ts
 * const graph = trace({ obs: matrix(B, F), action: indices(B), target: matrix(B) }, ({ obs, action, target }, param) => {
 *   const q = mlp(param, obs, { name: "q", hidden: [64, 64], outputs: A, activation: "relu" });
 *   return { loss: mean(huber(sub(gather(q, action), target))), outputs: { q } };
 * });
 * ```
 */
export function trace<I extends InputSpecs, O extends Tensors = Record<never, Tensor>>(
  specs: I,
  build: (inputs: Graph<I>["inputs"], param: Param) => Traced<O>,
): Graph<I, O> {
  const inputs = Object.fromEntries(
    Object.entries(specs).map(([name, { dtype, shape }]) => {
      checkShape(`Input "${name}"`, shape);
      return [name, { op: { kind: "input", name }, dtype, shape, sources: [] }];
    }),
  ) as unknown as Graph<I>["inputs"];

  const params = new Map<string, ParamSpec>();
  const tensors = new Map<string, Tensor<"f32">>();
  const param: Param = (name, shape, init) => {
    const known = tensors.get(name);
    if (known) {
      if (known.shape[0] !== shape[0] || known.shape[1] !== shape[1]) {
        throw new Error(
          `Parameter "${name}": asked for with shape [${shape}], but it exists with [${known.shape}]. ` +
            "Give the second one a name of its own.",
        );
      }
      return known;
    }
    checkShape(`Parameter "${name}"`, shape);
    const tensor: Tensor<"f32"> = { op: { kind: "param", name }, dtype: "f32", shape, sources: [] };
    params.set(name, { name, shape, init });
    tensors.set(name, tensor);
    return tensor;
  };

  const { loss, outputs = {} as O, train } = build(inputs, param);
  if (loss && (loss.shape[0] !== 1 || loss.shape[1] !== 1)) {
    throw new Error(`trace: the loss has shape [${loss.shape}], expected [1, 1]. Reduce it with mean or sum.`);
  }
  for (const prefix of train ?? []) {
    if (![...tensors.keys()].some((name) => name.startsWith(prefix))) {
      throw new Error(
        `trace: train names "${prefix}", but the parameters are ${[...tensors.keys()].join(", ") || "none"}.`,
      );
    }
  }
  const trained = new Map([...tensors].filter(([name]) => !train || train.some((prefix) => name.startsWith(prefix))));
  return { inputs, params: [...params.values()], outputs, loss, trained };
}

/** Every node that the roots depend on, sources before users, in an order that depends on the graph only. */
export function topological(roots: Iterable<Tensor>, sources = (t: Tensor) => t.sources): Tensor[] {
  const order: Tensor[] = [];
  const seen = new Set<Tensor>();
  const visit = (tensor: Tensor) => {
    if (seen.has(tensor)) return;
    seen.add(tensor);
    for (const source of sources(tensor)) visit(source);
    order.push(tensor);
  };
  for (const root of roots) visit(root);
  return order;
}

function checkShape(what: string, shape: Shape): void {
  if (shape.length !== 2 || !shape.every((n) => Number.isInteger(n) && n > 0)) {
    throw new Error(`${what}: got shape [${shape}], expected two positive integers [rows, cols].`);
  }
}
