// Coordination: everybody is paid for doing as their neighbours did last, and chooses with noise. Among neighbours on a lattice it is Ising's model, among all of a population
// Brock & Durlauf's discrete choice with social interactions (2001, Review of Economic Studies 68, 235), whose equilibria are m = tanh((h + J m)/τ).
//
//   u_i = a_i (h + J ā_i),   a_i = ±1,   ā_i the mean of the neighbours' last choices
//   P(a_i = 1) = 1/(1 + e^(−2 (h + J ā_i)/τ))       Boltzmann's rule, where nobody learns
//
// On a lattice half of all places answer the other half in turn, which is heat-bath sampling of Ising's model by halves: its law is the model's own.
// Left out: more than two choices, neighbours who are chosen, payoffs from what neighbours will do.
import { choice, defineEconomy, derived, f64, grid, links, math, networks, param, population, unknown } from "walras";

const { exp, pow, tanh } = math;

export const coordination = defineEconomy({
  name: "coordination",
  source: "Brock & Durlauf (2001), RES 68, 235; Onsager (1944); Yang et al. (2018), arXiv:1802.05438",
  summary:
    "People are paid for doing as their neighbours did, among all others or on a lattice, and choose with noise.",
  params: {
    agents: param(1024, { symbol: "N", unit: "people", min: 9, max: 1e8, integer: true }),
    neighbours: choice("everybody", ["everybody", "lattice"], {
      doc: "whose last choices count: all people's, or those of the four beside one on a square whose edges meet",
    }),
    coupling: param(1, { symbol: "J", min: 0, max: 1e6, doc: "weight of the neighbours' mean" }),
    field: param(0, { symbol: "h", min: -1e6, max: 1e6, doc: "what a choice of 1 pays by itself" }),
    temperature: param(0.5, { symbol: "τ", min: 0.001, max: 1e6, doc: "of Boltzmann's rule" }),
    decisions: choice("never", ["never", "period"], {
      doc: "when people decide; never: they choose by Boltzmann's rule",
    }),
    width: param(derived, { min: 1, max: 1e4, integer: true, doc: "of the lattice: the root of N" }),
    ties: param(derived, {
      min: 1,
      max: 4,
      integer: true,
      doc: "links of each: four on a lattice; room for one where none is needed",
    }),
    horizon: param(1000, { symbol: "T", unit: "periods", min: 1, max: 1e9, integer: true }),
  },
  derive: {
    width: (p) => Math.max(1, Math.floor(Math.sqrt(p.agents))),
    ties: (p) => (p.neighbours === "lattice" ? 4 : 1),
  },
  horizon: "horizon",
  world: {
    sum: f64({ doc: "Σ of choices" }),
    paid: f64({ doc: "Σ of payoffs" }),
  },
  populations: {
    people: population({
      size: "agents",
      state: {
        last: f64({ initial: 1, doc: "the last choice; 1 at first" }),
        heard: f64({ initial: 1, doc: "ā, mean of the neighbours' last choices" }),
        payoff: f64({ doc: "u" }),
      },
      actions: { choice: grid(-1, 1, 2, { doc: "a" }) },
    }),
  },
  links: { beside: links("people", { degree: "ties", doc: "from everybody to whose choices count, on a lattice" }) },
  start: ({ wire, world }) => ({
    meet: wire("beside", { doc: "a lattice, or none" }, (p) => (p.neighbours === "lattice" ? squared(p) : () => {})),
    agree: world({ doc: "all choose 1", writes: "scalars" }, (w, p) => {
      w.sum = p.agents;
    }),
  }),
  phases: ({ decide, each, total, variant }) => ({
    hear: variant("neighbours", {
      everybody: each("people", { doc: "ā of all" }, ({ heard }, from, to, w, p) => {
        for (let i = from; i < to; i++) heard[i] = w.sum / p.agents;
      }),
      lattice: each(
        "people",
        { doc: "ā of the four beside", along: "beside", reads: ["last"], writes: ["heard"] },
        ({ heard }, from, to, { beside: { start, target } }, _p, _draw, before) => {
          for (let i = from; i < to; i++) {
            let sum = 0;
            for (let l = start[i]; l < start[i + 1]; l++) sum += before.last[target[l]];
            heard[i] = sum / (start[i + 1] - start[i]);
          }
        },
      ),
    }),
    choose: decide("people", { doc: "a", every: "decisions" }),
    settle: variant("decisions", {
      never: each("people", { doc: "a by Boltzmann's rule" }, ({ last, heard }, from, to, _w, p, draw) => {
        const u = draw.uniform("choice");
        for (let i = from; i < to; i++) {
          const x = p.field + p.coupling * heard[i];
          last[i] = u[i] < 1 / (1 + exp((-2 * x) / p.temperature)) ? 1 : -1;
        }
      }),
      period: each("people", { doc: "a as decided" }, (k, from, to) => {
        for (let i = from; i < to; i++) k.last[i] = k.choice[i];
      }),
    }),
    pay: each("people", { doc: "u" }, ({ last, heard, payoff }, from, to, _w, p) => {
      for (let i = from; i < to; i++) payoff[i] = last[i] * (p.field + p.coupling * heard[i]);
    }),
    poll: total("people", { doc: "of everybody" }, { sum: "last", paid: "payoff" }),
  }),
  observe: { people: { heard: { column: "heard", doc: "mean of the neighbours' last choices" } } },
  reward: { people: { column: "payoff", doc: "u" } },
  metrics: {
    meanChoice: { unit: "1", doc: "m, mean of a", of: ({ people, sum }) => sum / people.size },
    payoff: { unit: "1", doc: "mean of u", of: ({ people, paid }) => paid / people.size },
  },
  truth(p) {
    if (p.neighbours === "lattice") {
      const reason = unknown(
        p.field !== 0 ? "Onsager's solution is without a field" : "a lattice of so few people is not a large one",
      );
      const m = p.field !== 0 || p.width < 16 ? reason : onsager(p.coupling / 4, p.temperature);
      return { meanChoice: m, exploitability: unknown("it depends on how often the neighbours disagree") };
    }
    const m = meanField(p);
    const x = p.field + p.coupling * m;
    return { meanChoice: m, exploitability: Math.abs(x) - x * m };
  },
  truthDocs: {
    meanChoice: "m after all have begun with 1: the largest root of m = tanh((h + J m)/τ), or Onsager's",
    exploitability: "what one who always chooses best gains in a period, by Boltzmann's rule of the others",
  },
  figures: [
    {
      title: "Mean choice",
      metric: "meanChoice",
      theory: "meanChoice",
      caption: "Mean of choices of −1 and 1, beside theory.",
    },
  ],
});

export default coordination;

function squared({ agents, width }: { readonly agents: number; readonly width: number }) {
  if (width * width !== agents)
    throw new Error(`coordination: agents is ${agents}, expected a square, such as ${width * width}, for a lattice.`);
  return networks.lattice({ width });
}

interface Interaction {
  readonly field: number;
  readonly coupling: number;
  readonly temperature: number;
}

/** The largest root of m = tanh((h + J m)/τ): iterates from 1 fall to it. */
export function meanField({ field, coupling, temperature }: Interaction): number {
  let m = 1;
  for (let step = 0; step < 100_000; step++) {
    const next = tanh((field + coupling * m) / temperature);
    if (Math.abs(next - m) < 1e-15) break;
    m = next;
  }
  return m;
}

/** Spontaneous magnetisation of Ising's model on a square lattice, (1 − sinh(2J/τ)⁻⁴)^⅛ below its critical temperature. Onsager 1944; Yang 1952, Physical Review 85, 808. */
export function onsager(coupling: number, temperature: number): number {
  const x = (2 * coupling) / temperature;
  const sinh = (exp(x) - exp(-x)) / 2;
  return sinh <= 1 ? 0 : pow(1 - pow(sinh, -4), 1 / 8);
}
