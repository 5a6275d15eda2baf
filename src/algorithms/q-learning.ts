// Tabular Q-learning: one value for every discretised observation and action.
// Watkins 1989, "Learning from delayed rewards"; Watkins & Dayan 1992, Machine Learning 8, 279. Several agents, each for itself or one table
// for all: Tan 1993; Calvano, Calzolari, Denicolò & Pastorello 2020, AER 110, 3267, is the case of two agents with a table each.
// Agents of a population share one table unless `independent` is set. Several action dimensions are one joint action, or, by option,
// branches that add up, Q(o, a) = Σ_d Q_d(o, a_d), as in dqn.ts.
// Not here: eligibility traces, double tables, replay, function approximation (dqn.ts), continuous actions.
//
// E worlds, N agents, F features, D action dimensions; S states, G tables, B branches, A = Σ choices over branches; tables are [G, S, A]
// C cohorts of M agents who decide together (parts/cohorts.ts): worlds of N agents, or E·N single ones where agents decide apart
//
// Order of updates: the targets of one decision of all worlds are computed from the table as it stood before; then each transition is one
// update, by world and then by agent. A rank applies the updates of its own states, so no cell ever depends on the number of threads.
import type { ParamValues } from "../core/params.ts";
import { choice, flag, param } from "../core/params.ts";
import { type PopulationSpec, someAct } from "../env/vector-env.ts";
import { exp, pow } from "../math/index.ts";
import { contextOf, defineAlgorithm, type Policy, type TrainContext, type Update } from "./algorithm.ts";
import { anyAllowed, branchesOf, choicesOf, startsOf } from "./parts/choices.ts";
import { cohortsOf } from "./parts/cohorts.ts";
import { prefixed } from "./parts/prefixed.ts";
import { restore } from "./parts/restore.ts";
import { createState } from "./parts/state.ts";
import { trainingLoop } from "./parts/training-loop.ts";
import { decisionOnTurn } from "./parts/turn.ts";
import { argmax } from "./tabular/argmax.ts";
import { type Bins, countStates, stateOf } from "./tabular/discretise.ts";

const MEBIBYTE = 1048576;
const SCHEDULES = ["constant", "exponential", "visits"] as const;

export const qLearningConfig = {
  gamma: param(0.95, {
    symbol: "γ",
    min: 0,
    max: 1,
    doc: "discount per decision; by default the discount factor that the economy declares for the population, if it does",
  }),
  bins: param(11, {
    symbol: "K",
    min: 1,
    max: 1e6,
    integer: true,
    doc: "per feature: equally spaced centres from low to high; the nearest counts",
  }),
  low: param(-1, { doc: "first centre, in the units in which features are observed" }),
  high: param(1, { doc: "last centre; what lies outside belongs to the ends" }),
  actions: choice("joint", ["joint", "branches"], {
    doc: "several action dimensions: a value for every combination, or a value for every choice of each, added up",
  }),
  initialValue: param(0, { doc: "Q at the start; above what can be earned, it makes agents try everything" }),
  learningRate: param(0.1, { symbol: "α", min: 0, max: 1, doc: "Q ← Q + α (target − Q)" }),
  learningRateSchedule: choice("constant", SCHEDULES, {
    doc: "α; α e^(−βt) after t decisions; α/n^ω at the n-th update of a cell",
  }),
  learningRateDecay: param(1e-5, { symbol: "β", unit: "1/decision", min: 0, doc: "of the exponential schedule" }),
  learningRatePower: param(0.7, {
    symbol: "ω",
    min: 0,
    doc: "of the schedule by visits; above ½ and up to 1 for convergence",
  }),
  epsilon: param(0.1, { symbol: "ε", min: 0, max: 1, doc: "share of uniformly random actions, per branch" }),
  epsilonSchedule: choice("constant", SCHEDULES, {
    doc: "ε; ε e^(−βt) after t decisions; ε/n^ω at the n-th visit of a state",
  }),
  epsilonDecay: param(1e-5, { symbol: "β", unit: "1/decision", min: 0, doc: "of the exponential schedule" }),
  epsilonPower: param(0.5, { symbol: "ω", min: 0, doc: "of the schedule by visits" }),
  epsilonEnd: param(0, { min: 0, max: 1, doc: "never less than this" }),
  independent: flag(false, "one table per agent instead of one for all"),
  updates: param(40, { min: 1, max: 1e6, integer: true, doc: "reports over the whole of training" }),
} as const;
export type QLearningConfig = ParamValues<typeof qLearningConfig>;

