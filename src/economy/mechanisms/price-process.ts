// Prices in continuous time, dX = μ(X) dt + σ(X) dW, period by period: schemes for any μ and σ, exact steps and moments where the law is known; and GARCH, a
// process in discrete time whose volatility clusters.
//
// z is a standard normal draw of the period, dW = √dt z. Kloeden & Platen 1992, Numerical Solution of Stochastic Differential Equations, ch. 10.
import { exp, expm1 } from "../../math/index.ts";

export interface ItoProcess {
  /** μ(x), per unit of time. */
  readonly drift: (x: number) => number;
  /** σ(x), per root of a unit of time. */
  readonly volatility: (x: number) => number;
  /** σ′(x), for Milstein's scheme. */
  readonly volatilitySlope: (x: number) => number;
}

export interface Moments {
  readonly mean: number;
  readonly variance: number;
}

/** A process whose law after any time is known. */
export interface ExactProcess extends ItoProcess {
  /** X after `dt` from x, exactly in law, and along the path of W whose increment is √dt z where X is a function of W alone (GBM). */
  readonly step: (x: number, dt: number, z: number) => number;
  /** Of X after `time` from x. */
  readonly moments: (x: number, time: number) => Moments;
}

// x + μ dt + σ √dt z
/** Euler–Maruyama: strong order ½, weak order 1. The step may leave the process's range: a price can fall below 0. */
export function eulerMaruyama({ drift, volatility }: ItoProcess, x: number, dt: number, z: number): number {
  return x + drift(x) * dt + volatility(x) * Math.sqrt(dt) * z;
}

// x + μ dt + σ √dt z + ½ σ σ′ dt (z² − 1)
/** Milstein: strong and weak order 1. */
export function milstein(process: ItoProcess, x: number, dt: number, z: number): number {
  const correction = (process.volatility(x) * process.volatilitySlope(x) * dt * (z * z - 1)) / 2;
  return eulerMaruyama(process, x, dt, z) + correction;
}

// dX = m X dt + s X dW;   X_T = x e^((m − s²/2) T + s W_T)
/** Geometric Brownian motion: Black & Scholes 1973. */
export function geometricBrownianMotion({
  drift: m,
  volatility: s,
}: {
  readonly drift: number;
  readonly volatility: number;
}): ExactProcess {
  checked("geometricBrownianMotion", { drift: m }, { volatility: s });
  return {
    drift: (x) => m * x,
    volatility: (x) => s * x,
    volatilitySlope: () => s,
    step: (x, dt, z) => x * exp((m - (s * s) / 2) * dt + s * Math.sqrt(dt) * z),
    moments(x, time) {
      const mean = x * exp(m * time);
      return { mean, variance: mean * mean * expm1(s * s * time) };
    },
  };
}

/** What a process returns to, and how: k, θ and s. */
export interface Reverting {
  readonly rate: number;
  readonly level: number;
  readonly volatility: number;
}

// dX = k (θ − X) dt + s dW;   mean θ + (x − θ) e^(−kT), variance s² (1 − e^(−2kT))/(2k)
/** Ornstein–Uhlenbeck: returns to `level` at `rate` k > 0, in the long run with variance s²/(2k). Vasicek 1977. */
export function ornsteinUhlenbeck({ rate: k, level: θ, volatility: s }: Reverting): ExactProcess {
  checked("ornsteinUhlenbeck", { level: θ }, { volatility: s }, k);
  const moments = (x: number, time: number): Moments => ({
    mean: θ + (x - θ) * exp(-k * time),
    variance: (-s * s * expm1(-2 * k * time)) / (2 * k),
  });
  return {
    drift: (x) => k * (θ - x),
    volatility: () => s,
    volatilitySlope: () => 0,
    step(x, dt, z) {
      const { mean, variance } = moments(x, dt);
      return mean + Math.sqrt(variance) * z;
    },
    moments,
  };
}

// dX = k (θ − X) dt + s √X dW;   variance x s²/k (e^(−kT) − e^(−2kT)) + θ s²/(2k) (1 − e^(−kT))²
/**
 * Square-root process of Cox, Ingersoll & Ross 1985, with its moments; it has no step that is a function of one normal draw. Schemes read √max(x, 0), so a step
 * below 0 is followed by one back (full truncation: Lord, Koekkoek & van Dijk 2010).
 */
export function coxIngersollRoss({ rate: k, level: θ, volatility: s }: Reverting): Omit<ExactProcess, "step"> {
  checked("coxIngersollRoss", { level: θ }, { volatility: s }, k);
  return {
    drift: (x) => k * (θ - Math.max(0, x)),
    volatility: (x) => s * Math.sqrt(Math.max(0, x)),
    volatilitySlope: (x) => (x > 0 ? s / (2 * Math.sqrt(x)) : 0),
    moments(x, time) {
      const left = exp(-k * time);
      const gone = -expm1(-k * time);
      const variance = ((s * s) / k) * (x * left * gone + (θ * gone * gone) / 2);
      return { mean: θ + (x - θ) * left, variance };
    },
  };
}

export interface Jumps {
  /** λ: jumps per unit of time. */
  readonly intensity: number;
  /** Of the jump of ln X. */
  readonly jumpMean: number;
  readonly jumpSd: number;
}

