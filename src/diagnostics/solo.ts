// One agent learns while everybody else does what was learned before: the environment of a best response.
//
// E worlds, N agents of the population
import { type AnyAlgorithm, configOf, type Policy } from "../algorithms/algorithm.ts";
import { decisionOnTurn } from "../algorithms/parts/turn.ts";
import { createPlaying } from "../algorithms/playing.ts";
import { membersOf } from "../env/members.ts";
import { someAct, type VectorEnv } from "../env/vector-env.ts";
import type { Stream } from "../random/index.ts";

/** Those who do not learn. */
export interface Incumbents {
  /** By population. */
  readonly policies: Readonly<Record<string, Policy>>;
  /** Their draws; null: they play greedily. */
  readonly rng: Stream | null;
}

/** The decisions that `name` means: that of this name, or all that the population of this name takes. */
export function decisionsNamed(
  where: string,
  { economy, spec }: Pick<VectorEnv, "economy" | "spec">,
  name: string,
): readonly string[] {
  const keys = spec[name] ? [name] : Object.keys(spec).filter((key) => spec[key]!.population === name);
  if (keys.length > 0) return keys;
  const names = [...new Set(Object.entries(spec).flatMap(([key, { population }]) => [population, key]))];
  throw new Error(`${where}: "${name}" does not decide in ${economy.name}. Expected one of: ${names.join(", ")}.`);
}

/**
 * The environment as agent `agent` of `population` meets it, or some agents: a population of one, or of these, under the same name. `population` may also name a decision, and where it takes
 * several, each of them is one of the agent's. Everybody else acts by their policies within `step`; `actions` holds what the agent itself would have done by its own, until it is overwritten. The
 * environment below is stepped through this one only.
 */
export function soloEnv(
  env: VectorEnv,
  population: string,
  agent: number | readonly number[],
  incumbents: Incumbents,
): VectorEnv {
  const keys = decisionsNamed("soloEnv", env, population);
  const { size: N } = env.spec[keys[0]!]!;
  const agents = typeof agent === "number" ? [agent] : agent;
  for (const one of agents)
    if (!(Number.isInteger(one) && one >= 0 && one < N))
      throw new Error(`soloEnv: agent is ${one}, expected an integer from 0 to ${N - 1}.`);
  const E = env.numEnvs;
  const own = keys.map((key) => ownDecision(env, key, agents));
  const terminated = new Uint8Array(E);
  const truncated = new Uint8Array(E);
  const streams = Object.fromEntries(
    Object.keys(env.spec).map((name) => [name, incumbents.rng?.fork(`incumbents/${name}`) ?? null]),
  );
  const playing = createPlaying(env, incumbents.policies);
  let decisions = 0; // of the environment below, by anybody
  const mostIdle = 2 * env.simulation.horizon + 1; // periods: an episode and the beginning of the next

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

  function isConcerned(): boolean {
    for (const one of own) for (let e = 0; e < E; e++) if (one.isConcerned(e)) return true;
    return false;
  }

  /** On to the agent's next decision, in some world at least, and what it sees there. An end that comes on the way is an end of the whole step. */
  function arrive(): void {
    const { tick } = env.position;
    fill();
    while (!isConcerned()) {
      if (env.position.tick - tick > mostIdle)
        throw new Error(
          `soloEnv: ${population}[${agent}] of ${env.economy.name} has decided nothing for ${mostIdle} periods, expected an agent who decides; ask about another.`,
        );
      env.step();
      for (let e = 0; e < E; e++) {
        terminated[e] |= env.terminated[e]!;
        truncated[e] |= env.truncated[e]!;
      }
      fill();
    }
    for (const one of own) for (let e = 0; e < E; e++) one.look(e);
  }

  return {
    ...env,
    spec: Object.fromEntries(own.map(({ key, spec }) => [key, spec])),
    batch: Object.fromEntries(own.map(({ key, batch }) => [key, batch])),
    terminated,
    truncated,
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
      terminated.fill(0);
      truncated.fill(0);
      env.reset(seed);
      playing.reset();
      arrive();
    },
    step() {
      for (const one of own) for (const e of env.localWorlds) one.decide(e);
      env.step();
      terminated.set(env.terminated);
      truncated.set(env.truncated);
      arrive();
    },
    resume() {
      throw new Error("soloEnv: a best response is trained in one go; it cannot be resumed.");
    },
  };
}

/** One decision as some agents meet it. */
function ownDecision(env: VectorEnv, key: string, agents: readonly number[]) {
  const below = env.batch[key]!;
  const { size: N, apart = false } = env.spec[key]!;
  const member = membersOf(env, key, agents.length);
  for (let e = 0; e < env.numEnvs; e++) member.rows.set(agents, e * agents.length);
  return {
    ...member,
    key,
    /** Whether any of them decides, or is told apart from a decision that its life is over. */
    isConcerned: (e: number): boolean =>
      agents.some((agent) => {
        const row = e * N + agent;
        return (
          below.acting[row] === 1 ||
          (apart && decisionOnTurn(env) === key && below.terminated[row]! + below.truncated[row]! > 0)
        );
      }),
    /** Takes over what the environment below says of them in world e. */
    look(e: number): void {
      member.look(e);
      member.adopt(e);
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
