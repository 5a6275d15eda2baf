// The rules of the Lucas tree, by hand where two agents suffice and by chance where they do not.
import fc from "fast-check";
import { expect, test } from "vitest";
import { type AnyRows, checkEconomy, createSimulation, type Simulation } from "../src/economy/index.ts";
import { seedStream } from "../src/random/index.ts";
import { lucasTree } from "./lucas-tree.ts";

const Y = 0.01 * Math.exp(1.5); // mean dividend
const STAR = 19 * Y; // p*

type Traders = Record<
  | "shares"
  | "bonds"
  | "lender"
  | "harvest"
  | "cash"
  | "consumption"
  | "utility"
  | "sharesTraded"
  | "bondsTraded"
  | "price"
  | "bondPrice",
  Float64Array
>;

interface Hand {
  readonly simulation: Simulation;
  readonly traders: Traders;
  /** One period in which everybody posts these prices; `dividend` overrides nature. */
  period(posted: { price?: number[]; bondPrice?: number[]; dividend?: number }): void;
}

function byHand(params: Record<string, unknown> = {}): Hand {
  const simulation = createSimulation(lucasTree, { params: { agents: 2, ...params }, checkIdentities: true });
  const world = simulation.worlds[0];
  const traders = world.traders as unknown as Traders;
  simulation.reset(0);
  return {
    simulation,
    traders,
    period({ price, bondPrice, dividend }) {
      simulation.phaseNames.forEach((name, index) => {
        if (name === "post") {
          if (dividend !== undefined) world.dividend = dividend;
          traders.price.set(price ?? new Array(traders.price.length).fill(1));
          traders.bondPrice.set(bondPrice ?? new Array(traders.price.length).fill(1));
        } else simulation.runPhase(index, 0);
      });
      simulation.endPeriod(0);
    },
  };
}

test("the higher price buys one lot at the midpoint, and both eat what is left", () => {
  const { traders, period } = byHand();
  period({ price: [0.9, 0.7] });
  const cost = 0.001 * 0.8;
  expect([...traders.shares]).toEqual([1.001, 0.999]);
  expect(traders.consumption[0]).toBeCloseTo(Y - cost, 15);
  expect(traders.consumption[1]).toBeCloseTo(Y + cost, 15);
  expect(traders.utility[0]).toBeCloseTo(Math.log(Y - cost), 13);
  expect(traders.utility[1]).toBeCloseTo(Math.log(Y + cost), 13);
  expect([...traders.sharesTraded]).toEqual([0.001, 0.001]);
  expect([...traders.bondsTraded]).toEqual([0, 0]);
  expect([...traders.cash]).toEqual([0, 0]);
});

test("it does not matter who of the two has the lower row", () => {
  const one = byHand();
  const other = byHand();
  one.period({ price: [0.9, 0.7], bondPrice: [0.2, 0.6] });
  other.period({ price: [0.7, 0.9], bondPrice: [0.6, 0.2] });
  for (const name of ["shares", "bonds", "consumption", "utility"] as const)
    expect([...one.traders[name]]).toEqual([...other.traders[name]].reverse());
});

test.each([
  [0, (c: number) => c - 1],
  [0.5, (c: number) => (c ** 0.5 - 1) / 0.5],
  [1, Math.log],
  [2, (c: number) => 1 - 1 / c],
  [5, (c: number) => (c ** -4 - 1) / -4],
])("with risk aversion %d utility is (c^(1−γ) − 1)/(1−γ)", (γ, u) => {
  const { traders, period } = byHand({ riskAversion: γ });
  period({ price: [2, 0] });
  for (const i of [0, 1]) expect(traders.utility[i] / u(traders.consumption[i])).toBeCloseTo(1, 12);
});

test("equal prices do not trade", () => {
  const { traders, period } = byHand({ agents: 6 });
  period({});
  expect([...traders.shares]).toEqual([1, 1, 1, 1, 1, 1]);
  expect([...traders.bonds]).toEqual([0, 0, 0, 0, 0, 0]);
  expect(traders.consumption.every((c) => Math.abs(c - Y) < 1e-15)).toBe(true);
});

test("a seller with fewer than two lots keeps them, so nobody ever runs out", () => {
  const { traders, period } = byHand({ tradeSize: 0.3 });
  for (const left of [0.7, 0.4, 0.4, 0.4]) {
    period({ price: [0.01, 0] });
    expect(traders.shares[1]).toBeCloseTo(left, 12);
  }
  expect(traders.shares[0]).toBeCloseTo(1.6, 12);
});

