// The other side of bench/kernels.ts: matrix products and a training step in plain JavaScript, as fast as we could make them.
//
// What was tried, in GFLOP/s on one Zen 5 core, depth 256: packed panels in Float64Array with tiles of 4 × 4 or 3 × 4 7.9,
// 2 × 6 7.6, 2 × 2 7.0; the same in Float32Array with Math.fround 2.2 to 2.9 (every load and store converts).
// So: f64 panels, 4 × 4 tile, written out, one loop over k. Results are stored as f32.

export interface Matrix {
  readonly data: Float32Array;
  /** Strides in elements: a transpose is a swap. */
  readonly row: number;
  readonly col: number;
}

const KC = 256;

/** c [M, N] = a [M, K] · b [K, N], c row-major. */
export function gemm(c: Float32Array, a: Matrix, b: Matrix, M: number, N: number, K: number): void {
  const rows = Math.ceil(M / 4) * 4;
  const cols = Math.ceil(N / 4) * 4;
  const packedA = workspace(0, rows * KC);
  const packedB = workspace(1, cols * KC);
  c.fill(0, 0, M * N);
  for (let k0 = 0; k0 < K; k0 += KC) {
    const depth = Math.min(KC, K - k0);
    pack(packedA, a.data, k0 * a.col, a.row, a.col, M, depth);
    pack(packedB, b.data, k0 * b.row, b.col, b.row, N, depth);
    for (let j = 0; j < N; j += 4) {
      for (let i = 0; i < M; i += 4) {
        if (i + 4 <= M && j + 4 <= N) tile(c, i * N + j, N, packedA, i * depth, packedB, j * depth, depth);
        else {
          corner.fill(0);
          tile(corner, 0, 4, packedA, i * depth, packedB, j * depth, depth);
          for (let r = i; r < Math.min(i + 4, M); r++) {
            for (let s = j; s < Math.min(j + 4, N); s++) c[r * N + s] += corner[(r - i) * 4 + s - j];
          }
        }
      }
    }
  }
}

const corner = new Float32Array(16);
const workspaces = [new Float64Array(0), new Float64Array(0)];

function workspace(which: 0 | 1, length: number): Float64Array {
  if (workspaces[which].length < length) workspaces[which] = new Float64Array(length);
  return workspaces[which];
}

/** Panels of 4 vectors, interleaved, zero-padded: out[panel][k][r]. */
function pack(
  out: Float64Array,
  source: Float32Array,
  start: number,
  across: number,
  along: number,
  count: number,
  depth: number,
): void {
  let o = 0;
  for (let i = 0; i < count; i += 4) {
    const used = Math.min(4, count - i);
    let p = start + i * across;
    if (used === 4) {
      for (let k = 0; k < depth; k++) {
        out[o] = source[p];
        out[o + 1] = source[p + across];
        out[o + 2] = source[p + 2 * across];
        out[o + 3] = source[p + 3 * across];
        o += 4;
        p += along;
      }
    } else {
      for (let k = 0; k < depth; k++) {
        for (let r = 0; r < 4; r++) out[o + r] = r < used ? source[p + r * across] : 0;
        o += 4;
        p += along;
      }
    }
  }
}

function tile(
  c: Float32Array,
  at: number,
  stride: number,
  a: Float64Array,
  pa: number,
  b: Float64Array,
  pb: number,
  depth: number,
): void {
  let [c00, c01, c02, c03] = [0, 0, 0, 0];
  let [c10, c11, c12, c13] = [0, 0, 0, 0];
  let [c20, c21, c22, c23] = [0, 0, 0, 0];
  let [c30, c31, c32, c33] = [0, 0, 0, 0];
  for (let k = 0; k < depth; k++) {
    const b0 = b[pb];
    const b1 = b[pb + 1];
    const b2 = b[pb + 2];
    const b3 = b[pb + 3];
    const a0 = a[pa];
    c00 += a0 * b0;
    c01 += a0 * b1;
    c02 += a0 * b2;
    c03 += a0 * b3;
    const a1 = a[pa + 1];
    c10 += a1 * b0;
    c11 += a1 * b1;
    c12 += a1 * b2;
    c13 += a1 * b3;
    const a2 = a[pa + 2];
    c20 += a2 * b0;
    c21 += a2 * b1;
    c22 += a2 * b2;
    c23 += a2 * b3;
    const a3 = a[pa + 3];
    c30 += a3 * b0;
    c31 += a3 * b1;
    c32 += a3 * b2;
    c33 += a3 * b3;
    pa += 4;
    pb += 4;
  }
  c[at] += c00;
  c[at + 1] += c01;
  c[at + 2] += c02;
  c[at + 3] += c03;
  at += stride;
  c[at] += c10;
  c[at + 1] += c11;
  c[at + 2] += c12;
  c[at + 3] += c13;
  at += stride;
  c[at] += c20;
  c[at + 1] += c21;
  c[at + 2] += c22;
  c[at + 3] += c23;
  at += stride;
  c[at] += c30;
  c[at + 1] += c31;
  c[at + 2] += c32;
  c[at + 3] += c33;
}

