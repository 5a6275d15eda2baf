import { sessionsExperiment } from "./parts/sessions.ts";

export default sessionsExperiment({
  name: "collusion/discount-0.35",
  summary: "Less patient firms collude less: discount factor 0.35.",
  params: { discountFactor: 0.35 },
  config: { learningRate: 0.15, epsilonDecay: 4e-6 },
  reference: { profitGain: 0.255 },
});
