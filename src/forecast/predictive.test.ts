import { expect, test } from "vitest";
import { normalCdf, studentWithin } from "../math/index.ts";
import { seedStream } from "../random/index.ts";
import { trainGraphClassifier, trainGraphNetwork, transitionsOf } from "./graph-network.ts";
import { posterior, posteriorPredictive, posteriorProbabilities } from "./posterior.ts";
import {
  cdf,
  crps,
  crpsOfSample,
  logScore,
  randomisedTransform,
  rankedProbabilityScore,
  uniformity,
} from "./scores.ts";

const normal = { means: [1], deviations: [2] };
/** .3 N(−1, .5²) + .7 N(2, 1.5²) */
const mixed = { means: [-1, 2], deviations: [0.5, 1.5], weights: [0.3, 0.7] };

test("the score of a standard normal law at its mean is (√2 − 1)/√π, and grows with its units", () => {
  const standard = (Math.SQRT2 - 1) / Math.sqrt(Math.PI);
  expect(crps({ means: [0], deviations: [1] }, 0)).toBeCloseTo(standard, 14);
  expect(crps(normal, 1)).toBeCloseTo(2 * standard, 14);
});

// scipy 1.16: ∫ (F(x) − 1{x ≥ y})² dx by quadrature
test.each([
  [-2, 2.027569449820943],
  [0.5, 0.5976179340936777],
  [3, 1.1398920585956698],
])("the score of a mixture at %f is the integral of squared distances", (y, expected) => {
  expect(crps(mixed, y)).toBeCloseTo(expected, 10);
  expect(cdf(mixed, y)).toBeCloseTo(0.3 * normalCdf((y + 1) / 0.5) + 0.7 * normalCdf((y - 2) / 1.5), 14);
});

test("a mixture of equal laws scores as one of them, and equal weights are the default", () => {
  const twice = { means: [1, 1], deviations: [2, 2] };
  expect(crps(twice, -0.7)).toBeCloseTo(crps(normal, -0.7), 13);
  expect(cdf(twice, -0.7)).toBeCloseTo(cdf(normal, -0.7), 14);
});

test("a sample scores by its distances: {1, 2, 4} at 3 by 4/3 − ½ · 12/9", () => {
  expect(crpsOfSample([4, 1, 2], 3)).toBeCloseTo(2 / 3, 14);
  expect(crpsOfSample([5], 3)).toBe(2);
});

test("logarithmic scores are minus the log of densities and of probabilities", () => {
  expect(logScore(normal, 3)).toBeCloseTo(0.5 + Math.log(2 * Math.sqrt(2 * Math.PI)), 14);
  const density = (m: number, σ: number) => Math.exp(-((1 - m) ** 2) / (2 * σ * σ)) / (σ * Math.sqrt(2 * Math.PI));
  expect(logScore(mixed, 1)).toBeCloseTo(-Math.log(0.3 * density(-1, 0.5) + 0.7 * density(2, 1.5)), 13);
  expect(logScore([0.2, 0.5, 0.3], 1)).toBeCloseTo(Math.LN2, 14);
});

test("ordered categories score by squared distances of what is below, which is the CRPS of a law at 0, 1, 2", () => {
  // .2² + .7² for the last; a sample of two 0s, five 1s and three 2s has this law
  const law = [0.2, 0.5, 0.3];
  expect(rankedProbabilityScore(law, 2)).toBeCloseTo(0.53, 14);
  for (const y of [0, 1, 2])
    expect(rankedProbabilityScore(law, y)).toBeCloseTo(crpsOfSample([0, 0, 1, 1, 1, 1, 1, 2, 2, 2], y), 14);
  expect(() => rankedProbabilityScore(law, 3)).toThrow("got category 3, expected an integer from 0 to 2");
});

