// Bridges between all pairs of chains: senders put tokens on their way by orders, which travel, arrive at the rate of the bridge matrix, fail, or wait where bridges are halted.
//
// Row (s C + i) C + j of `lanes` is what sender s has on its way from chain i to chain j; rules in mechanisms/bridge.ts. Tokens are burned where they leave and minted where they arrive:
// sent = arrived + in flight + fees + returned, exactly.
import { choice, derived, f64, numbers, param, part, population } from "../economy/index.ts";
import * as mechanisms from "../economy/mechanisms/index.ts";

const { bridgeRates, laneInFlight, sendOver, settleLane } = mechanisms;

export interface BridgeRules {
  readonly chains: number;
  readonly rates: readonly number[];
  readonly delays: readonly number[];
  readonly bridgeFee: number;
}

/** The rate from chain i to chain j. */
export const bridgeRate = (
  { chains: C, rates }: Pick<BridgeRules, "chains" | "rates">,
  i: number,
  j: number,
): number => (rates.length === 1 ? rates[0]! : rates[i * C + j]!);

/** The periods from chain i to chain j. */
export const bridgeDelay = (
  { chains: C, delays }: Pick<BridgeRules, "chains" | "delays">,
  i: number,
  j: number,
): number => (delays.length === 1 ? delays[0]! : delays[i * C + j]!);

/** Refuses a bridge matrix that cannot be. */
export function checkedBridges(p: BridgeRules): void {
  const { chains: C, rates, delays, bridgeFee } = p;
  for (const [name, list] of Object.entries({ rates, delays }))
    if (list.length !== 1 && list.length !== C * C)
      throw new Error(
        `bridge: ${name} has ${list.length} numbers, expected one for all bridges or the ${C * C} of a matrix of ${C} chains, row by row.`,
      );
  const matrix = Array.from({ length: C }, (_, i) =>
    Array.from({ length: C }, (_, j) => (i === j && rates.length === 1 ? 1 : bridgeRate(p, i, j))),
  );
  bridgeRates(matrix, { fee: bridgeFee });
}

/** Whether the bridge from chain i to chain j is halted in a period. */
export const isHalted = (
  p: { readonly haltFrom: number; readonly haltLength: number; readonly haltChain: number },
  period: number,
  i: number,
  j: number,
): boolean =>
  period >= p.haltFrom &&
  period < p.haltFrom + p.haltLength &&
  (p.haltChain < 0 || p.haltChain === i || p.haltChain === j);

const tokens = (doc: string) => f64({ unit: "tokens", doc });

