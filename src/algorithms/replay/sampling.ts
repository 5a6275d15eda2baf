// Which transitions make a minibatch: with equal probability, or in proportion to their priorities.
//
// Tracks are what is drawn from: an agent's decisions, or a team's. A group has R of them; a transition is a track and the time of a decision.

import type { Arena } from "../../kernels/arena.ts";
import type { Stream } from "../../random/index.ts";
import { createPriorities } from "./priorities.ts";
import { SHARDS } from "./shards.ts";
import type { Timelines } from "./timelines.ts";

export interface SamplingOptions {
  readonly arena: Arena;
  readonly timelines: Timelines;
  readonly groups: number;
  readonly tracks: number; // R
  /** Cohort whose decisions track j of group g has; tracks of one cohort are side by side. */
  cohortOf(g: number, j: number): number;
  readonly batchSize: number;
  /** α of prioritised replay; null: uniform. */
  readonly priorityExponent: number | null;
}

/** `age` and `row` where all cohorts are in step, `row` alone elsewhere, `mass` by priority. */
export type SamplingStreams = Readonly<Record<"age" | "row" | "mass", Stream>>;

export function createSampling(options: SamplingOptions) {
  const { arena, timelines, groups, tracks: R, cohortOf, batchSize, priorityExponent } = options;
  const { T, oldest, ready, completed } = timelines;
  const rows = batchSize / SHARDS;
  const byPriority =
    priorityExponent === null
      ? null
      : Array.from({ length: groups }, () => ({
          priorities: createPriorities(arena, T * R, priorityExponent), // place = slot R + track
          places: arena.i32(batchSize), // of the last minibatch
        }));
  const masses = new Float64Array(batchSize);
  const times = new Int32Array(rows);
  const tracks = new Int32Array(rows);
  /** Where cohorts are out of step: decisions that can be drawn of the tracks before each, [R + 1]. */
  const before = Array.from({ length: groups }, () => new Int32Array(R + 1));
  let streams: SamplingStreams;

  const usable = (g: number): number => (timelines.inStep ? R * (ready[0]! - oldest[0]!) : before[g]![R]!);

  /** Decisions from `since` [C] to `ready` enter; those in slots that are written next leave. */
  function admit(g: number, since: Int32Array): void {
    const { priorities } = byPriority![g]!;
    for (let j = 0, to: number; j < R; j = to) {
      const c = cohortOf(g, j);
      to = j + 1;
      while (to < R && cohortOf(g, to) === c) to++;
      const placesOf = (t: number): [number, number] => [(t % T) * R + j, (t % T) * R + to];
      for (let t = Math.max(since[c]!, oldest[c]!); t < ready[c]!; t++) priorities.enter(...placesOf(t));
      priorities.leave(...placesOf(completed[c]!));
    }
  }

  /** Every transition has a number, track by track. */
  function find(g: number, number: number): number {
    let [low, high] = [0, R - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (before[g]![middle]! <= number) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  return {
    /** Live arrays, for checkpoints. */
    state: Object.fromEntries(
      (byPriority ?? []).flatMap(({ priorities }, g) =>
        Object.entries(priorities.state).map(([name, array]) => [groups > 1 ? `${name}/${g}` : name, array]),
      ),
    ) as Readonly<Record<string, Float64Array>>,
    times,
    tracks,
    begin(): void {
      for (const { priorities } of byPriority ?? []) priorities.begin();
    },
    seed(opened: SamplingStreams): void {
      streams = opened;
    },
    /** Takes stock; `mine`: the groups whose priorities this rank keeps. */
    count(mine: (g: number) => boolean): void {
      const since = byPriority && Int32Array.from(ready);
      timelines.count();
      if (since) for (let g = 0; g < groups; g++) if (mine(g)) admit(g, since);
      if (timelines.inStep) return;
      for (let g = 0; g < groups; g++)
        for (let j = 0; j < R; j++) {
          const c = cohortOf(g, j);
          before[g]![j + 1] = before[g]![j]! + ready[c]! - oldest[c]!;
        }
    },
    /** Transitions of group g that can be drawn. */
    usable,
    /** Draws `times` and `tracks` of shard s of a minibatch of group g, and its importance weights. */
    draw(g: number, minibatch: number, s: number, weight: Float32Array | undefined, importance: number): void {
      const from = s * rows;
      const at = { lane: g, period: minibatch, from };
      if (byPriority) {
        const { priorities, places } = byPriority[g]!;
        streams.mass.uniform(masses, { ...at, from: 0 });
        priorities.draw(places, weight!, masses, from, importance);
        for (let b = 0; b < rows; b++) {
          const place = places[from + b]!;
          tracks[b] = place % R;
          const last = ready[cohortOf(g, tracks[b]!)]! - 1;
          times[b] = last - ((last - Math.floor(place / R) + T) % T);
        }
        return;
      }
      weight?.fill(1);
      if (timelines.inStep) {
        streams.age.integers(times, at, ready[0]! - oldest[0]!);
        for (let b = 0; b < rows; b++) times[b] = ready[0]! - 1 - times[b]!;
        streams.row.integers(tracks, at, R);
        return;
      }
      streams.row.integers(times, at, usable(g));
      for (let b = 0; b < rows; b++) {
        const number = times[b]!;
        const j = find(g, number);
        tracks[b] = j;
        times[b] = oldest[cohortOf(g, j)]! + number - before[g]![j]!;
      }
    },
    /** Errors [B] of group g's last minibatch. */
    learned(g: number, errors: Float32Array): void {
      const group = byPriority?.[g];
      group?.priorities.learned(group.places, errors);
    },
  };
}
