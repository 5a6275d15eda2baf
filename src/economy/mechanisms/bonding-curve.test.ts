// Curves against 60 digits, closed forms of the paper's examples, their own integrals, and bad input.
import fc from "fast-check";
import { expect, test } from "vitest";
import { gaussLegendre } from "../../math/index.ts";
import {
  type BondingCurve,
  exponentialCurve,
  linearCurve,
  logarithmicCurve,
  ownCurve,
  piecewiseCurve,
  polynomialCurve,
  sigmoidCurve,
} from "./bonding-curve.ts";

const CURVES: Readonly<Record<string, BondingCurve>> = {
  linear: linearCurve({ slope: 0.01, intercept: 1 }),
  logarithmic: logarithmicCurve({ slope: 2 }),
  exponential: exponentialCurve({ intercept: 1, growth: 0.01 }),
  sigmoid: sigmoidCurve({ capacity: 10, growth: 0.05, midpoint: 100 }),
  polynomial: polynomialCurve([0.5, 0, 0.25, 0.125]),
  piecewise: piecewiseCurve([
    [0, 0.5],
    [10, 1],
    [60, 1],
    [90, 7],
  ]),
  own: ownCurve((S) => 1 + S / (1 + S), { supplyMax: 2e6 }),
};

const relative = (ours: number, theirs: number) => (ours === theirs ? 0 : Math.abs(ours / theirs - 1));

// curve, S, a, R(S), R(S + a) − R(S), R(S) − R(S − a): mpmath 1.3.0, mp.dps = 60, from the integrals as they stand
test.each([
  ["linear", 0, 1e-9, 0.0, 1.0000000000050002e-9, null],
  ["linear", 0, 10, 0.0, 10.5, null],
  ["linear", 0.3, 1e-9, 0.30045, 1.003000000005e-9, 1.002999999995e-9],
  ["linear", 0.3, 10, 0.30045, 10.53, null],
  ["linear", 100, 1e-9, 150.0, 2.000000000005e-9, 1.9999999999950002e-9],
  ["linear", 100, 10, 150.0, 20.5, 19.5],
  ["linear", 5000, 1e-9, 130000.0, 5.1000000000005e-8, 5.0999999999995004e-8],
  ["linear", 5000, 10, 130000.0, 510.5, 509.5],
  ["linear", 1000000.0, 1e-9, 5001000000.0, 1.0001000000000006e-5, 1.0000999999999996e-5],
  ["linear", 1000000.0, 10, 5001000000.0, 100010.5, 100009.5],
  ["logarithmic", 0, 1e-9, 0.0, 9.999999996666669e-19, null],
  ["logarithmic", 0, 10, 0.0, 32.75369600156415, null],
  ["logarithmic", 0.3, 1e-9, 0.08214708761547673, 5.247285297042129e-10, 5.247285281657514e-10],
  ["logarithmic", 0.3, 10, 0.08214708761547673, 34.118394513617986, null],
  ["logarithmic", 100, 1e-9, 732.2543444019344, 9.230241033692421e-9, 9.230241033672618e-9],
  ["logarithmic", 100, 10, 732.2543444019344, 93.26136028940377, 91.2779142158677],
  ["logarithmic", 5000, 1e-9, 75190.96650053187, 1.703478634283801e-8, 1.703478634283761e-8],
  ["logarithmic", 5000, 10, 75190.96650053187, 170.36784611448567, 170.32785408623528],
  ["logarithmic", 1000000.0, 1e-9, 25631050.746950664, 2.763102311592755e-8, 2.7631023115927548e-8],
  ["logarithmic", 1000000.0, 10, 25631050.746950664, 276.31033115884213, 276.31013115904216],
  ["exponential", 0, 1e-9, 0.0, 1.0000000000050002e-9, null],
  ["exponential", 0, 10, 0.0, 10.517091807564762, null],
  ["exponential", 0.3, 1e-9, 0.30045045033770257, 1.0030045045083921e-9, 1.0030045044983622e-9],
  ["exponential", 0.3, 10, 0.30045045033770257, 10.548690457263021, null],
  ["exponential", 100, 1e-9, 171.82818284590454, 2.718281828472637e-9, 2.718281828445454e-9],
  ["exponential", 100, 10, 171.82818284590454, 28.588419548738788, 25.867871730209558],
  ["exponential", 5000, 1e-9, 5.1847055285870775e23, 5184705528613.002, 5184705528561.154],
  ["exponential", 5000, 10, 5.1847055285870775e23, 5.452802403933889e22, 4.933899648235813e22],
  ["sigmoid", 0, 1e-9, 0.0, 6.692850924451055e-11, null],
  ["sigmoid", 0, 10, 0.0, 0.8664792718951493, null],
  ["sigmoid", 0.3, 1e-9, 0.020228874643503217, 6.793313272773002e-11, 6.793313272435644e-11],
  ["sigmoid", 0.3, 10, 0.020228874643503217, 0.8794569151980586, null],
  ["sigmoid", 100, 1e-9, 137.28636641416543, 5.0000000000625e-9, 4.9999999999375e-9],
  ["sigmoid", 100, 10, 137.28636641416543, 56.18596072403228, 43.81403927596772],
  ["sigmoid", 5000, 1e-9, 48998.656930302175, 1e-8, 1e-8],
  ["sigmoid", 5000, 10, 48998.656930302175, 100.0, 100.0],
  ["sigmoid", 1000000.0, 1e-9, 9998998.656930301, 1e-8, 1e-8],
  ["sigmoid", 1000000.0, 10, 9998998.656930301, 100.0, 100.0],
  ["polynomial", 0, 1e-9, 0.0, 5e-10, null],
  ["polynomial", 0, 10, 0.0, 400.8333333333333, null],
  ["polynomial", 0.3, 1e-9, 0.152503125, 5.258750000918751e-10, 5.258749999081251e-10],
  ["polynomial", 0.3, 10, 0.152503125, 447.77958333333333, null],
  ["polynomial", 100, 1e-9, 3208383.3333333335, 0.0001275005000019, 0.0001275004999981],
  ["polynomial", 100, 10, 3208383.3333333335, 1477900.8333333333, 1097275.8333333333],
  ["polynomial", 5000, 1e-9, 19541666669166.668, 15.63125000050469, 15.631250000495312],
  ["polynomial", 5000, 10, 19541666669166.668, 156782000400.83334, 155844249775.83334],
  ["polynomial", 1000000.0, 1e-9, 3.1250083333333332e22, 125000250.0000002, 125000249.99999982],
  ["polynomial", 1000000.0, 10, 3.1250083333333332e22, 1.2500212501500004e18, 1.2499837500999997e18],
] as [string, number, number, number, number, number | null][])(
  "%s: S = %d, a = %d, to 1e-12 of 60 digits",
  (name, S, a, reserve, mint, burn) => {
    const curve = CURVES[name];
    expect(relative(curve.reserve(S), reserve)).toBeLessThan(1e-12);
    expect(relative(curve.mintCost(S, a), mint)).toBeLessThan(1e-12);
    if (burn !== null) expect(relative(curve.burnProceeds(S, a), burn)).toBeLessThan(1e-12);
    expect(relative(curve.amountFor(S, mint), a)).toBeLessThan(1e-12);
  },
);

