import { searchedExperiment } from "./parts/market-maker.ts";

export default searchedExperiment({
  name: "market-making-searched",
  summary: "Nature searches for the preferences of the largest entropy instead of knowing them.",
  totalSteps: 128 * 32 * 300,
});
