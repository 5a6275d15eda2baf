// Firms that enter and exit: each has a productivity of its own that moves, pays a fixed cost to produce, and leaves when going on is not worth it.
// Hopenhayn 1992, Econometrica 60, 1127; functional forms of Hopenhayn & Rogerson 1993, JPE 101, 915.
//
//   y = z n^α,  π = p y − n − f                            wages are 1, employment n is the best at p
//   ln z′ = (1 − ρ) m + ρ ln z + σ ε,  entrants: ln z ~ N(m_e, σ_e²)
//   p: what all firms supply costs D
//
// One period: M firms enter, the market clears, all produce, and each stays or exits before it knows its next productivity. M is given; by default it is what free entry at cost c
// makes of it, so that where firms exit as theory says an entrant is worth c. Left out: costs of hiring and firing, aggregate shocks.
import {
  choice,
  defineEconomy,
  derived,
  discrete,
  f64,
  isUnknown,
  math,
  param,
  population,
  solved,
  type Unknown,
  u8,
  unknown,
} from "walras";
import * as theory from "./theory/hopenhayn.ts";

const { exp, log, pow } = math;

/** Of the parameters asked for last: the solver takes a moment, and is asked for each of several defaults. */
let last: { readonly key: string; readonly equilibrium: theory.HopenhaynEquilibrium | Unknown } | null = null;
function equilibriumOf(p: theory.Hopenhayn): theory.HopenhaynEquilibrium | Unknown {
  const { returns, discountFactor, persistence, meanLog, innovationSd } = p;
  const { fixedCost, entryCost, entryMeanLog, entrySd, spending } = p;
  const key = [
    ...[returns, discountFactor, persistence, meanLog, innovationSd],
    ...[fixedCost, entryCost, entryMeanLog, entrySd, spending],
  ].join();
  if (last?.key !== key) last = { key, equilibrium: solved(() => theory.hopenhayn(p)) };
  return last.equilibrium;
}

function stationary(p: theory.Hopenhayn): theory.HopenhaynEquilibrium {
  const found = equilibriumOf(p);
  if (isUnknown(found))
    throw new Error(
      `hopenhayn has no stationary equilibrium here, from which defaults are taken and worlds begin: ${found.unknown} Other parameters are expected.`,
    );
  return found;
}

