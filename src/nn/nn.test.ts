import { describe, expect, test } from "vitest";
import { createArena } from "../kernels/index.ts";
import { seedStream } from "../random/index.ts";
import { type Graph, type InputSpecs, indices, matrix, type Tensor, type Tensors } from "./graph.ts";
import * as nn from "./index.ts";
import { gradient, initialise, layoutOf, mlp, orthogonal, rangeOf, trace } from "./index.ts";
import { evaluate } from "./reference.ts";

type T = Tensor<"f32">;
const MIB = 1024 * 1024;

/** Irregular numbers in (−1, 1), never twice the same and away from 0 and from the kinks of the operations tested. */
function irregular(n: number, start = 1): number[] {
  return Array.from({ length: n }, (_, i) => {
    const value = ((start + i) * 0.7548776662466927 + 0.1234) % 1;
    return Math.round((2 * value - 1) * 4096) / 4096 + 1 / 8192; // exact in f32
  });
}

/** Values for all inputs and parameters of a graph: i32 inputs count through 0 … columns − 1. */
function valuesFor(graph: Graph, columns = 4): Record<string, number[]> {
  const values: Record<string, number[]> = {};
  let start = 1;
  for (const [name, tensor] of Object.entries(graph.inputs)) {
    const n = tensor.shape[0] * tensor.shape[1];
    values[name] =
      tensor.dtype === "i32" ? Array.from({ length: n }, (_, i) => (i * 7 + 2) % columns) : irregular(n, (start += 50));
  }
  for (const { name, shape } of graph.params) values[name] = irregular(shape[0] * shape[1], (start += 50));
  return values;
}

/** Runs a graph on the kernels with the given values; returns loss, outputs and gradients by parameter. */
function runWasm<I extends InputSpecs, O extends Tensors>(
  graph: Graph<I, O>,
  values: Record<string, ArrayLike<number>>,
) {
  const arena = createArena({ bytes: 8 * MIB });
  const layout = layoutOf(graph);
  const params = arena.f32(layout.size);
  const grads = arena.f32(layout.size).fill(99);
  for (const { name, from } of layout.slices) params.set(values[name], from);
  const executable = nn.compile(graph, { arena, params, ...(graph.loss && { grads }) });
  for (const [name, view] of Object.entries<Float32Array | Int32Array>(executable.inputs)) view.set(values[name]);
  executable.run();
  if (graph.loss) executable.backward();
  const byName = Object.fromEntries(layout.slices.map(({ name, from, to }) => [name, grads.subarray(from, to)]));
  return { executable, grads: byName };
}

function expectClose(got: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string) {
  expect(got.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(got[i] - expected[i]) / Math.max(1, Math.abs(expected[i]));
    if (!(error <= tolerance)) expect.fail(`${what}[${i}]: got ${got[i]}, expected ${expected[i]}`);
  }
}

/**
 * Three-way check of a loss: the gradient graph evaluated in f64 equals central finite differences of the f64 loss, and the
 * kernels' f32 loss, outputs and gradients equal the f64 ones.
 */
function checkGradients(graph: Graph, values = valuesFor(graph), { skipDifferences = false } = {}) {
  const loss = graph.loss!;
  const trained = [...graph.trained];
  const symbolic = gradient(
    loss,
    trained.map(([, tensor]) => tensor),
  );
  const { executable, grads } = runWasm(graph, values);
  expectClose(executable.loss, evaluate([loss], values)[0], 1e-5, "loss");
  for (const [name, tensor] of Object.entries(graph.outputs)) {
    expectClose(executable.outputs[name], evaluate([tensor], values)[0], 1e-5, name);
  }
  trained.forEach(([name, tensor], p) => {
    const g = symbolic[p];
    const exact = g ? evaluate([g], values)[0] : new Float64Array(tensor.shape[0] * tensor.shape[1]);
    expectClose(grads[name], exact, 2e-5, `grad ${name}`);
    if (skipDifferences) return;
    const h = 1e-6;
    const differences = Array.from(exact, (_, i) => {
      const at = (step: number) =>
        evaluate([loss], { ...values, [name]: values[name].map((v, k) => (k === i ? v + step : v)) })[0][0];
      return (at(h) - at(-h)) / (2 * h);
    });
    expectClose(exact, differences, 1e-7, `difference ${name}`);
  });
}

