// Options and habits shared by the verbs.
import { existsSync, readFileSync, statSync } from "node:fs";
import { type Command, InvalidArgumentError } from "commander";
import { isUnknown, NO_THEORY, type TruthValue } from "../economy/index.ts";
import type { Verdict } from "../experiment/claims.ts";
import type { Overrides } from "../experiment/experiment.ts";
import { plain } from "./terminal.ts";

export { shown } from "../report/index.ts";
export { table } from "./table.ts";

export interface CommonOptions {
  readonly json?: boolean;
}

/** `--set path=value`, repeatable; several on one flag separated by commas, and so are the numbers of a list: `wages=1,2,agents=100`. */
export function collectSettings(text: string, before: Overrides = {}): Overrides {
  const settings: Record<string, unknown> = { ...before };
  let path = "";
  for (const part of text.split(",")) {
    const at = part.indexOf("=");
    if (at < 0 && path !== "" && part.trim() !== "") {
      settings[path] += `,${part.trim()}`;
      continue;
    }
    if (at < 1 || !/^[a-zA-Z][\w.-]*$/.test(part.slice(0, at).trim()))
      throw new InvalidArgumentError(`got "${part}", expected path=value, for example --set agents=100.`);
    path = part.slice(0, at).trim();
    settings[path] = part.slice(at + 1).trim();
  }
  return settings;
}

export const withSettings = (command: Command): Command =>
  command.option(
    "--set <path=value>",
    "override a parameter, config.<name>, numEnvs or totalSteps; repeatable",
    collectSettings,
  );

/** A whole number in range, from an option or an argument. */
export const whole =
  (least: number, most: number = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (!(Number.isSafeInteger(value) && value >= least && value <= most))
      throw new InvalidArgumentError(
        `got "${text}", expected a whole number from ${least}${most < Number.MAX_SAFE_INTEGER ? ` to ${most}` : ""}.`,
      );
    return value;
  };

/** One JSON document, and nothing else, on stdout. A number that is not finite is null. */
export const printJson = (value: unknown): void => {
  // JSON escapes the controls below 32 itself, but not those from 127 to 159.
  const text = JSON.stringify(value, null, 2).replace(/[\x7f-\x9f]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);
  process.stdout.write(`${text}\n`);
};

export const print = (text: string): void => {
  process.stdout.write(`${plain(text)}\n`);
};

/** Bytes of a file that an option names. Throws where there is none that can be read. */
export function givenFile(option: string, file: string): Uint8Array {
  if (!existsSync(file)) throw new Error(`${option}: there is no file ${file}.`);
  if (statSync(file).isDirectory()) throw new Error(`${option}: ${file} is a directory, expected a file.`);
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Error(`${option}: cannot read ${file} (${(error as NodeJS.ErrnoException).code}).`);
  }
}

/** A metric's meaning, and why theory says nothing of it where it does not. */
export const noted = (doc: string, theory: TruthValue | undefined): string =>
  isUnknown(theory) ? `${doc}; ${NO_THEORY}: ${theory.unknown}` : doc;

/** A word of a command, as a shell would read it back. */
export const quoted = (text: string): string =>
  /^[\w./:=,@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** A verdict in a table, where a failure must not be overlooked. */
export const marked = (verdict: Verdict): string => (verdict === "fail" ? "FAIL" : verdict);

export const duration = (seconds: number): string =>
  seconds < 100
    ? `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`
    : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;

export const packageVersion = (): string =>
  JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")).version as string;
