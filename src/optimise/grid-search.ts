// Every point of a regular grid over the box, in order, and then again: for few characteristics, and to see the whole curve of the score.
//
// d characteristics, G points per dimension, Gᵈ in all
import { param } from "../core/params.ts";
import { defineOptimiser } from "./optimiser.ts";

export const gridSearchConfig = {
  points: param(11, {
    symbol: "G",
    min: 2,
    max: 10_000,
    integer: true,
    doc: "per characteristic, both bounds among them",
  }),
} as const;

export const gridSearch = defineOptimiser({
  name: "grid-search",
  source: "exhaustive enumeration",
  summary: "Every point of a regular grid; scores of a point that comes round again are averaged.",
  config: gridSearchConfig,
  create({ points: G }, { low, high, memory }) {
    const d = low.length;
    const size = low.reduce((points) => points * G, 1);
    if (size > 1e6)
      throw new Error(
        `grid-search: ${G} points in each of ${d} dimensions are ${size}, too many. Lower optimiser.points.`,
      );
    const asked = memory.f64(1);
    const counts = memory.f64(size);
    const sums = memory.f64(size);
    const point = (index: number): Float64Array => {
      const theta = new Float64Array(d);
      for (let k = 0; k < d; k++, index = Math.floor(index / G)) {
        const step = index % G;
        theta[k] = step === G - 1 ? high[k] : low[k] + (step / (G - 1)) * (high[k] - low[k]);
      }
      return theta;
    };
    const indexOf = (theta: Float64Array): number => {
      let index = 0;
      for (let k = d - 1; k >= 0; k--)
        index = index * G + Math.round(((theta[k] - low[k]) / (high[k] - low[k])) * (G - 1));
      return index;
    };
    return {
      state: { asked, counts, sums },
      ask: () => point(asked[0]++ % size),
      tell(theta, score) {
        if (Number.isNaN(score)) throw new Error(`grid-search: the score of θ = ${theta.join(", ")} is NaN.`);
        const index = indexOf(theta);
        counts[index] += 1;
        sums[index] += score;
      },
      best() {
        let best = -1;
        for (let k = 0; k < size; k++)
          if (counts[k] > 0 && (best < 0 || sums[k] / counts[k] > sums[best] / counts[best])) best = k;
        if (best < 0) throw new Error("grid-search: no score has been told yet.");
        return { theta: point(best), score: sums[best] / counts[best] };
      },
    };
  },
});
