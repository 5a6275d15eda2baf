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
  // What is left is noise about the right rate; a mean of parameters has less of it.
  config: { ...ppoSettings.config, averageFrom: 0.4 },
  seeds: [6, 7, 8, 9, 10], // 1 to 5 judged the last parameters; settings were chosen on seeds from 1001 on
});
