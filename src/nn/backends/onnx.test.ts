import { describe, expect, test } from "vitest";
import { createArena } from "../../kernels/index.ts";
import {
  type Graph,
  type InputSpecs,
  indices,
  matrix,
  type Shape,
  type Tensor,
  type Tensors,
  trace,
} from "../graph.ts";
import * as nn from "../index.ts";
import { mlp } from "../index.ts";
import { compileOnnx, createOnnxTrainStep, onnxAvailable } from "./onnx.ts";

type T = Tensor<"f32">;
const MIB = 1024 * 1024;

const available = onnxAvailable();
const why = available.ok ? "" : ` [skipped: ${available.reason}]`;

/** Irregular numbers in (−1, 1), away from 0 and from the kinks of the operations tested. */
function irregular(n: number, start: number): number[] {
  return Array.from({ length: n }, (_, i) => {
    const value = ((start + i) * 0.7548776662466927 + 0.1234) % 1;
    return Math.round((2 * value - 1) * 4096) / 4096 + 1 / 8192; // exact in f32
  });
}

/** Fills inputs and parameters: i32 inputs count through 0 … columns − 1. */
function fill(views: Readonly<Record<string, Float32Array | Int32Array>>, params: Float32Array, columns = 4): void {
  let start = 1;
  for (const view of Object.values(views)) {
    if (view instanceof Int32Array) view.set(view.map((_, i) => (i * 7 + 2) % columns));
    else view.set(irregular(view.length, (start += 50)));
  }
  params.set(irregular(params.length, (start += 50)));
}

function expectClose(got: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string) {
  expect(got.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(got[i] - expected[i]) / Math.max(1, Math.abs(expected[i]));
    if (!(error <= tolerance)) expect.fail(`${what}[${i}]: got ${got[i]}, expected ${expected[i]}`);
  }
}

/** Outputs, loss and gradients of both backends agree to 1e-5; what the loss does not train is left alone. */
function expectAgreement<I extends InputSpecs, O extends Tensors>(graph: Graph<I, O>) {
  const layout = nn.layoutOf(graph);
  const arena = createArena({ bytes: 8 * MIB });
  const params = arena.f32(layout.size);
  const grads = arena.f32(layout.size).fill(99);
  const wasm = nn.compile(graph, { arena, params, ...(graph.loss && { grads }) });
  fill(wasm.inputs, params);
  wasm.run();
  if (graph.loss) wasm.backward();

  const ownParams = new Float32Array(layout.size);
  const ownGrads = new Float32Array(layout.size).fill(99);
  const onnx = compileOnnx(graph, { params: ownParams, ...(graph.loss && { grads: ownGrads }) });
  fill(onnx.inputs, ownParams);
  onnx.run();
  expectClose(onnx.loss, wasm.loss, 1e-5, "loss");
  for (const name of Object.keys(graph.outputs)) {
    expectClose(onnx.outputs[name], wasm.outputs[name], 1e-5, name);
    expect(onnx.outputs[name]).toBeInstanceOf(wasm.outputs[name].constructor);
  }
  expectClose(ownGrads, grads, 1e-5, "gradient");
  onnx.release();
}

/** A loss that weighs every element of f(x, y) differently. */
function lossOf(f: (x: T, y: T) => T, shape: Shape = [3, 5], other: Shape = shape): Graph {
  return trace({}, (_, param) => {
    const y = f(param("x", shape, nn.zeros), param("y", other, nn.zeros));
    return { loss: nn.sum(nn.mul(y, param("w", y.shape, nn.zeros))), outputs: { y } };
  });
}

const positive = (x: T) => nn.add(nn.abs(x), 0.5);
const [B, F, A] = [9, 5, 4];

/** DQN with targets computed outside. */
const dqn = () =>
  trace({ obs: matrix(B, F), action: indices(B), target: matrix(B) }, ({ obs, action, target }, param) => {
    const q = mlp(param, obs, { name: "q", hidden: [7, 6], outputs: A, activation: "relu" });
    const loss = nn.mean(nn.huber(nn.sub(nn.gather(q, action), target), 0.3));
    return { loss, outputs: { q, best: nn.rowMax(q), greedy: nn.rowArgmax(q) } };
  });

