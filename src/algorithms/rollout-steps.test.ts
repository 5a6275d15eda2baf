// Every row that on-policy learners learn from is computed again, by plain loops on networks that stand still: whose it is, what it was worth, how likely it was.
import { expect, test } from "vitest";
import { field } from "../../test/field.ts";
import { named } from "../../test/objectives.ts";
import { plainGru, plainLogNormal, plainMlp, plainSoftmax } from "../../test/plain.ts";
import { recording } from "../../test/recording.ts";
import { trainOn } from "../../test/tiny-economies.ts";
import { layoutOf } from "../nn/index.ts";
import { actorCritic, objective as actorCriticObjective } from "./actor-critic.ts";
import { type Algorithm, resolveConfig } from "./algorithm.ts";
import { impala, objective as impalaObjective } from "./impala.ts";
import { mappo } from "./mappo.ts";
import { othersObserved } from "./on-policy/critic-context.ts";
import { ppo, objective as ppoObjective } from "./ppo.ts";

const [E, N, F, D, T, H] = [2, 3, 2, 2, 6, 3];
const PERIODS = 4 * T;
const [γ, λ] = [0.9, 0.8];
const SETTINGS = { learningRate: 1e-12, hiddenLayers: 1, hiddenWidth: 5, gamma: γ, numSteps: T, updates: PERIODS };
const LENGTH = 3; // of PPO's sequences; others' are whole rollouts
const proximal = { gaeLambda: λ, normAdv: false, updateEpochs: 3, numMinibatches: 2, sequenceLength: LENGTH };
const LEARNERS = {
  ppo: { algorithm: ppo, objective: ppoObjective, config: proximal, times: 3 },
  mappo: { algorithm: mappo, objective: ppoObjective, config: proximal, times: 3 },
  impala: { algorithm: impala, objective: impalaObjective, config: { traceLambda: λ, lag: 0 }, times: 1 },
  "actor-critic": { algorithm: actorCritic, objective: actorCriticObjective, config: { gaeLambda: λ }, times: 1 },
} as const;
const KINDS = {
  choices: field("choices"),
  boxes: field("boxes"),
  masked: field("choices", { masked: true }),
  slow: field("boxes", { slow: true }),
  apart: field("choices", { apart: true, masked: true }),
} as const;

/** A decision and what is known of it. */
interface Known {
  readonly t: number;
  readonly r: number;
  /** Place among the agent's decisions of a rollout. */
  readonly place: number;
  /** Whether an episode begins with it. */
  readonly opens: boolean;
  /** What was remembered before it. */
  readonly before: readonly number[];
  /** What heads read. */
  readonly seen: readonly number[];
  readonly value: number;
  readonly sum: number;
  readonly advantage: number;
}

