// Learning that has broken down is an error and not a result: what learners see, earn, report and have learned is looked at as world columns are.
// Once per step all observations and rewards of this rank's worlds, once per update all losses and parameters.
//
// E worlds, N agents, F features
import type { VectorEnv } from "../../env/vector-env.ts";
import type { Arrays } from "../algorithm.ts";

/** What a message says of when it happened. */
interface Moment {
  /** Updates so far, this one included. */
  readonly update: number;
  /** World-periods so far. */
  readonly step: number;
}

const REMEDY = "What was written before is kept.";
const when = ({ update, step }: Moment): string => `update ${update}, step ${step}`;

/** Observations and rewards, of this rank's worlds. */
export function checkBatches({ economy, batch, spec, localWorlds }: VectorEnv, now: Moment): void {
  for (const population in batch) {
    const { obs, rewards } = batch[population]!;
    const { size: N, features } = spec[population]!;
    const F = features.length;
    for (const e of localWorlds) {
      const seen = notFinite(obs, e * N * F, (e + 1) * N * F);
      const earned = notFinite(rewards, e * N, (e + 1) * N);
      if (seen < 0 && earned < 0) continue;
      const [what, value, agent] =
        seen >= 0
          ? [`observation "${features[seen % F]}"`, obs[seen], Math.floor(seen / F) % N]
          : ["the reward", rewards[earned], earned % N];
      const error = new Error(
        `${economy.name}: ${what} of ${population}[${agent}] is ${value} in world ${e} (${when(now)}). ${seen >= 0 ? "Logarithms want positive columns, and f32 ends at 3.4e38; change observe" : "f32 ends at 3.4e38; change the units of reward"}.${population}. ${REMEDY}`,
      );
      throw Object.assign(error, { world: e });
    }
  }
}

/** Losses and what was learned. A loss that is NaN by itself is one that nothing was counted in. */
export function checkLearned(
  { economy }: VectorEnv,
  metrics: Readonly<Record<string, number>>,
  learned: Arrays,
  now: Moment,
): void {
  const diverged = (what: string, value: number | undefined): Error =>
    new Error(
      `${economy.name}: ${what} is ${value} (${when(now)}): learning diverges. Lower the learning rate or the scale of rewards. ${REMEDY}`,
    );
  for (const [name, array] of Object.entries(learned)) {
    // Rows that are learned from have been checked one by one.
    if (!(array instanceof Float32Array || array instanceof Float64Array) || /\/(rollout|replay)\//.test(name))
      continue;
    const k = notFinite(array, 0, array.length);
    if (k >= 0) throw diverged(`${name}[${k}]`, array[k]);
  }
  for (const [name, value] of Object.entries(metrics))
    if (/(^|\/)losses\//.test(name) && Math.abs(value) === Number.POSITIVE_INFINITY) throw diverged(name, value);
}

/** The first index in [from, to) of what is not finite, or −1. x·0 is NaN just where x is not finite, and NaN stays in a sum. */
function notFinite(x: Float32Array | Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let k = from; k < to; k++) sum += x[k]! * 0;
  if (sum === 0) return -1;
  for (let k = from; ; k++) if (!Number.isFinite(x[k])) return k;
}
