import { expect, test } from "vitest";
import { exp, mean, meanInterval, sin } from "../math/index.ts";
import { gridSearch } from "../optimise/index.ts";
import { fitGaussianProcess } from "../optimise/parts/gaussian-process.ts";
import { seedStream } from "../random/index.ts";
import { together } from "./ensemble.ts";
import {
  type Box,
  design,
  fitSurrogate,
  type Runs,
  type Surrogate,
  searchSurrogate,
  surrogateKinds,
  verifyChoice,
} from "./index.ts";

const box: Box = { names: ["rate", "elasticity"], low: [0, 1], high: [2, 5] };
// Highest at rate = 1 + (elasticity − 3)/4, where it is 2.
const truth = (rate: number, elasticity: number): number => {
  const off = rate - 1 - (elasticity - 3) / 4;
  return 2 - off * off;
};
const shocks = seedStream(3).fork("noise");
const simulate = (point: ArrayLike<number>, replicate: number): number =>
  truth(point[0]!, point[1]!) + 0.05 * shocks.normalAt(0, 0, replicate);
const runsOf = (count: number): Runs => {
  const points = design(box, count, 1);
  const values = Float64Array.from({ length: count }, (_, i) => simulate(points.subarray(2 * i, 2 * i + 2), 1000 + i));
  return { box, points, values };
};
const runs = runsOf(60);
const surrogates = Object.fromEntries(
  surrogateKinds.map((kind) => [kind, fitSurrogate(runs, { kind, seed: 1, members: 3, steps: 1000 })]),
);

test("a design has one point in each slice of every control", () => {
  for (let k = 0; k < 2; k++) {
    const slices = Array.from({ length: 60 }, (_, i) =>
      Math.floor((60 * (runs.points[2 * i + k]! - box.low[k]!)) / (box.high[k]! - box.low[k]!)),
    );
    expect(slices.sort((a, b) => a - b)).toEqual([...Array(60).keys()]);
  }
  expect(design(box, 60, 1)).toEqual(runs.points);
  expect(design(box, 60, 2)).not.toEqual(runs.points);
});

test.each(surrogateKinds)(
  "a %s predicts runs that it has not seen about as well as their noise lets it, and says so",
  (kind) => {
    const { heldOut, predict } = surrogates[kind]!;
    expect(heldOut.runs).toBe(12);
    expect(heldOut.error).toBeLessThan(3 * 0.05);
    expect(heldOut.explained).toBeGreaterThan(0.9);
    expect(heldOut.covered).toBeGreaterThan(0.7);
    expect(Math.abs(heldOut.slope - 1)).toBeLessThan(0.15);
    for (const [rate, elasticity] of [
      [1, 3],
      [0.4, 2],
      [1.5, 4],
    ] as const) {
      const { mean: predicted, sd } = predict([rate, elasticity]);
      expect(Math.abs(predicted - truth(rate, elasticity))).toBeLessThan(0.1);
      expect(sd).toBeLessThan(0.1);
    }
  },
);

test("held-out figures are those of a process fitted to the other runs, by their formulas; the surrogate is one of all runs", () => {
  const values = runs.values.map((value, i) => value + 0.4 * shocks.normalAt(2, 0, i));
  const surrogate = fitSurrogate({ ...runs, values }, { kind: "gaussian-process", seed: 7, heldOut: 0.3 });
  const keys = new Float64Array(60);
  seedStream(7).fork("held out").uniform(keys, { lane: 0, period: 0, from: 0 });
  const order = [...keys.keys()].sort((a, b) => keys[a]! - keys[b]!);
  const unit = (i: number) => [runs.points[2 * i]! / 2, (runs.points[2 * i + 1]! - 1) / 4];
  const processOf = (rows: readonly number[]) =>
    fitGaussianProcess(
      Float64Array.from(rows.flatMap(unit)),
      Float64Array.from(rows, (i) => values[i]!),
      2,
    );
  const others = processOf(order.slice(18));
  const out = order.slice(0, 18).map((i) => ({ run: values[i]!, ...others.predict(unit(i)) }));
  const average = (of: (one: (typeof out)[number]) => number) => mean(out.map(of));
  const [centre, predicted] = [average(({ run }) => run), average((one) => one.mean)];
  const squares = average((one) => (one.run - one.mean) ** 2);
  const { heldOut } = surrogate;
  expect(heldOut.runs).toBe(18);
  expect(heldOut.error).toBeCloseTo(Math.sqrt(squares), 12);
  expect(heldOut.explained).toBeCloseTo(1 - squares / average(({ run }) => (run - centre) ** 2), 12);
  expect(heldOut.covered).toBe(
    average((one) => (Math.abs(one.run - one.mean) <= 1.96 * Math.hypot(one.sd, others.noiseSd) ? 1 : 0)),
  );
  expect(heldOut.slope).toBeCloseTo(
    average((one) => (one.run - centre) * (one.mean - predicted)) / average((one) => (one.mean - predicted) ** 2),
    10,
  );
  const all = processOf([...keys.keys()]);
  expect(surrogate.predict([0.6, 2])).toEqual({ ...all.predict([0.3, 0.25]), noiseSd: all.noiseSd });
  expect(surrogate.mean([0.6, 2])).toBe(all.mean([0.3, 0.25]));
});

