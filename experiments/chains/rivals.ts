import { carriers } from "./parts/carriers.ts";

export default carriers(
  "chains/rivals",
  "Three arbitrageurs learn to carry half of what one would, and one and a half times as much together.",
  { delay: 1, arbitrageurs: 3, tried: 2, decisions: 200_000 },
);
