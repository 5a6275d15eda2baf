// Both optimisers: functions with known optima, bounds, noise, and continuation.
import { describe, expect, test } from "vitest";
import { resolveConfig } from "../algorithms/algorithm.ts";
import { plainMemory } from "../economy/index.ts";
import { seedStream } from "../random/index.ts";
import { bayesianOptimisation } from "./bayesian-optimisation.ts";
import { cmaEs } from "./cma-es.ts";
import type { AnyOptimiser, Search } from "./optimiser.ts";

type F = (x: Float64Array) => number;
interface Task {
  readonly low: number[];
  readonly high: number[];
  readonly most: number;
  readonly seed?: number;
  readonly settings?: Record<string, number>;
}

function create(optimiser: AnyOptimiser, { low, high, most, seed = 1, settings = {} }: Task): Search {
  return optimiser.create(resolveConfig(optimiser, settings) as never, {
    low: Float64Array.from(low),
    high: Float64Array.from(high),
    most,
    rng: seedStream(seed).fork("optimiser"),
    memory: plainMemory,
  });
}

function maximise(optimiser: AnyOptimiser, f: F, task: Task) {
  const search = create(optimiser, task);
  let highest = -Infinity;
  for (let k = 0; k < task.most; k++) {
    const θ = search.ask();
    const score = f(θ);
    highest = Math.max(highest, score);
    search.tell(θ, score);
  }
  return { ...search.best(), highest };
}

const cube = (d: number, low: number, high: number) => ({ low: Array(d).fill(low), high: Array(d).fill(high) });

// Dixon & Szegö 1978: three global minima of 0.397887
const branin: F = ([x, y]) =>
  -(
    (y - (5.1 * x * x) / (4 * Math.PI ** 2) + (5 * x) / Math.PI - 6) ** 2 +
    10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) +
    10
  );
const gaussian = (seed: number) => {
  const stream = seedStream(seed).fork("noise");
  let k = 0;
  return () => stream.normalAt(0, k++, 0);
};

describe("Bayesian optimisation", () => {
  test.each([1, 2, 3])("finds Branin's minimum within 0.01 in 40 evaluations, seed %d", (seed) => {
    const { highest, theta, score } = maximise(bayesianOptimisation, branin, {
      low: [-5, 0],
      high: [10, 15],
      most: 40,
      seed,
    });
    expect(-highest - 0.397887).toBeLessThan(0.01);
    expect(-branin(theta) - 0.397887).toBeLessThan(0.01);
    expect(-score).toBeCloseTo(0.397887, 1);
  });

  test.each([1, 2])("is not misled by noise of a third of the hill's height, seed %d", (seed) => {
    const noise = gaussian(seed);
    const hill: F = ([x]) => Math.exp(-20 * (x - 0.7) ** 2);
    const { theta, score } = maximise(bayesianOptimisation, (x) => hill(x) + 0.3 * noise(), {
      low: [0],
      high: [1],
      most: 40,
      seed,
    });
    expect(hill(theta)).toBeGreaterThan(0.8);
    expect(Math.abs(score - hill(theta))).toBeLessThan(0.25);
  });

  test("asks for different places while scores are out, and a batch of four finds as good a place", () => {
    const search = create(bayesianOptimisation, { low: [-5, 0], high: [10, 15], most: 48 });
    let highest = -Infinity;
    for (let round = 0; round < 12; round++) {
      const batch = [1, 2, 3, 4].map(() => search.ask());
      expect(new Set(batch.map(String)).size).toBe(4);
      for (const θ of batch.reverse()) {
        highest = Math.max(highest, branin(θ));
        search.tell(θ, branin(θ));
      }
    }
    expect(-highest - 0.397887).toBeLessThan(0.05);
  });

  test("finds an optimum in a corner and answers a flat score calmly", () => {
    const corner = maximise(bayesianOptimisation, ([x, y]) => x - 2 * y, { ...cube(2, -1, 3), most: 12 });
    expect([...corner.theta]).toEqual([3, -1]);
    const flat = maximise(bayesianOptimisation, () => 5, { ...cube(2, 0, 1), most: 12 });
    expect(flat.score).toBe(5);
  });

  test("takes scores of places it never asked for", () => {
    const search = create(bayesianOptimisation, { low: [0], high: [1], most: 10 });
    for (const x of [0, 0.25, 0.5, 0.75, 1]) search.tell(Float64Array.of(x), -((x - 0.5) ** 2));
    expect(search.best().theta[0]).toBe(0.5);
  });
});

