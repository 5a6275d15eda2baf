// Herding: traders' orders follow those of others, so that they are correlated though nobody's news is.
//
//   x_i(t + 1) = φ Σ_j W_ij x_j(t) + ε_i(t + 1),   ε_i standard normal and independent
//
// Everybody has two orders, which do not know of each other: one follows the mean of a cluster of m, itself among them, the other the mean of d others drawn at random.
// Theory in theory/herding.ts. Correlations are those of the stationary law, whose mean is 0: sums of products over periods and pairs, over sums of squares.
// Left out: prices, and traders who choose whom to follow.
import { defineEconomy, derived, f64, index, links, networks, param, population, unknown } from "walras";
import { pairMoments, ratio } from "./parts/pairs.ts";
import { herdingCorrelation } from "./theory/herding.ts";

export const herding = defineEconomy({
  name: "herding",
  source: "linear influence on clusters and on a random network; correlations by the Lyapunov equation",
  summary:
    "Traders follow their cluster or random others; orders of a cluster are correlated, those of strangers hardly.",
  params: {
    agents: param(320, { symbol: "n", unit: "traders", min: 2, max: 1e7, integer: true }),
    clusterSize: param(10, { symbol: "m", unit: "traders", min: 1, max: 1e7, integer: true }),
    clusters: param(derived, {
      unit: "clusters",
      min: 1,
      max: 1e7,
      integer: true,
      doc: "default: as many as hold all traders; the last has those who are left over",
    }),
    influence: param(0.9912915613, {
      symbol: "φ",
      min: 0,
      max: 0.9999999,
      doc: "weight of those who are followed",
    }),
    degree: param(10, {
      symbol: "d",
      unit: "traders",
      min: 1,
      max: 1000,
      integer: true,
      doc: "random others followed",
    }),
    warmUp: param(1000, {
      unit: "periods",
      min: 0,
      max: 1e9,
      integer: true,
      doc: "periods before anything is measured",
    }),
    horizon: param(20_000, { symbol: "T", unit: "periods", min: 1, max: 1e9, integer: true }),
  },
  derive: { clusters: (p) => Math.ceil(p.agents / p.clusterSize) },
  horizon: "horizon",
  world: {
    sum: f64({ doc: "Σ of orders that follow random others" }),
    squares: f64({ doc: "Σ of their squares" }),
    withinPairs: f64({ doc: "Σ over periods of products within full clusters, over pairs" }),
    acrossPairs: f64({ doc: "Σ over periods of products across full clusters, over pairs" }),
    clusterVariance: f64({ doc: "Σ over periods of mean squares in full clusters" }),
    randomPairs: f64({ doc: "Σ over periods of products of orders that follow random others, over pairs" }),
    randomVariance: f64({ doc: "Σ over periods of their mean squares" }),
  },
  populations: {
    clusters: population({
      size: "clusters",
      state: {
        members: f64({ unit: "traders" }),
        sum: f64({ doc: "Σ of orders" }),
        squares: f64({ doc: "Σ of their squares" }),
      },
    }),
    traders: population({
      size: "agents",
      state: {
        cluster: index("clusters", { doc: "which it belongs to" }),
        one: f64({ initial: 1, unit: "traders" }),
        clustered: f64({ doc: "order that follows the cluster" }),
        scattered: f64({ doc: "order that follows random others" }),
      },
    }),
  },
  links: {
    followed: links("traders", { degree: "degree", doc: "from who follows to those followed" }),
  },
  start: ({ each, total, wire }) => ({
    meet: wire("followed", { doc: "d random others each" }, ({ degree }) => networks.picks({ degree })),
    settle: each("traders", { doc: "clusters of m, in order of rows" }, (k, from, to, _w, p) => {
      for (let i = from; i < to; i++) k.cluster[i] = Math.min(p.clusters - 1, Math.floor(i / p.clusterSize));
    }),
    count: total("traders", { doc: "members of clusters", by: "cluster" }, { members: "one" }),
  }),
  phases: ({ each, total, world }) => ({
    follow: each(
      "traders",
      { doc: "everybody at once", along: "followed", reads: ["scattered"], writes: ["clustered", "scattered"] },
      ({ cluster, clustered, scattered }, from, to, { clusters, followed }, p, draw, before) => {
        const { start, target } = followed;
        const [news, other] = [draw.normal("clustered"), draw.normal("scattered")];
        for (let i = from; i < to; i++) {
          const c = cluster[i];
          clustered[i] = (p.influence * clusters.sum[c]) / clusters.members[c] + news[i];
          let sum = 0;
          for (let l = start[i]; l < start[i + 1]; l++) sum += before.scattered[target[l]];
          scattered[i] = (p.influence * sum) / p.degree + other[i];
        }
      },
    ),
    gather: total(
      "traders",
      { doc: "orders of clusters", by: "cluster" },
      { sum: "clustered", squares: (k, i) => k.clustered[i] * k.clustered[i] },
    ),
    add: total(
      "traders",
      { doc: "orders that follow random others" },
      { sum: "scattered", squares: (k, i) => k.scattered[i] * k.scattered[i] },
    ),
    measure: world({ doc: "products of pairs, once warmed up" }, (w, p) => {
      if (w.period < p.warmUp) return;
      const { within, across, variance } = pairMoments(w.clusters, p.clusterSize);
      w.clusterVariance += variance;
      w.withinPairs += within;
      w.acrossPairs += across;
      const n = p.agents;
      w.randomPairs += (w.sum * w.sum - w.squares) / (n * (n - 1));
      w.randomVariance += w.squares / n;
    }),
  }),
  metrics: {
    clusterCorrelation: {
      unit: "1",
      doc: "of orders in a cluster, mean over pairs, since warm-up",
      of: (w) => ratio(w.withinPairs, w.clusterVariance),
    },
    betweenCorrelation: {
      unit: "1",
      doc: "of orders in two clusters, mean over pairs, since warm-up",
      of: (w) => ratio(w.acrossPairs, w.clusterVariance),
    },
    randomCorrelation: {
      unit: "1",
      doc: "of orders that follow random others, mean over pairs, since warm-up",
      of: (w) => ratio(w.randomPairs, w.randomVariance),
    },
  },
  truth(p) {
    const { agents, clusterSize, influence, degree } = p;
    const small = unknown(`${agents} traders do not fill a cluster of ${clusterSize}`);
    const alone = unknown("a cluster of one has no pairs");
    const single = unknown(`${agents} traders fill a single cluster of ${clusterSize}`);
    const full = p.clusters * clusterSize < agents ? p.clusters - 1 : Math.floor(agents / clusterSize);
    return {
      clusterCorrelation: full === 0 ? small : clusterSize === 1 ? alone : herdingCorrelation(influence, clusterSize),
      betweenCorrelation: full === 0 ? small : full === 1 ? single : 0,
      randomCorrelation:
        degree > agents - 1
          ? unknown(`${agents} traders cannot follow ${degree} others each`)
          : herdingCorrelation(influence, agents),
    };
  },
  truthDocs: {
    clusterCorrelation: "φ²/(φ² + m (1 − φ²)), of two orders in a cluster",
    betweenCorrelation: "of two orders in different clusters",
    randomCorrelation: "φ²/(φ² + n (1 − φ²)), of two orders that follow random others, mean over networks",
  },
  figures: [
    {
      title: "Orders in a cluster",
      metric: "clusterCorrelation",
      theory: "clusterCorrelation",
      caption: "Correlation of two traders' orders, over all pairs of a cluster and all periods since warm-up.",
    },
    {
      title: "Orders that follow random others",
      metric: "randomCorrelation",
      theory: "randomCorrelation",
      caption: "Correlation of two traders' orders, over all pairs and all periods since warm-up.",
    },
  ],
});

export default herding;