/** A loss that weighs every element of f(x) differently. */
function lossOf(f: (x: T, y: T) => T, shape: readonly [number, number] = [3, 5], other = shape): Graph {
  return trace({}, (_, param) => {
    const y = f(param("x", shape, nn.zeros), param("y", other, nn.zeros));
    const weights = y.shape[0] * y.shape[1];
    return { loss: nn.sum(nn.mul(y, param("w", y.shape, nn.zeros))), outputs: { y: nn.mul(y, weights) } };
  });
}

const positive = (x: T) => nn.add(nn.abs(x), 0.5);

describe("the gradient of every operation equals finite differences, and the kernels equal f64", () => {
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
    "an element used twice": (x) => nn.mul(x, nn.add(x, nn.exp(x))),
    "stopGradient stops": (x) => nn.mul(nn.stopGradient(nn.tanh(x)), nn.add(x, nn.stopGradient(x))),
  };
  for (const [name, f] of Object.entries(unary)) {
    // what stopGradient removes, finite differences would find
    test(name, () => checkGradients(lossOf(f), undefined, { skipDifferences: name === "stopGradient stops" }));
  }

  const binary: Record<string, (x: T, y: T) => T> = {
    add: nn.add,
    sub: nn.sub,
    mul: nn.mul,
    div: (x, y) => nn.div(x, positive(y)),
    minimum: nn.minimum,
    maximum: nn.maximum,
    where: (x, y) => nn.where(nn.lessEqual(x, nn.mul(y, 0.5)), nn.square(x), nn.exp(y)),
    weightedMean: (x, y) => nn.weightedMean(x, nn.stopGradient(positive(y))),
  };
  for (const [name, f] of Object.entries(binary)) {
    for (const other of [
      [3, 5],
      [1, 5],
      [3, 1],
      [1, 1],
    ] as const) {
      if ((name === "where" || name === "weightedMean") && other[1] !== 5) continue;
      if (name === "weightedMean" && other[0] === 1) continue;
      test(`${name} of [3, 5] with [${other}]`, () =>
        checkGradients(lossOf(f, [3, 5], other), undefined, { skipDifferences: name === "weightedMean" }));
      test(`${name} of [${other}] with [3, 5]`, () =>
        checkGradients(
          lossOf((x, y) => f(y, x), [3, 5], other),
          undefined,
          { skipDifferences: name === "weightedMean" },
        ));
    }
  }

  for (const transposeA of [false, true]) {
    for (const transposeB of [false, true]) {
      test(`matmul ${transposeA ? "T" : "N"}${transposeB ? "T" : "N"}`, () =>
        checkGradients(
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
      checkGradients(
        trace({ index: indices(5, picks) }, ({ index }, param) => {
          const x = param("x", [5, 4], nn.zeros);
          const y = nn.gather(nn.square(x), index);
          return { loss: nn.sum(nn.exp(y)), outputs: { y } };
        }),
      );
    }
  });

  test("pick, one output or several, and the same one twice", () => {
    for (const [picks, depth] of [
      [1, 4],
      [3, 7],
    ]) {
      checkGradients(
        trace({ index: indices(5, picks) }, ({ index }, param) => {
          const x = param("x", [5, depth], nn.zeros);
          const w = param("w", [4, depth], nn.zeros);
          const y = nn.pick(nn.square(x), w, index);
          return { loss: nn.sum(nn.exp(y)), outputs: { y } };
        }),
      );
    }
  });

  test("pick gives the numbers of gather after a whole layer, and refuses an index beyond it", () => {
    const graph = trace({ x: matrix(5, 6), index: indices(5, 2) }, ({ x, index }, param) => {
      const w = param("w", [9, 6], nn.heUniform);
      const picked = nn.pick(x, w, index);
      return { outputs: { difference: nn.sub(picked, nn.gather(nn.matmul(x, w, { transposeB: true }), index)) } };
    });
    const arena = createArena({ bytes: 4 << 20 });
    const layout = nn.layoutOf(graph);
    const params = arena.f32(layout.size);
    nn.initialise(params, layout, seedStream(1));
    const run = nn.compile(graph, { arena, params, layout });
    run.inputs.x.set(Float32Array.from({ length: 30 }, (_, i) => (i % 7) - 3));
    run.inputs.index.set([0, 8, 3, 3, 1, 0, 7, 2, 5, 5]);
    run.run();
    for (const difference of run.outputs.difference) expect(Math.abs(difference)).toBeLessThan(1e-5);
    run.inputs.index[3] = 9;
    expect(() => run.run()).toThrow(/index/);
  });

  test("an output that is a constant has its value", () => {
    const graph = trace({}, () => ({ outputs: { two: nn.constant(2, [2, 2]) } }));
    const arena = createArena({ bytes: 4 * MIB });
    const run = nn.compile(graph, { arena, params: arena.f32(0) });
    run.run();
    expect([...run.outputs.two]).toEqual([2, 2, 2, 2]);
  });

  test("layerNorm", () => checkGradients(normGraph()));

  test("gru, over three steps: values by the formula, and gradients", () => {
    const unroll = () =>
      trace({ x: matrix(4, 9), h: matrix(4, 2) }, ({ x, h }, param) => {
        const states = [h];
        for (let t = 0; t < 3; t++) states.push(nn.gru(param, nn.sliceCols(x, 3 * t, 3 * t + 3), states[t], "cell"));
        return { loss: nn.sum(nn.square(nn.concatCols(...states.slice(1)))), outputs: { first: states[1] } };
      });
    checkGradients(unroll());
    const graph = unroll();
    const values = valuesFor(graph);
    const [first] = evaluate([graph.outputs.first], values);
    const gate = (i: number, column: number, side: "input" | "hidden") => {
      const [from, n] = side === "input" ? [values.x, 3] : [values.h, 2];
      let sum = values[`cell/${side}/bias`][column];
      for (let k = 0; k < n; k++)
        sum += from[i * (side === "input" ? 9 : 2) + k] * values[`cell/${side}/weight`][k * 6 + column];
      return sum;
    };
    const σ = (v: number) => 1 / (1 + Math.exp(-v));
    for (let i = 0; i < 4; i++)
      for (let j = 0; j < 2; j++) {
        const [z, r] = [0, 1].map((k) => σ(gate(i, 2 * k + j, "input") + gate(i, 2 * k + j, "hidden")));
        const n = Math.tanh(gate(i, 4 + j, "input") + r * gate(i, 4 + j, "hidden"));
        expect(first[i * 2 + j]).toBeCloseTo((1 - z) * n + z * values.h[i * 2 + j], 10);
      }
  });

  const normGraph = () =>
    trace({ x: matrix(4, 6) }, ({ x }, param) => {
      const y = nn.layerNorm(param, nn.add(x, param("shift", [4, 6], nn.zeros)), "norm");
      return { loss: nn.sum(nn.mul(y, param("w", [4, 6], nn.zeros))), outputs: { y } };
    });
});