/** A price that diffuses and jumps. */
export interface JumpDiffusion {
  /** X after `dt` from x, exactly in law: z and `jump` are standard normal draws, u a uniform one, which says how many jumps there are. */
  readonly step: (x: number, dt: number, z: number, u: number, jump: number) => number;
  readonly moments: (x: number, time: number) => Moments;
}

// ln X_T = ln x + (m − s²/2) T + s W_T + Σ_(k ≤ N) J_k,   N Poisson of mean λT, J_k normal
// E X_T = x e^((m + λ(g₁ − 1)) T), E X_T² = x² e^((2m + s² + λ(g₂ − 1)) T),   g_n = E e^(nJ) = e^(n μ_J + n² s_J²/2)
/** Geometric Brownian motion with lognormal jumps: Merton 1976, Journal of Financial Economics 3, 125. `drift` is what X grows by between jumps. */
export function mertonJumps({
  drift: m,
  volatility: s,
  intensity: λ,
  jumpMean,
  jumpSd,
}: { readonly drift: number; readonly volatility: number } & Jumps): JumpDiffusion {
  checked("mertonJumps", { drift: m, jumpMean }, { volatility: s, intensity: λ, jumpSd });
  const grows = (n: number) => expm1(n * jumpMean + (n * n * jumpSd * jumpSd) / 2);
  return {
    step(x, dt, z, u, jump) {
      const n = poissonCount(λ * dt, u);
      const jumps = n * jumpMean + Math.sqrt(n) * jumpSd * jump;
      return x * exp((m - (s * s) / 2) * dt + s * Math.sqrt(dt) * z + jumps);
    },
    moments(x, time) {
      const mean = x * exp((m + λ * grows(1)) * time);
      // (E X²)/(E X)² = e^((s² + λ (g₂ − 1 − 2 (g₁ − 1))) T)
      return { mean, variance: mean * mean * expm1((s * s + λ * (grows(2) - 2 * grows(1))) * time) };
    },
  };
}

/** Most that one step may expect: e^(−mean) is a number above 0. */
const MOST_JUMPS = 700;

/** The count of Poisson's law at a uniform draw u from [0, 1): the least n whose probability of at most n is above u. */
export function poissonCount(mean: number, u: number): number {
  if (!(mean >= 0 && mean <= MOST_JUMPS))
    throw new Error(
      `poissonCount: the mean is ${mean}, expected 0 to ${MOST_JUMPS}. Take shorter steps or fewer jumps per unit of time.`,
    );
  let [n, share] = [0, exp(-mean)];
  // Far out shares are too small to add anything.
  for (let sum = share; u >= sum && share > 0; sum += share) share *= mean / ++n;
  return n;
}

/** GARCH(1, 1): v′ = ω + α r² + β v, r′ = √v′ z. Bollerslev 1986, Journal of Econometrics 31, 307. */
export interface Garch {
  readonly constant: number;
  readonly reaction: number;
  readonly persistence: number;
}

/** Variance of the next return after a return of r whose own variance was v. */
export function garchVariance({ constant: ω, reaction: α, persistence: β }: Garch, r: number, v: number): number {
  return ω + α * r * r + β * v;
}

export interface GarchMoments {
  readonly variance: number;
  /** With normal draws; Infinity where the fourth moment does not exist. */
  readonly kurtosis: number;
  /** Of r² at lag 1 where the fourth moment exists; at lag k it is this times `decay`^(k − 1). */
  readonly squareAutocorrelation: number;
  /** α + β. */
  readonly decay: number;
}

// σ² = ω/(1 − α − β),  κ = 3 (1 − (α + β)²)/(1 − (α + β)² − 2α²),  ρ₁ = α (1 − αβ − β²)/(1 − 2αβ − β²)
/** Moments of GARCH(1, 1) returns with normal draws; α + β < 1. */
export function garchMoments({ constant: ω, reaction: α, persistence: β }: Garch): GarchMoments {
  const decay = α + β;
  if (!(ω > 0 && α >= 0 && β >= 0 && decay < 1 && ω < Infinity))
    throw new Error(
      `garchMoments: got constant ${ω}, reaction ${α}, persistence ${β}, expected a constant above 0 and the others from 0 with a sum below 1.`,
    );
  const room = 1 - decay * decay - 2 * α * α;
  return {
    variance: ω / (1 - decay),
    kurtosis: room > 0 ? (3 * (1 - decay * decay)) / room : Infinity,
    squareAutocorrelation: (α * (1 - α * β - β * β)) / (1 - 2 * α * β - β * β),
    decay,
  };
}

function checked(
  where: string,
  finite: Readonly<Record<string, number>>,
  notNegative: Readonly<Record<string, number>>,
  rate = 1,
): void {
  for (const [name, value] of Object.entries({ ...finite, ...notNegative }))
    if (!(Number.isFinite(value) && !(name in notNegative && value < 0)))
      throw new Error(
        `${where}: got ${name} ${value}, expected ${name in notNegative ? "0 or more" : "a finite number"}.`,
      );
  if (!(rate > 0 && rate < Infinity)) throw new Error(`${where}: got rate ${rate}, expected a number above 0.`);
}
