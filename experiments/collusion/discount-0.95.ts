import { sessionsExperiment } from "./parts/sessions.ts";

export default sessionsExperiment({
  name: "collusion/discount-0.95",
  summary:
    "Patient firms, discount factor 0.95, beside the less patient ones; exploration ends sooner than in the baseline.",
  params: { discountFactor: 0.95 },
  config: { learningRate: 0.15, epsilonDecay: 1e-5 },
  sessions: 200,
  reference: { profitGain: 0.8359 },
});
