// C = A B (+ C) for f32 matrices with any strides: A [M, K], B [K, N], C [M, N] row-major. A transpose is a swap of strides.
//
// Both operands are first packed into panels that the micro-kernel reads straight through: A in panels of 4 rows, B in panels
// of 8 columns, zero-padded at the edges. That is what keeps the inner loop at two loads, four splats and eight
// multiply-adds on eight accumulators; with A unpacked the same loop reaches 17–38 GFLOP/s instead of 64–66 (one Zen 5 core,
// 128-bit SIMD), and strides that are powers of two stop mattering.
//   KC: a panel of B, 8 × 256 × 4 B = 8 KiB, stays in the first-level cache while all panels of A pass by
//   MC: a block of packed A, 64 × 256 × 4 B = 64 KiB, stays in the second-level cache while all panels of B pass by
//   NC: bounds the packed B, 256 × 512 × 4 B = 512 KiB, and with it the workspace of a thread
// The loop over k is not unrolled: the compiler behind WebAssembly then spills accumulators (44–47 GFLOP/s with two steps).
// Each element of C is summed over k in order, KC at a time, whatever M, N and the position in the matrix.

const KC = 256;
const MC = 64;
const NC = 512;
const TILE_BYTES: usize = 4 * 8 * 4;

/** Bytes of private workspace that gemm needs: one per thread, 16-byte aligned. */
export function gemmWorkspaceBytes(): i32 {
  return <i32>TILE_BYTES + (MC * KC + KC * NC) * 4;
}

/** c [4, 8] = (or +=) packed a [kc, 4]ᵀ · packed b [kc, 8] */
// @ts-ignore: decorator
@inline
function microKernel(kc: i32, a: usize, b: usize, c: usize, ldc: usize, accumulate: bool): void {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  const end = a + <usize>kc * 16;
  do {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const a0 = v128.load32_splat(a, 0);
    c00 = f32x4.add(c00, f32x4.mul(a0, b0));
    c01 = f32x4.add(c01, f32x4.mul(a0, b1));
    const a1 = v128.load32_splat(a, 4);
    c10 = f32x4.add(c10, f32x4.mul(a1, b0));
    c11 = f32x4.add(c11, f32x4.mul(a1, b1));
    const a2 = v128.load32_splat(a, 8);
    c20 = f32x4.add(c20, f32x4.mul(a2, b0));
    c21 = f32x4.add(c21, f32x4.mul(a2, b1));
    const a3 = v128.load32_splat(a, 12);
    c30 = f32x4.add(c30, f32x4.mul(a3, b0));
    c31 = f32x4.add(c31, f32x4.mul(a3, b1));
    a += 16;
    b += 32;
  } while (a < end);
  const r1 = c + ldc;
  const r2 = r1 + ldc;
  const r3 = r2 + ldc;
  if (accumulate) {
    c00 = f32x4.add(v128.load(c), c00);
    c01 = f32x4.add(v128.load(c, 16), c01);
    c10 = f32x4.add(v128.load(r1), c10);
    c11 = f32x4.add(v128.load(r1, 16), c11);
    c20 = f32x4.add(v128.load(r2), c20);
    c21 = f32x4.add(v128.load(r2, 16), c21);
    c30 = f32x4.add(v128.load(r3), c30);
    c31 = f32x4.add(v128.load(r3, 16), c31);
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(r1, c10);
  v128.store(r1, c11, 16);
  v128.store(r2, c20);
  v128.store(r2, c21, 16);
  v128.store(r3, c30);
  v128.store(r3, c31, 16);
}

/** Transposes a 4 × 4 block: four loads `stride` apart become four stores `step` apart. */
function transpose4(source: usize, stride: usize, out: usize, step: usize): void {
  const v0 = v128.load(source);
  const v1 = v128.load(source + stride);
  const v2 = v128.load(source + 2 * stride);
  const v3 = v128.load(source + 3 * stride);
  const t0 = v128.shuffle<f32>(v0, v1, 0, 4, 1, 5);
  const t1 = v128.shuffle<f32>(v0, v1, 2, 6, 3, 7);
  const t2 = v128.shuffle<f32>(v2, v3, 0, 4, 1, 5);
  const t3 = v128.shuffle<f32>(v2, v3, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<f32>(t0, t2, 0, 1, 4, 5));
  v128.store(out + step, v128.shuffle<f32>(t0, t2, 2, 3, 6, 7));
  v128.store(out + 2 * step, v128.shuffle<f32>(t1, t3, 0, 1, 4, 5));
  v128.store(out + 3 * step, v128.shuffle<f32>(t1, t3, 2, 3, 6, 7));
}

/** A panel of `width` vectors of length kc, interleaved: out[k, r] = source[r · across + k · along], 0 for r ≥ used. */
// @ts-ignore: decorator
@inline
function pack(width: i32, used: i32, kc: i32, source: usize, across: usize, along: usize, out: usize): void {
  const step = <usize>width * 4;
  let k = 0;
  if (used == width && across == 4) {
    for (; k < kc; k++) {
      v128.store(out, v128.load(source));
      if (width == 8) v128.store(out, v128.load(source, 16), 16);
      out += step;
      source += along;
    }
    return;
  }
  if (used == width && along == 4) {
    for (; k + 4 <= kc; k += 4) {
      transpose4(source, across, out, step);
      if (width == 8) transpose4(source + 4 * across, across, out + 16, step);
      out += 4 * step;
      source += 16;
    }
  }
  for (; k < kc; k++) {
    for (let r = 0; r < width; r++) {
      store<f32>(out + <usize>r * 4, r < used ? load<f32>(source + <usize>r * across) : 0);
    }
    out += step;
    source += along;
  }
}

function packA(used: i32, kc: i32, source: usize, across: usize, along: usize, out: usize): void {
  pack(4, used, kc, source, across, along, out);
}
function packB(used: i32, kc: i32, source: usize, across: usize, along: usize, out: usize): void {
  pack(8, used, kc, source, across, along, out);
}

/** Adds or copies the m × n corner of a 4 × 8 tile into C. */
function storeCorner(tile: usize, c: usize, ldc: usize, m: i32, n: i32, accumulate: bool): void {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      const value = load<f32>(tile + (<usize>(i * 8 + j) << 2));
      const p = c + <usize>i * ldc + (<usize>j << 2);
      store<f32>(p, accumulate ? load<f32>(p) + value : value);
    }
  }
}

