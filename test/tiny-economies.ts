// Economies small enough to be solved in the head, and a way to train on them: the learning tests of every algorithm.
import { type Algorithm, type Arrays, resolveConfig, type Snapshot, type Update } from "../src/algorithms/algorithm.ts";
import {
  alone,
  box,
  defineEconomy,
  discrete,
  type Economy,
  f64,
  grid,
  type ParamDeclarations,
  type ParamValues,
  param,
  population,
} from "../src/economy/index.ts";
import { makeVectorEnv } from "../src/env/vector-env.ts";
import { createPlayer } from "../src/experiment/play.ts";
import { createArena } from "../src/kernels/index.ts";
import { type Backend, wasmBackend } from "../src/nn/index.ts";
import { seedStream } from "../src/random/index.ts";

export interface Training<C> {
  readonly params?: Readonly<Record<string, number | string | boolean>>;
  readonly config?: Partial<C> & { readonly populations?: Readonly<Record<string, Partial<C>>> };
  readonly numEnvs?: number;
  readonly totalSteps: number;
  readonly seed?: number;
  readonly backend?: Backend;
  readonly from?: Snapshot;
}

/** An update whose snapshot is a copy. */
export type Recorded = Omit<Update, "snapshot"> & Snapshot;

/** Trains on one thread, and keeps every update. */
export function trainOn<D extends ParamDeclarations>(
  algorithm: Algorithm<D>,
  economy: Economy,
  {
    config: settings = {},
    params = {},
    numEnvs = 1,
    totalSteps,
    seed = 5,
    backend = wasmBackend,
    from,
  }: Training<ParamValues<D>>,
) {
  const arena = createArena({ bytes: 32 << 20 });
  const env = makeVectorEnv(economy, { numEnvs, params, memory: arena, outcomes: algorithm.outcomes ?? false });
  const config = resolveConfig(algorithm, settings, Object.keys(env.spec));
  const rng = seedStream(seed);
  const updates: Recorded[] = [];
  /** Actions that were played on the last step before each update, by population. */
  const played: Record<string, number[]>[] = [];
  for (const update of algorithm.train({
    env,
    config,
    totalSteps,
    rng,
    seed,
    arena,
    team: alone,
    backend,
    from: from ?? null,
  })) {
    const { arrays, meta } = update.snapshot();
    updates.push({ step: update.step, metrics: update.metrics, meta, arrays: copies(arrays) });
    played.push(Object.fromEntries(Object.entries(env.batch).map(([name, { actions }]) => [name, [...actions]])));
  }
  const last = updates.at(-1)!;
  const player = createPlayer(economy, algorithm as never, config, params);
  player.load(last.arrays);
  return { env, config, updates, played, last, player };
}

const copies = (arrays: Arrays): Arrays =>
  Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => [
      name,
      (array as Float64Array | Float32Array | Int32Array | Uint8Array).slice(),
    ]),
  );

/** Largest absolute difference. */
export const distance = (actual: ArrayLike<number>, expected: readonly number[]): number =>
  Math.max(...expected.map((value, i) => Math.abs(actual[i] - value)));

/** Two states, two actions; with a discount of 0.9, OPTIMAL is the fixed point of Q = R + γ P max Q. */
export const referenceMdp = defineEconomy({
  name: "reference-mdp",
  source: "test",
  summary: "Two states, two actions.",
  params: {},
  horizon: 500,
  world: { state: f64() },
  populations: { planner: population({ size: 1, state: { reward: f64() }, actions: { choice: discrete(2) } }) },
  phases: ({ decide, world }) => ({
    choose: decide("planner", { doc: "0 or 1" }),
    move: world({ doc: "P(1 | s, a) = .1, .8, .5, 1; R = 1, 0, 0, 2" }, (w, _p, draw) => {
      const s = w.state;
      const a = w.planner.choice[0];
      const toOne = s === 0 ? (a === 0 ? 0.1 : 0.8) : a === 0 ? 0.5 : 1;
      w.planner.reward[0] = s === a ? 1 + s : 0;
      w.state = draw.uniform("next") < toOne ? 1 : 0;
    }),
  }),
  observe: { planner: { state: { world: "state", doc: "0 or 1" } } },
  reward: { planner: { column: "reward", doc: "R(s, a)" } },
});
export const OPTIMAL = [17.0243902439, 17.5609756098, 16.9024390244, 20];

