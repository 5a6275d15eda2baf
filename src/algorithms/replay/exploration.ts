// Exploration around greedy choices: uniform with probability ε, or some way off on a grid. An agent's draws do not depend on who else decides.
import type { PopulationSpec, VectorEnv } from "../../env/vector-env.ts";
import type { Stream } from "../../random/index.ts";
import { allowedAt, anyAllowed, branchesOf, choicesOf, countAllowed, startsOf } from "../parts/choices.ts";
import type { Deciding } from "./replay.ts";

export interface ExplorationStreams {
  /** Of every dimension; or one for all of them, dimensions innermost. */
  readonly coin: readonly Stream[] | Stream;
  /** Of every dimension, where choices tremble. */
  readonly noise?: readonly Stream[];
}

/** Changes greedy choices in the batch's [E, N, D], E worlds, N agents, D action dimensions. */
export function createExploration({ batch, numEnvs: E }: VectorEnv, population: string, spec: PopulationSpec) {
  const { size: N, actions: dimensions } = spec;
  const D = dimensions.length;
  const counts = branchesOf(spec);
  const starts = startsOf(counts);
  const K = choicesOf(spec);
  const { actions, actionMask } = batch[population]!;
  const coins = new Float64Array(E * N * D); // [E, D, N] or [E, N, D]
  const noises = new Float64Array(E * N * D); // [E, D, N]
  let streams: ExplorationStreams;

  /** `of`: one stream for all dimensions, or one of each. */
  function draw(
    out: Float64Array,
    of: readonly Stream[] | Stream,
    kind: "uniform" | "normal",
    e: number,
    period: number,
  ): void {
    const at = { lane: e, period, from: 0 };
    const part = (d: number, width: number) => out.subarray((e * D + d) * N, (e * D + d) * N + width);
    if (!Array.isArray(of)) (of as Stream)[kind](part(0, N * D), at);
    else for (const [d, stream] of (of as readonly Stream[]).entries()) stream[kind](part(d, N), at);
  }

  return {
    seed(opened: ExplorationStreams) {
      streams = opened;
    },
    /** At a turn of the decision; `tremble`: standard deviation on grids, as a share of the grid. */
    explore({ worlds, agents }: Deciding, turn: number, epsilon: number, tremble = 0): void {
      for (const e of worlds) {
        draw(coins, streams.coin, "uniform", e, turn);
        if (tremble > 0) draw(noises, streams.noise!, "normal", e, turn);
      }
      const [byAgent, byDimension] = Array.isArray(streams.coin) ? [1, N] : [D, 1];
      for (const agent of agents) {
        const i = agent % N;
        const world = (agent - i) * D;
        for (let d = 0; d < D; d++) {
          const from = agent * K + starts[d]!;
          const at = agent * D + d;
          const coin = coins[world + i * byAgent + d * byDimension]!;
          if (coin < epsilon) actions[at] = anyAllowed(actionMask, from, counts[d]!, coin / epsilon);
          else if (tremble > 0 && dimensions[d]!.space.kind === "grid")
            actions[at] = trembled(actions[at]!, actionMask, from, counts[d]!, tremble * noises[world + d * N + i]!);
        }
      }
    },
  };
}

/** A choice some way off, by a share of the grid, counting choices that make sense. */
function trembled(greedy: number, mask: Uint8Array | null, from: number, count: number, share: number): number {
  const n = countAllowed(mask, from, count);
  const rank = mask ? countAllowed(mask, from, greedy) : greedy;
  // Noise that would leave the grid is turned round, so that it stays symmetric about the greedy choice where it can.
  const step = Math.round(share * (n - 1));
  const inside = [rank + step, rank - step].find((choice) => choice >= 0 && choice < n) ?? rank;
  return allowedAt(mask, from, inside);
}
