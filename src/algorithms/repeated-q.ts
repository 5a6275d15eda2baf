// Tabular Q-learning by the players of a repeated game, a table each, until none of their tables' greedy choices changes any more.
// Calvano, Calzolari, Denicolò & Pastorello 2020, AER 110, 3267; Waltman & Kaymak 2008, JEDC 32, 3275.
//
//   Q_i(s, a_i) ← (1 − α) Q_i(s, a_i) + α (π_i + γ max_a Q_i(s′, a))        s = what all played last, s′ = what all play now
//   ε_t = e^(−βt), for each player by itself         Q_i,0(s, a_i) = mean over the others' choices of π_i / (1 − γ)
//
// The rule is that of q-learning.ts. This page is for speed: the economy is played once through every combination of actions (parts/stage-game.ts), and
// learning then runs on the tables so found, twenty million periods a second and more where the vectorised environment does one. Every world is a
// session of its own, with its own learners, and ends when it has converged or at its share of totalSteps.
// Not here: longer memory, noise, several populations (q-learning.ts has them all).
//
// E sessions, N players, A choices, S = A^N states; tables are [E, N, S, A]
import type { ParamValues } from "../core/params.ts";
import { param } from "../core/params.ts";
import type { PopulationSpec } from "../env/vector-env.ts";
import { exp, mean, quantile, variance } from "../math/index.ts";
import type { Stream } from "../random/index.ts";
import { defineAlgorithm, type Policy, type TrainContext, type Update } from "./algorithm.ts";
import { prefixed } from "./parts/prefixed.ts";
import { refuseApart, refuseMasks } from "./parts/refuse.ts";
import { restore } from "./parts/restore.ts";
import { argmax } from "./tabular/argmax.ts";
import { choiceOf, count, createStageGame, deviate, keyOf, limitCycle, type StageGame } from "./tabular/stage-game.ts";

const MEBIBYTE = 1048576;

export const repeatedQConfig = {
  gamma: param(0.95, {
    symbol: "γ",
    min: 0,
    max: 1,
    doc: "discount per decision; by default the discount factor that the economy declares for the population, if it does",
  }),
  learningRate: param(0.15, { symbol: "α", min: 0, max: 1, doc: "Q ← Q + α (target − Q)" }),
  epsilonDecay: param(4e-6, {
    symbol: "β",
    unit: "1/period",
    min: 0,
    doc: "in period t a player tries anything with probability e^(−βt)",
  }),
  stablePeriods: param(100_000, {
    unit: "periods",
    min: 1,
    integer: true,
    doc: "a session has converged when no player's greedy choice in any state has changed for so long",
  }),
  reportPeriods: param(100_000, {
    unit: "periods",
    min: 1,
    integer: true,
    doc: "of every session, between two reports",
  }),
  responsePeriods: param(15, {
    symbol: "K",
    unit: "periods",
    min: 1,
    max: 1000,
    integer: true,
    doc: "watched after a deviation",
  }),
} as const;
export type RepeatedQConfig = ParamValues<typeof repeatedQConfig>;

export const repeatedQ = defineAlgorithm({
  name: "repeated-q",
  source: "Calvano, Calzolari, Denicolò & Pastorello (2020), American Economic Review 110, 3267",
  summary:
    "Q-learning by the players of a repeated game who see all last actions; each world a session, run until it has converged.",
  config: repeatedQConfig,
  metrics: {
    "charts/periods": "periods played, mean over sessions",
    "charts/converged": "share of sessions that have converged",
    "charts/epsilon": "share of random choices, at the period of the report",
    "greedy/reward": "mean reward per player and period over the limit cycle of greedy play, mean over sessions",
    "greedy/reward/sd": "its standard deviation over sessions",
    "greedy/cycle": "periods of that cycle, mean over sessions",
    "greedy/<metric>": "each of the economy's metrics over that cycle, mean over sessions",
    "sessions/<metric>/<k>":
      "at the end: each of the economy's metrics over that cycle, k % of sessions have less; k in tens",
    "response/deviator/<k>":
      "at the end: the deviator's action k periods after it played its best reply once; mean over sessions, players, places of the cycle",
    "response/others/<k>": "the others' mean action then",
    "response/before": "the mean action on the cycle, had nobody deviated",
    "response/gain": "what the deviation added to the deviator's discounted rewards, as a share of them",
    "response/unprofitable": "share of deviations that added nothing",
  },
  train,
  policy: createPolicy,
});

