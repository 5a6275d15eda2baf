// What a rollout was worth: values of all that was seen, by the critic; advantages of what was done, by GAE; and how much of it was foreseen.
//
// C cohorts of M members, T decisions of a rollout, S slots of its observations (rollout.ts)
import type { PopulationSpec } from "../../env/vector-env.ts";
import type { ParamLayout } from "../../nn/index.ts";
import type { TrainContext } from "../algorithm.ts";
import { type CriticOptions, createValuing } from "./critic.ts";
import type { CriticContext } from "./critic-context.ts";
import { createExplainedVariance } from "./explained-variance.ts";
import { gae } from "./gae.ts";
import type { Rollout } from "./rollout.ts";

export interface AdvantageOptions extends CriticOptions {
  readonly numSteps: number; // T
  readonly gamma: number;
  readonly gaeLambda: number;
}

/** `thetas`: one per group of agents; `criticContext`: what the critic sees that actors do not. */
export function createAdvantages(
  context: TrainContext<unknown>,
  spec: PopulationSpec,
  c: AdvantageOptions,
  by: { rollout: Rollout; thetas: readonly Float32Array[]; layout: ParamLayout; criticContext?: CriticContext | null },
) {
  const { arena, team } = context;
  const { S, rewards, next, completed, cohorts } = by.rollout;
  const { gamma, gaeLambda, numSteps: T } = c;
  const { count: C, members: M } = cohorts;
  const appraise = createValuing(context, spec, c, by);
  const values = arena.f32(C * S * M); // [C, S, M]
  const advantages = arena.f32(C * T * M); // [C, T, M]
  const fit = createExplainedVariance(arena, C);
  function estimateOne(cohort: number): void {
    appraise(values, cohort);
    const steps = completed[cohort];
    const V = values.subarray(cohort * S * M, (cohort + 1) * S * M);
    const A = advantages.subarray(cohort * T * M, (cohort * T + steps) * M);
    const trajectory = {
      rewards: rewards.subarray(cohort * T * M, (cohort * T + steps) * M),
      values: V,
      next: next.subarray(cohort * T, cohort * T + steps),
    };
    gae(A, trajectory, { steps, agents: M, gamma, gaeLambda });
    fit.add(cohort, V, A);
  }
  return {
    values,
    advantages,
    /** Both, of this rank's worlds; returns when all ranks have theirs. */
    estimate(): void {
      for (const cohort of cohorts.local) estimateOne(cohort);
      team.barrier();
    },
    /** 1 − Var(return − value)/Var(return), after `estimate`. */
    explained: fit.explained,
  };
}
