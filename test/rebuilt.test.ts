// A hand-written economy again from parts: the same columns, the same learning, bit for bit. (Tax and monopoly are shipped as parts.)
import { expect, test } from "vitest";
import { duopoly } from "../economies/duopoly.ts";
import {
  box,
  compose,
  defineExperiment,
  derived,
  extension,
  f64,
  flag,
  param,
  part,
  population,
  ppo,
  train,
} from "../src/index.ts";

const money = { unit: "money/good", min: 0, max: 1e6 };
const cap = { unit: "goods", min: 0, exclusive: true };
const range = {
  center: (p: { leaderQuantityMax: number }) => p.leaderQuantityMax / 2,
  scale: (p: { leaderQuantityMax: number }) => p.leaderQuantityMax / 2,
};
const own = { state: { profit: f64({ unit: "money" }) }, quantity: { unit: "goods" } };
const told = { announced: f64({ unit: "goods" }) };

const leader = part({
  name: "leader",
  params: { leaderQuantityMax: param(derived, cap) },
  world: told,
  populations: {
    leader: population({ size: 1, state: own.state, actions: { quantity: box(0, "leaderQuantityMax", own.quantity) } }),
  },
  phases: ({ decide }) => ({ commit: decide("leader", { doc: "q₁", every: "episode" }) }),
  observe: { leader: { announced: { world: "announced", ...range, doc: "q₁, announced" } } },
  reward: { leader: { column: "profit", doc: "π₁" } },
});
const follower = part({
  name: "follower",
  params: {
    followerQuantityMax: param(derived, cap),
    leaderQuantityMax: param(derived, cap),
    observed: flag(true, "q₁ is seen"),
  },
  world: told,
  populations: {
    follower: population({
      size: 1,
      state: own.state,
      actions: { quantity: box(0, "followerQuantityMax", own.quantity) },
    }),
    leader: extension({ actions: { quantity: box(0, "leaderQuantityMax", own.quantity) } }),
  },
  phases: ({ decide, world }) => ({
    announce: world({ doc: "q₁ is told, or not" }, (w, p) => {
      w.announced = p.observed ? w.leader.quantity[0]! : p.leaderQuantityMax / 2;
    }),
    respond: decide("follower", { doc: "q₂" }),
  }),
  observe: { follower: { leaderQuantity: { world: "announced", ...range, doc: "q₁, as told" } } },
  reward: { follower: { column: "profit", doc: "π₂" } },
});
const market = part({
  name: "market",
  params: {
    intercept: param(10, { ...money, min: 1e-6 }),
    slope: param(1, { unit: "money/good²", min: 1e-6, max: 1e6 }),
    leaderCost: param(1, money),
    followerCost: param(1, money),
    leaderCurvature: param(0, { unit: "money/good²", min: 0, max: 1e6 }),
    followerCurvature: param(0, { unit: "money/good²", min: 0, max: 1e6 }),
    leaderQuantityMax: param(derived, cap),
    followerQuantityMax: param(derived, cap),
  },
  world: { price: f64({ unit: "money/good" }) },
  populations: {
    leader: extension({ state: own.state, actions: { quantity: box(0, "leaderQuantityMax", own.quantity) } }),
    follower: extension({ state: own.state, actions: { quantity: box(0, "followerQuantityMax", own.quantity) } }),
  },
  phases: ({ world }) => ({
    sell: world({ doc: "P clears the market; profits" }, (w, p) => {
      const [q1, q2] = [w.leader.quantity[0]!, w.follower.quantity[0]!];
      w.price = Math.max(0, p.intercept - p.slope * (q1 + q2));
      w.leader.profit[0] = (w.price - p.leaderCost) * q1 - (p.leaderCurvature / 2) * q1 * q1;
      w.follower.profit[0] = (w.price - p.followerCost) * q2 - (p.followerCurvature / 2) * q2 * q2;
    }),
  }),
});

test("the duopoly of parts learns the same as the one written by hand, bit for bit", () => {
  const rebuilt = compose({
    name: "duopoly",
    source: "parts",
    summary: "A leader, a follower and a market.",
    parts: { leader, follower, market },
    params: { horizon: param(1, { unit: "periods", min: 1, max: 1e6, integer: true }) },
    derive: {
      leaderQuantityMax: (p) => (p.intercept - p.leaderCost) / p.slope,
      followerQuantityMax: (p) => (p.intercept - p.followerCost) / p.slope,
    },
    horizon: "horizon",
    phases: ({ leader, follower, market }) => ({
      commit: leader.commit,
      announce: follower.announce,
      respond: follower.respond,
      sell: market.sell,
    }),
  });
  const learned = (economy: typeof duopoly | typeof rebuilt, observed: boolean) => {
    const experiment = defineExperiment({
      name: "rebuilt",
      summary: "A few rollouts.",
      economy,
      params: { horizon: 3, observed, leaderCurvature: 0.5, followerCost: 2 },
      algorithm: ppo,
      config: { hiddenWidth: 8, numSteps: 12, updates: 4, squash: true },
      numEnvs: 3,
      totalSteps: 3 * 48,
    });
    const training = train(experiment, { seed: 5 });
    for (const _ of training);
    training.finish();
    return training.snapshot().arrays;
  };
  for (const observed of [true, false]) expect(learned(rebuilt, observed)).toEqual(learned(duopoly, observed));
});
