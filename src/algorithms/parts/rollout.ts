// A rollout: T decisions in a row of every agent of one population, what was seen, done and earned, and what each decision led to.
//
// E worlds, N agents, F features, D action dimensions, S = 2T + 1 slots of observations per world: the decisions in order, then what
// came after the last of them, and from slot T + 1 on the final observations of episodes that were truncated among them.
//
// A population's turn comes when some world is at its decision. Worlds that skip a turn (`every`, or an end that set them apart) have fewer
// decisions at the end of the rollout: their rows begin at slot 0 all the same, and rows from `completed` on are to be left alone. A decision
// whose consequences have not come by then is the first of the next rollout: without it, long waits would count less often than short ones.
// Each rank writes the rows of its own worlds; which turn it is all ranks know without asking.
import type { PopulationSpec } from "../../env/vector-env.ts";
import type { TrainContext } from "../algorithm.ts";
import { choicesOf } from "./actor.ts";
import { createPricing, type InformationOptions, isPriced } from "./information.ts";
import { count, createMoments, deviationOf, merge, normalise, resetMoments, within } from "./moments.ts";
import { type RecurrenceOptions, widthOf } from "./recurrence.ts";
import { populationOnTurn } from "./turn.ts";
import { under } from "./under.ts";

export interface RolloutOptions extends InformationOptions, RecurrenceOptions {
  readonly gamma: number;
  readonly numSteps: number; // T
  /** Observations by their running mean and deviation, within ±10. */
  readonly normalizeObs: boolean;
  /** Rewards by the running deviation of discounted returns, within ±10. */
  readonly scaleRewards: boolean;
  readonly squash: boolean;
  /** Every agent earns the mean of all. */
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
  const { numEnvs: E } = env;
  const { size: N, continuous } = spec;
  const F = spec.features.length;
  const D = spec.actions.length;
  const S = 2 * T + 1;
  const batch = env.batch[population];
  const rows = {
    obs: arena.f32(E * S * N * F), // [E, S, N, F]
    actions: continuous ? arena.f32(E * T * N * D) : arena.i32(E * T * N * D), // [E, T, N, D]
    logProb: arena.f32(E * T * N), // [E, T, N]
    rewards: arena.f32(E * T * N), // [E, T, N]
    next: arena.i32(E * T), // [E, T] slot of what a decision led to; −1: the end of the world
    completed: arena.i32(E), // decisions whose consequences are known
  };
  // What information costs: λ and KL(π(·|o), π₀) of every decision, [E, T, N]
  const information = isPriced(c) ? { price: arena.f32(E * T * N), nats: arena.f32(E * T * N) } : null;
  const pricing = createPricing(env, population, spec, c);
  const K = choicesOf(spec);
  const mask = spec.masked ? arena.u8(E * T * N * K) : null; // [E, T, N, Σ] what could be chosen
  const H = widthOf(c);
  // What agents remember: now, [E, N, H], and before each observation of the rollout, [E, S, N, H]
  const carried = c.recurrent ? arena.f32(E * N * H) : null;
  const memory = c.recurrent ? arena.f32(E * S * N * H) : null;
  const begun = arena.i32(E); // decisions
  const truncations = arena.i32(E); // final observations kept
  const seen = createMoments(arena, F, E);
  const earned = createMoments(arena, 1, E);
  const discounted = arena.f64(E * N); // Σ γ^k of rewards k decisions ago, in this episode
  const episodes = arena.f64(E * 3); // return so far per agent; episodes finished since the last report; Σ of their returns
  const state = under(`${population}/rollout`, {
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

  /** Writes what world e's agents see, of [E, N, F]. */
  function keep(e: number, slot: number, from: Float32Array): void {
    const x = from.subarray(e * N * F, (e + 1) * N * F);
    const at = (e * S + slot) * N * F;
    if (normalizeObs) normalise(seen.running, rows.obs.subarray(at, at + N * F), x);
    else rows.obs.set(x, at);
  }

  /** Writes what world e's agents remember as they are to decide: nothing at the beginning of an episode. */
  function recallAt(e: number, slot: number): void {
    if (!memory || !carried) return;
    const now = carried.subarray(e * N * H, (e + 1) * N * H);
    if (batch.terminated[e] || batch.truncated[e]) now.fill(0);
    memory.set(now, (e * S + slot) * N * H);
  }

  /** Makes decision t of world e its first. A world that awaits something does not decide on the turn of the cut, so that T more turns leave room. */
  function carryOver(e: number, t: number): void {
    const decisions = { ...information, actions: rows.actions, logProb: rows.logProb, mask };
    for (const [perWorld, arrays] of [
      [T, Object.values(decisions)],
      [S, [rows.obs, memory]],
    ] as const)
      for (const array of arrays) {
        if (!array) continue;
        const width = array.length / (E * perWorld);
        const first = e * perWorld * width;
        array.copyWithin(first, first + t * width, first + (t + 1) * width);
      }
  }

  /** Rewards count into the episode's return, and less what was paid for information into the discounted one whose deviation is their scale. */
  function earn(e: number, rewards: Float32Array, net: Float32Array, ended: boolean): void {
    let sum = 0;
    for (let i = 0, k = e * N; i < N; i++, k++) {
      sum += rewards[i];
      discounted[k] = gamma * discounted[k] + net[i];
    }
    if (scaleRewards) count(earned, e, discounted, e * N, N);
    episodes[e * 3] += sum / N;
    if (!ended) return;
    episodes[e * 3 + 1] += 1;
    episodes[e * 3 + 2] += episodes[e * 3];
    episodes[e * 3] = 0;
    discounted.fill(0, e * N, (e + 1) * N);
  }

  return {
    ...rows,
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
    onTurn: (): boolean => populationOnTurn(env) === population,
    /** Row of world e's next decision, less the agent. */
    slotOf: (e: number): number => e * S + begun[e],
    rowOf: (e: number): number => e * T + begun[e],

    /** This rank's worlds that decide now; what they see is kept. */
    look(): readonly number[] {
      deciding.length = 0;
      for (const e of env.localWorlds) {
        if (!batch.acting[e]) continue;
        deciding.push(e);
        if (normalizeObs) count(seen, e, batch.obs, e * N * F, N);
        keep(e, begun[e], batch.obs);
        recallAt(e, begun[e]);
        if (mask) mask.set(batch.actionMask!.subarray(e * N * K, (e + 1) * N * K), (e * T + begun[e]) * N * K);
        if (information) pricing(information.price, (e * T + begun[e]) * N, e);
      }
      return deciding;
    },
    /** Their decisions are made. */
    decided() {
      for (const e of deciding) begun[e] += 1;
      turns++;
    },
    /** On the next turn: what followed their last decisions. */
    follow() {
      for (const e of env.localWorlds) {
        const t = begun[e] - 1;
        if (!batch.acting[e] || t < rows.completed[e]) continue;
        rows.completed[e] = t + 1;
        const rewards = batch.rewards.subarray(e * N, (e + 1) * N);
        const at = (e * T + t) * N;
        const net = rows.rewards.subarray(at, at + N);
        net.set(rewards);
        if (c.teamReward) net.fill(rewards.reduce((a, b) => a + b) / N);
        if (information) for (let i = 0; i < N; i++) net[i] -= information.price[at + i] * information.nats[at + i];
        const slot = batch.terminated[e] ? -1 : batch.truncated[e] ? T + 1 + truncations[e] : t + 1;
        rows.next[e * T + t] = slot;
        if (slot > T) {
          keep(e, slot, batch.finalObs);
          if (memory && carried) memory.set(carried.subarray(e * N * H, (e + 1) * N * H), (e * S + slot) * N * H);
          truncations[e] += 1;
        }
        earn(e, rewards, net, slot !== t + 1);
      }
    },

    /** Every rank, when the rollout is complete: what came last is kept, running moments move on, rewards are scaled. */
    close() {
      // A world that is not deciding has its pending decision's observation in that slot.
      for (const e of env.localWorlds)
        if (batch.acting[e]) {
          keep(e, rows.completed[e], batch.obs);
          recallAt(e, rows.completed[e]);
        }
      team.barrier();
      if (team.rank === 0) {
        merge(seen);
        merge(earned);
      }
      team.barrier();
      if (!scaleRewards) return;
      rewardScale = 1 / deviationOf(earned.running, 0);
      for (const e of env.localWorlds)
        for (let r = e * T * N; r < (e * T + rows.completed[e]) * N; r++)
          rows.rewards[r] = within(rows.rewards[r] * rewardScale);
    },
    /** Ranges of slots of world e that want a value. */
    slots: (e: number): readonly (readonly [from: number, to: number])[] => [
      [0, rows.completed[e] + 1],
      [T + 1, T + 1 + truncations[e]],
    ],
    /** This rank's worlds begin anew, with the decision whose consequences are still to come. */
    clear() {
      for (const e of env.localWorlds) {
        const t = rows.completed[e];
        const pending = begun[e] > t;
        if (pending && t > 0) carryOver(e, t);
        begun[e] = pending ? 1 : 0;
        rows.completed[e] = truncations[e] = 0;
      }
      turns = 0;
    },

    /** Mean return of episodes finished since the last report; not a number if there was none. */
    episodicReturn(): number {
      let [finished, sum] = [0, 0];
      for (let e = 0; e < E; e++) {
        finished += episodes[e * 3 + 1];
        sum += episodes[e * 3 + 2];
      }
      return sum / finished;
    },
    /** On rank 0, when all have read. */
    forgetEpisodes() {
      for (let e = 0; e < E; e++) episodes.fill(0, e * 3 + 1, e * 3 + 3);
    },
  };
}
