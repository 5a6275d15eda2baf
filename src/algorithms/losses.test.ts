// Every loss that an algorithm minimises: its gradient is that of finite differences, and both backends compute it alike.
// A new algorithm adds a line to `losses`.
import { describe, expect, test } from "vitest";
import type { PopulationSpec } from "../env/vector-env.ts";
import { createArena } from "../kernels/index.ts";
import { compileOnnx, onnxAvailable } from "../nn/backends/onnx.ts";
import { gradient } from "../nn/gradient.ts";
import type { Graph } from "../nn/graph.ts";
import { compile, initialise, layoutOf } from "../nn/index.ts";
import { evaluate } from "../nn/reference.ts";
import { seedStream } from "../random/index.ts";
import { actorCritic, objective as actorCriticObjective } from "./actor-critic.ts";
import { resolveConfig } from "./algorithm.ts";
import { dqn, lossGraph as dqnLoss } from "./dqn.ts";
import { impala, objective as impalaObjective } from "./impala.ts";
import { mappo } from "./mappo.ts";
import { axisOf, naf, orderLossGraph, valueLossGraph } from "./naf.ts";
import { othersObserved } from "./on-policy/critic-context.ts";
import { ppo, objective as ppoObjective } from "./ppo.ts";
import { qmix, qmixLoss } from "./qmix.ts";
import { sac, sacLosses } from "./sac.ts";

const spec = (size: number, spaces: PopulationSpec["actions"][number]["space"][]): PopulationSpec => ({
  population: "agents",
  size,
  features: ["a", "b", "c"],
  transient: [false, false, false],
  actions: spaces.map((space, d) => ({ name: `x${d}`, column: `x${d}`, item: 0, items: 1, space })),
  continuous: spaces[0].kind === "box",
  masked: false,
});
const choice = (count: number) =>
  ({
    kind: "discrete",
    low: 0,
    high: count - 1,
    count,
    values: Float64Array.from({ length: count }, (_, k) => k),
  }) as const;
const range = { kind: "box", low: -3, high: 5, count: 0, values: new Float64Array(0) } as const;
const prices = { kind: "grid", low: 1, high: 8, count: 4, values: Float64Array.of(1, 2, 4, 8) } as const;
const evenly = { kind: "grid", low: 0, high: 3, count: 4, values: Float64Array.of(0, 1, 2, 3) } as const;

const choices = spec(1, [choice(3), choice(2)]);
const boxes = spec(1, [range, range]);
const team = spec(3, [choice(2), choice(2)]);
const small = { hiddenLayers: 2, hiddenWidth: 6 };
const rows = 8;

const dqnOf = (settings: object) => dqnLoss(choices, resolveConfig(dqn, { ...small, ...settings }), rows);
const ppoOf = (who: PopulationSpec, settings: object) =>
  ppoObjective(who, resolveConfig(ppo, { ...small, ...settings }), rows);
const mappoOf = (settings: object) => {
  const c = resolveConfig(mappo, { ...small, ...settings });
  const criticContext = othersObserved(team, c.others === "mean" ? "mean" : "each");
  return ppoObjective(team, { ...c, independent: false, learners: 0, learnersEvery: 0 }, rows, criticContext);
};
const sacOf = (who: PopulationSpec, settings: object = {}) =>
  sacLosses(who, resolveConfig(sac, { ...small, ...settings }), rows);
const qmixOf = (settings: object) => qmixLoss(team, resolveConfig(qmix, { ...small, ...settings }), rows);
const impalaOf = (who: PopulationSpec, settings: object = {}) =>
  impalaObjective(who, resolveConfig(impala, { ...small, ...settings }), rows);
const actorCriticOf = (who: PopulationSpec, settings: object = {}) =>
  actorCriticObjective(who, resolveConfig(actorCritic, { ...small, ...settings }), rows);
const nafConfig = resolveConfig(naf, { ...small, batchSize: rows, groupSize: 4 });

