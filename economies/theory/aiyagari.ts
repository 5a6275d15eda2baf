// The stationary equilibrium of aiyagari.ts, and what there would be without risk.
import { solvers } from "walras";

type Household = Parameters<typeof solvers.incomeChain>[0] &
  Omit<solvers.Bewley, keyof typeof simple> & { readonly wealthPoints: number; readonly borrowingLimit: number };

/** Throws where there is none that the solver can find. */
export const aiyagariEquilibrium = (p: Household): solvers.BewleyEquilibrium =>
  solvers.bewleyEquilibrium(
    { ...p, ...simple },
    {
      chain: solvers.incomeChain(p),
      points: 2 * p.wealthPoints,
      most: widest(p),
      borrowingLimit: p.borrowingLimit,
    },
  );

/** Hours are given and nothing is taxed. */
const simple = { inverseFrisch: Infinity, incomeTaxRate: 0, assetTaxRate: 0 };

/** The greatest wealth of plans and theory, in multiples of what there would be without risk. */
export const widest = ({ income }: { readonly income: string }): number => (income === "employment" ? 8 : 15);

/** K per household if there were no risk. */
export const risklessCapital = (p: Omit<solvers.RepresentativeHousehold, keyof typeof simple>): number =>
  solvers.representativeHousehold({ ...p, ...simple, hoursMax: 1 }).capital;
