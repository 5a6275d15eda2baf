// A critic, V(o), and its word on all that a rollout saw.
//
// C cohorts of M members, N agents, F features, S slots of a rollout's observations; G groups of agents that share networks
import type { PopulationSpec } from "../../env/vector-env.ts";
import { compile, concatCols, matrix, type Param, type ParamLayout, type Tensor, trace } from "../../nn/index.ts";
import type { TrainContext } from "../algorithm.ts";
import { CHUNK } from "./acting.ts";
import { type NetworkOptions, network } from "./actor.ts";
import type { CriticContext } from "./critic-context.ts";
import { memoryInput, type RecurrenceOptions, recall, widthOf } from "./recurrence.ts";
import type { Rollout } from "./rollout.ts";

export interface CriticOptions extends NetworkOptions, RecurrenceOptions {}

/** V(o), [B, 1] */
export const critic = (par: Param, obs: Tensor<"f32">, c: NetworkOptions): Tensor<"f32"> =>
  network(par, obs, "critic", c, 1, 1);

export function valueGraph(
  spec: PopulationSpec,
  c: CriticOptions,
  rows: number,
  criticContext: CriticContext | null = null,
) {
  const inputs = {
    obs: matrix(rows, spec.features.length),
    beside: matrix(rows, criticContext?.columns ?? 1),
    memory: memoryInput(c, rows),
  };
  return trace(inputs, ({ obs, beside, memory }, par) => {
    const seen = recall(par, obs, memory, null, c);
    return { outputs: { value: critic(par, criticContext ? concatCols(seen, beside) : seen, c) } };
  });
}

/** Writes to values [C, S, M] what one cohort's agents saw is worth; `thetas` one per group. */
export function createValuing(
  { arena, team }: TrainContext<unknown>,
  spec: PopulationSpec,
  c: CriticOptions,
  {
    rollout,
    thetas,
    layout,
    criticContext = null,
  }: { rollout: Rollout; thetas: readonly Float32Array[]; layout: ParamLayout; criticContext?: CriticContext | null },
): (values: Float32Array, cohort: number) => void {
  const { S, obs, memory, cohorts } = rollout;
  const N = spec.size;
  const M = cohorts.members;
  const F = spec.features.length;
  const H = widthOf(c);
  const groupSize = N / thetas.length;
  const sharing = cohorts.sharing(groupSize);
  const most = Math.min(CHUNK, ((S + 1) / 2) * sharing); // decisions and what came last; final observations take a pass more
  // Ranks value at the same time, so each has executables of its own.
  const critics = Array.from({ length: team.size }, () =>
    thetas.map((params) => compile(valueGraph(spec, c, most, criticContext), { arena, params, layout })),
  )[team.rank];

  return (values, cohort) => {
    const alone = M < N; // then its critic is its own group's
    critics.forEach(({ inputs, outputs, run }, g) => {
      if (alone && groupSize < N && cohorts.agentOf(cohort) !== g) return;
      const first = alone ? 0 : g * groupSize;
      const rowOf = (k: number): number => (cohort * S + Math.floor(k / sharing)) * M + first + (k % sharing);
      for (const [from, to] of rollout.slots(cohort))
        for (let k = from * sharing; k < to * sharing; k += most) {
          const rows = Math.min(most, to * sharing - k);
          for (let r = 0; r < rows; r++)
            for (let f = 0, x = rowOf(k + r) * F; f < F; f++) inputs.obs[r * F + f] = obs[x + f];
          if (criticContext)
            for (let r = 0; r < rows; r++)
              criticContext.write(inputs.beside, r * criticContext.columns, obs, rowOf(k + r));
          if (memory)
            for (let r = 0; r < rows; r++)
              for (let j = 0, x = rowOf(k + r) * H; j < H; j++) inputs.memory[r * H + j] = memory[x + j];
          run();
          for (let r = 0; r < rows; r++) values[rowOf(k + r)] = outputs.value[r];
        }
    });
  };
}
