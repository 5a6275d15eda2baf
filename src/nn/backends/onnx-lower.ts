// Lowers a traced graph to ONNX operators, by name: which operator computes each node, on which arrays inputs and results lie.
// The library fuses what can be fused (a product with its bias and activation) and reuses buffers by itself.
// https://github.com/onnx/onnx/blob/main/docs/Operators.md, opset 17
import type { Arena } from "../../kernels/arena.ts";
import { gradient } from "../gradient.ts";
import {
  type DType,
  type Graph,
  type InputSpecs,
  type Shape,
  type Tensor,
  type Tensors,
  topological,
} from "../graph.ts";
import { layoutOf, type ParamLayout } from "../params.ts";
import type { Attributes, OnnxConstant, OnnxModel, OnnxNode, OnnxValue } from "./onnx-model.ts";
import type { Executable } from "./wasm.ts";

export type Values = Float32Array | Int32Array;

export interface OnnxArrays {
  /** θ: as many elements as the layout. It may lie in an arena. */
  readonly params: Float32Array;
  /** Where each parameter lies in θ. Default: layoutOf(graph). */
  readonly layout?: ParamLayout;
  /** Inputs that live elsewhere, such as another executable's output. */
  readonly bind?: Readonly<Record<string, Values>>;
  /** Where inputs, outputs and loss are allocated, to be seen by other threads. Default: arrays of their own. */
  readonly arena?: Pick<Arena, "f32" | "i32">;
}

export interface Model extends OnnxModel {
  /** Parameters that the model reads, and their places in θ. */
  readonly slices: ParamLayout["slices"];
  readonly feeds: ReadonlyMap<string, Values>;
  readonly fetches: ReadonlyMap<string, Values>;
  /** Of indices that arrive as inputs: before every run, since the library counts a negative one from the end. */
  readonly checks: (() => void)[];
  /** Each returns the name of the value. */
  op(type: string, inputs: readonly string[], attributes?: Attributes, output?: string): string;
  input(name: string, dtype: DType, shape: readonly number[]): string;
  number(value: number): string;
  ints(value: readonly number[]): string;
  zeros(shape: readonly number[]): string;
  /** Adds what computes the tensor, unless it is there. */
  lower(tensor: Tensor): string;
  output(name: string, value: string, shape: readonly number[], dtype?: DType): void;
}

const sizeOf = ({ shape }: { readonly shape: Shape }) => shape[0] * shape[1];
const ownArrays = {
  f32: (length: number) => new Float32Array(length),
  i32: (length: number) => new Int32Array(length),
};

