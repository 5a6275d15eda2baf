import { expect, test } from "vitest";
import arms from "../../test/fixtures/arms.ts";
import { seedStream } from "../random/index.ts";
import { createFederation, createLearner, federate, type Participant } from "./index.ts";

/** Goes half of the way to a place of its own. */
const towards = (place: readonly number[], weight = 1): Participant => ({
  weight,
  train: (w) => w.map((x, k) => x + 0.5 * (place[k] - x)),
});
const stream = (purpose: string) => seedStream(1).fork(purpose);

function after(rounds: number, options: Parameters<typeof federate>[0]): Float32Array {
  for (const { round, weights } of federate(options)) if (round + 1 === rounds) return weights;
  throw new Error("no rounds");
}

test("the common weights go to the weighted mean of where participants go, by half of the rest in each round", () => {
  const participants = [towards([8, 0], 1), towards([0, 4], 3)];
  const initial = [0, 0];
  expect([...after(1, { participants, initial, stream: stream("one") })]).toEqual([1, 1.5]);
  expect([...after(3, { participants, initial, stream: stream("three") })]).toEqual([2 * 0.875, 3 * 0.875]);
  expect([...after(1, { participants, initial, serverRate: 0.5, stream: stream("rate") })]).toEqual([0.5, 0.75]);
});

test("who drops out is left out of the mean, and a round without answers changes nothing", () => {
  const participants = [towards([8]), { train: (_: Float32Array, round: number) => (round < 2 ? null : [100]) }];
  const all = [];
  for (const { round, asked, answered, weights } of federate({ participants, initial: [0], stream: stream("out") })) {
    all.push([asked, answered, weights[0]]);
    if (round === 2) break;
  }
  expect(all).toEqual([
    [2, 1, 4],
    [2, 1, 6],
    [2, 2, 6 + (1 + 94) / 2],
  ]);
  const federation = createFederation({ participants: 2, initial: [5], stream: stream("none") });
  expect(federation.close(new Map([[0, null]]))).toMatchObject({ round: 0, asked: 2, answered: 0, change: 0 });
  expect([...federation.weights]).toEqual([5]);
});

test("long updates are scaled down to the clip, and what is no number counts as nothing", () => {
  const far = { train: () => [30, 40] };
  const [report] = federate({ participants: [far], initial: [0, 0], clip: 5, stream: stream("clip") });
  expect([report.clipped, ...report.weights].map((x) => Math.fround(x))).toEqual([1, 3, 4]);
  const broken = { train: () => [Number.NaN, 1] };
  expect([
    ...after(1, { participants: [broken, towards([2, 2])], initial: [0, 0], clip: 5, stream: stream("broken") }),
  ]).toEqual([0.5, 0.5]);
});

test("noise has the deviation σS/(qN), and is another in each round", () => {
  const still: Participant = { train: (w) => w };
  const participants = Array.from({ length: 20 }, () => still);
  const initial = new Float32Array(4000);
  const options = { participants, initial, sampling: 0.5, clip: 2, noise: 1.5, stream: stream("noise") };
  let before = initial;
  const changes: Float64Array[] = [];
  for (const { round, asked, weights } of federate(options)) {
    changes.push(Float64Array.from(weights, (w, k) => w - before[k]));
    before = weights.slice();
    expect(asked).toBeGreaterThan(2);
    if (round === 1) break;
  }
  const deviation = (1.5 * 2) / (0.5 * 20);
  for (const change of changes) {
    const size = Math.sqrt(change.reduce((sum, x) => sum + x * x, 0) / 4000);
    expect(Math.abs(size / deviation - 1)).toBeLessThan(0.05); // 4.5 standard errors
  }
  const product = changes[0].reduce((sum, x, k) => sum + x * changes[1][k], 0) / 4000;
  expect(Math.abs(product / (deviation * deviation))).toBeLessThan(0.07);
});