/** One decision, worth 1; afterwards the same again, unless the world ends. */
export const oneStep = defineEconomy({
  name: "one-step",
  source: "test",
  summary: "A reward of 1, then either the end of the world or the end of the recording.",
  params: { ends: param(0, { doc: "1: the world ends; 0: we stop watching" }) },
  horizon: 1,
  world: { context: f64() },
  populations: {
    worker: population({ size: 1, state: { wage: f64({ initial: 1 }) }, actions: { effort: discrete(1) } }),
  },
  start: ({ world }) => ({
    draw: world({ doc: "context −1 or 1" }, (w, _p, draw) => {
      w.context = draw.uniform("context") < 0.5 ? -1 : 1;
    }),
  }),
  phases: ({ decide, world }) => ({
    work: decide("worker", { doc: "the only thing there is" }),
    pay: world({ doc: "wage = context, which lasts" }, (w) => {
      w.worker.wage[0] = w.context;
    }),
  }),
  observe: { worker: { context: { world: "context", doc: "−1 or 1" } } },
  reward: { worker: { column: "wage", doc: "context" } },
  end: (_w, p) => p.ends === 1,
});

/** Agent i is paid 1 for choosing i mod 4, and sees nothing of who it is. */
export const tastes = defineEconomy({
  name: "tastes",
  source: "test",
  summary: "Agents with different tastes who look alike.",
  params: { agents: param(8, { integer: true }) },
  horizon: 7,
  world: { same: f64({ initial: 1 }) },
  populations: {
    eaters: population({
      size: "agents",
      state: { utility: f64() },
      actions: { dish: discrete(4), drink: grid(0, 1, 3) },
    }),
  },
  phases: ({ decide, each }) => ({
    order: decide("eaters", { doc: "a dish and a drink" }),
    eat: each(
      "eaters",
      { doc: "1 for dish i mod 4, plus the drink, half of it if it is not the own dish" },
      (k, from, to) => {
        for (let i = from; i < to; i++) k.utility[i] = k.dish[i] === i % 4 ? 1 + k.drink[i] : k.drink[i] / 2;
      },
    ),
  }),
  observe: { eaters: { same: { world: "same", doc: "1, always" } } },
  reward: { eaters: { column: "utility", doc: "of dish and drink" } },
});

/** The first mover is paid for a 1, the second for matching the first; both rewards fall at the end of the period. */
export const turns = defineEconomy({
  name: "turns",
  source: "test",
  summary: "One moves, the other answers.",
  params: {},
  horizon: 5,
  world: { move: f64() },
  populations: {
    first: population({ size: 1, state: { reward: f64() }, actions: { move: discrete(2) } }),
    second: population({ size: 1, state: { reward: f64() }, actions: { answer: discrete(2) } }),
  },
  phases: ({ decide, world }) => ({
    move: decide("first", { doc: "0 or 1" }),
    show: world({ doc: "the move is seen" }, (w) => {
      w.move = w.first.move[0];
    }),
    answer: decide("second", { doc: "0 or 1" }),
    pay: world({ doc: "1 for a move of 1; 1 for the same answer" }, (w) => {
      w.first.reward[0] = w.move;
      w.second.reward[0] = w.second.answer[0] === w.move ? 1 : 0;
    }),
  }),
  observe: {
    first: { move: { world: "move", doc: "the last move" } },
    second: { move: { world: "move", doc: "what the first did" } },
  },
  reward: { first: { column: "reward", doc: "move" }, second: { column: "reward", doc: "match" } },
});