/** A model of the graph's outputs and loss, to which gradients can be added. */
export function startModel<I extends InputSpecs, O extends Tensors>(
  graph: Graph<I, O>,
  { params, layout = layoutOf(graph), bind = {}, arena = ownArrays }: OnnxArrays,
) {
  requireArray("params", params, layout.size, "f32");
  for (const name of Object.keys(bind)) {
    if (!(name in graph.inputs)) {
      throw new Error(`compileOnnx: bind names "${name}", but the inputs are ${Object.keys(graph.inputs).join(", ")}.`);
    }
  }
  const arrayFor = (tensor: Tensor): Values => arena[tensor.dtype](sizeOf(tensor));
  const views: Record<string, Values> = {};
  const feeds = new Map<string, Values>();
  const fetches = new Map<string, Values>();
  const lowered = new Map<Tensor, Stored>();
  const stored = (tensor: Tensor) => lowered.get(tensor)!;
  const known = new Map<string, string>();
  const slices: ParamLayout["slices"][number][] = [];
  let names = 0;
  const constant = (value: OnnxConstant["value"]) => {
    const key = Array.isArray(value) ? `[${value}]` : String(value);
    if (!known.has(key)) {
      known.set(key, `constant ${key}`);
      constants.push({ name: `constant ${key}`, value });
    }
    return known.get(key)!;
  };
  const nodes: OnnxNode[] = [];
  const constants: OnnxConstant[] = [];
  const inputs: OnnxValue[] = [];
  const results: OnnxValue[] = [];
  const model: Model = {
    nodes,
    constants,
    inputs,
    outputs: results,
    checks: [],
    slices,
    feeds,
    fetches,
    op(type, inputs, attributes = {}, output = `${type} ${names++}`) {
      nodes.push({ type, inputs, output, attributes });
      return output;
    },
    input(name, dtype, shape) {
      inputs.push({ name, dtype, shape });
      return name;
    },
    number: constant,
    ints: constant,
    zeros: (shape) => model.op("ConstantOfShape", [constant(shape)]),
    lower(tensor) {
      for (const each of topological([tensor])) {
        if (lowered.has(each)) continue;
        if (each.op.kind === "param") {
          const { name } = each.op;
          slices.push(sliceOf(layout, name));
          lowered.set(each, { name: model.input(`param:${name}`, "f32", each.shape), shape: each.shape });
        } else lowered.set(each, lowerNode(each, stored, model));
        if (each.op.kind === "gather" || each.op.kind === "scatter" || each.op.kind === "pick")
          checkIndex(each, model, views);
      }
      return whole(tensor, stored(tensor), model);
    },
    output(name, value, shape, dtype = "f32") {
      if (value !== name) model.op("Identity", [value], {}, name);
      results.push({ name, shape, dtype });
    },
  };

  for (const [name, tensor] of Object.entries<Tensor>(graph.inputs)) {
    const array = bind[name] ?? arrayFor(tensor);
    requireArray(`input "${name}"`, array, sizeOf(tensor), tensor.dtype);
    views[name] = array;
    feeds.set(`input:${name}`, array);
    lowered.set(tensor, { name: model.input(`input:${name}`, tensor.dtype, tensor.shape), shape: tensor.shape });
  }
  const result = (name: string, tensor: Tensor) => {
    const array = arrayFor(tensor);
    model.output(name, model.lower(tensor), tensor.shape, tensor.dtype);
    fetches.set(name, array);
    return array;
  };
  const outputs = Object.fromEntries(
    Object.entries<Tensor>(graph.outputs).map(([name, tensor]) => [name, result(`output:${name}`, tensor)]),
  );
  const loss = graph.loss ? result("loss", graph.loss) : new Float32Array(0);
  return { ...model, views: { inputs: views, outputs, loss } as Pick<Executable<I, O>, "inputs" | "outputs" | "loss"> };
}

/** Every parameter that the model reads, as a view of θ. */
export function paramFeeds({ slices }: Model, params: Float32Array): [string, Values][] {
  return slices.map(({ name, from, to }) => [`param:${name}`, params.subarray(from, to)]);
}

/** The gradient of every parameter that the loss trains; `value` adds it to the model. */
export function gradientsOf(graph: Graph, layout: ParamLayout, model: Model) {
  const trained = [...graph.trained];
  const gradients = gradient(
    graph.loss!,
    trained.map(([, tensor]) => tensor),
  );
  return trained.map(([name, { shape }], i) => {
    const g = gradients[i];
    return { ...sliceOf(layout, name), value: () => (g ? model.lower(g) : model.zeros(shape)) };
  });
}

function sliceOf({ slices }: ParamLayout, parameter: string) {
  const slice = slices.find(({ name }) => name === parameter);
  if (!slice) {
    throw new Error(
      `compileOnnx: parameter "${parameter}" is not in the layout. Build it with layoutOf(…every graph).`,
    );
  }
  return slice;
}

// Operations

/** A value in the model. Where its shape has a 1 and the tensor's has not, it stands for its repetition. */
interface Stored {
  readonly name: string;
  readonly shape: Shape;
}

function whole({ shape }: Tensor, stored: Stored, { op, ints }: Model): string {
  const same = shape[0] === stored.shape[0] && shape[1] === stored.shape[1];
  return same ? stored.name : op("Expand", [stored.name, ints(shape)]);
}

