// A period by hand, correlations in theory by the Lyapunov equation and in simulation, and the contract.
import { expect, test } from "vitest";
import { checkEconomy, createSimulation, resolveParams } from "../src/economy/index.ts";
import { fresh, goOn } from "../test/periods.ts";
import { herding } from "./herding.ts";
import { herdingCorrelation } from "./theory/herding.ts";

type Settings = Readonly<Record<string, number>>;

/** A world after so many periods, its columns, and its metrics. */
function traded(params: Settings, periods: number, seed = 1) {
  const simulation = fresh(createSimulation(herding, { params, seed }), periods);
  const column = (name: string) => simulation.columns[name] as Float64Array;
  const metrics = () =>
    Object.fromEntries(
      Object.entries(herding.metrics).map(([name, { of }]) => [name, of(simulation.worlds[0], simulation.params)]),
    );
  return { simulation, column, metrics };
}

test("orders are the mean of the cluster's and of those followed, with influence, and news of their own", () => {
  const params = { agents: 23, clusterSize: 5, degree: 3, warmUp: 0 };
  const periods = 4;
  const [still, moved] = [0, 0.7].map((influence) => traded({ ...params, influence }, periods));
  const before = [still, moved].map(({ column }) => [
    column("traders.clustered").slice(),
    column("traders.scattered").slice(),
  ]);
  for (const { simulation } of [still, moved]) goOn(simulation, 1);
  const { start, target } = moved.simulation.worlds[0].followed as unknown as Record<string, Int32Array>;
  for (let i = 0; i < 23; i++) {
    const first = 5 * Math.floor(i / 5);
    const members = before[1][0].subarray(first, first + 5); // three in the last
    const followed = Array.from(target.subarray(start[i], start[i + 1]), (j) => before[1][1][j]);
    expect(followed.length).toBe(3);
    const mean = (x: ArrayLike<number>) => Array.from(x).reduce((a, b) => a + b) / x.length;
    // Without influence orders are news alone.
    expect(moved.column("traders.clustered")[i]).toBeCloseTo(
      0.7 * mean(members) + still.column("traders.clustered")[i],
      12,
    );
    expect(moved.column("traders.scattered")[i]).toBeCloseTo(
      0.7 * mean(followed) + still.column("traders.scattered")[i],
      12,
    );
  }
});

test("correlations are sums of products over pairs and periods, over sums of squares", () => {
  const { simulation, column, metrics } = traded({ agents: 7, clusterSize: 3, degree: 2, warmUp: 2 }, 2);
  expect(Object.values(metrics())).toEqual([0, 0, 0]); // still warming up
  const sums = { within: 0, across: 0, variance: 0, pairs: 0, square: 0 };
  for (let t = 0; t < 5; t++) {
    goOn(simulation, 1);
    const [x, y] = [column("traders.clustered"), column("traders.scattered")];
    for (let i = 0; i < 7; i++) {
      sums.square += (y[i] * y[i]) / 7;
      if (i < 6) sums.variance += (x[i] * x[i]) / 6; // the seventh is in no full cluster
      for (let j = 0; j < 7; j++) {
        if (i === j) continue;
        sums.pairs += (y[i] * y[j]) / 42;
        if (i === 6 || j === 6) continue;
        if (Math.floor(i / 3) === Math.floor(j / 3)) sums.within += (x[i] * x[j]) / 12;
        else sums.across += (x[i] * x[j]) / 18;
      }
    }
  }
  expect(metrics().clusterCorrelation).toBeCloseTo(sums.within / sums.variance, 12);
  expect(metrics().betweenCorrelation).toBeCloseTo(sums.across / sums.variance, 12);
  expect(metrics().randomCorrelation).toBeCloseTo(sums.pairs / sums.square, 12);
});

// Influence at which a clique of m has a correlation of .85, and random groups of which sizes have which: independent values.
test.each([
  [0.9912915613, 10, 0.85, 8],
  [0.9956172178, 20, 0.85, 8],
  [0.9828067414, 5, 0.85, 8],
  [0.9912915613, 321, 0.15, 3],
  [0.9912915613, 50, 0.53125, 5],
  [0.9, 50, 0.07856, 5],
  [0.7, 50, 0.01885, 5],
])("with influence %d a group of %d has a correlation of %d", (influence, size, correlation, digits) => {
  expect(herdingCorrelation(influence, size)).toBeCloseTo(correlation, digits);
});

