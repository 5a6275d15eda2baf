// One agent learns while everybody else does what was learned before: the environment of a best response.
//
// E worlds, N agents of the population, F features, D action dimensions, K choices over all of them
import { type AnyAlgorithm, configOf, type Policy } from "../algorithms/algorithm.ts";
import { decisionOnTurn } from "../algorithms/parts/turn.ts";
import { createPlaying } from "../algorithms/playing.ts";
import { type PopulationBatch, type PopulationSpec, someAct, type VectorEnv } from "../env/vector-env.ts";
import type { Stream } from "../random/index.ts";

/** Those who do not learn. */
export interface Incumbents {
  /** By population. */
  readonly policies: Readonly<Record<string, Policy>>;
  /** Their draws; null: they play greedily. */
  readonly rng: Stream | null;
}

/**
 * The environment as agent `agent` of `population` meets it: a population of one under the same name. Everybody else acts by their policies within `step`;
 * `actions` holds what the agent itself would have done by its own, until it is overwritten. The environment below is stepped through this one only.
 */
export function soloEnv(env: VectorEnv, population: string, agent: number, incumbents: Incumbents): VectorEnv {
  const whole = env.spec[population];
  if (!whole)
    throw new Error(
      `soloEnv: "${population}" does not decide in ${env.economy.name}. Expected one of: ${Object.keys(env.spec).join(", ")}.`,
    );
  if (!(Number.isInteger(agent) && agent >= 0 && agent < whole.size))
    throw new Error(`soloEnv: agent is ${agent}, expected an integer from 0 to ${whole.size - 1}.`);
  const E = env.numEnvs;
  const N = whole.size;
  const F = whole.features.length;
  const D = whole.actions.length;
  const K = whole.actions.reduce((sum, { space }) => sum + space.count, 0);
  const spec: PopulationSpec = { ...whole, size: 1, firstRow: agent };
  const below = env.batch[population]!;
  const batch: PopulationBatch = {
    obs: new Float32Array(E * F),
    finalObs: new Float32Array(E * F),
    actionMask: below.actionMask && new Uint8Array(E * K),
    finalActionMask: below.finalActionMask && new Uint8Array(E * K),
    rewards: new Float32Array(E),
    acting: new Uint8Array(E),
    terminated: new Uint8Array(E),
    truncated: new Uint8Array(E),
    outcomes: null,
    actions: spec.continuous ? new Float32Array(E * D) : new Int32Array(E * D),
  };
  const streams = Object.fromEntries(
    Object.keys(env.spec).map((name) => [name, incumbents.rng?.fork(`incumbents/${name}`) ?? null]),
  );
  const playing = createPlaying(env, incumbents.policies);
  let decisions = 0; // of the environment below, by anybody

  /** Everybody's actions where they decide. */
  function fill(): void {
    for (const name in env.batch)
      for (const e of env.localWorlds) {
        if (!someAct(env, name, e)) continue;
        if (!incumbents.policies[name]) throw new Error(`soloEnv: there is no policy of ${name}.`);
        playing.act(name, e, streams[name]!, decisions);
      }
    decisions++;
  }

  /** Whether the agent decides, or is told apart from a decision that its life is over. */
  const isConcerned = (row: number): boolean =>
    below.acting[row] === 1 ||
    (whole.apart === true && decisionOnTurn(env) === population && below.terminated[row]! + below.truncated[row]! > 0);

  /** On to the agent's next decision, in some world at least, and what it sees there. */
  function arrive(): void {
    fill();
    while (!Array.from({ length: E }, (_, e) => isConcerned(e * N + agent)).includes(true)) {
      env.step();
      fill();
    }
    for (let e = 0; e < E; e++) {
      const row = e * N + agent;
      batch.obs.set(below.obs.subarray(row * F, (row + 1) * F), e * F);
      batch.finalObs.set(below.finalObs.subarray(row * F, (row + 1) * F), e * F);
      batch.actionMask?.set(below.actionMask!.subarray(row * K, (row + 1) * K), e * K);
      batch.finalActionMask?.set(below.finalActionMask!.subarray(row * K, (row + 1) * K), e * K);
      batch.actions.set(below.actions.subarray(row * D, (row + 1) * D), e * D);
      for (const name of ["rewards", "acting", "terminated", "truncated"] as const) batch[name][e] = below[name][row]!;
    }
  }

  return {
    ...env,
    spec: { [population]: spec },
    batch: { [population]: batch },
    get position() {
      return env.position;
    },
    get onPeriod() {
      return env.onPeriod;
    },
    set onPeriod(visit) {
      env.onPeriod = visit;
    },
    reset(seed) {
      decisions = 0;
      env.reset(seed);
      playing.reset();
      arrive();
    },
    step() {
      for (const e of env.localWorlds)
        if (below.acting[e * N + agent])
          below.actions.set(batch.actions.subarray(e * D, (e + 1) * D), (e * N + agent) * D);
      env.step();
      arrive();
    },
    resume() {
      throw new Error("soloEnv: a best response is trained in one go; it cannot be resumed.");
    },
  };
}

/** The policies that an algorithm has learned, by population. */
export function incumbentPolicies(
  env: VectorEnv,
  algorithm: AnyAlgorithm,
  config: unknown,
  arrays: Parameters<Policy["load"]>[0],
): Readonly<Record<string, Policy>> {
  return Object.fromEntries(
    Object.entries(env.spec).map(([population, spec]) => {
      const policy = algorithm.policy(population, spec, configOf(config, population) as never);
      policy.load(arrays);
      return [population, policy];
    }),
  );
}
