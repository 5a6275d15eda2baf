// What the data say about each parameter: profiles of the distance, the values they leave possible, and whether that is an answer at all.
//
// The profile of a parameter is the least distance to be had when it is held at a value and all others are chosen anew; the slice
// leaves the others where they are. A value remains possible if its profile is within a tolerance of the least: what chance alone does to
// the distance. Murphy & van der Vaart 2000, "On profile likelihood", JASA 95; Raue et al. 2009, Bioinformatics 25, for profiles as a test of
// identification.
//
// d parameters; x in the unit cube

import { minimise } from "../math/index.ts";

export interface Surface {
  readonly d: number;
  /** The modelled distance at x; ∂/∂x goes to `gradient` [d] if given. */
  distance(x: ArrayLike<number>, gradient?: Float64Array): number;
  /** Where to begin descents: places where the distance is known to be small, the best first. */
  readonly starts: readonly Float64Array[];
}

export interface Profile {
  /** [GRID] */
  readonly x: Float64Array;
  readonly profile: Float64Array;
  readonly slice: Float64Array;
  /** [GRID] the other parameters along the profile, each [d]. */
  readonly along: readonly Float64Array[];
}

export type Verdict = "identified" | "bounded on one side" | "several optima" | "not identified";

export interface Identified {
  readonly verdict: Verdict;
  /** Ends of what remains possible. */
  readonly low: number;
  readonly high: number;
  /** Middle of each separate range that remains possible, the best first. */
  readonly optima: readonly number[];
  /** The parameter it trades with along a ridge, and the two ends of the ridge; null where there is none. */
  readonly ridge: { readonly with: number; readonly from: Float64Array; readonly to: Float64Array } | null;
  readonly profile: Profile;
}

export const GRID = 41;
/** Of its range: a parameter that may be anywhere in so much of it is not identified. */
const MOST = 2 / 3;
/** Of its range: less than so much is no ridge. */
const RIDGE = 0.25;

/** The distance at the end of a descent. */
export function descend(surface: Surface, from: Float64Array): number {
  const low = new Float64Array(surface.d);
  const high = new Float64Array(surface.d).fill(1);
  return minimise((x, g) => surface.distance(x, g), from, { low, high, maxIterations: 30, tolerance: 1e-5 }).value;
}

/** Least distance with x_k held at a value, and where. */
export function conditional(surface: Surface, k: number, value: number, more: readonly Float64Array[] = []) {
  const { d } = surface;
  const low = new Float64Array(d);
  const high = new Float64Array(d).fill(1);
  low[k] = value;
  high[k] = value;
  const f = (x: Float64Array, g: Float64Array) => surface.distance(x, g);
  let best: { x: Float64Array; value: number } | null = null;
  for (const start of [...surface.starts, ...more]) {
    const found = minimise(f, start, { low, high, maxIterations: 30, tolerance: 1e-5 });
    if (best === null || found.value < best.value) best = found;
  }
  return best!;
}

/** `tolerances` [d], how far above the least distance the profile of each parameter may be. */
export function identify(surface: Surface, best: Float64Array, tolerances: readonly number[]): Identified[] {
  const profiles = Array.from({ length: surface.d }, (_, k) => profileOf(surface, best, k));
  // Not the least of the profiles: where the model dips below all that was measured it is only unsure.
  const least = surface.distance(best);
  const found = profiles.map((profile, k) => judge(profile, k, least, tolerances[k]));
  // A ridge has two sides, also where it was seen from one only.
  return found.map((one, k) => {
    const other = found.findIndex(({ ridge }) => ridge?.with === k);
    if (one.ridge || other < 0 || one.high - one.low < RIDGE) return one;
    return { ...one, verdict: "not identified", ridge: { ...found[other].ridge!, with: other } };
  });
}

