// CMA-ES: a cloud of normal draws that moves to the better half, stretches along successful directions and adapts its width.
// Hansen 2016, "The CMA evolution strategy: a tutorial", https://arxiv.org/abs/1604.00772 (version of 2023); equation numbers are its own, the
// constants those of its table 1, with negative weights (active covariance update).
//
// For scores that are cheap, noisy or many: some hundreds to thousands, controls up to a few dozen. Few and dear scores: bayesian-optimisation.ts.
// Not here: restarts with growing populations (IPOP, BIPOP), stopping rules (the caller's budget stops it).
//
// Bounds: a draw outside the box is drawn again, up to ten times, and then moved to the nearest point inside; what is told is what was
// asked, so the update sees the draw as moved ("resampling" and "projection" in Biedrzycki 2020, Swarm and Evolutionary Computation 52).
//
// d characteristics, λ draws per generation, of which μ are parents; θ in natural units, x = (θ − low)/(high − low) in the unit cube

import { param } from "../core/params.ts";
import { exp, log, pairwiseSum, pow, symmetricEigen } from "../math/index.ts";
import { defineOptimiser } from "./optimiser.ts";
import { createSearchHistory } from "./parts/search-history.ts";

export const cmaEsConfig = {
  populationSize: param(0, {
    min: 0,
    max: 1e5,
    integer: true,
    symbol: "λ",
    doc: "draws per generation; 0 stands for 4 + ⌊3 ln d⌋. Larger is more robust to noise and local optima",
  }),
  initialSigma: param(0.3, {
    min: 0,
    exclusive: true,
    max: 1,
    symbol: "σ₀",
    doc: "first standard deviation, as a share of the box, around its centre",
  }),
};

const DRAWS_AGAIN = 10;
const NARROWEST = 1e-12;
// counters
const GENERATION = 0;
const SIGMA = 1;
const STARTED = 2;

export const cmaEs = defineOptimiser({
  name: "cma-es",
  source: "Hansen 2016, https://arxiv.org/abs/1604.00772",
  summary: "Covariance matrix adaptation: for cheap, noisy or many scores",
  config: cmaEsConfig,
  create({ populationSize, initialSigma }, box) {
    if (populationSize > 0 && populationSize < 4)
      throw new Error(`cma-es.populationSize: got ${populationSize}, expected at least 4, or 0 for 4 + ⌊3 ln d⌋.`);
    const history = createSearchHistory(box);
    const { d } = history;
    const c = constants(d, populationSize);
    const draws = box.rng.fork("draws");
    const { memory } = box;
    const progress = memory.f64(3);
    const mean = memory.f64(d); // m
    const C = memory.f64(d * d);
    const B = memory.f64(d * d); // eigenvectors of C, in columns
    const D = memory.f64(d); // roots of its eigenvalues
    const pathSigma = memory.f64(d); // p_σ
    const pathC = memory.f64(d); // p_c

    function start(): void {
      if (progress[STARTED] === 1) return;
      progress[STARTED] = 1;
      progress[SIGMA] = initialSigma;
      mean.fill(0.5);
      D.fill(1);
      for (let k = 0; k < d; k++) C[k * d + k] = B[k * d + k] = 1;
    }

    // x = m + σ B D z,   z ~ N(0, I)                                                          (38)-(40)
    function draw(k: number): Float64Array {
      const z = new Float64Array(d);
      for (let attempt = 0; ; attempt++) {
        draws.normal(z, { lane: attempt, period: k, from: 0 });
        const y = times(
          B,
          z.map((value, j) => value * D[j]),
        );
        const x = mean.map((m, j) => m + progress[SIGMA] * y[j]);
        if (attempt === DRAWS_AGAIN || x.every((value) => value >= 0 && value <= 1))
          return x.map((value) => Math.min(1, Math.max(0, value)));
      }
    }

    // The generation's draws, best first
    function update(points: Float64Array, scores: Float64Array): void {
      const σ = progress[SIGMA];
      const { λ, μ, weights, μeff } = c;
      const order = Array.from({ length: λ }, (_, i) => i).sort((a, b) => scores[b] - scores[a] || a - b);
      const steps = order.map((i) => mean.map((m, j) => (points[i * d + j] - m) / σ)); // y_{i:λ}
      const whitened = (y: Float64Array) =>
        times(
          B,
          timesTransposed(B, y).map((v, j) => v / D[j]),
        ); // C^(−½) y

      // ⟨y⟩_w = Σ_{i≤μ} w_i y_{i:λ},   m ← m + σ ⟨y⟩_w                                         (41)-(42)
      const step = mean.map((_, j) => sumOf(μ, (i) => weights[i] * steps[i][j]));
      for (let j = 0; j < d; j++) mean[j] += σ * step[j];

      // p_σ ← (1 − c_σ) p_σ + √(c_σ (2 − c_σ) μ_eff) C^(−½) ⟨y⟩_w,   σ ← σ exp(c_σ/d_σ (‖p_σ‖/E‖N(0, I)‖ − 1))     (43)-(44)
      const white = whitened(step);
      for (let j = 0; j < d; j++)
        pathSigma[j] = (1 - c.cσ) * pathSigma[j] + Math.sqrt(c.cσ * (2 - c.cσ) * μeff) * white[j];
      const length = norm(pathSigma);
      progress[GENERATION]++;
      // never wider than the box, never so narrow that draws round to its centre
      const wider = exp((c.cσ / c.dσ) * (length / c.expectedNorm - 1));
      progress[SIGMA] = Math.min(1, Math.max(NARROWEST, σ * wider));

      // h_σ stalls p_c while σ still grows fast
      const settled = Math.sqrt(1 - pow(1 - c.cσ, 2 * (progress[GENERATION] + 1)));
      const h = length / settled < (1.4 + 2 / (d + 1)) * c.expectedNorm ? 1 : 0;
      // p_c ← (1 − c_c) p_c + h_σ √(c_c (2 − c_c) μ_eff) ⟨y⟩_w                                  (45)
      for (let j = 0; j < d; j++) pathC[j] = (1 - c.cc) * pathC[j] + h * Math.sqrt(c.cc * (2 - c.cc) * μeff) * step[j];

      // C ← (1 + c₁ δ(h_σ) − c₁ − c_μ Σ w) C + c₁ p_c p_cᵀ + c_μ Σ w°_i y_{i:λ} y_{i:λ}ᵀ            (46)-(47)
      const signed = weights.map((w, i) => {
        if (w >= 0) return w;
        const size = norm(whitened(steps[i]));
        return size > 0 ? (w * d) / square(size) : 0;
      });
      const kept = 1 + c.c1 * (1 - h) * c.cc * (2 - c.cc) - c.c1 - c.cμ * pairwiseSum(weights);
      for (let a = 0; a < d; a++)
        for (let b = 0; b <= a; b++) {
          const ranked = sumOf(λ, (i) => signed[i] * steps[i][a] * steps[i][b]);
          const entry = kept * C[a * d + b] + c.c1 * pathC[a] * pathC[b] + c.cμ * ranked;
          C[a * d + b] = C[b * d + a] = entry;
        }
      const { values, vectors } = symmetricEigen(C, d);
      B.set(vectors);
      // Rounding must not make the cloud flat: no axis is shorter than 10⁻⁷ of the longest.
      values.forEach((value, j) => {
        D[j] = Math.sqrt(Math.max(value, 1e-14 * values[d - 1]));
      });
    }

    return {
      ask() {
        start();
        return history.propose(draw(history.asked()));
      },
      tell(theta, score) {
        start();
        history.tell(theta, score);
        if (history.count() % c.λ !== 0) return;
        const { points, scores } = history.latest(c.λ);
        update(points, scores);
      },
      best() {
        if (history.count() === 0) throw new Error("cmaEs: best() before any score was told.");
        const { points, scores } = history.all();
        const generations = Math.floor(scores.length / c.λ);
        if (generations === 0) {
          const top = scores.indexOf(scores.reduce((a, b) => Math.max(a, b)));
          return { theta: history.natural(points.subarray(top * d, (top + 1) * d)), score: scores[top] };
        }
        const last = scores.subarray((generations - 1) * c.λ, generations * c.λ);
        return { theta: history.natural(mean), score: pairwiseSum(last) / c.λ };
      },
      state: { ...history.state, progress, mean, C, B, D, pathSigma, pathC },
    };

    function times(A: Float64Array, v: Float64Array): Float64Array {
      return v.map((_, i) => sumOf(d, (j) => A[i * d + j] * v[j]));
    }
    function timesTransposed(A: Float64Array, v: Float64Array): Float64Array {
      return v.map((_, j) => sumOf(d, (i) => A[i * d + j] * v[i]));
    }
  },
});