const losses: Readonly<Record<string, Graph>> = {
  DQN: dqnOf({}),
  "DQN, tanh": dqnOf({ activation: "tanh" }),
  "DQN, Huber": dqnOf({ huber: 0.3 }),
  "DQN, dueling": dqnOf({ dueling: true, valueScale: 3 }),
  "NAF, value": valueLossGraph(3, nafConfig),
  "NAF, order on even steps": orderLossGraph(3, nafConfig, axisOf("a", { name: "x", space: evenly })),
  "NAF, order on equal ratios": orderLossGraph(3, nafConfig, axisOf("a", { name: "x", space: prices })),
  "PPO, choices": ppoOf(choices, {}),
  "PPO, choices, unclipped values": ppoOf(choices, { clipVloss: false, activation: "relu" }),
  "PPO, KL penalty": ppoOf(choices, { klCoef: 0.2 }),
  "PPO, masked choices": ppoOf({ ...choices, masked: true }, {}),
  "PPO, boxes": ppoOf(boxes, {}),
  "PPO, squashed boxes": ppoOf(boxes, { squash: true }),
  "PPO, priced information": ppoOf(choices, { informationCost: 0.1 }),
  "PPO, priced information, squashed boxes": ppoOf(boxes, { informationCost: 0.1, squash: true }),
  "PPO, memory": ppoOf(choices, { recurrent: true, memoryWidth: 5, sequenceLength: 4 }),
  "PPO, memory, boxes": ppoOf(boxes, { recurrent: true, memoryWidth: 5, sequenceLength: 2 }),
  MAPPO: mappoOf({}),
  "MAPPO, mean of the others, memory": mappoOf({ others: "mean", recurrent: true, memoryWidth: 5, sequenceLength: 4 }),
  "SAC policy, boxes": sacOf(boxes).policy,
  "SAC policy, choices": sacOf(choices).policy,
  "SAC critics, boxes": sacOf(boxes).critics,
  "SAC critics, choices": sacOf(choices).critics,
  "SAC temperature": sacOf(boxes).temperature,
  "IMPALA, choices": impalaOf(choices),
  "IMPALA, boxes": impalaOf(boxes),
  "IMPALA, memory": impalaOf(choices, { recurrent: true, memoryWidth: 5, numSteps: 4 }),
  "actor–critic, choices": actorCriticOf(choices),
  "actor–critic, boxes": actorCriticOf(boxes),
  "actor–critic, memory": actorCriticOf(boxes, { recurrent: true, memoryWidth: 5, numSteps: 4 }),
  QMIX: qmixOf({}),
  "QMIX, double": qmixOf({ doubleQ: true }),
  VDN: qmixOf({ mixer: "vdn" }),
};

/** Numbers of inputs by name, exact in f32: indices count through 0 and 1, which every space has. */
function inputsOf(graph: Graph): Record<string, Float32Array | Int32Array> {
  const stream = seedStream(11);
  return Object.fromEntries(
    Object.entries(graph.inputs).map(([name, { dtype, shape }]) => {
      const n = shape[0] * shape[1];
      if (name === "mask") return [name, Float32Array.from({ length: n }, (_, i) => Number(i % 5 !== 2))]; // the third of three is out
      if (dtype === "i32") return [name, Int32Array.from({ length: n }, (_, i) => ((i * 7 + 1) % 3) % 2)];
      const u = new Float64Array(n);
      stream.fork(name).uniform(u, { lane: 0, period: 0, from: 0 });
      return [name, Float32Array.from(u, (x) => 1.8 * x - 0.9)];
    }),
  );
}

/** θ as an algorithm starts with it, and shaken, since heads start near zero. */
function thetaOf(graph: Graph): Float32Array {
  const layout = layoutOf(graph);
  const theta = new Float32Array(layout.size);
  const s = seedStream(3);
  initialise(theta, layout, s.fork("initialise"));
  const u = new Float64Array(theta.length);
  s.fork("shake").uniform(u, { lane: 0, period: 0, from: 0 });
  return theta.map((x, i) => x + 0.6 * u[i] - 0.3);
}

const named = (graph: Graph, theta: ArrayLike<number> & { subarray(from: number, to: number): ArrayLike<number> }) =>
  Object.fromEntries(layoutOf(graph).slices.map(({ name, from, to }) => [name, theta.subarray(from, to)]));

