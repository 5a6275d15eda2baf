// Every row that on-policy learners learn from is computed again, by plain loops on networks that stand still: whose it is, what it was worth, how likely it was.
import { expect, test } from "vitest";
import { field } from "../../test/field.ts";
import { named } from "../../test/objectives.ts";
import { plainGru, plainLogNormal, plainMlp, plainSoftmax } from "../../test/plain.ts";
import { recording } from "../../test/recording.ts";
import { trainOn } from "../../test/tiny-economies.ts";
import { layoutOf } from "../nn/index.ts";
import { seedStream } from "../random/index.ts";
import { actorCritic, objective as actorCriticObjective } from "./actor-critic.ts";
import { type Algorithm, resolveConfig } from "./algorithm.ts";
import { impala, objective as impalaObjective } from "./impala.ts";
import { mappo } from "./mappo.ts";
import { othersObserved } from "./on-policy/critic-context.ts";
import { ppo, objective as ppoObjective } from "./ppo.ts";

const [E, N, F, D, H] = [2, 3, 2, 2, 3];
const [γ, λ] = [0.9, 0.8];
const SETTINGS = { learningRate: 1e-12, hiddenLayers: 1, hiddenWidth: 5, gamma: γ };
const LENGTH = 3; // of PPO's sequences; others' are whole rollouts
const proximal = { gaeLambda: λ, normAdv: false, updateEpochs: 3, numMinibatches: 2, sequenceLength: LENGTH };
const [LAG, ρ̄, c̄] = [2, 1.02, 0.97];
const BEHIND = { traceLambda: λ, lag: LAG, rhoBar: ρ̄, cBar: c̄, learningRate: 0.02, annealLr: false };
const LEARNERS = {
  ppo: { algorithm: ppo, objective: ppoObjective, config: proximal, times: 3 },
  mappo: { algorithm: mappo, objective: ppoObjective, config: proximal, times: 3 },
  impala: { algorithm: impala, objective: impalaObjective, config: { traceLambda: λ, lag: 0 }, times: 1 },
  "impala, behind": { algorithm: impala, objective: impalaObjective, config: BEHIND, times: 1 },
  "impala, in shards": {
    ...{ algorithm: impala, objective: impalaObjective, config: { traceLambda: λ, lag: 0 }, times: 1 },
  },
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
  /** The step by which its consequences were known. */
  readonly s: number;
  readonly r: number;
  readonly rollout: number;
  /** Place among the agent's decisions of a rollout. */
  readonly place: number;
  /** Whether an episode begins with it. */
  readonly opens: boolean;
  /** What was remembered before it. */
  readonly before: readonly number[];
  readonly logProb: number;
  readonly others: readonly number[];
  readonly value: number;
  readonly sum: number;
  readonly ρ: number;
  readonly advantage: number;
}

