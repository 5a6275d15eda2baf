// Interpolation between points (xs[i], ys[i]), xs increasing.

/** On the straight line between the two neighbouring points; beyond the ends the first or last segment is extended. */
export function interpolate(xs: ArrayLike<number>, ys: ArrayLike<number>, x: number): number {
  const i = segmentOf(xs, x);
  return ys[i] + ((ys[i + 1] - ys[i]) * (x - xs[i])) / (xs[i + 1] - xs[i]);
}

// Fritsch & Carlson 1980, "Monotone piecewise cubic interpolation", with the slopes of Fritsch & Butland 1984: where
// neighbouring secants agree in sign, their weighted harmonic mean; 0 otherwise. Equal to scipy's PchipInterpolator inside.
/**
 * The cubic through the points that is smooth and monotone wherever they are. Beyond the ends it goes on in a straight line.
 * Copies the points, so they may change afterwards.
 */
export function monotoneCubic(xs: ArrayLike<number>, ys: ArrayLike<number>): (x: number) => number {
  const [x, y] = copied("monotoneCubic", xs, ys, 2);
  const n = x.length;
  const slope = slopesOf(x, y);
  return (at) => {
    if (at <= x[0]) return y[0] + slope[0] * (at - x[0]);
    if (at >= x[n - 1]) return y[n - 1] + slope[n - 1] * (at - x[n - 1]);
    return hermite(x, y, slope, segmentOf(x, at), at);
  };
}

function slopesOf(x: Float64Array, y: Float64Array): Float64Array {
  const n = x.length;
  const slope = new Float64Array(n);
  const width = (i: number) => x[i + 1] - x[i];
  const secant = (i: number) => (y[i + 1] - y[i]) / width(i);
  if (n === 2) return slope.fill(secant(0));
  for (let i = 1; i < n - 1; i++) {
    const before = secant(i - 1);
    const after = secant(i);
    if (before * after > 0) {
      const w1 = 2 * width(i) + width(i - 1);
      const w2 = width(i) + 2 * width(i - 1);
      slope[i] = (w1 + w2) / (w1 / before + w2 / after);
    }
  }
  slope[0] = endSlope(width(0), width(1), secant(0), secant(1));
  slope[n - 1] = endSlope(width(n - 2), width(n - 3), secant(n - 2), secant(n - 3));
  return slope;
}

// The three-point formula, held to the sign of the end secant and to three times its size
function endSlope(h0: number, h1: number, secant0: number, secant1: number): number {
  const d = ((2 * h0 + h1) * secant0 - h0 * secant1) / (h0 + h1);
  if (d * secant0 <= 0) return 0;
  if (secant0 * secant1 <= 0 && Math.abs(d) > 3 * Math.abs(secant0)) return 3 * secant0;
  return d;
}

/**
 * The cubic spline through the points, of which the first two pieces are one cubic and so are the last two (not-a-knot): smooth to the second derivative, error of the order of the fourth power of
 * the step. At least 4 points. Beyond the ends the last piece goes on. Copies the points. Consecutive arguments that are close to each other are found at once.
 */
export function cubicSpline(xs: ArrayLike<number>, ys: ArrayLike<number>): (x: number) => number {
  const [x, y] = copied("cubicSpline", xs, ys, 4);
  const n = x.length;
  const slope = splineSlopes(x, y);
  let i = 0;
  return (at) => {
    if (at >= x[i + 1] || at < x[i]) {
      if (i < n - 2 && at >= x[i + 1] && at < x[i + 2]) i++;
      else i = segmentOf(x, at);
    }
    return hermite(x, y, slope, i, at);
  };
}

// hᵢ dᵢ₋₁ + 2 (hᵢ₋₁ + hᵢ) dᵢ + hᵢ₋₁ dᵢ₊₁ = 3 (hᵢ sᵢ₋₁ + hᵢ₋₁ sᵢ) for slopes d, steps h and secants s; at the ends with equal third derivatives on both sides of
// the second and the last but one point. De Boor 1978, A Practical Guide to Splines, ch. IV. Elimination without pivots.
function splineSlopes(x: Float64Array, y: Float64Array): Float64Array {
  const n = x.length;
  const slope = new Float64Array(n);
  const h = new Float64Array(n - 1);
  const secant = new Float64Array(n - 1);
  for (let i = 0; i < n - 1; i++) {
    h[i] = x[i + 1] - x[i];
    secant[i] = (y[i + 1] - y[i]) / h[i];
  }
  const above = new Float64Array(n); // what remains above the diagonal
  // Of the end with steps a, b and secants s, t, counted from it.
  const end = (a: number, b: number, s: number, t: number): number => ((3 * a + 2 * b) * b * s + a * a * t) / (a + b);
  above[0] = (h[0] + h[1]) / h[1];
  slope[0] = end(h[0], h[1], secant[0], secant[1]) / h[1];
  for (let i = 1; i < n - 1; i++) {
    const [before, after] = [h[i - 1], h[i]];
    const pivot = 2 * (before + after) - after * above[i - 1];
    above[i] = before / pivot;
    slope[i] = (3 * (after * secant[i - 1] + before * secant[i]) - after * slope[i - 1]) / pivot;
  }
  const [last, next] = [h[n - 2], h[n - 3]];
  const right = end(last, next, secant[n - 2], secant[n - 3]);
  slope[n - 1] = (right - (last + next) * slope[n - 2]) / (next - (last + next) * above[n - 2]);
  for (let i = n - 2; i >= 0; i--) slope[i] -= above[i] * slope[i + 1];
  return slope;
}

function copied(
  what: string,
  xs: ArrayLike<number>,
  ys: ArrayLike<number>,
  least: number,
): [x: Float64Array, y: Float64Array] {
  const n = xs.length;
  if (n < least || ys.length !== n)
    throw new Error(`${what}: got ${n} xs and ${ys.length} ys, expected as many of each and at least ${least}.`);
  for (let i = 1; i < n; i++)
    if (!(xs[i] > xs[i - 1]))
      throw new Error(`${what}: xs[${i}] = ${xs[i]} is not above xs[${i - 1}] = ${xs[i - 1]}. Sort the points.`);
  return [Float64Array.from(xs), Float64Array.from(ys)];
}

// h00 = (1 + 2t)(1 − t)², h10 = t (1 − t)², h01 = t² (3 − 2t), h11 = t² (t − 1),   t = (x − xᵢ) / hᵢ
function hermite(x: Float64Array, y: Float64Array, slope: Float64Array, i: number, at: number): number {
  const h = x[i + 1] - x[i];
  const t = (at - x[i]) / h;
  const u = 1 - t;
  return (
    (1 + 2 * t) * u * u * y[i] +
    t * u * u * h * slope[i] +
    t * t * (3 - 2 * t) * y[i + 1] -
    t * t * u * h * slope[i + 1]
  );
}

/** The segment i with xs[i] ≤ x < xs[i + 1], by bisection; the first or the last one beyond the ends. */
function segmentOf(xs: ArrayLike<number>, x: number): number {
  let low = 0;
  let high = xs.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (xs[middle] <= x) low = middle;
    else high = middle;
  }
  return low;
}
