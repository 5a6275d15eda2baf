// One batch by hand, exact accounts under random orders, round trips, the stability boundary of fundamental traders, and the contract.
import { expect, test } from "vitest";
import { isDecided } from "../src/economy/decisions.ts";
import { checkEconomy, createSimulation, resolveParams } from "../src/economy/index.ts";
import { makeVectorEnv } from "../src/env/vector-env.ts";
import { variance } from "../src/math/index.ts";
import { fresh, goOn } from "../test/periods.ts";
import { type Endowed, pathOfPrice, recoverySteps } from "./theory/token-market.ts";
import { tokenMarket } from "./token-market.ts";

type Settings = Readonly<Record<string, number | string | readonly number[]>>;
const CURVES = ["linear", "logarithmic", "exponential", "sigmoid", "polynomial"] as const;
const UNIT = 2 ** -20;

/** A market where trader i orders `orders[t][i]` of each asset in period t, as a share of orderMax. */
function market(params: Settings, orders: readonly (readonly number[])[]) {
  const simulation = createSimulation(tokenMarket, { params });
  const column = (name: string) => simulation.columns[name] as Float64Array;
  fresh(simulation, orders.length, () => {
    column("traders.order").forEach((_, at, all) => {
      all[at] = orders[simulation.period[0]][Math.floor(at / Number(simulation.params.assets))];
    });
  });
  return { simulation, column };
}

test("a batch has one price, and the reserve takes what all pay", () => {
  // Net 20 of 40 − 20: R(120) − R(100) = 42, a price of 2.1
  const { column } = market({ traders: 3, money: 1000, supply: 100, orderMax: 30, fee: 0.1 }, [[1, 1 / 3, -2 / 3]]);
  const near = (ours: number, theirs: number) => expect(Math.abs(ours - theirs)).toBeLessThan(1e-4);
  near(column("world.supply")[0], 120);
  near(column("world.reserve")[0], 192);
  for (const [i, paid] of [63, 21, -42].entries()) near(column("traders.payment")[i], paid);
  for (const [i, money] of [1000 - 69.3, 1000 - 23.1, 1000 + 37.8].entries()) near(column("traders.money")[i], money);
  near(column("world.treasury")[0], 12.6);
  // Wealth: burning H of a supply of 120 pays (2.2 − .005 H) H
  const H = 100 / 3 + 30;
  near(column("traders.wealth")[0], 1000 - 69.3 + (2.2 - 0.005 * H) * H);
  const before = 1000 + (2 - (0.005 * 100) / 3) * (100 / 3);
  near(column("traders.profit")[0], column("traders.wealth")[0] - before);
});

test("nobody buys what cannot be paid for at the price that all make, or sells what is not there", () => {
  const { column } = market({ traders: 2, money: 10, supply: 10, orderMax: 100, fee: 0.2 }, [
    [1, 1],
    [-1, -1],
  ]);
  expect(column("world.supply")[0]).toBe(0);
  expect(column("world.reserve")[0]).toBe(0);
  const one = market({ traders: 2, money: 10, supply: 10, orderMax: 100, fee: 0.2 }, [[1, 0]]);
  // Alone at a price of 1.1 first: 7.57 tokens, which cost 1.138 each; then 10/(1.2 · 1.138) of them.
  const first = 10 / (1.1 * 1.2);
  expect(one.column("traders.filled")[0]).toBeCloseTo(10 / (1.2 * (1.1 + 0.005 * first)), 4);
  expect(one.column("traders.money")[0]).toBeGreaterThan(0);
});

test("at a price that does not move, traders spend all but some units of change, and never more", () => {
  for (const intercept of [1 / 3, 0.7, 1.1, 7.77])
    for (const fee of [0, 0.003, 0.3]) {
      const { column } = market({ slope: 0, intercept, fee, traders: 7, money: 10, orderMax: 1000 }, [
        [1, 1, 1, 1, 1, 1, 1],
      ]);
      for (const money of column("traders.money")) {
        expect(money).toBeGreaterThanOrEqual(0);
        // 8 units kept, and less than the price of a unit of the token
        expect(money).toBeLessThanOrEqual((9 + intercept * (1 + fee)) * UNIT);
      }
    }
});

