// out[i] = f(x[i]), f(x[i], y[i]) and their derivatives. One loop per number of sources; the operation is a
// compile-time constant, so that every export is its own loop with the operation inlined.
import { loadTail, splat, storeTail } from "./lanes";
import { vexp, vlog, vsigmoid, vsoftplus, vtanh } from "./functions";

const NEG = 0;
const EXP = 1;
const LOG = 2;
const TANH = 3;
const RELU = 4;
const SIGMOID = 5;
const SOFTPLUS = 6;
const SQUARE = 7;
const ABS = 8;
const SQRT = 9;
const SCALE = 10;
const SHIFT = 11;
const CLIP = 12;
const HUBER = 13;

/** f(x) with up to two parameters a and b, already splat. */
// @ts-ignore: decorator
@inline
function unary(op: i32, x: v128, a: v128, b: v128): v128 {
  if (op == NEG) return f32x4.neg(x);
  if (op == EXP) return vexp(x);
  if (op == LOG) return vlog(x);
  if (op == TANH) return vtanh(x);
  if (op == RELU) return f32x4.pmax(x, splat(0));
  if (op == SIGMOID) return vsigmoid(x);
  if (op == SOFTPLUS) return vsoftplus(x);
  if (op == SQUARE) return f32x4.mul(x, x);
  if (op == ABS) return f32x4.abs(x);
  if (op == SQRT) return f32x4.sqrt(x);
  if (op == SCALE) return f32x4.mul(x, a);
  if (op == SHIFT) return f32x4.add(x, a);
  if (op == CLIP) return f32x4.pmin(f32x4.pmax(x, a), b);
  // Huber with threshold a:  ½ q² + a (|x| − q)  with  q = min(|x|, a)
  const size = f32x4.abs(x);
  const q = f32x4.pmin(size, a);
  return f32x4.add(f32x4.mul(f32x4.mul(q, q), splat(0.5)), f32x4.mul(a, f32x4.sub(size, q)));
}

// @ts-ignore: decorator
@inline
function map(op: i32, out: usize, x: usize, a: f32, b: f32, n: i32): void {
  const av = splat(a);
  const bv = splat(b);
  for (; n >= 4; n -= 4) {
    v128.store(out, unary(op, v128.load(x), av, bv));
    out += 16;
    x += 16;
  }
  if (n > 0) storeTail(out, unary(op, loadTail(x, n), av, bv), n);
}

export function neg(out: usize, x: usize, n: i32): void {
  map(NEG, out, x, 0, 0, n);
}
export function exp(out: usize, x: usize, n: i32): void {
  map(EXP, out, x, 0, 0, n);
}
export function log(out: usize, x: usize, n: i32): void {
  map(LOG, out, x, 0, 0, n);
}
export function tanh(out: usize, x: usize, n: i32): void {
  map(TANH, out, x, 0, 0, n);
}
export function relu(out: usize, x: usize, n: i32): void {
  map(RELU, out, x, 0, 0, n);
}
export function sigmoid(out: usize, x: usize, n: i32): void {
  map(SIGMOID, out, x, 0, 0, n);
}
export function softplus(out: usize, x: usize, n: i32): void {
  map(SOFTPLUS, out, x, 0, 0, n);
}
export function square(out: usize, x: usize, n: i32): void {
  map(SQUARE, out, x, 0, 0, n);
}
export function abs(out: usize, x: usize, n: i32): void {
  map(ABS, out, x, 0, 0, n);
}
export function sqrt(out: usize, x: usize, n: i32): void {
  map(SQRT, out, x, 0, 0, n);
}
/** out = a x */
export function scale(out: usize, x: usize, a: f32, n: i32): void {
  map(SCALE, out, x, a, 0, n);
}
/** out = x + a */
export function shift(out: usize, x: usize, a: f32, n: i32): void {
  map(SHIFT, out, x, a, 0, n);
}
/** out = min(max(x, low), high) */
export function clip(out: usize, x: usize, low: f32, high: f32, n: i32): void {
  map(CLIP, out, x, low, high, n);
}
/** out = ½ x² where |x| ≤ delta, else delta (|x| − ½ delta) */
export function huber(out: usize, x: usize, delta: f32, n: i32): void {
  map(HUBER, out, x, delta, 0, n);
}

const ADD = 0;
const SUB = 1;
const MUL = 2;
const DIV = 3;
const MIN = 4;
const MAX = 5;
const LESS_EQUAL = 6;
const TANH_GRAD = 7;
const RELU_GRAD = 8;
const SIGMOID_GRAD = 9;
const ABS_GRAD = 10;
const CLIP_GRAD = 11;
const AXPY = 12;

