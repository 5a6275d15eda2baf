// Bayesian optimisation: a Gaussian process over what was measured, and the next question where it expects the most improvement.
// Jones, Schonlau & Welch 1998, "Efficient global optimization of expensive black-box functions", J. Global Optimization 13, 455-492;
// Snoek, Larochelle & Adams 2012, https://arxiv.org/abs/1206.2944; under noise improvement counts from the best posterior mean
// (Picheny et al. 2013). Proposals of a batch take those still out as measured at their posterior mean ("kriging believer", Ginsbourger et
// al. 2010).
//
// For scores that are dear to measure: some 10 to 200 of them, up to a dozen controls. Cheap scores or many controls: cma-es.ts.
// Not here: constraints, several objectives, measurements at several fidelities.
//
// d characteristics, n scores told; θ in natural units, x = (θ − low)/(high − low) in the unit cube

import { param } from "../core/params.ts";
import { minimise } from "../math/index.ts";
import { defineOptimiser } from "./optimiser.ts";
import { logExpectedImprovement } from "./parts/expected-improvement.ts";
import { fitGaussianProcess, type GaussianProcess } from "./parts/gaussian-process.ts";
import { latinHypercube } from "./parts/latin-hypercube.ts";
import { createSearchHistory } from "./parts/search-history.ts";

export const bayesianOptimisationConfig = {
  initialPoints: param(0, {
    min: 0,
    max: 1e4,
    integer: true,
    doc: "spread evenly (Latin hypercube) before the model is asked; 0 stands for 2 (d + 1)",
  }),
  candidates: param(512, { min: 16, max: 1e6, integer: true, doc: "points at which expected improvement is compared" }),
  climbs: param(4, { min: 1, max: 100, integer: true, doc: "best candidates from which it is then climbed" }),
};

export const bayesianOptimisation = defineOptimiser({
  name: "bayesian-optimisation",
  source: "Jones, Schonlau & Welch 1998; Snoek, Larochelle & Adams 2012",
  summary: "Gaussian process (Matérn 5/2) and expected improvement: for scores that are dear to measure",
  config: bayesianOptimisationConfig,
  create({ initialPoints, candidates, climbs }, box) {
    const history = createSearchHistory(box);
    const { d } = history;
    const design = latinHypercube(box.rng.fork("initial design"), initialPoints || 2 * (d + 1), d);
    const search = box.rng.fork("candidates");
    const near = box.rng.fork("near the incumbent");
    let model: GaussianProcess | null = null;
    let basis: Float64Array = new Float64Array(0); // the scores it was fitted to
    const current = (): GaussianProcess => {
      const { points, scores } = history.all();
      const stale = scores.length !== basis.length || scores.some((score, i) => score !== basis[i]);
      if (model === null || stale) model = fitGaussianProcess(points, scores, d);
      basis = scores;
      return model;
    };

    return {
      ask() {
        const k = history.asked();
        if (k < design.length || history.count() === 0) return history.propose(design[k % design.length]);
        let process = current();
        for (const x of history.pending()) process = process.with(x, process.predict(x).mean);
        return history.propose(mostImproving(process, incumbent(process, history.all().points, d), k));
      },
      tell: history.tell,
      best() {
        const { points } = history.all();
        if (points.length === 0) throw new Error("bayesianOptimisation: best() before any score was told.");
        const { x, mean } = incumbent(current(), points, d);
        return { theta: history.natural(x), score: mean };
      },
      state: history.state,
    };

    // max_x log EI(x): candidates all over the cube and around the incumbent, the best of them followed uphill
    function mostImproving(process: GaussianProcess, { x: top, mean }: Incumbent, k: number): Float64Array {
      const wide = new Float64Array(candidates * d);
      search.uniform(wide, { lane: 0, period: k, from: 0 });
      const close = new Float64Array(Math.ceil(candidates / 4) * d);
      near.normal(close, { lane: 0, period: k, from: 0 });
      const steps = [0.1, 0.01];
      const points = Array.from({ length: candidates }, (_, i) => wide.slice(i * d, (i + 1) * d));
      for (let i = 0; i < close.length / d; i++)
        points.push(top.map((at, j) => Math.min(1, Math.max(0, at + steps[i % 2] * close[i * d + j]))));
      const gradient = new Float64Array(2 * d);
      const value = (x: Float64Array): number => {
        const { mean: μ, sd } = process.predict(x);
        return logExpectedImprovement(μ, sd, mean).value;
      };
      const uphill = (x: Float64Array, g: Float64Array): number => {
        const { mean: μ, sd } = process.predict(x, gradient);
        const { value, byMean, bySd } = logExpectedImprovement(μ, sd, mean);
        for (let j = 0; j < d; j++) g[j] = -(byMean * gradient[j] + bySd * gradient[d + j]);
        return -value;
      };
      const values = points.map(value);
      const starts = points.map((_, i) => i).sort((a, b) => values[b] - values[a] || a - b);
      let best: { x: Float64Array; value: number } | null = null;
      for (const i of starts.slice(0, climbs)) {
        const found = minimise(uphill, points[i], {
          low: new Float64Array(d),
          high: new Float64Array(d).fill(1),
          maxIterations: 50,
          tolerance: 1e-6,
        });
        if (best === null || found.value < best.value) best = found;
      }
      return best!.x;
    }
  },
});

interface Incumbent {
  readonly x: Float64Array;
  readonly mean: number;
}

/** Of the points measured, the one with the best posterior mean: noise does not make a winner of a lucky one. */
function incumbent(process: GaussianProcess, points: Float64Array, d: number): Incumbent {
  let best: Incumbent | null = null;
  for (let i = 0; i < points.length; i += d) {
    const x = points.slice(i, i + d);
    const mean = process.mean(x);
    if (best === null || mean > best.mean) best = { x, mean };
  }
  return best!;
}
