// One year of trade in permits: whoever is allotted them, the price is every firm's marginal cost of abatement.
import { defineExperiment, known, type Player, ppo } from "walras";
import { carbonMarket } from "../../economies/carbon-market.ts";
import { abatementOf } from "../../economies/theory/carbon-market.ts";
import { level, STEPS } from "../parts/lines.ts";
import { abatementByKind, firmsLearn } from "./parts/carbon.ts";

const year = { caps: [0.6], banking: false } as const;
const training = {
  economy: carbonMarket,
  algorithm: ppo,
  config: firmsLearn,
  numEnvs: 16,
  totalSteps: 16 * 8 * 60,
  seeds: [1, 2, 3, 4, 5],
  evaluation: { periods: 1, finalPeriods: 1, every: 10 },
} as const;

const toOneKind = defineExperiment({
  ...training,
  name: "domains/carbon-permits-to-one-kind",
  summary: "All permits are allotted to the firms with the steepest costs.",
  params: { ...year, allocation: [0, 0, 1] },
  measure: (player, { slopes }) => marginalCosts(player, slopes),
});

export default defineExperiment({
  ...training,
  name: "domains/carbon-permits",
  summary:
    "Firms learn to abate at the price of a permit; who is allotted permits changes who pays, not what is abated.",
  params: year,
  beside: { toOneKind },
  measure(player, { slopes }, _training, { toOneKind }) {
    const other = Object.entries(toOneKind).flatMap(([name, value]) =>
      name.startsWith("abatement/") || name === "price" ? [[`other ${name}`, value]] : [],
    );
    return { ...marginalCosts(player, slopes), ...Object.fromEntries(other) };
  },
  expect(p, truth) {
    const [price] = known(truth.prices);
    const common = { claim: "equal marginal costs", theory: price, unit: "money/tonne", kind: "relative" } as const;
    return [
      { ...common, item: "price, permits for all alike", measure: "price", tolerance: 0.03 },
      { ...common, item: "price, permits for the steepest kind alone", measure: "other price", tolerance: 0.03 },
      ...["", "other "].flatMap((of) =>
        p.slopes.map((slope) => ({
          item: `abatement of firms with γ = ${slope}, ${of ? "permits for the steepest kind alone" : "permits for all alike"}`,
          measure: `${of}abatement/${slope}`,
          claim: "p/γ",
          theory: abatementOf(price, slope, p),
          unit: "tonnes",
          tolerance: 0.08,
          kind: "relative" as const,
        })),
      ),
    ];
  },
  figures: (p, truth) => {
    const [price] = known(truth.prices);
    return [
      {
        title: "The price as it is learned",
        xLabel: STEPS,
        yLabel: "price, money/tonne",
        lines: [{ label: "learned", training: "econ/price" }, level("equal marginal costs", price)],
        caption: "As played in evaluations; permits are allotted to all firms alike.",
      },
      {
        title: "Who abates",
        xLabel: "slope of marginal costs γ, money/tonne²",
        yLabel: "abatement, tonnes",
        lines: [
          { label: "permits for all alike", measured: "abatement", as: "dots" },
          { label: "permits for the steepest kind alone", measured: "other abatement", as: "dots" },
          { label: "p/γ", points: p.slopes.map((slope) => [slope, abatementOf(price, slope, p)]) },
        ],
        caption: "Means over the firms of a kind.",
      },
    ];
  },
});

function marginalCosts(player: Player, slopes: readonly number[]) {
  const found: Record<string, number> = {};
  player.play({
    seed: 1,
    periods: 1,
    visit(w) {
      abatementByKind(w, slopes.length).forEach((abated, k) => {
        found[`abatement/${slopes[k]}`] = abated;
      });
    },
  });
  return found;
}
