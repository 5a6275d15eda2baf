// Learners who see only a few principal components of what there is to see. Six signals carry three hidden causes, and what is to be guessed is mostly in the one that moves them least.
//
//   s = Σ_q d_q f_q v_q + .2 u,   d = 3, 1.5, .5;   y = .6 f_2 + .8 f_3;   f, u standard normal, v orthonormal; reward −(guess − y)²
//
// The k-th component is the k-th cause with noise: Var(f_q | component q) = .04/(d_q² + .04). The best loss with k components is what is left of y, and known.
import {
  box,
  choice,
  defineEconomy,
  defineExperiment,
  type Experiment,
  f64,
  forecast,
  param,
  population,
  ppo,
} from "walras";
import { seedStream } from "walras/random";

const SIGNALS = 6;
const [a, b] = [Math.sqrt(1 / 6), 0.5];
const DIRECTIONS = [
  [a, a, a, a, a, a],
  [a, a, a, -a, -a, -a],
  [b, -b, 0, b, -b, 0],
];
const SIZES = [3, 1.5, 0.5];
const PARTS = [0, 0.6, 0.8];
const NOISE = 0.2;

const params = {
  seen: choice("components", ["components", "signals"], { doc: "what guessers see" }),
  components: param(3, { symbol: "k", min: 1, max: SIGNALS, integer: true, doc: "of the six that are not blank" }),
  guessers: param(16, { min: 1, max: 1e5, integer: true }),
  horizon: param(1, { unit: "periods", min: 1, max: 1e6, integer: true }),
};

/** Best mean square error with k components. */
export const bestLoss = (k: number): number =>
  PARTS.reduce((loss, part, q) => {
    const kept = (SIZES[q]! * SIZES[q]!) / (SIZES[q]! * SIZES[q]! + NOISE * NOISE);
    return loss + part * part * (q < k ? 1 - kept : 1);
  }, 0);

export const signals = defineEconomy({
  name: "signals",
  source: "factor model with known components",
  summary: "Guessers see signals, or a few of their principal components, and guess what is mostly in the smallest.",
  params,
  horizon: "horizon",
  world: { loss: f64(), sum: f64() },
  populations: {
    guessers: population({
      size: "guessers",
      state: {
        seen: f64({ each: SIGNALS, doc: "signals, or scores of components, blank beyond k" }),
        target: f64({ doc: "y" }),
        error: f64({ doc: "squared" }),
        reward: f64(),
      },
      actions: { guess: box(-4, 4) },
    }),
  },
  start: ({ each }) => ({
    show: each("guessers", { doc: "signals and what is seen of them" }, (k, from, to, _w, p, draw) => {
      const causes = [draw.normal("first"), draw.normal("second"), draw.normal("third")];
      const noise = Array.from({ length: SIGNALS }, (_, j) => draw.normal(`noise ${j}`));
      const own = new Float64Array(SIGNALS);
      const whole = p.seen === "signals";
      for (let i = from; i < to; i++) {
        signalsOf(
          own,
          (q) => causes[q]![i]!,
          (j) => noise[j]![i]!,
        );
        const seen = whole ? own : basis().encode(own);
        for (let j = 0; j < SIGNALS; j++) k.seen[i * SIGNALS + j] = whole || j < p.components ? seen[j]! : 0;
        k.target[i] = PARTS.reduce((sum, part, q) => sum + part * causes[q]![i]!, 0);
      }
    }),
  }),
  phases: ({ decide, each, total, world }) => ({
    guess: decide("guessers", { doc: "y" }),
    score: each("guessers", { doc: "squared error" }, (k, from, to) => {
      for (let i = from; i < to; i++) {
        const off = k.guess[i]! - k.target[i]!;
        k.error[i] = off * off;
        k.reward[i] = -k.error[i]!;
      }
    }),
    add: total("guessers", { doc: "errors" }, { sum: "error" }),
    average: world({ doc: "of all", writes: "scalars" }, (w) => {
      w.loss = w.sum / w.guessers.size;
    }),
  }),
  observe: { guessers: { seen: { column: "seen", doc: "signals or components" } } },
  reward: { guessers: { column: "reward", doc: "−(guess − y)²" } },
  metrics: { loss: { unit: "1", doc: "mean squared error of guesses", of: (w) => w.loss } },
  truth: (p) => ({ loss: bestLoss(p.seen === "signals" ? SIGNALS : p.components) }),
  truthDocs: { loss: "of the best guess from what is seen" },
});

function signalsOf(out: Float64Array, cause: (q: number) => number, noise: (j: number) => number): void {
  for (let j = 0; j < SIGNALS; j++) {
    out[j] = NOISE * noise(j);
    for (let q = 0; q < SIZES.length; q++) out[j] = out[j]! + SIZES[q]! * cause(q) * DIRECTIONS[q]![j]!;
  }
}

let found: forecast.Compression | undefined;

/** Components of 4000 draws of the signals. */
export function basis(): forecast.Compression {
  if (found) return found;
  const stream = seedStream(1).fork("signals");
  const states = new Float64Array(4000 * SIGNALS);
  for (let i = 0; i < 4000; i++)
    signalsOf(
      states.subarray(i * SIGNALS, (i + 1) * SIGNALS),
      (q) => stream.normalAt(0, i, q),
      (j) => stream.normalAt(1, i, j),
    );
  found = forecast.compress(states, { dimensions: SIGNALS });
  return found;
}

export const guessers = (name: string, components: number, seen: "components" | "signals" = "components"): Experiment =>
  defineExperiment({
    name,
    summary: `Guessers learn from ${seen === "signals" ? "all six signals" : `${components} of six principal components`}.`,
    economy: signals,
    params: { components, seen },
    algorithm: ppo,
    config: { numSteps: 16, gamma: 0, gaeLambda: 0, learningRate: 3e-3 },
    numEnvs: 8,
    totalSteps: 16_000,
    evaluation: { finalPeriods: 500 },
  });
