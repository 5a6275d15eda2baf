// The operations a loss is written with. Each returns a new node after checking shapes.
//
// Broadcasting: in a binary operation a side with one row or one column is repeated to the other's size. Numbers stand for
// constants. Constants are folded and a multiplication by one becomes a scaling, so that the gradient of a mean costs nothing.
import type { DType, Op, Shape, Tensor } from "./graph.ts";

type T = Tensor<"f32">;
export type Operand = T | number;

function node(op: Op, shape: Shape, sources: readonly Tensor[]): T {
  return { op, dtype: "f32", shape, sources };
}

function requireF32(name: string, x: Tensor): asserts x is T {
  if (x.dtype !== "f32") throw new Error(`${name}: got an ${x.dtype} tensor [${x.shape}], expected f32.`);
}

const constantOf = (x: Tensor) => (x.op.kind === "constant" ? x.op.value : undefined);
const sameShape = (a: Shape, b: Shape) => a[0] === b[0] && a[1] === b[1];

/** A matrix of equal numbers. */
export function constant(value: number, shape: Shape = [1, 1]): T {
  return node({ kind: "constant", value }, shape, []);
}

// Element by element

function unary(
  kind: "neg" | "exp" | "log" | "tanh" | "relu" | "sigmoid" | "softplus" | "square" | "abs" | "sqrt",
): (x: T) => T {
  return (x) => {
    requireF32(kind, x);
    return node({ kind }, x.shape, [x]);
  };
}

export const exp = unary("exp");
export const log = unary("log");
export const tanh = unary("tanh");
export const relu = unary("relu");
export const sigmoid = unary("sigmoid");
/** log(1 + eˣ) */
export const softplus = unary("softplus");
export const square = unary("square");
export const abs = unary("abs");
export const sqrt = unary("sqrt");
const negate = unary("neg");

export function neg(x: T): T {
  return constantOf(x) === undefined ? negate(x) : constant(-constantOf(x)!, x.shape);
}

function scale(x: T, by: number): T {
  const value = constantOf(x);
  if (value !== undefined) return constant(value * by, x.shape);
  if (by === 1) return x;
  if (x.op.kind === "scale") return node({ kind: "scale", by: x.op.by * by }, x.shape, x.sources);
  return node({ kind: "scale", by }, x.shape, [x]);
}

function shift(x: T, by: number): T {
  const value = constantOf(x);
  if (value !== undefined) return constant(value + by, x.shape);
  return by === 0 ? x : node({ kind: "shift", by }, x.shape, [x]);
}

/** min(max(x, low), high); the gradient passes inside and on the bounds. */
export function clip(x: T, low: number, high: number): T {
  if (!(low <= high)) throw new Error(`clip: got low ${low} and high ${high}, expected low ≤ high.`);
  requireF32("clip", x);
  return node({ kind: "clip", low, high }, x.shape, [x]);
}

/** ½ x² where |x| ≤ delta, delta (|x| − ½ delta) beyond. */
export function huber(x: T, delta = 1): T {
  if (!(delta > 0)) throw new Error(`huber: got delta ${delta}, expected a positive number.`);
  requireF32("huber", x);
  return node({ kind: "huber", delta }, x.shape, [x]);
}

type BinaryKind = "add" | "sub" | "mul" | "div" | "minimum" | "maximum" | "lessEqual";

function binary(kind: BinaryKind, a: Operand, b: Operand): T {
  const x = typeof a === "number" ? constant(a) : a;
  const y = typeof b === "number" ? constant(b) : b;
  requireF32(kind, x);
  requireF32(kind, y);
  const dimension = (i: 0 | 1) => {
    const [m, n] = [x.shape[i], y.shape[i]];
    if (m !== n && m !== 1 && n !== 1) {
      throw new Error(
        `${kind}: shapes [${x.shape}] and [${y.shape}] differ in ${i === 0 ? "rows" : "columns"} and neither is 1. ` +
          "Operands must agree or have a single row or column to repeat.",
      );
    }
    return Math.max(m, n);
  };
  const shape: Shape = [dimension(0), dimension(1)];
  return node({ kind }, shape, [broadcast(x, shape), broadcast(y, shape)]);
}

export function add(a: Operand, b: Operand): T {
  if (typeof a === "number") return typeof b === "number" ? constant(a + b) : shift(b, a);
  return typeof b === "number" ? shift(a, b) : binary("add", a, b);
}

export function sub(a: Operand, b: Operand): T {
  if (typeof b === "number") return add(a, -b);
  return typeof a === "number" ? shift(neg(b), a) : binary("sub", a, b);
}

