// A participant whose data are an economy of its own: a training that goes on where it was, on weights that it is given.
import { type TrainOptions, train } from "../engine/session.ts";
import type { Experiment } from "../experiment/experiment.ts";
import type { Player } from "../experiment/play.ts";
import type { Participant } from "./federation.ts";

export interface LearnerOptions extends Omit<TrainOptions, "from"> {
  /** Updates of the algorithm in each round. Default 1. */
  readonly updates?: number;
  /** n_i in the mean. Default 1. */
  readonly weight?: number;
}

export interface Learner extends Participant {
  train(weights: Float32Array, round: number): Float32Array;
  /** Its present weights, all networks one after the other. Before the first round those after one update. */
  weights(): Float32Array;
  /** A player with the given weights. */
  player(weights: Float32Array): Player;
}

/**
 * A participant of the experiment's economy, with settings of its own in `set`. Networks are what a snapshot has under names that end in "/theta"; the optimiser's moments stay with the
 * participant. Its training has the experiment's `totalSteps`: take enough for all rounds.
 */
export function createLearner(
  experiment: Experiment,
  { updates = 1, weight = 1, ...options }: LearnerOptions = {},
): Learner {
  const training = train(experiment, options);
  const learn = (): void => {
    for (const _ of training) return;
    throw new Error(
      `federated: ${experiment.name} has no update left after ${training.run.totalSteps} steps. Set a larger totalSteps.`,
    );
  };
  const networks = (): [name: string, theta: Float32Array][] => {
    if (!training.last) learn();
    const found = Object.entries(training.last!.snapshot().arrays).filter(([name]) => name.endsWith("/theta"));
    if (found.length === 0)
      throw new Error(
        `federated: ${experiment.algorithm?.name} has no networks to average; PPO, MAPPO, IMPALA and actorCritic have.`,
      );
    return found.map(([name, view]) => [name, view as Float32Array]);
  };
  const weights = (): Float32Array => Float32Array.from(networks().flatMap(([, theta]) => [...theta]));
  const place = (given: Float32Array): void => {
    let from = 0;
    const parts = networks().map(([name, theta]) => [name, given.slice(from, (from += theta.length))] as const);
    if (from !== given.length)
      throw new Error(`federated: got ${given.length} weights, expected the ${from} of ${experiment.name}.`);
    training.replace(Object.fromEntries(parts));
  };
  return {
    weight,
    weights,
    train(given) {
      place(given);
      for (let k = 0; k < updates; k++) learn();
      return weights();
    },
    player(given) {
      const kept = weights();
      place(given);
      const player = training.player();
      place(kept);
      return player;
    },
  };
}
