// One batch by hand, exact accounts under random orders, round trips, the stability boundary of fundamental traders, and the contract.
import { expect, test } from "vitest";
import { isDecided } from "../src/economy/decisions.ts";
import { checkEconomy, createSimulation, isUnknown, resolveParams } from "../src/economy/index.ts";
import { sigmoidCurve } from "../src/economy/mechanisms/index.ts";
import { makeVectorEnv } from "../src/env/vector-env.ts";
import { variance } from "../src/math/index.ts";
import { fresh, goOn } from "../test/periods.ts";
import { type Endowed, ownUpTo, pathOfPrice, recoverySteps } from "./theory/token-market.ts";
import { tokenMarket, tokenMarketOn } from "./token-market.ts";

type Settings = Readonly<Record<string, number | string | readonly number[]>>;
const CURVES = ["linear", "logarithmic", "exponential", "sigmoid", "polynomial", "piecewise"] as const;
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

const OPTIONS: readonly Settings[] = [
  {},
  { execution: "sequential" },
  { pricing: "spot", backing: 0.3 },
  { minting: 1.5, treasury: 50, impact: 0.01 },
  { execution: "sequential", pricing: "spot", minting: 3, treasury: 20 },
  { minting: -1, issue: "free", peers: 0.1 },
  { peers: -0.05, peerForm: "holdings", minting: 2, issue: "free" },
  { pressureSd: 0.2, shock: 0.5, shockPeriod: 3, imbalance: 0.1, interaction: "stock", noiseForm: "log" },
];

test("accounts are exact under random orders, on every curve and in every form of trade, with fees, noise, income and several assets", () => {
  let run = 0;
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
        ...OPTIONS[run++ % OPTIONS.length],
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
    /payments are \S+ off the change of the reserve, expected at most 0\.00000762939453125\. The integral of the price up to a supply of 599\.99\d+, 39\d+\.\d+, is not exact/,
  );
});

test("a price of one's own is integrated, pays what the same curve by name pays, and stays beyond its last supply", () => {
  const price = (S: number) => 10 / (1 + Math.exp(-0.05 * (S - 100)));
  const own = tokenMarketOn({ name: "my-market", price, supplyMax: 120 });
  const named = { curve: "sigmoid", growth: 0.05, supply: 60 };
  const ours = own.truth!(resolveParams(own, { supply: 60 })) as Record<string, unknown>;
  const theirs = tokenMarket.truth!(resolveParams(tokenMarket, named)) as Record<string, unknown>;
  for (const name of ["price", "reserve", "mintCost", "burnProceeds", "priceAfterMint", "priceImpact", "spotPump"])
    expect(Math.abs(Number(ours[name]) / Number(theirs[name]) - 1)).toBeLessThan(1e-11);
  for (const name of ["arbitrageAmount", "arbitrageProfit"]) expect(ours[name]).toBeCloseTo(Number(theirs[name]), 9);
  expect(isUnknown(ours["stabilityMultiplier"])).toBe(true);
  const params = { traders: 1, money: 1000, supply: 110, orderMax: 20 };
  const simulation = createSimulation(own, { params });
  const order = simulation.columns["traders.order"] as Float64Array;
  const money = simulation.columns["traders.money"] as Float64Array;
  fresh(simulation, 1, () => order.fill(1));
  // 10 tokens up to a supply of 120, and 10 at the price there
  const { mintCost } = sigmoidCurve({ capacity: 10, growth: 0.05, midpoint: 100 });
  expect(Math.abs(1000 - money[0] - mintCost(110, 10) - 10 * price(120))).toBeLessThan(2 * UNIT);
  goOn(simulation, 1, () => order.fill(-1));
  expect(money[0]).toBe(1000);
  const curve = ownUpTo(price, 120);
  for (const [S, cost] of [
    [60, 20],
    [110, 70],
    [119, 500],
    [130, 9],
  ])
    expect(curve.mintCost(S, curve.amountFor(S, cost))).toBeCloseTo(cost, 9);
  const mixed = { ...MIXED, fee: 0.01, assets: 2, supply: 110, income: 0.1 };
  expect(checkEconomy(own, { params: mixed, periods: 20 }).filter(({ pass }) => !pass)).toEqual([]);
});

