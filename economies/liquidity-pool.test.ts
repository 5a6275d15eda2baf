// Exact accounts under any decisions, what arbitrage and a manipulator take against closed forms, and the contract.
import { expect, test } from "vitest";
import { checkEconomy, createSimulation } from "../src/economy/index.ts";
import { fresh, goOn } from "../test/periods.ts";
import { liquidityPool } from "./liquidity-pool.ts";

const UNIT = 2 ** -20;
const KINDS = ["product", "weighted", "range"] as const;
type Settings = Readonly<Record<string, number | string>>;

function simulated(params: Settings) {
  const simulation = createSimulation(liquidityPool, { params, checkIdentities: true });
  simulation.reset(0);
  const w = simulation.worlds[0] as unknown as Record<string, number> &
    Record<"traders" | "providers" | "arbitrageur" | "manipulator", Record<string, Float64Array>>;
  const metric = (name: keyof typeof liquidityPool.metrics) =>
    liquidityPool.metrics[name].of(simulation.worlds[0], simulation.params);
  return { simulation, w, metric, truth: liquidityPool.truth!(simulation.params) as Record<string, number> };
}
const alone = { arrival: 0, position: 0, attacks: "never" };

test("accounts are exact, nobody goes below nothing and arbitrage never loses, whatever providers and manipulators do", () => {
  for (const pool of KINDS)
    for (const [fee, position] of [
      [0, 400],
      [0.003, -300],
      [0.3, 5000],
    ]) {
      const params = { pool, fee, position, provision: "period", volatility: 0.1, arrival: 0.5, orderMax: 200 };
      const { simulation, w } = simulated({ ...params, manipulatorMoney: 3000 });
      let state = 1;
      const random = () => {
        state = (state * 48271) % 2147483647;
        return state / 2147483647;
      };
      // A third of the decisions go as far as they can.
      const decision = () => Math.max(-1, Math.min(1, 3 * (random() - 0.5)));
      goOn(simulation, 60, () => {
        w.manipulator.spend[0] = decision();
        w.providers.provide.forEach((_, i, all) => {
          all[i] = decision();
        });
      });
      for (const [name, { of, tolerance }] of Object.entries(liquidityPool.identities!)) {
        const off = Math.abs(of(simulation.worlds[0] as never, simulation.params as never));
        expect(off, name).toBeLessThanOrEqual(tolerance ?? 0);
      }
      expect(w.arbitrageur.money[0]).toBeGreaterThan(0);
      expect(Math.max(...w.providers.money)).toBeGreaterThan(0);
    }
});

// Value of liquidity and of holding, in units of 1e-6 of some thousands, after 60 roundings in the pool's favour.
test.each(KINDS)("without fees liquidity is worth what impermanent loss says, all along a path: %s", (pool) => {
  const { simulation, w, metric } = simulated({ ...alone, pool, fee: 0, volatility: 0.1, rangeEdge: 0.7 });
  const [money, tokens] = [w.poolMoney, w.poolTokens];
  for (let t = 0; t < 60; t++) {
    goOn(simulation, 1);
    const priceRatio = w.outsidePrice;
    const { impermanentLoss } = liquidityPool.truth!({ ...simulation.params, priceRatio } as never) as Record<
      string,
      number
    >;
    expect(Math.abs(metric("liquidity") / (money + w.outsidePrice * tokens) - 1 - impermanentLoss!)).toBeLessThan(1e-6);
  }
});

// Rounding of some units of 1e-6, of a take of about 1e-4 of ten thousands.
test.each(KINDS)(
  "without a fee arbitrage takes 1 − w + w R − R^w of the value at each step R, and providers lose it: %s",
  (pool) => {
    const params = { ...alone, pool, drift: 0.01, fee: 0, volatility: 0.05, depth: 1e4, rangeEdge: 0.01 };
    const { simulation, w, metric } = simulated(params);
    const weight = pool === "weighted" ? 0.8 : 0.5;
    for (let t = 0; t < 100; t++) {
      const { quotedMoney } = w;
      goOn(simulation, 1);
      if (t === 0) continue;
      const R = w.outsidePrice / w.lastOutsidePrice;
      const expected = (quotedMoney / (1 - weight)) * (1 - weight + weight * R - R ** weight);
      expect(Math.abs(metric("arbitrage") - expected)).toBeLessThan(10 * UNIT);
      expect(Math.abs(metric("providerProfit") / 0.99 + expected)).toBeLessThan(20 * UNIT);
    }
  },
);

test("arbitrage leaves the pool at the edge of the band, and nothing where the price is within it", () => {
  for (const pool of KINDS) {
    const { simulation, w, metric } = simulated({ ...alone, pool, fee: 0.02, volatility: 0.02, rangeEdge: 0.3 });
    for (let t = 0; t < 200; t++) {
      const before = w.spot > 0 ? metric("price") : 1;
      goOn(simulation, 1);
      const [ratio, was] = [metric("price") / w.outsidePrice, before / w.outsidePrice];
      // The fee that joins the pool moves its price a little beyond the edge, by less than the fee times the step.
      const slack = 0.02 * Math.abs(was / ratio - 1) + 1e-6;
      expect(ratio).toBeGreaterThan(0.98 * (1 - slack));
      expect(ratio).toBeLessThan((1 + slack) / 0.98);
      if (was > 0.98001 && was < 1 / 0.98001) expect(metric("arbitrage")).toBe(0);
      else expect(metric("arbitrage")).toBeGreaterThan(0);
    }
  }
});

