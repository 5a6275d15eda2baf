// What every solution concept needs: worlds in which followers learn while the leader's θ is set from outside, and a stage to measure them on.
//
// While followers train, a share of the worlds explores: θ is uniform over its range in every episode, so that the followers' policy
// π(a | o, θ̂) stays a best response off the path too. The other worlds play the candidates that the concept has put forward, world by world,
// each within a spread of its candidate.
//
// E worlds, d characteristics, K candidates
import {
  type AnyAlgorithm,
  type Arrays,
  configOf,
  type Policy,
  type TrainContext,
  type Update,
} from "../../algorithms/algorithm.ts";
import { restore } from "../../algorithms/parts/restore.ts";
import { type AnyParamValues, flag, type ParamValues, param } from "../../core/params.ts";
import type { Stream } from "../../random/index.ts";
import { type Gap, gapOnStage } from "../best-response-gap.ts";
import { type Commit, lead } from "../lead.ts";
import { scored } from "../scored.ts";
import { type Characteristics, characteristicsOf, leaderOf, type Task } from "../task.ts";
import { settingsUnder } from "./settings.ts";
import { createStage, type Stage } from "./stage.ts";

/** Settings that all concepts share. */
export const leadershipConfig = {
  updates: param(40, {
    min: 1,
    max: 1e6,
    integer: true,
    doc: "reports over the whole of training; the leader moves between them",
  }),
  exploration: param(0.25, { min: 0, max: 1, doc: "share of the worlds in which θ is uniform over its range" }),
  evaluationWorlds: param(8, {
    min: 1,
    max: 1e5,
    integer: true,
    doc: "worlds in which a θ is scored, an episode each",
  }),
  evaluationPeriods: param(0, {
    unit: "periods",
    min: 0,
    max: 1e6,
    integer: true,
    doc: "of these episodes; 0: the whole",
  }),
  evaluationSampled: flag(
    false,
    "followers' actions are drawn from their policies where θ is scored, instead of being the most likely",
  ),
  gapGrid: param(9, {
    min: 0,
    max: 1000,
    integer: true,
    doc: "values tried instead of a follower's action, and as many shifts of it, for the best-response gap; 0: no gap",
  }),
} as const;
type LeadershipConfig = ParamValues<typeof leadershipConfig>;

export const leadershipMetrics = {
  "leader/score": "the task's score of the leader's θ, on a stage of its own, by followers who have responded to it",
  "leader/theta/<control>": "what the leader plays",
  "followers/bestResponseGap":
    "at the end: what a single follower could at least still gain per period by deviating (discounted mean)",
  "followers/relativeGap": "the same as a share of what it earns",
} as const;

export interface Leadership {
  readonly theta: Characteristics;
  /** [d] What the leader plays, shared by all ranks and part of the snapshot. */
  readonly played: Float64Array;
  /** What training worlds play from their next episode on: everywhere uniform, or these θ, each within `spread` of its range. On rank 0. */
  explore(): void;
  propose(candidates: readonly ArrayLike<number>[], spread: number): void;
  /** Episodes (or the leader's own periods) that every world with a proposal has gone through under it. */
  lived(): number;
  /** Worlds [0, playing) play what was proposed, the others explore. */
  readonly playing: number;
  /** Followers learn; between their updates the concept is asked to do its part, and what it returns is logged. Every rank does. */
  train(move: (now: Moment) => Readonly<Record<string, number>>): Generator<Update, void, void>;
  /** The score of θ by the followers' present policies; `seed` names the draws. Every rank takes part. */
  score(theta: ArrayLike<number>, seed: number, direction?: Omit<Parameters<Stage["play"]>[0], "seed">): number;
  readonly stage: Stage;
  /** Memory of the concept itself, for snapshots. */
  remember(arrays: Arrays): void;
  readonly rng: Stream;
  /** Waits for all ranks, and for rank 0 to have done `job`. */
  once(job: () => void): void;
}

/** Between two updates of the followers. */
export interface Moment {
  /** Updates of the followers before this one. */
  readonly update: number;
  /** Share of training that is done, and whether this is the end. */
  readonly progress: number;
  readonly last: boolean;
}

