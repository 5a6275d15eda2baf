// How households who cannot borrow save and work, one period at a time: what steady states (bewley.ts) and transitions (bewley-transition.ts) of
// incomplete markets are made of.
//
//   max E Σ βᵗ (u(c) − h^(1+ζ)/(1+ζ)),   u′ = c^(−γ),   c + a′ = (1 − τ)(w e h + r a) + (1 − τ_a) a + T,   a′ ≥ 0,  0 ≤ h ≤ 1
//   e on a chain (income-chains.ts), E[e] = 1;   the grid of wealth may begin below 0, and then so much can be borrowed
// Backwards by endogenous grid points (Carroll 2006), forwards by lotteries between grid points (Young 2010).
//
// S states of productivity, G points of wealth, rows by state: [S, G]
import { exp, log, pow } from "../math/index.ts";
import type { Autoregression } from "./autoregression.ts";
import type { ProductivityChain } from "./income-chains.ts";

/** ρ and σ make the chain where none is given. */
export interface Saver extends Autoregression {
  readonly discountFactor: number; // β
  /** γ of (c^(1−γ) − 1)/(1 − γ); default 1, the logarithm. Another goes with an infinite ζ. */
  readonly riskAversion?: number;
  /** ζ; Infinity: everybody works all the time. */
  readonly inverseFrisch: number;
  readonly incomeTaxRate: number; // τ
  readonly assetTaxRate: number; // τ_a
}

/** What a period pays. */
export interface Prices {
  readonly interest: number; // r
  readonly wage: number; // w
  readonly rebate: number; // T
}

/** What everybody does: each [S, G]. */
export interface Plans {
  readonly consumption: Float64Array;
  readonly hours: Float64Array;
  readonly saved: Float64Array; // a′
}

/** What a household of productivity e and wealth a consumes and works. */
export type Policy = (productivity: number, wealth: number) => { readonly consumption: number; readonly hours: number };

/** From the least, finer where wealth is small: by this power. */
export function wealthGrid(G: number, most: number, least = 0, power = 3): Float64Array {
  return Float64Array.from({ length: G }, (_, g) => least + (most - least) * pow(g / (G - 1), power));
}

/** Masses below this are taken for none: processors are slow with numbers near the smallest. */
const NOBODY = 1e-100;

export interface SavingSteps {
  /** Marginal rate on wealth carried over, 1 + r after taxes. */
  grossReturn(prices: Prices): number;
  /** Writes today's plans, given tomorrow's consumption [S, G], which may be the same array; `nextReturn` is tomorrow's gross return after taxes. */
  back(plans: Plans, tomorrow: Float64Array, today: Prices, nextReturn: number): void;
  /** Writes tomorrow's masses [S, G] from today's; the two are different arrays. */
  forward(moved: Float64Array, mass: Float64Array, saved: Float64Array): void;
}

export interface SavingOptions {
  /** Wealth at which today's plans are wanted [H], within the range of the grid; plans and masses are then [S, H]. Default: the grid. */
  readonly points?: Float64Array;
  /** Consumption between the wealths that lead to points of the grid: on straight lines, or on cubics, whose error is of the third power of the distance. Default linear. */
  readonly between?: "linear" | "cubic";
  /** Nobody may keep more than the grid reaches, and everybody knows; otherwise it only ends there, and who would keep more loses the rest. Default false. */
  readonly bounded?: boolean;
}

