// Per-row column indices: x [rows, cols], index i32 [rows, picks]. Both return −1, or the first position in `index` that
// lies outside 0 ≤ index < cols, having touched nothing outside their operands.
import { loadTail, splat, storeTail, sumLanes } from "./lanes";

/** out[i, k] = x[i, index[i, k]] */
export function gatherColumns(out: usize, x: usize, index: usize, rows: i32, cols: i32, picks: i32): i32 {
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < picks; k++) {
      const at = i * picks + k;
      const j = load<u32>(index + (<usize>at << 2));
      if (j >= <u32>cols) return at;
      store<f32>(out + (<usize>at << 2), load<f32>(x + (<usize>j << 2)));
    }
    x += <usize>cols << 2;
  }
  return -1;
}

/** out = 0, then out[i, index[i, k]] += g[i, k] for k in order: the gradient of gatherColumns */
export function scatterColumns(out: usize, g: usize, index: usize, rows: i32, cols: i32, picks: i32): i32 {
  memory.fill(out, 0, <usize>rows * <usize>cols << 2);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < picks; k++) {
      const at = i * picks + k;
      const j = load<u32>(index + (<usize>at << 2));
      if (j >= <u32>cols) return at;
      const p = out + (<usize>j << 2);
      store<f32>(p, load<f32>(p) + load<f32>(g + (<usize>at << 2)));
    }
    out += <usize>cols << 2;
  }
  return -1;
}

// Picked rows of a matrix w [choices, depth]: what a layer with many outputs costs when only `picks` of them are wanted per row.
// pickRows checks the indices; its gradients take those that it has checked.

/** out[i, k] = Σ_d x[i, d] w[index[i, k], d]; returns −1, or the first bad position in `index` */
export function pickRows(out: usize, x: usize, w: usize, index: usize, rows: i32, choices: i32, depth: i32, picks: i32): i32 {
  const stride = <usize>depth << 2;
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < picks; k++) {
      const at = i * picks + k;
      const j = load<u32>(index + (<usize>at << 2));
      if (j >= <u32>choices) return at;
      const row = w + <usize>j * stride;
      let sum = splat(0);
      let d = 0;
      for (; d + 4 <= depth; d += 4) {
        const o = <usize>d << 2;
        sum = f32x4.add(sum, f32x4.mul(v128.load(x + o), v128.load(row + o)));
      }
      if (d < depth) {
        const o = <usize>d << 2;
        sum = f32x4.add(sum, f32x4.mul(loadTail(x + o, depth - d), loadTail(row + o, depth - d)));
      }
      store<f32>(out + (<usize>at << 2), sumLanes(sum));
    }
    x += stride;
  }
  return -1;
}

/** out[i] = Σ_k g[i, k] w[index[i, k]], rows of `depth`: the gradient of pickRows for x */
export function pickRowsGradX(out: usize, g: usize, w: usize, index: usize, rows: i32, depth: i32, picks: i32): void {
  const stride = <usize>depth << 2;
  memory.fill(out, 0, <usize>rows * stride);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < picks; k++) {
      const at = <usize>(i * picks + k) << 2;
      addScaled(out, load<f32>(g + at), w + <usize>load<u32>(index + at) * stride, depth);
    }
    out += stride;
  }
}

/** out = 0, then out[index[i, k]] += g[i, k] x[i] in order: the gradient of pickRows for w [choices, depth] */
export function pickRowsGradW(out: usize, g: usize, x: usize, index: usize, rows: i32, choices: i32, depth: i32, picks: i32): void {
  const stride = <usize>depth << 2;
  memory.fill(out, 0, <usize>choices * stride);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < picks; k++) {
      const at = <usize>(i * picks + k) << 2;
      addScaled(out + <usize>load<u32>(index + at) * stride, load<f32>(g + at), x, depth);
    }
    x += stride;
  }
}

// out += a x
// @ts-ignore: decorator
@inline
function addScaled(out: usize, a: f32, x: usize, n: i32): void {
  const scale = splat(a);
  let d = 0;
  for (; d + 4 <= n; d += 4) {
    const o = <usize>d << 2;
    v128.store(out + o, f32x4.add(v128.load(out + o), f32x4.mul(scale, v128.load(x + o))));
  }
  if (d < n) {
    const o = <usize>d << 2;
    storeTail(out + o, f32x4.add(loadTail(out + o, n - d), f32x4.mul(scale, loadTail(x + o, n - d))), n - d);
  }
}
