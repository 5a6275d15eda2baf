// The Hodrick–Prescott filter against statsmodels and its own first-order condition; correlations and tables of moments.
import fc from "fast-check";
import { expect, test } from "vitest";
import { leastSquaresLine } from "../math/index.ts";
import { autocorrelation, crossCorrelation, cyclicalMoments, hodrickPrescott } from "./index.ts";

const digits = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8];

test("Hodrick–Prescott trends are those of statsmodels", () => {
  // statsmodels 0.15.0: hpfilter(x, lamb)
  const known: readonly [number, readonly number[]][] = [
    [
      1,
      [
        2.3567961165048543, 2.1847087378640775, 2.6558252427184463, 3.2286407766990295, 4.705825242718448,
        5.661407766990293, 4.96359223300971, 4.819174757281555, 4.471359223300972, 4.344174757281554, 5.390291262135921,
        7.218203883495143,
      ],
    ],
    [
      6.25,
      [
        2.091926115556193, 2.473302912995481, 2.9999715319457785, 3.581495327838819, 4.28744221099501,
        4.774340839280552, 4.812729116802444, 4.8492504133827925, 4.880511440155315, 5.087238842112483,
        5.669277433821913, 6.4925138151132264,
      ],
    ],
    [
      1600,
      [
        2.4011062397321075, 2.75479191893132, 3.1088519067307003, 3.4625637667810847, 3.815762030291603,
        4.166742126117147, 4.514539631843674, 4.861210911228319, 5.207240740758314, 5.553825640101375,
        5.9020326034622475, 6.2513324840206055,
      ],
    ],
  ];
  for (const [smoothing, trend] of known)
    hodrickPrescott(digits, smoothing).trend.forEach((value, t) => void expect(value).toBeCloseTo(trend[t], 11));
});

test("trend and cycle add up to the series, and the trend meets τ + λ K′K τ = y", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 3, maxLength: 30 }),
      fc.constantFrom(0.1, 6.25, 1600, 129_600),
      (y, λ) => {
        const { trend, cycle } = hodrickPrescott(y, λ);
        const n = y.length;
        const second = Array.from({ length: n - 2 }, (_, t) => trend[t + 2] - 2 * trend[t + 1] + trend[t]);
        const at = (t: number) => second[t] ?? 0;
        for (let t = 0; t < n; t++) {
          expect(trend[t] + cycle[t]).toBeCloseTo(y[t], 12);
          expect(trend[t] + λ * (at(t) - 2 * at(t - 1) + at(t - 2))).toBeCloseTo(y[t], 6);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test("a straight line is all trend to the bit; smoothing 0 keeps the series, and Infinity the line of least squares", () => {
  const line = Float64Array.from({ length: 400 }, (_, t) => 7 - 3 * t);
  for (const λ of [1e-3, 1600, 1e12]) {
    expect(hodrickPrescott(line, λ).trend).toEqual(line);
    expect(hodrickPrescott(line, λ).cycle.every((value) => value === 0)).toBe(true);
  }
  expect([...hodrickPrescott(digits, 0).trend]).toEqual(digits);
  const t = digits.map((_, k) => k);
  const { slope, intercept } = leastSquaresLine(t, digits);
  hodrickPrescott(digits, Infinity).trend.forEach(
    (value, k) => void expect(value).toBeCloseTo(intercept + slope * k, 9),
  );
  expect(() => hodrickPrescott(digits, -1)).toThrow("hodrickPrescott: got a smoothing of -1, expected 0 or more.");
  expect(() => hodrickPrescott([1, 2], 1600)).toThrow("hodrickPrescott: got 2 values, expected at least 3.");
  expect(() => hodrickPrescott([1, 2, Number.NaN], 1600)).toThrow("value 2 is NaN");
});

test("a series that another follows a period later has its largest correlation at a lead of one", () => {
  // x̄ = ȳ = 0, Σ x² = Σ y² = 4, y one period behind x
  const x = [1, -1, 1, -1, 0, 0];
  const y = [0, 1, -1, 1, -1, 0];
  expect([-2, -1, 0, 1, 2].map((lag) => crossCorrelation(x, y, lag))).toEqual([-0.75, 1, -0.75, 0.5, -0.25]);
  expect(crossCorrelation(x, y, 1)).toBe(crossCorrelation(y, x, -1));
  for (const lag of [0, 1, 3])
    expect(crossCorrelation(digits, digits, lag)).toBeCloseTo(autocorrelation(digits, lag), 14);
  expect(() => crossCorrelation(x, [1], 0)).toThrow("got 6 and 1 values, expected as many of one as of the other.");
  expect(() => crossCorrelation(x, y, 5)).toThrow("crossCorrelation: got 6 values, expected at least 7.");
  expect(() => crossCorrelation(x, y, 0.5)).toThrow("got lag 0.5, expected a whole number.");
});

test("a table of moments: a series that follows output at twice its size, around a trend that the filter takes out", () => {
  const wave = (t: number) => Math.sin((2 * Math.PI * t) / 20);
  const T = 400;
  const output = Float64Array.from({ length: T }, (_, t) => 0.01 * t + wave(t));
  const late = Float64Array.from({ length: T }, (_, t) => 5 + 0.02 * t + 2 * wave(t - 2));
  const table = cyclicalMoments({ output, late }, { reference: "output", smoothing: 1600, leads: 3 });
  // The filter's gain at frequency ω is 4 λ (1 − cos ω)²/(1 + 4 λ (1 − cos ω)²) (King & Rebelo 1993); a twentieth of the series at each end differs
  const ω = (2 * Math.PI) / 20;
  const gain = (4 * 1600 * (1 - Math.cos(ω)) ** 2) / (1 + 4 * 1600 * (1 - Math.cos(ω)) ** 2);
  expect(Math.abs(table.output.sd / (gain * Math.SQRT1_2) - 1)).toBeLessThan(0.05);
  expect(table.late.relativeSd).toBeCloseTo(2, 1);
  expect(table.late.mean).toBeCloseTo(
    5 + 0.01 * (T - 1) + late.reduce((sum, v, t) => sum + v - 5 - 0.02 * t, 0) / T,
    9,
  );
  expect(table.output.correlations[3]).toBeCloseTo(1, 14);
  expect(table.late.correlations.indexOf(Math.max(...table.late.correlations)) - 3).toBe(2);
  expect(table.output.correlations[4]).toBe(table.output.autocorrelation);
  const centred = cyclicalMoments({ output: digits }, { reference: "output", smoothing: null, leads: 0 });
  expect(centred.output.sd).toBeCloseTo(Math.sqrt(digits.reduce((s, v) => s + (v - 52 / 12) ** 2, 0) / 12), 12);
  expect(() => cyclicalMoments({ output, late: [1] }, { reference: "output", smoothing: 1600 })).toThrow(
    "cyclicalMoments: late has 1 values and output 400, expected as many.",
  );
  expect(() => cyclicalMoments({ output }, { reference: "gdp" as never, smoothing: 1600 })).toThrow(
    'there is no series "gdp" to refer to, only output.',
  );
});
