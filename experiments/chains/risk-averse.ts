import { carriers } from "./parts/carriers.ts";

export default carriers(
  "chains/risk-averse",
  "An arbitrageur who is averse to risk learns to carry less than half of what profit alone would ask for.",
  { delay: 1, riskAversion: 1, tried: 1.5, decisions: 600_000 },
);
