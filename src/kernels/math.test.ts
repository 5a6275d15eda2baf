import { expect, test } from "vitest";
import { exp, expEach, log, logEach, useBlocks } from "../math/index.ts";
import { createArena } from "./index.ts";
import { accelerateMath } from "./math.ts";

const doubles = new Float64Array(1);
const words = new Uint32Array(doubles.buffer);
let state = 1;
const bits = (): number => {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return state >>> 0;
};
/** Any double at all, most of them far from 1. */
function anything(): number {
  words.set([bits(), bits()]);
  return doubles[0];
}
const uniform = (low: number, high: number): number => low + (bits() / 2 ** 32) * (high - low);
const special = [
  0,
  -0,
  1,
  -1,
  NaN,
  Infinity,
  -Infinity,
  5e-324,
  1e-310,
  2 ** -1022,
  1.7e308,
  709.8,
  -745.2,
  -746,
  2 ** -28,
  -(2 ** -29),
];
const edges = [0.34657359027997264, -0.34657359027997264, 700, -700, Math.SQRT1_2, Math.SQRT2, 2 ** 1000, 2 ** -1000];

const same = (f: (x: number) => number, each: typeof expEach, x: Float64Array): void => {
  const got = x.slice();
  each(got, x);
  const differs = x.findIndex((value, i) => !Object.is(got[i], f(value)));
  if (differs >= 0) expect.fail(`at ${x[differs]}: got ${got[differs]}, expected ${f(x[differs])}`);
};

test("many numbers have the same bits as one at a time: ordinary, extreme and special", () => {
  const samples = [
    Float64Array.from({ length: 40_001 }, () => uniform(-700, 700)),
    Float64Array.from({ length: 40_000 }, () => uniform(-2, 2)),
    Float64Array.from({ length: 3000 }, anything),
    Float64Array.from(special),
    Float64Array.from(edges),
    ...special.map((x) => Float64Array.of(0.5, x, 2)),
  ];
  const positive = samples.map((x) => x.map(Math.abs));
  const around = Float64Array.from({ length: 40_000 }, () => uniform(0.5, 2));
  const wide = Float64Array.from({ length: 40_000 }, () => exp(uniform(-690, 690)));
  for (const accelerate of [() => {}, accelerateMath]) {
    accelerate();
    for (const x of samples) same(exp, expEach, x);
    for (const x of [...samples, ...positive, around, wide]) same(log, logEach, x);
  }
});

test("ordinary numbers are done by the kernels, others are not", () => {
  const arena = createArena({ bytes: 4 << 20 });
  const x = arena.f64(4);
  const { expDoubles, logDoubles } = arena.kernels;
  for (const [value, byExp, byLog] of [
    [1.5, true, true],
    [0, true, false],
    [-3, true, false],
    [701, false, true],
    [1e-9, false, true],
    [NaN, false, false],
    [1e302, false, false],
  ] as const) {
    x.fill(1)[0] = value;
    expect(!!expDoubles(x.byteOffset, 1)).toBe(byExp);
    x.fill(1)[0] = value;
    expect(!!logDoubles(x.byteOffset, 1)).toBe(byLog);
  }
});

test("a part of the numbers, in place", () => {
  useBlocks({ numbers: new Float64Array(8), exp: () => false, log: () => false });
  const x = Float64Array.from({ length: 30 }, (_, i) => i / 10);
  const y = x.slice();
  expEach(y, y, 3, 20);
  y.forEach((value, i) => {
    expect(value).toBe(i >= 3 && i < 20 ? exp(x[i]) : x[i]);
  });
});
