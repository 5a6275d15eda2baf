// A rollout: T turns of one decision: what agents saw, did and earned when they took it, and what each decision led to.
//
// C cohorts of M agents who decide together (parts/cohorts.ts), N agents of a world, F features, D action dimensions, S = 2T + 1 slots of observations per cohort: its decisions in
// order, then what came after the last of them, and from slot T + 1 on the final observations of episodes that were truncated among them.
//
// A turn comes when somebody is at this decision. Cohorts that skip a turn (`every`, `who`, or an end that set worlds apart) have fewer
// decisions at the end of the rollout: their rows begin at slot 0 all the same, and rows from `completed` on are to be left alone. A decision
// whose consequences have not come by then is the first of the next rollout: without it, long waits would count less often than short ones.
// Each rank writes the rows of its own worlds; which turn it is all ranks know without asking.
import type { PopulationSpec } from "../../env/vector-env.ts";
import type { TrainContext } from "../algorithm.ts";
import { choicesOf } from "../parts/choices.ts";
import { cohortsOf } from "../parts/cohorts.ts";
import { count, createMoments, deviationOf, merge, normalise, resetMoments, within } from "../parts/moments.ts";
import { prefixed } from "../parts/prefixed.ts";
import { decisionOnTurn } from "../parts/turn.ts";
import { createPricing, type InformationOptions, isPriced } from "./information.ts";
import { type RecurrenceOptions, widthOf } from "./recurrence.ts";

export interface RolloutOptions extends InformationOptions, RecurrenceOptions {
  readonly gamma: number;
  readonly numSteps: number; // T
  /** Observations by their running mean and deviation, within ±10. */
  readonly normalizeObs: boolean;
  /** Rewards by the running deviation of discounted returns, within ±10. */
  readonly scaleRewards: boolean;
  readonly squash: boolean;
  /** Every agent earns the mean of its cohort. */
  readonly teamReward?: boolean;
}

export type Rollout = ReturnType<typeof createRollout>;

