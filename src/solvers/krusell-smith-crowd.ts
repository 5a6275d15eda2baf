// Households of Krusell & Smith's economy along one path of good and bad times: a continuum as lotteries between points of a histogram (Young 2010, Journal of Economic
// Dynamics and Control 34, 36), of one type or several; the law of motion that they make, moments, and who owns how much.
//
// J points of K, H of the histogram; policies are [z, ε, J, H]; z: 0 good, 1 bad; ε: 0 employed, 1 unemployed; joint states 2z + ε
import { log, pow } from "../math/index.ts";
import { seedStream } from "../random/index.ts";
import { type KrusellSmith, krusellSmithChain, krusellSmithPrices } from "./krusell-smith-model.ts";

/** ln K′ = intercept + slope ln K in one state of the world. */
export interface LawOfMotion {
  readonly intercept: number;
  readonly slope: number;
  /** Share of the variance of ln K′ that it explains. */
  readonly r2: number;
  /** Standard deviation of what it does not explain. */
  readonly error: number;
}

export interface KrusellSmithMoments {
  readonly meanCapital: number;
  readonly meanCapitalGood: number;
  readonly meanCapitalBad: number;
  readonly sdCapital: number;
  readonly minCapital: number;
  readonly maxCapital: number;
  readonly corrConsumptionOutput: number;
  readonly sdInvestment: number;
  /** Between output and output four periods before. */
  readonly autocorrelationOutput: number;
}

export interface Policy {
  readonly capitalGrid: Float64Array; // K [J]
  /** c at points of k [n]: [z, ε, J, n]. */
  tabulate(out: Float64Array, k: Float64Array): void;
}

export interface Path {
  readonly capital: Float64Array; // [n + 1]
  readonly times: Uint8Array; // [n]
}

export function timesOf({ aggregateDuration }: KrusellSmith, periods: number, seed: number): Uint8Array {
  const u = new Float64Array(periods + 1);
  seedStream(seed).fork("times").uniform(u, { lane: 0, period: 0, from: 0 });
  const times = new Uint8Array(periods + 1);
  for (let t = 1; t <= periods; t++) times[t] = u[t] < 1 / aggregateDuration ? 1 - times[t - 1] : times[t - 1];
  return times;
}

// P(spell > n) = (1 − 1/D)ⁿ; spells at van der Corput's places, in base 2 for good times and 3 for bad, so that every stretch has about its share of short ones and long ones
/** Times whose spells are spread evenly over their distribution instead of drawn. */
export function spreadTimes({ aggregateDuration }: KrusellSmith, periods: number): Uint8Array {
  const times = new Uint8Array(periods + 1);
  const leave = log(1 - 1 / aggregateDuration);
  for (let t = 0, spell = 2; t <= periods; spell++) {
    const z = spell % 2;
    const length = Math.max(1, Math.ceil(log(1 - radicalInverse(spell >> 1, z === 0 ? 2 : 3)) / leave));
    times.fill(z, t, Math.min(periods + 1, t + length));
    t += length;
  }
  return times;
}

/** Digits of n mirrored at the point: van der Corput's sequence. */
function radicalInverse(n: number, base: number): number {
  let [inverse, digit] = [0, 1 / base];
  for (; n > 0; n = Math.floor(n / base), digit /= base) inverse += (n % base) * digit;
  return inverse;
}

/** Regressions of ln K′ on ln K in good times and in bad. `capital` is one longer than `times`. */
export function lawsOfMotion(capital: ArrayLike<number>, times: ArrayLike<number>): [LawOfMotion, LawOfMotion] {
  const of = (z: number): LawOfMotion => {
    let [n, sx, sy] = [0, 0, 0];
    const xs: number[] = [];
    const ys: number[] = [];
    for (let t = 0; t < times.length; t++)
      if (times[t] === z) {
        xs.push(log(capital[t]));
        ys.push(log(capital[t + 1]));
        sx += xs[n];
        sy += ys[n++];
      }
    const [mx, my] = [sx / n, sy / n];
    let [xx, xy, yy] = [0, 0, 0];
    for (let i = 0; i < n; i++) {
      xx += (xs[i] - mx) * (xs[i] - mx);
      xy += (xs[i] - mx) * (ys[i] - my);
      yy += (ys[i] - my) * (ys[i] - my);
    }
    const slope = xy / xx;
    let left = 0;
    for (let i = 0; i < n; i++) {
      const miss = ys[i] - my - slope * (xs[i] - mx);
      left += miss * miss;
    }
    return { intercept: my - slope * mx, slope, r2: 1 - left / yy, error: Math.sqrt(left / (n - 2)) };
  };
  return [of(0), of(1)];
}

