import { expect, test } from "vitest";
import { seedStream } from "../random/index.ts";
import { autoregression, fitAutoregression, randomWalk, seasonalNaive } from "./benchmarks.ts";
import { dieboldMariano } from "./diebold-mariano.ts";
import { differenced, panelOf } from "./panel.ts";
import { holm, rollingOrigin } from "./rolling.ts";
import { spectral, strongestPeriod } from "./spectral.ts";

const series = <T>(n: number, of: (t: number) => T): T[] => Array.from({ length: n }, (_, t) => of(t));
const normals = (n: number, seed = 1): Float64Array => {
  const out = new Float64Array(n);
  seedStream(seed).normal(out, { lane: 0, period: 0, from: 0 });
  return out;
};
const close = (x: ArrayLike<number>, digits = 10) => Array.from(x, (v) => expect.closeTo(v, digits));
/** X0 = 3, X1 = X7 = 1, X2 = −.5i, X6 = .5i */
const wave = (t: number): number => 3 + 2 * Math.cos((2 * Math.PI * t) / 8) + Math.sin((4 * Math.PI * t) / 8);

test.each([16, 19, 24])("models §12: the spectral forecast of a series of period 8 is exact after %i periods", (n) => {
  const past = panelOf([series(n, wave)]);
  const ahead = spectral({ period: 8 }).forecast(past, 20);
  expect([...ahead]).toEqual(close(series(20, (h) => wave(n + h))));
});

test("of two series with common seasons too, and one harmonic leaves out what the second carries", () => {
  const other = (t: number): number => 10 - 3 * wave(t) + 0.5 * Math.cos(Math.PI * t);
  const past = panelOf([series(32, wave), series(32, other)]);
  const exact = spectral({ period: 8, components: 2 }).forecast(past, 9);
  expect([...exact]).toEqual(close(series(9, (h) => [wave(32 + h), other(32 + h)]).flat()));
  const first = spectral({ period: 8, components: 2, harmonics: 1 }).forecast(past, 9);
  expect(first[0]).toBeCloseTo(3 + 2, 10); // without sin(4πt/8) at t = 32 … 34
  expect(first[4]).toBeCloseTo(3, 10);
  expect(first[1]).toBeCloseTo(10 - 9 - 6, 10); // and without the alternation
});

test("one component of two leaves out what is orthogonal to it", () => {
  // common: v₁ = (1, 1)/√2 with variance 4; opposed: (1, −1)/√2 with variance 1
  const common = (t: number): number => 2 * Math.cos((2 * Math.PI * t) / 4);
  const opposed = (t: number): number => Math.sin((2 * Math.PI * t) / 4);
  const past = panelOf([series(16, (t) => common(t) + opposed(t)), series(16, (t) => common(t) - opposed(t))]);
  const ahead = spectral({ period: 4, components: 1 }).forecast(past, 4);
  expect([...ahead]).toEqual(close(series(4, (h) => [common(h), common(h)]).flat()));
});

test("of changes: a trend with seasons goes on", () => {
  const trend = (t: number): number => 0.3 * t + wave(t);
  const past = panelOf([series(25, trend)]);
  for (const method of [spectral({ period: 8, of: "changes" }), seasonalNaive({ period: 8, of: "changes" })])
    expect([...method.forecast(past, 11)]).toEqual(close(series(11, (h) => trend(25 + h))));
});

test("a Nyquist harmonic counts once", () => {
  const past = panelOf([series(12, (t) => (t % 2 === 0 ? 1 : -2))]);
  expect([...spectral({ period: 2 }).forecast(past, 3)]).toEqual(close([1, -2, 1]));
});

test("the strongest period is that of the series, whatever the sizes of several", () => {
  const past = panelOf([
    series(97, (t) => Math.cos((2 * Math.PI * t) / 12)),
    series(97, (t) => 1e6 * Math.sin((2 * Math.PI * t) / 12)),
  ]);
  expect(strongestPeriod(past, { most: 40 })).toBe(12);
  expect(strongestPeriod(panelOf([series(40, (t) => (t % 2) + 0.1 * ((t * t) % 3))]), { most: 9 })).toBe(2);
  // shares of the variance: .36 alternates, .5 has period 12
  const mixed = panelOf([series(96, (t) => 0.6 * (-1) ** t + Math.cos((2 * Math.PI * t) / 12))]);
  expect(strongestPeriod(mixed, { most: 40 })).toBe(12);
  const small = series(84, (t) => 1e-3 * Math.cos((2 * Math.PI * t) / 12));
  const large = series(84, (t) => 1e3 * Math.cos((2 * Math.PI * t) / 7));
  expect(strongestPeriod(panelOf([small, small, large]), { most: 40 })).toBe(12);
  expect(() => strongestPeriod(past, { most: 60 })).toThrow("got 97 periods, expected at least 120");
});

