// Capital and productivity last: what is best to save depends on both.
import { defineExperiment, sac } from "walras";
import { againstExact, lastingReplayed, sacSettings } from "./parts/planner.ts";

export default defineExperiment({
  ...againstExact,
  ...lastingReplayed,
  ...sacSettings,
  name: "growth/sac-lasting",
  summary: "Soft actor–critic learns when to save more than depreciates, and when less.",
  algorithm: sac,
});
