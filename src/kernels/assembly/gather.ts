// Per-row column indices: x [rows, cols], index i32 [rows, picks]. Both return −1, or the first position in `index` that
// lies outside 0 ≤ index < cols, having touched nothing outside their operands.

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
