// Parameters: what a user may set, with symbol, unit and admissible range, and how settings are checked.
import { closest, list, refuseUnknown } from "./errors.ts";

export interface NumberParam {
  readonly kind: "number";
  /** null: computed by the economy's `derive` unless set. */
  readonly value: number | null;
  readonly symbol: string;
  readonly unit: string;
  readonly doc: string;
  /** Inclusive unless `exclusive`. */
  readonly min: number;
  readonly max: number;
  readonly exclusive: boolean;
  readonly integer: boolean;
}

/** A list of numbers, each within the same range. */
export interface NumbersParam {
  readonly kind: "numbers";
  readonly value: readonly number[];
  readonly symbol: string;
  readonly unit: string;
  readonly doc: string;
  readonly min: number;
  readonly max: number;
  readonly exclusive: boolean;
  readonly integer: boolean;
  /** How many numbers there may be, ends included. */
  readonly least: number;
  readonly most: number;
}

export interface ChoiceParam<C extends string = string> {
  readonly kind: "choice";
  readonly value: C;
  readonly choices: readonly C[];
  readonly symbol: string;
  readonly unit: string;
  readonly doc: string;
}

export interface FlagParam {
  readonly kind: "flag";
  readonly value: boolean;
  readonly symbol: string;
  readonly unit: string;
  readonly doc: string;
}

/** A name, such as a column's. */
export interface TextParam {
  readonly kind: "text";
  readonly value: string;
  readonly symbol: string;
  readonly unit: string;
  readonly doc: string;
}

export type Param = NumberParam | NumbersParam | ChoiceParam | FlagParam | TextParam;
export type ParamDeclarations = Readonly<Record<string, Param>>;

export interface ParamOptions {
  readonly symbol?: string;
  readonly unit?: string;
  readonly doc?: string;
  readonly min?: number;
  readonly max?: number;
  /** The bounds themselves are not admissible. */
  readonly exclusive?: boolean;
  readonly integer?: boolean;
}
const OPTIONS = ["symbol", "unit", "doc", "min", "max", "exclusive", "integer"];

/** Marks a parameter whose default the economy's `derive` computes from the others. */
export const derived = null;

export function param(value: number | typeof derived, options: ParamOptions = {}): NumberParam {
  refuseUnknown(`param(${value}, …)`, options, OPTIONS);
  const { symbol = "", unit = "1", doc = "", integer = false, exclusive = false } = options;
  const { min = -Infinity, max = Infinity } = options;
  return { kind: "number", value, symbol, unit, doc, min, max, exclusive, integer };
}

/** A list, as `[1, 2]` in code and files and `1,2` on a command line. */
export function numbers(
  value: readonly number[],
  options: ParamOptions & { readonly least?: number; readonly most?: number } = {},
): NumbersParam {
  if (!Array.isArray(value)) throw new Error(`numbers(${value}, …): got ${quoted(value)}, expected a list of numbers.`);
  refuseUnknown(`numbers([${value.join(", ")}], …)`, options, [...OPTIONS, "least", "most"]);
  const { least = 1, most = Infinity, ...rest } = options;
  return { ...param(0, rest), kind: "numbers", value, least, most };
}

export function choice<const C extends string>(
  value: NoInfer<C>,
  choices: readonly C[],
  options: Pick<ParamOptions, "symbol" | "doc"> = {},
): ChoiceParam<C> {
  if (!Array.isArray(choices))
    throw new Error(`choice("${value}", …): the choices are ${quoted(choices)}, expected a list of names.`);
  refuseUnknown(`choice("${value}", …)`, options, ["symbol", "doc"]);
  return { kind: "choice", value, choices, symbol: options.symbol ?? "", unit: "", doc: options.doc ?? "" };
}

/** On or off. */
export const flag = (value: boolean, doc = ""): FlagParam => ({ kind: "flag", value, symbol: "", unit: "", doc });

/** A name that the owner looks up, such as a column's; "" for none. */
export const text = (value: string, doc = ""): TextParam => ({ kind: "text", value, symbol: "", unit: "", doc });

/** Parameter values as an economy's or an algorithm's own functions see them. */
export type ParamValues<P> = P extends infer Q ? { readonly [K in keyof Q]: ValueOf<Q[K]> } : never;
export type ValueOf<D> =
  D extends ChoiceParam<infer C>
    ? C
    : D extends FlagParam
      ? boolean
      : D extends NumbersParam
        ? readonly number[]
        : D extends TextParam
          ? string
          : number;
export type ParamValue = number | string | boolean | readonly number[];
/** Parameter values where the owner is not known by type. */
export type AnyParamValues = Readonly<Record<string, ParamValue>>;
/** What a caller may set: numbers, choices, or their text (from a command line or a file). */
export type ParamSettings = Readonly<Record<string, unknown>>;