test("a randomised transform lies between what is below a category and what is up to it", () => {
  const law = [0.2, 0.5, 0.3];
  expect([0, 1, 2].map((y) => randomisedTransform(law, y, 0.5))).toEqual(
    [0.1, 0.45, 0.85].map((u) => expect.closeTo(u, 14)),
  );
  expect(randomisedTransform(law, 2, 1)).toBeCloseTo(1, 14);
});

test("probabilities of categories are means over draws", () => {
  const draws = { draws: Float64Array.of(0.1, 0.3, 0.5), parameters: 1 };
  const found = posteriorProbabilities(draws, (θ) => [θ[0]!, 1 - θ[0]!]);
  expect([...found]).toEqual([expect.closeTo(0.3, 14), expect.closeTo(0.7, 14)]);
});

// scipy.stats.kstest, exact: .4333298803335247 and .0007850364656044606; Stephens' correction is good to 2 % of the middle and a quarter of the tail
test("uniformity is Kolmogorov and Smirnov's test", () => {
  const x = Array.from({ length: 50 }, (_, k) => ((37 * (k + 1)) % 101) / 101);
  const powers = [1, 1.3, 2].map((power) => uniformity(x.map((v) => v ** power)));
  const distances = [0.029108910891089107, 0.12004217020172092, 0.2749259876482698];
  expect(powers.map(({ statistic }) => statistic)).toEqual(distances.map((d) => expect.closeTo(d, 13)));
  expect(powers[0]!.pValue).toBeCloseTo(1, 6);
  expect(powers[1]!.pValue / 0.4333298803335247).toBeCloseTo(1, 1);
  expect(powers[2]!.pValue / 0.0007850364656044606).toBeGreaterThan(0.75);
  expect(powers[2]!.pValue / 0.0007850364656044606).toBeLessThan(1.25);
  expect(() => uniformity([0.5, 1.2])).toThrow("got values from 0.5 to 1.2");
});

// y ~ N(b, σ²), p(b, ln σ) flat: the next value is b̂ + s √(1 + 1/n) t(n − 1)
test("the posterior predictive of a normal sample is Student's law, wider than that of the best parameters", () => {
  const y = [0.3, -1.1, 0.8, 1.9, -0.2, 0.5];
  const n = y.length;
  const mean = y.reduce((sum, v) => sum + v) / n;
  const squares = y.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  const found = posterior({
    logPosterior: ([b, lnσ]) => -n * lnσ! - (squares + n * (b! - mean) ** 2) / (2 * Math.exp(2 * lnσ!)),
    start: [0, 0],
    draws: 3000,
    seed: 1,
  });
  expect(found.accepted).toBeGreaterThan(0.2);
  expect(found.accepted).toBeLessThan(0.6);
  const law = posteriorPredictive(found, ([b, lnσ]) => ({ mean: b!, deviation: Math.exp(lnσ!) }));
  const unit = Math.sqrt((squares / (n - 1)) * (1 + 1 / n));
  for (const t of [0.5, 1.5, 3]) {
    const within = cdf(law, mean + t * unit) - cdf(law, mean - t * unit);
    expect(within).toBeCloseTo(studentWithin(t, n - 1), 1.9); // ±.006: four standard errors of 3000 draws, autocorrelation included
  }
  const plugged = { means: [mean], deviations: [Math.sqrt(squares / n)] };
  expect(cdf(law, mean - 3 * unit)).toBeGreaterThan(5 * cdf(plugged, mean - 3 * unit));
});

test("draws follow a posterior of correlated parameters of unequal sizes, and the same seed gives the same", () => {
  // precision [[1, −.9 · 10], [·, 100]]/(1 − .81): deviations 1 and .1, correlation .9
  const logPosterior = (θ: Float64Array): number =>
    -(θ[0]! ** 2 - 1.8 * θ[0]! * (10 * θ[1]!) + (10 * θ[1]!) ** 2) / (2 * 0.19);
  const run = () => posterior({ logPosterior, start: [2, -0.2], draws: 4000, thin: 8, warmUp: 4000, seed: 2 });
  const { draws } = run();
  const moment = (i: number, j: number): number => {
    let sum = 0;
    for (let s = 0; s < 4000; s++) sum += draws[2 * s + i]! * draws[2 * s + j]!;
    return sum / 4000;
  };
  expect(moment(0, 0)).toBeCloseTo(1, 0.7); // ±.1
  expect(100 * moment(1, 1)).toBeCloseTo(1, 0.7);
  expect(10 * moment(0, 1)).toBeCloseTo(0.9, 0.7);
  expect(run().draws).toEqual(draws);
});

