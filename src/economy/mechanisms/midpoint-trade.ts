// Posted-price bilateral trade: two traders each post a price, the higher one buys one lot from the lower one at the midpoint.
// Moraes 2023, §2.3.2, with buyer and seller the right way round.

/** +1: I buy, −1: I sell, 0: equal prices, no trade. */
export const side = (mine: number, theirs: number): number => (mine > theirs ? 1 : mine < theirs ? -1 : 0);

/** The price both pay and receive; the same bits from either side. */
export const midpoint = (mine: number, theirs: number): number => (mine + theirs) / 2;
