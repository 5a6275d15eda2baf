// Stages of a period: where a part's phases stand when the economy does not order them itself.
/** One period of an economy of markets, in order of events. */
export const STAGES = [
  "choose", // agents observe and decide
  "hire", // labour and capital go where they work in this period
  "produce", // output is made
  "post", // sellers post prices, traders post orders
  "clear", // markets find prices, and who is served
  "trade", // buyers buy at these prices
  "settle", // markets add up what was traded
  "pay", // sellers pay wages, rents and taxes out of their sales
  "earn", // the others receive them
  "close", // accounts close, and rewards and the next period's signals are computed
] as const;
export type Stage = (typeof STAGES)[number];