test("random walks repeat the last value, with drift the mean change; seasons repeat the last ones", () => {
  const past = panelOf([
    [1, 2, 4],
    [5, 5, 3],
  ]);
  expect([...randomWalk().forecast(past, 2)]).toEqual([4, 3, 4, 3]);
  expect([...randomWalk({ drift: true }).forecast(past, 2)]).toEqual([5.5, 2, 7, 1]);
  expect([...seasonalNaive({ period: 2 }).forecast(past, 3)]).toEqual([2, 5, 4, 3, 2, 5]);
  expect([...differenced(past).values]).toEqual([1, 0, 2, -2]);
});

// statsmodels 0.14: AutoReg(y, 2).fit(), and AutoReg(y, p, hold_back=5).fit().aic/.bic/.hqic for p = 0 … 5, of the last sixty of its sunspots
const SUNSPOTS = [
  134.7, 83.9, 69.4, 31.5, 13.9, 4.4, 38.0, 141.7, 190.2, 184.8, 159.0, 112.3, 53.9, 37.6, 27.9, 10.2, 15.1, 47.0, 93.8,
  105.9, 105.5, 104.5, 66.6, 68.9, 38.0, 34.5, 15.5, 12.6, 27.5, 92.5, 155.4, 154.6, 140.4, 115.9, 66.6, 45.9, 17.9,
  13.4, 29.4, 100.2, 157.6, 142.6, 145.7, 94.3, 54.6, 29.9, 17.5, 8.6, 21.5, 64.3, 93.3, 119.6, 111.0, 104.0, 63.7,
  40.4, 29.8, 15.2, 7.5, 2.9,
];
const CRITERIA = {
  aic: [
    596.4198174974122, 541.6786810216441, 495.24518243006116, 492.61502521599846, 493.2523599860488, 494.39788645744574,
  ],
  bic: [
    600.4344838678771, 547.7006805773416, 503.27451517099104, 502.6516911421608, 505.29635909744366, 508.44921875407306,
  ],
  hqc: [
    597.9723214133778, 544.0074368955925, 498.35019026199234, 496.49628500591245, 497.90987173394564, 499.8316501633253,
  ],
} as const;

test("an autoregression's criteria are those of statsmodels, up to their constant", () => {
  for (const criterion of ["aic", "bic", "hqc"] as const) {
    const { criteria, order } = fitAutoregression(SUNSPOTS, { maxOrder: 5, criterion });
    expect(order).toBe(3);
    for (let p = 1; p <= 5; p++)
      expect(criteria[p]! - criteria[0]!).toBeCloseTo(CRITERIA[criterion][p]! - CRITERIA[criterion][0]!, 8);
  }
  const [aic, aicc] = (["aic", "aicc"] as const).map((criterion) =>
    fitAutoregression(SUNSPOTS, { maxOrder: 5, criterion }),
  );
  // 2 k (k + 1)/(n − k − 1) more, with k = p + 2 and n = 55
  expect(aicc!.criteria[3]! - aic!.criteria[3]!).toBeCloseTo((2 * 5 * 6) / 49, 10);
});

test("and so are its coefficients and forecasts", () => {
  const fit = fitAutoregression(SUNSPOTS, { maxOrder: 2, criterion: "aic" });
  expect([fit.intercept, ...fit.coefficients]).toEqual(close([25.04119335, 1.40416373, -0.75085806], 7));
  expect(fit.variance).toBeCloseTo(417.9923079903683, 8);
  const ahead = autoregression({ maxOrder: 2, criterion: "aic" }).forecast(
    panelOf([SUNSPOTS, SUNSPOTS.map((x) => -x)]),
    4,
  );
  const expected = [23.48183272, 55.83604277, 85.81261601, 103.61121349];
  expect([...ahead]).toEqual(
    close(
      expected.flatMap((x) => [x, -x]),
      7,
    ),
  );
});

