// Participants on worker threads: each thread keeps the economies and trainings of its own, and only weights pass between it and the server.
import { createPool, moduleBeside } from "../engine/pool.ts";
import { createFederation, type FederationOptions, type Round } from "./federation.ts";
import type { LearnerOptions } from "./learner.ts";
import type { Answers, Asked, Told } from "./participants-worker.ts";

export interface ThreadedOptions extends Omit<FederationOptions, "participants" | "weights" | "initial"> {
  /** URL of the module whose default export is the experiment. */
  readonly module: string;
  /** Settings of each participant's training. */
  readonly learners: readonly Omit<LearnerOptions, "backend">[];
  /** Default 2. */
  readonly threads?: number;
  /** Default: what the first participant has after one update. */
  readonly initial?: ArrayLike<number>;
}

/**
 * Rounds of learners on worker threads: the weights of `federate`, bit for bit, for any number of threads. Leave the loop with `break` or `return` to end the threads. Rejects where a
 * participant fails, and names it.
 */
export async function* federateOnThreads(
  options: ThreadedOptions,
): AsyncGenerator<Round & { readonly weights: Float32Array }, never, void> {
  const { module, learners, threads = 2, initial, ...rest } = options;
  if (!(Number.isInteger(threads) && threads >= 1))
    throw new Error(`federateOnThreads: got ${threads} threads, expected an integer from 1 on.`);
  const entry = moduleBeside(import.meta.url, "participants-worker");
  // One pool of one thread for each group: a participant stays where its training is
  const groups = Array.from({ length: Math.min(threads, learners.length) }, (_, thread) => {
    const own: Told["learners"] = learners.flatMap((settings, id) =>
      id % threads === thread ? [{ id, settings }] : [],
    );
    const data: Record<keyof Told, unknown> = { module, learners: own };
    return createPool<Asked, Answers>({ entry, threads: 1, data });
  });
  try {
    const first = initial ?? (await groups[0].run({ weights: null, round: 0, who: [0] }))[0][1];
    const weights = learners.map(({ weight = 1 }) => weight);
    const federation = createFederation({ ...rest, initial: first, participants: learners.length, weights });
    for (;;) {
      const [asked, round] = [federation.asked(), federation.rounds];
      const answers = await Promise.all(
        groups.map((group, thread) => {
          const who = asked.filter((id) => id % threads === thread);
          return who.length > 0 ? group.run({ weights: federation.weights, round, who }) : [];
        }),
      );
      yield { ...federation.close(new Map(answers.flat())), weights: federation.weights };
    }
  } finally {
    await Promise.all(groups.map((group) => group.close()));
  }
}
