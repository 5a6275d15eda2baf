// What a surrogate says of a point.

export interface Prediction {
  readonly mean: number;
  /** Of the function: what more runs would tell. */
  readonly sd: number;
  /** Of one run around the function: what more runs do not tell. */
  readonly noiseSd: number;
}

/** A model of the unit cube. */
export interface Model {
  (x: ArrayLike<number>): Prediction;
  /** The mean alone, where that is cheaper. */
  readonly mean: (x: ArrayLike<number>) => number;
}