// P(100), R(100), mint 10, burn 10, tokens for 50 of the curves that the literature on learning and bonding curves uses
test.each([
  ["linear", 2, 150, 20.5, 19.5, 23.60679775],
  ["logarithmic", 9.2302410337, 732.2543444019, 93.2613602894, 91.2779142159, 5.3863939887],
  ["exponential", Math.E, 171.8281828459, 28.5884195487, 25.8678717302, 16.8847623498],
  ["sigmoid", 5, 137.2863664142, 56.185960724, 43.814039276, 8.9966668129],
])("%s: a supply of 100 and 10 tokens", (name, price, reserve, mint, burn, tokens) => {
  const curve = CURVES[name];
  expect(curve.price(100)).toBeCloseTo(price, 9);
  expect(curve.reserve(100)).toBeCloseTo(reserve, 9);
  expect(curve.mintCost(100, 10)).toBeCloseTo(mint, 9);
  expect(curve.burnProceeds(100, 10)).toBeCloseTo(burn, 9);
  expect(curve.amountFor(100, 50)).toBeCloseTo(tokens, 9);
});

const names = fc.constantFrom(...Object.keys(CURVES));
const supplies = fc.double({ min: 0, max: 500, noNaN: true });
const amounts = fc.double({ min: 1e-3, max: 300, noNaN: true });

test("the reserve is the integral of the price, whatever is minted and burned", () => {
  fc.assert(
    fc.property(names, supplies, amounts, (name, S, a) => {
      const curve = CURVES[name];
      const cost = curve.mintCost(S, a);
      expect(curve.reserve(S + a)).toBeCloseTo(
        curve.reserve(S) + cost,
        -Math.log10(1e-12 * curve.reserve(S + a) + 1e-300),
      );
      // f is smooth between multiples of 10, where the piecewise one may bend.
      const { nodes, weights } = gaussLegendre(24, 0, 1);
      const ends = [S];
      for (let x = 10 * Math.floor(S / 10) + 10; x < S + a; x += 10) ends.push(x);
      ends.push(S + a);
      let sum = 0;
      for (let k = 1; k < ends.length; k++)
        for (let n = 0; n < nodes.length; n++)
          sum += (ends[k] - ends[k - 1]) * weights[n] * curve.price(ends[k - 1] + (ends[k] - ends[k - 1]) * nodes[n]);
      if (name !== "own" || S >= 1) expect(relative(cost, sum)).toBeLessThan(1e-9);
    }),
    { numRuns: 500, seed: 1 },
  );
});