test("a start that is impossible is refused", () => {
  expect(() => posterior({ logPosterior: () => -Infinity, start: [0], seed: 1 })).toThrow(
    "a log posterior of -Infinity at the start",
  );
});

test("transitions hold each agent's own state, its neighbours' with equal weights, and its next", () => {
  // 0 hears 1 and 2, 1 hears 0, 2 nobody; two features
  const links = { start: [0, 2, 3, 3], target: [1, 2, 0] };
  const path = [
    [1, 10, 2, 20, 3, 30],
    [4, 40, 5, 50, 6, 60],
    [7, 70, 8, 80, 9, 90],
  ];
  const { most, own, neighbours, weight, next } = transitionsOf(path, links, 2);
  expect(most).toBe(2);
  expect([...next]).toEqual([4, 5, 6, 7, 8, 9]);
  expect([...own.subarray(6, 8)]).toEqual([4, 40]);
  expect([...neighbours.subarray(0, 12)]).toEqual([2, 20, 3, 30, 1, 10, 0, 0, 0, 0, 0, 0]);
  expect([...weight.subarray(0, 6)]).toEqual([0.5, 0.5, 1, 0, 0, 0]);
  expect(() => transitionsOf([[1, 2, 3]], links)).toThrow("got 1 periods");
  expect(() =>
    transitionsOf(
      [
        [1, 2, 3],
        [1, 2],
      ],
      links,
    ),
  ).toThrow("one with 2 numbers, expected at least 2 with 1 for each of 3 agents");
});

/** x_i′ = .8 tanh(3 mean of neighbours) + .1 (1 + |x_i|) ε on a ring with one neighbour or two. */
function loud(agents: number, periods: number, seed: number) {
  const start = [0];
  const target: number[] = [];
  for (let i = 0; i < agents; i++) {
    target.push((i + 1) % agents);
    if (i % 2 === 0) target.push((i + 2) % agents);
    start.push(target.length);
  }
  const ε = new Float64Array(agents);
  const path: Float64Array[] = [];
  const law = (x: Float64Array, i: number) => {
    const heard = target.slice(start[i], start[i + 1]).map((j) => x[j]!);
    const mean = heard.reduce((sum, v) => sum + v, 0) / heard.length;
    return { mean: 0.8 * Math.tanh(3 * mean), deviation: 0.1 * (1 + Math.abs(x[i]!)) };
  };
  const stream = seedStream(seed);
  for (let t = 0; t < periods; t++) {
    stream.normal(ε, { lane: 0, period: t, from: 0 });
    const before = path.at(-1);
    path.push(
      ε.map((z, i) => {
        if (!before) return z;
        const { mean, deviation } = law(before, i);
        return mean + deviation * z;
      }),
    );
  }
  return { links: { start, target }, path, law };
}

test("a graph network learns the mean and the deviation of a law that is not linear in neighbours", () => {
  const training = loud(40, 60, 1);
  const network = trainGraphNetwork(transitionsOf(training.path, training.links), {
    seed: 1,
    steps: 600,
    learningRate: 0.02,
    batch: 64,
    width: 8,
  });
  const { links, path, law } = loud(40, 12, 2);
  const laws = network.predict(transitionsOf(path, links));
  let [best, ours, still, off] = [0, 0, 0, 0];
  for (const [row, predicted] of laws.entries()) {
    const [t, i] = [Math.floor(row / 40), row % 40];
    const { mean, deviation } = law(path[t]!, i);
    const y = path[t + 1]![i]!;
    best += crps({ means: [mean], deviations: [deviation] }, y) / laws.length;
    ours += crps(predicted, y) / laws.length;
    off += Math.abs(Math.log(predicted.deviations[0]! / deviation)) / laws.length;
    still += Math.abs(y - path[t]![i]!) / laws.length;
  }
  expect(ours / best).toBeLessThan(1.1);
  expect(off).toBeLessThan(0.15); // deviations differ by up to e^.7
  expect(still / best).toBeGreaterThan(3);
});

