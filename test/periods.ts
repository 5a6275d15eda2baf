// Periods of a bare simulation, for tests.
import type { Simulation } from "../src/economy/index.ts";

/** Resets every world and plays it for `periods`; `decide` may write actions where a population decides. */
export function fresh<S extends Simulation>(simulation: S, periods: number, decide: (e: number) => void = () => {}): S {
  for (let e = 0; e < simulation.numWorlds; e++) {
    simulation.reset(e);
    goOn(simulation, periods, decide, e);
  }
  return simulation;
}

/** Plays world e from where it is. */
export function goOn(simulation: Simulation, periods: number, decide: (e: number) => void = () => {}, e = 0): void {
  for (let t = 0; t < periods; t++) {
    simulation.phases.forEach((phase, index) => {
      simulation.runPhase(index, e);
      if (phase.kind === "decide") decide(e);
    });
    simulation.endPeriod(e);
  }
}
