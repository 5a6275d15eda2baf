// What a critic sees that actors do not: the observations of an agent's team, for training only (Lowe et al. 2017, https://arxiv.org/abs/1706.02275).
//
// N agents, F features
import type { PopulationSpec } from "../../env/vector-env.ts";

export interface CriticContext {
  readonly columns: number;
  /** Writes out[at …] from observations [rows, F], the N agents of a decision in N rows: what the agent of row `row` does not see itself. */
  write(out: Float32Array, at: number, obs: Float32Array, row: number): void;
}

/** Of the others, in order: every observation ("each"), or their mean ("mean"), whose size does not grow with the team. */
export function othersObserved({ size: N, features }: PopulationSpec, others: "each" | "mean"): CriticContext | null {
  const F = features.length;
  if (N === 1) return null;
  if (others === "each")
    return {
      columns: (N - 1) * F,
      write(out, at, obs, row) {
        const first = row - (row % N);
        for (let other = first; other < first + N; other++)
          if (other !== row) for (let f = 0; f < F; f++) out[at++] = obs[other * F + f];
      },
    };
  return {
    columns: F,
    write(out, at, obs, row) {
      const first = row - (row % N);
      for (let f = 0; f < F; f++) {
        let sum = 0;
        for (let other = first; other < first + N; other++) if (other !== row) sum += obs[other * F + f];
        out[at + f] = sum / (N - 1);
      }
    },
  };
}
