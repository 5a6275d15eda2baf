// How much to spend when others are watched? People like to consume as their peers do, so that what moves all of them moves them by more than each.
// Manski 1993, Review of Economic Studies 60, 531; Blume, Brock, Durlauf & Jayaraman 2015, Journal of Political Economy 123, 444, for the game.
//
//   a_i = α + A + γ w_i + δ mean_j w_j + ε_i     w: log income, j: peers, A: common to all
//   u_i = a_i x_i − x_i²/2 + φ x_i h_i            h_i = mean_j x_j of the peers, as it was
//
// The best reply is x_i = a_i + φ h_i, and where all reply best x = (I − φG)⁻¹ a. Consumption is in logs, relative to a trend: any number will do.
// Left out: saving, budgets, prices, peers who are chosen, people who look ahead.
import {
  box,
  choice,
  defineEconomy,
  derived,
  f64,
  links,
  networks,
  param,
  population,
  type Unknown,
  unknown,
  type Wiring,
} from "walras";
import * as theory from "./theory/social-consumption.ts";

export const socialConsumption = defineEconomy({
  name: "social-consumption",
  source: "Manski (1993), REStud 60, 531; Bramoullé, Djebbari & Fortin (2009), Journal of Econometrics 150, 41",
  summary:
    "People consume as their peers do; the social multiplier is exact, and whether data tell it depends on who is whose peer.",
  params: {
    agents: param(400, { symbol: "N", unit: "people", min: 3, max: 1e7, integer: true }),
    network: choice("random", ["groups", "ring", "random", "smallWorld"], {
      doc: "who looks at whom: all others of a group, neighbours on a circle, random others (one way), or a circle with some ties moved",
    }),
    peers: param(4, {
      symbol: "K",
      unit: "people",
      min: 1,
      max: 1e4,
      integer: true,
      doc: "whom each looks at; even on a ring and in a small world",
    }),
    rewiring: param(0.1, { min: 0, max: 1, doc: "share of ties of the small world that are moved" }),
    influence: param(0.5, { symbol: "φ", min: 0, max: 0.99, doc: "of peers' mean consumption on one's own" }),
    shift: param(0, { symbol: "α", min: -10, max: 10, doc: "of everybody's taste" }),
    incomeEffect: param(1, { symbol: "γ", min: -10, max: 10, doc: "of log income on taste" }),
    context: param(0, { symbol: "δ", min: -10, max: 10, doc: "of peers' mean log income on taste" }),
    incomeSd: param(1, { symbol: "s", min: 0, max: 10, doc: "standard deviation of log income, around 0" }),
    tasteSd: param(0.5, { symbol: "σ", min: 0, max: 10, doc: "standard deviation of ε" }),
    commonSd: param(0, { min: 0, max: 10, doc: "standard deviation of A, drawn for each episode" }),
    consumptionMax: param(derived, {
      min: 0,
      exclusive: true,
      max: 1e6,
      doc: "largest |x| that can be chosen; default some five standard deviations of what all reply to each other",
    }),
    discountFactor: param(0, { symbol: "β", min: 0, max: 1, doc: "0: people look no further than this period" }),
    horizon: param(20, { symbol: "T", unit: "periods", min: 1, max: 1e9, integer: true }),
  },
  derive: {
    consumptionMax(p) {
      const spread = (Math.abs(p.incomeEffect) + Math.abs(p.context)) * p.incomeSd + p.tasteSd;
      const echo = p.influence / (1 - p.influence);
      const common = (Math.abs(p.shift) + 3 * p.commonSd) / (1 - p.influence);
      return Math.max(0.1, common + 5 * spread * Math.sqrt(1 + (echo * echo) / p.peers));
    },
  },
  horizon: "horizon",
  world: {
    common: f64({ doc: "A" }),
    sum: f64({ doc: "Σ x" }),
    squares: f64({ doc: "Σ x²" }),
    tastes: f64({ doc: "Σ a" }),
    away: f64({ doc: "Σ (x − a − φ h)²" }),
  },
  populations: {
    people: population({
      size: "agents",
      state: {
        income: f64({ unit: "log money", doc: "w" }),
        peersIncome: f64({ unit: "log money", doc: "mean w of the peers" }),
        taste: f64({ doc: "a" }),
        seen: f64({ doc: "h, mean x of the peers as it was" }),
        consumption: f64({ doc: "x, in logs, relative to a trend" }),
        utility: f64({ doc: "u = a x − x²/2 + φ x h" }),
      },
      actions: { level: box(-1, 1, { doc: "x over its largest value" }) },
    }),
  },
  links: { looks: links("people", { degree: "peers", doc: "from who looks to whom they look at" }) },
  start: ({ each, total, wire, world }) => ({
    meet: wire("looks", { doc: "who is whose peer" }, wiring),
    shock: world({ doc: "A" }, (w, p, draw) => {
      w.common = p.commonSd * draw.normal("common");
    }),
    earn: each("people", { doc: "w" }, ({ income }, from, to, _w, p, draw) => {
      const z = draw.normal("income");
      for (let i = from; i < to; i++) income[i] = p.incomeSd * z[i];
    }),
    compare: each(
      "people",
      { doc: "mean w of the peers", along: "looks", reads: ["income"], writes: ["peersIncome"] },
      ({ peersIncome }, from, to, { looks }, _p, _draw, other) => {
        for (let i = from; i < to; i++) peersIncome[i] = theory.meanOver(looks, other.income, i);
      },
    ),
    like: each("people", { doc: "a, and x = a at first" }, (k, from, to, w, p, draw) => {
      const z = draw.normal("taste");
      for (let i = from; i < to; i++) {
        k.taste[i] =
          p.shift + w.common + p.incomeEffect * k.income[i] + p.context * k.peersIncome[i] + p.tasteSd * z[i];
        k.consumption[i] = k.taste[i];
      }
    }),
    add: total("people", { doc: "Σ a" }, { tastes: "taste" }),
  }),
  phases: ({ each, decide, total }) => ({
    look: each(
      "people",
      { doc: "h", along: "looks", reads: ["consumption"], writes: ["seen"] },
      ({ seen }, from, to, { looks }, _p, _draw, other) => {
        for (let i = from; i < to; i++) seen[i] = theory.meanOver(looks, other.consumption, i);
      },
    ),
    choose: decide("people", { doc: "x, knowing a and h" }),
    consume: each("people", { doc: "x and u" }, (k, from, to, _w, p) => {
      for (let i = from; i < to; i++) {
        const x = p.consumptionMax * k.level[i];
        k.consumption[i] = x;
        k.utility[i] = x * (k.taste[i] + p.influence * k.seen[i]) - (x * x) / 2;
      }
    }),
    sum: total(
      "people",
      { doc: "of everybody" },
      {
        sum: "consumption",
        squares: ({ consumption: x }, i) => x[i] * x[i],
        away: ({ consumption: x, taste, seen }, i, _w, p) => {
          const off = x[i] - taste[i] - p.influence * seen[i];
          return off * off;
        },
      },
    ),
  }),
  observe: {
    people: {
      taste: { column: "taste", scale: (p) => p.consumptionMax, doc: "a, over the largest x" },
      seen: { column: "seen", scale: (p) => p.consumptionMax, doc: "h, over the largest x" },
    },
  },
  reward: { people: { column: "utility", doc: "a x − x²/2 + φ x h" } },
  discountFactor: { people: "discountFactor" },
  metrics: {
    consumption: { unit: "1", doc: "mean x", of: ({ people, sum }) => sum / people.size },
    taste: { unit: "1", doc: "mean a", of: ({ people, tastes }) => tastes / people.size },
    spread: {
      unit: "1",
      doc: "standard deviation of x around its mean",
      of: ({ people: { size }, sum, squares }) => Math.sqrt(Math.max(0, squares / size - (sum / size) * (sum / size))),
    },
    away: {
      unit: "1",
      doc: "root mean square of x less the best reply",
      of: ({ people, away }) => Math.sqrt(away / people.size),
    },
  },
  truth(p) {
    const ahead: Unknown | null =
      p.discountFactor > 0 ? unknown("people who look ahead may want to move their peers") : null;
    const impossible = ahead ?? unwired(p);
    const known = impossible === null ? theory.spreadOf(p) : null;
    const drawn = impossible ?? unknown("who looks at whom is drawn; known in groups and on a ring");
    return {
      multiplier: impossible ?? 1 / (1 - p.influence),
      consumption: impossible ?? p.shift / (1 - p.influence),
      spread: known?.spread ?? drawn,
      ownMultiplier: known?.ownMultiplier ?? drawn,
    };
  },
  truthDocs: {
    multiplier: "1/(1 − φ): what a unit of everybody's taste does to everybody's consumption",
    consumption: "expected mean of x where all reply best",
    spread: "root of the expected variance of x around its mean, where all reply best",
    ownMultiplier: "mean diagonal of (I − φG)⁻¹: what a unit of one's own taste does to one's own consumption",
  },
  figures: [
    {
      title: "How far consumption is from the best reply",
      metric: "away",
      caption: "Root mean square of x − a − φh; 0 where all reply best.",
    },
  ],
});