test("participants are asked with the probability that was set, anew in each round", () => {
  const federation = createFederation({ participants: 400, initial: [0], sampling: 0.3, stream: stream("asked") });
  const first = federation.asked();
  expect(federation.asked()).toEqual(first);
  expect(Math.abs(first.length / 400 - 0.3)).toBeLessThan(0.1);
  federation.close(new Map());
  expect(federation.asked()).not.toEqual(first);
});

test("sums under masks are the same to the fixed point's digits, with weights and with who drops out", () => {
  const words = stream("words");
  let row = 0;
  const random = (count: number) => Uint32Array.from({ length: count }, () => words.bitsAt(0, 0, row++));
  const options = { participants: 4, weights: [1, 2, 3, 4], initial: [0, 1] };
  const answers = new Map([
    [0, [0.3, -2]],
    [1, null],
    [2, [0.7, 1.5]],
    [3, [-0.9, 0.1]],
  ]);
  const plain = createFederation({ ...options, stream: stream("plain") });
  const secure = createFederation({ ...options, stream: stream("secure"), secure: { bits: 20, random } });
  plain.close(answers);
  secure.close(answers);
  expect(plain.weights[0]).toBeCloseTo((0.3 + 2.1 - 3.6) / 8, 6);
  plain.weights.forEach((w, k) => {
    expect(Math.abs(secure.weights[k] - w)).toBeLessThan(4 / 2 ** 20);
  });
  expect(secure.weights).not.toEqual(plain.weights);
});

test("liars ruin the mean and neither median, trimmed mean nor Krum", () => {
  const participants = [...[1.8, 1.9, 2, 2.1, 2.2].map((place) => towards([place])), { train: () => [-1e6] }];
  const end = (combine: Parameters<typeof federate>[0]["combine"]) =>
    after(30, { participants, initial: [0], stream: stream("liars"), ...(combine && { combine }) })[0];
  expect(end("mean")).toBeLessThan(-1e4);
  for (const combine of ["median", { trim: 1 }, { krum: 1 }] as const)
    expect(Math.abs(end(combine) - 2)).toBeLessThan(0.15);
});

test("what would not be private or not secure is refused", () => {
  const options = { participants: 2, initial: [0], stream: stream("refused") };
  expect(() => createFederation({ ...options, noise: 1 })).toThrow("noise needs a clip");
  expect(() => createFederation({ ...options, noise: 1, clip: 1, weights: [1, 2] })).toThrow("equal weights");
  const secure = { bits: 20, random: (count: number) => new Uint32Array(count) };
  expect(() => createFederation({ ...options, combine: "median", secure })).toThrow("can only take the mean");
  expect(() => createFederation(options).close(new Map([[0, [1, 2]]]))).toThrow("answered with 2 numbers, expected 1");
});

test("a learner trains the weights that it is given, and its player plays others without forgetting its own", () => {
  const [a, b] = [createLearner(arms, { seed: 3 }), createLearner(arms, { seed: 3 })];
  const own = a.weights();
  expect(b.weights()).toEqual(own);
  const other = own.map((w) => 0.5 * w);
  a.player(other);
  expect(a.weights()).toEqual(own);
  const [fromOther, fromOwn] = [a.train(other, 0), b.train(own, 0)];
  expect(fromOther).not.toEqual(fromOwn);
  // One update moves a weight by little
  const moved = Array.from(fromOther ?? [], (w, k) => Math.abs(w - other[k]));
  expect(Math.max(...moved)).toBeGreaterThan(0);
  expect(Math.max(...moved)).toBeLessThan(0.02);
  expect(() => a.train(own.subarray(1), 1)).toThrow(
    `got ${own.length - 1} weights, expected the ${own.length} of arms`,
  );
  for (let round = 0; round < 8; round++) b.train(own, round);
  expect(() => b.train(own, 9)).toThrow("arms has no update left after 320 steps. Set a larger totalSteps.");
});
