// Lowers a traced graph to the WebAssembly kernels: which kernel computes each node, where its result lives, in which order.
//
// Forward and backward are two lists of kernel calls with all addresses fixed. Three things make them fast:
//   fusing    a row added to a matrix and the relu or tanh after it are one pass over the output of gemm
//   in place  an elementwise result takes the place of a source that nothing needs any more
//   reuse     a buffer whose last reader has run serves the next result, so that the working set stays in the cache
// The plan depends on the graph only, so threads that compile the same graphs on one memory agree on every address.
import type { Arena, Kernels } from "../../kernels/index.ts";
import { gradient } from "../gradient.ts";
import { type Graph, type InputSpecs, type Tensor, type Tensors, topological } from "../graph.ts";
import { layoutOf, type ParamLayout } from "../params.ts";

type View<T extends Tensor> = { f32: Float32Array; i32: Int32Array }[T["dtype"]];

export interface Executable<I extends InputSpecs = InputSpecs, O extends Tensors = Tensors> {
  /** Write before run(); a run leaves them as they are. Row-major views into the arena, as are the outputs. */
  readonly inputs: { readonly [K in keyof I]: View<Tensor<I[K]["dtype"]>> };
  /** Valid from one run() to the next. */
  readonly outputs: { readonly [K in keyof O]: View<O[K]> };
  /** The loss of the last run, [1]; empty if the graph has none. */
  readonly loss: Float32Array;
  /** Computes outputs and loss. */
  run(): void;
  /** Fills the gradient of the parameters that the loss trains; the rest of `grads` is left alone. Once per run(). */
  backward(): void;
}

export interface CompileOptions {
  readonly arena: Arena;
  /** θ, in the arena: as many elements as the layout. Executables may share it or have their own. */
  readonly params: Float32Array;
  /** Where backward() writes, in the arena, laid out as θ. Without it the executable is forward only. */
  readonly grads?: Float32Array;
  /** Where each parameter lies in θ. Default: layoutOf(graph). */
  readonly layout?: ParamLayout;
  /** Inputs that live elsewhere in the arena, such as another executable's output. */
  readonly bind?: Readonly<Record<string, Float32Array | Int32Array>>;
}