test("a buyer who could not pay and eat does not buy", () => {
  const { traders, period } = byHand({ tradeSize: 0.4 });
  period({ price: [2.5 * Y, 2.49 * Y] }); // costs almost a whole dividend
  expect([...traders.shares]).toEqual([1.4, 0.6]);
  const broke = byHand({ tradeSize: 0.4 });
  broke.period({ price: [2.52 * Y, 2.5 * Y] });
  expect([...broke.traders.shares]).toEqual([1, 1]);
});

test("money spent on shares is not there for bonds", () => {
  const { traders, period } = byHand({ tradeSize: 0.4, bondTradeSize: 0.1 * Y });
  period({ price: [2.4 * Y, 2.2 * Y], bondPrice: [1, 0.9] }); // 0.92 Y for the lot of shares, 0.095 Y for the bond
  expect([...traders.shares]).toEqual([1.4, 0.6]);
  expect([...traders.bonds]).toEqual([0, 0]);
});

test("the higher bond price lends, and is repaid the face value next period", () => {
  const { traders, period } = byHand();
  const Δb = 0.01 * Y;
  period({ bondPrice: [0.96, 0.94] });
  expect(traders.bonds[0]).toBeCloseTo(Δb, 18);
  expect(traders.bonds[1]).toBe(-traders.bonds[0]);
  expect([...traders.lender]).toEqual([1, 0]);
  expect(traders.consumption[0]).toBeCloseTo(Y - 0.95 * Δb, 15);
  expect(traders.consumption[1]).toBeCloseTo(Y + 0.95 * Δb, 15);
  period({});
  expect(traders.consumption[0]).toBeCloseTo(Y + Δb, 15);
  expect(traders.consumption[1]).toBeCloseTo(Y - Δb, 15);
  expect([...traders.bonds]).toEqual([0, 0]);
  expect([...traders.lender]).toEqual([-1, -1]);
});

test("a debtor whose dividends do not cover the debt pays half of them, and no goods are lost", () => {
  const { traders, period } = byHand({ bondTradeSize: 0.2 * Y });
  period({ price: [1, 0.9], bondPrice: [1, 0.9] }); // row 1 issues, and holds 0.999 shares
  const drought = 0.1 * Y;
  period({ dividend: drought });
  const paid = 0.5 * 0.999 * drought;
  expect(traders.consumption[1]).toBeCloseTo(0.999 * drought - paid, 15);
  expect(traders.consumption[0]).toBeCloseTo(1.001 * drought + paid, 15);
  expect(traders.consumption[0] + traders.consumption[1]).toBeCloseTo(2 * drought, 15);
  expect([...traders.bonds]).toEqual([0, 0]);
  period({});
  expect(traders.consumption[0]).toBeCloseTo(1.001 * Y, 15); // the rest of the debt is forgiven
});

test("nobody issues a bond above a quarter of their dividends", () => {
  for (const [share, trades] of [
    [0.24, true],
    [0.26, false],
  ] as const) {
    const { traders, period } = byHand({ bondTradeSize: share * Y });
    period({ bondPrice: [1, 0.9] });
    expect(traders.bonds[0] > 0).toBe(trades);
  }
});

/** Plays uniformly random actions with every identity checked after every phase; returns the simulation. */
function playAtRandom(
  params: Record<string, unknown>,
  seed: number,
  periods: number,
  visit = (_: Traders) => {},
): Simulation {
  const simulation = createSimulation(lucasTree, { params, seed, checkIdentities: true });
  const rng = seedStream(seed);
  const actions = { price: rng.fork("price"), bondPrice: rng.fork("bondPrice") };
  const rows = simulation.worlds[0].traders as AnyRows;
  simulation.reset(0);
  for (let t = 0; t < periods; t++) {
    simulation.phases.forEach((phase, index) => {
      if (phase.kind !== "decide") {
        simulation.runPhase(index, 0);
        return;
      }
      for (const [name, stream] of Object.entries(actions)) {
        const { values, count } = simulation.spaces.traders[name];
        const column = rows[name] as Float64Array;
        for (let i = 0; i < rows.size; i++) column[i] = values[stream.integerAt(0, t, i, count)];
      }
    });
    visit(rows as unknown as Traders);
    simulation.endPeriod(0);
    if (simulation.period[0] >= simulation.horizon) simulation.reset(0);
  }
  return simulation;
}

