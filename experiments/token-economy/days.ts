// Ten days of the token economy: what a run shows of it, from sums that traders report.
import { defineSimulation, type FigureLine, math } from "walras";
import { tokenEconomy } from "../../economies/token-economy.ts";

export default defineSimulation({
  name: "token-economy/days",
  summary: "Prices on each chain, wealth, orders and bridges of a token economy over ten days.",
  economy: tokenEconomy,
  totalSteps: 240,
  seeds: [1, 2, 3],
  measure: ({ metrics }) => ({
    "lorenz/0": 0,
    ...curve(metrics, "poorest", "lorenz", (share) => share / 100),
    "lorenz/1": 1,
    ...curve(metrics, "richer", "richer", math.log2),
    ...curve(metrics, "clusterShare", "traders", (k) => k),
    ...curve(metrics, "clusterWealth", "wealth", (k) => k),
    ...curve(metrics, "clusterInvested", "invested", (k) => k),
    ...map(metrics),
  }),
  expect: () => [
    {
      item: "Gini coefficient of wealth",
      measure: "gini",
      claim: "as of what traders have at first: a log-normal with a standard deviation of 1",
      theory: 0.5205, // 2 Φ(σ/√2) − 1
      unit: "1",
      tolerance: 0.03, // trade and prices in ten days, and classes of a factor √2
      kind: "absolute",
    },
  ],
  figures: ({ chains }) => [
    {
      title: "Prices on each chain",
      xLabel: "hour",
      yLabel: "price over first price",
      lines: [1, 2, 3]
        .filter((chain) => chain <= chains)
        .map((chain) => line(`chain ${chain}`, `priceOnChain${chain}`)),
      caption: "Geometric means over tokens.",
    },
    {
      title: "Lorenz curve of wealth",
      xLabel: "share of traders",
      yLabel: "share of wealth",
      lines: [
        { label: "wealth", measured: "lorenz" },
        {
          label: "equality",
          points: [
            [0, 0],
            [1, 1],
          ],
        },
      ],
      caption: "The poorest traders' share of wealth at the last midnight, by classes of a factor √2.",
    },
    {
      title: "Law of wealth",
      xLabel: "log₂ of wealth in money",
      yLabel: "share of traders who are richer",
      lines: [{ label: "richer", measured: "richer" }],
      caption: "At the last midnight.",
    },
    {
      title: "Orders",
      xLabel: "hour",
      yLabel: "orders sent in the hour",
      lines: [
        line("for this hour's batch", "urgentOrders"),
        line("for the next common batch", "patientOrders"),
        line("held back", "heldBackOrders"),
        line("returned", "returnedOrders"),
      ],
      caption:
        "Messages of traders to markets, by priority. Held back are those of traders whom a market with a full mailbox does not hear; it returns what comes all the same.",
    },
    {
      title: "Mailboxes",
      xLabel: "hour",
      yLabel: "orders that wait",
      lines: [line("of all markets", "waitingOrders")],
      caption: "For the next common batch of their market, at the end of each hour.",
    },
    {
      title: "Cluster map",
      xLabel: "sentiment, standard deviations",
      yLabel: "log₂ of wealth in money",
      lines: SIZES.map(({ label, name }) => ({ label, measured: name, as: "dots" as const })),
      caption:
        "Where the six clusters of traders are at the last midnight, by their size: means of k-means over sentiment and wealth, from counts on a grid.",
    },
    {
      title: "Clusters",
      xLabel: "cluster",
      yLabel: "share",
      lines: [
        { label: "of traders", measured: "traders", as: "dots" },
        { label: "of wealth", measured: "wealth", as: "dots" },
        { label: "of its wealth in tokens", measured: "invested", as: "dots" },
      ],
      caption: "Statistics by cluster at the last midnight.",
    },
    {
      title: "Bridges",
      xLabel: "hour",
      yLabel: "tokens",
      lines: [
        ...[1, 2, 3]
          .filter((chain) => chain <= chains)
          .map((chain) => line(`come to chain ${chain}`, `arrivedOnChain${chain}`)),
        line("on their way", "inFlight"),
      ],
      caption:
        "Minted on a chain less what left it over bridges, since the beginning; and what is on its way over all.",
    },
    {
      title: "Gaps between chains",
      xLabel: "hour",
      yLabel: "mean of |ln P_j/P_i|",
      lines: [line("gap", "gap")],
      caption: "Over all pairs of chains of a token.",
    },
  ],
});

/** Clusters by the share of traders in them. */
const SIZES = [
  { label: "a quarter of traders or more", name: "mapLarge", least: 0.25 },
  { label: "a tenth or more", name: "mapMiddle", least: 0.1 },
  { label: "fewer", name: "mapSmall", least: 0 },
] as const;

/** Places of clusters: the logarithm of wealth over sentiment. Clusters of nobody are left out. */
function map(metrics: Readonly<Record<string, number>>): Record<string, number> {
  const places: Record<string, number> = {};
  for (let k = 1; `clusterShare${k}` in metrics; k++) {
    const share = metrics[`clusterShare${k}`];
    const size = SIZES.find(({ least }) => share >= least);
    if (size && share > 0)
      places[`${size.name}/${metrics[`clusterSentiment${k}`]}`] = metrics[`clusterDoublings${k}`] - 3;
  }
  return places;
}

const line = (label: string, training: string): FigureLine => ({ label, training });

/** Metrics `<name><number>` as points of a curve. */
const curve = (metrics: Readonly<Record<string, number>>, name: string, as: string, x: (number: number) => number) =>
  Object.fromEntries(
    Object.entries(metrics).flatMap(([key, value]) =>
      key.startsWith(name) ? [[`${as}/${x(Number(key.slice(name.length)))}`, value]] : [],
    ),
  );
