// A period by hand, theory by the Lyapunov equation and by search, Kalman's gain, simulated correlations, and the contract.
import { expect, test } from "vitest";
import { checkEconomy, createSimulation, isUnknown, resolveParams } from "../src/economy/index.ts";
import { fresh, goOn } from "../test/periods.ts";
import { pairMoments } from "./parts/pairs.ts";
import { socialLearning } from "./social-learning.ts";
import {
  correlationsAt,
  equilibriumWeight,
  lossAt,
  plannerTax,
  plannerWeight,
  type Signals,
} from "./theory/social-learning.ts";

const truthOf = (params: Readonly<Record<string, number | string>>) =>
  socialLearning.truth!(resolveParams(socialLearning, params) as never) as Record<string, number>;

test("orders lie between own signals and the cluster's last orders, are paid by their errors and the tax, and are counted", () => {
  const params = { clusters: 3, clusterSize: 4, decisions: "period", tax: 0.3, shared: 0.4, warmUp: 1 };
  const simulation = createSimulation(socialLearning, { params, seed: 5 });
  const column = (name: string) => simulation.columns[name] as Float64Array;
  const weights = Array.from({ length: 12 }, (_, i) => i / 11);
  const decide = () => column("traders.following").set(weights);
  fresh(simulation, 1, decide);
  const [last, before] = [column("traders.order").slice(), column("clusters.value").slice()];
  goOn(simulation, 1, decide);
  const { signal, gap, order, error, payoff } = Object.fromEntries(
    ["signal", "gap", "order", "error", "payoff"].map((name) => [name, column(`traders.${name}`)]),
  ) as Record<string, Float64Array>;
  const value = column("clusters.value");
  expect(value.every((θ, c) => θ !== before[c])).toBe(true);
  for (let i = 0; i < 12; i++) {
    const first = 4 * Math.floor(i / 4);
    const mean = last.subarray(first, first + 4).reduce((a, b) => a + b) / 4;
    expect(gap![i]).toBeCloseTo(signal![i]! - mean, 13);
    expect(order![i]).toBeCloseTo(weights[i]! * mean + (1 - weights[i]!) * signal![i]!, 13);
    expect(error![i]).toBeCloseTo(order![i]! - value[Math.floor(i / 4)]!, 13);
    expect(payoff![i]).toBeCloseTo(-(error![i]! ** 2) - 0.3 * weights[i]! * gap![i]! ** 2, 13);
  }
  const metric = (name: keyof typeof socialLearning.metrics) =>
    socialLearning.metrics[name].of(simulation.worlds[0], simulation.params);
  const sum = (x: ArrayLike<number>) => Array.from(x).reduce((a, b) => a + b, 0);
  expect(metric("following")).toBeCloseTo(0.5, 13);
  expect(metric("weight")).toBeCloseTo(sum(gap!.map((d, i) => d * d * weights[i]!)) / sum(gap!.map((d) => d * d)), 13);
  expect(metric("loss")).toBeCloseTo(sum(error!.map((e) => e * e)) / 12, 13);
  // Two periods were measured of which the first was warm-up.
  const products = { within: 0, across: 0, random: 0 };
  for (let i = 0; i < 12; i++)
    for (let j = 0; j < 12; j++) {
      if (i === j) continue;
      const product = error![i]! * error![j]!;
      products.random += product / 132;
      if (Math.floor(i / 4) === Math.floor(j / 4)) products.within += product / 36;
      else products.across += product / 96;
    }
  expect(metric("clusterCorrelation")).toBeCloseTo(products.within / metric("loss"), 12);
  expect(metric("betweenCorrelation")).toBeCloseTo(products.across / metric("loss"), 12);
  expect(metric("randomCorrelation")).toBeCloseTo(products.random / metric("loss"), 12);
});

