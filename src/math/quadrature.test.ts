import { expect, test } from "vitest";
import { gaussHermite, gaussLegendre, type Quadrature } from "./index.ts";

const integrate = ({ nodes, weights }: Quadrature, f: (x: number) => number) =>
  nodes.reduce((sum, x, i) => sum + weights[i] * f(x), 0);

test("Gauss-Legendre with n nodes integrates polynomials up to degree 2n - 1", () => {
  for (const n of [1, 2, 5, 16, 64]) {
    const rule = gaussLegendre(n, -1, 1);
    for (let degree = 0; degree <= 2 * n - 1; degree++) {
      expect(integrate(rule, (x) => x ** degree)).toBeCloseTo(degree % 2 === 1 ? 0 : 2 / (degree + 1), 13);
    }
  }
  expect(integrate(gaussLegendre(8, 1, 3), (x) => x ** 4)).toBeCloseTo((3 ** 5 - 1) / 5, 11);
});

test("Gauss-Hermite with n nodes gives the even moments of the normal distribution, (2k - 1)!!", () => {
  for (const n of [1, 2, 5, 7, 20, 64, 128]) {
    const rule = gaussHermite(n);
    let moment = 1;
    for (let k = 0; k <= Math.min(n - 1, 20); k++) {
      const ours = integrate(rule, (x) => (Math.SQRT2 * x) ** (2 * k)) / Math.sqrt(Math.PI);
      expect(ours / moment).toBeCloseTo(1, 12);
      moment *= 2 * k + 1;
    }
  }
});

test("nodes increase, mirror each other and match numpy", () => {
  for (const n of [1, 2, 3, 10, 31, 64, 100, 128]) {
    for (const { nodes, weights } of [gaussHermite(n), gaussLegendre(n)]) {
      for (let i = 0; i < n; i++) {
        if (i > 0) expect(nodes[i]).toBeGreaterThan(nodes[i - 1]);
        expect(nodes[i] + nodes[n - 1 - i]).toBe(0);
        expect(weights[i]).toBeGreaterThan(0);
      }
    }
  }
  // numpy.polynomial.hermite.hermgauss(5), legendre.leggauss(5)
  expect(gaussHermite(5).nodes[4]).toBeCloseTo(2.0201828704560856, 14);
  expect(gaussHermite(5).weights[4]).toBeCloseTo(0.0199532420590459, 14);
  expect(gaussLegendre(5).nodes[4]).toBeCloseTo(0.906179845938664, 14);
  expect(gaussLegendre(5).weights[4]).toBeCloseTo(0.2369268850561891, 14);
});

test("the mean of a lognormal is exp(mu + sigma^2 / 2)", () => {
  const mean = integrate(gaussHermite(20), (x) => Math.exp(0.1 + 0.5 * Math.SQRT2 * x)) / Math.sqrt(Math.PI);
  expect(mean).toBeCloseTo(Math.exp(0.1 + 0.125), 13);
});

test("too many nodes are an error that says how many are possible", () => {
  expect(() => gaussHermite(129)).toThrow("got 129 nodes, expected an integer from 1 to 128");
  expect(() => gaussLegendre(0)).toThrow("got 0 nodes");
});
