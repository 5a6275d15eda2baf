import { linearTaxExperiment } from "./parts/linear-tax.ts";

export default linearTaxExperiment(
  "adage/linear-tax-log",
  "The best linear tax for the mean of log utilities, two wages.",
  {
    welfareFunction: "log",
  },
);
