// What a calibration or a counterfactual has simulated so far, in its directory, so that one that was interrupted or killed goes on from there: a file per candidate, or per portion of them.
//
//   candidates/<SHA-256 of the request>
//   32 bytes  SHA-256 of the rest
//   the rest  64-bit floats: the number of worlds, of segments in each world, of values in each segment, then the values
import { createHash } from "node:crypto";
import type { Segments } from "../calibration/index.ts";
import { hashOf, type Json, type Store } from "../store/index.ts";

const FOLDER = "candidates/";
const SUM = 32; // bytes

export interface KeptCandidates<Work> {
  /** Null where the work has to be done: also where its file is damaged. */
  get(work: Work): readonly Segments[] | null;
  put(work: Work, worlds: readonly Segments[]): void;
  clear(): void;
}

export function keptCandidates<Work>(store: Store): KeptCandidates<Work> {
  const keyOf = (work: Work): string => FOLDER + hashOf(work as unknown as Json);
  return {
    get(work) {
      const file = store.get(keyOf(work));
      if (!file || file.length < SUM || !checksum(file.subarray(SUM)).equals(file.subarray(0, SUM))) return null;
      return unpacked(file.slice(SUM).buffer);
    },
    put(work, worlds) {
      const bytes = new Uint8Array(packed(worlds).buffer);
      store.put(keyOf(work), [checksum(bytes), bytes]);
    },
    clear() {
      for (const key of store.list(FOLDER)) store.delete(key);
    },
  };
}

const checksum = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

function packed(worlds: readonly Segments[]): Float64Array {
  const segments = worlds.flat();
  const head = [worlds.length, ...worlds.map(({ length }) => length), ...segments.map(({ length }) => length)];
  const out = new Float64Array(segments.reduce((sum, { length }) => sum + length, head.length));
  out.set(head);
  let at = head.length;
  for (const segment of segments) {
    out.set(segment, at);
    at += segment.length;
  }
  return out;
}

/** Null where the counts are not those of the values that follow. */
function unpacked(buffer: ArrayBuffer): Segments[] | null {
  if (buffer.byteLength % Float64Array.BYTES_PER_ELEMENT !== 0) return null;
  const numbers = new Float64Array(buffer);
  let at = 0;
  const take = (count: number): Float64Array => numbers.slice(at, (at += count));
  const isCounts = (counts: Float64Array): boolean => counts.every((n) => Number.isSafeInteger(n) && n >= 0);
  const [worlds = Number.NaN] = take(1);
  if (!isCounts(Float64Array.of(worlds))) return null;
  const counts = take(worlds);
  if (!isCounts(counts)) return null;
  const lengths = [...counts].map((count) => take(count));
  if (!lengths.every(isCounts)) return null;
  const series = lengths.map((ofWorld) => Array.from(ofWorld, take));
  return at === numbers.length ? series : null;
}
