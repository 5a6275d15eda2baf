import { staticTaxExperiment } from "./parts/static-tax.ts";

export default staticTaxExperiment(
  "hsv-static",
  "A government finds how progressive the tax of a static economy should be, from households that learn.",
  "balanced",
);
