// Next opinions on a circle, of people who keep part of a first opinion that nobody sees, and their law given neighbours in closed form:
//
//   x(1) = B s,  x(2) = (1 − a) s + a A x(1)     s ~ N(0, σ²),  A = w I + (1 − w) N,  B = (1 − a) I + a A
//
// so that x_i(2) given x(1) of i and its neighbours is normal. Five people apart nothing is shared, so that every fifth is an independent draw.
import { forecast, math } from "walras";
import { opinions } from "../../../economies/opinions.ts";
import { chosen, DRAWS, logUniform, type NextStates, pathOf, type Scored, STEPS } from "./next-states.ts";

const { exp, log, mean } = math;
const OPINIONS = { agents: 300, network: "ring", neighbours: 2, listening: 0.9, own: 0.25, noise: 1 } as const;
const APART = 5;
/** Worlds that posteriors know, and as many that are forecast. */
const WORLDS = 40;
/** Times as many opinions, of all people, that a network of 900 weights is trained on. */
const MORE = 3;

/** w, a and σ. */
interface Listening {
  readonly own: number;
  readonly listening: number;
  readonly noise: number;
}
const TRUTH: Listening = OPINIONS;

/** The law of x_i(2) given x(1) of i and both neighbours: coefficients of own and of each neighbour, and deviation. */
function kernelOf({ own: w, listening: a, noise: σ }: Listening) {
  // x_i(1) = (1 − a + a w) s_i + a (1 − w)/2 (s_{i−1} + s_{i+1}): moments in units of σ²
  const [c, e] = [1 - a + a * w, (a * (1 - w)) / 2];
  const [v0, v1, v2] = [c * c + 2 * e * e, 2 * c * e, e * e]; // of x(1) at distances 0, 1 and 2
  // s_i on x_i and x_{i−1} + x_{i+1}: covariances c and 2e
  const [pair, cross] = [2 * (v0 + v2), 2 * v1];
  const determinant = v0 * pair - cross * cross;
  const [ofOwn, ofPair] = [(c * pair - 2 * e * cross) / determinant, (2 * e * v0 - c * cross) / determinant];
  return {
    own: (1 - a) * ofOwn + a * w,
    neighbour: (1 - a) * ofPair + (a * (1 - w)) / 2,
    deviation: (1 - a) * σ * Math.sqrt(1 - ofOwn * c - ofPair * 2 * e),
    variances: { v0, pair, cross },
  };
}

/** Of x_i(2) given both neighbours, and given x_i(1) alone, with the coefficient of the latter. */
function deviationsOf(θ: Listening): { readonly all: number; readonly alone: number; readonly slope: number } {
  const { own, neighbour, deviation, variances } = kernelOf(θ);
  const { v0, pair, cross } = variances;
  // x_i(2) = own x_i + neighbour (x_{i−1} + x_{i+1}) + ε, and the pair given x_i has slope cross/v0
  const left = pair - (cross * cross) / v0;
  return {
    all: deviation,
    alone: Math.sqrt(deviation * deviation + θ.noise * θ.noise * neighbour * neighbour * left),
    slope: own + (neighbour * cross) / v0,
  };
}

/** Deviation of next opinions whose neighbours are unknown, over that of those whose neighbours are known. */
export function aloneRatio(): number {
  const { all, alone } = deviationsOf(TRUTH);
  return alone / all;
}

export function nextOpinions(seed: number): NextStates {
  const worlds = (from: number, count: number) => {
    const all = Array.from({ length: count }, (_, k) => {
      const { path, links } = pathOf(opinions, {
        params: OPINIONS,
        seed: 1000 * seed + from + k,
        column: "people.opinion",
        periods: 2,
      });
      return forecast.transitionsOf(path.slice(1), links);
    });
    return { all: chosen(all, () => true), apart: chosen(all, (_, row) => row % APART === 0) };
  };
  const [known, asked] = [worlds(0, WORLDS), worlds(500, WORLDS)];
  const pairs = ({ neighbours }: forecast.Transitions, row: number): number =>
    neighbours[2 * row]! + neighbours[2 * row + 1]!;
  // Sums of products of next, own and pair: all that the likelihood needs
  const { apart } = known;
  const n = apart.next.length;
  const moments = new Float64Array(9);
  apart.next.forEach((y, row) => {
    const x = [y, apart.own[row]!, pairs(apart, row)];
    for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) moments[3 * i + j]! += x[i]! * x[j]!;
  });
  const at = (θ: Float64Array): Listening => ({
    own: math.sigmoid(θ[0]!),
    listening: math.sigmoid(θ[1]!),
    noise: exp(θ[2]!),
  });
  const draws = forecast.posterior({
    logPosterior(θ) {
      const kernel = kernelOf(at(θ));
      const b = [1, -kernel.own, -kernel.neighbour];
      let squares = 0;
      for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) squares += b[i]! * b[j]! * moments[3 * i + j]!;
      return (
        logUniform(θ[0]!) +
        logUniform(θ[1]!) -
        n * log(kernel.deviation) -
        squares / (2 * kernel.deviation * kernel.deviation)
      );
    },
    start: [0, 0, 0],
    draws: DRAWS,
    thin: 50,
    warmUp: 4000,
    seed,
  });
  const lawsBy = (θ: Listening) => {
    const { own, neighbour, deviation } = kernelOf(θ);
    return (row: number) => ({ mean: own * asked.apart.own[row]! + neighbour * pairs(asked.apart, row), deviation });
  };
  const network = forecast
    .trainGraphNetwork(worlds(100, MORE * WORLDS).all, { seed, steps: STEPS })
    .predict(asked.apart);
  const each = (of: (row: number) => forecast.Law) =>
    Array.from(asked.apart.next, (y, row) => scoredNumber(of(row), y));
  const { alone, slope } = deviationsOf(TRUTH);
  const truth = lawsBy(TRUTH);
  const drawn = Array.from({ length: DRAWS }, (_, s) => at(draws.draws.subarray(3 * s, 3 * s + 3)));
  const drawnLaws = drawn.map(lawsBy);
  const laws = {
    truth: each((row) => single(truth(row))),
    predictive: each((row) => {
      const all = drawnLaws.map((law) => law(row));
      return { means: all.map((law) => law.mean), deviations: all.map((law) => law.deviation) };
    }),
    network: each((row) => network[row]!),
    alone: each((row) => single({ mean: slope * asked.apart.own[row]!, deviation: alone })),
  };
  return { laws, more: { own: mean(drawn.map((θ) => θ.own)), listening: mean(drawn.map((θ) => θ.listening)) } };
}

const single = ({ mean, deviation }: { readonly mean: number; readonly deviation: number }): forecast.Law => ({
  means: [mean],
  deviations: [deviation],
});

const scoredNumber = (law: forecast.Law, y: number): Scored => ({
  ranked: forecast.crps(law, y),
  log: forecast.logScore(law, y),
  pit: forecast.cdf(law, y),
  expected: law.deviations[0]! / Math.sqrt(Math.PI),
});
