// What minting does to prices, from 200 prices alone: posteriors by simulation beside the exact one, the effect of a policy under them beside its integral, and whether posteriors are calibrated.
//
// The data of each seed are drawn at one truth; the ranks are those of truths drawn from the prior. Whoever simulates does not know the likelihood that theory uses.
import { defineSimulation, math } from "walras";
import {
  abcSmcRounds,
  answeredNow,
  columnOf,
  counterfactualRounds,
  createPrior,
  fitNeuralPosterior,
  type Prior,
  posteriorRounds,
  rankOf,
  rankTest,
  regressionAdjusted,
  resampled,
  seriesSummaries,
} from "walras/inference";
import { seedStream } from "walras/random";
import { tokenMarket } from "../../economies/token-market.ts";
import { effectAt, exactPosterior, MINTING, type Moments, pricesOf, RANGES, SETTINGS, TRUTH } from "./parts/chasers.ts";

const SIMULATIONS = 4000;
const METHODS = ["abc", "neural"] as const;
/** Data sets whose ranks are tested, and draws among which a rank is. */
const [DATA_SETS, DRAWS] = [300, 99];
const BINS = 10;

export default defineSimulation({
  name: "policy/counterfactual",
  summary:
    "The posterior of a market's traders from its prices, and what minting would do under it, beside the exact answers.",
  economy: tokenMarket,
  params: SETTINGS,
  seeds: [11, 12, 13, 14, 15],
  maxSeconds: 120,
  measure({ seed }) {
    const [low, high] = [0, 1].map((end) => [RANGES.reaction[end]!, RANGES.fundamental[end]!]) as [number[], number[]];
    const prior = createPrior({
      reaction: { kind: "uniform", low: low[0]!, high: high[0]! },
      fundamental: { kind: "uniform", low: low[1]!, high: high[1]! },
    });
    const prices = pricesOf([TRUTH.reaction, TRUTH.fundamental], DATA_SEED + seed);
    const exact = exactPosterior(prices);
    const observed = seriesSummaries([prices]);
    const measured: Record<string, number> = { exactEffect: exact.effect.mean, effectSd: exact.effect.sd };
    for (const method of METHODS) {
      const posterior = answeredNow(
        posteriorRounds({ prior, method, observed, simulations: SIMULATIONS, seed }),
        (draws) => draws.map((draw) => seriesSummaries([pricesOf(draw.theta, draw.seed)])),
      );
      const { sample } = posterior;
      const effect = answeredNow(counterfactualRounds({ sample, worlds: 1, seed }), (draws) =>
        draws.map((draw) => Float64Array.of(math.mean(pricesOf(draw.theta, draw.seed, draw.policy ? MINTING : 0)))),
      );
      const reactions = columnOf(sample, 0);
      compare(measured, `${method}Reaction`, posterior.parameters[0]!, exact.reaction);
      compare(measured, `${method}Fundamental`, posterior.parameters[1]!, exact.fundamental);
      const found = { mean: effect.effect.mean, sd: Math.sqrt(math.variance(effect.effects, { ddof: 1 })) };
      compare(measured, `${method}Effect`, found, exact.effect);
      measured[`${method}Covered`] =
        exact.effect.mean >= effect.effect.low && exact.effect.mean <= effect.effect.high ? 1 : 0;
      if (method === "abc") {
        measured["closedForm"] = reactions.reduce(
          (most, g, i) => Math.max(most, Math.abs(effect.effects[i]! - effectAt(g))),
          0,
        );
        measured["toleranceOverChance"] = posterior.toleranceOverChance ?? Number.NaN;
      }
      histogram(measured, `${method}/effect`, effect.effects, exact.effect);
    }
    const ranks = { ...marketRanks(prior, seed), conjugate: conjugateRanks(seed) };
    for (const [name, found] of Object.entries(ranks)) {
      const { pValue, counts } = rankTest(found, DRAWS, BINS);
      measured[`${name}PValue`] = pValue;
      counts.forEach((count, bin) => {
        measured[`${name}Ranks/${bin + 0.5}`] = count / DATA_SETS;
      });
    }
    return measured;
  },
  expect: () => [
    ...METHODS.flatMap((method) => {
      const name = method === "abc" ? "ABC-SMC" : "neural";
      return [
        near(`${name}: mean effect less the exact one, in its posterior deviations`, `${method}EffectMean`, 0, 0.5),
        near(`${name}: deviation of the effect over the exact one`, `${method}EffectSd`, 1, 0.3),
        near(`${name}: mean reaction less the exact one, in its deviations`, `${method}ReactionMean`, 0, 0.5),
        near(`${name}: deviation of the reaction over the exact one`, `${method}ReactionSd`, 1, 0.3),
        near(`${name}: mean fundamental less the exact one, in its deviations`, `${method}FundamentalMean`, 0, 0.5),
        near(`${name}: deviation of the fundamental over the exact one`, `${method}FundamentalSd`, 1, 0.3),
      ];
    }),
    {
      item: "effect at each draw less its closed form, at most",
      measure: "closedForm",
      claim: "–",
      theory: 0,
      unit: "money/token",
      tolerance: 2e-6,
      kind: "absolute" as const,
      note: "amounts of tokens are rounded to 10⁻⁶ and less",
    },
    ...(["reaction", "fundamental", "conjugate"] as const).map((name) => ({
      item: `ranks are uniform: p-value, ${name === "conjugate" ? "ABC-SMC of the conjugate model" : `neural, ${name}`}`,
      measure: `${name}PValue`,
      claim: "uniform",
      theory: 1,
      unit: "1",
      tolerance: 0.01,
      kind: "atLeast" as const,
      note: `χ² of ${BINS} bins, ${DATA_SETS} data sets; a right posterior fails one seed in a hundred`,
    })),
  ],
  figures: () => [
    {
      title: "Effect of minting",
      xLabel: "effect less its exact posterior mean, in exact deviations",
      yLabel: "share of draws",
      lines: [
        { label: "ABC-SMC", measured: "abc/effect", as: "line" },
        { label: "neural", measured: "neural/effect", as: "line" },
        { label: "normal", points: STEPS.map((z) => [z, WIDTH * math.normalDensity(z)] as const) },
      ],
      caption:
        "Posterior of what minting 0.2 tokens a period does to the mean of 200 prices. Dashed: a normal law of the exact mean and deviation, which the exact posterior nearly is.",
    },
    {
      title: "Ranks of true parameters among draws of their posteriors",
      xLabel: "rank, in tenths",
      yLabel: "share of data sets",
      lines: [
        { label: "neural, reaction", measured: "reactionRanks", as: "line" },
        { label: "neural, fundamental", measured: "fundamentalRanks", as: "line" },
        { label: "ABC-SMC, conjugate model", measured: "conjugateRanks", as: "line" },
        { label: "uniform", level: 1 / BINS },
      ],
      caption:
        "Level where posteriors are right; a hill where they are too wide, a valley where they are too narrow, a slope where they are to one side.",
    },
  ],
});

