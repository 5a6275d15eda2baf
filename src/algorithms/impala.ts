// IMPALA: actors play with parameters that are some updates old while the learner learns from what they did before, and V-trace corrects
// for the difference. Espeholt et al. 2018, https://arxiv.org/abs/1802.01561: targets and advantages by V-trace (eq. 1), the gradient of §4.2.
// The lag is exactly the declared one for every actor, so a run is reproducible: actors' parameters are a function of which update it is, not
// of who was faster. Populations learn independently, as in ppo.ts; agents of a population share one actor and one critic unless `independent`.
// Not here: actors that run free and lag as it happens, replay, recurrence, the price of information, several learners.
//
// E worlds, N agents, F features, D action dimensions, T decisions of a rollout, S slots of its observations (parts/rollout.ts);
// G groups of agents that share networks; a trajectory is what one agent did in one rollout, J of them a shard of B = J T rows
//
//   rollout      k              k + 1            k + 2            acted with θ_{k−lag}, θ_{k+1−lag}, …
//   learning     from k − 1     from k           from k + 1       θ_{k−1} → θ_k, θ_k → θ_{k+1}, …
//
// A rank whose worlds have played their rollout takes shards of the previous one while other ranks still act; with lag 0 all wait for each
// other before learning from what was just done. Shards are fixed in number and summed in order: the number of threads changes nothing.
import { choice, flag, type ParamValues, param } from "../core/params.ts";
import type { PopulationSpec } from "../env/vector-env.ts";
import {
  add,
  clip,
  compile,
  type Executable,
  exp,
  initialise,
  layoutOf,
  matrix,
  mean,
  mul,
  neg,
  square,
  sub,
  type Tensor,
  trace,
} from "../nn/index.ts";
import type { Stream } from "../random/index.ts";
import { contextOf, defineAlgorithm, type TrainContext } from "./algorithm.ts";
import { actorPolicy, createActing, thetaName } from "./on-policy/acting.ts";
import { actionsInput, actor, choicesOf, maskInput } from "./on-policy/actor.ts";
import { critic, valueGraph } from "./on-policy/critic.ts";
import { createJobs, createNetworks } from "./on-policy/descent.ts";
import { createExplainedVariance } from "./on-policy/explained-variance.ts";
import { createRollout } from "./on-policy/rollout.ts";
import { createTally } from "./on-policy/tally.ts";
import { vtrace } from "./on-policy/vtrace.ts";
import { linear } from "./parts/schedule.ts";
import { type RolloutLearner, trainingLoop } from "./parts/training-loop.ts";
import { under } from "./parts/under.ts";

export const impalaConfig = {
  gamma: param(0.99, {
    symbol: "γ",
    min: 0,
    max: 1,
    doc: "discount per decision; by default the discount factor that the economy declares for the population, if it does",
  }),
  lag: param(1, {
    unit: "updates",
    min: 0,
    max: 1000,
    integer: true,
    doc: "that actors are behind the learner; 0: they wait for it",
  }),
  numSteps: param(20, { symbol: "T", min: 1, max: 1e6, integer: true, doc: "decisions per world and rollout" }),
  rhoBar: param(1, { symbol: "ρ̄", min: 0, exclusive: true, doc: "bound on π/μ: whose value is learned" }),
  cBar: param(1, { symbol: "c̄", min: 0, doc: "bound on π/μ along the trace: how far back corrections reach" }),
  traceLambda: param(1, { symbol: "λ", min: 0, max: 1, doc: "1: n-step returns; 0: one step and the critic's word" }),
  learningRate: param(1e-3, { min: 0, exclusive: true }),
  annealLr: flag(true, "the learning rate falls linearly to 0"),
  entCoef: param(0.01, { min: 0, doc: "bonus on entropy; 0 is usual for boxes" }),
  vfCoef: param(0.5, { min: 0, doc: "weight of the critic's ½ squared error" }),
  maxGradNorm: param(0.5, { min: 0, exclusive: true, doc: "of the whole gradient" }),
  hiddenLayers: param(2, { min: 1, max: 16, integer: true, doc: "of the actor, and of the critic" }),
  hiddenWidth: param(64, { min: 1, max: 4096, integer: true }),
  activation: choice("tanh", ["relu", "tanh"]),
  initialLogStd: param(0, { doc: "ln σ of box actions to begin with, in units of half the box" }),
  squash: flag(false, "box actions are the tanh of a normal instead of a normal cut off at the bounds"),
  normalizeObs: flag(false, "by running mean and deviation over all agents, within ±10"),
  scaleRewards: flag(false, "by the running deviation of discounted returns, within ±10"),
  independent: flag(false, "an actor and a critic per agent instead of one of each for all"),
  updates: param(40, { min: 1, max: 1e6, integer: true, doc: "reports over the whole of training" }),
} as const;
export type ImpalaConfig = ParamValues<typeof impalaConfig>;