function* train(context: TrainContext<RepeatedQConfig>): Generator<Update, void, void> {
  const { env, config: c, totalSteps, rng, arena, team, from } = context;
  refuseMasks("repeated-q", env);
  refuseApart("repeated-q", env, "it plays one stage game among all of them");
  const { numEnvs: E, localWorlds } = env;
  const game = createStageGame(env.economy, env.params);
  const { population, players: N, choices: A, profiles: S } = game;
  if (c.gamma === 1)
    throw new Error("repeated-q: gamma is 1, expected less: values of a game without end would be infinite.");
  const needed = E * N * S * (8 * A + 4);
  if (needed > arena.capacity - arena.used)
    throw new Error(
      `repeated-q: ${E} sessions of ${N} players with ${S} states and ${A} choices need ${Math.ceil(needed / MEBIBYTE)} MiB, and ` +
        `${Math.floor((arena.capacity - arena.used) / MEBIBYTE)} are free. Lower numEnvs, the sessions of one run.`,
    );
  const table = arena.f64(E * N * S * A);
  const greedy = arena.i32(E * N * S); // [E, N, S]
  const state = arena.i32(E); // [E]
  const played = arena.f64(E); // [E] periods
  const changed = arena.f64(E); // [E] the period after which a greedy choice last changed
  const live = prefixed(population, { q: table, greedy, state, played, changed });
  const arrays = { ...live, [`${population}/observations`]: game.observations };

  const cap = Math.ceil(totalSteps / E);
  const streams = { coins: rng.fork("coins"), choices: rng.fork("choices") };
  const first = initialValues(game, c.gamma);
  let reports = 0;
  if (from) {
    if (team.rank === 0) restore(live, from.arrays);
    reports = from.meta["reports"];
  } else {
    const start = rng.fork("start");
    for (const e of localWorlds) {
      table.set(first, e * first.length);
      state[e] = start.integerAt(e, 0, 0, S);
      for (let row = 0; row < N * S; row++) greedy[e * N * S + row] = argmax(first, row * A, A);
    }
  }
  team.barrier();

  const play = createSession(game, c, streams);
  const converged = (e: number): boolean => played[e] - changed[e] >= c.stablePeriods;
  const over = (e: number): boolean => converged(e) || played[e] >= cap;
  const sessions = Array.from({ length: E }, (_, e) => e);
  while (!sessions.every(over)) {
    team.barrier(); // all have seen who is over before anybody goes on
    reports++;
    const until = Math.min(cap, reports * c.reportPeriods);
    for (const e of localWorlds) {
      if (over(e)) continue;
      const tables = {
        table: table.subarray(e * N * S * A, (e + 1) * N * S * A),
        greedy: greedy.subarray(e * N * S, (e + 1) * N * S),
      };
      const position = { state: state[e], played: played[e], changed: changed[e] };
      play(e, tables, position, until);
      state[e] = position.state;
      played[e] = position.played;
      changed[e] = position.changed;
    }
    team.barrier();
    const meta = { reports };
    yield {
      step: played.reduce((a, b) => a + b, 0),
      metrics:
        team.rank > 0
          ? {}
          : {
              "charts/periods": mean(played),
              "charts/converged": sessions.filter(converged).length / E,
              "charts/epsilon": exp(-c.epsilonDecay * until),
              ...greedyPlay(game, greedy, state),
              ...(sessions.every(over)
                ? { ...deciles(game, greedy, state), ...responses(game, greedy, state, c) }
                : {}),
            },
      snapshot: () => ({ arrays, meta }),
    };
    team.barrier(); // rank 0 has read what it needs
  }
}

/** Q_i,0(s, a) = mean of π_i over the others' choices, / (1 − γ): the value of a for ever, against others who choose at random. */
function initialValues({ players: N, choices: A, profiles: S, payoffs }: StageGame, γ: number): Float64Array {
  const values = new Float64Array(N * S * A);
  for (let i = 0; i < N; i++) {
    const sums = new Float64Array(A);
    for (let s = 0; s < S; s++) sums[choiceOf(s, i, N, A)] += payoffs[i * S + s];
    for (let s = 0; s < S; s++) for (let a = 0; a < A; a++) values[(i * S + s) * A + a] = sums[a] / (S / A) / (1 - γ);
  }
  return values;
}

interface Position {
  state: number;
  /** Periods so far. */
  played: number;
  /** The period after which a greedy choice last changed. */
  changed: number;
}
interface Tables {
  readonly table: Float64Array; // [N, S, A]
  readonly greedy: Int32Array; // [N, S]
}

