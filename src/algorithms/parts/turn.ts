import type { DecidePhase } from "../../economy/phases/index.ts";
import type { VectorEnv } from "../../env/vector-env.ts";

/** The population whose decision the environment waits for. */
export const populationOnTurn = ({ simulation, position }: Pick<VectorEnv, "simulation" | "position">): string =>
  (simulation.phases[position.cursor] as DecidePhase).population;
