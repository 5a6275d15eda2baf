// How much to listen: everybody wants to hold on to their first opinion and to think as their neighbours do, and chooses between the two.
// Bindel, Kleinberg & Oren 2015, Games and Economic Behavior 92, 248: the game whose myopic best replies are Friedkin & Johnsen's opinions (1990).
//
//   h_i = Σ_j x_j / K      of those whom i listens to, as they were
//   x_i = (1 − a_i) s_i + a_i h_i
//   u_i = −(1 − c) (x_i − s_i)² − c (x_i − h_i)²
//
// The best reply is a_i = c, whatever the others think. Left out: persuasion, which pays only those who look beyond this period.
import { box, defineEconomy, f64, links, param, population, solvers, unknown } from "walras";
import { networkParams, unwired, wiring } from "./parts/network.ts";

export const conformity = defineEconomy({
  name: "conformity",
  source: "Bindel, Kleinberg & Oren (2015), GEB 92, 248; Friedkin & Johnsen (1990)",
  summary: "People on a network choose how much to listen, between their first opinion and their neighbours'.",
  params: {
    ...networkParams,
    conformity: param(0.7, { symbol: "c", min: 0, max: 1, doc: "weight of thinking as the neighbours do" }),
    noise: param(1, { symbol: "σ", min: 0, max: 1e6, doc: "standard deviation of first opinions, around 0" }),
    discountFactor: param(0, { symbol: "β", min: 0, max: 1, doc: "0: people look no further than this period" }),
    horizon: param(20, { symbol: "T", unit: "periods", min: 1, max: 1e9, integer: true }),
  },
  horizon: "horizon",
  world: {
    listened: f64({ doc: "Σ a_i" }),
    sum: f64({ doc: "Σ x_i" }),
    squares: f64({ doc: "Σ x_i²" }),
    cost: f64({ doc: "−Σ u_i" }),
  },
  populations: {
    people: population({
      size: "agents",
      state: {
        signal: f64({ doc: "s_i, the first opinion" }),
        opinion: f64({ doc: "x_i" }),
        heard: f64({ doc: "h_i, mean opinion of those whom i listens to" }),
        utility: f64({ doc: "u_i" }),
      },
      actions: { listening: box(0, 1, { doc: "a_i, the weight of what was heard" }) },
    }),
  },
  links: { contacts: links("people", { degree: "neighbours", doc: "from who listens to whom they hear" }) },
  start: ({ each, wire }) => ({
    meet: wire("contacts", { doc: "the network" }, wiring),
    think: each("people", { doc: "first opinions" }, ({ signal, opinion }, from, to, _w, p, draw) => {
      const z = draw.normal("signal");
      for (let i = from; i < to; i++) opinion[i] = signal[i] = p.noise * z[i];
    }),
  }),
  phases: ({ each, decide, total }) => ({
    hear: each(
      "people",
      { doc: "h_i", along: "contacts", reads: ["opinion"], writes: ["heard"] },
      ({ heard, signal }, from, to, { contacts: { start, target } }, _p, _draw, other) => {
        for (let i = from; i < to; i++) {
          let sum = 0;
          for (let l = start[i]; l < start[i + 1]; l++) sum += other.opinion[target[l]];
          heard[i] = start[i + 1] > start[i] ? sum / (start[i + 1] - start[i]) : signal[i];
        }
      },
    ),
    choose: decide("people", { doc: "a_i" }),
    settle: each("people", { doc: "x_i and u_i" }, (k, from, to, _w, p) => {
      for (let i = from; i < to; i++) {
        const x = (1 - k.listening[i]) * k.signal[i] + k.listening[i] * k.heard[i];
        k.opinion[i] = x;
        k.utility[i] =
          -(1 - p.conformity) * (x - k.signal[i]) * (x - k.signal[i]) -
          p.conformity * (x - k.heard[i]) * (x - k.heard[i]);
      }
    }),
    poll: total(
      "people",
      { doc: "of everybody" },
      {
        listened: "listening",
        sum: "opinion",
        squares: (k, i) => k.opinion[i] * k.opinion[i],
        cost: (k, i) => -k.utility[i],
      },
    ),
  }),
  observe: {
    people: {
      signal: { column: "signal", scale: (p) => p.noise || 1, doc: "first opinion" },
      heard: { column: "heard", scale: (p) => p.noise || 1, doc: "mean opinion of the neighbours" },
    },
  },
  reward: { people: { column: "utility", doc: "u_i" } },
  discountFactor: { people: "discountFactor" },
  metrics: {
    listening: { unit: "1", doc: "mean of a_i", of: ({ people, listened }) => listened / people.size },
    disagreement: {
      unit: "1",
      doc: "standard deviation of opinions around their mean",
      of: ({ people: { size }, sum, squares }) => Math.sqrt(Math.max(0, squares / size - (sum / size) * (sum / size))),
    },
    cost: { unit: "1", doc: "mean of −u_i", of: ({ people, cost }) => cost / people.size },
  },
  truth(p) {
    const listening =
      p.discountFactor === 0 ? p.conformity : unknown("people who look ahead may want to move their neighbours");
    const reason =
      unwired(p) ??
      (p.network !== "ring" || p.discountFactor > 0
        ? "the network is drawn; known on a ring whose people look no further than this period"
        : p.conformity === 1 && p.neighbours === 2 && p.agents % 2 === 0
          ? "every other person of the ring listens only to those in between, so that opinions may go to and fro for ever"
          : null);
    return {
      listening,
      disagreement:
        reason === null
          ? p.noise * solvers.ringAveraging({ ...p, own: 0, listening: p.conformity }).disagreement
          : unknown(reason),
    };
  },
  truthDocs: {
    listening: "the best reply to anything the others think",
    disagreement:
      "root of the expected variance of opinions around their mean where everybody replies best, in the long run",
  },
  figures: [
    {
      title: "How much people listen",
      population: "people",
      column: "listening",
      statistic: "mean",
      theory: "listening",
      caption: "Weight of the neighbours' mean opinion, between 0 and 1; dashed: the best reply.",
    },
  ],
});

export default conformity;