export const impala = defineAlgorithm({
  name: "impala",
  source: "Espeholt et al. (2018), arXiv:1802.01561",
  summary:
    "Actors with old parameters and a learner that corrects for it by V-trace, at the same time on several threads.",
  config: impalaConfig,
  backends: ["wasm", "onnx"],
  mixed: true,
  metrics: {
    "losses/policy": "mean of −A ln π(a|o) over the rollouts since the last report",
    "losses/value": "mean of the critic's ½ squared distance to V-trace's target, in units of (scaled) reward",
    "losses/entropy": "mean entropy in nats, summed over dimensions; over boxes, in units of half the box",
    "losses/approxKl": "mean of (r − 1) − ln r, r = π/μ, which estimates KL(μ, π): what the lag amounts to",
    "losses/rho": "mean of min(ρ̄, π/μ): 1 on-policy, the less the more of what was done is disregarded",
    "losses/explainedVariance": "1 − Var(target − value)/Var(target), mean over rollouts: 1 if all was foreseen",
    "charts/lag": "updates between the parameters that acted and those that learned from it, mean over rollouts",
    "charts/episodicReturn": "an agent's sum of rewards, mean over episodes finished since the last report, unscaled",
    "charts/learningRate": "Adam's step size",
  },
  train(context) {
    const { env, config } = context;
    const learners = Object.entries(env.spec).map(([population, spec]) =>
      createLearner(contextOf(context, population), population, spec),
    );
    return trainingLoop(context, learners, config.updates, (progress) => {
      for (const learner of learners) learner.act(progress);
      env.step();
      for (const learner of learners) learner.collect();
    });
  },
  policy: (population, spec, c) => actorPolicy(population, spec, c, layoutOf(objective(spec, c, 1))),
});

/** What is minimised, of some rows. Weights average to 1 over the rollout; they are 0 where a row only fills up. */
export function objective(spec: PopulationSpec, c: ImpalaConfig, rows: number) {
  const inputs = {
    obs: matrix(rows, spec.features.length),
    mask: maskInput(spec, rows), // what could be chosen
    actions: actionsInput(spec, rows),
    logProb: matrix(rows), // of the actions, by the policy that took them
    advantage: matrix(rows), // ρ (r + γ v′ − V), by V-trace
    target: matrix(rows), // v
    weight: matrix(rows),
    noise: matrix(rows, spec.actions.length),
  };
  return trace(inputs, (x, par) => {
    const average = (column: Tensor<"f32">) => mean(mul(column, x.weight));

    // −A ln π(a|o);   ½ (V − v)²;   H
    const { logProb, entropy } = actor(par, x.obs, spec, c, x.mask);
    const now = logProb(x.actions);
    const policy = neg(average(mul(x.advantage, now)));
    const value = mul(average(square(sub(critic(par, x.obs, c), x.target))), 0.5);
    const bonus = average(entropy(x.noise));

    const logRatio = clip(sub(now, x.logProb), -20, 20);
    const approxKl = average(sub(sub(exp(logRatio), 1), logRatio));
    return {
      loss: add(sub(policy, mul(bonus, c.entCoef)), mul(value, c.vfCoef)),
      outputs: { policy, value, entropy: bonus, approxKl },
    };
  });
}
const LOSSES = ["policy", "value", "entropy", "approxKl"] as const;
const MEANS = [
  ...LOSSES.map((name) => `losses/${name}` as const),
  ...(["losses/rho", "losses/explainedVariance", "charts/lag"] as const),
];

/** What V-trace asks of the learner's networks: V(o), and ln π(a|o) of what was done. */
const judgement = (spec: PopulationSpec, c: ImpalaConfig, rows: number) =>
  trace(
    { obs: matrix(rows, spec.features.length), mask: maskInput(spec, rows), actions: actionsInput(spec, rows) },
    ({ obs, mask, actions }, par) => ({
      outputs: { logProb: actor(par, obs, spec, c, mask).logProb(actions), value: critic(par, obs, c) },
    }),
  );

