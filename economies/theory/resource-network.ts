// A resource that is dearer the fuller it is: who uses it, and who should.
//
//   p(U) = p_max / (1 + e^(−k (U − U₀))),   values v ~ U(0, p_max)
//   K U/N = 1 − p(U)/p_max                  many users who count their own gain alone: whoever values it above its price uses it
//   c = E[gain of the other uses too]       N users who ask where v ≥ c: an equilibrium is a c at which asking gains nothing, exactly, others being binomial
//
// A user's reward is u_i + ρ Σ_{k≠i} u_k with u_i = v_i − p if it is served, and r p S/N for everybody, the share r of what the S served pay. At ρ = 1 everybody
// wants Σ u = Σ v − (1 − r) p S, so that the planner's threshold, which makes its expectation the largest, is an equilibrium of cooperative users; at ρ = 0 the
// equilibrium tends to the fixed point as N grows. Of a payment that leaves the network a planner of many users wants less use: K U/N = 1 − (1 − r)(p + U p′)/p_max.
import { type Unknown, unknown } from "walras";
import { exp, findRoot, log, log1p, sigmoid } from "walras/math";

export interface ResourceNetwork {
  /** N. */
  readonly users: number;
  /** K, users who can be served at once. */
  readonly capacity: number;
  /** p_max. */
  readonly priceMax: number;
  /** k. */
  readonly steepness: number;
  /** U₀. */
  readonly midpoint: number;
  /** ρ. */
  readonly cooperation: number;
  /** r. */
  readonly returned: number;
}

/** p(U). */
export const priceAt = (utilisation: number, p: Pick<ResourceNetwork, "priceMax" | "steepness" | "midpoint">): number =>
  p.priceMax * sigmoid(p.steepness * (utilisation - p.midpoint));

/** U of many users who count their own gain alone; 1 where more want to use it than can. */
export function fixedPoint(p: ResourceNetwork): number {
  const excess = (U: number) => 1 - priceAt(U, p) / p.priceMax - (p.capacity / p.users) * U;
  return excess(1) >= 0 ? 1 : findRoot(excess, 0, 1);
}

/** U₀ at which that is U, of as many users as can be served: U₀ = U − ln((1 − U)/U)/k. */
export const midpointFor = (utilisation: number, steepness: number): number =>
  utilisation - (log(1 - utilisation) - log(utilisation)) / steepness;

/** What comes of everybody asking from a value on. */
export interface Outcome {
  /** c, in money. */
  readonly threshold: number;
  /** E[S]/K. */
  readonly utilisation: number;
  /** E[Σ u]/N, in money. */
  readonly welfare: number;
}

/** Points between which thresholds are looked for. */
const GRID = 400;

/** The equilibrium of N users, or why there is none that could be told. */
export function equilibrium(p: ResourceNetwork): Outcome | Unknown {
  const roots = thresholds(p, p.cooperation);
  return roots.length === 1
    ? outcome(p, roots[0]!)
    : unknown(`${roots.length} thresholds are equilibria of users with cooperation ${p.cooperation}`);
}

/** The best outcome for all users together of those that one threshold can bring. */
export function plannersOptimum(p: ResourceNetwork): Outcome {
  // Where welfare is stationary in the threshold, cooperative users gain nothing by asking; 0 is a corner.
  const all = [0, ...thresholds(p, 1)].map((c) => outcome(p, c));
  return all.reduce((best, next) => (next.welfare > best.welfare ? next : best));
}

/** E[S]/K and E[Σ u]/N where everybody asks whose value is at least c. */
export function outcome(p: ResourceNetwork, c: number): Outcome {
  const { users: N, capacity: K, priceMax, returned } = p;
  const mean = (c + priceMax) / 2; // of those who ask
  let [served, welfare] = [0, 0];
  binomial(N, 1 - c / priceMax, (weight, n) => {
    const S = Math.min(n, K);
    served += weight * S;
    welfare += weight * S * (mean - (1 - returned) * priceAt(S / K, p));
  });
  return { threshold: c, utilisation: served / K, welfare: welfare / N };
}

/** Thresholds c from 0 on at which asking gains nothing, or at 0 where it gains even then. */
function thresholds(p: ResourceNetwork, cooperation: number): number[] {
  const { priceMax } = p;
  const gain = (c: number) => gainOfAsking(p, cooperation, c);
  const found: number[] = [];
  let [low, before] = [0, gain(0)];
  if (before >= 0) found.push(0);
  for (let g = 1; g <= GRID; g++) {
    const high = (priceMax * g) / GRID;
    const now = gain(high);
    if (before < 0 !== now < 0) found.push(findRoot(gain, low, high, { tolerance: 1e-14 * priceMax }));
    [low, before] = [high, now];
  }
  return found;
}

/** What a user whose value is c gains by asking, with what it counts of the others' gains, where the others ask from c on. */
function gainOfAsking(p: ResourceNetwork, cooperation: number, c: number): number {
  const { users: N, capacity: K, priceMax, returned } = p;
  const mean = (c + priceMax) / 2;
  let gain = 0;
  binomial(N - 1, 1 - c / priceMax, (weight, others) => {
    const [without, served] = [Math.min(others, K), Math.min(others + 1, K)];
    const [before, price] = [priceAt(without / K, p), priceAt(served / K, p)];
    const share = served / (others + 1); // of those who ask
    const back = (returned * (served * price - without * before)) / N;
    const theirs = others * share * (mean - price) - without * (mean - before) + (N - 1) * back;
    gain += weight * (share * (c - price) + back + cooperation * theirs);
  });
  return gain;
}

/** Probabilities of n = 0 … N by `visit`, those below 1e-18 left out. */
function binomial(N: number, q: number, visit: (weight: number, n: number) => void): void {
  if (q <= 0 || q >= 1) {
    visit(1, q <= 0 ? 0 : N);
    return;
  }
  const odds = q / (1 - q);
  const mode = Math.min(N, Math.floor((N + 1) * q));
  let logWeight = N * log1p(-q) + mode * log(odds);
  for (let j = 1; j <= mode; j++) logWeight += log((N - mode + j) / j);
  const top = exp(logWeight);
  for (let n = mode, weight = top; n <= N && weight > 1e-18; n++) {
    visit(weight, n);
    weight *= (odds * (N - n)) / (n + 1);
  }
  for (let n = mode - 1, weight = (top * mode) / (odds * (N - mode + 1)); n >= 0 && weight > 1e-18; n--) {
    visit(weight, n);
    weight *= n / (odds * (N - n + 1));
  }
}