export function mul(a: Operand, b: Operand): T {
  if (typeof a === "number") return typeof b === "number" ? constant(a * b) : scale(b, a);
  if (typeof b === "number") return scale(a, b);
  if (sameShape(a.shape, b.shape)) {
    if (constantOf(b) !== undefined) return scale(a, constantOf(b)!);
    if (constantOf(a) !== undefined) return scale(b, constantOf(a)!);
  }
  return binary("mul", a, b);
}

export function div(a: Operand, b: Operand): T {
  return typeof b === "number" ? mul(a, 1 / b) : binary("div", a, b);
}

/** Where both are equal the gradient goes to the first. */
export const minimum = (a: Operand, b: Operand): T => binary("minimum", a, b);
/** Where both are equal the gradient goes to the first. */
export const maximum = (a: Operand, b: Operand): T => binary("maximum", a, b);
/** 1 where a ≤ b, else 0; no gradient. */
export const lessEqual = (a: Operand, b: Operand): T => binary("lessEqual", a, b);

/** `x` where the mask is not 0, `y` elsewhere; no gradient to the mask. */
export function where(mask: T, x: Operand, y: Operand): T {
  const whole = (value: Operand) => broadcast(typeof value === "number" ? constant(value) : value, mask.shape);
  return node({ kind: "select" }, mask.shape, [mask, whole(x), whole(y)]);
}

/** The same value, through which no gradient flows. */
export function stopGradient(x: T): T {
  return node({ kind: "stopGradient" }, x.shape, [x]);
}

// Shapes

/** Repeats a single row, a single column or a single number to a larger shape. */
export function broadcast(x: T, shape: Shape): T {
  if (sameShape(x.shape, shape)) return x;
  if (!x.shape.every((n, i) => n === shape[i] || n === 1)) {
    throw new Error(`broadcast: cannot repeat [${x.shape}] to [${shape}]. Only a dimension of 1 can be repeated.`);
  }
  return constantOf(x) === undefined ? node({ kind: "broadcast" }, shape, [x]) : constant(constantOf(x)!, shape);
}

/** The same numbers, row by row, in another shape. */
export function reshape(x: T, shape: Shape): T {
  if (x.shape[0] * x.shape[1] !== shape[0] * shape[1]) {
    throw new Error(
      `reshape: [${x.shape}] has ${x.shape[0] * x.shape[1]} elements, [${shape}] ${shape[0] * shape[1]}.`,
    );
  }
  return sameShape(x.shape, shape) ? x : node({ kind: "reshape" }, shape, [x]);
}

/** Columns from … to − 1, of numbers or of indices. */
export function sliceCols<D extends DType>(x: Tensor<D>, from: number, to: number): Tensor<D> {
  const [rows, cols] = x.shape;
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from < to && to <= cols)) {
    throw new Error(`sliceCols: got columns ${from} to ${to} of [${x.shape}], expected 0 ≤ from < to ≤ ${cols}.`);
  }
  if (from === 0 && to === cols) return x;
  return { op: { kind: "sliceCols", from }, dtype: x.dtype, shape: [rows, to - from], sources: [x] };
}

/** x in columns `from` on of a matrix of `cols` columns that is 0 elsewhere. */
export function padCols(x: T, from: number, cols: number): T {
  return node({ kind: "padCols", from }, [x.shape[0], cols], [x]);
}

/** Side by side. */
export function concatCols(...parts: readonly T[]): T {
  const rows = parts[0]?.shape[0];
  for (const part of parts) {
    if (part.shape[0] !== rows) {
      throw new Error(`concatCols: shapes ${parts.map((p) => `[${p.shape}]`).join(", ")} differ in rows.`);
    }
  }
  if (rows === undefined) throw new Error("concatCols: got nothing, expected at least one tensor.");
  const cols = parts.reduce((total, part) => total + part.shape[1], 0);
  return parts.length === 1 ? parts[0] : node({ kind: "concatCols" }, [rows, cols], parts);
}

// Products, sums and what works along rows

/** a b, with either side read transposed if asked. */
export function matmul(a: T, b: T, { transposeA = false, transposeB = false } = {}): T {
  requireF32("matmul", a);
  requireF32("matmul", b);
  const [m, k] = transposeA ? [a.shape[1], a.shape[0]] : a.shape;
  const [depth, n] = transposeB ? [b.shape[1], b.shape[0]] : b.shape;
  if (k !== depth) {
    throw new Error(
      `matmul: [${a.shape}]${transposeA ? "ᵀ" : ""} × [${b.shape}]${transposeB ? "ᵀ" : ""}: ${k} columns against ${depth} rows.`,
    );
  }
  return node({ kind: "matmul", transposeA, transposeB }, [m, n], [a, b]);
}