test("a graph classifier learns chances of infection by infected neighbours, 1 − .7^m, and of recovery, .4", () => {
  const [agents, D] = [40, 4];
  const links = {
    start: Array.from({ length: agents + 1 }, (_, i) => D * i),
    target: Array.from({ length: D * agents }, (_, l) => (Math.floor(l / D) + 3 ** (l % D)) % agents),
  };
  const stream = seedStream(8);
  let health = Array.from({ length: agents }, (_, i) => (i % 3 === 0 ? 1 : 0));
  const path: number[][] = [];
  const metBy = (states: number[], i: number) => [0, 1, 2, 3].filter((d) => states[(i + 3 ** d) % agents] === 1).length;
  for (let t = 0; t < 60; t++) {
    path.push(health.flatMap((h) => [h, h]));
    const before = health;
    health = before.map((h, i) => {
      const u = stream.uniformAt(0, t, i);
      return h === 1 ? (u < 0.4 ? 0 : 1) : u < 1 - 0.7 ** metBy(before, i) ? 1 : 0;
    });
  }
  const transitions = transitionsOf(path, links, 2);
  const options = { categories: 2, seed: 1, steps: 400, batch: 64, width: 8 };
  const network = trainGraphClassifier(transitions, options);
  let off = 0;
  network.predict(transitions).forEach((law, row) => {
    const states = path[Math.floor(row / agents)]!.filter((_, k) => k % 2 === 0);
    const truth = states[row % agents] === 1 ? 0.6 : 1 - 0.7 ** metBy(states, row % agents);
    expect(law[0]! + law[1]!).toBeCloseTo(1, 12);
    off += Math.abs(law[1]! - truth) / transitions.next.length;
  });
  expect(off).toBeLessThan(0.05); // chances are from 0 to .76
  expect(() => trainGraphClassifier({ ...transitions, next: transitions.next.map((c) => 2 * c) }, options)).toThrow(
    "leads to 2, expected an integer from 0 to 1",
  );
});

test("predictions depend on neighbours, on none of those that are not there, and on the seed alone", () => {
  const { links, path } = loud(20, 20, 3);
  const transitions = transitionsOf(path, links);
  const of = () => trainGraphNetwork(transitions, { seed: 5, steps: 30, batch: 16, width: 4 });
  const network = of();
  const before = network.predict(transitions);
  expect(of().predict(transitions)).toEqual(before);
  const moved = transitions.neighbours.slice();
  moved[3] = 100; // agent 1 has no second neighbour
  expect(network.predict({ ...transitions, neighbours: moved })).toEqual(before);
  moved[2] = 100;
  expect(network.predict({ ...transitions, neighbours: moved })[1]).not.toEqual(before[1]);
  const alone = transitionsOf(path, {
    start: [...Array(21).keys()],
    target: [...Array(20).keys()].map((i) => (i + 1) % 20),
  });
  const odd = network.predict(alone).filter((_, row) => row % 2 === 1); // who hears one other in either
  expect([alone.most, odd]).toEqual([1, before.filter((_, row) => row % 2 === 1)]);
  expect(() => network.predict({ ...transitions, most: 3 })).toThrow(
    "up to 3 neighbours, expected 1 features and at most 2",
  );
  expect(() => trainGraphNetwork(transitions, { seed: 1, batch: 1000 })).toThrow(
    "got 380 transitions, expected at least 1000",
  );
});