const [B, F, A] = [9, 5, 4];

/** DQN with double-Q targets computed outside. */
const dqn = () =>
  trace({ obs: matrix(B, F), action: indices(B), target: matrix(B) }, ({ obs, action, target }, param) => {
    const q = mlp(param, obs, { name: "q", hidden: [7, 6], outputs: A, activation: "relu" });
    return { loss: nn.mean(nn.huber(nn.sub(nn.gather(q, action), target))), outputs: { q, best: nn.rowMax(q) } };
  });

/** PPO: clipped surrogate, value loss, entropy bonus, one network for both heads. */
const ppo = () =>
  trace(
    { obs: matrix(B, F), action: indices(B), oldLogProb: matrix(B), advantage: matrix(B), target: matrix(B) },
    ({ obs, action, oldLogProb, advantage, target }, param) => {
      const body = mlp(param, obs, {
        name: "body",
        hidden: [8],
        outputs: 8,
        activation: "tanh",
        outputActivation: "tanh",
      });
      const logits = nn.logSoftmax(nn.dense(param, body, { name: "policy", outputs: A }));
      const value = nn.dense(param, body, { name: "value", outputs: 1 });
      const ratio = nn.exp(nn.sub(nn.gather(logits, action), nn.sub(oldLogProb, 1.5)));
      const surrogate = nn.minimum(nn.mul(ratio, advantage), nn.mul(nn.clip(ratio, 0.8, 1.2), advantage));
      const entropy = nn.neg(nn.mean(nn.rowSum(nn.mul(nn.exp(logits), logits))));
      const loss = nn.sub(
        nn.add(nn.neg(nn.mean(surrogate)), nn.mul(nn.mean(nn.square(nn.sub(value, target))), 0.5)),
        nn.mul(entropy, 0.01),
      );
      return { loss, outputs: { logits, value, entropy } };
    },
  );

