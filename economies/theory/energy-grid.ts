// When households take their power: a planner's quadratic programme, and the game among households, which minimises another of the same form.
//
// Kind k has share w_k of N households, usual loads d_kh and discomfort κ_k; X_h is the mean load of hour h.
//   planner:    min  b/2 Σ_h X_h² + Σ_k w_k κ_k/2 Σ_h (x_kh − d_kh)²          s.t.  Σ_h x_kh = Σ_h d_kh,  x ≥ 0
//   household:  min  b/2 Σ_h x_h X_h + κ/2 Σ_h (x_h − d_h)² + ρ b/2 Σ_h x_h (X_h − x_h/N)
// Where all households have done so,  g X_h + c_k x_kh = λ_k + κ_k d_kh  or x_kh = 0,   g = b (1 + ρ)/2,  c_k = κ_k + b (1 − ρ)/(2N):
// conditions of a strictly convex programme, whose solution is the one equilibrium (Rosen 1965), and with ρ = 1 those of the planner.
// Nobody at 0: deviations from means over hours are  X̃ = (Σ_k w_k κ_k d̃_k/c_k)/(1 + g Σ_k w_k/c_k),  x̃_k = (κ_k d̃_k − g X̃)/c_k.
import { cholesky, cos, requireConverged, solveCholesky } from "walras/math";

export interface Grid {
  readonly households: number; // N
  /** κ_k */
  readonly discomforts: readonly number[];
  readonly priceSlope: number; // b
  readonly tokens: number; // ρ
}

/** How households take their power unless they shift it. */
export interface Usual {
  readonly hours: number; // H
  /** By kind: energy of a day, the hour of 24 in which its load is largest. */
  readonly energies: readonly number[];
  readonly peaks: readonly number[];
  readonly swing: number;
}

export interface Loads {
  /** x_kh */
  readonly loads: readonly Float64Array[];
  /** X_h */
  readonly mean: Float64Array;
}

/** d_kh = E_k/H (1 + swing · cos 2π(h/H − peak_k/24)) */
export const usualLoads = ({ hours: H, energies, peaks, swing }: Usual): Float64Array[] =>
  energies.map((energy, k) =>
    Float64Array.from({ length: H }, (_, h) => (energy / H) * (1 + swing * cos(2 * Math.PI * (h / H - peaks[k] / 24)))),
  );

/** How many households are of each kind: household i is of kind i modulo their number. */
export const householdsOfKind = ({ households, discomforts }: Pick<Grid, "households" | "discomforts">): number[] =>
  discomforts.map((_, k) => Math.max(0, Math.ceil((households - k) / discomforts.length)));

/** Loads from which no household gains by moving alone; ρ = 1: the planner's. `usual`: d_kh. */
export function equilibriumLoads(grid: Grid, usual: readonly Float64Array[]): Loads {
  const { households: N, discomforts: κ, priceSlope: b, tokens: ρ } = grid;
  const w = householdsOfKind(grid).map((n) => n / N);
  const g = (b * (1 + ρ)) / 2;
  const c = κ.map((one) => one + (b * (1 - ρ)) / (2 * N));
  const interior = withoutBounds(usual, w, κ, c, g);
  return interior.loads.every((x) => x.every((load) => load >= 0)) ? interior : withBounds(usual, w, κ, c, g);
}

/** Per household and day: what generation costs, and discomfort. */
export function socialCost(
  { discomforts: κ, priceSlope: b, ...grid }: Grid,
  usual: readonly Float64Array[],
  { loads, mean }: Loads,
): number {
  const counts = householdsOfKind({ ...grid, discomforts: κ });
  const discomfort = loads.map(
    (x, k) =>
      (((counts[k] / grid.households) * κ[k]) / 2) *
      sum(x.map((load, h) => (load - usual[k][h]) * (load - usual[k][h]))),
  );
  return (b / 2) * sum(mean.map((X) => X * X)) + sum(discomfort);
}

/** X_h of given loads. */
export function meanLoad(grid: Pick<Grid, "households" | "discomforts">, loads: readonly Float64Array[]): Float64Array {
  const counts = householdsOfKind(grid);
  return loads[0].map((_, h) => sum(loads.map((x, k) => (counts[k] / grid.households) * x[h])));
}

