// Steps of an integrator that are as long as its error allows: ordinary differential equations by Heun's method with Euler's inside it, stochastic ones by Milstein's.
//
//   h′ = h min(2, max(½, .9 (tol/err)^(1/(p + 1)))),   rejected where err > tol;   p: order of the lower method
//
// A step that is rejected has looked at its Brownian increment. To draw another would favour small ones, so what was seen is kept: the shorter step gets its share by a Brownian bridge, and the rest waits for the steps
// after it (rejection sampling with memory: Rackauckas & Nie 2017, Discrete and Continuous Dynamical Systems B 22, 2731). Hairer, Nørsett & Wanner 1993, Solving Ordinary Differential Equations I, II.4.
import { pow } from "../math/index.ts";

/** Errors below this count as this. */
const LEAST_ERROR = 1e-16;

export interface StepRule {
  readonly tolerance: number;
  /** p: of the method whose error it is. Default 1, Euler's. */
  readonly order?: number;
  /**
   * "safe" (default): as above. "literal": h′ = h min(2, max(½, 1.5 tol/err)), as in a paper on token economies: its error settles at 1.5 times the tolerance, or goes round it for ever.
   */
  readonly rule?: "safe" | "literal";
}

/** The step after one of length h whose error was `error`, and whether that one counts. */
export function nextStep(
  h: number,
  error: number,
  { tolerance, order = 1, rule = "safe" }: StepRule,
): { readonly h: number; readonly accepted: boolean } {
  if (!(h > 0 && error >= 0 && tolerance > 0))
    throw new Error(
      `nextStep: got a step of ${h} with an error of ${error} and a tolerance of ${tolerance}, expected a step and a tolerance above 0 and an error of at least 0.`,
    );
  const ratio = tolerance / Math.max(LEAST_ERROR, error);
  const factor = rule === "literal" ? 1.5 * ratio : 0.9 * pow(ratio, 1 / (order + 1));
  return { h: h * Math.min(2, Math.max(0.5, factor)), accepted: rule === "literal" || error <= tolerance };
}

export interface AdaptiveOptions extends Pick<StepRule, "tolerance"> {
  /** The first step. Default: a hundredth of the time. */
  readonly first?: number;
  /** Steps, rejected ones included, after which it gives up. Default 10⁶. */
  readonly most?: number;
}

export interface AdaptivePath {
  /** Times of all accepted steps, the beginning first. */
  readonly times: Float64Array;
  /** [times, dimensions] */
  readonly states: Float64Array;
  readonly rejected: number;
}

/** x′ = f(t, x) from `start` for `time`. The error of a step is the most by which Euler's and Heun's ends differ in any dimension. */
export function integrate(
  derivative: (t: number, x: Float64Array, out: Float64Array) => void,
  start: readonly number[],
  time: number,
  options: AdaptiveOptions,
): AdaptivePath {
  const n = start.length;
  const [slope, after, euler] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  return steps("integrate", start, time, options, {
    attempt(t, x, h, out) {
      derivative(t, x, slope);
      for (let i = 0; i < n; i++) euler[i] = x[i]! + h * slope[i]!;
      derivative(t + h, euler, after);
      let error = 0;
      for (let i = 0; i < n; i++) {
        out[i] = x[i]! + (h * (slope[i]! + after[i]!)) / 2;
        error = Math.max(error, Math.abs(out[i]! - euler[i]!));
      }
      return error;
    },
    order: 1,
    longest: () => Infinity,
  });
}

/** dX = μ(X) dt + σ(X) dW. */
export interface Diffusion {
  readonly drift: (x: number) => number;
  readonly volatility: (x: number) => number;
  readonly volatilitySlope: (x: number) => number;
}

/**
 * A path of X from `start` for `time` by Milstein's scheme, with steps whose error keeps to the tolerance: what drift changes by over the step, and Milstein's own correction. `normal` gives standard normal draws, as
 * many as it takes. `brownian` is W at the same times.
 */
export function integrateDiffusion(
  { drift, volatility, volatilitySlope }: Diffusion,
  start: number,
  time: number,
  normal: () => number,
  options: AdaptiveOptions,
): AdaptivePath & { readonly brownian: Float64Array } {
  /** Increments that have been seen and wait, the next last. */
  const waiting: { h: number; dW: number }[] = [];
  const W = [0];
  const path = steps("integrateDiffusion", [start], time, options, {
    longest: () => waiting.at(-1)?.h ?? Infinity,
    attempt(_t, [x], h, out) {
      const seen = waiting.pop();
      // The share of an increment that is known, by a Brownian bridge.
      const share = seen ? h / seen.h : 1;
      const whole = share >= 1;
      const dW = seen
        ? whole
          ? seen.dW
          : share * seen.dW + Math.sqrt(share * (1 - share) * seen.h) * normal()
        : Math.sqrt(h) * normal();
      if (seen && !whole) waiting.push({ h: seen.h - h, dW: seen.dW - dW });
      waiting.push({ h, dW });
      const [μ, σ, slope] = [drift(x!), volatility(x!), volatilitySlope(x!)];
      const euler = x! + μ * h + σ * dW;
      const correction = (σ * slope * (dW * dW - h)) / 2;
      out[0] = euler + correction;
      return Math.abs(correction) + (h * Math.abs(drift(out[0]) - μ)) / 2;
    },
    order: 1,
    accepted() {
      W.push(W.at(-1)! + waiting.pop()!.dW);
    },
  });
  return { ...path, brownian: Float64Array.from(W) };
}

interface Method {
  /** Writes the end of a step and returns its error. */
  attempt(t: number, x: Float64Array, h: number, out: Float64Array): number;
  accepted?(): void;
  readonly order: number;
  /** No step may be longer now. */
  longest(): number;
}

function steps(
  where: string,
  start: readonly number[],
  time: number,
  { tolerance, first = time / 100, most = 1e6 }: AdaptiveOptions,
  { attempt, accepted, order, longest }: Method,
): AdaptivePath {
  if (!(time > 0 && time < Infinity && tolerance > 0 && first > 0))
    throw new Error(
      `${where}: got a time of ${time}, a tolerance of ${tolerance} and a first step of ${first}, expected numbers above 0.`,
    );
  const times = [0];
  const states = [...start];
  const out = new Float64Array(start.length);
  let x: Float64Array = Float64Array.from(start);
  let [t, h, rejected] = [0, first, 0];
  for (let step = 0; t < time; step++) {
    if (step === most)
      throw new Error(
        `${where}: ${most} steps lead to ${t} of ${time}, and the next would be ${h} long. Raise the tolerance, or \`most\`.`,
      );
    const length = Math.min(h, longest(), time - t);
    const error = attempt(t, x, length, out);
    if (!Number.isFinite(error))
      throw new Error(`${where}: the error of a step of ${length} from ${x.join(", ")} at ${t} is ${error}.`);
    const next = nextStep(length, error, { tolerance, order });
    // A step that something else cut short says nothing about longer ones.
    h = next.accepted && length < h ? Math.max(h, next.h) : next.h;
    if (!next.accepted) {
      rejected++;
      continue;
    }
    accepted?.();
    t = length === time - t ? time : t + length;
    x = Float64Array.from(out);
    times.push(t);
    states.push(...out);
  }
  return { times: Float64Array.from(times), states: Float64Array.from(states), rejected };
}
