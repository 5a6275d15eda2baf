// What a rollout was worth: values of all that was seen, by the critic; advantages of what was done, by GAE; and how much of it was foreseen.
//
// E worlds, N agents, T decisions of a rollout, S slots of its observations (rollout.ts)
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
  const { env, arena } = context;
  const { S, rewards, next, completed } = by.rollout;
  const { gamma, gaeLambda, numSteps: T } = c;
  const N = spec.size;
  const E = env.numEnvs;
  const appraise = createValuing(context, spec, c, by);
  const values = arena.f32(E * S * N); // [E, S, N]
  const advantages = arena.f32(E * T * N); // [E, T, N]
  const fit = createExplainedVariance(arena, E);
  return {
    values,
    advantages,
    /** World e's part of both. */
    estimate(e: number): void {
      appraise(values, e);
      const steps = completed[e];
      const V = values.subarray(e * S * N, (e + 1) * S * N);
      const A = advantages.subarray(e * T * N, (e * T + steps) * N);
      const trajectory = {
        rewards: rewards.subarray(e * T * N, (e * T + steps) * N),
        values: V,
        next: next.subarray(e * T, e * T + steps),
      };
      gae(A, trajectory, { steps, agents: N, gamma, gaeLambda });
      fit.add(e, V, A);
    },
    /** 1 − Var(return − value)/Var(return), once all worlds are judged. */
    explained: fit.explained,
  };
}
