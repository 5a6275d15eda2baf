// Sums, maxima and what is built on them. Whole-array sums run in f64, where the order hardly matters and is fixed anyway.
import { loadTail, maxLanes, splat, storeTail, sumLanes } from "./lanes";
import { vexp, vlog } from "./functions";

// @ts-ignore: decorator
@inline
function total(squared: bool, x: usize, n: i32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (; n > 0; n -= 4) {
    const v = n >= 4 ? v128.load(x) : loadTail(x, n);
    let a = f64x2.promote_low_f32x4(v);
    let b = f64x2.promote_low_f32x4(v128.shuffle<f32>(v, v, 2, 3, 0, 1));
    if (squared) {
      a = f64x2.mul(a, a);
      b = f64x2.mul(b, b);
    }
    low = f64x2.add(low, a);
    high = f64x2.add(high, b);
    x += 16;
  }
  const pair = f64x2.add(low, high);
  return f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
}

/** out[0] = Σ x */
export function sum(out: usize, x: usize, n: i32): void {
  store<f32>(out, <f32>total(false, x, n));
}

/** Σ x², for norms */
export function sumSquares(x: usize, n: i32): f64 {
  return total(true, x, n);
}

/** out[j] = Σ_i x[i, j], i in order; 16 columns at a time so that each row is read along its cache lines. */
export function colSum(out: usize, x: usize, rows: i32, cols: i32): void {
  const stride = <usize>cols << 2;
  let j = 0;
  for (; j + 16 <= cols; j += 16) {
    let p = x + (<usize>j << 2);
    let s0 = splat(0);
    let s1 = splat(0);
    let s2 = splat(0);
    let s3 = splat(0);
    for (let i = 0; i < rows; i++) {
      s0 = f32x4.add(s0, v128.load(p));
      s1 = f32x4.add(s1, v128.load(p, 16));
      s2 = f32x4.add(s2, v128.load(p, 32));
      s3 = f32x4.add(s3, v128.load(p, 48));
      p += stride;
    }
    const q = out + (<usize>j << 2);
    v128.store(q, s0);
    v128.store(q, s1, 16);
    v128.store(q, s2, 32);
    v128.store(q, s3, 48);
  }
  for (; j < cols; j += 4) {
    const n = min(4, cols - j);
    let p = x + (<usize>j << 2);
    let s = splat(0);
    for (let i = 0; i < rows; i++) {
      s = f32x4.add(s, n == 4 ? v128.load(p) : loadTail(p, n));
      p += stride;
    }
    if (n == 4) v128.store(out + (<usize>j << 2), s);
    else storeTail(out + (<usize>j << 2), s, n);
  }
}

// @ts-ignore: decorator
@inline
function sumRow(x: usize, n: i32): f32 {
  let s = splat(0);
  for (; n >= 4; n -= 4) {
    s = f32x4.add(s, v128.load(x));
    x += 16;
  }
  if (n > 0) s = f32x4.add(s, loadTail(x, n));
  return sumLanes(s);
}

function maxRow(x: usize, n: i32): f32 {
  let m = v128.load32_splat(x);
  for (; n >= 4; n -= 4) {
    m = f32x4.max(m, v128.load(x));
    x += 16;
  }
  let best = maxLanes(m);
  for (; n > 0; n--) {
    best = max(best, load<f32>(x));
    x += 4;
  }
  return best;
}

/** out[i] = Σ_j x[i, j] */
export function rowSum(out: usize, x: usize, rows: i32, cols: i32): void {
  for (let i = 0; i < rows; i++) {
    store<f32>(out, sumRow(x, cols));
    out += 4;
    x += <usize>cols << 2;
  }
}

/** out[i] = max_j x[i, j] */
export function rowMax(out: usize, x: usize, rows: i32, cols: i32): void {
  for (let i = 0; i < rows; i++) {
    store<f32>(out, maxRow(x, cols));
    out += 4;
    x += <usize>cols << 2;
  }
}

/** out[i] = the first j where x[i, j] is largest, as i32 */
export function rowArgmax(out: usize, x: usize, rows: i32, cols: i32): void {
  for (let i = 0; i < rows; i++) {
    let best = load<f32>(x);
    let at = 0;
    for (let j = 1; j < cols; j++) {
      const v = load<f32>(x + (<usize>j << 2));
      if (v > best) {
        best = v;
        at = j;
      }
    }
    store<i32>(out, at);
    out += 4;
    x += <usize>cols << 2;
  }
}

