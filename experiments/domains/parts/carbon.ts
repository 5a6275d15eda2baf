// What experiments with the carbon market share: how firms learn, what is seen of them, and a regulator who chooses between the cap and the tax.
import {
  type AnyRows,
  type AnyWorld,
  defineExperiment,
  type Experiment,
  known,
  leaders,
  optimise,
  type Player,
  play,
  ppo,
} from "walras";
import { carbonMarket } from "../../../economies/carbon-market.ts";
import { advantageOfTax, commonSlope } from "../../../economies/theory/carbon-market.ts";
import { curve, level, spaced } from "../../parts/lines.ts";

/** One network for all firms, told by their costs and permits. */
export const firmsLearn = {
  numSteps: 8,
  learningRate: 1e-3,
  entCoef: 0,
  initialLogStd: -1.5,
} as const;

/** Mean abatement by kind of firm, at the end of a year. */
export function abatementByKind(w: AnyWorld, kinds: number): number[] {
  const { abated, size } = w["firms"] as AnyRows & { readonly abated: Float64Array };
  const [sums, counts] = [new Float64Array(kinds), new Float64Array(kinds)];
  for (let i = 0; i < (size as number); i++) {
    sums[i % kinds] += abated[i];
    counts[i % kinds]++;
  }
  return Array.from(sums, (sum, k) => sum / counts[k]);
}

/** Welfare under each instrument, by the firms as they have learned: θ² is the same in every year, so few years tell. */
function welfareUnder(player: Player, instrument: "cap" | "tax", seed: number): number {
  const { economy, params, policies } = player;
  const settings = { ...params, regulators: 0, instrument };
  return play({ economy, params: settings, policies, seed, periods: 32, worlds: 4 })["welfare"].mean;
}

const SHOCK = 0.3;

/** A regulator who does not know the firms' costs chooses the tax or the cap. */
export function regulatorChooses(name: string, summary: string, damageSlope: number): Experiment {
  return defineExperiment({
    name: `domains/${name}`,
    summary,
    economy: carbonMarket,
    params: { regulators: 1, caps: [0.6], banking: false, shock: SHOCK, damageSlope },
    algorithm: leaders.nested({
      task: { name: "welfare", leader: "regulators", score: leaders.ownReward("regulators.welfare") },
      followers: ppo,
      optimiser: optimise.gridSearch,
    }),
    config: {
      updates: 40,
      warmup: 0.7,
      proposals: 2,
      "optimiser.points": 2,
      evaluationWorlds: 32,
      gapGrid: 0,
      spread: 0,
      ...Object.fromEntries(Object.entries(firmsLearn).map(([key, value]) => [`followers.${key}`, value])),
    },
    numEnvs: 16,
    totalSteps: 16 * 8 * 80,
    seeds: [1, 2, 3, 4, 5],
    evaluation: { periods: 1, finalPeriods: 1, every: 10 },
    measure(player, p, _training, _beside, seed) {
      let chosen = Number.NaN;
      player.play({
        seed: 1,
        periods: 1,
        visit: (w) => {
          chosen = w["tax"] as number;
        },
      });
      const gain = welfareUnder(player, "tax", seed) - welfareUnder(player, "cap", seed);
      return { chosen, gain, [`gain/${p.damageSlope}`]: gain };
    },
    expect(p, { taxAdvantage }) {
      const gain = known(taxAdvantage);
      return [
        {
          item: "instrument chosen: 1 the tax, 0 the cap",
          measure: "chosen",
          claim: gain > 0 ? "tax: damages are flatter than costs" : "cap: damages are steeper than costs",
          theory: gain > 0 ? 1 : 0,
          unit: "1",
          tolerance: 0,
          kind: "absolute",
        },
        {
          item: "welfare under the tax less that under the cap",
          measure: "gain",
          claim: "σ²(B″ + C″)/(2C″²)",
          theory: gain,
          unit: "money/firm",
          tolerance: (0.1 * (SHOCK * SHOCK)) / (2 * commonSlope(p)),
          kind: "absolute",
          note: `B″ = −${p.damageSlope}, C″ = ${commonSlope(p).toFixed(3)}; within a tenth of what the tax gains where damages are flat`,
        },
      ];
    },
    figures: (p) => [
      {
        title: "Tax or cap",
        xLabel: "slope of marginal damages, money/tonne²",
        yLabel: "gain from the tax, money/firm",
        lines: [
          { label: "learned firms", measured: "gain", as: "dots" },
          curve("Weitzman", (d) => advantageOfTax(p.shock, commonSlope(p), d), spaced(0, 5, 51)),
          level("neither is better", 0),
        ],
        caption:
          "The tax is better where marginal damages are flatter than marginal costs. Welfare under the tax less that under the cap; the dot: firms as they have learned to abate.",
      },
    ],
  });
}
