// How actors draw and play, what critics see besides, and the step of descent: each against the plainest loops.
import { expect, test } from "vitest";
import { boxesSpec, choicesSpec, named } from "../../../test/objectives.ts";
import { alone } from "../../core/cut.ts";
import type { PopulationSpec } from "../../env/vector-env.ts";
import { createArena } from "../../kernels/index.ts";
import { add, constantInit, layoutOf, matrix, mul, sliceCols, trace } from "../../nn/index.ts";
import { evaluate } from "../../nn/reference.ts";
import { type ActorOptions, createDrawing } from "../on-policy/actor.ts";
import { othersObserved } from "../on-policy/critic-context.ts";
import { createJobs, createNetworks } from "../on-policy/descent.ts";
import { lengthOf, memoryInput, recall, widthOf } from "../on-policy/recurrence.ts";
import { branchesOf, choicesOf, columnsOf } from "./choices.ts";
import { createActor, fillActions, type Network } from "./stochastic-policy.ts";

const options: ActorOptions = { hiddenLayers: 1, hiddenWidth: 4, activation: "tanh", initialLogStd: 0, squash: false };
/** Boxes [−3, 5] and [10, 11]. */
const uneven: PopulationSpec = {
  ...boxesSpec,
  actions: boxesSpec.actions.map((action, d) =>
    d === 0 ? action : { ...action, space: { ...action.space, low: 10, high: 11 } },
  ),
};

test("over boxes u = μ + σ z is drawn with its normal density, and played in the units of each box, cut off nowhere or squashed", () => {
  const center = Float32Array.of(0.5, -0.25, 0, 2);
  const logs = Float32Array.of(Math.fround(Math.log(0.5)), Math.fround(Math.log(2)));
  const noise = Float64Array.of(1, -2, 0, 0.5);
  for (const squash of [false, true]) {
    const drawing = createDrawing(uneven, { ...options, squash }, 3);
    drawing.draw({ center, logs }, noise, 2);
    const u = [...center].map((μ, a) => μ + Math.exp(logs[a % 2]) * noise[a]);
    for (let a = 0; a < 4; a++) expect(drawing.actions[a]).toBeCloseTo(u[a], 6);
    const density = (a: number) =>
      Math.exp(-0.5 * ((u[a] - center[a]) / Math.exp(logs[a % 2])) ** 2) /
      (Math.exp(logs[a % 2]) * Math.sqrt(2 * Math.PI));
    for (const r of [0, 1])
      expect(drawing.logProb[r]).toBeCloseTo(Math.log(density(2 * r)) + Math.log(density(2 * r + 1)), 5);
    const inside = (x: number) => (squash ? Math.tanh(x) : x);
    for (let a = 0; a < 4; a++)
      expect(drawing.played(a)).toBeCloseTo(a % 2 === 0 ? 1 + 4 * inside(u[a]) : 10.5 + 0.5 * inside(u[a]), 5);
    drawing.mode({ center, logs }, 2);
    expect([...drawing.actions].slice(0, 4)).toEqual([...center]);
    expect(drawing.played(3)).toBeCloseTo(10.5 + 0.5 * inside(2), 6);
  }
});

test("choices are drawn dimension by dimension, their logarithms added; the mode is the first of the largest", () => {
  expect([choicesOf(choicesSpec), columnsOf(choicesSpec), branchesOf(choicesSpec)]).toEqual([5, 5, [3, 2]]);
  expect(columnsOf(boxesSpec)).toBe(2);
  const center = Float32Array.of(0.2, 0.5, 0.3, 0.6, 0.4, 0.1, 0.1, 0.8, 0.5, 0.5);
  const logs = center.map(Math.log);
  const drawing = createDrawing(choicesSpec, options, 2);
  for (const [noise, expected] of [
    [
      [0.19, 0.59, 0.21, 0.51],
      [0, 0, 2, 1],
    ],
    [
      [0.21, 0.61, 0.05, 0.49],
      [1, 1, 0, 0],
    ],
    [
      [0.71, 0, 0.15, 0.99],
      [2, 0, 1, 1],
    ],
  ]) {
    drawing.draw({ center, logs }, Float64Array.from(noise), 2);
    expect([...drawing.actions]).toEqual(expected);
    expect([0, 1, 2, 3].map((a) => drawing.played(a))).toEqual(expected);
    for (const r of [0, 1])
      expect(drawing.logProb[r]).toBeCloseTo(logs[5 * r + expected[2 * r]] + logs[5 * r + 3 + expected[2 * r + 1]], 6);
  }
  drawing.mode({ center, logs }, 2);
  expect([...drawing.actions]).toEqual([1, 0, 2, 0]);
  drawing.draw({ center: center.subarray(5), logs: logs.subarray(5) }, Float64Array.of(0.15, 0.2), 1);
  expect([...drawing.actions]).toEqual([1, 0, 2, 0]); // of the second row nothing
});

