// Reusable rules of trade.
export { midpoint, side } from "./midpoint-trade.ts";