/** Loss and gradient by the kernels, by onnxruntime, or exactly: the graph of the gradient in f64. */
function byKernels(graph: Graph) {
  const layout = layoutOf(graph);
  const arena = createArena({ bytes: 8 << 20 });
  const params = arena.f32(layout.size);
  const grads = arena.f32(layout.size);
  params.set(thetaOf(graph));
  const net = compile(graph, { arena, params, grads });
  const given = inputsOf(graph);
  for (const [name, view] of Object.entries<Float32Array | Int32Array>(net.inputs)) view.set(given[name]);
  net.run();
  net.backward();
  return { loss: net.loss[0], grads };
}
function byOnnx(graph: Graph) {
  const params = thetaOf(graph);
  const grads = new Float32Array(params.length);
  const net = compileOnnx(graph, { params, grads });
  const given = inputsOf(graph);
  for (const [name, view] of Object.entries<Float32Array | Int32Array>(net.inputs)) view.set(given[name]);
  net.run();
  net.release();
  return { loss: net.loss[0], grads };
}
function exactly(graph: Graph) {
  const theta = Float64Array.from(thetaOf(graph));
  const trained = [...graph.trained];
  const gradients = gradient(
    graph.loss!,
    trained.map(([, tensor]) => tensor),
  );
  const values = { ...inputsOf(graph), ...named(graph, theta) };
  const grads = new Float64Array(theta.length);
  trained.forEach(([name], k) => {
    const { from } = layoutOf(graph).slices.find((slice) => slice.name === name)!;
    if (gradients[k]) grads.set(evaluate([gradients[k]], values)[0], from);
  });
  return { loss: evaluate([graph.loss!], values)[0][0], grads };
}

interface Computed {
  readonly loss: number;
  readonly grads: Float32Array | Float64Array;
}
/** Relative to the largest element of the whole gradient. */
function expectSame(got: Computed, expected: Computed, tolerance: number) {
  expect(Math.abs(got.loss - expected.loss)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(expected.loss)));
  const largest = Math.max(...expected.grads.map(Math.abs));
  expect(largest).toBeGreaterThan(1e-3);
  const apart = Math.max(...Array.from(expected.grads, (g, i) => Math.abs(got.grads[i] - g)));
  expect(apart / largest).toBeLessThanOrEqual(tolerance);
}

describe("the gradient of every loss equals finite differences in f64, and the kernels compute it to 1e-5", () => {
  for (const [name, graph] of Object.entries(losses))
    test(name, () => {
      const exact = exactly(graph);
      expectSame(byKernels(graph), exact, 1e-5);
      // Each parameter array along a random direction, which no wrong element escapes.
      const theta = Float64Array.from(thetaOf(graph));
      const inputs = inputsOf(graph);
      const d = new Float64Array(theta.length);
      seedStream(5).normal(d, { lane: 0, period: 0, from: 0 });
      const lossAt = (h: number, from: number, to: number): number => {
        const moved = theta.map((x, i) => (i >= from && i < to ? x + h * d[i] : x));
        return evaluate([graph.loss!], { ...inputs, ...named(graph, moved) })[0][0];
      };
      const largest = Math.max(...exact.grads.map(Math.abs));
      for (const { name: parameter, from, to } of layoutOf(graph).slices) {
        if (!graph.trained.has(parameter)) continue;
        const h = 1e-6;
        const difference = (lossAt(h, from, to) - lossAt(-h, from, to)) / (2 * h);
        let slope = 0;
        for (let i = from; i < to; i++) slope += exact.grads[i] * d[i];
        expect(Math.abs(slope - difference) / largest, parameter).toBeLessThan(1e-7);
      }
    });
});

const available = onnxAvailable();
describe.skipIf(!available.ok)(
  `onnxruntime computes every loss and its gradient as the kernels do, to 1e-5${available.ok ? "" : ` [skipped: ${available.reason}]`}`,
  () => {
    for (const [name, graph] of Object.entries(losses))
      test(name, () => expectSame(byOnnx(graph), byKernels(graph), 1e-5));
  },
);
