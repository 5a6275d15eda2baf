import { linearTaxExperiment } from "./parts/linear-tax.ts";

export default linearTaxExperiment("adage/linear-tax-rawlsian", "The best linear tax for the poorest, two wages.", {
  welfareFunction: "rawlsian",
});
