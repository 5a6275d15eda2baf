// Influence against elimination and closed forms, a ring against iteration.
import { expect, test } from "vitest";
import { NotConverged } from "../math/index.ts";
import { seedStream } from "../random/index.ts";
import { type Averaging, consensusWeights, ringAveraging, ringDisagreement } from "./averaging.ts";
import { stationary } from "./markov-chain.ts";

/** n rows who listen to `degree` random rows each, with random trust. */
function drawn(n: number, degree: number, own: number): Averaging {
  const stream = seedStream(1).fork("network");
  const start = Array.from({ length: n + 1 }, (_, i) => i * degree);
  const target = Array.from({ length: n * degree }, (_, l) => stream.integerAt(0, 0, l, n));
  const trust = Array.from({ length: n * degree }, (_, l) => 1 - stream.uniformAt(0, 1, l));
  return { start, target, trust, own };
}

/** W, row by row. */
function matrix({ start, target, trust, own }: Averaging): Float64Array[] {
  const n = start.length - 1;
  return Array.from({ length: n }, (_, i) => {
    const row = new Float64Array(n);
    let sum = 0;
    for (let l = start[i]; l < start[i + 1]; l++) sum += trust[l];
    row[i] = sum > 0 ? own : 1;
    for (let l = start[i]; l < start[i + 1]; l++) row[target[l]] += ((1 - own) * trust[l]) / sum;
    return row;
  });
}

test.each([0.05, 0.5, 0.9])("influence is the stationary law of the weights, own weight %d", (own) => {
  const network = drawn(40, 4, own);
  const { weights, residual } = consensusWeights(network);
  const exact = stationary(matrix(network));
  weights.forEach((s, i) => {
    expect(s).toBeCloseTo(exact[i], 11);
  });
  expect(residual).toBeLessThanOrEqual(1e-12);
});

test("where trust is mutual and equal, influence is in proportion to neighbours, at once and however slow the network", () => {
  // a path of 5001 rows
  const n = 5001;
  const target = Array.from({ length: n }, (_, i) => [i - 1, i + 1].filter((j) => j >= 0 && j < n));
  const start = [0];
  for (const row of target) start.push(start.at(-1)! + row.length);
  const path = { start, target: target.flat(), trust: new Array(2 * n - 2).fill(3), own: 0.1 };
  const { weights } = consensusWeights(path, { iterations: 1 });
  weights.forEach((s, i) => {
    expect(s).toBeCloseTo((i === 0 || i === n - 1 ? 1 : 2) / (2 * n - 2), 14);
  });
});

test("two who listen to each other by unequal weights, and one to whom nobody listens", () => {
  // Row 0 listens to 1, row 1 to 0 and 2 equally, row 2 to nobody: it never moves, so all come to think as it does.
  const leader = { start: [0, 1, 3, 3], target: [1, 0, 2], trust: [1, 1, 1], own: 0.5 };
  expect([...consensusWeights(leader, { tolerance: 1e-13 }).weights]).toEqual(
    [0, 0, 1].map((s) => expect.closeTo(s, 11)),
  );
  const nobody = { start: [0, 0, 0], target: [], trust: [], own: 0.5 };
  expect([...consensusWeights(nobody).weights]).toEqual([0.5, 0.5]);
});

test("a network that mixes too slowly ends in an error with the residual", () => {
  expect(() => consensusWeights(drawn(40, 4, 0.999), { iterations: 20 })).toThrow(NotConverged);
  expect(() => consensusWeights(drawn(40, 4, 0.999), { iterations: 20 })).toThrow(
    /consensusWeights: ends with a residual of .*Opinions mix too slowly/,
  );
});

test.each([
  [11, 2, 0.25, 0.6],
  [12, 4, 0.5, 0.9],
  [30, 6, 0, 0.3],
])("a ring of %d, %d neighbours, own weight %d, listening %d: x = (1 − a)(I − aW)⁻¹ x(0)", (n, K, own, a) => {
  const { disagreement, rate, error } = ringAveraging({ agents: n, neighbours: K, own, listening: a });
  // The response to one first opinion: row 0's is 1, all others' 0; by symmetry its squares add up to what is left of all.
  const left = (periods: number): Float64Array => {
    let x = Float64Array.from({ length: n }, (_, i) => (i === 0 ? 1 : 0));
    for (let t = 0; t < periods; t++)
      x = x.map((_, i) => {
        let sum = 0;
        for (let d = 1; d <= K / 2; d++) sum += x[(i + d) % n] + x[(i - d + n) % n];
        return (1 - a) * (i === 0 ? 1 : 0) + a * (own * x[i] + ((1 - own) * sum) / K);
      });
    return x;
  };
  const end = left(600);
  const variance = end.reduce((sum, x) => sum + (x - 1 / n) * (x - 1 / n), 0);
  expect(disagreement).toBeCloseTo(Math.sqrt(variance), 10);
  expect(error).toBe(1 / Math.sqrt(n));
  for (const [j, sd] of ringDisagreement({ agents: n, neighbours: K, own, listening: a }, [0, 1, 7]).entries()) {
    const then = left([0, 1, 7][j]).reduce((sum, x) => sum + (x - 1 / n) * (x - 1 / n), 0);
    expect(sd).toBeCloseTo(Math.sqrt(then), 12);
  }
  const distance = (t: number) => Math.sqrt(left(t).reduce((sum, x, i) => sum + (x - end[i]) ** 2, 0));
  expect(distance(22) / distance(20)).toBeCloseTo(rate * rate, 2);
});

test("who listens only ends in agreement, at the rate of the second eigenvalue", () => {
  const ring = { agents: 10, neighbours: 2, own: 0.5, listening: 1 };
  expect(ringAveraging(ring)).toMatchObject({
    disagreement: 0,
    rate: expect.closeTo(0.5 + 0.5 * Math.cos(Math.PI / 5), 14),
  });
  expect(ringAveraging({ ...ring, listening: 0 })).toMatchObject({
    disagreement: expect.closeTo(Math.sqrt(0.9), 14),
    rate: 0,
  });
});