export function compile<I extends InputSpecs, O extends Tensors>(
  graph: Graph<I, O>,
  options: CompileOptions,
): Executable<I, O> {
  const { arena, params, grads, layout = layoutOf(graph), bind = {} } = options;
  requireArray(arena, "params", params, layout.size, "f32");
  if (grads) requireArray(arena, "grads", grads, layout.size, "f32");
  if (grads && !graph.loss)
    throw new Error("compile: got grads for a graph without a loss. Return { loss } from trace.");
  for (const name of Object.keys(bind)) {
    if (!(name in graph.inputs)) {
      throw new Error(`compile: bind names "${name}", but the inputs are ${Object.keys(graph.inputs).join(", ")}.`);
    }
  }

  // 1. What is fixed from outside: inputs, parameters, gradients.
  const pinned = new Map<Tensor, number>();
  const inputs: Record<string, Float32Array | Int32Array> = {};
  for (const [name, tensor] of Object.entries<Tensor>(graph.inputs)) {
    const length = sizeOf(tensor);
    const array = bind[name] ?? (tensor.dtype === "f32" ? arena.f32(length) : arena.i32(length));
    requireArray(arena, `input "${name}"`, array, length, tensor.dtype);
    inputs[name] = array;
    pinned.set(tensor, array.byteOffset);
  }
  const slices = new Map(layout.slices.map((slice) => [slice.name, slice]));
  const sliceOf = (name: string) => {
    const slice = slices.get(name);
    if (!slice)
      throw new Error(`compile: parameter "${name}" is not in the layout. Build it with layoutOf(…every graph).`);
    return slice;
  };

  const outputs = Object.entries<Tensor>(graph.outputs);
  const results = [...outputs.map(([, tensor]) => tensor), ...(graph.loss ? [graph.loss] : [])];
  const trained = grads ? [...graph.trained] : [];
  const gradients = grads
    ? gradient(
        graph.loss!,
        trained.map(([, tensor]) => tensor),
      )
    : [];

  // 2. The schedule: forward nodes, then what only the gradients need.
  const everything = topological([...results, ...gradients.filter((g) => g !== undefined)]);
  for (const tensor of everything) {
    if (tensor.op.kind === "param") pinned.set(tensor, params.byteOffset + 4 * sliceOf(tensor.op.name).from);
  }
  const users = countUsers(everything, results);
  const lowered = new Map<Tensor, Lowered>();
  const lower = (tensor: Tensor) => {
    let result = lowered.get(tensor);
    if (!result) lowered.set(tensor, (result = lowerNode(tensor, arena, users)));
    return result;
  };
  const sources = (tensor: Tensor) => lower(tensor).sources;
  const forward = topological(results.map(origin), sources);
  const done = new Set(forward);
  // from the last layer to the first: a layer's gradients are all computed while what they read is still in the cache
  const gradientRoots = gradients.filter((g) => g !== undefined).map(origin);
  const backward = topological(gradientRoots.toReversed(), sources).filter((t) => !done.has(t));

  // 3. Results and gradients get places of their own, everything else is planned.
  for (const tensor of results.map(origin)) {
    if (pinned.has(tensor)) continue;
    const place = allocate(arena, tensor);
    pinned.set(tensor, place);
    if (tensor.op.kind === "constant") arena.kernels.fill(place, tensor.op.value, sizeOf(tensor));
  }
  const copies: Call[] = [];
  const { kernels } = arena;
  trained.forEach(([name], i) => {
    const { from, to } = sliceOf(name);
    const place = grads!.byteOffset + 4 * from;
    const g = gradients[i] && origin(gradients[i]);
    if (!g) copies.push(() => kernels.fill(place, 0, to - from));
    else if (done.has(g) || pinned.has(g) || g.op.kind === "constant") {
      copies.push(() => kernels.copy(place, offsets.get(g)!, to - from));
    } else pinned.set(g, place);
  });
  const schedule = [...forward, ...backward];
  const offsets = plan(schedule, pinned, lower, gradientRoots, arena);

  // 4. Calls.
  const emit = (order: readonly Tensor[]) =>
    order.flatMap(
      (tensor) =>
        lower(tensor).emit?.(
          offsets.get(tensor)!,
          lower(tensor).sources.map((s) => offsets.get(s)!),
        ) ?? [],
    );
  const forwardCalls = emit(forward);
  const backwardCalls = [...emit(backward), ...copies];
  const view = (tensor: Tensor) => {
    const offset = offsets.get(origin(tensor))!;
    return tensor.dtype === "f32"
      ? new Float32Array(arena.memory.buffer, offset, sizeOf(tensor))
      : new Int32Array(arena.memory.buffer, offset, sizeOf(tensor));
  };

  let fresh = false; // backward() reuses buffers of the forward pass, so it works once per run()
  return {
    inputs: inputs as Executable<I, O>["inputs"],
    outputs: Object.fromEntries(outputs.map(([name, tensor]) => [name, view(tensor)])) as Executable<I, O>["outputs"],
    loss: graph.loss ? (view(graph.loss) as Float32Array) : new Float32Array(0),
    run() {
      for (const call of forwardCalls) call();
      fresh = true;
    },
    backward() {
      if (!grads) throw new Error("backward: compiled without { grads }, so there is nothing to fill.");
      if (!fresh) throw new Error("backward: called twice, or before run(). Call run() before each backward().");
      fresh = false;
      for (const call of backwardCalls) call();
    },
  };
}

type Call = () => void;

/** One node as kernel calls: what it reads, which of those its result may overwrite, and the call once addresses are known. */
interface Lowered {
  readonly sources: readonly Tensor[];
  /** Positions in `sources` that the result may take the place of. */
  readonly inPlace: readonly number[];
  /** Absent for inputs, parameters and constants. */
  readonly emit?: (out: number, from: readonly number[]) => Call;
}

