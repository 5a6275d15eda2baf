// Households who know the stationary equilibrium without taxes and act on it, in the worlds in which others learn: how far there is to go.
import { createSimulation, math, type ParamSettings, solvers } from "walras";
import { tax } from "../../../economies/tax.ts";

/** Mean utility per household and period over `periods` from the start of each seed, without taxes, and deciles of wealth and income at the end. */
export function solvedFreeMarket(
  params: ParamSettings,
  { seeds, periods }: { readonly seeds: readonly number[]; readonly periods: number },
): { readonly welfare: number; readonly wealth: readonly number[]; readonly income: readonly number[] } {
  const none = { incomeTaxRate: 0, incomeProgressivity: 0, assetTaxRate: 0, assetProgressivity: 0 };
  const settings = { ...params, ...none, taxes: "fixed", budget: "rebate", savingShareMin: 0, hoursMin: 0.001 };
  const { policy, wage, interest } = solvers.bewleyEquilibrium(
    createSimulation(tax, { params: settings }).params as never,
  );
  let welfare = 0;
  const [wealthAt, incomeAt] = [new Array<number>(9).fill(0), new Array<number>(9).fill(0)];
  for (const seed of seeds) {
    const simulation = createSimulation(tax, { params: settings, seed });
    const world = simulation.worlds[0]!;
    const households = world["households"] as unknown as Record<string, Float64Array>;
    const { productivity, wealth, income, hours, savingShare } = households;
    simulation.reset(0);
    for (let t = 0; t < periods; t++) {
      simulation.phases.forEach((phase, index) => {
        if (phase.kind !== "decide") simulation.runPhase(index, 0);
        else if (phase.population === "households")
          for (let i = 0; i < wealth.length; i++) {
            const plan = policy(productivity[i], wealth[i]);
            hours[i] = plan.hours;
            savingShare[i] = 1 - plan.consumption / (wage * productivity[i] * plan.hours + (1 + interest) * wealth[i]);
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