export const hopenhayn = defineEconomy({
  name: "hopenhayn",
  source: "Hopenhayn (1992), Econometrica 60, 1127; Hopenhayn & Rogerson (1993), JPE 101, 915",
  summary: "Firms enter, produce and exit; free entry makes the price, and exit the law of their sizes.",
  params: {
    spending: param(4000, { symbol: "D", unit: "wages", min: 1, max: 1e9, doc: "on all goods, per period" }),
    returns: param(2 / 3, { symbol: "α", min: 0.1, max: 0.85, doc: "elasticity of output in employment" }),
    discountFactor: param(0.95, { symbol: "β", min: 0.1, max: 0.99 }),
    persistence: param(0.9, { symbol: "ρ", min: 0, max: 0.98, doc: "of ln z" }),
    meanLog: param(0, { symbol: "m", min: -10, max: 10, doc: "long-run mean of ln z" }),
    innovationSd: param(0.12, { symbol: "σ", min: 0.01, max: 0.3, doc: "of ln z, per period" }),
    fixedCost: param(1, { symbol: "f", unit: "wages", min: 1e-3, max: 1e6, doc: "per period of production" }),
    entryCost: param(1, { symbol: "c", unit: "wages", min: 1e-3, max: 1e6, doc: "of entering, once" }),
    entryMeanLog: param(-0.2, { symbol: "m_e", min: -10, max: 10, doc: "mean of ln z among entrants" }),
    entrySd: param(0.25, { symbol: "σ_e", min: 0.01, max: 1, doc: "deviation of ln z among entrants" }),
    entrants: param(derived, {
      symbol: "M",
      unit: "firms",
      min: 0,
      max: 1e8,
      doc: "who enter in a period; by default as many as free entry lets",
    }),
    exitBelow: param(derived, {
      symbol: "x*",
      min: -1e9,
      max: 1e9,
      doc: "firms exit below this ln z where they do not decide; by default the best threshold",
    }),
    room: param(derived, {
      unit: "firms",
      min: 2,
      max: 1e8,
      integer: true,
      doc: "most firms at once; by default twice as many as theory says",
    }),
    exits: choice("never", ["never", "period"], {
      doc: "when firms decide to stay or exit; never: they follow the threshold",
    }),
    horizon: param(200, { symbol: "T", unit: "periods", min: 1, max: 1e9, integer: true }),
  },
  derive: {
    entrants: (p) => stationary(p).entrants,
    exitBelow: (p) => Math.min(1e9, Math.max(-1e9, stationary(p).exitThreshold)),
    room: (p) => Math.ceil(2 * stationary(p).firms) + 10,
  },
  horizon: "horizon",
  world: {
    price: f64({ unit: "wages/good", doc: "p" }),
    capacity: f64({ doc: "Σ z^(1/(1−α))" }),
    producers: f64({ unit: "firms", doc: "firms that produce" }),
    entered: f64({ unit: "firms", doc: "in this period" }),
    labour: f64({ unit: "workers", doc: "Σ n" }),
    output: f64({ unit: "goods", doc: "Σ y" }),
    left: f64({ unit: "firms", doc: "who exit at the end of this period" }),
    ended: f64({ unit: "wages", doc: "Σ of what those who exit were worth when they entered" }),
  },
  populations: {
    firms: population({
      size: "room",
      lives: "alive",
      doc: "A row is a firm while it lives.",
      state: {
        alive: u8({ doc: "1: there is a firm" }),
        logProductivity: f64({ doc: "ln z" }),
        employment: f64({ unit: "workers", doc: "n" }),
        output: f64({ unit: "goods", doc: "y" }),
        profit: f64({ unit: "wages", doc: "π" }),
        logSize: f64({ doc: "ln n" }),
        discount: f64({ initial: 1, doc: "β^age" }),
        worth: f64({ unit: "wages", doc: "Σ β^age π so far" }),
        exits: u8({ doc: "1: leaves at the end of this period" }),
      },
      actions: { exit: discrete(2, { doc: "1: exit" }) },
    }),
  },
  start: ({ enter }) => ({
    found: enter(
      "firms",
      {
        doc: "the firms of theory's stationary law, without those who are about to enter",
        number: (_w, p) => stationary(p).firms - p.entrants,
      },
      (k, from, to, _w, p, draw, entering) => {
        const { grid, law } = stationary(p);
        const u = draw.uniform("productivity");
        for (let i = from; i < to; i++) if (entering[i]) k.logProductivity[i] = quantile(grid, law, u[i]);
      },
    ),
  }),
  phases: ({ decide, each, enter, total, world }) => ({
    enter: enter(
      "firms",
      {
        doc: "M on average: whole firms, period by period",
        number: (w, p) => Math.floor((w.period + 1) * p.entrants) - Math.floor(w.period * p.entrants),
        entered: "entered",
      },
      (k, from, to, _w, p, draw, entering) => {
        const z = draw.normal("productivity");
        for (let i = from; i < to; i++) if (entering[i]) k.logProductivity[i] = p.entryMeanLog + p.entrySd * z[i];
      },
    ),
    gather: total(
      "firms",
      { doc: "what could be produced" },
      { producers: () => 1, capacity: (k, i, _w, p) => exp(k.logProductivity[i] / (1 - p.returns)) },
    ),
    clear: world({ doc: "the price at which supply costs D" }, (w, p) => {
      w.price = w.capacity > 0 ? theory.clearingPrice(p.spending, w.capacity, p.returns) : 0;
    }),
    produce: each("firms", { doc: "n, y, π" }, (k, from, to, w, p) => {
      for (let i = from; i < to; i++) {
        if (!k.alive[i]) continue;
        const z = exp(k.logProductivity[i]);
        const n = theory.employment(z, w.price, p.returns);
        k.employment[i] = n;
        k.logSize[i] = log(n);
        k.output[i] = z * pow(n, p.returns);
        k.profit[i] = w.price * k.output[i] - n - p.fixedCost;
        k.worth[i] += k.discount[i] * k.profit[i];
        k.discount[i] *= p.discountFactor;
      }
    }),
    choose: decide("firms", { doc: "stay or exit, before the next productivity is known", every: "exits" }),
    go: each("firms", { doc: "who exits" }, (k, from, to, _w, p) => {
      for (let i = from; i < to; i++)
        k.exits[i] = (p.exits === "never" ? k.logProductivity[i] < p.exitBelow : k.exit[i] === 1) ? 1 : 0;
    }),
    count: total(
      "firms",
      { doc: "of those who produced" },
      { labour: "employment", output: "output", left: "exits", ended: (k, i) => k.exits[i] * k.worth[i] },
    ),
    move: each("firms", { doc: "those who stay have a new productivity" }, (k, from, to, _w, p, draw) => {
      const ε = draw.normal("innovation");
      for (let i = from; i < to; i++) {
        if (!k.alive[i]) continue;
        if (k.exits[i]) k.alive[i] = 0;
        else
          k.logProductivity[i] =
            (1 - p.persistence) * p.meanLog + p.persistence * k.logProductivity[i] + p.innovationSd * ε[i];
      }
    }),
  }),
  observe: {
    firms: {
      productivity: {
        column: "logProductivity",
        scale: (p) => p.innovationSd / Math.sqrt(1 - p.persistence * p.persistence),
        center: (p) => p.meanLog,
        doc: "ln z, in deviations from its mean",
      },
      price: {
        world: "price",
        transform: "log",
        center: (p) => log(stationary(p).price),
        scale: 0.1,
        doc: "ln p, around theory's",
      },
    },
  },
  reward: { firms: { column: "profit", doc: "π" } },
  discountFactor: { firms: "discountFactor" },
  metrics: {
    price: { unit: "wages/good", doc: "p", of: (w) => w.price },
    firms: { unit: "firms", doc: "who produce", of: (w) => w.producers },
    exitRate: {
      unit: "1",
      doc: "share of firms that exit at the end of the period",
      of: (w) => (w.producers > 0 ? w.left / w.producers : 0),
    },
    employment: { unit: "workers", doc: "mean of n", of: (w) => (w.producers > 0 ? w.labour / w.producers : 0) },
    worth: {
      unit: "wages",
      doc: "discounted profits over their lives of those who exit now, 0 if nobody does",
      of: (w) => (w.left > 0 ? w.ended / w.left : 0),
    },
  },
  identities: {
    spending: {
      doc: "p Y = D",
      after: "period",
      of: (w, p) => (w.producers > 0 ? (w.price * w.output) / p.spending - 1 : 0),
    },
  },
  truth(p) {
    const found = equilibriumOf(p);
    const stated = (of: (e: theory.HopenhaynEquilibrium) => number) => (isUnknown(found) ? found : of(found));
    const threshold = stated((e) => e.exitThreshold);
    return {
      price: stated((e) => e.price),
      exitThreshold:
        isUnknown(threshold) || Number.isFinite(threshold)
          ? threshold
          : unknown(threshold > 0 ? "every firm exits once it has produced" : "no firm ever exits"),
      entrants: stated((e) => e.entrants),
      firms: stated((e) => e.firms),
      exitRate: stated((e) => e.entrants / e.firms),
      employment: stated((e) => e.meanEmployment),
    };
  },
  truthDocs: {
    price: "at which an entrant is worth what entering costs",
    exitThreshold: "ln z below which no firm stays",
    entrants: "per period",
    firms: "who produce in a period",
    exitRate: "share of firms that exit in a period, and enter",
    employment: "mean of n",
  },
  figures: [
    {
      title: "The price",
      metric: "price",
      theory: "price",
      theoryLabel: "of free entry",
      caption: "At which the market clears, with as many entrants as the parameter says.",
    },
    {
      title: "How many firms exit",
      metric: "exitRate",
      theory: "exitRate",
      caption: "Share of those who produce.",
    },
    {
      title: "The law of sizes",
      population: "firms",
      column: "logSize",
      density: sizes,
      theoryLabel: "stationary law",
      caption:
        "Firms that stay, by the logarithm of their employment when a simulation ends, and the stationary law of theirs.",
    },
  ],
});

