// Reverse-mode differentiation: the gradient of a graph is another graph, which any backend can lower.
// Griewank & Walther 2008, Evaluating Derivatives, chapter 3. Visited from the loss down, each node passes its gradient
// g = ∂loss/∂node to its sources; a source that is used twice adds what it receives, in a fixed order.
import { type Tensor, topological } from "./graph.ts";
import {
  add,
  broadcast,
  clip,
  clipGrad,
  colSum,
  constant,
  div,
  fusedGrad,
  lessEqual,
  matmul,
  mul,
  neg,
  padCols,
  pickGradW,
  pickGradX,
  reshape,
  rowArgmax,
  rowSum,
  scatter,
  sigmoid,
  sliceCols,
  sub,
  sum,
  where,
} from "./ops.ts";

type T = Tensor<"f32">;

/**
 * ∂loss/∂x for each x in `wrt`, parameters or inputs; undefined where the loss does not depend on it. The result is a tensor
 * like any other: as an output of the traced graph it is computed by run().
 */
export function gradient(loss: T, wrt: readonly T[]): (T | undefined)[] {
  const order = topological([loss]);
  const wanted = dependents(order, wrt);
  const gradients = new Map<Tensor, T>([[loss, constant(1)]]);
  for (const y of order.toReversed()) {
    const g = gradients.get(y);
    if (!g || !wanted.has(y)) continue;
    const contributions = backward(y as T, g);
    y.sources.forEach((source, i) => {
      const contribution = wanted.has(source) && contributions[i]?.();
      if (!contribution) return;
      const sofar = gradients.get(source);
      gradients.set(source, sofar ? add(sofar, contribution) : contribution);
    });
  }
  return wrt.map((x) => (wanted.has(x) ? gradients.get(x) : undefined));
}

/** The nodes on some path from `wrt` to the loss: only they need a gradient. */
function dependents(order: readonly Tensor[], wrt: readonly Tensor[]): Set<Tensor> {
  const found = new Set<Tensor>(wrt);
  for (const tensor of order) if (tensor.sources.some((source) => found.has(source))) found.add(tensor);
  return found;
}

type Contribution = (() => T) | undefined;

/** What y's gradient g contributes to the gradient of each of y's sources. */
function backward(y: T, g: T): readonly Contribution[] {
  const { op } = y;
  const [a, b] = y.sources as readonly T[];
  switch (op.kind) {
    case "add":
      return [() => g, () => g];
    case "sub":
      return [() => g, () => neg(g)];
    case "mul":
      return [() => mul(g, b), () => mul(g, a)];
    case "div": // y = a / b:  ∂y/∂b = −y / b
      return [() => div(g, b), () => neg(div(mul(g, y), b))];
    case "minimum":
      return chosen(g, () => lessEqual(a, b));
    case "maximum":
      return chosen(g, () => lessEqual(b, a));
    case "select": {
      const zero = constant(0, y.shape);
      return [undefined, () => where(a, g, zero), () => where(a, zero, g)];
    }
    case "neg":
      return [() => neg(g)];
    case "exp":
      return [() => mul(g, y)];
    case "log":
      return [() => div(g, a)];
    case "tanh":
      return [() => fusedGrad("tanhGrad", g, y)];
    case "relu":
      return [() => fusedGrad("reluGrad", g, y)];
    case "sigmoid":
      return [() => fusedGrad("sigmoidGrad", g, y)];
    case "softplus":
      return [() => mul(g, sigmoid(a))];
    case "square":
      return [() => mul(mul(g, a), 2)];
    case "abs":
      return [() => fusedGrad("absGrad", g, a)];
    case "sqrt":
      return [() => div(mul(g, 0.5), y)];
    case "scale":
      return [() => mul(g, op.by)];
    case "shift":
      return [() => g];
    case "clip":
      return [() => clipGrad(g, a, op.low, op.high)];
    case "huber":
      return [() => mul(g, clip(a, -op.delta, op.delta))];
    case "broadcast":
      return [() => sumTo(g, a)];
    case "reshape":
      return [() => reshape(g, a.shape)];
    case "sum":
    case "colSum":
    case "rowSum":
      return [() => broadcast(g, a.shape)];
    case "rowMax":
      return [() => scatter(g, rowArgmax(a), a.shape[1])];
    case "softmax":
      return [() => fusedGrad("softmaxGrad", g, y)];
    case "logSoftmax":
      return [() => fusedGrad("logSoftmaxGrad", g, y)];
    case "gather":
      return [() => scatter(g, y.sources[1] as Tensor<"i32">, a.shape[1])];
    case "pick": {
      const index = y.sources[2] as Tensor<"i32">;
      return [() => pickGradX(g, b, index), () => pickGradW(g, a, index, b.shape[0])];
    }
    case "sliceCols":
      return [() => padCols(g, op.from, a.shape[1])];
    case "padCols":
      return [() => sliceCols(g, op.from, op.from + a.shape[1])];
    case "concatCols": {
      let to = 0;
      return y.sources.map((part) => {
        const from = to;
        to += part.shape[1];
        const end = to;
        return () => sliceCols(g, from, end);
      });
    }
    case "matmul": {
      // Y = A B:  ∂A = G Bᵀ,  ∂B = Aᵀ G;  the other cases by transposing both sides
      const { transposeA, transposeB } = op;
      return [
        () =>
          transposeA
            ? matmul(b, g, { transposeA: transposeB, transposeB: true })
            : matmul(g, b, { transposeB: !transposeB }),
        () =>
          transposeB
            ? matmul(g, a, { transposeA: true, transposeB: transposeA })
            : matmul(a, g, { transposeA: !transposeA }),
      ];
    }
    case "input":
    case "param":
    case "constant":
    case "stopGradient":
    case "lessEqual":
    case "rowArgmax":
      return [];
    case "scatter":
    case "pickGradX":
    case "pickGradW":
    case "tanhGrad":
    case "reluGrad":
    case "sigmoidGrad":
    case "absGrad":
    case "clipGrad":
    case "softmaxGrad":
    case "logSoftmaxGrad":
      throw new Error(`gradient: ${op.kind} is itself a derivative; second derivatives are not supported.`);
    default:
      return op satisfies never;
  }
}

/** Gradients of a choice between two sources: mask 1 chooses the first. */
function chosen(g: T, mask: () => T): readonly Contribution[] {
  let first: T | undefined;
  const toFirst = () => (first ??= mul(g, mask()));
  return [toFirst, () => sub(g, toFirst())];
}

/** The reverse of broadcast: sums g over the dimensions that were repeated. */
function sumTo(g: T, to: T): T {
  const [rows, cols] = to.shape;
  if (rows === 1 && cols === 1) return sum(g);
  return rows === 1 ? colSum(g) : cols === 1 ? rowSum(g) : g;
}
