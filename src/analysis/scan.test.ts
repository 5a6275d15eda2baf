import { expect, test } from "vitest";
import { cobweb } from "../../economies/cobweb.ts";
import { feedbackSlope, rationalExpectationsPrice } from "../../economies/theory/cobweb.ts";
import { defineEconomy, discrete, f64, i32, param, population } from "../economy/index.ts";
import { findRoot } from "../math/index.ts";
import { seedStream } from "../random/index.ts";
import { aggregateJacobian } from "./aggregates.ts";
import { endsOfEconomy } from "./equilibria.ts";
import { periodMap } from "./period-map.ts";
import { scan, scanValues } from "./scan.ts";

const horizon = param(100, { min: 1, max: 1e9, integer: true });
const nobody = { flies: population({ size: 1, state: { unused: f64() } }) };

/** x′ = r x (1 − x), with a constant, a sum and what is only shown. */
const logistic = defineEconomy({
  name: "logistic",
  source: "May (1976), Nature 261, 459",
  summary: "A population that grows by r x (1 − x).",
  params: { r: param(3.2, { min: 0, max: 4 }), lots: param(2, { min: 1, max: 9, integer: true }), horizon },
  horizon: "horizon",
  world: { x: f64({ initial: 0.3 }), room: f64({ initial: 1 }), sum: f64(), shown: f64() },
  populations: nobody,
  phases: ({ world }) => ({
    grow: world({ doc: "by what is left" }, (w, p) => {
      w.x = p.r * w.x * (w.room - w.x);
      w.sum += w.x;
      w.shown = 2 * w.x;
    }),
  }),
  metrics: {
    x: { unit: "1", doc: "share of room taken", of: (w) => w.x },
    shown: { unit: "1", doc: "twice that", of: (w) => w.shown },
    mean: { unit: "1", doc: "mean so far", of: (w) => w.sum / (w.period + 1) },
  },
});

/** x′ = a x + b y, y′ = c x + d y, with noise. */
const linear = defineEconomy({
  name: "linear",
  source: "",
  summary: "Two numbers that follow each other.",
  params: {
    a: param(0.5, { min: -3, max: 3 }),
    b: param(0.3, { min: -3, max: 3 }),
    c: param(0.2, { min: -3, max: 3 }),
    d: param(0.4, { min: -3, max: 3 }),
    noise: param(0, { min: 0, max: 1 }),
    horizon,
  },
  horizon: "horizon",
  world: { x: f64({ initial: 1 }), y: f64({ initial: -1 }) },
  populations: nobody,
  phases: ({ world }) => ({
    move: world({ doc: "both at once" }, (w, p, draw) => {
      const [u, v] = p.noise > 0 ? [draw.normal("x"), draw.normal("y")] : [0, 0];
      [w.x, w.y] = [p.a * w.x + p.b * w.y + p.noise * u, p.c * w.x + p.d * w.y + p.noise * v];
    }),
  }),
  metrics: { x: { unit: "1", doc: "x", of: (w) => w.x }, y: { unit: "1", doc: "y", of: (w) => w.y } },
});

/** x′ = a x (1 − y), y′ = x: a closed curve is born at a = 2. */
const delayed = defineEconomy({
  name: "delayed",
  source: "Maynard Smith (1968)",
  summary: "A population that grows by what was left a period ago.",
  params: { a: param(1.5, { min: 0, max: 2.27 }), horizon },
  horizon: "horizon",
  world: { x: f64({ initial: 0.4 }), y: f64({ initial: 0.3 }) },
  populations: nobody,
  phases: ({ world }) => ({
    grow: world({ doc: "by what was left" }, (w, p) => {
      [w.x, w.y] = [p.a * w.x * (1 - w.y), w.x];
    }),
  }),
  metrics: { x: { unit: "1", doc: "x", of: (w) => w.x } },
});

