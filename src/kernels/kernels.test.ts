import { describe, expect, test } from "vitest";
import { plain, shared } from "./generated/wasm.js";
import { type Arena, createArena, type Kernels } from "./index.ts";

// Every kernel against the obvious loop in f64, for every length from 1 to 37, with a guard behind every output.
const LENGTHS = Array.from({ length: 37 }, (_, i) => i + 1);
const GUARD = 12345;

/** An arena whose arrays sit at awkward offsets with a guard element before and after. */
function bench(shared = false) {
  const arena = createArena({ bytes: 8 * 1024 * 1024, shared });
  const guards: Float32Array[] = [];
  let state = 1;
  /** Uniform in [−1, 1), from a small generator: only has to be irregular. */
  const noise = () => (state = (Math.imul(state, 1664525) + 1013904223) | 0) / 2 ** 31;
  return {
    arena,
    k: arena.kernels,
    noise,
    array(n: number, value: (i: number) => number = noise) {
      const whole = arena.f32(n + 3).fill(GUARD);
      guards.push(whole);
      return fillWith(whole.subarray(1, n + 1), value);
    },
    untouched: () => guards.every((g) => g[0] === GUARD && g.at(-1) === GUARD && g.at(-2) === GUARD),
  };
}

function fillWith(x: Float32Array, value: (i: number) => number): Float32Array {
  for (let i = 0; i < x.length; i++) x[i] = value(i);
  return x;
}

function expectClose(got: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-6) {
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(got[i] - expected[i]) / Math.max(1, Math.abs(expected[i]));
    if (!(error <= tolerance)) expect.fail(`element ${i}: got ${got[i]}, expected ${expected[i]}`);
  }
}

const at = (x: Float32Array | Int32Array) => x.byteOffset;

type Unary = "neg" | "exp" | "log" | "tanh" | "relu" | "sigmoid" | "softplus" | "square" | "abs" | "sqrt";
const unary: Record<Unary, (x: number) => number> = {
  neg: (x) => -x,
  exp: Math.exp,
  log: Math.log,
  tanh: Math.tanh,
  relu: (x) => Math.max(x, 0),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  softplus: (x) => Math.log1p(Math.exp(x)),
  square: (x) => x * x,
  abs: Math.abs,
  sqrt: Math.sqrt,
};

type Binary = "add" | "sub" | "mul" | "div" | "minimum" | "maximum" | "lessEqual";
type Gradient = "tanhGrad" | "reluGrad" | "sigmoidGrad" | "absGrad";
const binary: Record<Binary | Gradient, (x: number, y: number) => number> = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  div: (x, y) => x / y,
  minimum: Math.min,
  maximum: Math.max,
  lessEqual: (x, y) => (x <= y ? 1 : 0),
  tanhGrad: (g, y) => g * (1 - y * y),
  reluGrad: (g, y) => (y > 0 ? g : 0),
  sigmoidGrad: (g, y) => g * y * (1 - y),
  absGrad: (g, x) => g * Math.sign(x),
};

