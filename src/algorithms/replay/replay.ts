// Replay: decisions and what came of them, with n-step returns, for agents who decide together or apart.
//
// E worlds, N agents, C cohorts of M agents who decide together (parts/cohorts.ts; C M = E N), F features, D action dimensions, K = Σ choices over
// dimensions, T slots (timelines.ts)
//
// A transition is what an agent saw at a decision, what it chose, all rewards until its own next decision, and what it saw then, or its final observation where its
// episode was cut off. Cohorts who skip turns (`every`, `who`, an end that sets worlds apart) have decided less often: each has a timeline of its own.
// Ranks write the worlds they step. After `settle` all ranks know the same counts, and nothing that can be drawn is written before they meet again.
import type { PopulationSpec } from "../../env/vector-env.ts";
import type { TrainContext } from "../algorithm.ts";
import { choicesOf } from "../parts/choices.ts";
import { cohortsOf } from "../parts/cohorts.ts";
import { decisionOnTurn } from "../parts/turn.ts";
import { createSampling } from "./sampling.ts";
import { createTimelines } from "./timelines.ts";

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

/** Who decides now, in this rank's worlds. */
export interface Deciding {
  readonly worlds: readonly number[];
  /** Of [E, N]. */
  readonly agents: readonly number[];
}

export type Replay = ReturnType<typeof createReplay>;

const [CUT_OFF, TERMINATED] = [1, 2];

export function createReplay(
  { env, arena, team }: TrainContext<unknown>,
  population: string,
  spec: PopulationSpec,
  { capacity, batchSize, gamma, rewardScale, nSteps, groupSize, joint = false, priorityExponent }: ReplayOptions,
) {
  const { size: N, apart = false } = spec;
  const cohorts = cohortsOf(env, spec);
  const { count: C, members: M } = cohorts;
  const slots = Math.max(nSteps + 2, Math.ceil(capacity / (C * M)));
  const timelines = createTimelines({ memory: arena, cohorts: C, slots, nSteps, mayLeave: apart });
  /** Agent that track j of group g is, or the first of the team. */
  const agentOf = (g: number, j: number): number =>
    joint ? j * M : Math.floor(j / groupSize) * N + g * groupSize + (j % groupSize);
  const groups = joint ? 1 : N / groupSize;
  const sampling = createSampling({
    ...{ arena, timelines, groups, batchSize, priorityExponent },
    tracks: joint ? C : (C * M) / groups,
    cohortOf: (g, j) => Math.floor(agentOf(g, j) / M),
  });
  const ring = createRing({ env, arena }, population, spec, timelines);
  const baseline = arena.f64(1);
  const rewardSums = arena.f64(C); // since the last report
  let reported = 0;
  const settings = { nSteps, gamma, rewardScale, baseline };

  return {
    /** Live arrays, for checkpoints. */
    state: { ...ring.state, ...timelines.state, ...sampling.state, baseline } as Readonly<
      Record<string, ArrayBufferView>
    >,
    /** Opens the streams of draws. */
    seed: sampling.seed,
    begin: sampling.begin,
    /** `state` is copied back by rank 0, which every rank waits for. */
    resume(): void {
      team.barrier();
      sampling.count(() => false);
      reported = timelines.total;
    },
    onTurn: (): boolean => decisionOnTurn(env) === population,

    /** Who decides now; what they see is kept. */
    look: () => ring.look(cohorts.local),
    /** What those who decide chose, of [E, N, D]. */
    remember: ring.remember,
    /** On the next turn: what followed the last decisions of those who decide again or have ended. */
    follow(): void {
      for (const c of cohorts.local) rewardSums[c] = rewardSums[c]! + ring.follow(c);
    },
    /** All ranks meet, and know what can be drawn until they meet again. */
    settle(): void {
      team.barrier();
      sampling.count((g) => g % team.size === team.rank);
      team.barrier();
    },

    /** Agents' transitions so far, of which the last are kept. */
    get stored(): number {
      return timelines.total * M;
    },
    /** Transitions of group g that can be drawn. */
    usable: sampling.usable,
    /** Subtracted from every reward, [1]. */
    baseline,
    /** Mean reward of first decisions, while their slots last. */
    firstReward: ring.firstReward,
    /** Draws and copies shard s of group g's minibatch; a joint draw fills M rows of `to`. */
    sample(
      to: Transitions,
      g: number,
      s: number,
      { batches, importance }: { readonly batches: number; readonly importance: number },
    ): void {
      sampling.draw(g, batches, s, to.weight, importance);
      const { times, tracks } = sampling;
      const width = joint ? M : 1;
      for (let b = 0; b < times.length; b++)
        for (let m = 0; m < width; m++) ring.read(to, b * width + m, agentOf(g, tracks[b]!) + m, times[b]!, settings);
    },
    /** Errors [B] of group g's last minibatch. */
    learned: sampling.learned,

    /** Mean reward per agent and decision since the last report, unscaled. */
    meanReward(): number {
      let sum = 0;
      for (let c = 0; c < C; c++) sum += rewardSums[c]!;
      const decisions = timelines.total - reported;
      reported = timelines.total;
      return sum / (M * Math.max(1, decisions));
    },
    /** On rank 0, when all have read. */
    forget(): void {
      rewardSums.fill(0);
    },
  };
}

