// Profits against cash and shares counted by hand, a maker alone against the closed form, quotes against the book, and the contract.
import { expect, test } from "vitest";
import { type AnyRows, checkEconomy, createSimulation, type ParamSettings } from "../src/economy/index.ts";
import { type Book, midPrice } from "./parts/book.ts";
import { fillsAlone, quoting } from "./quoting.ts";

type World = Book & {
  readonly mid: number;
  readonly period: number;
  readonly makers: AnyRows & Record<string, Float64Array>;
};

/** Plays a rule for `periods`; `visit` sees the world after each phase. */
function quoted(
  rule: (w: World) => readonly [bid: number, ask: number],
  periods: number,
  params: ParamSettings = {},
  visit: (phase: string, w: World) => void = () => {},
): World {
  const simulation = createSimulation(quoting, { params: { horizon: 1e6, ...params }, checkIdentities: true });
  const w = simulation.worlds[0] as unknown as World;
  simulation.reset(0);
  for (let t = 0; t < periods; t++) {
    simulation.phases.forEach((phase, index) => {
      if (phase.kind === "decide") [w.makers["bid"]![0], w.makers["ask"]![0]] = rule(w);
      simulation.runPhase(index, 0);
      visit(simulation.phaseNames[index]!, w);
    });
    simulation.endPeriod(0);
  }
  return w;
}

test.each([
  [1, 15],
  [5, 3],
])(
  "alone in the book a maker with %i shares at most, quoting %i ticks away, is filled and earns as its random walk says",
  (inventoryLimit, offset) => {
    const periods = 15_000;
    let [fills, profit] = [0, 0];
    quoted(
      () => [offset, offset],
      periods,
      { limitRate: 1e-6, marketRate: 4, inventoryLimit, length: 0.3, ticks: 40 },
      (phase, w) => {
        if (phase !== "reckon") return;
        fills += w.makers["fills"]![0]!;
        profit += w.makers["gain"]![0]!;
      },
    );
    // A period's fills have variance below 1/2 and hardly depend on the last's: four standard errors.
    expect(Math.abs(fills / periods - fillsAlone({ marketRate: 4, length: 0.3, inventoryLimit }))).toBeLessThan(
      4 * Math.sqrt(0.5 / periods),
    );
    expect(profit).toBe(offset * fills);
  },
);

test("profits add up to cash and what the shares are worth; rewards lack what holding costs", () => {
  let [cash, profits] = [0, 0];
  let before = 0;
  const prices: number[] = [];
  const w = quoted(
    (w) => [1 + 2 * (w.period % 5), 1 + 2 * (w.period % 3)],
    400,
    { inventoryLimit: 3, holdingCost: 0.25 },
    (phase, w) => {
      const { inventory, bidRow, askRow, fills, gain, reward } = w.makers as Record<string, Float64Array>;
      if (phase === "look") before = inventory![0]!;
      if (phase === "quote") {
        prices.length = 0;
        for (const row of [bidRow![0]!, askRow![0]!])
          prices.push(row < 0 ? Number.NaN : w.origin + w.orders.price[row]!);
      }
      if (phase === "trade") {
        // One share a side at most: which side was filled shows in the rows that are gone.
        const bought = !Number.isNaN(prices[0]!) && bidRow![0]! < 0;
        const sold = !Number.isNaN(prices[1]!) && askRow![0]! < 0;
        expect(fills![0]).toBe(Number(bought) + Number(sold));
        expect(inventory![0]! - before).toBe(Number(bought) - Number(sold));
        cash += (sold ? prices[1]! : 0) - (bought ? prices[0]! : 0);
      }
      if (phase !== "reckon") return;
      profits += gain![0]!;
      expect(Math.abs(inventory![0]!)).toBeLessThanOrEqual(3);
      expect(reward![0]).toBeCloseTo(gain![0]! - 0.25 * inventory![0]! ** 2, 12);
      expect([bidRow![0], askRow![0]]).toEqual([-1, -1]);
      expect(w.mid).toBe(midPrice(w, w.mid));
    },
  );
  expect(profits).toBeCloseTo(cash + w.makers["inventory"]![0]! * w.mid, 8);
});

test.each([
  ["a full book", { limitRate: 2, ticks: 60 }],
  ["a book with sides that empty", { limitRate: 0.05, marketRate: 2, ticks: 24, capacity: 100 }],
])(
  "in %s quotes stand where they were asked for, never across the other side's, or out of view; at ±Q one side is silent",
  (name, params) => {
    let [full, crossing, outside] = [0, 0, 0];
    let bests: readonly [bid: number, ask: number] = [0, 0];
    quoted(
      (w) => (w.period % 50 < 25 ? [1, 15] : [15, 1]),
      600,
      { inventoryLimit: 2, ...params },
      (phase, w) => {
        const { inventory, bidRow, askRow, bid, ask } = w.makers as Record<string, Float64Array>;
        if (phase === "look") bests = [w.bid, w.ask];
        if (phase !== "quote") return;
        const S = w.mid - w.origin;
        const [below, above] = [Math.floor(S - bid![0]!), Math.ceil(S + ask![0]!)];
        const [low, high] = [Math.min(below, bests[1] - 1), Math.max(above, bests[0] + 1)];
        if (inventory![0] === 2) full++;
        if (below >= bests[1] || above <= bests[0]) crossing++;
        if (low < 0 || high >= w.ticks.size) outside++;
        const priceAt = (row: number): number | undefined => (row < 0 ? undefined : w.orders.price[row]);
        expect(priceAt(bidRow![0]!)).toBe(inventory![0] === 2 || low < 0 ? undefined : low);
        expect(priceAt(askRow![0]!)).toBe(inventory![0] === -2 || high >= w.ticks.size ? undefined : high);
      },
    );
    expect(full).toBeGreaterThan(0);
    expect([crossing > 0, outside > 0]).toEqual(name === "a full book" ? [false, false] : [true, true]);
  },
);

test("the maker sees its distance from the quotes and the orders near S", () => {
  quoted(
    () => [9, 9],
    40,
    {},
    (phase, w) => {
      if (phase !== "look") return;
      const S = w.mid - w.origin;
      const { below, above, buyers, sellers } = w.makers as Record<string, Float64Array>;
      const count = (orders: Int32Array, from: number, to: number): number =>
        orders.reduce((sum, n, price) => (price >= from && price <= to ? sum + n : sum), 0);
      expect([below![0], above![0]]).toEqual([S - w.bid, w.ask - S]);
      expect(buyers![0]).toBe(count(w.ticks.bids, Math.ceil(S) - 10, Math.ceil(S) - 1));
      expect(sellers![0]).toBe(count(w.ticks.asks, Math.floor(S) + 1, Math.floor(S) + 10));
    },
  );
});

test("the contract of economies holds", () => {
  const params = { ticks: 60, capacity: 200, horizon: 5 };
  expect(checkEconomy(quoting, { params, periods: 20 }).filter(({ pass }) => !pass)).toEqual([]);
});
