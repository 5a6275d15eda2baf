// Social learning: traders choose how much to follow their cluster's last orders, and how much a noisy signal of their own, about a value that changes.
// In the line of Vives 1997, Games and Economic Behavior 20, 177 (Learning from others: a welfare analysis) and Banerjee 1992, QJE 107, 797: who follows does not tell the others what
// it knows, so that traders follow too much. The stationary linear game below is this page's own.
//
//   θ_c(t) = θ_c(t − 1) + ν_c,   Var ν = q, a share λ of it common to all clusters
//   a_i = φ_i ā_c(t − 1) + (1 − φ_i)(θ_c + ε_i),   Var ε = s
//   u_i = −(a_i − θ_c)² − τ φ_i d_i²,   d_i = θ_c + ε_i − ā_c(t − 1)               what a tax on following brings in is paid back in equal parts, which are left out of u: nobody's choice moves them
//
// Equilibrium, planner and correlations in theory/social-learning.ts. Correlations are of errors a − θ: of what orders have in common beyond what they are about.
// Left out: prices, traders who remember their own signals, and who is followed, which herding.ts gives.
import { box, choice, defineEconomy, derived, f64, index, param, population, unknown } from "walras";
import { pairMoments, ratio } from "./parts/pairs.ts";
import { correlationsAt, equilibriumWeight, lossAt, plannerTax, plannerWeight } from "./theory/social-learning.ts";

