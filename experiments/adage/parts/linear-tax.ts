// A government that looks for the best linear tax, under one welfare function or another, held against the exact answer.
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
} from "walras";
import { linearTax } from "../../../economies/linear-tax.ts";
import * as theory from "../../../economies/theory/linear-tax.ts";
import { curve, level, SEARCH, STEPS, spaced } from "../../parts/lines.ts";

type Params = ParamsOf<typeof linearTax>;

/** How the government searches. */
export interface TaxSearch {
  readonly optimiser: optimise.AnyOptimiser;
  /** Share of training before the first proposal. */
  readonly warmup: number;
}

/** The government wants what its welfare function says. */
const ownWelfare: leaders.Task = {
  name: "welfare",
  leader: "government",
  score: leaders.ownReward("government.welfare"),
};

export function linearTaxExperiment(
  name: string,
  summary: string,
  params: Partial<Pick<Params, "wages" | "shares" | "elasticity" | "welfareFunction">>,
  { optimiser, warmup }: TaxSearch = { optimiser: optimise.bayesianOptimisation, warmup: 0.8 },
): Experiment {
  return defineExperiment({
    name,
    summary,
    economy: linearTax,
    params: { ...params, households: 400, horizon: 1 },
    algorithm: leaders.nested({ task: ownWelfare, followers: ppo, optimiser }),
    config: {
      updates: 100,
      warmup,
      settle: 0.05,
      proposals: 12, // scored together, by the same policy and the same draws
      evaluationWorlds: 1, // nothing is random but the learning
      gapGrid: 0,
      "followers.gamma": 0,
      "followers.gaeLambda": 0,
      "followers.numSteps": 1,
      "followers.numMinibatches": 4,
      "followers.learningRate": 3e-3,
      "followers.entCoef": 0,
      "followers.hiddenWidth": 32,
      "followers.initialLogStd": -1.5,
      "followers.clipVloss": false,
    },
    numEnvs: 16,
    totalSteps: TOTAL_STEPS,
    evaluation: { periods: 1, finalPeriods: 1 },
    measure: (player, _p, training) => ({ proposals: training["leader/proposals"]!, ...measure(player) }),
    expect: (p, truth) => expectations(p, allKnown(truth)),
    figures: (p, truth) => figures(p, allKnown(truth)),
  });
}

const TOTAL_STEPS = 16 * 500;

function figures(p: Params, truth: theory.LinearTax): ExperimentFigure[] {
  const τs = spaced(0, 0.9, 46);
  return [
    {
      title: "Tax rate",
      xLabel: STEPS,
      yLabel: "tax rate τ",
      lines: [{ label: "the leader’s τ", training: "leader/theta/taxRate" }, level("τ*", truth.taxRate)],
      band: "range",
      caption: SEARCH,
    },
    {
      title: "Effort",
      xLabel: "tax rate τ",
      yLabel: "hours over those without a tax",
      lines: [
        { label: "learned", measured: "effort" },
        curve("exact", (τ) => theory.taxedHours(1, τ, p.elasticity), τs),
      ],
      caption: "One policy of households for every τ and every wage: (1 − τ)^e.",
    },
    {
      title: "Welfare",
      xLabel: "tax rate τ",
      yLabel: `welfare, ${p.welfareFunction}`,
      lines: [
        { label: "by learned hours", measured: "welfare" },
        curve("exact", (τ) => theory.linearTaxAt(τ, p).welfare(p.welfareFunction), τs),
        level("without a tax", theory.linearTaxAt(0, p).welfare(p.welfareFunction)),
      ],
      caption: `Largest at τ* = ${truth.taxRate.toFixed(3)}.`,
    },
  ];
}