/** The nearest loads, each at least 0, that sum to `energy`, written over `x` [n]. Held, Wolfe & Crowder 1974. */
export function nearestLoads(x: Float64Array, energy: number): void {
  const sorted = Float64Array.from(x).sort().reverse();
  let [reached, level] = [0, 0];
  for (let n = 1; n <= sorted.length; n++) {
    reached += sorted[n - 1];
    const here = (energy - reached) / n;
    if (sorted[n - 1] + here <= 0) break;
    level = here;
  }
  for (let h = 0; h < x.length; h++) x[h] = Math.max(0, x[h] + level);
}

function withoutBounds(
  usual: readonly Float64Array[],
  w: readonly number[],
  κ: readonly number[],
  c: readonly number[],
  g: number,
): Loads {
  const means = usual.map((d) => sum(d) / d.length);
  const response = sum(w.map((share, k) => share / c[k]));
  const moved = usual[0].map(
    (_, h) => sum(w.map((share, k) => (share * κ[k] * (usual[k][h] - means[k])) / c[k])) / (1 + g * response),
  );
  const loads = usual.map((d, k) => d.map((load, h) => means[k] + (κ[k] * (load - means[k]) - g * moved[h]) / c[k]));
  const mean = sum(w.map((share, k) => share * means[k]));
  return { loads, mean: moved.map((X) => mean + X) };
}

/** Of X, beside what the slopes make of its rounding. */
const TOLERANCE = 1e-13;

/**
 * Newton's method on X: with the hours known in which a kind takes nothing, conditions are linear. Sweeps, in which each kind does its best given the others,
 * come first, and again where Newton's method goes round in circles.
 */
function withBounds(
  usual: readonly Float64Array[],
  w: readonly number[],
  κ: readonly number[],
  c: readonly number[],
  g: number,
): Loads {
  const H = usual[0].length;
  const energies = usual.map(sum);
  const scale = Math.max(...energies) / H;
  // x_k at mean loads X: λ_k + (κ_k d_k − g X)/c_k, at least 0
  const answer = (X: Float64Array): Float64Array[] =>
    usual.map((d, k) => {
      const x = d.map((load, h) => (κ[k] * load - g * X[h]) / c[k]);
      nearestLoads(x, energies[k]);
      return x;
    });
  const meanOf = (loads: readonly Float64Array[]): Float64Array =>
    usual[0].map((_, h) => sum(loads.map((x, k) => w[k] * x[h])));
  const loads: Float64Array[] = usual.map((d) => Float64Array.from(d));
  let residual = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 200; round++) {
    for (let sweep = 0; sweep < 50; sweep++)
      for (let k = 0; k < usual.length; k++) {
        const others = meanOf(loads).map((X, h) => X - w[k] * loads[k][h]);
        loads[k] = usual[k].map((d, h) => (κ[k] * d - g * others[h]) / (c[k] + g * w[k]));
        nearestLoads(loads[k], energies[k]);
      }
    let X = meanOf(loads);
    for (let step = 0; step < 20; step++) {
      const now = answer(X);
      const mean = meanOf(now);
      residual = Math.max(...mean.map((load, h) => Math.abs(load - X[h]))) / (scale * (1 + g / Math.min(...c)));
      if (residual <= TOLERANCE) return { loads: now, mean };
      X = newtonStep(now);
    }
  }
  requireConverged("energy-grid", residual, TOLERANCE, "Bring discomforts and the slope of the price closer together.");
  return { loads, mean: meanOf(loads) };

  // (1 + g Σ_k w_k/c_k (1_A − 1_A 1_Aᵀ/|A|)) X = Σ_k w_k (κ_k d_k/c_k + λ̂_k) on A_k, the hours in which kind k takes something
  function newtonStep(now: readonly Float64Array[]): Float64Array {
    const matrix = new Float64Array(H * H);
    const right = new Float64Array(H);
    for (let h = 0; h < H; h++) matrix[h * H + h] = 1;
    now.forEach((x, k) => {
      const hours = Array.from(x.keys()).filter((h) => x[h] > 0);
      const wanted = hours.map((h) => (κ[k] * usual[k][h]) / c[k]);
      const level = (energies[k] - sum(wanted)) / hours.length;
      hours.forEach((h, n) => {
        right[h] += w[k] * (wanted[n] + level);
        matrix[h * H + h] += (g * w[k]) / c[k];
        for (const other of hours) matrix[h * H + other] -= (g * w[k]) / (c[k] * hours.length);
      });
    });
    return solveCholesky(cholesky(matrix, H)!, right); // the identity and what is positive semidefinite
  }
}

const sum = (x: ArrayLike<number>): number => {
  let total = 0;
  for (let i = 0; i < x.length; i++) total += x[i];
  return total;
};
