import { iidStates, riskyExperiment } from "./parts/risky.ts";

export default riskyExperiment({ dividendProcess: "iid", riskAversion: 1, states: iidStates, periods: 6000 });