/** What households do at a tax rate, and what follows; nothing is random. */
function respond(player: Player, taxRate: number) {
  const p = player.params as unknown as Params;
  const rows: AnyRows = player.respond("households", (w) => {
    w["taxRate"] = taxRate;
  });
  const [wage, effort] = [rows["wage"] as Float64Array, rows["effort"] as Float64Array];
  const power = 1 + 1 / p.elasticity;
  const hours = effort.map((x, i) => x * math.pow(wage[i], p.elasticity));
  const income = hours.map((h, i) => h * wage[i]);
  const demogrant = taxRate * math.mean(income);
  const consumption = income.map((y) => (1 - taxRate) * y + demogrant);
  const utility = consumption.map((c, i) => c - math.pow(hours[i], power) / power);
  const best = wage.map(
    (w) => demogrant + math.pow(w * (1 - taxRate), 1 + p.elasticity) / (1 + p.elasticity), // if it alone responds better
  );
  const counted = utility.map((u) => theory.weighed(p.welfareFunction, u));
  return {
    demogrant,
    welfare: p.welfareFunction === "rawlsian" ? Math.min(...utility) : math.mean(counted),
    effort: math.mean(effort),
    gap: math.mean(best.map((u, i) => u - utility[i])) / math.mean(best),
    incomeGini: math.gini(income),
    consumptionGini: math.gini(consumption),
  };
}

function measure(player: Player): Record<string, number> {
  const p = player.params as unknown as Params;
  let taxRate = Number.NaN;
  player.play({
    seed: 1,
    periods: 1,
    visit: (w) => {
      taxRate = w["taxRate"] as number;
    },
  });
  const best = theory.optimalLinearTax(p, p.welfareFunction);
  const noTax = theory.linearTaxAt(0, p).welfare(p.welfareFunction);
  const gain = best.welfare - noTax;
  const ours = respond(player, taxRate);
  const curve = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
  return {
    taxRate,
    ...ours,
    // Where no tax is best there is no gain to have a share in.
    ...(best.taxRate > 0
      ? {
          gainShare: (ours.welfare - noTax) / gain,
          forgone: (best.welfare - theory.linearTaxAt(taxRate, p).welfare(p.welfareFunction)) / gain,
        }
      : {}),
    giniNoTax: respond(player, 0).consumptionGini,
    ...Object.fromEntries(curve.map((τ) => [`effort/${τ}`, respond(player, τ).effort])),
    ...Object.fromEntries(curve.map((τ) => [`welfare/${τ}`, respond(player, τ).welfare])),
  };
}

function expectations(p: Params, truth: theory.LinearTax): Expectation[] {
  const noTax = theory.linearTaxAt(0, p);
  const consumption = (τ: number): number => {
    const { incomes, demogrant } = theory.linearTaxAt(τ, p);
    const counts = p.shares.map((share) => Math.round(share * p.households));
    return math.gini(incomes.flatMap((y, k) => new Array<number>(counts[k]).fill((1 - τ) * y + demogrant)));
  };
  return [
    {
      item: "tax rate τ*",
      measure: "taxRate",
      claim: "–",
      theory: truth.taxRate,
      unit: "1",
      tolerance: 0.03,
      kind: "absolute",
    },
    {
      item: "demogrant",
      measure: "demogrant",
      claim: "–",
      theory: truth.demogrant,
      unit: "goods/household",
      tolerance: 0.03,
      kind: "absolute",
    },
    ...(truth.welfare > noTax.welfare(p.welfareFunction)
      ? [
          {
            item: "regret of the leader, as a share of the welfare gain, if responses were exact",
            measure: "forgone",
            claim: "–",
            theory: 0,
            unit: "1",
            tolerance: 0.02,
            kind: "atMost" as const,
          },
          {
            item: "share of the welfare gain, by what households really do",
            measure: "gainShare",
            claim: "significantly improves on the free market",
            theory: 1,
            unit: "1",
            tolerance: 0.03,
            kind: "absolute" as const,
            note: "above 1 if they work more than is best for them",
          },
        ]
      : []),
    {
      item: "Gini of consumption; without a tax it is that of incomes",
      measure: "consumptionGini",
      claim: "a more equal population",
      theory: consumption(truth.taxRate),
      unit: "1",
      tolerance: 0.02,
      kind: "absolute",
    },
    {
      item: "households' best-response gap, as a share of utility",
      measure: "gap",
      claim: "–",
      theory: 0,
      unit: "1",
      tolerance: 0.005,
      kind: "atMost",
    },
  ];
}