/** PPO: clipped surrogate, value loss, entropy bonus, one network for both heads. */
const ppo = () =>
  trace(
    { obs: matrix(B, F), action: indices(B), oldLogProb: matrix(B), advantage: matrix(B), target: matrix(B) },
    ({ obs, action, oldLogProb, advantage, target }, param) => {
      const body = mlp(param, obs, { name: "body", hidden: [8], outputs: 8, activation: "tanh" });
      const logits = nn.logSoftmax(nn.dense(param, body, { name: "policy", outputs: A }));
      const value = nn.dense(param, body, { name: "value", outputs: 1 });
      const ratio = nn.exp(nn.sub(nn.gather(logits, action), nn.sub(oldLogProb, 1.5)));
      const surrogate = nn.minimum(nn.mul(ratio, advantage), nn.mul(nn.clip(ratio, 0.8, 1.2), advantage));
      const entropy = nn.neg(nn.mean(nn.rowSum(nn.mul(nn.exp(logits), logits))));
      const lossValue = nn.mul(nn.mean(nn.square(nn.sub(value, target))), 0.5);
      const loss = nn.sub(nn.add(nn.neg(nn.mean(surrogate)), lossValue), nn.mul(entropy, 0.01));
      return { loss, outputs: { logits, value, entropy } };
    },
  );

test("onnxruntime-node is absent or it loads [one that does not is an error only with WALRAS_REQUIRE_ALL=1]", () => {
  if (!available.ok && available.installed && process.env.WALRAS_REQUIRE_ALL === "1") expect.fail(available.reason);
});

describe.skipIf(!available.ok)(`every operation agrees with the kernels, forward and backward${why}`, () => {
  const unary: Record<string, (x: T) => T> = {
    neg: nn.neg,
    exp: nn.exp,
    log: (x) => nn.log(positive(x)),
    tanh: nn.tanh,
    relu: nn.relu,
    sigmoid: nn.sigmoid,
    softplus: nn.softplus,
    square: nn.square,
    abs: nn.abs,
    sqrt: (x) => nn.sqrt(positive(x)),
    clip: (x) => nn.clip(x, -0.5, 0.3),
    huber: (x) => nn.huber(x, 0.4),
    "scale and shift": (x) => nn.sub(2, nn.mul(nn.add(nn.mul(x, 3), 1), -0.5)),
    sum: nn.sum,
    mean: nn.mean,
    colSum: nn.colSum,
    rowSum: nn.rowSum,
    rowMean: nn.rowMean,
    rowMax: nn.rowMax,
    softmax: nn.softmax,
    logSoftmax: nn.logSoftmax,
    sliceCols: (x) => nn.sliceCols(x, 1, 4),
    concatCols: (x) => nn.concatCols(nn.sliceCols(x, 3, 5), nn.square(x), nn.sliceCols(x, 0, 1)),
    reshape: (x) => nn.matmul(nn.reshape(nn.tanh(x), [5, 3]), x),
    "broadcast of a row, a column and a number": (x) => {
      const parts = [nn.colSum(x), nn.rowSum(x), nn.sum(x)].map((part) => nn.broadcast(part, [3, 5]));
      return nn.concatCols(...parts, nn.exp(parts[0]), nn.softmax(parts[2]), nn.broadcast(nn.constant(2), [3, 1]));
    },
    "an element used twice": (x) => nn.mul(x, nn.add(x, nn.exp(x))),
    stopGradient: (x) => nn.mul(nn.stopGradient(nn.tanh(x)), nn.add(x, nn.stopGradient(x))),
  };
  for (const [name, f] of Object.entries(unary)) test(name, () => expectAgreement(lossOf(f)));

  const binary: Record<string, (x: T, y: T) => T> = {
    add: nn.add,
    sub: nn.sub,
    mul: nn.mul,
    div: (x, y) => nn.div(x, positive(y)),
    minimum: nn.minimum,
    maximum: nn.maximum,
    lessEqual: nn.lessEqual,
  };
  for (const [name, f] of Object.entries(binary)) {
    for (const other of [
      [3, 5],
      [1, 5],
      [3, 1],
      [1, 1],
    ] as const) {
      test(`${name} of [3, 5] with [${other}], both ways`, () => {
        expectAgreement(lossOf(f, [3, 5], other));
        expectAgreement(lossOf((x, y) => f(y, x), [3, 5], other));
      });
    }
  }
  test("where", () =>
    expectAgreement(lossOf((x, y) => nn.where(nn.lessEqual(x, nn.mul(y, 0.5)), nn.square(x), nn.exp(y)))));
  test("weightedMean", () => expectAgreement(lossOf((x, y) => nn.weightedMean(x, positive(y)))));

  for (const transposeA of [false, true]) {
    for (const transposeB of [false, true]) {
      test(`matmul ${transposeA ? "T" : "N"}${transposeB ? "T" : "N"}`, () =>
        expectAgreement(
          lossOf(
            (x, y) => nn.matmul(x, y, { transposeA, transposeB }),
            transposeA ? [4, 3] : [3, 4],
            transposeB ? [6, 4] : [4, 6],
          ),
        ));
    }
  }

  test("gather, one column or several, and the same one twice", () => {
    for (const picks of [1, 3]) {
      expectAgreement(
        trace({ index: indices(5, picks) }, ({ index }, param) => {
          const y = nn.gather(nn.square(param("x", [5, 4], nn.zeros)), index);
          return { loss: nn.sum(nn.exp(y)), outputs: { y } };
        }),
      );
    }
  });
  test("pick, one output or several, and the same one twice", () => {
    for (const picks of [1, 3]) {
      expectAgreement(
        trace({ index: indices(5, picks) }, ({ index }, param) => {
          const y = nn.pick(nn.square(param("x", [5, 6], nn.zeros)), param("w", [4, 6], nn.zeros), index);
          return { loss: nn.sum(nn.exp(y)), outputs: { y } };
        }),
      );
    }
  });
  test("layerNorm", () =>
    expectAgreement(
      trace({ x: matrix(4, 6) }, ({ x }, param) => {
        const y = nn.layerNorm(param, nn.add(x, param("shift", [4, 6], nn.zeros)), "norm");
        return { loss: nn.sum(nn.mul(y, param("w", [4, 6], nn.zeros))), outputs: { y } };
      }),
    ));
});

