// Bridges: accounts to the last unit over random periods, the period of every arrival, and matrices that cannot be.
import { expect, test } from "vitest";
import { type BridgeTerms, bridgeRates, emptyLanes, laneInFlight, sendOver, settleLane } from "./bridge.ts";

const UNIT = 2 ** -20;
function lehmer(state: number): () => number {
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

test("what is sent arrives, is in flight, is the fee, or is returned, to the last unit, over 10⁴ random periods", () => {
  const random = lehmer(5);
  const slots = 7;
  const routes: BridgeTerms[] = [
    { rate: 1, delay: 1 },
    { rate: 1 / 3, delay: 7, fee: 0.003 },
    { rate: 2.7, delay: 4, fee: 0.3 },
  ];
  const lanes = emptyLanes(3, slots);
  /** Sums in whole units, by transfers kept apart. */
  const sums = routes.map(() => ({ sent: 0n, fees: 0n, arrived: 0n, returned: 0n, minted: 0n }));
  const transfers: { lane: number; tokens: number; paid: number; left: number }[] = [];
  const units = (x: number) => BigInt(x / UNIT); // refuses fractions
  const fates = ["arrives", "returned", "delayed"] as const;
  for (let t = 0; t < 10_000; t++) {
    routes.forEach((route, l) => {
      const halted = random() < 0.1;
      const fate = fates[Math.max(0, Math.floor(4 * random()) - 1)]!;
      const due = transfers.filter((transfer) => transfer.lane === l && !halted && --transfer.left === 0);
      const tokens = due.reduce((sum, transfer) => sum + transfer.tokens, 0);
      const paid = due.reduce((sum, transfer) => sum + transfer.paid, 0);
      const settled = settleLane(lanes, l, { ...route, halted }, fate);
      if (fate === "delayed") for (const transfer of due) transfer.left = route.delay;
      else for (const transfer of due) transfers.splice(transfers.indexOf(transfer), 1);
      const sum = sums[l]!;
      const minted = Math.floor((route.rate * tokens) / UNIT) * UNIT;
      const came = fate === "arrives" ? [minted, 0, paid] : fate === "returned" ? [0, tokens, paid] : [0, 0, 0];
      if (settled.minted !== came[0] || settled.returned !== came[1] || !(Math.abs(settled.outlay - came[2]!) < 1e-6))
        expect.unreachable(`lane ${l} at ${t}: ${Object.values(settled)}, expected ${came}`);
      if (fate === "arrives") sum.arrived += units(tokens);
      sum.returned += units(settled.returned);
      sum.minted += units(settled.minted);
      const wanted = 100 * 10 ** (-8 * random() ** 2);
      const room = random() < 0.2 ? Math.floor((50 * random()) / UNIT) * UNIT : Number.POSITIVE_INFINITY;
      const taken = sendOver(lanes, l, { ...route, halted }, wanted, { room, outlay: 3 * wanted });
      const fee = Math.ceil(((route.fee ?? 0) * taken) / UNIT) * UNIT;
      // As much as there is room for, to a unit and its fee.
      const most = halted ? 0 : Math.min(wanted, room / (1 - (route.fee ?? 0)));
      if (!(taken - fee <= room && taken <= most && taken >= most - 3 * UNIT))
        expect.unreachable(`lane ${l} at ${t}: ${taken} taken of ${wanted} with room for ${room}`);
      sum.sent += units(taken);
      sum.fees += units(fee);
      if (taken > 0) transfers.push({ lane: l, tokens: taken - fee, paid: 3 * taken, left: route.delay });
    });
  }
  for (const [l, sum] of sums.entries()) {
    const { sent, fees, arrived, returned, minted } = lanes;
    const kept = [sent, fees, arrived, returned, minted].map((column) => units(column[l]!));
    expect(kept).toEqual([sum.sent, sum.fees, sum.arrived, sum.returned, sum.minted]);
    const inFlight = laneInFlight(lanes, l);
    expect(sent[l]! - arrived[l]! - inFlight - fees[l]! - returned[l]!).toBe(0);
    const left = transfers.filter(({ lane }) => lane === l);
    expect(inFlight).toBe(left.reduce((total, { tokens }) => total + tokens, 0));
  }
});

test("tokens arrive at the settlement that the delay says, however long the bridge was halted in between", () => {
  const lanes = emptyLanes(2, 3);
  const terms = { rate: 2, delay: 3 };
  expect(sendOver(lanes, 1, terms, 5, { outlay: 40 })).toBe(5);
  expect(settleLane(lanes, 1, terms).minted).toBe(0);
  for (let t = 0; t < 4; t++) expect(settleLane(lanes, 1, { ...terms, halted: true }).minted).toBe(0);
  expect(sendOver(lanes, 1, { ...terms, halted: true }, 5)).toBe(0);
  expect(sendOver(lanes, 1, { ...terms, rate: 0 }, 5)).toBe(0);
  expect(settleLane(lanes, 1, terms).minted).toBe(0);
  expect(settleLane(lanes, 1, terms)).toEqual({ minted: 10, returned: 0, outlay: 40 });
  expect(lanes.sent).toEqual(new Float64Array([0, 5]));
});

test("a bridge matrix that cannot be is refused with the entry, the chain or the cycle that is wrong", () => {
  expect(
    bridgeRates([
      [1, 2],
      [0.5, 1],
    ]),
  ).toEqual(new Float64Array([1, 2, 0.5, 1]));
  const refused = (matrix: number[][], fee = 0) => expect(() => bridgeRates(matrix, { fee }));
  refused([[1]]).toThrow("bridgeRates: the matrix has 1 row, expected one for each of at least two chains.");
  refused([[1, 1], [1]]).toThrow("row 1 of 2 has 1 entries, expected a square matrix.");
  refused([
    [1, -1],
    [1, 1],
  ]).toThrow("the rate from chain 0 to chain 1 is -1, expected a finite number of at least 0.");
  refused([
    [1, 1],
    [Number.NaN, 1],
  ]).toThrow("the rate from chain 1 to chain 0 is NaN");
  refused([
    [1, 1],
    [1, 2],
  ]).toThrow("the rate of chain 1 to itself is 2, expected 1.");
  // Pairs are fair, and the three together are not.
  const pump = [
    [1, 1, 0.9],
    [1, 1, 1],
    [1.1, 1, 1],
  ];
  refused(pump).toThrow(
    "the cycle 2 → 0 → 1 → 2 returns 1.1 tokens for one, expected at most 1; lower one of its rates.",
  );
  expect(bridgeRates(pump, { fee: 0.05 })).toHaveLength(9); // 1.1 · .95³ < 1
  refused(pump, 0.03).toThrow("2 → 0 → 1 → 2 returns 1.0039");
  refused([
    [1, 0, 0],
    [1, 1, 1],
    [1, 1, 1],
  ]).toThrow("no way leads from chain 0 to chain 1, expected one; give a bridge on it a rate above 0.");
  // A way over others is a way, and a cycle that rounding alone lifts above 1 is none: (33.3… · .1) .3 is 1 + 2⁻⁵².
  expect(
    bridgeRates([
      [1, 3, 0],
      [1 / 3, 1, 3],
      [1 / 9, 1 / 3, 1],
    ]),
  ).toHaveLength(9);
  const third = 33.333333333333336;
  for (const [a, b, c] of [
    [0.1, 0.3, third],
    [0.3, third, 0.1],
    [third, 0.1, 0.3],
    [0.3, 0.1, third],
  ] as const)
    expect(
      bridgeRates([
        [1, a, 0],
        [0, 1, b],
        [c, 0, 1],
      ]),
    ).toHaveLength(9);
});

test("amounts, delays and fees that cannot be are refused with the lane", () => {
  const lanes = emptyLanes(1, 2);
  expect(() => sendOver(lanes, 0, { rate: 1, delay: 1 }, Number.NaN)).toThrow("NaN tokens are sent in lane 0");
  expect(() => sendOver(lanes, 0, { rate: 1, delay: 1 }, -1)).toThrow("-1 tokens are sent in lane 0");
  for (const delay of [0, 3, 1.5])
    expect(() => sendOver(lanes, 0, { rate: 1, delay }, 1)).toThrow(
      `the delay of lane 0 is ${delay}, expected a whole`,
    );
  for (const fee of [-0.1, 1])
    expect(() => sendOver(lanes, 0, { rate: 1, delay: 1, fee }, 1)).toThrow(`the fee of lane 0 is ${fee}, expected`);
});
