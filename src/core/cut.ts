// How a team shares work: who is in it, where columns live, and how rows are cut.

/** Where columns live: plain memory, or one shared by several threads. Equal calls in equal order give equal places. */
export interface Allocator {
  f64(n: number): Float64Array;
  f32(n: number): Float32Array;
  i32(n: number): Int32Array;
  u8(n: number): Uint8Array;
  /** Bytes that it still has; left out where only the machine sets a limit. */
  readonly free?: number;
}
export const plainMemory: Allocator = {
  f64: (n) => new Float64Array(n),
  f32: (n) => new Float32Array(n),
  i32: (n) => new Int32Array(n),
  u8: (n) => new Uint8Array(n),
};

/** An array of which this rank has written the elements of some ranges [from, to). */
export interface Written {
  readonly array: Float64Array | Float32Array | Int32Array | Uint8Array;
  readonly ranges: readonly (readonly [from: number, to: number])[];
}

/**
 * One of several ranks that run the same program, in step. Ranks are threads on one memory today; what they tell each other goes through these calls alone, so
 * that ranks with memories of their own can run the phases of a simulation as well.
 */
export interface Team {
  readonly rank: number;
  readonly size: number;
  /** Returns when every rank has called it; what was written before is then visible to all who share the memory. */
  barrier(): void;
  /**
   * The same, and every rank has then what the others have written. `written` gives the same arrays in the same order on every rank, and of each the ranges of its own,
   * which no other rank's overlap. Where memory is shared there is nothing to move, and it is not called.
   */
  exchange(written: () => readonly Written[]): void;
}
export const alone: Team = { rank: 0, size: 1, barrier() {}, exchange() {} };

/** Whole worlds to each rank, or some rows of every world. */
export type Cut = "worlds" | "rows";

/** Rows a `total` adds up before blocks are combined pairwise; row cuts fall on its multiples, so that sums do not depend on them. */
export const BLOCK = 4096;

/** Rows [from, to) of piece `piece` of `pieces`: contiguous, aligned to BLOCK, together 0 … n. */
export function rowCut(n: number, pieces: number, piece: number, block = BLOCK): [from: number, to: number] {
  const blocks = Math.ceil(n / block);
  const at = (k: number) => Math.min(n, Math.floor((blocks * k) / pieces) * block);
  return [at(piece), piece === pieces - 1 ? n : at(piece + 1)];
}
