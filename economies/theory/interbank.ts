// A bank that neither lends to others nor is lent to, in a market whose price sales do not move: how often it fails, and the leverage with the highest return on capital.
//
// With capital 1 and leverage λ: deposits d = λ − 1, cash c = r d, invested y = λ − c; it ends with m + s z, m = y (1 + μ) + c − d (1 + i), s = y σ, z normal
//   P(fails) = Φ(−m/s),   E[return on capital] = m Φ(m/s) + s φ(m/s) − 1 − x Φ(−m/s),   x what failing costs besides
import { math } from "walras";

const { normalCdf, normalDensity } = math;

export interface LoneBank {
  readonly leverage: number;
  readonly leverageLow: number;
  readonly leverageHigh: number;
  readonly capitalRatio: number;
  readonly reserves: number;
  readonly depositRate: number;
  readonly returnMean: number;
  readonly volatility: number;
  readonly turbulence: number;
  readonly unrest: number;
  readonly calming: number;
  readonly exitCost: number;
}

function outcome(p: LoneBank, leverage: number, σ: number): { readonly fails: number; readonly profit: number } {
  const deposits = Math.max(0, leverage - 1);
  const cash = p.reserves * deposits;
  const invested = 1 + deposits - cash;
  const m = invested * (1 + p.returnMean) + cash - deposits * (1 + p.depositRate);
  const s = invested * σ;
  if (deposits === 0) return { fails: 0, profit: m - 1 };
  if (!(s > 0)) return m < 0 ? { fails: 1, profit: -1 - p.exitCost } : { fails: 0, profit: m - 1 };
  const fails = normalCdf(-m / s);
  return { fails, profit: m * (1 - fails) + s * normalDensity(m / s) - 1 - p.exitCost * fails };
}

const mixed = (p: LoneBank, turbulent: number, of: (σ: number) => number): number =>
  (turbulent < 1 ? (1 - turbulent) * of(p.volatility) : 0) +
  (turbulent > 0 ? turbulent * of(p.volatility * p.turbulence) : 0);

const allowed = (p: LoneBank, leverage: number): number =>
  Math.max(1, p.capitalRatio > 0 ? Math.min(leverage, 1 / p.capitalRatio) : leverage);

/** Chance of failing in a period, in the long run of calm and turbulent ones. */
export function failureAlone(p: LoneBank): number {
  const turbulent = p.unrest + p.calming > 0 ? p.unrest / (p.unrest + p.calming) : 0;
  return mixed(p, turbulent, (σ) => outcome(p, allowed(p, p.leverage), σ).fails);
}

const POINTS = 400;

/** Leverage with the highest expected return on capital after a calm or a turbulent period, and that return: the best of a grid, then of its neighbourhood by thirds. */
export function bestLeverage(
  p: LoneBank,
  after: "calm" | "turbulent",
): { readonly leverage: number; readonly profit: number } {
  const turbulent = after === "calm" ? p.unrest : 1 - p.calming;
  const profit = (λ: number): number => mixed(p, turbulent, (σ) => outcome(p, λ, σ).profit);
  const [least, most] = [allowed(p, p.leverageLow), allowed(p, p.leverageHigh)];
  const step = (most - least) / POINTS;
  let best = 0;
  for (let k = 1; k <= POINTS; k++) if (profit(least + k * step) > profit(least + best * step)) best = k;
  let [low, high] = [least + Math.max(0, best - 1) * step, least + Math.min(POINTS, best + 1) * step];
  for (let k = 0; k < 80; k++) {
    const [a, b] = [low + (high - low) / 3, high - (high - low) / 3];
    if (profit(a) < profit(b)) low = a;
    else high = b;
  }
  const leverage = (low + high) / 2;
  return { leverage, profit: profit(leverage) };
}
