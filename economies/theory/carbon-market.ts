// Cap and trade in closed form. Firms abate a at cost C(a) = (c + θ) a + γ a²/2, at most all of their emissions u.
//
// Montgomery 1972, JET 5, 395: all marginal costs equal the permit price, whoever gets the permits:  Σ a_i(p) = N u − permits,  a_i(p) = min(u, (p − c)⁺/γ_i)
// Rubin 1996, JEEM 31, 269, in years: while permits are banked the price rises at the rate of interest, p_{t+1} = p_t/β. The bank is never below 0, so
// that p_s is the least price for which no year t ≥ s finds too little:  p_s = max_t p_s(t),  Σ_{s..t} A(p_s(t) β^{s−j}) = Σ_{s..t} (N u − permits_j)
// and the bank is empty at the last t that attains it. From there on the same again.
// Hahn 1984, QJE 99, 753: a firm that moves the price abates  γ_i a_i = p − c + λ_i (e_i − a_i),  e_i = u − its permits, λ_i = 1/Σ_{j≠i} k_j; all at once in supply functions, Klemperer & Meyer 1989, Econometrica 57, 1243
// Weitzman 1974, REStud 41, 477: with θ = ±σ, G = 1/mean(1/γ) and marginal damages of slope d,  welfare under the tax less that under the cap = σ² (G − d)/(2 G²)
import { type Unknown, unknown } from "walras";
import { findRoot } from "walras/math";

export interface Firms {
  readonly firms: number; // N
  readonly slopes: readonly number[]; // γ of each kind; firm i is of kind i modulo their number
  readonly leastCost: number; // c
  readonly baseline: number; // u
}

export interface Cap extends Firms {
  readonly caps: readonly number[]; // permits over baseline emissions, by year
  readonly discountFactor: number; // β
  readonly banking: boolean;
}

/** Means per firm, by year. */
export interface PermitPath {
  readonly prices: readonly number[];
  readonly abatement: readonly number[];
  /** Permits kept at the end of each year. */
  readonly bank: readonly number[];
  /** The year, from 1, by whose end the last bank is used up; 0 where nobody banks, null where permits are left over. */
  readonly exhaustion: number | null;
  /** Discounted to the first year. */
  readonly cost: number;
}

/** How many firms are of each kind. */
export const firmsOfKind = ({ firms, slopes }: Pick<Firms, "firms" | "slopes">): number[] =>
  slopes.map((_, k) => Math.max(0, Math.ceil((firms - k) / slopes.length)));

/** a of a firm that takes the price as given. */
export const abatementOf = (
  price: number,
  slope: number,
  { leastCost, baseline }: Pick<Firms, "leastCost" | "baseline">,
): number => Math.min(baseline, Math.max(0, price - leastCost) / slope);

/** C(a). */
export const abatementCost = (abated: number, slope: number, leastCost: number): number =>
  leastCost * abated + (slope / 2) * abated * abated;

/** G, the slope of marginal costs in mean abatement. */
export const commonSlope = (f: Pick<Firms, "firms" | "slopes">): number =>
  f.firms / sum(firmsOfKind(f).map((n, k) => n / f.slopes[k]));

export function permitPath(economy: Cap): PermitPath {
  const { caps, discountFactor: β, banking, baseline: u } = economy;
  const counts = firmsOfKind(economy);
  const meanOf = (of: (slope: number) => number): number =>
    sum(counts.map((n, k) => (n > 0 ? n * of(economy.slopes[k]) : 0))) / economy.firms;
  const abated = (price: number): number => meanOf((slope) => abatementOf(price, slope, economy));
  const missing = caps.map((cap) => u * (1 - cap));
  const dearest = economy.leastCost + u * Math.max(...economy.slopes.filter((_, k) => counts[k] > 0));
  const years = caps.length;
  const prices: number[] = [];
  while (prices.length < years) {
    const s = prices.length;
    const reach = banking ? years : s + 1;
    let [best, end] = [0, years - 1]; // of no price, for ever
    if (!banking) end = s;
    // What is abated from year s to t when the price is p in s.
    const through = (p: number, t: number): number => {
      let [total, price] = [0, p];
      for (let j = s; j <= t; j++, price /= β) total += abated(price);
      return total;
    };
    let needed = 0;
    for (let t = s; t < reach; t++) {
      needed += missing[t];
      if (needed <= 0 || through(best, t) >= needed) continue;
      best = through(dearest, t) > needed ? findRoot((p) => through(p, t) - needed, best, dearest) : dearest;
      end = t;
    }
    for (let [t, p] = [s, best]; t <= end; t++, p /= β) prices.push(p);
  }
  const abatement = prices.map(abated);
  let kept = 0;
  const bank = abatement.map((a, t) => {
    kept = banking ? kept + a - missing[t] : 0;
    // Windows end empty but for rounding.
    if (kept < 1e-9 * u) kept = 0;
    return kept;
  });
  const left = bank[years - 1] > 0;
  const last = bank.findLastIndex((b) => b > 0);
  let [cost, weight] = [0, 1];
  for (const price of prices) {
    cost += weight * meanOf((slope) => abatementCost(abatementOf(price, slope, economy), slope, economy.leastCost));
    weight *= β;
  }
  return { prices, abatement, bank, exhaustion: left ? null : last < 0 ? 0 : last + 2, cost };
}