describe("elementwise kernels equal the plain loop at every length", () => {
  for (const [name, f] of Object.entries(unary)) {
    test(name, () => {
      const { k, array, untouched, noise } = bench();
      for (const n of LENGTHS) {
        const x = array(n, () => (name === "log" || name === "sqrt" ? Math.abs(noise()) + 1e-3 : 4 * noise()));
        const out = array(n);
        k[name as Unary](at(out), at(x), n);
        expectClose(out, Array.from(x, f));
      }
      expect(untouched()).toBe(true);
    });
  }
  for (const [name, f] of Object.entries(binary)) {
    test(name, () => {
      const { k, array, untouched, noise } = bench();
      for (const n of LENGTHS) {
        const x = array(n);
        const y = array(n, (i) =>
          i % 5 === 3 && name !== "div" ? x[i] : i % 7 === 6 && name !== "div" ? 0 : noise() + (name === "div" ? 2 : 0),
        );
        const out = array(n);
        k[name as Binary | Gradient](at(out), at(x), at(y), n);
        expectClose(
          out,
          Array.from(x, (value, i) => f(value, y[i])),
        );
      }
      expect(untouched()).toBe(true);
    });
  }
  test("scale, shift, clip, clipGrad, huber, axpy, select, fill and copy", () => {
    const { k, array, untouched, noise } = bench();
    for (const n of LENGTHS) {
      const x = array(n, () => 3 * noise());
      const y = array(n);
      const mask = array(n, (i) => i % 3 && 1);
      const out = array(n);
      const check = (f: (i: number) => number) =>
        expectClose(
          out,
          Array.from(x, (_, i) => f(i)),
        );
      k.scale(at(out), at(x), 2.5, n);
      check((i) => 2.5 * x[i]);
      k.shift(at(out), at(x), -0.5, n);
      check((i) => x[i] - 0.5);
      k.clip(at(out), at(x), -0.5, 1, n);
      check((i) => Math.min(Math.max(x[i], -0.5), 1));
      k.clipGrad(at(out), at(y), at(x), -0.5, 1, n);
      check((i) => (x[i] >= -0.5 && x[i] <= 1 ? y[i] : 0));
      k.huber(at(out), at(x), 0.75, n);
      check((i) => (Math.abs(x[i]) <= 0.75 ? 0.5 * x[i] ** 2 : 0.75 * (Math.abs(x[i]) - 0.375)));
      k.axpy(at(out), -1.5, at(x), at(y), n);
      check((i) => -1.5 * x[i] + y[i]);
      k.select(at(out), at(mask), at(x), at(y), n);
      check((i) => (i % 3 ? x[i] : y[i]));
      k.copy(at(out), at(x), n);
      check((i) => x[i]);
      k.fill(at(out), 7, n);
      check(() => 7);
    }
    expect(untouched()).toBe(true);
  });
});

describe("vector functions are accurate to 2.5e-7, tanh to 3.5e-7", () => {
  // Relative to the f64 value; absolute where the function passes through zero (log at 1).
  const worst = (name: Unary, low: number, high: number, floor: number) => {
    const n = 40_000;
    const arena = createArena({ bytes: 4 * 1024 * 1024 });
    const x = fillWith(arena.f32(n), (i) => low + ((high - low) * i) / (n - 1));
    const out = arena.f32(n);
    arena.kernels[name](at(out), at(x), n);
    let error = 0;
    for (let i = 0; i < n; i++) {
      const exact = unary[name](x[i]);
      error = Math.max(error, Math.abs(out[i] - exact) / Math.max(floor, Math.abs(exact)));
    }
    return error;
  };
  test("exp", () => expect(worst("exp", -87, 88.7, 0)).toBeLessThan(2.5e-7));
  test("log", () => {
    expect(worst("log", 1e-6, 4, 0.5)).toBeLessThan(2.5e-7);
    expect(worst("log", 1, 1e30, 0.5)).toBeLessThan(2.5e-7);
  });
  test("tanh", () => {
    expect(worst("tanh", -12, 12, 0)).toBeLessThan(3.5e-7);
    expect(worst("tanh", -1e-3, 1e-3, 1e-30)).toBeLessThan(2.5e-7);
  });
  test("sigmoid", () => expect(worst("sigmoid", -80, 80, 0)).toBeLessThan(2.5e-7));
  test("softplus", () => expect(worst("softplus", -80, 80, 0)).toBeLessThan(2.5e-7));

  test("the ends of the range follow IEEE", () => {
    const arena = createArena({ bytes: 4 * 1024 * 1024 });
    const value = (name: Unary, input: number) => {
      const x = arena.f32(1).fill(input);
      arena.kernels[name](at(x), at(x), 1);
      return x[0];
    };
    expect(value("exp", -Infinity)).toBe(0);
    expect(value("exp", -200)).toBe(0);
    expect(value("exp", -100)).toBeCloseTo(3.783505853677006e-44, 50);
    expect(value("exp", 89)).toBe(Infinity);
    expect(value("exp", 0)).toBe(1);
    expect(value("exp", NaN)).toBeNaN();
    expect(value("log", 0)).toBe(-Infinity);
    expect(value("log", -1)).toBeNaN();
    expect(value("log", Infinity)).toBe(Infinity);
    expect(value("log", 1)).toBe(0);
    expect(value("log", NaN)).toBeNaN();
    expect(value("tanh", Infinity)).toBe(1);
    expect(value("tanh", NaN)).toBeNaN();
    expect(value("sigmoid", -Infinity)).toBe(0);
    expect(value("softplus", 200)).toBe(200);
  });
});

const SHAPES = [
  [1, 1],
  [1, 5],
  [3, 1],
  [2, 3],
  [4, 8],
  [5, 7],
  [7, 16],
  [6, 19],
  [3, 37],
  [37, 6],
  [17, 33],
] as const;