export default socialConsumption;

function wiring(p: theory.Peers & { readonly rewiring: number }): Wiring {
  if (p.network === "ring") return networks.ring({ neighbours: p.peers });
  if (p.network === "random") return networks.picks({ degree: p.peers });
  if (p.network === "smallWorld") return networks.smallWorld({ neighbours: p.peers, rewiring: p.rewiring });
  return (link, { sources }) => {
    const size = p.peers + 1;
    if (sources % size !== 0)
      throw new Error(
        `social-consumption: agents is ${sources}, expected a multiple of ${size}, the size of a group of people with ${p.peers} peers each.`,
      );
    for (let i = 0; i < sources; i++)
      for (let j = i - (i % size); j < i - (i % size) + size; j++) if (j !== i) link(i, j);
  };
}

/** Why people cannot be wired so; null: they can. */
function unwired({ agents, network, peers }: theory.Peers): Unknown | null {
  if (peers >= agents) return unknown(`${agents} people cannot have ${peers} peers each`);
  if (network === "groups" && agents % (peers + 1) !== 0)
    return unknown(`${agents} people do not make groups of ${peers + 1}`);
  return (network === "ring" || network === "smallWorld") && peers % 2 === 1
    ? unknown(`peers, ${peers}, is odd`)
    : null;
}