export function createRollout(
  { env, arena, team }: TrainContext<unknown>,
  population: string,
  spec: PopulationSpec,
  c: RolloutOptions,
) {
  const { gamma, numSteps: T, normalizeObs, scaleRewards } = c;
  const cohorts = cohortsOf(env, spec);
  const { count: C, members: M } = cohorts;
  const { continuous } = spec;
  const F = spec.features.length;
  const D = spec.actions.length;
  const S = 2 * T + 1;
  const batch = env.batch[population];
  const rows = {
    obs: arena.f32(C * S * M * F), // [C, S, M, F]
    actions: continuous ? arena.f32(C * T * M * D) : arena.i32(C * T * M * D), // [C, T, M, D]
    logProb: arena.f32(C * T * M), // [C, T, M]
    rewards: arena.f32(C * T * M), // [C, T, M]
    next: arena.i32(C * T), // [C, T] slot of what a decision led to; −1: the end of the world
    completed: arena.i32(C), // decisions whose consequences are known
  };
  // What information costs: λ and KL(π(·|o), π₀) of every decision, [C, T, M]
  const information = isPriced(c) ? { price: arena.f32(C * T * M), nats: arena.f32(C * T * M) } : null;
  const pricing = createPricing(env, population, spec, c);
  const K = choicesOf(spec);
  const mask = spec.masked ? arena.u8(C * T * M * K) : null; // [C, T, M, Σ] what could be chosen
  const H = widthOf(c);
  // What agents remember: now, [C, M, H], and before each observation of the rollout, [C, S, M, H]
  const carried = c.recurrent ? arena.f32(C * M * H) : null;
  const memory = c.recurrent ? arena.f32(C * S * M * H) : null;
  const begun = arena.i32(C); // decisions
  const truncations = arena.i32(C); // final observations kept
  const seen = createMoments(arena, F, C);
  const earned = createMoments(arena, 1, C);
  const discounted = arena.f64(C * M); // Σ γ^k of rewards k decisions ago, in this episode
  const episodes = arena.f64(C * 3); // return so far per agent; episodes finished since the last report; Σ of their returns
  const state = prefixed(`${population}/rollout`, {
    ...rows,
    ...information,
    ...(mask && { mask }),
    ...(memory && carried && { memory, carried }),
    ...{ begun, truncations, discounted, episodes },
    ...{ seen: seen.running, seenSums: seen.sums, earned: earned.running, earnedSums: earned.sums },
  });

  const deciding: number[] = [];
  let rewardScale = 1;
  let turns = 0; // in this rollout

  const ended = (cohort: number): boolean => batch.terminated[cohort * M] + batch.truncated[cohort * M] > 0;

  /** Writes what a cohort's agents see, of [C, M, F]. */
  function keep(cohort: number, slot: number, from: Float32Array): void {
    const x = from.subarray(cohort * M * F, (cohort + 1) * M * F);
    const at = (cohort * S + slot) * M * F;
    if (normalizeObs) normalise(seen.running, rows.obs.subarray(at, at + M * F), x);
    else rows.obs.set(x, at);
  }

  /** Writes what a cohort's agents remember as they are to decide: nothing at the beginning of an episode (`follow` clears it at the end of one). */
  function recallAt(cohort: number, slot: number): void {
    if (!memory || !carried) return;
    memory.set(carried.subarray(cohort * M * H, (cohort + 1) * M * H), (cohort * S + slot) * M * H);
  }

  /** Makes decision t of a cohort its first. A cohort that awaits something does not decide on the turn of the cut, so that T more turns leave room. */
  function carryOver(cohort: number, t: number): void {
    const decisions = { ...information, actions: rows.actions, logProb: rows.logProb, mask };
    for (const [perWorld, arrays] of [
      [T, Object.values(decisions)],
      [S, [rows.obs, memory]],
    ] as const)
      for (const array of arrays) {
        if (!array) continue;
        const width = array.length / (C * perWorld);
        const first = cohort * perWorld * width;
        array.copyWithin(first, first + t * width, first + (t + 1) * width);
      }
  }

  /** Rewards count into the episode's return, and less what was paid for information into the discounted one whose deviation is their scale. */
  function earn(cohort: number, rewards: Float32Array, net: Float32Array, ended: boolean): void {
    let sum = 0;
    for (let i = 0, k = cohort * M; i < M; i++, k++) {
      sum += rewards[i];
      discounted[k] = gamma * discounted[k] + net[i];
    }
    if (scaleRewards) count(earned, cohort, discounted, cohort * M, M);
    episodes[cohort * 3] += sum / M;
    if (!ended) return;
    episodes[cohort * 3 + 1] += 1;
    episodes[cohort * 3 + 2] += episodes[cohort * 3];
    episodes[cohort * 3] = 0;
    discounted.fill(0, cohort * M, (cohort + 1) * M);
  }

  return {
    ...rows,
    cohorts,
    information,
    mask,
    memory,
    carried,
    S,
    state,
    /** What rewards of this rollout were multiplied by when it was closed. */
    get rewardScale() {
      return rewardScale;
    },
    begin() {
      resetMoments(seen);
      resetMoments(earned);
    },
    get turns() {
      return turns;
    },
    resume(made: number) {
      turns = made;
    },
    onTurn: (): boolean => decisionOnTurn(env) === population,
    /** Slot and row of a cohort's next decision, less the member. */
    slotOf: (cohort: number): number => cohort * S + begun[cohort],
    rowOf: (cohort: number): number => cohort * T + begun[cohort],

    /** This rank's cohorts that decide now; what they see is kept. */
    look(): readonly number[] {
      deciding.length = 0;
      for (const cohort of cohorts.local) {
        if (!batch.acting[cohort * M]) continue;
        deciding.push(cohort);
        if (normalizeObs) count(seen, cohort, batch.obs, cohort * M * F, M);
        keep(cohort, begun[cohort], batch.obs);
        recallAt(cohort, begun[cohort]);
        if (mask)
          mask.set(
            batch.actionMask!.subarray(cohort * M * K, (cohort + 1) * M * K),
            (cohort * T + begun[cohort]) * M * K,
          );
        if (information) pricing(information.price, (cohort * T + begun[cohort]) * M, cohort);
      }
      return deciding;
    },
    /** Their decisions are made. */
    decided() {
      for (const cohort of deciding) begun[cohort] += 1;
      turns++;
    },
    /** On the next turn: what followed the last decisions of those who decide again or have ended. */
    follow() {
      for (const cohort of cohorts.local) {
        const t = begun[cohort] - 1;
        if (t < rows.completed[cohort] || !(batch.acting[cohort * M] || ended(cohort))) continue;
        rows.completed[cohort] = t + 1;
        const rewards = batch.rewards.subarray(cohort * M, (cohort + 1) * M);
        const at = (cohort * T + t) * M;
        const net = rows.rewards.subarray(at, at + M);
        net.set(rewards);
        if (c.teamReward) net.fill(rewards.reduce((a, b) => a + b) / M);
        if (information) for (let i = 0; i < M; i++) net[i] -= information.price[at + i] * information.nats[at + i];
        const slot = batch.terminated[cohort * M]
          ? -1
          : batch.truncated[cohort * M]
            ? T + 1 + truncations[cohort]
            : t + 1;
        rows.next[cohort * T + t] = slot;
        if (slot > T) {
          keep(cohort, slot, batch.finalObs);
          if (memory && carried)
            memory.set(carried.subarray(cohort * M * H, (cohort + 1) * M * H), (cohort * S + slot) * M * H);
          truncations[cohort] += 1;
        }
        if (carried && ended(cohort)) carried.fill(0, cohort * M * H, (cohort + 1) * M * H); // it may decide only later
        earn(cohort, rewards, net, slot !== t + 1);
      }
    },

    /** Every rank, when the rollout is complete: what came last is kept, running moments move on, rewards are scaled. */
    close() {
      // A cohort that is not deciding has its pending decision's observation in that slot.
      for (const cohort of cohorts.local)
        if (batch.acting[cohort * M]) {
          keep(cohort, rows.completed[cohort], batch.obs);
          recallAt(cohort, rows.completed[cohort]);
        }
      team.barrier();
      if (team.rank === 0) {
        merge(seen);
        merge(earned);
      }
      team.barrier();
      if (!scaleRewards) return;
      rewardScale = 1 / deviationOf(earned.running, 0);
      for (const cohort of cohorts.local)
        for (let r = cohort * T * M; r < (cohort * T + rows.completed[cohort]) * M; r++)
          rows.rewards[r] = within(rows.rewards[r] * rewardScale);
    },
    /** Ranges of slots of a cohort that want a value. */
    slots: (cohort: number): readonly (readonly [from: number, to: number])[] => [
      [0, rows.completed[cohort] + 1],
      [T + 1, T + 1 + truncations[cohort]],
    ],
    /** This rank's cohorts begin anew, with the decision whose consequences are still to come. */
    clear() {
      for (const cohort of cohorts.local) {
        const t = rows.completed[cohort];
        const pending = begun[cohort] > t;
        if (pending && t > 0) carryOver(cohort, t);
        begun[cohort] = pending ? 1 : 0;
        rows.completed[cohort] = truncations[cohort] = 0;
      }
      turns = 0;
    },

    /** Mean return of episodes finished since the last report; not a number if there was none. */
    episodicReturn(): number {
      let [finished, sum] = [0, 0];
      for (let cohort = 0; cohort < C; cohort++) {
        finished += episodes[cohort * 3 + 1];
        sum += episodes[cohort * 3 + 2];
      }
      return sum / finished;
    },
    /** On rank 0, when all have read. */
    forgetEpisodes() {
      for (let cohort = 0; cohort < C; cohort++) episodes.fill(0, cohort * 3 + 1, cohort * 3 + 3);
    },
  };
}
