import { makerExperiment } from "./parts/market-maker.ts";

export default makerExperiment({
  name: "market-making-1",
  summary: "The baseline of figure 8: a policy of a market maker for the preference 1 only.",
  preferences: [1, 1, 1, 1, 1],
  totalSteps: 128 * 32 * 200,
});
