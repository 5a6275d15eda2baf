// An epidemic: susceptible people catch an illness from infected ones whom they meet, and recover for good.
// Kermack & McKendrick 1927; in discrete time and with everybody meeting everybody it is the chain binomial of Reed and Frost with lasting illness (Abbey 1952).
//
//   P(i is infected) = 1 − (1 − β)^(infected whom i meets);   P(an infected recovers) = γ
//
// Everybody at once, so that order and cuts do not matter; who has just been infected neither infects nor recovers in the same period. Theory in
// theory/epidemic.ts. Left out: births, deaths, incubation, loss of immunity, and people who take care.
import { choice, defineEconomy, f64, links, math, param, population, u8, unknown, type Wiring } from "walras";
import { networkParams, unwired, wiring } from "./parts/network.ts";
import { chance, epidemicPath, finalSize, reproductionNumber } from "./theory/epidemic.ts";

const { agents, neighbours, rewiring } = networkParams;
const { pow } = math;
const [SUSCEPTIBLE, INFECTED, RECOVERED] = [0, 1, 2];
const COUNT = {
  susceptible: (k: { readonly health: Uint8Array }, i: number) => (k.health[i] === SUSCEPTIBLE ? 1 : 0),
  infected: (k: { readonly health: Uint8Array }, i: number) => (k.health[i] === INFECTED ? 1 : 0),
  recovered: (k: { readonly health: Uint8Array }, i: number) => (k.health[i] === RECOVERED ? 1 : 0),
} as const;

