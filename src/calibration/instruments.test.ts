// The statistic by hand and by its law, its gradient, and what is refused.
import { expect, test } from "vitest";
import { seedStream } from "../random/index.ts";
import { type InstrumentedEquation, instrumentSurface } from "./instruments.ts";

const normals = (name: string, n: number): Float64Array => {
  const out = new Float64Array(n);
  seedStream(5).fork(name).normal(out, { lane: 0, period: 0, from: 0 });
  return out;
};

test("one instrument by hand: (n − 1) r²/(1 − r²), r the correlation of y − θx with it", () => {
  const [y, x, z] = [
    [1, 4, 2, 8],
    [1, 2, 3, 5],
    [2, 1, 1, 4],
  ];
  const { distance, rank, d } = instrumentSurface({ outcome: y, regressors: [x], instruments: [z], ranges: [[-1, 3]] });
  expect([rank, d]).toEqual([1, 1]);
  for (const place of [0, 0.3, 0.9]) {
    const θ = -1 + 4 * place;
    const ε = y.map((value, i) => value - θ * x[i]);
    const [mε, mz] = [ε, z].map((values) => values.reduce((a, b) => a + b) / 4);
    const [szε, szz, sεε] = [
      [z, ε, mz, mε],
      [z, z, mz, mz],
      [ε, ε, mε, mε],
    ].map(([a, b, ma, mb]) =>
      (a as number[]).reduce(
        (sum, value, i) => sum + (value - (ma as number)) * ((b as number[])[i] - (mb as number)),
        0,
      ),
    );
    const r2 = (szε * szε) / (szz * sεε);
    expect(distance([place])).toBeCloseTo((3 * r2) / (1 - r2), 10);
  }
});

test("its gradient is that of differences", () => {
  const [a, b, e, z1, z2] = ["a", "b", "e", "z1", "z2"].map((name) => normals(name, 50));
  const x = a.map((value, i) => value + z1[i]);
  const y = x.map((value, i) => 0.7 * value - 0.2 * b[i] + e[i]);
  const { distance } = instrumentSurface({
    outcome: y,
    regressors: [x, b],
    instruments: [z1, z2, b],
    ranges: [
      [-1, 1],
      [-2, 2],
    ],
  });
  const gradient = new Float64Array(2);
  distance([0.3, 0.6], gradient);
  const h = 1e-6;
  expect(gradient[0]).toBeCloseTo((distance([0.3 + h, 0.6]) - distance([0.3 - h, 0.6])) / (2 * h), 4);
  expect(gradient[1]).toBeCloseTo((distance([0.3, 0.6 + h]) - distance([0.3, 0.6 - h])) / (2 * h), 4);
});

test("at the true parameters it is χ² with as many degrees of freedom as independent instruments", () => {
  const values = Array.from({ length: 400 }, (_, k) => {
    const [z1, z2, e] = ["z1", "z2", "e"].map((name) => normals(`${name}/${k}`, 60));
    const x = z1.map((value, i) => value + e[i]); // endogenous
    const surface = instrumentSurface({
      outcome: x.map((value, i) => 0.5 * value + e[i]),
      regressors: [x],
      instruments: [z1, z2, z1.map((value, i) => value - 2 * z2[i])],
      ranges: [[0, 1]],
    });
    expect(surface.rank).toBe(2);
    return surface.distance([0.5]);
  });
  // Mean 2 (F of 2 and 57 degrees: 2.07), standard error 2/√400; 5 % above 5.99, standard error 1.1 %.
  expect(values.reduce((a, b) => a + b) / 400).toBeGreaterThan(1.7);
  expect(values.reduce((a, b) => a + b) / 400).toBeLessThan(2.45);
  expect(values.filter((value) => value > 5.99).length / 400).toBeLessThan(0.09);
});

test("columns of other lengths, values that are no numbers and empty ranges are refused", () => {
  const good = {
    outcome: [1, 4, 2, 8],
    regressors: [[1, 2, 3, 5]],
    instruments: [[2, 1, 1, 4]],
    ranges: [[0, 1]] as [number, number][],
  };
  const wrong: readonly (readonly [Partial<InstrumentedEquation>, string])[] = [
    [{ regressors: [[1, 2]] }, "column 1 (outcome, regressors, instruments) has 2 values, expected 4 finite numbers"],
    [{ instruments: [[1, 2, Number.NaN, 4]] }, "column 2"],
    [{ ranges: [] }, "there are 0 ranges, expected 1"],
    [{ ranges: [[1, 1]] }, "a range goes from 1 to 1"],
    [{ outcome: [1, 2], regressors: [[1, 2]], instruments: [[3, 1]] }, "there are 2 rows, expected more than 2"],
  ];
  for (const [bad, message] of wrong) expect(() => instrumentSurface({ ...good, ...bad })).toThrow(message);
});
