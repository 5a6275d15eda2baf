// The pricing game by hand, its grid's own equilibria, and who sees what.
import { expect, test } from "vitest";
import { createStageGame } from "../src/algorithms/tabular/stage-game.ts";
import { checkEconomy, createSimulation, resolveParams } from "../src/economy/index.ts";
import { makeVectorEnv } from "../src/env/vector-env.ts";
import { priceCollusion } from "./price-collusion.ts";

const truthOf = (params: Record<string, unknown> = {}) => priceCollusion.truth!(resolveParams(priceCollusion, params));
const game = createStageGame(priceCollusion, {});
const [p, π] = [game.values, game.payoffs];
/** π_1(p_i, p_j) */
const profit = (i: number, j: number): number => π[i * 15 + j];

test("prices and profits are those of Calvano et al.", () => {
  const { nashPrice, monopolyPrice, nashProfit, monopolyProfit, criticalDiscountFactor } = truthOf();
  expect(nashPrice).toBeCloseTo(1.47292666, 10);
  expect(monopolyPrice).toBeCloseTo(1.924980919, 10);
  expect(nashProfit).toBeCloseTo(0.22292666, 10);
  expect(monopolyProfit).toBeCloseTo(0.3374904595, 10);
  expect(criticalDiscountFactor).toBeCloseTo(0.39309797, 8);
});

test("the grid has fifteen prices from 1.427721 in steps of 0.0387475", () => {
  expect(p.length).toBe(15);
  expect(p[0]).toBeCloseTo(1.427721, 6);
  expect(p[1]).toBeCloseTo(1.466469, 6);
  expect(p[2]).toBeCloseTo(1.505216, 6);
  expect(p[14]).toBeCloseTo(1.970186, 6);
  for (let i = 1; i < 15; i++) expect(p[i] - p[i - 1]).toBeCloseTo(0.0387475, 7);
});

test("on the grid both 1.466 and 1.505 are symmetric equilibria of the game played once, and nothing else is", () => {
  const steady = [...p.keys()].filter((i) => p.every((_, d) => profit(d, i) <= profit(i, i)));
  expect(steady).toEqual([1, 2]);
  const gains = game.metrics.profitGain;
  expect(gains[1 * 15 + 1]).toBeCloseTo(-0.023765, 6);
  expect(gains[2 * 15 + 2]).toBeCloseTo(0.116579, 6);
});

test("the best common price of the grid is 1.931, and who undercuts it best posts 1.660 and earns 0.414", () => {
  const best = p.reduce((most, _, i) => (profit(i, i) > profit(most, most) ? i : most), 0);
  expect(p[best]).toBeCloseTo(1.931439, 6);
  expect(game.metrics.profitGain[best * 16]).toBeCloseTo(0.999734, 6);
  const undercut = p.reduce((most, _, d) => (profit(d, best) > profit(most, best) ? d : most), 0);
  expect(p[undercut]).toBeCloseTo(1.660206, 6);
  expect(profit(undercut, best)).toBeCloseTo(0.41397486, 8);
});

test.each([2, 3, 5])("%d firms: profits are (p − c) q by logit demand", (firms) => {
  const simulation = createSimulation(priceCollusion, { params: { firms }, checkIdentities: true });
  const { price, quantity, profit } = simulation.worlds[0].firms as unknown as Record<string, Float64Array>;
  simulation.reset(0);
  price.set(price.map((_, i) => 1.4 + 0.13 * i));
  simulation.runPhase(1, 0);
  const weight = price.map((x) => Math.exp((2 - x) / 0.25));
  const sum = weight.reduce((a, b) => a + b, 1);
  price.forEach((x, i) => {
    expect(quantity[i]).toBeCloseTo(weight[i] / sum, 13);
    expect(profit[i]).toBeCloseTo(((x - 1) * weight[i]) / sum, 13);
  });
});

test("each firm sees all last prices, its own first and then the others' in order", () => {
  const env = makeVectorEnv(priceCollusion, { numEnvs: 2, params: { firms: 3, priceGrid: 3 } });
  expect(env.spec.firms.features).toEqual(["lastPrice/0", "lastPrice/1", "lastPrice/2"]);
  env.reset(1);
  env.batch.firms.actions.set([0, 1, 2, 2, 2, 0]);
  env.step();
  const seen = (e: number, i: number) => [...env.batch.firms.obs.subarray((e * 3 + i) * 3, (e * 3 + i + 1) * 3)];
  const [low, middle, high] = [-1, 0, 1].map((x) => expect.closeTo(x, 6));
  expect([seen(0, 0), seen(0, 1), seen(0, 2)]).toEqual([
    [low, middle, high],
    [middle, low, high],
    [high, low, middle],
  ]);
  expect([seen(1, 0), seen(1, 1), seen(1, 2)]).toEqual([
    [high, high, low],
    [high, high, low],
    [low, high, high],
  ]);
});

test("an episode starts from last prices drawn from the grid", () => {
  const simulation = createSimulation(priceCollusion, { params: { firms: 1000 } });
  simulation.reset(0);
  const last = (simulation.worlds[0].firms as unknown as Record<string, Float64Array>).lastPrice;
  const { values } = simulation.spaces.firms.price;
  const drawn = [...values].map((x) => last.filter((y) => y === x).length);
  expect(drawn.reduce((a, b) => a + b)).toBe(1000);
  expect(Math.min(...drawn)).toBeGreaterThan(30);
});

test.each([{}, { firms: 3 }, { differentiation: 1e-3 }, { outsideQuality: 5 }, { priceSlack: 0, priceGrid: 2 }])(
  "the contract holds with %j",
  (params) => {
    expect(checkEconomy(priceCollusion, { params, periods: 40 }).filter(({ pass }) => !pass)).toEqual([]);
  },
);
