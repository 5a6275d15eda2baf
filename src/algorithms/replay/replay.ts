// Replay: decisions and what came of them, drawn in minibatches uniformly or by priority, with n-step returns.
//
// E worlds, N agents, C cohorts of M agents who decide together (on-policy/cohorts.ts; C M = E N), F features, D action dimensions, K = Σ choices over
// dimensions, T slots: decision t of a cohort lies in slot t mod T until decision t + T takes its place.
//
// An agent's transition is what it saw at a decision, what it chose, all rewards until its own next decision, and what it saw then, or its final observation where its
// episode was cut off. Cohorts who skip turns (`every`, `who`, an end that sets worlds apart) have decided less often: each has a count of its own.
// Ranks write the worlds they step. After `settle` all ranks know the same counts, and nothing that can be drawn is written before they meet again.
import type { PopulationSpec } from "../../env/vector-env.ts";
import type { Stream } from "../../random/index.ts";
import type { TrainContext } from "../algorithm.ts";
import { cohortsOf } from "../on-policy/cohorts.ts";
import { decisionOnTurn } from "../parts/turn.ts";
import { createPriorities } from "./priorities.ts";
import { SHARDS } from "./shards.ts";

type Floats = Float32Array | Float64Array;

/** A minibatch, or a shard of one, to be filled row by row. */
export interface Transitions {
  readonly obs: Float32Array; // [B, F]
  readonly actions: Float32Array | Int32Array; // [B, D]
  /** Σ_{k<n} γ^k r_{t+k}, up to the end of the episode. */
  readonly reward: Floats; // [B]
  /** γ^n, or γ to the number of rewards where the episode was cut off; 0 where it terminated. */
  readonly discount: Floats; // [B]
  readonly nextObs: Float32Array; // [B, F]
  /** 1 where a choice made sense at `obs` and at `nextObs`; left alone where nothing is masked. */
  readonly mask?: Float32Array; // [B, K]
  readonly nextMask?: Float32Array; // [B, K]
  /** Importance weights, one per draw; 1 without priorities. */
  readonly weight?: Float32Array;
}

export interface ReplayOptions {
  /** Agents' transitions to keep, rounded up to whole slots. */
  readonly capacity: number;
  readonly batchSize: number;
  readonly gamma: number;
  readonly rewardScale: number;
  /** n */
  readonly nSteps: number;
  /** Agents whose transitions are drawn together: all, or one. */
  readonly groupSize: number;
  /** Draws are of whole cohorts: M rows each. */
  readonly joint?: boolean;
  /** α of prioritised replay; null: uniform. */
  readonly priorityExponent: number | null;
}

export type Replay = ReturnType<typeof createReplay>;

const [CUT_OFF, TERMINATED] = [1, 2];

