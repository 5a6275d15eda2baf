// The frame of a learner that steps its worlds for ever: begin or continue, report at even intervals, offer a snapshot.
// What happens in one step is the caller's story.
import type { Stream } from "../../random/index.ts";
import type { Arrays, TrainContext, Update } from "../algorithm.ts";
import { checkBatches, checkLearned } from "./finite.ts";
import { prefixed } from "./prefixed.ts";
import { restore } from "./restore.ts";

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

/** Calls `step` once per step of all worlds, with the share of training that is done, and yields `updates` times, or once per step where there are fewer. */
export function* trainingLoop(
  { env, totalSteps, rng, seed, team, from, follow }: TrainContext<unknown>,
  learners: readonly Learner[],
  updates: number,
  step: (progress: number) => void,
): Generator<Update, void, void> {
  const total = Math.ceil(totalSteps / env.numEnvs);
  const learned: Arrays = Object.assign({}, ...learners.map((learner) => learner.state));
  const state = { ...prefixed("env", env.state), ...learned };
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

  const reports = Math.min(updates, total);
  const reportAt = (k: number): number => Math.floor((total * k) / reports);
  for (let update = 1; env.position.tick < total; ) {
    while (reportAt(update) <= env.position.tick) update++; // where decisions are far apart
    while (env.position.tick < reportAt(update)) {
      follow?.(learned);
      step(env.position.tick / total);
      checkBatches(env, { update, step: env.position.tick * env.numEnvs });
    }
    team.barrier();
    const metrics = Object.assign({}, ...learners.map((learner) => learner.report(learners.length > 1)));
    if (team.rank === 0) checkLearned(env, metrics, learned, { update, step: env.position.tick * env.numEnvs });
    const meta = Object.assign({ ...env.position }, ...learners.map((learner) => learner.meta()));
    yield { step: env.position.tick * env.numEnvs, metrics, snapshot: () => ({ arrays: state, meta }) };
    team.barrier(); // rank 0 has read what it needs
  }
}
