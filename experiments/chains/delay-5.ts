import { carriers } from "./parts/carriers.ts";

export default carriers(
  "chains/delay-5",
  "An arbitrageur learns how much to carry over a bridge that takes five periods, while the gap closes.",
  { delay: 5, tried: 4, decisions: 400_000 },
);