/** Mean correlation over pairs of x′ = φ W x + ε with the network of a simulation: C = φ² W C W′ + I, by doubling. */
function lyapunov(φ: number, start: Int32Array, target: Int32Array): number {
  const n = start.length - 1;
  const product = (a: number[][], b: number[][]) =>
    a.map((row) => b[0].map((_, j) => row.reduce((sum, x, k) => sum + x * b[k][j], 0)));
  const turned = (a: number[][]) => a[0].map((_, j) => a.map((row) => row[j]));
  const identity = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)));
  let power = identity.map((row, i) => {
    const out = row.map(() => 0);
    for (let l = start[i]; l < start[i + 1]; l++) out[target[l]] += φ / (start[i + 1] - start[i]);
    return out;
  });
  let covariance: number[][] = identity;
  for (let k = 0; k < 14; k++) {
    const more = product(product(power, covariance), turned(power));
    covariance = covariance.map((row, i) => row.map((c, j) => c + more[i][j]));
    power = product(power, power);
  }
  let sum = 0;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) if (i !== j) sum += covariance[i][j] / Math.sqrt(covariance[i][i] * covariance[j][j]);
  return sum / (n * (n - 1));
}

test.each([0.9912915613, 0.9, 0.7])(
  "influence %d: the formula for random networks is within .03 of the Lyapunov equation on those that are drawn",
  (influence) => {
    for (const seed of [1, 2]) {
      const { simulation } = traded({ agents: 40, clusterSize: 10, influence }, 1, seed);
      const { start, target } = simulation.worlds[0].followed as unknown as Record<string, Int32Array>;
      expect(Math.abs(lyapunov(influence, start, target) - herdingCorrelation(influence, 40))).toBeLessThan(0.03);
    }
  },
);

// 9000 periods are 80 times the memory of a clique of 10 at φ = .9913, and 32 cliques: the standard error of its correlation is .003. The random network has one common part: .02 over four seeds.
test("simulated orders are as correlated as theory says: .85 in a cluster, .15 with strangers, 0 between clusters", () => {
  const truth = herding.truth!(resolveParams(herding)) as Record<string, number>;
  expect(truth.clusterCorrelation).toBeCloseTo(0.85, 9);
  expect(truth.randomCorrelation).toBeCloseTo(0.15, 2);
  const sums: Record<string, number> = {};
  for (const seed of [1, 2, 3, 4])
    for (const [name, value] of Object.entries(traded({}, 10_000, seed).metrics()))
      sums[name] = (sums[name] ?? 0) + value / 4;
  for (const name of Object.keys(truth)) expect(Math.abs(sums[name] - truth[name])).toBeLessThan(0.03);
});

test("clusters that are not full, of one, or alone have no theory; nor has following more than there are", () => {
  const truth = (params: Settings) =>
    herding.truth!(resolveParams(herding, params)) as Record<string, { unknown?: string }>;
  expect(truth({ agents: 5, clusterSize: 6, degree: 2 }).clusterCorrelation.unknown).toBe(
    "5 traders do not fill a cluster of 6",
  );
  expect(truth({ clusterSize: 1 }).clusterCorrelation.unknown).toBe("a cluster of one has no pairs");
  expect(truth({ agents: 19 }).betweenCorrelation.unknown).toBe("19 traders fill a single cluster of 10");
  expect(truth({ agents: 10 }).randomCorrelation.unknown).toBe("10 traders cannot follow 10 others each");
});

test("the contract holds", () => {
  const left = { agents: 9, clusterSize: 2, clusters: 2, degree: 1 };
  for (const params of [{}, { agents: 23, clusterSize: 5, degree: 4, warmUp: 3 }, left])
    expect(checkEconomy(herding, { params, periods: 6 }).filter(({ pass }) => !pass)).toEqual([]);
});