const short = { warmUp: 200, periods: 400, points: 64, starts: 3 } as const;
const close = (x: number, digits: number) => expect.closeTo(x, digits);

test("the logistic map doubles at 3 and 1 + √6, and its equilibria have slopes r and 2 − r", () => {
  const { points, bifurcations, state, noisy } = scan(logistic, {
    param: "r",
    values: [2.8, 3.2, 3.5, 4],
    ...short,
    starts: 8,
  });
  expect([state, noisy]).toEqual([["world.x"], false]);
  expect(bifurcations).toEqual([
    { at: close(3, 7), kind: "period doubling", cycle: 1 },
    { at: close(1 + Math.sqrt(6), 7), kind: "period doubling", cycle: 2 },
    { at: close(3.5440903596, 6), kind: "period doubling", cycle: 4 },
  ]);
  expect(points.map(({ cycle }) => cycle)).toEqual([1, 2, 4, null]);
  for (const { value: r, equilibria } of points) {
    expect(equilibria.map(({ metric }) => metric).sort((a, b) => a - b)).toEqual([close(0, 10), close(1 - 1 / r, 10)]);
    for (const {
      state: [x],
      eigenvalues,
      stable,
      metric,
    } of equilibria) {
      expect(metric).toBeCloseTo(x!, 10);
      expect(eigenvalues[0]!.real).toBeCloseTo(Math.abs(x!) < 1e-6 ? r : 2 - r, 7);
      expect(stable).toBe(r < 3 && x! > 0.1);
    }
  }
  // f′(x₁) f′(x₂) of the cycle of 2: 4 + 2 r − r²
  expect(points[1]!.multipliers[0]!.real).toBeCloseTo(4 + 2 * 3.2 - 3.2 ** 2, 6);
});

test("models §10: the logistic map's Lyapunov exponents are ln 2 at r = 4 and −.87250735 at 3.5", () => {
  const { points } = scan(logistic, { param: "r", values: [3.5, 4], warmUp: 200, periods: 3000, points: 2, starts: 0 });
  expect(points[0]!.exponents[0]).toBeCloseTo(-0.87250735, 3);
  expect(points[1]!.exponents[0]).toBeCloseTo(Math.LN2, 2);
});

test("at a bifurcation, where the attractor is only approached, the cycle is known and the place found", () => {
  const { points, bifurcations } = scan(logistic, {
    param: "r",
    values: [2.9, 2.9995, 3.0005, 3.1],
    ...short,
    starts: 0,
  });
  expect(points.map(({ cycle }) => cycle)).toEqual([1, 1, 2, 2]);
  expect(bifurcations).toEqual([{ at: close(3, 6), kind: "period doubling", cycle: 1 }]);
});

test("a bifurcation at a value that was scanned is named once, and the attractor there is at rest", () => {
  const { points, bifurcations } = scan(logistic, { param: "r", values: [2.95, 3, 3.05], ...short, starts: 0 });
  expect(points.map(({ cycle }) => cycle)).toEqual([1, 1, 2]);
  expect(bifurcations).toEqual([{ at: close(3, 6), kind: "period doubling", cycle: 1 }]);
});

test("from chaos into a window: the cycle of 3 is born in a fold at 1 + √8", () => {
  const { bifurcations } = scan(logistic, { param: "r", values: [3.82, 3.835], ...short, starts: 0 });
  expect(bifurcations).toEqual([{ at: close(1 + Math.sqrt(8), 5), kind: "fold or branching", cycle: 3 }]);
});