describe("whole losses", () => {
  test("a DQN loss has the gradient of finite differences", () => checkGradients(dqn()));
  test("a PPO loss has the gradient of finite differences", () => checkGradients(ppo()));

  test("weights shared between two passes receive both gradients", () => {
    checkGradients(
      trace({ a: matrix(B, F), b: matrix(B, F) }, ({ a, b }, param) => {
        const net = (x: T) => mlp(param, x, { name: "net", hidden: [6], outputs: 2, activation: "tanh" });
        return { loss: nn.mean(nn.square(nn.sub(net(a), nn.mul(net(b), 0.5)))) };
      }),
    );
  });

  test("train limits the gradient to the named parameters, through the others", () => {
    const graph = trace({ obs: matrix(B, F) }, ({ obs }, param) => {
      const action = mlp(param, obs, { name: "actor", hidden: [6], outputs: 2, activation: "tanh" });
      const q = mlp(param, nn.concatCols(obs, action), { name: "critic", hidden: [6], outputs: 1, activation: "relu" });
      return { loss: nn.neg(nn.mean(q)), train: ["actor/"] };
    });
    checkGradients(graph);
    const { grads } = runWasm(graph, valuesFor(graph));
    expect(Array.from(new Set(grads["critic/0/weight"]))).toEqual([99]);
  });

  test("a parameter that the loss does not reach has gradient 0, and one whose gradient is an input receives a copy", () => {
    const graph = trace({ x: matrix(3, 2) }, ({ x }, param) => {
      param("unused", [2, 2], nn.zeros);
      return { loss: nn.sum(nn.mul(param("w", [3, 2], nn.zeros), nn.add(x, nn.mul(param("v", [3, 2], nn.zeros), 0)))) };
    });
    const values = valuesFor(graph);
    checkGradients(graph);
    const { grads } = runWasm(graph, values);
    expect(Array.from(grads.unused)).toEqual([0, 0, 0, 0]);
    expect(Array.from(grads.w)).toEqual(values.x);
  });

  test("the gradient with respect to an input is an output like any other", () => {
    const graph = trace({ x: matrix(2, 3) }, ({ x }) => {
      const value = nn.sum(nn.square(x));
      return { outputs: { value, slope: gradient(value, [x])[0]! } };
    });
    const { executable } = runWasm(graph, { x: [1, 2, 3, 4, 5, 6] });
    expect(Array.from(executable.outputs.slope)).toEqual([2, 4, 6, 8, 10, 12]);
  });

  test("a second backward without a run in between is refused: its buffers have been reused", () => {
    const { executable } = runWasm(ppo(), valuesFor(ppo()));
    expect(() => executable.backward()).toThrow(/called twice, or before run/);
  });

  test("running twice, or backward after another run, gives the same bits", () => {
    const graph = ppo();
    const { executable, grads } = runWasm(graph, valuesFor(graph));
    const first = Object.values(grads).map((g) => Array.from(g));
    const outputs = JSON.stringify(Object.values(executable.outputs).map((o) => Array.from(o)));
    executable.run();
    executable.run();
    executable.backward();
    expect(Object.values(grads).map((g) => Array.from(g))).toEqual(first);
    expect(JSON.stringify(Object.values(executable.outputs).map((o) => Array.from(o)))).toBe(outputs);
  });
});