export const socialLearning = defineEconomy({
  name: "social-learning",
  source: "after Vives (1997), GEB 20, 177, and Banerjee (1992), QJE 107, 797",
  summary: "Traders choose how much to follow their cluster's orders, and follow more than a planner would have them.",
  params: {
    clusters: param(32, { unit: "clusters", min: 1, max: 1e6, integer: true }),
    clusterSize: param(10, { symbol: "m", unit: "traders", min: 1, max: 1e6, integer: true }),
    agents: param(derived, { unit: "traders", min: 1, max: 1e7, integer: true, doc: "clusters × clusterSize" }),
    newsVariance: param(0.0467205882, { symbol: "q", min: 1e-6, max: 1e6, doc: "of a period's change of the value" }),
    noiseVariance: param(1, { symbol: "s", min: 1e-6, max: 1e6, doc: "of a trader's own signal" }),
    shared: param(0.185, { symbol: "λ", min: 0, max: 1, doc: "share of news that is common to all clusters" }),
    tax: param(0, {
      symbol: "τ",
      min: 0,
      max: 1e6,
      doc: "on φ d²: the weight with which a trader follows over a gap d between both signals; paid back equally",
    }),
    weight: param(derived, {
      symbol: "φ",
      min: 0,
      max: 0.9999999,
      doc: "with which everybody follows where nobody decides; default: that of the equilibrium",
    }),
    decisions: choice("never", ["never", "period"], {
      doc: "when traders decide; never: all follow with the same weight",
    }),
    discountFactor: param(0, { symbol: "β", min: 0, max: 1, doc: "0: traders look no further than this period" }),
    warmUp: param(200, { unit: "periods", min: 0, max: 1e9, integer: true, doc: "before anything is measured" }),
    horizon: param(2000, { symbol: "T", unit: "periods", min: 1, max: 1e9, integer: true }),
  },
  derive: {
    agents: (p) => p.clusters * p.clusterSize,
    weight: (p) => equilibriumWeight(p, p.tax),
  },
  horizon: "horizon",
  world: {
    common: f64({ doc: "this period's news that all clusters share" }),
    sum: f64({ doc: "Σ of errors" }),
    squares: f64({ doc: "Σ of their squares" }),
    followed: f64({ doc: "Σ of weights" }),
    leaning: f64({ doc: "Σ of weights by squared gaps" }),
    gaps: f64({ doc: "Σ of squared gaps" }),
    withinPairs: f64({ doc: "Σ over periods since warm-up of products of errors in a cluster, over pairs" }),
    acrossPairs: f64({ doc: "Σ over periods since warm-up of products of errors in two clusters, over pairs" }),
    randomPairs: f64({ doc: "Σ over periods since warm-up of products of errors, over all pairs" }),
    variance: f64({ doc: "Σ over periods since warm-up of mean squared errors" }),
  },
  populations: {
    clusters: population({
      size: "clusters",
      state: {
        value: f64({ doc: "θ, what its traders' orders are about" }),
        members: f64({ unit: "traders" }),
        orders: f64({ doc: "Σ of orders" }),
        sum: f64({ doc: "Σ of errors" }),
        squares: f64({ doc: "Σ of their squares" }),
      },
    }),
    traders: population({
      size: "agents",
      state: {
        cluster: index("clusters", { doc: "which it belongs to" }),
        one: f64({ initial: 1, unit: "traders" }),
        signal: f64({ doc: "θ + ε" }),
        gap: f64({ doc: "own signal less the cluster's last mean order" }),
        order: f64({ doc: "a" }),
        error: f64({ doc: "a − θ" }),
        followed: f64({ doc: "φ_i, weight of the cluster's last mean order" }),
        payoff: f64({ doc: "u" }),
      },
      actions: { following: box(0, 1, { doc: "φ_i" }) },
    }),
  },
  start: ({ each, total }) => ({
    settle: each("traders", { doc: "clusters of m, in order of rows" }, (k, from, to, _w, p) => {
      for (let i = from; i < to; i++) k.cluster[i] = Math.floor(i / p.clusterSize);
    }),
    count: total("traders", { doc: "members of clusters", by: "cluster" }, { members: "one" }),
  }),
  phases: ({ decide, each, total, variant, world }) => ({
    turn: world({ doc: "news that all share", writes: "scalars" }, (w, p, draw) => {
      w.common = Math.sqrt(p.shared * p.newsVariance) * draw.normal("news");
    }),
    change: each("clusters", { doc: "θ" }, (k, from, to, w, p, draw) => {
      const own = Math.sqrt((1 - p.shared) * p.newsVariance);
      const z = draw.normal("news");
      for (let c = from; c < to; c++) k.value[c] += w.common + own * z[c];
    }),
    look: each(
      "traders",
      { doc: "own signals beside the cluster's last orders" },
      (k, from, to, { clusters }, p, draw) => {
        const noise = Math.sqrt(p.noiseVariance);
        const z = draw.normal("signal");
        for (let i = from; i < to; i++) {
          const c = k.cluster[i];
          k.signal[i] = clusters.value[c] + noise * z[i];
          k.gap[i] = k.signal[i] - clusters.orders[c] / clusters.members[c];
        }
      },
    ),
    choose: decide("traders", { doc: "φ_i", every: "decisions" }),
    follow: variant("decisions", {
      never: each("traders", { doc: "all with the same weight" }, (k, from, to, _w, p) => {
        for (let i = from; i < to; i++) k.followed[i] = p.weight;
      }),
      period: each("traders", { doc: "as decided" }, (k, from, to) => {
        for (let i = from; i < to; i++) k.followed[i] = k.following[i];
      }),
    }),
    order: each("traders", { doc: "a, a − θ and u" }, (k, from, to, { clusters }, p) => {
      for (let i = from; i < to; i++) {
        k.order[i] = k.signal[i] - k.followed[i] * k.gap[i];
        const e = k.order[i] - clusters.value[k.cluster[i]];
        k.error[i] = e;
        k.payoff[i] = -e * e - p.tax * k.followed[i] * k.gap[i] * k.gap[i];
      }
    }),
    gather: total(
      "traders",
      { doc: "of clusters", by: "cluster" },
      { orders: "order", sum: "error", squares: (k, i) => k.error[i] * k.error[i] },
    ),
    poll: total(
      "traders",
      { doc: "of everybody" },
      {
        sum: "error",
        squares: (k, i) => k.error[i] * k.error[i],
        followed: "followed",
        leaning: (k, i) => k.followed[i] * k.gap[i] * k.gap[i],
        gaps: (k, i) => k.gap[i] * k.gap[i],
      },
    ),
    measure: world({ doc: "products of pairs, once warmed up", writes: "scalars" }, (w, p) => {
      if (w.period < p.warmUp) return;
      const { within, across, variance } = pairMoments(w.clusters, p.clusterSize);
      const n = p.agents;
      w.withinPairs += within;
      w.acrossPairs += across;
      if (n > 1) w.randomPairs += (w.sum * w.sum - w.squares) / (n * (n - 1));
      w.variance += variance;
    }),
  }),
  observe: {
    traders: {
      gap: {
        column: "gap",
        scale: (p) => Math.sqrt(p.newsVariance + p.noiseVariance),
        doc: "own signal less the cluster's last mean order",
      },
    },
  },
  reward: { traders: { column: "payoff", doc: "u" } },
  discountFactor: { traders: "discountFactor" },
  metrics: {
    following: { unit: "1", doc: "mean of φ_i", of: ({ traders, followed }) => followed / traders.size },
    weight: {
      unit: "1",
      doc: "mean of φ_i where traders weigh by their squared gaps: least squares of what they give up of their own signals",
      of: ({ leaning, gaps }) => ratio(leaning, gaps),
    },
    loss: { unit: "1", doc: "mean of (a − θ)²", of: ({ traders, squares }) => squares / traders.size },
    clusterCorrelation: {
      unit: "1",
      doc: "of errors in a cluster, mean over pairs, since warm-up",
      of: (w) => ratio(w.withinPairs, w.variance),
    },
    betweenCorrelation: {
      unit: "1",
      doc: "of errors in two clusters, mean over pairs, since warm-up",
      of: (w) => ratio(w.acrossPairs, w.variance),
    },
    randomCorrelation: {
      unit: "1",
      doc: "of errors of two traders drawn from all, since warm-up",
      of: (w) => ratio(w.randomPairs, w.variance),
    },
  },
  truth(p) {
    const ahead = p.decisions === "period" && p.discountFactor > 0;
    const reason = unknown("traders who look ahead may order so as to be followed");
    const equilibrium = equilibriumWeight(p, p.tax);
    const planner = plannerWeight(p);
    const φ = p.decisions === "never" ? p.weight : equilibrium;
    const { within, between } = correlationsAt(φ, p, p.shared);
    const [m, n] = [p.clusterSize, p.agents];
    const alone = unknown("a cluster of one has no pairs");
    return {
      weight: ahead ? reason : φ,
      equilibriumWeight: p.discountFactor > 0 ? reason : equilibrium,
      plannerWeight: planner,
      plannerTax: p.discountFactor > 0 ? reason : plannerTax(p),
      loss: ahead ? reason : lossAt(φ, p),
      plannerLoss: lossAt(planner, p),
      clusterCorrelation: m === 1 ? alone : ahead ? reason : within,
      betweenCorrelation: p.clusters === 1 ? unknown("there is one cluster") : ahead ? reason : between,
      randomCorrelation:
        n === 1
          ? unknown("one trader has no pairs")
          : ahead
            ? reason
            : ((m - 1) * within + (n - m) * between) / (n - 1),
    };
  },
  truthDocs: {
    weight: "φ with which everybody follows: that of the parameters, or of the equilibrium where traders decide",
    equilibriumWeight: "φ = s/(P + s) − τ/2, a best reply to itself",
    plannerWeight: "φ of the smallest loss, were everybody to follow with it",
    plannerTax: "τ at which the equilibrium is the planner's",
    loss: "mean of (a − θ)² at φ",
    plannerLoss: "mean of (a − θ)² at the planner's φ",
    clusterCorrelation: "of two errors in a cluster at φ; φ itself in the equilibrium without a tax",
    betweenCorrelation: "of two errors in different clusters at φ",
    randomCorrelation: "of two errors at φ, mean over all pairs",
  },
  figures: [
    {
      title: "How much traders follow",
      metric: "weight",
      theory: "equilibriumWeight",
      caption:
        "Weight of the cluster's last mean order, where traders weigh by their squared gaps; dashed: equilibrium.",
    },
    {
      title: "How far orders are off",
      metric: "loss",
      theory: "loss",
      caption: "Mean squared difference between orders and what they are about.",
    },
  ],
});

export default socialLearning;
