import { makerExperiment } from "./parts/market-maker.ts";

export default makerExperiment({
  name: "market-making-0.5",
  summary: "The baseline of figure 8: a policy of a market maker for the preference 0.5 only.",
  preferences: [0.5, 0.5, 0.5, 0.5, 0.5],
  totalSteps: 128 * 32 * 200,
});