export const epidemic = defineEconomy({
  name: "epidemic",
  source: "Kermack & McKendrick (1927), Proc. R. Soc. A 115, 700; Reed and Frost's chain binomial (Abbey 1952)",
  summary: "An illness spreads among people who meet on a network or all at random, and burns out.",
  params: {
    agents,
    network: choice("random", ["everybody", "random", "smallWorld", "ring", "scaleFree"], {
      doc: "who meets whom: everybody, random others (one way), a circle with some ties moved, a circle, or preferential attachment",
    }),
    neighbours: {
      ...neighbours,
      doc: "whom one may catch it from; where all meet, the chance of each is β K/(N − 1); even but for random",
    },
    rewiring,
    transmission: param(0.06, { symbol: "β", unit: "1/period", min: 0, max: 1, doc: "from each infected neighbour" }),
    recovery: param(0.2, { symbol: "γ", unit: "1/period", min: 0, max: 1, exclusive: true }),
    infected: param(0.02, { symbol: "i₀", min: 0, max: 1, doc: "share of people infected at the start" }),
    horizon: param(100, { symbol: "T", unit: "periods", min: 1, max: 1e6, integer: true }),
  },
  horizon: "horizon",
  world: {
    susceptible: f64({ unit: "people" }),
    infected: f64({ unit: "people" }),
    recovered: f64({ unit: "people" }),
    peak: f64({ unit: "people", doc: "most infected at the end of a period, so far" }),
  },
  populations: {
    people: population({
      size: "agents",
      state: { health: u8({ doc: "0 susceptible, 1 infected, 2 recovered" }) },
    }),
  },
  links: { contacts: links("people", { degree: "neighbours", doc: "from who may catch it to whom from" }) },
  start: ({ total, wire, world }) => ({
    meet: wire("contacts", { doc: "the network" }, contacts),
    arrive: world({ doc: "so many are infected, drawn at random" }, ({ people: { health, size } }, p, draw) => {
      const order = draw.shuffle("first", size);
      health.fill(SUSCEPTIBLE);
      for (let k = 0; k < Math.round(p.infected * size); k++) health[order[k]] = INFECTED;
    }),
    count: total("people", { doc: "of each kind" }, COUNT),
    remember: world({ doc: "the most infected so far", writes: "scalars" }, (w) => {
      w.peak = w.infected;
    }),
  }),
  phases: ({ each, total, world }) => ({
    spread: each(
      "people",
      { doc: "infection and recovery, of everybody at once", along: "contacts", reads: ["health"], writes: ["health"] },
      ({ health }, from, to, { infected, contacts: { start, target } }, p, draw, before) => {
        const u = draw.uniform("luck");
        const everybody = p.network === "everybody";
        const spared = pow(1 - chance(p), infected); // by all that are infected
        for (let i = from; i < to; i++) {
          if (health[i] === INFECTED) {
            if (u[i] < p.recovery) health[i] = RECOVERED;
          } else if (health[i] === SUSCEPTIBLE) {
            if (everybody) {
              if (u[i] >= spared) health[i] = INFECTED;
              continue;
            }
            let met = 0;
            for (let l = start[i]; l < start[i + 1]; l++) met += before.health[target[l]] === INFECTED ? 1 : 0;
            if (met > 0 && u[i] >= pow(1 - p.transmission, met)) health[i] = INFECTED;
          }
        }
      },
    ),
    count: total("people", { doc: "of each kind" }, COUNT),
    remember: world({ doc: "the most infected so far", writes: "scalars" }, (w) => {
      w.peak = Math.max(w.peak, w.infected);
    }),
  }),
  metrics: {
    infected: { unit: "1", doc: "share of people infected now", of: (w) => w.infected / w.people.size },
    caught: {
      unit: "1",
      doc: "share of people who have ever been infected",
      of: (w) => (w.people.size - w.susceptible) / w.people.size,
    },
    peak: { unit: "1", doc: "largest share infected so far", of: (w) => w.peak / w.people.size },
  },
  identities: {
    people: {
      doc: "susceptible, infected and recovered people less all",
      tolerance: 0,
      after: "period",
      of: (w) => w.susceptible + w.infected + w.recovered - w.people.size,
    },
  },
  truth(p) {
    const reason = unsolved(p);
    if (reason !== null) {
      const none = unknown(reason);
      return { reproduction: none, finalSize: none, caught: none, peak: none };
    }
    const path = epidemicPath(p, p.horizon);
    return {
      reproduction: reproductionNumber(p),
      finalSize: finalSize(p),
      caught: 1 - path.susceptible[p.horizon],
      peak: path.infected.reduce((most, i) => Math.max(most, i)),
    };
  },
  truthDocs: {
    reproduction: "R₀, people infected by one infected among susceptible people",
    finalSize: "share of people ever infected in the end, N → ∞",
    caught: "share of people infected until T, N → ∞",
    peak: "largest share infected until T, N → ∞",
  },
  figures: [
    {
      title: "Infected",
      metric: "infected",
      theoryLabel: "N → ∞",
      path(p) {
        const reason = unsolved(p);
        if (reason !== null) return unknown(reason);
        const { infected } = epidemicPath(p, p.horizon);
        const every = Math.ceil(p.horizon / 200);
        return Array.from(infected, (share, t) => [t, share] as const).filter(([t]) => t > 0 && t % every === 0);
      },
      caption: "Share of people infected at the end of each period.",
    },
    {
      title: "Ever infected",
      metric: "caught",
      theory: "finalSize",
      theoryLabel: "in the end, N → ∞",
      caption: "Share of people who have ever been infected.",
    },
  ],
});

export default epidemic;

type Network = Parameters<typeof wiring>[0]["network"];
interface Meeting {
  readonly agents: number;
  readonly network: Network | "everybody";
  readonly neighbours: number;
  readonly rewiring: number;
  readonly infected: number;
}

/** No ties where everybody meets everybody. */
function contacts({ network, ...rest }: Meeting): Wiring {
  return network === "everybody" ? () => {} : wiring({ ...rest, network });
}

/** Why the epidemic is not foreseen; null: it is. */
function unsolved({ network, ...rest }: Meeting): string | null {
  if (Math.round(rest.infected * rest.agents) === 0) return "nobody is infected at the start";
  if (network === "everybody") return null;
  const impossible = unwired({ ...rest, network });
  if (impossible !== null || network === "random") return impossible;
  return "ties go both ways, so that whom one meets may have caught it from oneself; known where all meet, or each meets random others";
}
