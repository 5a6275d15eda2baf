// Who listens to whom, for economies on a network: one of four wirings of about as many neighbours each.
import { choice, networks, param, type Wiring } from "walras";

export const networkParams = {
  agents: param(1000, { symbol: "N", unit: "people", min: 3, max: 1e8, integer: true }),
  network: choice("smallWorld", ["smallWorld", "ring", "random", "scaleFree"], {
    doc: "who listens to whom: a circle with some ties moved, a circle, random others (one way), or preferential attachment",
  }),
  neighbours: param(8, { symbol: "K", unit: "people", min: 2, max: 1e4, integer: true, doc: "even" }),
  rewiring: param(0.1, { min: 0, max: 1, doc: "share of ties of the small world that are moved" }),
};

interface Network {
  readonly network: "smallWorld" | "ring" | "random" | "scaleFree";
  readonly neighbours: number;
  readonly rewiring: number;
}

export function wiring({ network, neighbours, rewiring }: Network): Wiring {
  if (network === "ring") return networks.ring({ neighbours });
  if (network === "random") return networks.picks({ degree: neighbours });
  if (network === "scaleFree") return networks.scaleFree({ ties: neighbours / 2 });
  return networks.smallWorld({ neighbours, rewiring });
}

/** Why people cannot be wired so; null: they can. */
export function unwired({ agents, network, neighbours }: Network & { readonly agents: number }): string | null {
  if (network !== "random" && neighbours % 2 === 1) return `neighbours, ${neighbours}, is odd`;
  const most = network === "scaleFree" ? 2 * (agents - 1) : agents - 1;
  return neighbours > most ? `${agents} people cannot have ${neighbours} neighbours each` : null;
}

/** Whether moved or one-way ties may leave groups of people who never hear of each other; with more than two ties each that is less likely than 1 in 100,000. */
export const mayFallApart = ({ network, neighbours, rewiring }: Network): boolean =>
  neighbours === 2 && (network === "random" || (network === "smallWorld" && rewiring > 0));
