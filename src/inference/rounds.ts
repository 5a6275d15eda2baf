// Algorithms that ask for simulations in rounds, as generators: what is asked comes out, answers go in, in the same order. Who simulates is up to the caller: this thread, or others.

/** Asks for `Q`s, is answered with an `A` or an error for each, and ends in an `R`. */
export type Rounds<Q, A, R> = Generator<readonly Q[], R, readonly (A | Error)[]>;

/** Runs to the end with answers that take time. */
export async function answered<Q, A, R>(
  rounds: Rounds<Q, A, R>,
  answer: (asked: readonly Q[]) => Promise<readonly (A | Error)[]> | readonly (A | Error)[],
): Promise<R> {
  let step = rounds.next();
  while (!step.done) step = rounds.next(await answer(step.value));
  return step.value;
}

/** Runs to the end with answers at once. */
export function answeredNow<Q, A, R>(
  rounds: Rounds<Q, A, R>,
  answer: (asked: readonly Q[]) => readonly (A | Error)[],
): R {
  let step = rounds.next();
  while (!step.done) step = rounds.next(answer(step.value));
  return step.value;
}
