// The double auction: no other price or trades do better, and traders who tell the truth share all that there is to gain.
import { expect, test } from "vitest";
import { fresh, goOn } from "../../test/periods.ts";
import { type AnyRows, checkEconomy, compose, createSimulation, type Part } from "../economy/index.ts";
import { callAuction } from "../economy/mechanisms/index.ts";
import { doubleAuction, traders } from "./index.ts";

const call = (bids: number[], asks: number[], k?: number) => {
  const { traded, price, buyers, sellers } = callAuction(
    new Float64Array(bids),
    new Float64Array(asks),
    k === undefined ? {} : { k },
  );
  return { traded, price, buyers: [...buyers.subarray(0, traded)], sellers: [...sellers.subarray(0, traded)] };
};

test("the highest bids meet the lowest asks at one price between the marginal orders", () => {
  expect(call([5, 9, 7], [6, 4, 8])).toEqual({ traded: 2, price: 6.5, buyers: [1, 2], sellers: [1, 0] });
  expect(call([5, 9, 7], [6, 4, 8], 0).price).toBe(6);
  expect(call([5, 9, 7], [6, 4, 8], 1).price).toBe(7);
  // The next bid, 6.8, and the next ask, 6.9, leave less room.
  expect(call([9, 6.8], [1, 6.9], 0.5)).toMatchObject({ traded: 1, price: 6.85 });
  expect(call([3, 3, 3], [3, 3])).toEqual({ traded: 2, price: 3, buyers: [0, 1], sellers: [0, 1] });
  expect(call([2], [3])).toMatchObject({ traded: 0, price: 0 });
  expect(call([0, 0], [0])).toMatchObject({ traded: 0 });
  expect(call([2], [Infinity])).toMatchObject({ traded: 0 });
  expect(call([2, 1], [])).toMatchObject({ traded: 0, price: 0 });
  expect(() => call([-1], [1])).toThrow("callAuction: bid 0 is -1, expected at least 0.");
  expect(() => call([1], [Number.NaN])).toThrow("callAuction: ask 0 is NaN, expected at least 0.");
  expect(() => call([1], [1], 2)).toThrow("callAuction: k is 2, expected from 0 to 1.");
});

const described = { name: "exchange", source: "a test", summary: "A double auction.", horizon: 1000 } as const;
const exchange = compose({ ...described, parts: { traders, auction: doubleAuction } });

test("traders who tell the truth gain all that there is to gain: nobody left out would pay what it costs another", () => {
  expect(
    checkEconomy(exchange, { params: { buyers: 6, sellers: 5 }, periods: 20 }).filter(({ pass }) => !pass),
  ).toEqual([]);
  const simulation = fresh(
    createSimulation(exchange, { params: { buyers: 8, sellers: 6 }, seed: 2, checkIdentities: true }),
    0,
  );
  let traded = 0;
  for (let period = 0; period < 40; period++) {
    goOn(simulation, 1);
    const w = simulation.worlds[0] as unknown as { price: number; traded: number } & Record<
      "buyers" | "sellers",
      AnyRows
    >;
    const { value, bought, surplus } = w.buyers as unknown as Record<string, Float64Array>;
    const { cost, sold } = w.sellers as unknown as Record<string, Float64Array>;
    const values = [...value!].sort((a, b) => b - a);
    const costs = [...cost!].sort((a, b) => a - b);
    const best = values.reduce((sum, v, n) => sum + Math.max(0, v - (costs[n] ?? Infinity)), 0);
    expect(exchange.metrics["surplus"]!.of(simulation.worlds[0]!, simulation.params)).toBeCloseTo(best, 12);
    value!.forEach((v, i) => {
      expect(bought![i] === 1 ? v >= w.price : v <= w.price || w.traded === 0).toBe(true);
      expect(surplus![i]).toBeCloseTo(bought![i]! * (v - w.price), 14);
    });
    cost!.forEach((c, i) => {
      expect(sold![i] === 1 ? c <= w.price : c >= w.price || w.traded === 0).toBe(true);
    });
    traded += w.traded;
  }
  // Of 8 values and 6 costs, uniform, traded lots have the mean 8 · 6/(8 + 6) = 24/7; their variance is 0.9: four standard errors.
  expect(Math.abs(traded / 40 - 24 / 7)).toBeLessThan(0.6);
});

test("who chooses to bid is paid by its order, and an auction without buyers and sellers is refused", () => {
  const params = { buyers: 2, sellers: 2, bidding: "period" };
  const simulation = createSimulation(exchange, { params, checkIdentities: true });
  const rows = (name: string) =>
    (simulation.worlds[0] as Record<string, unknown>)[name] as Record<string, Float64Array>;
  fresh(simulation, 1, () => {
    rows("buyers")["bid"]!.set([0.9, 0.2]);
    rows("sellers")["ask"]!.set([0.8, 0.1]);
  });
  // One lot, between the ask 0.2 next in line and the bid 0.8 that would be next.
  expect([...rows("buyers")["paid"]!, ...rows("sellers")["received"]!]).toEqual([0.5, 0, 0, 0.5]);
  expect(rows("sellers")["surplus"]![1]).toBeCloseTo(0.5 - rows("sellers")["cost"]![1]!, 15);
  // A market without anybody is refused by its flow, before rows that nobody counts.
  expect(() => compose({ ...described, parts: { auction: doubleAuction } })).toThrow(
    'part "auction" is a market of "lots" without sellers: nobody pays flow "lots"; add a part with flows: { lots: { unit: "lots", pays: … } }, or take "lots" from the market.',
  );
  const nobody = { ...traders, flows: {} } as unknown as Part;
  expect(() => compose({ ...described, parts: { nobody, auction: doubleAuction as unknown as Part } })).toThrow(
    'part "auction" is a market of "lots" without sellers',
  );
});
