import { makerExperiment } from "./parts/market-maker.ts";

export default makerExperiment({
  name: "market-making-0.25",
  summary: "The baseline of figure 8: a policy of a market maker for the preference 0.25 only.",
  preferences: [0.25, 0.25, 0.25, 0.25, 0.25],
  totalSteps: 128 * 32 * 200,
});
