// The fifth task: the leader is owned by the public and wants total surplus instead of profit (a mixed duopoly; De Fraja & Delbono 1989).
import { type AnyRows, type AnyWorld, defineExperiment, leaders } from "walras";
import { duopoly } from "../../economies/duopoly.ts";
import { follower, followerConfig, scale } from "./parts/duopolists.ts";

const of = (w: AnyWorld, firm: string, column: string): number => ((w[firm] as AnyRows)[column] as Float64Array)[0];

/** Consumers' surplus ½ (a − P)(q₁ + q₂), and both profits. */
const publicInterest: leaders.Task = {
  name: "public interest",
  leader: "leader",
  controls: { quantity: [1, 7] },
  score: leaders.maximize((w, p) => {
    const [q1, q2] = [of(w, "leader", "quantity"), of(w, "follower", "quantity")];
    const consumers = ((p["intercept"] as number) - (w["price"] as number)) * (q1 + q2);
    return consumers / 2 + of(w, "leader", "profit") + of(w, "follower", "profit");
  }),
};

export default defineExperiment({
  name: "adage/duopoly-public",
  summary: "A leader in public hands produces more than a private one.",
  economy: duopoly,
  params: { intercept: 12, leaderCost: 2, followerCost: 2, leaderCurvature: 1, followerCurvature: 1 },
  algorithm: leaders.totalGradient({ task: publicInterest, followers: follower }),
  config: { ...followerConfig, perturbation: 0.2, exploration: 0.5, spread: 0.3, warmup: 0.5 },
  ...scale,
  expect() {
    const theory = 25 / 7; // q₂ = (10 − q₁)/3;   dW/dq₁ = (10 − q₁ − q₂)(2/3) − q₁ + q₂/3 = 0
    const common = { claim: "–", unit: "goods", tolerance: 0.05, kind: "absolute" } as const;
    return [{ item: "leader's quantity", measure: "leaderQuantity", theory, ...common }];
  },
});
