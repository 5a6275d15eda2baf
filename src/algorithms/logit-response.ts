// Logit learning: expected payoffs of every choice, learned by averaging, and a choice made the more likely the better it pays.
// Stochastic fictitious play: Fudenberg & Levine 1998, The Theory of Learning in Games, ch. 4; individual Q-learning from one's own payoffs: Leslie & Collins
// 2005, SIAM J. Control Optim. 44, 495. Where it settles: McKelvey & Palfrey 1995, Games Econ. Behav. 10, 6 (quantal response equilibrium).
//
//   π(a | s) ∝ e^(κ u(s, a))        rationality κ: 0 plays at random, ∞ best replies
//   π(a | s) ∝ e^(u(s, a)/λ_i)      information cost λ_i of each agent, where the economy declares one: 0 best replies, ∞ plays at random
//   u(s, a) ← u(s, a) + α_n (r − u(s, a))          α_n = max(1/n^ω, α_min), n counting what s has met
//
// The second form maximises E r − λ_i KL(π ‖ uniform) (Evans & Ganesh 2024, eqs. 9–10). Where the economy declares `payoffs`, u learns what every choice would
// have earned, so that no choice need be tried to be known; otherwise, and with γ > 0, only from choices that were made, with r + γ V(s′) as the target.
// Not here: learning of κ or λ, priors other than uniform, function approximation (the KL penalty of ppo.ts is of another kind), continuous actions.
//
// E worlds, N agents, F features, D action dimensions; S states, G tables, A joint choices; tables are [G, S, A]
//
// Order of updates as in q-learning.ts: by world and then by agent, each rank those of its own states, so nothing depends on the number of threads.
import type { ParamValues } from "../core/params.ts";
import { flag, param } from "../core/params.ts";
import type { PopulationSpec } from "../env/vector-env.ts";
import { exp, log, pow } from "../math/index.ts";
import { contextOf, defineAlgorithm, type Policy, type TrainContext, type Update } from "./algorithm.ts";
import { prefixed } from "./parts/prefixed.ts";
import { refuseMasks } from "./parts/refuse.ts";
import { restore } from "./parts/restore.ts";
import { createState } from "./parts/state.ts";
import { trainingLoop } from "./parts/training-loop.ts";
import { decisionOnTurn } from "./parts/turn.ts";
import { argmax } from "./tabular/argmax.ts";
import { type Bins, countStates, stateOf } from "./tabular/discretise.ts";

export const logitResponseConfig = {
  rationality: param(1, {
    symbol: "κ",
    unit: "1/reward",
    min: 0,
    doc: "how much likelier a choice is that pays more; where the economy declares an information cost λ_i, that counts instead",
  }),
  gamma: param(0, {
    symbol: "γ",
    min: 0,
    max: 1,
    doc: "discount per decision, by default the one that the economy declares, if it does; 0: myopic, as in games that are played afresh each period",
  }),
  bins: param(1, {
    symbol: "K",
    min: 1,
    max: 1e6,
    integer: true,
    doc: "per feature: equally spaced centres from low to high; with 1 behaviour does not depend on what is observed",
  }),
  low: param(-1, { doc: "first centre, in the units in which features are observed" }),
  high: param(1, { doc: "last centre; what lies outside belongs to the ends" }),
  stepPower: param(0.8, {
    symbol: "ω",
    min: 0,
    max: 1,
    doc: "of the step 1/n^ω: 1 averages all that was met, less forgets the start",
  }),
  stepMin: param(0, {
    symbol: "α_min",
    min: 0,
    max: 1,
    doc: "never a smaller step; above 0, what is old is forgotten for ever",
  }),
  counterfactual: flag(true, "learn from what every choice would have earned, where the economy declares it and γ = 0"),
  independent: flag(false, "one table per agent instead of one for all"),
  updates: param(40, { min: 1, max: 1e6, integer: true, doc: "reports over the whole of training" }),
} as const;
export type LogitResponseConfig = ParamValues<typeof logitResponseConfig>;