interface Returns {
  readonly nSteps: number;
  readonly gamma: number;
  readonly rewardScale: number;
  readonly baseline: Float64Array;
}

/** The arrays, [T, C, M, …]. */
function createRing(
  { env, arena }: Pick<TrainContext<unknown>, "env" | "arena">,
  population: string,
  spec: PopulationSpec,
  timelines: ReturnType<typeof createTimelines>,
) {
  const { T, C, awaiting, slotOf } = timelines;
  const { size: N, apart = false } = spec;
  const M = apart ? 1 : N;
  const F = spec.features.length;
  const D = spec.actions.length;
  const K = spec.masked ? choicesOf(spec) : 0;
  const batch = env.batch[population]!;
  const A = C * M;
  const rows = {
    obs: arena.f32(T * A * F),
    finalObs: arena.f32(T * A * F), // where an episode was cut off
    actions: arena.f32(T * A * D),
    rewards: arena.f32(T * A),
    ended: arena.u8(T * C), // 0 no, CUT_OFF, TERMINATED
  };
  const masks = K > 0 ? { mask: arena.u8(T * A * K), finalMask: arena.u8(T * A * K) } : null;
  const { obs, finalObs, rewards, ended } = rows;
  const deciding: number[] = [];
  const worlds: number[] = [];
  const agents: number[] = [];

  /** Copies cohort c's rows of [C, M, width] to its slot. */
  function keep(to: Float32Array | Uint8Array, from: ArrayLike<number>, c: number, width: number): void {
    const w = M * width;
    for (let k = 0, a = slotOf(c) * w, b = c * w; k < w; k++) to[a + k] = from[b + k]!;
  }

  return {
    state: { ...rows, ...masks },

    look(local: readonly number[]): Deciding {
      deciding.length = worlds.length = agents.length = 0;
      for (const c of local) {
        if (!batch.acting[c * M]) continue;
        deciding.push(c);
        const e = Math.floor((c * M) / N);
        if (worlds.at(-1) !== e) worlds.push(e);
        for (let agent = c * M; agent < (c + 1) * M; agent++) agents.push(agent);
        keep(obs, batch.obs, c, F);
        if (masks) keep(masks.mask, batch.actionMask!, c, K);
      }
      return { worlds, agents };
    },
    remember(actions: Float32Array | Int32Array): void {
      for (const c of deciding) {
        keep(rows.actions, actions, c, D);
        awaiting[c] = 1;
      }
    },
    /** Σ reward of cohort c's agents, if what followed its decision is known now. */
    follow(c: number): number {
      const how = batch.terminated[c * M] ? TERMINATED : batch.truncated[c * M] ? CUT_OFF : 0;
      if (!awaiting[c] || !(batch.acting[c * M] || how)) return 0;
      keep(rewards, batch.rewards, c, 1);
      ended[slotOf(c)] = how;
      if (how === CUT_OFF) {
        keep(finalObs, batch.finalObs, c, F);
        if (masks) keep(masks.finalMask, batch.finalActionMask!, c, K);
      }
      timelines.complete(c, how > 0);
      let sum = 0;
      for (let m = c * M; m < (c + 1) * M; m++) sum += batch.rewards[m]!;
      return sum;
    },
    firstReward(): number {
      let [sum, n] = [0, 0];
      for (let c = 0; c < C; c++)
        if (timelines.completed[c]! > 0) for (let m = c * M; m < (c + 1) * M; m++, n++) sum += rewards[m]!;
      return sum / n;
    },

    /** Copies the transition of an agent [E, N] at its decision t to row b. */
    read(to: Transitions, b: number, agent: number, t: number, c: Returns): void {
      const cohort = Math.floor(agent / M);
      const now = (t % T) * A + agent;
      let [discount, sum] = [1, 0];
      let [source, allowed, next] = [obs, masks?.mask, now];
      // G = Σ_{k<n} γ^k r_{t+k}, cut where the episode ends; then γ^n V(o_{t+n}), from the final observation where it was cut off, 0 where it terminated
      for (let k = 0; k < c.nSteps; k++) {
        const slot = (t + k) % T;
        sum += discount * (rewards[slot * A + agent]! - c.baseline[0]!) * c.rewardScale;
        discount *= c.gamma;
        const how = ended[slot * C + cohort]!;
        if (how === TERMINATED) [discount, next] = [0, now];
        else if (how === CUT_OFF) [source, allowed, next] = [finalObs, masks?.finalMask, slot * A + agent];
        else next = ((t + k + 1) % T) * A + agent;
        if (how) break;
      }
      for (let f = 0; f < F; f++) to.obs[b * F + f] = obs[now * F + f]!;
      for (let d = 0; d < D; d++) to.actions[b * D + d] = rows.actions[now * D + d]!;
      for (let f = 0; f < F; f++) to.nextObs[b * F + f] = source[next * F + f]!;
      to.reward[b] = sum;
      to.discount[b] = discount;
      if (!masks) return;
      if (to.mask) for (let k = 0; k < K; k++) to.mask[b * K + k] = masks.mask[now * K + k]!;
      if (to.nextMask) for (let k = 0; k < K; k++) to.nextMask[b * K + k] = allowed![next * K + k]!;
    },
  };
}
