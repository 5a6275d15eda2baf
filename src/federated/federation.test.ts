import { expect, test } from "vitest";
import arms from "../../test/fixtures/arms.ts";
import { wordsOf } from "../../test/words.ts";
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
  const [{ weights, change }] = federate({ participants, initial, serverRate: 0.5, stream: stream("rate") });
  expect([...weights]).toEqual([0.5, 0.75]);
  expect(change).toBeCloseTo(Math.hypot(0.5, 0.75), 14);
});

test("a participant that writes over the weights it is given changes nothing but its answer", () => {
  const participants = [{ train: (w: Float32Array) => w.fill(9) }, towards([2])];
  expect([...after(1, { participants, initial: [1], stream: stream("writes") })]).toEqual([1 + (8 + 0.5) / 2]);
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
  // Clipped and not private: the mean of those that answer
  const gone = { train: () => null };
  expect([...after(1, { participants: [far, gone, gone], initial: [0, 0], clip: 5, stream: stream("gone") })]).toEqual([
    3, 4,
  ]);
  for (const x of [Number.NaN, Infinity]) {
    const participants = [{ train: () => [x, 1] }, towards([2, 2])];
    expect([...after(1, { participants, initial: [0, 0], clip: 5, stream: stream("broken") })]).toEqual([0.5, 0.5]);
  }
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

test("a private mean is the clipped sum over qN with the round's noise; equal weights of any size count once", () => {
  for (const weight of [1, 7]) {
    const options = { participants: 8, weights: new Array<number>(8).fill(weight), initial: [0, 0] };
    const closed = (update: readonly number[] | null) => {
      const federation = createFederation({ ...options, sampling: 0.5, clip: 1, noise: 0.5, stream: stream("sum") });
      const asked = federation.asked();
      const round = federation.close(new Map(asked.map((i) => [i, i === asked[0] ? null : update])));
      return { ...round, weights: federation.weights };
    };
    const [noise, sum] = [closed(null), closed([3, 4])];
    expect([noise.answered, sum.answered, sum.clipped]).toEqual([0, sum.asked - 1, 1]);
    expect(sum.answered).toBeGreaterThan(1);
    [0.6, 0.8].forEach((x, k) => {
      expect(sum.weights[k] - noise.weights[k]).toBeCloseTo((sum.answered * x) / (0.5 * 8), 6);
    });
  }
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
  const options = { participants: 4, weights: [1e3, 2e3, 3e3, 4e3], initial: [0, 1] };
  const answers = new Map([
    [0, [0.3, -2]],
    [1, null],
    [2, [0.7, 1.5]],
    [3, [-0.9, 0.1]],
  ]);
  const plain = createFederation({ ...options, stream: stream("plain") });
  const secure = createFederation({
    ...options,
    stream: stream("secure"),
    secure: { bits: 20, random: wordsOf("words") },
  });
  plain.close(answers);
  secure.close(answers);
  expect(plain.weights[0]).toBeCloseTo((0.3 + 2.1 - 3.6) / 8, 6);
  plain.weights.forEach((w, k) => {
    expect(Math.abs(secure.weights[k] - w)).toBeLessThan(4 / 2 ** 20);
  });
  expect(secure.weights).not.toEqual(plain.weights);
  // Four of these would overflow 32 bits, though one does not
  expect(() => secure.close(new Map([[3, [600, 1]]]))).toThrow("expected less than 512 for 4 participants");
});

test("a round under masks needs two thirds of those asked, or the share that was set, and never half or less", () => {
  const answers = new Map([0, 1, 2].map((i) => [i, [1]]));
  const closed = (share: object) => () =>
    createFederation({
      participants: 5,
      initial: [0],
      stream: stream("shares"),
      secure: { bits: 10, random: wordsOf("shares"), ...share },
    }).close(answers);
  expect(closed({})).toThrow("3 vectors came, expected at least 4");
  expect(closed({ share: 0.1 })().answered).toBe(3);
  answers.delete(2);
  expect(closed({ share: 0.1 })).toThrow("2 vectors came, expected at least 3");
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
  expect(() => createFederation({ ...options, noise: 1, clip: 1, combine: "median" })).toThrow("noise needs");
  for (const weights of [[1], [1, 0], [1, -1], [1, Number.NaN]])
    expect(() => createFederation({ ...options, weights })).toThrow("expected 2 numbers above 0");
  for (const sampling of [0, 1.1, Number.NaN])
    expect(() => createFederation({ ...options, sampling })).toThrow(`got sampling ${sampling}, expected more than 0`);
  expect(() => createFederation({ ...options, clip: 0 })).toThrow("got clip 0, expected a number above 0");
  const secure = { bits: 20, random: (count: number) => new Uint32Array(count) };
  expect(() => createFederation({ ...options, combine: "median", secure })).toThrow("can only take the mean");
  expect(() => createFederation(options).close(new Map([[0, [1, 2]]]))).toThrow("answered with 2 numbers, expected 1");
});

test("a learner trains the weights that it is given, and its players play others without it forgetting its own", () => {
  const [a, b] = [createLearner(arms, { seed: 3 }), createLearner(arms, { seed: 3 })];
  const own = a.weights();
  expect(b.weights()).toEqual(own);
  const other = own.map((w) => 0.5 * w);
  // Other weights choose other arms, also while the learner has gone on to those of the next player
  const noise = stream("players");
  const players = Array.from({ length: 6 }, (_, p) => a.player(own.map((w, k) => w + 2 * noise.normalAt(0, p, k))));
  const chosen = players.map((player) => (player.respond("gamblers", () => {})["arm"] as ArrayLike<number>)[0]);
  expect(new Set(chosen).size).toBeGreaterThan(1);
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
  expect(() => a.train(Float32Array.of(...own, 0), 1)).toThrow(`got ${own.length + 1} weights, expected the`);
  for (let round = 0; round < 8; round++) b.train(own, round);
  expect(() => b.train(own, 9)).toThrow("arms has no update left after 320 steps. Set a larger totalSteps.");
});
