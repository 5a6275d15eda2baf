// Objectives of actors and critics on a few rows, beside the plainest loops and finite differences.
import type { PopulationSpec } from "../src/env/vector-env.ts";
import { createArena } from "../src/kernels/index.ts";
import { compile, type Graph, layoutOf, type ParamLayout } from "../src/nn/index.ts";
import { evaluate, type Values } from "../src/nn/reference.ts";
import { seedStream } from "../src/random/index.ts";

/** Three features; one of three and one of two. */
export const choicesSpec: PopulationSpec = {
  population: "agents",
  size: 1,
  features: ["a", "b", "c"],
  transient: [false, false, false],
  actions: [3, 2].map((count) => ({
    name: `d${count}`,
    column: `d${count}`,
    item: 0,
    items: 1,
    space: {
      kind: "discrete",
      low: 0,
      high: count - 1,
      count,
      values: Float64Array.from({ length: count }, (_, k) => k),
    },
  })),
  continuous: false,
};

/** Three features; two numbers in [−3, 5]. */
export const boxesSpec: PopulationSpec = {
  ...choicesSpec,
  actions: ["x", "y"].map((name) => ({
    name,
    column: name,
    item: 0,
    items: 1,
    space: { kind: "box", low: -3, high: 5, count: 0, values: new Float64Array(0) },
  })),
  continuous: true,
};

/** Parameters by name. */
export const named = (theta: ArrayLike<number>, layout: ParamLayout): Values =>
  Object.fromEntries(
    layout.slices.map(({ name, from, to }) => [name, Array.from({ length: to - from }, (_, k) => theta[from + k])]),
  );

/** The same numbers every time: the next n of them, within ±size, as 32 bits have them. */
export function someNumbers(most: number): (n: number, size: number) => number[] {
  const u = new Float64Array(most);
  seedStream(3).fork("example").uniform(u, { lane: 0, period: 0, from: 0 });
  let drawn = 0;
  return (n, size) => Array.from({ length: n }, () => Math.fround(size * (2 * u[drawn++] - 1)));
}

/** Largest distance of the compiled gradient to finite differences of the loss, in units of what 32 bits may be off by: 2·10⁻⁵ + 10⁻⁴ of it. */
export function gradientError(
  graph: Graph,
  theta: readonly number[],
  inputs: Readonly<Record<string, readonly number[]>>,
): number {
  const layout = layoutOf(graph);
  const arena = createArena({ bytes: 4 << 20 });
  const [params, grads] = [arena.f32(layout.size), arena.f32(layout.size)];
  params.set(theta);
  const compiled = compile(graph, { arena, params, grads, layout });
  for (const [name, x] of Object.entries(inputs)) compiled.inputs[name].set(x);
  compiled.run();
  compiled.backward();
  const lossAt = (k: number, by: number): number => {
    const moved = [...theta];
    moved[k] += by;
    return evaluate([graph.loss!], { ...inputs, ...named(moved, layout) })[0][0];
  };
  const errors = theta.map((_, k) => {
    const slope = (lossAt(k, 1e-5) - lossAt(k, -1e-5)) / 2e-5;
    return Math.abs(grads[k] - slope) / (2e-5 + 1e-4 * Math.abs(slope));
  });
  return Math.max(...errors);
}
