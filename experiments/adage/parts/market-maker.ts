// A market maker that learns to quote under preferences that nature draws, held against the exact answer at every preference.
import {
  type AnyRows,
  type AnyWorld,
  createSimulation,
  defineExperiment,
  type Expectation,
  type Experiment,
  type ExperimentFigure,
  leaders,
  math,
  optimise,
  type ParamsOf,
  type Player,
  ppo,
} from "walras";
import { marketMaking } from "../../../economies/market-making.ts";
import * as theory from "../../../economies/theory/market-making.ts";
import { curve, spaced } from "../../parts/lines.ts";

type Params = ParamsOf<typeof marketMaking>;

/** Displacements at which the policy is asked, in deviations of the price's law; between them it is interpolated. */
const ASKED = 33;
const FARTHEST = 4;
/** Episodes played under each preference. */
const ROLLOUTS = 20;

/** Nature wants preferences of all kinds: the entropy of their distribution. */
export const indifference: leaders.Task = {
  name: "indifference",
  leader: "nature",
  score: leaders.maximizeEntropy("scenarios.probability"),
};

/** Only ratios of weights matter, so one may be given; elsewhere than in the middle of the range, where a search begins. */
const oneWeightGiven: leaders.Task = { ...indifference, controls: { weight1: 0.8 } };

/** The maximum of that entropy needs no search. */
const indifferent = leaders.fixed({ weight1: 1, weight2: 1, weight3: 1, weight4: 1, weight5: 1 });

interface Maker {
  readonly name: string;
  readonly summary: string;
  readonly totalSteps: number;
  /** All alike: a policy for one preference only. Default 0, ¼, ½, ¾, 1. */
  readonly preferences?: readonly number[];
}

/** What the maker learns by, whatever nature does. */
const followers = {
  "followers.gamma": 0, // quotes change nothing that is to come
  "followers.gaeLambda": 0,
  "followers.numSteps": 32,
  "followers.learningRate": 3e-3,
  "followers.entCoef": 0,
  "followers.hiddenWidth": 32,
  "followers.initialLogStd": -1.5,
  "followers.clipVloss": false,
} as const;

/** Nature gives all preferences the same weight. */
export function makerExperiment({ name, summary, totalSteps, preferences }: Maker): Experiment {
  return defineExperiment({
    name: `adage/${name}`,
    summary,
    economy: marketMaking,
    params: { stationaryStart: true, ...(preferences ? { preferences } : {}) },
    algorithm: leaders.analytic({ task: indifference, followers: ppo, rule: indifferent }),
    config: { ...followers, updates: 20, evaluationWorlds: 4, evaluationPeriods: 1, gapGrid: 0 },
    numEnvs: 128,
    totalSteps,
    evaluation: { periods: 1, finalPeriods: 1 },
    measure: measureQuotes,
    expect: expectQuotes,
    figures,
  });
}

/** Nature looks for the weights of the largest entropy, while the maker learns. */
export function searchedExperiment({ name, summary, totalSteps }: Maker): Experiment {
  return defineExperiment({
    name: `adage/${name}`,
    summary,
    economy: marketMaking,
    params: { stationaryStart: true },
    algorithm: leaders.nested({ task: oneWeightGiven, followers: ppo, optimiser: optimise.cmaEs }),
    config: { ...followers, updates: 100, warmup: 0.2, evaluationWorlds: 1, evaluationPeriods: 1, gapGrid: 0 },
    numEnvs: 128,
    totalSteps,
    evaluation: { periods: 1, finalPeriods: 1 },
    measure: measureQuotes,
    expect: (p) => [
      {
        item: "entropy of preferences",
        measure: "entropy",
        claim: "analytic: all alike",
        theory: math.log(p.preferences.length),
        unit: "nats",
        tolerance: 0.005,
        kind: "relative",
      },
      ...expectQuotes(p),
    ],
    figures,
  });
}

/** Figure 8, with exact curves. */
function figures(p: Params): ExperimentFigure[] {
  const ωs = spaced(0, 1, 21);
  const market = (ω: number): Params & { readonly preference: number } => ({ ...p, preference: ω });
  const best = new Map(ωs.map((ω) => [ω, theory.stationaryQuotes(market(ω), p.priceSd)]));
  const alone = new Set(p.preferences).size === 1;
  const learned = alone ? `learned for ω = ${p.preferences[0]} alone` : "one policy for every ω";
  const preference = "preference ω: 0 for market share, 1 for profit";
  const caption = `Figure 8. Over the law of the price, exactly, for the quotes of the policy; its rollouts are twenty episodes from p₀, as in the paper, in which the price does not get as far. ${
    alone
      ? "A baseline: trained under one preference."
      : "Baselines, trained for one ω each: adage/market-making-0 to -1."
  }`;
  const of = (
    title: string,
    yLabel: string,
    measured: string,
    exact: (ω: number) => number,
    rollouts?: string,
  ): ExperimentFigure => ({
    title,
    xLabel: preference,
    yLabel,
    lines: [
      { label: learned, measured, as: "dots" },
      curve("exact", exact, ωs),
      ...(rollouts ? [{ label: "its rollouts from p₀", measured: `simulated/${rollouts}`, as: "dots" } as const] : []),
    ],
    caption,
  });
  return [
    of("Spread", "mean spread, money", "meanSpread", (ω) => 2 * best.get(ω)!.halfSpread, "spread"),
    of("Profit", "profit per customer, money", "pnl", (ω) => best.get(ω)!.pnl, "pnl"),
    of("Market share", "share of customers served", "fillShare", (ω) => best.get(ω)!.fillShare, "fillShare"),
    {
      title: "Half-spread at p₀",
      xLabel: preference,
      yLabel: "half-spread, money",
      lines: [
        { label: learned, measured: "halfSpread", as: "dots" },
        curve("exact", (ω) => theory.bestQuotes(0, market(ω)).halfSpread, spaced(0, 1, 101)),
      ],
      caption:
        "What is quoted where the price is what customers think the good is worth on average. Up to a threshold in ω it is best to quote no spread at all.",
    },
  ];
}