export interface LeadershipOptions {
  /** θ of an episode in worlds that do not explore, from d uniform draws, instead of what was proposed. */
  readonly rule?: (theta: Float64Array, draws: Float64Array) => void;
  /** Called at the leader's every decision in world e, before its θ is set: the score gained since the one before, and whether an episode has ended. */
  readonly listen?: (e: number, gained: number, ended: boolean) => void;
  /** The leader is one of the learners, rewarded by its task, with these settings over the followers'. Where worlds explore it is not asked. */
  readonly learner?: AnyParamValues;
}

const MOST_CANDIDATES = 64;

export function createLeadership(
  context: TrainContext<LeadershipConfig>,
  task: Task,
  followers: AnyAlgorithm,
  { rule, listen, learner }: LeadershipOptions = {},
): Leadership {
  const { env, config: c, arena, team, totalSteps, from } = context;
  const E = env.numEnvs;
  const theta = characteristicsOf(task, leaderOf(task, env.spec));
  const d = theta.names.length;
  const exploring = Math.round(c.exploration * E);
  if (c.exploration > 0 && c.exploration < 1 && (exploring === 0 || exploring === E))
    throw new Error(
      `config.exploration: ${c.exploration} of ${E} worlds is ${exploring === 0 ? "none" : "all"} of them. Raise numEnvs, or set it to ${exploring === 0 ? 0 : 1}.`,
    );
  if (env.spec[task.leader]!.masked && !(learner && exploring === 0))
    throw new Error(
      `Task "${task.name}": choices of the leader ${task.leader} are masked, expected none that are: θ is played as it is. Leave the mask out, or let twoTimescale learn it with exploration 0.`,
    );
  const rng = context.rng.fork("leader");
  const explored = rng.fork("explore");
  const played = arena.f64(d);
  const plan = arena.f64(2); // K, 0: everybody explores; spread
  const candidates = arena.f64(MOST_CANDIDATES * d); // [K, d]
  const proposal = arena.i32(1); // how often θ were proposed
  const under = arena.i32(E); // the proposal whose θ a world plays
  const since = arena.i32(E); // the leader's decisions in a world since it took that θ up
  const memory: Record<string, ArrayBufferView> = {
    "concept/proposal": proposal,
    "concept/under": under,
    "concept/since": since,
    "concept/theta": played,
    "concept/plan": plan,
    "concept/candidates": candidates,
  };
  const draws = new Float64Array(d);
  const now = new Float64Array(d);
  const { tick } = env.simulation.columns as { readonly tick: Int32Array };

  /** Sets θ of world e's next episode. */
  const commit: Commit = (e, actions) => {
    if (listen) {
      const { rewards, terminated, truncated } = worlds.batch[task.leader]!;
      listen(e, rewards[e], terminated[e] + truncated[e] > 0);
    }
    since[e] = under[e] === proposal[0] ? since[e] + 1 : 0;
    under[e] = proposal[0];
    const [K, spread] = plan;
    explored.uniform(draws, { lane: e, period: tick[e], from: 0 });
    const free = e >= E - exploring || (K === 0 && !rule);
    if (rule && !free) rule(now, draws);
    for (let k = 0; k < d; k++) {
      const width = theta.high[k] - theta.low[k];
      if (free) now[k] = theta.low[k] + draws[k] * width;
      else if (!rule) now[k] = candidates[(e % K) * d + k] + spread * (2 * draws[k] - 1) * width;
      now[k] = Math.min(theta.high[k], Math.max(theta.low[k], now[k]));
    }
    theta.encode(actions, now);
  };
  const elsewhere = { worlds: (e: number) => e >= E - exploring, commit };
  const worlds = learner
    ? scored(env, task, { memory: arena, elsewhere })
    : listen
      ? scored(env, task, { memory: arena })
      : env;
  const led = learner ? worlds : lead(worlds, task.leader, commit);

  const shown = new Float64Array(d);
  const policies: Record<string, Policy> = {};
  const followersConfig = learnersConfig(c, task.leader, learner);
  for (const population in env.spec)
    policies[population] =
      population === task.leader && !learner
        ? { load() {}, act: (actions) => theta.encode(actions, shown) }
        : followers.policy(population, env.spec[population]!, configOf(followersConfig, population) as never);
  const gamma = (followersConfig as { readonly gamma?: number }).gamma ?? 1;
  const stage = createStage({
    economy: env.economy,
    params: env.params,
    numWorlds: c.evaluationWorlds,
    periods: c.evaluationPeriods,
    sampled: c.evaluationSampled,
    gamma,
    policies,
    score: task.score,
    memory: arena,
    team,
  });

  let updates = from?.meta["concept/updates"] ?? 0;
  return {
    theta,
    played,
    stage,
    rng,
    playing: E - exploring,
    explore() {
      plan[0] = 0;
    },
    propose(proposed, spread) {
      if (proposed.length > Math.min(E - exploring, MOST_CANDIDATES))
        throw new Error(
          `Task "${task.name}": ${proposed.length} θ at once in ${E - exploring} worlds, expected a world for each and at most ${MOST_CANDIDATES}. Raise numEnvs, or lower config.exploration.`,
        );
      for (const [k, candidate] of proposed.entries()) {
        theta.check(candidate);
        candidates.set(Array.from(candidate), k * d);
      }
      plan.set([proposed.length, spread]);
      proposal[0] += 1;
    },
    lived() {
      let least = Number.POSITIVE_INFINITY;
      for (let e = 0; e < E - exploring; e++) least = Math.min(least, under[e] === proposal[0] ? since[e] : 0);
      return least;
    },
    remember(arrays) {
      for (const [name, array] of Object.entries(arrays)) memory[`concept/${name}`] = array;
    },
    once(job) {
      team.barrier();
      if (team.rank === 0) job();
      team.barrier();
    },
    score(candidate, seed, direction = {}) {
      shown.set(Array.from(candidate));
      return stage.play({ seed, ...direction });
    },
    *train(move) {
      if (team.rank === 0) {
        if (from) restore(memory, from.arrays);
        else for (let k = 0; k < d; k++) played[k] = (theta.low[k] + theta.high[k]) / 2;
      }
      team.barrier();
      const inner = { ...context, env: led, config: followersConfig as never, rng: context.rng.fork("followers") };
      for (const update of watched(followers.train(inner))) {
        const { arrays } = update.snapshot();
        for (const population in policies)
          if (population !== task.leader || learner) policies[population]!.load(arrays);
        const last = update.step >= totalSteps;
        const moved = move({ update: updates, progress: Math.min(1, update.step / totalSteps), last });
        updates++;
        const metrics: Record<string, number> = { ...update.metrics, ...moved };
        theta.names.forEach((name, k) => {
          metrics[`leader/theta/${name}`] = played[k];
        });
        if (last && c.gapGrid > 0) {
          shown.set(played);
          Object.assign(
            metrics,
            gapMetrics(gapOnStage(stage, { grid: c.gapGrid, seed: GAP_SEED, leader: task.leader })),
          );
        }
        const done = updates;
        yield {
          step: update.step,
          metrics: team.rank === 0 ? metrics : {},
          snapshot() {
            const { arrays, meta } = update.snapshot();
            return { arrays: { ...arrays, ...memory }, meta: { ...meta, "concept/updates": done } };
          },
        };
      }
    },
  };
}

