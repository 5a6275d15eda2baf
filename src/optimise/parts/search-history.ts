// What an optimiser has been told and what it still waits for, in live arrays that a checkpoint can take.
//
// Fresh memory is all zeros, and that is a valid start: nothing is written before the first ask or tell, so ranks that create the same
// optimiser on shared memory one after the other do not undo each other.
//
// d characteristics; θ in natural units, x in the unit cube
import type { SearchBox } from "../optimiser.ts";

export interface SearchHistory {
  readonly d: number;
  /** How often `propose` was called: the address of draws. */
  asked(): number;
  count(): number;
  /** Copies: points [n, d] in the unit cube, scores [n], in the order they came. */
  all(): { points: Float64Array; scores: Float64Array };
  /** The same of the last `n` alone. */
  latest(n: number): { points: Float64Array; scores: Float64Array };
  /** Proposals whose scores are still out. */
  pending(): Float64Array[];
  /** Notes x as proposed; returns it in natural units. */
  propose(x: Float64Array): Float64Array;
  tell(theta: Float64Array, score: number): void;
  natural(x: ArrayLike<number>): Float64Array;
  readonly state: Readonly<Record<string, ArrayBufferView>>;
}

const ASKED = 0;
const COUNT = 1;
const WAITING = 2;

export function createSearchHistory({ low, high, most, memory }: SearchBox): SearchHistory {
  const d = low.length;
  if (high.length !== d || low.some((from, k) => !(from < high[k] && high[k] - from < Infinity)))
    throw new Error(
      `An optimiser's box: got [${low.join(", ")}] to [${high.join(", ")}], expected finite bounds, each low below its high.`,
    );
  const counters = memory.f64(3);
  const scores = memory.f64(most);
  const thetas = memory.f64(most * d); // [most, d]
  const waiting = memory.f64(most * d); // [most, d] proposals whose scores are out
  const natural = (x: ArrayLike<number>) =>
    low.map((from, k) => Math.min(high[k], Math.max(from, from + x[k] * (high[k] - from))));
  const unit = (theta: ArrayLike<number>) => low.map((from, k) => (theta[k] - from) / (high[k] - from));

  return {
    d,
    asked: () => counters[ASKED],
    count: () => counters[COUNT],
    all: () => latest(counters[COUNT]),
    latest,
    pending: () => Array.from({ length: counters[WAITING] }, (_, i) => unit(waiting.subarray(i * d, (i + 1) * d))),
    propose(x) {
      const theta = natural(x);
      // A caller that asks and never tells loses its oldest question.
      if (counters[WAITING] === most) forget(0);
      waiting.set(theta, counters[WAITING] * d);
      counters[WAITING]++;
      counters[ASKED]++;
      return theta;
    },
    tell(theta, score) {
      if (theta.length !== d) throw new Error(`tell: got ${theta.length} characteristics, expected ${d}.`);
      if (!Number.isFinite(score))
        throw new Error(
          `tell: the score of θ = [${theta.join(", ")}] is ${score}, expected a finite number. Give a bad but finite score to what failed.`,
        );
      theta.forEach((value, k) => {
        if (!(value >= low[k] && value <= high[k]))
          throw new Error(`tell: characteristic ${k} is ${value}, outside its bounds ${low[k]} to ${high[k]}.`);
      });
      if (counters[COUNT] === most)
        throw new Error(`tell: ${most} scores were announced as the most, and this is another one. Raise \`most\`.`);
      thetas.set(theta, counters[COUNT] * d);
      scores[counters[COUNT]] = score;
      counters[COUNT]++;
      for (let i = 0; i < counters[WAITING]; i++)
        if (theta.every((value, k) => value === waiting[i * d + k])) {
          forget(i);
          break;
        }
    },
    natural,
    state: { counters, scores, thetas, waiting },
  };

  function latest(n: number): { points: Float64Array; scores: Float64Array } {
    const from = counters[COUNT] - n;
    const points = new Float64Array(n * d);
    for (let i = 0; i < n; i++)
      for (let k = 0; k < d; k++) points[i * d + k] = (thetas[(from + i) * d + k] - low[k]) / (high[k] - low[k]);
    return { points, scores: scores.slice(from, from + n) };
  }

  function forget(i: number): void {
    waiting.copyWithin(i * d, (i + 1) * d, counters[WAITING] * d);
    counters[WAITING]--;
    waiting.fill(0, counters[WAITING] * d, (counters[WAITING] + 1) * d);
  }
}
