// Firms that enter and exit: the stationary equilibrium of Hopenhayn 1992, Econometrica 60, 1127.
//
//   x = ln z,  x′ = (1 − ρ) m + ρ x + σ ε                  productivity
//   π(x) = max_n p z n^α − n − f                           profit, with wages of 1 and a fixed cost
//   V(x) = π(x) + β max{0, E[V(x′) | x]}                   a firm produces, then exits or goes on
//   ∫ V dν = c                                             free entry gives the price
//   μ = M ν + P′ (stayers of μ)                            the law of sizes; p Y(μ) = D gives the mass M of entrants
//
// Policy iteration on a grid of x whose cells carry normal probabilities (Tauchen 1986); a cell in which the threshold lies stays in part, so that errors are of
// the second order in the width h of a cell.
//
// n points; E[V | x] sums over the `band` points nearest to the mean of x′
import { exp, findRoot, normalCdf, pow, requireConverged } from "walras/math";

export interface Hopenhayn {
  /** α of z n^α, below 1. */
  readonly returns: number;
  readonly discountFactor: number;
  /** ρ, m and σ of ln z. */
  readonly persistence: number;
  readonly meanLog: number;
  readonly innovationSd: number;
  /** f, per period, and c, once, in units of the wage. */
  readonly fixedCost: number;
  readonly entryCost: number;
  /** ν: ln z of entrants is normal. */
  readonly entryMeanLog: number;
  readonly entrySd: number;
  /** D = p Y, in units of the wage. */
  readonly spending: number;
}

export interface HopenhaynEquilibrium {
  readonly price: number;
  /** Firms exit below this ln z, once they have produced; −∞ if nobody ever does, ∞ if all do at once. */
  readonly exitThreshold: number;
  /** M and the mass of all who produce, per period. */
  readonly entrants: number;
  readonly firms: number;
  /** Mean of n, employment of those who produce. */
  readonly meanEmployment: number;
  /** Points of ln z, the share of producing firms in each cell, and V. */
  readonly grid: Float64Array;
  readonly law: Float64Array;
  readonly value: Float64Array;
}

/** n(z) at a price: the first-order condition α p z n^(α−1) = 1. */
export const employment = (z: number, price: number, returns: number): number =>
  pow(returns * price * z, 1 / (1 - returns));

/** The price at which what firms supply costs D: supply is Z (α p)^(α/(1−α)) with Z = Σ z^(1/(1−α)). */
export const clearingPrice = (spending: number, capacity: number, returns: number): number =>
  pow(spending / (capacity * pow(returns, returns / (1 - returns))), 1 - returns);

/** Beyond so many deviations of an innovation nothing is counted. */
const REACH = 7;