test("with a credit limit below one lot no bond ever trades, whatever is posted", () => {
  for (const creditLimit of [0, 0.0099 * Y]) {
    let volume = 0;
    playAtRandom({ agents: 51, creditLimit }, 3, 60, ({ bondsTraded, bonds }) => {
      for (let i = 0; i < bonds.length; i++) volume += bondsTraded[i] + Math.abs(bonds[i]);
    });
    expect(volume).toBe(0);
  }
  let volume = 0;
  playAtRandom({ agents: 51, creditLimit: 0.0101 * Y }, 3, 5, ({ bondsTraded }) => {
    volume += bondsTraded.reduce((a, b) => a + b, 0);
  });
  expect(volume).toBeGreaterThan(0);
});

test("shares, bonds and goods are conserved and everybody eats, for any parameters and random actions", () => {
  const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
  const parameters = fc.record({
    agents: fc.oneof(fc.constantFrom(2, 3), fc.integer({ min: 2, max: 40 })),
    horizon: fc.integer({ min: 1, max: 30 }),
    riskAversion: fc.oneof(fc.constantFrom(0, 1, 2), number(0, 5)),
    dividendProcess: fc.constantFrom("constant-aggregate", "iid", "ar1"),
    dividendScale: fc.constantFrom(0.01, 1, 1000),
    persistence: number(-0.95, 0.95),
    innovationSd: number(0, 1),
    tradeSize: number(1e-4, 0.499),
    bondTradeSize: number(1e-6, 1),
    creditLimit: number(0, 1),
    initialSpread: number(0, 0.9),
    priceHigh: fc.constantFrom(0.1, 2, 100),
  });
  fc.assert(
    fc.property(parameters, fc.integer({ min: 1, max: 1e6 }), (params, seed) => {
      playAtRandom(params, seed, 25, ({ consumption, shares, price, cash }) => {
        expect(price.length).toBe(params.agents);
        expect(consumption.every((c) => c > 0)).toBe(true);
        expect(shares.every((s) => s > 0)).toBe(true);
        expect(cash.every((c) => c === 0)).toBe(true);
      });
    }),
    { seed: 7, numRuns: 60 },
  );
});

test("an odd agent out keeps what it has", () => {
  let unmatched = 0;
  playAtRandom({ agents: 3 }, 1, 50, ({ sharesTraded }) => {
    const traded = sharesTraded.filter((s) => s > 0).length;
    expect([0, 2]).toContain(traded);
    unmatched += 3 - traded;
  });
  expect(unmatched).toBeGreaterThan(50);
});

test.each(["constant-aggregate", "iid", "ar1"])("the contract holds under %s dividends", (dividendProcess) => {
  const params = { dividendProcess, agents: 24, horizon: 15, initialSpread: 0.3 };
  const failed = checkEconomy(lucasTree, { params, periods: 40 }).filter(({ pass }) => !pass);
  expect(failed).toEqual([]);
});

// Gain of posting `mine` against a common price: this period's utility plus β V(s′), less V(1), with V(s) = u(s y)/(1−β) without further trade.
function deviationGain(common: number, mine: number, γ: number): number {
  const { traders, period } = byHand({ riskAversion: γ });
  const β = 0.95;
  const u = (c: number): number => (γ === 1 ? Math.log(c) : (c ** (1 - γ) - 1) / (1 - γ));
  period({ price: [mine, common] });
  return traders.utility[0] + (β * u(traders.shares[0] * Y)) / (1 - β) - u(Y) / (1 - β);
}

test.each([0.5, 1, 2])("at γ = %d only prices inside the no-trade band around p* leave no gain from deviating", (γ) => {
  const band = (γ * 0.001) / (2 * 0.05); // half-width, relative: γΔs/(2(1−β)), to first order
  const best = (common: number): number => {
    let most = -Infinity;
    for (let k = 1; k <= 300; k = Math.ceil(1.3 * k))
      for (const by of [k, -k]) most = Math.max(most, deviationGain(common, common * (1 + by / 3000), γ));
    return most;
  };
  for (const inside of [1, 1 + 0.8 * band, 1 - 0.8 * band]) expect(best(inside * STAR)).toBeLessThanOrEqual(1e-12);
  for (const outside of [1 + 1.3 * band, 1 - 1.3 * band, 0.8, 1.2]) expect(best(outside * STAR)).toBeGreaterThan(1e-9);
  // To first order the gain is u′(y) Δs |p* − p̄|.
  const [common, mine] = [0.7 * STAR, 0.70001 * STAR];
  expect(deviationGain(common, mine, γ) / (Y ** -γ * 0.001 * 0.3 * STAR)).toBeCloseTo(1, 1);
});

