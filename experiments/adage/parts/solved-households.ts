// Households who have solved their problem: they foresee the prices of an economy of infinitely many of them, from the wealth of the survey on, and act
// on it, in theory and in the worlds in which others learn.
import { createSimulation, math, type ParamSettings, resolveParams, solvers } from "walras";
import { tax, wealthToBegin } from "../../../economies/tax.ts";

const PERIODS = 300;

/** The best rate of a linear income tax in this game, to a hundredth: src/solvers/bewley-transition.test.ts. */
export const BEST_RATE = 0.18;

/** What becomes of them under a linear income tax. Grids are coarse, for seconds instead of minutes: what a tax of 18 % is worth is right to 2 %. */
export function solvedTransition(params: ParamSettings, incomeTaxRate: number): solvers.BewleyTransition {
  const p = resolveParams(tax, params);
  const economy = { ...p, incomeTaxRate, assetTaxRate: 0 } as unknown as solvers.Bewley;
  const key = JSON.stringify([p, incomeTaxRate]);
  const known = solved.get(key);
  if (known) return known;
  const initialWealth = wealthToBegin(p as never);
  const transition = solvers.bewleyTransition(economy, { initialWealth, periods: PERIODS, horizon: 400, points: 120 });
  solved.set(key, transition);
  return transition;
}
const solved = new Map<string, solvers.BewleyTransition>();

/** By how much the best linear income tax changes a mean over households and periods. */
export function solvedEffect(params: ParamSettings, measure: SolvedMeasure): number {
  return solvedTransition(params, BEST_RATE)[measure] - solvedTransition(params, 0)[measure];
}
export type SolvedMeasure =
  | "welfare"
  | "hours"
  | "wage"
  | "consumption"
  | "wealthGini"
  | "incomeGini"
  | "consumptionGini";

/** Mean utility per household and period over `periods` from the start of each seed, without taxes, and deciles of wealth and income at the end. */
export function solvedFreeMarket(
  params: ParamSettings,
  { seeds, periods }: { readonly seeds: readonly number[]; readonly periods: number },
): { readonly welfare: number; readonly wealth: readonly number[]; readonly income: readonly number[] } {
  const none = { incomeTaxRate: 0, incomeProgressivity: 0, assetTaxRate: 0, assetProgressivity: 0 };
  const settings = { ...params, ...none, taxes: "fixed", budget: "rebate", savingShareMin: 0, hoursMin: 0.001 };
  const { policy, path } = solvedTransition(params, 0);
  let welfare = 0;
  const [wealthAt, incomeAt] = [new Array<number>(9).fill(0), new Array<number>(9).fill(0)];
  for (const seed of seeds) {
    const simulation = createSimulation(tax, { params: settings, seed });
    const world = simulation.worlds[0]!;
    const households = world["households"] as unknown as Record<string, Float64Array>;
    const { productivity, wealth, income, hours, savingShare } = households;
    simulation.reset(0);
    for (let t = 0; t < periods; t++) {
      const planned = policy(t);
      simulation.phases.forEach((phase, index) => {
        if (phase.kind !== "decide") simulation.runPhase(index, 0);
        else if (phase.population === "households")
          for (let i = 0; i < wealth.length; i++) {
            const plan = planned(productivity[i], wealth[i]);
            hours[i] = plan.hours;
            const all = path.wage[t] * productivity[i] * plan.hours + (1 + path.interest[t]) * wealth[i];
            savingShare[i] = Math.max(0, 1 - plan.consumption / all);
          }
      });
      welfare += (world["utility"] as number) / wealth.length / periods / seeds.length;
      simulation.endPeriod(0);
    }
    for (let k = 1; k < 10; k++) {
      wealthAt[k - 1] += math.quantile(wealth, k / 10) / seeds.length;
      incomeAt[k - 1] += math.quantile(income, k / 10) / seeds.length;
    }
  }
  return { welfare, wealth: wealthAt, income: incomeAt };
}