describe("action heads", () => {
  test("log-probabilities of branches multiply out, and a masked action has probability 0 and no gradient", () => {
    const graph = trace({ mask: matrix(3, 5), action: indices(3, 2) }, ({ mask, action }, param) => {
      const head = nn.categorical(param("logits", [3, 5], nn.zeros), { branches: [3, 2], mask });
      const logProb = head.logProb(action);
      const { probs, entropy } = head;
      return { loss: nn.sum(nn.add(logProb, nn.square(entropy))), outputs: { logProb, probs, entropy } };
    });
    const values = {
      logits: irregular(15),
      mask: [1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0],
      action: [0, 1, 2, 0, 1, 0],
    };
    checkGradients(graph, values);
    const { executable, grads } = runWasm(graph, values);
    const { probs, logProb } = executable.outputs;
    for (let i = 0; i < 3; i++) {
      const [a, b] = [values.action[2 * i], 3 + values.action[2 * i + 1]];
      expect(logProb[i]).toBeCloseTo(Math.log(probs[5 * i + a] * probs[5 * i + b]), 5);
      expect(probs[5 * i] + probs[5 * i + 1] + probs[5 * i + 2]).toBeCloseTo(1, 6);
    }
    for (const masked of [6, 10, 14]) expect([probs[masked], grads.logits[masked]]).toEqual([0, 0]);
  });

  test("equal logits have entropy log n", () => {
    const graph = trace({ x: matrix(2, 8) }, ({ x }) => ({ outputs: { entropy: nn.categorical(x).entropy } }));
    const { executable } = runWasm(graph, { x: new Array(16).fill(3) });
    expect(executable.outputs.entropy[0]).toBeCloseTo(Math.log(8), 6);
  });

  test("sampling by inversion gives each action its share of the unit interval, and never a masked one", () => {
    const probs = new Float32Array([0, 0.25, 0.5, 0.25, 0, 0.1, 0.9]);
    const draw = (u: number, v: number) => {
      const action = new Int32Array(2);
      nn.sampleCategorical(action, probs, [u, v], [5, 2]);
      return Array.from(action);
    };
    expect(draw(0, 0)).toEqual([1, 0]);
    expect(draw(0.2499, 0.0999)).toEqual([1, 0]);
    expect(draw(0.25, 0.1001)).toEqual([2, 1]);
    expect(draw(0.75, 0.5)).toEqual([3, 1]);
    expect(draw(1 - 2 ** -53, 1 - 2 ** -53)).toEqual([3, 1]);
  });

  test("a normal's log-density and entropy are the closed forms, with gradients", () => {
    const graph = trace({ action: matrix(4, 3) }, ({ action }, param) => {
      const head = nn.gaussian(param("mean", [4, 3], nn.zeros), param("logStd", [1, 3], nn.zeros));
      const logProb = head.logProb(action);
      return { loss: nn.sum(nn.add(logProb, head.entropy)), outputs: { logProb, entropy: head.entropy } };
    });
    checkGradients(graph);
    const values = { action: new Array(12).fill(1), mean: new Array(12).fill(0), logStd: [0, 0, 0] };
    const { logProb, entropy } = runWasm(graph, values).executable.outputs;
    expect(logProb[0]).toBeCloseTo(-1.5 - 1.5 * Math.log(2 * Math.PI), 5);
    expect(entropy[0]).toBeCloseTo(1.5 * (1 + Math.log(2 * Math.PI)), 5);
  });

  test("a squashed normal's density integrates the change of variable, also far from 0", () => {
    const graph = trace({ noise: matrix(4, 3) }, ({ noise }, param) => {
      const head = nn.squashedGaussian(param("mean", [4, 3], nn.zeros), param("logStd", [4, 3], nn.zeros));
      const { action, logProb } = head.sample(noise);
      return { loss: nn.sum(nn.mul(logProb, nn.rowSum(action))), outputs: { action, logProb } };
    });
    checkGradients(graph);
    const one = trace({ noise: matrix(1) }, ({ noise }) => ({
      outputs: { logProb: nn.squashedGaussian(nn.constant(0), nn.constant(0)).sample(noise).logProb },
    }));
    for (const u of [0, 1, -3, 12]) {
      const normal = -0.5 * u * u - 0.5 * Math.log(2 * Math.PI);
      const { logProb } = runWasm(one, { noise: [u] }).executable.outputs;
      // log(1 − tanh² u) = −2 log cosh u
      expect(logProb[0] / (normal + 2 * Math.log(Math.cosh(u)))).toBeCloseTo(1, 5);
    }
  });
});