function profileOf(surface: Surface, best: Float64Array, k: number): Profile {
  const x = Float64Array.from({ length: GRID }, (_, i) => i / (GRID - 1));
  const along: Float64Array[] = [];
  const profile = new Float64Array(GRID);
  for (let i = 0; i < GRID; i++) {
    const found = conditional(surface, k, x[i], i > 0 ? [along[i - 1]] : []);
    along.push(found.x);
    profile[i] = found.value;
  }
  // A valley entered from the other side may be deeper.
  for (let i = GRID - 2; i >= 0; i--) {
    const found = conditional({ ...surface, starts: [] }, k, x[i], [along[i + 1]]);
    if (found.value >= profile[i]) continue;
    along[i] = found.x;
    profile[i] = found.value;
  }
  const slice = x.map((value) => surface.distance(best.map((b, j) => (j === k ? value : b))));
  return { x, profile, slice, along };
}

function judge(profile: Profile, k: number, least: number, tolerance: number): Identified {
  const { x } = profile;
  const possible = ranges(profile.profile, least, tolerance);
  const count = possible.reduce((sum, [from, to]) => sum + to - from + 1, 0);
  const first = possible[0][0];
  const last = possible.at(-1)![1];
  // Separate ranges count as several optima only where the hill between them is twice what chance does.
  const apart = possible.filter(
    ([from], r) => r === 0 || highest(profile.profile, possible[r - 1][1], from) > least + 2 * tolerance,
  );
  const bounded = first === 0 || last === GRID - 1;
  const ridge = ridgeOf(profile, k, first, last, least, tolerance);
  const verdict: Verdict =
    ridge || count >= MOST * GRID
      ? "not identified"
      : apart.length > 1
        ? "several optima"
        : first === 0 && last === GRID - 1
          ? "not identified"
          : bounded
            ? "bounded on one side"
            : "identified";
  const bottoms = possible.map(([from, to]) => lowest(profile.profile, from, to));
  bottoms.sort((a, b) => profile.profile[a] - profile.profile[b]);
  return {
    verdict,
    low: edge(profile.profile, x, first, -1, least + tolerance),
    high: edge(profile.profile, x, last, 1, least + tolerance),
    optima: bottoms.map((i) => x[i]),
    ridge,
    profile,
  };
}

/** Indices [from, to] of the stretches within tolerance of the least; where the grid steps over all of them, the lowest point. */
function ranges(profile: Float64Array, least: number, tolerance: number): [number, number][] {
  const found: [number, number][] = [];
  profile.forEach((value, i) => {
    if (value > least + tolerance) return;
    if (found.length > 0 && found.at(-1)![1] === i - 1) found.at(-1)![1] = i;
    else found.push([i, i]);
  });
  if (found.length > 0) return found;
  const bottom = lowest(profile, 0, profile.length - 1);
  return [[bottom, bottom]];
}

/** Where the profile crosses the limit beyond index i, by interpolation. */
function edge(profile: Float64Array, x: Float64Array, i: number, step: 1 | -1, limit: number): number {
  const next = i + step;
  if (next < 0 || next >= GRID) return x[i];
  const share = (limit - profile[i]) / (profile[next] - profile[i]);
  return x[i] + Math.min(1, Math.max(0, share)) * (x[next] - x[i]);
}

/** Wide along the profile, narrow along the slice: another parameter makes up for this one, which is then not identified by itself. */
function ridgeOf(profile: Profile, k: number, first: number, last: number, least: number, tolerance: number) {
  const width = last - first + 1;
  const alone = profile.slice.reduce((n, value) => n + (value <= least + tolerance ? 1 : 0), 0);
  if (width < RIDGE * GRID || width < 2 * Math.max(1, alone)) return null;
  const places = profile.along.slice(first, last + 1);
  let partner = -1;
  let furthest = 0.15;
  for (let j = 0; j < places[0].length; j++) {
    if (j === k) continue;
    const values = places.map((place) => place[j]);
    const travelled = Math.max(...values) - Math.min(...values);
    if (travelled > furthest) [partner, furthest] = [j, travelled];
  }
  return partner < 0 ? null : { with: partner, from: places[0], to: places.at(-1)! };
}

function lowest(profile: Float64Array, from: number, to: number): number {
  let at = from;
  for (let i = from; i <= to; i++) if (profile[i] < profile[at]) at = i;
  return at;
}

function highest(profile: Float64Array, from: number, to: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = from; i <= to; i++) most = Math.max(most, profile[i]);
  return most;
}
