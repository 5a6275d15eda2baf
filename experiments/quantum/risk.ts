// Value at risk and expected shortfall of a portfolio by amplitude estimation on a simulated machine without errors: the error by uses of the circuit that loads
// the losses, against that by as many draws.
import { defineSimulation, math } from "walras";
import {
  amplified,
  expectation,
  expectedShortfall,
  exponentialPowers,
  greedy,
  type Losses,
  mostLikely,
  phaseEstimation,
  shareBeyond,
  upToIndex,
  usesOf,
  valueAtRisk,
  valueAtRiskIndex,
} from "walras/quantum";
import { type Stream, seedStream } from "walras/random";
import { type AssetParams, assets, selectionOf } from "./parts/assets.ts";

const CONFIDENCE = 0.95;
/** Levels of loss, on five qubits. */
const QUBITS = 5;
const LEVELS = 1 << QUBITS;
const SHOTS = 100;
/** Numbers of powers 0, 1, 2, 4, … that are read. */
const ROUNDS = [3, 4, 5, 6, 7, 8];
const MOST = exponentialPowers(ROUNDS.at(-1)!);
/** Estimates of each kind, of which the root mean square error is taken. */
const REPEATS = 100;
const DIGITS = 7;
/** A crash: probability in a month, mean loss and standard deviation. */
const CRASH = { probability: 0.04, mean: 0.15, sd: 0.05 };