test("the first persistent dividend has the stationary law", () => {
  const worlds = 4000;
  const [ρ, σ] = [0.9, 0.1];
  const params = { agents: 2, dividendProcess: "ar1", persistence: ρ, innovationSd: σ };
  const simulation = createSimulation(lucasTree, { params, numWorlds: worlds });
  const nature = simulation.phaseNames.indexOf("nature");
  const x = Float64Array.from({ length: worlds }, (_, e) => {
    simulation.reset(e);
    simulation.runPhase(nature, e);
    return Math.log(simulation.worlds[e].dividend as number);
  });
  const { mean, sd } = moments(x);
  const stationary = σ / Math.sqrt(1 - ρ * ρ);
  expect(Math.abs(mean)).toBeLessThan((4 * stationary) / Math.sqrt(worlds));
  expect(Math.abs(sd / stationary - 1)).toBeLessThan(4 / Math.sqrt(2 * worlds));
});

function moments(x: Float64Array): { mean: number; sd: number } {
  const mean = x.reduce((a, b) => a + b, 0) / x.length;
  return { mean, sd: Math.sqrt(x.reduce((a, b) => a + (b - mean) * (b - mean), 0) / x.length) };
}

function dividends(params: Record<string, unknown>, periods: number): Float64Array {
  const simulation = createSimulation(lucasTree, { params: { agents: 2, horizon: 1e9, ...params } });
  const nature = simulation.phaseNames.indexOf("nature");
  simulation.reset(0);
  return Float64Array.from({ length: periods }, () => {
    simulation.runPhase(nature, 0);
    simulation.endPeriod(0);
    return Math.log(simulation.worlds[0].dividend as number);
  });
}

test.each([0.9, -0.5])("log dividends have autocorrelation ρ = %d and innovations of the declared size", (ρ) => {
  const T = 20_000;
  const x = dividends({ dividendProcess: "ar1", persistence: ρ, innovationSd: 0.1 }, T);
  const innovations = x.slice(1).map((next, t) => next - ρ * x[t]);
  const { mean, sd } = moments(innovations);
  expect(Math.abs(mean)).toBeLessThan((4 * 0.1) / Math.sqrt(T));
  expect(Math.abs(sd / 0.1 - 1)).toBeLessThan(4 / Math.sqrt(2 * T));
  const lag = x.slice(1).reduce((sum, next, t) => sum + next * x[t], 0) / x.reduce((sum, v) => sum + v * v, 0);
  expect(Math.abs(lag - ρ)).toBeLessThan(4 * Math.sqrt((1 - ρ * ρ) / T));
});

test("independent dividends have the declared mean and deviation of the logarithm, and do not remember", () => {
  const T = 20_000;
  const x = dividends({ dividendProcess: "iid", dividendScale: 0.01, dividendLogMean: 1, dividendLogSd: 0.7 }, T);
  const { mean, sd } = moments(x);
  expect(Math.abs(mean - (Math.log(0.01) + 1))).toBeLessThan((4 * 0.7) / Math.sqrt(T));
  expect(Math.abs(sd / 0.7 - 1)).toBeLessThan(4 / Math.sqrt(2 * T));
  const lag = x.slice(1).reduce((sum, next, t) => sum + (next - mean) * (x[t] - mean), 0) / (T * sd * sd);
  expect(Math.abs(lag)).toBeLessThan(4 / Math.sqrt(T));
});

test("shares start uniform on 1 ± spread and supply counts them", () => {
  const params = { agents: 20_000, initialSpread: 0.3 };
  const simulation = createSimulation(lucasTree, { params });
  simulation.reset(0);
  const { shares } = simulation.worlds[0].traders as unknown as Traders;
  const { mean, sd } = moments(shares);
  expect(Math.min(...shares)).toBeGreaterThanOrEqual(0.7);
  expect(Math.max(...shares)).toBeLessThanOrEqual(1.3);
  expect(Math.abs(mean - 1)).toBeLessThan((4 * 0.3) / Math.sqrt(3 * 20_000));
  expect(sd).toBeCloseTo(0.3 / Math.sqrt(3), 2);
  expect(simulation.worlds[0].supply as number).toBeCloseTo(mean * 20_000, 6);
});

test("what solve reports is the price at the parameter `dividend`, derived unless set", () => {
  const simulation = createSimulation(lucasTree);
  const truth = lucasTree.truth!(simulation.params);
  expect(truth.sharePrice).toBeCloseTo(0.8515209234, 9);
  expect(truth.bondPrice).toBe(0.95);
  const risky = createSimulation(lucasTree, { params: { agents: 2, dividendProcess: "iid", dividend: 0.02 } });
  expect(lucasTree.truth!(risky.params).sharePrice).toBeCloseTo(0.38, 12);
  const persistent = createSimulation(lucasTree, { params: { agents: 2, dividendProcess: "ar1" } });
  expect(persistent.params.dividend).toBe(1);
});