/** Five arms, paid 0, .2, .4, .6, .8 in an order that does not help, and noise. */
export const bandit = defineEconomy({
  name: "bandit",
  source: "test",
  summary: "The third arm pays best on average.",
  params: {},
  horizon: 50,
  world: { same: f64({ initial: 1 }) },
  populations: { gamblers: population({ size: 4, state: { win: f64() }, actions: { arm: discrete(5) } }) },
  phases: ({ decide, each }) => ({
    pull: decide("gamblers", { doc: "an arm" }),
    pay: each("gamblers", { doc: "(.2, .6, .8, 0, .4)[arm] + N(0, ½²)" }, (k, from, to, _w, _p, draw) => {
      const z = draw.normal("noise");
      for (let i = from; i < to; i++) k.win[i] = ARMS[k.arm[i]] + z[i] / 2;
    }),
  }),
  observe: { gamblers: { same: { world: "same", doc: "1, always" } } },
  reward: { gamblers: { column: "win", doc: "what the arm pays" } },
});
export const ARMS = [0.2, 0.6, 0.8, 0, 0.4];

/** What is chosen first is paid second: 1 for a 1, with a bribe of ½ for choosing 0. Then the world ends. */
export const credit = defineEconomy({
  name: "credit",
  source: "test",
  summary: "A choice is rewarded one step later, and the wrong one at once but less.",
  params: {},
  horizon: 10,
  world: { stage: f64(), chosen: f64() },
  populations: { saver: population({ size: 1, state: { reward: f64() }, actions: { choice: discrete(2) } }) },
  phases: ({ decide, world }) => ({
    choose: decide("saver", { doc: "0 or 1; only the first choice matters" }),
    pay: world({ doc: "at first ½ for a 0, then 1 for having chosen 1" }, (w) => {
      const { choice, reward } = w.saver;
      reward[0] = w.stage === 0 ? (1 - choice[0]) / 2 : w.chosen;
      if (w.stage === 0) w.chosen = choice[0];
      w.stage += 1;
    }),
  }),
  observe: {
    saver: { stage: { world: "stage", doc: "0, then 1" }, chosen: { world: "chosen", doc: "the first choice" } },
  },
  reward: { saver: { column: "reward", doc: "½ now or 1 later" } },
  end: (w) => w.stage === 2,
});

/** Each agent sees −1, 0 or 1 and is paid for naming it. */
export const contexts = defineEconomy({
  name: "contexts",
  source: "test",
  summary: "The best choice depends on what is seen.",
  params: {},
  horizon: 20,
  populations: {
    guessers: population({ size: 6, state: { seen: f64(), reward: f64() }, actions: { guess: discrete(3) } }),
  },
  phases: ({ decide, each }) => ({
    show: each("guessers", { doc: "−1, 0 or 1" }, (k, from, to, _w, _p, draw) => {
      const sign = draw.integers("sign", 3);
      for (let i = from; i < to; i++) k.seen[i] = sign[i] - 1;
    }),
    guess: decide("guessers", { doc: "0, 1 or 2" }),
    pay: each("guessers", { doc: "1 for guess = seen + 1" }, (k, from, to) => {
      for (let i = from; i < to; i++) k.reward[i] = k.guess[i] === k.seen[i] + 1 ? 1 : 0;
    }),
  }),
  observe: { guessers: { seen: { column: "seen", doc: "−1, 0 or 1" } } },
  reward: { guessers: { column: "reward", doc: "1 for the right guess" } },
});

/** Each of three sees a sign of its own and is paid 1 for naming it; all of them are paid the sum of all signs besides. */
export const choir = defineEconomy({
  name: "choir",
  source: "test",
  summary: "What one earns depends on what the others see.",
  params: {},
  horizon: 20,
  world: { mood: f64() },
  populations: {
    singers: population({ size: 3, state: { sign: f64(), paid: f64() }, actions: { name: discrete(2) } }),
  },
  phases: ({ decide, each, total }) => ({
    show: each("singers", { doc: "−1 or 1" }, (k, from, to, _w, _p, draw) => {
      const sign = draw.integers("sign", 2);
      for (let i = from; i < to; i++) k.sign[i] = 2 * sign[i] - 1;
    }),
    mood: total("singers", { doc: "the sum of signs" }, { mood: "sign" }),
    name: decide("singers", { doc: "0 for −1, 1 for 1" }),
    pay: each("singers", { doc: "the mood, and 1 for the right name" }, (k, from, to, w) => {
      for (let i = from; i < to; i++) k.paid[i] = w.mood + (2 * k.name[i] - 1 === k.sign[i] ? 1 : 0);
    }),
  }),
  observe: { singers: { sign: { column: "sign", doc: "one's own" } } },
  reward: { singers: { column: "paid", doc: "mood and name" } },
  metrics: {
    right: { unit: "1", doc: "", of: ({ mood, singers }) => singers.paid.reduce((sum, x) => sum + x - mood, 0) / 3 },
  },
});

