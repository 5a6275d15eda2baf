// A government that leads households who learn, and searches a surrogate of the welfare it has seen: ten taxes spread over the range, two of them twice, then four times twelve that the surrogate recommends.
// The same as adage/linear-tax-log, which scores some 180 taxes by Bayesian optimisation.
import { surrogateSearch } from "walras/surrogates";
import { linearTaxExperiment } from "../adage/parts/linear-tax.ts";

export default linearTaxExperiment(
  "policy/surrogate-leader",
  "The best linear tax for the mean of log utilities, found on a surrogate of what learning households make of a few taxes.",
  { welfareFunction: "log" },
  { optimiser: surrogateSearch, warmup: 0.9 },
);
