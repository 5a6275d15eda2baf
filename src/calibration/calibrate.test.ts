// Series whose answers are known: what is recovered, what is not identified, and what is said about it.
import { expect, test } from "vitest";
import { mean, quantile, variance } from "../math/index.ts";
import { autocorrelation, excessKurtosis, skewness, varianceRatio } from "../metrics/index.ts";
import { bayesianOptimisation } from "../optimise/bayesian-optimisation.ts";
import { cmaEs } from "../optimise/cma-es.ts";
import type { AnyOptimiser } from "../optimise/optimiser.ts";
import { seedStream } from "../random/index.ts";
import { createDistance } from "./distance.ts";
import { compareFacts } from "./facts.ts";
import { featuresOf } from "./features.ts";
import { type Candidate, calibrate, type DistanceName, type Segments, transformed } from "./index.ts";

type Params = Readonly<Record<string, number>>;

/** Worlds of T periods of x′ = mean + ρ (x − mean) + σ ε. */
function ar1(params: Params, worlds: number, seed: number, T = 300): Segments[] {
  const { mean = 0, persistence = 0, sd = 1 } = params;
  const stream = seedStream(seed).fork("noise");
  return Array.from({ length: worlds }, (_, lane) => {
    const ε = new Float64Array(T);
    stream.normal(ε, { lane, period: 0, from: 0 });
    let x = mean;
    return [ε.map((z) => (x = mean + persistence * (x - mean) + sd * z))];
  });
}

interface Case {
  readonly fit: Readonly<Record<string, readonly [low: number, high: number]>>;
  readonly truth: Params;
  readonly as?: (params: Params) => Params;
  readonly steps: number;
  readonly distance?: DistanceName;
  readonly compare?: "both" | "levels";
  readonly optimiser?: AnyOptimiser;
  readonly fail?: (params: Params) => boolean;
}

const ranged = (fit: Case["fit"]) =>
  Object.entries(fit).map(([name, [low, high]]) => ({ name, low, high, integer: false, usual: (low + high) / 2 }));

function run({ fit, truth, as = (p) => p, steps, distance = "energy", compare = "both", optimiser, fail }: Case) {
  const [[data]] = ar1(as(truth), 1, 99);
  return calibrate({
    data,
    fit: ranged(fit),
    distance,
    compare,
    optimiser: optimiser ?? bayesianOptimisation,
    steps,
    worlds: 10,
    replicas: 60,
    seed: 1,
    simulate: async (candidates: readonly Candidate[]) =>
      candidates.map(({ params, worlds, seed }) =>
        fail?.(params) ? new Error("The market broke down.") : ar1(as({ ...truth, ...params }), worlds, seed),
      ),
  });
}

test.each(["energy", "wasserstein", "histogram", "moments"] as const)(
  "persistence and noise of an autoregression are recovered by %s distance, inside intervals that hold them",
  async (distance) => {
    const truth = { mean: 5, persistence: 0.7, sd: 1.2 };
    const fit = { persistence: [0, 0.98], sd: [0.1, 3] } as const;
    const { best, parameters, fitPValue, distanceAtBest, distanceAtDefaults } = await run({
      fit,
      truth,
      distance,
      steps: 48,
    });
    expect(Math.abs(best.persistence - 0.7)).toBeLessThan(0.12);
    expect(Math.abs(best.sd - 1.2)).toBeLessThan(0.2);
    for (const { name, verdict, low, high } of parameters) {
      const [from, to] = fit[name as "sd"];
      expect(verdict).toBe("identified");
      expect(from + low * (to - from)).toBeLessThan(truth[name as "sd"]);
      expect(from + high * (to - from)).toBeGreaterThan(truth[name as "sd"]);
    }
    expect(fitPValue).toBeGreaterThan(0.05);
    expect(distanceAtDefaults!).toBeGreaterThan(distanceAtBest);
  },
);

test("parameters that enter by their product only are a ridge, and neither is identified", async () => {
  const { parameters } = await run({
    fit: { gain: [0.25, 4], volume: [0.25, 4] },
    truth: { gain: 1, volume: 1 },
    as: ({ gain, volume }) => ({ sd: gain * volume }),
    steps: 64,
  });
  expect(parameters.map(({ verdict }) => verdict)).toEqual(["not identified", "not identified"]);
  expect(parameters.map(({ ridge }) => ridge?.with)).toEqual([1, 0]);
});

test("levels alone do not tell persistence from noise; with changes they do", async () => {
  const fit = { persistence: [0, 0.98], sd: [0.1, 3] } as const;
  const truth = { persistence: 0.7, sd: 1.2 };
  const { parameters } = await run({ fit, truth, compare: "levels", steps: 60 });
  expect(parameters[0].verdict).toBe("not identified");
  expect(parameters[0].ridge?.with).toBe(1);
});