/** Households of one kind. */
export interface CrowdType {
  readonly policy: Policy;
  /** Of all households. */
  readonly share: number;
}

/** `reach`: by how much the histogram reaches further than 8 times `riskless`. All policies have the same capital grid. */
export function createCrowd(
  model: KrusellSmith,
  types: readonly CrowdType[],
  { riskless, histogram: H, reach = 1 }: { riskless: number; histogram: number; reach?: number },
) {
  const P = krusellSmithChain(model);
  const { capitalGrid: K } = types[0].policy;
  const J = K.length;
  const k = Float64Array.from({ length: H }, (_, h) => 8 * reach * riskless * pow(h / (H - 1), 1.7));
  let h = 0;
  while (k[h + 1] < riskless) h++;
  const kinds = types.map(({ policy, share: people }) => {
    const start = new Float64Array(2 * H); // masses [ε, H] to begin with
    for (let ε = 0; ε < 2; ε++) {
      const share = people * (ε === 0 ? 1 - model.unemploymentGood : model.unemploymentGood);
      const up = (riskless - k[h]) / (k[h + 1] - k[h]);
      start[ε * H + h] = share * (1 - up);
      start[ε * H + h + 1] = share * up;
    }
    return { policy, people, start, c: new Float64Array(4 * J * H), mass: new Float64Array(2 * H), held: 0 };
  });
  const landed = new Float64Array(2 * H);
  const lorenz = new Float64Array(101);
  let [counted, giniSum, periods] = [0, 0, 0];
  const tops = new Float64Array(TOPS.length);

  /** From `start` along `times`; the first `skipped` periods are left out. */
  function live(times: Uint8Array, skipped: number): Path {
    for (const kind of kinds) {
      kind.policy.tabulate(kind.c, k);
      kind.mass.set(kind.start);
      kind.held = 0;
    }
    const n = times.length - 1;
    const capital = new Float64Array(n - skipped + 1);
    lorenz.fill(0);
    tops.fill(0);
    [counted, giniSum, periods] = [0, 0, n - skipped];
    for (let t = 0; t <= n; t++) {
      let total = 0;
      for (const kind of kinds) {
        const held = wealthOf(kind.mass);
        total += held;
        if (t >= skipped && t < n) kind.held += held;
      }
      if (t >= skipped) capital[t - skipped] = total;
      if (t >= skipped && t % 50 === 0) count(total);
      if (t < n) for (const kind of kinds) move(kind, total, times[t], times[t + 1]);
    }
    return { capital, times: times.slice(skipped, n) };
  }

  function wealthOf(mass: Float64Array): number {
    let held = 0;
    for (let i = 0; i < H; i++) held += (mass[i] + mass[H + i]) * k[i];
    return held;
  }

  function move({ c, mass }: (typeof kinds)[number], total: number, z: number, next: number): void {
    const at = ((total / K[0] - 1) * K[0]) / (K[1] - K[0]);
    const j = Math.min(J - 2, Math.max(0, Math.floor(at)));
    const share = at - j;
    const { grossReturn: R, employed, unemployed } = krusellSmithPrices(model, total, z);
    landed.fill(0);
    for (let ε = 0; ε < 2; ε++) {
      const income = ε === 0 ? employed : unemployed;
      const low = ((2 * z + ε) * J + j) * H;
      const high = low + H;
      const here = ε * H;
      for (let i = 0, left = 0; i < H; i++) {
        const m = mass[here + i];
        if (m === 0) continue;
        const eaten = c[low + i] + share * (c[high + i] - c[low + i]);
        const kept = Math.min(k[H - 1], Math.max(0, R * k[i] + income - eaten));
        while (left < H - 2 && k[left + 1] <= kept) left++;
        const up = (m * (kept - k[left])) / (k[left + 1] - k[left]);
        landed[here + left] += m - up;
        landed[here + left + 1] += up;
      }
    }
    const odds = P[2 * z][2 * next] + P[2 * z][2 * next + 1];
    const [ee, ue] = [P[2 * z][2 * next] / odds, P[2 * z + 1][2 * next] / odds];
    for (let i = 0; i < H; i++) {
      const [e, u] = [landed[i], landed[H + i]];
      mass[i] = ee * e + ue * u;
      mass[H + i] = (1 - ee) * e + (1 - ue) * u;
    }
  }

  /** Adds this period's inequality to the means over time. */
  function count(total: number): void {
    let [held, people, area] = [0, 0, 0];
    let mark = 1;
    let top = TOPS.length - 1;
    for (let i = 0; i < H; i++) {
      let m = 0;
      for (const { mass } of kinds) m += mass[i] + mass[H + i];
      if (m === 0) continue;
      area += m * (2 * held + m * k[i]);
      for (; mark <= 100 && people + m >= mark / 100; mark++)
        lorenz[mark] += (held + (mark / 100 - people) * k[i]) / total;
      for (; top >= 0 && people + m >= 1 - TOPS[top]; top--)
        tops[top] += 1 - (held + (1 - TOPS[top] - people) * k[i]) / total;
      held += m * k[i];
      people += m;
    }
    for (; mark <= 100; mark++) lorenz[mark] += 1;
    giniSum += 1 - area / total;
    counted++;
  }

  return {
    live,
    /** Paths begin with the wealth of those that the last one ended with. */
    begin() {
      for (const { mass, start, people } of kinds)
        for (let ε = 0; ε < 2; ε++) {
          const here = mass.subarray(ε * H, (ε + 1) * H);
          const held = here.reduce((sum, m) => sum + m, 0);
          const share = people * (ε === 0 ? 1 - model.unemploymentGood : model.unemploymentGood);
          start.set(
            here.map((m) => (m * share) / held),
            ε * H,
          );
        }
    },
    inequality: () => ({
      wealthGini: giniSum / counted,
      topShares: Array.from(tops, (x) => x / counted),
      lorenz: lorenz.map((x) => x / counted),
    }),
    /** K per household of each type, mean over time. */
    capitals: (): number[] => kinds.map(({ held, people }) => held / periods / people),
  };
}

