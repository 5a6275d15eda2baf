// Simulating worlds in which nobody decides.
import { type AnyParamValues, type AnyWorld, createSimulation, type Economy } from "../economy/index.ts";

/** World after world, each for `periods` from a fresh start; an episode that ends is followed by another. */
export function simulatePeriods(
  economy: Economy,
  {
    params,
    worlds,
    seed,
    periods,
    visit,
  }: {
    readonly params: AnyParamValues;
    readonly worlds: number;
    readonly seed: number;
    readonly periods: number;
    /** Sees world e at the end of each of its periods, 0 to `periods` − 1. */
    readonly visit: (w: AnyWorld, period: number, e: number) => void;
  },
): void {
  const simulation = createSimulation(economy, { params, numWorlds: worlds, seed });
  for (let e = 0; e < worlds; e++) {
    const world = simulation.worlds[e]!;
    simulation.reset(e);
    for (let t = 0; t < periods; t++) {
      const over = simulation.period[e]! >= simulation.horizon || (economy.end?.(world, simulation.params) ?? false);
      if (t > 0 && over) simulation.reset(e);
      for (let index = 0; index < simulation.phases.length; index++) simulation.runPhase(index, e);
      visit(world, t, e);
      simulation.endPeriod(e);
    }
  }
}
