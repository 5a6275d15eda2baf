// Value at risk and expected shortfall of portfolios by amplitude estimation on a simulated machine without errors: the error by uses of the circuit that loads
// the losses, against that by as many draws, and what a promised error takes.
//
// An error of order 1/M is a law of typical errors over amplitudes: at a few of them Q^k reads 0 or 1 nearly for sure at several of the powers 0, 1, 2, 4, …, and the likelihood keeps a second peak
// (critical points: Lu & Lin 2023, https://arxiv.org/abs/2301.00528). So slopes are those of medians over the portfolios of a seed. Iterative estimation promises its error at every amplitude.
import { defineSimulation, math } from "walras";
import {
  amplified,
  amplifier,
  canonicalEffort,
  expectation,
  exponentialPowers,
  greedy,
  type IterativeEstimate,
  type IterativeOptions,
  iterativeBound,
  iterativeEstimation,
  type Losses,
  monteCarloDraws,
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
/** Portfolios of each seed, and estimates of each kind for each of them. */
const [PORTFOLIOS, REPEATS] = [8, 50];
/** Searches for a value at risk by each effort. */
const SEARCHES = 100;
const DIGITS = 7;
/** Errors that are promised, each with probability 1 − α, and estimates of each portfolio. */
const [PROMISED, ALPHA, PROMISES] = [[0.032, 0.016, 0.008, 0.004, 0.002, 0.001], 0.05, 20] as const;
/** A search that cannot tell P(L ≤ level) from 95 % by less takes the likelier side. */
const LEAST_GAP = 0.001;
/** A crash: probability in a month, mean loss and standard deviation. */
const CRASH = { probability: 0.04, mean: 0.15, sd: 0.05 };

/** A mean that a circuit loads: f, its truth, and the measure of risk that it stands for. */
interface Wanted {
  readonly f: readonly number[];
  readonly truth: number;
  readonly of: (mean: number) => number;
}

export default defineSimulation({
  name: "quantum/risk",
  summary:
    "Value at risk and expected shortfall by amplitude estimation and by Monte Carlo: errors by effort, and effort by error.",
  economy: assets,
  seeds: [11, 12, 13, 14, 15, 16, 17, 18, 19, 20],
  maxSeconds: 60,
  measure({ params, seed }) {
    const portfolios = Array.from({ length: PORTFOLIOS }, (_, i) => lossesOf(params, PORTFOLIOS * seed + i));
    const stream = seedStream(seed).fork("quantum/risk");
    const measured: Record<string, number> = { circuits: 0 };
    const wanted = portfolios.map(wantedOf);
    const promised = { calls: 0, held: 0, runs: 0 };
    for (const name of ["Probability", "Shortfall"] as const) {
      const errors = ROUNDS.map(() => ({ quantum: [] as number[], classical: [] as number[] }));
      const effort = PROMISED.map((): number[] => []);
      portfolios.forEach((losses, i) => {
        const mean = wanted[i]![name];
        const circuit = expectation(losses.probabilities, mean.f);
        const own = stream.fork(`${name}/${i}`);
        errorsByEffort(losses, mean, amplified(circuit, MOST), own).forEach(({ quantum, classical }, r) => {
          errors[r]!.quantum.push(...quantum);
          errors[r]!.classical.push(...classical);
        });
        const chance = amplifier(circuit);
        const θ = math.asin(Math.sqrt(mean.truth));
        for (const power of MOST) {
          const s = math.sin((2 * power + 1) * θ);
          measured["circuits"] = Math.max(measured["circuits"]!, Math.abs(chance(power) - s * s));
        }
        PROMISED.forEach((epsilon, e) => {
          for (let run = 0; run < PROMISES; run++) {
            const found = drawn(chance, own.fork(`promised/${e}/${run}`), { epsilon, alpha: ALPHA });
            effort[e]!.push(found.uses);
            promised.calls = Math.max(promised.calls, found.calls / iterativeBound(epsilon, ALPHA));
            promised.runs++;
            if (Math.abs(found.estimate - mean.truth) <= epsilon) promised.held++;
          }
        });
      });
      const uses = ROUNDS.map((rounds) => math.log10(usesOf(exponentialPowers(rounds), SHOTS)));
      for (const kind of ["quantum", "classical"] as const) {
        const typical = errors.map((of) => math.log10(math.quantile(of[kind], 0.5)));
        typical.forEach((error, r) => {
          measured[`${kind}${name}/${uses[r]!}`] = error;
        });
        measured[`slope${kind === "quantum" ? "Quantum" : "Classical"}${name}`] = math.leastSquaresLine(
          uses,
          typical,
        ).slope;
      }
      const needed = effort.map((used) => math.log10(math.mean(used)));
      needed.forEach((used, e) => {
        measured[`uses${name}/${math.log10(PROMISED[e]!)}`] = used;
      });
      measured[`slopeIterative${name}`] = math.leastSquaresLine(PROMISED.map(math.log10), needed).slope;
    }

    const answers = searches(portfolios[0]!, wanted[0]!.at, stream);
    ROUNDS.forEach((rounds, r) => {
      const uses = math.log10(QUBITS * usesOf(exponentialPowers(rounds), SHOTS));
      measured[`rightQuantum/${uses}`] = answers.quantum[r]!;
      measured[`rightClassical/${uses}`] = answers.classical[r]!;
    });
    return {
      ...measured,
      ...settledSearches(portfolios, wanted, stream.fork("settled")),
      right: answers.quantum.at(-1)! - answers.classical.at(-1)!,
      nearEnough: Math.min(...portfolios.slice(0, 2).map((losses, i) => withinBound(losses, wanted[i]!.Shortfall))),
      promisedHeld: promised.held / promised.runs,
      promisedCalls: promised.calls,
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
          note: `each error is the median of ${PORTFOLIOS * REPEATS} over ${PORTFOLIOS} portfolios: three standard errors of the slope, 0.07, and −0.96 by the information at these powers`,
        },
        {
          ...row,
          item: `${of}, Monte Carlo: d ln error/d ln draws`,
          measure: `slopeClassical${name}`,
          theory: -0.5,
          tolerance: 0.1,
          note: "three standard errors and more",
        },
        {
          ...row,
          item: `${of}, iterative estimation: d ln uses/d ln ε`,
          measure: `slopeIterative${name}`,
          theory: math.leastSquaresLine(
            PROMISED.map(math.log10),
            PROMISED.map((epsilon) => math.log10(iterativeBound(epsilon, ALPHA))),
          ).slope,
          tolerance: 0.1,
          note: "that of theorem 1's bound on calls, −1 and a logarithm; of Monte Carlo −2",
        },
      ];
    }),
    {
      item: `iterative estimation: share of estimates within ε, promised with ${100 * (1 - ALPHA)} %`,
      measure: "promisedHeld",
      claim: "at least 1 − α",
      theory: 1 - ALPHA,
      unit: "1",
      tolerance: 1 - ALPHA,
      kind: "atLeast" as const,
      note: `Grinko et al. 2021, theorem 1; ${2 * PORTFOLIOS * PROMISED.length * PROMISES} estimates`,
    },
    {
      item: "iterative estimation: most calls of all estimates over their bound",
      measure: "promisedCalls",
      claim: "below 50/ε ln(2/α log₂ π/4ε)",
      theory: 1,
      unit: "1",
      tolerance: 1,
      kind: "atMost" as const,
      note: "Grinko et al. 2021, theorem 1",
    },
    {
      item: "value at risk by iterative estimates that stop once they decide: share of right answers",
      measure: "settledRight",
      claim: "at least 1 − α",
      theory: 1 - ALPHA,
      unit: "1",
      tolerance: 1 - ALPHA,
      kind: "atLeast" as const,
      note: "each of five estimates may err with α/5",
    },
    {
      item: "phase estimation with 7 digits: probability of an error within its bound",
      measure: "nearEnough",
      claim: "at least 8/π²",
      theory: 8 / (Math.PI * Math.PI),
      unit: "1",
      tolerance: 8 / (Math.PI * Math.PI),
      kind: "atLeast" as const,
      note: "Brassard et al. 2002, theorem 12; 13 qubits, the lower of two portfolios",
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
      caption: `Median error of ${PORTFOLIOS * REPEATS} estimates of each seed, over ${PORTFOLIOS} portfolios. Slopes of −1 and −½ are the theory.`,
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
      title: "Effort that promises an error of the mean with 95 %",
      xLabel: "log₁₀ of ε, mean from 0 to 1",
      yLabel: "log₁₀ of uses of the circuit, or of draws",
      lines: [
        { label: "iterative estimation, shortfall", measured: "usesShortfall" },
        { label: "iterative estimation, probability", measured: "usesProbability" },
        { label: "phase estimation", points: promisedBy(canonicalUses) },
        { label: "Monte Carlo", points: promisedBy((epsilon) => monteCarloDraws(epsilon, ALPHA)) },
      ],
      caption:
        "Whatever the mean is: by the median of as many phase estimations as it takes, and by Hoeffding's inequality. Iterative estimation has the mean use of its estimates, and no qubits for phases.",
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

/** Each call of Q is two uses of the circuit or its inverse. */
function canonicalUses(epsilon: number): number {
  const { calls, repeats } = canonicalEffort(epsilon, ALPHA);
  return 2 * calls + repeats;
}

const promisedBy = (effort: (epsilon: number) => number) =>
  PROMISED.toReversed().map((epsilon) => [math.log10(epsilon), math.log10(effort(epsilon))] as const);

/** P(L ≤ value at risk), on which its search rests, and expected shortfall, 1 = all that is lost. */
function wantedOf(losses: Losses): { readonly at: number; readonly Probability: Wanted; readonly Shortfall: Wanted } {
  const limit = valueAtRisk(losses, CONFIDENCE);
  const at = Array.from(losses.levels).indexOf(limit);
  const below = upToIndex(LEVELS, at);
  const { f, unit } = shareBeyond(losses.levels, limit);
  const wanted = (f: readonly number[], of: (mean: number) => number): Wanted => ({ f, truth: mean(losses, f), of });
  return {
    at,
    Probability: wanted(below, (mean) => mean),
    Shortfall: wanted(f, (mean) => limit + (unit * mean) / (1 - CONFIDENCE)),
  };
}

/** Sizes of errors of the most likely means by readings, and of means by as many draws. */
function errorsByEffort(
  losses: Losses,
  { f, truth, of }: Wanted,
  probabilities: readonly number[],
  stream: Stream,
): { readonly quantum: readonly number[]; readonly classical: readonly number[] }[] {
  const estimation = estimator(probabilities, stream.fork("readings"));
  const draws = sampler(losses, stream.fork("draws"));
  const sizes = (estimate: (run: number) => number) =>
    Array.from({ length: REPEATS }, (_, run) => Math.abs(of(estimate(run)) - of(truth)));
  return ROUNDS.map((rounds, r) => ({
    quantum: sizes((run) => estimation(rounds, run)),
    classical: sizes((run) => draws(r, run, usesOf(exponentialPowers(rounds), SHOTS), f)),
  }));
}

/** An iterative estimate by drawn readings. */
const drawn = (
  chance: (power: number) => number,
  luck: Stream,
  options: Omit<IterativeOptions, "read">,
): IterativeEstimate =>
  iterativeEstimation({
    ...options,
    read(power, shots, batch) {
      const draws = new Float64Array(shots);
      luck.uniform(draws, { lane: 0, period: batch, from: 0 });
      const p = chance(power);
      return draws.filter((u) => u < p).length;
    },
  });

/** Searches for the value at risk whose estimates stop once they are above or below 95 %: share of right answers, and uses of the circuit beside Hoeffding's draws for the least gap on the way. */
function settledSearches(
  portfolios: readonly Losses[],
  wanted: readonly { readonly at: number }[],
  stream: Stream,
): Record<string, number> {
  const [right, uses, draws]: [number[], number[], number[]] = [[], [], []];
  portfolios.forEach((losses, i) => {
    let gap = 1;
    const chances = new Map<number, (power: number) => number>();
    for (let run = 0; run < PROMISES; run++) {
      let used = 0;
      const found = valueAtRiskIndex(LEVELS, CONFIDENCE, (level) => {
        const f = upToIndex(LEVELS, level);
        const chance = chances.get(level) ?? amplifier(expectation(losses.probabilities, f));
        chances.set(level, chance);
        gap = Math.min(gap, Math.abs(mean(losses, f) - CONFIDENCE));
        const estimate = drawn(chance, stream.fork(`${i}/${run}/${level}`), {
          epsilon: LEAST_GAP,
          alpha: ALPHA / QUBITS,
          settled: (low, high) => low >= CONFIDENCE || high < CONFIDENCE,
        });
        used += estimate.uses;
        return estimate.estimate;
      });
      right.push(found === wanted[i]!.at ? 1 : 0);
      uses.push(used);
    }
    draws.push(math.log10(monteCarloDraws(Math.max(gap, LEAST_GAP), ALPHA)));
  });
  return {
    settledRight: math.mean(right),
    settledUses: math.mean(uses.map(math.log10)),
    settledDraws: math.mean(draws),
  };
}

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
    for (let i = 0; i < count; i++) draws[i] = f[levelAt(cumulative, draws[i]!)]!;
    return math.mean(draws);
  };
}

function cumulated(probabilities: ArrayLike<number>): Float64Array {
  let sum = 0;
  return Float64Array.from(probabilities, (p) => (sum += p));
}

/** The first level whose cumulative probability is above u. */
function levelAt(cumulative: Float64Array, u: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle]! > u) high = middle;
    else low = middle + 1;
  }
  return low;
}

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
    math.mean(Array.from({ length: SEARCHES }, (_, run) => (answer(run) === right ? 1 : 0)));
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
function withinBound(losses: Losses, { f, truth }: Wanted): number {
  const M = 1 << DIGITS;
  const bound = (2 * Math.PI * Math.sqrt(truth * (1 - truth))) / M + (Math.PI * Math.PI) / (M * M);
  let within = 0;
  phaseEstimation(expectation(losses.probabilities, f), DIGITS).forEach((p, y) => {
    const s = math.sin((Math.PI * y) / M);
    if (Math.abs(s * s - truth) <= bound) within += p;
  });
  return within;
}