export const qLearning = defineAlgorithm({
  name: "q-learning",
  source: "Watkins (1989); Watkins & Dayan (1992), Machine Learning 8, 279",
  summary: "Tabular Q-learning on discretised observations, one table for all agents or one for each.",
  config: qLearningConfig,
  mixed: true,
  metrics: {
    "losses/td": "mean absolute TD error since the last report, in units of reward",
    "charts/epsilon": "mean share of uniformly random actions since the last report",
    "charts/learningRate": "mean step size since the last report",
    "charts/reward": "mean reward per agent and decision since the last report",
    "charts/stable": "decisions since the greedy action of any state last changed",
    "charts/visited": "share of states met so far",
  },
  train,
  policy: createPolicy,
});

function train(context: TrainContext<QLearningConfig>): Generator<Update, void, void> {
  const { env, config } = context;
  const learners = Object.entries(env.spec).map(([population, spec]) =>
    createLearner(contextOf(context, population), population, spec),
  );
  return trainingLoop(context, learners, config.updates, () => {
    for (const learner of learners) learner.act();
    env.step();
    for (const learner of learners) learner.learn();
  });
}

/** How observations and actions lie in a table. */
function shapeOf(population: string, spec: PopulationSpec, c: QLearningConfig) {
  if (spec.continuous)
    throw new Error(`q-learning: ${population} has continuous actions; declare grids, or use an algorithm for boxes.`);
  if (!(c.low < c.high)) throw new Error(`q-learning: low is ${c.low} and high is ${c.high}, expected low < high.`);
  const bins: Bins = { count: c.bins, low: c.low, high: c.high };
  const counts = branchesOf(spec);
  const product = counts.reduce((a, b) => a * b, 1);
  /** Choices of each branch, and the column where they begin. */
  const choices = c.actions === "joint" ? [product] : counts;
  const columns = startsOf(choices);
  const A = choices.reduce((x, y) => x + y, 0);
  const S = countStates(spec.features.length, bins);
  const G = c.independent ? spec.size : 1;
  /** Writes the index of every dimension at actions[at …], from the choice of every branch at chosen[from …]. */
  const decode = (actions: Int32Array | Float32Array, at: number, chosen: Int32Array, from: number): void => {
    if (c.actions === "branches") for (let d = 0; d < counts.length; d++) actions[at + d] = chosen[from + d];
    else
      for (let d = counts.length - 1, rest = chosen[from]; d >= 0; d--) {
        const quotient = Math.floor(rest / counts[d]);
        actions[at + d] = rest - quotient * counts[d];
        rest = quotient;
      }
  };
  // Columns of a mask that must be 1 for choice a of branch b: one of each dimension that it stands for
  const starts = startsOf(counts);
  const K = choicesOf(spec);
  const needs = choices.map((count, b) =>
    Array.from({ length: count }, (_, a) => {
      const picks = new Int32Array(counts.length);
      if (c.actions === "joint") decode(picks, 0, Int32Array.of(a), 0);
      return c.actions === "joint" ? starts.map((start, d) => start + picks[d]) : [starts[b] + a];
    }),
  );
  const scratch = new Uint8Array(Math.max(...choices));
  /** 1 where a choice of branch b makes sense to row `agent` of the mask; valid until the next call. */
  const allowed = (mask: Uint8Array, agent: number, b: number): Uint8Array => {
    for (let a = 0; a < choices[b]; a++) scratch[a] = needs[b][a].every((k) => mask[agent * K + k] === 1) ? 1 : 0;
    return scratch;
  };
  return { bins, choices, columns, A, S, G, cells: G * S * A, decode, allowed };
}

