import { getDiffieHellman } from "node:crypto";
import { expect, test } from "vitest";
import { wordsOf } from "../../test/words.ts";
import { aggregateSecurely, createMasker, fromFixed, joinShares, shareSecret, toFixed, unmask } from "./index.ts";

test("any threshold of shares gives the secret back, and one fewer something else", () => {
  const secret = 0x1234567890abcdef1234567890abcdefn;
  const shares = shareSecret(secret, 5, 3, wordsOf("shares"));
  for (const some of [
    [0, 1, 2],
    [4, 2, 0],
    [1, 3, 4],
    [0, 1, 2, 3, 4],
  ])
    expect(joinShares(some.map((k) => shares[k]))).toBe(secret);
  expect(joinShares(shares.slice(0, 2))).not.toBe(secret);
  expect(() => joinShares([shares[0], shares[0]])).toThrow("expected different places");
  expect(() => shareSecret(1n, 3, 4, wordsOf("few"))).toThrow("got threshold 4 of 3 shares");
});

const vectors = [
  Uint32Array.of(1, 2, 0xffffffff),
  Uint32Array.of(10, 20, 1),
  Uint32Array.of(100, 200, 0x80000000),
  Uint32Array.of(1000, 2000, 0x80000000),
  Uint32Array.of(7, 7, 7),
];

test("masks cancel to the bit, whoever drops out, down to the threshold", () => {
  const options = { threshold: 3, round: "round 1" };
  for (const missing of [[], [0], [1, 4]]) {
    const some = vectors.map((vector, i) => (missing.includes(i) ? null : vector));
    const expected = new Uint32Array(3);
    for (const vector of some) for (let k = 0; vector && k < 3; k++) expected[k] += vector[k];
    expect(aggregateSecurely(some, { ...options, random: wordsOf(`missing ${missing}`) })).toEqual(expected);
  }
  const two = vectors.map((vector, i) => (i < 2 ? vector : null));
  expect(() => aggregateSecurely(two, { ...options, random: wordsOf("two") })).toThrow(
    "2 vectors came, expected at least 3",
  );
});

test("the server sees vectors under masks, and neither them nor sums of some without the shares", () => {
  const maskers = vectors
    .slice(0, 3)
    .map((_, id) => createMasker({ id, threshold: 2, round: "r", random: wordsOf(`id ${id}`) }));
  const announced = maskers.map((masker) => masker.announced);
  const confided = maskers.flatMap((masker) => masker.confide(announced));
  for (const masker of maskers) masker.receive(confided);
  const masked = maskers.map((masker, i) => masker.masked(vectors[i]));
  masked.forEach((vector, i) => {
    vector.forEach((word, k) => {
      expect(Math.abs(word - vectors[i][k])).toBeGreaterThan(1000);
    });
  });
  // Pairwise masks cancel, own masks do not
  const bare = masked[0].map((word, k) => word + masked[1][k] + masked[2][k]);
  expect(bare).not.toEqual(vectors[0].map((word, k) => word + vectors[1][k] + vectors[2][k]));
  const revealed = maskers[0].reveal([0, 1, 2]);
  expect(revealed.map(({ secret }) => secret)).toEqual(["seed", "seed", "seed"]);
  const all = new Map(masked.map((vector, i) => [i, vector]));
  expect(() => unmask({ round: "r", threshold: 2, announced, masked: all, revealed })).toThrow(
    "1 shares of the seed of participant 0 came, expected 2",
  );
  // Nobody is told both secrets of participant 1
  expect(() => maskers[0].reveal([0, 2])).toThrow("was asked to reveal for [0,1,2] and then for [0,2]");
  expect(maskers[0].reveal([2, 1, 0])).toEqual(revealed); // the same survivors
  expect(maskers[1].reveal([0, 2]).map(({ of, secret }) => `${of} ${secret}`)).toEqual([
    "0 seed",
    "1 exponent",
    "2 seed",
  ]);
  expect(() => createMasker({ id: 0, threshold: 1, round: "r", random: wordsOf("low") }).confide(announced)).toThrow(
    "threshold 1 of 3 is not more than half",
  );
  const four = Array.from({ length: 4 }, (_, id) => ({ ...announced[0], id }));
  expect(() => createMasker({ id: 0, threshold: 2, round: "r", random: wordsOf("half") }).confide(four)).toThrow(
    "threshold 2 of 4 is not more than half",
  );
});

test("keys are powers of 2 in the 2048-bit group of RFC 3526, whose prime Node has, too, and masks of two rounds differ", () => {
  const words = wordsOf("key")(8);
  const { announced } = createMasker({ id: 0, threshold: 2, round: "r", random: wordsOf("key") });
  const prime = BigInt(`0x${getDiffieHellman("modp14").getPrime("hex")}`);
  let expected = 1n;
  for (const bit of [...words].map((word) => word.toString(2).padStart(32, "0")).join(""))
    expected = (expected * expected * (bit === "1" ? 2n : 1n)) % prime;
  expect(announced.publicKey).toBe(expected);
  const [one, two] = ["r", "s"].map((round) => {
    const maskers = [0, 1].map((id) => createMasker({ id, threshold: 2, round, random: wordsOf(`${id}`) }));
    const all = maskers.map((masker) => masker.announced);
    maskers[0].receive(maskers.flatMap((masker) => masker.confide(all)));
    return maskers[0].masked(new Uint32Array(3));
  });
  one.forEach((word, k) => {
    expect(word).not.toBe(two[k]);
  });
});

test("fixed point keeps so many digits, negative numbers too, and refuses what could overflow", () => {
  const x = [0.5, -0.25, 1 / 3, 2 / 3, -7.9];
  fromFixed(toFixed(x, 10, 2), 10).forEach((value, k) => {
    expect(Math.abs(value - x[k])).toBeLessThanOrEqual(2 ** -11);
  });
  const [a, b] = [toFixed([-3.5], 20, 2), toFixed([1.25], 20, 2)];
  expect(fromFixed(Uint32Array.of(a[0] + b[0]), 20)[0]).toBe(-2.25);
  expect(() => toFixed([512], 20, 4)).toThrow("number 0 is 512, expected less than 512 for 4 participants");
  expect(() => toFixed([Number.NaN], 20, 4)).toThrow("number 0 is NaN");
  for (const bits of [-1, 31, 1.5]) expect(() => toFixed([0], bits, 1)).toThrow(`got ${bits} bits after the point`);
  expect(() => shareSecret((1n << 521n) - 1n, 3, 2, wordsOf("large"))).toThrow("the secret is not below 2^521 − 1");
});
