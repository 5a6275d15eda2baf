// What the tax experiments share: the government's task, how households learn, and what is measured beside welfare.
import {
  defineExperiment,
  type Expectation,
  type ExperimentFigure,
  type FigureLine,
  leaders,
  math,
  type Player,
  ppo,
  type TruthOf,
} from "walras";
import { tax } from "../../../economies/tax.ts";
import { level, SEARCH, STEPS } from "../../parts/lines.ts";
import { solvedFreeMarket } from "./solved-households.ts";

/** The government wants the mean utility of households, and has four rates to get it by. */
export const socialWelfare: leaders.Task = {
  name: "social welfare",
  leader: "government",
  score: leaders.maximizeWelfare("households.utility"),
};

/** Rates of the four taxes. */
export type Rates = Readonly<
  Record<"incomeTaxRate" | "incomeProgressivity" | "assetTaxRate" | "assetProgressivity", number>
>;

export const none: Rates = { incomeTaxRate: 0, incomeProgressivity: 0, assetTaxRate: 0, assetProgressivity: 0 };

/** What a search has settled on, from the metrics of its last update; a rate that it may not set is 0. */
export const settledOn = (training: Readonly<Record<string, number>>): Rates => {
  const rate = (name: keyof Rates): number => training[`leader/theta/${name}`] ?? 0;
  return {
    incomeTaxRate: rate("incomeTaxRate"),
    incomeProgressivity: rate("incomeProgressivity"),
    assetTaxRate: rate("assetTaxRate"),
    assetProgressivity: rate("assetProgressivity"),
  };
};

/** Households who learn under given taxes from the start: equal worlds, seeds and budgets whatever the taxes, so that pairs differ by these alone. */
export function ruledBy(rates: Rates, { name, summary }: { readonly name: string; readonly summary: string }) {
  return defineExperiment({
    name,
    summary,
    economy: tax,
    params: world,
    algorithm: leaders.analytic({ task: socialWelfare, followers: ppo, rule: leaders.fixed(rates) }),
    config: { updates: UPDATES, exploration: 0, evaluationWorlds: 1, gapGrid: 0, ...households },
    ...training,
    measure: outcome,
    figures,
  });
}

/** Wealth spread as in the survey; taxes and hours from narrower ranges than the unit interval, so that less is to be learned. */
export const world = {
  initialWealth: "survey",
  incomeTaxRateMax: 0.6,
  incomeProgressivityMax: 0.4,
  assetTaxRateMax: 0.02,
  assetProgressivityMax: 0.02,
  savingShareMin: 0,
  hoursMin: 0.5,
} as const;

/**
 * Squashed actions: the policy draws about half the logarithm of a′/c, nearly linear in that of wealth. Advantages are mostly luck, the households' own
 * shocks, so that every decision is learned from once, a world-period being cheap, and λ = 0.8 leaves a sixth of the variance of λ = 0.98. With 0.5
 * twice the training ended further from the solution than half of it.
 */
export const households = {
  "followers.numSteps": 75,
  "followers.numMinibatches": 12,
  "followers.updateEpochs": 1,
  "followers.hiddenWidth": 16,
  "followers.learningRate": 3e-3,
  "followers.gaeLambda": 0.8,
  "followers.entCoef": 0,
  "followers.initialLogStd": -0.5,
  "followers.squash": true,
  "followers.clipVloss": false,
  "followers.scaleRewards": true,
  "followers.maxGradNorm": 1,
} as const;

/** Reports of a run, and moves of a leader. */
const UPDATES = 40;

/**
 * How the government looks for one tax while households learn: after a warm-up under all rates alike, when they have nearly stopped learning. Scores are told
 * as gains on the middle of the range by the same households.
 */
export const search = {
  updates: UPDATES,
  warmup: 0.85,
  settle: 0.05,
  exploration: 0.5,
  proposals: 2,
  paired: true,
  evaluationWorlds: 6,
  gapGrid: 0,
  ...households,
} as const;

/** For four rates: time for some thirty proposals, the first ten of which are spread evenly. */
export const searchOfFour = { ...search, warmup: 0.5 } as const;

/** Episodes of 300 periods with 100 households each, in four worlds. */
export const training = {
  numEnvs: 4,
  totalSteps: 96_000,
  evaluation: { periods: 300, finalPeriods: 300, every: 10 },
} as const;

/**
 * Means over five episodes of the economy's metrics; deciles of wealth and income at their ends, for ADAGE's figures 3 to 5; and welfare less that of
 * households who solved the free market instead of learning, in the same worlds.
 */
