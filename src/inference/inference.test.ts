import { expect, test } from "vitest";
import { chiSquareTail, mean, normalCdf, quantile, variance } from "../math/index.ts";
import { seedStream } from "../random/index.ts";
import { nextTolerance } from "./abc-smc.ts";
import {
  type AbcSmcOptions,
  abcSmc,
  columnOf,
  counterfactual,
  createPrior,
  type Draw,
  effectiveSize,
  fitNeuralPosterior,
  type Proposal,
  policyEffect,
  rankOf,
  rankTest,
  regressionAdjusted,
  regressionSummaries,
  resampled,
  seriesSummaries,
  simulatedPosterior,
  summarise,
  summaryNames,
  weightedQuantile,
  weightedVariance,
} from "./index.ts";

// The conjugate model: θ ~ N(m0, s0²), ten values y ~ N(θ, σ²), of which the mean is sufficient.
const [PRIOR_MEAN, PRIOR_SD, NOISE, VALUES] = [1, 2, 1.5, 10];
const conjugate = createPrior({ mean: { kind: "normal", mean: PRIOR_MEAN, sd: PRIOR_SD } });
/** Mean and deviation of θ given the mean of ten values. */
function exact(average: number): { mean: number; sd: number } {
  const precision = 1 / PRIOR_SD ** 2 + VALUES / NOISE ** 2;
  return { mean: (PRIOR_MEAN / PRIOR_SD ** 2 + (VALUES * average) / NOISE ** 2) / precision, sd: precision ** -0.5 };
}
const noise = seedStream(7).fork("values");
const simulateOne = ({ theta, index }: Proposal): Float64Array =>
  Float64Array.of(theta[0]! + (NOISE / Math.sqrt(VALUES)) * noise.normalAt(0, index, 0));
const simulate = (proposals: readonly Proposal[]) => proposals.map(simulateOne);

test("tails of χ² are R's", () => {
  // R 4.4: pchisq(x, df, lower.tail = FALSE)
  expect(chiSquareTail(3.841458820694124, 1)).toBeCloseTo(0.05, 12);
  expect(chiSquareTail(5.991464547107979, 2)).toBeCloseTo(0.05, 12);
  expect(chiSquareTail(7.814727903251178, 3)).toBeCloseTo(0.05, 12);
  expect(chiSquareTail(16.918977604620448, 9)).toBeCloseTo(0.05, 12);
  expect(chiSquareTail(18.307038053275146, 10)).toBeCloseTo(0.05, 12);
  expect(chiSquareTail(0, 5)).toBeCloseTo(1, 12);
  expect(() => chiSquareTail(1, 1.5)).toThrow("degrees of freedom");
  expect(() => chiSquareTail(Number.NaN, 2)).toThrow("expected a number");
});

test("normal scores and parameters are inverse to each other, and scores of the prior are standard normal", () => {
  const prior = createPrior({
    share: { kind: "uniform", low: -1, high: 3 },
    rate: { kind: "logUniform", low: 0.01, high: 100 },
    level: { kind: "normal", mean: 5, sd: 2 },
    count: { kind: "uniform", low: 2, high: 4, integer: true },
  });
  expect([...prior.theta([0, 0, 0, 0])]).toEqual([1, expect.closeTo(1, 12), 5, 3]);
  const theta = prior.theta([1, -0.5, 2, -3]);
  expect(theta[0]).toBeCloseTo(-1 + 4 * normalCdf(1), 12);
  const back = prior.scores(theta);
  for (const [k, z] of [1, -0.5, 2].entries()) expect(back[k]).toBeCloseTo(z, 9);
  expect(theta[3]).toBe(2);
  expect([...prior.scores([-1, 200, 5, 2])].slice(0, 2)).toEqual([-Infinity, Infinity]);
  expect(prior.theta([9, 9, 0, 9])[3]).toBe(4);
  expect(() => createPrior({ a: { kind: "uniform", low: 1, high: 1 } })).toThrow("Prior of a: range 1 to 1");
  expect(() => createPrior({ a: { kind: "logUniform", low: 0, high: 1 } })).toThrow("above 0");
  expect(() => createPrior({ a: { kind: "normal", mean: 0, sd: Number.NaN } })).toThrow("sd NaN");
});