test("a parameter that matters for nothing is not identified, and the one beside it is", async () => {
  const { parameters } = await run({ fit: { sd: [0.1, 3], colour: [0, 1] }, truth: { sd: 1, colour: 0.3 }, steps: 40 });
  expect(parameters.map(({ verdict }) => verdict)).toEqual(["identified", "not identified"]);
  expect([parameters[1].low, parameters[1].high]).toEqual([0, 1]);
});

test("two values that fit alike are two optima, and an end of the range that fits is a bound on one side", async () => {
  const twice = await run({
    fit: { tilt: [-3, 3] },
    truth: { tilt: 1.5 },
    as: ({ tilt }) => ({ sd: Math.abs(tilt) }),
    steps: 40,
  });
  expect(twice.parameters[0].verdict).toBe("several optima");
  const near = twice.parameters[0].optima.map((x) => Math.abs(-3 + 6 * x)).slice(0, 2);
  for (const value of near) expect(value).toBeCloseTo(1.5, 0);
  const edge = await run({ fit: { sd: [0.1, 1] }, truth: { sd: 1 }, steps: 24 });
  expect(edge.parameters[0]).toMatchObject({ verdict: "bounded on one side", high: 1 });
});

test("data that no parameters produce are called so", async () => {
  const { fitPValue } = await run({
    fit: { sd: [0.1, 3] },
    truth: { sd: 1 },
    as: ({ sd, mean = 0 }) => ({ sd, mean }),
    steps: 16,
  });
  expect(fitPValue).toBeGreaterThan(0.05);
  const [[normal]] = ar1({}, 1, 5);
  const twoPeaks = normal.map((x) => (x > 0 ? 4 : -4) + 0.1 * x);
  const result = await calibrate({
    data: twoPeaks,
    fit: [{ name: "sd", low: 0.1, high: 10, integer: false, usual: 1 }],
    distance: "energy",
    compare: "levels",
    optimiser: bayesianOptimisation,
    steps: 16,
    worlds: 10,
    replicas: 60,
    seed: 1,
    simulate: async (candidates) => candidates.map(({ params, worlds, seed }) => ar1(params, worlds, seed)),
  });
  expect(result.fitPValue).toBe(0);
});

/** Returns of log quotes x + σ η, x′ = (1 − r) x + s ε. */
function quotes({ reversion, impact, noise }: Params, worlds: number, seed: number, T = 1000): Segments[] {
  const stream = seedStream(seed).fork("quotes");
  return Array.from({ length: worlds }, (_, lane) => {
    const z = new Float64Array(2 * T);
    stream.normal(z, { lane, period: 0, from: 0 });
    let x = 0;
    const quoted = Float64Array.from({ length: T }, (_, t) => {
      x = (1 - reversion) * x + impact * z[2 * t];
      return x + noise * z[2 * t + 1];
    });
    return [quoted.slice(1).map((value, t) => value - quoted[t])];
  });
}

test("dynamics tell impact, mean reversion and noise in quotes apart, over seeds, and all stylised facts of such data are met", async () => {
  const truth = { reversion: 0.05, impact: 0.02, noise: 0.012 };
  const fit = { reversion: [0, 0.2], impact: [0.005, 0.05], noise: [0, 0.03] } as const;
  for (const seed of [1, 2]) {
    const { parameters, facts } = await calibrate({
      data: quotes(truth, 1, 100 + seed)[0][0],
      fit: ranged(fit),
      distance: "dynamics",
      compare: "both",
      optimiser: bayesianOptimisation,
      steps: 60,
      worlds: 6,
      replicas: 40,
      seed,
      returns: true,
      simulate: async (all) => all.map(({ params, worlds, seed }) => quotes(params, worlds, seed)),
    });
    for (const { name, low, high, value } of parameters) {
      const [from, to] = fit[name as "noise"];
      const known = truth[name as "noise"];
      expect(from + low * (to - from)).toBeLessThanOrEqual(known);
      expect(from + high * (to - from)).toBeGreaterThanOrEqual(known);
      expect(high - low).toBeLessThan(2 / 3);
      expect(value).toBeGreaterThan(from);
    }
    for (const { miss } of facts!.compared) expect(Math.abs(miss)).toBeLessThan(4);
    expect(facts!.memory.data).toHaveLength(40);
  }
});