const sizeOf = ({ shape }: Tensor) => shape[0] * shape[1];

/** The node that holds the numbers: reshape and stopGradient only look at another one's. */
function origin(tensor: Tensor): Tensor {
  while (tensor.op.kind === "reshape" || tensor.op.kind === "stopGradient") tensor = tensor.sources[0];
  return tensor;
}

function countUsers(order: readonly Tensor[], results: readonly Tensor[]): Map<Tensor, number> {
  const users = new Map<Tensor, number>();
  const use = (tensor: Tensor) => users.set(tensor, (users.get(tensor) ?? 0) + 1);
  for (const tensor of order) tensor.sources.forEach(use);
  results.forEach(use);
  return users;
}

/** x + row, if that is what this node is: the operands of a fused bias. */
function biasOf(tensor: Tensor): { x: Tensor; row: Tensor } | undefined {
  if (tensor.op.kind !== "add") return undefined;
  const [a, b] = tensor.sources;
  if (repeatsRow(b)) return { x: a, row: b.sources[0] };
  return repeatsRow(a) ? { x: b, row: a.sources[0] } : undefined;
}

const repeatsRow = ({ op, shape, sources }: Tensor) =>
  op.kind === "broadcast" && sources[0].shape[0] === 1 && sources[0].shape[1] === shape[1];
const repeatsColumn = ({ op, shape, sources }: Tensor) =>
  op.kind === "broadcast" && sources[0].shape[1] === 1 && sources[0].shape[0] === shape[0];