export interface PlainNetwork {
  readonly params: Float32Array;
  readonly grads: Float32Array;
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** Zero gradients, forward, mean squared error, backward, Adam; returns the loss. */
  step(): number;
}

/** A multilayer perceptron with weights [in, out] and biases laid out one after the other, as nn/ lays them out. */
export function plainNetwork(
  sizes: readonly number[],
  activation: "tanh" | "relu",
  batch: number,
  learningRate: number,
): PlainNetwork {
  const layers = sizes.length - 1;
  let size = 0;
  const slices = sizes.slice(1).map((outputs, l) => {
    const weight = size;
    const bias = weight + sizes[l] * outputs;
    size = bias + outputs;
    return { weight, bias, end: size };
  });
  const [params, grads, m, v] = [0, 1, 2, 3].map(() => new Float32Array(size));
  const values = sizes.map((width) => new Float32Array(batch * width)); // [batch, width] after each layer
  const deltas = sizes.map((width) => new Float32Array(batch * width));
  const y = new Float32Array(batch * sizes[layers]);
  const weights = slices.map(({ weight, bias }) => params.subarray(weight, bias));
  const biases = slices.map(({ bias, end }) => params.subarray(bias, end));
  const weightGrads = slices.map(({ weight, bias }) => grads.subarray(weight, bias));
  const biasGrads = slices.map(({ bias, end }) => grads.subarray(bias, end));
  let [power1, power2] = [1, 1];

  return {
    params,
    grads,
    x: values[0],
    y,
    step() {
      for (let l = 0; l < layers; l++) {
        const [inputs, outputs] = [sizes[l], sizes[l + 1]];
        const a = { data: values[l], row: inputs, col: 1 };
        gemm(values[l + 1], a, { data: weights[l], row: outputs, col: 1 }, batch, outputs, inputs);
        activate(values[l + 1], biases[l], l < layers - 1 ? activation : "linear");
      }
      const out = values[layers];
      const delta = deltas[layers];
      let loss = 0;
      for (let i = 0; i < out.length; i++) {
        const error = out[i] - y[i];
        loss += error * error;
        delta[i] = (2 * error) / out.length;
      }
      for (let l = layers - 1; l >= 0; l--) {
        const [inputs, outputs] = [sizes[l], sizes[l + 1]];
        const d = { data: deltas[l + 1], row: outputs, col: 1 };
        gemm(weightGrads[l], { data: values[l], row: 1, col: inputs }, d, inputs, outputs, batch);
        columnSums(biasGrads[l], deltas[l + 1]);
        if (l > 0) {
          gemm(deltas[l], d, { data: weights[l], row: 1, col: outputs }, batch, inputs, outputs);
          unactivate(deltas[l], values[l], activation);
        }
      }
      power1 *= 0.9;
      power2 *= 0.999;
      adam(params, grads, m, v, learningRate / (1 - power1), 1 / (1 - power2));
      return loss / out.length;
    },
  };
}

function activate(x: Float32Array, bias: Float32Array, activation: "tanh" | "relu" | "linear"): void {
  const n = bias.length;
  for (let i = 0; i < x.length; i += n) {
    if (activation === "tanh") for (let j = 0; j < n; j++) x[i + j] = tanh(x[i + j] + bias[j]);
    else if (activation === "relu") for (let j = 0; j < n; j++) x[i + j] = Math.max(x[i + j] + bias[j], 0);
    else for (let j = 0; j < n; j++) x[i + j] += bias[j];
  }
}

function unactivate(delta: Float32Array, value: Float32Array, activation: "tanh" | "relu"): void {
  if (activation === "tanh") for (let i = 0; i < delta.length; i++) delta[i] *= 1 - value[i] * value[i];
  else for (let i = 0; i < delta.length; i++) if (!(value[i] > 0)) delta[i] = 0;
}

/** The same rational approximation as the kernels': several times faster than Math.tanh. */
function tanh(x: number): number {
  x = Math.max(Math.min(x, 7.905311107635498), -7.905311107635498);
  const z = x * x;
  let p = 2.00018790482477e-13 - 2.76076847742355e-16 * z;
  p = -8.60467152213735e-11 + p * z;
  p = 5.12229709037114e-8 + p * z;
  p = 0.0000148572235717979 + p * z;
  p = 0.000637261928875436 + p * z;
  p = 0.00489352455891786 + p * z;
  let q = 0.000118534705686654 + 0.00000119825839466702 * z;
  q = 0.002268434632439 + q * z;
  q = 0.00489352518554385 + q * z;
  return (p * x) / q;
}

function columnSums(out: Float32Array, x: Float32Array): void {
  const n = out.length;
  out.fill(0);
  for (let i = 0; i < x.length; i += n) for (let j = 0; j < n; j++) out[j] += x[i + j];
}

function adam(p: Float32Array, g: Float32Array, m: Float32Array, v: Float32Array, step: number, scale: number): void {
  for (let i = 0; i < p.length; i++) {
    const gi = g[i];
    const mi = 0.9 * m[i] + 0.1 * gi;
    const vi = 0.999 * v[i] + 0.001 * gi * gi;
    m[i] = mi;
    v[i] = vi;
    p[i] -= (step * mi) / (Math.sqrt(vi * scale) + 1e-8);
  }
}
