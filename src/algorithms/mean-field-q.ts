// Mean-field Q-learning: among very many agents, each learns values of its own action given the mean action of its neighbours, Q(s, a, ā), and chooses by Boltzmann's rule.
// Yang, Luo, Li, Zhou, Zhang & Wang 2018, "Mean field multi-agent reinforcement learning", ICML, https://arxiv.org/abs/1802.05438, eqs. 7–12.
//
//   π(a | s, ā) ∝ exp(Q(s, a, ā)/τ)      v(s, ā) = Σ_a π(a | s, ā) Q(s, a, ā)      Q ← Q + α [r + γ v(s′, ā′) − Q]
//
// ā is what the economy shows of it: an observed feature that `mean` names, such as the mean of the neighbours' last choices. All other features are s, discretised as in q-learning.ts.
// Agents of a population share one table, linear in ā between `meanBins` points. Where choices are an ordered grid or two, a mean is one number; for more, name the feature that matters.
// Not here: networks in place of tables, a mean of several choices as a vector, the actor–critic form (PPO on the same observations is one).
//
// E worlds, N agents, F features; S states, K points of ā, A choices; the table is [S, K, A]
// C cohorts of M agents who decide together (parts/cohorts.ts)
//
// Targets of one decision of all worlds are computed from the table as it stood before; then one rank makes the updates, by world and then by agent.
import { flag, type ParamValues, param, text } from "../core/params.ts";
import type { PopulationSpec } from "../env/vector-env.ts";
import { exp, log } from "../math/index.ts";
import { contextOf, type Policy, type TrainContext, type Update } from "./algorithm.ts";
import { cohortsOf } from "./parts/cohorts.ts";
import { prefixed } from "./parts/prefixed.ts";
import { restore } from "./parts/restore.ts";
import { createState } from "./parts/state.ts";
import { trainingLoop } from "./parts/training-loop.ts";
import { decisionOnTurn } from "./parts/turn.ts";
import { defineSampledAlgorithm, samplingConfig } from "./sampling.ts";
import { type Bins, binOf, countStates } from "./tabular/discretise.ts";

export const meanFieldQConfig = {
  gamma: param(0.95, {
    symbol: "γ",
    min: 0,
    max: 1,
    doc: "discount per decision; by default the discount factor that the economy declares for the population, if it does",
  }),
  mean: text("", "feature that is the mean action of an agent's neighbours, ā; empty: none, and values are Q(s, a)"),
  meanBins: param(11, { symbol: "K", min: 2, max: 1e4, integer: true, doc: "points of ā, between which Q is linear" }),
  meanLow: param(-1, { doc: "the first of them, in the units in which ā is observed" }),
  meanHigh: param(1, { doc: "the last of them; an ā beyond counts as the end" }),
  bins: param(11, {
    min: 1,
    max: 1e6,
    integer: true,
    doc: "per other feature: equally spaced centres, the nearest counts",
  }),
  low: param(-1, { doc: "first centre, in the units in which features are observed" }),
  high: param(1, { doc: "last centre; what lies outside belongs to the ends" }),
  temperature: param(1, { symbol: "τ", min: 0, exclusive: true, doc: "of Boltzmann choices, in units of value" }),
  initialValue: param(0, { doc: "Q at the start" }),
  learningRate: param(0.1, { symbol: "α", min: 0, max: 1, doc: "Q ← Q + α (target − Q)" }),
  annealLr: flag(false, "the learning rate falls linearly to 0"),
  ...samplingConfig,
  updates: param(40, { min: 1, max: 1e6, integer: true, doc: "reports over the whole of training" }),
} as const;
export type MeanFieldQConfig = ParamValues<typeof meanFieldQConfig>;

export const meanFieldQ = defineSampledAlgorithm({
  name: "mean-field-q",
  source: "Yang et al. (2018), ICML, arXiv:1802.05438",
  summary:
    "Mean-field Q-learning: a table of values of choices given the neighbours' mean action, and Boltzmann choices.",
  config: meanFieldQConfig,
  mixed: true,
  metrics: {
    "losses/td": "mean absolute TD error since the last report, in units of reward",
    "losses/entropy": "mean entropy of choices in nats since the last report",
    "charts/reward": "mean reward per agent and decision since the last report",
    "charts/meanAction": "mean of ā over agents and decisions since the last report, as observed",
    "charts/learningRate": "step size",
  },
  train(context): Generator<Update, void, void> {
    const { env, config } = context;
    const learners = Object.entries(env.spec).map(([population, spec]) =>
      createLearner(contextOf(context, population), population, spec),
    );
    return trainingLoop(context, learners, config.updates, (progress) => {
      for (const learner of learners) learner.act();
      env.step();
      for (const learner of learners) learner.learn(progress);
    });
  },
  policy: createPolicy,
});

