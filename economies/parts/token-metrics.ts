// Metrics of the token economy by share of traders, level of wealth, cluster and chain: one for each of some numbers.
import { math } from "walras";
import { CLUSTERS, FIGURES } from "./crowd-clusters.ts";
import { lorenzOf, richerOf } from "./token-census.ts";

const { exp, log } = math;

/** Of these there are metrics. */
const DECILES = [10, 20, 30, 40, 50, 60, 70, 80, 90] as const;
const LEVELS = [256, 512, 1024, 2048, 4096, 8192, 16384, 32768] as const; // where classes begin
const FIRST_CHAINS = [1, 2, 3] as const;
const NUMBERED = Array.from({ length: CLUSTERS }, (_, k) => k + 1);
export const wealthMetrics = {
  ...metricsOf(DECILES, "poorest", {
    unit: "1",
    doc: (share) => `share of wealth of the poorest ${share} % of traders, by classes at the last midnight`,
    of: (w: Counted, share) => lorenzOf(w.wealth, share / 100),
  }),
  ...metricsOf(LEVELS, "richer", {
    unit: "1",
    doc: (wealth) => `share of traders with a wealth of at least ${wealth}, at the last midnight`,
    of: (w: Counted, wealth) => richerOf(w.wealth, wealth),
  }),
};

export const clusterMetrics = {
  ...ofClusters("clusterShare", 0, "1", "share of traders in it, at the last midnight"),
  ...ofClusters("clusterSentiment", 1, "sd", "mean sentiment"),
  ...ofClusters(
    "clusterDoublings",
    2,
    "1",
    "mean of how often its traders' wealth has doubled from an eighth of a unit of money on",
  ),
  ...ofClusters("clusterWealth", 3, "1", "share of all wealth that is its traders'"),
  ...ofClusters("clusterInvested", 4, "1", "share of its traders' wealth that is in tokens"),
};

export const chainMetrics = {
  ...metricsOf(FIRST_CHAINS, "priceOnChain", {
    unit: "1",
    doc: (chain) => `geometric mean of prices over first prices on chain ${chain}; 0 where there is none`,
    of: (w: Traded, chain, p) => priceOn(w.markets, chain - 1, p.tokens),
  }),
  ...metricsOf(FIRST_CHAINS, "arrivedOnChain", {
    unit: "tokens",
    doc: (chain) => `minted on chain ${chain} less what left it over bridges, since the beginning`,
    of: (w: Traded, chain, p) => arrivedOn(w.arbitrageurs, chain - 1, p.tokens),
  }),
};

interface Counted {
  readonly wealth: Float64Array;
}
interface Clustered {
  readonly clusters: Float64Array;
}
interface Traded {
  readonly markets: { readonly price: Float64Array; readonly first: Float64Array };
  readonly arbitrageurs: Lanes;
}
interface Lanes {
  readonly size: number;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly minted: Float64Array;
  readonly sent: Float64Array;
  readonly returned: Float64Array;
}

/** A metric for each of some numbers. */
function metricsOf<W>(
  at: readonly number[],
  name: string,
  {
    unit,
    doc,
    of,
  }: {
    readonly unit: string;
    readonly doc: (x: number) => string;
    readonly of: (w: W, x: number, p: { readonly tokens: number }) => number;
  },
) {
  return Object.fromEntries(
    at.map((x) => [`${name}${x}`, { unit, doc: doc(x), of: (w: W, p: { readonly tokens: number }) => of(w, x, p) }]),
  );
}

/** A figure of every cluster. */
function ofClusters(name: string, figure: number, unit: string, doc: string) {
  return metricsOf(NUMBERED, name, {
    unit,
    doc: (k) => `of cluster ${k}: ${doc}`,
    of: (w: Clustered, k) => w.clusters[(k - 1) * FIGURES + figure],
  });
}

function priceOn({ price, first }: Traded["markets"], chain: number, tokens: number): number {
  if (price.length < (chain + 1) * tokens) return 0;
  let sum = 0;
  for (let m = chain * tokens; m < (chain + 1) * tokens; m++) sum += log(price[m] / first[m]) / tokens;
  return exp(sum);
}

function arrivedOn(k: Lanes, chain: number, tokens: number): number {
  let sum = 0;
  for (let r = 0; r < k.size; r++) {
    if (Math.floor(k.to[r] / tokens) === chain) sum += k.minted[r];
    if (Math.floor(k.from[r] / tokens) === chain) sum -= k.sent[r] - k.returned[r];
  }
  return sum;
}