/** C = φ² W (C + Q) W′ + (1 − φ)² s I of errors by iteration, with two clusters and the news Q that they have in common; and (C + Q) seen by a follower. */
function lyapunov(φ: number, { clusterSize: m, newsVariance: q, noiseVariance: s }: Signals, shared: number) {
  const n = 2 * m;
  const cluster = (i: number): number => Math.floor(i / m);
  const news = (i: number, j: number): number => (cluster(i) === cluster(j) ? q : shared * q);
  let covariance = new Float64Array(n * n);
  let lag = 0;
  for (let step = 0, change = 1; step < 100_000 && change > 1e-15; step++) {
    const means = [0, 0, 0, 0]; // of C + Q over blocks of clusters
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++)
        means[2 * cluster(i) + cluster(j)]! += (covariance[n * i + j]! + news(i, j)) / (m * m);
    lag = means[0]!;
    const next = covariance.map((_, k) => {
      const [i, j] = [Math.floor(k / n), k % n];
      return φ * φ * means[2 * cluster(i) + cluster(j)]! + (i === j ? (1 - φ) * (1 - φ) * s : 0);
    });
    change = Math.max(...next.map((x, k) => Math.abs(x - covariance[k]!)));
    covariance = next;
  }
  return { loss: covariance[0]!, within: covariance[1]!, between: covariance[n - 1]!, lag };
}

/** The smallest of a unimodal function on [0, below), by golden section: digits to the root of those of f. */
function smallest(f: (x: number) => number, below: number): number {
  const g = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [0, below];
  for (let k = 0; k < 40; k++) {
    const [a, b] = [high - g * (high - low), low + g * (high - low)];
    if (f(a) < f(b)) high = b;
    else low = a;
  }
  return (low + high) / 2;
}

const CASES: readonly (readonly [Signals, number])[] = [
  [{ clusterSize: 4, newsVariance: 0.05, noiseVariance: 1 }, 0.185],
  [{ clusterSize: 2, newsVariance: 0.5, noiseVariance: 2 }, 0.7],
  [{ clusterSize: 5, newsVariance: 3, noiseVariance: 0.4 }, 0],
];

test.each(CASES)(
  "correlations, equilibrium and planner are those that iteration and search find: %o",
  (signals, shared) => {
    const s = signals.noiseVariance;
    for (const φ of [0, 0.3, 0.85]) {
      const { loss, within, between } = lyapunov(φ, signals, shared);
      const closed = correlationsAt(φ, signals, shared);
      expect(lossAt(φ, signals)).toBeCloseTo(loss, 12);
      expect(closed.within).toBeCloseTo(within / loss, 12);
      expect(closed.between).toBeCloseTo(between / loss, 12);
    }
    // Nobody gains by another weight than the equilibrium's, against others who follow with it; with a tax on following neither.
    for (const tax of [0, 0.03, plannerTax(signals)]) {
      const equilibrium = equilibriumWeight(signals, tax);
      const { lag } = lyapunov(equilibrium, signals, shared);
      const best = smallest((x) => x * x * lag + (1 - x) * (1 - x) * s + tax * x * (lag + s), 1);
      expect(equilibrium).toBeCloseTo(best, 6);
    }
    const planner = plannerWeight(signals);
    expect(planner).toBeCloseTo(
      smallest((φ) => lyapunov(φ, signals, shared).loss, 0.9),
      6,
    );
    expect(equilibriumWeight(signals, plannerTax(signals))).toBeCloseTo(planner, 12);
    expect(planner).toBeLessThan(equilibriumWeight(signals, 0) - 0.001);
  },
);

test("alone everybody is a Kalman filter, whom no planner would change", () => {
  const alone = { clusterSize: 1, newsVariance: 0.1, noiseVariance: 1 };
  for (const weight of [equilibriumWeight(alone, 0), plannerWeight(alone)])
    expect(1 - weight).toBeCloseTo(0.2701562119, 10);
  expect(lossAt(plannerWeight(alone), alone)).toBeCloseTo(0.2701562119, 10); // P⁻ s/(P⁻ + s)
  expect(plannerTax(alone)).toBeCloseTo(0, 12);
  expect(equilibriumWeight(alone, 2)).toBe(0);
});