/** A sign is shown once, and must be named `delay` steps later for 1; episodes end as they were begun, by a death or by the clock. */
export const delayed = defineEconomy({
  name: "delayed",
  source: "test",
  summary: "What was seen at first decides what is right at last.",
  params: {
    delay: param(4, { integer: true, min: 1 }),
    ends: param(1, { doc: "1: the world ends; 0: it is cut off" }),
  },
  horizon: 5,
  world: { time: f64() },
  populations: {
    witnesses: population({
      size: 3,
      state: { sign: f64(), shown: f64(), paid: f64() },
      actions: { name: discrete(2) },
    }),
  },
  start: ({ each }) => ({
    show: each("witnesses", { doc: "0 or 1, as −1 or 1" }, (k, from, to, _w, _p, draw) => {
      const sign = draw.integers("sign", 2);
      for (let i = from; i < to; i++) k.shown[i] = 2 * (k.sign[i] = sign[i]) - 1;
    }),
  }),
  phases: ({ decide, each, world }) => ({
    name: decide("witnesses", { doc: "the sign, when asked" }),
    pay: each("witnesses", { doc: "1 at the end for the right name" }, (k, from, to, w, p) => {
      for (let i = from; i < to; i++) {
        k.paid[i] = w.time === p.delay && k.name[i] === k.sign[i] ? 1 : 0;
        k.shown[i] = 0;
      }
    }),
    pass: world({ doc: "time" }, (w) => {
      w.time += 1;
    }),
  }),
  observe: {
    witnesses: {
      shown: { column: "shown", doc: "the sign at first, then 0" },
      time: { world: "time", scale: 4, doc: "" },
    },
  },
  reward: { witnesses: { column: "paid", doc: "1 for the right name" } },
  end: (w, p) => p.ends === 1 && w.time > p.delay,
  metrics: { paid: { unit: "1", doc: "", of: ({ witnesses }) => witnesses.paid.reduce((a, b) => a + b) / 3 } },
});

/** Four have 0 to 3 pieces and eat some, no more than there are, with one of two drinks: 1 for a piece, and for drink 1 in a full house. */
export const larder = defineEconomy({
  name: "larder",
  source: "test",
  summary: "Nobody can eat what is not there.",
  params: { strict: param(0, { doc: "1: greed is an error" }) },
  horizon: 6,
  populations: {
    eaters: population({
      size: 4,
      state: { stock: f64(), joy: f64(), greed: f64() },
      actions: { eaten: grid(0, 3, 4), drink: discrete(2) },
    }),
  },
  start: ({ each }) => ({
    fill: each("eaters", { doc: "3 to begin with" }, (k, from, to) => k.stock.fill(3, from, to)),
  }),
  phases: ({ decide, each }) => ({
    eat: decide("eaters", { doc: "0 to 3, of what there is" }),
    joy: each("eaters", { doc: "1 each; what was asked for and not there is greed" }, (k, from, to, _w, p, draw) => {
      const fresh = draw.integers("fresh", 4);
      for (let i = from; i < to; i++) {
        const eaten = Math.min(k.eaten[i], k.stock[i]);
        k.greed[i] += k.eaten[i] - eaten;
        if (p.strict === 1 && k.greed[i] > 0) throw new Error("somebody was greedy");
        k.joy[i] = eaten + (k.stock[i] === 3 && k.drink[i] === 1 ? 1 : 0);
        k.stock[i] = fresh[i];
      }
    }),
  }),
  observe: { eaters: { stock: { column: "stock", scale: 3, doc: "pieces" } } },
  reward: { eaters: { column: "joy", doc: "eaten" } },
  mask: { eaters: { eaten: { doc: "no more than there is", allows: (k, i, eaten) => eaten <= k.stock[i] } } },
  metrics: { greed: { unit: "1", doc: "", of: ({ eaters }) => eaters.greed.reduce((a, b) => a + b) } },
});

