// What the planner's growth and the market's have in common: parameters, and utility as a learner is paid.
import { choice, math, param, solvers } from "walras";

export const growthParams = {
  capitalShare: param(0.36, { symbol: "α", min: 0.05, max: 0.9, doc: "of all kinds of capital together" }),
  discountFactor: param(0.96, { symbol: "β", unit: "per period", min: 0.5, max: 0.999 }),
  depreciation: param(0.1, { symbol: "δ", unit: "per period", min: 0, max: 1 }),
  riskAversion: param(1, { symbol: "γ", min: 0.2, max: 20, doc: "relative; 1: logarithmic utility" }),
  shocks: choice("two-state", ["two-state", "rouwenhorst", "tauchen"], {
    doc: "the chain of z: two levels, or a finite chain in place of ln z′ = ρ ln z + σ ε",
  }),
  shockLow: param(0.9, { symbol: "z₁", min: 0.1, max: 10 }),
  shockHigh: param(1.1, { symbol: "z₂", min: 0.1, max: 10 }),
  shockPersistence: param(0.9, { min: 0, max: 1, doc: "probability that the two-state shock stays as it is" }),
  persistence: param(0.95, { symbol: "ρ", min: -0.99, max: 0.99, doc: "of ln z" }),
  innovationSd: param(0.007, { symbol: "σ", min: 1e-4, max: 0.2, doc: "of ln z" }),
  states: param(7, { symbol: "S", unit: "states", min: 2, max: 15, integer: true, doc: "of the chain of ln z" }),
};

type Preferences = Parameters<typeof solvers.growthSteadyState>[0] & Pick<solvers.Growth, "riskAversion">;

/** (u − u(c*))/(u′(c*) c*), where c* is consumption in the steady state: utility u in units of that consumption, 0 there. */
export function crraGain(p: Preferences): (utility: number) => number {
  const { consumption } = solvers.growthSteadyState(p);
  const worth = solvers.crra(consumption, p.riskAversion);
  const scale = math.exp((p.riskAversion - 1) * math.log(consumption));
  return (utility) => scale * (utility - worth);
}
