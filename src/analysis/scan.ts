// How an economy's stability changes along a parameter: attractors, cycles, Lyapunov exponents, equilibria with their eigenvalues, and where cycles lose stability.
//
// A cycle of q periods is a fixed point of F^q; its multipliers are the eigenvalues of DF^q. As the parameter moves, a multiplier leaves the unit circle through −1 (the cycle doubles),
// through 1 (it meets another) or as a pair (a closed curve is born). Kuznetsov 2004, Elements of Applied Bifurcation Theory, ch. 4.
import { suggest } from "../core/errors.ts";
import { type Economy, resolveParams } from "../economy/index.ts";
import { type Dynamics, described, type Equilibrium, findEquilibria, newton, residualOf } from "./equilibria.ts";
import { type PeriodMap, type PeriodMapOptions, periodMap } from "./period-map.ts";

export interface ScanOptions extends PeriodMapOptions {
  /** A parameter that is a number. */
  readonly param: string;
  /** Its values, ascending. */
  readonly values: readonly number[];
  /** Periods after the warm-up over which Lyapunov exponents are taken. Default 1000. */
  readonly periods?: number;
  /** Last periods that are kept of each attractor. Default 100. */
  readonly points?: number;
  /** Lyapunov exponents. Default 1. */
  readonly exponents?: number;
  /** States from which equilibria are sought, beside four of the attractor. Default 8. */
  readonly starts?: number;
  /** Longest cycle that is looked for. Default 32, at most half of `points`. */
  readonly longest?: number;
  /** Called after each value. */
  readonly tell?: (done: number) => void;
}

export interface ScanPoint {
  readonly value: number;
  /** [points] The metric in the last periods. */
  readonly attractor: Float64Array;
  /** Periods after which the attractor repeats itself, 1 at rest; null: it does not within the longest, or others' draws lead elsewhere. */
  readonly cycle: number | null;
  /** Of the cycle: eigenvalues of the Jacobian over all its periods, the largest in size first; empty without a cycle or a state. */
  readonly multipliers: Equilibrium["eigenvalues"];
  /** Per period, the largest first. */
  readonly exponents: Float64Array;
  /** Without noise, with the metric there; empty where there is no state. */
  readonly equilibria: readonly (Equilibrium & { readonly metric: number })[];
  /** Why there are none; null: they were sought. */
  readonly reason: string | null;
}

export interface Bifurcation {
  /** Value of the parameter. */
  readonly at: number;
  /** By where the multiplier leaves the unit circle: through −1, through 1, or as a pair. */
  readonly kind: "period doubling" | "fold or branching" | "closed curve";
  /** Periods of the cycle that is stable on one side. */
  readonly cycle: number;
}

export interface Scan {
  readonly param: string;
  readonly metric: string;
  /** Names of the state at the first value. */
  readonly state: readonly string[];
  readonly noisy: boolean;
  readonly points: readonly ScanPoint[];
  readonly bifurcations: readonly Bifurcation[];
}

/** Plays `economy` by its rules at each value, from its own start. Takes warmUp + periods · (1 + exponents) periods for each, and some thousands for equilibria. */
export function scan(economy: Economy, options: ScanOptions): Scan {
  const { param, values, periods = 1000, points = 100, exponents = 1, starts = 8, params = {}, tell } = options;
  const longest = Math.min(options.longest ?? 32, Math.floor(points / 2));
  const declared = economy.params[param];
  if (declared?.kind !== "number") {
    const numbers = Object.keys(economy.params).filter((name) => economy.params[name]!.kind === "number");
    throw new Error(
      `scan: ${economy.name} has no parameter "${param}" that is a number.${numbers.length > 0 ? suggest(param, numbers) : " It has none at all."}`,
    );
  }
  if (values.length === 0 || values.some((value, k) => !Number.isFinite(value) || (k > 0 && value <= values[k - 1]!)))
    throw new Error(`scan: values of ${param} are ${values.join(", ") || "none"}, expected at least one, ascending.`);
  for (const [name, value, least] of [
    ["periods", periods, 1],
    ["points", points, 2],
    ["exponents", exponents, 0],
    ["starts", starts, 0],
  ] as const)
    if (!(Number.isInteger(value) && value >= least))
      throw new Error(`scan: ${name} is ${value}, expected a whole number from ${least}.`);
  const settings = values.map((value) => ({ ...params, [param]: value }));
  for (const one of settings) resolveParams(economy, one); // refuses what is out of range before anything is played
  const mapAt = (value: number): PeriodMap => periodMap(economy, { ...options, params: { ...params, [param]: value } });

  const scanned = values.map((value, k) => {
    const map = mapAt(value);
    const orbit: Float64Array[] = [];
    const found = map.exponents(exponents, periods);
    const attractor = Float64Array.from({ length: points }, () => {
      map.advance();
      orbit.push(map.state());
      return map.value();
    });
    const mapped = map.names.length > 0 && !map.noisy;
    const { cycle, closed } = mapped ? cycleAt(map.dynamics, orbit, longest) : { cycle: null, closed: null };
    const reason = map.unmapped ?? (map.noisy ? "other draws lead elsewhere" : null);
    const equilibria = mapped ? equilibriaOf(map, orbit, starts) : [];
    tell?.(k + 1);
    const point: ScanPoint = {
      value,
      attractor,
      cycle,
      multipliers: closed ? bySize(closed.eigenvalues) : [],
      exponents: found,
      equilibria,
      reason,
    };
    return { point, closed: closed?.state ?? null, names: map.names, noisy: map.noisy };
  });

  const follow = (value: number, state: Float64Array, q: number): Equilibrium | null => {
    const { dynamics, names } = mapAt(value);
    return names.length === state.length ? closedAt(dynamics, state, q) : null;
  };
  const bifurcations: Bifurcation[] = [];
  for (const [k, after] of scanned.slice(1).entries()) {
    const before = scanned[k]!;
    const found = lost(before, after.point.value, follow) ?? lost(after, before.point.value, follow);
    // at a value that was scanned it is seen from both sides
    const again = found && found.at - (bifurcations.at(-1)?.at ?? Number.NEGATIVE_INFINITY) < 1e-5 * (after.point.value - before.point.value); // biome-ignore format: one condition
    if (found && !again) bifurcations.push(found);
  }
  return {
    param,
    metric: options.metric ?? Object.keys(economy.metrics)[0]!,
    state: scanned[0]!.names,
    noisy: scanned.some(({ noisy }) => noisy),
    points: scanned.map(({ point }) => point),
    bifurcations,
  };
}

