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
  // What its own capital is worth to a household lies far in the future, and is small beside what shocks do: long returns, and a critic that counts for more.
  config: { ...ppoSettings.config, gaeLambda: 0.9, vfCoef: 2, averageFrom: 0.4 },
  numEnvs: 100,
  totalSteps: 400_000,
});
