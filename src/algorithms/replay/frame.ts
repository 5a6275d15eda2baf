// What learners with replay have in common: settings, the replay, shards of minibatches, counts that snapshots keep, and reports.
import { flag, param } from "../../core/params.ts";
import type { PopulationSpec } from "../../env/vector-env.ts";
import type { TrainContext } from "../algorithm.ts";
import { prefixed } from "../parts/prefixed.ts";
import { createState } from "../parts/state.ts";
import { createReplay, type ReplayOptions } from "./replay.ts";
import { createShards, SHARDS } from "./shards.ts";

export const priorityConfig = {
  prioritized: flag(
    false,
    "replay in proportion to the power of the error that a transition had when it was last learned from",
  ),
  priorityExponent: param(0.6, { symbol: "α", min: 0, max: 1, doc: "0: uniform, 1: in proportion to the error" }),
  importanceStart: param(0.4, {
    symbol: "β",
    min: 0,
    max: 1,
    doc: "how much of the bias of prioritised replay is corrected, to begin with; 1 at the end",
  }),
};

/** n, with what it means to this learner. */
export const nStepsParam = (doc: string) =>
  param(1, { symbol: "n", unit: "decisions", min: 1, max: 1000, integer: true, doc });

interface FrameConfig {
  readonly gamma: number;
  readonly bufferSize: number;
  readonly batchSize: number;
  readonly rewardScale: number;
  readonly nSteps: number;
  readonly prioritized: boolean;
  readonly priorityExponent: number;
  readonly independent: boolean;
}

interface FrameOptions<Counts, Metric> {
  readonly algorithm: string;
  /** Numbers of a learner that are the same on every rank, at first. */
  readonly counts: Counts;
  /** What is averaged over shards for reports. */
  readonly metrics: readonly Metric[];
  readonly replay?: Pick<ReplayOptions, "joint" | "capacity">;
}

export type Frame = ReturnType<typeof createFrame>;

export function createFrame<Counts extends Readonly<Record<string, number>>, const Metric extends string>(
  context: TrainContext<FrameConfig>,
  population: string,
  spec: PopulationSpec,
  { algorithm, counts: first, metrics, replay: more }: FrameOptions<Counts, Metric>,
) {
  const { config: c, team } = context;
  if (spec.features.length === 0)
    throw new Error(`${algorithm}: ${population} observes nothing; declare observe.${population}.`);
  if (c.batchSize % SHARDS !== 0)
    throw new Error(`${algorithm}: batchSize is ${c.batchSize}, expected a multiple of ${SHARDS}.`);
  const { state, named } = createState(population);
  const groups = c.independent && !more?.joint ? spec.size : 1;
  const replay = createReplay(context, population, spec, {
    ...{ capacity: c.bufferSize, batchSize: c.batchSize, gamma: c.gamma, rewardScale: c.rewardScale, nSteps: c.nSteps },
    groupSize: spec.size / groups,
    priorityExponent: c.prioritized ? c.priorityExponent : null,
    ...more,
  });
  for (const [name, array] of Object.entries(replay.state)) named(`replay/${name}`, array);
  const shards = createShards(context, c.batchSize, groups, metrics);
  const counts = { turns: 0, batches: 0, owed: 0, importance: 0, ...first };
  return {
    state,
    /** Name of what group g has of its own. */
    nameOf: (name: string, g: number): string => (c.independent && !more?.joint ? `${name}/${g}` : name),
    /** Adds an array to `state`. */
    named,
    /** Groups of agents who share networks: all agents, or each one alone. */
    groups,
    replay,
    shards,
    /** Turns of the decision, minibatches, the fraction of one that is owed, β, and the learner's own. */
    counts,
    /** Whether group g has something to learn from. */
    learns: (g: number): boolean => replay.usable(g) > 0,
    /** Whether minibatches can begin. */
    started: (learningStarts: number): boolean => {
      if (replay.stored < learningStarts) return false;
      for (let g = 0; g < groups; g++) if (replay.usable(g) > 0) return true;
      return false;
    },
    meta: () => prefixed(population, counts),
    resume(saved: Readonly<Record<string, number>>): void {
      for (const name of Object.keys(counts))
        (counts as Record<string, number>)[name] = saved[`${population}/${name}`]!;
      replay.resume();
    },
    /** Ends a report: sums begin anew once all ranks have read them. */
    report(metrics: Record<string, number>, several: boolean): Record<string, number> {
      team.barrier();
      if (team.rank === 0) {
        shards.forget();
        replay.forget();
      }
      return several ? prefixed(population, metrics) : metrics;
    },
  };
}
