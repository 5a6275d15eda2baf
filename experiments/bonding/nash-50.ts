import { nashExperiment } from "./parts/traders.ts";

export default nashExperiment(50, 1, { numEnvs: 4, updates: 40 });