/** Periods whose random numbers are drawn together; they are addressed by session, block, period and player. */
const BLOCK = 1024;
const TWO_32 = 4294967296;
/** With fewer random choices than this share they are drawn one by one, and the numbers are the same. */
const FEW = 0.05;

/** What plays a session from where it stands until a given period, or until it has converged. */
function createSession(
  game: StageGame,
  c: RepeatedQConfig,
  streams: { readonly coins: Stream; readonly choices: Stream },
) {
  const { players: N, choices: A, profiles: S, payoffs } = game;
  const { gamma: γ, learningRate: α, epsilonDecay: β, stablePeriods } = c;
  const decay = exp(-β);
  const coins = new Uint32Array(BLOCK * N);
  const random = new Int32Array(BLOCK * N);
  const chosen = new Int32Array(N);
  // The session's tables, out of shared memory; the greedy choice's value, and a bound on the values of all others.
  const table = new Float64Array(N * S * A);
  const greedy = new Int32Array(N * S);
  const value = new Float64Array(N * S);
  const second = new Float64Array(N * S);

  /** Finds the greedy choice of a row again; true if it is another. The one it was stays if it is one of the best. */
  function search(row: number): boolean {
    const from = row * A;
    const was = greedy[row];
    let best = was;
    let most = table[from + was];
    let next = -Infinity;
    for (let a = 0; a < A; a++) {
      const x = table[from + a];
      if (x > most) {
        next = most;
        most = x;
        best = a;
      } else if (x > next && a !== was) next = x;
    }
    greedy[row] = best;
    value[row] = most;
    second[row] = next;
    return best !== was;
  }

  /** One update of Q(row, a); true if the greedy choice has changed. A row is searched only when its greedy value falls below the bound. */
  function learn(row: number, a: number, target: number): boolean {
    const cell = row * A + a;
    const old = table[cell];
    const now = old + α * (target - old);
    table[cell] = now;
    if (a === greedy[row]) {
      if (now < second[row]) return search(row);
      value[row] = now;
    } else if (now > value[row]) {
      second[row] = value[row];
      value[row] = now;
      greedy[row] = a;
      return true;
    } else if (now > second[row]) second[row] = now;
    return false;
  }

  return (lane: number, tables: Tables, position: Position, until: number): void => {
    table.set(tables.table);
    greedy.set(tables.greedy);
    for (let row = 0; row < N * S; row++) search(row);
    let { state, played, changed } = position;
    while (played < until && played - changed < stablePeriods) {
      const block = Math.floor(played / BLOCK);
      const begin = block * BLOCK;
      // Never past the first period in which the session could have converged.
      const end = Math.min(begin + BLOCK, until, changed + stablePeriods);
      const at = { lane, period: block, from: (played - begin) * N, to: (end - begin) * N };
      // ε 2³²: exact at the start of a block, a product within it.
      let threshold = exp(-β * begin) * TWO_32;
      const many = threshold > FEW * TWO_32;
      for (let t = begin; t < played; t++) threshold *= decay;
      streams.coins.bits(coins, at);
      if (many) streams.choices.integers(random, at, A);
      const draw = (k: number): number => (many ? random[k] : streams.choices.integerAt(lane, block, at.from + k, A));
      let k = 0;
      for (let t = played; t < end; t++) {
        let next = 0;
        if (N === 2) {
          // The loops below, written out: 1.2× on bench/collusion.ts.
          const mine = coins[k] < threshold ? draw(k) : greedy[state];
          const yours = coins[k + 1] < threshold ? draw(k + 1) : greedy[S + state];
          k += 2;
          next = mine * A + yours;
          if (learn(state, mine, payoffs[next] + γ * value[next])) changed = t + 1;
          if (learn(S + state, yours, payoffs[S + next] + γ * value[S + next])) changed = t + 1;
        } else {
          for (let i = 0; i < N; i++, k++) {
            chosen[i] = coins[k] < threshold ? draw(k) : greedy[i * S + state];
            next = next * A + chosen[i];
          }
          for (let i = 0; i < N; i++)
            if (learn(i * S + state, chosen[i], payoffs[i * S + next] + γ * value[i * S + next])) changed = t + 1;
        }
        state = next;
        threshold *= decay;
      }
      played = end;
    }
    tables.table.set(table);
    tables.greedy.set(greedy);
    position.state = state;
    position.played = played;
    position.changed = changed;
  };
}