/** `a` [G] is the grid of wealth of tomorrow's consumption, which begins at the least that a household may keep. */
export function savingSteps(
  saver: Saver,
  chain: ProductivityChain,
  a: Float64Array,
  { points: x = a, between = "linear", bounded = false }: SavingOptions = {},
): SavingSteps {
  const { discountFactor: β, riskAversion: γ = 1, inverseFrisch: ζ, incomeTaxRate: τ, assetTaxRate: τa } = saver;
  if (γ !== 1 && ζ !== Infinity)
    throw new Error(
      `savingSteps: riskAversion is ${γ} and hours are chosen (inverseFrisch ${ζ}); expected riskAversion 1, or inverseFrisch Infinity.`,
    );
  const { values: e, transition: P } = chain;
  const [S, G, H] = [e.length, a.length, x.length];
  const marginal = new Float64Array(S * G); // u′ of tomorrow
  const expected = new Float64Array(G);
  const fromHere = new Float64Array(G); // wealth today that leads to a grid point tomorrow
  const spent = new Float64Array(G);
  const slope = new Float64Array(G); // of `spent` over `fromHere`
  const perCell = Float64Array.from({ length: H - 1 }, (_, g) => 1 / (x[g + 1] - x[g]));
  const landed = new Float64Array(S * H); // masses at tomorrow's wealth and today's productivity
  const grossReturn = ({ interest }: Prices): number => (1 - τ) * interest + 1 - τa;
  /** h^ζ = (1 − τ) w e/c; all of them where ζ is infinite. */
  const hoursAt =
    ζ === Infinity
      ? (): number => 1
      : ζ === 2
        ? (c: number, pay: number): number => Math.min(1, Math.sqrt(pay / c))
        : (c: number, pay: number): number => Math.min(1, pow(pay / c, 1 / ζ));

  /** c = m + pay h(c), of those who keep nothing. */
  function handToMouth(m: number, pay: number): number {
    if (m <= 0) return m + pay; // all hours, and no other means
    // c − m − pay h(c) is concave and below 0 here, so that Newton's method climbs to the root from below.
    let c = Math.max(m, pay);
    for (let k = 0; k < 50; k++) {
      const earned = pay * hoursAt(c, pay);
      const step = (m + earned - c) / (1 + earned / (ζ * c));
      c += step;
      if (step <= 1e-15 * c) break;
    }
    return c;
  }

  return {
    grossReturn,
    back({ consumption: c, hours: h, saved }, tomorrow, { wage, interest, rebate: T }, nextReturn) {
      const R = grossReturn({ wage, interest, rebate: T });
      marginals(marginal, tomorrow, γ);
      for (let s = 0; s < S; s++) {
        const pay = (1 - τ) * wage * e[s];
        expected.fill(0);
        for (let next = 0; next < S; next++) {
          const p = P[s][next];
          for (let g = 0, k = next * G; g < G; g++, k++) expected[g] += p * marginal[k];
        }
        for (let g = 0; g < G; g++) expected[g] *= β * nextReturn;
        consumptionsAt(spent, expected, γ);
        for (let g = 0; g < G; g++) {
          fromHere[g] = (spent[g] + a[g] - pay * hoursAt(spent[g], pay) - T) / R;
        }
        if (between === "cubic") slopes(slope, fromHere, spent);
        for (let g = 0, at = 0; g < H; g++) {
          const k = s * H + g;
          while (at < G - 2 && fromHere[at + 1] < x[g]) at++;
          if (x[g] < fromHere[0]) c[k] = handToMouth(R * x[g] + T - a[0], pay);
          else if (bounded && x[g] > fromHere[G - 1]) c[k] = handToMouth(R * x[g] + T - a[G - 1], pay);
          else {
            const width = fromHere[at + 1] - fromHere[at];
            const rise = spent[at + 1] - spent[at];
            const share = (x[g] - fromHere[at]) / width;
            c[k] = spent[at] + share * rise;
            if (between === "cubic" && share < 1)
              c[k] +=
                share *
                (1 - share) *
                ((1 - share) * (width * slope[at] - rise) - share * (width * slope[at + 1] - rise));
          }
          h[k] = hoursAt(c[k], pay);
          saved[k] = Math.min(x[H - 1], Math.max(x[0], R * x[g] + T + pay * h[k] - c[k]));
        }
      }
    },
    forward(moved, mass, saved) {
      landed.fill(0);
      for (let s = 0; s < S; s++)
        for (let g = 0, left = 0, k = s * H; g < H; g++, k++) {
          const m = mass[k];
          if (m < NOBODY) continue;
          while (left < H - 2 && x[left + 1] <= saved[k]) left++; // who has more keeps more
          const up = m * (saved[k] - x[left]) * perCell[left];
          landed[s * H + left] += m - up;
          landed[s * H + left + 1] += up;
        }
      moved.fill(0);
      for (let s = 0; s < S; s++)
        for (let next = 0; next < S; next++) {
          const p = P[s][next];
          for (let g = 0, from = s * H, to = next * H; g < H; g++, from++, to++) moved[to] += p * landed[from];
        }
    },
  };
}

/** Slopes [n] of the parabolas through each point of (x, y) and its two neighbours, x increasing, n ≥ 3. */
function slopes(slope: Float64Array, x: Float64Array, y: Float64Array): void {
  const n = x.length;
  let [before, rise] = [x[1] - x[0], (y[1] - y[0]) / (x[1] - x[0])];
  for (let i = 1; i < n - 1; i++) {
    const after = x[i + 1] - x[i];
    const next = (y[i + 1] - y[i]) / after;
    slope[i] = (after * rise + before * next) / (before + after);
    if (i === 1) slope[0] = 2 * rise - slope[1];
    [before, rise] = [after, next];
  }
  slope[n - 1] = 2 * rise - slope[n - 2];
}