/** The operators for a node. ONNX repeats rows and columns by itself, so elementwise operations work on what is stored. */
function lowerNode(tensor: Tensor, stored: (source: Tensor) => Stored, model: Model): Stored {
  const { op: what, shape, sources } = tensor;
  const { op, number, ints, zeros } = model;
  const elementwise = (f: (...from: readonly string[]) => string): Stored => {
    const from = sources.map(stored);
    const size = (i: 0 | 1) => Math.max(...from.map((s) => s.shape[i]));
    return { name: f(...from.map(({ name }) => name)), shape: [size(0), size(1)] };
  };
  const full = (f: (...from: readonly string[]) => string): Stored => ({
    name: f(...sources.map((source) => whole(source, stored(source), model))),
    shape,
  });
  const sumCols = (x: string) => op("ReduceSum", [x, ints([1])], { keepdims: 1 });

  const { kind } = what;
  switch (kind) {
    case "input":
    case "param":
      throw new Error(`onnx: ${kind} "${what.name}" does not belong to the graph.`);
    case "constant":
      return { name: op("Expand", [number(what.value), ints([1, 1])]), shape: [1, 1] };
    case "broadcast":
    case "stopGradient":
      return stored(sources[0]);

    case "neg":
    case "exp":
    case "log":
    case "tanh":
    case "relu":
    case "sigmoid":
    case "softplus":
    case "abs":
    case "sqrt":
      return elementwise((x) => op(OPERATOR[kind], [x]));
    case "add":
    case "sub":
    case "mul":
    case "div":
    case "minimum":
    case "maximum":
      return elementwise((x, y) => op(OPERATOR[kind], [x, y]));
    case "square":
      return elementwise((x) => op("Mul", [x, x]));
    case "scale":
      return elementwise((x) => op("Mul", [x, number(what.by)]));
    case "shift":
      return elementwise((x) => op("Add", [x, number(what.by)]));
    case "clip":
      return elementwise((x) => op("Clip", [x, number(what.low), number(what.high)]));
    case "huber": // c (|x| − c / 2) with c = min(|x|, δ)
      return elementwise((x) => {
        const size = op("Abs", [x]);
        const c = op("Min", [size, number(what.delta)]);
        return op("Mul", [c, op("Sub", [size, op("Mul", [c, number(0.5)])])]);
      });
    case "lessEqual":
      return elementwise((x, y) => op("Cast", [op("LessOrEqual", [x, y])], { to: FLOAT }));
    case "select":
      return elementwise((mask, x, y) => op("Where", [op("Cast", [mask], { to: BOOL }), x, y]));

    case "tanhGrad":
      return elementwise((g, y) => op("Mul", [g, op("Sub", [number(1), op("Mul", [y, y])])]));
    case "reluGrad":
      return elementwise((g, y) => op("Where", [op("Greater", [y, number(0)]), g, number(0)]));
    case "sigmoidGrad":
      return elementwise((g, y) => op("Mul", [g, op("Mul", [y, op("Sub", [number(1), y])])]));
    case "absGrad":
      return elementwise((g, x) => op("Mul", [g, op("Sign", [x])]));
    case "clipGrad":
      return elementwise((g, x) => {
        const inside = op("Equal", [x, op("Clip", [x, number(what.low), number(what.high)])]);
        return op("Where", [inside, g, number(0)]);
      });

    case "softmax":
      return full((x) => op("Softmax", [x], { axis: 1 }));
    case "logSoftmax":
      return full((x) => op("LogSoftmax", [x], { axis: 1 }));
    case "softmaxGrad":
      return full((g, y) => op("Mul", [y, op("Sub", [g, sumCols(op("Mul", [g, y]))])]));
    case "logSoftmaxGrad":
      return full((g, y) => op("Sub", [g, op("Mul", [op("Exp", [y]), sumCols(g)])]));
    case "sum":
      return full((x) => op("ReduceSum", [x, ints([0, 1])], { keepdims: 1 }));
    case "colSum": // a product with a row of ones: 8 times as fast as ReduceSum at [128, 256]
      return full((x) => op("MatMul", [op("Expand", [number(1), ints([1, sources[0].shape[0]])]), x]));
    case "rowSum":
      return full(sumCols);
    case "rowMax":
      return full((x) => op("ReduceMax", [x], { axes: [1], keepdims: 1 }));
    case "rowArgmax":
      return full((x) => op("Cast", [op("ArgMax", [x], { axis: 1, keepdims: 1 })], { to: INT32 }));

    case "reshape":
      return full((x) => op("Reshape", [x, ints(shape)]));
    case "gather":
      return full((x, index) => op("GatherElements", [x, index], { axis: 1 }));
    case "scatter":
      return full((g, index) => op("ScatterElements", [zeros(shape), index, g], { axis: 1, reduction: "add" }));
    // All outputs of the layer are computed, and the wanted ones taken: the library has no cheaper operator.
    case "pick":
      return full((x, w, index) =>
        op("GatherElements", [op("Gemm", [x, w], { transA: 0, transB: 1 }), index], { axis: 1 }),
      );
    case "pickGradX":
    case "pickGradW":
      return full((g, x, index) => {
        const choices = kind === "pickGradX" ? sources[1].shape[0] : shape[0];
        const spread = op("ScatterElements", [zeros([sources[0].shape[0], choices]), index, g], {
          axis: 1,
          reduction: "add",
        });
        return op("Gemm", [spread, x], { transA: Number(kind === "pickGradW"), transB: 0 });
      });
    case "sliceCols":
      return full((x) => op("Slice", [x, ints([what.from]), ints([what.from + shape[1]]), ints([1])]));
    case "padCols":
      return full((x) => op("Pad", [x, ints([0, what.from, 0, shape[1] - what.from - sources[0].shape[1]])]));
    case "concatCols":
      return full((...parts) => op("Concat", parts, { axis: 1 }));
    case "matmul":
      return full((a, b) =>
        what.transposeA || what.transposeB
          ? op("Gemm", [a, b], { transA: Number(what.transposeA), transB: Number(what.transposeB) })
          : op("MatMul", [a, b]),
      );
    default:
      return kind satisfies never;
  }
}