test("an ensemble says its members' mean, their deviation from it as a sample's, and the root mean square of their σ", () => {
  const said = together([1, Math.log(2), 2, Math.log(3), 6, Math.log(1)]);
  expect(said.mean).toBeCloseTo(3, 14);
  expect(said.sd).toBeCloseTo(Math.sqrt((4 + 1 + 9) / 2), 14);
  expect(said.noiseSd).toBeCloseTo(Math.sqrt((4 + 9 + 1) / 3), 14);
});

test("predictions of an ensemble scale with the runs, and it knows how noisy they are and where it has seen none", () => {
  const of = (unit: number) =>
    fitSurrogate(
      { ...runs, values: runs.values.map((x) => unit * x) },
      { kind: "network", seed: 1, members: 2, steps: 1000 },
    );
  const [plain, scaled] = [of(1), of(8)];
  const [{ mean: predicted, sd, noiseSd }, of8] = [plain.predict([0.4, 2]), scaled.predict([0.4, 2])];
  expect(of8).toEqual({ mean: 8 * predicted, sd: 8 * sd, noiseSd: 8 * noiseSd });
  // Of a deviation from 60 runs: two standard errors, 0.05/√120 each
  const points = [[0.4, 2], [1, 3], [1.5, 4], [0.3, 4.5], [1.7, 1.5]]; // biome-ignore format: points
  expect(Math.abs(mean(points.map((point) => plain.predict(point).noiseSd)) - 0.05)).toBeLessThan(0.01);
  for (const kind of surrogateKinds) {
    const { predict } = surrogates[kind]!;
    expect(predict([4, 9]).sd).toBeGreaterThan(3 * predict([1, 3]).sd);
  }
});

test("a hole is half as wide again as runs are apart, a margin one run's share, and the deviation allowed half of all runs'", () => {
  const line: Box = { names: ["rate"], low: [10], high: [20] };
  const at = [0, 0.1, 0.15, 0.2, 0.3, 0.62, 0.65, 0.7, 0.8, 0.85, 0.9, 1];
  const points = Float64Array.from(at, (x) => 10 + 10 * x);
  const fitted = (values: Float64Array) =>
    fitSurrogate({ box: line, points, values }, { kind: "gaussian-process", seed: 1 });
  const { distrust } = fitted(points.map((x) => 2 * x));
  expect(distrust([14.4])).toBeNull();
  expect(distrust([14.6])).toBe(
    "the nearest run is 0.16 of the box away, and runs are at most 0.10 from their nearest",
  );
  expect(distrust([20.8])).toBeNull();
  expect(distrust([20.9])).toBe("rate is 20.9, beyond the runs, which have it from 10 to 20");
  expect(distrust([9.1])).toMatch("beyond");
});

test("between runs that lie apart for its length scale a process is not trusted, and beside them it is", () => {
  // Values turn within 0.03; one run alone, so that runs are up to 0.17 apart and no hole is said
  const at = [0, 0.01, 0.03, 0.2, 0.21, 0.23, 0.4, 0.6, 0.61, 0.63, 0.8, 0.81, 0.83, 1];
  const values = Float64Array.of(1, 0.8, -1, -1, -0.8, 1, 0, 1, 0.8, -1, 1, 0.8, -1, 1);
  const box: Box = { names: ["rate"], low: [0], high: [1] };
  const runs = { box, points: Float64Array.from(at), values };
  const { distrust } = fitSurrogate(runs, { kind: "gaussian-process", seed: 1 });
  expect(distrust([0.037])).toBeNull();
  expect(distrust([0.04])).toBe("the prediction's deviation is 0.51, and that of all runs 0.89"); // .57 of it
  expect(distrust([0.3])).toMatch("the prediction's deviation is 1.0");
});

test.each(surrogateKinds)(
  "a %s is not trusted beyond its runs, in holes of their design, or where it knows no more than their spread",
  (kind) => {
    const { distrust } = surrogates[kind]!;
    expect(distrust([1, 3])).toBeNull();
    expect(distrust([2.2, 3])).toMatch(/^rate is 2\.2, beyond the runs, which have it from 0\./);
    expect(distrust([1, 0.5])).toMatch(/^elasticity is 0\.5/);
    expect(distrust([1, Number.NaN])).toMatch("elasticity is NaN");
  },
);

