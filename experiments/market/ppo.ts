// Ten households who see their own capital, the wage and the rent do together what a planner would.
import { defineExperiment, ppo } from "walras";
import { ppoSettings } from "../growth/parts/planner.ts";
import { againstPlanner } from "./parts/households.ts";

export default defineExperiment({
  ...againstPlanner,
  name: "market/ppo",
  summary: "Households who learn to save at the prices that they see do what a planner would.",
  params: { horizon: 25, savingMax: 0.6 },
  algorithm: ppo,
  config: { ...ppoSettings.config, numMinibatches: 8 },
  numEnvs: 100,
  totalSteps: 400_000,
});