/** A rollout is cut into at most MOST_SHARDS, of at least SHARD_ROWS, whatever the number of threads. */
const MOST_SHARDS = 8;
const SHARD_ROWS = 64;

function createLearner(context: TrainContext<ImpalaConfig>, population: string, spec: PopulationSpec): RolloutLearner {
  const { env, config: c, arena, team, backend } = context;
  const { size: N } = spec;
  const E = env.numEnvs;
  const F = spec.features.length;
  const D = spec.actions.length;
  const K = choicesOf(spec);
  const T = c.numSteps;
  const groupSize = c.independent ? 1 : N;
  const G = N / groupSize;
  if (F === 0) throw new Error(`impala: ${population} observes nothing; declare observe.${population}.`);
  const trajectories = E * groupSize;
  const shards = Math.max(1, Math.min(MOST_SHARDS, trajectories, Math.floor((trajectories * T) / SHARD_ROWS)));
  const J = Math.ceil(trajectories / shards);
  const B = J * T;

  const rollout = createRollout(context, population, spec, c);
  const { S, cohorts } = rollout;
  const { count: C, members } = cohorts;
  const sharing = cohorts.sharing(groupSize);
  const layout = layoutOf(objective(spec, c, B));
  const P = layout.size;
  const networks = createNetworks(arena, {
    groups: G,
    shards,
    layout,
    maxGradNorm: c.maxGradNorm,
    shard({ theta: params, grads }) {
      const loss = backend.compile(objective(spec, c, B), { arena, params, grads, layout });
      const { obs, mask, actions } = loss.inputs;
      const judged = compile(judgement(spec, c, B), { arena, params, layout, bind: { obs, mask, actions } });
      return { loss, judged, beyond: compile(valueGraph(spec, c, J), { arena, params, layout }) };
    },
  });
  const jobs = createJobs(arena, team);
  // Parameters of the last updates, θ_u in place u mod L; actors have a copy of the one that is their turn.
  const L = Math.max(1, c.lag);
  const history = networks.map(() => arena.f32(L * P));
  const acting = networks.map(() => arena.f32(P));
  const act = createActing(context, population, spec, c, { rollout, thetas: acting, layout });

  /** The rollout that is learned from, while `rollout` is filled with the next. */
  const kept = {
    obs: arena.f32(rollout.obs.length),
    actions: spec.continuous ? arena.f32(rollout.actions.length) : arena.i32(rollout.actions.length),
    logProb: arena.f32(rollout.logProb.length),
    rewards: arena.f32(rollout.rewards.length),
    next: arena.i32(rollout.next.length),
    completed: arena.i32(C),
    end: arena.i32(C), // the slot behind the last final observation
  };
  const fit = createExplainedVariance(arena, G * shards);
  const ratios = arena.f64(G * shards); // each shard's part of the mean of min(ρ̄, π/μ)
  const sums = arena.f64(MEANS.length + 1);
  const tally = createTally(sums, MEANS); // over rollouts learned from
  const state: Record<string, ArrayBufferView> = { ...rollout.state, [`${population}/sums`]: sums };
  const keptMask = rollout.mask ? arena.u8(rollout.mask.length) : null;
  if (keptMask) state[`${population}/kept/mask`] = keptMask;
  for (const [name, array] of Object.entries(kept)) state[`${population}/kept/${name}`] = array;
  networks.forEach(({ theta, adam: { m, v } }, g) => {
    const name = thetaName(population, c, g);
    const arrays = { "": theta, "/adam/m": m, "/adam/v": v, "/history": history[g], "/acting": acting[g] };
    for (const [suffix, array] of Object.entries(arrays)) state[name + suffix] = array;
  });

  let turns = 0;
  let rollouts = 0; // complete ones
  let learned = 0; // updates
  let progress = 0; // of training, when the rollout began
  let version = 0; // update that made the actors' parameters
  let [keptProgress, keptVersion] = [0, 0];
  let rate = c.learningRate;
  let streams: { readonly act: Stream; readonly entropy: Stream };
  // Of one shard: V-trace's view of each of its trajectories, and the rows that are known.
  const values = new Float32Array(J * S);
  const [rewards, next, logRatio] = [new Float32Array(T), new Int32Array(T), new Float32Array(T)];
  const [targets, advantages] = [new Float32Array(T), new Float32Array(T)];
  const [expected, errors] = [new Float32Array(B), new Float32Array(B)];
  const noise = new Float64Array(B * D);

  return {
    state,
    begin(rng) {
      const s = rng.fork(`${population}/initialise`);
      for (const [g, { theta }] of networks.entries()) {
        initialise(theta, layout, s.fork(`network/${g}`));
        history[g].set(theta);
        acting[g].set(theta);
      }
      rollout.begin();
    },
    seed(rng) {
      const s = rng.fork(population);
      streams = { act: s.fork("act"), entropy: s.fork("entropy") };
    },
    meta: () =>
      under(population, {
        ...{ turns, rollouts, learned, progress, version, keptProgress, keptVersion, rate },
        inRollout: rollout.turns,
      }),
    resume(meta) {
      const saved = (name: string): number => meta[`${population}/${name}`];
      [turns, rollouts, learned] = ["turns", "rollouts", "learned"].map(saved);
      [progress, version, rate] = ["progress", "version", "rate"].map(saved);
      [keptProgress, keptVersion] = ["keptProgress", "keptVersion"].map(saved);
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
      if (rollout.turns === T) turnOver();
    },

    report(several) {
      const metrics = {
        ...tally.means(),
        "charts/episodicReturn": rollout.episodicReturn(),
        "charts/learningRate": rate,
      };
      team.barrier();
      if (team.rank === 0) {
        tally.clear();
        rollout.forgetEpisodes();
      }
      return several ? under(population, metrics) : metrics;
    },
  };

  /** This rank's worlds have played their rollout: help to learn from the one before, then put this one in its place. */
  function turnOver(): void {
    const overlapping = c.lag > 0 && rollouts > 0;
    if (overlapping) jobs.take(G * shards, computeShard); // others may still be acting
    rollout.close(); // now nobody is, and all shards are done
    if (overlapping) learn();
    for (const cohort of cohorts.local) keep(cohort);
    [keptProgress, keptVersion] = [progress, version];
    rollout.clear();
    rollouts++;
    team.barrier();
    if (c.lag === 0) {
      jobs.take(G * shards, computeShard);
      team.barrier();
      learn();
    }
    // θ_{k−lag} for rollout k, counted from 0; it is among the last L because all but `lag` rollouts have been learned from
    version = Math.max(0, rollouts - c.lag);
    jobs.share(G, (g) => {
      const at = version % L;
      acting[g].set(history[g].subarray(at * P, (at + 1) * P));
    });
    team.barrier();
  }

  function keep(cohort: number): void {
    const copy = (name: "obs" | "actions" | "logProb" | "rewards" | "next"): void => {
      const size = kept[name].length / C;
      kept[name].set(rollout[name].subarray(cohort * size, (cohort + 1) * size), cohort * size);
    };
    for (const name of ["obs", "actions", "logProb", "rewards", "next"] as const) copy(name);
    const masks = T * members * K;
    keptMask?.set(rollout.mask!.subarray(cohort * masks, (cohort + 1) * masks), cohort * masks);
    kept.completed[cohort] = rollout.completed[cohort];
    kept.end[cohort] = rollout.slots(cohort)[1][1];
  }

  /** The k-th trajectory of group g: its cohort, and its member. */
  function whose(g: number, k: number): readonly [cohort: number, i: number] {
    const first = members < N ? 0 : g * groupSize;
    return [cohorts.inGroup(g, groupSize, Math.floor(k / sharing)), first + (k % sharing)];
  }

  /** Rows of the group's rollout. */
  function knownRows(g: number): number {
    let rows = 0;
    for (let k = 0; k < trajectories; k += sharing) rows += kept.completed[whose(g, k)[0]];
    return rows * sharing;
  }

  /** Targets, loss and gradient of one shard, all by the learner's present parameters. */
  function computeShard(job: number): void {
    const [g, s] = [Math.floor(job / shards), job % shards];
    const { loss, judged, beyond } = networks[g].shards[s];
    const { inputs } = loss;
    const [first, last] = [Math.min(trajectories, s * J), Math.min(trajectories, (s + 1) * J)];
    const known = Math.max(1, knownRows(g));
    const weight = (B * shards) / known;
    inputs.weight.fill(0);
    if (keptMask) inputs.mask.fill(1); // a row that only fills up must have something to choose
    for (let k = first, b = 0; k < last; k++) {
      const [cohort, i] = whose(g, k);
      for (let t = 0; t < kept.completed[cohort]; t++, b++) {
        const slot = (cohort * S + t) * members + i;
        const row = (cohort * T + t) * members + i;
        for (let f = 0; f < F; f++) inputs.obs[b * F + f] = kept.obs[slot * F + f];
        for (let d = 0; d < D; d++) inputs.actions[b * D + d] = kept.actions[row * D + d];
        if (keptMask) for (let m = 0; m < K; m++) inputs.mask[b * K + m] = keptMask[row * K + m];
        inputs.logProb[b] = kept.logProb[row];
        inputs.weight[b] = weight;
      }
    }
    judged.run();
    appraiseEnds(beyond, g, first, last);

    let b = 0;
    let ρ = 0;
    for (let k = first; k < last; k++) {
      const [cohort, i] = whose(g, k);
      const steps = kept.completed[cohort];
      const V = values.subarray((k - first) * S, (k - first + 1) * S);
      for (let t = 0; t < steps; t++) {
        V[t] = judged.outputs.value[b + t];
        rewards[t] = kept.rewards[(cohort * T + t) * members + i];
        next[t] = kept.next[cohort * T + t];
        logRatio[t] = judged.outputs.logProb[b + t] - inputs.logProb[b + t];
      }
      ρ += vtrace({ targets, advantages }, { rewards, values: V, next, logRatio }, { ...c, steps, agents: 1 });
      for (let t = 0; t < steps; t++, b++) {
        inputs.target[b] = targets[t];
        inputs.advantage[b] = advantages[t];
        expected[b] = V[t];
        errors[b] = targets[t] - V[t];
      }
    }
    ratios[job] = ρ / known;
    fit.add(job, expected, errors.subarray(0, b));
    if (spec.continuous && c.squash) {
      streams.entropy.normal(noise, { lane: g, period: learned, from: s * B * D });
      inputs.noise.set(noise);
    }
    loss.run();
    loss.backward();
  }

  /** Values of what came last in trajectories `first` … `last` − 1, and of where episodes among them were truncated. */
  function appraiseEnds({ inputs, outputs, run }: Executable, g: number, first: number, last: number): void {
    // The q-th time around: slot `completed`, then final observations T + 1, T + 2, … as far as a cohort has them.
    const slotOf = (cohort: number, q: number): number => (q === 0 ? kept.completed[cohort] : T + q);
    const has = (cohort: number, q: number): boolean => q === 0 || T + q < kept.end[cohort];
    for (let q = 0, some = true; some; q++) {
      some = false;
      for (let k = first; k < last; k++) {
        const [cohort, i] = whose(g, k);
        if (!has(cohort, q)) continue;
        some = true;
        const slot = (cohort * S + slotOf(cohort, q)) * members + i;
        for (let f = 0; f < F; f++) inputs.obs[(k - first) * F + f] = kept.obs[slot * F + f];
      }
      if (!some) return;
      run();
      for (let k = first; k < last; k++) {
        const [cohort] = whose(g, k);
        if (has(cohort, q)) values[(k - first) * S + slotOf(cohort, q)] = outputs.value[k - first];
      }
    }
  }

  /** θ_u → θ_{u+1} by the shards' gradients, and what there is to report of them. Other ranks may already be replacing `kept`. */
  function learn(): void {
    rate = c.annealLr ? linear(c.learningRate, 0, keptProgress) : c.learningRate;
    const place = ((learned + 1) % L) * P;
    jobs.share(G, (g) => {
      networks[g].step(rate, learned);
      history[g].set(networks[g].theta, place);
    });
    if (team.rank === 0) {
      for (const { shards: parts } of networks)
        for (const { loss } of parts)
          for (const name of LOSSES) tally.add(`losses/${name}`, loss.outputs[name][0] / shards / G);
      tally.add("losses/rho", ratios.reduce((a, b) => a + b) / G);
      tally.add("losses/explainedVariance", fit.explained());
      tally.add("charts/lag", learned - keptVersion);
      tally.count();
      jobs.reset();
    }
    learned++;
  }
}
