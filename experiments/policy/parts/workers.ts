// Households who choose effort by a straight line in the tax rate, in regimes that tax little or much: decisions recorded from the economy, and what a line is worth, exactly.
//
// The best effort (1 − τ)^e is a curve. A line fits it where taxes were, and is wrong where they were not: what was learned in one regime is worth less in another.
import { createSimulation, math } from "walras";
import type { Decisions } from "walras/adaptation";
import { type Stream, seedStream } from "walras/random";
import { linearTax } from "../../../economies/linear-tax.ts";

export interface Regime {
  readonly mean: number;
  readonly sd: number;
}
export const LOW: Regime = { mean: 0.3, sd: 0.2 };
export const HIGH: Regime = { mean: 0.8, sd: 0.1 };

/** Of efforts around the rule while they are recorded. */
export const DEVIATION = 0.25;
/** Effort at no tax and the middle wage, and its change per unit of the tax rate and of the wage. */
export type Rule = Float64Array;
export const UNTRAINED: Rule = Float64Array.of(1, 0, 0);
export const effort = (rule: Rule, τ: number, wage: number): number =>
  Math.max(0, rule[0]! + rule[1]! * τ + rule[2]! * (wage - MIDDLE));

const ELASTICITY = 0.5;
const WAGES = [1, 2] as const;
const MIDDLE = 1.5;
const HOUSEHOLDS = 50;

/** A tax rate of a regime, from 0 to 0.95. */
const rateOf = ({ mean, sd }: Regime, z: number): number => Math.min(0.95, Math.max(0, mean + sd * z));

export interface Recorded extends Omit<Decisions, "weights"> {
  /** Tax rates [n]: states without the constant. */
  readonly rates: Float64Array;
}

/** `count` decisions (an even number), two of each period, one at each wage; all others decide likewise. */
export function recorded(regime: Regime, rule: Rule, count: number, stream: Stream): Recorded {
  const params = {
    households: HOUSEHOLDS,
    elasticity: ELASTICITY,
    wages: [...WAGES],
    shares: [0.5, 0.5],
    horizon: 1,
    effortMax: 10,
    welfareFunction: "utilitarian" as const,
  };
  const simulation = createSimulation(linearTax, { params, seed: 1 });
  const { columns } = simulation;
  const noise = new Float64Array(HOUSEHOLDS);
  const rows: Recorded = {
    features: new Float64Array(3 * count),
    actions: new Float64Array(count),
    rewards: new Float64Array(count),
    rates: new Float64Array(count),
  };
  for (let episode = 0; 2 * episode < count; episode++) {
    const τ = rateOf(regime, stream.normalAt(1, episode, 0));
    const centres = WAGES.map((wage) => effort(rule, τ, wage));
    stream.normal(noise, { lane: 0, period: episode, from: 0 });
    simulation.reset(0);
    columns["government.taxRate"]!.fill(τ);
    noise.forEach((z, i) => {
      columns["households.effort"]![i] = Math.max(0, centres[i < HOUSEHOLDS / 2 ? 0 : 1]! + DEVIATION * z);
    });
    for (let phase = 0; phase < simulation.phases.length; phase++) simulation.runPhase(phase, 0);
    for (const [at, household] of [0, HOUSEHOLDS - 1].entries()) {
      const i = 2 * episode + at;
      rows.features.set([1, τ, WAGES[at]! - MIDDLE], 3 * i);
      rows.rates[i] = τ;
      rows.actions[i] = columns["households.effort"]![household]!;
      rows.rewards[i] = columns["households.utility"]![household]!;
    }
  }
  return rows;
}

export function joined(parts: readonly Recorded[]): Recorded {
  const all = (of: keyof Recorded): Float64Array => Float64Array.from(parts.flatMap((part) => [...part[of]]));
  return {
    features: all("features"),
    actions: all("actions"),
    rewards: all("rewards"),
    rates: all("rates"),
  };
}

const JUDGED = 1000;

/** Utility that a rule leaves in a regime, over households and the law of tax rates, relative to what the best efforts leave untaxed. */
export function regret(rule: Rule, regime: Regime): number {
  const stream = seedStream(0).fork("law of tax rates");
  const worth = (a: number, τ: number): number => (1 - τ) * a - math.pow(a, 1 + 1 / ELASTICITY) / (1 + 1 / ELASTICITY);
  // Utility of a wage is w^(1 + e) times that of wage 1.
  const scales = WAGES.map((wage) => math.pow(wage, 1 + ELASTICITY));
  const losses = Float64Array.from({ length: JUDGED }, (_, i) => {
    const τ = rateOf(regime, stream.normalAt(0, 0, i));
    const most = worth(math.pow(1 - τ, ELASTICITY), τ);
    return WAGES.reduce((sum, wage, k) => sum + scales[k]! * (most - worth(effort(rule, τ, wage), τ)), 0);
  });
  return math.mean(losses) / ((scales[0]! + scales[1]!) * worth(1, 0));
}
