// One thread of threads.ts: trains its participants on the weights that it is sent.
import { serve } from "../engine/pool-worker.ts";
import { loadModule } from "../experiment/load.ts";
import { createLearner, type LearnerOptions } from "./learner.ts";

/** What a thread is told when it begins. */
export interface Told {
  readonly module: string;
  readonly learners: readonly { readonly id: number; readonly settings: LearnerOptions }[];
}

/** Who is to train in a round, and on which weights; without weights: what are theirs? */
export interface Asked {
  readonly weights: Float32Array | null;
  readonly round: number;
  readonly who: readonly number[];
}

export type Answers = (readonly [id: number, weights: Float32Array])[];

await serve(async ({ module, learners }: Told) => {
  const experiment = await loadModule(module);
  const made = new Map(learners.map(({ id, settings }) => [id, createLearner(experiment, settings)]));
  return ({ weights, round, who }: Asked): Answers =>
    who.map((id) => {
      const learner = made.get(id);
      if (!learner) throw new Error(`federated: participant ${id} is not of this thread.`);
      try {
        return [id, weights ? learner.train(weights, round) : learner.weights()];
      } catch (error) {
        throw new Error(`participant ${id}: ${(error as Error).message}`);
      }
    });
});