describe("matrix kernels equal the plain loop", () => {
  const row = (x: Float32Array, i: number, cols: number) => Array.from(x.subarray(i * cols, (i + 1) * cols));
  const rowsOf = (x: Float32Array, rows: number, cols: number) =>
    Array.from({ length: rows }, (_, i) => row(x, i, cols));
  const sum = (x: number[]) => x.reduce((a, b) => a + b, 0);
  const softmax = (x: number[]) => {
    const e = x.map((v) => Math.exp(v - Math.max(...x)));
    return e.map((v) => v / sum(e));
  };
  for (const [rows, cols] of SHAPES) {
    test(`[${rows}, ${cols}]`, () => {
      const { arena, k, array, untouched, noise } = bench();
      const n = rows * cols;
      const x = array(n, () => 3 * noise());
      const g = array(n);
      const out = array(n);
      const r = array(cols);
      const c = array(rows);
      const perRow = array(rows);
      const perColumn = array(cols);
      const xs = rowsOf(x, rows, cols);
      const cell = (f: (i: number, j: number) => number) =>
        expectClose(
          out,
          Array.from({ length: n }, (_, e) => f(Math.floor(e / cols), e % cols)),
        );

      k.biasAdd(at(out), at(x), at(r), rows, cols);
      cell((i, j) => xs[i][j] + r[j]);
      k.biasRelu(at(out), at(x), at(r), rows, cols);
      cell((i, j) => Math.max(xs[i][j] + r[j], 0));
      k.biasTanh(at(out), at(x), at(r), rows, cols);
      cell((i, j) => Math.tanh(xs[i][j] + r[j]));
      k.broadcastRow(at(out), at(r), rows, cols);
      cell((_, j) => r[j]);
      k.broadcastColumn(at(out), at(c), rows, cols);
      cell((i) => c[i]);
      k.broadcastScalar(at(out), at(c), n);
      cell(() => c[0]);
      k.scaleRows(at(out), at(x), at(c), rows, cols);
      cell((i, j) => xs[i][j] * c[i]);

      k.rowSum(at(perRow), at(x), rows, cols);
      expectClose(perRow, xs.map(sum), 2e-6);
      k.rowMax(at(perRow), at(x), rows, cols);
      expectClose(
        perRow,
        xs.map((values) => Math.max(...values)),
        0,
      );
      const argmax = arena.i32(rows);
      k.rowArgmax(at(argmax), at(x), rows, cols);
      expect(Array.from(argmax)).toEqual(xs.map((values) => values.indexOf(Math.max(...values))));
      k.colSum(at(perColumn), at(x), rows, cols);
      expectClose(
        perColumn,
        Array.from(perColumn, (_, j) => sum(xs.map((values) => values[j]))),
        2e-6,
      );
      k.sum(at(perRow), at(x), n);
      expectClose([perRow[0]], [sum(Array.from(x))]);
      expect(k.sumSquares(at(x), n)).toBeCloseTo(sum(Array.from(x, (v) => v * v)), 9);

      k.softmax(at(out), at(x), rows, cols);
      const p = xs.map(softmax);
      cell((i, j) => p[i][j]);
      k.softmaxGrad(at(out), at(g), at(out), rows, cols);
      const dot = p.map((values, i) => sum(values.map((v, j) => v * g[i * cols + j])));
      cell((i, j) => p[i][j] * (g[i * cols + j] - dot[i]));
      k.logSoftmax(at(out), at(x), rows, cols);
      cell((i, j) => Math.log(p[i][j]));
      k.logSoftmaxGrad(at(out), at(g), at(out), rows, cols);
      const gs = rowsOf(g, rows, cols).map(sum);
      cell((i, j) => g[i * cols + j] - p[i][j] * gs[i]);

      const picks = Math.min(3, cols);
      const index = arena.i32(rows * picks).map((_, e) => (e * 7 + 1) % cols);
      const atIndex = arena.i32(rows * picks);
      atIndex.set(index);
      const picked = array(rows * picks);
      expect(k.gatherColumns(at(picked), at(x), at(atIndex), rows, cols, picks)).toBe(-1);
      expectClose(
        picked,
        Array.from(index, (j, e) => xs[Math.floor(e / picks)][j]),
        0,
      );
      expect(k.scatterColumns(at(out), at(picked), at(atIndex), rows, cols, picks)).toBe(-1);
      const scattered = new Array(n).fill(0);
      index.forEach((j, e) => {
        scattered[Math.floor(e / picks) * cols + j] += picked[e];
      });
      expectClose(out, scattered);

      const wide = array(rows * (cols + 2), () => 0);
      k.copyColumns(at(wide), cols + 2, 1, at(x), cols, 0, rows, cols);
      expectClose(
        wide,
        Array.from(wide, (_, e) => {
          const j = (e % (cols + 2)) - 1;
          return j < 0 || j >= cols ? 0 : xs[Math.floor(e / (cols + 2))][j];
        }),
        0,
      );
      expect(untouched()).toBe(true);
    });
  }

  for (const depth of [1, 2, 3, 4, 7, 50]) {
    test(`picked rows of depth ${depth}, and their gradients`, () => {
      const { arena, k, array, untouched } = bench();
      const [rows, choices, picks] = [5, 6, 2];
      const x = array(rows * depth);
      const w = array(choices * depth);
      const g = array(rows * picks);
      const index = arena.i32(rows * picks);
      index.set([0, 5, 3, 3, 1, 0, 4, 2, 5, 5]);
      const out = array(rows * picks);
      expect(k.pickRows(at(out), at(x), at(w), at(index), rows, choices, depth, picks)).toBe(-1);
      const sum = (n: number, f: (d: number) => number) =>
        Array.from({ length: n }, (_, d) => f(d)).reduce((a, b) => a + b);
      const rowOf = (e: number) => Math.floor(e / picks) * depth;
      expectClose(
        out,
        Array.from(index, (j, e) => sum(depth, (d) => x[rowOf(e) + d] * w[j * depth + d])),
      );
      const gx = array(rows * depth);
      k.pickRowsGradX(at(gx), at(g), at(w), at(index), rows, depth, picks);
      const expectedX = new Array(rows * depth).fill(0);
      const gw = array(choices * depth);
      k.pickRowsGradW(at(gw), at(g), at(x), at(index), rows, choices, depth, picks);
      const expectedW = new Array(choices * depth).fill(0);
      index.forEach((j, e) => {
        for (let d = 0; d < depth; d++) {
          expectedX[rowOf(e) + d] += g[e] * w[j * depth + d];
          expectedW[j * depth + d] += g[e] * x[rowOf(e) + d];
        }
      });
      expectClose(gx, expectedX);
      expectClose(gw, expectedW);
      index[7] = choices;
      expect(k.pickRows(at(out), at(x), at(w), at(index), rows, choices, depth, picks)).toBe(7);
      expect(untouched()).toBe(true);
    });
  }

  test("a column index outside the matrix is reported by its position, not followed", () => {
    const { arena, k, array, untouched } = bench();
    const x = array(12);
    const out = array(6);
    for (const bad of [-1, 4, 2 ** 30]) {
      const index = arena.i32(6);
      index[4] = bad;
      expect(k.gatherColumns(at(out), at(x), at(index), 3, 4, 2)).toBe(4);
      expect(k.scatterColumns(at(x), at(out), at(index), 3, 4, 2)).toBe(4);
    }
    expect(untouched()).toBe(true);
  });
});