/** The first of the largest among the choices that make sense. */
function bestAllowed(table: Float64Array, from: number, count: number, allowed: Uint8Array): number {
  let best = -1;
  for (let a = 0; a < count; a++) if (allowed[a] && (best < 0 || table[from + a] > table[from + best])) best = a;
  return best;
}

function createLearner(context: TrainContext<QLearningConfig>, population: string, spec: PopulationSpec) {
  const { env, config: c, arena, team } = context;
  const { numEnvs: E } = env;
  const { size: N, features, actions: dimensions } = spec;
  const F = features.length;
  const D = dimensions.length;
  const { bins, choices, columns, A, S, G, cells, decode, allowed } = shapeOf(population, spec, c);
  const B = choices.length;
  const needed = Math.ceil((16 * cells + (8 + 4 * B) * G * S) / MEBIBYTE);
  const free = Math.floor((arena.capacity - arena.used) / MEBIBYTE);
  if (needed > free || G * S > 0x7fffffff)
    throw new Error(
      `q-learning: ${population} needs ${G} × ${S} states × ${A} actions, ${needed} MiB, and ${free} are free. ` +
        `Lower config.bins (${c.bins}, to the power of ${F} features) or the action grids${D > 1 && B === 1 ? `, or set config.actions to "branches"` : ""}.`,
    );
  const batch = env.batch[population];
  const cohorts = cohortsOf(env, spec);
  const { count: C, members: M } = cohorts;

  const { state, named } = createState(population);
  const table = named("q", arena.f64(cells)); // [G, S, A]
  const updates = named("updates", arena.f64(cells)); // [G, S, A] so far
  const visits = named("visits", arena.f64(G * S)); // [G, S] so far
  const greedy = named("greedy", arena.i32(G * S * B)); // [G, S, B]
  // The decision that awaits its consequences.
  const pending = named("pending", arena.u8(C));
  const rows = named("rows", arena.i32(E * N)); // [E, N] row of the tables, g S + s
  const chosen = named("chosen", arena.i32(E * N * B)); // [E, N, B]
  const targets = arena.f64(E * N);
  const stepSizes = arena.f64(E * N); // Σ_b α of the update
  const ready = arena.u8(C); // whether a cohort's decision has its consequences
  // Since the last report, by world, so that sums do not depend on who computed them.
  const sums = {
    acts: arena.f64(E), // of agents
    epsilon: arena.f64(E),
    outcomes: arena.f64(E), // of agents
    reward: arena.f64(E),
    error: arena.f64(E),
    alpha: arena.f64(E),
  };
  const lastChange = arena.f64(team.size); // decisions so far when a greedy action last changed, by rank

  let decisions = 0;
  let coin: (typeof context.rng)[];
  const coins = new Float64Array(N);

  const scheduled = (schedule: QLearningConfig["epsilonSchedule"], start: number, decay: number, power: number) => {
    let factor = 1;
    return {
      begin: () => {
        factor = schedule === "exponential" ? exp(-decay * decisions) : 1;
      },
      at: (n: number): number => start * (schedule === "visits" ? 1 / pow(n, power) : factor),
    };
  };
  const alpha = scheduled(c.learningRateSchedule, c.learningRate, c.learningRateDecay, c.learningRatePower);
  const epsilon = scheduled(c.epsilonSchedule, c.epsilon, c.epsilonDecay, c.epsilonPower);

  /** Whether it is this population that decides now. */
  const onTurn = (): boolean => decisionOnTurn(env) === population;

  const rowOf = (obs: Float32Array, e: number, i: number): number =>
    (c.independent ? i * S : 0) + stateOf(obs, (e * N + i) * F, F, bins);
  const best = (row: number, b: number, mask: Uint8Array | null, agent: number): number =>
    mask ? bestAllowed(table, row * A + columns[b], choices[b], allowed(mask, agent, b)) : greedy[row * B + b];
  const greedyValue = (row: number, mask: Uint8Array | null, agent: number): number => {
    let value = 0;
    for (let b = 0; b < B; b++) value += table[row * A + columns[b] + best(row, b, mask, agent)];
    return value;
  };

  return {
    state,
    seed(rng: typeof context.rng) {
      const s = rng.fork(population);
      coin = choices.map((_, b) => s.fork(`coin/${b}`));
    },
    begin() {
      table.fill(c.initialValue / B);
    },
    meta: () => ({
      [`${population}/decisions`]: decisions,
      [`${population}/lastChange`]: lastChange.reduce((a, b) => Math.max(a, b), 0),
    }),
    resume(meta: Readonly<Record<string, number>>) {
      decisions = meta[`${population}/decisions`];
      lastChange[team.rank] = meta[`${population}/lastChange`];
    },

    /** Chooses for this rank's worlds: greedy, or uniform with probability ε. */
    act() {
      if (!onTurn()) return;
      epsilon.begin();
      const mask = batch.actionMask;
      for (const e of env.localWorlds) {
        if (!someAct(env, population, e)) continue;
        const acts = (i: number): boolean => batch.acting[e * N + i] === 1;
        for (let i = 0; i < N; i++) if (acts(i)) rows[e * N + i] = rowOf(batch.obs, e, i);
        for (let b = 0; b < B; b++) {
          coin[b].uniform(coins, { lane: e, period: decisions, from: 0 });
          for (let i = 0; i < N; i++) {
            if (!acts(i)) continue;
            const row = rows[e * N + i];
            const ε = Math.max(c.epsilonEnd, epsilon.at(visits[row] + 1));
            sums.epsilon[e] += ε;
            const at = e * N + i;
            if (coins[i] >= ε) chosen[at * B + b] = best(row, b, mask, at);
            else chosen[at * B + b] = anyAllowed(mask && allowed(mask, at, b), 0, choices[b], coins[i] / ε);
          }
        }
        for (let i = 0; i < N; i++) {
          if (!acts(i)) continue;
          decode(batch.actions, (e * N + i) * D, chosen, (e * N + i) * B);
          sums.acts[e]++;
        }
      }
      for (const cohort of cohorts.local) if (batch.acting[cohort * M]) pending[cohort] = 1;
      decisions++;
    },

    /** What a decision led to is known when its cohort is to decide again, or when its episode or life has ended. */
    learn() {
      if (!onTurn()) return;
      alpha.begin();
      for (const cohort of cohorts.local) {
        const at = cohort * M;
        ready[cohort] = pending[cohort] & (batch.acting[at] | batch.terminated[at] | batch.truncated[at]);
        if (!ready[cohort]) continue;
        computeTargets(cohort);
        pending[cohort] = batch.acting[at]; // it may decide only later
      }
      team.barrier();
      for (let cohort = 0; cohort < C; cohort++) if (ready[cohort]) applyUpdates(cohort);
      team.barrier();
      for (const cohort of cohorts.local) {
        if (!ready[cohort]) continue;
        const e = cohorts.worldOf(cohort);
        for (let at = cohort * M; at < (cohort + 1) * M; at++) sums.alpha[e] += stepSizes[at];
      }
    },

    report(several: boolean): Record<string, number> {
      const total = { acts: 0, epsilon: 0, outcomes: 0, reward: 0, error: 0, alpha: 0 };
      for (const name of Object.keys(total) as (keyof typeof total)[])
        for (let e = 0; e < E; e++) total[name] += sums[name][e];
      const outcomes = Math.max(1, total.outcomes);
      let met = 0;
      for (let row = 0; row < G * S; row++) if (visits[row] > 0) met++;
      const metrics: Record<string, number> = {
        "losses/td": total.error / outcomes,
        "charts/epsilon": total.epsilon / (Math.max(1, total.acts) * B),
        "charts/learningRate": total.alpha / (outcomes * B),
        "charts/reward": total.reward / outcomes,
        "charts/stable": decisions - lastChange.reduce((a, b) => Math.max(a, b), 0),
        "charts/visited": met / (G * S),
      };
      team.barrier();
      if (team.rank === 0) for (const sum of Object.values(sums)) sum.fill(0);
      return several ? prefixed(population, metrics) : metrics;
    },
  };

  /** target = r + γ max Q(o′, ·), from finalObs at a truncation; r alone at a termination. */
  function computeTargets(cohort: number): void {
    const e = cohorts.worldOf(cohort);
    const [next, mask] = batch.truncated[cohort * M]
      ? [batch.finalObs, batch.finalActionMask]
      : [batch.obs, batch.actionMask];
    let reward = 0;
    let error = 0;
    for (let at = cohort * M; at < (cohort + 1) * M; at++) {
      const r = batch.rewards[at];
      const target = batch.terminated[at] ? r : r + c.gamma * greedyValue(rowOf(next, e, at - e * N), mask, at);
      targets[at] = target;
      let q = 0;
      for (let b = 0; b < B; b++) q += table[rows[at] * A + columns[b] + chosen[at * B + b]];
      reward += r;
      error += Math.abs(target - q);
    }
    sums.reward[e] += reward;
    sums.error[e] += error;
    sums.outcomes[e] += M;
  }

  /** Q_b(s, a_b) ← Q_b(s, a_b) + α/B (target − Q(s, a)), for this rank's states, agent after agent. */
  function applyUpdates(cohort: number): void {
    for (let at = cohort * M; at < (cohort + 1) * M; at++) {
      const row = rows[at];
      if (row % team.size !== team.rank) continue;
      let q = 0;
      for (let b = 0; b < B; b++) q += table[row * A + columns[b] + chosen[at * B + b]];
      const error = targets[at] - q;
      visits[row]++;
      stepSizes[at] = 0;
      for (let b = 0; b < B; b++) {
        const from = row * A + columns[b];
        const a = chosen[at * B + b];
        updates[from + a]++;
        const α = alpha.at(updates[from + a]);
        stepSizes[at] += α;
        table[from + a] += (α / B) * error;
        // The greedy action is kept: a full search is needed only when its own value falls.
        const was = greedy[row * B + b];
        const [value, best] = [table[from + a], table[from + was]];
        let now = was;
        if (a === was) now = error < 0 ? argmax(table, from, choices[b]) : was;
        else if (value > best || (value === best && a < was)) now = a;
        if (now === was) continue;
        greedy[row * B + b] = now;
        lastChange[team.rank] = decisions;
      }
    }
  }
}

function createPolicy(population: string, spec: PopulationSpec, c: QLearningConfig): Policy {
  const { bins, choices, columns, A, S, cells, decode, allowed } = shapeOf(population, spec, c);
  const table = new Float64Array(cells);
  const F = spec.features.length;
  const D = spec.actions.length;
  const chosen = new Int32Array(choices.length);
  return {
    load(arrays) {
      restore({ [`${population}/q`]: table }, arrays);
    },
    act(actions, obs, rows, mask = null) {
      if (rows > spec.size) throw new Error(`q-learning policy: got ${rows} rows, expected at most ${spec.size}.`);
      for (let i = 0; i < rows; i++) {
        const row = (c.independent ? i * S : 0) + stateOf(obs, i * F, F, bins);
        for (let b = 0; b < chosen.length; b++) {
          const from = row * A + columns[b];
          chosen[b] = mask
            ? bestAllowed(table, from, choices[b], allowed(mask, i, b))
            : argmax(table, from, choices[b]);
        }
        decode(actions, i * D, chosen, 0);
      }
    },
  };
}