describe.skipIf(!available.ok)(`whole losses agree with the kernels${why}`, () => {
  test("DQN", () => expectAgreement(dqn()));
  test("PPO", () => expectAgreement(ppo()));
  test("a graph of outputs only, two of them the same, an input and a broadcast", () =>
    expectAgreement(
      trace({ x: matrix(2, 3), i: indices(2) }, ({ x, i }) => {
        const y = nn.tanh(x);
        return { outputs: { y, again: y, x, i, row: nn.broadcast(nn.colSum(x), [2, 3]) } };
      }),
    ));
  test("parameters that the loss does not train keep what is in grads, and one it does not reach has gradient 0", () =>
    expectAgreement(
      trace({ obs: matrix(B, F) }, ({ obs }, param) => {
        param("actor/unused", [2, 2], nn.zeros);
        const action = mlp(param, obs, { name: "actor", hidden: [6], outputs: 2, activation: "tanh" });
        const q = mlp(param, nn.concatCols(obs, action), {
          name: "critic",
          hidden: [6],
          outputs: 1,
          activation: "relu",
        });
        return { loss: nn.neg(nn.mean(q)), train: ["actor/"] };
      }),
    ));
});

describe.skipIf(!available.ok)(`the training step${why}`, () => {
  for (const [name, graph] of Object.entries<Graph>({ DQN: dqn(), PPO: ppo() })) {
    for (const maxGradNorm of [0.1, Number.POSITIVE_INFINITY]) {
      test(`20 steps of ${name} with maxGradNorm ${maxGradNorm} reach the θ, m, v and losses of createAdam`, () => {
        const layout = nn.layoutOf(graph);
        const arena = createArena({ bytes: 8 * MIB });
        const [params, grads] = [arena.f32(layout.size), arena.f32(layout.size)];
        const wasm = nn.compile(graph, { arena, params, grads });
        fill(wasm.inputs, params);
        const options = { learningRate: 0.01, epsilon: 1e-5, maxGradNorm };
        const adam = nn.createAdam({ arena, params, grads, ...options });
        const onnx = createOnnxTrainStep(graph, { params, ...options });
        fill(onnx.inputs, new Float32Array(layout.size));

        const start = params.slice();
        for (let i = 0; i < 20; i++) {
          if (i === 10) adam.learningRate = onnx.learningRate = 0.003;
          wasm.run();
          wasm.backward();
          const norm = adam.step();
          expectClose([onnx.step()], [norm], 1e-4, `norm ${i}`);
          expectClose(onnx.loss, wasm.loss, 1e-4, `loss ${i}`);
        }
        expect(onnx.steps).toBe(20);
        expectClose(onnx.params, params, 1e-4, "params");
        expectClose(onnx.m, adam.m, 1e-4, "m");
        expectClose(onnx.v, adam.v, 1e-4, "v");
        expect(Math.max(...params.map((p, i) => Math.abs(p - start[i])))).toBeGreaterThan(0.05);
        onnx.release();
      });
    }
  }

  test("a training step restored from params, m, v and steps continues to the same bits", () => {
    const graph = ppo();
    const start = new Float32Array(nn.layoutOf(graph).size);
    const create = () => {
      const onnx = createOnnxTrainStep(graph, { params: start, maxGradNorm: 0.5 });
      fill(onnx.inputs, start);
      onnx.params.set(start);
      return onnx;
    };
    const [whole, restored] = [create(), create()];
    for (let i = 0; i < 5; i++) whole.step();
    restored.steps = whole.steps;
    for (const name of ["params", "m", "v"] as const) restored[name].set(whole[name]);
    for (let i = 0; i < 4; i++) expect(restored.step()).toBe(whole.step());
    expect(restored.params).toEqual(whole.params);
  });

  test("parameters that the loss does not train, or that belong to another graph, stay as they are", () => {
    const graph = trace({ x: matrix(2, 3) }, ({ x }, param) => {
      const y = nn.matmul(x, param("net/w", [3, 1], nn.zeros));
      return { loss: nn.mean(nn.square(nn.add(y, param("fixed", [2, 1], nn.zeros)))), train: ["net/"] };
    });
    const other = trace({}, (_, param) => ({ outputs: { a: param("other", [1, 4], nn.zeros) } }));
    const layout = nn.layoutOf(other, graph);
    const params = new Float32Array(layout.size).fill(0.5);
    const onnx = createOnnxTrainStep(graph, { params, layout, maxGradNorm: 1 });
    onnx.inputs.x.fill(1);
    for (let i = 0; i < 3; i++) onnx.step();
    for (const { name, from, to } of layout.slices) {
      const moved = onnx.params.subarray(from, to).every((p) => p < 0.5);
      expect([name, moved]).toEqual([name, name === "net/w"]);
    }
    expect(params).toEqual(new Float32Array(layout.size).fill(0.5)); // the caller's array is only where it starts
  });
});

