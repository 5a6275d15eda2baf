// What a declared value must be, said in words where it is something else.
import { closest, list, refuseUnknown } from "./errors.ts";

export interface Expected {
  /** `a text`; ends the sentence "… expected …". */
  readonly words: string;
  readonly holds: (value: unknown) => boolean;
  readonly choices?: readonly string[];
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const TEXT: Expected = { words: "a text", holds: (value) => typeof value === "string" };
export const FUNCTION: Expected = { words: "a function", holds: (value) => typeof value === "function" };
export const FLAG: Expected = { words: "true or false", holds: (value) => typeof value === "boolean" };
export const RECORD: Expected = { words: "an object", holds: isRecord };
export const LIST: Expected = { words: "a list", holds: Array.isArray };
/** Of a tolerance. */
export const DISTANCE: Expected = {
  words: "a number from 0 on",
  holds: (value) => typeof value === "number" && value >= 0,
};
export const SCALE: Expected = {
  words: "a finite number or a function of the parameters",
  holds: (value) => typeof value === "function" || Number.isFinite(value),
};
export const SIZE: Expected = {
  words: "a number or the name of a parameter",
  holds: (value) => typeof value === "number" || typeof value === "string",
};
export const oneOf = (...choices: readonly string[]): Expected => ({
  words: list(choices.map((name) => `"${name}"`)),
  holds: (value) => choices.includes(value as string),
  choices,
});

/** What came, in words. */
function described(value: unknown): string {
  if (value === undefined) return "missing";
  if (typeof value === "string") return `"${value}"`;
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

export function refuseOther(where: string, value: unknown, { words, holds, choices = [] }: Expected): void {
  if (holds(value)) return;
  const near = typeof value === "string" ? closest(value, choices) : "";
  throw new Error(`${where} is ${described(value)}, expected ${words}.${near}`);
}

/** An object with no other settings than those of the shape, each of its kind; those that `required` names are there. */
export function refuseShape(
  where: string,
  given: unknown,
  shape: Readonly<Record<string, Expected>>,
  required: readonly string[] = [],
): void {
  if (!isRecord(given))
    throw new Error(`${where} is ${described(given)}, expected an object with ${list(Object.keys(shape), "and")}.`);
  refuseUnknown(where, given, Object.keys(shape));
  for (const [setting, expected] of Object.entries(shape))
    if (given[setting] !== undefined || required.includes(setting))
      refuseOther(`${where}${where.endsWith('"') ? ": " : "."}${setting}`, given[setting], expected);
}
