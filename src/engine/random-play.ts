// Decisions, but nobody who learns: uniformly random actions among those that make sense.

import type { Snapshot, Update } from "../algorithms/algorithm.ts";
import { type Learner, trainingLoop } from "../algorithms/parts/training-loop.ts";
import { type Economy, measure, type Simulation } from "../economy/index.ts";
import { makeVectorEnv, someAct } from "../env/vector-env.ts";
import type { ResolvedRun } from "../experiment/experiment.ts";
import type { Arena } from "../kernels/index.ts";
import { wasmBackend } from "../nn/index.ts";
import { type Stream, seedStream } from "../random/index.ts";
import type { ThreadTeam } from "./team.ts";

/** Where worlds lie, who computes them, and where a run continues from. */
export interface PlayOptions {
  readonly arena: Arena;
  readonly team: ThreadTeam;
  /** Pieces that worlds (or the rows of a single world) are cut into, at least one per rank. Results do not depend on it. */
  readonly pieces: number;
  readonly from: Snapshot | null;
  readonly checkIdentities: boolean;
  /** Rows of a single world migrate between pieces by measured load. Default true; results do not depend on it. */
  readonly migrate?: boolean;
  /** Milliseconds that measure loads. Default: the machine's. */
  readonly clock?: () => number;
  /** Told what is simulated, before it begins. */
  readonly watch?: (simulation: Simulation) => void;
}

export function playAtRandom(
  economy: Economy,
  run: ResolvedRun,
  options: PlayOptions,
  updates: number,
): Generator<Update, void, void> {
  const { arena, team, from, checkIdentities, pieces } = options;
  const { numEnvs, params, totalSteps, seed } = run;
  const env = makeVectorEnv(economy, { numEnvs, params, memory: arena, team, pieces, checkIdentities });
  const metrics = Object.keys(economy.metrics);
  const last = arena.f64(numEnvs * Math.max(1, metrics.length)); // [E, metrics] of the last period
  env.onPeriod = (e) => {
    metrics.forEach((metric, m) => {
      last[e * metrics.length + m] = measure(economy, metric, env.simulation.worlds[e]!, env.params, e);
    });
  };
  let steps = 0;
  const draws: Record<string, Stream[]> = {};
  const reals: Record<string, Float64Array> = {};
  const choices: Record<string, Int32Array> = {};
  for (const [population, { size }] of Object.entries(env.spec)) {
    reals[population] = new Float64Array(size);
    choices[population] = new Int32Array(size);
  }

  const nobody: Learner = {
    state: {},
    meta: () => ({ steps }),
    begin() {},
    resume(meta) {
      steps = meta.steps!;
    },
    seed(rng) {
      for (const [population, { actions }] of Object.entries(env.spec))
        draws[population] = actions.map(({ name }) => rng.fork(`${population}/${name}`));
    },
    report: () =>
      Object.fromEntries(
        metrics.map((name, m) => {
          let sum = 0;
          for (let e = 0; e < numEnvs; e++) sum += last[e * metrics.length + m]!;
          return [name, sum / numEnvs];
        }),
      ),
  };

  const rng = seedStream(seed).fork("random");
  const context = { env, config: null, totalSteps, rng, seed, arena, team, backend: wasmBackend, from };
  return trainingLoop(context, [nobody], updates, () => {
    for (const population in env.spec) {
      const { size, actions, continuous } = env.spec[population]!;
      const batch = env.batch[population]!;
      const D = actions.length;
      const mask = batch.actionMask;
      const width = actions.reduce((sum, { space }) => sum + space.count, 0);
      const columns = actions.map((_, d) => actions.slice(0, d).reduce((sum, { space }) => sum + space.count, 0));
      for (const e of env.localWorlds) {
        if (!someAct(env, population, e)) continue;
        const at = { lane: e, period: steps, from: 0 };
        actions.forEach(({ space: { low, high, count } }, d) => {
          const stream = draws[population]![d]!;
          const u = reals[population]!;
          const k = choices[population]!;
          if (continuous || mask) stream.uniform(u, at);
          else stream.integers(k, at, count);
          if (mask) pickAllowed(k, u, mask, e * size * width + columns[d]!, width, count);
          for (let i = 0; i < size; i++)
            batch.actions[(e * size + i) * D + d] = continuous ? low + u[i]! * (high - low) : k[i]!;
        });
      }
    }
    env.step();
    steps++;
  });
}

/** Of each row's allowed choices one, by a number in [0, 1); rows of the mask are `stride` apart, from `first` on. */
function pickAllowed(
  out: Int32Array,
  uniform: Float64Array,
  mask: Uint8Array,
  first: number,
  stride: number,
  count: number,
): void {
  for (let i = 0, at = first; i < out.length; i++, at += stride) {
    let allowed = 0;
    for (let a = 0; a < count; a++) allowed += mask[at + a]!;
    let left = Math.floor(uniform[i]! * allowed);
    let a = 0;
    while (mask[at + a] === 0 || left-- > 0) a++;
    out[i] = a;
  }
}
