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

/** Share of periods that are turbulent, in the long run. */
const turbulentShare = ({ unrest, calming }: LoneBank): number =>
  unrest + calming > 0 ? unrest / (unrest + calming) : 0;

/** Chance that a period is turbulent after a calm or a turbulent one. */
const turbulentAfter = (p: LoneBank, after: "calm" | "turbulent"): number =>
  after === "calm" ? p.unrest : 1 - p.calming;

/** Chance of failing in a period, in the long run of calm and turbulent ones. */
export const failureAlone = (p: LoneBank): number =>
  mixed(p, turbulentShare(p), (σ) => outcome(p, allowed(p, p.leverage), σ).fails);

/**
 * Chance of failing in a period in the long run: of banks that choose the best leverage after calm and after turbulent periods (`adapting`), and of banks that keep to the mean of what those choose (`constant`). Where
 * turbulence lasts, adapting banks have borrowed less when it strikes; where it is brief, more.
 */
export function failuresByAdaptation(p: LoneBank): {
  readonly adapting: number;
  readonly constant: number;
  readonly leverage: number;
} {
  const π = turbulentShare(p);
  const [calm, turbulent] = [bestLeverage(p, "calm").leverage, bestLeverage(p, "turbulent").leverage];
  const leverage = (1 - π) * calm + π * turbulent;
  const fails = (after: "calm" | "turbulent", λ: number): number =>
    mixed(p, turbulentAfter(p, after), (σ) => outcome(p, allowed(p, λ), σ).fails);
  return {
    adapting: (1 - π) * fails("calm", calm) + π * fails("turbulent", turbulent),
    constant: (1 - π) * fails("calm", leverage) + π * fails("turbulent", leverage),
    leverage,
  };
}

/** Expected return on capital in the next period after a calm or a turbulent one. */
export const returnAfter = (p: LoneBank, after: "calm" | "turbulent", leverage: number): number =>
  mixed(p, turbulentAfter(p, after), (σ) => outcome(p, leverage, σ).profit);

const POINTS = 400;

/** Leverage with the highest expected return on capital after a calm or a turbulent period, and that return: the best of a grid, then of its neighbourhood by thirds. */
export function bestLeverage(
  p: LoneBank,
  after: "calm" | "turbulent",
): { readonly leverage: number; readonly profit: number } {
  const profit = (λ: number): number => returnAfter(p, after, λ);
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
