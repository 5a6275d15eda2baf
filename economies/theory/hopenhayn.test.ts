import { expect, test } from "vitest";
import { exp, normalCdf, pow } from "walras/math";
import { clearingPrice, employment, type Hopenhayn, hopenhayn } from "./hopenhayn.ts";

const model: Hopenhayn = {
  returns: 2 / 3,
  discountFactor: 0.95,
  persistence: 0.9,
  meanLog: 0,
  innovationSd: 0.12,
  fixedCost: 1,
  entryCost: 1,
  entryMeanLog: -0.2,
  entrySd: 0.25,
  spending: 4000,
};

test("firms hire until the marginal product is the wage, and the price clears the market", () => {
  const [α, p] = [0.6, 1.7];
  const profit = (n: number, z: number) => p * z * pow(n, α) - n;
  for (const z of [0.5, 1, 2]) {
    const n = employment(z, p, α);
    expect(profit(n, z)).toBeGreaterThan(Math.max(profit(0.99 * n, z), profit(1.01 * n, z)));
  }
  const zs = [0.5, 1, 1, 2];
  const price = clearingPrice(
    10,
    zs.reduce((sum, z) => sum + pow(z, 1 / (1 - α)), 0),
    α,
  );
  const output = zs.reduce((sum, z) => sum + z * pow(employment(z, price, α), α), 0);
  expect(Math.abs(price * output - 10)).toBeLessThan(1e-12);
});

test("firms that are worth nothing after their first period exit at once, in closed form", () => {
  // ρ = 0, α = ½: π = p² z²/4 − f and p y = p² z²/2; entrants are far more productive than they will be
  const short = { ...model, persistence: 0, returns: 0.5, entryMeanLog: 1, entrySd: 0.1 };
  const { price, exitThreshold, entrants, firms } = hopenhayn(short);
  const square = exp(2 + 2 * 0.01); // E z² = e^(2 m + 2 s²)
  const exact = Math.sqrt((4 * (short.entryCost + short.fixedCost)) / square);
  expect(exitThreshold).toBe(Number.POSITIVE_INFINITY);
  expect(firms).toBe(entrants);
  // The grid's cells are 0.013 wide and squares are convex: h²/6
  expect(Math.abs(price / exact - 1)).toBeLessThan(2e-4);
  expect(Math.abs(entrants / (short.spending / ((exact * exact * square) / 2)) - 1)).toBeLessThan(4e-4);
});

test("where no firm ever exits there is no stationary law", () => {
  expect(() => hopenhayn({ ...model, persistence: 0, fixedCost: 1e-3 })).toThrow(
    "Firms live for ever here; raise the fixed cost.",
  );
});

test("errors are below 0.2 %, and fall with the width of the cells", () => {
  const [coarse, middle, fine] = [121, 241, 481].map((points) => hopenhayn(model, { points }));
  for (const of of ["price", "exitThreshold", "entrants", "firms", "meanEmployment"] as const) {
    const scale = of === "exitThreshold" ? 1 : fine[of];
    expect(Math.abs(middle[of] - fine[of]) / scale).toBeLessThan(2e-3);
  }
  expect(Math.abs(middle.price - fine.price)).toBeLessThan(0.4 * Math.abs(coarse.price - fine.price));
});

test("costs of twice as much buy the same firms at twice the size of everything in money", () => {
  const [one, two] = [model, { ...model, fixedCost: 2, entryCost: 2, spending: 8000 }].map((m) => hopenhayn(m));
  // π is homogeneous: p^(1/(1−α)) doubles with costs
  expect(Math.abs(two.price / one.price - pow(2, 1 / 3))).toBeLessThan(1e-6);
  for (const of of ["exitThreshold", "firms", "entrants"] as const)
    expect(Math.abs(two[of] - one[of])).toBeLessThan(1e-5 * Math.abs(one[of]));
});

test("in the stationary law as many exit as enter, and an entrant is worth what entering costs", () => {
  const { grid, law, value, exitThreshold, firms, entrants } = hopenhayn(model, { points: 241 });
  const h = grid[1] - grid[0];
  let leaving = 0;
  grid.forEach((x, k) => {
    leaving += law[k] * (1 - Math.min(1, Math.max(0, (x + h / 2 - exitThreshold) / h)));
  });
  expect(Math.abs(leaving * firms - entrants)).toBeLessThan(1e-6 * entrants);
  let worth = 0;
  grid.forEach((x, k) => {
    const at = (edge: number) => normalCdf((edge - model.entryMeanLog) / model.entrySd);
    worth += (at(x + h / 2) - at(x - h / 2)) * value[k];
  });
  expect(Math.abs(worth - model.entryCost)).toBeLessThan(1e-6);
});
