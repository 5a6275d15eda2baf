// Runs a traced graph with onnxruntime-node, where that optional package is installed: the same losses as on the WebAssembly
// kernels (wasm.ts), on the processor's widest vectors, in Node only. Lowered by onnx-lower.ts, written by onnx-model.ts.
//
// One model holds outputs, loss and gradients; or, with createOnnxTrainStep, a whole training step including Adam.
//   parameters  every parameter is an input that looks into the flat θ, so nothing is split or copied
//   results     are written into arrays that exist beforehand; θ, m and v alternate between two sets
// Differences from wasm.ts: run() fills the gradients too; arrays need no arena; results may differ in the last bits between
// processors and versions of the library, so the backend is part of what a run depends on.
//
// The library's public API returns promises around a computation that blocks the thread all the same, after a turn of the event
// loop. Learners are synchronous, so sessions are made on the binding below it, which is; the package is pinned to one version.
import { createRequire } from "node:module";
import { type Backend, type BackendName, wasmBackend } from "../backend.ts";
import type { Graph, InputSpecs, Tensors } from "../graph.ts";
import { layoutOf } from "../params.ts";
import {
  gradientsOf,
  type Model,
  type OnnxArrays,
  paramFeeds,
  requireArray,
  startModel,
  type Values,
} from "./onnx-lower.ts";
import { encodeModel, type OnnxValue } from "./onnx-model.ts";
import type { CompileOptions, Executable } from "./wasm.ts";

export interface OnnxExecutable<I extends InputSpecs = InputSpecs, O extends Tensors = Tensors>
  extends Pick<Executable<I, O>, "inputs" | "outputs" | "loss"> {
  /** Computes outputs, loss and, if compiled with grads, the gradients. */
  run(): void;
  /** Frees the library's memory; no run after it. */
  release(): void;
}

export interface OnnxCompileOptions extends OnnxArrays {
  /** Where run() writes the gradients, laid out as θ; parameters that the loss does not train are left alone. */
  readonly grads?: Float32Array;
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
  /** Steps taken. With params, m and v, all there is to save; to restore, write into them before the next step. */
  steps: number;
  /** θ now. Another array after every step: ask again, or copy it to where an acting network reads. */
  readonly params: Float32Array;
  /** As params: another array after every step. */
  readonly m: Float32Array;
  readonly v: Float32Array;
  /** Loss, gradient and one update of Adam; returns the norm of the gradient before clipping. */
  step(): number;
  /** Frees the library's memory; no step after it. */
  release(): void;
}

export type OnnxAvailability =
  | { readonly ok: true }
  /** `installed` says whether the package is there at all: false where it was left out, true where it does not load. */
  | { readonly ok: false; readonly installed: boolean; readonly reason: string };

/** Whether onnxruntime-node can be loaded here, or in one line why not. */
export function onnxAvailable(): OnnxAvailability {
  try {
    load();
    return { ok: true };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const installed = !(code === "MODULE_NOT_FOUND" && message.includes(`'${LIBRARY}'`));
    const line = message.split("\n")[0];
    return installed
      ? { ok: false, installed, reason: `${LIBRARY} is installed but does not load: ${line}` }
      : { ok: false, installed, reason: `${LIBRARY} is not installed. Run npm install --include=optional.` };
  }
}

/** Losses and gradients by onnxruntime-node, in the arrays where the kernels would have them. Throws where it is missing. */
export function onnxBackend(): Backend {
  load();
  return {
    name: "onnx",
    compile<I extends InputSpecs, O extends Tensors>(graph: Graph<I, O>, options: CompileOptions): Executable<I, O> {
      return { ...compileOnnx(graph, options), backward() {} };
    },
  };
}

/** The backend that a run names. */
export const backendNamed = (name: BackendName): Backend => (name === "onnx" ? onnxBackend() : wasmBackend);

/** Needs onnxruntime-node: see onnxAvailable. */
export function compileOnnx<I extends InputSpecs, O extends Tensors>(
  graph: Graph<I, O>,
  options: OnnxCompileOptions,
): OnnxExecutable<I, O> {
  const { params, grads, layout = layoutOf(graph) } = options;
  if (grads) requireArray("grads", grads, layout.size, "f32");
  if (grads && !graph.loss) {
    throw new Error("compileOnnx: got grads for a graph without a loss. Return { loss } from trace.");
  }
  const model = startModel(graph, options);
  if (model.outputs.length === 0) throw new Error("compileOnnx: the graph has neither outputs nor a loss.");
  const fetches = new Map(model.fetches);
  if (grads) {
    for (const { name, shape, from, to, value } of gradientsOf(graph, layout, model)) {
      const output = `grad:${name}`;
      model.output(output, value(), shape);
      fetches.set(output, grads.subarray(from, to));
    }
  }
  const feeds = new Map([...model.feeds, ...paramFeeds(model, params)]);
  const run = createSession(model, options.threads, [{ feeds, fetches }]);
  return { ...model.views, run: () => run.go(0), release: run.release };
}

/** The whole training step as one model. Needs onnxruntime-node: see onnxAvailable. `params` holds the θ to start from. */
export function createOnnxTrainStep<I extends InputSpecs, O extends Tensors>(
  graph: Graph<I, O>,
  options: OnnxTrainStepOptions,
): OnnxTrainStep<I, O> {
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
  const run = createSession(model, options.threads, [way(first, second), way(second, first)]);

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
    step() {
      const t = this.steps + 1;
      if (reached >= t) [power1, power2, reached] = [1, 1, 0];
      for (; reached < t; reached++) {
        power1 *= beta1;
        power2 *= beta2;
      }
      const correction = Math.sqrt(1 - power2);
      scalars.stepSize[0] = (this.learningRate * correction) / (1 - power1);
      scalars.epsilon[0] = epsilon * correction;
      run.go(current);
      current = 1 - current;
      this.steps = t;
      return scalars.norm[0];
    },
    release: run.release,
  };
  return trainStep;
}

// Loading the library. It is described here, and required by name, so that the types check where it is not installed.

const LIBRARY = "onnxruntime-node";
type Named = Readonly<Record<string, object>>;

interface Library {
  readonly Tensor: new (type: "float32" | "int32", data: Values, dims: readonly number[]) => object;
  readonly InferenceSession: new () => Session;
}

interface Session {
  loadModel(buffer: ArrayBufferLike, from: number, length: number, options: Readonly<Record<string, unknown>>): void;
  /** Values in `fetches` are written in place. */
  run(feeds: Named, fetches: Named, options: Named): Named;
  dispose(): void;
}

let library: Library | undefined;

function load(): Library {
  if (library) return library;
  const require = createRequire(import.meta.url);
  const { Tensor } = require(LIBRARY);
  const { binding, initOrt } = require(`${LIBRARY}/dist/binding.js`);
  initOrt();
  return (library = { Tensor, InferenceSession: binding.InferenceSession });
}

interface Way {
  readonly feeds: ReadonlyMap<string, Values>;
  readonly fetches: ReadonlyMap<string, Values>;
}

/** A session for the model, and for each way of feeding it the tensors, made once. */
function createSession(model: Model, threads = 1, ways: readonly Way[]) {
  const available = onnxAvailable();
  if (!available.ok) throw new Error(available.reason);
  const { Tensor, InferenceSession } = load();
  const session = new InferenceSession();
  const bytes = encodeModel(model);
  session.loadModel(bytes.buffer, bytes.byteOffset, bytes.byteLength, {
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
  return {
    go(way: number): void {
      for (const check of model.checks) check();
      session.run(prepared[way].feeds, prepared[way].fetches, {});
    },
    release: () => session.dispose(),
  };
}
