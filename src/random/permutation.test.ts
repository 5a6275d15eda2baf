import { expect, test } from "vitest";
import { fillPartners, permutation, seedStream } from "./index.ts";

const sizes = [...Array.from({ length: 200 }, (_, i) => i + 1), 513, 1023, 1200, 4099, 65537];

test("a permutation is one-to-one and its inverse undoes it, for sizes 1 to 200 and larger", () => {
  const rng = seedStream(7).fork("bijection");
  for (const size of sizes) {
    const π = permutation(rng, { size, lane: 1, period: size });
    const seen = new Uint8Array(size);
    for (let i = 0; i < size; i++) {
      const j = π.at(i);
      seen[j]++;
      if (π.inverse(j) !== i) throw new Error(`size ${size}: inverse(at(${i})) is ${π.inverse(j)}`);
    }
    expect(seen.every((n) => n === 1)).toBe(true);
  }
});

test("partners are an involution without fixed points, but for the odd one out", () => {
  const rng = seedStream(7).fork("partners");
  for (const size of sizes) {
    const partner = new Int32Array(size);
    fillPartners(partner, permutation(rng, { size, lane: 0, period: 3 }), 0, size);
    let alone = 0;
    for (let i = 0; i < size; i++) {
      const j = partner[i];
      if (j === -1) alone++;
      else if (j === i || partner[j] !== i) throw new Error(`size ${size}: ${i} has ${j}, who has ${partner[j]}`);
    }
    expect(alone).toBe(size % 2);
  }
});

test("partners are the same in 1, 2 and 7 parts", () => {
  const rng = seedStream(7).fork("parts");
  for (const size of [1, 2, 7, 101, 1200]) {
    const π = permutation(rng, { size, lane: 0, period: 0 });
    const whole = new Int32Array(size);
    fillPartners(whole, π, 0, size);
    for (const parts of [2, 7]) {
      const cut = new Int32Array(size);
      for (let part = 0; part < parts; part++) {
        const from = Math.floor((part * size) / parts);
        const to = Math.floor(((part + 1) * size) / parts);
        fillPartners(cut.subarray(from, to), π, from, to);
      }
      expect(cut).toEqual(whole);
    }
  }
});

test("all 120 orders of 5 rows are equally frequent", () => {
  const π = permutation(seedStream(1).fork("orders"), { size: 5, lane: 0, period: 0 });
  const trials = 240_000;
  const counts = new Map<string, number>();
  for (let period = 0; period < trials; period++) {
    π.rekey(0, period);
    const order = `${π.at(0)}${π.at(1)}${π.at(2)}${π.at(3)}${π.at(4)}`;
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(120);
  expect(Math.abs(standardized([...counts.values()], trials / 120, 119))).toBeLessThan(4);
});

test("all pairs of rows meet equally often", () => {
  const trials = { 30: 60_000, 64: 30_000, 512: 2_000, 1200: 1_000 };
  for (const [key, periods] of Object.entries(trials)) {
    const size = Number(key);
    const π = permutation(seedStream(1).fork("pairs"), { size, lane: 0, period: 0 });
    const partner = new Int32Array(size);
    const met = new Int32Array(size * size);
    for (let period = 0; period < periods; period++) {
      π.rekey(0, period);
      fillPartners(partner, π, 0, size);
      for (let i = 0; i < size; i++) if (partner[i] > i) met[i * size + partner[i]]++;
    }
    const counts: number[] = [];
    for (let i = 0; i < size; i++) for (let j = i + 1; j < size; j++) counts.push(met[i * size + j]);
    // E χ² = pairs (1 − 1/(n − 1)) = n (n − 2) / 2, since a pair meets with probability 1/(n − 1)
    expect(Math.abs(standardized(counts, periods / (size - 1), (size * (size - 2)) / 2))).toBeLessThan(4);
  }
});

test("successive periods and neighbouring worlds are independent: a partner is kept as often as chance keeps it", () => {
  const size = 100;
  const periods = 20_000;
  const rng = seedStream(1).fork("successive");
  const π = permutation(rng, { size, lane: 0, period: 0 });
  const previous = new Int32Array(size);
  const partner = new Int32Array(size);
  for (const step of ["period", "lane"] as const) {
    let kept = 0;
    for (let t = 0; t < periods; t++) {
      previous.set(partner);
      if (step === "period") π.rekey(0, t);
      else π.rekey(t, 0);
      fillPartners(partner, π, 0, size);
      if (t > 0) for (let i = 0; i < size; i++) if (partner[i] === previous[i]) kept++;
    }
    const pairsKept = kept / 2;
    const expected = ((periods - 1) * size) / 2 / (size - 1); // nearly Poisson
    expect(Math.abs(pairsKept - expected)).toBeLessThan(4 * Math.sqrt(expected));
  }
});

test("another world, period or purpose gives another permutation, and rekey equals construction", () => {
  const rng = seedStream(1).fork("addresses");
  const image = (stream: typeof rng, lane: number, period: number) => {
    const π = permutation(stream, { size: 50, lane, period });
    return Array.from({ length: 50 }, (_, i) => π.at(i)).join();
  };
  const images = [image(rng, 0, 0), image(rng, 0, 1), image(rng, 1, 0), image(rng.fork("x"), 0, 0)];
  expect(new Set(images).size).toBe(4);
  const π = permutation(rng, { size: 50, lane: 0, period: 0 });
  π.rekey(0, 1);
  expect(Array.from({ length: 50 }, (_, i) => π.at(i)).join()).toBe(images[1]);
});

test("a size without rows and a range beyond the rows are errors", () => {
  const rng = seedStream(1).fork("errors");
  expect(() => permutation(rng, { size: 0, lane: 0, period: 0 })).toThrow("got size 0");
  const π = permutation(rng, { size: 10, lane: 0, period: 0 });
  expect(() => fillPartners(new Int32Array(5), π, 6, 11)).toThrow("got rows 6 to 11");
});

function standardized(counts: number[], expected: number, df: number): number {
  const chi2 = counts.reduce((sum, c) => sum + (c - expected) ** 2 / expected, 0);
  return (chi2 - df) / Math.sqrt(2 * df);
}
