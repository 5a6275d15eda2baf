// Wording shared by the errors of this folder and the command line.
import { distance } from "fastest-levenshtein";

/** ` Did you mean "gini"?` when some candidate is near, else nothing. */
export function closest(given: string, candidates: readonly string[]): string {
  let best = "";
  let least = Infinity;
  for (const candidate of candidates) {
    const begun = given.length >= 3 && candidate.toLowerCase().startsWith(given.toLowerCase());
    const d = begun ? 1 : distance(given.toLowerCase(), candidate.toLowerCase());
    if (d < least) [least, best] = [d, candidate];
  }
  return best && least <= Math.max(2, Math.floor(best.length / 3)) ? ` Did you mean "${best}"?` : "";
}

/** `a, b or c`. */
export function list(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} or ${items.at(-1)}`;
}