test("dynamics are distances in standard errors: a series twice as volatile is off by ln 2 over that of ln sd", () => {
  const [[data]] = quotes({ reversion: 0.05, impact: 0.02, noise: 0 }, 1, 3);
  const distance = createDistance("dynamics", "both", data, seedStream(1));
  const [one, twice] = [data, data.map((r) => 2 * r)].map((r) => featuresOf([[r]]));
  expect(distance(one, one)).toBe(0);
  const error = Math.sqrt((excessKurtosis(data) + 2) / (4 * data.length));
  expect(distance(one, twice)).toBeCloseTo(Math.LN2 / error / Math.sqrt(5), 9);
  const other = quotes({ reversion: 0.3, impact: 0.01, noise: 0.01 }, 1, 4)[0][0];
  const z = [
    Math.log(variance(data) / variance(other)) / 2 / error,
    (autocorrelation(data, 1) - autocorrelation(other, 1)) * Math.sqrt(data.length),
    ...[4, 16, 64].map(
      (q) =>
        Math.log(varianceRatio(data, q) / varianceRatio(other, q)) /
        Math.sqrt((2 * (2 * q - 1) * (q - 1)) / (3 * q * data.length)),
    ),
  ];
  expect(distance(one, featuresOf([[other]]))).toBeCloseTo(Math.hypot(...z) / Math.sqrt(5), 9);
  const short = data.subarray(0, 100); // too short for the ratio over 64 periods and over 16
  const near = createDistance("dynamics", "both", short, seedStream(1));
  const [a, b] = [short, short.map((r) => 2 * r)].map((r) => featuresOf([[r]]));
  expect(near(a, b)).toBeCloseTo(Math.LN2 / Math.sqrt((excessKurtosis(short) + 2) / 400) / Math.sqrt(3), 9);
  // of several worlds the mean of each
  const both = featuresOf([[data], [data.map((r) => 2 * r)]]);
  expect(both.dynamics[0]).toBeCloseTo(one.dynamics[0] + Math.LN2 / 2, 12);
  expect(both.dynamics[3]).toBeCloseTo(one.dynamics[3], 12);
});

test("facts that the model lacks are missed by many standard deviations, and those it has are not", () => {
  const z = quotes({ reversion: 0, impact: 0.02, noise: 0 }, 41, 8, 600).map(([r]) => r.map((v) => v / 0.01));
  const restless = z[0].map((r, t) => (t % 200 < 150 ? r : 4 * r)); // volatility lasts
  const { compared, memory } = compareFacts(
    restless,
    z.slice(1).map((r) => [r]),
  );
  const fact = (name: string) => compared.find((one) => one.name === name)!;
  expect(fact("excessKurtosis").data).toBeCloseTo(excessKurtosis(restless), 12);
  expect(fact("excessKurtosis").miss).toBeGreaterThan(5);
  expect(fact("absoluteMemory").miss).toBeGreaterThan(5);
  expect(Math.abs(fact("autocorrelation").miss)).toBeLessThan(4);
  const simulated = z.slice(1).map((r) => skewness(r));
  const centre = mean(simulated);
  const spread = Math.sqrt(variance(simulated, { ddof: 1 }));
  expect(fact("skewness").miss).toBeCloseTo((skewness(restless) - centre) / spread, 9);
  expect([fact("skewness").low, fact("skewness").high]).toEqual([
    quantile(simulated, 0.025),
    quantile(simulated, 0.975),
  ]);
  expect(memory.data[0]).toBe(fact("absoluteAutocorrelation").data);
  expect(memory.data[19]).toBeGreaterThan(memory.high[19]);
  const still = compareFacts(restless, [[new Float64Array(600)], ...z.slice(1).map((r) => [r])]);
  expect(still.compared[0].simulated).toBeCloseTo(fact("skewness").simulated, 12); // a price that stands still has none
});

test("CMA-ES finds the same place, and the same seed the same bits", async () => {
  const fit = { sd: [0.1, 3] } as const;
  const once = await run({ fit, truth: { sd: 1.2 }, optimiser: cmaEs, steps: 40 });
  const again = await run({ fit, truth: { sd: 1.2 }, optimiser: cmaEs, steps: 40 });
  expect(Math.abs(once.best.sd - 1.2)).toBeLessThan(0.15);
  expect(again).toEqual(once);
});

test("candidates that fail are avoided and counted; where most fail the error says at what parameters", async () => {
  const fit = { sd: [0.1, 3] } as const;
  const { best, evaluations } = await run({ fit, truth: { sd: 1.2 }, steps: 24, fail: ({ sd }) => sd > 2 });
  expect(Math.abs(best.sd - 1.2)).toBeLessThan(0.2);
  expect(evaluations.some(({ error }) => error === "The market broke down.")).toBe(true);
  await expect(run({ fit, truth: { sd: 1.2 }, steps: 24, fail: ({ sd }) => sd > 0.2 })).rejects.toThrow(
    /candidates failed\. The last one, at sd = .*: The market broke down\. Narrow the ranges with --range\./,
  );
});

test("log changes of a price are its returns, within each stretch, and need positive prices", () => {
  const [a, b] = transformed([Float64Array.of(1, Math.E, Math.E), Float64Array.of(2, 2)], "log-changes", "x");
  expect(a[0]).toBeCloseTo(1, 14);
  expect([a[1], ...b]).toEqual([0, 0]);
  expect(() => transformed([Float64Array.of(1, 0)], "log-changes", "x")).toThrow("x: the logarithm of 0 was asked for");
});
