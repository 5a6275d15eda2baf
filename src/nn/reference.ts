// Evaluates a traced graph in f64 with the plainest loops: what every backend is held against, and what makes finite
// differences of a loss accurate enough to check a gradient to six digits.
import { exp, log, log1p, tanh } from "../math/index.ts";
import { type Tensor, topological } from "./graph.ts";

/** Row-major values of inputs and parameters, by name. */
export type Values = Readonly<Record<string, ArrayLike<number>>>;

/** The values of `tensors`, row-major. */
export function evaluate(tensors: readonly Tensor[], values: Values): Float64Array[] {
  const results = new Map<Tensor, Float64Array>();
  for (const tensor of topological(tensors)) {
    const sources = tensor.sources.map((source) => results.get(source)!);
    results.set(tensor, compute(tensor, sources, values));
  }
  return tensors.map((tensor) => results.get(tensor)!);
}

function compute(tensor: Tensor, from: readonly Float64Array[], values: Values): Float64Array {
  const { op, sources } = tensor;
  const [a, b, c] = from;
  const [rows, cols] = tensor.shape;
  const each = (f: (i: number) => number) => Float64Array.from({ length: rows * cols }, (_, i) => f(i));
  const cell = (f: (row: number, col: number) => number) => each((i) => f(Math.floor(i / cols), i % cols));
  const [aRows, aCols] = sources[0]?.shape ?? [0, 0];
  const over = (n: number, f: (k: number) => number) => {
    let total = 0;
    for (let k = 0; k < n; k++) total += f(k);
    return total;
  };
  const rowOf = (x: Float64Array, i: number) => x.subarray(i * aCols, (i + 1) * aCols);
  const logSumExp = (x: Float64Array) => {
    const m = Math.max(...x);
    return m + log(over(x.length, (k) => exp(x[k] - m)));
  };

  switch (op.kind) {
    case "input":
    case "param": {
      const given = values[op.name];
      if (given?.length !== rows * cols) {
        throw new Error(`evaluate: "${op.name}" has ${given?.length ?? "no"} values, expected ${rows * cols}.`);
      }
      return each((i) => given[i]);
    }
    case "constant":
      return each(() => op.value);
    case "neg":
      return each((i) => -a[i]);
    case "exp":
      return each((i) => exp(a[i]));
    case "log":
      return each((i) => log(a[i]));
    case "tanh":
      return each((i) => tanh(a[i]));
    case "relu":
      return each((i) => Math.max(a[i], 0));
    case "sigmoid":
      return each((i) => 1 / (1 + exp(-a[i])));
    case "softplus":
      return each((i) => Math.max(a[i], 0) + log1p(exp(-Math.abs(a[i]))));
    case "square":
      return each((i) => a[i] * a[i]);
    case "abs":
      return each((i) => Math.abs(a[i]));
    case "sqrt":
      return each((i) => Math.sqrt(a[i]));
    case "scale":
      return each((i) => a[i] * op.by);
    case "shift":
      return each((i) => a[i] + op.by);
    case "clip":
      return each((i) => Math.min(Math.max(a[i], op.low), op.high));
    case "huber":
      return each((i) => (Math.abs(a[i]) <= op.delta ? (a[i] * a[i]) / 2 : op.delta * (Math.abs(a[i]) - op.delta / 2)));
    case "add":
      return each((i) => a[i] + b[i]);
    case "sub":
      return each((i) => a[i] - b[i]);
    case "mul":
      return each((i) => a[i] * b[i]);
    case "div":
      return each((i) => a[i] / b[i]);
    case "minimum":
      return each((i) => Math.min(a[i], b[i]));
    case "maximum":
      return each((i) => Math.max(a[i], b[i]));
    case "lessEqual":
      return each((i) => (a[i] <= b[i] ? 1 : 0));
    case "select":
      return each((i) => (a[i] !== 0 ? b[i] : c[i]));
    case "tanhGrad":
      return each((i) => a[i] * (1 - b[i] * b[i]));
    case "reluGrad":
      return each((i) => (b[i] > 0 ? a[i] : 0));
    case "sigmoidGrad":
      return each((i) => a[i] * b[i] * (1 - b[i]));
    case "absGrad":
      return each((i) => a[i] * Math.sign(b[i]));
    case "clipGrad":
      return each((i) => (b[i] >= op.low && b[i] <= op.high ? a[i] : 0));
    case "reshape":
    case "stopGradient":
      return each((i) => a[i]);
    case "broadcast":
      return cell((i, j) => a[(aRows === 1 ? 0 : i) * aCols + (aCols === 1 ? 0 : j)]);
    case "sum":
      return each(() => over(a.length, (k) => a[k]));
    case "colSum":
      return cell((_, j) => over(aRows, (k) => a[k * aCols + j]));
    case "rowSum":
      return cell((i) => over(aCols, (k) => a[i * aCols + k]));
    case "rowMax":
      return cell((i) => Math.max(...rowOf(a, i)));
    case "rowArgmax":
      return cell((i) => rowOf(a, i).indexOf(Math.max(...rowOf(a, i))));
    case "softmax":
      return cell((i, j) => exp(a[i * cols + j] - logSumExp(rowOf(a, i))));
    case "logSoftmax":
      return cell((i, j) => a[i * cols + j] - logSumExp(rowOf(a, i)));
    case "softmaxGrad": {
      const dot = (i: number) => over(cols, (k) => a[i * cols + k] * b[i * cols + k]);
      return cell((i, j) => b[i * cols + j] * (a[i * cols + j] - dot(i)));
    }
    case "logSoftmaxGrad":
      return cell((i, j) => a[i * cols + j] - exp(b[i * cols + j]) * over(cols, (k) => a[i * cols + k]));
    case "gather":
      return cell((i, k) => a[i * aCols + b[i * cols + k]]);
    case "scatter": {
      const picks = aCols;
      return cell((i, j) => over(picks, (k) => (b[i * picks + k] === j ? a[i * picks + k] : 0)));
    }
    case "pick": {
      const depth = aCols;
      return cell((i, k) => over(depth, (d) => a[i * depth + d] * b[c[i * cols + k] * depth + d]));
    }
    case "pickGradX":
      return cell((i, d) => over(aCols, (k) => a[i * aCols + k] * b[c[i * aCols + k] * cols + d]));
    case "pickGradW":
      return cell((j, d) =>
        over(aRows * aCols, (at) => (c[at] === j ? a[at] * b[Math.floor(at / aCols) * cols + d] : 0)),
      );
    case "sliceCols":
      return cell((i, j) => a[i * aCols + op.from + j]);
    case "padCols":
      return cell((i, j) => (j >= op.from && j < op.from + aCols ? a[i * aCols + j - op.from] : 0));
    case "concatCols":
      return cell((i, j) => {
        let part = 0;
        for (; j >= sources[part].shape[1]; part++) j -= sources[part].shape[1];
        return from[part][i * sources[part].shape[1] + j];
      });
    case "matmul": {
      const bCols = sources[1].shape[1];
      const depth = op.transposeA ? aRows : aCols;
      const left = (i: number, k: number) => (op.transposeA ? a[k * aCols + i] : a[i * aCols + k]);
      const right = (k: number, j: number) => (op.transposeB ? b[j * bCols + k] : b[k * bCols + j]);
      return cell((i, j) => over(depth, (k) => left(i, k) * right(k, j)));
    }
    default:
      return op satisfies never;
  }
}
