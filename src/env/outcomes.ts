// What decisions led to, and what they would have led to: the counterfactuals that an economy declares, for learners that use them.
//
// E worlds, N agents, F features. "Outcome" is the situation at the next decision, or at the end of the episode before any reset.

import type { Allocator } from "../core/cut.ts";
import type { AnyParamValues } from "../core/params.ts";
import type { Economy } from "../economy/economy.ts";
import type { AnyRows, AnyWorld } from "../economy/population.ts";

export interface Outcome {
  readonly obs: Float32Array; // [E, N, F]
  /** Φ, zero if the economy declares none. */
  readonly potential: Float64Array; // [E, N]
}

/** Buffers; the environment overwrites them at the next step. */
export interface Outcomes {
  /** Φ of the situation that the batch's `obs` shows. */
  readonly potential: Float64Array; // [E, N]
  /** Of the previous decision. */
  readonly actual: Outcome;
  /** By action: had this row's order come to nothing, all else as it was. */
  readonly counterfactual: Readonly<Record<string, Outcome & { readonly rewards: Float64Array }>>; // rewards [E, N]
  /** Of each of A choices (of several actions: each combination) in the last period; null if the economy declares none. */
  readonly payoffs: Float64Array | null; // [E, N, A]
}

export type ObserveWith = (w: AnyWorld, out: Float32Array, row: number, rows: AnyRows) => void;

export interface OutcomeRecorder {
  readonly outcomes: Outcomes;
  readonly state: Readonly<Record<string, ArrayBufferView>>;
  /** At the end of a period: counterfactual rewards accrue, payoffs are noted. */
  accrue(e: number): void;
  /** At the next decision, or at the end of an episode before the reset. */
  capture(e: number): void;
  /** When a decision is due. */
  present(e: number): void;
}

export function createOutcomes(
  economy: Economy,
  population: string,
  p: AnyParamValues,
  worlds: readonly AnyWorld[],
  memory: Allocator,
  { features: F, choices }: { readonly features: number; readonly choices: number },
  observe: ObserveWith,
): OutcomeRecorder {
  const E = worlds.length;
  const N = (worlds[0]![population] as AnyRows).size;
  const room = (): Outcome => ({ obs: memory.f32(E * N * F), potential: memory.f64(E * N) });
  const actual = room();
  const potential = memory.f64(E * N);
  const phi = economy.potential[population];
  const alternatives = Object.entries(economy.counterfactual[population] ?? {}).map(
    ([action, { reward, instead }]) => ({
      action,
      reward,
      outcome: { ...room(), rewards: memory.f64(E * N) },
      accrued: memory.f64(E * N),
      views: worlds.map((w) => {
        const rows = w[population] as AnyRows;
        return {
          ...rows,
          ...Object.fromEntries(Object.entries(instead).map(([column, other]) => [column, rows[other]!])),
        } as AnyRows;
      }),
    }),
  );
  const payoffsOf = economy.payoffs[population];
  const payoffs = payoffsOf !== undefined ? memory.f64(E * N * choices) : null;
  const payoffRows = Array.from({ length: payoffs ? E * N : 0 }, (_, r) =>
    payoffs!.subarray(r * choices, (r + 1) * choices),
  );
  const fillPotential = (out: Float64Array, e: number, rows: AnyRows): void => {
    if (!phi) return;
    const w = worlds[e]!;
    for (let i = 0; i < N; i++) out[e * N + i] = phi(rows, i, w, p);
  };
  const fill = (outcome: Outcome, e: number, rows: AnyRows): void => {
    observe(worlds[e]!, outcome.obs, e * N, rows);
    fillPotential(outcome.potential, e, rows);
  };
  const state: Record<string, ArrayBufferView> = { potential };
  for (const { action, accrued } of alternatives) state[`accrued/${action}`] = accrued;
  if (payoffs) state.payoffs = payoffs;

  return {
    outcomes: {
      potential,
      actual,
      counterfactual: Object.fromEntries(alternatives.map(({ action, outcome }) => [action, outcome])),
      payoffs,
    },
    state,
    accrue(e) {
      if (payoffs) {
        const w = worlds[e]!;
        const rows = w[population] as AnyRows;
        for (let i = 0; i < N; i++) payoffsOf!(payoffRows[e * N + i]!, rows, i, w, p);
      }
      for (const { reward, accrued } of alternatives) {
        const column = (worlds[e]![population] as AnyRows)[reward] as Float64Array;
        for (let i = 0; i < N; i++) accrued[e * N + i] = accrued[e * N + i]! + column[i]!;
      }
    },
    capture(e) {
      fill(actual, e, worlds[e]![population] as AnyRows);
      for (const { outcome, accrued, views } of alternatives) {
        fill(outcome, e, views[e]!);
        for (let r = e * N; r < (e + 1) * N; r++) {
          outcome.rewards[r] = accrued[r]!;
          accrued[r] = 0;
        }
      }
    },
    present(e) {
      fillPotential(potential, e, worlds[e]![population] as AnyRows);
    },
  };
}