/**
 * c[i, j] = Σ_k a[i, k] b[k, j], added to c if `accumulate`. Strides in elements: a[i, k] is at a + 4 (i aRow + k aCol), b
 * likewise, c[i, j] at c + 4 (i cRow + j). c must not overlap a or b. `workspace`: gemmWorkspaceBytes() private bytes.
 */
export function gemm(
  c: usize, a: usize, b: usize, M: i32, N: i32, K: i32,
  aRow: usize, aCol: usize, bRow: usize, bCol: usize, cRow: usize, accumulate: bool, workspace: usize,
): void {
  const rsa = aRow << 2;
  const csa = aCol << 2;
  const rsb = bRow << 2;
  const csb = bCol << 2;
  const ldc = cRow << 2;
  const tile = workspace;
  const packedA = tile + TILE_BYTES;
  const packedB = packedA + MC * KC * 4;
  if (K == 0 && !accumulate) {
    for (let i = 0; i < M; i++) memory.fill(c + <usize>i * ldc, 0, <usize>N << 2);
  }
  for (let n0 = 0; n0 < N; n0 += NC) {
    const n1 = min(n0 + NC, N);
    for (let k0 = 0; k0 < K; k0 += KC) {
      const kc = min(KC, K - k0);
      const onto = accumulate || k0 > 0;
      let bPanel = packedB;
      for (let j = n0; j < n1; j += 8) {
        packB(min(8, n1 - j), kc, b + <usize>k0 * rsb + <usize>j * csb, csb, rsb, bPanel);
        bPanel += <usize>kc * 32;
      }
      for (let m0 = 0; m0 < M; m0 += MC) {
        const m1 = min(m0 + MC, M);
        let aPanel = packedA;
        for (let i = m0; i < m1; i += 4) {
          packA(min(4, m1 - i), kc, a + <usize>i * rsa + <usize>k0 * csa, rsa, csa, aPanel);
          aPanel += <usize>kc * 16;
        }
        bPanel = packedB;
        for (let j = n0; j < n1; j += 8) {
          const n = min(8, n1 - j);
          aPanel = packedA;
          for (let i = m0; i < m1; i += 4) {
            const m = min(4, m1 - i);
            const corner = c + <usize>i * ldc + (<usize>j << 2);
            if (n == 8 && m == 4) {
              microKernel(kc, aPanel, bPanel, corner, ldc, onto);
            } else {
              microKernel(kc, aPanel, bPanel, tile, 32, false);
              storeCorner(tile, corner, ldc, m, n, onto);
            }
            aPanel += <usize>kc * 16;
          }
          bPanel += <usize>kc * 32;
        }
      }
    }
  }
}
