// The economy as the paper writes it, in which nobody pays for transfers: what its gain in welfare is made of.
import { defineExperiment, leaders, mechanisms, optimise, ppo, solvers } from "walras";
import { tax } from "../../economies/tax.ts";
import { figures, outcome, searchOfFour, settledOn, socialWelfare, training, world } from "./parts/taxation.ts";

export default defineExperiment({
  name: "adage/tax-unfunded",
  summary: "A government without a budget gives away what nobody has produced.",
  economy: tax,
  params: { ...world, budget: "unfunded" },
  algorithm: leaders.nested({ task: socialWelfare, followers: ppo, optimiser: optimise.bayesianOptimisation }),
  config: searchOfFour,
  ...training,
  measure: (player, _p, last) => ({ ...outcome(player), ...settledOn(last) }),
  figures,
  expect(p) {
    // T(x) = x − λ x^(1−ξ): at the corner, τ = 0 and ξ at its most, whoever has the means of the steady state is given λ − 1 of both.
    const { wage, hours, interest, capital, output } = solvers.representativeHousehold(p);
    const ofIncome = mechanisms.hsvScale(0, p.incomeProgressivityMax) - 1;
    const ofWealth = mechanisms.hsvScale(0, p.assetProgressivityMax) - 1;
    const given = (ofIncome * (wage * hours + interest * capital) + ofWealth * capital) / output;
    return [
      {
        item: "budget surplus over output, negative: goods from nowhere",
        measure: "surplus",
        claim: "not mentioned",
        theory: -given,
        unit: "1",
        tolerance: 0.25,
        kind: "relative",
        note: "theory: steady-state households at the corner of what may be set",
      },
      {
        item: "progressivity ξ of the income tax",
        measure: "incomeProgressivity",
        claim: "not mentioned",
        theory: p.incomeProgressivityMax,
        unit: "1",
        tolerance: 0.04,
        kind: "absolute",
        note: "theory: its bound; within a tenth of its range",
      },
    ];
  },
});
