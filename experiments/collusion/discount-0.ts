import { sessionsExperiment } from "./parts/sessions.ts";

export default sessionsExperiment({
  name: "collusion/discount-0",
  summary: "Firms that do not care for the future cannot collude; what is left is the grid's upper equilibrium.",
  params: { discountFactor: 0 },
  config: { learningRate: 0.15, epsilonDecay: 4e-6 },
  reference: { profitGain: 0.2065 },
});
