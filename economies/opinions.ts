// Opinions on a network: everybody moves to a weighted mean of their own opinion and those of whom they listen to, again and again.
// DeGroot 1974; with people who stay attached to their first opinion, Friedkin & Johnsen 1990. Whether crowds become wise: Golub & Jackson 2010.
//
//   x_i(0) = μ + σ z_i
//   x_i(t + 1) = (1 − a) x_i(0) + a (w x_i(t) + (1 − w) Σ_j trust_ij x_j(t) / Σ_j trust_ij)
//
// With a = 1 opinions agree in the end on Σ s_i x_i(0), where s is the left eigenvector of the weights. Nobody decides; see conformity.ts for people who
// do. Left out: contacts that change, bounded confidence, news.
import { choice, defineEconomy, f64, links, param, population, solvers, unknown } from "walras";
import { mayFallApart, networkParams, unwired, wiring } from "./parts/network.ts";

const DRAWN = "the network and its weights are drawn; known on a ring with equal trust";

export const opinions = defineEconomy({
  name: "opinions",
  source: "DeGroot (1974), JASA 69, 118; Friedkin & Johnsen (1990); Golub & Jackson (2010)",
  summary:
    "People average the opinions of those they listen to, and agree on the first opinions weighted by influence.",
  params: {
    ...networkParams,
    trust: choice("equal", ["equal", "unequal"], { doc: "unequal: uniform in (0, 1] for each link" }),
    own: param(0.25, { symbol: "w", min: 0, max: 1, exclusive: true, doc: "weight on the own opinion" }),
    listening: param(1, {
      symbol: "a",
      min: 0,
      max: 1,
      doc: "below 1, people keep 1 − a of their first opinion (Friedkin & Johnsen)",
    }),
    state: param(0, { symbol: "μ", doc: "what first opinions are about" }),
    noise: param(1, { symbol: "σ", min: 0, max: 1e6, doc: "standard deviation of first opinions" }),
    horizon: param(200, { symbol: "T", unit: "periods", min: 1, max: 1e9, integer: true }),
  },
  horizon: "horizon",
  world: {
    consensus: f64({ doc: "Σ s_i x_i(0), on which people agree in the end if a = 1" }),
    concentration: f64({ doc: "Σ s_i², the variance of the consensus over that of a first opinion" }),
    weighted: f64({ doc: "Σ s_i x_i, which averaging leaves as it is" }),
    sum: f64({ doc: "Σ (x_i − consensus)" }),
    squares: f64({ doc: "Σ (x_i − consensus)²" }),
  },
  populations: {
    people: population({
      size: "agents",
      state: {
        signal: f64({ doc: "x_i(0), the first opinion" }),
        opinion: f64({ doc: "x_i" }),
        influence: f64({ doc: "s_i, the weight of the first opinion in the consensus" }),
      },
    }),
  },
  links: {
    contacts: links("people", {
      degree: "neighbours",
      doc: "from who listens to whom they hear",
      state: { trust: f64({ doc: "weight before it is divided by the listener's sum", initial: 1 }) },
    }),
  },
  start: ({ each, wire, world, total }) => ({
    meet: wire("contacts", { doc: "the network" }, wiring),
    trust: each("contacts", { doc: "of each link" }, ({ trust }, from, to, _w, p, draw) => {
      if (p.trust === "equal") return;
      const u = draw.uniform("trust");
      for (let l = from; l < to; l++) trust[l] = 1 - u[l];
    }),
    think: each("people", { doc: "first opinions" }, ({ signal, opinion }, from, to, _w, p, draw) => {
      const z = draw.normal("signal");
      for (let i = from; i < to; i++) opinion[i] = signal[i] = p.state + p.noise * z[i];
    }),
    weigh: world({ doc: "s, the left eigenvector of the weights" }, ({ people, contacts }, { own }) => {
      people.influence.set(solvers.consensusWeights({ ...contacts, own }).weights);
    }),
    foresee: total(
      "people",
      { doc: "the consensus to come" },
      {
        consensus: (k, i) => k.influence[i] * k.signal[i],
        concentration: (k, i) => k.influence[i] * k.influence[i],
      },
    ),
  }),
  phases: ({ each, total }) => ({
    listen: each(
      "people",
      { doc: "everybody at once", along: "contacts", reads: ["opinion"], writes: ["opinion"] },
      ({ opinion, signal }, from, to, { contacts: { start, target, trust } }, p, _draw, before) => {
        const { own, listening } = p;
        for (let i = from; i < to; i++) {
          let sum = 0;
          let weights = 0;
          for (let l = start[i]; l < start[i + 1]; l++) {
            sum += trust[l] * before.opinion[target[l]];
            weights += trust[l];
          }
          const heard = weights > 0 ? own * opinion[i] + ((1 - own) * sum) / weights : opinion[i];
          opinion[i] = (1 - listening) * signal[i] + listening * heard;
        }
      },
    ),
    poll: total(
      "people",
      { doc: "how far opinions are from the consensus" },
      {
        weighted: (k, i) => k.influence[i] * k.opinion[i],
        sum: (k, i, w) => k.opinion[i] - w.consensus,
        squares: (k, i, w) => (k.opinion[i] - w.consensus) * (k.opinion[i] - w.consensus),
      },
    ),
  }),
  metrics: {
    opinion: { unit: "1", doc: "mean opinion", of: ({ people, consensus, sum }) => consensus + sum / people.size },
    disagreement: {
      unit: "1",
      doc: "standard deviation of opinions around their mean",
      of: ({ people: { size }, sum, squares }) => Math.sqrt(Math.max(0, squares / size - (sum / size) * (sum / size))),
    },
    distance: {
      unit: "1",
      doc: "root mean square of opinions less the consensus of theory",
      of: ({ people, squares }) => Math.sqrt(squares / people.size),
    },
    concentration: { unit: "1", doc: "Σ s_i²; 1/N if all have equal influence", of: (w) => w.concentration },
  },
  identities: {
    influence: {
      doc: "with a = 1 averaging leaves Σ s_i x_i as it is",
      after: "period",
      of: (w, p) => (p.listening === 1 ? (w.weighted - w.consensus) / Math.max(1, p.noise + Math.abs(p.state)) : 0),
    },
  },
  truth(p) {
    const impossible = unwired(p);
    if (impossible !== null) {
      const none = unknown(impossible);
      return { distance: none, error: none, disagreement: none, rate: none };
    }
    // All agree where all hear of each other.
    const agreed = mayFallApart(p)
      ? unknown("with two neighbours each, people may be wired into groups that never hear of each other")
      : 0;
    const distance = p.listening === 1 ? agreed : unknown("people keep their first opinions");
    if (p.network !== "ring" || p.trust === "unequal") {
      const drawn = unknown(DRAWN);
      return { distance, error: drawn, disagreement: p.listening === 1 ? agreed : drawn, rate: drawn };
    }
    const { rate, error, disagreement } = solvers.ringAveraging(p);
    return { distance, error: p.noise * error, disagreement: p.noise * disagreement, rate };
  },
  truthDocs: {
    distance: "of opinions from Σ s_i x_i(0), in the long run",
    error: "standard deviation of the mean opinion around μ, over first opinions",
    disagreement: "root of the expected variance of opinions around their mean, in the long run",
    rate: "share of disagreement that remains from period to period in the end: the second eigenvalue",
  },
  figures: [
    {
      title: "How far people disagree",
      metric: "disagreement",
      theory: "disagreement",
      theoryLabel: "expected over first opinions",
      path(p) {
        const impossible = unwired(p);
        if (impossible !== null) return unknown(impossible);
        if (p.network !== "ring" || p.trust === "unequal") return unknown(DRAWN);
        const every = Math.ceil(p.horizon / 60);
        const periods = [1, ...Array.from({ length: Math.floor(p.horizon / every) }, (_, k) => (k + 1) * every)];
        if (periods[1] === 1) periods.shift();
        return [...solvers.ringDisagreement(p, periods)].map((sd, k) => [periods[k], p.noise * sd] as const);
      },
      caption: "Standard deviation of opinions around their mean, at the end of each period.",
    },
    {
      title: "How far people are from the consensus",
      metric: "distance",
      theory: "distance",
      caption: "Root mean square of opinions less the first opinions weighted by influence, Σ s_i x_i(0).",
    },
  ],
});

export default opinions;
