import { sessionsExperiment } from "./parts/sessions.ts";

export default sessionsExperiment({
  name: "collusion/discount-0",
  summary: "Firms that do not care for the future cannot collude; what is left is the upper equilibrium of the grid.",
  params: { discountFactor: 0 },
  config: { learningRate: 0.15, epsilonDecay: 1e-5 },
  sessions: 200,
  reference: { profitGain: 0.2065 },
});
