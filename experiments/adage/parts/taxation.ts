// What the tax experiments share: the government's task, how households learn, and what is measured beside welfare.
import { type Expectation, type ExperimentFigure, type FigureLine, leaders, math, type Player } from "walras";
import { level, SEARCH, STEPS } from "../../parts/lines.ts";
import { solvedFreeMarket } from "./solved-households.ts";

/** The government wants the mean utility of households, and has four rates to get it by. */
export const socialWelfare: leaders.Task = {
  name: "social welfare",
  leader: "government",
  score: leaders.maximizeWelfare("households.utility"),
};

/** An income tax near the best linear one of the solved economy, and nothing else. */
export const insurance = leaders.fixed({
  incomeTaxRate: 0.15,
  incomeProgressivity: 0,
  assetTaxRate: 0,
  assetProgressivity: 0,
});

/** No taxes at all. */
export const freeMarket = leaders.fixed({
  incomeTaxRate: 0,
  incomeProgressivity: 0,
  assetTaxRate: 0,
  assetProgressivity: 0,
});

/**
 * Wealth spread as in the survey; taxes and households' choices from narrower ranges than the unit interval, so that less is to be learned. No household
 * of the solved economy keeps less than half or works less than three tenths but those with next to nothing.
 */
export const world = {
  initialWealth: "survey",
  incomeTaxRateMax: 0.6,
  incomeProgressivityMax: 0.4,
  assetTaxRateMax: 0.02,
  assetProgressivityMax: 0.02,
  savingShareMin: 0.5,
  hoursMin: 0.3,
} as const;

/** Squashed actions: 1 − p is then about e^(−2u), so that noise in u is noise in the logarithm of consumption. */
export const households = {
  "followers.numSteps": 75,
  "followers.numMinibatches": 8,
  "followers.learningRate": 5e-4,
  "followers.entCoef": 0,
  "followers.initialLogStd": -1,
  "followers.squash": true,
  "followers.clipVloss": false,
  "followers.scaleRewards": true,
  "followers.maxGradNorm": 1,
} as const;

/** How the government looks for taxes while households learn; each says when it begins to, and when it settles. */
export const search = {
  updates: 100,
  exploration: 0.5,
  proposals: 2,
  evaluationWorlds: 2,
  gapGrid: 0,
  ...households,
} as const;

/** 200 episodes of 300 periods with 100 households each, in 100 reports. */
export const training = {
  numEnvs: 4,
  totalSteps: 60_000,
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
  truth: Readonly<Record<string, number>>,
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
    throughout("Work", "hours", "hours", level(steady, truth["hours"]!), "4a", "less"),
    throughout("Saving", "share kept", "savingShare", level(steady, truth["savingShare"]!), "4b", "less"),
    throughout("Wages", "wage, goods/hour", "wage", level(steady, truth["wage"]!), "4c", "higher"),
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
