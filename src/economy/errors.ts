// Wording shared by the errors of this folder and the command line.
import { distance } from "fastest-levenshtein";

/** ` Did you mean "gini"?` when some candidate is near, else nothing. */
export function closest(given: string, candidates: readonly string[]): string {
  let best = "";
  let least = Infinity;
  for (const candidate of candidates) {
    const [a, b] = [given.toLowerCase(), candidate.toLowerCase()];
    const begun = Math.min(a.length, b.length) >= 3 && (a.startsWith(b) || b.startsWith(a));
    const d = begun ? 1 : distance(a, b);
    if (d < least) [least, best] = [d, candidate];
  }
  return best && least <= Math.max(2, Math.floor(best.length / 3)) ? ` Did you mean "${best}"?` : "";
}

/** The nearest candidate, and all of them. */
export const suggest = (given: string, candidates: readonly string[]): string =>
  `${closest(given, candidates)} Expected one of: ${candidates.join(", ")}.`;

/** Settings that do not exist are refused, not ignored. */
export function refuseUnknown(where: string, given: object, known: readonly string[]): void {
  for (const key of Object.keys(given))
    if (!known.includes(key)) throw new Error(`${where}: there is no setting "${key}".${suggest(key, known)}`);
}

/** `a, b or c`. */
export function list(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} or ${items.at(-1)}`;
}