/** Of a law of cells around the points of a grid. */
function quantile(grid: Float64Array, law: Float64Array, u: number): number {
  let k = 0;
  let below = 0;
  while (k < law.length - 1 && below + law[k] < u) below += law[k++];
  const within = law[k] > 0 ? (u - below) / law[k] : 0.5;
  return grid[k] + (Math.min(1, within) - 0.5) * (grid[1] - grid[0]);
}

/** [ln n, density at ln n of the firms that stay]. */
function sizes(p: theory.Hopenhayn): [logSize: number, density: number][] | Unknown {
  const found = equilibriumOf(p);
  if (isUnknown(found)) return found;
  const { grid, law, price, exitThreshold, entrants, firms } = found;
  const h = grid[1] - grid[0];
  const slope = 1 / (1 - p.returns); // ln n = (ln z + ln α p)/(1 − α)
  const points = Array.from(grid, (x, k): [number, number] => [
    slope * (x + log(p.returns * price)),
    law[k] / (h * slope * (1 - entrants / firms)), // as many exit as enter
  ]);
  const seen = points.flatMap(([, density], k) => (density > 1e-4 && grid[k] >= exitThreshold ? [k] : []));
  if (seen.length === 0) return unknown("no firm stays");
  return points.slice(seen[0], seen.at(-1)! + 1);
}

export default hopenhayn;