describe("gemm equals the triple loop", () => {
  // lengths around the tile (4, 8), the block (64) and the depth (256, 512) of the packed kernel
  const cases = [
    [1, 1, 1],
    [3, 5, 7],
    [4, 8, 16],
    [5, 9, 2],
    [17, 33, 37],
    [66, 31, 29],
    [9, 10, 515],
    [70, 12, 256],
    [3, 530, 4],
  ] as const;
  for (const [m, n, depth] of cases) {
    test(`${m} × ${n} × ${depth}, transposed or not, accumulated or not`, () => {
      const { arena, k, array, untouched } = bench();
      const a = array(m * depth);
      const b = array(depth * n);
      for (const transposed of ["NN", "NT", "TN", "TT"] as const) {
        const [ar, ac] = transposed[0] === "N" ? [depth, 1] : [1, m];
        const [br, bc] = transposed[1] === "N" ? [n, 1] : [1, depth];
        const c = array(m * n);
        const expected = new Float64Array(m * n);
        for (let i = 0; i < m; i++)
          for (let j = 0; j < n; j++)
            for (let l = 0; l < depth; l++) expected[i * n + j] += a[i * ar + l * ac] * b[l * br + j * bc];
        k.gemm(at(c), at(a), at(b), m, n, depth, ar, ac, br, bc, n, false, arena.workspace);
        expectClose(c, expected, 2e-5);
        k.gemm(at(c), at(a), at(b), m, n, depth, ar, ac, br, bc, n, true, arena.workspace);
        expectClose(
          c,
          expected.map((v) => 2 * v),
          4e-5,
        );
      }
      expect(untouched()).toBe(true);
    });
  }

  test("a row of the product does not depend on how many rows are multiplied", () => {
    const { arena, k, array } = bench();
    const [m, n, depth] = [23, 19, 300];
    const a = array(m * depth);
    const b = array(depth * n);
    const whole = array(m * n);
    const parts = array(m * n);
    k.gemm(at(whole), at(a), at(b), m, n, depth, depth, 1, n, 1, n, false, arena.workspace);
    for (const [from, to] of [
      [0, 6],
      [6, 7],
      [7, 23],
    ])
      k.gemm(
        at(parts) + 4 * from * n,
        at(a) + 4 * from * depth,
        at(b),
        to - from,
        n,
        depth,
        depth,
        1,
        n,
        1,
        n,
        false,
        arena.workspace,
      );
    expect(parts).toEqual(whole);
  });
});

