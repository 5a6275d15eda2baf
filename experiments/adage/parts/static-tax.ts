// A government that looks for the best progressivity, and how good what was learned is, by quadrature over skills.
import {
  type AnyRows,
  allKnown,
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
  type TruthOf,
} from "walras";
import { hsvStatic } from "../../../economies/hsv-static.ts";
import * as theory from "../../../economies/theory/hsv-static.ts";
import { curve, level, SEARCH, STEPS, spaced } from "../../parts/lines.ts";

type Params = ParamsOf<typeof hsvStatic>;
type Known = ReturnType<typeof allKnown<TruthOf<typeof hsvStatic>>>;

/** The government wants mean utility. */
const meanUtility: leaders.Task = {
  name: "welfare",
  leader: "government",
  score: leaders.maximizeWelfare("households.utility"),
};

export function staticTaxExperiment(name: string, summary: string, budget: Params["budget"]): Experiment {
  return defineExperiment({
    name: `adage/${name}`,
    summary,
    economy: hsvStatic,
    params: { households: 400, matchedSkills: true, horizon: 1, budget },
    algorithm: leaders.nested({ task: meanUtility, followers: ppo, optimiser: optimise.bayesianOptimisation }),
    config: {
      updates: 100,
      warmup: 0.8,
      settle: 0.05,
      proposals: 12, // scored together, by the same policy and the same draws
      evaluationWorlds: 16,
      gapGrid: 0, // measured exactly, below
      "followers.gamma": 0, // hours change nothing that is to come
      "followers.gaeLambda": 0,
      "followers.numSteps": 1,
      "followers.learningRate": 3e-3,
      "followers.entCoef": 0,
      "followers.hiddenWidth": 32,
      "followers.initialLogStd": -1.5,
      "followers.clipVloss": false,
    },
    numEnvs: 16,
    totalSteps: TOTAL_STEPS,
    evaluation: { periods: 1, finalPeriods: 1 },
    measure,
    expect: (p, truth) => (p.budget === "balanced" ? balanced(allKnown(truth)) : unfunded(p, allKnown(truth))),
    figures: (p, truth) => figures(p, allKnown(truth)),
  });
}

const TOTAL_STEPS = 16 * 500;

function figures(p: Params, truth: Known): ExperimentFigure[] {
  const ξs = spaced(p.progressivityMin, Math.min(0.9, p.progressivityMax), 46);
  const funded = p.budget === "balanced";
  const welfare = (ξ: number): number =>
    funded ? theory.hsvStaticWelfare(ξ, p) : theory.unfundedTax(ξ, p, p.rate).welfare;
  return [
    {
      title: "Progressivity",
      xLabel: STEPS,
      yLabel: "progressivity ξ",
      lines: [
        { label: "the leader’s ξ", training: "leader/theta/progressivity" },
        level(funded ? "ξ*" : "the most allowed", truth.progressivity),
      ],
      band: "range",
      caption: funded ? `${SEARCH}` : "Without a budget there is no optimum but the bound (docs/adage.md, A6).",
    },
    {
      title: "Hours",
      xLabel: "progressivity ξ",
      yLabel: "hours",
      lines: [{ label: "learned", measured: "hours" }, curve("exact", (ξ) => theory.hsvHours(ξ, p), ξs)],
      caption:
        "One policy of households for every ξ: (1 − ξ)^(1/(1+ζ)). Figure 4a has hours fall under the learned tax.",
    },
    {
      title: "Welfare",
      xLabel: "progressivity ξ",
      yLabel: "mean utility, utils",
      lines: [
        { label: "by learned hours", measured: "welfare" },
        curve("exact", welfare, ξs),
        level("without a tax", theory.hsvStaticWelfare(0, p)),
      ],
      caption: funded
        ? `Largest at ξ* = ${truth.progressivity.toFixed(3)}: insurance against fewer hours. The budget balances.`
        : "Grows without bound as ξ goes to 1, since nobody pays for transfers (docs/adage.md, A6).",
    },
  ];
}

/** ξ that the leader settled on. */
function settled(player: Player): number {
  let ξ = Number.NaN;
  player.play({
    seed: 1,
    periods: 1,
    visit: (w) => {
      ξ = w["progressivity"] as number;
    },
  });
  return ξ;
}

