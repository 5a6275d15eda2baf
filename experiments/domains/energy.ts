import { householdsShift } from "./parts/energy.ts";

export default householdsShift(
  "energy",
  "Households who are paid nothing for it shift loads as far as Nash equilibrium says, less than a planner would.",
  0,
);
