// What the duopoly's experiments share: a task, a follower that learns its response, and what theory says of both.
import { leaders } from "walras";

/** The leader wants its own profit. */
export const ownProfit: leaders.Task = {
  name: "profit",
  leader: "leader",
  score: leaders.ownReward("leader.profit"),
};
