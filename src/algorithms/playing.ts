// Playing policies in the worlds of an environment: what an episode has shown is remembered for its world alone and forgotten with it, and what
// the economy rules out is not chosen.
import { someAct, type VectorEnv } from "../env/vector-env.ts";
import type { Stream } from "../random/index.ts";
import type { Policy } from "./algorithm.ts";

export interface Playing {
  /** The environment was reset: every world's episode begins. */
  reset(): void;
  /**
   * Writes what those who take decision `key` now do in world e, if there are any; drawn with the numbers of `stream` at `decision` from a policy that can draw. Called
   * once per step, so that who has died or begun anew is known.
   */
  act(key: string, e: number, stream: Stream | null, decision: number): void;
}

export function createPlaying(env: VectorEnv, policies: Readonly<Record<string, Policy>>): Playing {
  const { batch, spec, numEnvs } = env;
  /** Each world's parts of a decision's buffers. */
  const parts = Object.fromEntries(
    Object.entries(batch).map(([key, { acting, actions, obs, actionMask }]) => [
      key,
      Array.from({ length: numEnvs }, (_, e) => ({
        who: spec[key]!.apart ? worldOf(acting, e, numEnvs) : null,
        actions: worldOf(actions, e, numEnvs),
        obs: worldOf(obs, e, numEnvs),
        mask: actionMask && worldOf(actionMask, e, numEnvs),
      })),
    ]),
  );
  return {
    reset() {
      for (const policy of Object.values(policies)) policy.reset?.();
    },
    act(key, e, stream, decision) {
      const policy = policies[key]!;
      const b = batch[key]!;
      const { size, apart = false } = spec[key]!;
      const first = e * size;
      const ended = (i: number): boolean => b.terminated[first + i]! + b.truncated[first + i]! > 0;
      if (apart && policy.reset) for (let i = 0; i < size; i++) if (ended(i)) policy.reset(e, i);
      if (!someAct(env, key, e)) return;
      if (!apart && ended(0)) policy.reset?.(e);
      const { who, actions, obs, mask } = parts[key]![e]!;
      if (stream && policy.sample) policy.sample(actions, obs, size, stream, { lane: e, period: decision }, mask, who);
      else policy.act(actions, obs, size, mask, e, who);
    },
  };
}

/** World e's part of an array whose first dimension is worlds. */
export function worldOf<A extends Float32Array | Int32Array | Uint8Array>(x: A, e: number, numEnvs: number): A {
  const width = x.length / numEnvs;
  return x.subarray(e * width, (e + 1) * width) as A;
}
