// The frame of an on-policy learner: what ppo.ts, mappo.ts, impala.ts and actor-critic.ts share besides their arithmetic. It decides on its population's turns, collects what
// followed, calls the page's `learn` when T turns are complete, reports means, and saves and restores everything.
//
// G groups of agents, each with an actor and a critic of its own: all agents of a population, or each one alone where they are `independent`
import { choice, flag, type ParamValues, param } from "../../core/params.ts";
import type { PopulationSpec } from "../../env/vector-env.ts";
import { initialise } from "../../nn/index.ts";
import type { Stream } from "../../random/index.ts";
import { contextOf, type TrainContext, type Update } from "../algorithm.ts";
import { prefixed } from "../parts/prefixed.ts";
import { linear } from "../parts/schedule.ts";
import { type Learner, trainingLoop } from "../parts/training-loop.ts";
import { samplingConfig } from "../sampling.ts";
import { averageName, createActing, isAveraged, thetaName } from "./acting.ts";
import { createJobs, createNetworks, type DescentOptions, type Network } from "./descent.ts";
import { recurrenceConfig } from "./recurrence.ts";
import { createRollout, type RolloutOptions } from "./rollout.ts";
import { createTally, type Tally } from "./tally.ts";

/** Settings of every on-policy learner: discount, and below what its own settings are followed by. */
export const discountConfig = {
  gamma: param(0.99, {
    symbol: "γ",
    min: 0,
    max: 1,
    doc: "discount per decision; by default the discount factor that the economy declares for the population, if it does",
  }),
} as const;

export const networkConfig = {
  vfCoef: param(0.5, { min: 0, doc: "weight of the critic's ½ squared error" }),
  maxGradNorm: param(0.5, { min: 0, exclusive: true, doc: "of the whole gradient" }),
  hiddenLayers: param(2, { min: 1, max: 16, integer: true, doc: "of the actor, and of the critic" }),
  hiddenWidth: param(64, { min: 1, max: 4096, integer: true }),
  activation: choice("tanh", ["relu", "tanh"]),
  ...recurrenceConfig,
  initialLogStd: param(0, { doc: "ln σ of box actions to begin with, in units of half the box" }),
  squash: flag(false, "box actions are the tanh of a normal instead of a normal cut off at the bounds"),
  normalizeObs: flag(false, "by running mean and deviation over all agents, within ±10"),
  scaleRewards: flag(false, "by the running deviation of discounted returns, within ±10"),
  independent: flag(false, "an actor and a critic per agent instead of one of each for all"),
  ...samplingConfig,
  averageFrom: param(1, {
    min: 0,
    max: 1,
    doc: "share of training after which rollouts add to a mean of parameters, which the learned policy plays (Polyak & Juditsky 1992); 1: it plays the last ones",
  }),
  updates: param(40, { min: 1, max: 1e6, integer: true, doc: "reports over the whole of training" }),
} as const;

type NetworkOptions = Omit<ParamValues<typeof networkConfig>, keyof typeof recurrenceConfig>;
export interface OnPolicyOptions extends NetworkOptions, RolloutOptions {
  readonly learningRate: number;
  readonly annealLr: boolean;
}

/** A learner that is asked to decide before every step of the worlds, and to look at what followed after it. */
export interface OnPolicyLearner extends Learner {
  /** Decides, if it is its population's turn; `progress`: share of training that is done. */
  act(progress: number): void;
  /** What followed; learns when a rollout is complete. */
  collect(): void;
}

/** Training of every population by a learner of its own: all decide whose turn it is, the worlds make a step, all collect what followed. */
export function trainOnPolicy<C extends OnPolicyOptions>(
  context: TrainContext<C>,
  learnerOf: (context: TrainContext<C>, population: string, spec: PopulationSpec) => OnPolicyLearner,
): Generator<Update, void, void> {
  const { env, config } = context;
  const learners = Object.entries(env.spec).map(([population, spec]) =>
    learnerOf(contextOf(context, population), population, spec),
  );
  return trainingLoop(context, learners, config.updates, (progress) => {
    for (const learner of learners) learner.act(progress);
    env.step();
    for (const learner of learners) learner.collect();
  });
}

export interface FrameOptions<Name extends string, Draw extends string> {
  /** Of the algorithm, for errors. */
  readonly name: string;
  /** Names of reported means, in lists that are counted apart: over minibatches, over rollouts. */
  readonly means: readonly (readonly Name[])[];
  /** Purposes that the page draws for. */
  readonly draws: readonly Draw[];
}

/** What a page says of its learner once its arrays are made. */
export interface Page {
  readonly networks: readonly Network<unknown>[];
  /** Parameters that decide, one array per group. Default: those that learn. */
  readonly acting?: readonly Float32Array[];
  /** Arrays to save, by names within the population; the rollout, the networks, Adam and the means are saved anyhow. */
  readonly state: Readonly<Record<string, ArrayBufferView>>;
  /** Numbers to save, the same on every rank. */
  readonly counts: Record<string, number>;
  /** First values of `state`, on rank 0; θ is initialised. */
  begin(rng: Stream): void;
  /** On every rank, when T turns are complete; `progress`: the share of training that was done when the rollout began. */
  learn(progress: number): void;
}