describe.skipIf(!available.ok)(`mistakes are reported as the kernels do${why}`, () => {
  const graph = dqn();
  const { size } = nn.layoutOf(graph);

  test("an index out of range, also a negative one, names its input and row", () => {
    const net = compileOnnx(graph, { params: new Float32Array(size) });
    for (const bad of [-1, A]) {
      net.inputs.action[3] = bad;
      expect(() => net.run()).toThrow(`Input "action": got column ${bad} at row 3, pick 0, expected 0 to 3.`);
    }
    net.inputs.action[3] = 0;
    net.run();
  });

  test("arrays of a wrong length, and an unknown name in bind", () => {
    expect(() => compileOnnx(graph, { params: new Float32Array(3) })).toThrow(/params has 3 elements of f32/);
    const params = new Float32Array(size);
    expect(() => compileOnnx(graph, { params, bind: { obz: params } })).toThrow(/bind names "obz"/);
    expect(() =>
      createOnnxTrainStep(
        trace({}, () => ({})),
        { params: new Float32Array(0) },
      ),
    ).toThrow(/the graph has no loss/);
  });

  test("inputs and parameters may live in an arena: a forward pass on the kernels' own θ", () => {
    const arena = createArena({ bytes: 4 * MIB });
    const params = arena.f32(size);
    const wasm = nn.compile(graph, { arena, params });
    fill(wasm.inputs, params);
    const onnx = compileOnnx(graph, { params, bind: wasm.inputs });
    wasm.run();
    onnx.run();
    expectClose(onnx.outputs.q, wasm.outputs.q, 1e-5, "q");
  });
});
