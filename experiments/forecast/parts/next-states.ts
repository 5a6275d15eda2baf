// Next states of agents: transitions of simulated worlds, and what is asked of the laws that forecast them.
import { createSimulation, type Economy, type forecast, math } from "walras";

export const METHODS = ["truth", "predictive", "network", "alone"] as const;
export type Method = (typeof METHODS)[number];

/** What is asked of one law at one next state. */
export interface Scored {
  /** CRPS, or its form for categories. */
  readonly ranked: number;
  readonly log: number;
  readonly pit: number;
  /** Of `ranked`, if the law is right. */
  readonly expected: number;
}

export interface NextStates {
  readonly laws: Readonly<Record<Method, readonly Scored[]>>;
  /** Further measures, by name. */
  readonly more: Readonly<Record<string, number>>;
}

/** Draws of a posterior, and steps of a network's training. */
export const [DRAWS, STEPS] = [60, 5000];

/** Columns of one world before each period and after the last, with who hears whom. */
export function pathOf(
  economy: Economy,
  {
    params,
    seed,
    column,
    periods,
  }: {
    readonly params: Readonly<Record<string, number | string>>;
    readonly seed: number;
    readonly column: string;
    readonly periods: number;
  },
): { readonly path: readonly Float64Array[]; readonly links: forecast.Neighbourhood } {
  const simulation = createSimulation(economy, { params, seed });
  simulation.reset(0);
  const read = () => Float64Array.from(simulation.columns[column]!);
  const path = [read()];
  for (let t = 0; t < periods; t++) {
    for (let phase = 0; phase < simulation.phases.length; phase++) simulation.runPhase(phase, 0);
    simulation.endPeriod(0);
    path.push(read());
  }
  const { start, target } = simulation.worlds[0]!["contacts"] as unknown as forecast.Neighbourhood;
  return { path, links: { start: Int32Array.from(start), target: Int32Array.from(target) } };
}

/** Some rows of transitions of several worlds. */
export function chosen(
  all: readonly forecast.Transitions[],
  keep: (of: forecast.Transitions, row: number) => boolean,
): forecast.Transitions {
  const { features, most } = all[0]!;
  const rows = all.flatMap((of) => Array.from(of.next, (_, row) => ({ of, row })).filter(({ row }) => keep(of, row)));
  const gathered = (from: (of: forecast.Transitions) => Float64Array, width: number): Float64Array => {
    const out = new Float64Array(rows.length * width);
    rows.forEach(({ of, row }, n) => void out.set(from(of).subarray(row * width, (row + 1) * width), n * width));
    return out;
  };
  return {
    features,
    most,
    own: gathered((of) => of.own, features),
    next: gathered((of) => of.next, 1),
    weight: gathered((of) => of.weight, most),
    neighbours: gathered((of) => of.neighbours, most * features),
  };
}

/** ln of the density of a logit whose parameter is uniform from 0 to 1. */
export const logUniform = (x: number): number => -math.softplus(x) - math.softplus(-x);
