// The effect of a policy under a posterior: E[y | π] = ∫ E[y | π, θ] p(θ | data) dθ, with and without the policy on common random numbers.
//
// Each draw of θ is simulated twice in the same worlds: same seed, same shocks. What differs is the policy alone, so that a difference has far less noise than two independent simulations would leave.
//
// n draws of the posterior, W worlds of each
import { mean, quantile, variance } from "../math/index.ts";

/** Outcomes [n, W] of the same worlds with and without the policy. */
export interface PairedOutcomes {
  readonly base: Float64Array;
  readonly policy: Float64Array;
  readonly worlds: number;
}

export interface Estimate {
  readonly mean: number;
  /** Ends of the central interval that holds 95 % of the posterior of the expected outcome. */
  readonly low: number;
  readonly high: number;
}

export interface PolicyEffect {
  readonly base: Estimate;
  readonly policy: Estimate;
  readonly effect: Estimate;
  /** Share of the posterior in which the expected effect is above 0. */
  readonly positive: number;
  /** Standard error of the effect's mean by the number of draws and worlds. */
  readonly standardError: number;
  /** Central 95 % of differences in single worlds, whose chance is part of it. */
  readonly inOneWorld: { readonly low: number; readonly high: number };
  /** Share of the variance of effects over draws and worlds that is chance within a draw, null of a single world each. */
  readonly chance: number | null;
  /** Variance of a difference had the two simulations been independent, over what it is on common random numbers; null of a single world each, Infinity where nothing is left to chance. */
  readonly gain: number | null;
  /** Effect in each draw [n], mean over its worlds. */
  readonly effects: Float64Array;
}

export function policyEffect({ base, policy, worlds }: PairedOutcomes): PolicyEffect {
  if (base.length !== policy.length || base.length % worlds !== 0 || base.length === 0)
    throw new Error(
      `policyEffect: got ${base.length} outcomes without and ${policy.length} with the policy, expected as many of both, ${worlds} for each draw.`,
    );
  const n = base.length / worlds;
  if (n < 2) throw new Error("policyEffect: got one draw of the posterior, expected at least two.");
  const differences = policy.map((y, i) => y - base[i]!);
  const bad = differences.findIndex((y) => !Number.isFinite(y));
  if (bad >= 0)
    throw new Error(`policyEffect: outcome ${bad} is ${base[bad]} without and ${policy[bad]} with the policy.`);
  const effects = overWorlds(differences, worlds);
  const noise = worlds > 1 ? within(differences, worlds) : null;
  const independent = worlds > 1 ? within(base, worlds) + within(policy, worlds) : null;
  const spread = variance(effects, { ddof: 1 });
  return {
    base: estimate(overWorlds(base, worlds)),
    policy: estimate(overWorlds(policy, worlds)),
    effect: estimate(effects),
    positive: effects.filter((effect) => effect > 0).length / n,
    standardError: Math.sqrt(spread / n),
    inOneWorld: { low: quantile(differences, 0.025), high: quantile(differences, 0.975) },
    chance: noise === null ? null : spread > 0 ? Math.min(1, noise / worlds / spread) : 0,
    gain: noise === null || independent === null ? null : independent === 0 ? 1 : independent / noise,
    effects,
  };
}

function overWorlds(x: Float64Array, worlds: number): Float64Array {
  return Float64Array.from({ length: x.length / worlds }, (_, i) => mean(x.subarray(i * worlds, (i + 1) * worlds)));
}

/** Mean over draws of the variance between worlds. */
function within(x: Float64Array, worlds: number): number {
  const variances = Float64Array.from({ length: x.length / worlds }, (_, i) =>
    variance(x.subarray(i * worlds, (i + 1) * worlds), { ddof: 1 }),
  );
  return mean(variances);
}

function estimate(x: Float64Array): Estimate {
  return { mean: mean(x), low: quantile(x, 0.025), high: quantile(x, 0.975) };
}
