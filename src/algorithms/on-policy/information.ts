// Bounded rationality as a price on information: an agent pays λ for every nat by which its policy differs from choosing blindly.
//
//   max E Σ γ^t (r_t − λ_i KL(π(·|o_t) ‖ π₀)),   KL(π ‖ π₀) = ln |A| − H(π)      π₀ uniform over all choices, or over the box
//
// Evans et al. (2025), ADAGE, eqs. 9–10; Ortega & Braun (2013), https://arxiv.org/abs/1204.6481. In a single choice π ∝ e^{r/λ}: logit response.
// The cost counts twice in a policy gradient: in rewards, since states in which thinking is needed are worth less, and in the policy's own loss,
// since what an agent pays now depends on π directly. The entropy is exact for choices; for squashed boxes it is that of the drawn action.
//
// E worlds, N agents, B rows, D action dimensions

import { closest } from "../../core/errors.ts";
import { type ParamValues, param, text } from "../../core/params.ts";
import type { Columns } from "../../economy/columns.ts";
import type { AnyRows } from "../../economy/population.ts";
import type { PopulationSpec, VectorEnv } from "../../env/vector-env.ts";
import { exp, gaussHermite, log, log1p } from "../../math/index.ts";
import { sub, type Tensor } from "../../nn/index.ts";
import { branchesOf, choicesOf } from "../parts/choices.ts";
import { cohortsOf } from "../parts/cohorts.ts";
import type { Evaluated } from "./actor.ts";

export const informationConfig = {
  informationCost: param(0, {
    symbol: "λ",
    unit: "reward/nat",
    min: 0,
    doc: "paid for KL(π, uniform) at every decision; 0: none",
  }),
  informationCostFrom: text(
    "",
    "a state column of the population, or a world scalar, that holds each agent's λ instead",
  ),
} as const;
/** Pages that know nothing of it may leave it out. */
export type InformationOptions = Partial<ParamValues<typeof informationConfig>>;

export const isPriced = ({ informationCost = 0, informationCostFrom = "" }: InformationOptions): boolean =>
  informationCost > 0 || informationCostFrom !== "";

/** KL(π ‖ π₀) = ln |A| − H, [B, 1] */
export const informationOf = (entropy: Tensor<"f32">, logSize: Tensor<"f32"> | number): Tensor<"f32"> =>
  sub(logSize, entropy);

/** Writes what a cohort's agents pay per nat now: λ, as the economy has it and not as it is observed. */
export function createPricing(
  env: VectorEnv,
  population: string,
  spec: PopulationSpec,
  c: InformationOptions & { readonly squash: boolean },
): (out: Float32Array, at: number, cohort: number) => void {
  const { informationCost = 0, informationCostFrom: name = "" } = c;
  const { rows, size: N } = spec;
  const cohorts = cohortsOf(env, spec);
  const M = cohorts.members;
  if (!isPriced(c)) return () => {};
  if (spec.continuous && !c.squash)
    throw new Error(
      `informationCost: ${population} choose from boxes, and a normal that is cut off at the bounds has no density there; set squash.`,
    );
  if (name === "") return (out, at) => void out.fill(informationCost, at, at + M);
  if (informationCost > 0)
    throw new Error(
      `informationCost is ${informationCost} and informationCostFrom "${name}", expected only one of them.`,
    );
  const single = (declared: Columns) => Object.keys(declared).filter((name) => declared[name].each === null);
  const columns = single(env.economy.populations[spec.population].state);
  const scalars = single(env.economy.world);
  if (![...columns, ...scalars].includes(name))
    throw new Error(
      `informationCostFrom: ${population} have no "${name}".${closest(name, [...columns, ...scalars])} Expected a state column or a world scalar: ${[...columns, ...scalars].join(", ")}.`,
    );
  return (out, at, cohort) => {
    const e = cohorts.worldOf(cohort);
    const first = cohorts.agentOf(cohort);
    const world = env.simulation.worlds[e];
    const column = (world[spec.population] as AnyRows)[name] as Float64Array | undefined;
    for (let i = 0; i < M; i++) {
      const row = rows ? rows[e * N + first + i] : first + i;
      const λ = column ? column[row] : (world[name] as number);
      if (!(λ >= 0 && λ < Number.POSITIVE_INFINITY))
        throw new Error(
          `informationCostFrom: ${population}.${name}[${row}] is ${λ} in world ${e}, expected at least 0.`,
        );
      out[at + i] = λ;
    }
  };
}

/**
 * KL(π ‖ π₀) of row r of an evaluated actor. Of the policy and not of the action that was drawn, which would count ∇H a second time in the
 * advantage. Over squashed boxes, a = tanh(μ + σ z): H = Σ_d [½ ln 2πe + ln σ + E ln(1 − tanh² u)], the last by Gauss and Hermite.
 */
export function createInforming(spec: PopulationSpec): (from: Evaluated, r: number) => number {
  const D = spec.actions.length;
  const branches = branchesOf(spec);
  const choices = choicesOf(spec);
  if (spec.continuous) {
    const { nodes, weights } = gaussHermite(NODES); // E f(μ + σ Z) ≈ Σ w f(μ + √2 σ x)/√π
    return ({ center, logs }, r) => {
      let sum = D * Math.LN2;
      for (let d = 0; d < D; d++) {
        const σ = exp(logs[d]);
        sum -= 0.5 * (1 + LN_2PI) + logs[d];
        for (let k = 0; k < NODES; k++)
          sum -= (weights[k] / SQRT_PI) * logSlope(center[r * D + d] + Math.SQRT2 * σ * nodes[k]);
      }
      return sum;
    };
  }
  return ({ center: probs, logs }, r) => {
    let sum = 0;
    for (let d = 0, k = r * choices; d < D; d++) {
      let allowed = 0;
      for (const end = k + branches[d]; k < end; k++) {
        if (logs[k] > MASKED) allowed++;
        if (probs[k] > 0) sum += probs[k] * logs[k];
      }
      sum += log(allowed);
    }
    return sum;
  };
}
const NODES = 24;
const MASKED = -1e8; // logits of what may not be chosen are −1e9
const SQRT_PI = 1.7724538509055159;
const LN_2PI = 1.8378770664093453;

/** ln(1 − tanh² u) = 2 (ln 2 − |u| − ln(1 + e^{−2|u|})) */
const logSlope = (u: number): number => 2 * (Math.LN2 - Math.abs(u) - log1p(exp(-2 * Math.abs(u))));