/** h(x) of the policy under a preference. */
function quotesOf(player: Player, p: Params, ω: number): (x: number) => number {
  const sd = theory.stationaryPriceSd(p.priceSd, p.reversion);
  const xs = Float64Array.from({ length: ASKED }, (_, k) => sd * FARTHEST * ((2 * k) / (ASKED - 1) - 1));
  const hs = xs.map((x) => {
    const { halfSpread } = player.respond("maker", (w) => {
      w["price"] = p.referencePrice + x;
      w["preference"] = ω;
    });
    return (halfSpread as Float64Array)[0];
  });
  return (x) => math.interpolate(xs, hs, Math.min(xs[ASKED - 1], Math.max(xs[0], x)));
}

/**
 * For each preference ω: the half-spread at p₀, and mean spread, share, profit and reward over the price's law; reward as a share of the best there is.
 * `simulated/…` are means and deviations over rollouts of an episode from p₀, as in the source's figure 8.
 */
function measureQuotes(player: Player, p: Params): Record<string, number> {
  const measured: Record<string, number> = {};
  for (const ω of new Set(p.preferences)) {
    const market = { ...p, preference: ω };
    const rule = quotesOf(player, p, ω);
    const [atReference, best] = [theory.quoting(rule(0), 0, market), theory.bestQuotes(0, market)];
    const [mean, most] = [theory.stationaryQuotes(market, p.priceSd, rule), theory.stationaryQuotes(market, p.priceSd)];
    Object.assign(measured, {
      [`halfSpread/${ω}`]: rule(0),
      [`rewardShare/${ω}`]: atReference.reward / best.reward,
      [`meanRewardShare/${ω}`]: mean.reward / most.reward,
      [`meanSpread/${ω}`]: 2 * mean.halfSpread,
      [`fillShare/${ω}`]: mean.fillShare,
      [`pnl/${ω}`]: mean.pnl,
    });
    for (const [name, { average, deviation }] of Object.entries(rollOut(p, ω, rule))) {
      measured[`simulated/${name}/${ω}`] = average;
      measured[`simulated/${name}Sd/${ω}`] = deviation;
    }
    measured[`simulated/spread/${ω}`] = 2 * measured[`simulated/halfSpread/${ω}`];
  }
  return measured;
}

/** Episodes under one preference and one rule: means over their periods, and how these differ between episodes. */
function rollOut(p: Params, ω: number, rule: (x: number) => number) {
  const params = { ...p, preferences: p.preferences.map(() => ω), displacement: 0, stationaryStart: false };
  const simulation = createSimulation(marketMaking, { params, numWorlds: ROLLOUTS, seed: 20_240_404 });
  const names = ["halfSpread", "fillShare", "pnl", "reward"] as const;
  const means = Object.fromEntries(names.map((name) => [name, new Float64Array(ROLLOUTS)]));
  simulation.worlds.forEach((w, e) => {
    simulation.reset(e);
    for (let t = 0; t < p.horizon; t++) {
      simulation.phaseNames.forEach((name, index) => {
        if (name === "quote") quote(w, rule((w["price"] as number) - p.referencePrice), p);
        else if (name !== "weigh") simulation.runPhase(index, e);
      });
      for (const name of names) means[name][e] += marketMaking.metrics[name].of(w, simulation.params) / p.horizon;
      simulation.endPeriod(e);
    }
  });
  return Object.fromEntries(
    names.map((name) => [
      name,
      { average: math.mean(means[name]), deviation: Math.sqrt(math.variance(means[name], { ddof: 1 })) },
    ]),
  );
}

function quote(w: AnyWorld, h: number, p: Params): void {
  ((w["maker"] as AnyRows)["halfSpread"] as Float64Array)[0] = Math.min(p.halfSpreadMax, Math.max(0, h));
}

/** One policy, held against the exact answer at each preference. */
function expectQuotes(p: Params): Expectation[] {
  return [...new Set(p.preferences)].flatMap((ω): Expectation[] => {
    const best = theory.bestQuotes(0, { ...p, preference: ω });
    return [
      {
        item: `half-spread at p₀, ω = ${ω}`,
        measure: `halfSpread/${ω}`,
        claim: "figure 8: grows with ω",
        theory: best.halfSpread,
        unit: "money",
        tolerance: 0.05,
        kind: "absolute",
      },
      {
        item: `reward over the best, p at p₀, ω = ${ω}`,
        measure: `rewardShare/${ω}`,
        claim: "as of a policy for this ω alone",
        theory: 1,
        unit: "1",
        tolerance: 0.02,
        kind: "relative",
      },
      {
        item: `reward over the best, over the law of p, ω = ${ω}`,
        measure: `meanRewardShare/${ω}`,
        claim: "–",
        theory: 1,
        unit: "1",
        tolerance: 0.02,
        kind: "relative",
      },
    ];
  });
}
