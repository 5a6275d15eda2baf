// Logarithmic utility, full depreciation: the best is to keep αβ of output, whatever happens.
import { defineExperiment, sac } from "walras";
import { againstExact, brockMirmanReplayed, sacSettings } from "./parts/planner.ts";

export default defineExperiment({
  ...againstExact,
  ...brockMirmanReplayed,
  ...sacSettings,
  name: "growth/sac-brock-mirman",
  summary: "Soft actor–critic learns to save the share of output that Brock and Mirman say.",
  algorithm: sac,
});
