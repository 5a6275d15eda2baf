import { makerExperiment } from "./parts/market-maker.ts";

export default makerExperiment({
  name: "market-making",
  summary: "One policy of a market maker for all preferences between profit and market share.",
  totalSteps: 128 * 32 * 300,
});