/** Where values lie, and choices by Boltzmann's rule. */
function tableOf(population: string, spec: PopulationSpec, c: MeanFieldQConfig) {
  const { features, actions, continuous } = spec;
  const fail = (what: string): never => {
    throw new Error(`mean-field-q: ${what}`);
  };
  if (continuous) fail(`${population} has continuous actions; declare a grid, or use PPO on the same observations.`);
  if (actions.length > 1)
    fail(`${population} has ${actions.length} action dimensions, expected one, of which there is a mean.`);
  const place = features.indexOf(c.mean);
  if (place < 0 && c.mean !== "")
    fail(
      `mean is "${c.mean}", expected the feature of ${population} that is the mean action of an agent's neighbours: ${features.join(", ")}.`,
    );
  if (!(c.meanLow < c.meanHigh)) fail(`meanLow is ${c.meanLow} and meanHigh is ${c.meanHigh}, expected less.`);
  if (!(c.low < c.high)) fail(`low is ${c.low} and high is ${c.high}, expected low < high.`);
  const F = features.length;
  const A = actions[0].space.count;
  const K = c.meanBins;
  const bins: Bins = { count: c.bins, low: c.low, high: c.high };
  const cells = countStates(place < 0 ? F : F - 1, bins) * K * A;
  const probabilities = new Float64Array(A);
  return {
    A,
    cells,
    place,
    probabilities,
    /** First cell of the state of agent `row`, at the point of ā below what it sees. */
    cellOf(obs: Float32Array, row: number): number {
      let state = 0;
      for (let f = 0; f < F; f++) if (f !== place) state = state * bins.count + binOf(obs[row * F + f], bins);
      return (state * K + Math.min(K - 2, Math.floor(pointOf(obs[row * F + place])))) * A;
    },
    /** How far ā is from that point to the next one. */
    shareOf(obs: Float32Array, row: number): number {
      const x = pointOf(obs[row * F + place]);
      return x - Math.min(K - 2, Math.floor(x));
    },
    /** Writes π(· | s, ā) among choices that make sense; returns v(s, ā). */
    choose(table: Float64Array, cell: number, share: number, mask: Uint8Array | null, row: number): number {
      let most = Number.NEGATIVE_INFINITY;
      const q = (a: number): number => table[cell + a] + share * (table[cell + A + a] - table[cell + a]);
      const allowed = (a: number): boolean => mask === null || mask[row * A + a] === 1;
      for (let a = 0; a < A; a++) if (allowed(a)) most = Math.max(most, q(a));
      let sum = 0;
      for (let a = 0; a < A; a++) {
        probabilities[a] = allowed(a) ? exp((q(a) - most) / c.temperature) : 0;
        sum += probabilities[a];
      }
      let value = 0;
      for (let a = 0; a < A; a++) {
        probabilities[a] /= sum;
        if (probabilities[a] > 0) value += probabilities[a] * q(a);
      }
      return value;
    },
    /** The choice that a number in [0, 1) falls on, by the probabilities that were written last. */
    pick(uniform: number): number {
      let [left, last] = [uniform, 0];
      for (let a = 0; a < A; a++) {
        if (probabilities[a] === 0) continue;
        last = a;
        left -= probabilities[a];
        if (left < 0) break;
      }
      return last;
    },
  };
  /** Where ā lies among its points, 0 to K − 1. */
  function pointOf(mean: number): number {
    if (place < 0) return 0;
    const x = ((mean - c.meanLow) / (c.meanHigh - c.meanLow)) * (K - 1);
    return x > 0 ? Math.min(x, K - 1) : 0;
  }
}