test("a curve that falls, is negative or has half a point is one line, before anything is changed", () => {
  const own = (price: (S: number) => number) => () => tokenMarketOn({ name: "my-market", price, supplyMax: 100 });
  expect(own((S) => 5 - S / 100)).toThrow(/ownCurve: the price falls from 5 to 4\.99\d* at supply 0\.39\d*, expected/);
  expect(own((S) => S - 1)).toThrow("ownCurve: the price is -1 at supply 0, expected a number of at least 0.");
  const points =
    (...points: number[]) =>
    () =>
      market({ curve: "piecewise", points }, []);
  expect(points(0, 2, 100, 1)).toThrow("point 1 is [100, 1] after [0,2], expected a larger supply and no lower price.");
  expect(points(0, 1, 100)).toThrow("points are 3 numbers, expected pairs of a supply and the price there");
  expect(points(5, 1)).toThrow("the first point is at supply 5, expected 0.");
  expect(() => market({ fee: 1 }, [])).toThrow("token-market.fee: got 1, expected a number from 0 to 0.99.");
  expect(() => market({ coefficients: [1, -0.1] }, [])).toThrow("coefficients");
  expect(() => market({ slope: -1 }, [])).toThrow("token-market.slope: got -1");
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

// Figures of the paper's spot prices: a (f(S + a) − f(S)) per cycle, S = 100 and a = 10; three payments are rounded.
test.each([
  [{ curve: "linear" }, 1],
  [{ curve: "logarithmic", slope: 2 }, 1.8881936894],
  [{ curve: "exponential" }, 2.8588419549],
  [{ curve: "sigmoid", growth: 0.05 }, 12.2459331202],
])("at spot prices %j is a money pump, at integral prices it is none", (settings, pump) => {
  for (const execution of ["batch", "sequential"]) {
    const params = { ...settings, traders: 1, money: 1000, orderMax: 10, execution };
    const { column } = market({ ...params, pricing: "spot" }, [[1], [-1], [1], [-1]]);
    expect(Math.abs(column("traders.money")[0] - 1000 - 2 * pump)).toBeLessThan(4 * UNIT);
    expect(column("world.unbacked")[0]).toBe(column("traders.money")[0] - 1000);
    expect(column("world.supply")[0]).toBe(100);
    expect(market(params, [[1], [-1], [1], [-1]]).column("traders.money")[0]).toBe(1000);
  }
  expect(tokenMarket.truth!(resolveParams(tokenMarket, settings))["spotPump"]).toBeCloseTo(pump, 9);
});

test("nobody burns when the reserve cannot pay", () => {
  for (const execution of ["batch", "sequential"]) {
    const params = { traders: 2, money: 1000, orderMax: 10, execution, pricing: "spot", backing: 0 };
    // 10 tokens for 20: burning them at 2.1 would take 21.
    const { column } = market(params, [
      [1, 0],
      [-1, 0],
    ]);
    expect([...column("traders.filled"), column("world.reserve")[0]]).toEqual([0, 0, 20]);
    const less = market(params, [
      [1, 0],
      [-0.9, 0],
    ]);
    expect(less.column("world.reserve")[0]).toBeCloseTo(20 - 2.1 * 9, 5);
  }
  // Purchases are paid for at the price that they make without the others' sales.
  const both = market({ traders: 2, money: 1000, orderMax: 50, pricing: "spot", backing: 0 }, [[0.1, -1]]);
  expect([...both.column("traders.filled")]).toEqual([5, 0]);
  expect(() => market({ backing: 0.5 }, [])).toThrow(
    "a reserve of 75 cannot pay the 150 that burning all 100 tokens brings. Set backing=1, or pricing=spot.",
  );
});

test("one by one, each pays the integral at its turn, and turns are drawn anew: all orders of turns are as likely", () => {
  const orders = [1, -0.4, 0.3];
  const params = { traders: 3, money: 1e4, orderMax: 10, execution: "sequential", horizon: 1e5 };
  const simulation = createSimulation(tokenMarket, { params });
  const column = (name: string) => simulation.columns[name] as Float64Array;
  const permutations = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ];
  const counts = permutations.map(() => 0);
  const R = (S: number) => 0.005 * S * S + S;
  const periods = 600;
  simulation.reset(0);
  for (let t = 0; t < periods; t++) {
    let S = t === 0 ? 100 : column("world.supply")[0];
    const start = S;
    // Away from the start and back, so that supply stays.
    goOn(simulation, 1, () => column("traders.order").set(orders.map((x) => (t % 2 === 0 ? x : -x))));
    const payment = [...column("traders.payment")];
    const matching = permutations.findIndex((turns) => {
      S = start;
      return turns.every((i) => {
        const cost = R(S + column("traders.filled")[i]) - R(S);
        S += column("traders.filled")[i];
        return Math.abs(cost - payment[i]) < 2 * UNIT;
      });
    });
    counts[matching]++;
  }
  expect(counts.reduce((a, b) => a + b)).toBe(periods);
  // Binomial: 100 ± 4 · √(600 · 5/36)
  for (const count of counts) expect(Math.abs(count - 100)).toBeLessThan(4 * 9.13);
});

test("the treasury holds what it mints, pays for it as far as it can, and burns what it holds", () => {
  const at = (periods: number, params: Settings) => {
    const { column } = market(
      { traders: 1, ...params },
      Array.from({ length: periods }, () => [0]),
    );
    return ["supply", "kept", "treasury", "reserve", "unbacked"].map((name) => column(`world.${name}`)[0]);
  };
  const R = (S: number) => 0.005 * S * S + S;
  const near = (ours: number[], theirs: number[]) =>
    theirs.forEach((x, k) => {
      expect(Math.abs(ours[k] - x)).toBeLessThan(1e-4);
    });
  near(at(2, { minting: 2, treasury: 10 }), [104, 4, 10 - (R(104) - 150), R(104), 0]);
  // 1.92 is left: at most 1.92/2.04 tokens at f(S), then 1.92/(2.04 + .005 a) of them.
  const [first] = [(10 - (R(104) - 150)) / 2.04];
  near(at(3, { minting: 2, treasury: 10 }), [104 + (10 - (R(104) - 150)) / (2.04 + 0.005 * first)]);
  near(at(3, { minting: -2, treasury: 10 }), [100, 0, 10, 150, 0]);
  near(at(3, { minting: 2, issue: "free" }), [106, 6, 0, 150, R(106) - 150]);
  near(at(2, { minting: -2, issue: "free" }), [100, 0, 0, 150, 0]);
});

test("trade moves posted prices for a while: κ Σa + λ (demand − sales), or the paper's letter, demand less the supply", () => {
  const posted = (interaction: string) => {
    const params = { traders: 2, money: 1000, orderMax: 10, impact: 0.02, imbalance: 0.002, decay: 0.25, interaction };
    const { column } = market(params, [
      [1, -0.4],
      [0, 0],
      [0, 0],
    ]);
    return column("world.posted")[0];
  };
  // In the third period the first one's is left twice over; the second one's trade was 0.
  expect(posted("flow")).toBeCloseTo(1 + 0.01 * 106 + 0.25 * 0.022 * 6, 5);
  const [first, second] = [0.02 * 6 + 0.002 * (10 - 106), 0.002 * (0 - 106)];
  expect(posted("stock")).toBeCloseTo(1 + 0.01 * 106 + 0.25 * first + second, 5);
});

test("peers are followed by orders that are paid for; by the paper's letter tokens come from nowhere", () => {
  const params = { traders: 3, money: 1000, orderMax: 10, peers: 0.5 };
  const orders = market(params, [[1, 0.2, -0.4]]).column;
  for (const [i, a] of [10 - 1, 2 + 3, -4 + 6].entries()) expect(orders("traders.filled")[i]).toBeCloseTo(a, 5);
  const letter = market({ ...params, peerForm: "holdings" }, [[1, 0.2, -0.4]]).column;
  for (const [i, a] of [10, 2, -4].entries()) expect(letter("traders.filled")[i]).toBeCloseTo(a, 5);
  // Σ ΔH = (1 + ν (N − 1)) Σ a
  expect(letter("world.supply")[0]).toBeCloseTo(100 + (1 + 0.5 * 2) * 8, 5);
  expect(letter("world.reserve")[0]).toBeCloseTo(0.005 * 108 ** 2 + 108, 4);
  expect(letter("world.unbacked")[0]).toBeCloseTo(0.005 * (116 ** 2 - 108 ** 2) + 8, 4);
});

test("noise multiplies posted prices by e^(σz − σ²/2) where it is of logarithms", () => {
  const posted = (noiseForm: string) =>
    market({ traders: 1, assets: 3, noise: 0.4, noiseForm, supply: 300 }, [[0]]).column("world.posted");
  const z = [...posted("additive")].map((P) => (P - 4) / 0.4);
  for (const [m, P] of posted("log").entries()) expect(P).toBeCloseTo(4 * Math.exp(0.4 * z[m] - 0.08), 12);
});

test("a spike of Z makes everybody buy or sell, and fundamentalists leave (1 − mNg)^t of what it does", () => {
  for (const [shock, g] of [
    [0.5, 0.28],
    [-0.5, 3],
  ]) {
    const params = { traders: 0, fundamentalists: 50, reaction: g, shock, shockPeriod: 2, money: 1000 };
    const simulation = createSimulation(tokenMarket, { params });
    const left: number[] = [];
    simulation.reset(0);
    for (let t = 0; t < 12; t++) {
      goOn(simulation, 1);
      simulation.period[0]--; // the metric is of the period that has ended
      left.push(tokenMarket.metrics["deviation"].of(simulation.worlds[0] as never, simulation.params as never));
      simulation.period[0]++;
      const [S, Z] = ["world.supply", "world.pressure"].map((name) => (simulation.columns[name] as Float64Array)[0]);
      expect(Z).toBe(t === 2 ? shock : 0);
      if (t === 2) expect(S).toBeCloseTo(100 * (1 + shock), 4);
    }
    left.forEach((x, t) => {
      expect(x).toBeCloseTo(t < 2 ? 0 : Math.abs(1 - 0.5 * g) ** (t - 2), 4);
    });
  }
});

test("Z has the mean and the spread it is given, an asset and a period at a time", () => {
  const params = { traders: 1, assets: 50, pressureMean: 0.1, pressureSd: 0.2, money: 0 };
  const simulation = createSimulation(tokenMarket, { params });
  const seen: number[] = [];
  simulation.reset(0);
  for (let t = 0; t < 20; t++) {
    goOn(simulation, 1);
    seen.push(...(simulation.columns["world.pressure"] as Float64Array));
  }
  const mean = seen.reduce((a, b) => a + b) / 1000;
  expect(Math.abs(mean - 0.1)).toBeLessThan((4 * 0.2) / Math.sqrt(1000));
  expect(Math.abs(Math.sqrt(variance(seen)) / 0.2 - 1)).toBeLessThan(4 / Math.sqrt(2000));
  expect(new Set(seen).size).toBe(1000);
});

test("rewards are weighted sums of own and others' profits, price changes and Sen's welfare, at either valuation", () => {
  const weights = { profitWeight: 0.7, stability: 3, cooperation: 0.2, fairness: 5, spite: 0.25 };
  for (const valuation of ["liquidation", "market"]) {
    const params = { ...MIXED, ...weights, assets: 2, valuation, fee: 0.01, noise: 0.2, income: 0.5, orderMax: 8 };
    const simulation = createSimulation(tokenMarket, { params });
    const column = (name: string) => simulation.columns[name] as Float64Array;
    const all = (name: string) => Object.keys(MIXED).flatMap((kind) => [...column(`${kind}.${name}`)]);
    const worth = (name: string) => {
      const x = all(name);
      return x.map((_, i) => i).reduce((sum, i) => sum + x[i], 0);
    };
    const prices = () => [...column("world.supply")].map((S) => 1 + 0.01 * S);
    const sen = () => {
      const x = all("wealth").sort((a, b) => a - b);
      const n = x.length;
      const mean = x.reduce((a, b) => a + b) / n;
      return mean - x.reduce((sum, v, i) => sum + (2 * i + 1 - n) * v, 0) / n ** 2;
    };
    simulation.reset(0);
    for (let t = 0; t < 3; t++) {
      const [P, W, before] = [prices(), sen(), { wealth: all("wealth"), marked: all("marked") }];
      goOn(simulation, 1, () => {
        column("traders.order").set([1, -0.3, 0.2, 0.6, -1, 0.4]);
        column("adversaries.order").set([-1, 0.4, 0.1, 0.9]);
      });
      const name = valuation === "market" ? "marked" : "wealth";
      const π = all(name).map((x, i) => x - before[name][i] - 0.5);
      // Income is counted in units below it.
      all(valuation === "market" ? "gain" : "profit").forEach((x, i) => {
        expect(x).toBeCloseTo(π[i], 5);
      });
      const Π = π.reduce((a, b) => a + b);
      const shared = -3 * prices().reduce((sum, x, m) => sum + Math.abs(x - P[m]), 0) + 5 * (sen() - W);
      const mixed = (i: number) => 0.7 * π[i] + 0.2 * (Π - π[i]) + shared;
      for (let i = 0; i < 3; i++) expect(column("traders.reward")[i]).toBeCloseTo(mixed(i), 4);
      const takings = column("adversaries.takings");
      for (let i = 0; i < 2; i++)
        expect(column("adversaries.reward")[i]).toBeCloseTo(0.25 * takings[i] + 0.75 * mixed(3 + i), 4);
      // Tokens at f(S), and what each would get for its own
      expect(worth("marked")).toBeGreaterThan(worth("wealth"));
      const [H0, H1] = column("traders.tokens");
      expect(column("traders.marked")[0]).toBeCloseTo(
        column("traders.money")[0] + H0 * prices()[0] + H1 * prices()[1],
        9,
      );
    }
  }
});

test("by default the reward is profit", () => {
  const { column } = market({ traders: 2, fee: 0.01 }, [[1, 0.3]]);
  expect([...column("traders.reward")]).toEqual([...column("traders.profit")]);
});

test.each(CURVES)("the contract of economies holds: %s", (curve) => {
  const options = OPTIONS[CURVES.indexOf(curve) + 1];
  const params = { ...MIXED, ...options, curve, assets: 2, fee: 0.01, noise: 0.1, income: 0.1, supply: 40 };
  expect(checkEconomy(tokenMarket, { params, periods: 20 }).filter(({ pass }) => !pass)).toEqual([]);
});