/** f(x, y); in the derivatives x is the gradient that arrives and y what the forward pass kept. */
// @ts-ignore: decorator
@inline
function binary(op: i32, x: v128, y: v128, a: v128, b: v128): v128 {
  if (op == ADD) return f32x4.add(x, y);
  if (op == SUB) return f32x4.sub(x, y);
  if (op == MUL) return f32x4.mul(x, y);
  if (op == DIV) return f32x4.div(x, y);
  if (op == MIN) return f32x4.min(x, y);
  if (op == MAX) return f32x4.max(x, y);
  if (op == LESS_EQUAL) return v128.and(f32x4.le(x, y), splat(1));
  if (op == TANH_GRAD) return f32x4.mul(x, f32x4.sub(splat(1), f32x4.mul(y, y)));
  if (op == RELU_GRAD) return v128.and(x, f32x4.gt(y, splat(0)));
  if (op == SIGMOID_GRAD) return f32x4.mul(x, f32x4.mul(y, f32x4.sub(splat(1), y)));
  if (op == ABS_GRAD) return v128.and(v128.xor(x, v128.and(y, i32x4.splat(0x80000000))), f32x4.ne(y, splat(0)));
  if (op == CLIP_GRAD) return v128.and(x, v128.and(f32x4.ge(y, a), f32x4.le(y, b)));
  return f32x4.add(f32x4.mul(a, x), y);
}

// @ts-ignore: decorator
@inline
function zip(op: i32, out: usize, x: usize, y: usize, a: f32, b: f32, n: i32): void {
  const av = splat(a);
  const bv = splat(b);
  for (; n >= 4; n -= 4) {
    v128.store(out, binary(op, v128.load(x), v128.load(y), av, bv));
    out += 16;
    x += 16;
    y += 16;
  }
  if (n > 0) storeTail(out, binary(op, loadTail(x, n), loadTail(y, n), av, bv), n);
}

export function add(out: usize, x: usize, y: usize, n: i32): void {
  zip(ADD, out, x, y, 0, 0, n);
}
export function sub(out: usize, x: usize, y: usize, n: i32): void {
  zip(SUB, out, x, y, 0, 0, n);
}
export function mul(out: usize, x: usize, y: usize, n: i32): void {
  zip(MUL, out, x, y, 0, 0, n);
}
export function div(out: usize, x: usize, y: usize, n: i32): void {
  zip(DIV, out, x, y, 0, 0, n);
}
export function minimum(out: usize, x: usize, y: usize, n: i32): void {
  zip(MIN, out, x, y, 0, 0, n);
}
export function maximum(out: usize, x: usize, y: usize, n: i32): void {
  zip(MAX, out, x, y, 0, 0, n);
}
/** out = 1 where x ≤ y, else 0 */
export function lessEqual(out: usize, x: usize, y: usize, n: i32): void {
  zip(LESS_EQUAL, out, x, y, 0, 0, n);
}
/** out = a x + y */
export function axpy(out: usize, a: f32, x: usize, y: usize, n: i32): void {
  zip(AXPY, out, x, y, a, 0, n);
}
/** out = g (1 − y²), y = tanh x */
export function tanhGrad(out: usize, g: usize, y: usize, n: i32): void {
  zip(TANH_GRAD, out, g, y, 0, 0, n);
}
/** out = g where y > 0, else 0; y may be relu's argument or its value */
export function reluGrad(out: usize, g: usize, y: usize, n: i32): void {
  zip(RELU_GRAD, out, g, y, 0, 0, n);
}
/** out = g y (1 − y), y = sigmoid x */
export function sigmoidGrad(out: usize, g: usize, y: usize, n: i32): void {
  zip(SIGMOID_GRAD, out, g, y, 0, 0, n);
}
/** out = g sign(x), 0 at 0 */
export function absGrad(out: usize, g: usize, x: usize, n: i32): void {
  zip(ABS_GRAD, out, g, x, 0, 0, n);
}
/** out = g where low ≤ x ≤ high, else 0 */
export function clipGrad(out: usize, g: usize, x: usize, low: f32, high: f32, n: i32): void {
  zip(CLIP_GRAD, out, g, x, low, high, n);
}

/** out = x where mask is not 0, else y */
export function select(out: usize, mask: usize, x: usize, y: usize, n: i32): void {
  for (; n >= 4; n -= 4) {
    v128.store(out, v128.bitselect(v128.load(x), v128.load(y), f32x4.ne(v128.load(mask), splat(0))));
    out += 16;
    mask += 16;
    x += 16;
    y += 16;
  }
  if (n > 0) {
    const chosen = f32x4.ne(loadTail(mask, n), splat(0));
    storeTail(out, v128.bitselect(loadTail(x, n), loadTail(y, n), chosen), n);
  }
}

export function fill(out: usize, value: f32, n: i32): void {
  const v = splat(value);
  for (; n >= 4; n -= 4) {
    v128.store(out, v);
    out += 16;
  }
  if (n > 0) storeTail(out, v, n);
}

export function copy(out: usize, x: usize, n: i32): void {
  memory.copy(out, x, <usize>n << 2);
}
