import { makerExperiment } from "./parts/market-maker.ts";

export default makerExperiment({
  name: "market-making-0.75",
  summary: "The baseline of figure 8: a policy of a market maker for the preference 0.75 only.",
  preferences: [0.75, 0.75, 0.75, 0.75, 0.75],
  totalSteps: 128 * 32 * 200,
});
