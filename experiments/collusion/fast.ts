import { sessionsExperiment } from "./parts/sessions.ts";

export default sessionsExperiment({
  name: "collusion/fast",
  summary: "Firms that stop exploring twenty-five times sooner collude less.",
  config: { learningRate: 0.15, epsilonDecay: 1e-4 },
  sessions: 400,
  reference: { profitGain: 0.7053, periods: 2.0e5 },
});
