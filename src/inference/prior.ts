// Priors of independent parameters, and the normal scores that inference works in.
//
// A parameter's normal score is z with Φ(z) = F(θ), F its prior's distribution function. Scores are independent standard normal under the prior, whatever the priors are, and have no bounds: kernels step anywhere, and no
// density leaks out of the prior's support.
//
// d parameters
import { exp, log, normalCdf } from "../math/index.ts";
import { normalQuantile, type Stream } from "../random/index.ts";

export type Marginal =
  | { readonly kind: "uniform"; readonly low: number; readonly high: number; readonly integer?: boolean }
  /** Uniform in ln θ; low > 0. */
  | { readonly kind: "logUniform"; readonly low: number; readonly high: number }
  | { readonly kind: "normal"; readonly mean: number; readonly sd: number };

export interface Prior {
  readonly names: readonly string[];
  /** θ [d] of normal scores z [d]. */
  theta(z: ArrayLike<number>): Float64Array;
  /** z [d] of θ [d]; ±∞ outside the support. */
  scores(theta: ArrayLike<number>): Float64Array;
}

/** Independent parameters by name. */
export function createPrior(marginals: Readonly<Record<string, Marginal>>): Prior {
  const names = Object.keys(marginals);
  const laws = Object.values(marginals);
  if (names.length === 0) throw new Error("createPrior: got no parameters, expected at least one.");
  laws.forEach((law, k) => void checked(names[k]!, law));
  return {
    names,
    theta: (z) => Float64Array.from(laws, (law, k) => thetaOf(law, z[k]!)),
    scores: (theta) => Float64Array.from(laws, (law, k) => scoreOf(law, theta[k]!)),
  };
}

function checked(name: string, law: Marginal): void {
  const wrong = (what: string): never => {
    throw new Error(`Prior of ${name}: ${what}.`);
  };
  if (law.kind === "normal") {
    if (!(Number.isFinite(law.mean) && law.sd > 0 && Number.isFinite(law.sd)))
      wrong(`mean ${law.mean} and sd ${law.sd}, expected numbers, sd above 0`);
    return;
  }
  if (!(Number.isFinite(law.low) && Number.isFinite(law.high) && law.low < law.high))
    wrong(`range ${law.low} to ${law.high}, expected the low end below the high end`);
  if (law.kind === "logUniform" && !(law.low > 0)) wrong(`range from ${law.low}, expected a logUniform one above 0`);
}

function thetaOf(law: Marginal, z: number): number {
  switch (law.kind) {
    case "normal":
      return law.mean + law.sd * z;
    case "logUniform":
      return within(law, exp(log(law.low) + normalCdf(z) * log(law.high / law.low)));
    case "uniform": {
      const u = normalCdf(z);
      if (law.integer) return Math.min(law.high, law.low + Math.floor(u * (law.high - law.low + 1)));
      return within(law, law.low + u * (law.high - law.low));
    }
    default:
      return law satisfies never;
  }
}

const within = ({ low, high }: { readonly low: number; readonly high: number }, theta: number): number =>
  Math.min(high, Math.max(low, theta));

function scoreOf(law: Marginal, theta: number): number {
  switch (law.kind) {
    case "normal":
      return (theta - law.mean) / law.sd;
    case "logUniform":
      return normalQuantile(clipped(log(theta / law.low) / log(law.high / law.low)));
    case "uniform":
      // An integer stands for the middle of its stretch.
      return law.integer
        ? normalQuantile(clipped((theta - law.low + 0.5) / (law.high - law.low + 1)))
        : normalQuantile(clipped((theta - law.low) / (law.high - law.low)));
    default:
      return law satisfies never;
  }
}

const clipped = (u: number): number => Math.min(1, Math.max(0, u));

/** Normal scores of draw `period` of lane `lane` of the prior, [d]. */
export function drawScores(stream: Stream, d: number, lane: number, period: number): Float64Array {
  const z = new Float64Array(d);
  stream.normal(z, { lane, period, from: 0 });
  return z;
}