export function createReplay(
  { env, arena, team }: TrainContext<unknown>,
  population: string,
  spec: PopulationSpec,
  { capacity, batchSize, gamma, rewardScale, nSteps, groupSize, joint = false, priorityExponent }: ReplayOptions,
) {
  const { numEnvs: E } = env;
  const { size: N, apart = false } = spec;
  const F = spec.features.length;
  const D = spec.actions.length;
  const K = spec.masked ? spec.actions.reduce((sum, { space }) => sum + space.count, 0) : 0;
  const cohorts = cohortsOf(env, spec);
  const { count: C, members: M } = cohorts;
  const T = Math.max(nSteps + 2, Math.ceil(capacity / (E * N)));
  const batch = env.batch[population]!;
  const ring = {
    obs: arena.f32(T * E * N * F), // [T, C, M, F]
    finalObs: arena.f32(T * E * N * F), // where an episode was cut off
    actions: arena.f32(T * E * N * D),
    rewards: arena.f32(T * E * N),
    ended: arena.u8(T * C), // 0 no, CUT_OFF, TERMINATED
  };
  const masks = K > 0 ? { mask: arena.u8(T * E * N * K), finalMask: arena.u8(T * E * N * K) } : null;
  const counts = {
    completed: arena.i32(C), // decisions whose consequences are known
    awaiting: arena.u8(C), // whether another one has been taken
    upToEnd: arena.i32(C), // decisions up to the last that ended an episode
  };
  const baseline = arena.f64(1); // subtracted from every reward
  const rewardSums = arena.f64(C); // since the last report

  // Tracks: what is drawn from, an agent's or a team's decisions; R of a group. Tracks and agents are in the same order.
  const R = joint ? E : E * groupSize;
  const groups = joint ? 1 : N / groupSize;
  /** Agent [E, N] that track j of group g is, or the first of the team. */
  const agentOf = (g: number, j: number): number =>
    joint ? j * N : Math.floor(j / groupSize) * N + g * groupSize + (j % groupSize);
  const cohortOf = (g: number, j: number): number => Math.floor(agentOf(g, j) / M);
  const priorities =
    priorityExponent === null
      ? null
      : Array.from({ length: groups }, () => createPriorities(arena, T * R, priorityExponent));
  const places = priorities?.map(() => arena.i32(batchSize)) ?? []; // of a group's last minibatch

  // Every rank's own, alike: decisions that can be drawn are those from `oldest` to before `ready`.
  const oldest = new Int32Array(C);
  const ready = new Int32Array(C);
  let inStep = true; // all cohorts have the same
  const firsts = Array.from({ length: groups }, () => new Int32Array(R + 1)); // where cohorts differ: Σ decisions of the tracks before
  let stored = 0;
  let reported = 0;

  const deciding: number[] = [];
  const masses = new Float64Array(batchSize);
  const times = new Int32Array(batchSize);
  const tracks = new Int32Array(batchSize);
  let draws: Readonly<Record<"age" | "row" | "mass", Stream>>;

  /** What can be drawn follows from counts. */
  function count(): void {
    stored = 0;
    inStep = true;
    for (let c = 0; c < C; c++) {
      const done = counts.completed[c]!;
      stored += done * M;
      oldest[c] = Math.max(0, done - T + 1); // the slot that is written next is not to be read
      // Whoever decides apart may never decide again: all that led to its last end is complete.
      ready[c] = Math.max(oldest[c]!, done - nSteps, apart ? counts.upToEnd[c]! : 0);
      inStep &&= ready[c] === ready[0] && oldest[c] === oldest[0];
    }
    if (inStep) return;
    for (const [g, first] of firsts.entries())
      for (let j = 0; j < R; j++) {
        const c = cohortOf(g, j);
        first[j + 1] = first[j]! + ready[c]! - oldest[c]!;
      }
  }

  /** Group g's decisions from `before` to `ready` can be drawn from now on; those in the slot that is written next can not. */
  function admit(g: number, before: Int32Array): void {
    for (let j = 0; j < R; ) {
      const c = cohortOf(g, j);
      let to = j + 1;
      while (to < R && cohortOf(g, to) === c) to++;
      const placesOf = (t: number): [number, number] => [(t % T) * R + j, (t % T) * R + to];
      for (let t = Math.max(before[c]!, oldest[c]!); t < ready[c]!; t++) priorities![g]!.enter(...placesOf(t));
      priorities![g]!.leave(...placesOf(counts.completed[c]!));
      j = to;
    }
  }

  const usable = (g: number): number => (inStep ? R * (ready[0]! - oldest[0]!) : firsts[g]![R]!);

  /** Track and time of rows `from` … `from` + rows − 1 of a minibatch. */
  function draw(
    g: number,
    minibatch: number,
    from: number,
    rows: number,
    weight: Float32Array | undefined,
    importance: number,
  ) {
    const at = { lane: g, period: minibatch, from };
    const [t, j] = [times.subarray(from, from + rows), tracks.subarray(from, from + rows)];
    if (priorities) {
      draws.mass.uniform(masses, { ...at, from: 0 });
      priorities[g]!.draw(places[g]!, weight!, masses, from, importance);
      for (let b = 0; b < rows; b++) {
        const place = places[g]![from + b]!;
        j[b] = place % R;
        const slot = Math.floor(place / R);
        const last = ready[cohortOf(g, j[b]!)]! - 1;
        t[b] = last - ((((last - slot) % T) + T) % T);
      }
    } else if (inStep) {
      draws.age.integers(t, at, ready[0]! - oldest[0]!);
      for (let b = 0; b < rows; b++) t[b] = ready[0]! - 1 - t[b]!;
      draws.row.integers(j, at, R);
    } else {
      draws.row.integers(t, at, usable(g)); // every transition has a number
      for (let b = 0; b < rows; b++) {
        const number = t[b]!;
        let [low, high] = [0, R - 1];
        while (low < high) {
          const middle = (low + high + 1) >> 1;
          if (firsts[g]![middle]! <= number) low = middle;
          else high = middle - 1;
        }
        j[b] = low;
        t[b] = oldest[cohortOf(g, low)]! + number - firsts[g]![low]!;
      }
    }
    if (!priorities) weight?.fill(1);
  }

  /** Copies the transition of an agent [E, N] at its decision t to row b. */
  function read(to: Transitions, b: number, agent: number, t: number): void {
    const cohort = Math.floor(agent / M);
    const now = (t % T) * E * N + agent;
    let [discount, sum] = [1, 0];
    let [source, allowed, next] = [ring.obs, masks?.mask, now];
    // G = Σ_{k<n} γ^k r_{t+k}, cut where the episode ends; then γ^n V(o_{t+n}), from the final observation where it was cut off, 0 where it terminated
    for (let k = 0; k < nSteps; k++) {
      const slot = (t + k) % T;
      const at = slot * E * N + agent;
      sum += discount * (ring.rewards[at]! - baseline[0]!) * rewardScale;
      discount *= gamma;
      const ended = ring.ended[slot * C + cohort]!;
      if (ended === TERMINATED) {
        [discount, next] = [0, now];
        break;
      }
      if (ended === CUT_OFF) {
        [source, allowed, next] = [ring.finalObs, masks?.finalMask, at];
        break;
      }
      next = ((t + k + 1) % T) * E * N + agent;
    }
    for (let f = 0; f < F; f++) to.obs[b * F + f] = ring.obs[now * F + f]!;
    for (let d = 0; d < D; d++) to.actions[b * D + d] = ring.actions[now * D + d]!;
    for (let f = 0; f < F; f++) to.nextObs[b * F + f] = source[next * F + f]!;
    to.reward[b] = sum;
    to.discount[b] = discount;
    if (!masks) return;
    if (to.mask) for (let k = 0; k < K; k++) to.mask[b * K + k] = masks.mask[now * K + k]!;
    if (to.nextMask) for (let k = 0; k < K; k++) to.nextMask[b * K + k] = allowed![next * K + k]!;
  }

  const named = Object.fromEntries(
    (priorities ?? []).flatMap(({ state }, g) =>
      Object.entries(state).map(([name, array]) => [groups > 1 ? `${name}/${g}` : name, array]),
    ),
  );
  return {
    /** Live arrays, for checkpoints. */
    state: { ...ring, ...masks, ...counts, baseline, ...named } as Readonly<Record<string, ArrayBufferView>>,
    cohorts,
    /** Opens the streams of draws; `age` and `row` where all have decided equally often, `row` alone elsewhere, `mass` by priority. */
    seed(streams: typeof draws) {
      draws = streams;
    },
    begin() {
      for (const each of priorities ?? []) each.begin();
    },
    /** `state` has been copied back. */
    resume() {
      count();
      reported = stored;
    },
    onTurn: (): boolean => decisionOnTurn(env) === population,

    /** This rank's cohorts that decide now; what they see is kept. */
    look(): readonly number[] {
      deciding.length = 0;
      for (const c of cohorts.local) {
        if (!batch.acting[c * M]) continue;
        deciding.push(c);
        const slot = (counts.completed[c]! % T) * C + c;
        ring.obs.set(batch.obs.subarray(c * M * F, (c + 1) * M * F), slot * M * F);
        masks?.mask.set(batch.actionMask!.subarray(c * M * K, (c + 1) * M * K), slot * M * K);
      }
      return deciding;
    },
    /** What they chose, of [E, N, D]. */
    remember(actions: Float32Array | Int32Array): void {
      for (const c of deciding) {
        const slot = (counts.completed[c]! % T) * C + c;
        ring.actions.set(actions.subarray(c * M * D, (c + 1) * M * D), slot * M * D);
        counts.awaiting[c] = 1;
      }
    },
    /** On the next turn: what followed the last decisions of those who decide again or have ended. */
    follow(): void {
      const { acting, rewards, terminated, truncated, finalObs, finalActionMask } = batch;
      for (const c of cohorts.local) {
        const how = terminated[c * M] ? TERMINATED : truncated[c * M] ? CUT_OFF : 0;
        if (!counts.awaiting[c] || !(acting[c * M] || how)) continue;
        const slot = (counts.completed[c]! % T) * C + c;
        let sum = 0;
        for (let m = 0; m < M; m++) sum += ring.rewards[slot * M + m] = rewards[c * M + m]!;
        rewardSums[c] = rewardSums[c]! + sum;
        ring.ended[slot] = how;
        if (how === CUT_OFF) {
          ring.finalObs.set(finalObs.subarray(c * M * F, (c + 1) * M * F), slot * M * F);
          masks?.finalMask.set(finalActionMask!.subarray(c * M * K, (c + 1) * M * K), slot * M * K);
        }
        counts.awaiting[c] = 0;
        counts.completed[c] = counts.completed[c]! + 1;
        if (how) counts.upToEnd[c] = counts.completed[c]!;
      }
    },
    /** All ranks meet, and know what can be drawn until they meet again. */
    settle(): void {
      team.barrier();
      const before = priorities && Int32Array.from(ready);
      count();
      for (let g = team.rank; before && g < groups; g += team.size) admit(g, before);
      team.barrier();
    },

    /** Agents' transitions so far, of which the last are kept. */
    get stored(): number {
      return stored;
    },
    /** Transitions of group g that can be drawn. */
    usable,
    /** Subtracted from every reward, [1]. */
    baseline,
    /** Mean reward of first decisions, while their slots last. */
    firstReward(): number {
      let [sum, n] = [0, 0];
      for (let c = 0; c < C; c++) {
        if (counts.completed[c] === 0) continue;
        for (let r = c * M; r < (c + 1) * M; r++) sum += ring.rewards[r]!;
        n += M;
      }
      return sum / n;
    },
    /** Draws and copies shard s of group g's minibatch; a joint draw fills M rows of `to`. */
    sample(
      to: Transitions,
      g: number,
      s: number,
      { batches, importance = 1 }: { batches: number; importance?: number },
    ): void {
      const rows = batchSize / SHARDS;
      const from = s * rows;
      draw(g, batches, from, rows, to.weight, importance);
      const width = joint ? M : 1;
      for (let b = 0; b < rows; b++) {
        const first = agentOf(g, tracks[from + b]!);
        for (let m = 0; m < width; m++) read(to, b * width + m, first + m, times[from + b]!);
      }
    },
    /** Errors [B] of group g's last minibatch. */
    learned(g: number, errors: Float32Array): void {
      priorities?.[g]?.learned(places[g]!, errors);
    },

    /** Mean reward per agent and decision since the last report, unscaled. */
    meanReward(): number {
      let sum = 0;
      for (let c = 0; c < C; c++) sum += rewardSums[c]!;
      const n = stored - reported;
      reported = stored;
      return sum / Math.max(1, n);
    },
    /** On rank 0, when all have read. */
    forget(): void {
      rewardSums.fill(0);
    },
  };
}