// At the first pool and price, before anybody else has traded: amounts are cut to units of 1e-6.
test.each([
  ["product", 250, 0.003, 1000],
  ["product", 900, 0.003, 300],
  ["product", 5000, 0, 700],
  ["product", -400, 0.01, 1000],
  ["product", 5, 0.01, 1000],
  ["range", 250, 0.003, 1000],
  ["range", 900, 0.003, 5000],
  ["range", -5000, 0.003, 5000],
] as const)(
  "a manipulator takes what the closed form says: %s, position %d, fee %d, money %d",
  (pool, position, fee, manipulatorMoney) => {
    const params = { pool, position, fee, manipulatorMoney, arrival: 0, volatility: 0, drift: 0 };
    const best = simulated({ ...params, attacks: "never" });
    goOn(best.simulation, 1);
    const { manipulationTake: take, manipulationSpend: spend } = best.truth as {
      manipulationTake: number;
      manipulationSpend: number;
    };
    const rounding = 20 * UNIT * (1 + Math.abs(position) / 1000);
    expect(Math.abs(best.metric("take") - take)).toBeLessThan(rounding);
    // No other spending gains more, in the pool as it is.
    let most = 0;
    const { simulation, w, metric } = simulated(params);
    for (let k = -50; k <= 50; k++) {
      simulation.reset(0);
      goOn(simulation, 1, () => {
        w.manipulator.spend[0] = k / 50;
      });
      expect(metric("take")).toBeLessThan(take + rounding);
      most = Math.max(most, metric("take"));
    }
    if (position === 5) {
      expect([take, spend, most]).toEqual([0, 0, 0]);
      return;
    }
    expect(take).toBeGreaterThan(1);
    // The grid's nearest point is within 1/100 of the money, and the take is flat around its peak.
    expect(most).toBeGreaterThan(0.95 * take);
  },
);

test("what the manipulator gains, those on the other side of the position and the pool's fees account for", () => {
  const { simulation, w, metric } = simulated({ attacks: "never", arrival: 0, volatility: 0 });
  goOn(simulation, 1);
  // Spent 152.85 on tokens at an average of 1.1524 before the fee, which settles 250 tokens bought at 1.
  expect(metric("fixing")).toBeCloseTo(1.1524, 4);
  expect(w.settled).toBeCloseTo(250 * 0.1524, 2);
  expect(w.outsideMoney + w.manipulator.money[0]! - 1000 + w.arbitrageur.money[0]! + w.poolMoney - 1000).toBe(0);
  // Arbitrage undoes it in the same period, and gains what the manipulator lost in the pool less fees.
  expect(metric("arbitrage")).toBeGreaterThan(10);
  expect(metric("price")).toBeLessThan(1.01);
});

test("a trade of some units does not make a fixing of its own", () => {
  const { simulation, w, metric } = simulated({
    position: 1e6,
    arrival: 0,
    volatility: 0,
    fee: 0,
    manipulatorMoney: 1000,
  });
  goOn(simulation, 1, () => {
    w.manipulator.spend[0] = (7 * UNIT) / 1000;
  });
  // The price has moved by 7 units in a thousand money.
  expect(metric("fixing")).toBeLessThan(1 + 1e-8);
});

test("a provider outside of the pool gains and loses nothing against rebalancing, and one inside the fees less what arbitrage takes", () => {
  const { simulation, w } = simulated({ provision: "episode", position: 0, attacks: "never", fee: 0.01 });
  goOn(simulation, 1, () => {
    if (w.period === 0) w.providers.provide.set([-1, 0, 0, 0, 0]);
  });
  let [outside, inside] = [0, 0];
  for (let t = 1; t < 100; t++) {
    goOn(simulation, 1, () => {});
    w.providers.provide.fill(0);
    outside = Math.max(outside, Math.abs(w.providers.profit[0]!));
    inside += w.providers.profit[1]!;
  }
  expect(outside).toBeLessThan(1e-9);
  expect(inside).toBeGreaterThan(1);
});

test("decisions that are no numbers are one error each", () => {
  const play = (column: "spend" | "provide") => {
    const { simulation, w } = simulated({ provision: "period" });
    goOn(simulation, 1, () => {
      const who = column === "spend" ? w.manipulator : w.providers;
      who[column]![0] = Number.NaN;
    });
  };
  expect(() => play("spend")).toThrow("The manipulator decides NaN, expected a finite number.");
  expect(() => play("provide")).toThrow(/NaN in providers.provide\[0\]|Provider 0 decides NaN/);
});

test.each(KINDS)("the contract of economies holds: %s", (pool) => {
  const params = { pool, provision: "period", fee: 0.01, traders: 9, volatility: 0.1 };
  expect(checkEconomy(liquidityPool, { params, periods: 20 }).filter(({ pass }) => !pass)).toEqual([]);
});

test("a run is the same whenever it is repeated", () => {
  const bytes = () =>
    Buffer.from(
      (
        fresh(createSimulation(liquidityPool, { params: { attacks: "never" } }), 30).columns[
          "traders.money"
        ] as Float64Array
      ).buffer,
    ).toString("hex");
  expect(bytes()).toBe(bytes());
});
