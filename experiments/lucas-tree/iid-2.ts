import { iidStates, riskyExperiment } from "./parts/risky.ts";

export default riskyExperiment({
  dividendProcess: "iid",
  riskAversion: 2,
  states: iidStates,
  periods: 6000,
  // u′(y′) = y′⁻² has a coefficient of variation of 7.3: a mean within 5 % (two standard errors) takes 85 000 independent dividends of equal weight, several times what a run's last phase sees.
  noBonds: "bond prices are not judged: u′(y′) is too heavy-tailed for the dividends of one run",
});
