// Every row that on-policy learners learn from is computed again, by plain loops on networks that stand still: whose it is, what it was worth, how likely it was.
import { expect, test } from "vitest";
import { field, shown } from "../../test/field.ts";
import { named } from "../../test/objectives.ts";
import { plainGru, plainLogNormal, plainMlp, plainSoftmax } from "../../test/plain.ts";
import { recording } from "../../test/recording.ts";
import { trainOn } from "../../test/tiny-economies.ts";
import { layoutOf } from "../nn/index.ts";
import { actorCritic, objective as actorCriticObjective } from "./actor-critic.ts";
import { type Algorithm, resolveConfig } from "./algorithm.ts";
import { impala, objective as impalaObjective } from "./impala.ts";
import { ppo, objective as ppoObjective } from "./ppo.ts";

const [E, N, F, D, T, H, ROLLOUTS] = [2, 3, 2, 2, 6, 3, 4];
const STEPS = T * ROLLOUTS;
const [γ, λ] = [0.9, 0.8];
const SETTINGS = { learningRate: 1e-12, hiddenLayers: 1, hiddenWidth: 5, gamma: γ, numSteps: T, updates: STEPS };
const LEARNERS = {
  ppo: {
    algorithm: ppo,
    objective: ppoObjective,
    config: { gaeLambda: λ, normAdv: false, updateEpochs: 3, numMinibatches: 2, sequenceLength: 3 },
    times: 3,
  },
  impala: { algorithm: impala, objective: impalaObjective, config: { traceLambda: λ, lag: 0 }, times: 1 },
  "actor-critic": { algorithm: actorCritic, objective: actorCriticObjective, config: { gaeLambda: λ }, times: 1 },
} as const;

test.each(
  (["ppo", "impala", "actor-critic"] as const).flatMap((name) =>
    (["choices", "boxes"] as const).flatMap((kind) =>
      [false, true].flatMap((independent) =>
        [false, true].map((recurrent) => [name, kind, independent, recurrent] as const),
      ),
    ),
  ),
)(
  "%s, %s, networks of their own: %s, memory: %s: every decision is learned from as often as it should, with its returns",
  (name, kind, independent, recurrent) => {
    const { algorithm, objective, config: own, times } = LEARNERS[name];
    const config = { ...SETTINGS, ...own, independent, recurrent, memoryWidth: H };
    const { backend, runs } = recording();
    const { updates, played, env } = trainOn(algorithm as unknown as Algorithm, field(kind), {
      config: config as never,
      numEnvs: E,
      totalSteps: E * STEPS,
      backend,
    });
    const spec = env.spec.players;
    const layout = layoutOf(
      (objective as typeof ppoObjective)(spec, resolveConfig(algorithm as typeof ppo, config as never), T),
    );
    const networks = Array.from({ length: independent ? N : 1 }, (_, g) =>
      named(updates[0].arrays[`players/theta${independent ? `/${g}` : ""}`] as Float32Array, layout),
    );
    const θ = (i: number) => networks[independent ? i : 0];
    /** What heads read: what is seen, or what is remembered after it. */
    const seenOf = (obs: readonly number[], before: readonly number[], i: number) =>
      recurrent ? plainGru(θ(i), "memory", obs, before) : obs;
    const V = (seen: readonly number[], i: number) => plainMlp(θ(i), "critic", seen, "tanh")[0];
    /** ln π of what agent i played, in units of half the box over boxes. */
    const logOf = (seen: readonly number[], actions: readonly number[], i: number): number => {
      const out = plainMlp(θ(i), "actor", seen, "tanh");
      if (kind === "choices")
        return Math.log(plainSoftmax(out.slice(0, 3))[actions[0]]) + Math.log(plainSoftmax(out.slice(3))[actions[1]]);
      return actions.reduce((sum, u, d) => sum + plainLogNormal(u, out[d], Math.exp(θ(i)["actor/logStd"][d])), 0);
    };
    const { at, rowOf, ended } = shown(updates, E);
    const kept = updates[0].arrays["players/rollout/obs"] as Float32Array; // [E, S, N, F]
    const first = (r: number) => rowOf(kept, Math.floor(r / N) * (kept.length / (E * N * F)) * N + (r % N));
    const obsOf = (t: number, r: number) => (t === 0 ? first(r) : rowOf(at(t - 1, "obs"), r));
    /** By time, world and agent: value, error of one step, sum of those that follow within the episode and the rollout. */
    const known = new Map<
      string,
      {
        readonly t: number;
        readonly r: number;
        readonly seen: readonly number[];
        readonly value: number;
        readonly sum: number;
        readonly advantage: number;
      }
    >();
    for (let r = 0; r < E * N; r++) {
      const [e, i] = [Math.floor(r / N), r % N];
      const nothing = Array<number>(H).fill(0);
      const seen: (readonly number[])[] = [];
      for (let t = 0; t < STEPS; t++)
        seen[t] = seenOf(obsOf(t, r), t === 0 || ended(t - 1, e) ? nothing : seen[t - 1], i);
      for (let rollout = 0; rollout < ROLLOUTS; rollout++) {
        let sum = 0;
        for (let t = (rollout + 1) * T - 1; t >= rollout * T; t--) {
          const over = ended(t, e);
          const next = over ? rowOf(at(t, "finalObs"), r) : obsOf(t + 1, r);
          const future = over === 2 ? 0 : V(seenOf(next, seen[t], i), i);
          const reward = at(t, "rewards")[r];
          const value = V(seen[t], i);
          // V-trace's target of the next decision, if there is one to wait for
          const later = over || t === (rollout + 1) * T - 1 ? 0 : sum;
          sum = reward + γ * future - value + (over ? 0 : γ * λ * (t === (rollout + 1) * T - 1 ? 0 : sum));
          const advantage = name === "impala" ? reward + γ * (future + later) - value : sum;
          known.set(obsOf(t, r).join(), { t, r, seen: seen[t], value, sum, advantage });
        }
      }
    }
    expect(known.size).toBe(STEPS * E * N);
    const counted = new Map<string, number>();
    for (const { inputs } of runs) {
      const rows = inputs.weight.length;
      for (let b = 0; b < rows; b++) {
        if (inputs.weight[b] === 0) continue;
        const shownAs = inputs.obs.slice(b * F, (b + 1) * F).join();
        counted.set(shownAs, (counted.get(shownAs) ?? 0) + 1);
        const { t, r, seen, value, sum, advantage } = known.get(shownAs)!;
        const i = r % N;
        const actions = played[t].players.slice(r * D, (r + 1) * D);
        const drawn = actions.map((x, d) => {
          const { low, high } = spec.actions[d].space;
          return kind === "choices" ? x : (x - (low + high) / 2) / ((high - low) / 2);
        });
        for (let d = 0; d < D; d++) expect(inputs.actions[b * D + d]).toBeCloseTo(drawn[d], 4);
        expect(inputs.target[b]).toBeCloseTo(value + sum, 4);
        expect(inputs.advantage[b]).toBeCloseTo(advantage, 4);
        if (inputs.value) expect(inputs.value[b]).toBeCloseTo(value, 4);
        if (inputs.logProb) expect(inputs.logProb[b]).toBeCloseTo(logOf(seen, drawn, i), 3);
      }
    }
    expect(counted.size).toBe(known.size);
    expect(new Set(counted.values())).toEqual(new Set([times]));
  },
);
