// Learners that cannot take what an economy declares say so at the start, rather than play what it rules out or learn from what nobody decided.

import { list } from "../../core/errors.ts";
import { decisionsOf } from "../../economy/decisions.ts";
import type { VectorEnv } from "../../env/vector-env.ts";

export function refuseMasks(algorithm: string, { economy, spec }: VectorEnv): void {
  for (const { key, mask } of decisionsOf(economy)) {
    const [action] = Object.keys(mask);
    if (action === undefined || !spec[key]) continue;
    throw new Error(
      `${algorithm}: ${key}.${action} is masked, and this learner does not read masks. Use ppo, mappo, impala, actor-critic, dqn, sac, qmix or q-learning.`,
    );
  }
}

/** `because` completes the sentence: "it keeps one …". */
export function refuseApart(algorithm: string, { economy, spec }: VectorEnv, because: string): void {
  for (const { key, flags, event } of decisionsOf(economy)) {
    if (!spec[key]?.apart) continue;
    const by = event === null ? `by ${list(flags, "and")}` : `at the event ${event}`;
    throw new Error(
      `${algorithm}: agents of ${key} decide apart (${by}), and ${algorithm} wants all of them together: ${because}. Use ppo, impala, actor-critic, dqn, sac or q-learning.`,
    );
  }
}