export function createFrame<const Name extends string, const Draw extends string = never>(
  context: TrainContext<OnPolicyOptions>,
  population: string,
  spec: PopulationSpec,
  { name, means, draws }: FrameOptions<Name, Draw>,
) {
  const { config: c, arena, team } = context;
  if (spec.features.length === 0)
    throw new Error(`${name}: ${population} observes nothing; declare observe.${population}.`);
  const groupSize = c.independent ? 1 : spec.size;
  const groups = spec.size / groupSize; // G
  const rollout = createRollout(context, population, spec, c);
  const sums = arena.f64(means.reduce((n, names) => n + names.length + 1, 0));
  let from = 0;
  const tallies = means.map((names): Tally<Name> => {
    const to = from + names.length + 1;
    return createTally(sums.subarray(from, (from = to)), names);
  });
  const streams = {} as Record<Draw | "act" | "entropy", Stream>; // open once training begins
  let turns = 0;
  let progress = 0; // of training, when the rollout began
  let rate = c.learningRate;
  let normals = new Float64Array(0);

  return {
    rollout,
    groups,
    groupSize,
    tallies,
    streams,
    jobs: createJobs(arena, team),

    /** An actor and a critic per group, with Adam. */
    networks: <Shard>(options: Omit<DescentOptions<Shard>, "groups" | "maxGradNorm">): Network<Shard>[] =>
      createNetworks(arena, { ...options, groups, maxGradNorm: c.maxGradNorm }),

    /** The learning rate after a share of training, which is also reported. */
    learningRate(done: number): number {
      rate = c.annealLr ? linear(c.learningRate, 0, done) : c.learningRate;
      return rate;
    },

    /** The sample by which shard s of group g estimates the entropy of squashed normals, [B, D]; `period`: of the draw. */
    sampleEntropy(out: Float32Array, at: { readonly g: number; readonly s: number; readonly period: number }): void {
      if (!spec.continuous || !c.squash) return;
      if (normals.length !== out.length) normals = new Float64Array(out.length);
      streams.entropy.normal(normals, { lane: at.g, period: at.period, from: at.s * out.length });
      out.set(normals);
    },

    learner({ networks, state: own, counts, begin, learn, ...page }: Page): OnPolicyLearner {
      const { layout } = networks[0];
      const thetas = page.acting ?? networks.map(({ theta }) => theta);
      const act = createActing(context, population, spec, c, { rollout, thetas, layout });
      const averages = isAveraged(c) ? networks.map(() => arena.f32(layout.size)) : []; // of θ after rollouts, one per group
      let averaged = 0; // rollouts
      const state = { ...rollout.state, ...prefixed(population, { sums, ...own }) };
      networks.forEach(({ theta, adam: { m, v } }, g) => {
        const place = thetaName(population, c, g);
        Object.assign(state, { [place]: theta, [`${place}/adam/m`]: m, [`${place}/adam/v`]: v });
        if (isAveraged(c)) state[averageName(place)] = averages[g];
      });
      // θ̄ ← θ̄ + (θ − θ̄)/n, n rollouts since averaging began; until then θ̄ is θ
      const average = (): void => {
        averaged = progress < c.averageFrom ? 0 : averaged + 1;
        const share = 1 / Math.max(1, averaged);
        for (let g = team.rank; g < averages.length; g += team.size)
          for (const [i, θ] of networks[g].theta.entries()) averages[g][i] += share * (θ - averages[g][i]);
      };
      return {
        state,
        begin(rng) {
          const s = rng.fork(`${population}/initialise`);
          for (const [g, { theta }] of networks.entries()) initialise(theta, layout, s.fork(`network/${g}`));
          for (const [g, mean] of averages.entries()) mean.set(networks[g].theta);
          begin(rng);
          rollout.begin();
        },
        seed(rng) {
          const s = rng.fork(population);
          for (const draw of ["act", "entropy", ...draws] as const) streams[draw] = s.fork(draw);
        },
        meta: () => prefixed(population, { turns, averaged, ...counts, progress, rate, inRollout: rollout.turns }),
        resume(meta) {
          const saved = (count: string): number => meta[`${population}/${count}`];
          [turns, averaged, progress, rate] = ["turns", "averaged", "progress", "rate"].map(saved);
          for (const count of Object.keys(counts)) counts[count] = saved(count);
          rollout.resume(saved("inRollout"));
        },

        act(now) {
          if (!rollout.onTurn()) return;
          if (rollout.turns === 0) progress = now;
          act(streams.act, turns++);
        },
        collect() {
          if (!rollout.onTurn()) return;
          rollout.follow();
          if (rollout.turns !== c.numSteps) return;
          learn(progress);
          average();
        },

        report(several) {
          const metrics = {
            ...Object.assign({}, ...tallies.map((tally) => tally.means())),
            "charts/episodicReturn": rollout.episodicReturn(),
            "charts/learningRate": rate,
          };
          team.barrier();
          if (team.rank === 0) {
            for (const tally of tallies) tally.clear();
            rollout.forgetEpisodes();
          }
          return several ? prefixed(population, metrics) : metrics;
        },
      };
    },
  };
}
