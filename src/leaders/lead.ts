// An environment without its leader: what the leader's population decides is filled in by a function, and learners see the followers only.
import { decisionOnTurn } from "../algorithms/parts/turn.ts";
import type { VectorEnv } from "../env/vector-env.ts";

/** Fills in the leader's raw actions [N, D] in world e, which has come to its decision. Called for this rank's own worlds only. */
export type Commit = (e: number, actions: Int32Array | Float32Array) => void;

/** `env`, in which population `leader` decides by `commit`. Keeps no state of its own: what is to be remembered is in `env.state`. */
export function lead(env: VectorEnv, leader: string, commit: Commit): VectorEnv {
  const { economy, numEnvs: E } = env;
  const { [leader]: own, ...spec } = env.spec;
  const { [leader]: ownBatch, ...batch } = env.batch;
  if (!own || !ownBatch)
    throw new Error(
      `${economy.name}: "${leader}" decides nothing, so it cannot lead. Those who decide: ${Object.keys(env.spec).join(", ")}.`,
    );
  if (Object.keys(spec).length === 0)
    throw new Error(`${economy.name}: nobody decides but ${leader}, so there is nobody to lead.`);
  const width = own.size * own.actions.length;
  const terminated = new Uint8Array(E);
  const truncated = new Uint8Array(E);

  /** Steps on while it is the leader's turn. An end that came on the way is an end of the whole step. */
  function decideForLeader(): void {
    while (decisionOnTurn(env) === leader) {
      terminated.set(env.terminated);
      truncated.set(env.truncated);
      for (const e of env.localWorlds)
        if (ownBatch!.acting[e * own!.size]) commit(e, ownBatch!.actions.subarray(e * width, (e + 1) * width));
      env.step();
      for (const e of env.localWorlds) {
        if (terminated[e]) env.terminated[e] = 1;
        if (truncated[e]) env.truncated[e] = 1;
      }
    }
  }

  return {
    ...env,
    spec,
    batch,
    get position() {
      return env.position;
    },
    get onPeriod() {
      return env.onPeriod;
    },
    set onPeriod(call) {
      env.onPeriod = call;
    },
    reset(seed) {
      env.reset(seed);
      decideForLeader();
    },
    step() {
      env.step();
      decideForLeader();
    },
  };
}