const DATA_SEED = 500_000;
const near = (item: string, measure: string, theory: number, tolerance: number) => ({
  item,
  measure,
  claim: "–",
  theory,
  unit: "1",
  tolerance,
  kind: "absolute" as const,
});

function compare(measured: Record<string, number>, name: string, ours: Moments, exact: Moments): void {
  measured[`${name}Mean`] = (ours.mean - exact.mean) / exact.sd;
  measured[`${name}Sd`] = ours.sd / exact.sd;
}

const WIDTH = 0.5;
const STEPS = Array.from({ length: 17 }, (_, i) => WIDTH * (i - 8));

function histogram(measured: Record<string, number>, name: string, x: Float64Array, { mean, sd }: Moments): void {
  for (const z of STEPS) {
    const inside = x.filter((value) => Math.abs((value - mean) / sd - z) <= WIDTH / 2).length;
    measured[`${name}/${z}`] = inside / x.length;
  }
}

/** One network for all data sets. */
function marketRanks(prior: Prior, seed: number): { readonly reaction: number[]; readonly fundamental: number[] } {
  const stream = seedStream(seed).fork("ranks");
  const z = new Float64Array(2 * (SIMULATIONS + DATA_SETS));
  stream.normal(z, { lane: 0, period: 0, from: 0 });
  const thetas = Array.from({ length: SIMULATIONS + DATA_SETS }, (_, i) => prior.theta(z.subarray(2 * i, 2 * i + 2)));
  const summaries = thetas.map((theta, i) => seriesSummaries([pricesOf(theta, RANK_SEED + seed * 10_000 + i)]));
  const posterior = fitNeuralPosterior({
    prior,
    theta: Float64Array.from(thetas.slice(0, SIMULATIONS).flatMap((theta) => [...theta])),
    summaries: summaries.slice(0, SIMULATIONS),
    seed,
  });
  const samples = summaries.slice(SIMULATIONS).map((s, i) => posterior.sample(s, DRAWS, seed * 10_000 + i));
  const ranks = (k: number) => samples.map((sample, i) => rankOf(thetas[SIMULATIONS + i]![k]!, columnOf(sample, k)));
  return { reaction: ranks(0), fundamental: ranks(1) };
}
const RANK_SEED = 1_000_000_000;

/** θ ~ N(0, 1), the data a mean with deviation 0.5: a particle filter of its own for each data set. */
function conjugateRanks(seed: number): number[] {
  const prior = createPrior({ mean: { kind: "normal", mean: 0, sd: 1 } });
  const stream = seedStream(seed).fork("conjugate");
  const [truths, noise, lots] = [stream.fork("truths"), stream.fork("noise"), stream.fork("draws")];
  return Array.from({ length: DATA_SETS }, (_, i) => {
    const truth = truths.normalAt(0, 0, i);
    const observed = Float64Array.of(truth + 0.5 * noise.normalAt(i, 1, 0));
    const posterior = answeredNow(
      abcSmcRounds({ prior, observed, seed: seed * 10_000 + i, particles: 200, simulations: 3000, tolerance: 0.2 }),
      (proposals) =>
        proposals.map(({ theta, index }) => Float64Array.of(theta[0]! + 0.5 * noise.normalAt(i, 0, index))),
    );
    const { theta, weights } = regressionAdjusted(posterior, prior, observed);
    const draws = Float64Array.from(
      { length: DRAWS },
      (_, n) => theta[resampled(weights, 1, lots.uniformAt(i, 0, n))[0]!]!,
    );
    return rankOf(truth, draws);
  });
}