test("the state is what the metric depends on: neither constants, nor sums, nor what is shown", () => {
  const of = (metric: string) => periodMap(logistic, { metric, warmUp: 20 });
  expect(of("shown").names).toEqual(["world.x"]);
  expect(of("mean").names).toEqual(["world.x", "world.sum"]);
  const map = periodMap(logistic, { state: ["world.x", "world.room"], warmUp: 20 });
  const out = new Float64Array(2);
  map.dynamics.at(Float64Array.of(0.5, 2), out);
  expect([...out]).toEqual([close(3.2 * 0.5 * 1.5, 12), 2]);
  expect(map.valueAfter([0.5, 2])).toBeCloseTo(2.4, 12);
  const before = map.state();
  map.dynamics.at(Float64Array.of(0.5, 2), out);
  expect(map.state()).toEqual(before); // looking leaves it where it stands
  map.advance();
  expect(map.state()[0]).toBeCloseTo(3.2 * before[0]! * (1 - before[0]!), 12);
});

test("a closed curve is born in the delayed logistic map at a = 2", () => {
  const { bifurcations, points, state } = scan(delayed, { param: "a", values: [1.9, 2.1], ...short });
  expect(state).toEqual(["world.x", "world.y"]);
  expect(bifurcations).toEqual([{ at: close(2, 6), kind: "closed curve", cycle: 1 }]);
  expect(points.map(({ cycle }) => cycle)).toEqual([1, null]);
});

test("all Lyapunov exponents of a linear map are logarithms of its eigenvalues, with noise too", () => {
  const expected = [close(Math.log(0.7), 2), close(Math.log(0.2), 2)]; // trace .9, determinant .14
  for (const noise of [0, 0.5]) {
    const { points, noisy } = scan(linear, { param: "a", values: [0.5], params: { noise }, exponents: 5, ...short });
    expect([...points[0]!.exponents]).toEqual(expected);
    expect(noisy).toBe(noise > 0);
    expect(points[0]!.equilibria.length).toBe(noise > 0 ? 0 : 1);
    expect(points[0]!.reason).toBe(noise > 0 ? "other draws lead elsewhere" : null);
  }
});

// models §5: ψ = .22 has p* = 5.5738858440 and slope −.87231152; ψ = .5 the cycle 9.10836769, 1.54210730
test("naive expectations in the cobweb economy: equilibria, cycles and the slope at which they lose stability", () => {
  const { state, points, bifurcations } = scan(cobweb, {
    param: "supplySlope",
    values: [0.22, 0.5],
    params: { noiseSd: 0 },
    rules: { "producers.forecast": "world.price" },
    ...short,
  });
  expect(state).toEqual(["world.price"]);
  expect(points[0]!.equilibria).toMatchObject([{ metric: close(5.573885844, 8), stable: true }]);
  expect(points[0]!.equilibria[0]!.eigenvalues[0]!.real).toBeCloseTo(-0.87231152, 7);
  expect(points[1]!.equilibria).toMatchObject([{ metric: close(5.7322748267, 8), stable: false }]);
  expect([...points[1]!.attractor.slice(-2)].sort((a, b) => a - b)).toEqual([
    close(1.5421073, 7),
    close(9.10836769, 7),
  ]);
  const defaults = { demandIntercept: 13.8, demandSlope: 1.5, producers: 6, inflection: 6 };
  const critical = findRoot(
    (supplySlope) => {
      const p = { ...defaults, supplySlope } as Parameters<typeof feedbackSlope>[0];
      return feedbackSlope(p, rationalExpectationsPrice(p)) + 1;
    },
    0.22,
    0.5,
  );
  expect(bifurcations).toEqual([{ at: close(critical, 7), kind: "period doubling", cycle: 1 }]);
});

/** Who decides takes 0 or 1; a count of whole numbers moves the level. */
const counting = defineEconomy({
  name: "counting",
  source: "",
  summary: "Orders are counted.",
  params: { gain: param(0.5, { min: 0, max: 1 }), horizon },
  horizon: "horizon",
  world: { level: f64({ initial: 1 }), signal: f64({ initial: 3 }) },
  populations: {
    people: population({ size: 2, state: { orders: i32(), own: f64() }, actions: { order: discrete(2) } }),
  },
  phases: ({ decide, each, world }) => ({
    choose: decide("people", { doc: "orders" }),
    count: each("people", { doc: "orders so far" }, (k, from, to) => {
      for (let i = from; i < to; i++) k.orders[i] = k.orders[i]! + k.order[i]!;
    }),
    move: world({ doc: "by orders" }, (w, p) => {
      w.level = p.gain * w.level + w.people.orders[0]!;
    }),
  }),
  observe: { people: { level: { world: "level", doc: "level" } } },
  reward: { people: { column: "own", doc: "none" } },
  metrics: { level: { unit: "1", doc: "level", of: (w) => w.level } },
});

