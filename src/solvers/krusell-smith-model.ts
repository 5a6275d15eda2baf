// Krusell & Smith 1998, "Income and wealth heterogeneity in the macroeconomy", Journal of Political Economy 106, 867: the joint chain of times and work, prices, and capital
// without shocks. With unemployment benefits it is the version of den Haan, Judd & Juillard 2010, Journal of Economic Dynamics and Control 34, 1.
//
// z: 0 good, 1 bad; ε: 0 employed, 1 unemployed; joint states 2z + ε
import { pow } from "../math/index.ts";

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
export function krusellSmithChain(p: Omit<KrusellSmith, "discountFactor" | "riskAversion">): number[][] {
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

/** K without shocks at mean employment. */
export function krusellSmithSteadyCapital(p: KrusellSmith): number {
  const labour = (1 - (p.unemploymentGood + p.unemploymentBad) / 2) * p.hours;
  return labour * pow(p.capitalShare / (1 / p.discountFactor - 1 + p.depreciation), 1 / (1 - p.capitalShare));
}