test.each(
  (["ppo", "mappo", "impala", "actor-critic"] as const).flatMap((name) =>
    (["choices", "boxes", "masked", "slow", "apart"] as const).flatMap((kind) =>
      [false, true].flatMap((independent) =>
        [false, true].flatMap((recurrent) =>
          name === "mappo" && (independent || kind === "apart") ? [] : [[name, kind, independent, recurrent] as const],
        ),
      ),
    ),
  ),
)(
  "%s, %s, networks of their own: %s, memory: %s: every decision is learned from as often as it should, with its returns",
  (name, kind, independent, recurrent) => {
    const { algorithm, objective, config: own, times } = LEARNERS[name];
    const config = { ...SETTINGS, ...own, recurrent, memoryWidth: H, ...(name !== "mappo" && { independent }) };
    const { backend, runs } = recording();
    const { updates, played, env } = trainOn(algorithm as unknown as Algorithm, KINDS[kind], {
      config: config as never,
      numEnvs: E,
      totalSteps: E * PERIODS,
      backend,
    });
    const spec = env.spec.players;
    const turns = updates.length - (updates.length % T); // of complete rollouts
    expect(turns).toBeGreaterThanOrEqual(3 * T);
    const masked = kind === "masked" || kind === "apart";
    const team = name === "mappo";
    const resolved = resolveConfig(algorithm as typeof ppo, config as never);
    const context = team ? othersObserved(spec, "each") : null;
    const layout = layoutOf((objective as typeof ppoObjective)(spec, resolved, T, context));
    const networks = Array.from({ length: independent ? N : 1 }, (_, g) =>
      named(updates[0].arrays[`players/theta${independent ? `/${g}` : ""}`] as Float32Array, layout),
    );
    const θ = (i: number) => networks[independent ? i : 0];
    /** What heads read: what is seen, or what is remembered after it. */
    const seenOf = (obs: readonly number[], before: readonly number[], i: number) =>
      recurrent ? plainGru(θ(i), "memory", obs, before) : obs;
    const V = (seen: readonly number[], others: readonly number[], i: number) =>
      plainMlp(θ(i), "critic", [...seen, ...others], "tanh")[0];
    const allowedOf = (obs: readonly number[]) => [1, 1, obs[0] > 0 || !masked ? 1 : 0, 1, 1];
    /** ln π of what agent i played, in units of half the box over boxes. */
    const logOf = (obs: readonly number[], seen: readonly number[], actions: readonly number[], i: number): number => {
      const out = plainMlp(θ(i), "actor", seen, "tanh");
      if (spec.continuous)
        return actions.reduce((sum, u, d) => sum + plainLogNormal(u, out[d], Math.exp(θ(i)["actor/logStd"][d])), 0);
      const logits = out.map((x, k) => (allowedOf(obs)[k] ? x : -1e9));
      return (
        Math.log(plainSoftmax(logits.slice(0, 3))[actions[0]]) + Math.log(plainSoftmax(logits.slice(3))[actions[1]])
      );
    };

    // What the environment showed after step t, by row r = agent i of world e.
    const at = (t: number, array: string) => updates[t].arrays[`env/batch/players/${array}`] as Float32Array;
    const rowOf = (x: Float32Array, r: number) => [x[F * r], x[F * r + 1]];
    const flag = (t: number, array: string, r: number) =>
      at(t, array)[at(t, array).length === E ? Math.floor(r / N) : r] === 1;
    const ended = (t: number, r: number) => flag(t, "terminated", r) || flag(t, "truncated", r);
    const kept = updates[0].arrays["players/rollout/obs"] as Float32Array;
    const first = (r: number) =>
      rowOf(
        kept,
        kind === "apart" ? (r * kept.length) / (E * N * F) : Math.floor(r / N) * (kept.length / (E * F)) + (r % N),
      );
    const obsOf = (t: number, r: number) => (t === 0 ? first(r) : rowOf(at(t - 1, "obs"), r));
    const othersOf = (of: (r: number) => readonly number[], r: number) =>
      team ? [0, 1, 2].flatMap((i) => (i === r % N ? [] : of(r - (r % N) + i))) : [];
    const paid = (t: number, r: number) =>
      team ? [0, 1, 2].reduce((sum, i) => sum + at(t, "rewards")[r - (r % N) + i], 0) / N : at(t, "rewards")[r];

    const known = new Map<string, Known>();
    for (let r = 0; r < E * N; r++) {
      const i = r % N;
      /** Decisions of each rollout: those whose consequences came in it. */
      const rollouts = Array.from(
        { length: turns / T },
        (): { t: number; s: number; opens: boolean; before: readonly number[]; seen: readonly number[] }[] => [],
      );
      const nothing = Array<number>(H).fill(0);
      let [before, opens] = [nothing, true];
      for (let t = 0; t < turns; t++) {
        if (t > 0 && !flag(t - 1, "acting", r)) continue;
        const seen = [...seenOf(obsOf(t, r), before, i)];
        let s = t; // the step by which what follows is known
        while (s < turns && !flag(s, "acting", r) && !ended(s, r)) s++;
        if (s < turns) rollouts[Math.floor(s / T)].push({ t, s, opens, before, seen });
        opens = s < turns && ended(s, r);
        before = opens ? nothing : seen;
      }
      for (const decisions of rollouts) {
        let sum = 0;
        for (const [place, { t, s, opens, before, seen }] of [...decisions.entries()].reverse()) {
          const over = ended(s, r);
          const next = (of: number) => (over ? rowOf(at(s, "finalObs"), of) : rowOf(at(s, "obs"), of));
          const future = flag(s, "terminated", r) ? 0 : V(seenOf(next(r), seen, i), othersOf(next, r), i);
          const value = V(
            seen,
            othersOf((of) => obsOf(t, of), r),
            i,
          );
          // V-trace's target of the next decision, if there is one to wait for
          const later = over || place === decisions.length - 1 ? 0 : sum;
          sum = paid(s, r) + γ * future - value + γ * λ * later;
          const advantage = name === "impala" ? paid(s, r) + γ * (future + later) - value : sum;
          known.set(obsOf(t, r).join(), { t, r, place, opens, before, seen, value, sum, advantage });
        }
      }
    }
    expect(known.size).toBeGreaterThan(kind === "apart" || kind === "slow" ? turns * E : turns * E * N - 1);
    const counted = new Map<string, number>();
    for (const { inputs } of runs) {
      const rows = inputs.weight.length;
      const L = !recurrent ? 1 : name === "ppo" || team ? LENGTH : T;
      expect(inputs.weight.some((weight) => weight > 0)).toBe(true);
      for (let b = 0; b < rows; b++) {
        const allowed = inputs.mask.slice(b * 5, (b + 1) * 5);
        if (inputs.weight[b] === 0) {
          if (masked) expect(allowed).toEqual([1, 1, 1, 1, 1]);
          continue;
        }
        const obs = inputs.obs.slice(b * F, (b + 1) * F);
        counted.set(obs.join(), (counted.get(obs.join()) ?? 0) + 1);
        const { t, r, place, opens, before, seen, value, sum, advantage } = known.get(obs.join())!;
        const i = r % N;
        const actions = played[t].players.slice(r * D, (r + 1) * D);
        const drawn = actions.map((x, d) => {
          const { low, high } = spec.actions[d].space;
          return spec.continuous ? (x - (low + high) / 2) / ((high - low) / 2) : x;
        });
        for (let d = 0; d < D; d++) expect(inputs.actions[b * D + d]).toBeCloseTo(drawn[d], 4);
        expect(inputs.target[b]).toBeCloseTo(value + sum, 4);
        expect(inputs.advantage[b]).toBeCloseTo(advantage, 4);
        if (inputs.value) expect(inputs.value[b]).toBeCloseTo(value, 4);
        if (inputs.logProb) expect(inputs.logProb[b]).toBeCloseTo(logOf(obs, seen, drawn, i), 3);
        if (masked) expect(allowed).toEqual(allowedOf(obs));
        if (team) expect(inputs.beside.slice(b * 4, (b + 1) * 4)).toEqual(othersOf((of) => obsOf(t, of), r));
        if (!recurrent) continue;
        expect(place % L).toBe(b % L);
        if (b % L > 0) expect(inputs.keep[b]).toBe(opens ? 0 : 1);
        else for (let j = 0; j < H; j++) expect(inputs.memory[(b / L) * H + j]).toBeCloseTo(before[j], 5);
      }
    }
    expect(counted.size).toBe(known.size);
    expect(new Set(counted.values())).toEqual(new Set([times]));
  },
);
