// Lowers a traced graph to an ONNX model and runs it with onnxruntime-node, where that optional package is installed: the
// same losses as on the WebAssembly kernels (wasm.ts), on the processor's widest vectors, in Node only.
//
// One model holds outputs, loss and gradients; or, with createOnnxTrainStep, a whole training step including Adam.
//   parameters  every parameter is an input that looks into the flat θ, so nothing is split or copied
//   results     are written into arrays that exist beforehand; θ, m and v alternate between two sets
// Differences from wasm.ts: run() returns a promise, because that is all onnxruntime-node offers, though the computation itself
// blocks the thread; there is no backward(), run() fills the gradients too; arrays need no arena; results may differ in the last
// bits between processors and versions of the library, so a run that must be reproducible bit by bit uses wasm.ts.
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
import { type Attributes, encodeModel, type OnnxConstant, type OnnxNode, type OnnxValue } from "./onnx-model.ts";
import type { Executable } from "./wasm.ts";

export interface OnnxExecutable<I extends InputSpecs = InputSpecs, O extends Tensors = Tensors>
  extends Pick<Executable<I, O>, "inputs" | "outputs" | "loss"> {
  /** Computes outputs, loss and, if compiled with grads, the gradients. One at a time. */
  run(): Promise<void>;
  /** Frees the library's memory; no run after it. */
  release(): Promise<void>;
}

export interface OnnxCompileOptions {
  /** θ: as many elements as the layout, in any memory that is not shared between threads. */
  readonly params: Float32Array;
  /** Where run() writes the gradients, laid out as θ; parameters that the loss does not train are left alone. */
  readonly grads?: Float32Array;
  /** Where each parameter lies in θ. Default: layoutOf(graph). */
  readonly layout?: ParamLayout;
  /** Inputs that live elsewhere, such as another executable's output. */
  readonly bind?: Readonly<Record<string, Float32Array | Int32Array>>;
  /** Threads of the library's own, for the larger operations. Default 1. */
  readonly threads?: number;
}

