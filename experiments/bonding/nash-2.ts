import { nashExperiment } from "./parts/traders.ts";

export default nashExperiment(2, 5, { numEnvs: 16, updates: 50 });