test("weighted quantiles, variance and effective size of equal weights are those without weights; resampling keeps shares", () => {
  const x = [3, 1, 2, 5, 4];
  const equal = Float64Array.from(x, () => 0.2);
  expect(weightedQuantile(x, equal, 0.5)).toBe(3);
  expect(weightedQuantile(x, equal, 0.2)).toBeCloseTo(1.5, 12);
  expect(weightedQuantile([1, 2, 9], [1, 1, 0], 1)).toBe(2);
  expect(weightedVariance(x, equal)).toBeCloseTo(variance(x, { ddof: 1 }), 12);
  expect(effectiveSize(equal)).toBeCloseTo(5, 12);
  expect(effectiveSize([1, 0, 0])).toBe(1);
  const counts = [0, 0, 0];
  for (const i of resampled(Float64Array.of(0.5, 0.3, 0.2), 100, 0.4)) counts[i]!++;
  expect(counts).toEqual([50, 30, 20]);
  expect(nextTolerance({ distances: Float64Array.of(4, 1, 3, 2), weights: Float64Array.of(1, 1, 1, 1) }, 0.5)).toBe(2);
  // A weight that says as much as two: the nearest alone is not enough for an effective size of 0.5 · 25/7.
  expect(nextTolerance({ distances: Float64Array.of(1, 2, 3, 4), weights: Float64Array.of(2, 1, 1, 1) }, 0.5)).toBe(2);
});

const options: AbcSmcOptions = {
  prior: conjugate,
  observed: Float64Array.of(2.5),
  simulate,
  seed: 1,
  particles: 600,
  simulations: 14_000,
};

test("ABC of the conjugate model has the closed form's mean, deviation and quantiles, and the same bits whoever simulates", async () => {
  const posterior = await abcSmc(options);
  const truth = exact(2.5);
  // Two standard errors of 400 independent draws and what a tolerance of 0.05 data deviations adds.
  const [found] = summarise(posterior);
  expect(posterior.effectiveSize).toBeGreaterThan(300);
  expect(Math.abs(found!.mean - truth.mean)).toBeLessThan(0.1 * truth.sd);
  expect(Math.abs(found!.sd / truth.sd - 1)).toBeLessThan(0.1);
  for (const [p, z] of [
    [0.025, -1.959964],
    [0.25, -0.67449],
    [0.975, 1.959964],
  ] as const)
    expect(Math.abs(weightedQuantile(posterior.theta, posterior.weights, p) - truth.mean - z * truth.sd)).toBeLessThan(
      0.25 * truth.sd,
    );
  // Tolerances fall, and a half of the effective size is within each.
  const { generations } = posterior;
  for (let g = 1; g < generations.length; g++)
    expect(generations[g]!.tolerance).toBeLessThan(generations[g - 1]!.tolerance);
  expect(generations.length).toBeGreaterThan(4);
  expect(posterior.distances.every((apart) => apart <= generations.at(-1)!.tolerance)).toBe(true);
  // Answers that come one by one, later ones sooner.
  const slow = await abcSmc({
    ...options,
    simulate: (proposals) =>
      Promise.all(
        proposals.map(async (one, b) => {
          for (let wait = b % 3; wait < 2; wait++) await null;
          return simulateOne(one);
        }),
      ),
  });
  expect(slow).toEqual(posterior);
});

test("regression takes off what a wide tolerance adds", async () => {
  const wide = await abcSmc({ ...options, tolerance: 0.5, seed: 2 });
  const truth = exact(2.5);
  const [raw] = summarise(wide);
  const [adjusted] = summarise(regressionAdjusted(wide, conjugate, options.observed));
  expect(raw!.sd / truth.sd).toBeGreaterThan(1.15);
  expect(Math.abs(adjusted!.sd / truth.sd - 1)).toBeLessThan(0.1);
  expect(Math.abs(adjusted!.mean - truth.mean)).toBeLessThan(0.15 * truth.sd);
});

test("simulations that fail count as far away; too many, numbers that are none and empty data are refused", async () => {
  const some = await abcSmc({
    ...options,
    particles: 100,
    simulations: 600,
    simulate: (proposals) => proposals.map((one) => (one.theta[0]! > 3 ? new Error("broke") : simulateOne(one))),
  });
  expect(some.failed).toBeGreaterThan(5);
  expect(some.failure).toBe("broke");
  expect(Math.max(...columnOf(some, 0))).toBeLessThanOrEqual(3);
  const fail = (changed: Partial<AbcSmcOptions>) => expect(abcSmc({ ...options, ...changed })).rejects;
  await fail({ simulate: (all) => all.map(() => new Error("all broke")) }).toThrow("all broke Narrow the prior");
  await fail({ simulate: (all) => all.map(() => Float64Array.of(Number.NaN)) }).toThrow(
    "summary 0 of a simulation is NaN",
  );
  await fail({ simulate: (all) => all.map(() => Float64Array.of(1, 2)) }).toThrow("has 2 summaries, the data have 1");
  await fail({ observed: Float64Array.of(Number.NaN) }).toThrow("summary 0 of the data is NaN");
  await fail({ observed: new Float64Array(0) }).toThrow("no summaries");
  await fail({ simulations: 10 }).toThrow("Raise simulations");
  await fail({ particles: 3 }).toThrow("at least 10");
  await fail({ keep: 1 }).toThrow("keep is 1");
});

