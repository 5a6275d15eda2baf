// A local minimum of a smooth function in a box: projected BFGS with backtracking.
// Nocedal & Wright 2006, Numerical Optimization, 2nd ed., ch. 6 (BFGS) and 16.7 (projection); Bertsekas 1982 for the free set.
// For a few dozen variables: the inverse Hessian is dense.

export interface MinimiseOptions {
  readonly low: ArrayLike<number>;
  readonly high: ArrayLike<number>;
  /** Default 100. */
  readonly maxIterations?: number;
  /** Largest admissible component of the projected gradient; default 1e-8. */
  readonly tolerance?: number;
}

const SUFFICIENT = 1e-4;

/**
 * Follows f downhill from `start`, moved into the box. `f` writes its gradient at x and returns its value; where it is not finite is uphill. The residual is
 * the largest component of the projected gradient at the end: above `tolerance` the search ended early, which is for the caller to judge.
 */
export function minimise(
  f: (x: Float64Array, gradient: Float64Array) => number,
  start: ArrayLike<number>,
  { low, high, maxIterations = 100, tolerance = 1e-8 }: MinimiseOptions,
): { x: Float64Array; value: number; residual: number } {
  const d = start.length;
  const clip = (value: number, k: number) => Math.min(high[k], Math.max(low[k], value));
  let x = Float64Array.from(start, clip);
  let g = new Float64Array(d);
  let value = f(x, g);
  let H = identity(d);
  let fresh = true; // H is the identity: the step has no scale yet
  let boundBefore = "";
  // A variable at a bound that its gradient pushes against stays there.
  const isFree = (k: number): boolean => !((x[k] <= low[k] && g[k] > 0) || (x[k] >= high[k] && g[k] < 0));
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    const free = Array.from(x, (_, k) => isFree(k));
    const steepest = g.map((slope, k) => (free[k] ? -slope : 0));
    const size = Math.max(...steepest.map(Math.abs));
    if (!(size > tolerance)) break;
    const bound = free.join();
    if (bound !== boundBefore) {
      H = identity(d);
      fresh = true;
      boundBefore = bound;
    }
    let direction = times(H, steepest).map((step, k) => (free[k] ? step : 0));
    if (!(dot(direction, g) < 0)) {
      H = identity(d);
      fresh = true;
      direction = steepest;
    }

    let t = fresh ? Math.min(1, 1 / size) : 1;
    let next = x;
    let nextValue = value;
    const nextGradient = new Float64Array(d);
    let found = false;
    for (let halving = 0; halving < 40 && !found; halving++, t /= 2) {
      next = x.map((at, k) => clip(at + t * direction[k], k));
      nextValue = f(next, nextGradient);
      const slope = dot(
        g,
        next.map((to, k) => to - x[k]),
      );
      found = nextValue <= value + SUFFICIENT * slope && nextValue < Infinity;
    }
    if (!found) {
      if (fresh) break;
      H = identity(d);
      fresh = true;
      continue;
    }
    const s = next.map((to, k) => to - x[k]);
    const y = nextGradient.map((slope, k) => slope - g[k]);
    const curvature = dot(s, y);
    if (curvature > 1e-12 * Math.sqrt(dot(s, s) * dot(y, y))) {
      if (fresh) H = H.map((h) => (h * curvature) / dot(y, y));
      update(H, s, y, curvature);
      fresh = false;
    }
    const gain = value - nextValue;
    x = next;
    g = nextGradient;
    value = nextValue;
    if (gain <= 1e-15 * Math.abs(value)) break;
  }
  return { x, value, residual: g.reduce((most, slope, k) => Math.max(most, isFree(k) ? Math.abs(slope) : 0), 0) };
}

// H ← (I − s yᵀ/κ) H (I − y sᵀ/κ) + s sᵀ/κ,   κ = sᵀ y
function update(H: Float64Array, s: Float64Array, y: Float64Array, κ: number): void {
  const d = s.length;
  const Hy = times(H, y);
  const both = (1 + dot(y, Hy) / κ) / κ;
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) H[i * d + j] += both * s[i] * s[j] - (Hy[i] * s[j] + s[i] * Hy[j]) / κ;
}

function identity(d: number): Float64Array {
  const H = new Float64Array(d * d);
  for (let k = 0; k < d; k++) H[k * d + k] = 1;
  return H;
}

function times(H: Float64Array, v: Float64Array): Float64Array {
  const d = v.length;
  return v.map((_, i) => dot(H.subarray(i * d, (i + 1) * d), v));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}
