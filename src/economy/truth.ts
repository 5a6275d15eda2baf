// What theory says of an economy at given parameters, and why it says nothing where it does not apply.
import { NotConverged } from "../math/index.ts";

/** In place of a value: theory does not apply at these parameters, and why. */
export interface Unknown {
  /** One sentence without a full stop, with the values that matter. */
  readonly unknown: string;
}

/** What is known exactly: a number, one per firm, state or whatever the documentation says; or why it is not known. */
export type TruthValue = number | readonly number[] | Unknown;
export type Truth = Readonly<Record<string, TruthValue>>;

export const unknown = (reason: string): Unknown => ({ unknown: reason });

export const isUnknown = (value: unknown): value is Unknown =>
  typeof value === "object" && value !== null && "unknown" in value;

/** What an iterative solver finds, or unknown where it says that it does not converge. */
export function solved<V>(solve: () => V): V | Unknown {
  try {
    return solve();
  } catch (error) {
    if (error instanceof NotConverged) return unknown(error.message);
    throw error;
  }
}

/** Somebody needed a value that theory does not have. */
export class NoTheory extends Error {}

/** The value itself, for arithmetic with it; an error with the reason where it is unknown. */
export function known<V>(value: V): Exclude<V, Unknown> {
  if (isUnknown(value)) throw new NoTheory(value.unknown);
  return value as Exclude<V, Unknown>;
}

/** All values of a truth, for arithmetic with them; an error with the reason where one is unknown. */
export function allKnown<T extends Truth>(truth: T): { readonly [K in keyof T]: Exclude<T[K], Unknown> } {
  return Object.fromEntries(Object.entries(truth).map(([name, value]) => [name, known(value)])) as {
    readonly [K in keyof T]: Exclude<T[K], Unknown>;
  };
}

/** A value as JSON documents show it: null where it is unknown. */
export const valueOrNull = (value: TruthValue | undefined): number | readonly number[] | null =>
  value === undefined || isUnknown(value) ? null : value;

/** Values by name, null where unknown, and the reasons for those. */
export function stated(truth: Truth): {
  readonly truth: Readonly<Record<string, number | readonly number[] | null>>;
  readonly reasons: Readonly<Record<string, string>>;
} {
  const entries = Object.entries(truth);
  return {
    truth: Object.fromEntries(entries.map(([name, value]) => [name, valueOrNull(value)])),
    reasons: Object.fromEntries(
      entries.flatMap(([name, value]) => (isUnknown(value) ? [[name, value.unknown] as const] : [])),
    ),
  };
}

/** As tables and reports say it. */
export const NO_THEORY = "no theory here";
