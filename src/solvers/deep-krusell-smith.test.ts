// A network trained for half a second against the solution on grids, in both versions of the economy.
import { expect, test } from "vitest";
import { solveKrusellSmithDeep } from "./deep-krusell-smith.ts";
import { krusellSmith, krusellSmithPath } from "./krusell-smith.ts";
import {
  KRUSELL_SMITH_1998,
  KRUSELL_SMITH_2010,
  krusellSmithChain,
  krusellSmithPrices,
} from "./krusell-smith-model.ts";

const toy = { seed: 1, steps: 1000, crowds: 4, households: 32 };

// Euler errors of a few thousandths of consumption, as deep equilibrium nets have them after minutes; policies follow within a few per cent.
test("trained on Euler residuals for half a second, a network consumes what the solution does to 3 % and has its capital to 2 %", () => {
  const model = KRUSELL_SMITH_1998;
  const exact = krusellSmith(model, {
    periods: 800,
    burn: 200,
    points: 100,
    histogram: 200,
    capitalPoints: 5,
    tolerance: 1e-4,
  });
  const deep = solveKrusellSmithDeep(model, toy);
  const chain = krusellSmithChain(model);
  let [errors, cells] = [0, 0];
  for (let s = 0; s < 4; s++)
    for (const k of [6, 11.6, 18, 24])
      for (const K of [11.2, 12]) {
        const c = deep.consumption(k, s, K);
        expect(Math.abs(c / exact.consumption(k, s, K) - 1), `${k} ${s} ${K}`).toBeLessThan(0.03);
        const { intercept, slope } = s < 2 ? exact.good : exact.bad;
        const next = Math.exp(intercept + slope * Math.log(K));
        const { grossReturn, employed, unemployed } = krusellSmithPrices(model, K, s >> 1);
        const kept = grossReturn * k + (s % 2 === 0 ? employed : unemployed) - c;
        const worth = chain[s].reduce(
          (sum, p, to) =>
            sum + (p * krusellSmithPrices(model, next, to >> 1).grossReturn) / deep.consumption(kept, to, next),
          0,
        );
        errors += Math.abs(0.99 * worth * c - 1);
        cells++;
      }
  expect(errors / cells).toBeLessThan(3e-3);
  const path = krusellSmithPath(model, deep.consumption, { periods: 800, burn: 200, histogram: 200, capitalPoints: 6 });
  expect(Math.abs(path.moments.meanCapital / exact.moments.meanCapital - 1)).toBeLessThan(0.02);
  expect(Math.abs(path.good.slope - exact.good.slope)).toBeLessThan(0.01);
  expect(Math.abs(path.bad.slope - exact.bad.slope)).toBeLessThan(0.01);
  expect(deep.parameters).toBe(4 * 24 + 24 + 24 * 24 + 24 + 24 + 1);
  expect(deep.loss).toBeLessThan(2e-4);
});

test("the version with benefits has its capital, too; nobody eats more than there is, however little", () => {
  const model = KRUSELL_SMITH_2010;
  const deep = solveKrusellSmithDeep(model, toy);
  const { moments } = krusellSmithPath(model, deep.consumption, {
    periods: 1200,
    burn: 600,
    histogram: 200,
    capitalPoints: 6,
  });
  expect(Math.abs(moments.meanCapital / 39.4435 - 1)).toBeLessThan(0.02); // an independent solver's
  for (let s = 0; s < 4; s++)
    for (const k of [0, 0.05, 1]) {
      const { grossReturn, employed, unemployed } = krusellSmithPrices(model, 39, s >> 1);
      expect(deep.consumption(k, s, 39)).toBeLessThan(grossReturn * k + (s % 2 === 0 ? employed : unemployed));
    }
});

test("the same seed gives the same network, another seed another", () => {
  const solve = (seed: number) =>
    solveKrusellSmithDeep(KRUSELL_SMITH_1998, { seed, steps: 20, crowds: 2, households: 4, width: 8 }).consumption(
      4,
      0,
      11.6,
    );
  expect(solve(3)).toBe(solve(3));
  expect(solve(4)).not.toBe(solve(3));
});
