// Rewards against the shortfall counted by hand, what the seller sees against the book, and the contract.
import { expect, test } from "vitest";
import { slicesCost } from "../experiments/execution/parts/slices.ts";
import { checkEconomy, createSimulation, type Simulation } from "../src/economy/index.ts";
import { execution } from "./execution.ts";
import { type Book, best, remove, SELL } from "./parts/book.ts";

type World = Book & {
  readonly mid: number;
  readonly period: number;
  readonly sellers: Readonly<Record<string, Float64Array>>;
};
const worldOf = (simulation: Simulation): World => simulation.worlds[0] as unknown as World;

/** Plays days by a rule; `visit` sees the world after each phase. */
function sold(
  rule: (w: World) => number,
  periods: number,
  params = {},
  visit: (phase: string, w: World) => void = () => {},
) {
  const simulation = createSimulation(execution, { params, checkIdentities: true });
  const w = worldOf(simulation);
  simulation.reset(0);
  for (let t = 0; t < periods; t++) {
    simulation.phases.forEach((phase, index) => {
      if (phase.kind === "decide") w.sellers.sell[0] = rule(w);
      simulation.runPhase(index, 0);
      visit(simulation.phaseNames[index], w);
    });
    simulation.endPeriod(0);
  }
  return w;
}

test("a day's rewards add up to what shares got less the mid price when the day began, whatever is sold when", () => {
  const params = { day: 6, inventory: 7 };
  for (const rule of [() => 0, () => 5, (w: World) => w.period % 3, (w: World) => (w.sellers.half[0] < 5 ? 2 : 0)]) {
    let [rewards, got, shares, arrival, before] = [0, 0, 0, 0, 0];
    const prices: number[] = [];
    sold(rule, 60, params, (phase, w) => {
      if (phase === "look") {
        if (w.period % 6 === 0) {
          arrival = w.mid;
          [rewards, got, shares] = [0, 0, 0];
        }
        before = w.sellers.inventory[0];
        // Prices of the bids that stand, best first: what market orders will get.
        prices.length = 0;
        for (let price = w.ticks.size - 1; price >= 0; price--)
          for (let n = 0; n < w.ticks.bids[price]; n++) prices.push(w.origin + price);
      }
      if (phase === "sell") {
        const now = before - w.sellers.inventory[0];
        expect(w.sellers.sold[0]).toBe(now);
        for (let n = 0; n < now; n++) got += prices[n];
        shares += now;
      }
      if (phase !== "reckon") return;
      rewards += w.sellers.gain[0];
      if (w.period % 6 < 5) return;
      expect(shares).toBe(7);
      expect(rewards).toBeCloseTo(got - 7 * arrival, 9);
    });
  }
});

test("the seller sees how far the first, third and fifth bid and the fifth ask are from the mid price", () => {
  let looked = 0;
  sold(
    () => 1,
    40,
    {},
    (phase, w) => {
      if (phase !== "look") return;
      const bids: number[] = [];
      const asks: number[] = [];
      for (let price = 0; price < w.ticks.size; price++) {
        for (let n = 0; n < w.ticks.bids[price]; n++) bids.unshift(w.origin + price);
        for (let n = 0; n < w.ticks.asks[price]; n++) asks.push(w.origin + price);
      }
      const { half, third, fifth, above } = w.sellers;
      expect([half[0], third[0], fifth[0]]).toEqual([0, 2, 4].map((n) => w.mid - bids[n]));
      expect(above[0]).toBe(asks[4] - w.mid);
      looked++;
    },
  );
  expect(looked).toBe(40);
});

test("what finds no buyer when the day ends is sold below all prices in view", () => {
  const simulation = createSimulation(execution, {
    params: { day: 1, inventory: 3, ticks: 40, capacity: 100, limitRate: 1 },
  });
  const w = worldOf(simulation);
  simulation.reset(0);
  simulation.runPhase(0, 0);
  while (w.resting > 0 && best(w, SELL) >= 0) {
    const i = best(w, SELL);
    remove(w, i);
    w.orders.expires[i] = Infinity;
  }
  simulation.runPhase(2, 0);
  expect([w.sellers.sold[0], w.sellers.inventory[0]]).toEqual([0, 0]);
  expect(w.sellers.gain[0]).toBe(3 * (w.origin - 1 - w.mid));
});

test("selling late or all at once costs more than equal slices", () => {
  const periods = 2000;
  const cost = (rule: (w: World) => number): number => {
    let sum = 0;
    sold(rule, periods, {}, (phase, w) => {
      if (phase === "reckon") sum -= w.sellers.gain[0] * (20 / 4);
    });
    return sum / periods;
  };
  const slices = slicesCost({}, { seed: 1, periods });
  expect(cost(() => 5)).toBeGreaterThan(1.1 * slices);
  expect(cost(() => 0)).toBeGreaterThan(1.1 * slices);
});

test("the contract of economies holds", () => {
  const params = { ticks: 60, capacity: 200, day: 3 };
  expect(checkEconomy(execution, { params, periods: 20 }).filter(({ pass }) => !pass)).toEqual([]);
});