/** out = e^(x − m), returns its sum */
// @ts-ignore: decorator
@inline
function expRow(out: usize, x: usize, m: v128, n: i32): f32 {
  let s = splat(0);
  for (; n >= 4; n -= 4) {
    const e = vexp(f32x4.sub(v128.load(x), m));
    v128.store(out, e);
    s = f32x4.add(s, e);
    out += 16;
    x += 16;
  }
  for (; n > 0; n--) {
    // one lane at a time: the lanes beyond the row must not enter the sum
    const e = v128.and(vexp(f32x4.sub(v128.load32_zero(x), m)), i32x4(-1, 0, 0, 0));
    store<f32>(out, f32x4.extract_lane(e, 0));
    s = f32x4.add(s, e);
    out += 4;
    x += 4;
  }
  return sumLanes(s);
}

// @ts-ignore: decorator
@inline
function logSumExpRow(x: usize, m: v128, n: i32): f32 {
  let s = splat(0);
  for (; n >= 4; n -= 4) {
    s = f32x4.add(s, vexp(f32x4.sub(v128.load(x), m)));
    x += 16;
  }
  for (; n > 0; n--) {
    s = f32x4.add(s, v128.and(vexp(f32x4.sub(v128.load32_zero(x), m)), i32x4(-1, 0, 0, 0)));
    x += 4;
  }
  return f32x4.extract_lane(m, 0) + f32x4.extract_lane(vlog(splat(sumLanes(s))), 0);
}

/** out[i, j] = e^x[i, j] / Σ_k e^x[i, k] */
export function softmax(out: usize, x: usize, rows: i32, cols: i32): void {
  const stride = <usize>cols << 2;
  for (let i = 0; i < rows; i++) {
    const total = expRow(out, x, splat(maxRow(x, cols)), cols);
    affineRow(out, out, 1 / total, 0, cols);
    out += stride;
    x += stride;
  }
}

/** out[i, j] = x[i, j] − log Σ_k e^x[i, k] */
export function logSoftmax(out: usize, x: usize, rows: i32, cols: i32): void {
  const stride = <usize>cols << 2;
  for (let i = 0; i < rows; i++) {
    affineRow(out, x, 1, -logSumExpRow(x, splat(maxRow(x, cols)), cols), cols);
    out += stride;
    x += stride;
  }
}

/** out = a x + b */
// @ts-ignore: decorator
@inline
function affineRow(out: usize, x: usize, a: f32, b: f32, n: i32): void {
  const av = splat(a);
  const bv = splat(b);
  for (; n >= 4; n -= 4) {
    v128.store(out, f32x4.add(f32x4.mul(v128.load(x), av), bv));
    out += 16;
    x += 16;
  }
  if (n > 0) storeTail(out, f32x4.add(f32x4.mul(loadTail(x, n), av), bv), n);
}

/** out = y (g − Σ_k g_k y_k), y = softmax x */
export function softmaxGrad(out: usize, g: usize, y: usize, rows: i32, cols: i32): void {
  for (let i = 0; i < rows; i++) {
    let s = splat(0);
    let n = cols;
    let p = g;
    let q = y;
    for (; n >= 4; n -= 4) {
      s = f32x4.add(s, f32x4.mul(v128.load(p), v128.load(q)));
      p += 16;
      q += 16;
    }
    if (n > 0) s = f32x4.add(s, f32x4.mul(loadTail(p, n), loadTail(q, n)));
    const dot = splat(sumLanes(s));
    for (n = cols; n >= 4; n -= 4) {
      v128.store(out, f32x4.mul(v128.load(y), f32x4.sub(v128.load(g), dot)));
      out += 16;
      g += 16;
      y += 16;
    }
    if (n > 0) {
      storeTail(out, f32x4.mul(loadTail(y, n), f32x4.sub(loadTail(g, n), dot)), n);
      out += <usize>n << 2;
      g += <usize>n << 2;
      y += <usize>n << 2;
    }
  }
}

/** out = g − e^y Σ_k g_k, y = logSoftmax x */
export function logSoftmaxGrad(out: usize, g: usize, y: usize, rows: i32, cols: i32): void {
  for (let i = 0; i < rows; i++) {
    const s = splat(sumRow(g, cols));
    let n = cols;
    for (; n >= 4; n -= 4) {
      v128.store(out, f32x4.sub(v128.load(g), f32x4.mul(vexp(v128.load(y)), s)));
      out += 16;
      g += 16;
      y += 16;
    }
    if (n > 0) {
      storeTail(out, f32x4.sub(loadTail(g, n), f32x4.mul(vexp(loadTail(y, n)), s)), n);
      out += <usize>n << 2;
      g += <usize>n << 2;
      y += <usize>n << 2;
    }
  }
}
