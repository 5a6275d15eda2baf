// Optimal growth with a productivity that follows a finite chain: Ramsey, Cass and Koopmans; Brock & Mirman 1972, Journal of Economic Theory 4, 479.
//
//   max E Σ βᵗ (c^(1−γ) − 1)/(1 − γ),   c + k′ = m,   m = z k^α + (1 − δ) k,   z on a chain
//   Euler: c^(−γ) = β E[c′^(−γ) R′],   R′ = α z′ k′^(α−1) + 1 − δ
// Consumption is a cubic spline of ln c on ln m, one for each state of productivity, found backwards by endogenous grid points (Carroll 2006), on twice as many points
// until no Euler equation between points is off by more than the accuracy asked for.
//
// S states of productivity, G points of next capital; tables are [S, G], rows by state
import {
  cubicSpline,
  exp,
  expm1,
  gaussLegendre,
  log,
  log10,
  NotConverged,
  pow,
  requireConverged,
} from "../math/index.ts";

export interface Growth {
  readonly capitalShare: number; // α
  readonly discountFactor: number; // β
  readonly depreciation: number; // δ
  /** γ; 1: logarithmic utility. */
  readonly riskAversion: number;
  /** z [S] */
  readonly productivity: ArrayLike<number>;
  /** [S, S], by row. */
  readonly transition: readonly ArrayLike<number>[];
}

export interface GrowthOptions {
  /** Largest error of an Euler equation, relative to consumption; default 1e-11. */
  readonly accuracy?: number;
  /** Capital at which the policy will be asked for besides the range that it stays in. */
  readonly capital?: readonly number[];
}

/** Steady state without shocks at productivity z. */
export interface GrowthSteadyState {
  readonly capital: number;
  readonly consumption: number;
  readonly output: number;
}

export interface GrowthSolution {
  readonly points: number; // G
  /** Capital of the grid's ends, between which the policy stays once it is there. */
  readonly low: number;
  readonly high: number;
  /** log₁₀ of the largest relative error of the Euler equations, halfway between all points of the grid. */
  readonly log10EulerError: number;
  /** c at capital k and state s of productivity. */
  consumption(capital: number, state: number): number;
  /** k′ */
  nextCapital(capital: number, state: number): number;
  /** Discounted utility from now on. */
  value(capital: number, state: number): number;
}

/** k with α z k^(α−1) + 1 − δ = 1/β. */
export function growthSteadyState(
  {
    capitalShare: α,
    discountFactor: β,
    depreciation: δ,
  }: Pick<Growth, "capitalShare" | "discountFactor" | "depreciation">,
  productivity = 1,
): GrowthSteadyState {
  const capital = pow((α * productivity) / (1 / β - 1 + δ), 1 / (1 - α));
  const output = productivity * pow(capital, α);
  return { capital, output, consumption: output - δ * capital };
}

/** u(c) = (c^(1−γ) − 1)/(1 − γ), ln c at γ = 1. */
export const crra = (c: number, γ: number): number => (γ === 1 ? log(c) : expm1((1 - γ) * log(c)) / (1 - γ));

/** |1 − (β E[c′^(−γ) R′])^(−1/γ)/c|: by how much of consumption a policy c(k, s) misses the Euler equation. Infinity where it keeps nothing. */
export function eulerError(
  model: Growth,
  consumption: (capital: number, state: number) => number,
  capital: number,
  state: number,
): number {
  const { capitalShare: α, discountFactor: β, depreciation: δ, riskAversion: γ, productivity, transition } = model;
  const c = consumption(capital, state);
  const next = productivity[state] * pow(capital, α) + (1 - δ) * capital - c;
  if (!(next > 0)) return Infinity;
  let expected = 0;
  for (let s = 0; s < productivity.length; s++)
    expected += transition[state][s] * pow(consumption(next, s), -γ) * (α * productivity[s] * pow(next, α - 1) + 1 - δ);
  return Math.abs(1 - pow(β * expected, -1 / γ) / c);
}

/** Throws NotConverged where no grid reaches the accuracy. */
export function solveGrowth(model: Growth, { accuracy = 1e-11, capital = [] }: GrowthOptions = {}): GrowthSolution {
  const productivity = Array.from(model.productivity);
  // Precaution, impatience and the shocks to come keep capital well within these; where they do not, the ends move.
  let low = Math.min(0.4 * growthSteadyState(model, Math.min(...productivity)).capital, ...capital.map((k) => 0.9 * k));
  let high = Math.max(
    2.5 * growthSteadyState(model, Math.max(...productivity)).capital,
    ...capital.map((k) => 1.1 * k),
  );
  let worst = Infinity;
  let start: Consumption | null = null;
  for (let points = 200, widened = 0; points <= MOST_POINTS; ) {
    const grid = geometric(low, high, points);
    const c: Consumption = iterate(model, grid, start);
    start = c;
    const states = [...productivity.keys()];
    const next = (k: number, s: number): number => resources(model, k, s) - c(k, s);
    if (widened < 20 && states.some((s) => next(low, s) < low || next(high, s) > high)) {
      [low, high] = [low / 1.5, high * 1.5];
      widened++;
      continue;
    }
    const halfway = Array.from({ length: points - 1 }, (_, g) => Math.sqrt(grid[g] * grid[g + 1]));
    worst = Math.max(...states.map((s) => Math.max(...halfway.map((k) => eulerError(model, c, k, s)))));
    if (worst <= accuracy)
      return {
        points,
        low,
        high,
        log10EulerError: log10(worst),
        consumption: c,
        nextCapital: next,
        value: lifetimeUtility(model, grid, c),
      };
    points *= 2;
  }
  throw new NotConverged(
    "solveGrowth",
    worst,
    accuracy,
    "Lower riskAversion, the spread of productivity or the accuracy.",
  );
}

