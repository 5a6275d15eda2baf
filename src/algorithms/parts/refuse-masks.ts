// Learners that do not read masks say so at the start, rather than play what an economy rules out.
import type { VectorEnv } from "../../env/vector-env.ts";

export function refuseMasks(algorithm: string, { economy, spec }: VectorEnv): void {
  for (const population in spec) {
    const [action] = Object.keys(economy.mask[population] ?? {});
    if (action === undefined) continue;
    throw new Error(
      `${algorithm}: ${population}.${action} is masked, and this learner does not read masks. Use ppo, mappo, impala, actor-critic or q-learning.`,
    );
  }
}
