import { carriers } from "./parts/carriers.ts";

export default carriers(
  "chains/delay-1",
  "An arbitrageur learns how much to carry over a bridge that takes one period.",
  {
    delay: 1,
    tried: 5,
    decisions: 600_000,
  },
);