/** A year in which each firm knows how its own response moves the price. By kind of firm, where not the price. */
export interface StrategicYear {
  readonly price: number;
  /** k: abatement for each unit of the price above c. */
  readonly responses: readonly number[];
  readonly abatement: readonly number[];
  /** The highest price that one firm can bring about, by abating nothing. */
  readonly highest: number;
}

/**
 * a that is best for a firm that lacks `needed` = u − its permits, where all together must abate `total` and the others abate Σ k_j = `others` for each unit of the
 * price above c: γ a = x + (needed − a)/others on x = (total − a)/others. Profit is concave in a.
 */
export const strategicAbatement = (slope: number, needed: number, total: number, others: number): number =>
  Math.min(total, Math.max(0, (total + needed) / (slope * others + 2)));

/**
 * Nash equilibrium of the year in which firms choose k and permits are dealt out by weight. With D = N u − permits, shares s_i = a_i/D = k_i/K and ε_i = e_i/D,
 * a best reply to the others' (1 − s_i) K is  γ_i K s_i² − (γ_i K + 2) s_i + 1 + ε_i = 0.  The smaller root falls in K, so that Σ s_i = 1 has one solution.
 * As N grows, p is Montgomery's price and an error of O(1/N). Unknown where no such K exists, or a firm that abates less would drive others to abate all they emit.
 */
export function strategicYear(
  economy: Firms & { readonly allocation: readonly number[] },
  cap: number,
): StrategicYear | Unknown {
  const { firms, slopes, allocation, baseline: u, leastCost } = economy;
  const counts = firmsOfKind(economy);
  const D = firms * u * (1 - cap);
  const none = slopes.map(() => 0);
  if (D <= 0) return { price: 0, responses: none, abatement: none, highest: 0 };
  const weights = sum(counts.map((n, k) => n * allocation[k]));
  const needed = allocation.map((weight) => u - (cap * u * firms * weight) / weights); // e
  const share = (k: number, K: number): number => {
    const [b, c] = [slopes[k] * K + 2, 1 + needed[k] / D];
    const square = b * b - 4 * slopes[k] * K * c;
    // A firm that lacks more than all can abate would have no other abate anything.
    return square < 0 ? 1 : Math.min(1, Math.max(0, (2 * c) / (b + Math.sqrt(square))));
  };
  const excess = (K: number): number => sum(counts.map((n, k) => n * share(k, K))) - 1;
  let [low, high] = [firms / commonSlope(economy), firms / commonSlope(economy)]; // K of price takers
  for (let t = 0; t < 60 && excess(high) > 0; t++) high *= 2;
  for (let t = 0; t < 60 && excess(low) < 0; t++) low /= 2;
  if (!(excess(low) >= 0 && excess(high) <= 0)) return NO_EQUILIBRIUM;
  const K = findRoot(excess, low, high);
  const shares = slopes.map((_, k) => share(k, K));
  const best = slopes.map((γ, k) => strategicAbatement(γ, needed[k], D, (1 - shares[k]) * K));
  const live = slopes.map((_, k) => k).filter((k) => counts[k] > 0);
  if (Math.abs(excess(K)) > 1e-9 || live.some((k) => Math.abs(best[k] - shares[k] * D) > 1e-9 * D))
    return NO_EQUILIBRIUM;
  const steepest = Math.max(...live.map((k) => D / ((1 - shares[k]) * K))); // x where one firm abates nothing
  // Above, others' abatement would not be linear in the price.
  if (live.some((k) => shares[k] * K * steepest > u))
    return unknown("firms may abate all that they emit where one of them abates less");
  return {
    price: leastCost + D / K,
    responses: shares.map((s) => s * K),
    abatement: shares.map((s) => s * D),
    highest: leastCost + steepest,
  };
}

const NO_EQUILIBRIUM = unknown("no equilibrium was found in which every firm abates something");

/** Δ: welfare per firm and year under the tax less that under the cap. */
export const advantageOfTax = (shock: number, costSlope: number, damageSlope: number): number =>
  (shock * shock * (costSlope - damageSlope)) / (2 * costSlope * costSlope);

/** B(q) − C of mean abatement q: marginal benefits cross expected marginal costs where the cap is, and fall with slope d. */
export const benefit = (abated: number, aim: number, price: number, damageSlope: number): number =>
  price * (abated - aim) - (damageSlope / 2) * (abated - aim) * (abated - aim);

const sum = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0);
