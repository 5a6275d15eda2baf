// How much of what happened was foreseen: 1 − Var(return − value)/Var(return), over rows that several worlds add in any order.
import type { Allocator } from "../../core/cut.ts";

const WIDTH = 5; // Σ return, Σ return², Σ error, Σ error², how many

export interface ExplainedVariance {
  /** Replaces what world e has: returns are values plus errors, which are [rows]. */
  add(e: number, values: ArrayLike<number>, errors: ArrayLike<number>): void;
  /** Over all worlds, in order: 1 all foreseen, 0 no better than a constant, less: worse. Not a number where all returns are the same. */
  explained(): number;
}

export function createExplainedVariance(memory: Pick<Allocator, "f64">, worlds: number): ExplainedVariance {
  const sums = memory.f64(worlds * WIDTH);
  return {
    add(e, values, errors) {
      let [first, second, error, squares] = [0, 0, 0, 0];
      for (let r = 0; r < errors.length; r++) {
        const target = values[r] + errors[r];
        first += target;
        second += target * target;
        error += errors[r];
        squares += errors[r] * errors[r];
      }
      sums.set([first, second, error, squares, errors.length], e * WIDTH);
    },
    explained() {
      const total = (k: number): number => {
        let sum = 0;
        for (let at = k; at < sums.length; at += WIDTH) sum += sums[at];
        return sum;
      };
      const n = total(4);
      const variance = (k: number): number => total(k + 1) / n - (total(k) / n) * (total(k) / n);
      const spread = variance(0);
      return spread > 0 ? 1 - variance(2) / spread : Number.NaN;
    },
  };
}
