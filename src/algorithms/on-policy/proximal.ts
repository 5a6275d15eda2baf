// Passes over rollouts: what proximal policy gradients (ppo.ts, mappo.ts) do besides their objective. A rollout is judged by GAE and dealt into minibatches; each is cut
// into shards, whose gradients are summed in order; Adam takes a step per minibatch; the penalty on KL follows its target.
//
// E worlds, N agents, F features, D action dimensions, K choices, H units of memory, T decisions of a rollout, S slots of its observations, by cohort (rollout.ts);
// G groups of agents that share networks, L decisions of a sequence, Q sequences of a group's rollout, M minibatches, B rows of a shard
//
// Where agents decide apart, a rollout has room for a decision of everybody on every turn and holds those that were taken: only their sequences are dealt.
//
// Every rank plays its own worlds and computes its own shards of each minibatch; shards are fixed in number, so the number of threads changes nothing.
import type { PopulationSpec } from "../../env/vector-env.ts";
import { type Graph, initialise, layoutOf, matrix, type Tensor } from "../../nn/index.ts";
import { permutation, type Stream } from "../../random/index.ts";
import type { TrainContext } from "../algorithm.ts";
import { linear } from "../parts/schedule.ts";
import type { RolloutLearner } from "../parts/training-loop.ts";
import { under } from "../parts/under.ts";
import { type ActingOptions, createActing, thetaName } from "./acting.ts";
import { actionsInput, choicesOf, maskInput } from "./actor.ts";
import { createAdvantages } from "./advantages.ts";
import type { CriticContext } from "./critic-context.ts";
import { createJobs, createNetworks } from "./descent.ts";
import { deal, minibatch, momentsOf } from "./minibatches.ts";
import { lengthOf, memoryInput, type RecurrenceOptions, widthOf } from "./recurrence.ts";
import { createRollout, type RolloutOptions } from "./rollout.ts";
import { createTally } from "./tally.ts";

export interface ProximalOptions extends ActingOptions, RolloutOptions {
  readonly gaeLambda: number;
  readonly numMinibatches: number; // M
  readonly updateEpochs: number;
  readonly learningRate: number;
  readonly annealLr: boolean;
  readonly klCoef: number;
  readonly klTarget: number;
  readonly targetKl: number;
  readonly maxGradNorm: number;
  readonly normAdv: boolean;
}

/** What an objective is given of some rows of a minibatch. Weights average to 1 over the minibatch; they are 0 where a row only fills up. */
export const minibatchInputs = (
  spec: PopulationSpec,
  c: RecurrenceOptions,
  rows: number,
  criticContext: CriticContext | null,
) => ({
  obs: matrix(rows, spec.features.length),
  beside: matrix(rows, criticContext?.columns ?? 1), // what the critic sees besides
  memory: memoryInput(c, rows / lengthOf(c)), // before the first of each sequence
  keep: matrix(rows), // 0 where an episode begins within a sequence
  mask: maskInput(spec, rows), // what could be chosen
  actions: actionsInput(spec, rows),
  logProb: matrix(rows), // of the actions, by the policy that took them
  advantage: matrix(rows),
  value: matrix(rows), // as the critic saw it then
  target: matrix(rows),
  weight: matrix(rows),
  noise: matrix(rows, spec.actions.length),
  klCoef: matrix(1),
  price: matrix(rows), // of information, in units of the advantage per nat
});

/** Means over a minibatch that every objective puts out. */
export const LOSSES = ["policy", "value", "entropy", "approxKl", "clipFraction"] as const;
const MEANS = LOSSES.map((name) => `losses/${name}` as const);
export type Objective = Graph<
  ReturnType<typeof minibatchInputs>,
  Readonly<Record<(typeof LOSSES)[number], Tensor<"f32">>>
>;

export interface PolicyLoss {
  readonly name: string;
  /** For so many rows. */
  objective(rows: number): Objective;
  /** What the critic sees that actors do not. */
  readonly criticContext: CriticContext | null;
}

