// Many sessions of the repeated pricing game per seed: what differs between the experiments, and what each expects.
//
// References: an independent program in C that follows the paper, 400 to 1000 sessions each. A session's profit gain scatters
// with a standard deviation of 0.1 or so, hence a hundred sessions per seed: the mean of a seed is known to about 0.01.
import { defineExperiment, type Experiment, type ParamsOf, repeatedQ } from "walras";
import { priceCollusion } from "../../../economies/price-collusion.ts";

interface Reference {
  /** Mean Δ over sessions. */
  readonly profitGain: number;
  /** What the paper says, where it says it. */
  readonly claim?: string;
  readonly periods?: number;
  readonly price?: number;
}

interface Sessions {
  readonly name: string;
  readonly summary: string;
  readonly params?: Partial<ParamsOf<typeof priceCollusion>>;
  readonly config?: { readonly learningRate?: number; readonly epsilonDecay?: number };
  /** Per seed. Default 100. */
  readonly sessions?: number;
  readonly reference: Reference;
  /** Whether firms are expected to punish a deviation and to forgive it. */
  readonly punish?: boolean;
}

/** Sessions that have not converged by then are given up, and counted. */
const MOST_PERIODS = 1e7;

export function sessionsExperiment(options: Sessions): Experiment {
  const { name, summary, params = {}, config = {}, sessions = 100, reference, punish = false } = options;
  return defineExperiment({
    name,
    summary,
    economy: priceCollusion,
    params,
    algorithm: repeatedQ,
    config,
    numEnvs: sessions,
    totalSteps: sessions * MOST_PERIODS,
    seeds: [1, 2, 3, 4, 5],
    evaluation: { every: 1000, finalPeriods: 50 },
    measure(_player, p, training) {
      const { nashPrice, monopolyPrice } = priceCollusion.truth!(p);
      const spread = monopolyPrice - nashPrice;
      const before = training["response/before"];
      const away = (k: number) => (training[`response/others/${k}`] - before) / spread;
      const responses = Object.entries(training).filter(([key]) => /^(response|sessions\/profitGain)\//.test(key));
      return {
        price: training["greedy/price"],
        profit: training["greedy/profit"],
        profitGain: training["greedy/profitGain"],
        consumerSurplus: training["greedy/consumerSurplus"],
        cycle: training["greedy/cycle"],
        periods: training["charts/periods"],
        converged: training["charts/converged"],
        punishment: away(1),
        forgiveness: Math.abs(away(10)),
        ...Object.fromEntries(responses),
      };
    },
    figures: (_p, { nashPrice, monopolyPrice }) => [
      {
        title: "Posted price",
        xLabel: "world-periods of training, over all sessions",
        yLabel: "price, money/good",
        lines: [
          { label: "greedy play", training: "greedy/price" },
          { label: "Nash", level: nashPrice },
          { label: "monopoly", level: monopolyPrice },
        ],
        caption: "While firms learn: mean over the limit cycle of greedy play, and over sessions.",
      },
      {
        title: "Profit gain over sessions",
        xLabel: "share of sessions with less, %",
        yLabel: "Δ, of π^M − π^N",
        lines: [
          { label: "sessions, sorted", measured: "sessions/profitGain" },
          { label: "reference, mean", level: reference.profitGain },
          { label: "Nash", level: 0 },
          { label: "monopoly", level: 1 },
        ],
        caption: "Deciles of Δ where sessions have converged: what one market's data would have shown.",
      },
      {
        title: "A price cut, its punishment, and the way back",
        xLabel: "periods since one firm cut its price",
        yLabel: "price, money/good",
        lines: [
          { label: "the firm that cut", measured: "response/deviator" },
          { label: "the others", measured: "response/others" },
          { label: "Nash", level: nashPrice },
          { label: "monopoly", level: monopolyPrice },
        ],
        caption:
          "In period 0 a firm plays its best reply for once and then goes on as it has learned; so do the others. Mean over sessions that have converged. Calvano et al. (2020), figure 4.",
      },
    ],
    expect: () => [
      {
        item: "profit gain Δ",
        measure: "profitGain",
        claim: reference.claim ?? "–",
        theory: reference.profitGain,
        unit: "of π^M − π^N",
        tolerance: 0.05,
        kind: "absolute",
        note: `${sessions} sessions per seed`,
      },
      {
        item: "sessions that have converged",
        measure: "converged",
        claim: "almost all",
        theory: 1,
        unit: "share",
        tolerance: 0.01,
        kind: "absolute",
      },
      ...(reference.periods === undefined
        ? []
        : [
            {
              item: "periods to convergence",
              measure: "periods",
              claim: "–",
              theory: reference.periods,
              unit: "periods",
              tolerance: 0.1,
              kind: "relative",
            } as const,
          ]),
      ...(reference.price === undefined
        ? []
        : [
            {
              item: "price",
              measure: "price",
              claim: "–",
              theory: reference.price,
              unit: "money/good",
              tolerance: 0.03,
              kind: "absolute",
            } as const,
          ]),
      ...(punish
        ? ([
            {
              item: "others' price one period after a deviation, less before it",
              measure: "punishment",
              claim: "punished",
              theory: 0,
              unit: "of p^M − p^N",
              tolerance: -0.1,
              kind: "atMost",
            },
            {
              item: "distance of others' price from before, ten periods after",
              measure: "forgiveness",
              claim: "then forgiven",
              theory: 0,
              unit: "of p^M − p^N",
              tolerance: 0.05,
              kind: "atMost",
            },
            {
              item: "gain from the deviation, discounted",
              measure: "response/gain",
              claim: "deviating does not pay",
              theory: 0,
              unit: "of profits",
              tolerance: 0,
              kind: "atMost",
            },
          ] as const)
        : []),
    ],
  });
}
