// A policy that is read off is the one that is played, knowing the state or prices; errors of policies that are off by known amounts.
import { expect, test } from "vitest";
import { ppo, solvers, train } from "walras";
import { krusellSmith } from "../../../economies/krusell-smith.ts";
import { defineExperiment } from "../../../src/index.ts";
import { crowds, policyErrors, settings } from "./learners.ts";
import { type Params, policyOf } from "./policy.ts";

test("a policy that is read off consumes what households do when they play, whether they see the state or prices", () => {
  // Ten households of whom one has no work: prices are those of a continuum.
  const unemployment = {
    unemploymentGood: 0.1,
    unemploymentBad: 0.1,
    unemploymentDurationGood: 2,
    unemploymentDurationBad: 2,
  };
  for (const knows of ["state", "prices"] as const) {
    const params = { ...crowds, ...unemployment, households: 10, knows, benefit: 0.1 };
    const experiment = defineExperiment({
      name: "tiny",
      summary: "tiny",
      economy: krusellSmith,
      params,
      algorithm: ppo,
      config: { ...settings, hiddenWidth: 8, numMinibatches: 2, learningRate: 0.02 },
      numEnvs: 2,
      totalSteps: 200,
    });
    const training = train(experiment, { seed: 1 });
    training.finish();
    const player = training.player();
    const consumption = policyOf(player, player.params as unknown as Params);
    let before: { wealth: number[]; works: number[]; times: number; capital: number } | null = null;
    let compared = 0;
    player.play({
      seed: 3,
      periods: 60,
      visit(world) {
        const w = world as unknown as World;
        if (before && w.workers === 9)
          for (const [i, k] of before.wealth.entries()) {
            const c = consumption(k, 2 * before.times + 1 - before.works[i]!, w.meanCapital);
            expect(Math.abs(c / w.households.consumption[i]! - 1)).toBeLessThan(5e-3); // between points of the table
            compared++;
          }
        const { wealth, works } = w.households;
        before = { wealth: [...wealth], works: [...works], times: w.times, capital: w.meanCapital };
      },
    });
    expect(compared).toBeGreaterThan(50);
  }
});

test("the exact policy has hardly any error; one that consumes 3 % more everywhere is off by that, and misses Euler equations by far less", () => {
  const solution = solvers.krusellSmith(solvers.KRUSELL_SMITH_1998, {
    periods: 600,
    burn: 200,
    points: 120,
    histogram: 150,
    capitalPoints: 5,
    tolerance: 1e-4,
  });
  const { consumption } = solution;
  const none = policyErrors(consumption, solution);
  expect(none["consumptionError"]).toBeLessThan(1e-6);
  expect(none["eulerError"]).toBeLessThan(-3.5);
  const more = policyErrors((k, s, K) => 1.03 * consumption(k, s, K), solution);
  expect(more["consumptionError"]).toBeCloseTo(0.03, 6);
  for (const k of [4, 8, 12, 16, 20]) expect(more[`bias/${k}`]).toBeCloseTo(3, 4);
  expect(more["eulerError"]).toBeGreaterThan(-3.5);
  expect(more["eulerError"]).toBeLessThan(-2.5);
});

interface World {
  readonly meanCapital: number;
  readonly workers: number;
  readonly times: number;
  readonly households: Record<"wealth" | "works" | "consumption", ArrayLike<number> & Iterable<number>>;
}
