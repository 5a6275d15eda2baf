// People who rise when those they hear are loud, whichever their side, and fall when they are quiet; and whose doubts grow with their own opinion. The law is linear neither in what
// others think nor in their mean, and has no single deviation.
//
//   x_i′ = φ tanh(s (mean |x_j| − c)) + σ (1 + |x_i|) ε
import { createSimulation, defineEconomy, type Economy, f64, links, math, networks, param, population } from "walras";

export const loud = defineEconomy({
  name: "loud",
  source: "a law made up to be known",
  summary: "People rise when those they hear are loud, and fall when they are quiet.",
  params: {
    people: param(60, { min: 2, max: 1e5, integer: true }),
    heard: param(4, { min: 1, max: 100, integer: true, doc: "others whom each hears" }),
    influence: param(1, { symbol: "φ", min: 0, max: 10 }),
    steepness: param(4, { symbol: "s", min: 0, max: 100 }),
    usual: param(0.6, { symbol: "c", min: 0, max: 10, doc: "loudness that leaves people where they are" }),
    doubt: param(0.2, { symbol: "σ", min: 1e-6, max: 10 }),
    horizon: param(100, { min: 1, max: 1e6, integer: true }),
  },
  horizon: "horizon",
  world: { sum: f64() },
  populations: { people: population({ size: "people", state: { opinion: f64() } }) },
  links: { hears: links("people", { degree: "heard", doc: "from who hears to who is heard" }) },
  start: ({ wire }) => ({
    meet: wire("hears", { doc: "random others" }, ({ heard }) => networks.picks({ degree: heard })),
  }),
  phases: ({ each, total }) => ({
    sway: each(
      "people",
      { doc: "everybody at once", along: "hears", reads: ["opinion"], writes: ["opinion"] },
      ({ opinion }, from, to, { hears: { start, target } }, p, draw, before) => {
        const z = draw.normal("doubt");
        for (let i = from; i < to; i++) {
          let sum = 0;
          for (let l = start[i]!; l < start[i + 1]!; l++) sum += Math.abs(before.opinion[target[l]!]!);
          const { mean, deviation } = lawOf(p, opinion[i]!, sum / p.heard);
          opinion[i] = mean + deviation * z[i]!;
        }
      },
    ),
    add: total("people", { doc: "opinions" }, { sum: "opinion" }),
  }),
  metrics: { mean: { unit: "1", doc: "mean opinion", of: (w) => w.sum / w.people.size } },
});

/** The law of somebody's next opinion, by the mean size of those that are heard. */
export const lawOf = (
  p: { readonly influence: number; readonly steepness: number; readonly usual: number; readonly doubt: number },
  own: number,
  loudness: number,
): { readonly mean: number; readonly deviation: number } => ({
  mean: p.influence * math.tanh(p.steepness * (loudness - p.usual)),
  deviation: p.doubt * (1 + Math.abs(own)),
});

export interface Watched {
  /** [periods][agents] */
  readonly path: readonly Float64Array[];
  readonly links: { readonly start: Int32Array; readonly target: Int32Array };
}

/** A column's path with who hears whom, after a warm-up. */
export function watched(
  economy: Economy,
  {
    params,
    seed,
    column,
    network,
    warmUp,
    periods,
  }: {
    readonly params: Readonly<Record<string, number>>;
    readonly seed: number;
    readonly column: string;
    readonly network: string;
    readonly warmUp: number;
    readonly periods: number;
  },
): Watched {
  const simulation = createSimulation(economy, { params, seed });
  simulation.reset(0);
  const path: Float64Array[] = [];
  for (let t = 0; t < warmUp + periods; t++) {
    for (let index = 0; index < simulation.phases.length; index++) simulation.runPhase(index, 0);
    simulation.endPeriod(0);
    if (t >= warmUp) path.push(Float64Array.from(simulation.columns[column]!));
  }
  const { start, target } = simulation.worlds[0]![network] as unknown as Watched["links"];
  return { path, links: { start: Int32Array.from(start), target: Int32Array.from(target) } };
}
