// What bench/links.ts and bench/partitions.ts measure.
import { choice, defineEconomy, f64, links, networks, param, population } from "../../src/index.ts";

export default defineEconomy({
  name: "neighbours",
  source: "a benchmark",
  summary: "Everybody moves to the mean of their neighbours.",
  params: {
    agents: param(1_000_000, { unit: "agents", min: 10, max: 1e8, integer: true }),
    network: choice("smallWorld", ["smallWorld", "random", "scaleFree"]),
    horizon: param(1000, { unit: "periods", min: 1, max: 1e9, integer: true }),
  },
  horizon: "horizon",
  populations: { people: population({ size: "agents", state: { opinion: f64({ doc: "0 to 1" }) } }) },
  links: { ties: links("people", { degree: 8 }) },
  start: ({ each, wire }) => ({
    tie: wire("ties", { doc: "8 neighbours each, or in the mean" }, (p) => {
      if (p.network === "random") return networks.random({ degree: 8 });
      if (p.network === "scaleFree") return networks.scaleFree({ ties: 4 });
      return networks.smallWorld({ neighbours: 8, rewiring: 0.1 });
    }),
    think: each("people", { doc: "uniform" }, (k, from, to, _w, _p, draw) => {
      const u = draw.uniform("opinion");
      for (let i = from; i < to; i++) k.opinion[i] = u[i]!;
    }),
  }),
  phases: ({ each }) => ({
    move: each(
      "people",
      { doc: "to the mean of the neighbours", along: "ties", reads: ["opinion"] },
      ({ opinion }, from, to, { ties: { start, target } }, _p, _draw, other) => {
        const now = other.opinion;
        for (let i = from; i < to; i++) {
          let sum = 0;
          const end = start[i + 1]!;
          for (let l = start[i]!; l < end; l++) sum += now[target[l]!]!;
          if (end > start[i]!) opinion[i] = sum / (end - start[i]!);
        }
      },
    ),
  }),
});
