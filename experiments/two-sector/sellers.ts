import { defineExperiment, ppo } from "walras";
import { twoSector } from "../../economies/two-sector.ts";
import { claims, evaluation } from "./parts/claims.ts";

/** A seller who asks a little too much is left with goods, and one who asks too little earns less: theory is the price between, for goods that are substitutes. */
const ROWS = [
  ["farm price", "farmPrice", "all output is wanted, and no more", "money/good", 0.02, "relative"],
  ["mill price", "millPrice", "all output is wanted, and no more", "money/good", 0.02, "relative"],
  [
    "relative price",
    "relativePrice",
    "what a farm good costs to make, in mill goods",
    "mill goods/farm good",
    0.02,
    "relative",
  ],
  ["share of labour on the farm", "farmShareOfLabour", "an hour earns the same in both sectors", "1", 0.01, "absolute"],
  ["real income", "realIncome", "of the equilibrium", "utils", 0.02, "relative"],
] as const;
const range = { farmPriceMin: 0.5, farmPriceMax: 2, millPriceMin: 0.5, millPriceMax: 2 };

export default defineExperiment({
  name: "two-sector/sellers",
  summary: "Two sellers who post prices find those at which the market would clear.",
  economy: twoSector,
  params: {
    ...range,
    prices: "posted",
    posting: "period",
    substitution: 3,
    households: 100,
    horizon: 200,
    labourMobility: 0.2,
    capitalMobility: 0.2,
  },
  algorithm: ppo,
  config: {
    gamma: 0,
    numSteps: 16,
    learningRate: 3e-3,
    hiddenWidth: 16,
    updateEpochs: 10,
    entCoef: 0,
    scaleRewards: true,
  },
  numEnvs: 16,
  totalSteps: 48_000,
  seeds: [1, 2, 3, 4, 5],
  evaluation,
  expect: claims(ROWS),
});
