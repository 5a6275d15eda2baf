// Prices of the Lucas tree: a share of an endowment y and a one-period bond, CRRA utility, consumption equal to the endowment.
// Lucas 1978; Moraes 2023, §2.2, with his equation for q corrected (β inverted there) and the price a function of y unless
// consumption is constant.
//
//   u′(y) p(y) = β E[u′(y′)(p(y′) + y′) | y]        q(y) = β E[u′(y′) | y] / u′(y)        u′(c) = c^−γ
//
// Three dividend processes:
//   constant-aggregate  consumption is constant, E[Y]:          p = β/(1−β) E[Y]                   q = β
//   iid                 ln(Y/scale) ~ N(mean, sd²):             p = β/(1−β) E[Y^(1−γ)] y^γ          q = β E[Y^−γ] y^γ
//   ar1                 ln y′ = ρ ln y + σ ε:                   p = y^γ f(y), a series (below)      q = β y^(γ(1−ρ)) e^(γ²σ²/2)
import { exp, expm1, log } from "walras/math";

export interface LucasTree {
  readonly dividendProcess: "constant-aggregate" | "iid" | "ar1";
  readonly discountFactor: number; // β
  readonly riskAversion: number; // γ
  readonly dividendScale: number;
  readonly dividendLogMean: number;
  readonly dividendLogSd: number;
  readonly persistence: number; // ρ
  readonly innovationSd: number; // σ
}

export interface LucasPrices {
  readonly sharePrice: number;
  readonly bondPrice: number;
  /** E[p(y′) + y′ | y] / p(y), gross. */
  readonly expectedShareReturn: number;
  /** 1/q(y), gross. */
  readonly riskFreeReturn: number;
  readonly riskPremium: number;
}

/** E[Y^k] of the lognormal endowment: scale^k exp(k mean + k² sd²/2). */
export function dividendMoment(tree: LucasTree, k: number): number {
  const { dividendScale, dividendLogMean, dividendLogSd } = tree;
  return exp(k * (log(dividendScale) + dividendLogMean) + (k * k * dividendLogSd * dividendLogSd) / 2);
}

/** Mean endowment; of the stationary distribution under ar1. */
export function meanDividend(tree: LucasTree): number {
  if (tree.dividendProcess !== "ar1") return dividendMoment(tree, 1);
  const { persistence: ρ, innovationSd: σ } = tree;
  return exp((σ * σ) / ((1 - ρ) * (1 + ρ)) / 2);
}

/** Equilibrium at endowment y > 0. */
export function lucasPrices(tree: LucasTree, y: number): LucasPrices {
  const β = tree.discountFactor;
  const γ = tree.riskAversion;
  if (tree.dividendProcess === "constant-aggregate") {
    const sharePrice = (β / (1 - β)) * dividendMoment(tree, 1);
    return { sharePrice, bondPrice: β, expectedShareReturn: 1 / β, riskFreeReturn: 1 / β, riskPremium: 0 };
  }
  // m is the log-normal discount factor of one period, so E[X] − E[mX]/E[m] = E[X](1 − e^cov(ln m, ln X)) for each log-normal payoff X = y′^a: the
  // premium without the difference of two nearly equal returns.
  if (tree.dividendProcess === "iid") {
    const ς2 = tree.dividendLogSd * tree.dividendLogSd;
    const A = (β / (1 - β)) * dividendMoment(tree, 1 - γ);
    const sharePrice = A * exp(γ * log(y));
    const bondPrice = β * dividendMoment(tree, -γ) * exp(γ * log(y));
    const [price, dividend] = [A * dividendMoment(tree, γ), dividendMoment(tree, 1)];
    const excess = price * -expm1(-γ * γ * ς2) + dividend * -expm1(-γ * ς2);
    return returnsOf(sharePrice, bondPrice, price + dividend, excess);
  }
  const { persistence: ρ, innovationSd: σ } = tree;
  const x = log(y);
  const sharePrice = exp(γ * x) * discountedMarginalDividends(tree, 0, x, 0);
  const bondPrice = β * exp(γ * (1 - ρ) * x + (γ * γ * σ * σ) / 2);
  const price = discountedMarginalDividends(tree, γ, ρ * x, σ);
  const risk = (a: number): number => -expm1(-γ * a * σ * σ);
  const excess = discountedMarginalDividends(tree, γ, ρ * x, σ, risk);
  const dividend = exp(ρ * x + (σ * σ) / 2);
  return returnsOf(sharePrice, bondPrice, price + dividend, excess + dividend * risk(1));
}

const returnsOf = (sharePrice: number, bondPrice: number, payoff: number, excess: number): LucasPrices => ({
  sharePrice,
  bondPrice,
  expectedShareReturn: payoff / sharePrice,
  riskFreeReturn: 1 / bondPrice,
  riskPremium: excess / sharePrice + 0, // never −0
});

// E[w e^(kX) f(e^X)] for X ~ N(m, s²), where f(e^x) = Σ_{j≥1} β^j exp((1−γ)ρ^j x + ½(1−γ)²σ²(1−ρ^{2j})/(1−ρ²)), and the weight w of a term may
// depend on its exponent a = k + (1−γ)ρ^j. Once ρ^j has vanished the terms are geometric, and the tail is summed in closed form. It may be
// summed earlier only where the terms left cannot matter: they can grow a great deal before they shrink.
function discountedMarginalDividends(
  tree: LucasTree,
  k: number,
  m: number,
  s: number,
  weight: (a: number) => number = () => 1,
): number {
  const { discountFactor: β, riskAversion: γ, persistence: ρ, innovationSd: σ } = tree;
  const g = 1 - γ;
  const term = (ρj: number, spread: number): number => {
    const a = k + g * ρj;
    return weight(a) * exp(a * m + (a * a * s * s) / 2 + (g * g * σ * σ * spread) / 2);
  };
  const reach = Math.abs(k) + Math.abs(g); // no exponent exceeds it
  let sum = 0;
  let βj = β;
  let ρj = ρ;
  let spread = 1; // (1−ρ^{2j})/(1−ρ²) = 1 + ρ² + … , without cancellation
  while (Math.abs(ρj) > 1e-18) {
    const next = βj * term(ρj, spread);
    sum += next;
    // From here on a term is at most `growth` times the one before, and less and less, so the rest is within a geometric series.
    const drift = Math.abs(g * ρj) * (1 - ρ) * (Math.abs(m) + reach * s * s);
    const growth = β * exp((g * g * σ * σ * ρj * ρj) / 2 + drift);
    if (growth < 1 && Math.abs(next) * growth < 1e-17 * Math.abs(sum) * (1 - growth)) return sum;
    βj *= β;
    ρj *= ρ;
    spread = 1 + ρ * ρ * spread;
  }
  return sum + (βj / (1 - β)) * term(0, 1 / ((1 - ρ) * (1 + ρ)));
}