/** What households do under ξ, and what follows, in an economy of infinitely many: skills at the middles of N slices of ±5 deviations. */
function respond(player: Player, p: Params, ξ: number) {
  const [N, s] = [p.households, Math.sqrt(p.logSkillVariance)];
  const z = Float64Array.from({ length: N }, (_, i) => ((i + 0.5) / N) * 10 - 5);
  const density = z.map(math.normalDensity);
  const mass = density.map((x) => x / math.pairwiseSum(density));
  const logSkill = z.map((z) => s * (z - s / 2));
  const rows = player.respond("households", (w) => {
    w["progressivity"] = ξ;
    ((w["households"] as AnyRows)["logSkill"] as Float64Array).set(logSkill);
  });
  const hours = rows["hours"] as Float64Array;
  const mean = (of: (i: number) => number): number => math.pairwiseSum(mass.map((m, i) => m * of(i)));
  const income = hours.map((h, i) => math.exp(logSkill[i]) * h);
  const scale =
    p.budget === "balanced" ? mean((i) => income[i]) / mean((i) => math.pow(income[i], 1 - ξ)) : (1 - p.rate) / (1 - ξ);
  const toil = (h: number): number => math.pow(h, 1 + p.inverseFrisch) / (1 + p.inverseFrisch);
  // What of utility depends on own hours; λ does not, as long as there are many.
  const own = (h: number): number => (1 - ξ) * math.log(h) - toil(h);
  const consumed = (i: number): number => scale * math.pow(income[i], 1 - ξ);
  return {
    hours: mean((i) => hours[i]),
    welfare: mean((i) => math.log(consumed(i)) - toil(hours[i])),
    deficit: mean((i) => consumed(i) - income[i]) / mean((i) => income[i]),
    gap: own(theory.hsvHours(ξ, p)) - mean((i) => own(hours[i])),
  };
}

/** Where the leader settled, what it is worth, and hours as a function of ξ, as `hours/0.1`. */
function measure(player: Player, p: Params): Record<string, number> {
  const [ξ, best] = [settled(player), theory.optimalProgressivity(p)];
  const noTax = theory.hsvStaticWelfare(0, p);
  const gain = theory.hsvStaticWelfare(best, p) - noTax;
  const { hours, welfare, deficit, gap } = respond(player, p, ξ);
  const curve = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].filter(
    (ξ) => ξ >= p.progressivityMin && ξ <= p.progressivityMax,
  );
  return {
    progressivity: ξ,
    hours,
    welfare,
    deficit,
    gainShare: (welfare - noTax) / gain,
    forgone: (theory.hsvStaticWelfare(best, p) - theory.hsvStaticWelfare(ξ, p)) / gain,
    gap,
    ...Object.fromEntries(curve.map((ξ) => [`hours/${ξ}`, respond(player, p, ξ).hours])),
    ...Object.fromEntries(curve.map((ξ) => [`welfare/${ξ}`, respond(player, p, ξ).welfare])),
    hoursError: Math.max(...curve.map((ξ) => Math.abs(respond(player, p, ξ).hours - theory.hsvHours(ξ, p)))),
  };
}

/** Without a budget there is no best progressivity but the largest, and nobody produces what is handed out. */
const unfunded = (p: Params, truth: Known): Expectation[] => [
  {
    item: "progressivity of a government that need not balance its budget",
    measure: "progressivity",
    claim: "significantly improves on the free market",
    theory: truth.progressivity,
    unit: "1",
    tolerance: 0.03,
    kind: "absolute",
    note: "the bound",
  },
  {
    item: "transfers that nobody pays for, over output",
    measure: "deficit",
    claim: "–",
    theory: theory.unfundedTax(truth.progressivity, p, p.rate).deficit / truth.hours,
    unit: "1",
    tolerance: 0.5,
    kind: "relative",
  },
];

/** Against the exact Stackelberg answer. */
const balanced = (truth: Known): Expectation[] => [
  {
    item: "progressivity ξ*",
    measure: "progressivity",
    claim: "–",
    theory: truth.progressivity,
    unit: "1",
    tolerance: 0.03,
    kind: "absolute",
  },
  {
    item: "hours at the leader's ξ",
    measure: "hours",
    claim: "households work less",
    theory: truth.hours,
    unit: "hours",
    tolerance: 0.02,
    kind: "absolute",
  },
  {
    item: "regret of the leader, as a share of the welfare gain, if responses were exact",
    measure: "forgone",
    claim: "–",
    theory: 0,
    unit: "1",
    tolerance: 0.02,
    kind: "atMost",
  },
  {
    item: "share of the welfare gain, by what households really do",
    measure: "gainShare",
    claim: "significantly improves on the free market",
    theory: 1,
    unit: "1",
    tolerance: 0.03,
    kind: "absolute",
    note: "above 1 if they work more than is best for them",
  },
  {
    item: "households' best-response gap",
    measure: "gap",
    claim: "–",
    theory: 0,
    unit: "utils",
    tolerance: 0.001,
    kind: "atMost",
  },
  {
    item: "hours as a function of ξ from 0 to 0.9, largest error",
    measure: "hoursError",
    claim: "–",
    theory: 0,
    unit: "hours",
    tolerance: 0.03,
    kind: "atMost",
  },
];
