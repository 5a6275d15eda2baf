// Chains: the closed forms of a first trip, trips by hand on prices that do not move by chance, accounts over ten thousand periods, and the law of the gap while bridges are halted.
import { expect, test } from "vitest";
import { checkEconomy, createSimulation, measure, resolveParams } from "../src/economy/index.ts";
import { fresh, goOn } from "../test/periods.ts";
import { chains } from "./chains.ts";
import { type Chains, gainOf, orderBy, routeOf, slopeOn, valueOn } from "./theory/chains.ts";

type Settings = Readonly<Record<string, number | string | readonly number[]>>;
const truthOf = (params: Settings) => chains.truth!(resolveParams(chains, params)) as Record<string, number>;

test.each([
  [1, 0.54290245, 0.19040444, 18.09674836, 8.19427786],
  [5, 0.3639184, 0.35556168, 12.13061319, 2.3264853],
  [10, 0.22072766, 0.41585207, 7.35758882, 1.08768769],
])(
  "with a delay of %d the gap is expected at %d ± %d, and %d tokens are carried, %d by the averse",
  (delay, gap, sd, neutral, averse) => {
    const truth = truthOf({ delays: [delay] });
    expect(truth.expectedGap).toBeCloseTo(gap, 8);
    expect(truth.arrivalSd).toBeCloseTo(sd, 8);
    expect(truth.order).toBeCloseTo(neutral, 7);
    expect(truth.tripProfit).toBeCloseTo((gap * neutral) / 2, 6);
    expect(truthOf({ delays: [delay], riskAversion: 1 }).order).toBeCloseTo(averse, 7);
    expect([truth.instantOrder, truth.instantProfit].map((x) => Number(x!.toFixed(9)))).toEqual([20, 6]);
    expect(truth.idleSd).toBeCloseTo(0.2 / Math.sqrt(0.1), 12);
  },
);

/** One trip on prices without noise: everybody carries so much from the first chain to the second. */
function trip(params: Settings, amount: (order: number) => number) {
  const settings = { volatility: 0, decisions: "episode", ...params };
  const p = resolveParams(chains, settings) as unknown as Chains & { orderMax: number; arbitrageurs: number };
  const order = amount(truthOf(settings).order!);
  const simulation = createSimulation(chains, { params: settings, seed: 1 });
  const carry = simulation.columns["arbitrageurs.carry"] as Float64Array;
  fresh(simulation, 0);
  let profit = 0;
  for (let t = 0; t < 8; t++) {
    goOn(simulation, 1, () => carry.fill(order / p.orderMax));
    profit += (simulation.columns["arbitrageurs.profit"] as Float64Array)[0]!;
  }
  const route = routeOf(p, 0, 1);
  const gain = gainOf(route, p.price, valueOn(p, 1) * (1 + (p.gap as number) / p.price));
  return { simulation, order, profit, theory: order * (gain - p.toll - (route.cost * p.arbitrageurs * order) / 2) };
}

test.each([
  {},
  { delays: [5] },
  { toll: 0.1, delays: [3] },
  { bridgeFee: 0.01, delays: [2] },
  { rates: [1, 2.5, 0.4, 1], delays: [1, 4, 2, 1] },
  { arbitrageurs: 3, delays: [2], toll: 0.05 },
])("a trip earns α gain − ½ c N α² − φ α, the most at α*: %j", (params: Settings) => {
  const trips = [0.8, 1, 1.2].map((share) => trip(params, (order) => share * order));
  for (const { profit, theory } of trips) expect(profit).toBeCloseTo(theory, 4);
  expect(trips[1]!.profit).toBeCloseTo(truthOf({ volatility: 0, ...params }).tripProfit!, 4);
  if (!params.arbitrageurs) for (const other of [0, 2]) expect(trips[1]!.profit).toBeGreaterThan(trips[other]!.profit);
});

test("who decides once orders once, and the episode is over when all has arrived", () => {
  const { simulation } = trip({ delays: [3] }, () => 10);
  expect((simulation.columns["lanes.allSent"] as Float64Array)[1]).toBe(10);
  const w = (period: number) => ({ ...simulation.worlds[0]!, period });
  expect([2, 3].map((period) => chains.end!(w(period), simulation.params))).toEqual([false, true]);
  const never = resolveParams(chains, {});
  expect(chains.end!(w(9), never)).toBe(false);
});

test("by rule everybody carries what the law of prices says at the prices posted, and nothing at a loss", () => {
  const params = { chains: 3, delays: [4], arbitrageurs: 2, riskAversion: 0.3, toll: 0.02, spread: 0.3 };
  const simulation = fresh(createSimulation(chains, { params, seed: 2 }), 3);
  const p = simulation.params as unknown as Chains;
  const at = simulation.phases.findIndex(({ kind }) => kind === "decide");
  for (let index = 0; index < at; index++) simulation.runPhase(index, 0);
  const price = (simulation.columns["chains.price"] as Float64Array).slice();
  simulation.runPhase(at, 0);
  simulation.runPhase(at + 1, 0);
  const order = simulation.columns["lanes.order"] as Float64Array;
  const seen = new Set<boolean>();
  for (let s = 0; s < 2; s++)
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++) {
        if (i === j) continue;
        const decay = Math.exp(-0.4);
        const gain = 10 + decay * (price[j]! - 10) - price[i]! - 0.02;
        const variance = (0.04 * (1 - Math.exp(-0.8))) / 0.2;
        const wanted = Math.max(0, gain) / (0.03 * 1.5 + 0.3 * variance);
        expect(order[(s * 3 + i) * 3 + j]).toBeCloseTo(wanted, 5);
        expect(orderBy(p, routeOf(p, i, j), price[i]!, price[j]!)).toBeCloseTo(wanted, 9);
        seen.add(wanted > 0);
      }
  expect(seen.size).toBe(2);
});

