// A seller in a region of its own: each period it sees the highest price that anybody would pay and posts a price. A period is a decision for itself.
//
//   q = a − p, a uniform in the region's range      π = (p − c)(a − p)      p* = (a + c)/2, π* = ((a − c)/2)²

import {
  type AnyWorld,
  box,
  defineEconomy,
  defineExperiment,
  type Experiment,
  f64,
  math,
  param,
  population,
  ppo,
} from "walras";
import { createLearner, type Learner } from "walras/federated";

const market = {
  params: {
    low: param(1, { unit: "money", min: 0, max: 10, doc: "lowest demand intercept" }),
    high: param(3, { unit: "money", min: 0, max: 10, doc: "highest demand intercept" }),
    cost: param(0.4, { symbol: "c", unit: "money/good", min: 0, max: 10 }),
    horizon: param(16, { unit: "periods", min: 1, max: 1e6, integer: true }),
  },
  horizon: "horizon",
  world: { intercept: f64({ unit: "money", doc: "a: price at which nothing is sold" }) },
} as const;

export const regionalSeller = defineEconomy({
  name: "regional-seller",
  source: "textbook monopoly with straight demand",
  summary: "A seller prices by a demand that it sees, in a region that has only some demands.",
  ...market,
  populations: {
    seller: population({
      size: 1,
      state: { profit: f64({ unit: "money", doc: "π" }) },
      actions: { price: box(0, 2, { unit: "money/good" }) },
    }),
  },
  start: ({ world }) => ({
    open: world({ doc: "the first period's demand", writes: "scalars" }, (w, p, draw) => {
      w.intercept = p.low + (p.high - p.low) * draw.uniform("first");
    }),
  }),
  phases: ({ decide, world }) => ({
    post: decide("seller", { doc: "the price, knowing a" }),
    sell: world({ doc: "π = (p − c) max(0, a − p)" }, (w, p) => {
      w.seller.profit[0] = (w.seller.price[0]! - p.cost) * Math.max(0, w.intercept - w.seller.price[0]!);
    }),
    pass: world({ doc: "the next period's demand", writes: "scalars" }, (w, p, draw) => {
      w.intercept = p.low + (p.high - p.low) * draw.uniform("next");
    }),
  }),
  observe: { seller: { intercept: { world: "intercept", center: 2, scale: 1, doc: "a" } } },
  reward: { seller: { column: "profit", doc: "π" } },
  metrics: { profit: { unit: "money", doc: "π", of: ({ seller }) => seller.profit[0]! } },
});

/** All demands, and a seller who prices best: what participants are measured by. */
export const bestSeller = defineEconomy({
  name: "best-seller",
  source: "textbook monopoly with straight demand",
  summary: "A seller posts the best price at each demand that it sees.",
  ...market,
  populations: {
    seller: population({ size: 1, state: { profit: f64({ unit: "money", doc: "π" }) } }),
  },
  phases: ({ each, world }) => ({
    open: world({ doc: "demand", writes: "scalars" }, (w, p, draw) => {
      w.intercept = p.low + (p.high - p.low) * draw.uniform("demand");
    }),
    sell: each("seller", { doc: "π* = ((a − c)/2)²" }, (k, from, to, w, p) => {
      const half = (w.intercept - p.cost) / 2;
      for (let i = from; i < to; i++) k.profit[i] = half * half;
    }),
  }),
  metrics: { profit: { unit: "money", doc: "π*", of: ({ seller }) => seller.profit[0]! } },
});

/** Rounds that a participant's training lasts at most. */
const MOST_ROUNDS = 200;
const [WORLDS, STEPS] = [4, 16];

/** One region's training: an update is a rollout of 64 decisions. */
export const seller: Experiment = defineExperiment({
  name: "federated/seller",
  summary: "A seller of one region learns to price.",
  economy: regionalSeller,
  algorithm: ppo,
  config: {
    gamma: 0,
    numSteps: STEPS,
    numMinibatches: 1,
    updateEpochs: 4,
    learningRate: 5e-3,
    annealLr: false,
    entCoef: 0,
    hiddenLayers: 1,
    hiddenWidth: 4,
    initialLogStd: -1.5,
    updates: MOST_ROUNDS,
  },
  numEnvs: WORLDS,
  totalSteps: MOST_ROUNDS * WORLDS * STEPS,
});

const [LOW, HIGH] = [1, 3];
const DEMANDS = Array.from({ length: 21 }, (_, k) => LOW + ((HIGH - LOW) * k) / 20);
const COST = 0.4;

/** Participants whose regions divide all demands among them evenly; `costs`: taken in turns. */
export const regions = (count: number, seed: number, costs: readonly number[] = [COST]): Learner[] =>
  Array.from({ length: count }, (_, i) => {
    const at = (k: number): number => LOW + ((HIGH - LOW) * k) / count;
    const set = { low: at(i), high: at(i + 1), cost: costs[i % costs.length]! };
    return createLearner(seller, { seed: 1000 * seed + i, set });
  });

/** Posted prices at all demands. */
function prices(learner: Learner, weights: Float32Array): number[] {
  const player = learner.player(weights);
  return DEMANDS.map((intercept) => {
    const arrange = (w: AnyWorld): void => {
      w["intercept"] = intercept;
    };
    return (player.respond("seller", arrange)["price"] as Float64Array)[0]!;
  });
}

/** Share of the best profits over all demands that weights forgo: 0 is the best. */
export function regret(learner: Learner, weights: Float32Array): number {
  const posted = prices(learner, weights);
  const got = DEMANDS.map((a, k) => (posted[k]! - COST) * Math.max(0, a - posted[k]!));
  const best = DEMANDS.map((a) => ((a - COST) * (a - COST)) / 4);
  return 1 - math.pairwiseSum(got) / math.pairwiseSum(best);
}

/** Mean of price − a/2: half the cost that weights price by. */
export const markup = (learner: Learner, weights: Float32Array): number =>
  math.mean(prices(learner, weights).map((price, k) => price - DEMANDS[k]! / 2));