test.each(
  (["ppo", "mappo", "impala", "impala, behind", "impala, in shards", "actor-critic"] as const).flatMap((name) =>
    (["choices", "boxes", "masked", "slow", "apart"] as const).flatMap((kind) =>
      [false, true].flatMap((independent) =>
        [false, true].flatMap((recurrent) =>
          (name === "mappo" && (independent || kind === "apart")) || (name === "impala, in shards" && independent)
            ? []
            : [[name, kind, independent, recurrent] as const],
        ),
      ),
    ),
  ),
)(
  "%s, %s, networks of their own: %s, memory: %s: every decision is learned from as often as it should, with its returns",
  (name, kind, independent, recurrent) => {
    const { algorithm, objective, config: own, times } = LEARNERS[name];
    const T = name === "impala, in shards" ? 44 : 6; // 6 trajectories of 44 rows are cut into 4 shards of 2, the last of them empty
    const periods = 4 * T;
    const config = {
      ...SETTINGS,
      ...own,
      numSteps: T,
      updates: periods,
      recurrent,
      memoryWidth: H,
      ...(name !== "mappo" && { independent }),
    };
    const { backend, runs } = recording();
    const { updates, played, env } = trainOn(algorithm as unknown as Algorithm, KINDS[kind], {
      config: config as never,
      numEnvs: E,
      totalSteps: E * periods,
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
    // Parameters by version: only "impala, behind" moves them, and its version j is there when rollout j has been played.
    const behind = name === "impala, behind";
    const versions = Array.from({ length: behind ? turns / T : 1 }, (_, version) =>
      Array.from({ length: independent ? N : 1 }, (_, g) => {
        const { arrays } = updates[behind ? (version + 1) * T - 1 : 0];
        return named(arrays[`players/theta${independent ? `/${g}` : ""}`] as Float32Array, layout);
      }),
    );
    type Networks = (typeof versions)[number];
    const playing = (rollout: number) => versions[behind ? Math.max(0, rollout - LAG) : 0];
    const learning = (rollout: number) => versions[behind ? rollout : 0];
    const of = (θ: Networks, i: number) => θ[independent ? i : 0];
    /** What heads read: what is seen, or what is remembered after it. */
    const seenOf = (θ: Networks, obs: readonly number[], before: readonly number[], i: number) =>
      recurrent ? plainGru(of(θ, i), "memory", obs, before) : obs;
    const V = (θ: Networks, seen: readonly number[], others: readonly number[], i: number) =>
      plainMlp(of(θ, i), "critic", [...seen, ...others], "tanh")[0];
    const allowedOf = (obs: readonly number[]) => [1, 1, obs[0] > 0 || !masked ? 1 : 0, 1, 1];
    /** Actions as they were drawn: in units of half the box over boxes. */
    const drawnOf = (t: number, r: number) =>
      played[t].players.slice(r * D, (r + 1) * D).map((x, d) => {
        const { low, high } = spec.actions[d].space;
        return spec.continuous ? (x - (low + high) / 2) / ((high - low) / 2) : x;
      });
    const logOf = (θ: Networks, obs: readonly number[], seen: readonly number[], t: number, r: number): number => {
      const out = plainMlp(of(θ, r % N), "actor", seen, "tanh");
      const actions = drawnOf(t, r);
      const logStd = of(θ, r % N)["actor/logStd"];
      if (spec.continuous)
        return actions.reduce((sum, u, d) => sum + plainLogNormal(u, out[d], Math.exp(logStd[d])), 0);
      const logits = out.map((x, k) => (allowedOf(obs)[k] ? x : -1e9));
      return (
        Math.log(plainSoftmax(logits.slice(0, 3))[actions[0]]) + Math.log(plainSoftmax(logits.slice(3))[actions[1]])
      );
    };

    /** Actions are drawn with the numbers that are this agent's on this turn, whoever else decides. */
    const draws = seedStream(5).fork("players").fork("act");
    const expectDrawn = (θ: Networks, obs: readonly number[], seen: readonly number[], t: number, r: number): void => {
      const out = plainMlp(of(θ, r % N), "actor", seen, "tanh");
      const numbers = new Float64Array(D);
      const address = { lane: Math.floor(r / N), period: t, from: (r % N) * D };
      if (spec.continuous) {
        draws.normal(numbers, address);
        const logStd = of(θ, r % N)["actor/logStd"];
        for (const [d, u] of drawnOf(t, r).entries())
          expect(u).toBeCloseTo(out[d] + Math.exp(logStd[d]) * numbers[d], 4);
        return;
      }
      draws.uniform(numbers, address);
      const logits = out.map((x, k) => (allowedOf(obs)[k] ? x : -1e9));
      for (const [d, picked] of drawnOf(t, r).entries()) {
        const probs = plainSoftmax(d === 0 ? logits.slice(0, 3) : logits.slice(3));
        const below = probs.slice(0, picked).reduce((a, b) => a + b, 0);
        expect(numbers[d]).toBeGreaterThan(below - 1e-5);
        expect(numbers[d]).toBeLessThan(below + probs[picked] + 1e-5);
      }
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
      const rollouts: Pick<Known, "t" | "s" | "opens" | "before" | "logProb">[][] = [];
      for (let k = 0; k < turns / T; k++) rollouts.push([]);
      const nothing = Array<number>(H).fill(0);
      let [before, opens] = [nothing, true];
      for (let t = 0; t < turns; t++) {
        if (t > 0 && !flag(t - 1, "acting", r)) continue;
        const θ = playing(Math.floor(t / T));
        const seen = [...seenOf(θ, obsOf(t, r), before, i)];
        let s = t; // the step by which what follows is known
        while (s < turns && !flag(s, "acting", r) && !ended(s, r)) s++;
        const logProb = logOf(θ, obsOf(t, r), seen, t, r);
        if (name !== "actor-critic") expectDrawn(θ, obsOf(t, r), seen, t, r); // which plays with other parameters
        if (s < turns) rollouts[Math.floor(s / T)].push({ t, s, opens, before, logProb });
        opens = s < turns && ended(s, r);
        before = opens ? nothing : seen;
      }
      if (behind) rollouts.pop(); // played and not learned from
      for (const [rollout, decisions] of rollouts.entries()) {
        const θ = learning(rollout);
        const seen: (readonly number[])[] = []; // unrolled from what was remembered before the first
        for (const [k, { t, before, opens }] of decisions.entries())
          seen[k] = seenOf(θ, obsOf(t, r), k === 0 ? before : opens ? nothing : seen[k - 1], i);
        let sum = 0;
        for (const [place, decision] of [...decisions.entries()].reverse()) {
          const { t, s } = decision;
          const over = ended(s, r);
          const next = (of: number) => rowOf(at(s, over ? "finalObs" : "obs"), of);
          const future = flag(s, "terminated", r) ? 0 : V(θ, seenOf(θ, next(r), seen[place], i), othersOf(next, r), i);
          const others = othersOf((of) => obsOf(t, of), r);
          const value = V(θ, seen[place], others, i);
          const ratio = Math.exp(logOf(θ, obsOf(t, r), seen[place], t, r) - decision.logProb);
          const [ρ, c] = behind ? [Math.min(ρ̄, ratio), Math.min(c̄, ratio)] : [1, 1];
          // V-trace's target of the next decision, if there is one to wait for
          const later = over || place === decisions.length - 1 ? 0 : sum;
          const error = paid(s, r) + γ * future - value;
          sum = ρ * error + γ * λ * c * later;
          const advantage = name.startsWith("impala") ? ρ * (error + γ * later) : sum;
          known.set(obsOf(t, r).join(), { ...decision, r, rollout, place, others, value, sum, ρ, advantage });
        }
      }
    }
    const most = (behind ? turns - T : turns) * E * N;
    if (kind === "apart" || kind === "slow") expect(known.size).toBeGreaterThan(most / 3);
    else expect(known.size).toBe(most);
    const counted = new Map<string, number>();
    for (const { inputs } of runs) {
      const rows = inputs.weight.length;
      const L = !recurrent ? 1 : name === "ppo" || team ? LENGTH : T;
      for (let b = 0; b < rows; b++) {
        const allowed = inputs.mask.slice(b * 5, (b + 1) * 5);
        if (inputs.weight[b] === 0) {
          if (masked) expect(allowed).toEqual([1, 1, 1, 1, 1]);
          continue;
        }
        const obs = inputs.obs.slice(b * F, (b + 1) * F);
        counted.set(obs.join(), (counted.get(obs.join()) ?? 0) + 1);
        const { t, r, place, opens, before, logProb, others, value, sum, advantage } = known.get(obs.join())!;
        for (const [d, u] of drawnOf(t, r).entries()) expect(inputs.actions[b * D + d]).toBeCloseTo(u, 4);
        expect(inputs.target[b]).toBeCloseTo(value + sum, 4);
        expect(inputs.advantage[b]).toBeCloseTo(advantage, 4);
        if (inputs.value) expect(inputs.value[b]).toBeCloseTo(value, 4);
        if (inputs.logProb) expect(inputs.logProb[b]).toBeCloseTo(logProb, 3);
        if (masked) expect(allowed).toEqual(allowedOf(obs));
        if (team) expect(inputs.beside.slice(b * 4, (b + 1) * 4)).toEqual(others);
        if (!recurrent) continue;
        expect(place % L).toBe(b % L);
        if (b % L > 0) expect(inputs.keep[b]).toBe(opens ? 0 : 1);
        else for (let j = 0; j < H; j++) expect(inputs.memory[(b / L) * H + j]).toBeCloseTo(before[j], 5);
      }
    }
    expect(counted.size).toBe(known.size);
    const weights = runs.flatMap(({ inputs }) => inputs.weight);
    expect(weights.reduce((a, b) => a + b) / weights.length).toBeCloseTo(1, 5);
    if (name === "impala, in shards") expect(runs.length).toBe((4 * turns) / T);
    else for (const { inputs } of runs) expect(inputs.weight.some((weight) => weight > 0)).toBe(true);
    expect(new Set(counted.values())).toEqual(new Set([times]));
    if (!name.startsWith("impala")) return;
    const mean = (x: readonly number[]) => x.reduce((a, b) => a + b) / x.length;
    const variance = (x: readonly number[]) => mean(x.map((y) => y * y)) - mean(x) ** 2;
    for (let k = 0; k < turns / T - (behind ? 1 : 0); k++) {
      const mine = [...known.values()].filter(({ rollout }) => rollout === k);
      const { metrics } = updates[(k + (behind ? 2 : 1)) * T - 1];
      const groups = independent ? [0, 1, 2].map((i) => mine.filter(({ r }) => r % N === i)) : [mine];
      expect(metrics["losses/rho"]).toBeCloseTo(mean(groups.map((group) => mean(group.map(({ ρ }) => ρ)))), 3);
      const explained = 1 - variance(mine.map(({ sum }) => sum)) / variance(mine.map(({ value, sum }) => value + sum));
      expect(metrics["losses/explainedVariance"]).toBeCloseTo(explained, 3);
      expect(metrics["charts/lag"]).toBe(behind ? Math.min(k, LAG) : 0);
    }
  },
);
