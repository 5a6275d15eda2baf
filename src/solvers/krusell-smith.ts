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
import {
  createCrowd,
  type KrusellSmithMoments,
  type LawOfMotion,
  lawsOfMotion,
  momentsOf,
  type Path,
  type Policy,
  spreadTimes,
  timesOf,
} from "./krusell-smith-crowd.ts";
import {
  type KrusellSmith,
  krusellSmithChain,
  krusellSmithPrices,
  krusellSmithSteadyCapital,
} from "./krusell-smith-model.ts";
import { createLeap } from "./leap.ts";
import { consumptionsAt, marginals } from "./saving.ts";

/** Households who differ from the others for ever. */
export interface KrusellSmithType {
  /** Of all households; those of all types add up to 1. */
  readonly share: number;
  /** β and γ. Default: the model's. */
  readonly discountFactor?: number;
  readonly riskAversion?: number;
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
  /**
   * Spells of good and bad times are drawn by chance, or spread evenly over their distribution, the same for every seed: 1300 periods, of which 300 are thrown away, then have the laws
   * and mean capital of 11 000 drawn ones. Long spells follow short ones there, so that correlations over the cycle are not those of chance. Default drawn.
   */
  readonly spells?: "drawn" | "spread";
  /** Largest change of ln K′, at either end of where K moves, from law to law. Default 1e-6. */
  readonly tolerance?: number;
  /** Households of several types, who forecast by the same law. Default: all are of one. */
  readonly types?: readonly KrusellSmithType[];
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
  /** K per household of each type, mean over time. */
  readonly typeCapital: readonly number[];
  /** c of a household with k in joint state 2z + ε, while mean capital is K; `type`, from 0 on: default the first. */
  consumption(k: number, state: number, capital: number, type?: number): number;
  /** k′ likewise. */
  nextCapital(k: number, state: number, capital: number, type?: number): number;
  /** K of each period that counts, and of the one after the last. */
  readonly capital: Float64Array;
  /** z of each period that counts: 0 good, 1 bad. */
  readonly times: Uint8Array;
}

export function krusellSmith(model: KrusellSmith, options: KrusellSmithOptions = {}): KrusellSmithSolution {
  const { points: G = 150, capitalPoints: J = 8, histogram: H = 500, periods = 11_000, burn = 1000 } = options;
  const { seed = 1, spells = "drawn", tolerance = 1e-6, types = [{ share: 1 }] } = options;
  if (!(periods > burn + 20))
    throw new Error(`krusellSmith: got ${periods} periods and a burn of ${burn}, expected at least 20 periods more.`);
  const { riskless, reach } = scaleOf(model, types);
  const households = types.map(({ share, ...own }) =>
    createHousehold({ ...model, ...own }, { riskless, reach, points: G, capitalPoints: J }),
  );
  const times = spells === "spread" ? spreadTimes(model, periods) : timesOf(model, periods, seed);
  const crowd = createCrowd(
    model,
    types.map(({ share }, type) => ({ share, policy: households[type] })),
    { riskless, reach, histogram: H },
  );

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
        for (const household of households) household.solve([lawOf(0), lawOf(1)]);
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
    typeCapital: crowd.capitals(),
    consumption: (k, state, capital, type = 0) => households[type].consumption(k, state, capital),
    nextCapital: (k, state, capital, type = 0) => {
      const { grossReturn, employed, unemployed } = krusellSmithPrices(model, capital, state >> 1);
      const cash = grossReturn * k + (state % 2 === 0 ? employed : unemployed);
      return Math.max(0, cash - households[type].consumption(k, state, capital));
    },
    capital: path!.capital,
    times: path!.times,
  };
}

// In the long run the most patient hold nearly all wealth: K is theirs, and each has K/share.
/** Capital without shocks of the most patient, and by how much further than for one type grids reach. */
function scaleOf(
  model: KrusellSmith,
  types: readonly KrusellSmithType[],
): { readonly riskless: number; readonly reach: number } {
  const total = types.reduce((sum, { share }) => sum + share, 0);
  if (!(Math.abs(total - 1) < 1e-9) || types.some(({ share }) => !(share > 0)))
    throw new Error(
      `krusellSmith: shares of types are ${types.map(({ share }) => share).join(", ")}; expected each above 0, and a sum of 1.`,
    );
  const patience = types.map(({ discountFactor = model.discountFactor }) => discountFactor);
  const discountFactor = Math.max(...patience);
  const patient = types.reduce((sum, { share }, type) => (patience[type] === discountFactor ? sum + share : sum), 0);
  return {
    riskless: krusellSmithSteadyCapital({ ...model, discountFactor }),
    reach: Math.abs(patient - 1) < 1e-9 ? 1 : 1 / patient,
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
  const crowd = createCrowd(model, [{ policy: { capitalGrid, tabulate }, share: 1 }], { riskless, histogram: H });
  const path = crowd.live(timesOf(model, periods, seed), burn);
  const [good, bad] = lawsOfMotion(path.capital, path.times);
  return { good, bad, moments: momentsOf(model, path), ...crowd.inequality(), ...path };
}

interface Household extends Policy {
  /** Solves at a perceived law. */
  solve(law: readonly (readonly [intercept: number, slope: number])[]): void;
  consumption(k: number, state: number, capital: number): number;
}

const LEAST = 1e-10; // consumption of who has nothing

interface HouseholdGrids {
  readonly riskless: number;
  readonly reach: number;
  readonly points: number; // G
  readonly capitalPoints: number; // J
}

function createHousehold(
  model: KrusellSmith,
  { riskless, reach, points: G, capitalPoints: J }: HouseholdGrids,
): Household {
  const { discountFactor: β, riskAversion: γ } = model;
  const P = krusellSmithChain(model);
  const k = Float64Array.from({ length: G }, (_, g) => 12 * reach * riskless * pow(g / (G - 1), 2.5));
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
