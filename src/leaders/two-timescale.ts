// Leader and followers learn at once, the followers faster: seen from the leader they have always just responded, seen from them it stands still.
// Two-timescale stochastic approximation: Borkar 1997; for Stackelberg games Fiez et al. 2020, https://arxiv.org/abs/1906.01217. Evans et al. 2025
// (ADAGE), §3.2, ask for a leader much faster than its followers, which is the wrong way round.
//
// The leader is either an optimiser that asks and is told, moving once in several of the followers' updates, or a learner like the followers, with
// settings of its own (a lower learning rate) and the gains of its task for rewards.
// Not here: scores of responses that were waited for (nested.ts). What episodes of training score is called a score while learning.
//
// E worlds, d characteristics, K candidates
import { type Algorithm, type AnyAlgorithm, configOf, defineAlgorithm } from "../algorithms/algorithm.ts";
import { prefixed } from "../algorithms/parts/prefixed.ts";
import { refuseUnknown } from "../core/errors.ts";
import { type ParamDeclarations, type ParamValues, param } from "../core/params.ts";
import type { AnyOptimiser } from "../optimise/optimiser.ts";
import { leaderPolicy } from "./parts/leader-policy.ts";
import {
  createLeadership,
  type Leadership,
  leadershipConfig,
  leadershipMetrics,
  learnersConfig,
  stageSeed,
} from "./parts/leadership.ts";
import { discountUnder, settingsUnder, type Under, under } from "./parts/settings.ts";
import type { Task } from "./task.ts";

export const twoTimescaleConfig = {
  ...leadershipConfig,
  warmup: param(0.1, {
    min: 0,
    max: 0.95,
    doc: "share of training before the leader moves: θ is uniform in all worlds",
  }),
  every: param(1, { symbol: "m", min: 1, max: 1e6, integer: true, doc: "followers' updates per move of an optimiser" }),
  candidates: param(4, {
    symbol: "K",
    min: 1,
    max: 64,
    integer: true,
    doc: "θ asked of an optimiser per move, each played in its share of the worlds",
  }),
} as const;

type Config<F, L> = typeof twoTimescaleConfig & Under<"followers", Omit<F, "updates">> & Under<"leader", L>;
type Settings = ParamValues<typeof twoTimescaleConfig>;

/** With an optimiser for a leader. */
export function twoTimescale<F extends ParamDeclarations, O extends ParamDeclarations>(options: {
  readonly task: Task;
  readonly followers: AnyAlgorithm & { readonly config: F };
  readonly leader: AnyOptimiser & { readonly config: O };
}): Algorithm<Config<F, O>>;
/** With a leader that learns by the followers' algorithm. */
export function twoTimescale<F extends ParamDeclarations>(options: {
  readonly task: Task;
  readonly followers: AnyAlgorithm & { readonly config: F };
  readonly leader: "learner";
}): Algorithm<Config<F, Omit<F, "updates">>>;
export function twoTimescale(options: {
  readonly task: Task;
  readonly followers: AnyAlgorithm;
  readonly leader: AnyOptimiser | "learner";
}): Algorithm {
  refuseUnknown("twoTimescale({ … })", options, ["task", "followers", "leader"]);
  const { task, followers, leader } = options;
  const learns = leader === "learner";
  return defineAlgorithm({
    name: "two-timescale",
    source: "Borkar (1997); Fiez, Chasnov & Ratliff (2020), arXiv:1906.01217; Evans et al. (2025), ADAGE",
    summary: `A leader (${learns ? followers.name : leader.name}) and faster ${followers.name} followers learn at once.`,
    config: {
      ...twoTimescaleConfig,
      ...under("followers", followers.config, ["updates"]),
      ...(learns ? under("leader", followers.config, ["updates"]) : under("leader", leader.config)),
    },
    discountOf: discountUnder(task.leader, followers, learns),
    outcomes: followers.outcomes ?? false,
    backends: followers.backends ?? ["wasm"],
    mixed: followers.mixed ?? false,
    metrics: {
      ...followers.metrics,
      ...leadershipMetrics,
      "leader/score":
        "of what the leader plays, on a stage of its own, by followers who have been learning all the while",
      "leader/scoreWhileLearning":
        "mean over episodes of training since the leader's previous move, by followers who explore",
    },
    train(context) {
      const c = context.config as unknown as Settings;
      const inner = { ...context, config: c };
      return learns ? learnAlong(inner, task, followers) : search(inner, task, followers, leader);
    },
    policy(population, spec, c) {
      if (population === task.leader && !learns) return leaderPolicy(task, spec);
      const settings = learnersConfig(c, task.leader, learns ? settingsUnder("leader", c) : undefined);
      return followers.policy(population, spec, configOf(settings, population) as never);
    },
  });
}