export default defineSimulation({
  name: "quantum/risk",
  summary: "Value at risk and expected shortfall by amplitude estimation and by Monte Carlo: errors by effort.",
  economy: assets,
  seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  maxSeconds: 60,
  measure({ params, seed }) {
    const losses = lossesOf(params, seed);
    const limit = valueAtRisk(losses, CONFIDENCE);
    const exact = expectedShortfall(losses, CONFIDENCE);
    const at = Array.from(losses.levels).indexOf(limit);
    const { f, unit } = shareBeyond(losses.levels, limit);
    const stream = seedStream(seed).fork("quantum/risk");
    const measured: Record<string, number> = {};

    const means = {
      // P(L ≤ value at risk), on which its search rests, and expected shortfall, 1 = all that is lost
      Probability: { f: upToIndex(LEVELS, at), of: (mean: number) => mean },
      Shortfall: { f, of: (mean: number) => limit + (unit * mean) / (1 - CONFIDENCE) },
    };
    let circuits = 0;
    for (const [name, { f, of }] of Object.entries(means)) {
      const truth = mean(losses, f);
      const probabilities = amplified(expectation(losses.probabilities, f), MOST);
      const θ = math.asin(Math.sqrt(truth));
      probabilities.forEach((p, j) => {
        const s = math.sin((2 * MOST[j]! + 1) * θ);
        circuits = Math.max(circuits, Math.abs(p - s * s));
      });
      const estimation = estimator(probabilities, stream.fork(`readings/${name}`));
      const draws = sampler(losses, stream.fork(`draws/${name}`));
      const errors = ROUNDS.map((rounds, r) => {
        const uses = usesOf(exponentialPowers(rounds), SHOTS);
        const quantum = rootMeanSquare((run) => of(estimation(rounds, run)) - of(truth));
        const classical = rootMeanSquare((run) => of(draws(r, run, uses, f)) - of(truth));
        measured[`quantum${name}/${math.log10(uses)}`] = math.log10(quantum);
        measured[`classical${name}/${math.log10(uses)}`] = math.log10(classical);
        return [math.log10(uses), math.log10(quantum), math.log10(classical)] as const;
      });
      const slope = (k: 1 | 2): number =>
        math.leastSquaresLine(
          errors.map(([uses]) => uses),
          errors.map((row) => row[k]),
        ).slope;
      measured[`slopeQuantum${name}`] = slope(1);
      measured[`slopeClassical${name}`] = slope(2);
    }

    const answers = searches(losses, at, stream);
    ROUNDS.forEach((rounds, r) => {
      const uses = math.log10(QUBITS * usesOf(exponentialPowers(rounds), SHOTS));
      measured[`rightQuantum/${uses}`] = answers.quantum[r]!;
      measured[`rightClassical/${uses}`] = answers.classical[r]!;
    });
    return {
      ...measured,
      exactShortfall: exact,
      circuits,
      right: answers.quantum.at(-1)! - answers.classical.at(-1)!,
      nearEnough: withinBound(losses, means.Shortfall.f),
    };
  },
  expect: () => [
    ...(["Probability", "Shortfall"] as const).flatMap((name) => {
      const of = name === "Probability" ? "P(L ≤ value at risk)" : "expected shortfall";
      const row = { claim: "–", unit: "1", kind: "absolute" as const };
      return [
        {
          ...row,
          item: `${of}, amplitude estimation: d ln error/d ln uses`,
          measure: `slopeQuantum${name}`,
          theory: -1,
          tolerance: 0.15,
          note: "each error is that of 100 estimates: three standard errors of the slope, 0.08, and −0.96 by the information at these powers",
        },
        {
          ...row,
          item: `${of}, Monte Carlo: d ln error/d ln draws`,
          measure: `slopeClassical${name}`,
          theory: -0.5,
          tolerance: 0.1,
          note: "three standard errors and more",
        },
      ];
    }),
    {
      item: "phase estimation with 7 digits: probability of an error within its bound",
      measure: "nearEnough",
      claim: "at least 8/π²",
      theory: 8 / (Math.PI * Math.PI),
      unit: "1",
      tolerance: 8 / (Math.PI * Math.PI),
      kind: "atLeast" as const,
      note: "Brassard et al. 2002, theorem 12; 13 qubits",
    },
    {
      item: "readings of the simulated circuits less sin²((2k + 1)θ)",
      measure: "circuits",
      claim: "–",
      theory: 0,
      unit: "1",
      tolerance: 1e-9,
      kind: "atMost" as const,
    },
    {
      item: "value at risk at the largest effort: share of right answers less that of Monte Carlo",
      measure: "right",
      claim: "–",
      theory: 0,
      unit: "1",
      tolerance: 0,
      kind: "atLeast" as const,
    },
  ],
  figures: () => [
    {
      title: "Expected shortfall: error by effort",
      xLabel: "log₁₀ of uses of the circuit, or of draws",
      yLabel: "log₁₀ of error, share of wealth",
      lines: [
        { label: "amplitude estimation", measured: "quantumShortfall" },
        { label: "Monte Carlo", measured: "classicalShortfall" },
      ],
      caption: "Root mean square error of a hundred estimates of each seed. Slopes of −1 and −½ are the theory.",
    },
    {
      title: "Probability of a loss up to the value at risk: error by effort",
      xLabel: "log₁₀ of uses of the circuit, or of draws",
      yLabel: "log₁₀ of error",
      lines: [
        { label: "amplitude estimation", measured: "quantumProbability" },
        { label: "Monte Carlo", measured: "classicalProbability" },
      ],
      caption: "On this probability rests the search for the value at risk.",
    },
    {
      title: "Value at risk: right answers by effort",
      xLabel: "log₁₀ of uses of the circuit, or of draws",
      yLabel: "share of searches",
      lines: [
        { label: "amplitude estimation", measured: "rightQuantum" },
        { label: "Monte Carlo", measured: "rightClassical" },
      ],
      caption: "The right one of 32 levels of loss, by bisection; five estimates, or one sample of as many draws.",
    },
  ],
});

const rootMeanSquare = (error: (run: number) => number): number =>
  Math.sqrt(math.mean(Array.from({ length: REPEATS }, (_, run) => error(run) * error(run))));

const mean = ({ probabilities }: Losses, f: ArrayLike<number>): number =>
  math.pairwiseSum(Array.from(probabilities, (p, x) => p * f[x]!));

/** Monthly losses of four assets, as they are by means and covariances, and of a crash now and then; on 32 levels. */
function lossesOf(params: AssetParams, seed: number): Losses {
  const selection = selectionOf(params, seed);
  const { assets: held } = greedy(selection);
  const { means, covariance, chosen: k } = selection;
  const some = means.flatMap((_, i) => (held & (1 << i) ? [i] : []));
  const gain = math.mean(some.map((i) => means[i]!));
  const sd = Math.sqrt(math.pairwiseSum(some.flatMap((i) => some.map((j) => covariance[i]![j]!)))) / k;
  const [low, high] = [-gain - 4 * sd, CRASH.mean + 3 * CRASH.sd];
  const below = (x: number): number =>
    (1 - CRASH.probability) * math.normalCdf((x + gain) / sd) +
    CRASH.probability * math.normalCdf((x - CRASH.mean) / CRASH.sd);
  const width = (high - low) / LEVELS;
  const weights = Array.from({ length: LEVELS }, (_, x) => below(low + (x + 1) * width) - below(low + x * width));
  const total = math.pairwiseSum(weights);
  return {
    levels: weights.map((_, x) => low + (x + 0.5) * width),
    probabilities: weights.map((weight) => weight / total),
  };
}