/** u′(c) = c^(−γ). A hundred times as fast as `pow` where γ is 1 or 2, several times where it is another whole number. */
export function marginals(out: Float64Array, c: Float64Array, γ: number): void {
  const n = out.length;
  if (γ === 1) for (let k = 0; k < n; k++) out[k] = 1 / c[k];
  else if (γ === 2) for (let k = 0; k < n; k++) out[k] = 1 / (c[k] * c[k]);
  else if (Number.isInteger(γ))
    for (let k = 0; k < n; k++) {
      let power = c[k];
      for (let i = 1; i < γ; i++) power *= c[k];
      out[k] = 1 / power;
    }
  else for (let k = 0; k < n; k++) out[k] = exp(-γ * log(c[k]));
}

/** c at which u′(c) is worth so much: its power −1/γ. */
export function consumptionsAt(out: Float64Array, worth: Float64Array, γ: number): void {
  const n = out.length;
  if (γ === 1) for (let k = 0; k < n; k++) out[k] = 1 / worth[k];
  else if (γ === 2) for (let k = 0; k < n; k++) out[k] = 1 / Math.sqrt(worth[k]);
  else for (let k = 0; k < n; k++) out[k] = exp(-log(worth[k]) / γ);
}

/** Plans between grid points: linear in wealth and in ln e. */
export function policyOf({ values: e }: ProductivityChain, a: Float64Array, { consumption, hours }: Plans): Policy {
  const [S, G] = [e.length, a.length];
  return (productivity, wealth) => {
    const x = Math.min(e[S - 1], Math.max(e[0], productivity));
    let s = 0;
    while (s < S - 2 && e[s + 1] < x) s++;
    const y = Math.min(a[G - 1], Math.max(a[0], wealth));
    let g = 0;
    while (g < G - 2 && a[g + 1] < y) g++;
    const u = log(x / e[s]) / log(e[s + 1] / e[s]);
    const v = (y - a[g]) / (a[g + 1] - a[g]);
    const between = (z: Float64Array): number =>
      (1 - u) * ((1 - v) * z[s * G + g] + v * z[s * G + g + 1]) +
      u * ((1 - v) * z[(s + 1) * G + g] + v * z[(s + 1) * G + g + 1]);
    return { consumption: between(consumption), hours: between(hours) };
  };
}

export interface Totals {
  readonly wealth: number; // Σ a
  readonly labour: number; // Σ e h
  readonly consumption: number; // Σ c
  readonly hours: number; // Σ h
  /** Mean utility. */
  readonly welfare: number;
}

/** Means over households of masses that sum to 1. */
export function totalsOf(
  { inverseFrisch: ζ, riskAversion: γ = 1 }: Saver,
  { values: e }: ProductivityChain,
  a: Float64Array,
  { consumption: c, hours: h }: Plans,
  mass: Float64Array,
): Totals {
  const [S, G] = [e.length, a.length];
  let [wealth, labour, consumption, hours, welfare] = [0, 0, 0, 0, 0];
  for (let s = 0, k = 0; s < S; s++)
    for (let g = 0; g < G; g++, k++) {
      const m = mass[k];
      if (m === 0) continue;
      wealth += m * a[g];
      labour += m * e[s] * h[k];
      consumption += m * c[k];
      hours += m * h[k];
      const effort = ζ === Infinity ? 0 : (ζ === 2 ? h[k] * h[k] * h[k] : pow(h[k], 1 + ζ)) / (1 + ζ);
      welfare += m * ((γ === 1 ? log(c[k]) : (pow(c[k], 1 - γ) - 1) / (1 - γ)) - effort);
    }
  return { wealth, labour, consumption, hours, welfare };
}

/** Gini coefficient of x [n] with masses [n] that sum to 1: 1 − twice the area under the Lorenz curve. */
export function weightedGini(x: Float64Array, mass: Float64Array): number {
  let [sum, area] = [0, 0];
  for (const k of ascending(x, mass)) {
    area += mass[k] * (2 * sum + mass[k] * x[k]);
    sum += mass[k] * x[k];
  }
  return 1 - area / sum;
}

/** Lorenz curve of x [n] with masses [n] that sum to 1: the share of all that the poorest 0, 1, … 100 % hold. */
export function weightedLorenz(x: Float64Array, mass: Float64Array): Float64Array {
  const order = ascending(x, mass);
  const total = order.reduce((sum, k) => sum + mass[k] * x[k], 0);
  const curve = new Float64Array(101);
  let [people, held, percent] = [0, 0, 1];
  for (const k of order) {
    for (; percent < 100 && people + mass[k] >= percent / 100; percent++)
      curve[percent] = (held + (percent / 100 - people) * x[k]) / total;
    people += mass[k];
    held += mass[k] * x[k];
  }
  return curve.fill(1, percent);
}

/** Places of x where there is mass, by x. */
const ascending = (x: Float64Array, mass: Float64Array): number[] =>
  Array.from(x.keys())
    .filter((k) => mass[k] > 0)
    .sort((i, j) => x[i] - x[j]);
