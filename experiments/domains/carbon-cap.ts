import { regulatorChooses } from "./parts/carbon.ts";

export default regulatorChooses(
  "carbon-cap",
  "Marginal damages are steeper than marginal costs: the regulator chooses the cap.",
  4,
);
