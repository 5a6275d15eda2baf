// A hundred patient and a hundred impatient households of each of eight economies learn one policy of each type; nobody forecasts. Then five hundred of either do what was learned.
import { type AnyWorld, defineExperiment, type Expectation, math, type ParamsOf, ppo, type TruthOf } from "walras";
import { krusellSmithTypes, solutionOf } from "../../economies/krusell-smith-types.ts";
import { lorenzFigure } from "../parts/wealth.ts";
import { lawFigure, PAPER_STOCHASTIC, paperLorenzOf, wealthTable } from "./parts/figures.ts";
import { livedBy, PERIODS, settings } from "./parts/learners.ts";

/** Households who do what was learned: with more of them capital wanders less. */
const CROWD = { patients: 500, impatients: 500 };

type Params = ParamsOf<typeof krusellSmithTypes>;
type Theory = TruthOf<typeof krusellSmithTypes>;

export default defineExperiment({
  name: "krusell-smith/types",
  summary: "Patient and impatient households learn to consume: what each type comes to own, beside the solution.",
  economy: krusellSmithTypes,
  algorithm: ppo,
  seeds: [9, 10, 11, 12, 13], // 6 to 8 judged play that began more unequal than the long run; 1 to 3 households whose rewards had the worth of wealth alone, and whose choices were multiples of wages and interest whatever their cash
  // They begin about as rich as in the long run in the mean; more unequal, and anew every 50 quarters, so that many are poor: with few of them nobody learns how little who is out of work may eat.
  params: {
    decisions: "period",
    rewards: "prospects",
    patients: 100,
    impatients: 100,
    patientWealth: 20.6,
    impatientWealth: 2.6,
    wealthSpread: 1,
    capitalSpread: 0.12,
    horizon: 50,
  },
  evaluation: {
    periods: 20,
    finalPeriods: 20,
    params: { horizon: PERIODS + 2, capitalSpread: 0, wealthSpread: 0.45, ...CROWD },
  },
  config: { ...settings, gaeLambda: 0.97 },
  numEnvs: 8,
  totalSteps: 24_000,
  measure: (player, _p, _training, _beside, seed) =>
    livedBy(player, 1000 + seed, {
      wealthOf: (w) => Float64Array.of(...wealthOf(w, "patient"), ...wealthOf(w, "impatient")),
      means: {
        patientWealth: (w) => math.mean(wealthOf(w, "patient")),
        impatientWealth: (w) => math.mean(wealthOf(w, "impatient")),
      },
    }),
  // Bounds: mean capital as of households of one type; the patient's wealth, which is nearly all of it, likewise.
  expect: (_p: Params, theory: Theory): Expectation[] => [
    { ...within("mean capital", "meanCapital", theory.meanCapital, 0.05), unit: "goods/household", kind: "relative" },
    {
      ...within("wealth of the patient", "patientWealth", theory.patientWealth, 0.05),
      unit: "goods/household",
      kind: "relative",
    },
    {
      ...within("wealth of the impatient", "impatientWealth", theory.impatientWealth, 0.25),
      unit: "goods/household",
      kind: "relative",
    },
    within("Gini coefficient of wealth", "wealthGini", theory.wealthGini, 0.05),
    within("correlation of C and Y", "corrConsumptionOutput", theory.corrConsumptionOutput, 0.1),
    { ...within("R² of the law of motion", "r2", 1, 0.99), kind: "atLeast" },
  ],
  figures(p: Params) {
    const { good, bad, lorenz } = solutionOf(p);
    const curves = lorenzFigure({
      lines: [{ label: "learners", measured: "lorenz" }],
      exact: lorenz,
      caption:
        "Mean over the periods that are played; the paper's version in which discount factors change states what the richest 1, 5, 10, 20 and 30 per cent own.",
    });
    return [
      lawFigure([good, bad], "exact"),
      { ...curves, lines: [...curves.lines, { ...paperLorenzOf(PAPER_STOCHASTIC), as: "dots" as const }] },
    ];
  },
  tables(p: Params) {
    const { topShares, wealthGini, typeCapital } = solutionOf(p);
    return [
      wealthTable(
        { shares: PAPER_STOCHASTIC, gini: 0.82 },
        { topShares, wealthGini },
        "The paper's Table 1, discount factors that change between generations, of which there are three; here there are two, for ever.",
      ),
      {
        title: "Wealth by type",
        cases: ["type"],
        columns: [
          { name: "solution", unit: "goods/household" },
          { name: "learners", unit: "goods/household" },
        ],
        rows: [
          { of: ["patient"], cells: [typeCapital[0]!, "patientWealth"] },
          { of: ["impatient"], cells: [typeCapital[1]!, "impatientWealth"] },
        ],
        note: "Means over the periods that are played.",
      },
    ];
  },
});

const wealthOf = (w: AnyWorld, population: string): Float64Array =>
  (w[population] as unknown as { readonly wealth: Float64Array }).wealth;

const within = (item: string, measure: string, theory: Expectation["theory"], tolerance: number): Expectation => ({
  item,
  measure,
  claim: "solution",
  theory,
  tolerance,
  unit: "1",
  kind: "absolute",
});
