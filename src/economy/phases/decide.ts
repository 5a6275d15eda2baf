// decide: agents of a population act. The environment stops there and takes the actions; a bare simulation runs past it.

import { refuseUnknown } from "../../core/errors.ts";
import type { ParamDeclarations, ParamValues } from "../../core/params.ts";
import type { Columns } from "../columns.ts";
import type { ActionsOf, FlagColumn, PopulationKey, ReadonlyWorld, Rows, Tables } from "../population.ts";
import type { AnyObservation, Mask, Observation } from "../structure.ts";
import type { Documented, PhaseKind } from "./kind.ts";

export interface DecidePhase extends Deciding {
  readonly kind: "decide";
  readonly doc: string;
  readonly population: string;
  /** Periods between decisions, once per episode, or the name of the parameter that says so. */
  readonly every: number | string;
}

/** What a decision owns. */
export interface Deciding {
  /** Actions that are chosen; null: all of the population's. */
  readonly choices: readonly string[] | null;
  /** What is seen: names of the population's observations, or observations of its own; null: all of the population's. */
  readonly observe: readonly string[] | Readonly<Record<string, AnyObservation>> | null;
  /** By action; null: the population's masks of the actions chosen. */
  readonly mask: Readonly<Record<string, Mask>> | null;
  /** The flag column whose rows with 0 do not decide now; "": all decide. */
  readonly who: string;
}

/** What a decision may say of itself, besides its population. */
export interface DecideOptions<P extends ParamDeclarations, W extends Columns, G extends Tables, K extends keyof G>
  extends Documented,
    DecidingOptions<P, W, G, K> {
  /** Periods between decisions (default 1), or "episode", or the name of a parameter that holds an integer, "period", "episode" or "never". */
  readonly every?: number | (keyof P & string) | "episode";
}

export interface DecidingOptions<P extends ParamDeclarations, W extends Columns, G extends Tables, K extends keyof G> {
  /** The actions that it chooses. Default: all of the population's. An action belongs to one decision, unless each that has it says `who`. */
  readonly choices?: readonly (keyof ActionsOf<G[K]> & string)[];
  /** What the agent sees: names of `observe`'s, or observations of this decision's own. Default: all that `observe` declares for the population. */
  readonly observe?: readonly string[] | Readonly<Record<string, Observation<P, W, G[K]>>>;
  /** Choices that make sense now, by action. Default: `mask`'s of the actions chosen. */
  readonly mask?: {
    readonly [A in keyof ActionsOf<G[K]>]?: {
      readonly doc: string;
      readonly allows: (
        k: Rows<G[K]>,
        i: number,
        choice: number,
        w: ReadonlyWorld<W, G>,
        p: ParamValues<P>,
        item: number,
      ) => boolean;
    };
  };
  /** An i32 or u8 column: rows where it is 0 do not decide now, and keep the action they had. Default: all decide, or those who live. */
  readonly who?: FlagColumn<G[K]>;
}

export interface DecideBuilder<P extends ParamDeclarations, W extends Columns, G extends Tables> {
  /**
   * A decision: who takes it, when, what is chosen and what is known. A population may take several in a period; each is learned as a policy of its own.
   * Who never decides is not part of the environment; the action keeps the value it has at reset.
   */
  decide<const K extends PopulationKey<G>>(population: K, options: DecideOptions<P, W, G, NoInfer<K>>): DecidePhase;
}

export function decide(
  population: string,
  options: Documented & Partial<Omit<DecidePhase, "kind" | "population">>,
): DecidePhase {
  refuseUnknown(`decide("${population}", …)`, options, ["doc", "every", "choices", "observe", "mask", "who"]);
  const { doc, every = 1 } = options;
  return { kind: "decide", doc, population, every, ...decidingOf(options) };
}

/** With all that was left out. */
export const decidingOf = ({ choices = null, observe = null, mask = null, who = "" }: Partial<Deciding>): Deciding => ({
  choices,
  observe,
  mask,
  who,
});

export const decideKind: PhaseKind<DecidePhase> = {
  verify(name, { population, every, who }, names) {
    names.population(`phase "${name}"`, population);
    names.parameter(`how often phase "${name}" is decided`, every, ["episode", "never"]);
    if (who !== "") names.single(`who decides in phase "${name}"`, population, who, ["i32", "u8"]);
  },
  describe: ({ population, every, choices, who }) =>
    `${population} decide${choices === null ? "" : ` on ${choices.join(", ")}`}${every === 1 ? "" : `, every ${every}`}${who === "" ? "" : `, those with ${who}`}`,
  guarded: (phase) => phase,
  runner: () => ({ reseed() {}, run() {}, idle: true }),
};