/** [1, 1] */
export function sum(x: T): T {
  if (x.shape[0] === 1 && x.shape[1] === 1) return x;
  return node({ kind: "sum" }, [1, 1], [x]);
}
/** [1, cols] */
export const colSum = (x: T): T => (x.shape[0] === 1 ? x : node({ kind: "colSum" }, [1, x.shape[1]], [x]));
/** [rows, 1] */
export const rowSum = (x: T): T => (x.shape[1] === 1 ? x : node({ kind: "rowSum" }, [x.shape[0], 1], [x]));

/** [1, 1] */
export const mean = (x: T): T => scale(sum(x), 1 / (x.shape[0] * x.shape[1]));
/** [rows, 1] */
export const rowMean = (x: T): T => scale(rowSum(x), 1 / x.shape[1]);

/** Σ w x / Σ w, [1, 1]; no gradient to the weights, at least one of which must not be 0. */
export function weightedMean(x: T, weights: T): T {
  const w = stopGradient(weights);
  return div(sum(mul(x, w)), sum(broadcast(w, x.shape)));
}

/** [rows, 1]; the gradient goes to the first of equal columns. */
export function rowMax(x: T): T {
  return node({ kind: "rowMax" }, [x.shape[0], 1], [x]);
}

/** The first of the largest columns, i32 [rows, 1]; no gradient. */
export function rowArgmax(x: T): Tensor<"i32"> {
  return { op: { kind: "rowArgmax" }, dtype: "i32", shape: [x.shape[0], 1], sources: [x] };
}

export const softmax = (x: T): T => node({ kind: "softmax" }, x.shape, [x]);
export const logSoftmax = (x: T): T => node({ kind: "logSoftmax" }, x.shape, [x]);

function requireIndex(name: string, index: Tensor<DType>, rows: number): void {
  if (index.dtype !== "i32" || index.shape[0] !== rows) {
    throw new Error(`${name}: got an index of ${index.dtype} [${index.shape}], expected i32 with ${rows} rows.`);
  }
}

/** Picks columns row by row: out[i, k] = x[i, index[i, k]], with the shape of `index`. */
export function gather(x: T, index: Tensor<"i32">): T {
  requireIndex("gather", index, x.shape[0]);
  return node({ kind: "gather" }, index.shape, [x, index]);
}

/** The reverse of gather: g[i, k] added to column index[i, k] of zeros [rows, cols]. */
export function scatter(g: T, index: Tensor<"i32">, cols: number): T {
  requireIndex("scatter", index, g.shape[0]);
  return node({ kind: "scatter" }, [g.shape[0], cols], [g, index]);
}

/**
 * Some outputs of a wide linear layer: out[i, k] = x[i] · w[index[i, k]], for x [rows, depth] and w [choices, depth]. The same
 * numbers as gather(matmul(x, w, { transposeB: true }), index), at the cost of the picked ones only.
 */
export function pick(x: T, w: T, index: Tensor<"i32">): T {
  requireIndex("pick", index, x.shape[0]);
  if (x.shape[1] !== w.shape[1]) {
    throw new Error(`pick: x is [${x.shape}] and w [${w.shape}], expected as many columns of both.`);
  }
  return node({ kind: "pick" }, index.shape, [x, w, index]);
}

/** ∂/∂x and ∂/∂w of pick, from the gradient g [rows, picks] that arrives. */
export const pickGradX = (g: T, w: T, index: Tensor<"i32">): T =>
  node({ kind: "pickGradX" }, [g.shape[0], w.shape[1]], [g, w, index]);
export const pickGradW = (g: T, x: T, index: Tensor<"i32">, choices: number): T =>
  node({ kind: "pickGradW" }, [choices, x.shape[1]], [g, x, index]);

// Derivatives with a kernel of their own: what gradient.ts emits. `g` is the gradient that arrives.

export function fusedGrad(
  kind: "tanhGrad" | "reluGrad" | "sigmoidGrad" | "absGrad" | "softmaxGrad" | "logSoftmaxGrad",
  g: T,
  kept: T,
): T {
  return node({ kind }, g.shape, [g, kept]);
}

export function clipGrad(g: T, x: T, low: number, high: number): T {
  return node({ kind: "clipGrad", low, high }, g.shape, [g, x]);
}