test("accounts are exact under random orders, on every curve, with fees, noise, income and several assets", () => {
  let state = 1;
  const random = () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
  for (const curve of CURVES)
    for (const fee of [0, 0.003, 0.3]) {
      const params = {
        ...MIXED,
        curve,
        fee,
        assets: 3,
        noise: 0.5,
        income: 0.3,
        supply: 50,
        orderMax: 40,
        money: 60,
      };
      const simulation = createSimulation(tokenMarket, { params });
      const identities = Object.entries(tokenMarket.identities!);
      simulation.reset(0);
      for (let t = 0; t < 200; t++) {
        goOn(simulation, 1, () => {
          // A third of the orders are tiny, a third are of one side.
          const scale = [1, 1e-6, 1][t % 3];
          for (const kind of ["traders", "adversaries"]) {
            const order = simulation.columns[`${kind}.order`] as Float64Array;
            for (let at = 0; at < order.length; at++) order[at] = scale * (t % 3 === 2 ? random() : 2 * random() - 1);
          }
        });
        for (const [name, { of }] of identities)
          expect(
            of(simulation.worlds[0] as never, simulation.params as never),
            `${curve}, ${fee}: ${name} at ${t}`,
          ).toBe(0);
      }
      expect((simulation.columns["world.traded"] as Float64Array)[0]).toBeGreaterThan(0);
    }
});

test("a round trip without fee returns exactly what it cost, and with one it loses", () => {
  for (const curve of CURVES)
    for (const [share, fee] of [
      [0.37, 0],
      [1e-5, 0],
      [1, 0],
      [0.37, 0.01],
    ]) {
      const { column } = market({ curve, fee, traders: 1, supply: 60 }, [[share], [-share]]);
      const [money, reserve] = [column("traders.money")[0], column("world.reserve")[0]];
      const start = market({ curve, fee, traders: 1, supply: 60 }, [[0]]).column("world.reserve")[0];
      expect(reserve).toBe(start);
      if (fee === 0) expect(money).toBe(100);
      else expect(money).toBeLessThan(100);
    }
});

test("an order of NaN and a reserve that cannot be counted are one error each", () => {
  expect(() => market({ traders: 2 }, [[0.1, Number.NaN]])).toThrow("trader 1 orders NaN of asset 0");
  expect(() => market({ curve: "exponential", intercept: 0 }, [])).toThrow(
    "intercept is 0, expected a number above 0.",
  );
  expect(() => market({ curve: "exponential", growth: 0.99, supply: 600 }, [])).toThrow(
    /the reserves of 1 assets are .*e\+257 at a supply of 600/,
  );
});

// e^(0.9 · 600) is off by 2⁻⁵³ · 540, and so is the reserve of 4·10⁹: 2·10⁻⁴ of money, hundreds of units.
test("payments that are too far off the change of the reserve are an error, not a loop over units", () => {
  const params = { curve: "exponential", growth: 0.9, supply: 600, intercept: 1.09e-225, traders: 2, orderMax: 1 };
  expect(() => market(params, [[-0.001, -0.0003]])).toThrow(
    /payments for asset 0 are \S+ off the change of its reserve, expected at most 0\.00000762939453125\. The integral of the price up to a supply of 599\.99\d+, 39\d+\.\d+, is not exact/,
  );
});

test("traders and adversaries decide, each as a population of their own; who follows a rule does not", () => {
  const deciding = (params: Settings) => {
    const values = resolveParams(tokenMarket, params);
    return isDecided(tokenMarket, values) ? Object.keys(makeVectorEnv(tokenMarket, { numEnvs: 1, params }).spec) : [];
  };
  const rules = { zeroIntelligence: 2, fundamentalists: 2, momentumTraders: 2, arbitrageurs: 1 };
  expect(deciding({})).toEqual(["traders"]);
  expect(deciding({ traders: 3, adversaries: 1, ...rules })).toEqual(["traders", "adversaries"]);
  expect(deciding({ traders: 0, adversaries: 1, ...rules })).toEqual(["adversaries"]);
  expect(deciding({ traders: 0, ...rules })).toEqual([]);
  expect(() => createSimulation(tokenMarket, { params: { traders: 0 } }).reset(0)).toThrow("there is nobody");
});

const MIXED = {
  traders: 3,
  adversaries: 2,
  zeroIntelligence: 4,
  fundamentalists: 2,
  momentumTraders: 3,
  arbitrageurs: 1,
};