type Context = Parameters<typeof createLeadership>[0] & { readonly config: Settings };

/** The leader is an optimiser: it is told what the episodes of each candidate scored. */
function search(context: Context, task: Task, followers: AnyAlgorithm, optimiser: AnyOptimiser) {
  const { config: c, env, arena } = context;
  const E = env.numEnvs;
  const earned = arena.f64(E); // gained so far in the episode
  const playing = arena.i32(E); // the move whose candidate the episode plays; 0: none
  const sums = arena.f64(E); // of this move: scores of finished episodes, and how many
  const finished = arena.i32(E);
  const moves = arena.i32(1);
  const leadership: Leadership = createLeadership(context, task, followers, {
    listen(e, gained, ended) {
      earned[e] += gained;
      if (ended) {
        if (playing[e] === moves[0] && e < leadership.playing) {
          sums[e] += earned[e];
          finished[e] += 1;
        }
        earned[e] = 0;
      }
      if (ended || playing[e] === 0) playing[e] = moves[0];
    },
  });
  const { theta, played, rng, once } = leadership;
  const d = theta.names.length;
  const seeds = rng.fork("stage");
  const proposed = arena.f64(c.candidates * d);
  const candidates = Array.from({ length: c.candidates }, (_, k) => proposed.subarray(k * d, (k + 1) * d));
  const since = arena.i32(1);
  const { low, high } = theta;
  const most = 2 * (c.updates + 1) * c.candidates;
  const settings = settingsUnder("leader", c) as never;
  const optimise = optimiser.create(settings, { low, high, most, rng: rng.fork("optimiser"), memory: arena });
  leadership.remember({ earned, playing, sums, finished, moves, since, proposed });
  leadership.remember(prefixed("optimiser", optimise.state));

  /** Mean score and number of finished episodes of candidate k. */
  function result(k: number): readonly [score: number, episodes: number] {
    let [sum, episodes] = [0, 0];
    for (let e = k; e < leadership.playing; e += c.candidates) {
      sum += sums[e];
      episodes += finished[e];
    }
    return [sum / episodes, episodes];
  }
  function move(): void {
    for (const θ of candidates) θ.set(optimise.ask());
    leadership.propose(candidates, 0);
    sums.fill(0);
    finished.fill(0);
    since[0] = 0;
    moves[0] += 1;
  }
  return leadership.train(({ update, progress, last }) => {
    const metrics: Record<string, number> = {};
    if (progress >= c.warmup) {
      const results = candidates.map((_, k) => result(k));
      once(() => {
        since[0] += 1;
        if (moves[0] === 0) move();
        else if (since[0] >= c.every && results.every(([, episodes]) => episodes > 0)) {
          results.forEach(([score], k) => {
            optimise.tell(candidates[k], score);
          });
          if (moves[0] * c.candidates >= LEAST_TOLD) played.set(optimise.best().theta);
          move();
        }
      });
      if (results.every(([, episodes]) => episodes > 0))
        metrics["leader/scoreWhileLearning"] = results.reduce((sum, [score]) => sum + score, 0) / results.length;
    }
    const score = leadership.score(played, stageSeed(seeds, update));
    metrics[moves[0] > 1 || last ? "leader/score" : "leader/scoreBeforeResponse"] = score;
    return metrics;
  });
}
/** Optimisers may need a few scores before they have an opinion. */
const LEAST_TOLD = 8;

/** The leader is a learner: it plays by its policy, and θ is what that plays on the stage. */
function learnAlong(context: Context, task: Task, followers: AnyAlgorithm) {
  const { config: c, arena } = context;
  const leadership = createLeadership(context, task, followers, { learner: settingsUnder("leader", c) });
  const { theta, played, rng, once, stage } = leadership;
  const d = theta.names.length;
  const seeds = rng.fork("stage");
  const M = stage.env.numEnvs;
  const first = arena.f64(M * d); // [M, d]
  const seen = arena.u8(M);
  return leadership.train(({ update }) => {
    once(() => seen.fill(0));
    const score = leadership.score(played, stageSeed(seeds, update), {
      direct(population, e, actions) {
        if (population !== task.leader || seen[e]) return;
        seen[e] = 1;
        theta.decode(first.subarray(e * d, (e + 1) * d), actions);
      },
    });
    once(() => {
      for (let k = 0; k < d; k++) {
        let sum = 0;
        for (let e = 0; e < M; e++) sum += first[e * d + k];
        played[k] = sum / M;
      }
    });
    return { "leader/score": score };
  });
}
