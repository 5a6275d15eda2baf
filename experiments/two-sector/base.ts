import { movers } from "./parts/movers.ts";

export default movers({
  name: "base",
  summary: "Workers and owners of machines choose sectors until both factors earn the same in both.",
});
