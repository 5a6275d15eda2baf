import { ar1States, riskyExperiment } from "./parts/risky.ts";

export default riskyExperiment({ dividendProcess: "ar1", riskAversion: 1, states: ar1States, periods: 4000 });