test("the chosen order is fitted to all periods that it leaves", () => {
  const fit = fitAutoregression(SUNSPOTS, { maxOrder: 5 }); // statsmodels: AutoReg(y, 3).fit()
  expect([fit.intercept, ...fit.coefficients]).toEqual(
    close([33.67631449439244, 1.1845684805107597, -0.3426052123245207, -0.30936109034924214], 8),
  );
  expect(fit.variance).toBeCloseTo(370.2524682978606, 7);
});

test("a series without noise has the order that made it, and a constant one order 0", () => {
  const x = [1, 2];
  for (let t = 2; t < 60; t++) x.push(1 + 1.2 * x[t - 1]! - 0.9 * x[t - 2]!);
  const fit = fitAutoregression(x, { maxOrder: 6 });
  expect(fit.order).toBe(2);
  expect([...fit.coefficients]).toEqual(close([1.2, -0.9], 9));
  const turns = fitAutoregression(
    series(41, (t) => t % 2),
    { maxOrder: 4 },
  );
  expect([turns.order, turns.intercept, ...turns.coefficients]).toEqual(close([1, 1, -1], 9));
  expect(turns.criteria.some(Number.isNaN)).toBe(false);
  const flat = fitAutoregression(Array(30).fill(7));
  expect(flat.criteria.some(Number.isNaN)).toBe(false);
  expect(flat).toMatchObject({ order: 0, intercept: 7, variance: 0 });
});

// scipy 1.16 and numpy: the formula of Harvey, Leybourne and Newbold 1997 with scipy.stats.t
test.each([
  [1, 0.9856588937340219, 0.3345566060029898],
  [2, 2.2611671553263504, 0.03351465995678192],
  [4, 1.0808547593394622, 0.2909652466825369],
])(
  "Diebold and Mariano's test of losses %i periods ahead agrees with an independent computation",
  (ahead, statistic, pValue) => {
    const a = series(24, (t) => (((7 * t) % 11) / 4 + 0.5) ** 2);
    const b = series(24, (t) => (((5 * t) % 13) / 5 + 0.3) ** 2);
    const found = dieboldMariano(a, b, { ahead });
    expect(found.statistic).toBeCloseTo(statistic, 10);
    expect(found.pValue).toBeCloseTo(pValue, 10);
    expect(found.difference).toBeCloseTo(0.7415625, 12);
    expect(dieboldMariano(b, a, { ahead }).statistic).toBeCloseTo(-statistic, 10);
  },
);

test("a variance below 0 with equal weights is replaced by Bartlett's", () => {
  const d = series(20, (t) => (t % 2 === 0 ? 1.05 : -0.95));
  const found = dieboldMariano(d, Array(20).fill(0), { ahead: 2 });
  // γ₀ = 1, γ₁ = −.95: 1 − 2·.95 < 0, with weight ½ 1 − .95 = .05; correction (20 + 1 − 4 + 2/20)/20
  expect(found.weights).toBe("bartlett");
  expect(found.statistic).toBeCloseTo((0.05 / Math.sqrt(0.05 / 20)) * Math.sqrt(17.1 / 20), 10);
});

test("equal losses are equal, and a difference without spread is certain", () => {
  expect(dieboldMariano([1, 2, 3], [1, 2, 3])).toMatchObject({ statistic: 0, pValue: 1 });
  expect(dieboldMariano([2, 3, 4], [1, 2, 3])).toMatchObject({ statistic: Infinity, pValue: 0 });
  expect(() => dieboldMariano([1, 2], [1])).toThrow("got 2 and 1 losses");
});

test("Holm's adjustment multiplies the smallest by all, the next by one fewer, and never falls", () => {
  expect(holm([0.04, 0.01, 0.03])).toEqual(close([0.06, 0.03, 0.06], 12));
  expect(holm([0.6, 0.7])).toEqual([1, 1]);
});