describe("CMA-ES", () => {
  const ellipsoid: F = (x) => -x.reduce((sum, v, k) => sum + 10 ** ((6 * k) / (x.length - 1)) * (v - 0.3) ** 2, 0);
  const sphere: F = (x) => -x.reduce((sum, v) => sum + (v - 0.3) ** 2, 0);
  const rosenbrock: F = (x) => {
    let sum = 0;
    for (let k = 0; k + 1 < x.length; k++) sum += 100 * (x[k + 1] - x[k] ** 2) ** 2 + (1 - x[k]) ** 2;
    return -sum;
  };
  // pycma 4.5.0, same box and start, median evaluations to 1e-8 over 11 seeds: sphere 616, ellipsoid 1440, Rosenbrock 1824, in two dimensions 510.
  test.each([
    ["sphere", sphere, 5, 900],
    ["ellipsoid", ellipsoid, 5, 2000],
    ["rosenbrock", rosenbrock, 5, 2600],
    ["sphere", sphere, 1, 300],
    ["rosenbrock", rosenbrock, 2, 800],
  ] as const)("the %s reaches 1e-8 in as many evaluations as elsewhere (%#)", (_name, f, d, most) => {
    const { highest, theta } = maximise(cmaEs, f, { ...cube(d, -2, 2), most });
    expect(-highest).toBeLessThan(1e-8);
    expect(-f(theta)).toBeLessThan(1e-8);
  });

  test("under noise the centre of the cloud is far nearer to the optimum than the luckiest draw says", () => {
    const noise = gaussian(3);
    const { theta, score, highest } = maximise(cmaEs, (x) => sphere(x) + 0.1 * noise(), {
      ...cube(4, -2, 2),
      most: 1500,
      settings: { populationSize: 30 },
    });
    expect(-sphere(theta)).toBeLessThan(0.02);
    expect(Math.abs(score)).toBeLessThan(0.1);
    expect(highest).toBeGreaterThan(0.2);
  });

  test("a search that goes on at the limits of double precision keeps its head", () => {
    const { highest } = maximise(cmaEs, ellipsoid, { ...cube(5, -2, 2), most: 6000 });
    expect(-highest).toBeLessThan(1e-20);
    expect(maximise(cmaEs, () => 1, { ...cube(3, 0, 1), most: 600 }).score).toBe(1);
  });

  test("only the order of scores matters, and scaling a box scales the search", () => {
    const trail = (f: F, scale: number) => {
      const search = create(cmaEs, { ...cube(3, -2 * scale, 2 * scale), most: 200 });
      return Array.from({ length: 200 }, () => {
        const θ = search.ask();
        const x = θ.map((v) => v / scale);
        search.tell(θ, f(x));
        return String(x);
      });
    };
    const plain = trail(rosenbrock, 1);
    expect(trail((x) => -Math.exp(Math.cbrt(-rosenbrock(x)) / 10), 1)).toEqual(plain);
    expect(trail(rosenbrock, 1024)).toEqual(plain); // a power of two, so that no digit is lost
  });

  test("finds an optimum on the border of the box, and in a corner", () => {
    const border = maximise(cmaEs, ([x, y]) => -((x - 2) ** 2) - (y - 0.3) ** 2, { ...cube(2, -1, 1), most: 400 });
    expect(border.theta[0]).toBeGreaterThan(0.9999);
    expect(border.theta[1]).toBeCloseTo(0.3, 3);
    const corner = maximise(cmaEs, ([x, y]) => x - 2 * y, { ...cube(2, -1, 3), most: 400 });
    expect(corner.theta[0]).toBeGreaterThan(2.999);
    expect(corner.theta[1]).toBeLessThan(-0.999);
  });

  test("a population of two is refused", () => {
    const settings = { populationSize: 2 };
    expect(() => create(cmaEs, { ...cube(2, 0, 1), most: 9, settings })).toThrow("got 2, expected at least 4");
  });
});

describe.each([bayesianOptimisation, cmaEs] as AnyOptimiser[])("$name", (optimiser) => {
  const task = { low: [-5, 0], high: [10, 15], most: 40 };

  test("asks within bounds, the same for the same seed and differently for another", () => {
    const asked = (seed: number) => {
      const search = create(optimiser, { ...task, most: 20, seed });
      return Array.from({ length: 20 }, () => {
        const θ = search.ask();
        expect(θ[0] >= -5 && θ[0] <= 10 && θ[1] >= 0 && θ[1] <= 15).toBe(true);
        search.tell(θ, branin(θ));
        return String(θ);
      });
    };
    expect(asked(7)).toEqual(asked(7));
    expect(asked(8)).not.toEqual(asked(7));
  });

  test("continues from its state as if never stopped, with questions out", () => {
    const straight = create(optimiser, task);
    const open: Float64Array[] = [];
    for (let k = 0; k < 15; k++) {
      open.push(straight.ask());
      if (k % 3 !== 0) {
        const θ = open.shift()!;
        straight.tell(θ, branin(θ));
      }
    }
    const resumed = create(optimiser, task);
    for (const [name, view] of Object.entries(straight.state))
      (resumed.state[name] as Float64Array).set(view as Float64Array);
    for (let k = 0; k < 6; k++) {
      const θ = straight.ask();
      expect(resumed.ask()).toEqual(θ);
      for (const search of [straight, resumed]) search.tell(θ, branin(θ));
    }
    expect(resumed.best()).toEqual(straight.best());
  });

  test("a score that is no number, a place outside, too many scores and a box without width are refused", () => {
    const search = create(optimiser, { low: [0], high: [1], most: 2 });
    expect(() => search.best()).toThrow("before any score");
    expect(() => search.tell(Float64Array.of(0.5), Number.NaN)).toThrow("the score of θ = [0.5] is NaN");
    expect(() => search.tell(Float64Array.of(1.5), 0)).toThrow("characteristic 0 is 1.5, outside its bounds 0 to 1");
    expect(() => search.tell(Float64Array.of(0.5, 1), 0)).toThrow("got 2 characteristics, expected 1");
    search.tell(Float64Array.of(0.5), 1);
    search.tell(Float64Array.of(0.2), 2);
    expect(() => search.tell(Float64Array.of(0.5), 1)).toThrow("announced as the most");
    expect(() => create(optimiser, { low: [1], high: [1], most: 2 })).toThrow("each low below its high");
  });
});