test("whole numbers that change are no state, and rules are given for all that is decided", () => {
  const of = (rules: Record<string, number | string>) => periodMap(counting, { rules, warmUp: 3 });
  expect(of({ "people.order": 1 }).unmapped).toBe(
    "people.orders holds whole numbers that change, and they have no derivatives",
  );
  expect(of({ "people.order": 1 }).noisy).toBe(false);
  const still = of({ "people.order": 0 });
  expect([still.unmapped, still.names]).toEqual([null, ["world.level"]]);
  expect(of({ "people.order": "world.signal" }).value()).toBe(9 + 0.5 * (6 + 0.5 * (3 + 0.5)));
  expect(() => of({})).toThrow(
    'counting: people.order is decided on, and no rule says how. Give it a number or a column, such as "people.order=0"',
  );
  expect(() => of({ "people.ordre": 1 })).toThrow(
    'counting: nobody decides on "people.ordre". Did you mean "people.order"?',
  );
  expect(() => of({ "people.order": "world.sginal" })).toThrow('"world.sginal". Did you mean "world.signal"?');
  expect(() => of({ "people.order": "people.none" })).toThrow('or has another length, "people.none"');
});

/** A queue of 70 numbers, of which a position in real numbers picks the one that all others follow. */
const queue = defineEconomy({
  name: "queue-of-numbers",
  source: "",
  summary: "Numbers follow one of them in turn.",
  params: { horizon },
  horizon: "horizon",
  world: { sum: f64(), next: f64() },
  populations: { people: population({ size: 70, state: { own: f64({ initial: 1 }) } }) },
  phases: ({ total, world }) => ({
    halve: world({ doc: "in turn" }, (w) => {
      const followed = w.people.own[w.next]!;
      w.people.own.forEach((x, i) => {
        w.people.own[i] = x / 2 + followed / 4;
      });
      w.next = (w.next + 1) % 70;
    }),
    add: total("people", { doc: "all" }, { sum: "own" }),
  }),
  metrics: { sum: { unit: "1", doc: "sum", of: (w) => w.sum } },
});

test("of more numbers than a map may have exponents remain, of those that bear to be moved", () => {
  const map = periodMap(queue, { warmUp: 4 });
  expect(map.unmapped).toBe("72 numbers may matter to sum, more than 60");
  expect(map.names).toEqual([]);
  expect(map.exponents(1, 200)[0]).toBeCloseTo(Math.log(0.75), 1); // all equal: x′ = 3/4 x
});

test("what cannot be scanned is refused before anything is played", () => {
  const at = (options: object) => () => scan(logistic, { param: "r", values: [3], ...short, ...options });
  expect(at({ param: "q" })).toThrow('scan: logistic has no parameter "q" that is a number.');
  expect(at({ values: [3, 5] })).toThrow("logistic.r: got 5, expected a number from 0 to 4");
  expect(at({ values: [3, 3] })).toThrow("values of r are 3, 3, expected at least one, ascending");
  expect(at({ points: 1 })).toThrow("scan: points is 1, expected a whole number from 2");
  expect(at({ metric: "y" })).toThrow('logistic has no metric "y". Did you mean "x"? Expected one of: x, shown, mean.');
  expect(at({ state: ["world.z"] })).toThrow('logistic has no column of real numbers "world.z".');
  expect(() => scanValues(logistic, "r", 4, 3, 5)).toThrow(
    "got r from 4 to 3, expected two numbers, the smaller first",
  );
  expect(scanValues(logistic, "r", 3, 4, 5)).toEqual([3, 3.25, 3.5, 3.75, 4]);
  expect(scanValues(logistic, "lots", 1, 4, 20)).toEqual([1, 2, 3, 4]);
});

