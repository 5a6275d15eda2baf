// IMPALA: actors play with parameters that are some updates old while the learner learns from what they did before, and V-trace corrects
// for the difference. Espeholt et al. 2018, https://arxiv.org/abs/1802.01561: targets and advantages by V-trace (eq. 1), the gradient of §4.2.
// The lag is exactly the declared one for every actor, so a run is reproducible: actors' parameters are a function of which update it is, not
// of who was faster. Populations learn independently, as in ppo.ts; agents of a population share one actor and one critic unless `independent`.
// With memory, a trajectory is unrolled from the state in which it began, as in the paper.
// Not here: actors that run free and lag as it happens, replay, the price of information, several learners.
//
// G groups of agents that share networks, T decisions of a rollout, S slots of its observations (on-policy/rollout.ts), H units of memory;
// a trajectory is what one agent did in one rollout, J of them a shard of B = J T rows
//
//   rollout      k              k + 1            k + 2            acted with θ_{k−lag}, θ_{k+1−lag}, …
//   learning     from k − 1     from k           from k + 1       θ_{k−1} → θ_k, θ_k → θ_{k+1}, …
//
// A rank whose worlds have played their rollout takes shards of the previous one while other ranks still act; with lag 0 all wait for each
// other before learning from what was just done. Shards are fixed in number and summed in order: the number of threads changes nothing.
import { flag, type ParamValues, param } from "../core/params.ts";
import type { PopulationSpec } from "../env/vector-env.ts";
import {
  add,
  clip,
  compile,
  type Executable,
  exp,
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
import type { TrainContext } from "./algorithm.ts";
import { actorPolicy } from "./on-policy/acting.ts";
import { actor } from "./on-policy/actor.ts";
import { critic, valueGraph } from "./on-policy/critic.ts";
import { cutIntoShards } from "./on-policy/descent.ts";
import { createExplainedVariance } from "./on-policy/explained-variance.ts";
import { createFrame, discountConfig, networkConfig, type OnPolicyLearner, trainOnPolicy } from "./on-policy/frame.ts";
import { recall, rolloutLengthOf, widthOf } from "./on-policy/recurrence.ts";
import { createSequences, decisionInputs } from "./on-policy/sequences.ts";
import { vtrace } from "./on-policy/vtrace.ts";
import { prefixed } from "./parts/prefixed.ts";
import { defineSampledAlgorithm } from "./sampling.ts";

const { sequenceLength: _, ...shared } = networkConfig; // gradients go back through the whole rollout

export const impalaConfig = {
  ...discountConfig,
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
  traceLambda: param(1, { symbol: "λ", min: 0, max: 1, doc: "1: n-step returns; 0: one-step TD" }),
  learningRate: param(1e-3, { min: 0, exclusive: true }),
  annealLr: flag(true, "the learning rate falls linearly to 0"),
  entCoef: param(0.01, { min: 0, doc: "bonus on entropy; 0 is usual for boxes" }),
  ...shared,
} as const;
export type ImpalaConfig = ParamValues<typeof impalaConfig>;

export const impala = defineSampledAlgorithm({
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
  train: (context) => trainOnPolicy(context, createLearner),
  policy: (population, spec, c) => actorPolicy(population, spec, c, layoutOf(objective(spec, c, rolloutLengthOf(c)))),
});

/** The loss of some rows. */
export function objective(spec: PopulationSpec, c: ImpalaConfig, rows: number) {
  const inputs = {
    ...decisionInputs(spec, c, rows, rolloutLengthOf(c)),
    logProb: matrix(rows), // of the actions, by the policy that took them
    advantage: matrix(rows), // ρ (r + γ v′ − V), by V-trace
    target: matrix(rows), // v
  };
  return trace(inputs, (x, par) => {
    const average = (column: Tensor<"f32">) => mean(mul(column, x.weight));

    const seen = recall(par, x.obs, x.memory, x.keep, c);

    // −A ln π(a|o);   ½ (V − v)²;   H
    const { logProb, entropy } = actor(par, seen, spec, c, x.mask);
    const now = logProb(x.actions);
    const policy = neg(average(mul(x.advantage, now)));
    const value = mul(average(square(sub(critic(par, seen, c), x.target))), 0.5);
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

const SHARD_ROWS = 64; // at least

/** What V-trace asks of the learner's networks: V(o), and ln π(a|o) of what was done; `seen`: what is remembered after o. */
function judgement(spec: PopulationSpec, c: ImpalaConfig, rows: number) {
  const { obs, mask, memory, keep, actions } = decisionInputs(spec, c, rows, rolloutLengthOf(c));
  return trace({ obs, mask, memory, keep, actions }, (x, par) => {
    const seen = recall(par, x.obs, x.memory, x.keep, c);
    const logProb = actor(par, seen, spec, c, x.mask).logProb(x.actions);
    return { outputs: { logProb, value: critic(par, seen, c), seen } };
  });
}

function createLearner(context: TrainContext<ImpalaConfig>, population: string, spec: PopulationSpec): OnPolicyLearner {
  const { env, config: c, arena, team, backend } = context;
  const frame = createFrame(context, population, spec, {
    name: "impala",
    means: [MEANS], // over rollouts learned from
    draws: [],
  });
  const { rollout, groups: G, groupSize, jobs } = frame;
  const [tally] = frame.tallies;
  const { S, cohorts } = rollout;
  const { count: C, members } = cohorts;
  const F = spec.features.length;
  const T = c.numSteps;
  const H = widthOf(c);
  const trajectories = env.numEnvs * groupSize;
  const { shards, rows: B } = cutIntoShards({ sequences: trajectories, length: T, minibatches: 1, least: SHARD_ROWS });
  const J = B / T;
  const loss = objective(spec, c, B);
  const layout = layoutOf(loss);
  const P = layout.size;
  const networks = frame.networks({
    shards,
    layout,
    shard({ theta: params, grads }) {
      const compiled = backend.compile(loss, { arena, params, grads, layout });
      const { obs, mask, memory, keep, actions } = compiled.inputs;
      const bind = { obs, mask, memory, keep, actions };
      const judged = compile(judgement(spec, c, B), { arena, params, layout, bind });
      return { loss: compiled, judged, beyond: compile(valueGraph(spec, c, J), { arena, params, layout }) };
    },
  });
  // Parameters of the last updates, θ_u in place u mod U; actors have a copy of the one that is their turn.
  const U = Math.max(1, c.lag);
  const history = networks.map(() => arena.f32(U * P));
  const acting = networks.map(() => arena.f32(P));

  /** The rollout that is learned from, while `rollout` is filled with the next. */
  const kept = {
    obs: arena.f32(rollout.obs.length),
    actions: spec.continuous ? arena.f32(rollout.actions.length) : arena.i32(rollout.actions.length),
    logProb: arena.f32(rollout.logProb.length),
    rewards: arena.f32(rollout.rewards.length),
    next: arena.i32(rollout.next.length),
    completed: arena.i32(C),
    ...(rollout.mask && { mask: arena.u8(rollout.mask.length) }),
    ...(rollout.memory && { memory: arena.f32(rollout.memory.length) }),
  };
  const ends = arena.i32(C); // of `kept`: the slot behind the last final observation
  const sequences = createSequences({ S, cohorts, mask: null, memory: null, ...kept }, spec, c, {
    length: T,
    groupSize,
  });
  const fit = createExplainedVariance(arena, G * shards);
  const ratios = arena.f64(G * shards); // each shard's part of the mean of min(ρ̄, π/μ)
  const state = prefixed("kept", { ...kept, end: ends });
  for (const [g, array] of acting.entries()) {
    const place = c.independent ? `theta/${g}` : "theta";
    Object.assign(state, { [`${place}/history`]: history[g], [`${place}/acting`]: array });
  }
  const counts = {
    rollouts: 0, // complete ones
    learned: 0, // updates
    version: 0, // update that made the actors' parameters
    keptProgress: 0,
    keptVersion: 0,
  };
  // Of one shard: V-trace's view of each of its trajectories, and the rows that are known.
  const begins = new Int32Array(J); // row of the first decision
  const values = new Float32Array(J * S);
  const [rewards, next, logRatio] = [new Float32Array(T), new Int32Array(T), new Float32Array(T)];
  const [targets, advantages] = [new Float32Array(T), new Float32Array(T)];
  const [expected, errors] = [new Float32Array(B), new Float32Array(B)];

  return frame.learner({
    networks,
    acting,
    state,
    counts,
    begin() {
      for (const [g, { theta }] of networks.entries()) {
        history[g].set(theta);
        acting[g].set(theta);
      }
    },

    /** This rank's worlds have played their rollout: help to learn from the one before, then put this one in its place. */
    learn(progress) {
      const overlapping = c.lag > 0 && counts.rollouts > 0;
      if (overlapping) jobs.take(G, shards, computeGradient); // others may still be acting
      rollout.close(); // now nobody is, and all shards are done
      if (overlapping) update();
      for (const cohort of cohorts.local) keep(cohort);
      [counts.keptProgress, counts.keptVersion] = [progress, counts.version];
      rollout.clear();
      counts.rollouts++;
      team.barrier();
      if (c.lag === 0) {
        jobs.take(G, shards, computeGradient);
        team.barrier();
        update();
      }
      // θ_{k−lag} for rollout k, counted from 0; it is among the last U because all but `lag` rollouts have been learned from
      counts.version = Math.max(0, counts.rollouts - c.lag);
      jobs.each(G, 1, (g) => {
        const at = counts.version % U;
        acting[g].set(history[g].subarray(at * P, (at + 1) * P));
      });
    },
  });

  function keep(cohort: number): void {
    for (const [name, array] of Object.entries(kept)) {
      const from = rollout[name as keyof typeof kept]!;
      const size = array.length / C;
      array.set(from.subarray(cohort * size, (cohort + 1) * size), cohort * size);
    }
    ends[cohort] = rollout.slots(cohort)[1][1];
  }

  /** Targets, loss and gradient of shard s of group g, all by the learner's present parameters. */
  function computeGradient(g: number, s: number): void {
    const { loss, judged, beyond } = networks[g].shards[s];
    const { inputs } = loss;
    const [first, last] = [Math.min(trajectories, s * J), Math.min(trajectories, (s + 1) * J)];
    const known = Math.max(1, sequences.known(g));
    sequences.clear(inputs);
    for (let k = first, b = 0; k < last; k++) {
      if (c.recurrent) b = (k - first) * T; // unrolled: one trajectory under the other, the shorter ones filled up
      begins[k - first] = b;
      for (let t = 0; t < kept.completed[sequences.cohortOf(g, k)]; t++, b++) {
        const row = sequences.rowOf(g, k, t);
        sequences.read(inputs, b, row);
        inputs.logProb[b] = kept.logProb[row];
        inputs.weight[b] = (B * shards) / known; // 1 on average
      }
    }
    judged.run();
    appraiseEnds(beyond, judged.outputs.seen, g, first, last);

    let n = 0; // rows that are known
    let ρ = 0;
    for (let k = first; k < last; k++) {
      const [cohort, i] = [sequences.cohortOf(g, k), sequences.memberOf(g, k)];
      const steps = kept.completed[cohort];
      const V = values.subarray((k - first) * S, (k - first + 1) * S);
      for (let t = 0, b = begins[k - first]; t < steps; t++, b++) {
        V[t] = judged.outputs.value[b];
        rewards[t] = kept.rewards[(cohort * T + t) * members + i];
        next[t] = kept.next[cohort * T + t];
        logRatio[t] = judged.outputs.logProb[b] - inputs.logProb[b];
      }
      ρ += vtrace({ targets, advantages }, { rewards, values: V, next, logRatio }, { ...c, steps, agents: 1 });
      for (let t = 0, b = begins[k - first]; t < steps; t++, b++, n++) {
        inputs.target[b] = targets[t];
        inputs.advantage[b] = advantages[t];
        expected[n] = V[t];
        errors[n] = targets[t] - V[t];
      }
    }
    ratios[g * shards + s] = ρ / known;
    fit.add(g * shards + s, expected, errors.subarray(0, n));
    frame.sampleEntropy(inputs.noise, { g, s, period: counts.learned });
    loss.run();
    loss.backward();
  }

  /** Values of what came last in trajectories `first` … `last` − 1, and of where episodes among them were truncated; `seen`: what is remembered after each decision. */
  function appraiseEnds(
    { inputs, outputs, run }: Executable,
    seen: Float32Array,
    g: number,
    first: number,
    last: number,
  ): void {
    // The q-th time around: slot `completed`, then final observations T + 1, T + 2, … as far as a cohort has them.
    const slotOf = (cohort: number, q: number): number => (q === 0 ? kept.completed[cohort] : T + q);
    const has = (cohort: number, q: number): boolean => q === 0 || T + q < ends[cohort];
    for (let q = 0, some = true; some; q++) {
      some = false;
      for (let k = first; k < last; k++) {
        const cohort = sequences.cohortOf(g, k);
        if (!has(cohort, q)) continue;
        some = true;
        const slot = slotOf(cohort, q);
        const from = ((cohort * S + slot) * members + sequences.memberOf(g, k)) * F;
        for (let f = 0; f < F; f++) inputs.obs[(k - first) * F + f] = kept.obs[from + f];
        const led = c.recurrent ? leadingTo(cohort, slot) : -1;
        for (let j = 0; j < H; j++)
          inputs.memory[(k - first) * H + j] = led < 0 ? 0 : seen[(begins[k - first] + led) * H + j];
      }
      if (!some) return;
      run();
      for (let k = first; k < last; k++) {
        const cohort = sequences.cohortOf(g, k);
        if (has(cohort, q)) values[(k - first) * S + slotOf(cohort, q)] = outputs.value[k - first];
      }
    }
  }

  /** The decision of a cohort that led to a slot, or −1. */
  function leadingTo(cohort: number, slot: number): number {
    return kept.next.subarray(cohort * T, cohort * T + kept.completed[cohort]).indexOf(slot);
  }

  /** θ_u → θ_{u+1} by the shards' gradients, and what there is to report of them. Other ranks may already be replacing `kept`. */
  function update(): void {
    const rate = frame.learningRate(counts.keptProgress);
    const place = ((counts.learned + 1) % U) * P;
    jobs.each(G, 1, (g) => {
      networks[g].step(rate, counts.learned);
      history[g].set(networks[g].theta, place);
    });
    if (team.rank === 0) {
      for (const { shards: parts } of networks)
        for (const { loss } of parts)
          for (const name of LOSSES) tally.add(`losses/${name}`, loss.outputs[name][0] / shards / G);
      tally.add("losses/rho", ratios.reduce((a, b) => a + b) / G);
      tally.add("losses/explainedVariance", fit.explained());
      tally.add("charts/lag", counts.learned - counts.keptVersion);
      tally.count();
      jobs.reset();
    }
    counts.learned++;
  }
}