test("each kind orders by its rule", () => {
  const params = { ...MIXED, assets: 2, noise: 0.3, momentum: 7, orderMax: 2, otherPrice: 2.5, fundamental: 1.8 };
  const simulation = createSimulation(tokenMarket, { params });
  const column = (name: string) => simulation.columns[name] as Float64Array;
  let last = [2, 2];
  const seen = new Set<number>();
  for (let t = 0; t < 5; t++) {
    const supplies = t === 0 ? [100, 100] : [...column("world.supply")];
    if (t === 0) simulation.reset(0);
    goOn(simulation, 1, () => {
      column("traders.order").fill(0.25);
      column("adversaries.order").fill(-0.5);
    });
    const posted = [...column("world.posted")];
    for (let m = 0; m < 2; m++) {
      const asked = (kind: string) => column(`${kind}.asked`).filter((_, at) => at % 2 === m);
      expect([...asked("traders")]).toEqual([0.5, 0.5, 0.5]);
      expect([...asked("adversaries")]).toEqual([-1, -1]);
      for (const x of asked("fundamentalists")) expect(x).toBe(0.2 * (1.8 - posted[m]));
      for (const x of asked("momentumTraders")) expect(x).toBe(7 * (posted[m] - last[m]));
      for (const x of asked("zeroIntelligence")) {
        expect(Math.abs(x)).toBeLessThanOrEqual(2);
        seen.add(x);
      }
      // (1 + φ) f(S + a) = P′ − m′ a, on a line: (P′ − P)/(m + m′)
      expect(asked("arbitrageurs")[0]).toBeCloseTo((2.5 - (1 + 0.01 * supplies[m])) / 0.03, 9);
    }
    last = posted;
  }
  expect(seen.size).toBe(4 * 2 * 5);
});

// Models: sd ΔP = m √(N/3) for orders U(−1, 1). The sd of T changes has the relative standard error 1/√(2T) = 0.011.
test("zero intelligence moves the price by m √(N/3) a period", () => {
  const params = { traders: 0, zeroIntelligence: 50, orderMax: 1, supply: 600, horizon: 4000 };
  const simulation = createSimulation(tokenMarket, { params });
  const supplies: number[] = [];
  simulation.reset(0);
  for (let t = 0; t < 4000; t++) {
    goOn(simulation, 1);
    supplies.push((simulation.columns["world.supply"] as Float64Array)[0]);
  }
  const changes = supplies.slice(1).map((S, t) => 0.01 * (S - supplies[t]));
  expect(Math.abs(Math.sqrt(variance(changes)) / 0.040824829 - 1)).toBeLessThan(4 * 0.011);
});

test("arbitrageurs trade to the no-profit point and stay there, with a fee as without", () => {
  for (const [fee, otherPrice] of [
    [0, 2.6],
    [0.05, 2.6],
    [0.05, 1.7],
    [0.05, 2.05],
  ]) {
    const params = { traders: 0, arbitrageurs: 4, otherSlope: 0, fee, otherPrice };
    const simulation = createSimulation(tokenMarket, { params });
    fresh(simulation, 3);
    const price = 1 + 0.01 * (simulation.columns["world.supply"] as Float64Array)[0];
    const [dearest, cheapest] = [otherPrice / (1 + fee), otherPrice / (1 - fee)];
    // An order is cut to a unit below it.
    expect(Math.abs(price - Math.min(Math.max(2, dearest), cheapest))).toBeLessThan(1e-6);
  }
});

test("adversaries are paid what all others lose", () => {
  const simulation = createSimulation(tokenMarket, { params: { ...MIXED, fee: 0.02, noise: 0.1 } });
  const column = (name: string) => simulation.columns[name] as Float64Array;
  fresh(simulation, 7, () => {
    column("traders.order").set([1, -0.3, 0.2]);
    column("adversaries.order").set([-1, 0.4]);
  });
  const lost = Object.keys(MIXED)
    .filter((kind) => kind !== "adversaries")
    .reduce((sum, kind) => sum - column(`${kind}.profit`).reduce((a, b) => a + b, 0), 0);
  expect(Math.abs(lost)).toBeGreaterThan(0.01);
  for (const takings of column("adversaries.takings")) expect(takings).toBeCloseTo(lost / 2, 12);
});