/** Values from one end to the other; of a parameter that is a whole number, those that are whole. */
export function scanValues(economy: Economy, param: string, from: number, to: number, points: number): number[] {
  if (!(Number.isFinite(from) && Number.isFinite(to) && from < to))
    throw new Error(`scan: got ${param} from ${from} to ${to}, expected two numbers, the smaller first.`);
  const even = Array.from({ length: points }, (_, k) =>
    points === 1 ? from : from + (k / (points - 1)) * (to - from),
  );
  const declared = economy.params[param];
  if (declared?.kind !== "number" || !declared.integer) return even;
  return [...new Set(even.map(Math.round))].filter((value) => value >= from && value <= to);
}

const relative = (a: Float64Array, b: Float64Array): number =>
  a.reduce((most, x, d) => Math.max(most, Math.abs(x - b[d]!) / (1 + Math.abs(x))), 0);

/** Nearer than this, in units of 1 + |x|, states of a cycle are one. */
const SAME = 1e-7;

/** Likewise, where the attractor may still be approached: then the cycle that Newton's method finds must be stable and as near. */
const NEARLY = 0.01;

const repeats = (orbit: readonly Float64Array[], q: number, within: number): boolean =>
  orbit.slice(-q).every((x, k) => relative(x, orbit[orbit.length - 2 * q + k]!) < within);

interface Cycle {
  readonly cycle: number | null;
  readonly closed: Equilibrium | null;
}

function cycleAt(dynamics: Dynamics, orbit: readonly Float64Array[], longest: number): Cycle {
  const last = orbit.at(-1)!;
  for (let q = 1; q <= longest; q++)
    if (repeats(orbit, q, SAME)) return shortest(dynamics, closedAt(dynamics, last, q), q);
  for (let q = 1; q <= longest; q++) {
    if (!repeats(orbit, q, NEARLY)) continue;
    const closed = closedAt(dynamics, last, q);
    if (closed?.stable && relative(closed.state, last) < NEARLY) return shortest(dynamics, closed, q);
  }
  return { cycle: null, closed: null };
}

/** What is approached slowly, in turns from two sides, repeats itself after twice its periods first. */
function shortest(dynamics: Dynamics, closed: Equilibrium | null, q: number): Cycle {
  for (let d = 1; closed && d < q; d++) {
    const half = q % d === 0 ? closedAt(dynamics, closed.state, d) : null;
    if (half && relative(half.state, closed.state) < MERGED) return { cycle: d, closed: half };
  }
  return { cycle: q, closed };
}
/** Polished states nearer than this are one. */
const MERGED = 1e-5;

/** F^q */
const composed = ({ at, kind }: Dynamics, q: number): Dynamics => ({
  kind,
  at(x, out) {
    let now = Float64Array.from(x);
    for (let k = 0; k < q; k++) {
      at(now, out);
      now = out.slice();
    }
  },
});