const GAP_SEED = 20_230_003;

const gapMetrics = (gaps: Readonly<Record<string, Gap>>): Record<string, number> => {
  const several = Object.keys(gaps).length > 1;
  return Object.fromEntries(
    Object.entries(gaps).flatMap(([population, { absolute, relative }]) => {
      const place = several ? population : "followers";
      return [
        [`${place}/bestResponseGap`, absolute],
        [`${place}/relativeGap`, relative],
      ];
    }),
  );
};

/** The followers' settings without their prefix, and the leader's where it learns as well. */
export function learnersConfig(c: object, leader: string, learner?: AnyParamValues): AnyParamValues {
  const { updates } = c as LeadershipConfig;
  const { populations = {}, ...common } = settingsUnder("followers", c) as { populations?: object };
  const own = learner ? { ...populations, [leader]: learner } : populations;
  return {
    ...common,
    updates,
    ...(Object.keys(own).length > 0 ? { populations: own } : {}),
  } as unknown as AnyParamValues;
}

/** Seeds of stages: the same numbers for what is compared, others for the next comparison. */
export const stageSeed = (rng: Stream, k: number): number => rng.bitsAt(0, k, 0);

/** Followers that diverge: what they learned is not finite, or within an update an action is not a number; the message says what to do about it. */
function* watched(training: Generator<Update, void, void>): Generator<Update, void, void> {
  try {
    yield* training;
  } catch (error) {
    if (!(error instanceof Error && /: action .* is NaN|: learning diverges/.test(error.message))) throw error;
    const what =
      "The followers diverge. Run again with a lower --set config.followers.learningRate=…; what was written before is kept.";
    throw new Error(`${error.message} ${what}`, { cause: error });
  }
}
