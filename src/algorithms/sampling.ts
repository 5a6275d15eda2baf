// One policy that a crowd shares, learned from the experience of a few: the learner sees a sample of the population, everybody else acts by what it has learned so far.
//
// Samples are drawn by seed, without replacement, for each world its own; after so many periods, if wanted, another one. Trajectories of those who leave are cut off as by a time limit.
// Agents outside the sample draw from the policy too, where it has chance in it; a learner that explores beside its policy (ε-greedy) explores by its sample alone.
//
// E worlds, N agents, n learners
import { type ParamDeclarations, param } from "../core/params.ts";
import { decisionsOf } from "../economy/decisions.ts";
import { type Members, membersOf } from "../env/members.ts";
import { type PopulationSpec, someAct, type VectorEnv } from "../env/vector-env.ts";
import { permutation, type Stream } from "../random/index.ts";
import { type Algorithm, configOf, type Policy, type TrainContext } from "./algorithm.ts";
import { decisionOnTurn } from "./parts/turn.ts";
import { createPlaying } from "./playing.ts";

/** Settings of a learner that may learn from a sample. */
export const samplingConfig = {
  learners: param(0, {
    symbol: "n",
    unit: "agents",
    min: 0,
    max: 1e7,
    integer: true,
    doc: "of a population learn, a sample drawn by seed; the others act by the same policy; 0, or as many as there are: all learn",
  }),
  learnersEvery: param(0, {
    unit: "periods",
    min: 0,
    max: 1e9,
    integer: true,
    doc: "before another sample learns; 0: the first one throughout",
  }),
} as const;

interface SamplingOptions {
  readonly learners: number;
  readonly learnersEvery: number;
  /** Each agent has a policy of its own. */
  readonly independent?: boolean;
}

interface Sampled {
  readonly key: string;
  readonly members: Members;
  /** [E] 1 + the number of the sample that is learning; 0: none yet. */
  readonly drawn: Int32Array;
  readonly every: number;
  readonly policy: Policy;
  readonly crowd: Stream;
  readonly sampling: Stream;
}

/** An algorithm with `samplingConfig` among its settings. */
export const defineSampledAlgorithm = <const D extends ParamDeclarations & typeof samplingConfig>(
  algorithm: Algorithm<D>,
): Algorithm<D> => ({
  ...algorithm,
  train: (context) =>
    algorithm.train(
      withSamples(context, algorithm.name, (key) => {
        const config = configOf(context.config, key);
        return { config, policy: (spec) => algorithm.policy(key, spec, config) };
      }),
    ),
});

/** `context` as a learner sees it that learns from samples, where its settings say so of a population. `own`: the settings of a decision, and what plays it. */
export function withSamples<C>(
  context: TrainContext<C>,
  name: string,
  own: (key: string) => { readonly config: object; policy(spec: PopulationSpec): Policy },
): TrainContext<C> {
  const { env, arena, rng } = context;
  const sampled = Object.entries(env.spec).flatMap(([key, spec]): Sampled[] => {
    const { config, policy: create } = own(key);
    const { learners, learnersEvery: every, independent = false } = config as SamplingOptions;
    if (learners === 0 || learners >= spec.size) return [];
    if (independent)
      throw new Error(
        `${name}: learners is ${learners}, but independent gives each of ${spec.size} ${key} a policy of its own, which only its agent could learn. Unset one of them.`,
      );
    if (decisionsOf(env.economy).some((one) => one.key === key && one.event !== null))
      throw new Error(
        `${name}: learners is ${learners}, but ${key} decide at events, where all of them learn. Set it to 0.`,
      );
    const policy = create(spec);
    if (policy.reset)
      throw new Error(
        `${name}: learners is ${learners}, but a policy with a memory is learned by all ${spec.size} ${key}. Set it to 0.`,
      );
    const s = rng.fork(`sample/${key}`);
    return [
      {
        key,
        members: membersOf(env, key, learners, arena),
        drawn: arena.i32(env.numEnvs),
        every,
        policy,
        crowd: s.fork("crowd"),
        sampling: s.fork("who"),
      },
    ];
  });
  if (sampled.length === 0) return context;
  return {
    ...context,
    env: sampledEnv(env, sampled),
    follow(learned) {
      for (const { policy } of sampled) policy.load(learned);
    },
  };
}