const OPERATOR = {
  neg: "Neg",
  exp: "Exp",
  log: "Log",
  tanh: "Tanh",
  relu: "Relu",
  sigmoid: "Sigmoid",
  softplus: "Softplus",
  abs: "Abs",
  sqrt: "Sqrt",
  add: "Add",
  sub: "Sub",
  mul: "Mul",
  div: "Div",
  minimum: "Min",
  maximum: "Max",
} as const;

// element types, as ONNX numbers them
const [FLOAT, INT32, BOOL] = [1, 6, 9];

/** Adds the check of an index that is an input or columns of one. */
function checkIndex(tensor: Tensor, { checks }: Model, inputs: Readonly<Record<string, Values>>): void {
  const [first, second] = tensor.sources;
  const cols = { gather: first.shape[1], scatter: tensor.shape[1], pick: second.shape[0] }[
    tensor.op.kind as "gather" | "scatter" | "pick"
  ];
  let [index, from] = [tensor.sources.at(-1)!, 0];
  const [rows, picks] = index.shape;
  for (; index.op.kind === "sliceCols"; index = index.sources[0]) from += index.op.from;
  if (index.op.kind !== "input") return;
  const { name } = index.op;
  const values = inputs[name];
  const width = index.shape[1];
  checks.push(() => {
    for (let i = 0; i < rows; i++) {
      for (let k = 0; k < picks; k++) {
        const value = values[i * width + from + k];
        if (value < 0 || value >= cols) {
          throw new RangeError(
            `Input "${name}": got column ${value} at row ${i}, pick ${from + k}, expected 0 to ${cols - 1}.`,
          );
        }
      }
    }
  });
}

export function requireArray(what: string, array: Values, length: number, dtype: DType): void {
  const type = array instanceof Float32Array ? "f32" : "i32";
  if (type !== dtype || array.length !== length) {
    throw new Error(`compileOnnx: ${what} has ${array.length} elements of ${type}, expected ${length} of ${dtype}.`);
  }
}