describe("parameters", () => {
  test("6-50-50-50-50-1 has 8051 parameters", () => {
    const graph = trace({ x: matrix(1, 6) }, ({ x }, param) => ({
      outputs: { y: mlp(param, x, { name: "q", hidden: [50, 50, 50, 50], outputs: 1, activation: "relu" }) },
    }));
    expect(layoutOf(graph).size).toBe(8051);
  });

  test("an acting graph shares θ with a training graph through their common layout", () => {
    const act = trace({ obs: matrix(2, F) }, ({ obs }, param) => ({
      outputs: { q: mlp(param, obs, { name: "q", hidden: [7, 6], outputs: A, activation: "relu" }) },
    }));
    const train = trace({ obs: matrix(B, F) }, ({ obs }, param) => {
      const offset = param("offset", [1, A], nn.constantInit(0));
      const q = mlp(param, obs, { name: "q", hidden: [7, 6], outputs: A, activation: "relu" });
      return { outputs: { q: nn.add(q, offset) } };
    });
    const layout = layoutOf(train, act);
    const arena = createArena({ bytes: 8 * MIB });
    const params = arena.f32(layout.size);
    initialise(params, layout, seedStream(1));
    const a = nn.compile(act, { arena, params, layout });
    const t = nn.compile(train, { arena, params, layout });
    t.inputs.obs.set(irregular(B * F));
    a.inputs.obs.set(t.inputs.obs.subarray(0, 2 * F));
    a.run();
    t.run();
    expect(Array.from(a.outputs.q)).toEqual(Array.from(t.outputs.q.subarray(0, 2 * A)));
    expect(rangeOf(layout, "q/")).toEqual({ from: A, to: layout.size });
  });

  test("an input may be bound to another executable's output", () => {
    const arena = createArena({ bytes: 8 * MIB });
    const double = trace({ x: matrix(3) }, ({ x }) => ({ outputs: { y: nn.mul(x, 2) } }));
    const none = arena.f32(0);
    const first = nn.compile(double, { arena, params: none });
    const second = nn.compile(double, { arena, params: none, bind: { x: first.outputs.y } });
    first.inputs.x.set([1, 2, 3]);
    first.run();
    second.run();
    expect(Array.from(second.outputs.y)).toEqual([4, 8, 12]);
  });

  test("orthogonal initial weights have orthonormal columns, or rows, times the gain", () => {
    for (const [rows, cols] of [
      [8, 5],
      [5, 8],
      [6, 6],
    ] as const) {
      const w = new Float32Array(rows * cols);
      orthogonal(2)(w, [rows, cols], seedStream(3));
      const at = (i: number, j: number) => w[i * cols + j];
      const count = Math.min(rows, cols);
      for (let i = 0; i < count; i++) {
        for (let j = 0; j < count; j++) {
          let dot = 0;
          for (let k = 0; k < Math.max(rows, cols); k++)
            dot += rows >= cols ? at(k, i) * at(k, j) : at(i, k) * at(j, k);
          expect(dot).toBeCloseTo(i === j ? 4 : 0, 5);
        }
      }
    }
  });

  test("uniform initial weights have the bound and variance of their rule", () => {
    const variance = (init: nn.Initialiser) => {
      const w = new Float32Array(100 * 60);
      init(w, [100, 60], seedStream(4));
      return w.reduce((total, v) => total + v * v, 0) / w.length;
    };
    expect(variance(nn.heUniform) * 100).toBeCloseTo(2, 1);
    expect(variance(nn.glorotUniform) * 160).toBeCloseTo(2, 1);
    expect(variance(nn.fanInUniform()) * 100).toBeCloseTo(1 / 3, 2);
  });

  test("initial values belong to a name, not to a position", () => {
    const first = trace({}, (_, param) => ({ outputs: { a: param("a", [3, 3], nn.heUniform) } }));
    const both = trace({}, (_, param) => ({
      outputs: { b: param("b", [2, 2], nn.heUniform), a: param("a", [3, 3], nn.heUniform) },
    }));
    const draw = (graph: typeof first | typeof both) => {
      const layout = layoutOf(graph);
      const params = new Float32Array(layout.size);
      initialise(params, layout, seedStream(5));
      return Array.from(params.subarray(layout.size - 9));
    };
    expect(draw(both)).toEqual(draw(first));
  });
});