function sampledEnv(env: VectorEnv, sampled: readonly Sampled[]): VectorEnv {
  const { localWorlds } = env;
  const playing = createPlaying(env, Object.fromEntries(sampled.map(({ key, policy }) => [key, policy])));
  const state: Record<string, ArrayBufferView> = { ...env.state };
  for (const { key, members, drawn } of sampled) {
    const { outcomes: _, ...buffers } = members.batch;
    for (const [name, buffer] of Object.entries({ ...buffers, rows: members.rows, drawn }))
      if (buffer) state[`sample/${key}/${name}`] = buffer;
  }

  /** Passes on what the environment says; another sample takes its place where it is due. */
  function look(): void {
    for (const one of sampled)
      for (const e of localWorlds) {
        const { members, drawn, every } = one;
        if (drawn[e] > 0) members.look(e);
        const wanted = every > 0 ? 1 + Math.floor(env.position.tick / every) : 1;
        if (drawn[e] === wanted || !isComplete(one, e)) continue;
        if (drawn[e] > 0) members.leave(e);
        draw(env, one, e, wanted);
        members.see(e);
        drawn[e] = wanted;
      }
  }

  /** Whether somebody decides in world e, and nobody of the sample is amid a decision whose consequences are to come. */
  function isComplete({ key, members: { batch, spec }, drawn }: Sampled, e: number): boolean {
    if (!someAct(env, key, e)) return false;
    const { acting, terminated, truncated } = batch;
    for (let j = e * spec.size; drawn[e] > 0 && j < (e + 1) * spec.size; j++)
      if (!acting[j] && !terminated[j] && !truncated[j]) return false;
    return true;
  }

  return {
    ...env,
    state,
    spec: { ...env.spec, ...Object.fromEntries(sampled.map(({ key, members }) => [key, members.spec])) },
    batch: { ...env.batch, ...Object.fromEntries(sampled.map(({ key, members }) => [key, members.batch])) },
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
      env.reset(seed);
      playing.reset();
      for (const { members, drawn } of sampled)
        for (const e of localWorlds) {
          drawn[e] = 0;
          const { acting, terminated, truncated } = members.batch;
          for (const flags of [acting, terminated, truncated])
            flags.fill(0, e * members.spec.size, (e + 1) * members.spec.size);
        }
      look();
    },
    observe(decision) {
      env.observe(decision);
      for (const { members, drawn } of sampled) for (const e of localWorlds) if (drawn[e] > 0) members.see(e);
    },
    step() {
      const turn = decisionOnTurn(env);
      for (const { key, members, crowd } of sampled)
        for (const e of localWorlds) {
          playing.act(key, e, crowd, env.position.tick);
          if (key === turn) members.decide(e);
        }
      env.step();
      look();
    },
  };
}

/** Draws those of world e who learn, from those who decide now, in order of rows. */
function draw(env: VectorEnv, { key, members, sampling }: Sampled, e: number, period: number): void {
  const { size: N, apart = false } = env.spec[key]!;
  const { acting } = env.batch[key]!;
  const n = members.spec.size;
  const rows = members.rows.subarray(e * n, (e + 1) * n);
  const deciding: number[] | null = apart ? [] : null;
  for (let i = 0; deciding && i < N; i++) if (acting[e * N + i]) deciding.push(i);
  const among = deciding?.length ?? N;
  if (among < n)
    throw new Error(
      `${env.economy.name}: learners is ${n}, but ${among} of ${N} ${key} decide in world ${e}. Lower it, or let more decide.`,
    );
  const order = permutation(sampling, { size: among, lane: e, period });
  for (let j = 0; j < n; j++) rows[j] = deciding ? deciding[order.at(j)]! : order.at(j);
  rows.sort();
}