test("in the equilibrium the correlation in a cluster is the weight itself; by default .85, and .15 between clusters", () => {
  const truth = truthOf({});
  expect(truth["clusterCorrelation"]).toBeCloseTo(truth["equilibriumWeight"]!, 12);
  expect(truth["clusterCorrelation"]).toBeCloseTo(0.85, 8);
  expect(truth["betweenCorrelation"]).toBeCloseTo(0.15, 3);
  // A trader has 9 others in its own cluster and 310 elsewhere.
  expect(truth["randomCorrelation"]).toBeCloseTo((9 * 0.85 + 310 * truth["betweenCorrelation"]!) / 319, 8);
  expect(truth["loss"]).toBeCloseTo(0.15, 8); // (1 − φ) s
  expect(truth["weight"]).toBe(truth["equilibriumWeight"]);
  expect(truthOf({ weight: 0.5 })["weight"]).toBe(0.5);
  expect(truthOf({ weight: 0.5, decisions: "period" })["weight"]).toBe(truth["equilibriumWeight"]);
});

// Errors remember 1/(1 − φ²) < 4 periods: 3000 are 800 draws of what is common to all, and 40 times as many of what clusters have. Standard errors: .02 between, .003 within.
test.each([{ weight: 0.85 }, { weight: 0.6, shared: 0.6 }])(
  "simulated errors are as large and as correlated as theory says: %o",
  (settings) => {
    const params = { ...settings, clusters: 40, clusterSize: 5, horizon: 4000, warmUp: 50 };
    const simulation = fresh(createSimulation(socialLearning, { params, seed: 3 }), 50);
    let loss = 0;
    for (let t = 0; t < 3000; t++) {
      goOn(simulation, 1);
      loss += socialLearning.metrics.loss.of(simulation.worlds[0], simulation.params) / 3000;
    }
    const truth = truthOf(params);
    expect(Math.abs(loss / truth["loss"]! - 1)).toBeLessThan(0.05);
    for (const [name, tolerance] of [
      ["clusterCorrelation", 0.02],
      ["betweenCorrelation", 0.06],
      ["randomCorrelation", 0.06],
    ] as const) {
      const ours = socialLearning.metrics[name].of(simulation.worlds[0], simulation.params);
      expect(Math.abs(ours - truth[name]!)).toBeLessThan(tolerance);
    }
  },
);

test("where there are no pairs, or traders look ahead, theory says so", () => {
  const unknowns = (params: Readonly<Record<string, number | string>>) =>
    Object.entries(truthOf(params)).flatMap(([name, value]) => (isUnknown(value) ? [name] : []));
  expect(unknowns({ clusters: 1, clusterSize: 1 })).toEqual([
    "clusterCorrelation",
    "betweenCorrelation",
    "randomCorrelation",
  ]);
  expect(unknowns({ decisions: "period", discountFactor: 0.5 })).toEqual([
    "weight",
    "equilibriumWeight",
    "plannerTax",
    "loss",
    "clusterCorrelation",
    "betweenCorrelation",
    "randomCorrelation",
  ]);
  expect(unknowns({ clusterSize: 2 })).toEqual([]);
  const none = pairMoments({ sum: [3], squares: [9], members: [1] }, 1);
  expect([none, pairMoments({ sum: [3], squares: [9], members: [1] }, 2)]).toEqual([
    { within: 0, across: 0, variance: 9 },
    { within: 0, across: 0, variance: 0 },
  ]);
});

test("the contract holds", () => {
  for (const params of [{ horizon: 8 }, { clusters: 3, clusterSize: 1, decisions: "period", tax: 0.1, horizon: 5 }])
    expect(checkEconomy(socialLearning, { params, periods: 12 }).filter(({ pass }) => !pass)).toEqual([]);
});