describe("adam", () => {
  test("follows a sequence worked by hand: a constant gradient moves θ by the learning rate each step", () => {
    const arena = createArena({ bytes: 4 * MIB });
    const params = arena.f32(1).fill(1);
    const grads = arena.f32(1).fill(0.25);
    const adam = nn.createAdam({ arena, params, grads, learningRate: 0.1 });
    // m̂ = g and v̂ = g² for every t, so each step is lr g / (|g| + ε)
    for (const expected of [0.9, 0.8, 0.7]) {
      expect(adam.step()).toBeCloseTo(0.25, 12);
      expect(params[0]).toBeCloseTo(expected, 6);
    }
    // gradients 1, −2 from θ = 0, lr 0.1: m̂₂ = −0.11/0.19, v̂₂ = 0.004999/0.001999
    params[0] = 0;
    adam.m.fill(0);
    adam.v.fill(0);
    adam.steps = 0;
    grads[0] = 1;
    adam.step();
    grads[0] = -2;
    adam.step();
    expect(params[0]).toBeCloseTo(-0.1 + (0.1 * (0.11 / 0.19)) / Math.sqrt(0.004999 / 0.001999), 6);
  });

  test("clips by the global norm and reports the norm before clipping", () => {
    const step = (maxGradNorm: number, scale: number) => {
      const arena = createArena({ bytes: 4 * MIB });
      const params = arena.f32(2);
      const grads = arena.f32(2);
      grads.set([3 * scale, 4 * scale]);
      const adam = nn.createAdam({ arena, params, grads, maxGradNorm, epsilon: 1 });
      return [adam.step(), params[0], params[1]];
    };
    expect(step(0.5, 1)[0]).toBe(5);
    expect(step(0.5, 1).slice(1)).toEqual(step(Infinity, 0.1).slice(1));
    expect(step(5, 1).slice(1)).toEqual(step(Infinity, 1).slice(1));
  });
});

/** Fits sin on [−π, π]; returns the mean squared error and the bytes of θ. */
function fitSine(seed: number, shared = false) {
  const n = 64;
  const graph = trace({ x: matrix(n), y: matrix(n) }, ({ x, y }, param) => {
    const fitted = mlp(param, x, { name: "net", hidden: [32, 32], outputs: 1, activation: "tanh" });
    return { loss: nn.mean(nn.square(nn.sub(fitted, y))) };
  });
  const arena = createArena({ bytes: 8 * MIB, shared });
  const layout = layoutOf(graph);
  const params = arena.f32(layout.size);
  const grads = arena.f32(layout.size);
  initialise(params, layout, seedStream(seed));
  const net = nn.compile(graph, { arena, params, grads });
  const adam = nn.createAdam({ arena, params, grads, learningRate: 5e-3 });
  for (let i = 0; i < n; i++) {
    net.inputs.x[i] = -Math.PI + (2 * Math.PI * i) / (n - 1);
    net.inputs.y[i] = Math.sin(net.inputs.x[i]);
  }
  for (let step = 0; step < 600; step++) {
    net.run();
    net.backward();
    adam.step();
  }
  return { loss: net.loss[0], theta: Buffer.from(params.slice().buffer).toString("hex") };
}

