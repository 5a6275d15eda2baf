// Households who insure themselves: the stationary equilibrium of Bewley (1986), Huggett (1993) and Aiyagari (1994), with hours chosen and with
// linear taxes on income and wealth that come back in equal parts.
//
//   max E Σ βᵗ (ln c − h^(1+ζ)/(1+ζ)),   c + a′ = (1 − τ)(w e h + r a) + (1 − τ_a) a + T,   a′ ≥ 0,  0 ≤ h ≤ 1
//   ln e′ = ρ ln e + σ ε on a Rouwenhorst chain, E[e] = 1;   w and r marginal products;   T = τ (w L + r K) + τ_a K
// Endogenous grid points (Carroll 2006) for the household, lotteries between grid points (Young 2010) for the distribution, and Brent's
// method for the interest rate at which what households hold is what firms rent.
//
// S states of productivity, G points of wealth, rows by state: [S, G]
import { exp, findRoot, log, pow } from "../math/index.ts";

export interface Bewley {
  readonly discountFactor: number; // β
  readonly capitalShare: number; // α
  readonly totalFactorProductivity: number; // A
  readonly depreciation: number; // δ
  /** ζ; Infinity: everybody works all the time. */
  readonly inverseFrisch: number;
  readonly persistence: number; // ρ
  readonly innovationSd: number; // σ
  readonly incomeTaxRate: number; // τ
  readonly assetTaxRate: number; // τ_a
}

export interface BewleyOptions {
  /** S. Default 7. */
  readonly states?: number;
  /** G. Default 200. */
  readonly points?: number;
  /** Greatest wealth, in multiples of what identical households would hold. Default 15. */
  readonly most?: number;
}

export interface BewleyEquilibrium {
  readonly interest: number;
  readonly wage: number;
  readonly capital: number;
  readonly output: number;
  readonly consumption: number;
  readonly hours: number;
  readonly rebate: number;
  /** Mean utility per period. */
  readonly welfare: number;
  readonly wealthGini: number;
  readonly incomeGini: number;
  readonly consumptionGini: number;
  /** What a household of productivity e and wealth a consumes and works, between grid points linearly. */
  readonly policy: (productivity: number, wealth: number) => { readonly consumption: number; readonly hours: number };
}

export function bewleyEquilibrium(economy: Bewley, options: BewleyOptions = {}): BewleyEquilibrium {
  const { states: S = 7, points: G = 200, most = 15 } = options;
  const { discountFactor: β, capitalShare: α, totalFactorProductivity: A, depreciation: δ } = economy;
  const { incomeTaxRate: τ, assetTaxRate: τa } = economy;
  const { values: e, transition: P } = productivityChain(economy, S);
  const patient = (1 / β - 1 + τa) / (1 - τ); // r of identical households: above it wealth has no bound
  const perHour = (r: number): number => pow((α * A) / (r + δ), 1 / (1 - α)); // K/L
  const a = wealthGrid(G, most * perHour(patient));
  const household = createHousehold(economy, e, P, a);
  let T = 0;

  function aggregatesAt(r: number) {
    const k = perHour(r);
    const w = (1 - α) * A * pow(k, α);
    for (let round = 0; ; round++) {
      household.solve(r, w, T);
      const { wealth, labour } = household.totals();
      const next = τ * (w * labour + r * wealth) + τa * wealth;
      const change = Math.abs(next - T);
      T = next;
      if (change < 1e-6 || round === 50) return { w, wealth, labour, excess: wealth / (k * labour) - 1 };
    }
  }

  const lowest = Math.max(-0.9 * δ, patient - 0.05);
  const r = findRoot((x) => aggregatesAt(x).excess, lowest, patient - 1e-4, { tolerance: 1e-7 });
  const { w, wealth, labour } = aggregatesAt(r);
  return {
    interest: r,
    wage: w,
    capital: wealth,
    output: A * pow(wealth, α) * pow(labour, 1 - α),
    rebate: T,
    ...household.summary(r, w),
  };
}