export function outcome(player: Player): Record<string, number> {
  const sums: Record<string, number> = {};
  const add = (name: string, value: number): void => {
    sums[name] = (sums[name] ?? 0) + value / EPISODES.length;
  };
  for (const seed of EPISODES) {
    const metrics = player.play({
      seed,
      periods: 300,
      visit(w, period) {
        if (period < 299) return;
        const { wealth, income } = w["households"] as unknown as Record<"wealth" | "income", Float64Array>;
        for (let k = 1; k < 10; k++) {
          add(`wealth/${k}`, math.quantile(wealth, k / 10));
          add(`income/${k}`, math.quantile(income, k / 10));
        }
      },
    });
    for (const [name, value] of Object.entries(metrics)) add(name, value);
  }
  sums["surplus"] = -sums["deficit"]!;
  const solved = solvedFreeMarket(player.params, { seeds: EPISODES, periods: 300 });
  return {
    ...sums,
    solvedFreeMarket: solved.welfare,
    overSolvedFreeMarket: sums["welfare"]! - solved.welfare,
    ...Object.fromEntries(solved.wealth.map((x, k) => [`solvedWealth/${k + 1}`, x])),
    ...Object.fromEntries(solved.income.map((x, k) => [`solvedIncome/${k + 1}`, x])),
  };
}
const EPISODES = [77, 78, 79, 80, 81];

/** The deciles of an experiment that was run beside, for `figures`. */
export const decilesOf = (name: string, row: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(row).flatMap(([key, value]) =>
      /^(wealth|income)\/\d$/.test(key) ? [[`${name}/${key}`, value]] : [],
    ),
  );

/** Goods do not come from nowhere. */
export const funded: Expectation = {
  item: "deficit over output",
  measure: "deficit",
  claim: "not mentioned",
  theory: 0,
  unit: "1",
  tolerance: 1e-9,
  kind: "absolute",
  note: "what is given is what is taken",
};

/** Figures 3, 4 and 5. The free market is that of households who solved their problem in the same worlds. */
export function figures(
  params: Player["params"],
  truth: TruthOf<typeof tax>,
  { besideFree = false } = {},
): ExperimentFigure[] {
  const free = solvedFreeMarket(params, { seeds: [EPISODES[0]!], periods: 300 }).welfare;
  const throughout = (
    title: string,
    yLabel: string,
    metric: string,
    line: FigureLine,
    figure: string,
    theirs: string,
  ): ExperimentFigure => ({
    title,
    xLabel: STEPS,
    yLabel,
    lines: [{ label: "learned", training: `econ/${metric}` }, line],
    band: "range",
    caption: `Figure ${figure}, in which it is ${theirs} than in the free market. Mean over households and 300 periods, evaluated every ten updates.`,
  });
  const steady = "steady state without taxes or risk";
  const spread = (
    title: string,
    yLabel: string,
    learned: string,
    solved: string,
    figure: string,
    theirs: string,
  ): ExperimentFigure => ({
    title,
    xLabel: "decile of households",
    yLabel,
    lines: [
      { label: "learned", measured: learned },
      ...(besideFree ? [{ label: "free market, learned", measured: `free/${learned}` }] : []),
      { label: "free market, households who solved it", measured: solved, as: "reference" },
    ],
    band: "range",
    caption: `Figure ${figure}, in which ${theirs}. The nine deciles after 300 periods, mean over five episodes.`,
  });
  return [
    throughout(
      "Welfare",
      "mean utility per period, utils",
      "welfare",
      level("free market, households who solved it", free),
      "3",
      "much higher",
    ),
    throughout("Hours worked", "hours", "hours", level(steady, truth.hours), "4a", "less"),
    throughout("Saving share", "share kept", "savingShare", level(steady, truth.savingShare), "4b", "less"),
    throughout("Wages", "wage, goods/hour", "wage", level(steady, truth.wage), "4c", "higher"),
    spread("Wealth", "wealth, goods", "wealth", "solvedWealth", "5a", "taxes take away the right tail"),
    spread(
      "Income",
      "income before taxes, goods",
      "income",
      "solvedIncome",
      "5b",
      "taxes raise incomes and do not make them less equal",
    ),
    {
      title: "Taxes",
      xLabel: STEPS,
      yLabel: "rate or progressivity",
      lines: [
        { label: "income, τ", training: "econ/incomeTaxRate" },
        { label: "income, ξ", training: "econ/incomeProgressivity" },
        { label: "wealth, τ per period", training: "econ/assetTaxRate" },
        { label: "wealth, ξ", training: "econ/assetProgressivity" },
      ],
      band: "range",
      caption: `${SEARCH} The paper does not say what its taxes became.`,
    },
  ];
}