/** The kernel for a node. Equal sizes everywhere unless said otherwise; M rows, N columns of the result. */
function lowerNode(tensor: Tensor, arena: Arena, users: ReadonlyMap<Tensor, number>): Lowered {
  const { op } = tensor;
  const k: Kernels = arena.kernels;
  const [M, N] = tensor.shape;
  const n = M * N;
  const own = tensor.sources;
  /** Kernels that read element i before they write element i, from each of `sources`. */
  const elementwise = (
    emit: NonNullable<Lowered["emit"]>,
    sources = own,
    inPlace = sources.map((_, i) => i),
  ): Lowered => ({
    sources: sources.map(origin),
    inPlace,
    emit,
  });
  const apart = (emit: NonNullable<Lowered["emit"]>, sources = own): Lowered => elementwise(emit, sources, []);

  const { kind } = op;
  switch (kind) {
    case "input":
    case "param":
    case "constant":
    case "reshape": // never scheduled: see origin
    case "stopGradient":
      return { sources: [], inPlace: [] };

    case "relu":
    case "tanh": {
      const bias = users.get(own[0]) === 1 ? biasOf(own[0]) : undefined;
      if (!bias)
        return elementwise(
          (out, [x]) =>
            () =>
              k[kind](out, x, n),
        );
      const fused = kind === "relu" ? "biasRelu" : "biasTanh";
      return elementwise(
        (out, [x, row]) =>
          () =>
            k[fused](out, x, row, M, N),
        [bias.x, bias.row],
        [0],
      );
    }
    case "add": {
      const bias = biasOf(tensor);
      if (!bias)
        return elementwise(
          (out, [x, y]) =>
            () =>
              k.add(out, x, y, n),
        );
      return elementwise(
        (out, [x, row]) =>
          () =>
            k.biasAdd(out, x, row, M, N),
        [bias.x, bias.row],
        [0],
      );
    }
    case "mul": {
      const at = own.findIndex(repeatsColumn);
      if (at < 0)
        return elementwise(
          (out, [x, y]) =>
            () =>
              k.mul(out, x, y, n),
        );
      const operands = [own[1 - at], own[at].sources[0]];
      return elementwise(
        (out, [x, column]) =>
          () =>
            k.scaleRows(out, x, column, M, N),
        operands,
        [0],
      );
    }
    case "neg":
    case "exp":
    case "log":
    case "sigmoid":
    case "softplus":
    case "square":
    case "abs":
    case "sqrt":
      return elementwise(
        (out, [x]) =>
          () =>
            k[kind](out, x, n),
      );
    case "scale":
    case "shift":
      return elementwise(
        (out, [x]) =>
          () =>
            k[kind](out, x, op.by, n),
      );
    case "clip":
      return elementwise(
        (out, [x]) =>
          () =>
            k.clip(out, x, op.low, op.high, n),
      );
    case "huber":
      return elementwise(
        (out, [x]) =>
          () =>
            k.huber(out, x, op.delta, n),
      );
    case "sub":
    case "div":
    case "minimum":
    case "maximum":
    case "lessEqual":
    case "tanhGrad":
    case "reluGrad":
    case "sigmoidGrad":
    case "absGrad":
      return elementwise(
        (out, [x, y]) =>
          () =>
            k[kind](out, x, y, n),
      );
    case "clipGrad":
      return elementwise(
        (out, [g, x]) =>
          () =>
            k.clipGrad(out, g, x, op.low, op.high, n),
      );
    case "select":
      return elementwise(
        (out, [mask, x, y]) =>
          () =>
            k.select(out, mask, x, y, n),
      );
    case "softmax":
    case "logSoftmax":
      return elementwise(
        (out, [x]) =>
          () =>
            k[kind](out, x, M, N),
      );
    case "softmaxGrad":
    case "logSoftmaxGrad":
      return elementwise(
        (out, [g, y]) =>
          () =>
            k[kind](out, g, y, M, N),
      );

    case "broadcast":
      if (repeatsRow(tensor))
        return apart(
          (out, [x]) =>
            () =>
              k.broadcastRow(out, x, M, N),
        );
      if (repeatsColumn(tensor))
        return apart(
          (out, [x]) =>
            () =>
              k.broadcastColumn(out, x, M, N),
        );
      return apart(
        (out, [x]) =>
          () =>
            k.broadcastScalar(out, x, n),
      );
    case "sum":
      return apart(
        (out, [x]) =>
          () =>
            k.sum(out, x, sizeOf(own[0])),
      );
    case "colSum":
    case "rowSum":
    case "rowMax":
    case "rowArgmax":
      return apart(
        (out, [x]) =>
          () =>
            k[kind](out, x, own[0].shape[0], own[0].shape[1]),
      );
    case "gather":
      return apart((out, [x, index]) => () => {
        const cols = own[0].shape[1];
        const bad = k.gatherColumns(out, x, index, M, cols, N);
        if (bad >= 0) throw indexError(arena, own[1], index, bad, cols);
      });
    case "scatter":
      return apart((out, [g, index]) => () => {
        const picks = own[1].shape[1];
        const bad = k.scatterColumns(out, g, index, M, N, picks);
        if (bad >= 0) throw indexError(arena, own[1], index, bad, N);
      });
    case "pick":
      return apart((out, [x, w, index]) => () => {
        const [choices, depth] = own[1].shape;
        const bad = k.pickRows(out, x, w, index, M, choices, depth, N);
        if (bad >= 0) throw indexError(arena, own[2], index, bad, choices);
      });
    case "pickGradX":
      return apart(
        (out, [g, w, index]) =>
          () =>
            k.pickRowsGradX(out, g, w, index, M, N, own[0].shape[1]),
      );
    case "pickGradW":
      return apart(
        (out, [g, x, index]) =>
          () =>
            k.pickRowsGradW(out, g, x, index, own[1].shape[0], M, N, own[0].shape[1]),
      );
    case "sliceCols":
      return apart(
        (out, [x]) =>
          () =>
            k.copyColumns(out, N, 0, x, own[0].shape[1], op.from, M, N),
      );
    case "padCols":
      return apart((out, [x]) => () => {
        k.fill(out, 0, n);
        k.copyColumns(out, N, op.from, x, own[0].shape[1], 0, M, own[0].shape[1]);
      });
    case "concatCols":
      return apart((out, parts) => () => {
        let from = 0;
        for (let i = 0; i < parts.length; i++) {
          const width = own[i].shape[1];
          k.copyColumns(out, N, from, parts[i], width, 0, M, width);
          from += width;
        }
      });
    case "matmul": {
      const [a, b] = own;
      const depth = op.transposeA ? a.shape[0] : a.shape[1];
      const [aRow, aCol] = op.transposeA ? [1, a.shape[1]] : [a.shape[1], 1];
      const [bRow, bCol] = op.transposeB ? [1, b.shape[1]] : [b.shape[1], 1];
      return apart(
        (out, [x, y]) =>
          () =>
            k.gemm(out, x, y, M, N, depth, aRow, aCol, bRow, bCol, N, false, arena.workspace),
      );
    }
    default:
      return kind satisfies never;
  }
}