export const logitResponse = defineAlgorithm({
  name: "logit-response",
  source:
    "Fudenberg & Levine (1998), The Theory of Learning in Games; McKelvey & Palfrey (1995), Games and Economic Behavior 10, 6",
  summary:
    "Boundedly rational play: payoffs learned by averaging, choices drawn by logit with a rationality or an information cost.",
  config: logitResponseConfig,
  outcomes: true,
  mixed: true,
  metrics: {
    "losses/payoff":
      "mean absolute distance of what was earned from what was expected of the choice, since the last report",
    "charts/reward": "mean reward per agent and decision since the last report",
    "charts/entropy": "mean entropy of the choices' distribution since the last report, in nats",
    "charts/step": "mean step size of updates since the last report",
    "charts/visited": "share of states met so far",
  },
  train,
  policy: createPolicy,
});

function train(context: TrainContext<LogitResponseConfig>): Generator<Update, void, void> {
  const { env, config } = context;
  refuseMasks("logit-response", env);
  const learners = Object.entries(env.spec).map(([population, spec]) =>
    createLearner(contextOf(context, population), population, spec),
  );
  return trainingLoop(context, learners, config.updates, () => {
    for (const learner of learners) learner.act();
    env.step();
    for (const learner of learners) learner.learn();
  });
}

/** How observations and actions lie in a table, and how an agent chooses from a row of it. */
function shapeOf(population: string, spec: PopulationSpec, c: LogitResponseConfig) {
  const { size: N, features, actions, continuous, informationCost: cost } = spec;
  if (continuous)
    throw new Error(
      `logit-response: ${population} has continuous actions; declare grids, or let a leader or another algorithm decide them.`,
    );
  if (!(c.low < c.high)) throw new Error(`logit-response: low is ${c.low} and high is ${c.high}, expected low < high.`);
  const F = features.length;
  const bins: Bins = { count: c.bins, low: c.low, high: c.high };
  // Payoffs do not depend on what precision costs the agent who earns them, so that all share what they learn.
  const conditioned = features.flatMap((_, f) => (f === cost?.feature ? [] : [f]));
  const seen = new Float32Array(conditioned.length);
  const counts = actions.map(({ space }) => space.count);
  const A = counts.reduce((a, b) => a * b, 1);
  const S = countStates(conditioned.length, bins);
  const G = c.independent ? N : 1;
  return {
    A,
    S,
    G,
    cells: G * S * A,
    /** Row of the tables for agent i, whose F features begin at obs[at]. */
    rowOf(obs: Float32Array, at: number, i: number): number {
      for (let f = 0; f < conditioned.length; f++) seen[f] = obs[at + conditioned[f]];
      return (c.independent ? i * S : 0) + stateOf(seen, 0, conditioned.length, bins);
    },
    /** λ_i, or 1/κ. */
    costOf: (obs: Float32Array, at: number): number =>
      cost ? Math.max(0, cost.center + cost.scale * obs[at + cost.feature]) : 1 / c.rationality,
    priced: Boolean(cost),
    /** Writes the index of every dimension at actions[at …] from a joint choice, the last varying fastest. */
    decode(played: Int32Array | Float32Array, at: number, choice: number): void {
      for (let d = counts.length - 1, rest = choice; d >= 0; d--) {
        played[at + d] = rest % counts[d];
        rest = Math.floor(rest / counts[d]);
      }
    },
    width: F,
  };
}

/** p ∝ e^(u/λ) over the A payoffs at table[from …]: uniform at λ = ∞; at λ = 0 the largest share alike. Returns λ ln Σ e^(u/λ)/A, the soft value. */
export function logit(p: Float64Array, table: Float64Array, from: number, λ: number): number {
  const A = p.length;
  let most = table[from];
  for (let a = 1; a < A; a++) if (table[from + a] > most) most = table[from + a];
  let sum = 0;
  for (let a = 0; a < A; a++) {
    const worse = table[from + a] - most;
    p[a] = λ === 0 ? (worse === 0 ? 1 : 0) : λ === Infinity ? 1 : exp(worse / λ);
    sum += p[a];
  }
  for (let a = 0; a < A; a++) p[a] /= sum;
  return λ === 0 || λ === Infinity ? most : most + λ * log(sum / A);
}

/** The choice whose interval of the cumulated shares holds u. */
function drawn(p: Float64Array, u: number): number {
  let rest = u;
  let a = 0;
  while (a < p.length - 1 && rest >= p[a]) rest -= p[a++];
  return a;
}