describe("optimiser kernels", () => {
  test("adam follows Kingma & Ba step by step, at every length", () => {
    const { k, array, untouched } = bench();
    for (const n of LENGTHS) {
      const p = array(n);
      const m = array(n, () => 0);
      const v = array(n, () => 0);
      const expected = Float64Array.from(p);
      const m64 = new Float64Array(n);
      const v64 = new Float64Array(n);
      for (let t = 1; t <= 5; t++) {
        const g = array(n);
        const [c1, c2] = [1 - 0.9 ** t, 1 - 0.999 ** t];
        k.adam(at(p), at(m), at(v), at(g), n, (0.01 * Math.sqrt(c2)) / c1, 0.1, 0.001, 1e-8 * Math.sqrt(c2), 0.5);
        for (let i = 0; i < n; i++) {
          const gi = 0.5 * g[i];
          m64[i] = 0.9 * m64[i] + 0.1 * gi;
          v64[i] = 0.999 * v64[i] + 0.001 * gi * gi;
          expected[i] -= (0.01 * (m64[i] / c1)) / (Math.sqrt(v64[i] / c2) + 1e-8);
        }
      }
      expectClose(p, expected, 1e-5);
    }
    expect(untouched()).toBe(true);
  });

  test("polyak moves a share tau of the way, and tau = 1 copies exactly", () => {
    const { k, array, untouched } = bench();
    for (const n of LENGTHS) {
      const x = array(n);
      const target = array(n);
      const expected = Array.from(target, (v, i) => v + 0.05 * (x[i] - v));
      k.polyak(at(target), at(x), 0.05, n);
      expectClose(target, expected);
      k.polyak(at(target), at(x), 1, n);
      expect(target).toEqual(x);
    }
    expect(untouched()).toBe(true);
  });
});

