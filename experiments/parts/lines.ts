// What the figures of these experiments have in common.
import { type FigureLine, known, type Unknown } from "walras";

/** A horizontal dashed line: theory, or a figure of the paper. */
export const level = (label: string, value: number | Unknown): FigureLine => ({ label, level: known(value) });

/** A dashed curve. */
export const curve = (label: string, of: (x: number) => number, xs: readonly number[]): FigureLine => ({
  label,
  points: xs.map((x) => [x, of(x)]),
});

/** `count` points from `low` to `high`. */
export const spaced = (low: number, high: number, count: number): number[] =>
  Array.from({ length: count }, (_, k) => low + ((high - low) * k) / (count - 1));

export const STEPS = "world-periods of training";

/** What a leader that searches plays while its followers learn; for captions. */
export const SEARCH =
  "Until the search begins, the middle of the range; then the best found so far; at the end what was settled on.";
