// Initial values of a parameter [rows, cols] (for a weight: fan in × fan out), drawn from a stream of its own per name: adding
// or removing another parameter does not change them.
import type { At, Stream } from "../random/index.ts";
import type { Shape } from "./shape.ts";

/** Fills `out` [rows × cols] row by row. */
export type Initialiser = (out: Float32Array, shape: Shape, draw: Draw) => void;

/** The part of a Stream that initialisers use. */
export type Draw = Pick<Stream, "uniform" | "normal">;

const START: At = { lane: 0, period: 0, from: 0 };

export const zeros: Initialiser = (out) => {
  out.fill(0);
};

export function constantInit(value: number): Initialiser {
  return (out) => {
    out.fill(value);
  };
}

/** Uniform in ±bound. */
export function uniform(bound: number): Initialiser {
  return (out, _, draw) => {
    const u = new Float64Array(out.length);
    draw.uniform(u, START);
    for (let i = 0; i < out.length; i++) out[i] = bound * (2 * u[i] - 1);
  };
}

/** PyTorch's default for a linear layer: weight and bias uniform in ±1/√fanIn. A bias needs the fan-in told. */
export function fanInUniform(fanIn?: number): Initialiser {
  return (out, shape, draw) => uniform(1 / Math.sqrt(fanIn ?? shape[0]))(out, shape, draw);
}

/** Uniform in ±√(6 / fanIn): variance 2 / fanIn, for relu (He et al. 2015). */
export const heUniform: Initialiser = (out, shape, draw) => uniform(Math.sqrt(6 / shape[0]))(out, shape, draw);

/** Uniform in ±√(6 / (fanIn + fanOut)), for tanh (Glorot & Bengio 2010). */
export const glorotUniform: Initialiser = (out, shape, draw) =>
  uniform(Math.sqrt(6 / (shape[0] + shape[1])))(out, shape, draw);

/**
 * gain · Q with orthonormal columns, or rows where there are more columns than rows (Saxe et al. 2014). Q is the factor of a
 * matrix of normals whose R has a positive diagonal, hence uniform over orthonormal matrices.
 */
export function orthogonal(gain = 1): Initialiser {
  return (out, [rows, cols], draw) => {
    const long = Math.max(rows, cols);
    const count = Math.min(rows, cols);
    const q = new Float64Array(count * long); // `count` orthonormal vectors of length `long`
    draw.normal(q, START);
    for (let i = 0; i < count; i++) {
      const v = q.subarray(i * long, (i + 1) * long);
      // Gram–Schmidt twice: once leaves errors that grow with the number of vectors
      for (let pass = 0; pass < 2; pass++) {
        for (let j = 0; j < i; j++) {
          const u = q.subarray(j * long, (j + 1) * long);
          const overlap = dot(u, v);
          for (let k = 0; k < long; k++) v[k] -= overlap * u[k];
        }
      }
      const length = Math.sqrt(dot(v, v));
      for (let k = 0; k < long; k++) v[k] /= length;
    }
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < cols; j++) out[i * cols + j] = gain * (rows >= cols ? q[j * long + i] : q[i * long + j]);
    }
  };
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let k = 0; k < a.length; k++) total += a[k] * b[k];
  return total;
}