function createLearner(context: TrainContext<LogitResponseConfig>, population: string, spec: PopulationSpec) {
  const { env, config: c, arena, team } = context;
  const { numEnvs: E } = env;
  const { size: N, features, actions: dimensions } = spec;
  const F = features.length;
  const D = dimensions.length;
  const { A, S, G, cells, rowOf, costOf, priced, decode } = shapeOf(population, spec, c);
  const needed = Math.ceil((8 * (cells + G * S) + 12 * E * N) / 1048576);
  const free = Math.floor((arena.capacity - arena.used) / 1048576);
  if (needed > free || G * S > 0x7fffffff)
    throw new Error(
      `logit-response: ${population} needs ${G} × ${S} states × ${A} choices, ${needed} MiB, and ${free} are free. ` +
        `Lower config.bins (${c.bins}, to the power of ${F} features) or the action grids.`,
    );
  const batch = env.batch[population];
  const payoffs = c.counterfactual && c.gamma === 0 ? (batch.outcomes?.payoffs ?? null) : null; // [E, N, A]

  const { state, named } = createState(population);
  const table = named("payoffs", arena.f64(cells)); // [G, S, A], u
  // With payoffs of all choices a state's choices are met together, so one count serves them all: the first of its row.
  const met = named("met", arena.f64(payoffs ? G * S : cells));
  // The decision that awaits its consequences.
  const pending = named("pending", arena.u8(E));
  const rows = named("rows", arena.i32(E * N)); // [E, N] row of the tables, g S + s
  const chosen = named("chosen", arena.i32(E * N)); // [E, N]
  const targets = arena.f64(E * N);
  const ready = arena.u8(E); // whether this world's decision has its consequences
  // Since the last report, by world, so that sums do not depend on who computed them.
  const sums = {
    acts: arena.f64(E),
    entropy: arena.f64(E),
    outcomes: arena.f64(E),
    reward: arena.f64(E),
    error: arena.f64(E),
  };
  const steps = { sum: arena.f64(G * S), count: arena.f64(G * S) }; // by row

  let decisions = 0;
  let stream: typeof context.rng;
  const uniform = new Float64Array(N);
  const p = new Float64Array(A);

  /** Whether it is this population that decides now. */
  const onTurn = (): boolean => decisionOnTurn(env) === population;

  return {
    state,
    seed(rng: typeof context.rng) {
      stream = rng.fork(population).fork("choice");
    },
    begin() {},
    meta: () => ({ [`${population}/decisions`]: decisions }),
    resume(meta: Readonly<Record<string, number>>) {
      decisions = meta[`${population}/decisions`];
    },

    /** Draws a choice for everybody in this rank's worlds. */
    act() {
      if (!onTurn()) return;
      for (const e of env.localWorlds) {
        if (!batch.acting[e * N]) continue;
        stream.uniform(uniform, { lane: e, period: decisions, from: 0 });
        let [row, λ, entropy] = [-1, -1, 0];
        for (let i = 0; i < N; i++) {
          const at = (e * N + i) * F;
          const [before, costBefore] = [row, λ];
          row = rowOf(batch.obs, at, i);
          λ = costOf(batch.obs, at);
          if (row !== before || λ !== costBefore) {
            logit(p, table, row * A, λ);
            entropy = 0;
            for (let a = 0; a < A; a++) if (p[a] > 0) entropy -= p[a] * log(p[a]);
          }
          sums.entropy[e] += entropy;
          rows[e * N + i] = row;
          chosen[e * N + i] = drawn(p, uniform[i]);
          decode(batch.actions, (e * N + i) * D, chosen[e * N + i]);
        }
        sums.acts[e]++;
        pending[e] = 1;
      }
      decisions++;
    },

    /** When the population is to decide again, what its last decision led to is known. */
    learn() {
      if (!onTurn()) return;
      for (const e of env.localWorlds) {
        ready[e] = batch.acting[e * N] & pending[e];
        if (ready[e]) computeTargets(e);
      }
      team.barrier();
      for (let e = 0; e < E; e++) if (ready[e]) applyUpdates(e);
      team.barrier();
    },

    report(several: boolean): Record<string, number> {
      const total = { acts: 0, entropy: 0, outcomes: 0, reward: 0, error: 0 };
      for (const name of Object.keys(total) as (keyof typeof total)[])
        for (let e = 0; e < E; e++) total[name] += sums[name][e];
      const outcomes = N * Math.max(1, total.outcomes);
      let [visited, stepSum, stepCount] = [0, 0, 0];
      for (let row = 0; row < G * S; row++) {
        const cell = payoffs ? met[row] : met.subarray(row * A, (row + 1) * A).reduce((x, y) => x + y, 0);
        if (cell > 0) visited++;
        stepSum += steps.sum[row];
        stepCount += steps.count[row];
      }
      const metrics: Record<string, number> = {
        "losses/payoff": total.error / outcomes,
        "charts/reward": total.reward / outcomes,
        "charts/entropy": total.entropy / (N * Math.max(1, total.acts)),
        "charts/step": stepSum / Math.max(1, stepCount),
        "charts/visited": visited / (G * S),
      };
      team.barrier();
      if (team.rank === 0) for (const sum of [...Object.values(sums), steps.sum, steps.count]) sum.fill(0);
      return several ? prefixed(population, metrics) : metrics;
    },
  };

  /** target = r + γ V(o′), from finalObs at a truncation; r alone at a termination, or when the future does not count. */
  function computeTargets(e: number): void {
    const next = batch.truncated[e * N] ? batch.finalObs : batch.obs;
    for (let i = 0; i < N; i++) {
      const at = e * N + i;
      const r = batch.rewards[at];
      targets[at] = c.gamma === 0 || batch.terminated[e * N] ? r : r + c.gamma * futureOf(next, at * F, i);
      sums.reward[e] += r;
      sums.error[e] += Math.abs(targets[at] - table[rows[at] * A + chosen[at]]);
    }
    sums.outcomes[e]++;
  }

  /** Σ π u; less the cost of information where it has one, which is the soft value. */
  function futureOf(obs: Float32Array, at: number, i: number): number {
    const row = rowOf(obs, at, i);
    const soft = logit(p, table, row * A, costOf(obs, at));
    if (priced) return soft;
    let value = 0;
    for (let a = 0; a < A; a++) value += p[a] * table[row * A + a];
    return value;
  }

  /** For this rank's states, agent after agent. */
  function applyUpdates(e: number): void {
    for (let at = e * N; at < (e + 1) * N; at++) {
      const row = rows[at];
      if (row % team.size !== team.rank) continue;
      const from = row * A;
      const cell = payoffs ? row : from + chosen[at];
      met[cell]++;
      const α = Math.max(1 / pow(met[cell], c.stepPower), c.stepMin);
      steps.sum[row] += α;
      steps.count[row]++;
      if (payoffs) for (let a = 0, o = at * A; a < A; a++, o++) table[from + a] += α * (payoffs[o] - table[from + a]);
      else table[cell] += α * (targets[at] - table[cell]);
    }
  }
}

