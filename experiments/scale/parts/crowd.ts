// A crowd that keeps up with itself: people spend more in so far as others' mean spending is above a threshold of their own, some abruptly, some gradually.
// Thresholds: Granovetter 1978, American Journal of Sociology 83, 1420. Spending that follows others': Duesenberry 1949.
//
//   x_i(t + 1) = b + φ ln(1 + e^{s_i (m(t) − c_i)})/s_i       m(t) = Σ n_i x_i(t) / Σ n_i
//
// Everybody sees the same mean, so that people of like thresholds c and sensitivities s may be represented by one of them with their weight n.
import { defineEconomy, f64, math, type ParamValues, param, population } from "walras";

const params = {
  people: param(20_000, { symbol: "N", unit: "people", min: 1, max: 1e7, integer: true }),
  base: param(1, { symbol: "b", unit: "goods", min: 0, max: 1e6, doc: "spending without others" }),
  influence: param(0.6, { symbol: "φ", min: 0, max: 0.99, doc: "of others' spending above the threshold" }),
  threshold: param(1.2, { unit: "goods", min: 0, max: 1e6, doc: "mean threshold" }),
  spread: param(1, { unit: "goods", min: 0, max: 1e6, doc: "standard deviation of thresholds" }),
  sensitivity: param(10, { unit: "1/goods", min: 0.1, max: 100, doc: "median sensitivity" }),
  unevenness: param(0.7, { min: 0, max: 2, doc: "standard deviation of the logarithm of sensitivity" }),
  horizon: param(25, { unit: "periods", min: 1, max: 1e6, integer: true }),
};
export type CrowdParams = ParamValues<typeof params>;

const added = {
  weights: "weight",
  spent: (k: { readonly weight: Float64Array; readonly spending: Float64Array }, i: number) =>
    k.weight[i]! * k.spending[i]!,
} as const;

export const crowd = defineEconomy({
  name: "crowd",
  source: "Granovetter (1978); Duesenberry (1949)",
  summary: "People spend more where others do, above thresholds of their own.",
  params,
  horizon: "horizon",
  world: {
    weights: f64({ unit: "people", doc: "Σ of weights" }),
    spent: f64({ unit: "goods", doc: "Σ of weight times spending" }),
  },
  populations: {
    people: population({
      size: "people",
      state: {
        weight: f64({ initial: 1, unit: "people", doc: "how many one stands for" }),
        type: f64({ each: 2, doc: "threshold, and a tenth of the logarithm of sensitivity" }),
        spending: f64({ unit: "goods" }),
      },
    }),
  },
  start: ({ each, total }) => ({
    settle: each("people", { doc: "thresholds and sensitivities" }, (k, from, to, _w, p, draw) => {
      const [c, s] = [draw.normal("threshold"), draw.normal("sensitivity")];
      for (let i = from; i < to; i++) {
        k.type[2 * i] = p.threshold + p.spread * c[i]!;
        k.type[2 * i + 1] = (math.log(p.sensitivity) + p.unevenness * s[i]!) / 10;
        k.spending[i] = p.base;
      }
    }),
    count: total("people", { doc: "all weights and spending" }, added),
  }),
  phases: ({ each, total }) => ({
    follow: each("people", { doc: "spend by the mean" }, (k, from, to, w, p) => {
      const mean = w.spent / w.weights;
      for (let i = from; i < to; i++) k.spending[i] = spending(p, k.type[2 * i]!, k.type[2 * i + 1]!, mean);
    }),
    add: total("people", { doc: "all weights and spending" }, added),
  }),
  metrics: { spending: { unit: "goods", doc: "mean spending", of: (w) => w.spent / w.weights } },
});

/** What somebody spends, by the two columns of `type`, where others spend `mean`. */
export function spending(p: CrowdParams, threshold: number, tenthOfLog: number, mean: number): number {
  const s = math.exp(10 * tenthOfLog);
  return p.base + (p.influence * math.softplus(s * (mean - threshold))) / s;
}