export interface OnnxTrainStepOptions extends Omit<OnnxCompileOptions, "grads"> {
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

export interface OnnxTrainStep<I extends InputSpecs = InputSpecs, O extends Tensors = Tensors>
  extends Pick<Executable<I, O>, "inputs" | "outputs" | "loss"> {
  /** Change it between steps for a schedule. */
  learningRate: number;
  /** Steps taken. With params, m and v, all there is to save. */
  steps: number;
  /** θ now. Another array after every step: ask again, or copy it to where an acting network reads. */
  readonly params: Float32Array;
  /** As params: another array after every step. */
  readonly m: Float32Array;
  readonly v: Float32Array;
  /** Loss, gradient and one update of Adam; returns the norm of the gradient before clipping. One at a time. */
  step(): Promise<number>;
  /** Frees the library's memory; no step after it. */
  release(): Promise<void>;
}

export type OnnxAvailability =
  | { readonly ok: true }
  /** `installed` says whether the package is there at all: false where it was left out, true where it does not load. */
  | { readonly ok: false; readonly installed: boolean; readonly reason: string };

/** Whether onnxruntime-node can be loaded here, or in one line why not. */
export async function onnxAvailable(): Promise<OnnxAvailability> {
  try {
    await load();
    return { ok: true };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const installed = !(code === "ERR_MODULE_NOT_FOUND" && message.includes(`'${LIBRARY}'`));
    const line = message.split("\n")[0];
    return installed
      ? { ok: false, installed, reason: `${LIBRARY} is installed but does not load: ${line}` }
      : { ok: false, installed, reason: `${LIBRARY} is not installed. Run npm install --include=optional.` };
  }
}

/** Needs onnxruntime-node: see onnxAvailable. */
export async function compileOnnx<I extends InputSpecs, O extends Tensors>(
  graph: Graph<I, O>,
  options: OnnxCompileOptions,
): Promise<OnnxExecutable<I, O>> {
  const { params, grads, layout = layoutOf(graph) } = options;
  if (grads) requireArray("grads", grads, layout.size, "f32");
  if (grads && !graph.loss) {
    throw new Error("compileOnnx: got grads for a graph without a loss. Return { loss } from trace.");
  }
  const model = startModel(graph, options);
  const fetches = new Map(model.fetches);
  if (grads) {
    for (const { name, shape, from, to, value } of gradientsOf(graph, layout, model)) {
      const output = `grad:${name}`;
      model.output(output, value(), shape);
      fetches.set(output, grads.subarray(from, to));
    }
  }
  const feeds = new Map([...model.feeds, ...paramFeeds(model, params)]);
  const run = await createSession(model, options.threads, [{ feeds, fetches }]);
  return { ...model.views, run: () => run.go(0), release: run.release };
}

/** The whole training step as one model. Needs onnxruntime-node: see onnxAvailable. `params` holds the θ to start from. */
export async function createOnnxTrainStep<I extends InputSpecs, O extends Tensors>(
  graph: Graph<I, O>,
  options: OnnxTrainStepOptions,
): Promise<OnnxTrainStep<I, O>> {
  const { layout = layoutOf(graph), learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const { maxGradNorm = Number.POSITIVE_INFINITY } = options;
  if (!graph.loss) throw new Error("createOnnxTrainStep: the graph has no loss. Return { loss } from trace.");
  const model = startModel(graph, options);
  const P = layout.size;

  // 1. The gradient, flat like θ; parameters that the loss does not train keep gradient 0, and so stay as they are.
  const flat = new Map(
    gradientsOf(graph, layout, model).map(({ name, value }) => [
      name,
      model.op("Reshape", [value(), model.ints([-1])]),
    ]),
  );
  const pieces = layout.slices.map(({ name, from, to }) => flat.get(name) ?? model.zeros([to - from]));
  const g = model.op("Concat", pieces, { axis: 0 });

  // 2. Adam as in adam.ts, with the factor of the clipping moved into the two coefficients:
  //      s = min(1, maxGradNorm / ‖g‖),   m ← β₁ m + (1 − β₁) s g,   v ← β₂ v + (1 − β₂) s² g²
  //      θ ← θ − stepSize m / (√v + ε),   stepSize and ε with the bias correction in them
  const [theta, m, v] = ["theta", "m", "v"].map((name) => model.input(name, "f32", [P]));
  const [stepSize, eps] = ["stepSize", "epsilon"].map((name) => model.input(name, "f32", []));
  const { op, number } = model;
  const norm = op("Sqrt", [op("ReduceSumSquare", [g], { keepdims: 0 })]);
  let [weightM, weightV] = [number(1 - beta1), number(1 - beta2)];
  if (maxGradNorm < Number.POSITIVE_INFINITY) {
    const limit = number(maxGradNorm);
    const s = op("Div", [limit, op("Max", [norm, limit])]);
    weightM = op("Mul", [weightM, s]);
    weightV = op("Mul", [weightV, op("Mul", [s, s])]);
  }
  const newM = op("Add", [op("Mul", [m, number(beta1)]), op("Mul", [g, weightM])], {}, "m+");
  const newV = op("Add", [op("Mul", [v, number(beta2)]), op("Mul", [op("Mul", [g, g]), weightV])], {}, "v+");
  const direction = op("Div", [newM, op("Add", [op("Sqrt", [newV]), eps])]);
  const newTheta = op("Sub", [theta, op("Mul", [direction, stepSize])], {}, "theta+");
  for (const result of [newTheta, newM, newV]) model.output(result, result, [P]);
  model.output("norm", norm, []);

  // 3. Two sets of θ, m and v: a step reads one and writes the other.
  const first = { params: options.params.slice(), m: new Float32Array(P), v: new Float32Array(P) };
  const second = { params: new Float32Array(P), m: new Float32Array(P), v: new Float32Array(P) };
  const scalars = { stepSize: new Float32Array(1), epsilon: new Float32Array(1), norm: new Float32Array(1) };
  const way = (from: typeof first, to: typeof first) => ({
    feeds: new Map<string, Values>([
      ...model.feeds,
      ...paramFeeds(model, from.params),
      ["theta", from.params],
      ["m", from.m],
      ["v", from.v],
      ["stepSize", scalars.stepSize],
      ["epsilon", scalars.epsilon],
    ]),
    fetches: new Map<string, Values>([
      ...model.fetches,
      ["theta+", to.params],
      ["m+", to.m],
      ["v+", to.v],
      ["norm", scalars.norm],
    ]),
  });
  const run = await createSession(model, options.threads, [way(first, second), way(second, first)]);

  let current = 0;
  const state = () => (current === 0 ? first : second);
  // β₁ᵗ and β₂ᵗ by repeated multiplication, the same everywhere; `reached` is the t they belong to
  let [power1, power2, reached] = [1, 1, 0];
  const trainStep: OnnxTrainStep<I, O> = {
    ...model.views,
    learningRate,
    steps: 0,
    get params() {
      return state().params;
    },
    get m() {
      return state().m;
    },
    get v() {
      return state().v;
    },
    async step() {
      const t = this.steps + 1;
      if (reached >= t) [power1, power2, reached] = [1, 1, 0];
      for (; reached < t; reached++) {
        power1 *= beta1;
        power2 *= beta2;
      }
      const correction = Math.sqrt(1 - power2);
      scalars.stepSize[0] = (this.learningRate * correction) / (1 - power1);
      scalars.epsilon[0] = epsilon * correction;
      await run.go(current);
      current = 1 - current;
      this.steps = t;
      return scalars.norm[0];
    },
    release: run.release,
  };
  return trainStep;
}

// Loading the library. It is described here, and named in a variable, so that the types check where it is not installed.

const LIBRARY = "onnxruntime-node";
type Values = Float32Array | Int32Array;
type Named = Readonly<Record<string, object>>;

interface Library {
  readonly Tensor: new (type: "float32" | "int32", data: Values, dims: readonly number[]) => object;
  readonly InferenceSession: {
    create(model: Uint8Array, options: Readonly<Record<string, unknown>>): Promise<Session>;
  };
}

interface Session {
  /** Values in `fetches` are written in place. */
  run(feeds: Named, fetches: Named): Promise<Named>;
  release(): Promise<void>;
}

async function load(): Promise<Library> {
  const module: { default: Library } = await import(LIBRARY);
  return module.default;
}

interface Way {
  readonly feeds: ReadonlyMap<string, Values>;
  readonly fetches: ReadonlyMap<string, Values>;
}

/** A session for the model, and for each way of feeding it the tensors, made once. */
async function createSession(model: Model, threads = 1, ways: readonly Way[]) {
  const { Tensor, InferenceSession } = await load().catch(async (error) => {
    const available = await onnxAvailable();
    throw available.ok ? error : new Error(available.reason);
  });
  const session = await InferenceSession.create(encodeModel(model), {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    logSeverityLevel: 3,
  });
  const tensors = (values: readonly OnnxValue[], arrays: ReadonlyMap<string, Values>) =>
    Object.fromEntries(
      values.map(({ name, dtype, shape }) => [
        name,
        new Tensor(dtype === "f32" ? "float32" : "int32", arrays.get(name)!, shape),
      ]),
    );
  const prepared = ways.map(({ feeds, fetches }) => ({
    feeds: tensors(model.inputs, feeds),
    fetches: tensors(model.outputs, fetches),
  }));
  let running = false;
  return {
    async go(way: number): Promise<void> {
      if (running) throw new Error("onnx: asked to run while the last run has not ended. Await it first.");
      running = true;
      try {
        for (const check of model.checks) check();
        await session.run(prepared[way].feeds, prepared[way].fetches);
      } finally {
        running = false;
      }
    },
    release: () => session.release(),
  };
}

// The model

interface Model {
  readonly nodes: OnnxNode[];
  readonly constants: OnnxConstant[];
  readonly inputs: OnnxValue[];
  readonly outputs: OnnxValue[];
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
const arrayFor = ({ dtype, shape }: Tensor): Values =>
  dtype === "f32" ? new Float32Array(shape[0] * shape[1]) : new Int32Array(shape[0] * shape[1]);

/** A model of the graph's outputs and loss, to which gradients can be added. */
function startModel<I extends InputSpecs, O extends Tensors>(
  graph: Graph<I, O>,
  { params, layout = layoutOf(graph), bind = {} }: OnnxCompileOptions,
) {
  requireArray("params", params, layout.size, "f32");
  for (const name of Object.keys(bind)) {
    if (!(name in graph.inputs)) {
      throw new Error(`compileOnnx: bind names "${name}", but the inputs are ${Object.keys(graph.inputs).join(", ")}.`);
    }
  }
  const views: Record<string, Values> = {};
  const feeds = new Map<string, Values>();
  const fetches = new Map<string, Values>();
  const lowered = new Map<Tensor, Stored>();
  const known = new Map<string, string>();
  const slices: ParamLayout["slices"][number][] = [];
  let names = 0;
  const constant = (value: OnnxConstant["value"]) => {
    const key = Array.isArray(value) ? `[${value}]` : String(value);
    if (!known.has(key)) {
      known.set(key, `constant ${key}`);
      model.constants.push({ name: `constant ${key}`, value });
    }
    return known.get(key)!;
  };
  const model: Model = {
    nodes: [],
    constants: [],
    inputs: [],
    outputs: [],
    checks: [],
    slices,
    feeds,
    fetches,
    op(type, inputs, attributes = {}, output = `${type} ${names++}`) {
      model.nodes.push({ type, inputs, output, attributes });
      return output;
    },
    input(name, dtype, shape) {
      model.inputs.push({ name, dtype, shape });
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
          const slice = layout.slices.find((s) => s.name === name);
          if (!slice) {
            throw new Error(
              `compileOnnx: parameter "${name}" is not in the layout. Build it with layoutOf(…every graph).`,
            );
          }
          slices.push(slice);
          lowered.set(each, { name: model.input(`param:${name}`, "f32", each.shape), shape: each.shape });
        } else
          lowered.set(
            each,
            lowerNode(each, (source) => lowered.get(source)!, model),
          );
        if (each.op.kind === "gather" || each.op.kind === "scatter") checkIndex(each, model, views);
      }
      return whole(tensor, lowered.get(tensor)!, model);
    },
    output(name, value, shape, dtype = "f32") {
      if (value !== name) model.op("Identity", [value], {}, name);
      model.outputs.push({ name, shape, dtype });
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
function paramFeeds({ slices }: Model, params: Float32Array): [string, Values][] {
  return slices.map(({ name, from, to }) => [`param:${name}`, params.subarray(from, to)]);
}

/** The gradient of every parameter that the loss trains; `value` adds it to the model. */
function gradientsOf(graph: Graph, layout: ParamLayout, model: Model) {
  const trained = [...graph.trained];
  const gradients = gradient(
    graph.loss!,
    trained.map(([, tensor]) => tensor),
  );
  return trained.map(([parameter], i) => {
    const slice = layout.slices.find(({ name }) => name === parameter);
    if (!slice) {
      throw new Error(
        `compileOnnx: parameter "${parameter}" is not in the layout. Build it with layoutOf(…every graph).`,
      );
    }
    const g = gradients[i];
    return { ...slice, value: () => (g ? model.lower(g) : model.zeros(slice.shape)) };
  });
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
  const cols = tensor.op.kind === "gather" ? tensor.sources[0].shape[1] : tensor.shape[1];
  const [rows, picks] = tensor.sources[1].shape;
  let [index, from] = [tensor.sources[1], 0];
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

function requireArray(what: string, array: Values, length: number, dtype: DType): void {
  const type = array instanceof Float32Array ? "f32" : "i32";
  if (type !== dtype || array.length !== length) {
    throw new Error(`compileOnnx: ${what} has ${array.length} elements of ${type}, expected ${length} of ${dtype}.`);
  }
}
