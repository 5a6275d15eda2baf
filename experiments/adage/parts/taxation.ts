// What the tax experiments share: the government's task, how households learn, and what is measured beside welfare.
import type { leaders as Leaders, Player } from "walras";
import { leaders, math } from "walras";
import { solvedFreeMarket } from "./solved-households.ts";

/** The government wants the mean utility of households, and has four rates to get it by. */
export const socialWelfare: Leaders.Task = {
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
  "followers.gamma": 0.99,
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
  const solved = solvedFreeMarket(player.params, { seeds: EPISODES, periods: 300 });
  return { ...sums, solvedFreeMarket: solved, overSolvedFreeMarket: sums["welfare"]! - solved };
}
const EPISODES = [77, 78, 79, 80, 81];