/** Two players are paid 2 if both choose 0, 1 if both choose 1, and nothing else: two pure equilibria and a mixed one. */
export const coordination = defineEconomy({
  name: "coordination",
  source: "test",
  summary: "Two players do well to agree.",
  params: {},
  horizon: 25,
  world: { same: f64({ initial: 1 }) },
  populations: { players: population({ size: 2, state: { payoff: f64() }, actions: { move: discrete(2) } }) },
  phases: ({ decide, world }) => ({
    move: decide("players", { doc: "0 or 1, at the same time" }),
    pay: world({ doc: "2 for (0, 0), 1 for (1, 1), else 0" }, ({ players: { move, payoff } }) => {
      payoff[0] = payoff[1] = move[0] === move[1] ? 2 - move[0] : 0;
    }),
  }),
  observe: { players: { same: { world: "same", doc: "1, always" } } },
  reward: { players: { column: "payoff", doc: "of the game" } },
});

/** x′ = .9 x + .5 u at a cost of x² + .2 u². With a discount of .95 the least cost is RICCATI.cost x², by u = −RICCATI.gain x. */
export const regulator = defineEconomy({
  name: "regulator",
  source: "test",
  summary: "Four of them bring what they see to nought, and pay for haste.",
  params: { start: param(1, { doc: "the first state is uniform in ±start" }) },
  horizon: 20,
  populations: {
    stewards: population({ size: 4, state: { gap: f64(), cost: f64(), reward: f64() }, actions: { push: box(-2, 2) } }),
  },
  start: ({ each }) => ({
    scatter: each("stewards", { doc: "uniform in ±start" }, (k, from, to, _w, p, draw) => {
      const u = draw.uniform("gap");
      for (let i = from; i < to; i++) k.gap[i] = p.start * (2 * u[i] - 1);
    }),
  }),
  phases: ({ decide, each }) => ({
    push: decide("stewards", { doc: "any way" }),
    move: each("stewards", { doc: "cost, then x′ = .9 x + .5 u" }, (k, from, to) => {
      for (let i = from; i < to; i++) {
        const x = k.gap[i];
        const u = k.push[i];
        k.cost[i] = x * x + 0.2 * u * u;
        k.reward[i] = -k.cost[i];
        k.gap[i] = 0.9 * x + 0.5 * u;
      }
    }),
  }),
  observe: { stewards: { gap: { column: "gap", doc: "x" } } },
  reward: { stewards: { column: "reward", doc: "−cost" } },
});
/** P = q + γa²P − (γabP)²/(r + γb²P) and K = γabP/(r + γb²P) for a .9, b .5, q 1, r .2, γ .95. */
export const RICCATI = { cost: 1.4051807968, gain: 1.1255022132 };

/** Two numbers to get right: a price of 7 on [0, 10], and a tone of half of what is seen on [−1, 1]. */
export const target = defineEconomy({
  name: "target",
  source: "test",
  summary: "The closer, the better.",
  params: {},
  horizon: 20,
  populations: {
    archers: population({
      size: 4,
      state: { seen: f64(), reward: f64() },
      actions: { price: box(0, 10), tone: box(-1, 1) },
    }),
  },
  phases: ({ decide, each }) => ({
    show: each("archers", { doc: "−1, 0 or 1" }, (k, from, to, _w, _p, draw) => {
      const sign = draw.integers("sign", 3);
      for (let i = from; i < to; i++) k.seen[i] = sign[i] - 1;
    }),
    shoot: decide("archers", { doc: "a price and a tone" }),
    pay: each("archers", { doc: "−((price − 7)/5)² − (tone − seen/2)²" }, (k, from, to) => {
      for (let i = from; i < to; i++) {
        const apart = (k.price[i] - 7) / 5;
        const off = k.tone[i] - k.seen[i] / 2;
        k.reward[i] = -apart * apart - off * off;
      }
    }),
  }),
  observe: { archers: { seen: { column: "seen", doc: "−1, 0 or 1" } } },
  reward: { archers: { column: "reward", doc: "minus the squared distance" } },
});