/** The range of one number of a parameter, in words. */
export function rangeOf(declared: Omit<NumberParam, "kind" | "value">): string {
  const { min, max, exclusive, integer } = declared;
  const kind = integer ? "an integer" : "a number";
  const [above, below] = exclusive ? ["above", "below"] : ["at least", "at most"];
  if (min > -Infinity && max < Infinity)
    return exclusive ? `${kind} strictly between ${min} and ${max}` : `${kind} from ${min} to ${max}`;
  if (min > -Infinity) return `${kind} ${above} ${min}`;
  if (max < Infinity) return `${kind} ${below} ${max}`;
  return kind;
}

/** What came, as its author would write it; JSON would turn NaN into null. */
const quoted = (given: unknown): string =>
  typeof given === "number" ? String(given) : (JSON.stringify(given) ?? String(given));

function readNumber(where: string, declared: NumberParam, given: unknown): number {
  const value = typeof given === "string" && given.trim() !== "" ? Number(given) : given;
  const { min, max, exclusive, integer } = declared;
  const admissible =
    typeof value === "number" &&
    Number.isFinite(value) &&
    (!integer || Number.isInteger(value)) &&
    (exclusive ? value > min && value < max : value >= min && value <= max);
  if (!admissible) throw new Error(`${where}: got ${quoted(given)}, expected ${rangeOf(declared)}.`);
  return value as number;
}

function readNumbers(where: string, declared: NumbersParam, given: unknown): readonly number[] {
  const items = typeof given === "string" ? given.split(",") : given;
  const { least, most } = declared;
  const count = most === Infinity ? `at least ${least}` : least === most ? String(least) : `${least} to ${most}`;
  if (!Array.isArray(items) || items.length < least || items.length > most)
    throw new Error(`${where}: got ${quoted(given)}, expected a list of ${count}, each ${rangeOf(declared)}.`);
  const each: NumberParam = { ...declared, kind: "number", value: 0 };
  return items.map((item, index) => readNumber(`${where}[${index}]`, each, item));
}

/** Checks one setting against its declaration; the error names the parameter, what came and what was expected. */
export function readParam(where: string, declared: Param, given: unknown): ParamValue {
  if (declared.kind === "number") return readNumber(where, declared, given);
  if (declared.kind === "numbers") return readNumbers(where, declared, given);
  if (declared.kind === "flag") {
    if (given === true || given === "true") return true;
    if (given === false || given === "false") return false;
    throw new Error(`${where}: got ${quoted(given)}, expected true or false.`);
  }
  if (declared.kind === "text") {
    if (typeof given === "string") return given;
    throw new Error(`${where}: got ${quoted(given)}, expected a name.`);
  }
  if (typeof given !== "string" || !declared.choices.includes(given))
    throw new Error(`${where}: got ${quoted(given)}, expected ${list(declared.choices)}.`);
  return given;
}

/** A few names in full; where there are many, how to list them. */
const listed = (names: readonly string[]): string =>
  names.length <= 8 ? `Its parameters: ${names.join(", ")}.` : `walras describe lists its ${names.length} parameters.`;

/** Every parameter's value, frozen: the settings over the defaults, and `derive` for those left to it. */
export function resolveParams(
  economy: {
    readonly name: string;
    readonly params: ParamDeclarations;
    readonly derive?: Readonly<Record<string, (p: AnyParamValues) => number>>;
  },
  settings: ParamSettings = {},
): AnyParamValues {
  const values: Record<string, ParamValue> = {};
  for (const name of Object.keys(settings))
    if (!Object.hasOwn(economy.params, name))
      throw new Error(
        `Unknown parameter "${name}" of ${economy.name}.${closest(name, Object.keys(economy.params), 3)} ${listed(Object.keys(economy.params))}`,
      );
  for (const [name, declared] of Object.entries(economy.params)) {
    const given = Object.hasOwn(settings, name) ? settings[name] : undefined;
    if (given !== undefined) values[name] = readParam(`${economy.name}.${name}`, declared, given);
    else if (declared.value !== null) values[name] = declared.value;
  }
  for (const [name, declared] of Object.entries(economy.params)) {
    if (Object.hasOwn(values, name)) continue;
    const rule = economy.derive?.[name];
    if (!rule) throw new Error(`${economy.name}.${name} is derived but the economy has no derive.${name}.`);
    values[name] = readParam(`${economy.name}.${name} (derived)`, declared, rule(values));
  }
  const frozen = (value: ParamValue): ParamValue => (Array.isArray(value) ? Object.freeze([...value]) : value);
  return Object.freeze(
    Object.fromEntries(Object.keys(economy.params).map((name) => [name, frozen(values[name]!)])), // in order of declaration
  );
}
