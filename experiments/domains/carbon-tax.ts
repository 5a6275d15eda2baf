import { regulatorChooses } from "./parts/carbon.ts";

export default regulatorChooses(
  "carbon-tax",
  "Marginal damages are flatter than marginal costs: the regulator chooses the tax.",
  0.5,
);