/** y′ = A y + ε */
function wandering(A: readonly number[], periods: number, seed: number): Float64Array {
  const D = Math.sqrt(A.length);
  const path = new Float64Array(periods * D);
  seedStream(seed).normal(path, { lane: 0, period: 0, from: 0 });
  for (let t = 1; t < periods; t++)
    for (let i = 0; i < D; i++)
      for (let j = 0; j < D; j++) path[t * D + i] = path[t * D + i]! + A[i * D + j]! * path[(t - 1) * D + j]!;
  return path;
}

test("the Jacobian of aggregates is the law by which they return, in any units", () => {
  const A = [0.6, -0.5, 0.5, 0.6]; // eigenvalues .6 ± .5 i, of size √.61
  const paths = [1, 2, 3].map((seed) => wandering(A, 2000, seed));
  const found = aggregateJacobian(paths, 2)!;
  // standard error of an entry √((1 − .61)/6000) = .008
  expect([...found.matrix]).toEqual(A.map((a) => close(a, 1.4))); // ± .02
  expect(found.eigenvalues).toEqual([
    { real: close(0.6, 1.4), imaginary: close(0.5, 1.4) },
    { real: close(0.6, 1.4), imaginary: close(-0.5, 1.4) },
  ]);
  expect(found.radius.low).toBeLessThan(Math.sqrt(0.61));
  expect(found.radius.high).toBeGreaterThan(Math.sqrt(0.61));
  expect(found.radius.high - found.radius.low).toBeLessThan(0.1);
  expect(found.stable).toBe("stable");
  const scaled = aggregateJacobian(
    paths.map((path) => path.map((v, i) => (i % 2 === 0 ? 1e6 * v + 5 : v))),
    2,
  )!;
  expect(scaled.radius.mean).toBeCloseTo(found.radius.mean, 9);
  expect(scaled.matrix[1]! / 1e6).toBeCloseTo(found.matrix[1]!, 9);
});

test("aggregates that drift away, that do not move, or of which one is another's copy", () => {
  const growing = Float64Array.from({ length: 200 }, (_, t) => 1.05 ** t + 0.001 * ((t * 7919) % 13));
  expect(aggregateJacobian([growing], 1)!.radius.mean).toBeGreaterThan(1);
  expect(aggregateJacobian([new Float64Array(100).fill(3)], 1)).toBeNull();
  const one = wandering([0.5], 300, 1);
  expect(aggregateJacobian([Float64Array.from({ length: 600 }, (_, i) => one[i >> 1]!)], 2)).toBeNull();
  expect(() => aggregateJacobian([one.subarray(0, 20)], 1)).toThrow(
    "got 1 paths of 20 periods, expected 6 stretches of at least 4 periods in each",
  );
});

test("ends of an economy have the Jacobian of their metrics", () => {
  const ends = endsOfEconomy(linear, {
    starts: [{ noise: 0.1 }, { noise: 0.1, a: 0.3 }],
    metrics: ["x", "y"],
    periods: 1200,
    last: 1000,
    threshold: 0.2,
    seeds: [1, 2, 3],
  });
  expect(ends.clusters.length).toBe(1);
  const { radius, stable } = ends.clusters[0]!.jacobian!;
  expect(stable).toBe("stable");
  // .7 and .6 of the two halves of the runs
  expect(radius.mean).toBeGreaterThan(0.6);
  expect(radius.mean).toBeLessThan(0.7);
  const still = endsOfEconomy(linear, { starts: [{}], metrics: ["x"], periods: 800, threshold: 0.1 });
  expect(still.clusters[0]!.jacobian).toBeNull();
});
