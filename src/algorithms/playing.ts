// Playing policies in the worlds of an environment: what an episode has shown is remembered for its world alone and forgotten with it, and what
// the economy rules out is not chosen.
import type { VectorEnv } from "../env/vector-env.ts";
import type { Stream } from "../random/index.ts";
import type { Policy } from "./algorithm.ts";

export interface Playing {
  /** The environment was reset: every world's episode begins. */
  reset(): void;
  /** Writes what `population` does now in world e, once per decision; drawn with the numbers of `stream` at `decision` from a policy that can draw. */
  act(population: string, e: number, stream: Stream | null, decision: number): void;
}

export function createPlaying(
  { batch, spec, numEnvs }: VectorEnv,
  policies: Readonly<Record<string, Policy>>,
): Playing {
  return {
    reset() {
      for (const policy of Object.values(policies)) policy.reset?.();
    },
    act(population, e, stream, decision) {
      const policy = policies[population]!;
      const b = batch[population]!;
      const { size } = spec[population]!;
      if (b.terminated[e] || b.truncated[e]) policy.reset?.(e);
      const actions = worldOf(b.actions, e, numEnvs);
      const obs = worldOf(b.obs, e, numEnvs);
      const mask = b.actionMask && worldOf(b.actionMask, e, numEnvs);
      if (stream && policy.sample) policy.sample(actions, obs, size, stream, { lane: e, period: decision }, mask);
      else policy.act(actions, obs, size, mask, e);
    },
  };
}

/** World e's part of an array whose first dimension is worlds. */
export function worldOf<A extends Float32Array | Int32Array | Uint8Array>(x: A, e: number, numEnvs: number): A {
  const width = x.length / numEnvs;
  return x.subarray(e * width, (e + 1) * width) as A;
}
