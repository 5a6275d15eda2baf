import { sessionsExperiment } from "./parts/sessions.ts";

export default sessionsExperiment({
  name: "collusion/discount-0.7",
  summary: "Less patient firms, discount factor 0.7, collude less.",
  params: { discountFactor: 0.7 },
  config: { learningRate: 0.15, epsilonDecay: 1e-5 },
  sessions: 200,
  reference: { profitGain: 0.4372 },
});
