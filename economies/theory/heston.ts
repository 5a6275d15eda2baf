// Heston's stochastic volatility: the price of a European call by its characteristic function.
//
//   dS = r S dt + √v S dW,   dv = κ(θ − v) dt + ξ √v dZ,   dW dZ = ρ dt
//
// Heston 1993, Review of Financial Studies 6, 327. With X = ln(S_T/S_0) − rT and K = e^(k) the discounted strike over S_0 (Lewis 2001, "A simple option
// formula for general jump-diffusion and other exponential Lévy processes"):
//
//   C/S_0 = 1 − √K/π ∫_0^∞ Re(e^(−iuk) φ(u)) / (u² + ¼) du,   φ(u) = E e^((½ + iu) X) = e^(A(T) + D(T) v_0)
//   D′ = ½ξ²D² + ((½ + iu) ρξ − κ) D − ½(u² + ¼),   A′ = κθD,   A(0) = D(0) = 0
//
// Riccati's equation is integrated as it stands (Runge & Kutta), so that no complex logarithm has a branch to choose.
import { cos, exp, gaussLegendre, log, NotConverged, requireConverged } from "walras/math";

export interface Heston {
  readonly price: number; // S_0
  readonly variance: number; // v_0, per year
  readonly meanReversion: number; // κ
  readonly meanVariance: number; // θ
  readonly volatility: number; // ξ, of the variance
  readonly correlation: number; // ρ
  readonly rate: number; // r
}

/**
 * The density of x = ln(S_T/S_0) − rT at ascending values, f(x) = e^(−x/2)/π ∫_0^∞ Re(e^(−iux) φ(u)) du; residual: the largest change that half as many steps
 * of integration make, relative to the highest density.
 */
export function hestonDensity(
  model: Heston,
  maturity: number,
  x: ArrayLike<number>,
): { readonly density: Float64Array; readonly residual: number } {
  const at = (fineness: number) =>
    transform(model, maturity, fineness, () => 1, x).map((integral, k) => (exp(-x[k]! / 2) / Math.PI) * integral);
  const density = at(2);
  const coarse = at(1);
  const highest = density.reduce((a, b) => Math.max(a, b), 0);
  const residual = density.reduce((most, f, k) => Math.max(most, Math.abs(f - coarse[k]!)), 0) / highest;
  requireConverged(
    "hestonDensity",
    residual,
    1e-6,
    "Is the variance of the variance very large for its mean, or maturity very short?",
  );
  return { density, residual };
}

/** The price today of a call with this strike and maturity in years; residual: what half as many steps of integration change, relative to S_0. */
export function hestonCall(
  model: Heston,
  strike: number,
  maturity: number,
): { readonly price: number; readonly residual: number } {
  const fine = integral(model, strike, maturity, 2);
  const residual = Math.abs(fine - integral(model, strike, maturity, 1));
  // No arbitrage: max(0, S − K e^(−rT)) ≤ C ≤ S
  const least = Math.max(0, 1 - (strike / model.price) * exp(-model.rate * maturity));
  const outside = Math.max(fine - 1, least - fine, 0);
  requireConverged(
    "hestonCall",
    Math.max(residual, outside),
    1e-8,
    "Is the variance of the variance very large for its mean, or the strike far from the price?",
  );
  return { price: model.price * fine, residual };
}

const NODES = gaussLegendre(16, 0, 1);
const PANEL = 1; // of u: the integrand has poles at ±i/2
const TAIL = 1e-13;
/** Steps of Runge and Kutta that an integral may take, about a second of them. */
const MOST_STEPS = 1e7;

function integral(model: Heston, strike: number, maturity: number, fineness: number): number {
  const { price: S, rate: r } = model;
  const k = log(strike / S) - r * maturity;
  const [integral] = transform(model, maturity, fineness, (u) => 1 / (u * u + 0.25), [k]);
  return 1 - (exp(k / 2) / Math.PI) * integral!;
}

/** ∫_0^∞ Re(e^(−iux) φ(u)) w(u) du at each x. */
function transform(
  model: Heston,
  maturity: number,
  fineness: number,
  weight: (u: number) => number,
  x: ArrayLike<number>,
): Float64Array {
  const sums = new Float64Array(x.length);
  let steps = 0;
  let size = Infinity;
  for (let panel = 0, small = 0; small < 2; panel++) {
    steps += NODES.nodes.length * stepsAt(model, maturity, PANEL * (panel + 1), fineness);
    if (!(steps <= MOST_STEPS))
      throw new NotConverged(
        "Heston's integral",
        size,
        TAIL,
        "The rest would take too long: shorten maturity, or lower volatility or meanReversion.",
      );
    size = 0;
    for (let n = 0; n < NODES.nodes.length; n++) {
      const u = PANEL * (panel + NODES.nodes[n]!);
      const { re, im } = exponent(model, maturity, u, fineness);
      const height = PANEL * NODES.weights[n]! * exp(re) * weight(u);
      for (let k = 0; k < sums.length; k++) sums[k] = sums[k]! + height * cos(im - u * x[k]!);
      size += height;
    }
    small = size < TAIL ? small + 1 : 0;
    if (panel === 5000)
      requireConverged(
        "Heston's integral",
        size,
        TAIL,
        "Prices of options that expire at once, or without variance, are payoffs.",
      );
  }
  return sums;
}

const stepsAt = ({ meanReversion: κ, volatility: ξ }: Heston, T: number, u: number, fineness: number): number =>
  Math.ceil(fineness * T * (40 + 4 * (κ + ξ * u)));

/** A(T) + D(T) v_0 at u. */
function exponent(model: Heston, T: number, u: number, fineness: number): { readonly re: number; readonly im: number } {
  const { variance, meanReversion: κ, meanVariance: θ, volatility: ξ, correlation: ρ } = model;
  const a = 0.5 * ξ * ξ;
  const [bRe, bIm] = [0.5 * ρ * ξ - κ, u * ρ * ξ];
  const c = -0.5 * (u * u + 0.25);
  const steps = stepsAt(model, T, u, fineness);
  const h = T / steps;
  let [x, y] = [0, 0]; // D
  let [re, im] = [0, 0]; // ∫ D
  for (let s = 0; s < steps; s++) {
    let [dx, dy] = [0, 0];
    let [px, py] = [x, y];
    let [ix, iy] = [0, 0];
    for (let stage = 0; stage < 4; stage++) {
      const weight = stage === 0 || stage === 3 ? 1 : 2;
      const fx = a * (px * px - py * py) + bRe * px - bIm * py + c;
      const fy = 2 * a * px * py + bRe * py + bIm * px;
      ix += weight * px;
      iy += weight * py;
      dx += weight * fx;
      dy += weight * fy;
      const ahead = stage < 2 ? h / 2 : h;
      [px, py] = [x + ahead * fx, y + ahead * fy];
    }
    x += (h / 6) * dx;
    y += (h / 6) * dy;
    re += (h / 6) * ix;
    im += (h / 6) * iy;
  }
  return { re: κ * θ * re + variance * x, im: κ * θ * im + variance * y };
}