/** The game of Rashid et al. (2018), figure 3: the first agent's move leads to 7 whatever they do then, or to 0, 1 or 8. */
export const twoStep = defineEconomy({
  name: "two-step",
  source: "Rashid et al. (2018), https://arxiv.org/abs/1803.11485, section 5",
  summary: "A safe game or one in which the best needs both; the first agent decides which.",
  params: {},
  horizon: 10,
  world: { opening: f64({ initial: 1 }), safe: f64(), risky: f64() },
  populations: { players: population({ size: 2, state: { payoff: f64() }, actions: { move: discrete(2) } }) },
  phases: ({ decide, world }) => ({
    move: decide("players", { doc: "0 or 1, at the same time" }),
    pay: world({ doc: "at first nothing; then 7 for anything, or ((0, 1), (1, 8))" }, (w) => {
      const { move, payoff } = w.players;
      const sum = move[0] + move[1];
      const earned = w.safe === 1 ? 7 : w.risky === 1 ? (sum === 2 ? 8 : sum) : 0;
      payoff[0] = payoff[1] = earned / 2;
      w.safe = w.opening === 1 && move[0] === 0 ? 1 : 0;
      w.risky = w.opening === 1 && move[0] === 1 ? 1 : 0;
      w.opening -= 1;
    }),
  }),
  observe: {
    players: {
      opening: { world: "opening", doc: "1 at first" },
      safe: { world: "safe", doc: "1 in game 2A" },
      risky: { world: "risky", doc: "1 in game 2B" },
    },
  },
  reward: { players: { column: "payoff", doc: "half of what the team earns" } },
  end: (w) => w.opening === -1,
});

/** A leader sets a law every third period; followers answer every period. Worlds end apart, some in the middle of the leader's term. */
export const realm = defineEconomy({
  name: "realm",
  source: "test",
  summary: "A slow leader and fast followers in worlds that end at different times.",
  params: { mortality: param(0.1, { min: 0, max: 1 }) },
  horizon: 9,
  world: { law: f64(), fate: f64({ initial: 1 }) },
  populations: {
    leader: population({ size: 1, state: { joy: f64() }, actions: { law: discrete(2) } }),
    followers: population({ size: 3, state: { pay: f64() }, actions: { answer: discrete(2), effort: grid(0, 1, 3) } }),
  },
  phases: ({ decide, each, world }) => ({
    rule: decide("leader", { doc: "a law for three periods", every: 3 }),
    proclaim: world({ doc: "it is known" }, (w) => {
      w.law = w.leader.law[0];
    }),
    obey: decide("followers", { doc: "the same or not" }),
    pay: each("followers", { doc: "1 for the same, and the effort" }, (k, from, to, w) => {
      for (let i = from; i < to; i++) k.pay[i] = (k.answer[i] === w.law ? 1 : 0) + k.effort[i];
    }),
    close: world({ doc: "the leader likes 1" }, (w, _p, draw) => {
      w.leader.joy[0] = w.law;
      w.fate = draw.uniform("fate");
    }),
  }),
  observe: {
    leader: { law: { world: "law", doc: "the last law" } },
    followers: { law: { world: "law", doc: "the law" } },
  },
  reward: { leader: { column: "joy", doc: "law" }, followers: { column: "pay", doc: "obedience and effort" } },
  end: (w, p) => w.fate < p.mortality,
});

export const blind = defineEconomy({
  name: "blind",
  source: "test",
  summary: "Nothing is seen.",
  params: {},
  horizon: 5,
  populations: { people: population({ size: 1, state: { x: f64() }, actions: { a: discrete(2) } }) },
  phases: ({ decide }) => ({ act: decide("people", { doc: "blindly" }) }),
});