test("ranks are tested for uniformity by the multinomial's χ²", () => {
  const uneven = rankTest(
    [...Array(10).keys()].flatMap((k) => Array(k < 5 ? 12 : 8).fill(k)),
    9,
  );
  expect(uneven.chiSquare).toBeCloseTo(4, 12);
  expect(uneven.degrees).toBe(9);
  expect(uneven.pValue).toBeCloseTo(0.911412526831407, 9); // R: pchisq(4, 9, lower.tail = FALSE)
  expect(rankOf(0.5, [0.1, 0.7, 0.4])).toBe(2);
  expect(() => rankTest([0, 1], 10)).toThrow("multiple of 10 bins");
  expect(() => rankTest(Array(100).fill(11), 9)).toThrow("rank 11");
  expect(() => rankTest([1], 9)).toThrow("at least 5 for each bin");
});

test("a neural posterior of the conjugate model has the closed form's moments, its ranks are uniform, and those of a posterior half as wide are not", () => {
  const n = 3200; // a tenth is five batches
  const draws = seedStream(3);
  const theta = new Float64Array(n);
  draws.fork("prior").normal(theta, { lane: 0, period: 0, from: 0 });
  for (let i = 0; i < n; i++) theta[i] = PRIOR_MEAN + PRIOR_SD * theta[i]!;
  const summaries = Array.from(theta, (value, i) => simulateOne({ theta: Float64Array.of(value), index: 10_000 + i }));
  const posterior = fitNeuralPosterior({
    prior: conjugate,
    theta,
    summaries,
    seed: 1,
    components: 2,
    width: 16,
    epochs: 40,
  });
  for (const average of [-1, 1, 2.5]) {
    const truth = exact(average);
    const sample = posterior.sample(Float64Array.of(average), 2000, 5);
    const x = columnOf(sample, 0);
    expect(Math.abs(mean(x) - truth.mean)).toBeLessThan(0.15 * truth.sd);
    expect(Math.abs(Math.sqrt(variance(x)) / truth.sd - 1)).toBeLessThan(0.12);
    expect(Math.abs(quantile(x, 0.975) - truth.mean - 1.96 * truth.sd)).toBeLessThan(0.3 * truth.sd);
    // ln q of a score, whose density is that of θ times the prior's deviation
    const z = (truth.mean - PRIOR_MEAN) / PRIOR_SD;
    const density = -0.5 * Math.log(2 * Math.PI) - Math.log(truth.sd / PRIOR_SD);
    expect(Math.abs(posterior.logDensity(Float64Array.of(z), Float64Array.of(average)) - density)).toBeLessThan(0.15);
  }
  // −E ln q is at least the entropy of the true posterior; 300 are held out, and ln q has a deviation of 0.7.
  const entropy = 0.5 * Math.log(2 * Math.PI * Math.E) + Math.log(exact(0).sd / PRIOR_SD);
  expect(Math.abs(posterior.heldOutLoss - entropy)).toBeLessThan(0.15);
  // By convexity a mixture loses no more than its members in the mean; its density is theirs, so that it integrates to 1 and its draws follow it.
  const { members, heldOutLoss } = posterior;
  const losses = members.map((member) => member.heldOutLoss);
  expect([members.length, new Set(losses).size]).toEqual([3, 3]);
  expect(heldOutLoss).toBeLessThan(mean(losses));
  expect(heldOutLoss).toBeGreaterThan(mean(losses) - 0.05);
  const density = (z: number) => Math.exp(posterior.logDensity(Float64Array.of(z), Float64Array.of(1)));
  const grid = Array.from({ length: 801 }, (_, k) => -4 + k / 100);
  const moment = (power: number) => grid.reduce((sum, z) => sum + (z ** power * density(z)) / 100, 0);
  expect(moment(0)).toBeCloseTo(1, 4);
  const scores = columnOf(posterior.sample(Float64Array.of(1), 4000, 6), 0).map((θ) => (θ - PRIOR_MEAN) / PRIOR_SD);
  const deviation = Math.sqrt(moment(2) - moment(1) ** 2);
  expect(Math.abs(mean(scores) - moment(1))).toBeLessThan((3 * deviation) / Math.sqrt(4000));
  expect(Math.abs(Math.sqrt(variance(scores)) / deviation - 1)).toBeLessThan(3 / Math.sqrt(8000));
  expect(() => fitNeuralPosterior({ prior: conjugate, theta, summaries, seed: 1, members: 0 })).toThrow("members is 0");
  const half: number[] = [];
  const ranks = Array.from({ length: 300 }, (_, i) => {
    const truth = PRIOR_MEAN + PRIOR_SD * draws.normalAt(0, 1, i);
    const data = simulateOne({ theta: Float64Array.of(truth), index: 20_000 + i });
    const x = columnOf(posterior.sample(data, 99, 100 + i), 0);
    const middle = mean(x);
    half.push(
      rankOf(
        truth,
        x.map((value) => middle + (value - middle) / 2),
      ),
    );
    return rankOf(truth, x);
  });
  expect(rankTest(ranks, 99).pValue).toBeGreaterThan(0.01);
  expect(rankTest(half, 99).pValue).toBeLessThan(1e-6);
  expect(posterior.outside(Float64Array.of(1))).toEqual([]);
  expect(posterior.outside(Float64Array.of(60))).toEqual([0]);
});

