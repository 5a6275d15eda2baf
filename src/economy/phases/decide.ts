// decide: a population acts. The environment stops there and takes the actions; a bare simulation runs past it.
import { refuseUnknown } from "../errors.ts";
import type { ParamDeclarations } from "../params.ts";
import type { PopulationKey, Tables } from "../population.ts";
import type { Documented, PhaseKind } from "./kind.ts";

export interface DecidePhase {
  readonly kind: "decide";
  readonly doc: string;
  readonly population: string;
  /** Periods between decisions, once per episode, or the name of the parameter that says so. */
  readonly every: number | string;
}

export interface DecideBuilder<P extends ParamDeclarations, G extends Tables> {
  /**
   * A decision point. `every`: periods between decisions, or "episode", or the name of a parameter that holds an integer, "episode" or "never".
   * Who never decides is not part of the environment; the action keeps the value it has at reset.
   */
  decide(
    population: PopulationKey<G>,
    options: Documented & { readonly every?: number | (keyof P & string) | "episode" },
  ): DecidePhase;
}

export function decide(population: string, options: Documented & { readonly every?: number | string }): DecidePhase {
  refuseUnknown(`decide("${population}", …)`, options, ["doc", "every"]);
  const { doc, every = 1 } = options;
  return { kind: "decide", doc, population, every };
}

export const decideKind: PhaseKind<DecidePhase> = {
  verify(name, { population, every }, names) {
    names.population(`phase "${name}"`, population);
    names.parameter(`how often phase "${name}" is decided`, every, ["episode", "never"]);
  },
  describe: ({ population, every }) => `${population} decide${every === 1 ? "" : `, every ${every}`}`,
  runner: () => ({ reseed() {}, run() {} }),
};