/** The most likely mean from readings of so many powers. */
function estimator(probabilities: readonly number[], stream: Stream): (rounds: number, run: number) => number {
  const draws = new Float64Array(SHOTS * MOST.length);
  return (rounds, run) => {
    stream.uniform(draws, { lane: rounds, period: run, from: 0 });
    const readings = exponentialPowers(rounds).map((power, j) => ({
      power,
      shots: SHOTS,
      hits: draws.subarray(j * SHOTS, (j + 1) * SHOTS).filter((u) => u < probabilities[j]!).length,
    }));
    return mostLikely(readings).estimate;
  };
}

/** The mean of f over so many losses. */
function sampler(
  { probabilities }: Losses,
  stream: Stream,
): (lane: number, run: number, count: number, f: ArrayLike<number>) => number {
  const cumulative = cumulated(probabilities);
  return (lane, run, count, f) => {
    const draws = new Float64Array(count);
    stream.uniform(draws, { lane, period: run, from: 0 });
    return math.mean(draws.map((u) => f[levelAt(cumulative, u)]!));
  };
}

function cumulated(probabilities: ArrayLike<number>): Float64Array {
  let sum = 0;
  return Float64Array.from(probabilities, (p) => (sum += p));
}

const levelAt = (cumulative: Float64Array, u: number): number => {
  const found = cumulative.findIndex((sum) => u < sum);
  return found < 0 ? cumulative.length - 1 : found;
};

/** Shares of searches for the value at risk that end at the right level, by effort. */
function searches(losses: Losses, right: number, stream: Stream): { quantum: number[]; classical: number[] } {
  const estimators = new Map<number, (rounds: number, run: number) => number>();
  const estimate = (level: number, rounds: number, run: number): number => {
    const known =
      estimators.get(level) ??
      estimator(
        amplified(expectation(losses.probabilities, upToIndex(LEVELS, level)), MOST),
        stream.fork(`search/${level}`),
      );
    estimators.set(level, known);
    return known(rounds, run);
  };
  const cumulative = cumulated(losses.probabilities);
  const draws = stream.fork("search/draws");
  const share = (answer: (run: number) => number): number =>
    math.mean(Array.from({ length: REPEATS }, (_, run) => (answer(run) === right ? 1 : 0)));
  return {
    quantum: ROUNDS.map((rounds) =>
      share((run) => valueAtRiskIndex(LEVELS, CONFIDENCE, (level) => estimate(level, rounds, run))),
    ),
    classical: ROUNDS.map((rounds, lane) =>
      share((run) => {
        const count = QUBITS * usesOf(exponentialPowers(rounds), SHOTS);
        const some = new Float64Array(count);
        draws.uniform(some, { lane, period: run, from: 0 });
        const seen = new Float64Array(LEVELS);
        for (const u of some) seen[levelAt(cumulative, u)]! += 1 / count;
        const sums = cumulated(seen);
        return valueAtRiskIndex(LEVELS, CONFIDENCE, (level) => sums[level]!);
      }),
    ),
  };
}

/** Probability that phase estimation reads a mean within its bound. */
function withinBound(losses: Losses, f: readonly number[]): number {
  const truth = mean(losses, f);
  const M = 1 << DIGITS;
  const bound = (2 * Math.PI * Math.sqrt(truth * (1 - truth))) / M + (Math.PI * Math.PI) / (M * M);
  let within = 0;
  phaseEstimation(expectation(losses.probabilities, f), DIGITS).forEach((p, y) => {
    const s = math.sin((Math.PI * y) / M);
    if (Math.abs(s * s - truth) <= bound) within += p;
  });
  return within;
}
