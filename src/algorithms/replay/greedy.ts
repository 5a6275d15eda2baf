// Greedy choices of agents who share networks, while training and afterwards.
import type { PopulationSpec } from "../../env/vector-env.ts";
import { type Arena, createArena } from "../../kernels/arena.ts";
import { compile, type Graph, type matrix, type ParamLayout, type Tensor } from "../../nn/index.ts";
import type { Policy, TrainContext } from "../algorithm.ts";
import { choicesOf } from "../parts/choices.ts";
import { restore } from "../parts/restore.ts";
import { createDealer, gatherRows } from "./dealing.ts";
import type { Deciding } from "./replay.ts";

/** `greedy0`, `greedy1`, …: the best choices of each dimension, i32 [rows, 1]; `mask` is read where choices are masked. */
export type GreedyGraph = Graph<GreedyInputs, Readonly<Record<string, Tensor>>>;
type GreedyInputs = Readonly<Record<"obs" | "mask", ReturnType<typeof matrix>>>;

/** The column of choices in dimension d. */
export const greedyOf = (outputs: Readonly<Record<string, Int32Array | Float32Array>>, d: number): Int32Array =>
  outputs[`greedy${d}`] as Int32Array;

interface GreedyOptions {
  readonly graph: GreedyGraph;
  readonly layout: ParamLayout;
  /** One per group of agents, whose size is the graph's number of rows. */
  readonly thetas: readonly Float32Array[];
}

/** Writes what some agents of [E, N] do, in [E, N, D]. */
function createChooser(arena: Arena, spec: PopulationSpec, { graph, layout, thetas }: GreedyOptions) {
  const F = spec.features.length;
  const D = spec.actions.length;
  const K = choicesOf(spec);
  const deal = createDealer(spec.size, spec.size / thetas.length);
  const actors = thetas.map((params) => compile(graph, { arena, params, layout }));
  return (
    actions: Int32Array | Float32Array,
    obs: Float32Array,
    mask: Uint8Array | null,
    agents: readonly number[],
  ): void =>
    deal(agents, (g, some) => {
      const { inputs, outputs, run } = actors[g]!;
      gatherRows(inputs.obs, obs, some, F);
      if (spec.masked && mask) gatherRows(inputs.mask, mask, some, K);
      else inputs.mask.fill(1);
      run();
      for (let d = 0; d < D; d++) {
        const greedy = greedyOf(outputs, d);
        for (let r = 0; r < some.length; r++) actions[some[r]! * D + d] = greedy[r]!;
      }
    });
}

/** Writes what those who decide in this rank's worlds do, in the batch. */
export function createGreedy(
  { env, arena, team }: Pick<TrainContext<unknown>, "env" | "arena" | "team">,
  population: string,
  spec: PopulationSpec,
  options: GreedyOptions,
): (deciding: Deciding) => void {
  const { actions, obs, actionMask } = env.batch[population]!;
  // Ranks act at the same time, so each has executables of its own.
  const choose = Array.from({ length: team.size }, () => createChooser(arena, spec, options))[team.rank]!;
  return ({ agents }) => choose(actions, obs, actionMask, agents);
}

export interface GreedyPlayerOptions {
  readonly algorithm: string;
  readonly graph: GreedyGraph;
  /** Of the saved parameters, which may hold more than what acts. */
  readonly layout: ParamLayout;
  /** Names of the groups' parameters among a snapshot's arrays. */
  readonly names: readonly string[];
  /** Numbers that the graph computes. */
  readonly numbers: number;
}

/** Plays the greedy choices. */
export function createGreedyPlayer(spec: PopulationSpec, options: GreedyPlayerOptions): Policy {
  const { algorithm, graph, layout, names, numbers } = options;
  const arena = createArena({ bytes: (64 << 20) + 4 * (layout.size * names.length + numbers) });
  const thetas = names.map(() => arena.f32(layout.size));
  const choose = createChooser(arena, spec, { graph, layout, thetas });
  const everybody = Array.from({ length: spec.size }, (_, i) => i);
  return {
    load(arrays) {
      restore(Object.fromEntries(thetas.map((theta, g) => [names[g]!, theta])), arrays);
    },
    act(actions, obs, rows, mask = null) {
      if (rows > spec.size) throw new Error(`${algorithm} policy: got ${rows} rows, expected at most ${spec.size}.`);
      choose(actions, obs, mask, everybody.slice(0, rows));
    },
  };
}