function createLearner(context: TrainContext<MeanFieldQConfig>, population: string, spec: PopulationSpec) {
  const { env, config: c, arena, team } = context;
  const { numEnvs: E } = env;
  const { size: N } = spec;
  const F = spec.features.length;
  const { A, cells, place, probabilities, cellOf, shareOf, choose, pick } = tableOf(population, spec, c);
  const needed = 8 * cells;
  if (needed > arena.capacity - arena.used)
    throw new Error(
      `mean-field-q: the table of ${population} has ${cells} values and does not fit. Lower config.bins (${c.bins}, to the power of ${F - 1} features) or meanBins.`,
    );
  const batch = env.batch[population];
  const cohorts = cohortsOf(env, spec);
  const { count: C, members: M } = cohorts;
  const { state, named } = createState(population);
  const table = named("q", arena.f64(cells)); // [S, K, A]
  // Decisions that await their consequences.
  const pending = named("pending", arena.u8(C));
  const taken = named("taken", arena.i32(E * N)); // first cell
  const shares = named("shares", arena.f64(E * N));
  const chosen = named("chosen", arena.i32(E * N));
  const targets = arena.f64(E * N);
  const ready = arena.u8(C);
  const sums = {
    acts: arena.f64(E),
    entropy: arena.f64(E),
    mean: arena.f64(E),
    outcomes: arena.f64(E),
    reward: arena.f64(E),
  };
  const errors = arena.f64(1);
  const uniforms = new Float64Array(N);
  let draws: TrainContext<unknown>["rng"];
  let decisions = 0;
  let rate = c.learningRate;
  const onTurn = (): boolean => decisionOnTurn(env) === population;

  return {
    state,
    begin: () => void table.fill(c.initialValue),
    seed(rng: TrainContext<unknown>["rng"]) {
      draws = rng.fork(population).fork("choice");
    },
    meta: () => ({ [`${population}/decisions`]: decisions }),
    resume(meta: Readonly<Record<string, number>>) {
      decisions = meta[`${population}/decisions`];
    },

    /** Draws by π(· | s, ā), for this rank's worlds. */
    act() {
      if (!onTurn()) return;
      for (const e of env.localWorlds) {
        draws.uniform(uniforms, { lane: e, period: decisions, from: 0 });
        for (let i = 0, at = e * N; i < N; i++, at++) {
          if (!batch.acting[at]) continue;
          taken[at] = cellOf(batch.obs, at);
          shares[at] = shareOf(batch.obs, at);
          choose(table, taken[at], shares[at], batch.actionMask, at);
          batch.actions[at] = chosen[at] = pick(uniforms[i]);
          for (const p of probabilities) if (p > 0) sums.entropy[e] -= p * log(p);
          if (place >= 0) sums.mean[e] += batch.obs[at * F + place];
          sums.acts[e]++;
        }
      }
      for (const cohort of cohorts.local) if (batch.acting[cohort * M]) pending[cohort] = 1;
      decisions++;
    },

    /** What a decision led to is known when its cohort is to decide again, or when its episode or life has ended. */
    learn(progress: number) {
      if (!onTurn()) return;
      rate = c.annealLr ? c.learningRate * (1 - progress) : c.learningRate;
      for (const cohort of cohorts.local) {
        const at = cohort * M;
        ready[cohort] = pending[cohort] & (batch.acting[at] | batch.terminated[at] | batch.truncated[at]);
        if (!ready[cohort]) continue;
        computeTargets(cohort);
        pending[cohort] = batch.acting[at];
      }
      team.barrier();
      if (team.rank === 0) for (let cohort = 0; cohort < C; cohort++) if (ready[cohort]) applyUpdates(cohort);
      team.barrier();
    },

    report(several: boolean): Record<string, number> {
      const total = (name: keyof typeof sums): number => sums[name].reduce((a, b) => a + b);
      const metrics = {
        "losses/td": errors[0] / total("outcomes"),
        "losses/entropy": total("entropy") / total("acts"),
        "charts/reward": total("reward") / total("outcomes"),
        "charts/meanAction": total("mean") / total("acts"),
        "charts/learningRate": rate,
      };
      team.barrier();
      if (team.rank === 0) for (const sum of [...Object.values(sums), errors]) sum.fill(0);
      return several ? prefixed(population, metrics) : metrics;
    },
  };

  /** target = r + γ v(s′, ā′), from finalObs at a truncation; r alone at a termination. */
  function computeTargets(cohort: number): void {
    const e = cohorts.worldOf(cohort);
    const [next, mask] = batch.truncated[cohort * M]
      ? [batch.finalObs, batch.finalActionMask]
      : [batch.obs, batch.actionMask];
    for (let at = cohort * M; at < (cohort + 1) * M; at++) {
      const r = batch.rewards[at];
      const worth =
        batch.terminated[at] || c.gamma === 0 ? 0 : choose(table, cellOf(next, at), shareOf(next, at), mask, at);
      targets[at] = r + c.gamma * worth;
      sums.reward[e] += r;
    }
    sums.outcomes[e] += M;
  }

  /** Both points beside ā move in proportion to their nearness. */
  function applyUpdates(cohort: number): void {
    for (let at = cohort * M; at < (cohort + 1) * M; at++) {
      const [low, high] = [taken[at] + chosen[at], taken[at] + A + chosen[at]];
      const share = shares[at];
      const error = targets[at] - (table[low] + share * (table[high] - table[low]));
      table[low] += rate * (1 - share) * error;
      table[high] += rate * share * error;
      errors[0] += Math.abs(error);
    }
  }
}

/** The most valuable choice, or one by Boltzmann's rule. */
function createPolicy(population: string, spec: PopulationSpec, c: MeanFieldQConfig): Policy {
  const { cells, probabilities, cellOf, shareOf, choose, pick } = tableOf(population, spec, c);
  const table = new Float64Array(cells);
  const uniforms = new Float64Array(spec.size);
  const checked = (rows: number): number => {
    if (rows > spec.size) throw new Error(`mean-field-q policy: got ${rows} rows, expected at most ${spec.size}.`);
    return rows;
  };
  return {
    load(arrays) {
      restore({ [`${population}/q`]: table }, arrays);
    },
    act(actions, obs, rows, mask = null) {
      for (let i = 0; i < checked(rows); i++) {
        choose(table, cellOf(obs, i), shareOf(obs, i), mask, i);
        actions[i] = probabilities.indexOf(Math.max(...probabilities));
      }
    },
    sample(actions, obs, rows, stream, at, mask = null) {
      const drawn = uniforms.subarray(0, checked(rows));
      stream.uniform(drawn, { ...at, from: 0 });
      for (let i = 0; i < rows; i++) {
        choose(table, cellOf(obs, i), shareOf(obs, i), mask, i);
        actions[i] = pick(drawn[i]);
      }
    },
  };
}
