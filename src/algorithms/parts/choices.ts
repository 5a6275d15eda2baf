// Choices of several dimensions side by side: where they lie among columns, and which of them make sense.
//
// D action dimensions; Σ = choices over all of them, the columns of a mask; B rows
import type { PopulationSpec } from "../../env/vector-env.ts";
import { add, log, matrix, rowSum, sliceCols, type Tensor } from "../../nn/index.ts";

type Matrix = Tensor<"f32">;

/** Number of choices of each dimension; a box has none. */
export const branchesOf = ({ actions }: PopulationSpec): number[] => actions.map(({ space }) => space.count);

/** Σ */
export const choicesOf = (spec: PopulationSpec): number => branchesOf(spec).reduce((a, b) => a + b, 0);

/** Columns of an action: D for boxes, Σ for choices. */
export const columnsOf = (spec: PopulationSpec): number => (spec.continuous ? spec.actions.length : choicesOf(spec));

/** The first column of each branch. */
export const startsOf = (branches: readonly number[]): number[] =>
  branches.map((_, d) => branches.slice(0, d).reduce((a, b) => a + b, 0));

/** Columns of each dimension, of [B, Σ]. */
export function byDimension(columns: Matrix, spec: PopulationSpec): Matrix[] {
  let from = 0;
  return branchesOf(spec).map((count) => sliceCols(columns, from, (from += count)));
}

/** A mask as an input of a graph, [B, Σ]; of one column where nothing is masked. */
export const maskInput = (spec: PopulationSpec, rows: number) => matrix(rows, spec.masked ? choicesOf(spec) : 1);

/** ln of how many actions make sense, [B, 1]: the entropy of uniform choices among them. */
export const logAllowed = (mask: Matrix, spec: PopulationSpec): Matrix =>
  byDimension(mask, spec)
    .map((allowed) => log(rowSum(allowed)))
    .reduce((a, b) => add(a, b));

/** Of the n choices whose mask begins at `from`, how many make sense; all without a mask. */
export function countAllowed(mask: Uint8Array | null, from: number, n: number): number {
  if (!mask) return n;
  let count = 0;
  for (let a = 0; a < n; a++) count += mask[from + a]!;
  return count;
}

/** The choice that `rank` others that make sense come before. */
export function allowedAt(mask: Uint8Array | null, from: number, rank: number): number {
  if (!mask) return rank;
  for (let a = 0, left = rank; ; a++) if (mask[from + a] && left-- === 0) return a;
}

/** A choice among those that make sense, by a number in [0, 1). */
export const anyAllowed = (mask: Uint8Array | null, from: number, n: number, uniform: number): number =>
  allowedAt(mask, from, Math.floor(uniform * countAllowed(mask, from, n)));
