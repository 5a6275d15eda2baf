// Wording shared by the errors of this folder and the command line.
import { distance } from "fastest-levenshtein";

/** ` Did you mean "gini"?` when some candidate is near, else nothing; of several as near, up to `most`. */
export function closest(given: string, candidates: readonly string[], most = 1): string {
  const near = candidates
    .map((candidate) => ({ candidate, d: apart(given.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, d }) => d <= Math.max(2, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.d - b.d);
  const nearest = near.filter(({ d }) => d < near[0]!.d + 1).slice(0, most);
  return nearest.length > 0 ? ` Did you mean ${list(nearest.map(({ candidate }) => `"${candidate}"`))}?` : "";
}

/** Edits between two names; a name that begins another, or is the last part of its path, is one edit away. */
function apart(a: string, b: string): number {
  const begun = Math.min(a.length, b.length) >= 3 && (a.startsWith(b) || b.startsWith(a) || b.endsWith(`.${a}`));
  return begun ? 1 : distance(a, b);
}

/** Names that are listed although one of them is near. */
const FEW = 8;

/** The nearest candidate, and all of them where they are few or none is near. */
export function suggest(given: string, candidates: readonly string[]): string {
  const near = closest(given, candidates);
  return near !== "" && candidates.length > FEW ? near : `${near} Expected one of: ${candidates.join(", ")}.`;
}

/** Settings that do not exist are refused, not ignored. */
export function refuseUnknown(where: string, given: object, known: readonly string[]): void {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new Error(
      `${where}: the settings are ${given === undefined ? "missing" : typeof given === "function" ? "a function" : JSON.stringify(given)}, expected an object with ${list(known)}.`,
    );
  for (const key of Object.keys(given))
    if (!known.includes(key)) throw new Error(`${where}: there is no setting "${key}".${suggest(key, known)}`);
}

/** `a, b or c`. */
export function list(items: readonly string[], last: "or" | "and" = "or"): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} ${last} ${items.at(-1)}`;
}