test("burning what was minted pays what minting cost, to rounding of the supply", () => {
  fc.assert(
    fc.property(names, supplies, amounts, (name, S, a) => {
      const curve = CURVES[name];
      const cost = curve.mintCost(S, a);
      // S + a has an error of half a unit in its last place, and costs its price.
      const end = S + a;
      const half = Number.EPSILON * end;
      expect(Math.abs(curve.burnProceeds(end, a) - cost)).toBeLessThanOrEqual(
        8 * (Number.EPSILON * cost + half * curve.price(end + half)),
      );
    }),
    { numRuns: 1000, seed: 2 },
  );
  // On a grid of binary fractions supplies have no rounding; then the difference is one of the arithmetic alone.
  for (const [name, curve] of Object.entries(CURVES))
    for (let k = 1; k < 200; k++) {
      const [S, a] = [(k * 37) / 64, ((k * k) % 977) / 32 + 1 / 64];
      expect(relative(curve.burnProceeds(S + a, a), curve.mintCost(S, a)), name).toBeLessThan(1e-13);
    }
});

test("money buys the amount that costs it", () => {
  fc.assert(
    fc.property(names, supplies, fc.double({ min: 1e-6, max: 1000, noNaN: true }), (name, S, money) => {
      const curve = CURVES[name];
      expect(relative(curve.mintCost(S, curve.amountFor(S, money)), money)).toBeLessThan(1e-12);
    }),
    { numRuns: 500, seed: 3 },
  );
});

test("one's own curve has the integral of the same curve in closed form", () => {
  const own = ownCurve((S) => 10 / (1 + Math.exp(-0.05 * (S - 100))), { supplyMax: 1000 });
  for (const [S, a] of [
    [0, 1000],
    [100, 10],
    [500, 1e-7],
  ])
    expect(relative(own.mintCost(S, a), CURVES.sigmoid.mintCost(S, a))).toBeLessThan(1e-12);
  // A jump of the price from 1 to 2 at 50
  const stepped = ownCurve((S) => (S < 50 ? 1 : 2), { supplyMax: 100 });
  expect(stepped.reserve(100)).toBeCloseTo(150, 9);
});

test("extreme curves neither overflow nor lose their digits", () => {
  const steep = sigmoidCurve({ capacity: 3, growth: 10, midpoint: 100 });
  expect(steep.mintCost(50, 100)).toBeCloseTo(150, 10);
  expect(steep.burnProceeds(150, 150)).toBeCloseTo(150, 10);
  expect(steep.amountFor(150, 30)).toBeCloseTo(10, 12);
  expect(exponentialCurve({ intercept: 2, growth: 0 }).mintCost(10, 3)).toBe(6);
  expect(exponentialCurve({ intercept: 2, growth: 0 }).amountFor(10, 6)).toBe(3);
  expect(linearCurve({ slope: 2, intercept: 0 }).amountFor(0, 9)).toBe(3);
});

test("bad input is one error each", () => {
  const { linear, own } = CURVES;
  for (const [bad, error] of [
    [() => linearCurve({ slope: -1, intercept: 5 }), "linearCurve: slope is -1, expected a number of at least 0."],
    [() => logarithmicCurve({ slope: Number.NaN }), "slope is NaN"],
    [() => exponentialCurve({ intercept: 1, growth: -0.1 }), "growth is -0.1"],
    [() => exponentialCurve({ intercept: 0, growth: 0.1 }), "intercept is 0, expected a number above 0."],
    [() => sigmoidCurve({ capacity: 1, growth: 0, midpoint: 5 }), "growth is 0, expected a number above 0."],
    [() => sigmoidCurve({ capacity: 1, growth: 1, midpoint: Infinity }), "midpoint is Infinity"],
    [() => polynomialCurve([]), "there is no coefficient"],
    [() => polynomialCurve([1, -2]), "the coefficient of S^1 is -2"],
    [() => piecewiseCurve([[1, 1]]), "the first point is at supply 1, expected 0."],
    [
      () =>
        piecewiseCurve([
          [0, 2],
          [5, 1],
        ]),
      "point 1 is [5, 1] after [0,2], expected a larger supply and no lower price.",
    ],
    [() => ownCurve((S) => 5 - S, { supplyMax: 3 }), "the price falls from 5"],
    [() => ownCurve((S) => S - 1, { supplyMax: 3 }), "the price is -1 at supply 0"],
    [() => ownCurve((S) => S, { supplyMax: 0 }), "supplyMax is 0"],
    [() => own.mintCost(1e6, 2e6), "is above supplyMax"],
    [() => linear.mintCost(-1, 2), "supply is -1"],
    [() => linear.mintCost(1, Number.NaN), "amount is NaN"],
    [() => linear.burnProceeds(10, 11), "11 tokens to burn of a supply of 10."],
    [() => linear.amountFor(10, -1), "money is -1"],
    [() => polynomialCurve([0]).amountFor(0, 1), "no amount costs 1"],
    [() => linearCurve({ slope: 0, intercept: 0 }).amountFor(0, 1), "no amount costs 1"],
  ] as [() => unknown, string][])
    expect(bad).toThrow(error);
});
