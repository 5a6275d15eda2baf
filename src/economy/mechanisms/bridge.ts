// Bridges between chains: tokens are taken from a sender on one chain, travel for some periods, and are minted on another chain at the rate of a bridge matrix.
//
//   sent = arrived + in flight + fees + returned     in tokens of the chain that they leave, to the last unit
//   minted = Σ ⌊B_ij arrived⌋                        in tokens of the chain that they reach, one rounding for each arrival
//
// A lane holds what one sender, or all together, has on its way from one chain to another: a ring of slots, one for each period of the longest delay. Lanes are plain columns, so that they may be those of a
// population. Amounts are whole units of 2⁻²⁰ (units.ts), sums of which are exact below 2³³.
import { roundDown, roundUp } from "./units.ts";

/** What is on its way and what has been, one row for each lane. */
export interface BridgeLanes {
  /** [lanes, slots], tokens on their way, fee taken. */
  readonly inFlight: Float64Array;
  /** [lanes, slots], what senders say that they paid for these tokens. */
  readonly outlay: Float64Array;
  /** The slot that is settled next. */
  readonly position: Float64Array;
  /** Taken from senders since the beginning, fees included. */
  readonly sent: Float64Array;
  readonly fees: Float64Array;
  /** In tokens sent. */
  readonly arrived: Float64Array;
  /** Given back where the transfer failed. */
  readonly returned: Float64Array;
  /** Arrived, in tokens of the other chain. */
  readonly minted: Float64Array;
}

export interface BridgeTerms {
  /** Tokens minted for one that arrives; 0: there is no bridge. */
  readonly rate: number;
  /** Settlements until arrival, at least 1 and at most as many as there are slots. */
  readonly delay: number;
  /** Share of what is sent that the bridge keeps, rounded up. Default 0. */
  readonly fee?: number;
  /** Takes nothing in, and what is on its way waits where it is. Default false. */
  readonly halted?: boolean;
}

/** Lanes with nothing on its way. */
export function emptyLanes(lanes: number, slots: number): BridgeLanes {
  const column = () => new Float64Array(lanes);
  const ring = () => new Float64Array(lanes * slots);
  return {
    inFlight: ring(),
    outlay: ring(),
    position: column(),
    sent: column(),
    fees: column(),
    arrived: column(),
    returned: column(),
    minted: column(),
  };
}

/** Tokens of a lane on their way. */
export function laneInFlight({ inFlight, position }: BridgeLanes, lane: number): number {
  const slots = inFlight.length / position.length;
  let sum = 0;
  for (let s = lane * slots; s < (lane + 1) * slots; s++) sum += inFlight[s]!;
  return sum;
}

/**
 * Puts tokens on their way and says how many were taken from the sender, fee included: all, or what `room` allows to travel, or none where the bridge is halted, leads nowhere, or would keep all as its fee. `outlay` is what the sender paid for
 * all `tokens`; the share of those that were taken travels along.
 */
export function sendOver(
  lanes: BridgeLanes,
  lane: number,
  { rate, delay, fee = 0, halted = false }: BridgeTerms,
  tokens: number,
  { room = Infinity, outlay = 0 }: { readonly room?: number; readonly outlay?: number } = {},
): number {
  const slots = lanes.inFlight.length / lanes.position.length;
  if (!(tokens >= 0 && tokens < Infinity))
    throw new Error(`sendOver: ${tokens} tokens are sent in lane ${lane}, expected a finite number of at least 0.`);
  if (!(Number.isInteger(delay) && delay >= 1 && delay <= slots))
    throw new Error(
      `sendOver: the delay of lane ${lane} is ${delay}, expected a whole number from 1 to its ${slots} slots.`,
    );
  if (!(fee >= 0 && fee < 1))
    throw new Error(`sendOver: the fee of lane ${lane} is ${fee}, expected at least 0 and below 1.`);
  if (halted || rate === 0) return 0;
  let taken = roundDown(tokens);
  let kept = roundUp(fee * taken);
  if (taken - kept > room) {
    taken = roundDown(Math.max(0, room) / (1 - fee));
    kept = roundUp(fee * taken);
  }
  if (!(taken > kept)) return 0;
  const slot = lane * slots + ((lanes.position[lane]! + delay - 1) % slots);
  lanes.inFlight[slot]! += taken - kept;
  lanes.outlay[slot]! += outlay * (taken / tokens);
  lanes.sent[lane]! += taken;
  lanes.fees[lane]! += kept;
  return taken;
}