describe("philox", () => {
  test("gives the known answers of Random123", () => {
    const arena = createArena({ bytes: 4 * 1024 * 1024 });
    const out = arena.u32(4);
    const answer = (...words: [number, number, number, number, number, number]) => {
      arena.kernels.philoxBits(out.byteOffset, 4, ...words);
      return Array.from(out, (word) => word.toString(16));
    };
    expect(answer(0, 0, 0, 0, 0, 0)).toEqual(["6627e8d5", "e169c58d", "bc57ac4c", "9b00dbd8"]);
    const ones = 0xffffffff;
    expect(answer(ones, ones, ones, ones, ones, ones)).toEqual(["408f276d", "41c83b0e", "a20bc7c6", "6d5451fd"]);
    expect(answer(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0)).toEqual([
      "d16cfe09",
      "94fdcceb",
      "5001e420",
      "24126ea1",
    ]);
  });

  test("scaled words are the high words of word × bound, and low products under the bound are told", () => {
    const { arena, k, untouched } = bench();
    const words = arena.u32(64);
    const scaled = arena.i32(64);
    k.philoxBits(words.byteOffset, 64, 9, 8, 7, 6, 5, 4);
    for (const bound of [1, 6, 1000, 2 ** 30, 2 ** 31]) {
      const told = k.philoxScaled(scaled.byteOffset, 64, 9, 8, 7, 6, 5, 4, bound);
      const products = Array.from(words, (word) => BigInt(word) * BigInt(bound));
      expect(Array.from(scaled, BigInt)).toEqual(products.map((product) => product >> 32n));
      expect(!!told).toBe(products.some((product) => (product & 0xffffffffn) < BigInt(bound)));
    }
    expect(untouched()).toBe(true);
  });

  test("element j is the same whatever the length, and the counter advances by blocks of four", () => {
    const { k, array, untouched } = bench();
    for (const draw of ["philoxBits", "philoxUniform", "philoxNormal"] as const) {
      const long = new Uint32Array(array(64).buffer, array(64).byteOffset, 64);
      k[draw](long.byteOffset, 64, 5, 1, 2, 3, 4, 6);
      for (const n of LENGTHS) {
        const out = array(n);
        const bits = new Uint32Array(out.buffer, out.byteOffset, n);
        k[draw](at(out), n, 5, 1, 2, 3, 4, 6);
        expect(bits).toEqual(long.subarray(0, n));
        k[draw](at(out), n, 6, 1, 2, 3, 4, 6);
        expect(bits).toEqual(long.subarray(4, 4 + n));
      }
    }
    expect(untouched()).toBe(true);
  });

  test("uniforms and normals have the moments of their laws", () => {
    const arena = createArena({ bytes: 4 * 1024 * 1024 });
    const n = 200_000;
    const x = arena.f32(n);
    const moment = (power: number) => x.reduce((total, v) => total + v ** power, 0) / n;
    arena.kernels.philoxUniform(at(x), n, 0, 0, 0, 0, 1, 2);
    expect(moment(1)).toBeCloseTo(1 / 2, 2);
    expect(moment(2)).toBeCloseTo(1 / 3, 2);
    expect(Math.min(...x.subarray(0, 50_000))).toBeGreaterThanOrEqual(0);
    expect(Math.max(...x.subarray(0, 50_000))).toBeLessThan(1);
    arena.kernels.philoxNormal(at(x), n, 0, 0, 0, 0, 1, 2);
    // five standard errors: √(1/n), √(2/n), √(15/n), √(96/n)
    expect(Math.abs(moment(1))).toBeLessThan(5 * Math.sqrt(1 / n));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    expect(Math.abs(moment(3))).toBeLessThan(5 * Math.sqrt(15 / n));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / n));
  });
});

test("plain and shared memory give the same bits", () => {
  const digest = (shared: boolean) => {
    const { arena, k, array } = bench(shared);
    const results: Float32Array[] = [];
    const a = array(37 * 41);
    const b = array(41 * 29);
    const c = array(37 * 29);
    k.gemm(at(c), at(a), at(b), 37, 29, 41, 41, 1, 29, 1, 29, false, arena.workspace);
    for (const name of ["tanh", "exp", "softplus", "sigmoid"] as const) {
      const out = array(37 * 29);
      k[name](at(out), at(c), 37 * 29);
      results.push(out);
    }
    const out = array(37 * 29);
    k.logSoftmax(at(out), at(c), 37, 29);
    const normal = array(1001);
    k.philoxNormal(at(normal), 1001, 1, 2, 3, 4, 5, 6);
    return [c, out, normal, ...results].map((x) => Array.from(x));
  };
  expect(digest(true)).toEqual(digest(false));
});

test("the modules have no globals, and no data but tables below what arenas hand out, which all threads on one memory write alike", () => {
  for (const text of [plain, shared]) {
    const bytes = Buffer.from(text, "base64");
    const sections = new Map<number, number>();
    let at = 8;
    const leb = (): number => {
      let value = 0;
      for (let bits = 0, more = true; more; bits += 7, at++) {
        value |= (bytes[at]! & 127) << bits;
        more = bytes[at]! > 127;
      }
      return value;
    };
    // after the 8-byte header: section id, size, contents
    while (at < bytes.length) {
      const id = bytes[at++]!;
      const size = leb();
      sections.set(id, at);
      at += size;
    }
    const [CODE, GLOBAL, DATA] = [10, 6, 11];
    expect(sections.has(CODE)).toBe(true);
    expect(sections.has(GLOBAL)).toBe(false);
    at = sections.get(DATA)!;
    const segments = leb();
    expect(segments).toBeGreaterThan(0);
    for (let segment = 0; segment < segments; segment++) {
      expect([leb(), bytes[at++]]).toEqual([0, 0x41]); // written when a module is instantiated, at a constant address
      const first = leb();
      expect(bytes[at++]).toBe(0x0b);
      const size = leb();
      at += size;
      expect(first).toBeGreaterThanOrEqual(16);
      expect(first + size).toBeLessThanOrEqual(1024);
    }
  }
  const { arena, k, array } = bench();
  expect(arena.workspace).toBeGreaterThanOrEqual(1024);
  const x = array(64);
  const [before, after] = [array(64), array(64)];
  k.tanh(at(before), at(x), 64);
  const [a, b, c] = [array(70 * 300), array(300 * 520), array(70 * 520)];
  k.gemm(at(c), at(a), at(b), 70, 520, 300, 300, 1, 520, 1, 520, false, arena.workspace); // fills its workspace
  k.tanh(at(after), at(x), 64);
  expect(after).toEqual(before);
});

