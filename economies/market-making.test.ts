// The rules against the expectations behind the theory.
import { expect, test } from "vitest";
import { allKnown, checkEconomy, createSimulation, resolveParams } from "../src/economy/index.ts";
import { marketMaking } from "./market-making.ts";
import { quoting, stationaryPriceSd, stationaryQuotes } from "./theory/market-making.ts";

const truthOf = (params: Record<string, unknown> = {}) =>
  allKnown(marketMaking.truth!(resolveParams(marketMaking, params)));

/** Means over `worlds` worlds and `periods` periods, when nature hands out ω and the maker quotes h. */
function play(
  { ω, h }: { ω: number; h: number },
  params: Record<string, unknown>,
  { worlds = 1, periods = 1 }: { worlds?: number; periods?: number } = {},
) {
  const simulation = createSimulation(marketMaking, {
    params: { ...params, preferences: [ω, 0, 0.3, 0.7, 1] },
    numWorlds: worlds,
    checkIdentities: true,
  });
  const sums: Record<string, number> = {};
  const prices: number[] = [];
  simulation.worlds.forEach((world, e) => {
    const [nature, maker] = ["nature", "maker"].map((name) => world[name] as unknown as Record<string, Float64Array>);
    simulation.reset(e);
    for (let t = 0; t < periods; t++) {
      simulation.phaseNames.forEach((name, index) => {
        if (name === "weigh") nature.weight1.fill(1);
        else if (name === "quote") maker.halfSpread[0] = h;
        else simulation.runPhase(index, e);
      });
      prices.push(world["price"] as number);
      for (const [name, metric] of Object.entries(marketMaking.metrics))
        sums[name] = (sums[name] ?? 0) + metric.of(world, simulation.params) / (periods * worlds);
      simulation.endPeriod(e);
    }
  });
  return { ...sums, prices } as unknown as Record<string, number> & { prices: number[] };
}

test("the reference case, and no wider than the widest", () => {
  const truth = truthOf({ preference: 1 });
  expect(Object.keys(truth)).toEqual(["halfSpread", "fillShare", "pnl"]);
  expect(truth.halfSpread).toBeCloseTo(0.7517915247, 10);
  expect(truth.fillShare).toBeCloseTo(0.2260882198, 10);
  expect(truth.pnl).toBeCloseTo(0.1699712075, 10);
  expect(truthOf({ preference: 1, halfSpreadMax: 0.5 }).halfSpread).toBe(0.5);
  expect(truthOf({ preference: 0.44 }).halfSpread).toBe(0);
});

test.each([
  [0, 0.4],
  [1.2, 0.4],
  [-2, 0.8],
])("at x = %d a half-spread of %d serves and earns what is expected", (x, h) => {
  const params = { customers: 200_000, displacement: x, priceSd: 0, reversion: 1e-12 };
  const ours = play({ ω: 0.6, h }, params);
  const theory = quoting(h, x, { preference: 0.6, valuationSd: 1, reversion: 0, markTo: "prev" });
  for (const name of ["fillShare", "pnl", "reward"] as const)
    expect(Math.abs(ours[name] - theory[name])).toBeLessThan(0.0045); // 4 standard errors: 4 · ½/√200 000
});

test.each(["prev", "current"] as const)(
  "in the long run, marked to %s, it earns what the price's law says",
  (markTo) => {
    const params = { customers: 100, stationaryStart: true, markTo, priceSd: 0.4, reversion: 0.2 };
    const ours = play({ ω: 1, h: 0.9 }, params, { worlds: 100, periods: 40 });
    const theory = stationaryQuotes({ preference: 1, valuationSd: 1, reversion: 0.2, markTo }, 0.4, () => 0.9);
    // The mark makes a difference of 0.013.
    expect(Math.abs(ours.pnl - theory.pnl)).toBeLessThan(0.003);
    expect(Math.abs(ours.fillShare - theory.fillShare)).toBeLessThan(0.003);
  },
);

test("preferences are drawn by nature's weights, once per episode", () => {
  const simulation = createSimulation(marketMaking, { numWorlds: 2000, params: { customers: 1 } });
  const weights = [0.2, 0, 0.6, 0, 1];
  const drawn = simulation.worlds.map((world, e) => {
    const nature = world["nature"] as unknown as Record<string, Float64Array>;
    simulation.reset(e);
    const preferences = [1, 2].map(() => {
      simulation.phaseNames.forEach((name, index) => {
        if (name === "weigh") for (const [k, weight] of weights.entries()) nature[`weight${k + 1}`].fill(weight);
        else if (name !== "quote") simulation.runPhase(index, e);
      });
      simulation.endPeriod(e);
      return world["preference"] as number;
    });
    expect(preferences[1]).toBe(preferences[0]);
    return preferences[0];
  });
  const share = (ω: number) => drawn.filter((x) => x === ω).length / drawn.length;
  for (const [k, ω] of [0, 0.25, 0.5, 0.75, 1].entries())
    expect(Math.abs(share(ω) - weights[k] / 1.8)).toBeLessThan(weights[k] === 0 ? 1e-9 : 0.04);
  const entropy = -[1, 3, 5].reduce((sum, k) => sum + (k / 9) * Math.log(k / 9), 0);
  expect(marketMaking.metrics.entropy.of(simulation.worlds[0], simulation.params)).toBeCloseTo(entropy, 12);
});

test("the price has the deviation of theory from the first period on if it starts there", () => {
  const { prices } = play({ ω: 0, h: 1 }, { customers: 1, stationaryStart: true }, { worlds: 4000 });
  const variance = prices.reduce((sum, price) => sum + (price - 100) ** 2, 0) / prices.length;
  expect(Math.abs(Math.sqrt(variance) / stationaryPriceSd(0.1, 0.01) - 1)).toBeLessThan(0.04);
});

test("the price is never below 0", () => {
  const { prices } = play({ ω: 0, h: 1 }, { customers: 1, referencePrice: 0.1, priceSd: 5 }, { periods: 50 });
  expect(Math.min(...prices)).toBe(0);
});

test.each([{}, { markTo: "current" }, { stationaryStart: true }])("the contract holds with %o", (params) => {
  expect(checkEconomy(marketMaking, { params, periods: 30 }).filter(({ pass }) => !pass)).toEqual([]);
});
