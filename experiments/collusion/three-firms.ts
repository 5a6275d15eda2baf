import { sessionsExperiment } from "./parts/sessions.ts";

export default sessionsExperiment({
  name: "collusion/three-firms",
  summary: "Three firms collude less than two.",
  params: { firms: 3 },
  config: { learningRate: 0.15, epsilonDecay: 4e-6 },
  sessions: 30,
  reference: { profitGain: 0.64, claim: "64 % (unchecked)" },
});