test("every exported kernel is exercised here", async () => {
  const { readFileSync } = await import("node:fs");
  // Those of circuits are held against Qiskit and finite differences in the tests of quantum/, through its functions.
  const here = ["./kernels.test.ts", "./math.test.ts", "../quantum/state.ts", "../quantum/qaoa.ts"];
  const source = here.map((file) => readFileSync(new URL(file, import.meta.url), "utf8")).join();
  const { kernels } = createArena({ bytes: 4 * 1024 * 1024 });
  const missing = (Object.keys(kernels) as (keyof Kernels)[]).filter(
    (name) => typeof kernels[name] === "function" && !new RegExp(`\\b${name}\\b`).test(source),
  );
  expect(missing).toEqual([]);
});

describe("arena", () => {
  test("the same requests give the same addresses, 64-byte aligned, and no two arrays overlap", () => {
    const requests = (arena: Arena) => [
      arena.f32(5),
      arena.u8(1),
      arena.f64(9),
      arena.i32(0),
      arena.u32(16),
      arena.f32(1),
    ];
    const first = requests(createArena({ bytes: 4 * 1024 * 1024 }));
    const second = requests(createArena({ bytes: 8 * 1024 * 1024, shared: true }));
    expect(first.map((x) => x.byteOffset)).toEqual(second.map((x) => x.byteOffset));
    first.forEach((x, i) => {
      expect(x.byteOffset % 64).toBe(0);
      if (i > 0) expect(x.byteOffset).toBeGreaterThanOrEqual(first[i - 1].byteOffset + first[i - 1].byteLength);
    });
  });

  test("threads on one memory see the same arrays and have workspaces of their own", () => {
    const leader = createArena({ bytes: 8 * 1024 * 1024, shared: true, threads: 3, rank: 0 });
    const x = leader.f32(4).fill(7);
    const arenas = [1, 2].map((rank) => createArena({ memory: leader.memory, threads: 3, rank }));
    for (const arena of arenas) expect(Array.from(arena.f32(4))).toEqual([7, 7, 7, 7]);
    expect(new Set([leader, ...arenas].map((arena) => arena.workspace)).size).toBe(3);
    const size = leader.kernels.gemmWorkspaceBytes();
    expect(arenas[0].workspace - leader.workspace).toBeGreaterThanOrEqual(size);
    expect(x.byteOffset).toBeGreaterThanOrEqual(arenas[1].workspace + size);
  });

  test("running out says what was asked, what is free and what to do", () => {
    const arena = createArena({ bytes: 2 * 1024 * 1024 });
    expect(() => arena.f32(1e6)).toThrow(
      /arena\.f32\(1000000\): asked for 4000000 bytes, \d+ of 2097152 are free\. Ask for less/,
    );
    expect(() => createArena({ bytes: 2 ** 32 })).toThrow(/at most 4294901760/);
    expect(() => createArena({ rank: 2, threads: 2 })).toThrow(/got rank 2 of 2 threads/);
  });

  test("addresses beyond 2 GiB work", () => {
    const arena = createArena({ bytes: 3 * 2 ** 30 });
    arena.u8(2.5 * 2 ** 30);
    const x = arena.f32(9).fill(2);
    arena.kernels.square(at(x), at(x), 9);
    const c = arena.f32(1);
    arena.kernels.gemm(at(c), at(x), at(x), 1, 1, 9, 9, 1, 1, 1, 1, false, arena.workspace);
    expect([x[8], c[0]]).toEqual([4, 144]);
  });
});