export function hopenhayn(model: Hopenhayn, { points = 241 }: { readonly points?: number } = {}): HopenhaynEquilibrium {
  const {
    returns: α,
    discountFactor: β,
    persistence: ρ,
    meanLog: m,
    innovationSd: σ,
    fixedCost: f,
    spending: D,
  } = model;
  const { entryMeanLog, entrySd, entryCost } = model;
  const curvature = 1 / (1 - α);
  const sd = σ / Math.sqrt(1 - ρ * ρ);
  // Profits weigh x by e^(curvature x), which moves the mean of a normal law by curvature sd²
  const low = Math.min(m - 6 * sd, entryMeanLog - 6 * entrySd);
  const high = Math.max(m + 6 * sd + curvature * sd * sd, entryMeanLog + 6 * entrySd + curvature * entrySd * entrySd);
  const n = points;
  const h = (high - low) / (n - 1);
  const grid = Float64Array.from({ length: n }, (_, k) => low + k * h);
  const capacity = grid.map((x) => exp(curvature * x)); // z^(1/(1−α))

  /** Probabilities of the cells around each point, of a normal law; the outermost cells have no end. */
  const cell = (mean: number, deviation: number, k: number): number => {
    const at = (edge: number): number => normalCdf((low + edge * h - mean) / deviation);
    return (k === n - 1 ? 1 : at(k + 0.5)) - (k === 0 ? 0 : at(k - 0.5));
  };
  const first = new Int32Array(n);
  const width = Math.min(n, 2 * Math.ceil((REACH * σ) / h) + 3);
  const transition = Array.from(grid, (x, k) => {
    const mean = (1 - ρ) * m + ρ * x;
    first[k] = Math.max(0, Math.min(n - width, Math.floor((mean - low) / h) - (width >> 1)));
    const row = Float64Array.from({ length: width }, (_, j) => cell(mean, σ, first[k] + j));
    const total = row.reduce((a, b) => a + b);
    return row.map((q) => q / total);
  });
  const entry = Float64Array.from(grid, (_, k) => cell(entryMeanLog, entrySd, k));
  const expected = (values: Float64Array, k: number): number => {
    const row = transition[k];
    let sum = 0;
    for (let j = 0, at = first[k]; j < width; j++) sum += row[j] * values[at++];
    return sum;
  };

  const value = new Float64Array(n);
  const future = new Float64Array(n);
  /** Writes V at a price, by policy iteration; returns what an entrant expects. */
  const entrantValue = (price: number): number => {
    // π = (1 − α) α^(α/(1−α)) (p z)^(1/(1−α)) − f
    const scale = (1 - α) * pow(α, α * curvature) * pow(price, curvature);
    const profit = capacity.map((y) => scale * y - f);
    for (let round = 0; ; round++) {
      for (let k = 0; k < n; k++) future[k] = expected(value, k);
      // Errors are weighed as profits are
      let residual = 0;
      for (let k = 0; k < n; k++)
        residual = Math.max(
          residual,
          Math.abs(profit[k] + β * Math.max(0, future[k]) - value[k]) / (profit[k] + 2 * f),
        );
      if (round > 0 && residual <= 1e-10) break;
      if (round > n) requireConverged("hopenhayn", residual, 0, "No exit policy is the best reply to itself.");
      const stay = Uint8Array.from(future, (x) => (x > 0 ? 1 : 0));
      value.set(worthOf(profit, stay));
    }
    return entry.reduce((sum, q, k) => sum + q * value[k], 0);
  };
  /** V of a policy: V = π + β P V where it stays. */
  function worthOf(profit: Float64Array, stay: Uint8Array): Float64Array {
    const rows = transition.map((row, k) => {
      const out = new Float64Array(n);
      if (stay[k]) for (let j = 0; j < width; j++) out[first[k] + j] = -β * row[j];
      out[k] += 1;
      return out;
    });
    return eliminate(rows, profit.slice());
  }
  const gain = (logPrice: number): number => entrantValue(exp(logPrice)) / entryCost - 1;
  let [below, above] = [0, 0];
  for (let step = 1; gain(below) > 0; step *= 2) below -= step;
  for (let step = 1; gain(above) < 0; step *= 2) above += step;
  const price = exp(below === above ? below : findRoot(gain, below, above, { tolerance: 1e-10 }));
  requireConverged("hopenhayn", Math.abs(entrantValue(price) / entryCost - 1), 1e-7, "Free entry has no price here.");

  // E[V(x′) | x] rises in x: firms exit below its zero
  for (let k = 0; k < n; k++) future[k] = expected(value, k);
  let worthStaying = 0;
  while (worthStaying < n && future[worthStaying] < 0) worthStaying++;
  const exitThreshold =
    worthStaying === 0 || worthStaying === n
      ? (worthStaying === 0 ? -1 : 1) * Number.POSITIVE_INFINITY
      : grid[worthStaying - 1] + (h * future[worthStaying - 1]) / (future[worthStaying - 1] - future[worthStaying]);
  const staying = grid.map((x) => Math.min(1, Math.max(0, (x + h / 2 - exitThreshold) / h)));

  // Of one entrant per period: μ = ν + P′ (stayers of μ), those who produce; as many of them exit
  const flows = Array.from(grid, (_, k) => {
    const out = new Float64Array(n);
    out[k] = 1;
    return out;
  });
  for (let k = 0; k < n; k++) for (let j = 0; j < width; j++) flows[first[k] + j][k] -= staying[k] * transition[k][j];
  const mass = eliminate(flows, entry.slice());
  const exits = mass.reduce((sum, q, k) => sum + q * (1 - staying[k]), 0);
  const off = Math.abs(exits / entry.reduce((a, b) => a + b) - 1);
  requireConverged("hopenhayn", off, 1e-7, "Firms live for ever here; raise the fixed cost.");
  const perEntrant = mass.reduce((a, b) => a + b);
  const power = mass.reduce((sum, q, k) => sum + q * capacity[k], 0);
  // D = p Y = p M power (α p)^(α/(1−α))
  const entrants = D / (power * pow(α, α * curvature) * pow(price, curvature));
  return {
    price,
    exitThreshold,
    entrants,
    firms: entrants * perEntrant,
    meanEmployment: (pow(α * price, curvature) * power) / perEntrant,
    grid,
    law: mass.map((q) => q / perEntrant),
    value,
  };
}

/**
 * x of A x = b, in place of b, by elimination that leaves zeros out. Nothing is exchanged: 1 on the diagonal of A outweighs the rest of each row, or of each column, which is
 * at most 0.
 */
function eliminate(rows: readonly Float64Array[], x: Float64Array): Float64Array {
  const n = x.length;
  const end = rows.map((row) => row.findLastIndex((a) => a !== 0) + 1);
  for (let k = 0; k < n; k++)
    for (let i = k + 1; i < n; i++) {
      const factor = rows[i][k] / rows[k][k];
      if (factor === 0) continue;
      for (let j = k; j < end[k]; j++) rows[i][j] -= factor * rows[k][j];
      x[i] -= factor * x[k];
      end[i] = Math.max(end[i], end[k]);
    }
  for (let k = n - 1; k >= 0; k--) {
    for (let j = k + 1; j < end[k]; j++) x[k] -= rows[k][j] * x[j];
    x[k] /= rows[k][k];
  }
  return x;
}
