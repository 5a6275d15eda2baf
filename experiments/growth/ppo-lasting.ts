// Capital and productivity last: what is best to save depends on both.
import { defineExperiment, ppo } from "walras";
import { againstExact, lasting, ppoSettings } from "./parts/planner.ts";

export default defineExperiment({
  ...againstExact,
  ...lasting,
  ...ppoSettings,
  name: "growth/ppo-lasting",
  summary: "PPO learns when to save more than depreciates, and when less.",
  algorithm: ppo,
});
