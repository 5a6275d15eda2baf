// The paper's representative experiment, α = 0.15 and β = 4e-6, with the response to a deviation as data.
import { sessionsExperiment } from "./parts/sessions.ts";

export default sessionsExperiment({
  name: "collusion/baseline",
  summary:
    "Two firms that learn by tables from trial and error come to charge far more than the Nash price, and punish who undercuts.",
  config: { learningRate: 0.15, epsilonDecay: 4e-6 },
  reference: { profitGain: 0.8507, claim: "about 85 %", periods: 1.859e6, price: 1.79515 },
  punish: true,
});
