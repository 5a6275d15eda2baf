// What the tax experiments share: the government's task, how households learn, and what is measured beside welfare.
import { leaders } from "walras";

/** The government wants the mean utility of households, and has four rates to get it by. */
export const socialWelfare: leaders.Task = {
  name: "social welfare",
  leader: "government",
  score: leaders.maximizeWelfare("households.utility"),
};

/** Worlds of the experiments: the ranges that taxes and households choose from are narrower than the unit interval, so that less is to be learned. */
export const world = {
  incomeTaxRateMax: 0.6,
  incomeProgressivityMax: 0.4,
  assetTaxRateMax: 0.02,
  assetProgressivityMax: 0.02,
  savingShareMin: 0.5,
  hoursMin: 0.3,
} as const;

/** Households: squashed actions, since 1 − tanh turns noise in the share that is kept into noise in the logarithm of consumption. */
export const households = {
  "followers.gamma": 0.99,
  "followers.numSteps": 75,
  "followers.numMinibatches": 16,
  "followers.updateEpochs": 4,
  "followers.learningRate": 5e-4,
  "followers.entCoef": 0,
  "followers.initialLogStd": -1,
  "followers.squash": true,
  "followers.clipVloss": false,
  "followers.scaleRewards": true,
  "followers.maxGradNorm": 1,
} as const;