const MOST_POINTS = 6400;
/** Points that a policy may be computed at before it is taken not to converge: some seconds. */
const WORK = 2e7;

type Consumption = (capital: number, state: number) => number;

const resources = ({ capitalShare: α, depreciation: δ, productivity }: Growth, k: number, s: number): number =>
  productivity[s] * pow(k, α) + (1 - δ) * k;

const geometric = (low: number, high: number, G: number): Float64Array =>
  Float64Array.from({ length: G }, (_, g) => low * pow(high / low, g / (G - 1)));

/** c by endogenous grid points on a grid of next capital, from a policy of another grid or from a constant share of resources. */
function iterate(model: Growth, grid: Float64Array, start: Consumption | null): Consumption {
  const { capitalShare: α, discountFactor: β, depreciation: δ, riskAversion: γ, productivity, transition } = model;
  const S = productivity.length;
  const G = grid.length;
  const logβ = log(β);
  const steady = growthSteadyState(model);
  const share = log(steady.consumption / (steady.consumption + steady.capital));
  // Of tomorrow, on the grid: ln m′, R′ and ln c′.
  const table = (of: (k: number, s: number) => number): Float64Array[] =>
    Array.from({ length: S }, (_, s) => grid.map((k) => of(k, s)));
  const cash = table((k, s) => log(resources(model, k, s)));
  const gross = table((k, s) => α * productivity[s] * pow(k, α - 1) + 1 - δ);
  const tomorrow = table((k, s) => (start ? log(start(k, s)) : log(resources(model, k, s)) + share));
  const marginal = table(() => 0); // c′^(−γ) R′
  const x = new Float64Array(G); // ln m, from which the grid is reached
  const y = new Float64Array(G); // ln c there
  let splines: ((x: number) => number)[] = [];
  let change = Infinity;
  const rounds = Math.min(5000, WORK / (G * S));
  for (let k = 0; k < rounds && change > 1e-13; k++) {
    for (let s = 0; s < S; s++) for (let g = 0; g < G; g++) marginal[s][g] = exp(-γ * tomorrow[s][g]) * gross[s][g];
    splines = Array.from({ length: S }, (_, s) => {
      for (let g = 0; g < G; g++) {
        let expected = 0;
        for (let next = 0; next < S; next++) expected += transition[s][next] * marginal[next][g];
        y[g] = -(logβ + log(expected)) / γ;
        x[g] = log(exp(y[g]) + grid[g]);
      }
      return cubicSpline(x, y);
    });
    change = 0;
    for (let s = 0; s < S; s++)
      for (let g = 0; g < G; g++) {
        const c = splines[s](cash[s][g]);
        change = Math.max(change, Math.abs(c - tomorrow[s][g]));
        tomorrow[s][g] = c;
      }
    if (!Number.isFinite(change)) break;
  }
  requireConverged("solveGrowth", change, 1e-13, "Lower riskAversion, discountFactor or the spread of productivity.");
  return (k, s) => exp(splines[s](log(resources(model, k, s))));
}

// V(k, s) = V(k₀, s) + ∫ u′(c) R dk, since ∂V/∂k = u′(c) R; the S constants solve Bellman's equation at k₀, V(k₀, s) = u(c) + β Σ P (V(k₀, s′) + W(k′, s′)).
function lifetimeUtility(model: Growth, grid: Float64Array, consumption: Consumption): Consumption {
  const { capitalShare: α, discountFactor: β, depreciation: δ, riskAversion: γ, productivity, transition } = model;
  const S = productivity.length;
  const { nodes, weights } = gaussLegendre(3, 0, 1);
  const x = grid.map(log);
  const gain = Array.from({ length: S }, (_, s) => {
    const total = new Float64Array(grid.length);
    for (let g = 1; g < grid.length; g++) {
      const step = x[g] - x[g - 1];
      let sum = 0;
      for (let n = 0; n < nodes.length; n++) {
        const k = exp(x[g - 1] + nodes[n] * step);
        const R = α * productivity[s] * pow(k, α - 1) + 1 - δ;
        sum += weights[n] * pow(consumption(k, s), -γ) * R * k;
      }
      total[g] = total[g - 1] + sum * step;
    }
    return cubicSpline(x, total);
  });
  const k0 = grid[grid.length >> 1];
  const rest = Array.from({ length: S }, (_, s) => {
    const c = consumption(k0, s);
    const next = log(resources(model, k0, s) - c);
    let later = 0;
    for (let to = 0; to < S; to++) later += transition[s][to] * (gain[to](next) - gain[to](log(k0)));
    return crra(c, γ) + β * later;
  });
  const base = discounted(β, transition, rest);
  return (k, s) => base[s] + gain[s](log(k)) - gain[s](log(k0));
}

/** v = r + β P v, by elimination. */
function discounted(β: number, P: readonly ArrayLike<number>[], r: readonly number[]): number[] {
  const S = r.length;
  const A = r.map((_, i) => r.map((_, j) => (i === j ? 1 : 0) - β * P[i][j]));
  const v = [...r];
  for (
    let k = 0;
    k < S;
    k++ // the diagonal dominates its row
  )
    for (let i = k + 1; i < S; i++) {
      const factor = A[i][k] / A[k][k];
      for (let j = k; j < S; j++) A[i][j] -= factor * A[k][j];
      v[i] -= factor * v[k];
    }
  for (let k = S - 1; k >= 0; k--) {
    for (let j = k + 1; j < S; j++) v[k] -= A[k][j] * v[j];
    v[k] /= A[k][k];
  }
  return v;
}