/** Rouwenhorst (1995): S values of e with the persistence and the unconditional variance of the AR(1), and their transitions by row. */
function productivityChain({ persistence: ρ, innovationSd: σ }: Bewley, S: number) {
  const q = (1 + ρ) / 2;
  let P: number[][] = [[1]];
  for (let n = 2; n <= S; n++) {
    const next = Array.from({ length: n }, () => new Array<number>(n).fill(0));
    for (let i = 0; i < n - 1; i++)
      for (let j = 0; j < n - 1; j++) {
        next[i][j] += q * P[i][j];
        next[i][j + 1] += (1 - q) * P[i][j];
        next[i + 1][j] += (1 - q) * P[i][j];
        next[i + 1][j + 1] += q * P[i][j];
      }
    P = next.map((row, i) => (i === 0 || i === n - 1 ? row : row.map((p) => p / 2)));
  }
  // its stationary law is binomial, whatever ρ
  const weight = new Float64Array(S).fill(1);
  for (let s = 1; s < S; s++) weight[s] = (weight[s - 1] * (S - s)) / s;
  const total = weight.reduce((x, y) => x + y);
  const spread = (σ / Math.sqrt(1 - ρ * ρ)) * Math.sqrt(S - 1);
  const values = Float64Array.from({ length: S }, (_, s) => exp(S === 1 ? 0 : spread * ((2 * s) / (S - 1) - 1)));
  const mean = values.reduce((sum, x, s) => sum + x * (weight[s] / total), 0);
  return { values: values.map((x) => x / mean), transition: P };
}

/** From 0, finer where wealth is small. */
function wealthGrid(G: number, most: number): Float64Array {
  return Float64Array.from({ length: G }, (_, g) => most * pow(g / (G - 1), 3));
}

