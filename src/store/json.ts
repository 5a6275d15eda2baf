// JSON that carries numbers safely. NaN and ±Infinity have no JSON spelling and become null, which readers of a run
// take as "not measured".
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Keys in one fixed order at every depth, no spaces: equal values give equal text, however they were built. */
export function canonicalJson(value: Json): string {
  return JSON.stringify(value, (_, inner: Json) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}

/** SHA-256 of the canonical JSON, in hex: the name of a resolved configuration. */
export function hashOf(config: Json): string {
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(config))));
}
