// An environment whose leader is rewarded by its task instead of by the economy, so that any learner can be the leader.
//
// A reward is what the score's value has gained since the leader's previous decision. Over an episode these gains add up to the final value: a
// leader that maximises its return (γ = 1) maximises the score, however often it decides. (Rewarding the running value itself would count early
// periods many times over: Evans et al. 2025, §4.3, taken literally.)
//
// E worlds, one leader
import type { Allocator } from "../core/cut.ts";
import type { VectorEnv } from "../env/vector-env.ts";
import type { Commit } from "./lead.ts";
import type { Task } from "./task.ts";

export interface ScoredOptions {
  readonly memory: Allocator;
  /** Worlds in which the leader is not asked and `commit` decides for it: to show followers what the leader does not do. Default none. */
  readonly elsewhere?: { readonly worlds: (e: number) => boolean; readonly commit: Commit };
}

/** `env`, with the rewards of `task` for its leader and nothing shown to it but `task.observes`. */
export function scored(env: VectorEnv, task: Task, { memory, elsewhere }: ScoredOptions): VectorEnv {
  const { leader, score, observes } = task;
  const { numEnvs: E, simulation, params } = env;
  const spec = env.spec[leader]!;
  const inner = env.batch[leader]!;
  const F = spec.features.length;
  for (const name of observes ?? [])
    if (!spec.features.includes(name))
      throw new Error(
        `Task "${task.name}": ${leader} observes no "${name}". It observes: ${spec.features.join(", ")}.`,
      );
  const hidden = spec.features.flatMap((name, f) => (observes && !observes.includes(name) ? [f] : []));
  const width = spec.size * spec.actions.length;
  const size = score.size(simulation.sizes, params, simulation.horizon);
  const states = memory.f64(E * size); // [E, size]
  const stateOf = Array.from({ length: E }, (_, e) => states.subarray(e * size, (e + 1) * size));
  const periods = memory.i32(E); // folded in this episode
  const credited = memory.f64(E); // the value so far, as far as it has been paid out
  const rewards = memory.f32(E);
  const acting = memory.u8(E);
  let watching: ((e: number) => void) | null = null;

  env.onPeriod = (e) => {
    score.add(stateOf[e]!, simulation.worlds[e]!, params);
    periods[e] += 1;
    watching?.(e);
  };

  function present(): void {
    for (const e of env.localWorlds) {
      acting[e] = 0;
      if (!inner.acting[e]) continue;
      acting[e] = elsewhere?.worlds(e) ? 0 : 1;
      const value = periods[e] > 0 ? score.value([stateOf[e]!], params) : 0;
      rewards[e] = value - credited[e];
      credited[e] = value;
      if (inner.terminated[e] || inner.truncated[e]) forget(e);
      for (const f of hidden) inner.obs[e * F + f] = inner.finalObs[e * F + f] = 0;
    }
  }

  function forget(e: number): void {
    stateOf[e]!.fill(0);
    periods[e] = credited[e] = 0;
  }

  return {
    ...env,
    batch: { ...env.batch, [leader]: { ...inner, rewards, acting } },
    state: {
      ...env.state,
      "score/states": states,
      "score/periods": periods,
      "score/credited": credited,
      "score/rewards": rewards,
      "score/acting": acting,
    },
    get position() {
      return env.position;
    },
    get onPeriod() {
      return watching;
    },
    set onPeriod(call) {
      watching = call;
    },
    reset(seed) {
      for (const e of env.localWorlds) forget(e);
      env.reset(seed);
      present();
    },
    step() {
      if (elsewhere)
        for (const e of env.localWorlds)
          if (inner.acting[e] && !acting[e]) elsewhere.commit(e, inner.actions.subarray(e * width, (e + 1) * width));
      env.step();
      present();
    },
  };
}