test("money and tokens are conserved to the last unit over ten thousand periods with fees, tolls, failures, room and a halt", () => {
  const params = {
    chains: 3,
    rates: [1, 2, 0.5, 0.5, 1, 0.25, 2, 4, 1],
    delays: [1, 3, 2, 1, 1, 4, 2, 3, 1],
    arbitrageurs: 2,
    bridgeFee: 0.001,
    toll: 0.01,
    failureRate: 0.2,
    failure: "delay",
    capacity: 20,
    haltFrom: 4000,
    haltLength: 1000,
  };
  for (const failure of ["delay", "return"]) {
    const simulation = fresh(createSimulation(chains, { params: { ...params, failure }, seed: 5 }), 0);
    for (let stop = 0; stop < 5; stop++) {
      goOn(simulation, 1000);
      for (const { of } of Object.values(chains.identities))
        expect(of(simulation.worlds[0]!, simulation.params)).toBe(0);
    }
    const sum = (name: string) => (simulation.columns[`lanes.${name}`] as Float64Array).reduce((a, b) => a + b, 0);
    for (const name of ["allArrived", "allFees", "inFlight"]) expect(sum(name)).toBeGreaterThan(0);
    expect(sum("allReturned") > 0).toBe(failure === "return");
    const world = simulation.worlds[0]!;
    expect((world as unknown as { tolls: number }).tolls).toBeGreaterThan(0);
  }
});

// The gap forgets itself with e^(−κ) per period: 6000 periods are 300 independent ones, and four standard errors of a standard deviation are 4/√600 = 16 %.
test("while bridges are halted the gap has the law of Ornstein and Uhlenbeck, and arbitrage narrows it again", () => {
  const [idle, open, slow] = [{ haltLength: 1e9, horizon: 1e9 }, { horizon: 1e9 }, { delays: [10], horizon: 1e9 }].map(
    (params) => {
      const simulation = fresh(createSimulation(chains, { params, seed: 4 }), 5999);
      for (let index = 0; index < simulation.phases.length; index++) simulation.runPhase(index, 0);
      if (params.haltLength)
        expect((simulation.columns["lanes.order"] as Float64Array).every((x) => x === 0)).toBe(true);
      return measure(chains, "gapSd", simulation.worlds[0]!, simulation.params, 0);
    },
  );
  expect(Math.abs(idle! / 0.632455532 - 1)).toBeLessThan(0.16);
  expect(open!).toBeLessThan(0.6 * idle!);
  expect(slow!).toBeGreaterThan(open!);
  expect(slow!).toBeLessThan(idle!);
});

test("theory says where it ends: transfers that fail, prices near nothing, fees above the gap, matrices that cannot be", () => {
  const unknownOf = (params: Settings, name = "order") =>
    (truthOf(params) as unknown as Record<string, { unknown?: string }>)[name]!.unknown;
  expect(unknownOf({ failureRate: 0.1 })).toContain("a transfer that fails");
  expect(unknownOf({ volatility: 5 })).toContain("within reach of nothing");
  expect(unknownOf({ volatility: 5 }, "idleSd")).toContain("within reach of nothing");
  expect(unknownOf({ bridgeFee: 0.1 })).toContain("the fee is more than the gap");
  expect(truthOf({ toll: 1 }).order).toBe(0);
  expect(truthOf({ orderMax: 5 }).order).toBe(5);
  expect(() => truthOf({ rates: [1, 2, 1, 1] })).toThrow("returns 2 tokens for one, expected at most 1");
  expect(() => truthOf({ pairs: 2 })).toThrow(
    "chains: pairs is 2, expected 1, which follows from the others; leave it out.",
  );
  expect(() => fresh(createSimulation(chains, { params: { slots: 3 }, seed: 1 }), 1)).toThrow("slots is 3, expected 1");
  const p = resolveParams(chains, { rates: [1, 2, 0.5, 1] }) as unknown as Chains;
  expect([valueOn(p, 1), slopeOn(p, 1)]).toEqual([5, 0.015 / 4]);
});

test("the contract holds", () => {
  const much = { chains: 4, arbitrageurs: 3, failureRate: 0.3, toll: 0.1, bridgeFee: 0.01, capacity: 30, delays: [3] };
  const poor = { arbitrageurMoney: 100, decisions: "period", slope: 1, volatility: 5, gap: 10, orderMax: 1e4 };
  for (const params of [{}, much, poor, { decisions: "episode", riskAversion: 1, haltLength: 5 }])
    expect(checkEconomy(chains, { params, periods: 6 }).filter(({ pass }) => !pass)).toEqual([]);
});
