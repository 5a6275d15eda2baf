// Orders of traders: what they take from the last batch and send for the next, and what they report to markets.
import { clip, sdOf, stepOf, warm, ZERO } from "./token-sentiment.ts";

/** Whole units of money and of tokens in one. */
export const UNITS = 1024;
export const MOST = 2147483647;
/** An order's stages: none; in this period's batch; waiting for the next common batch; sent for it in the last period, so that the market may return it. */
export const [NONE, URGENT, WAITING, POSTED] = [0, 1, 2, 3];
/** What traders tell markets, a block of `markets` accounts each. */
export const [PAID, OFFERED, PAID_WAITING, OFFERED_WAITING, CREDITED, EARNED, URGENTLY, PATIENTLY, HELD_BACK] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8,
];
export const TOLD = 9;
/** (√5 − 1)/2 */
const GOLDEN = (Math.sqrt(5) - 1) / 2;
export const attractionOf = (value: number, price: number): number => clip(value / price - 1);

interface Trading {
  readonly period: number;
  readonly signal: number;
  readonly markets: {
    readonly buyRate: Float64Array;
    readonly sellRate: Float64Array;
    readonly attraction: Float64Array;
    readonly common: Uint8Array;
    readonly full: Uint8Array;
    readonly heard: Float64Array;
  };
  readonly deciders: { readonly order: Float64Array; readonly size: number };
}

export interface Traders {
  readonly money: Float64Array;
  readonly tokens: Int32Array;
  readonly order: Int32Array;
  readonly asset: Uint8Array;
  readonly stage: Uint8Array;
  readonly sentiment: Uint8Array;
}

/** Traders take what the last batch brought or returned, and order in the asset whose turn it is. What they tell markets is sent as sums. */
export function takeAndOrder(
  k: Traders,
  [from, to]: readonly [number, number],
  w: Trading,
  p: Readonly<Record<"markets" | "conviction" | "influence" | "community" | "value" | "orderMax" | "priority", number>>,
  send: (account: number, amount: number) => void,
): void {
  const { money, tokens, order, asset, stage, sentiment } = k;
  const { buyRate, sellRate, attraction, common, full, heard } = w.markets;
  const M = p.markets;
  const told = new Float64Array(TOLD * M);
  const perStep = (p.conviction * stepOf(p)) / sdOf(p);
  const { order: decided, size: deciding } = w.deciders;
  warm(
    money[from] + tokens[from * M] + order[from] + asset[from] + stage[from] + sentiment[from],
    buyRate[0] + sellRate[0] + attraction[0] + common[0] + full[0] + heard[0] + told[0],
  );
  for (let i = from, turn = (from + w.period) % M; i < to; i++, turn = turn + 1 === M ? 0 : turn + 1) {
    if (stage[i] === POSTED) {
      stage[i] = WAITING;
      if (full[asset[i]] === 1) {
        const back = order[i];
        if (back > 0) money[i] += back;
        else tokens[i * M + asset[i]] -= back;
        order[i] = 0;
        stage[i] = NONE;
      }
    }
    if (stage[i] === URGENT || (stage[i] === WAITING && common[asset[i]] === 1)) {
      const m = asset[i];
      const sent = order[i];
      if (sent > 0) {
        const bought = Math.floor(sent * buyRate[m]);
        const held = tokens[i * M + m] + bought;
        if (held > MOST)
          throw new Error(
            `token-economy: trader ${i} would hold ${held / UNITS} tokens of market ${m}, at most ${MOST / UNITS} are counted. Lower holding or money.`,
          );
        tokens[i * M + m] = held;
        told[CREDITED * M + m] += bought;
      } else {
        const earned = Math.floor(-sent * sellRate[m]);
        money[i] += earned;
        told[EARNED * M + m] += earned;
      }
      order[i] = 0;
      stage[i] = NONE;
    }
    if (stage[i] !== NONE) continue;
    const drive = i < deciding ? decided[i] : perStep * (sentiment[i] - ZERO) + p.value * attraction[turn] + w.signal;
    const size = drive > 1 ? 1 : drive < -1 ? -1 : drive;
    const share = p.orderMax * size;
    const sent =
      share > 0 ? Math.min(MOST, Math.floor((share * money[i]) / M)) : Math.ceil(share * tokens[i * M + turn]);
    if (sent === 0) continue;
    const urgent = size > p.priority || -size > p.priority;
    // Another share of traders each hour: Weyl's sequence is even over rows.
    if (!urgent && heard[turn] < 1 && ((i + w.period) * GOLDEN) % 1 >= heard[turn]) {
      told[HELD_BACK * M + turn]++;
      continue;
    }
    if (sent > 0) {
      money[i] -= sent;
      told[(urgent ? PAID : PAID_WAITING) * M + turn] += sent;
    } else {
      tokens[i * M + turn] += sent;
      told[(urgent ? OFFERED : OFFERED_WAITING) * M + turn] -= sent;
    }
    told[(urgent ? URGENTLY : PATIENTLY) * M + turn]++;
    order[i] = sent;
    asset[i] = turn;
    stage[i] = urgent ? URGENT : POSTED;
  }
  for (let a = 0; a < told.length; a++) if (told[a] !== 0) send(a, told[a]);
}
