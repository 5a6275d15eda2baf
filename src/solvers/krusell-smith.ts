// Krusell & Smith 1998, "Income and wealth heterogeneity in the macroeconomy", Journal of Political Economy 106, 867: households who lose and find work in
// good times and bad, hold capital, and forecast its mean by a law of their own making.
//
//   max E Σ βᵗ (c^(1−γ) − 1)/(1 − γ),   c + k′ = (1 + r − δ) k + income,   k′ ≥ 0;   r and w marginal products of z K^α L^(1−α)
//   ln K′ = a_z + b_z ln K,  the regression of what they then do
// Endogenous grid points (Carroll 2006) for consumption c(k, ε; K, z); lotteries between points of a histogram (Young 2010) along one path of z; Anderson's
// acceleration from law to law. With unemployment benefits it is the version of den Haan, Judd & Juillard 2010, Journal of Economic Dynamics and Control 34, 1.
//
// G points of k, J of K, H of the histogram; plans are [z, ε, J, G]; z: 0 good, 1 bad; ε: 0 employed, 1 unemployed; joint states 2z + ε
import { anderson, exp, log, pow } from "../math/index.ts";
import { seedStream } from "../random/index.ts";
import { createLeap } from "./leap.ts";
import { consumptionsAt, marginals } from "./saving.ts";

export interface KrusellSmith {
  readonly discountFactor: number; // β
  readonly riskAversion: number; // γ
  readonly capitalShare: number; // α
  readonly depreciation: number; // δ
  readonly productivityGood: number; // z in good times
  readonly productivityBad: number;
  readonly unemploymentGood: number; // share of households without work
  readonly unemploymentBad: number;
  /** Mean periods that good and bad times last. */
  readonly aggregateDuration: number;
  /** Mean periods without work, while times stay good. */
  readonly unemploymentDurationGood: number;
  readonly unemploymentDurationBad: number;
  /** Effective hours of who works. */
  readonly hours: number;
  /** Income without work, in wages per hour, paid by a tax on those with work. */
  readonly benefit: number;
}

/** As in the paper; `hours` is from its authors' code. */
export const KRUSELL_SMITH_1998: KrusellSmith = {
  discountFactor: 0.99,
  riskAversion: 1,
  capitalShare: 0.36,
  depreciation: 0.025,
  productivityGood: 1.01,
  productivityBad: 0.99,
  unemploymentGood: 0.04,
  unemploymentBad: 0.1,
  aggregateDuration: 8,
  unemploymentDurationGood: 1.5,
  unemploymentDurationBad: 2.5,
  hours: 0.3271,
  benefit: 0,
};

/** The version that the Journal of Economic Dynamics and Control compared solutions on. */
export const KRUSELL_SMITH_2010: KrusellSmith = { ...KRUSELL_SMITH_1998, hours: 1 / 0.9, benefit: 0.15 };

// π(uu|z z′): 1 − 1/duration where times stay, 1.25 π(uu|bb) where they turn bad, 0.75 π(uu|gg) where they turn good; who works loses it such that
// unemployment is u_z′ whatever happened before: (1 − u_z) π(eu|z z′) + u_z π(uu|z z′) = u_z′.
/** Probabilities between the joint states (good, employed), (good, unemployed), (bad, employed), (bad, unemployed), by row. */
export function krusellSmithChain(p: KrusellSmith): number[][] {
  const u = [p.unemploymentGood, p.unemploymentBad];
  const stay = 1 - 1 / p.aggregateDuration;
  const [good, bad] = [1 - 1 / p.unemploymentDurationGood, 1 - 1 / p.unemploymentDurationBad];
  const jobless = [
    [good, 1.25 * bad],
    [0.75 * good, bad],
  ];
  const P = Array.from({ length: 4 }, () => [0, 0, 0, 0]);
  for (let z = 0; z < 2; z++)
    for (let next = 0; next < 2; next++) {
      const times = z === next ? stay : 1 - stay;
      const uu = jobless[z][next];
      const eu = (u[next] - u[z] * uu) / (1 - u[z]);
      P[2 * z][2 * next + 1] = times * eu;
      P[2 * z][2 * next] = times * (1 - eu);
      P[2 * z + 1][2 * next + 1] = times * uu;
      P[2 * z + 1][2 * next] = times * (1 - uu);
    }
  return P;
}