test("an actor that draws plays the mode without noise, for boxes the tanh of the centre, stretched to each box", () => {
  const arena = createArena({ bytes: 4 << 20 });
  // the same outputs whatever is seen
  const network: Network = (par, obs, outputs) =>
    add(mul(sliceCols(obs, 0, 1), 0), par("w", [1, outputs], constantInit(0)));
  const layout = layoutOf(trace({ obs: matrix(1, 3) }, ({ obs }, par) => ({ outputs: { all: network(par, obs, 4) } })));
  const params = arena.f32(layout.size);
  params.set([0.5, -1, Math.log(3), 0]);
  const boxes = createActor(boxesSpec, network, 2, { arena, params, layout });
  const actions = new Float32Array(4);
  boxes.act(actions, null);
  for (const [a, u] of [0.5, -1, 0.5, -1].entries()) expect(actions[a]).toBeCloseTo(Math.tanh(u), 6);
  // ln σ = 3.5 tanh(x) − 1.5
  const σ = [Math.log(3), 0].map((x) => Math.exp(3.5 * Math.tanh(x) - 1.5));
  boxes.act(actions, Float64Array.of(1, -1, 0, 2));
  for (const [a, u] of [0.5 + σ[0], -1 - σ[1], 0.5, -1 + 2 * σ[1]].entries())
    expect(actions[a]).toBeCloseTo(Math.tanh(u), 5);
});

test("(−1, 1) is stretched to each box, and choices stay as they are", () => {
  const out = new Float32Array(6).fill(9);
  fillActions(out, 1, Float32Array.of(-1, -1, 0, 1), uneven);
  expect([...out]).toEqual([9, -3, 10, 1, 11, 9]);
  const picks = new Int32Array(4);
  fillActions(picks, 0, Float32Array.of(2, 1, 0, 1), choicesSpec);
  expect([...picks]).toEqual([2, 1, 0, 1]);
});

test("a critic sees the others of its own decision in order, or their mean, and nobody where it is alone", () => {
  const team = { ...choicesSpec, size: 3, features: ["a", "b"] };
  const obs = Float32Array.from({ length: 12 }, (_, k) => k + 1); // two decisions of three agents
  const write = (others: "each" | "mean", row: number) => {
    const context = othersObserved(team, others)!;
    const out = new Float32Array(context.columns + 2).fill(-1);
    context.write(out, 1, obs, row);
    expect([out[0], out[context.columns + 1]]).toEqual([-1, -1]);
    return [...out.subarray(1, context.columns + 1)];
  };
  expect(write("each", 0)).toEqual([3, 4, 5, 6]);
  expect(write("each", 4)).toEqual([7, 8, 11, 12]);
  expect(write("each", 5)).toEqual([7, 8, 9, 10]);
  expect(write("mean", 1)).toEqual([3, 4]);
  expect(write("mean", 3)).toEqual([10, 11]);
  expect(othersObserved({ ...team, size: 1 }, "each")).toBe(null);
});

test("a step goes along the mean of the shards' gradients, clipped as a whole, with the bias of its own count taken off", () => {
  const arena = createArena({ bytes: 4 << 20 });
  const layout = layoutOf(
    trace({ x: matrix(1, 1) }, (_x, par) => ({ outputs: { w: par("w", [1, 2], constantInit(0)) } }) as never),
  );
  for (const [shards, maxGradNorm, elsewhere] of [
    [3, 100, false],
    [3, 1, true],
    [1, 0.5, false],
  ] as const) {
    const seen: Float32Array[][] = [];
    const networks = createNetworks(arena, {
      groups: 2,
      shards,
      layout,
      maxGradNorm,
      elsewhere,
      shard({ theta, at, grads }) {
        seen.push([theta, at]);
        return grads;
      },
    });
    expect(networks).toHaveLength(2);
    for (const [theta, at] of seen) expect(theta === at).toBe(!elsewhere);
    const [network, other] = networks;
    const θ = [0, 0];
    const [m, v] = [[0, 0], [0, 0]]; // biome-ignore format: moments
    for (const [steps, rate] of [0.1, 0.05, 0.2].entries()) {
      const gradients = Array.from({ length: shards }, (_, s) => [3 * (s + 1) - steps, -4 + s]);
      for (const [s, g] of gradients.entries()) network.shards[s].set(g);
      network.step(rate, steps);
      const mean = [0, 1].map((k) => gradients.reduce((sum, g) => sum + g[k], 0) / shards);
      const norm = Math.hypot(...mean);
      for (const k of [0, 1]) {
        const g = mean[k] * Math.min(1, maxGradNorm / norm);
        m[k] = 0.9 * m[k] + 0.1 * g;
        v[k] = 0.999 * v[k] + 0.001 * g * g;
        const [m̂, v̂] = [m[k] / (1 - 0.9 ** (steps + 1)), v[k] / (1 - 0.999 ** (steps + 1))];
        θ[k] -= (rate * m̂) / (Math.sqrt(v̂) + 1e-5);
        expect(network.theta[k]).toBeCloseTo(θ[k], 5);
        expect(network.adam.m[k]).toBeCloseTo(m[k], 5);
        expect(network.adam.v[k]).toBeCloseTo(v[k], 5);
      }
    }
    expect([...other.theta]).toEqual([0, 0]);
  }
});