test("a surrogate is not trusted in holes of its design, and explains nothing of runs that are noise", () => {
  const kind = "gaussian-process";
  const kept = Array.from(runs.values, (_, i) => i).filter(
    (i) => Math.hypot(runs.points[2 * i]! - 1, (runs.points[2 * i + 1]! - 3) / 2) > 0.7,
  );
  const holed = fitSurrogate(
    {
      box,
      points: Float64Array.from(kept.flatMap((i) => [...runs.points.subarray(2 * i, 2 * i + 2)])),
      values: Float64Array.from(kept, (i) => runs.values[i]!),
    },
    { kind, seed: 1 },
  );
  expect(holed.distrust([1, 3])).toMatch(/^the nearest run is 0\.\d+ of the box away/);
  const noise = fitSurrogate(
    { ...runs, values: runs.values.map((_, i) => shocks.normalAt(1, 0, i)) },
    { kind, seed: 1 },
  );
  expect(noise.heldOut.explained).toBeLessThan(0.4);
});

test("where a function turns faster than its runs are apart, the deviation says that nothing is known", () => {
  const points = design(box, 20, 1);
  const values = Float64Array.from({ length: 20 }, (_, i) => sin(400 * points[2 * i]!) * exp(points[2 * i + 1]! / 5));
  const wild = fitSurrogate({ box, points, values }, { kind: "gaussian-process", seed: 1 });
  expect(wild.heldOut.explained).toBeLessThan(0.3);
});

test.each(surrogateKinds)(
  "a leader finds the best policy on a %s for given circumstances, and simulation confirms it",
  (kind) => {
    const surrogate = surrogates[kind]!;
    for (const elasticity of [2, 3.5]) {
      const choice = searchSurrogate(surrogate, { given: { elasticity }, seed: 1 });
      expect(Math.abs(choice.point[0]! - 1 - (elasticity - 3) / 4)).toBeLessThan(0.15);
      expect(choice.point[1]).toBe(elasticity);
      expect(choice.distrust).toBeNull();
      const { simulated, gain } = verifyChoice(choice, [0.2, elasticity], simulate, 20);
      expect(Math.abs(simulated.mean - truth(choice.point[0]!, elasticity))).toBeLessThan(0.05);
      // Pairs have the same noise, so that the gain is exact.
      expect(gain.mean).toBeCloseTo(truth(choice.point[0]!, elasticity) - truth(0.2, elasticity), 12);
      expect(gain.high - gain.low).toBeLessThan(1e-12);
    }
  },
);

test("the best point of those that are trusted is chosen, less caution's deviations; where none is, why not is said", () => {
  const surrogate: Surrogate = {
    ...surrogates["network"]!,
    box: { names: ["tax", "shock"], low: [0, 0], high: [1, 1] },
    mean: (point) => point[0]! + point[1]!,
    predict: (point) => ({ mean: point[0]! + point[1]!, sd: point[0]! * point[0]!, noiseSd: 0 }),
    distrust: (point) => (point[0]! > 0.75 ? "too far" : null),
  };
  const settings = { given: { shock: 0.25 }, seed: 1, optimiser: gridSearch, evaluations: 11 };
  const chosen = searchSurrogate(surrogate, settings);
  expect([...chosen.point]).toEqual([expect.closeTo(0.7, 12), 0.25]);
  expect([chosen.predicted, chosen.sd, chosen.distrust]).toEqual([
    expect.closeTo(0.95, 12),
    expect.closeTo(0.49, 12),
    null,
  ]);
  // What is better and not trusted counts as 1 less than the worst, which is at 0
  const told: number[][] = [];
  const watched = {
    ...gridSearch,
    create: (...args: Parameters<typeof gridSearch.create>) => {
      const search = gridSearch.create(...args);
      const tell = (theta: Float64Array, score: number) => {
        told.push([theta[0]!, score]);
        search.tell(theta, score);
      };
      return { ...search, tell };
    },
  };
  searchSurrogate(surrogate, { ...settings, optimiser: watched });
  expect(told.map(([, score]) => score)).toEqual(
    told.map(([x]) => expect.closeTo(x! > 0.75 ? 0.25 - 1 : x! + 0.25, 12)),
  );
  // x − 2.5 x² is highest at .2
  expect(searchSurrogate(surrogate, { ...settings, caution: 2.5 }).point[0]).toBeCloseTo(0.2, 12);
  const nowhere = { ...surrogate, distrust: () => "too far" };
  expect(searchSurrogate(nowhere, settings).distrust).toBe("too far");
});