/** What the state of the world means for everybody. */
export interface KrusellSmithPrices {
  /** 1 + r − δ. */
  readonly grossReturn: number;
  readonly wage: number;
  readonly output: number;
  /** Income of who works, after the tax that pays benefits. */
  readonly employed: number;
  readonly unemployed: number;
}

export function krusellSmithPrices(p: KrusellSmith, capital: number, z: number): KrusellSmithPrices {
  const u = z === 0 ? p.unemploymentGood : p.unemploymentBad;
  const productivity = z === 0 ? p.productivityGood : p.productivityBad;
  const labour = (1 - u) * p.hours;
  const output = productivity * labour * pow(capital / labour, p.capitalShare);
  const wage = ((1 - p.capitalShare) * output) / labour;
  return {
    grossReturn: (p.capitalShare * output) / capital + 1 - p.depreciation,
    wage,
    output,
    employed: wage * (p.hours - (p.benefit * u) / (1 - u)),
    unemployed: wage * p.benefit,
  };
}

/** ln K′ = intercept + slope ln K in one state of the world. */
export interface LawOfMotion {
  readonly intercept: number;
  readonly slope: number;
  /** Share of the variance of ln K′ that it explains. */
  readonly r2: number;
  /** Standard deviation of what it does not explain. */
  readonly error: number;
}

export interface KrusellSmithOptions {
  /** G. Default 150. */
  readonly points?: number;
  /** J. Default 8. */
  readonly capitalPoints?: number;
  /** H. Default 500. */
  readonly histogram?: number;
  /** Periods of the path, of which `burn` are thrown away. Default 11 000 and 1000. */
  readonly periods?: number;
  readonly burn?: number;
  /** Of the path. Default 1. */
  readonly seed?: number;
  /** Largest change of ln K′, at either end of where K moves, from law to law. Default 1e-6. */
  readonly tolerance?: number;
}

export interface KrusellSmithMoments {
  readonly meanCapital: number;
  readonly meanCapitalGood: number;
  readonly meanCapitalBad: number;
  readonly sdCapital: number;
  readonly minCapital: number;
  readonly maxCapital: number;
  readonly corrConsumptionOutput: number;
  readonly sdInvestment: number;
  /** Between output and output four periods before. */
  readonly autocorrelationOutput: number;
}

export interface KrusellSmithSolution {
  /** By how much ln K′ still changed between the last two laws, at either end of where K moves; at most `tolerance`. */
  readonly residual: number;
  readonly good: LawOfMotion;
  readonly bad: LawOfMotion;
  readonly moments: KrusellSmithMoments;
  /** Means over time. */
  readonly wealthGini: number;
  /** Shares of wealth of the richest 1, 5, 10, 20 and 30 per cent. */
  readonly topShares: readonly number[];
  /** Lorenz curve of wealth: at n/100 of all households from the poorest, the mean over time of their share. */
  readonly lorenz: Float64Array;
  /** c of a household with k in joint state 2z + ε, while mean capital is K. */
  consumption(k: number, state: number, capital: number): number;
  /** k′ likewise. */
  nextCapital(k: number, state: number, capital: number): number;
  /** K of each period that counts, and of the one after the last. */
  readonly capital: Float64Array;
  /** z of each period that counts: 0 good, 1 bad. */
  readonly times: Uint8Array;
}

