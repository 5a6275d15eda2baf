// The market by hand, who observes what, how costs come about, and the contract.
import { expect, test } from "vitest";
import { checkEconomy, createSimulation, resolveParams } from "../src/economy/index.ts";
import { makeVectorEnv } from "../src/env/vector-env.ts";
import { cobweb } from "./cobweb.ts";

const truthOf = (params: Record<string, unknown> = {}) => cobweb.truth!(resolveParams(cobweb, params));

/** Plays `periods` periods of forecasts, and calls `visit` after each. */
function play(
  params: Record<string, unknown>,
  periods: number,
  forecast: (i: number, w: World) => number,
  visit: (w: World) => void,
) {
  const simulation = createSimulation(cobweb, { params, checkIdentities: true });
  const world = simulation.worlds[0] as unknown as World;
  simulation.reset(0);
  for (let t = 0; t < periods; t++) {
    simulation.phases.forEach((phase, index) => {
      simulation.runPhase(index, 0);
      if (phase.kind === "decide" && phase.population === "producers")
        for (let i = 0; i < world.producers.size; i++) world.producers.forecast[i] = forecast(i, world);
    });
    visit(world);
    simulation.endPeriod(0);
  }
}
interface World {
  readonly price: number;
  readonly meanPrice: number;
  readonly noise: number;
  readonly producers: Readonly<Record<"forecast" | "reward" | "informationCost" | "meanForecast", Float64Array>> & {
    readonly size: number;
  };
}

test("one period by hand: six forecasts, their price and their rewards", () => {
  const forecasts = [5, 5.5, 6, 6, 6.5, 7];
  play(
    {},
    1,
    (i) => forecasts[i],
    ({ price, noise, producers: { reward } }) => {
      const supply = forecasts.reduce((sum, x) => sum + Math.tanh(2 * (x - 6)) + 1, 0);
      expect(price).toBeCloseTo((13.8 - supply) / 1.5 + noise, 12);
      forecasts.forEach((x, i) => {
        expect(reward[i]).toBeCloseTo(Math.max(0, 1300 - 260 * (price - x) ** 2), 9);
      });
    },
  );
});

test("expectations that are rational come true: the price is p* and varies by the noise alone", () => {
  const { rationalExpectationsPrice } = truthOf();
  const prices: number[] = [];
  const rewards: number[] = [];
  play(
    {},
    20_000,
    () => rationalExpectationsPrice,
    ({ price, producers }) => {
      prices.push(price);
      rewards.push(producers.reward[0]);
    },
  );
  const mean = prices.reduce((a, b) => a + b) / prices.length;
  expect(Math.abs(mean - rationalExpectationsPrice)).toBeLessThan((4 * 0.5) / Math.sqrt(20_000));
  expect(prices.reduce((sum, p) => sum + (p - mean) ** 2, 0) / 20_000).toBeCloseTo(0.25, 1);
  expect(Math.abs(rewards.reduce((a, b) => a + b) / 20_000 - 1235.00097)).toBeLessThan(3);
});

test("without noise naive producers jump between 1.2 and 9.2 for ever", () => {
  const prices: number[] = [];
  play(
    { noiseSd: 0 },
    100,
    (_, { price }) => price,
    ({ price }) => void prices.push(price),
  );
  const last = prices.slice(-2).sort();
  expect(last[0]).toBeCloseTo(1.20002209, 6);
  expect(last[1]).toBeCloseTo(9.19999996, 6);
});

test("means are those of all periods so far", () => {
  let [sum, forecasts, t] = [0, 0, 0];
  play(
    {},
    30,
    (i) => 5 + i / 3,
    ({ price, meanPrice, producers }) => {
      t++;
      sum += price;
      forecasts += 5 + 1 / 3;
      expect(meanPrice).toBeCloseTo(sum / t, 12);
      expect(producers.meanForecast[1]).toBeCloseTo(forecasts / t, 12);
    },
  );
});

test("costs are drawn once per episode, never below 0, and with the law's mean", () => {
  const simulation = createSimulation(cobweb, {
    params: { informationCost: 100, informationCostSd: 100, producers: 1000 },
  });
  const world = simulation.worlds[0] as unknown as World;
  simulation.reset(0);
  const runPeriod = () => {
    for (let phase = 0; phase < simulation.phases.length; phase++) simulation.runPhase(phase, 0);
    simulation.endPeriod(0);
  };
  runPeriod();
  const drawn = world.producers.informationCost.slice();
  expect(drawn.every((λ) => λ >= 0)).toBe(true);
  expect(Math.abs(drawn.reduce((a, b) => a + b) / 1000 - 128.76)).toBeLessThan(4 * (79 / Math.sqrt(1000)));
  runPeriod();
  expect(world.producers.informationCost).toEqual(drawn);
});

test("a calibrator sets the law, an assigner each cost; without them nobody but producers decides", () => {
  expect(Object.keys(makeVectorEnv(cobweb, { numEnvs: 1 }).spec)).toEqual(["producers"]);
  const law = makeVectorEnv(cobweb, { numEnvs: 1, params: { calibration: "episode" } });
  law.reset(1);
  law.batch.calibrator.actions.set([300, 0]);
  law.step();
  expect([...(law.simulation.columns["producers.informationCost"] as Float64Array)]).toEqual([
    300, 300, 300, 300, 300, 300,
  ]);
  const each = makeVectorEnv(cobweb, { numEnvs: 1, params: { assignment: "episode" } });
  each.reset(1);
  each.batch.assigner.actions.set([10, 20, 30, 40, 50, 60]);
  each.step();
  expect([...(each.simulation.columns["producers.informationCost"] as Float64Array)]).toEqual([10, 20, 30, 40, 50, 60]);
  // The cost is private, and the learner is told where to find it.
  const { informationCost, features } = each.spec.producers;
  expect(features[informationCost!.feature]).toBe("informationCost");
  const seen = each.batch.producers.obs[2 * features.length + informationCost!.feature];
  expect(informationCost!.center + informationCost!.scale * seen).toBeCloseTo(30, 4);
});

test("truth: rational expectations where thinking is free, the regularised market where it is not", () => {
  expect(truthOf().regularisedVariance).toBeCloseTo(1.284977, 5);
  expect(truthOf({ supplySlope: 0.5, informationCost: 50 }).regularisedMean).toBeCloseTo(5.731393, 5);
  const rational = truthOf({ informationCost: 0 });
  expect(rational.regularisedMean).toBe(rational.rationalExpectationsPrice);
  expect(rational.regularisedVariance).toBe(0.25);
  expect(truthOf({ informationCost: 300, informationCostSd: 100 }).regularisedVariance).toBeLessThan(1.822432);
});

test.each([{}, { calibration: "episode" }, { assignment: "episode" }, { producers: 1, noiseSd: 0.1 }])(
  "the contract holds with %o",
  (params) => {
    expect(checkEconomy(cobweb, { params, periods: 60 }).filter(({ pass }) => !pass)).toEqual([]);
  },
);