test("jobs are taken once each, by whoever asks, and begin anew after a reset; shared ones go round, and all ranks wait for all", () => {
  const arena = createArena({ bytes: 1 << 20 });
  const jobs = createJobs(arena, alone);
  const taken: string[] = [];
  jobs.take(2, 2, (g, part) => {
    taken.push(`${g}${part}`);
    if (taken.length === 1) jobs.take(2, 2, (g, part) => taken.push(`other ${g}${part}`)); // another rank, meanwhile
  });
  jobs.take(2, 2, () => taken.push("again"));
  expect(taken).toEqual(["00", "other 01", "other 10", "other 11"]);
  jobs.reset();
  jobs.take(1, 2, (g, part) => taken.push(`${g}${part}`));
  expect(taken.slice(4)).toEqual(["00", "01"]);
  const shared = [0, 1, 2].map((rank) => {
    const own: string[] = [];
    const team = { ...alone, rank, size: 3, barrier: () => own.push("all done") };
    createJobs(arena, team).each(2, 3, (g, part) => own.push(`${g}${part}`));
    return own;
  });
  expect(shared).toEqual([0, 1, 2].map((rank) => [`0${rank}`, `1${rank}`, "all done"]));
});

test("memory is a recurrence over each sequence, from what is remembered before it, and begins anew where it is not kept", () => {
  const c = { recurrent: true, memoryWidth: 2, sequenceLength: 3 };
  expect([lengthOf(c), widthOf(c), lengthOf({ ...c, recurrent: false }), widthOf({ ...c, recurrent: false })]).toEqual([
    3, 2, 1, 0,
  ]);
  expect([memoryInput(c, 4).shape, memoryInput({}, 4).shape]).toEqual([[4, 2], [4, 1]]); // biome-ignore format: two shapes
  const graph = trace({ obs: matrix(6, 2), memory: matrix(2, 2), keep: matrix(6) }, ({ obs, memory, keep }, par) => ({
    outputs: { h: recall(par, obs, memory, keep, c) },
  }));
  const layout = layoutOf(graph);
  const theta = Array.from({ length: layout.size }, (_, k) => Math.sin(k + 1));
  const slice = (name: string) => {
    const { from, to } = layout.slices.find((one) => one.name === name)!;
    return theta.slice(from, to);
  };
  const inputs = {
    obs: Array.from({ length: 12 }, (_, k) => Math.cos(k)),
    memory: [0.3, -0.2, 0.1, 0.7],
    keep: [1, 1, 0, 1, 0, 1],
  };
  const [h] = evaluate([graph.outputs.h], { ...inputs, ...named(theta, layout) });
  const σ = (x: number) => 1 / (1 + Math.exp(-x));
  const times = (x: readonly number[], side: string) =>
    Array.from(
      { length: 6 },
      (_, k) =>
        slice(`memory/${side}/bias`)[k] +
        x[0] * slice(`memory/${side}/weight`)[k] +
        x[1] * slice(`memory/${side}/weight`)[6 + k],
    );
  for (const b of [0, 1]) {
    let state = inputs.memory.slice(2 * b, 2 * b + 2);
    for (const t of [0, 1, 2]) {
      const row = 3 * b + t;
      if (t > 0 && inputs.keep[row] === 0) state = [0, 0];
      const [x, u] = [times(inputs.obs.slice(2 * row, 2 * row + 2), "input"), times(state, "hidden")];
      state = [0, 1].map((k) => {
        const [z, r] = [σ(x[k] + u[k]), σ(x[2 + k] + u[2 + k])];
        return (1 - z) * Math.tanh(x[4 + k] + r * u[4 + k]) + z * state[k];
      });
      for (const k of [0, 1]) expect(h[2 * row + k]).toBeCloseTo(state[k], 5);
    }
  }
});
