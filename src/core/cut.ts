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

/** One of several threads that run the same program on the same memory. */
export interface Team {
  readonly rank: number;
  readonly size: number;
  /** Returns when every rank has called it; what was written before is then visible to all. */
  barrier(): void;
}
export const alone: Team = { rank: 0, size: 1, barrier() {} };

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
