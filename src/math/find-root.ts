// A root of a continuous function between two points where it has opposite signs: Brent's method, which takes the secant or
// inverse quadratic step when it helps and bisects when it does not.
// Brent 1973, Algorithms for Minimization without Derivatives, ch. 4 (zeroin).

import { NotConverged } from "./not-converged.ts";

export interface RootOptions {
  /** Half the width of the final bracket, beside rounding. Default 1e-14. */
  readonly tolerance?: number;
  /** Default 200. */
  readonly maxIterations?: number;
}

/** x between `low` and `high` where f(x) = 0; f(low) and f(high) must differ in sign. */
export function findRoot(f: (x: number) => number, low: number, high: number, options: RootOptions = {}): number {
  const { tolerance = 1e-14, maxIterations = 200 } = options;
  let a = low; // the previous iterate
  let b = high; // the best so far
  let fa = f(a);
  let fb = f(b);
  if (!(fa * fb <= 0)) {
    throw new Error(
      `findRoot: f(${low}) = ${fa} and f(${high}) = ${fb} do not differ in sign. Widen the interval to bracket a root.`,
    );
  }
  let c = a; // on the other side of the root from b
  let fc = fa;
  let step = b - a;
  let stepBefore = step;
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    if (Math.abs(fc) < Math.abs(fb)) {
      a = b;
      b = c;
      c = a;
      fa = fb;
      fb = fc;
      fc = fa;
    }
    const smallest = 2 * Number.EPSILON * Math.abs(b) + tolerance / 2;
    const middle = (c - b) / 2;
    if (Math.abs(middle) <= smallest || fb === 0) return b;

    const bisect = () => {
      step = middle;
      stepBefore = middle;
    };
    if (Math.abs(stepBefore) < smallest || Math.abs(fa) <= Math.abs(fb)) bisect();
    else {
      const s = fb / fa;
      let p: number;
      let q: number;
      if (a === c) {
        p = 2 * middle * s;
        q = 1 - s;
      } else {
        const r = fb / fc;
        const t = fa / fc;
        p = s * (2 * middle * t * (t - r) - (b - a) * (r - 1));
        q = (t - 1) * (r - 1) * (s - 1);
      }
      if (p > 0) q = -q;
      else p = -p;
      if (2 * p < Math.min(3 * middle * q - Math.abs(smallest * q), Math.abs(stepBefore * q))) {
        stepBefore = step;
        step = p / q;
      } else bisect();
    }

    a = b;
    fa = fb;
    b += Math.abs(step) > smallest ? step : middle > 0 ? smallest : -smallest;
    fb = f(b);
    if (fb > 0 === fc > 0) {
      c = a;
      fc = fa;
      step = b - a;
      stepBefore = step;
    }
  }
  throw new NotConverged(
    "findRoot",
    Math.abs(c - b) / 2,
    2 * Number.EPSILON * Math.abs(b) + tolerance / 2,
    `After ${maxIterations} iterations f(${b}) = ${fb}. Raise maxIterations or tolerance.`,
  );
}