function createHousehold(economy: Bewley, e: Float64Array, P: readonly (readonly number[])[], a: Float64Array) {
  const { discountFactor: β, inverseFrisch: ζ, incomeTaxRate: τ, assetTaxRate: τa } = economy;
  const [S, G] = [e.length, a.length];
  const c = new Float64Array(S * G);
  const h = new Float64Array(S * G);
  const saved = new Float64Array(S * G);
  const mass = new Float64Array(S * G).fill(1 / (S * G));
  const moved = new Float64Array(S * G);
  const fromHere = new Float64Array(G); // wealth today that leads to a grid point tomorrow
  const spent = new Float64Array(G);
  let begun = false;
  /** h^ζ = (1 − τ) w e/c */
  const hoursAt = (consumption: number, pay: number): number => Math.min(1, pow(pay / consumption, 1 / ζ));

  function solve(r: number, w: number, T: number): void {
    const R = (1 - τ) * r + 1 - τa;
    if (!begun) for (let k = 0; k < S * G; k++) c[k] = (1 - τ) * w * 0.9 + T + Math.max(0.01, R - 1) * a[k % G];
    begun = true;
    for (let round = 0; round < 5000; round++) {
      const marginal = Float64Array.from(c, (x) => 1 / x);
      let change = 0;
      for (let s = 0; s < S; s++) {
        const pay = (1 - τ) * w * e[s];
        for (let g = 0; g < G; g++) {
          let expected = 0;
          for (let next = 0; next < S; next++) expected += P[s][next] * marginal[next * G + g];
          spent[g] = 1 / (β * R * expected);
          fromHere[g] = (spent[g] + a[g] - pay * hoursAt(spent[g], pay) - T) / R;
        }
        for (let g = 0, at = 0; g < G; g++) {
          const k = s * G + g;
          while (at < G - 2 && fromHere[at + 1] < a[g]) at++;
          const before = c[k];
          if (a[g] < fromHere[0]) c[k] = handToMouth(R * a[g] + T, pay);
          else {
            const share = (a[g] - fromHere[at]) / (fromHere[at + 1] - fromHere[at]);
            c[k] = spent[at] + share * (spent[at + 1] - spent[at]);
          }
          h[k] = hoursAt(c[k], pay);
          saved[k] = Math.min(a[G - 1], Math.max(0, R * a[g] + T + pay * h[k] - c[k]));
          change = Math.max(change, Math.abs(c[k] / before - 1));
        }
      }
      if (change < 1e-8) break;
    }
    distribute();
  }

  /** c = m + pay h(c), of those who keep nothing. */
  function handToMouth(m: number, pay: number): number {
    if (m + pay <= pay) return m + pay; // all hours, and no other means
    let [low, high] = [m, m + pay];
    for (let k = 0; k < 60; k++) {
      const middle = (low + high) / 2;
      if (m + pay * hoursAt(middle, pay) > middle) low = middle;
      else high = middle;
    }
    return high;
  }

  function distribute(): void {
    const left = new Int32Array(S * G);
    const share = new Float64Array(S * G);
    for (let k = 0; k < S * G; k++) {
      const s = k - (k % G);
      let g = k % G === 0 ? 0 : left[k - 1];
      while (g < G - 2 && a[g + 1] <= saved[k]) g++;
      left[k] = g;
      share[k] = (saved[k] - a[g]) / (a[g + 1] - a[g]);
      if (k === s && saved[k] < a[0]) share[k] = 0;
    }
    for (let round = 0; round < 50_000; round++) {
      moved.fill(0);
      for (let s = 0; s < S; s++)
        for (let g = 0; g < G; g++) {
          const k = s * G + g;
          if (mass[k] === 0) continue;
          const up = mass[k] * share[k];
          const down = mass[k] - up;
          for (let next = 0; next < S; next++) {
            const at = next * G + left[k];
            moved[at] += P[s][next] * down;
            moved[at + 1] += P[s][next] * up;
          }
        }
      let change = 0;
      for (let k = 0; k < S * G; k++) change += Math.abs(moved[k] - mass[k]);
      mass.set(moved);
      if (change < 1e-9) break;
    }
  }

  const total = (of: (k: number, s: number, g: number) => number): number => {
    let sum = 0;
    for (let k = 0; k < S * G; k++) if (mass[k] > 0) sum += mass[k] * of(k, Math.floor(k / G), k % G);
    return sum;
  };
  /** 1 − twice the area under the Lorenz curve. */
  function giniOf(of: (k: number, s: number, g: number) => number): number {
    const points = Array.from(mass, (m, k) => [of(k, Math.floor(k / G), k % G), m] as const).sort(
      (x, y) => x[0] - y[0],
    );
    let [sum, area] = [0, 0];
    for (const [x, m] of points) {
      area += m * (2 * sum + m * x);
      sum += m * x;
    }
    return 1 - area / sum;
  }

  return {
    solve,
    totals: () => ({
      wealth: total((_k, _s, g) => a[g]),
      labour: total((k, s) => e[s] * h[k]),
    }),
    summary: (r: number, w: number) => ({
      consumption: total((k) => c[k]),
      hours: total((k) => h[k]),
      welfare: total((k) => log(c[k]) - (ζ === Infinity ? 0 : pow(h[k], 1 + ζ) / (1 + ζ))),
      wealthGini: giniOf((_k, _s, g) => a[g]),
      incomeGini: giniOf((k, s, g) => Math.max(0, w * e[s] * h[k] + r * a[g])),
      consumptionGini: giniOf((k) => c[k]),
      policy(productivity: number, wealth: number) {
        const x = Math.min(e[S - 1], Math.max(e[0], productivity));
        let s = 0;
        while (s < S - 2 && e[s + 1] < x) s++;
        const y = Math.min(a[G - 1], Math.max(0, wealth));
        let g = 0;
        while (g < G - 2 && a[g + 1] < y) g++;
        const u = log(x / e[s]) / log(e[s + 1] / e[s]);
        const v = (y - a[g]) / (a[g + 1] - a[g]);
        const between = (z: Float64Array): number =>
          (1 - u) * ((1 - v) * z[s * G + g] + v * z[s * G + g + 1]) +
          u * ((1 - v) * z[(s + 1) * G + g] + v * z[(s + 1) * G + g + 1]);
        return { consumption: between(c), hours: between(h) };
      },
    }),
  };
}