export function krusellSmith(model: KrusellSmith, options: KrusellSmithOptions = {}): KrusellSmithSolution {
  const { points: G = 150, capitalPoints: J = 8, histogram: H = 500, periods = 11_000, burn = 1000 } = options;
  const { seed = 1, tolerance = 1e-6 } = options;
  if (!(periods > burn + 20))
    throw new Error(`krusellSmith: got ${periods} periods and a burn of ${burn}, expected at least 20 periods more.`);
  const riskless = krusellSmithSteadyCapital(model);
  const household = createHousehold(model, riskless, G, J);
  const times = timesOf(model, periods, seed);
  const crowd = createCrowd(model, household, riskless, H);

  // The law by ln K′/K at two capitals in either state of the world.
  const [near, far] = [log(0.97 * riskless), log(1.07 * riskless)];
  const x = Float64Array.of(0.006, 0.002, -0.002, -0.006);
  const made = new Float64Array(4);
  const lawOf = (z: number): [intercept: number, slope: number] => {
    const slope = 1 + (x[2 * z + 1] - x[2 * z]) / (far - near);
    return [near + x[2 * z] - slope * near, slope];
  };
  let regressed: readonly [LawOfMotion, LawOfMotion];
  let path: Path;
  const settle = (length: number, skipped: number, bound: number): number =>
    anderson(
      x,
      made,
      () => {
        household.solve([lawOf(0), lawOf(1)]);
        path = crowd.live(times.subarray(0, length), skipped);
        regressed = lawsOfMotion(path.capital, path.times);
        for (let z = 0; z < 2; z++) {
          const { intercept, slope } = regressed[z];
          made[2 * z] = intercept + (slope - 1) * near;
          made[2 * z + 1] = intercept + (slope - 1) * far;
        }
      },
      {
        name: "krusellSmith",
        tolerance: bound,
        damping: 0.7,
        remembered: 4,
        rounds: 40,
        advice: "the law is not what households make of it: raise points, periods or tolerance.",
      },
    );
  if (periods > 4000) {
    settle(2000, 400, 30 * tolerance); // most of the way on a short path
    crowd.begin(); // with its inequality, which takes long to build up
  }
  const residual = settle(periods, burn, tolerance);
  return {
    residual,
    good: regressed![0],
    bad: regressed![1],
    moments: momentsOf(model, path!),
    ...crowd.inequality(),
    consumption: household.consumption,
    nextCapital: (k, state, capital) => {
      const { grossReturn, employed, unemployed } = krusellSmithPrices(model, capital, state >> 1);
      const cash = grossReturn * k + (state % 2 === 0 ? employed : unemployed);
      return Math.max(0, cash - household.consumption(k, state, capital));
    },
    capital: path!.capital,
    times: path!.times,
  };
}

export interface KrusellSmithPathOptions extends Pick<KrusellSmithOptions, "histogram" | "periods" | "burn" | "seed"> {
  /** J, points of mean capital that policies are read at. Default 12. */
  readonly capitalPoints?: number;
}

/** What a continuum of households with a given policy does along a path of good and bad times. */
export interface KrusellSmithPath extends Pick<KrusellSmithSolution, "good" | "bad" | "moments" | "capital" | "times"> {
  readonly wealthGini: number;
  readonly topShares: readonly number[];
  readonly lorenz: Float64Array;
}

/** The solver's path, and its figures, where households consume by any policy c(k, 2z + ε, K): what they learned, say. Prices clear; no law is forecast. */
export function krusellSmithPath(
  model: KrusellSmith,
  consumption: (k: number, state: number, capital: number) => number,
  options: KrusellSmithPathOptions = {},
): KrusellSmithPath {
  const { capitalPoints: J = 12, histogram: H = 500, periods = 11_000, burn = 1000, seed = 1 } = options;
  const riskless = krusellSmithSteadyCapital(model);
  const capitalGrid = Float64Array.from({ length: J }, (_, j) => riskless * (0.7 + (0.8 * j) / (J - 1)));
  const tabulate = (out: Float64Array, k: Float64Array): void => {
    for (let s = 0, at = 0; s < 4; s++)
      for (let j = 0; j < J; j++) {
        const { grossReturn, employed, unemployed } = krusellSmithPrices(model, capitalGrid[j], s >> 1);
        const income = s % 2 === 0 ? employed : unemployed;
        for (let i = 0; i < k.length; i++, at++)
          out[at] = Math.min(grossReturn * k[i] + income, consumption(k[i], s, capitalGrid[j]));
      }
  };
  const crowd = createCrowd(model, { capitalGrid, tabulate }, riskless, H);
  const path = crowd.live(timesOf(model, periods, seed), burn);
  const [good, bad] = lawsOfMotion(path.capital, path.times);
  return { good, bad, moments: momentsOf(model, path), ...crowd.inequality(), ...path };
}

/** K without shocks at mean employment. */
export function krusellSmithSteadyCapital(p: KrusellSmith): number {
  const labour = (1 - (p.unemploymentGood + p.unemploymentBad) / 2) * p.hours;
  return labour * pow(p.capitalShare / (1 / p.discountFactor - 1 + p.depreciation), 1 / (1 - p.capitalShare));
}

function timesOf({ aggregateDuration }: KrusellSmith, periods: number, seed: number): Uint8Array {
  const u = new Float64Array(periods + 1);
  seedStream(seed).fork("times").uniform(u, { lane: 0, period: 0, from: 0 });
  const times = new Uint8Array(periods + 1);
  for (let t = 1; t <= periods; t++) times[t] = u[t] < 1 / aggregateDuration ? 1 - times[t - 1] : times[t - 1];
  return times;
}

