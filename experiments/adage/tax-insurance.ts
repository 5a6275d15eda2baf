// The households of adage/tax-free, worlds and seeds the same, under an income tax of 15 % that comes back in equal parts.
import { defineExperiment, leaders, ppo } from "walras";
import { tax } from "../../economies/tax.ts";
import { besideFree, effects } from "./parts/tax-effects.ts";
import { figures, households, insurance, socialWelfare, training, world } from "./parts/taxation.ts";
import taxFree from "./tax-free.ts";

export default defineExperiment({
  name: "adage/tax-insurance",
  summary: "The households of adage/tax-free under a funded income tax: what insurance can do.",
  economy: tax,
  params: world,
  algorithm: leaders.analytic({ task: socialWelfare, followers: ppo, rule: insurance }),
  config: { updates: 100, exploration: 0, evaluationWorlds: 2, gapGrid: 0, ...households },
  ...training,
  beside: { free: taxFree },
  measure: (player, _p, _training, { free }) => besideFree(player, free!),
  figures: (p, truth) => figures(p, truth, { besideFree: true }),
  expect: () => effects,
});
