import { movers } from "./parts/movers.ts";

export default movers({
  name: "shock",
  summary: "The farm becomes twice as productive; its good is a complement, and workers leave it.",
  params: { farmProductivity: 2, substitution: 0.5 },
});