/** The q-cycle near a state, with its multipliers; null where Newton's method finds none, or one that is not near. */
function closedAt(dynamics: Dynamics, near: Float64Array, q: number): Equilibrium | null {
  const map = composed(dynamics, q);
  const g = residualOf(map, near.length);
  const state = newton(g, near, []);
  if (state === null || relative(state, near) > 0.5) return null;
  try {
    return described(map, g, state, 0);
  } catch {
    return null; // a period failed beside it, so that the Jacobian is not finite
  }
}

const sizeOf = ({ real, imaginary }: Equilibrium["eigenvalues"][number]): number =>
  Math.sqrt(real * real + imaginary * imaginary);
const bySize = (eigenvalues: Equilibrium["eigenvalues"]): Equilibrium["eigenvalues"] =>
  [...eigenvalues].sort((a, b) => sizeOf(b) - sizeOf(a));

interface Followed {
  readonly point: ScanPoint;
  readonly closed: Float64Array | null;
}

/** Where the stable cycle of one value loses its stability on the way to another. */
function lost(
  { point, closed }: Followed,
  to: number,
  follow: (value: number, state: Float64Array, q: number) => Equilibrium | null,
): Bifurcation | null {
  const { value: from, cycle: q, multipliers } = point;
  if (q === null || closed === null || !(multipliers.length > 0 && sizeOf(multipliers[0]!) < NEUTRAL)) return null;
  let [stable, unstable] = [from, to];
  let state = closed;
  let before = multipliers[0]!;
  let after: Equilibrium["eigenvalues"][number] | "shorter" | null = null;
  for (let k = 0; k <= BISECTIONS; k++) {
    const middle = k === 0 ? to : (stable + unstable) / 2;
    const there = follow(middle, state, q);
    const largest = there === null ? null : bySize(there.eigenvalues)[0]!;
    const shorter = there !== null && isShorter(there, q, follow, middle);
    if (there && largest && !shorter && sizeOf(largest) < NEUTRAL) {
      if (k === 0) return null;
      [stable, state, before] = [middle, there.state, largest];
    } else {
      unstable = middle;
      after = shorter ? "shorter" : largest;
    }
  }
  // Newton's method may have gone elsewhere: a cycle that ends has a multiplier of size 1 there.
  if (sizeOf(before) < 1 - 1e-3) return null;
  const at = (stable + unstable) / 2;
  if (after === "shorter") return { at, kind: "period doubling", cycle: q / 2 };
  if (before.imaginary !== 0) return { at, kind: "closed curve", cycle: q };
  return { at, kind: before.real < 0 ? "period doubling" : "fold or branching", cycle: q };
}
const BISECTIONS = 40;
/** A multiplier of a cycle at its bifurcation is as large as differences can tell. */
const NEUTRAL = 1 - 1e-9;

/** Whether what was followed has merged into a cycle of half its periods. */
function isShorter(
  found: Equilibrium,
  q: number,
  follow: (value: number, state: Float64Array, q: number) => Equilibrium | null,
  value: number,
): boolean {
  if (q % 2 !== 0) return false;
  const half = follow(value, found.state, q / 2);
  return half !== null && relative(half.state, found.state) < MERGED;
}

function equilibriaOf(map: PeriodMap, orbit: readonly Float64Array[], starts: number): ScanPoint["equilibria"] {
  const D = map.names.length;
  const [low, high] = [orbit[0]!.slice(), orbit[0]!.slice()];
  for (const x of orbit)
    for (let d = 0; d < D; d++) {
      low[d] = Math.min(low[d]!, x[d]!);
      high[d] = Math.max(high[d]!, x[d]!);
    }
  const room = low.map((a, d) => Math.max(high[d]! - a, 0.5 * (1 + Math.abs(a))));
  const spread = Array.from({ length: starts }, (_, k) =>
    low.map((a, d) => a - room[d]! + radicalInverse(k + 1, PRIMES[d % PRIMES.length]!) * (high[d]! - a + 2 * room[d]!)),
  );
  const own = [0.25, 0.5, 0.75, 1].map((share) => orbit[Math.ceil(share * orbit.length) - 1]!);
  const scale = Math.max(...room);
  const settling = orbit.length * 20;
  const { equilibria } = findEquilibria(map.dynamics, {
    starts: [...own, ...spread],
    threshold: 1e-4 * scale,
    rest: 1e-9 * scale,
    longest: settling,
  });
  return equilibria
    .filter(({ residual }) => residual < 1e-6 * scale)
    .map((one) => ({ ...one, metric: map.valueAfter(one.state) }));
}

const PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37];

/** Halton's sequence in one dimension: digits of k in a base, mirrored at the point. */
function radicalInverse(k: number, base: number): number {
  let [x, unit] = [0, 1];
  for (let rest = k; rest > 0; rest = Math.floor(rest / base)) {
    unit /= base;
    x += unit * (rest % base);
  }
  return x;
}