test("rolling origins: errors are those of forecasts from what was known, in units of changes so far", () => {
  const x = [0, 1, 3, 2, 5, 4, 8, 9];
  const { origins, losses, judgements } = rollingOrigin(panelOf([x]), {
    forecasters: [seasonalNaive({ period: 2 })],
    horizons: [1, 2],
    first: 4,
  });
  expect([...origins]).toEqual([4, 5, 6]);
  // changes of 0, 1, 3, 2 have variance 14/9: 1, 2, −1 around 2/3
  const unit = 14 / 9;
  expect([...losses["random walk"]![1]!]).toEqual(close([9, 1, 16].map((e) => e / unit)));
  expect([...losses["random walk"]![2]!]).toEqual(close([4, 9, 25].map((e) => e / unit)));
  expect([...losses["seasonal naive"]![1]!]).toEqual(close([4, 4, 9].map((e) => e / unit)));
  expect(judgements[0]!.ratio).toBeCloseTo(Math.sqrt(17 / 26), 12);
  expect(judgements[1]!.error).toBeCloseTo(Math.sqrt((4 + 9 + 25) / 3 / unit), 12); // 4 − 2, 8 − 5, 9 − 4
});

test("series in other units weigh as much: losses of two that are alike but for them are those of one", () => {
  const x = series(12, (t) => ((t * t) % 7) + 0.1 * t);
  const lossesOf = (all: number[][]) =>
    rollingOrigin(panelOf(all), { forecasters: [seasonalNaive({ period: 2 })], horizons: [1, 3], first: 6 }).losses;
  const [one, two] = [lossesOf([x]), lossesOf([x, x.map((value) => 3 - 10 * value)])];
  for (const name in one)
    for (const h of [1, 3]) expect([...two[name]![h]!]).toEqual([...one[name]![h]!].map((e) => expect.closeTo(e, 12)));
});

test("a window hides what is older, and origins may be apart", () => {
  const seen: number[] = [];
  const spy = {
    ...randomWalk(),
    name: "spy",
    forecast: (past: Parameters<ReturnType<typeof randomWalk>["forecast"]>[0], H: number) => {
      seen.push(past.values[0]!, past.values.length);
      return randomWalk().forecast(past, H);
    },
  };
  const { origins } = rollingOrigin(panelOf([series(20, (t) => t * t)]), {
    forecasters: [spy],
    horizons: [3],
    first: 6,
    every: 4,
    window: 5,
  });
  expect([...origins]).toEqual([6, 10, 14]);
  expect(seen).toEqual([1, 5, 25, 5, 81, 5]);
});

test("it says when a forecast is better than a random walk, no better, and worse", () => {
  const noise = normals(400);
  const walk = [0];
  for (let t = 1; t < 400; t++) walk.push(walk[t - 1]! + noise[t]!);
  const season = series(400, (t) => wave(t) + 0.3 * noise[t]!);
  const verdicts = (x: number[], of: "levels" | "changes") =>
    rollingOrigin(panelOf([x]), {
      forecasters: [spectral({ period: 8, of })],
      horizons: [1, 4],
      first: 200,
    }).judgements;
  for (const { verdict, ratio, words } of verdicts(season, "levels")) {
    expect(words).toMatch(/^better than a random walk \(197 origins, p below 1e-10\)$/);
    expect(verdict).toBe("better");
    expect(ratio).toBeLessThan(0.4);
  }
  expect(verdicts(walk, "levels").map(({ verdict }) => verdict)).toEqual(["worse", "worse"]);
  const [none] = verdicts(walk, "changes");
  expect(none!.verdict).toBe("no better");
  expect(none!.words).toMatch(/^no better than a random walk \(197 origins, p /);
});

test("what cannot be evaluated is refused with what to change", () => {
  const panel = panelOf([series(30, (t) => t)]);
  const forecasters = [seasonalNaive({ period: 2 })];
  const roll = (more: object) => () => rollingOrigin(panel, { forecasters, horizons: [1], first: 10, ...more });
  expect(roll({ horizons: [25] })).toThrow("leave 0 origins for 25 periods ahead");
  expect(roll({ forecasters: [randomWalk()] })).toThrow("expected forecasters of different names");
  expect(roll({ window: 11 })).toThrow("got window 11, expected a whole number from 2 to first, 10");
  expect(() => spectral({ period: 1 })).toThrow("got period 1");
  expect(() => spectral({ period: 8, harmonics: 5 })).toThrow("expected at most 4");
  expect(() => spectral({ period: 40 }).forecast(panel, 1)).toThrow("got 30 periods of the past, expected at least 40");
  expect(() => panelOf([[1, 2], [1]])).toThrow("series of 2, 1 values");
  expect(() => panelOf([[1, Number.NaN]])).toThrow("value 1 of series 0 is NaN");
  expect(() => fitAutoregression([1, 2, 3])).toThrow("got 3 values, expected at least 24");
});
