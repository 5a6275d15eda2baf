// A call auction, the double auction at one price: all orders of a period meet at once, as many lots are traded as bids are at least as high as asks, and all at the
// price (1 − k) low + k high between the marginal orders. Satterthwaite & Williams 1989, "Bilateral trade with the sealed bid k-double auction".
//
// Every order is for one lot. Bids in falling order meet asks in rising order; of equal prices the earlier row comes first. An order at 0 (a bid) or at
// Infinity (an ask) is none.

export interface CallAuction {
  /** Lots traded. */
  readonly traded: number;
  /** Paid for each lot; 0 where nothing is traded. */
  readonly price: number;
  /** Rows of buyers in order of their bids, and of sellers in order of their asks: the first `traded` of each trade. */
  readonly buyers: Int32Array;
  readonly sellers: Int32Array;
}

/** `k`: share of the range of prices at which demand is supply that goes to sellers, default ½. */
export function callAuction(bids: Float64Array, asks: Float64Array, { k = 0.5 } = {}): CallAuction {
  if (!(k >= 0 && k <= 1)) throw new Error(`callAuction: k is ${k}, expected from 0 to 1.`);
  const inOrder = (what: string, prices: Float64Array, sign: number): Int32Array => {
    const wrong = prices.findIndex((price) => !(price >= 0));
    if (wrong >= 0) throw new Error(`callAuction: ${what} ${wrong} is ${prices[wrong]}, expected at least 0.`);
    return Int32Array.from(prices.keys()).sort((a, b) => {
      const [one, other] = [prices[a]!, prices[b]!];
      return one === other ? a - b : one < other ? -sign : sign;
    });
  };
  const buyers = inOrder("bid", bids, -1);
  const sellers = inOrder("ask", asks, 1);
  const bid = (n: number): number => (n < buyers.length ? bids[buyers[n]!]! : 0);
  const ask = (n: number): number => (n < sellers.length ? asks[sellers[n]!]! : Infinity);
  let traded = 0;
  while (bid(traded) > 0 && bid(traded) >= ask(traded)) traded++;
  if (traded === 0) return { traded, price: 0, buyers, sellers };
  // Between the last orders that trade, and not so far that the next ones would.
  const low = Math.max(ask(traded - 1), bid(traded));
  const high = Math.min(bid(traded - 1), ask(traded));
  return { traded, price: low + k * (high - low), buyers, sellers };
}