describe("training", () => {
  test("an MLP fits a sine, and training twice gives identical bytes, in plain and in shared memory", () => {
    const first = fitSine(1);
    expect(first.loss).toBeLessThan(1e-4);
    expect(fitSine(1).theta).toBe(first.theta);
    expect(fitSine(1, true).theta).toBe(first.theta);
    expect(fitSine(2).theta).not.toBe(first.theta);
  });

  test("shards summed in a fixed order give the same gradient whichever instance computed them", () => {
    const shard = (rows: number) =>
      trace({ x: matrix(rows, 3), y: matrix(rows) }, ({ x, y }, param) => ({
        loss: nn.mul(
          nn.sum(nn.square(nn.sub(mlp(param, x, { name: "n", hidden: [8], outputs: 1, activation: "tanh" }), y))),
          1 / 10,
        ),
      }));
    const graphs = [shard(6), shard(4)];
    const layout = layoutOf(...graphs);
    // who[i] is the thread that runs shard i; every thread compiles everything and so agrees on all addresses
    const total = (who: readonly number[]) => {
      const leader = createArena({ bytes: 8 * MIB, shared: true, threads: 2, rank: 0 });
      const arenas = [leader, createArena({ memory: leader.memory, threads: 2, rank: 1 })];
      const threads = arenas.map((arena) => {
        const params = arena.f32(layout.size);
        const sum = arena.f32(layout.size);
        const shards = graphs.map((graph) => {
          const grads = arena.f32(layout.size);
          return { ...nn.compile(graph, { arena, params, grads, layout }), grads };
        });
        return { params, sum, shards, kernels: arena.kernels };
      });
      initialise(threads[0].params, layout, seedStream(9));
      who.forEach((rank, i) => {
        const { inputs, run, backward } = threads[rank].shards[i];
        inputs.x.set(irregular(inputs.x.length, 1 + 18 * i));
        inputs.y.set(irregular(inputs.y.length, 100 + 6 * i));
        run();
        backward();
      });
      const { sum, shards, kernels } = threads[0];
      kernels.add(sum.byteOffset, shards[0].grads.byteOffset, shards[1].grads.byteOffset, layout.size);
      return Array.from(sum);
    };
    const reference = total([0, 0]);
    expect(reference.some((g) => g !== 0)).toBe(true);
    expect(total([0, 1])).toEqual(reference);
    expect(total([1, 0])).toEqual(reference);
  });
});

describe("mistakes are named", () => {
  const x = nn.constant(1, [3, 4]);
  test.each([
    [() => nn.add(x, nn.constant(1, [2, 4])), /add: shapes \[3,4\] and \[2,4\] differ in rows/],
    [() => nn.matmul(x, x), /matmul: \[3,4\] × \[3,4\]: 4 columns against 3 rows/],
    [() => nn.sliceCols(x, 2, 5), /got columns 2 to 5 of \[3,4\]/],
    [() => nn.concatCols(x, nn.constant(1, [2, 2])), /\[3,4\], \[2,2\] differ in rows/],
    [() => nn.reshape(x, [5, 2]), /\[3,4\] has 12 elements, \[5,2\] 10/],
    [() => trace({}, () => ({ loss: x })), /loss has shape \[3,4\], expected \[1, 1\]/],
    [() => trace({ a: matrix(0) }, () => ({})), /Input "a": got shape \[0,1\]/],
    [
      () => trace({}, (_, p) => ({ outputs: { a: p("w", [1, 2], nn.zeros), b: p("w", [2, 1], nn.zeros) } })),
      /"w": asked for/,
    ],
    [
      () => trace({}, (_, p) => ({ loss: nn.sum(p("w", [1, 2], nn.zeros)), train: ["q"] })),
      /train names "q", but the parameters are w/,
    ],
  ])("%#", (mistake, message) => expect(mistake).toThrow(message));

  test("a column index outside the matrix names the input, the row and the range", () => {
    const graph = dqn();
    const values = { ...valuesFor(graph), action: [0, 1, 2, 3, 4, 0, 0, 0, 0] };
    expect(() => runWasm(graph, values)).toThrow(/Input "action": got column 4 at row 4, pick 0, expected 0 to 3/);
  });

  test("params outside the arena or of the wrong length", () => {
    const arena = createArena({ bytes: 8 * MIB });
    expect(() => nn.compile(dqn(), { arena, params: new Float32Array(118) })).toThrow(/params is not in the arena/);
    expect(() => nn.compile(dqn(), { arena, params: arena.f32(3) })).toThrow(
      /params has 3 elements of f32, expected 118/,
    );
  });
});