/** Regressions of ln K′ on ln K in good times and in bad. `capital` is one longer than `times`. */
export function lawsOfMotion(capital: ArrayLike<number>, times: ArrayLike<number>): [LawOfMotion, LawOfMotion] {
  const of = (z: number): LawOfMotion => {
    let [n, sx, sy] = [0, 0, 0];
    const xs: number[] = [];
    const ys: number[] = [];
    for (let t = 0; t < times.length; t++)
      if (times[t] === z) {
        xs.push(log(capital[t]));
        ys.push(log(capital[t + 1]));
        sx += xs[n];
        sy += ys[n++];
      }
    const [mx, my] = [sx / n, sy / n];
    let [xx, xy, yy] = [0, 0, 0];
    for (let i = 0; i < n; i++) {
      xx += (xs[i] - mx) * (xs[i] - mx);
      xy += (xs[i] - mx) * (ys[i] - my);
      yy += (ys[i] - my) * (ys[i] - my);
    }
    const slope = xy / xx;
    let left = 0;
    for (let i = 0; i < n; i++) {
      const miss = ys[i] - my - slope * (xs[i] - mx);
      left += miss * miss;
    }
    return { intercept: my - slope * mx, slope, r2: 1 - left / yy, error: Math.sqrt(left / (n - 2)) };
  };
  return [of(0), of(1)];
}

interface Policy {
  readonly capitalGrid: Float64Array; // K [J]
  /** c at points of k [n]: [z, ε, J, n]. */
  tabulate(out: Float64Array, k: Float64Array): void;
}

interface Household extends Policy {
  /** Solves at a perceived law. */
  solve(law: readonly (readonly [intercept: number, slope: number])[]): void;
  consumption(k: number, state: number, capital: number): number;
}

const LEAST = 1e-10; // consumption of who has nothing

function createHousehold(model: KrusellSmith, riskless: number, G: number, J: number): Household {
  const { discountFactor: β, riskAversion: γ } = model;
  const P = krusellSmithChain(model);
  const k = Float64Array.from({ length: G }, (_, g) => 12 * riskless * pow(g / (G - 1), 2.5));
  const K = Float64Array.from({ length: J }, (_, j) => riskless * (0.85 + (0.35 * j) / (J - 1)));
  const c = new Float64Array(4 * J * G);
  const before = new Float64Array(4 * J * G);
  for (let s = 0, at = 0; s < 4; s++)
    for (let j = 0; j < J; j++) {
      const { grossReturn, employed, unemployed } = krusellSmithPrices(model, K[j], s >> 1);
      for (let g = 0; g < G; g++, at++)
        c[at] = Math.max(LEAST, 0.9 * (s % 2 === 0 ? employed : unemployed) + (grossReturn - 0.98) * k[g]);
    }
  const row = new Float64Array(G);
  const worth = new Float64Array(G);
  const expected = [new Float64Array(G), new Float64Array(G)];
  const spent = new Float64Array(G);
  const from = new Float64Array(G); // k that leads to a grid point
  const place = (capital: number): [j: number, share: number] => {
    const at = ((capital / riskless - 0.85) * (J - 1)) / 0.35;
    const j = Math.min(J - 2, Math.max(0, Math.floor(at)));
    return [j, Math.min(2, Math.max(-1, at - j))];
  };

  /** Returns the largest relative change. */
  function back(law: readonly (readonly [number, number])[]): number {
    before.set(c);
    let change = 0;
    for (let z = 0; z < 2; z++)
      for (let j = 0; j < J; j++) {
        const next = exp(law[z][0] + law[z][1] * log(K[j]));
        const [at, share] = place(next);
        expected[0].fill(0);
        expected[1].fill(0);
        for (let s = 0; s < 4; s++) {
          const R = β * krusellSmithPrices(model, next, s >> 1).grossReturn;
          const low = (s * J + at) * G;
          for (let g = 0; g < G; g++)
            row[g] = Math.max(LEAST, before[low + g] + share * (before[low + G + g] - before[low + g]));
          marginals(worth, row, γ);
          for (let ε = 0; ε < 2; ε++) {
            const weight = P[2 * z + ε][s] * R;
            const sum = expected[ε];
            for (let g = 0; g < G; g++) sum[g] += weight * worth[g];
          }
        }
        const { grossReturn: R, employed, unemployed } = krusellSmithPrices(model, K[j], z);
        for (let ε = 0; ε < 2; ε++) {
          const income = ε === 0 ? employed : unemployed;
          consumptionsAt(spent, expected[ε], γ);
          for (let g = 0; g < G; g++) from[g] = (spent[g] + k[g] - income) / R;
          const out = ((2 * z + ε) * J + j) * G;
          for (let g = 0, below = 0; g < G; g++) {
            while (below < G - 2 && from[below + 1] < k[g]) below++;
            const slope = (spent[below + 1] - spent[below]) / (from[below + 1] - from[below]);
            const value =
              k[g] < from[0] ? Math.max(LEAST, R * k[g] + income) : spent[below] + slope * (k[g] - from[below]);
            const apart = Math.abs(value / before[out + g] - 1);
            if (apart > change && value > 1e-6) change = apart;
            c[out + g] = value;
          }
        }
      }
    return change;
  }

  const leap = createLeap(c.length);
  return {
    capitalGrid: K,
    solve(law) {
      for (let round = 0; round < 2000; round++) {
        if (back(law) < 1e-8) return;
        if (leap(round, c, before)) for (let at = 0; at < c.length; at++) c[at] = Math.max(c[at], 0.5 * before[at]);
      }
    },
    tabulate(out, points) {
      const n = points.length;
      for (let block = 0; block < 4 * J; block++)
        for (let i = 0, g = 0; i < n; i++) {
          while (g < G - 2 && k[g + 1] <= points[i]) g++;
          const low = block * G + g;
          out[block * n + i] = c[low] + ((c[low + 1] - c[low]) * (points[i] - k[g])) / (k[g + 1] - k[g]);
        }
    },
    consumption(own, state, capital) {
      const [j, share] = place(capital);
      let g = 0;
      while (g < G - 2 && k[g + 1] <= own) g++;
      const within = (own - k[g]) / (k[g + 1] - k[g]);
      const at = (block: number): number => c[block * G + g] + within * (c[block * G + g + 1] - c[block * G + g]);
      return (1 - share) * at(state * J + j) + share * at(state * J + j + 1);
    },
  };
}