export const bridge = part({
  name: "bridge",
  params: {
    chains: param(2, { symbol: "C", unit: "chains", min: 2, max: 64, integer: true }),
    senders: param(derived, { min: 1, max: 1e5, integer: true, doc: "who may have tokens on their way" }),
    rates: numbers([1], {
      symbol: "B",
      unit: "token/token",
      min: 0,
      max: 1e3,
      most: 4096,
      doc: "tokens of chain j for one of chain i: one number for all bridges, or a matrix row by row with ones on the diagonal; 0: no bridge",
    }),
    delays: numbers([1], {
      symbol: "τ",
      unit: "periods",
      min: 1,
      max: 1000,
      integer: true,
      most: 4096,
      doc: "of a transfer: one number for all bridges, or a matrix row by row",
    }),
    lanes: param(derived, { unit: "lanes", min: 4, max: 1e7, integer: true, doc: "senders times C²" }),
    slots: param(derived, { unit: "periods", min: 1, max: 1000, integer: true, doc: "the longest delay" }),
    bridgeFee: param(0, { min: 0, max: 0.5, doc: "share of the tokens sent that the bridge keeps" }),
    capacity: param(1e6, {
      unit: "tokens",
      min: 0,
      max: 1e6,
      doc: "most that is on its way from one chain to another",
    }),
    failureRate: param(0, { min: 0, max: 1, doc: "probability that a transfer fails when it is due" }),
    failure: choice("return", ["return", "delay"], {
      doc: "what becomes of a transfer that fails: its sender gets it back, or it takes as long again",
    }),
    haltFrom: param(0, {
      unit: "period",
      min: 0,
      max: 1e9,
      integer: true,
      doc: "the first in which bridges are halted",
    }),
    haltLength: param(0, { unit: "periods", min: 0, max: 1e9, integer: true, doc: "for which they are; 0: never" }),
    haltChain: param(-1, { unit: "chain", min: -1, max: 63, integer: true, doc: "whose bridges are halted; −1: all" }),
  },
  derive: {
    lanes: (p) => p.senders * p.chains * p.chains,
    slots: (p) => p.delays.reduce((most, delay) => Math.max(most, delay), 1),
  },
  world: { inFlight: f64({ unit: "tokens", doc: "on their way over all bridges, in tokens of where they come from" }) },
  populations: {
    lanes: population({
      size: "lanes",
      state: {
        order: tokens("to send this period"),
        cost: f64({ unit: "money", doc: "that the sender paid for the tokens ordered" }),
        taken: tokens("of the order, those that the bridge took"),
        minted: tokens("that arrived this period, of the other chain"),
        givenBack: tokens("that failed this period and went back to the sender"),
        spent: f64({ unit: "money", doc: "that the sender once paid for what arrived or went back this period" }),
        inFlight: f64({ each: "slots", unit: "tokens", doc: "on their way, a ring of periods" }),
        outlay: f64({ each: "slots", unit: "money", doc: "that the sender paid for them" }),
        position: f64({ unit: "1", doc: "of the ring, what is settled next" }),
        allSent: tokens("since the beginning, fees among them"),
        allFees: tokens("that the bridge kept since the beginning"),
        allArrived: tokens("since the beginning, of the chain that they left"),
        allReturned: tokens("since the beginning"),
        allMinted: tokens("since the beginning, of the chain that they reached"),
      },
    }),
  },
  start: ({ world }) => ({
    build: world({ doc: "a bridge matrix that can be", writes: "scalars" }, (_w, p) => checkedBridges(p)),
  }),
  phases: ({ each, world }) => ({
    settle: each("lanes", { doc: "what is due arrives, or fails" }, (k, from, to, w, p, draw) => {
      const lanes = lanesOf(k);
      const luck = p.failureRate > 0 ? draw.uniform("failure") : null;
      const [C, fate] = [p.chains, p.failure === "return" ? "returned" : "delayed"] as const;
      for (let l = from; l < to; l++) {
        const [i, j] = [Math.floor(l / C) % C, l % C];
        const fails = luck !== null && luck[l]! < p.failureRate;
        const settled = settleLane(lanes, l, terms(p, w.period, i, j), fails ? fate : "arrives");
        k.minted[l] = settled.minted;
        k.givenBack[l] = settled.returned;
        k.spent[l] = settled.outlay;
      }
    }),
    ship: world({ doc: "orders of each route, all alike where they exceed its room" }, (w, p) => {
      const { lanes: k } = w;
      const [C, lanes] = [p.chains, lanesOf(k)];
      w.inFlight = 0;
      for (let route = 0; route < C * C; route++) {
        let [wanted, room] = [0, p.capacity];
        for (let l = route; l < k.size; l += C * C) {
          if (!(k.order[l]! >= 0 && k.order[l]! < Infinity))
            throw new Error(`Lane ${l} orders ${k.order[l]} tokens, expected a finite number of at least 0.`);
          wanted += k.order[l]! * (1 - p.bridgeFee);
          room -= laneInFlight(lanes, l);
        }
        const share = wanted > room ? Math.max(0, room) / wanted : 1;
        const over = terms(p, w.period, Math.floor(route / C), route % C);
        for (let l = route; l < k.size; l += C * C) {
          k.taken[l] = sendOver(lanes, l, over, k.order[l]!, {
            room: share < 1 ? share * k.order[l]! * (1 - p.bridgeFee) : Infinity,
            outlay: k.cost[l]!,
          });
          w.inFlight += laneInFlight(lanes, l);
        }
      }
    }),
  }),
  identities: {
    transfers: {
      doc: "what was sent has arrived, is on its way, is the bridge's, or went back",
      after: "period",
      tolerance: 0,
      of: ({ lanes: k }) => {
        const lanes = lanesOf(k);
        let off = 0;
        for (let l = 0; l < k.size; l++)
          off += Math.abs(
            k.allSent[l]! - k.allArrived[l]! - laneInFlight(lanes, l) - k.allFees[l]! - k.allReturned[l]!,
          );
        return off;
      },
    },
  },
  metrics: {
    inFlight: { unit: "tokens", doc: "on their way over all bridges at the end of the period", of: (w) => w.inFlight },
  },
});

type LaneColumns = Readonly<
  Record<
    "inFlight" | "outlay" | "position" | "allSent" | "allFees" | "allArrived" | "allReturned" | "allMinted",
    Float64Array
  >
>;
const lanesOf = (k: LaneColumns): mechanisms.BridgeLanes => ({
  inFlight: k.inFlight,
  outlay: k.outlay,
  position: k.position,
  sent: k.allSent,
  fees: k.allFees,
  arrived: k.allArrived,
  returned: k.allReturned,
  minted: k.allMinted,
});

const terms = (
  p: BridgeRules & Parameters<typeof isHalted>[0],
  period: number,
  i: number,
  j: number,
): mechanisms.BridgeTerms => ({
  rate: i === j ? 0 : bridgeRate(p, i, j),
  delay: bridgeDelay(p, i, j),
  fee: p.bridgeFee,
  halted: isHalted(p, period, i, j),
});
