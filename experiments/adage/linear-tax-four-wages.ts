import { linearTaxExperiment } from "./parts/linear-tax.ts";

export default linearTaxExperiment(
  "adage/linear-tax-four-wages",
  "The best linear tax for the mean of log utilities, many poor and few rich.",
  { welfareFunction: "log", wages: [0.5, 1, 2, 4], shares: [0.3, 0.4, 0.2, 0.1] },
);
