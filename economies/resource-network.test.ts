// Periods by hand, rationing, what theory's thresholds earn when they are played, and the contract.
import { expect, test } from "vitest";
import { checkEconomy, createSimulation } from "../src/economy/index.ts";
import { meanInterval } from "../src/math/index.ts";
import { fresh, goOn } from "../test/periods.ts";
import { resourceNetwork } from "./resource-network.ts";
import { outcome, plannersOptimum, priceAt } from "./theory/resource-network.ts";

type Settings = Readonly<Record<string, number>>;
interface Network {
  readonly price: number;
  readonly asked: number;
  readonly served: number;
  readonly returned: number;
  readonly burned: number;
  readonly gained: number;
  readonly users: Readonly<Record<"value" | "ask" | "served" | "gain" | "reward", Float64Array>>;
}

/** Shows every period of a network whose users ask as `asks` says of their values. */
function periods(
  params: Settings,
  count: number,
  asks: (value: number, i: number) => boolean,
  see: (w: Network) => void,
) {
  const simulation = fresh(createSimulation(resourceNetwork, { params }), 0);
  const w = simulation.worlds[0] as unknown as Network;
  for (let t = 0; t < count; t++) {
    goOn(simulation, 1, () => {
      w.users.value.forEach((value, i) => {
        w.users.ask[i] = asks(value, i) ? 1 : 0;
      });
    });
    see(w);
  }
}

test("all who are served pay the price of that utilisation, a share of it comes back to everybody, and cooperation counts the others", () => {
  const p = { users: 5, capacity: 10, priceMax: 4, steepness: 6, midpoint: 0.4, returned: 0.25, cooperation: 0.3 };
  periods(
    p,
    20,
    (_value, i) => i !== 2,
    (w) => {
      const price = priceAt(0.4, p);
      expect([w.asked, w.served, w.price]).toEqual([4, 4, price]);
      const back = (0.25 * 4 * price) / 5;
      const gains = [...w.users.value].map((value, i) => back + (i === 2 ? 0 : value - price));
      const sum = gains.reduce((a, b) => a + b);
      gains.forEach((gain, i) => {
        expect(w.users.gain[i]).toBeCloseTo(gain, 12);
        expect(w.users.reward[i]).toBeCloseTo(gain + 0.3 * (sum - gain), 12);
        expect(w.users.value[i]).toBeLessThan(4);
      });
      expect(w.returned).toBeCloseTo(5 * back, 12);
      expect(w.burned).toBeCloseTo(0.75 * 4 * price, 12);
    },
  );
});

test("beyond the capacity all who ask are equally likely to be served, and nobody else is", () => {
  const [N, T] = [6, 3000];
  const counts = new Float64Array(N);
  periods(
    { users: N, capacity: 2 },
    T,
    (_value, i) => i > 0,
    (w) => {
      expect(w.served).toBe(2);
      expect(w.users.served.reduce((a, b) => a + b)).toBe(2);
      expect(w.price).toBe(priceAt(1, { priceMax: 1, steepness: 20, midpoint: 0.85 }));
      w.users.served.forEach((served, i) => {
        counts[i] += served;
      });
    },
  );
  expect(counts[0]).toBe(0);
  for (const count of counts.subarray(1))
    expect(Math.abs(count / T - 0.4)).toBeLessThan(4.5 * Math.sqrt((0.4 * 0.6) / T));
});

test("users who ask from a threshold on use and gain as much as theory says, with places enough and too few", () => {
  for (const capacity of [100, 60]) {
    const p = { users: 100, capacity, priceMax: 1, steepness: 20, midpoint: 0.85, cooperation: 0, returned: 0.5 };
    for (const threshold of [0.2, plannersOptimum(p).threshold]) {
      const expected = outcome(p, threshold);
      const [used, welfare]: [number[], number[]] = [[], []];
      periods(
        p,
        1500,
        (value) => value >= threshold,
        (w) => {
          used.push(w.served / capacity);
          welfare.push(w.gained / 100);
        },
      );
      for (const [ours, theirs] of [
        [used, expected.utilisation],
        [welfare, expected.welfare],
      ] as const) {
        const { mean, low, high } = meanInterval(ours);
        // 4.5 standard errors, of which the interval has 3.9; all are served where every draw exceeds the capacity
        expect(Math.abs(mean - theirs)).toBeLessThanOrEqual((high - low) * 1.15 + 1e-6);
      }
    }
  }
});

test("no phase breaks it", () => {
  for (const check of checkEconomy(resourceNetwork, { params: { capacity: 40 } }))
    expect(check).toMatchObject({ pass: true });
});
