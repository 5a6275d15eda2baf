// A row or a column against a matrix x [rows, cols]. Bias and activation in one pass over the output of gemm.
import { loadTail, splat, storeTail } from "./lanes";
import { vtanh } from "./functions";

const LINEAR = 0;
const RELU = 1;
const TANH = 2;

// @ts-ignore: decorator
@inline
function activate(op: i32, x: v128): v128 {
  if (op == RELU) return f32x4.pmax(x, splat(0));
  if (op == TANH) return vtanh(x);
  return x;
}

// @ts-ignore: decorator
@inline
function bias(op: i32, out: usize, x: usize, row: usize, rows: i32, cols: i32): void {
  for (let i = 0; i < rows; i++) {
    let b = row;
    let n = cols;
    for (; n >= 4; n -= 4) {
      v128.store(out, activate(op, f32x4.add(v128.load(x), v128.load(b))));
      out += 16;
      x += 16;
      b += 16;
    }
    if (n > 0) {
      storeTail(out, activate(op, f32x4.add(loadTail(x, n), loadTail(b, n))), n);
      out += <usize>n << 2;
      x += <usize>n << 2;
    }
  }
}

/** out[i, j] = x[i, j] + row[j] */
export function biasAdd(out: usize, x: usize, row: usize, rows: i32, cols: i32): void {
  bias(LINEAR, out, x, row, rows, cols);
}
/** out[i, j] = max(x[i, j] + row[j], 0) */
export function biasRelu(out: usize, x: usize, row: usize, rows: i32, cols: i32): void {
  bias(RELU, out, x, row, rows, cols);
}
/** out[i, j] = tanh(x[i, j] + row[j]) */
export function biasTanh(out: usize, x: usize, row: usize, rows: i32, cols: i32): void {
  bias(TANH, out, x, row, rows, cols);
}

/** out[i, j] = row[j] */
export function broadcastRow(out: usize, row: usize, rows: i32, cols: i32): void {
  const width = <usize>cols << 2;
  for (let i = 0; i < rows; i++) {
    memory.copy(out, row, width);
    out += width;
  }
}

/** out[i, j] = column[i] */
export function broadcastColumn(out: usize, column: usize, rows: i32, cols: i32): void {
  for (let i = 0; i < rows; i++) {
    const v = v128.load32_splat(column);
    let n = cols;
    for (; n >= 4; n -= 4) {
      v128.store(out, v);
      out += 16;
    }
    if (n > 0) {
      storeTail(out, v, n);
      out += <usize>n << 2;
    }
    column += 4;
  }
}

/** out[i] = x[0] */
export function broadcastScalar(out: usize, x: usize, n: i32): void {
  broadcastColumn(out, x, 1, n);
}

/** out[i, j] = x[i, j] · column[i] */
export function scaleRows(out: usize, x: usize, column: usize, rows: i32, cols: i32): void {
  for (let i = 0; i < rows; i++) {
    const v = v128.load32_splat(column);
    let n = cols;
    for (; n >= 4; n -= 4) {
      v128.store(out, f32x4.mul(v128.load(x), v));
      out += 16;
      x += 16;
    }
    if (n > 0) {
      storeTail(out, f32x4.mul(loadTail(x, n), v), n);
      out += <usize>n << 2;
      x += <usize>n << 2;
    }
    column += 4;
  }
}

/** Copies `width` columns of x, from column xFrom on, to columns outFrom… of out. */
export function copyColumns(
  out: usize, outCols: i32, outFrom: i32, x: usize, xCols: i32, xFrom: i32, rows: i32, width: i32,
): void {
  out += <usize>outFrom << 2;
  x += <usize>xFrom << 2;
  for (let i = 0; i < rows; i++) {
    memory.copy(out, x, <usize>width << 2);
    out += <usize>outCols << 2;
    x += <usize>xCols << 2;
  }
}