test("a neural posterior finds how two parameters trade", () => {
  // Of θ₁ ~ N(0, 1), θ₂ ~ N(0, 1) only θ₁ + θ₂ + ε is seen, ε ~ N(0, σ²): correlation −1/(1 + σ²) of what is left.
  const prior = createPrior({ a: { kind: "normal", mean: 0, sd: 1 }, b: { kind: "normal", mean: 0, sd: 1 } });
  const [n, σ] = [3000, 0.5];
  const z = new Float64Array(3 * n);
  seedStream(5).normal(z, { lane: 0, period: 0, from: 0 });
  const theta = z.slice(0, 2 * n);
  const summaries = Array.from({ length: n }, (_, i) =>
    Float64Array.of(theta[2 * i]! + theta[2 * i + 1]! + σ * z[2 * n + i]!),
  );
  const posterior = fitNeuralPosterior({
    prior,
    theta,
    summaries,
    seed: 1,
    members: 1,
    components: 1,
    width: 12,
    epochs: 40,
  });
  const sample = posterior.sample(Float64Array.of(1), 4000, 1);
  const [a, b] = [columnOf(sample, 0), columnOf(sample, 1)];
  const centre = 1 / (2 + σ * σ);
  const covariance = mean(a.map((x, i) => (x - mean(a)) * (b[i]! - mean(b))));
  expect(Math.abs(mean(a) - centre)).toBeLessThan(0.08);
  expect(covariance / Math.sqrt(variance(a) * variance(b))).toBeCloseTo(-1 / (1 + σ * σ), 1);
  expect(variance(a)).toBeCloseTo(1 - centre, 1);
});

test("the effect of a policy on common random numbers: means, chance within draws, and what independent worlds would have cost", () => {
  // Two draws of two worlds: y = θ + ε without and θ + 1 + ε + (θ − 1) with the policy.
  const base = Float64Array.of(1 + 0.5, 1 - 0.5, 3 + 0.25, 3 - 0.25);
  const policy = Float64Array.of(2 + 0.5, 2 - 0.5, 6 + 0.25, 6 - 0.25);
  const found = policyEffect({ base, policy, worlds: 2 });
  expect([...found.effects]).toEqual([1, 3]);
  expect(found.effect).toEqual({ mean: 2, low: expect.closeTo(1.05, 12), high: expect.closeTo(2.95, 12) });
  expect(found.base.mean).toBe(2);
  expect(found.policy.mean).toBe(4);
  expect(found.standardError).toBeCloseTo(1, 12);
  expect([found.chance, found.gain, found.positive]).toEqual([0, Infinity, 1]);
  const noisy = policyEffect({ base, policy: policy.map((y, i) => y + (i % 2 === 0 ? 0.1 : -0.1)), worlds: 2 });
  // Within draws: differences ±0.1, variance 0.02, over 2 worlds 0.01; independent (0.5 + 0.125)/2 + (0.72 + 0.245)/2.
  expect(noisy.chance).toBeCloseTo(0.01 / 2, 12);
  expect(noisy.gain).toBeCloseTo((0.3125 + 0.4825) / 0.02, 9);
  expect(() => policyEffect({ base, policy: base.slice(1), worlds: 2 })).toThrow("4 outcomes without and 3");
  expect(() => policyEffect({ base, policy: policy.with(2, Number.NaN), worlds: 2 })).toThrow("outcome 2 is 3.25");
  expect(() => policyEffect({ base: base.slice(2), policy: policy.slice(2), worlds: 2 })).toThrow("one draw");
});

