// Points spread evenly over a unit cube.
import type { Stream } from "../../random/index.ts";

// McKay, Beckman & Conover 1979: in every dimension one point in each of n equal slices. Of 20 such designs, the one whose closest
// points are furthest apart.
/** n points [d] in the unit cube. */
export function latinHypercube(stream: Stream, n: number, d: number): readonly Float64Array[] {
  let best: Float64Array[] = [];
  let widest = -1;
  for (let attempt = 0; attempt < 20; attempt++) {
    const columns = Array.from({ length: d }, (_, j) => slices(stream, n, attempt, j));
    const points = Array.from({ length: n }, (_, i) => Float64Array.from(columns, (column) => column[i]));
    const gap = closest(points);
    if (gap > widest) [best, widest] = [points, gap];
  }
  return best;
}

/** A place in each of n slices of [0, 1], in random order. */
function slices(stream: Stream, n: number, attempt: number, dimension: number): Float64Array {
  const at = { lane: attempt, period: 2 * dimension, from: 0 };
  const places = new Float64Array(n);
  const keys = new Float64Array(n);
  stream.uniform(places, at);
  stream.uniform(keys, { ...at, period: at.period + 1 });
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => keys[a] - keys[b]);
  return Float64Array.from(order, (slice, i) => (slice + places[i]) / n);
}

function closest(points: readonly Float64Array[]): number {
  let least = Infinity;
  for (let i = 0; i < points.length; i++)
    for (let j = 0; j < i; j++) {
      const apart = points[i].reduce((sum, v, k) => sum + (v - points[j][k]) * (v - points[j][k]), 0);
      least = Math.min(least, apart);
    }
  return least;
}
