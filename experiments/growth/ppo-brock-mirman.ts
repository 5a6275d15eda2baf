// Logarithmic utility, full depreciation: the best is to keep αβ of output, whatever happens.
import { defineExperiment, ppo } from "walras";
import { againstExact, brockMirman, ppoSettings } from "./parts/planner.ts";

export default defineExperiment({
  ...againstExact,
  ...brockMirman,
  ...ppoSettings,
  name: "growth/ppo-brock-mirman",
  summary: "PPO learns to save the share of output that Brock and Mirman say.",
  algorithm: ppo,
});
