import { staticTaxExperiment } from "./parts/static-tax.ts";

export default staticTaxExperiment(
  "hsv-static-unfunded",
  "A government that need not pay for its transfers hands out as much as it can: the source's own reading.",
  "unfunded",
);