test("regression gives one summary per parameter, whatever else is summarised", () => {
  const z = new Float64Array(3 * 400);
  seedStream(11).normal(z, { lane: 0, period: 0, from: 0 });
  const scores = z.slice(0, 400);
  const summaries = Array.from(scores, (θ, i) => Float64Array.of(7, 100 * z[400 + i]!, 3 * θ + 5 + 0.01 * z[800 + i]!));
  const project = regressionSummaries(scores, summaries);
  for (const θ of [-1, 0, 1.2]) expect(project(Float64Array.of(7, 40, 3 * θ + 5))[0]).toBeCloseTo(θ, 1);
  expect(() => regressionSummaries(scores, summaries.slice(0, 3))).toThrow("expected more than");
});

test.each(["abc", "neural"] as const)(
  "a series' posterior by %s is the conjugate one, and a policy's effect follows it",
  async (method) => {
    const summaries = async (draws: readonly Draw[]) =>
      draws.map(({ theta, seed }) => simulateOne({ theta, index: seed % 1_000_000 }));
    const observed = Float64Array.of(2.5);
    const posterior = await simulatedPosterior({
      prior: conjugate,
      method,
      observed,
      summaries,
      simulations: method === "abc" ? 3000 : 1500,
      seed: 1,
    });
    const truth = exact(2.5);
    const [found] = posterior.parameters;
    expect(Math.abs(found!.mean - truth.mean)).toBeLessThan(0.2 * truth.sd);
    expect(Math.abs(found!.sd / truth.sd - 1)).toBeLessThan(0.15);
    expect(posterior.scoreDeviations[0]).toBeCloseTo(found!.sd / PRIOR_SD, 6);
    expect(posterior.outside).toEqual([]);
    const effect = await counterfactual({
      sample: posterior.sample,
      worlds: 1,
      seed: 1,
      outcomes: async (draws, policy) =>
        draws.map(({ theta, seed }) => {
          const shock = noise.normalAt(1, seed % 1_000_000, 0);
          if (theta[0]! > 3.6) return new Error("too high");
          return Float64Array.of((policy ? 2 : 1) * theta[0]! + shock);
        }),
    });
    expect(effect.effect.mean).toBeCloseTo(mean(columnOf(posterior.sample, 0).filter((θ) => θ <= 3.6)), 9);
    expect(effect.leftOut).toBe(columnOf(posterior.sample, 0).filter((θ) => θ > 3.6).length);
    expect([effect.chance, effect.gain]).toEqual([null, null]);
    const far = await simulatedPosterior({
      prior: conjugate,
      method,
      observed: Float64Array.of(40),
      summaries,
      simulations: 600,
      seed: 1,
    });
    expect(far.outside).toEqual([0]);
  },
);

test("summaries of a series are its moments, variance ratios and moments of its changes", () => {
  const x = Float64Array.of(1, 2, 4, 3, 5, 6, 4, 4);
  const s = Object.fromEntries([...seriesSummaries([x])].map((value, k) => [summaryNames[k], value]));
  const changes = [1, 2, -1, 2, 1, -2, 0];
  expect(s["mean"]).toBeCloseTo(29 / 8, 12);
  expect(s["ln sd"]).toBeCloseTo(Math.log(Math.sqrt(variance(x))), 12);
  expect(s["mean change"]).toBeCloseTo(3 / 7, 12);
  expect(s["ln sd of changes"]).toBeCloseTo(Math.log(Math.sqrt(variance(changes))), 12);
  const [c, m] = [3 / 7, changes.map((v) => v - 3 / 7)];
  expect(s["autocorrelation of changes"]).toBeCloseTo(
    m.slice(1).reduce((sum, v, t) => sum + v * m[t]!, 0) / changes.reduce((sum, v) => sum + (v - c) ** 2, 0),
    9,
  );
  expect(s["ln VR(4)"]).toBe(0); // too short
  // Two stretches: no change from one to the other.
  expect(seriesSummaries([x, Float64Array.of(9, 9)])[summaryNames.indexOf("mean change")]).toBeCloseTo(3 / 8, 12);
  expect(seriesSummaries([new Float64Array(30).fill(2)]).every(Number.isFinite)).toBe(true);
});