interface Path {
  readonly capital: Float64Array; // [n + 1]
  readonly times: Uint8Array; // [n]
}

function createCrowd(model: KrusellSmith, household: Policy, riskless: number, H: number) {
  const P = krusellSmithChain(model);
  const { capitalGrid: K } = household;
  const J = K.length;
  const k = Float64Array.from({ length: H }, (_, h) => 8 * riskless * pow(h / (H - 1), 1.7));
  const c = new Float64Array(4 * J * H);
  const start = new Float64Array(2 * H); // masses [ε, H] to begin with
  const mass = new Float64Array(2 * H);
  const landed = new Float64Array(2 * H);
  let h = 0;
  while (k[h + 1] < riskless) h++;
  for (let ε = 0; ε < 2; ε++) {
    const share = ε === 0 ? 1 - model.unemploymentGood : model.unemploymentGood;
    const up = (riskless - k[h]) / (k[h + 1] - k[h]);
    start[ε * H + h] = share * (1 - up);
    start[ε * H + h + 1] = share * up;
  }
  const lorenz = new Float64Array(101);
  let [counted, giniSum] = [0, 0];
  const tops = new Float64Array(TOPS.length);

  /** From `start` along `times`; the first `skipped` periods are left out. */
  function live(times: Uint8Array, skipped: number): Path {
    household.tabulate(c, k);
    const n = times.length - 1;
    const capital = new Float64Array(n - skipped + 1);
    mass.set(start);
    lorenz.fill(0);
    tops.fill(0);
    [counted, giniSum] = [0, 0];
    for (let t = 0; t <= n; t++) {
      let total = 0;
      for (let i = 0; i < H; i++) total += (mass[i] + mass[H + i]) * k[i];
      if (t >= skipped) capital[t - skipped] = total;
      if (t >= skipped && t % 50 === 0) count();
      if (t < n) move(total, times[t], times[t + 1]);
    }
    return { capital, times: times.slice(skipped, n) };
  }

  function move(total: number, z: number, next: number): void {
    const at = ((total / K[0] - 1) * K[0]) / (K[1] - K[0]);
    const j = Math.min(J - 2, Math.max(0, Math.floor(at)));
    const share = at - j;
    const { grossReturn: R, employed, unemployed } = krusellSmithPrices(model, total, z);
    landed.fill(0);
    for (let ε = 0; ε < 2; ε++) {
      const income = ε === 0 ? employed : unemployed;
      const low = ((2 * z + ε) * J + j) * H;
      const high = low + H;
      const here = ε * H;
      for (let i = 0, left = 0; i < H; i++) {
        const m = mass[here + i];
        if (m === 0) continue;
        const eaten = c[low + i] + share * (c[high + i] - c[low + i]);
        const kept = Math.min(k[H - 1], Math.max(0, R * k[i] + income - eaten));
        while (left < H - 2 && k[left + 1] <= kept) left++;
        const up = (m * (kept - k[left])) / (k[left + 1] - k[left]);
        landed[here + left] += m - up;
        landed[here + left + 1] += up;
      }
    }
    const odds = P[2 * z][2 * next] + P[2 * z][2 * next + 1];
    const [ee, ue] = [P[2 * z][2 * next] / odds, P[2 * z + 1][2 * next] / odds];
    for (let i = 0; i < H; i++) {
      const [e, u] = [landed[i], landed[H + i]];
      mass[i] = ee * e + ue * u;
      mass[H + i] = (1 - ee) * e + (1 - ue) * u;
    }
  }

  /** Adds this period's inequality to the means over time. */
  function count(): void {
    let [total, held, people, area] = [0, 0, 0, 0];
    for (let i = 0; i < H; i++) total += (mass[i] + mass[H + i]) * k[i];
    let mark = 1;
    let top = TOPS.length - 1;
    for (let i = 0; i < H; i++) {
      const m = mass[i] + mass[H + i];
      if (m === 0) continue;
      area += m * (2 * held + m * k[i]);
      for (; mark <= 100 && people + m >= mark / 100; mark++)
        lorenz[mark] += (held + (mark / 100 - people) * k[i]) / total;
      for (; top >= 0 && people + m >= 1 - TOPS[top]; top--)
        tops[top] += 1 - (held + (1 - TOPS[top] - people) * k[i]) / total;
      held += m * k[i];
      people += m;
    }
    for (; mark <= 100; mark++) lorenz[mark] += 1;
    giniSum += 1 - area / total;
    counted++;
  }

  return {
    live,
    /** Paths begin with the wealth of those that the last one ended with. */
    begin() {
      for (let ε = 0; ε < 2; ε++) {
        const here = mass.subarray(ε * H, (ε + 1) * H);
        const held = here.reduce((sum, m) => sum + m, 0);
        const share = ε === 0 ? 1 - model.unemploymentGood : model.unemploymentGood;
        start.set(
          here.map((m) => (m * share) / held),
          ε * H,
        );
      }
    },
    inequality: () => ({
      wealthGini: giniSum / counted,
      topShares: Array.from(tops, (x) => x / counted),
      lorenz: lorenz.map((x) => x / counted),
    }),
  };
}