function indexError(arena: Arena, index: Tensor, offset: number, at: number, cols: number): Error {
  const value = new Int32Array(arena.memory.buffer, offset, sizeOf(index))[at];
  const picks = index.shape[1];
  const name = index.op.kind === "input" ? `Input "${index.op.name}"` : "gather";
  return new RangeError(
    `${name}: got column ${value} at row ${Math.floor(at / picks)}, pick ${at % picks}, expected 0 to ${cols - 1}.`,
  );
}

/** Gives every node of the schedule an address, reusing those whose last reader has run. */
function plan(
  schedule: readonly Tensor[],
  pinned: ReadonlyMap<Tensor, number>,
  lower: (tensor: Tensor) => Lowered,
  kept: readonly Tensor[],
  arena: Arena,
): Map<Tensor, number> {
  const lastRead = new Map<Tensor, number>();
  schedule.forEach((tensor, time) => {
    for (const source of lower(tensor).sources) lastRead.set(source, time);
  });
  for (const tensor of kept) lastRead.set(tensor, schedule.length);

  const offsets = new Map(pinned);
  const free: { offset: number; size: number }[] = [];
  const sizes = new Map<Tensor, number>(); // room at a planned node's address, in elements
  schedule.forEach((tensor, time) => {
    const { sources, inPlace } = lower(tensor);
    const expiring = [...new Set(sources)].filter((s) => sizes.has(s) && lastRead.get(s) === time);
    if (!offsets.has(tensor)) {
      const wanted = sizeOf(tensor);
      const heir = inPlace.map((i) => sources[i]).find((s) => expiring.includes(s) && sizeOf(s) === wanted);
      if (heir) {
        expiring.splice(expiring.indexOf(heir), 1);
        offsets.set(tensor, offsets.get(heir)!);
        sizes.set(tensor, sizes.get(heir)!);
      } else if (tensor.op.kind === "constant") {
        const array = arena.f32(wanted).fill(tensor.op.value);
        offsets.set(tensor, array.byteOffset);
      } else {
        // not one that is much too large: a later, larger result will want it
        const fitting = free
          .filter(({ size }) => size >= wanted && size <= 4 * wanted)
          .sort((a, b) => a.size - b.size)[0];
        if (fitting) free.splice(free.indexOf(fitting), 1);
        offsets.set(tensor, fitting?.offset ?? allocate(arena, tensor));
        sizes.set(tensor, fitting?.size ?? wanted);
      }
    }
    for (const source of expiring) free.push({ offset: offsets.get(source)!, size: sizes.get(source)! });
  });
  return offsets;
}

function allocate(arena: Arena, tensor: Tensor): number {
  return (tensor.dtype === "f32" ? arena.f32(sizeOf(tensor)) : arena.i32(sizeOf(tensor))).byteOffset;
}

function requireArray(
  arena: Arena,
  what: string,
  array: Float32Array | Int32Array,
  length: number,
  dtype: "f32" | "i32",
): void {
  const type = array instanceof Float32Array ? "f32" : "i32";
  if (array.buffer !== arena.memory.buffer) {
    throw new Error(`compile: ${what} is not in the arena. Allocate it with arena.${dtype}(${length}).`);
  }
  if (type !== dtype || array.length !== length) {
    throw new Error(`compile: ${what} has ${array.length} elements of ${type}, expected ${length} of ${dtype}.`);
  }
}
