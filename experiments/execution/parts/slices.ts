// What selling in equal slices costs: as much in every period of a day, in a book of its own.
import { type AnyRows, createSimulation, type ParamSettings } from "walras";
import { execution } from "../../../economies/execution.ts";

/** Mean of the metric `shortfall` over `periods`, in ticks. */
export function slicesCost(
  params: ParamSettings,
  { seed, periods }: { readonly seed: number; readonly periods: number },
): number {
  const simulation = createSimulation(execution, { params, seed, purpose: "slices" });
  const [w] = simulation.worlds;
  const { sell, inventory, left } = w.sellers as AnyRows & Record<string, Float64Array>;
  let sum = 0;
  for (let t = 0; t < periods; t++) {
    if (t % simulation.horizon === 0) simulation.reset(0);
    simulation.phases.forEach((phase, index) => {
      if (phase.kind === "decide") sell[0] = Math.ceil(inventory[0] / left[0]);
      else simulation.runPhase(index, 0);
    });
    sum += execution.metrics.shortfall.of(w, simulation.params);
    simulation.endPeriod(0);
  }
  return sum / periods;
}
