// Next states of agents of two shipped economies whose laws given neighbours are known in closed form: a posterior predictive and a graph network, held against these laws.
//
// What theory says of scores: a law scores what it expects of itself where it is right; a posterior predictive of K parameters from n rows loses ½ χ²_K/n to the truth in logarithmic score, and its difference on n
// other rows is √K/2 standard errors in the middle (Clarke & Barron 1990, IEEE Transactions on Information Theory 36, 453).
import { defineSimulation, forecast, math } from "walras";
import { epidemic } from "../../economies/epidemic.ts";
import { ILL, MET, nextInfections } from "./parts/next-infections.ts";
import { aloneRatio, nextOpinions } from "./parts/next-opinions.ts";
import { METHODS, type Method, type NextStates } from "./parts/next-states.ts";

const LABELS = {
  truth: "true law",
  predictive: "posterior predictive",
  network: "graph network",
  alone: "true law without neighbours",
} as const;
const DOMAINS = ["opinions", "epidemic"] as const;

export default defineSimulation({
  name: "forecast/next-states",
  summary:
    "Next opinions and infections from neighbours: a posterior predictive and a graph network beside the laws that the simulator has.",
  economy: epidemic,
  params: ILL,
  seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  maxSeconds: 60,
  measure({ seed }) {
    return { ...measuredOf("opinions", nextOpinions(seed)), ...measuredOf("epidemic", nextInfections(seed)) };
  },
  expect: () =>
    DOMAINS.flatMap((domain) => {
      const K = domain === "opinions" ? 3 : 2;
      const score = domain === "opinions" ? "CRPS" : "ranked probability score";
      const row = { claim: "–", unit: "1" };
      return [
        {
          ...row,
          item: `${domain}, true law: ${score} less what it expects of itself, in standard errors`,
          measure: `${domain}/proper`,
          theory: 0,
          tolerance: 3,
          kind: "absolute" as const,
          note: domain === "opinions" ? "σ/√π of a normal law" : "Σ F(1 − F) of categories",
        },
        {
          ...row,
          item: `${domain}, posterior predictive: logarithmic score less that of the true law, in standard errors`,
          measure: `${domain}/excess`,
          theory: Math.sqrt(K) / 2,
          tolerance: 3.5,
          kind: "absolute" as const,
          note: `½ χ²/n of ${K} parameters: √${K}/2 in the middle, standard deviation 1.1`,
        },
        {
          ...row,
          item: `${domain}, graph network: ${score} over that of the true law`,
          measure: `${domain}/networkRatio`,
          theory: 1,
          tolerance: 0.05,
          kind: "relative" as const,
        },
        {
          ...row,
          item: `${domain}, true law without neighbours: ${score} over that of the true law`,
          measure: `${domain}/aloneRatio`,
          theory: domain === "opinions" ? aloneRatio() : 1,
          tolerance: domain === "opinions" ? 0.07 : 1,
          kind: domain === "opinions" ? ("relative" as const) : ("atLeast" as const),
          note:
            domain === "opinions"
              ? "ratio of both deviations: three standard errors of 2400 people and more"
              : "the chance of infection of all who may catch it, whomever they met",
        },
        {
          ...row,
          item: `${domain}, graph network: largest distance of its probability integral transforms from uniform`,
          measure: `${domain}/networkDistance`,
          theory: 0,
          tolerance: 0.05,
          kind: "atMost" as const,
          note: "every interval that it states is right to ten percentage points",
        },
        ...(["truth", "predictive"] as const).map((method) => ({
          ...row,
          item: `${domain}, ${LABELS[method]}: p of uniform probability integral transforms`,
          measure: `${domain}/${method}P`,
          theory: 0.5,
          tolerance: 0.01,
          kind: "atLeast" as const,
          note: "Kolmogorov and Smirnov's test; calibrated above 0.01",
        })),
      ];
    }),
  figures: () => [
    ...DOMAINS.map((domain) => ({
      title: `${domain === "opinions" ? "Opinions" : "Epidemic"}: distribution of probability integral transforms`,
      xLabel: "probability below",
      yLabel: "share less a calibrated law's",
      lines: [
        ...METHODS.map((method) => ({ label: LABELS[method], measured: `${domain}/${method}Pit` })),
        { label: "calibrated", level: 0 },
      ],
      caption: `Of the next state under each law, in worlds that no law was fitted to. A calibrated law is level${domain === "opinions" ? "" : "; transforms of categories are randomised"}.`,
    })),
    {
      title: "Chance of being infected",
      xLabel: "infected people met",
      yLabel: "probability in a period",
      lines: [
        { label: LABELS.predictive, measured: "epidemic/predictiveChance" },
        { label: LABELS.network, measured: "epidemic/networkChance" },
        { label: "1 − (1 − β)^m", points: MET.map((m) => [m, 1 - math.pow(1 - ILL.transmission, m)] as const) },
      ],
      caption: "Means over the people who met as many, of eight whom each meets.",
    },
  ],
});

function measuredOf(domain: string, { laws, more }: NextStates): Record<string, number> {
  const measured: Record<string, number> = {};
  const ranked = (method: Method): number => math.mean(laws[method].map((scored) => scored.ranked));
  const inErrors = (x: readonly number[]): number =>
    (math.mean(x) * Math.sqrt(x.length)) / Math.sqrt(math.variance(x, { ddof: 1 }));
  measured[`${domain}/rows`] = laws.truth.length;
  measured[`${domain}/proper`] = inErrors(laws.truth.map(({ ranked, expected }) => ranked - expected));
  measured[`${domain}/excess`] = inErrors(laws.predictive.map((scored, row) => scored.log - laws.truth[row]!.log));
  for (const method of METHODS) {
    const pits = laws[method].map(({ pit }) => pit);
    measured[`${domain}/${method}Ratio`] = ranked(method) / ranked("truth");
    const { pValue, statistic } = forecast.uniformity(pits);
    measured[`${domain}/${method}P`] = pValue;
    measured[`${domain}/${method}Distance`] = statistic;
    for (let k = 1; k < 10; k++)
      measured[`${domain}/${method}Pit/${k / 10}`] = pits.filter((u) => u <= k / 10).length / pits.length - k / 10;
  }
  return {
    ...measured,
    ...Object.fromEntries(Object.entries(more).map(([name, value]) => [`${domain}/${name}`, value])),
  };
}
