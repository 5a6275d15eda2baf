// How economies are drawn from the kinds of phase, for the tests that ask of all of them for the same bits.
import fc from "fast-check";
import type { Recipe, Step, Weights } from "./generated-economies.ts";

export const [RUNS, SEED, PERIODS] = [200, 20261121, 4] as const;

const weight = fc.integer({ min: -3, max: 3 });
const weights: fc.Arbitrary<Weights> = fc.tuple(weight, weight, weight, weight);
const plain = fc.oneof(
  fc.record({
    kind: fc.constantFrom("own", "random-partner", "mate", "along-ties", "along-stalls", "over-ties", "markets"),
    weights,
  }),
  fc.record({ kind: fc.constantFrom("give", "post", "move", "write", "exit", "enter"), spread: fc.nat(3) }),
  fc.record({ kind: fc.constantFrom("sum", "by-home", "by-target", "by-mate") }),
  fc.record({ kind: fc.constant("world" as const), weights }),
) as fc.Arbitrary<Step>;
const wiring: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant("rewire" as const),
  keep: fc.boolean(),
  every: fc.integer({ min: 1, max: 3 }),
  wiring: fc.nat(1),
});
const inTime: fc.Arbitrary<Step> = fc.record({ kind: fc.constant("events" as const), weights });
const repeated = fc.record({
  kind: fc.constant("repeat" as const),
  times: fc.integer({ min: 1, max: 3 }),
  steps: fc.array(plain, { minLength: 1, maxLength: 4 }),
});
export const recipes: fc.Arbitrary<Recipe> = fc.record({
  people: fc.integer({ min: 3, max: 60 }),
  markets: fc.integer({ min: 1, max: 7 }),
  goods: fc.integer({ min: 1, max: 3 }),
  grain: fc.constantFrom(1, 4, 16),
  steps: fc.array(
    fc.oneof(
      { weight: 8, arbitrary: plain },
      { weight: 1, arbitrary: wiring },
      { weight: 1, arbitrary: inTime },
      { weight: 1, arbitrary: repeated },
    ),
    { minLength: 1, maxLength: 10 },
  ),
});

/** The same ones every time. */
export const drawnRecipes = (): Recipe[] => fc.sample(recipes, { numRuns: RUNS, seed: SEED });