/** A minibatch is cut into at most MOST_SHARDS, of at least SHARD_ROWS, whatever the number of threads. */
const MOST_SHARDS = 8;
const SHARD_ROWS = 128;

export function createProximalLearner(
  context: TrainContext<ProximalOptions>,
  population: string,
  spec: PopulationSpec,
  { name, objective, criticContext }: PolicyLoss,
): RolloutLearner {
  const { env, config: c, arena, team, backend } = context;
  const { size: N } = spec;
  const E = env.numEnvs;
  const F = spec.features.length;
  const D = spec.actions.length;
  const K = choicesOf(spec);
  const H = widthOf(c);
  const T = c.numSteps;
  const M = c.numMinibatches;
  const groupSize = c.independent ? 1 : N;
  const G = N / groupSize;
  const L = lengthOf(c);
  const Q = (E * T * groupSize) / L; // sequences of a group's rollout, of L rows each
  if (F === 0) throw new Error(`${name}: ${population} observes nothing; declare observe.${population}.`);
  if (T % L !== 0) throw new Error(`${name}: sequenceLength is ${L}, but numSteps ${T} is not a multiple of it.`);
  if (Q < M)
    throw new Error(
      `${name}: numMinibatches is ${M}, but a rollout of ${population} has ${Q} ${L > 1 ? "sequences" : "rows"}. Raise numSteps.`,
    );
  const shards = Math.max(1, Math.min(MOST_SHARDS, Math.floor((Q * L) / M / SHARD_ROWS), Math.ceil(Q / M)));
  const B = L * Math.ceil(Math.ceil(Q / M) / shards);

  const rollout = createRollout(context, population, spec, c);
  const { S, obs, mask, memory, actions, logProb, next, completed, information, cohorts } = rollout;
  const { members } = cohorts;
  if (criticContext && spec.apart)
    throw new Error(`${name}: its critic sees all agents at once, and agents of ${population} decide apart. Use ppo.`);
  const known = spec.apart ? Array.from({ length: G }, () => new Int32Array(Q)) : null; // sequences that hold a decision
  const dealt = new Int32Array(G).fill(Q); // how many
  const loss = objective(B);
  const layout = layoutOf(loss);
  const networks = createNetworks(arena, {
    groups: G,
    shards,
    layout,
    maxGradNorm: c.maxGradNorm,
    shard: ({ theta, grads }) => backend.compile(loss, { arena, params: theta, grads, layout }),
  });
  const { share } = createJobs(arena, team);
  const thetas = networks.map(({ theta }) => theta);
  const act = createActing(context, population, spec, c, { rollout, thetas, layout });
  const { values, advantages, estimate, explained } = createAdvantages(context, spec, c, {
    rollout,
    thetas,
    layout,
    criticContext,
  });

  const order = arena.i32(G * Q * L); // rows as dealt, −1: none
  const scales = arena.f64(G * M * 3); // of each minibatch: mean and 1/deviation of advantages, weight of a row
  const counts = arena.f64(G); // minibatches learned from
  const klCoefs = arena.f64(G);
  const sums = arena.f64(LOSSES.length + 3);
  const losses = createTally(sums.subarray(0, LOSSES.length + 1), MEANS); // over minibatches
  const fit = createTally(sums.subarray(LOSSES.length + 1), ["losses/explainedVariance"]); // over rollouts
  const state: Record<string, ArrayBufferView> = { ...rollout.state };
  Object.assign(state, {
    [`${population}/counts`]: counts,
    [`${population}/kl`]: klCoefs,
    [`${population}/sums`]: sums,
  });
  networks.forEach(({ theta, adam: { m, v } }, g) => {
    const place = thetaName(population, c, g);
    Object.assign(state, { [place]: theta, [`${place}/adam/m`]: m, [`${place}/adam/v`]: v });
  });

  let turns = 0;
  let epochs = 0;
  let progress = 0; // of training, when the rollout began
  let rate = c.learningRate;
  let streams: { readonly act: Stream; readonly shuffle: Stream; readonly entropy: Stream };
  const noise = new Float64Array(B * D);
  const divergence = new Float64Array(G); // KL of the last pass

  return {
    state,
    begin(rng) {
      const s = rng.fork(`${population}/initialise`);
      for (const [g, theta] of thetas.entries()) initialise(theta, layout, s.fork(`network/${g}`));
      klCoefs.fill(c.klCoef);
      rollout.begin();
    },
    seed(rng) {
      const s = rng.fork(population);
      streams = { act: s.fork("act"), shuffle: s.fork("shuffle"), entropy: s.fork("entropy") };
    },
    meta: () => under(population, { turns, epochs, progress, rate, inRollout: rollout.turns }),
    resume(meta) {
      const saved = (name: string): number => meta[`${population}/${name}`];
      [turns, epochs, progress, rate] = ["turns", "epochs", "progress", "rate"].map(saved);
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
      if (rollout.turns === T) learn();
    },

    report(several) {
      const metrics = {
        ...losses.means(),
        ...fit.means(),
        "charts/episodicReturn": rollout.episodicReturn(),
        "charts/learningRate": rate,
      };
      team.barrier();
      if (team.rank === 0) {
        losses.clear();
        fit.clear();
        rollout.forgetEpisodes();
      }
      return several ? under(population, metrics) : metrics;
    },
  };

  function learn(): void {
    rollout.close();
    for (const cohort of cohorts.local) estimate(cohort);
    team.barrier();
    if (known) for (let g = 0; g < G; g++) dealt[g] = gather(known[g], g);
    rate = c.annealLr ? linear(c.learningRate, 0, progress) : c.learningRate;
    const going = new Set(networks.keys());
    for (let epoch = 0; epoch < c.updateEpochs && going.size > 0; epoch++, epochs++) {
      share(G * M, (job) => shuffle(Math.floor(job / M), job % M));
      for (const g of going) divergence[g] = 0;
      team.barrier();
      for (let m = 0; m < M; m++) {
        share(G * shards, (job) => {
          const g = Math.floor(job / shards);
          if (going.has(g)) computeShard(g, m, job % shards);
        });
        team.barrier();
        for (const g of going) record(g, m);
        share(G, (g) => {
          if (going.has(g) && !isEmpty(g, m)) networks[g].step(rate, counts[g]++);
        });
        team.barrier();
      }
      if (c.targetKl > 0) for (const g of going) if (divergence[g] > c.targetKl) going.delete(g);
    }
    if (team.rank === 0) {
      // β follows the KL of the last pass, by RLlib's factors; the paper's are 2 and ½, at 1.5 times the target and its inverse.
      for (const [g, kl] of divergence.entries())
        klCoefs[g] = klCoefs[g] * (kl > 2 * c.klTarget ? 1.5 : kl < 0.5 * c.klTarget ? 0.5 : 1);
      fit.add("losses/explainedVariance", explained());
      fit.count();
    }
    rollout.clear();
  }

  /** The row of place l in a group's sequence k, or −1 where the rollout has no decision there. */
  function rowOf(g: number, k: number, l: number): number {
    const sharing = cohorts.sharing(groupSize);
    const decision = Math.floor(k / sharing) * L + l; // lane T + t, lanes counted over the group's cohorts
    const t = decision % T;
    const cohort = cohorts.inGroup(g, groupSize, Math.floor(decision / T));
    if (t >= completed[cohort]) return -1;
    return (cohort * T + t) * members + (members < N ? 0 : g * groupSize) + (k % sharing);
  }

  /** Writes group g's sequences that hold a decision; returns how many. */
  function gather(out: Int32Array, g: number): number {
    let n = 0;
    for (let k = 0; k < Q; k++) if (rowOf(g, k, 0) >= 0) out[n++] = k;
    return n;
  }

  /** The places of group g's minibatch m, in rows. */
  function places(g: number, m: number): Int32Array {
    const [from, to] = minibatch(dealt[g], M, m);
    return order.subarray((g * Q + from) * L, (g * Q + to) * L);
  }

  /** Whether fewer agents decided apart than there are minibatches, and this one has none of their decisions. */
  function isEmpty(g: number, m: number): boolean {
    return known !== null && scales[(g * M + m) * 3 + 2] === 0;
  }

  /** Deals group g's minibatch m of this pass. Rows average to a weight of 1 over its places. */
  function shuffle(g: number, m: number): void {
    const rows = places(g, m);
    const [from] = minibatch(dealt[g], M, m);
    if (rows.length > 0) {
      const order = permutation(streams.shuffle, { size: dealt[g], lane: g, period: epochs });
      deal(rows, order, from, L, (k, l) => rowOf(g, known ? known[g][k] : k, l));
    }
    const { n, mean, deviation } = momentsOf(rows, advantages);
    const [center, scale] = c.normAdv ? [mean, 1 / (deviation + 1e-8)] : [0, 1];
    scales.set([center, scale, n > 0 ? (B * shards) / n : 0], (g * M + m) * 3);
  }

  /** Loss and gradient of one shard of group g's minibatch m. */
  function computeShard(g: number, m: number, s: number): void {
    const { inputs, run, backward } = networks[g].shards[s];
    const [center, scale, weight] = scales.subarray((g * M + m) * 3) as unknown as readonly [number, number, number];
    const rows = places(g, m).subarray(s * B, (s + 1) * B);
    inputs.weight.fill(0);
    if (mask) inputs.mask.fill(1); // a row that only fills up must have something to choose
    for (let b = 0; b < rows.length; b++) {
      const row = rows[b];
      if (row < 0) continue;
      const slot = row + Math.floor(row / (T * members)) * (S - T) * members;
      for (let f = 0; f < F; f++) inputs.obs[b * F + f] = obs[slot * F + f];
      if (criticContext) criticContext.write(inputs.beside, b * criticContext.columns, obs, slot);
      if (memory) {
        const t = Math.floor(row / members) % T;
        inputs.keep[b] = t > 0 && next[Math.floor(row / members) - 1] !== t ? 0 : 1;
        if (b % L === 0) for (let j = 0; j < H; j++) inputs.memory[(b / L) * H + j] = memory[slot * H + j];
      }
      if (mask) for (let k = 0; k < K; k++) inputs.mask[b * K + k] = mask[row * K + k];
      for (let d = 0; d < D; d++) inputs.actions[b * D + d] = actions[row * D + d];
      inputs.logProb[b] = logProb[row];
      inputs.advantage[b] = (advantages[row] - center) * scale;
      inputs.value[b] = values[slot];
      inputs.target[b] = advantages[row] + values[slot];
      inputs.weight[b] = weight;
      if (information) inputs.price[b] = information.price[row] * rollout.rewardScale * scale;
    }
    inputs.klCoef[0] = klCoefs[g];
    if (spec.continuous && c.squash) {
      streams.entropy.normal(noise, { lane: g, period: counts[g], from: s * B * D });
      inputs.noise.set(noise);
    }
    run();
    backward();
  }

  /** Reads the losses of group g's minibatch m: its KL on every rank, all of them on the one that reports. One that is empty counts nowhere. */
  function record(g: number, m: number): void {
    if (isEmpty(g, m)) return;
    for (const { outputs } of networks[g].shards) {
      divergence[g] += outputs.approxKl[0] / shards / M;
      if (team.rank !== 0) continue;
      for (const name of LOSSES) losses.add(`losses/${name}`, outputs[name][0] / shards);
    }
    if (team.rank === 0) losses.count();
  }
}