test("a prediction is confirmed where two of its deviations reach the interval of what was simulated, from either side", () => {
  const values = [1, 3, 1, 3, 2];
  const { low, high } = meanInterval(values);
  const choice = { point: Float64Array.of(1), sd: 0.5, distrust: null };
  const verified = (predicted: number) =>
    verifyChoice({ ...choice, predicted }, [0], (point, r) => (point[0] === 1 ? values[r]! : r), 5);
  for (const [predicted, confirmed] of [
    [high + 0.99, true],
    [high + 1.01, false],
    [low - 0.99, true],
    [low - 1.01, false],
  ] as const)
    expect([predicted, verified(predicted).confirmed]).toEqual([predicted, confirmed]);
  expect(verified(2).simulated).toEqual({ ...meanInterval(values) });
  expect(() => verifyChoice({ ...choice, predicted: 2 }, [0], () => 1, 1)).toThrow("1 replicates, expected at least 2");
  expect(verified(2).gain).toEqual(meanInterval(values.map((value, r) => value - r)));
});

test("caution moves a choice to where more is known, and a prediction that simulation contradicts is not confirmed", () => {
  const surrogate = surrogates["gaussian-process"]!;
  const settings = { seed: 1, optimiser: gridSearch, evaluations: 400 };
  const [bold, careful] = [0, 20].map((caution) => searchSurrogate(surrogate, { ...settings, caution }));
  expect(careful!.sd).toBeLessThan(bold!.sd);
  const wrong = verifyChoice({ ...bold!, predicted: bold!.predicted + 1 }, [0, 1], simulate, 10);
  expect(wrong.confirmed).toBe(false);
  expect(verifyChoice({ ...bold!, sd: 0.05 }, [0, 1], simulate, 10).confirmed).toBe(true);
});

test("networks are smoother than what they are to learn until they have trained for long", () => {
  const n = 60;
  const points = design({ names: ["x"], low: [0], high: [1] }, n, 4);
  const wave = (x: number) => Math.sin(8 * x);
  const line = { box: { names: ["x"], low: [0], high: [1] }, points, values: Float64Array.from(points, wave) };
  const errorOf = (steps: number) => {
    const { mean } = fitSurrogate(line, { kind: "network", seed: 1, members: 2, steps });
    return Math.sqrt([0.2, 0.4, 0.59, 0.8].reduce((sum, x) => sum + (mean([x]) - wave(x)) ** 2 / 4, 0));
  };
  expect(errorOf(1500)).toBeLessThan(errorOf(100) / 5);
});

test("runs that cannot teach anything are refused", () => {
  const fail = (changed: Partial<Runs>, more = {}) =>
    expect(() => fitSurrogate({ ...runs, ...changed }, { kind: "network", seed: 1, ...more }));
  fail({ values: runs.values.with(3, Number.NaN) }).toThrow("run 3 scored NaN");
  fail({ points: runs.points.with(5, Infinity) }).toThrow("elasticity of run 2 is Infinity");
  fail({ values: runs.values.slice(0, 4), points: runs.points.slice(0, 8) }).toThrow("got 4 runs");
  fail({ values: runs.values.slice(1) }).toThrow("60 points and 59 values");
  fail({ box: { ...box, high: [0, 5] } }).toThrow("rate is from 0 to 0");
  fail({}, { steps: 0 }).toThrow("steps is 0, expected an integer from 1 on");
  for (const heldOut of [0, 1]) fail({}, { heldOut }).toThrow(`heldOut is ${heldOut}`);
  fail({ values: runs.values.with(0, Number.NaN) }).toThrow("run 0 scored NaN");
  fail({ points: runs.points.with(0, Number.NaN) }).toThrow("rate of run 0 is NaN");
  fail({ box: { ...box, low: [0] } }).toThrow("2 names with 1 lower and 2 upper ends");
  fail({ box: { ...box, high: [2] } }).toThrow("2 names with 2 lower and 1 upper ends");
  const ten = { box, values: runs.values.slice(0, 10), points: runs.points.slice(0, 20) };
  expect(fitSurrogate(ten, { kind: "gaussian-process", seed: 1 }).heldOut.runs).toBe(2);
  fail({}, { members: 1 }).toThrow("1 networks");
  expect(() => surrogates["network"]!.predict([1])).toThrow("point of 1 numbers");
  expect(() => searchSurrogate(surrogates["network"]!, { given: { tax: 1 }, seed: 1 })).toThrow('"tax" is none');
  expect(() => searchSurrogate(surrogates["network"]!, { given: { rate: 1, elasticity: 2 }, seed: 1 })).toThrow(
    "nothing to search",
  );
  expect(mean(runs.values)).toBeGreaterThan(0);
});
