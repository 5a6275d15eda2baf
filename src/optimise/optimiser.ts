// Searching a box for the θ of the highest score, one question at a time: ask for a θ, measure it however long that takes, tell its score.
//
// An optimiser is declared with its settings, like an algorithm, and created once per run:
//   const search = cmaEs.create({ initialSigma: 0.3, … }, { low, high, most: 100, rng, memory });
//   const θ = search.ask();   search.tell(θ, score);   search.best();
//
// d characteristics
import type { Allocator } from "../core/cut.ts";
import type { ParamDeclarations, ParamValues } from "../core/params.ts";
import type { Stream } from "../random/index.ts";

/** Where to search, and with what. */
export interface SearchBox {
  /** [d] Bounds of θ in natural units, low < high. Optimisers scale for themselves. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** The most scores that will ever be told: how much to remember. */
  readonly most: number;
  /** Draws have addresses: count asks in `state`, not in a variable. */
  readonly rng: Stream;
  /** Where `state` lives; equal calls in equal order on every thread. */
  readonly memory: Allocator;
}

export interface Search {
  /**
   * [d] The next θ to measure, within bounds and in natural units; the caller's own. May be called several times before the scores are told:
   * a batch of different proposals.
   */
  ask(): Float64Array;
  /** Higher is better. Scores may come in any order, and for any θ in the box, asked for or not. NaN is an error. */
  tell(theta: Float64Array, score: number): void;
  /** What to settle on, given everything told so far, and the score expected there; under noise that need not be the highest score seen. */
  best(): { readonly theta: Float64Array; readonly score: number };
  /** Live arrays that hold everything to be remembered, counters too: once they are restored, the search goes on as if never stopped. */
  readonly state: Readonly<Record<string, ArrayBufferView>>;
}

export interface Optimiser<D extends ParamDeclarations = ParamDeclarations> {
  readonly name: string;
  readonly source: string;
  readonly summary: string;
  readonly config: D;
  /** With several threads every rank creates one on the same memory, and rank 0 alone asks and tells. */
  create(config: ParamValues<D>, box: SearchBox): Search;
}

/** An optimiser whose settings' types are known only to itself. */
export interface AnyOptimiser extends Omit<Optimiser, "create"> {
  create(config: never, box: SearchBox): Search;
}

export const defineOptimiser = <const D extends ParamDeclarations>(optimiser: Optimiser<D>): Optimiser<D> => optimiser;
