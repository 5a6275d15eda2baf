// variant: one of several phases, by a parameter. A model that comes in kinds has the rules of each in a phase, or a part, of its own.
import type { ChoiceParam, FlagParam, ParamDeclarations } from "../../core/params.ts";
import { RECORD, refuseOther } from "../../core/shape.ts";
import type { PhaseKind } from "./kind.ts";
import { described, guardedWithin, type Inner } from "./within.ts";

export interface VariantPhase<F extends Inner = Inner> {
  readonly kind: "variant";
  readonly doc: string;
  readonly by: string;
  readonly phases: Readonly<Record<string, F>>;
}

/** The values of a parameter, as names. */
type Choices<D> = D extends ChoiceParam<infer C> ? C : "true" | "false";
type ChoiceKey<P> = { [K in keyof P]: P[K] extends ChoiceParam | FlagParam ? K : never }[keyof P] & string;

export interface VariantBuilder<P extends ParamDeclarations> {
  /**
   * Runs the phase that is named as the parameter says, or nothing where none is. The parameter is a choice, or a flag with the names `true` and `false`.
   * Draws have the address of the variant, not of the phase within. Decisions stay outside.
   */
  variant<F extends Inner, const K extends ChoiceKey<P>>(
    by: K,
    phases: { readonly [C in Choices<P[K]>]?: F },
  ): VariantPhase<F>;
}

export function variant<F extends Inner>(by: string, phases: Readonly<Record<string, F>>): VariantPhase<F> {
  refuseOther(`variant("${by}", …): its phases`, phases, RECORD);
  const docs = Map.groupBy(Object.keys(phases), (name) => phases[name]!.doc);
  const doc = [...docs].map(([text, names]) => `${names.join(", ")}: ${text}`).join("; ");
  return { kind: "variant", doc, by, phases };
}

/** `kindOf` has the kinds of the phases within. */
export const variantKind = <F extends Inner>(kindOf: (phase: F) => PhaseKind<F>): PhaseKind<VariantPhase<F>> => ({
  verify(name, { by, phases }, names) {
    for (const [inner, phase] of Object.entries(phases)) {
      names.choice(`phase "${name}"`, by, inner);
      if (phase.kind === "decide")
        names.fail(
          `phase "${name}" varies the decision "${inner}"; leave decisions outside, every: "never" where none is taken.`,
        );
      kindOf(phase).verify(`${name}/${inner}`, phase, names);
    }
  },
  describe: (phase) => `by ${phase.by}: ${described(phase, kindOf)}`,
  guarded: (phase, links) => guardedWithin(phase, kindOf, links),
  runner(context, name, path, phase) {
    const one = phase.phases[String(context.params[phase.by])];
    return one ? kindOf(one).runner(context, name, path, one) : { reseed() {}, run() {} };
  },
});
