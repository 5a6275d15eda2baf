// The frame of a learner that steps its worlds for ever: begin or continue, report at even intervals, offer a snapshot.
// What happens in one step is the caller's story.
import type { Stream } from "../../random/index.ts";
import type { Arrays, TrainContext, Update } from "../algorithm.ts";
import { restore } from "./restore.ts";
import { under } from "./under.ts";

/** The memory of one population's learner. */
export interface Learner {
  /** Live arrays, by names that no other learner of the run uses. */
  readonly state: Arrays;
  /** Numbers that `state` does not hold, the same on every rank. */
  meta(): Readonly<Record<string, number>>;
  /** First values, on rank 0 only. */
  begin(rng: Stream): void;
  /** Numbers from a snapshot; `state` has been restored. */
  resume(meta: Readonly<Record<string, number>>): void;
  /** Opens the streams of draws; called on every rank, after begin or resume. */
  seed(rng: Stream): void;
  /** Metrics since the last report, named after the population if there are several. */
  report(several: boolean): Record<string, number>;
}

/** One that learns from rollouts of its own decisions. */
export interface RolloutLearner extends Learner {
  /** Decides, if it is its population's turn. */
  act(progress: number): void;
  /** After a step: what followed; learns when a rollout is complete. */
  collect(): void;
}

/** Calls `step` once per step of all worlds, with the share of training that is done, and yields `updates` times. */
export function* trainingLoop(
  { env, totalSteps, rng, seed, team, from }: TrainContext<unknown>,
  learners: readonly Learner[],
  updates: number,
  step: (progress: number) => void,
): Generator<Update, void, void> {
  const total = Math.ceil(totalSteps / env.numEnvs);
  const state = Object.assign(under("env", env.state), ...learners.map((learner) => learner.state));
  if (from) {
    if (team.rank === 0) restore(state, from.arrays);
    env.resume(seed, { cursor: from.meta.cursor, tick: from.meta.tick });
    for (const learner of learners) learner.resume(from.meta);
  } else {
    env.reset(seed);
    if (team.rank === 0) for (const learner of learners) learner.begin(rng);
  }
  for (const learner of learners) learner.seed(rng);
  team.barrier();

  const every = Math.max(1, Math.floor(total / updates));
  while (env.position.tick < total) {
    const until = Math.min(total, env.position.tick + every);
    while (env.position.tick < until) step(env.position.tick / total);
    team.barrier();
    const metrics = Object.assign({}, ...learners.map((learner) => learner.report(learners.length > 1)));
    const meta = Object.assign({ ...env.position }, ...learners.map((learner) => learner.meta()));
    yield { step: env.position.tick * env.numEnvs, metrics, snapshot: () => ({ arrays: state, meta }) };
    team.barrier(); // rank 0 has read what it needs
  }
}
