// One year of trade in permits among sixty firms, each of which moves the price a little: who is allotted permits changes who pays, and slightly what is abated.
import { defineExperiment, known, type ParamsOf, type Player, ppo } from "walras";
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
  seeds: [6, 7, 8, 9, 10],
  evaluation: { periods: 1, finalPeriods: 1, every: 10 },
} as const;

const oneKind = { ...year, allocation: [0, 0, 1] } as const;

const toOneKind = defineExperiment({
  ...training,
  name: "domains/carbon-permits-to-one-kind",
  summary: "All permits are allotted to the firms with the steepest costs.",
  params: oneKind,
  measure: (player, { slopes }) => marginalCosts(player, slopes),
});

export default defineExperiment({
  ...training,
  name: "domains/carbon-permits",
  summary:
    "Sixty firms learn to abate: nearly at the price of a permit, whoever is allotted permits; and as far off as theory says of firms who move that price.",
  params: year,
  beside: { toOneKind },
  measure(player, p, _training, { toOneKind }) {
    const { slopes } = p;
    const other = Object.entries(toOneKind).flatMap(([name, value]) =>
      name.startsWith("abatement/") || name === "price" ? [[`other ${name}`, value]] : [],
    );
    const found: Record<string, number> = { ...marginalCosts(player, slopes), ...Object.fromEntries(other) };
    const steepest = `abatement/${Math.max(...slopes)}`;
    return {
      ...found,
      steepestShare: found[`other ${steepest}`] / found[steepest],
      ...Object.fromEntries(
        slopes.flatMap((slope) => {
          const takers = abatementOf(known(carbonMarket.truth!(p).prices)[0], slope, p);
          return ["", "other "].map((of) => [`${of}relative/${slope}`, found[`${of}abatement/${slope}`] / takers]);
        }),
      ),
    };
  },
  expect(p) {
    const claim = "equilibrium of N firms";
    const steepest = p.slopes.indexOf(Math.max(...p.slopes));
    const of = strategic(p);
    const share = of[1].abatement[steepest] / of[0].abatement[steepest];
    const allotted = ["permits for all alike", "permits for the steepest kind alone"];
    return [
      ...allotted.map((to, k) => ({
        item: `price, ${to}`,
        measure: ["price", "other price"][k],
        claim,
        theory: of[k].price,
        unit: "money/tonne",
        tolerance: 0.03,
        kind: "relative" as const,
      })),
      ...allotted.flatMap((to, k) =>
        p.slopes.map((slope, i) => ({
          item: `abatement of firms with γ = ${slope}, ${to}`,
          measure: `${["", "other "][k]}abatement/${slope}`,
          claim,
          theory: of[k].abatement[i],
          unit: "tonnes",
          tolerance: 0.08,
          kind: "relative" as const,
        })),
      ),
      {
        item: "abatement of the steepest firms: permits for them alone over permits for all alike",
        measure: "steepestShare",
        claim: "who sells permits abates less",
        theory: share,
        unit: "1",
        tolerance: Math.round(1e4 * (1 - share)) / 2e4,
        kind: "absolute",
        note: "1 where firms take the price as given; nearer to theory than to that",
      },
    ];
  },
  figures: (p, truth) => {
    const [price] = known(truth.prices);
    const [alike, one] = strategic(p);
    const relative = ({ abatement }: typeof alike, slope: number, kind: number): number =>
      abatement[kind] / abatementOf(price, slope, p);
    return [
      {
        title: "Price of a permit",
        xLabel: STEPS,
        yLabel: "price, money/tonne",
        lines: [
          { label: "learned", training: "econ/price" },
          level(`equilibrium of ${p.firms} firms`, alike.price),
          level("price takers", price),
        ],
        caption: "As played in evaluations; permits are allotted to all firms alike.",
      },
      {
        title: "Who abates more than price takers",
        xLabel: "slope of marginal costs γ, money/tonne²",
        yLabel: "abatement over p/γ",
        lines: [
          { label: "learned, permits for all alike", measured: "relative", as: "dots" },
          { label: "learned, permits for the steepest alone", measured: "other relative", as: "dots" },
          { label: `${p.firms} firms, for all alike`, points: p.slopes.map((γ, k) => [γ, relative(alike, γ, k)]) },
          {
            label: `${p.firms} firms, for the steepest alone`,
            points: p.slopes.map((γ, k) => [γ, relative(one, γ, k)]),
          },
          level("price takers", 1),
        ],
        caption:
          "Means over the firms of a kind; p is the price among price takers. Who buys permits abates more than that, who sells less.",
      },
    ];
  },
});

/** Equilibria of firms who know how they move the price, with either allocation. */
const strategic = (p: ParamsOf<typeof carbonMarket>) =>
  [p, { ...p, ...oneKind }].map((settings) => {
    const { nashPrices, nashAbatement } = carbonMarket.truth!(settings);
    return { price: known(nashPrices)[0], abatement: known(nashAbatement) };
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