/** What the settlement of a lane brings in a period. */
export interface Settlement {
  /** In tokens of the chain that they reach. */
  readonly minted: number;
  /** In tokens of the chain that they left. */
  readonly returned: number;
  /** What was paid for the tokens that were minted or returned. */
  readonly outlay: number;
}
const NOTHING: Settlement = { minted: 0, returned: 0, outlay: 0 };

/** Settles what is due in a lane, once in a period: it arrives, is returned to its sender, or is delayed by as many settlements again. */
export function settleLane(
  lanes: BridgeLanes,
  lane: number,
  { rate, delay, halted = false }: BridgeTerms,
  fate: "arrives" | "returned" | "delayed" = "arrives",
): Settlement {
  if (halted) return NOTHING;
  const { inFlight, outlay, position, arrived, returned, minted } = lanes;
  const slots = inFlight.length / position.length;
  const due = lane * slots + position[lane]!;
  position[lane] = (position[lane]! + 1) % slots;
  const [tokens, paid] = [inFlight[due]!, outlay[due]!];
  if (tokens === 0) return NOTHING;
  inFlight[due] = 0;
  outlay[due] = 0;
  if (fate === "delayed") {
    const later = lane * slots + ((position[lane]! + delay - 1) % slots);
    inFlight[later]! += tokens;
    outlay[later]! += paid;
    return NOTHING;
  }
  if (fate === "returned") {
    returned[lane]! += tokens;
    return { minted: 0, returned: tokens, outlay: paid };
  }
  const made = roundDown(rate * tokens);
  arrived[lane]! += tokens;
  minted[lane]! += made;
  return { minted: made, returned: 0, outlay: paid };
}

/** Rounding of products of rates. */
const TOLERANCE = 1e-12;

/**
 * A bridge matrix by rows: entry (i, j) is how many tokens of chain j are minted for one of chain i, 0 where there is no bridge. Refuses matrices that are not square, entries that are no rates, chains that cannot be
 * reached from all others, and cycles that return more tokens than were sent after fees.
 */
export function bridgeRates(
  matrix: readonly (readonly number[])[],
  { fee = 0 }: { readonly fee?: number } = {},
): Float64Array {
  const C = matrix.length;
  const refuse = (what: string, wanted: string): never => {
    throw new Error(`bridgeRates: ${what}, expected ${wanted}.`);
  };
  if (C < 2) refuse(`the matrix has ${C} ${C === 1 ? "row" : "rows"}`, "one for each of at least two chains");
  const rates = new Float64Array(C * C);
  matrix.forEach((row, i) => {
    if (row.length !== C) refuse(`row ${i} of ${C} has ${row.length} entries`, "a square matrix");
    row.forEach((rate, j) => {
      if (!(rate >= 0 && rate < Infinity))
        refuse(`the rate from chain ${i} to chain ${j} is ${rate}`, "a finite number of at least 0");
      if (i === j && rate !== 1) refuse(`the rate of chain ${i} to itself is ${rate}`, "1");
      rates[i * C + j] = rate;
    });
  });
  // The best way from i to j over ever more chains, and the first chain on it (Floyd and Warshall, products for sums).
  const best = rates.map((rate, x) => (x % (C + 1) === 0 ? 0 : rate * (1 - fee)));
  const first = Int32Array.from(rates, (_, x) => x % C);
  for (let k = 0; k < C; k++)
    for (let i = 0; i < C; i++)
      for (let j = 0; j < C; j++) {
        const over = best[i * C + k]! * best[k * C + j]!;
        if (!(over > best[i * C + j]!)) continue;
        best[i * C + j] = over;
        first[i * C + j] = first[i * C + k]!;
        if (i === j && over > 1 + TOLERANCE)
          refuse(
            `the cycle ${cycle(first, C, i).join(" → ")} returns ${over} tokens for one`,
            "at most 1; lower one of its rates",
          );
      }
  for (let i = 0; i < C; i++)
    for (let j = 0; j < C; j++)
      if (i !== j && best[i * C + j] === 0)
        refuse(`no way leads from chain ${i} to chain ${j}`, "one; give a bridge on it a rate above 0");
  return rates;
}

/** Chains from one back to itself. */
function cycle(first: Int32Array, C: number, from: number): number[] {
  const way = [from];
  do way.push(first[way[way.length - 1]! * C + from]!);
  while (way[way.length - 1] !== from && way.length <= C);
  return way;
}
