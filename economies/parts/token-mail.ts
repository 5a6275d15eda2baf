// Whose orders fill the mailboxes of markets. A trader has one order at a time, so that a flood comes from many: those who follow each other order alike.
import { POSTED, WAITING } from "./token-orders.ts";

interface Markets {
  readonly size: number;
  readonly full: Uint8Array;
  readonly flooder: Int32Array;
  readonly flooding: Float64Array;
}
interface Traders {
  readonly size: number;
  readonly asset: Uint8Array;
  readonly stage: Uint8Array;
}

/** Of each market whose mailbox is full: the community with most orders among those that wait and those that it returns, the first of as many, and how many. */
export function nameFlooders(markets: Markets, traders: Traders, community: number): void {
  const communities = Math.max(1, Math.floor(traders.size / community)); // who is left over is in the last
  const block = new Int32Array(markets.size).fill(-1);
  let blocks = 0;
  for (let m = 0; m < markets.size; m++) if (markets.full[m] === 1) block[m] = communities * blocks++;
  if (blocks === 0) return;
  const orders = new Int32Array(communities * blocks);
  for (let i = 0; i < traders.size; i++) {
    const stage = traders.stage[i];
    if (stage !== WAITING && stage !== POSTED) continue;
    const first = block[traders.asset[i]!]!;
    if (first >= 0) orders[first + Math.min(communities - 1, Math.floor(i / community))]!++;
  }
  for (let m = 0; m < markets.size; m++) {
    const first = block[m]!;
    if (first < 0) continue;
    let [flooder, most] = [0, 0];
    for (let c = 0; c < communities; c++) if (orders[first + c]! > most) [flooder, most] = [c, orders[first + c]!];
    markets.flooder[m] = flooder;
    markets.flooding[m] = most;
  }
}