/** The price after each period, of traders who start 0.1 below the fundamental price; r = m N g. */
function chase(r: number, periods: number, changes: Settings = {}) {
  const params = { traders: 0, fundamentalists: 50, fundamental: 2.1, reaction: r / 0.5, ...changes };
  const simulation = createSimulation(tokenMarket, { params });
  simulation.reset(0);
  const deviations: number[] = [];
  for (let t = 0; t < periods; t++) {
    goOn(simulation, 1);
    deviations.push(1 + 0.01 * (simulation.columns["world.supply"] as Float64Array)[0] - 2.1);
  }
  return deviations;
}

// Before the run: an order is cut to a unit below it, so that a period adds at most m N 2⁻²⁰ to a deviation, and at most 1/(1 − |1 − r|) of these remain.
test.each([0.05, 0.1, 0.14, 0.5, 1.5, 1.9])("at m N g = %d a deviation dies out as theory says", (r) => {
  const rounding = 0.5 * UNIT;
  const deviations = chase(r, 60);
  deviations.forEach((x, t) => {
    expect(Math.abs(x + 0.1 * (1 - r) ** (t + 1))).toBeLessThan(rounding / (1 - Math.abs(1 - r)) + 1e-12);
  });
  const params = { traders: 0, fundamentalists: 50, reaction: r / 0.5, fundamental: 2.1 };
  const settings = resolveParams(tokenMarket, params) as unknown as Endowed;
  const steps = recoverySteps(settings);
  expect(deviations.findIndex((x) => Math.abs(x) <= 0.05 * 0.1) + 1).toBe(steps);
  const path = pathOfPrice(settings, 60);
  (path as [number, number][]).forEach(([t, price]) => {
    expect(Math.abs(price - 2.1 - deviations[t - 1])).toBeLessThan(rounding / (1 - Math.abs(1 - r)) + 1e-12);
  });
});

test("m N g = 2 is the boundary: below it deviations fall, at it they stay, above it they grow by |1 − m N g| until traders run short", () => {
  const after = (r: number, periods: number) => Math.abs(chase(r, periods).at(-1)!) / 0.1;
  expect(after(1.98, 20)).toBeCloseTo(0.98 ** 20, 3);
  expect(after(2, 20)).toBeCloseTo(1, 3);
  expect(after(2.02, 20)).toBeCloseTo(1.02 ** 20, 3);
  expect(after(2.1, 20)).toBeCloseTo(1.1 ** 20, 2);
  const far = chase(2.5, 200);
  // Supply cannot fall below 0, where the price is 1.
  expect(Math.min(...far)).toBeGreaterThanOrEqual(-1.1);
  expect(Math.max(...far.slice(-20).map(Math.abs))).toBeGreaterThan(0.5);
});

test("more traders, a steeper curve and quicker reactions meet the boundary at the same product", () => {
  for (const [traders, slope, reaction] of [
    [10, 0.05, 3.8],
    [100, 0.005, 3.8],
    [50, 0.02, 1.9],
  ]) {
    const simulation = createSimulation(tokenMarket, {
      params: { traders: 0, fundamentalists: traders, slope, reaction, fundamental: 1.1 + slope * 100 },
    });
    simulation.reset(0);
    goOn(simulation, 10);
    const price = 1 + slope * (simulation.columns["world.supply"] as Float64Array)[0];
    expect((price - 1.1 - slope * 100) / -0.1).toBeCloseTo((1 - traders * slope * reaction) ** 10, 3);
  }
});

// Var x = r² σ²/(1 − (1 − r)²) = 0.0005263158. The variance of an AR(1) sample of T, φ = 1 − r, has the relative standard error √(2/T · (1 + φ²)/(1 − φ²)) = 0.031.
test("with noise in posted prices deviations have the variance of theory, within four standard errors", () => {
  const deviations = chase(0.1, 20_000, { noise: 0.1, fundamental: 2, horizon: 100_000 })
    .slice(200)
    .map((x) => x + 0.1);
  expect(Math.abs(variance(deviations) / 0.0005263158 - 1)).toBeLessThan(4 * 0.031);
});

test.each(CURVES)("the contract of economies holds: %s", (curve) => {
  const params = { ...MIXED, curve, assets: 2, fee: 0.01, noise: 0.1, income: 0.1, supply: 40 };
  expect(checkEconomy(tokenMarket, { params, periods: 20 }).filter(({ pass }) => !pass)).toEqual([]);
});