/** Of the richest. */
const TOPS = [0.01, 0.05, 0.1, 0.2, 0.3];

/** Moments of a path of capital, `capital` one longer than `times`. */
function momentsOf(model: KrusellSmith, { capital, times }: Path): KrusellSmithMoments {
  const n = times.length;
  const output = Float64Array.from({ length: n }, (_, t) => krusellSmithPrices(model, capital[t], times[t]).output);
  const investment = output.map((_, t) => capital[t + 1] - (1 - model.depreciation) * capital[t]);
  const consumption = output.map((y, t) => y - investment[t]);
  const now = capital.subarray(0, n);
  const of = (z: number): number => mean(now.filter((_, t) => times[t] === z));
  return {
    meanCapital: mean(now),
    meanCapitalGood: of(0),
    meanCapitalBad: of(1),
    sdCapital: Math.sqrt(covariance(now, now)),
    minCapital: now.reduce((x, y) => Math.min(x, y)),
    maxCapital: now.reduce((x, y) => Math.max(x, y)),
    corrConsumptionOutput: correlation(consumption, output),
    sdInvestment: Math.sqrt(covariance(investment, investment)),
    autocorrelationOutput: correlation(output.subarray(4), output.subarray(0, n - 4)),
  };
}

const mean = (x: Float64Array): number => x.reduce((sum, y) => sum + y, 0) / x.length;

function covariance(x: Float64Array, y: Float64Array): number {
  const [mx, my] = [mean(x), mean(y)];
  return x.reduce((sum, v, t) => sum + (v - mx) * (y[t] - my), 0) / x.length;
}

const correlation = (x: Float64Array, y: Float64Array): number =>
  covariance(x, y) / Math.sqrt(covariance(x, x) * covariance(y, y));
