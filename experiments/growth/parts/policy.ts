// A policy c(k, s) against the exact one of the planner's problem: Euler errors, the policy functions, and lifetime utility in units of consumption.
import { type Expectation, type ExperimentFigure, math, solvers, type Unknown } from "walras";
import { seedStream } from "walras/random";
import { growthModel, type Planner, shockChain } from "../../../economies/theory/growth.ts";
import { curve, spaced } from "../../parts/lines.ts";

/** Of the planner's problem, whoever solves it. */
export type Params = Omit<Planner, "capital" | "action">;
export type Consumption = (capital: number, state: number) => number;

/** Points of the grid, from LOW to HIGH times the steady state. */
export const POINTS = 121;
const [LOW, HIGH] = [0.4, 2.5];

export const gridOf = (p: Params): Float64Array => {
  const { capital } = solvers.growthSteadyState(p);
  return Float64Array.from({ length: POINTS }, (_, g) => capital * LOW * math.pow(HIGH / LOW, g / (POINTS - 1)));
};

/** Capital and states of the long run, under the exact policy. */
function longRun(p: Params, { nextCapital }: solvers.GrowthSolution): { capital: number; state: number }[] {
  const { transition } = shockChain(p);
  const periods = 4000;
  const u = new Float64Array(periods);
  seedStream(7).uniform(u, { lane: 0, period: 0, from: 0 });
  let [capital, state] = [solvers.growthSteadyState(p).capital, 0];
  return Array.from(u, (x) => {
    const here = { capital, state };
    capital = nextCapital(capital, state);
    const law = transition[state]!;
    state = 0;
    for (let sum = law[0]!; x >= sum && state < law.length - 1; sum += law[state]!) state++;
    return here;
  });
}

/** V(k*, s) of a policy, by iterating V ← u(c) + β P V(k′) on the grid. */
export function valueOfPolicy(p: Params, consumption: Consumption): number[] {
  const model = growthModel(p);
  const grid = gridOf(p);
  const x = grid.map(math.log);
  const S = model.productivity.length;
  const β = p.discountFactor;
  const at = Array.from({ length: S }, (_, s) =>
    Array.from(grid, (k) => {
      const c = consumption(k, s);
      const next = model.productivity[s]! * math.pow(k, p.capitalShare) + (1 - p.depreciation) * k - c;
      // Beyond the grid as at its ends: a policy that goes there is far from the exact one anyway.
      return { worth: solvers.crra(c, p.riskAversion), next: Math.min(x.at(-1)!, Math.max(x[0]!, math.log(next))) };
    }),
  );
  let V = Array.from({ length: S }, () => new Float64Array(POINTS));
  let splines: ((x: number) => number)[] = [];
  for (let change = Infinity, round = 0; change > 1e-10 && round < 5000; round++) {
    splines = V.map((values) => math.cubicSpline(x, values));
    const expected = (s: number, next: number): number => {
      let sum = 0;
      for (let to = 0; to < S; to++) sum += model.transition[s]![to]! * splines[to]!(next);
      return sum;
    };
    const improved = at.map((row, s) => Float64Array.from(row, ({ worth, next }) => worth + β * expected(s, next)));
    change = Math.max(...improved.map((values, s) => Math.max(...values.map((v, g) => Math.abs(v - V[s]![g]!)))));
    V = improved;
  }
  return splines.map((of) => of(math.log(solvers.growthSteadyState(p).capital)));
}

/** The share of consumption for ever that a policy's lifetime utility is short of the best, from the steady state and on average over productivity. */
function consumptionLoss(p: Params, ours: readonly number[], best: readonly number[]): number {
  const { stationary } = shockChain(p);
  const [a, b] = [ours, best].map((V) => V.reduce((sum, v, s) => sum + stationary[s]! * v, 0) * (1 - p.discountFactor));
  const γ = p.riskAversion;
  if (γ === 1) return -math.expm1(a! - b!);
  return 1 - math.pow((1 + (1 - γ) * a!) / (1 + (1 - γ) * b!), 1 / (1 - γ));
}

/** Of a policy c(k, s). */
export function judge(p: Params, consumption: Consumption): Readonly<Record<string, number>> {
  const model = growthModel(p);
  const solution = solvers.solveGrowth(model);
  const visited = longRun(p, solution);
  const errors = visited.map(({ capital, state }) => solvers.eulerError(model, consumption, capital, state));
  const capitals = visited.map(({ capital }) => capital);
  const [low, high] = [math.quantile(capitals, 0.025), math.quantile(capitals, 0.975)];
  let [policy, capital] = [0, 0];
  const S = model.productivity.length;
  const seen: Record<string, number> = {};
  for (let g = 0; g <= 24; g++) {
    const k = low * math.pow(high / low, g / 24);
    for (let s = 0; s < S; s++) {
      const [ours, best] = [consumption(k, s), solution.consumption(k, s)];
      const resources = ours + (solution.nextCapital(k, s) + best - ours);
      policy = Math.max(policy, Math.abs(ours / best - 1));
      capital = Math.max(capital, Math.abs((resources - ours) / (resources - best) - 1));
      if (s === 0 || s === S - 1) seen[`${s === 0 ? "low" : "high"}/${k}`] = ours;
    }
  }
  const steady = solvers.growthSteadyState(p).capital;
  const best = Array.from({ length: S }, (_, s) => solution.value(steady, s));
  return {
    eulerError: math.log10(math.mean(errors)),
    consumptionError: policy,
    capitalError: capital,
    valueLoss: consumptionLoss(p, valueOfPolicy(p, consumption), best),
    ...seen,
  };
}

export function policyFigures(p: Params): ExperimentFigure[] {
  const solution = solvers.solveGrowth(growthModel(p));
  const capitals = longRun(p, solution).map(({ capital }) => capital);
  const [low, high] = [math.quantile(capitals, 0.025), math.quantile(capitals, 0.975)];
  const S = shockChain(p).productivity.length;
  const exact = (s: number) => (k: number) => solution.consumption(k, s);
  return [
    {
      title: "Consumption as a function of capital",
      xLabel: "capital, goods",
      yLabel: "consumption, goods",
      lines: [
        { label: "low productivity, learned", measured: "low", as: "dots" },
        { label: "high productivity, learned", measured: "high", as: "dots" },
        curve("low, exact", exact(0), spaced(low, high, 25)),
        curve("high, exact", exact(S - 1), spaced(low, high, 25)),
      ],
      caption: "Over 95 % of where the exact policy spends the long run.",
    },
  ];
}

/** Euler errors of a hundredth, policies to 2 %, lifetime utility to 0.2 % of consumption. */
export const policyClaims = (log10EulerError: number | Unknown): Expectation[] => [
  {
    item: "mean Euler error, log₁₀",
    measure: "eulerError",
    claim: "–",
    theory: log10EulerError,
    unit: "log₁₀ of consumption",
    tolerance: -2,
    kind: "atMost",
    note: "over the long run of the exact policy; aim −2.5",
  },
  {
    item: "largest error of next capital",
    measure: "capitalError",
    claim: "–",
    theory: 0,
    unit: "1",
    tolerance: 0.02,
    kind: "atMost",
    note: "over 95 % of the long run, in all states",
  },
  {
    item: "lifetime utility short of the best",
    measure: "valueLoss",
    claim: "–",
    theory: 0,
    unit: "of consumption",
    tolerance: 0.002,
    kind: "atMost",
    note: "from the steady state",
  },
];
