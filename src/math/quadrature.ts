// Gauss quadrature: n nodes and weights that integrate polynomials of degree 2n − 1 exactly.
// Nodes are the roots of the orthogonal polynomials, by Newton's method from the usual starting guesses
// (Abramowitz & Stegun 25.4; Press et al., Numerical Recipes, §4.6). Roots are found in decreasing order and mirrored.

import { requireConverged } from "./not-converged.ts";
import { pow } from "./pow.ts";
import { cos } from "./trigonometric.ts";

export interface Quadrature {
  /** Increasing. */
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

/** ∫ f(x) dx over [from, to] ≈ Σ wᵢ f(xᵢ). */
export function gaussLegendre(n: number, from = -1, to = 1): Quadrature {
  checkNodes("gaussLegendre", n, 10_000);
  const nodes = new Float64Array(n);
  const weights = new Float64Array(n);
  const middle = (from + to) / 2;
  const half = (to - from) / 2;
  for (let i = 0; i < (n + 1) >> 1; i++) {
    let x = cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 0;
    for (let step = 0, iteration = 0; iteration === 0 || (Math.abs(step) > 1e-15 && iteration < 20); iteration++) {
      // (k + 1) P_{k+1} = (2k + 1) x P_k − k P_{k−1};   P_n′ = n (x P_n − P_{n−1}) / (x² − 1)
      let p = 1;
      let previous = 0;
      for (let k = 0; k < n; k++) [p, previous] = [((2 * k + 1) * x * p - k * previous) / (k + 1), p];
      slope = (n * (x * p - previous)) / (x * x - 1);
      step = p / slope;
      x -= step;
      if (iteration === 19) requireConverged("gaussLegendre", Math.abs(step), 1e-13, `Report it with n = ${n}.`);
    }
    if (2 * i + 1 === n) x = 0;
    const weight = (2 * half) / ((1 - x * x) * slope * slope);
    nodes[i] = middle - half * x;
    nodes[n - 1 - i] = middle + half * x;
    weights[i] = weight;
    weights[n - 1 - i] = weight;
  }
  return { nodes, weights };
}

/**
 * ∫ e^(−x²) f(x) dx ≈ Σ wᵢ f(xᵢ), for n ≤ 128. The mean of f over a normal variable is
 * E f(μ + σ Z) ≈ Σ wᵢ f(μ + √2 σ xᵢ) / √π.
 */
export function gaussHermite(n: number): Quadrature {
  checkNodes("gaussHermite", n, 128);
  const nodes = new Float64Array(n);
  const weights = new Float64Array(n);
  const found: number[] = [];
  for (let i = 0; i < (n + 1) >> 1; i++) {
    let x = hermiteGuess(n, i, found);
    let slope = 0;
    for (let step = 0, iteration = 0; iteration === 0 || (Math.abs(step) > 1e-14 && iteration < 50); iteration++) {
      // orthonormal: h_{k+1} = x √(2/(k+1)) h_k − √(k/(k+1)) h_{k−1};   h_n′ = √(2n) h_{n−1}
      let h = 0.7511255444649425; // π^(−1/4)
      let previous = 0;
      for (let k = 0; k < n; k++) {
        [h, previous] = [x * Math.sqrt(2 / (k + 1)) * h - Math.sqrt(k / (k + 1)) * previous, h];
      }
      slope = Math.sqrt(2 * n) * previous;
      step = h / slope;
      x -= step;
      if (iteration === 49) requireConverged("gaussHermite", Math.abs(step), 1e-12, `Report it with n = ${n}.`);
    }
    if (2 * i + 1 === n) x = 0;
    found.push(x);
    const weight = 2 / (slope * slope);
    nodes[i] = -x;
    nodes[n - 1 - i] = x;
    weights[i] = weight;
    weights[n - 1 - i] = weight;
  }
  return { nodes, weights };
}

function hermiteGuess(n: number, i: number, found: readonly number[]): number {
  if (i === 0) return Math.sqrt(2 * n + 1) - 1.85575 * pow(2 * n + 1, -1 / 6);
  if (i === 1) return found[0] - (1.14 * pow(n, 0.426)) / found[0];
  if (i === 2) return 1.86 * found[1] - 0.86 * found[0];
  if (i === 3) return 1.91 * found[2] - 0.91 * found[1];
  return 2 * found[i - 1] - found[i - 2];
}

function checkNodes(what: string, n: number, most: number): void {
  if (!(Number.isInteger(n) && n >= 1 && n <= most)) {
    throw new Error(`${what}: got ${n} nodes, expected an integer from 1 to ${most}.`);
  }
}
