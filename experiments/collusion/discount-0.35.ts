import { sessionsExperiment } from "./parts/sessions.ts";

export default sessionsExperiment({
  name: "collusion/discount-0.35",
  summary: "Impatient firms, discount factor 0.35, hardly collude.",
  params: { discountFactor: 0.35 },
  config: { learningRate: 0.15, epsilonDecay: 1e-5 },
  sessions: 200,
  reference: { profitGain: 0.255 },
});
