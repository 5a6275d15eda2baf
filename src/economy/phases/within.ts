// Phases within a phase: those of a repeat, and the variants of one.
import type { Documented, PhaseKind } from "./kind.ts";

/** A phase that may stand within another. */
export type Inner = Documented & { readonly kind: string };

interface Holder<F> {
  readonly phases: Readonly<Record<string, F>>;
}

/** What the phases within say: "walk, each of people; count, sum over people". */
export const described = <F extends Inner>({ phases }: Holder<F>, kindOf: (phase: F) => PhaseKind<F>): string =>
  Object.entries(phases)
    .map(([inner, phase]) => `${inner}, ${kindOf(phase).describe(phase)}`)
    .join("; ");

/** The same with each of them held to what it declares. */
export const guardedWithin = <F extends Inner, H extends Holder<F>>(
  holder: H,
  kindOf: (phase: F) => PhaseKind<F>,
  links: Parameters<PhaseKind<F>["guarded"]>[1],
): H => ({
  ...holder,
  phases: Object.fromEntries(
    Object.entries(holder.phases).map(([inner, phase]) => [inner, kindOf(phase).guarded(phase, links)]),
  ),
});