function createPolicy(population: string, spec: PopulationSpec, c: LogitResponseConfig): Policy {
  const { A, cells, rowOf, costOf, decode, width: F } = shapeOf(population, spec, c);
  const table = new Float64Array(cells);
  const D = spec.actions.length;
  const p = new Float64Array(A);
  const uniform = new Float64Array(spec.size);
  const check = (rows: number): void => {
    if (rows > spec.size) throw new Error(`logit-response policy: got ${rows} rows, expected at most ${spec.size}.`);
  };
  return {
    load(arrays) {
      restore({ [`${population}/payoffs`]: table }, arrays);
    },
    act(actions, obs, rows) {
      check(rows);
      for (let i = 0; i < rows; i++) {
        decode(actions, i * D, argmax(table, rowOf(obs, i * F, i) * A, A));
      }
    },
    sample(actions, obs, rows, stream, at) {
      check(rows);
      stream.uniform(uniform, { ...at, from: 0 });
      let [row, λ] = [-1, -1];
      for (let i = 0; i < rows; i++) {
        const [before, costBefore] = [row, λ];
        row = rowOf(obs, i * F, i);
        λ = costOf(obs, i * F);
        if (row !== before || λ !== costBefore) logit(p, table, row * A, λ);
        decode(actions, i * D, drawn(p, uniform[i]));
      }
    },
  };
}