/** Of the richest. */
const TOPS = [0.01, 0.05, 0.1, 0.2, 0.3];

/** Moments of a path of capital, `capital` one longer than `times`. */
export function momentsOf(model: KrusellSmith, { capital, times }: Path): KrusellSmithMoments {
  const n = times.length;
  const output = Float64Array.from({ length: n }, (_, t) => krusellSmithPrices(model, capital[t], times[t]).output);
  const investment = output.map((_, t) => capital[t + 1] - (1 - model.depreciation) * capital[t]);
  const consumption = output.map((y, t) => y - investment[t]);
  const now = capital.subarray(0, n);
  const of = (z: number): number => mean(now.filter((_, t) => times[t] === z));
  return {
    meanCapital: mean(now),
    meanCapitalGood: of(0),
    meanCapitalBad: of(1),
    sdCapital: Math.sqrt(covariance(now, now)),
    minCapital: now.reduce((x, y) => Math.min(x, y)),
    maxCapital: now.reduce((x, y) => Math.max(x, y)),
    corrConsumptionOutput: correlation(consumption, output),
    sdInvestment: Math.sqrt(covariance(investment, investment)),
    autocorrelationOutput: correlation(output.subarray(4), output.subarray(0, n - 4)),
  };
}

const mean = (x: Float64Array): number => x.reduce((sum, y) => sum + y, 0) / x.length;

function covariance(x: Float64Array, y: Float64Array): number {
  const [mx, my] = [mean(x), mean(y)];
  return x.reduce((sum, v, t) => sum + (v - mx) * (y[t] - my), 0) / x.length;
}

const correlation = (x: Float64Array, y: Float64Array): number =>
  covariance(x, y) / Math.sqrt(covariance(x, x) * covariance(y, y));
