// Policy search with a Gaussian: the leader's policy is N(μ, σ²) over the box, and μ climbs the likelihood-ratio gradient of the expected score.
//   ∇_μ E[s(θ)] = E[(s − s̄)(θ − μ)]/σ²        Williams 1992, REINFORCE; with mirrored draws μ ± σ z: Salimans et al. 2017
// The step is in units of the scores' own deviation, so that it does not depend on the units of the score.
//
// d characteristics, scaled to [0, 1]; n scores per step
import { param } from "../core/params.ts";
import { defineOptimiser } from "./optimiser.ts";

export const gaussianSearchConfig = {
  sigma: param(0.1, {
    symbol: "σ",
    min: 0,
    max: 1,
    exclusive: true,
    doc: "of the policy to begin with, as a share of the range",
  }),
  sigmaDecay: param(0.97, { min: 0, max: 1, exclusive: false, doc: "σ is multiplied by this at every step" }),
  stepSize: param(0.5, {
    min: 0,
    exclusive: true,
    doc: "a score one deviation above the mean moves μ by this share of its distance",
  }),
  batch: param(4, {
    symbol: "n",
    min: 2,
    max: 10_000,
    integer: true,
    doc: "scores per step; even, so that draws come in mirrored pairs",
  }),
} as const;

export const gaussianSearch = defineOptimiser({
  name: "gaussian-search",
  source: "Williams (1992), Machine Learning 8, 229; Salimans et al. (2017), arXiv:1703.03864",
  summary: "A Gaussian policy over the box whose mean follows the likelihood-ratio gradient of the score.",
  config: gaussianSearchConfig,
  create({ sigma, sigmaDecay, stepSize, batch }, { low, high, rng, memory }) {
    if (batch % 2 === 1) throw new Error(`gaussian-search: optimiser.batch is ${batch}, expected an even number.`);
    const d = low.length;
    const draws = rng.fork("draws");
    const mean = memory.f64(d);
    const counters = memory.f64(5); // asked, told; of this step: scores, Σ s, Σ s²
    const sums = memory.f64(2 * d); // Σ s x, Σ x of this step, x = θ − μ
    const last = memory.f64(1); // mean score of the last step
    const [ASKED, TOLD, COUNT, SUM, SQUARES] = [0, 1, 2, 3, 4];
    const z = new Float64Array(d);
    const scale = (k: number): number => high[k] - low[k];
    /** μ is kept as the distance from the middle of the box, which is 0 in fresh memory. */
    const at = (k: number): number => 0.5 + mean[k];
    const width = (): number => {
      let σ = sigma;
      for (let step = Math.floor(counters[TOLD] / batch); step > 0; step--) σ *= sigmaDecay;
      return σ;
    };
    return {
      state: { mean, counters, sums, last },
      ask() {
        const n = counters[ASKED]++;
        draws.normal(z, { lane: 0, period: Math.floor(n / 2), from: 0 });
        const side = n % 2 === 0 ? 1 : -1;
        const σ = width();
        return Float64Array.from({ length: d }, (_, k) => {
          const x = Math.min(1, Math.max(0, at(k) + side * σ * z[k]));
          return low[k] + x * scale(k);
        });
      },
      tell(theta, score) {
        if (Number.isNaN(score)) throw new Error(`gaussian-search: the score of θ = ${theta.join(", ")} is NaN.`);
        for (let k = 0; k < d; k++) {
          const x = (theta[k] - low[k]) / scale(k) - at(k);
          sums[k] += score * x;
          sums[d + k] += x;
        }
        counters[TOLD] += 1;
        counters[COUNT] += 1;
        counters[SUM] += score;
        counters[SQUARES] += score * score;
        if (counters[COUNT] < batch) return;
        const average = counters[SUM] / batch;
        const deviation = Math.sqrt(Math.max(0, counters[SQUARES] / batch - average * average));
        // Σ (s − s̄) x / (n sd(s)): one deviation of score is worth stepSize of the distance at which it was found
        for (let k = 0; k < d && deviation > 0; k++) {
          const step = (sums[k] - average * sums[d + k]) / (batch * deviation);
          mean[k] = Math.min(0.5, Math.max(-0.5, mean[k] + stepSize * step));
        }
        last[0] = average;
        counters.fill(0, COUNT);
        sums.fill(0);
      },
      best() {
        if (counters[TOLD] < batch)
          throw new Error(`gaussian-search: ${counters[TOLD]} scores were told, expected at least ${batch}.`);
        return { theta: Float64Array.from({ length: d }, (_, k) => low[k] + at(k) * scale(k)), score: last[0] };
      },
    };
  },
});
