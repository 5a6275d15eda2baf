// Two sellers of one good: the leader commits to a quantity for the whole episode, then the follower chooses its own every period.
// von Stackelberg 1934, Marktform und Gleichgewicht; Cournot 1838. The smallest economy in which it matters whether a leader foresees the response.
//
//   P = max(0, a − b (q₁ + q₂)),   π_i = (P − c_i) q_i − ½ k_i q_i²
// By option the follower does not see q₁ and has to guess: then nothing it does can depend on it. Left out: entry, exit, storage.
import { box, defineEconomy, derived, f64, flag, param, population } from "walras";
import * as theory from "./theory/duopoly.ts";

export const duopoly = defineEconomy({
  name: "duopoly",
  source: "von Stackelberg (1934), Marktform und Gleichgewicht; Cournot (1838)",
  summary: "A leader commits to a quantity and a follower responds: Stackelberg against Cournot, in closed form.",
  params: {
    intercept: param(10, {
      symbol: "a",
      unit: "money/good",
      min: 1e-6,
      max: 1e6,
      doc: "price at which nobody buys",
    }),
    slope: param(1, {
      symbol: "b",
      unit: "money/good²",
      min: 1e-6,
      max: 1e6,
      doc: "fall of the price per unit sold",
    }),
    leaderCost: param(1, { symbol: "c₁", unit: "money/good", min: 0, max: 1e6, doc: "of the first unit" }),
    followerCost: param(1, { symbol: "c₂", unit: "money/good", min: 0, max: 1e6, doc: "of the first unit" }),
    leaderCurvature: param(0, {
      symbol: "k₁",
      unit: "money/good²",
      min: 0,
      max: 1e6,
      doc: "rise of marginal cost per unit",
    }),
    followerCurvature: param(0, {
      symbol: "k₂",
      unit: "money/good²",
      min: 0,
      max: 1e6,
      doc: "rise of marginal cost per unit",
    }),
    leaderQuantityMax: param(derived, {
      unit: "goods",
      min: 0,
      exclusive: true,
      doc: "default (a − c₁)/b: a rival's nothing would just ruin it; a/b where the cost is above a",
    }),
    followerQuantityMax: param(derived, {
      unit: "goods",
      min: 0,
      exclusive: true,
      doc: "default (a − c₂)/b, or a/b likewise",
    }),
    observed: flag(true, "the follower sees the leader's quantity before it chooses its own"),
    horizon: param(1, {
      symbol: "T",
      unit: "periods",
      min: 1,
      max: 1e6,
      integer: true,
      doc: "for which the leader's quantity holds; the episode is then truncated",
    }),
  },
  derive: {
    leaderQuantityMax: (p) => worthwhile(p.intercept, p.leaderCost) / p.slope,
    followerQuantityMax: (p) => worthwhile(p.intercept, p.followerCost) / p.slope,
  },
  horizon: "horizon",
  world: {
    price: f64({ unit: "money/good", doc: "P" }),
    announced: f64({ unit: "goods", doc: "what the follower is told of q₁: the truth, or the middle of the range" }),
  },
  populations: {
    leader: population({
      size: 1,
      state: { profit: f64({ unit: "money", doc: "π₁" }) },
      actions: { quantity: box(0, "leaderQuantityMax", { unit: "goods", doc: "q₁" }) },
    }),
    follower: population({
      size: 1,
      state: { profit: f64({ unit: "money", doc: "π₂" }) },
      actions: { quantity: box(0, "followerQuantityMax", { unit: "goods", doc: "q₂" }) },
    }),
  },
  phases: ({ decide, world }) => ({
    commit: decide("leader", { doc: "q₁, for the whole episode", every: "episode" }),
    announce: world({ doc: "q₁ is told, or not" }, (w, p) => {
      w.announced = p.observed ? w.leader.quantity[0] : p.leaderQuantityMax / 2;
    }),
    respond: decide("follower", { doc: "q₂" }),
    sell: world({ doc: "P clears the market; profits" }, (w, p) => {
      const [q1] = w.leader.quantity;
      const [q2] = w.follower.quantity;
      w.price = Math.max(0, p.intercept - p.slope * (q1 + q2));
      w.leader.profit[0] = (w.price - p.leaderCost) * q1 - (p.leaderCurvature / 2) * q1 * q1;
      w.follower.profit[0] = (w.price - p.followerCost) * q2 - (p.followerCurvature / 2) * q2 * q2;
    }),
  }),
  observe: {
    leader: {
      announced: {
        world: "announced",
        center: (p) => p.leaderQuantityMax / 2,
        scale: (p) => p.leaderQuantityMax / 2,
        doc: "what was announced last in this episode; nothing was at its start: −1",
      },
    },
    follower: {
      leaderQuantity: {
        world: "announced",
        center: (p) => p.leaderQuantityMax / 2,
        scale: (p) => p.leaderQuantityMax / 2,
        doc: "θ̂: q₁ from −1 to 1 over its range; 0 if it is not shown",
      },
    },
  },
  reward: { leader: { column: "profit", doc: "π₁" }, follower: { column: "profit", doc: "π₂" } },
  metrics: {
    leaderQuantity: { unit: "goods", doc: "q₁", of: ({ leader }) => leader.quantity[0] },
    followerQuantity: { unit: "goods", doc: "q₂", of: ({ follower }) => follower.quantity[0] },
    price: { unit: "money/good", doc: "P", of: ({ price }) => price },
    leaderProfit: { unit: "money", doc: "π₁", of: ({ leader }) => leader.profit[0] },
    followerProfit: { unit: "money", doc: "π₂", of: ({ follower }) => follower.profit[0] },
  },
  identities: {
    money: {
      doc: "what buyers pay = both firms' costs and profits, relative to costs above 1",
      after: "period",
      of: ({ price, leader, follower }, p) => {
        const [q1, q2] = [leader.quantity[0], follower.quantity[0]];
        const costs =
          p.leaderCost * q1 +
          (p.leaderCurvature / 2) * q1 * q1 +
          p.followerCost * q2 +
          (p.followerCurvature / 2) * q2 * q2;
        return (price * (q1 + q2) - costs - leader.profit[0] - follower.profit[0]) / Math.max(1, costs);
      },
    },
  },
  truth(p) {
    const cournot = theory.cournotDuopoly(p);
    // Who is not seen cannot lead: a leader whose quantity stays hidden might as well choose at the same time.
    const { leaderQuantity, followerQuantity, price, leaderProfit, followerProfit } = p.observed
      ? theory.stackelbergDuopoly(p)
      : cournot;
    return {
      leaderQuantity,
      followerQuantity,
      price,
      leaderProfit,
      followerProfit,
      cournotQuantities: [cournot.leaderQuantity, cournot.followerQuantity],
      cournotPrice: cournot.price,
      cournotLeaderProfit: cournot.leaderProfit,
      cournotFollowerProfit: cournot.followerProfit,
    };
  },
  truthDocs: {
    leaderQuantity:
      "q₁ of the leader who foresees the response (Stackelberg); where the follower does not see it, Cournot's",
    followerQuantity: "q₂ = (a − c₂ − b q₁)/(2b + k₂), the best response to it, within what can be sold",
    price: "P at these quantities",
    leaderProfit: "π₁",
    followerProfit: "π₂",
    cournotQuantities: "q₁ and q₂ where each takes the other's quantity as given",
    cournotPrice: "P there",
    cournotLeaderProfit: "π₁ there",
    cournotFollowerProfit: "π₂ there",
  },
  figures: [
    {
      title: "The leader's quantity",
      population: "leader",
      column: "quantity",
      theory: "leaderQuantity",
      theoryLabel: "leader’s optimum",
      caption:
        "Against Stackelberg's quantity, of a leader who foresees the response; Cournot's, which is lower, where the follower does not see it.",
    },
    {
      title: "The follower's quantity",
      population: "follower",
      column: "quantity",
      theory: "followerQuantity",
      theoryLabel: "best response",
      caption: "Against the best response to the leader's quantity in theory.",
    },
  ],
});

export default duopoly;

/** a − c, or a itself for a firm that cannot earn anything. */
function worthwhile(intercept: number, cost: number): number {
  return intercept > cost ? intercept - cost : intercept;
}
