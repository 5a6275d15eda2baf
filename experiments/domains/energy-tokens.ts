import { householdsShift } from "./parts/energy.ts";

export default householdsShift(
  "energy-tokens",
  "Households who are paid in tokens for what they spare others shift loads as a planner would.",
  1,
);