/** The limit cycle of greedy play in every session: rewards, the economy's metrics, and how long it is. */
function greedyPlay(game: StageGame, greedy: Int32Array, state: Int32Array): Record<string, number> {
  const { players: N, profiles: S, payoffs, metrics } = game;
  const cycles = Array.from(state, (s, e) => limitCycle(game, greedy, e * N * S, s));
  const average = (of: (profile: number) => number) => cycles.map((cycle) => mean(cycle.map(of)));
  const rewards = average((s) => {
    let sum = 0;
    for (let i = 0; i < N; i++) sum += payoffs[i * S + s];
    return sum / N;
  });
  return {
    "greedy/reward": mean(rewards),
    "greedy/reward/sd": rewards.length > 1 ? Math.sqrt(variance(rewards, { ddof: 1 })) : 0,
    "greedy/cycle": mean(cycles.map((cycle) => cycle.length)),
    ...Object.fromEntries(
      Object.entries(metrics).map(([name, values]) => [`greedy/${name}`, mean(average((s) => values[s]))]),
    ),
  };
}

/** How the economy's metrics over the limit cycle of greedy play differ between sessions. */
function deciles(game: StageGame, greedy: Int32Array, state: Int32Array): Record<string, number> {
  const { players: N, profiles: S, metrics } = game;
  const cycles = Array.from(state, (s, e) => limitCycle(game, greedy, e * N * S, s));
  const rows: Record<string, number> = {};
  for (const [name, values] of Object.entries(metrics)) {
    const means = cycles.map((cycle) => mean(cycle.map((s) => values[s])));
    for (let k = 0; k <= 100; k += 10) rows[`sessions/${name}/${k}`] = quantile(means, k / 100);
  }
  return rows;
}

/** Every player of every session deviates once, from every place of the limit cycle. */
function responses(game: StageGame, greedy: Int32Array, state: Int32Array, c: RepeatedQConfig): Record<string, number> {
  const { players: N, choices: A, profiles: S, values } = game;
  const K = c.responsePeriods;
  const sums = { deviator: new Float64Array(K + 1), others: new Float64Array(K + 1) };
  let [before, gain, unprofitable] = [0, 0, 0];
  for (let e = 0; e < state.length; e++) {
    const cycle = limitCycle(game, greedy, e * N * S, state[e]);
    const weight = 1 / (state.length * N * cycle.length);
    for (const profile of cycle)
      for (let player = 0; player < N; player++) {
        const response = deviate(game, greedy, { at: e * N * S, profile, player, periods: K, gamma: c.gamma });
        for (let k = 0; k <= K; k++) {
          sums.deviator[k] += weight * response.deviator[k];
          sums.others[k] += weight * response.others[k];
        }
        before += weight * values[choiceOf(profile, player, N, A)];
        gain += weight * response.gain;
        if (response.gain <= 1e-9) unprofitable += weight;
      }
  }
  const rows: Record<string, number> = { "response/before": before };
  for (let k = 0; k <= K; k++) {
    rows[`response/deviator/${k}`] = sums.deviator[k];
    rows[`response/others/${k}`] = sums.others[k];
  }
  return { ...rows, "response/gain": gain, "response/unprofitable": unprofitable };
}

/** Plays the first session's tables. */
function createPolicy(population: string, spec: PopulationSpec, _config: RepeatedQConfig): Policy {
  const { size: N, features, actions } = spec;
  const F = features.length;
  const S = count(actions[0].space.count, N);
  let greedy = new Int32Array(0);
  const known = Array.from({ length: N }, () => new Map<string, number>());
  return {
    load(arrays) {
      const observations = arrays[`${population}/observations`] as Float32Array;
      const tables = arrays[`${population}/greedy`] as Int32Array;
      if (!observations || !tables || observations.length !== S * N * F)
        throw new Error(
          `The checkpoint has no tables of repeated-q for ${N} ${population} with ${S} states. It was written for other settings; rerun.`,
        );
      greedy = tables.slice(0, N * S);
      if (known[0].size === 0)
        for (let s = 0; s < S; s++) for (let i = 0; i < N; i++) known[i].set(keyOf(observations, s * N + i, F), s);
    },
    act(chosen, obs, rows) {
      for (let i = 0; i < rows; i++) {
        const s = known[i].get(keyOf(obs, i, F));
        if (s === undefined)
          throw new Error(
            `repeated-q policy: ${population}[${i}] sees ${obs.slice(i * F, (i + 1) * F).join(", ")}, which no combination of actions led to.`,
          );
        chosen[i] = greedy[i * S + s];
      }
    },
  };
}