/** Table 1 of the tutorial, for n = d. */
function constants(d: number, populationSize: number) {
  const λ = populationSize || 4 + Math.floor(3 * log(d));
  const raw = Float64Array.from({ length: λ }, (_, i) => log((λ + 1) / 2) - log(i + 1)); // (49)
  const μ = Math.floor(λ / 2);
  const effective = (w: Float64Array) => (w.length === 0 ? 0 : square(pairwiseSum(w)) / pairwiseSum(w.map(square)));
  const μeff = effective(raw.subarray(0, μ));
  const μeffNegative = effective(raw.subarray(μ));

  const cc = (4 + μeff / d) / (d + 4 + (2 * μeff) / d); // (56)
  const c1 = 2 / (square(d + 1.3) + μeff); // (57)
  const cμ = Math.min(1 - c1, (2 * (1 / 4 + μeff + 1 / μeff - 2)) / (square(d + 2) + μeff)); // (58)
  const cσ = (μeff + 2) / (d + μeff + 5); // (55)
  const dσ = 1 + 2 * Math.max(0, Math.sqrt((μeff - 1) / (d + 1)) - 1) + cσ;

  // (50)-(53): positive weights add up to 1, negative ones to the least of three bounds
  const negative = Math.min(1 + c1 / cμ, 1 + (2 * μeffNegative) / (μeff + 2), (1 - c1 - cμ) / (d * cμ));
  const positives = pairwiseSum(raw.map((w) => Math.max(w, 0)));
  const negatives = -pairwiseSum(raw.map((w) => Math.min(w, 0)));
  const weights = raw.map((w) => (w >= 0 ? w / positives : (negative * w) / negatives));
  const expectedNorm = Math.sqrt(d) * (1 - 1 / (4 * d) + 1 / (21 * d * d));
  return { λ, μ, weights, μeff, cc, c1, cμ, cσ, dσ, expectedNorm };
}

const square = (x: number): number => x * x;
const norm = (v: Float64Array): number => Math.sqrt(pairwiseSum(v.map(square)));

function sumOf(n: number, term: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += term(i);
  return sum;
}
