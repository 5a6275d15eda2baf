// A crowd of 20 000 simulated by K weighted representatives: the error of its path of spending against the whole crowd's, by number and choice of representatives.
//
// Random members leave an error of K^{−1/2}; means of clusters, in two dimensions of types, one of K^{−1}; more of them where they err leave less. People whose
// threshold is near the mean begin to follow abruptly, so that they make most of the error.
import { createSimulation, defineSimulation, math, metrics } from "walras";
import { seedStream } from "walras/random";
import { type CrowdParams, crowd, spending } from "./parts/crowd.ts";

/** Powers of two. */
const COUNTS = [5, 6, 7, 8, 9];
/** Choices of each kind, of which the root mean square error is taken. */
const CHOICES = { random: 100, clusters: 6, refined: 6 } as const;
type Kind = keyof typeof CHOICES;
const [DIMENSIONS, THRESHOLD, SENSITIVITY] = [2, 0, 1];

export default defineSimulation({
  name: "scale/representatives",
  summary:
    "A crowd simulated by weighted representatives: error by their number, drawn at random, by clusters of types, and refined where they err.",
  economy: crowd,
  seeds: [1, 2, 3, 4, 5],
  maxSeconds: 60,
  measure({ params, seed }) {
    const whole = wholeCrowd(params, seed);
    const measured: Record<string, number> = {};
    for (const kind of Object.keys(CHOICES) as Kind[])
      for (const count of COUNTS) measured[`${kind}/${count}`] = math.log(errorOf(kind, 1 << count, whole, params, seed)) / LN_10; // biome-ignore format: a formula
    const errors = (kind: Kind) => COUNTS.map((count) => measured[`${kind}/${count}`]!);
    const slope = (kind: Kind) => math.leastSquaresLine(COUNTS, errors(kind)).slope * (LN_10 / LN_2);
    const gains = errors("refined").map((error, c) => error - errors("clusters")[c]!);
    return {
      ...measured,
      randomSlope: slope("random"),
      clusterSlope: slope("clusters"),
      atSixtyFour: math.exp(LN_10 * (measured["clusters/6"]! - measured["random/6"]!)),
      refinement: math.exp(LN_10 * math.mean(gains)),
    };
  },
  expect: () => [
    {
      item: "random representatives: d ln error/d ln K",
      measure: "randomSlope",
      claim: "–",
      theory: -0.5,
      unit: "1",
      tolerance: 0.1,
      kind: "absolute" as const,
      note: "each error is that of 100 choices: three standard errors of the slope",
    },
    {
      item: "means of clusters: likewise",
      measure: "clusterSlope",
      claim: "–",
      theory: -1,
      unit: "1",
      tolerance: 0.3,
      kind: "absolute" as const,
      note: "−2/D in the limit of small clusters",
    },
    {
      item: "64 representatives: error by clusters over that at random",
      measure: "atSixtyFour",
      claim: "–",
      theory: 0,
      unit: "1",
      tolerance: 0.5,
      kind: "atMost" as const,
      note: "at most half",
    },
    {
      item: "refined over clusters of equal number, geometric mean",
      measure: "refinement",
      claim: "–",
      theory: 0,
      unit: "1",
      tolerance: 1,
      kind: "atMost" as const,
      note: "refinement gains below 1",
    },
  ],
  figures: () => [
    {
      title: "Error by number of representatives",
      xLabel: "log₂ of representatives",
      yLabel: "log₁₀ of error, goods",
      lines: [
        { label: "drawn at random", measured: "random" },
        { label: "means of clusters", measured: "clusters" },
        { label: "refined where they err", measured: "refined" },
      ],
      caption:
        "Error of mean spending, root mean square over 25 periods and several choices, against all 20 000 people.",
    },
  ],
});

const LN_2 = math.log(2);
const LN_10 = math.log(10);

interface Whole {
  readonly types: Float64Array;
  /** Mean spending, period by period. */
  readonly path: readonly number[];
}

function wholeCrowd(params: CrowdParams, seed: number): Whole {
  const simulation = createSimulation(crowd, { params, seed });
  simulation.reset(0);
  const types = Float64Array.from(simulation.columns["people.type"]!);
  return { types, path: play(simulation, params.horizon) };
}

/** Mean spending among representatives. */
function pathOf(types: ArrayLike<number>, weight: ArrayLike<number>, params: CrowdParams): number[] {
  const simulation = createSimulation(crowd, { params: { ...params, people: weight.length } });
  simulation.reset(0);
  simulation.columns["people.type"]!.set(types);
  simulation.columns["people.weight"]!.set(weight);
  return play(simulation, params.horizon);
}

/** Everybody begins alike: weights change nothing before the first period has added them up. */
function play(simulation: ReturnType<typeof createSimulation>, periods: number): number[] {
  const path: number[] = [];
  for (let t = 0; t < periods; t++) {
    for (let index = 0; index < simulation.phases.length; index++) simulation.runPhase(index, 0);
    simulation.endPeriod(0);
    path.push(simulation.columns["world.spent"]![0]! / simulation.columns["world.weights"]![0]!);
  }
  return path;
}

/** Root mean square over periods and choices. */
function errorOf(kind: Kind, count: number, { types, path }: Whole, params: CrowdParams, seed: number): number {
  const stream = seedStream(seed).fork(kind);
  let sum = 0;
  for (let choice = 0; choice < CHOICES[kind]; choice++) {
    let k = 0;
    const draw = () => stream.uniformAt(count, choice, k++);
    const { points, weight } = chosen[kind](types, count, params, draw);
    pathOf(points, weight, params).forEach((mean, t) => {
      sum += (mean - path[t]!) * (mean - path[t]!);
    });
  }
  return Math.sqrt(sum / (CHOICES[kind] * path.length));
}

type Choose = (
  types: Float64Array,
  count: number,
  params: CrowdParams,
  draw: () => number,
) => Pick<metrics.Representatives, "points" | "weight">;

const chosen: Readonly<Record<Kind, Choose>> = {
  random(types, count, _params, draw) {
    const people = types.length / DIMENSIONS;
    const points = new Float64Array(count * DIMENSIONS);
    for (let c = 0; c < count; c++) {
      const i = Math.floor(draw() * people) * DIMENSIONS;
      points.set(types.subarray(i, i + DIMENSIONS), c * DIMENSIONS);
    }
    return { points, weight: new Float64Array(count).fill(people / count) };
  },
  clusters: (types, count, _params, draw) => metrics.representatives(types, { dimensions: DIMENSIONS, count, draw }),
  // A quarter of them play a pilot: a representative errs by its members' spending less what it stands for, in three of the pilot's periods.
  refined(types, count, params, draw) {
    const coarse = metrics.representatives(types, { dimensions: DIMENSIONS, count: count / 4, draw });
    const path = pathOf(coarse.points, coarse.weight, params);
    const means = [0, Math.floor(path.length / 4), path.length - 1].map((t) => path[t]!);
    const error = (own: Float64Array, members: Int32Array): number => {
      let whole = 0;
      for (const mean of means) {
        const stands = spending(params, own[THRESHOLD]!, own[SENSITIVITY]!, mean);
        let sum = 0;
        for (const i of members)
          sum +=
            spending(params, types[i * DIMENSIONS + THRESHOLD]!, types[i * DIMENSIONS + SENSITIVITY]!, mean) - stands;
        whole += Math.abs(sum);
      }
      return whole;
    };
    return metrics.refine(types, coarse, { dimensions: DIMENSIONS, count, draw, error });
  },
};
