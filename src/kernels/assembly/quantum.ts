// Gates on the state of n qubits: 2ⁿ complex amplitudes, real part before imaginary part, both f64; one amplitude fills a vector. Bit q of an index is qubit q.
//
// `controls` are bits that have to be as in `pattern`; a gate leaves all other amplitudes alone. Loops visit the indices whose fixed bits are as wanted in ascending
// order: ((x | fixed) + 1) & ~fixed is the next one.

const PI_2_HIGH: f64 = 1.5707963267341256; // π/2 in 33 bits, and what is left of it
const PI_2_LOW: f64 = 6.077100506506192e-11;

/** (b, a) of z = (a, b): i z but for the sign of its first lane. */
function swapped(z: v128): v128 {
  return v128.shuffle<f64>(z, z, 1, 0);
}

/** (c + i s) z, where `minusPlus` is (−s, s) */
function turned(z: v128, c: v128, minusPlus: v128): v128 {
  return f64x2.add(f64x2.mul(c, z), f64x2.mul(minusPlus, swapped(z)));
}

/** (−s, s) */
function opposite(s: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(s), 0, -s);
}

/** ψ ← U ψ on qubit `target`, U = [[a, b], [c, d]], each entry with real and imaginary part. */
export function qubitGate(
  state: usize,
  qubits: i32,
  target: i32,
  controls: i32,
  pattern: i32,
  aRe: f64,
  aIm: f64,
  bRe: f64,
  bIm: f64,
  cRe: f64,
  cIm: f64,
  dRe: f64,
  dIm: f64,
): void {
  const bit = 1 << target;
  const fixed = controls | bit;
  const pairs = 1 << (qubits - popcnt<i32>(fixed));
  const apart = <usize>bit << 4;
  const a = f64x2.splat(aRe);
  const b = f64x2.splat(bRe);
  const c = f64x2.splat(cRe);
  const d = f64x2.splat(dRe);
  const ai = opposite(aIm);
  const bi = opposite(bIm);
  const ci = opposite(cIm);
  const di = opposite(dIm);
  let x = 0;
  if (aIm == 0 && bIm == 0 && cIm == 0 && dIm == 0) {
    for (let k = 0; k < pairs; k++, x = ((x | fixed) + 1) & ~fixed) {
      const p = state + (<usize>(x | pattern) << 4);
      const zero = v128.load(p);
      const one = v128.load(p + apart);
      v128.store(p, f64x2.add(f64x2.mul(a, zero), f64x2.mul(b, one)));
      v128.store(p + apart, f64x2.add(f64x2.mul(c, zero), f64x2.mul(d, one)));
    }
    return;
  }
  if (aIm == 0 && bRe == 0 && cRe == 0 && dIm == 0) {
    for (let k = 0; k < pairs; k++, x = ((x | fixed) + 1) & ~fixed) {
      const p = state + (<usize>(x | pattern) << 4);
      const zero = v128.load(p);
      const one = v128.load(p + apart);
      v128.store(p, f64x2.add(f64x2.mul(a, zero), f64x2.mul(bi, swapped(one))));
      v128.store(p + apart, f64x2.add(f64x2.mul(ci, swapped(zero)), f64x2.mul(d, one)));
    }
    return;
  }
  for (let k = 0; k < pairs; k++, x = ((x | fixed) + 1) & ~fixed) {
    const p = state + (<usize>(x | pattern) << 4);
    const zero = v128.load(p);
    const one = v128.load(p + apart);
    v128.store(p, f64x2.add(turned(zero, a, ai), turned(one, b, bi)));
    v128.store(p + apart, f64x2.add(turned(zero, c, ci), turned(one, d, di)));
  }
}

/** The same rotation e^{−iϑX}, c = cos ϑ and s = sin ϑ, of qubits `first` and `first` + 1 at once: half the passes over memory of one after the other. */
export function qubitFlips(state: usize, qubits: i32, first: i32, c: f64, s: f64): void {
  const low = 1 << first;
  const fixed = 3 << first;
  const groups = 1 << (qubits - 2);
  const apart = <usize>low << 4;
  // (c − i s X) ⊗ (c − i s X) = c² − i c s (X₀ + X₁) − s² X₀X₁
  const cc = f64x2.splat(c * c);
  const ss = f64x2.splat(-s * s);
  const cs = opposite(-c * s);
  for (let k = 0, x = 0; k < groups; k++, x = ((x | fixed) + 1) & ~fixed) {
    const p0 = state + (<usize>x << 4);
    const p1 = p0 + apart;
    const p2 = p1 + apart;
    const p3 = p2 + apart;
    const z0 = v128.load(p0);
    const z1 = v128.load(p1);
    const z2 = v128.load(p2);
    const z3 = v128.load(p3);
    const outer = f64x2.mul(cs, swapped(f64x2.add(z0, z3)));
    const inner = f64x2.mul(cs, swapped(f64x2.add(z1, z2)));
    v128.store(p0, f64x2.add(f64x2.add(f64x2.mul(cc, z0), f64x2.mul(ss, z3)), inner));
    v128.store(p1, f64x2.add(f64x2.add(f64x2.mul(cc, z1), f64x2.mul(ss, z2)), outer));
    v128.store(p2, f64x2.add(f64x2.add(f64x2.mul(cc, z2), f64x2.mul(ss, z1)), outer));
    v128.store(p3, f64x2.add(f64x2.add(f64x2.mul(cc, z3), f64x2.mul(ss, z0)), inner));
  }
}

/** ψ ← (c + i s) ψ where the bits of `controls` are as in `pattern`. */
export function qubitPhase(state: usize, qubits: i32, controls: i32, pattern: i32, c: f64, s: f64): void {
  const count = 1 << (qubits - popcnt<i32>(controls));
  const real = f64x2.splat(c);
  const imaginary = opposite(s);
  for (let k = 0, x = 0; k < count; k++, x = ((x | controls) + 1) & ~controls) {
    const p = state + (<usize>(x | pattern) << 4);
    v128.store(p, turned(v128.load(p), real, imaginary));
  }
}

/** ψ ← e^{−iϑ Z⊗…⊗Z} ψ on the qubits of `mask`, c = cos ϑ and s = sin ϑ. */
export function qubitParity(
  state: usize,
  qubits: i32,
  mask: i32,
  controls: i32,
  pattern: i32,
  c: f64,
  s: f64,
): void {
  const count = 1 << (qubits - popcnt<i32>(controls));
  const real = f64x2.splat(c);
  const even = opposite(-s);
  const odd = opposite(s);
  for (let k = 0, x = 0; k < count; k++, x = ((x | controls) + 1) & ~controls) {
    const index = x | pattern;
    const p = state + (<usize>index << 4);
    v128.store(p, turned(v128.load(p), real, popcnt<i32>(index & mask) & 1 ? odd : even));
  }
}

/** ψ ← e^{−iϑ (XX + YY)/2} ψ on qubits p and q, c = cos ϑ and s = sin ϑ: what is in one of them moves to the other. */
export function qubitExchange(
  state: usize,
  qubits: i32,
  p: i32,
  q: i32,
  controls: i32,
  pattern: i32,
  c: f64,
  s: f64,
): void {
  const fixed = controls | (1 << p) | (1 << q);
  const pairs = 1 << (qubits - popcnt<i32>(fixed));
  const stay = f64x2.splat(c);
  const move = opposite(-s);
  for (let k = 0, x = 0; k < pairs; k++, x = ((x | fixed) + 1) & ~fixed) {
    const here = state + (<usize>(x | pattern | (1 << p)) << 4);
    const there = state + (<usize>(x | pattern | (1 << q)) << 4);
    const a = v128.load(here);
    const b = v128.load(there);
    v128.store(here, f64x2.add(f64x2.mul(stay, a), f64x2.mul(move, swapped(b))));
    v128.store(there, f64x2.add(f64x2.mul(stay, b), f64x2.mul(move, swapped(a))));
  }
}

/** ψ_x ← e^{−iϑ v_x} ψ_x where the bits of `controls` are as in `pattern`; |ϑ v_x| < 10⁶. */
export function qubitDiagonal(
  state: usize,
  qubits: i32,
  values: usize,
  angle: f64,
  controls: i32,
  pattern: i32,
): void {
  const count = 1 << qubits;
  const minus = f64x2.splat(-angle);
  for (let x = 0; x < count; x += 2) {
    // two at a time: there is at least one qubit
    const ϑ = f64x2.mul(minus, v128.load(values + (<usize>x << 3)));
    const n = f64x2.nearest(f64x2.mul(ϑ, f64x2.splat(0.6366197723675814)));
    const r = f64x2.sub(
      f64x2.sub(ϑ, f64x2.mul(n, f64x2.splat(PI_2_HIGH))),
      f64x2.mul(n, f64x2.splat(PI_2_LOW)),
    );
    // fdlibm's polynomials of sine and cosine for |r| ≤ π/4
    const z = f64x2.mul(r, r);
    let p = f64x2.splat(1.58969099521155e-10);
    p = f64x2.add(f64x2.splat(-2.5050760253406863e-8), f64x2.mul(z, p));
    p = f64x2.add(f64x2.splat(0.0000027557313707070068), f64x2.mul(z, p));
    p = f64x2.add(f64x2.splat(-0.0001984126982985795), f64x2.mul(z, p));
    p = f64x2.add(f64x2.splat(0.00833333333332249), f64x2.mul(z, p));
    p = f64x2.add(f64x2.splat(-0.16666666666666632), f64x2.mul(z, p));
    const sine = f64x2.add(r, f64x2.mul(f64x2.mul(r, z), p));
    p = f64x2.splat(-1.1359647557788195e-11);
    p = f64x2.add(f64x2.splat(2.087572321298175e-9), f64x2.mul(z, p));
    p = f64x2.add(f64x2.splat(-2.7557314351390663e-7), f64x2.mul(z, p));
    p = f64x2.add(f64x2.splat(0.00002480158728947673), f64x2.mul(z, p));
    p = f64x2.add(f64x2.splat(-0.001388888888887411), f64x2.mul(z, p));
    p = f64x2.add(f64x2.splat(0.0416666666666666), f64x2.mul(z, p));
    const cosine = f64x2.add(
      f64x2.sub(f64x2.splat(1), f64x2.mul(f64x2.splat(0.5), z)),
      f64x2.mul(f64x2.mul(z, z), p),
    );
    // sin and cos of r + n π/2: they change places for odd n, and signs by the second bits of n and n + 1
    const k = i64x2.extend_low_i32x4_s(i32x4.trunc_sat_f64x2_s_zero(n));
    const uneven = i64x2.eq(v128.and(k, i64x2.splat(1)), i64x2.splat(1));
    const two = i64x2.splat(2);
    const sinSign = i64x2.shl(v128.and(k, two), 62);
    const cosSign = i64x2.shl(v128.and(i64x2.add(k, i64x2.splat(1)), two), 62);
    const s = v128.xor(v128.bitselect(cosine, sine, uneven), sinSign);
    const c = v128.xor(v128.bitselect(sine, cosine, uneven), cosSign);
    const place = state + (<usize>x << 4);
    if ((x & controls) == pattern)
      v128.store(
        place,
        turned(v128.load(place), v128.shuffle<f64>(c, c, 0, 0), opposite(f64x2.extract_lane(s, 0))),
      );
    if (((x + 1) & controls) == pattern)
      v128.store(
        place,
        turned(v128.load(place, 16), v128.shuffle<f64>(c, c, 1, 1), opposite(f64x2.extract_lane(s, 1))),
        16,
      );
  }
}

/** Σ v_x |ψ_x|² */
export function qubitMean(state: usize, qubits: i32, values: usize): f64 {
  let sum = f64x2.splat(0);
  for (let k = 1 << qubits; k > 0; k--, values += 8, state += 16) {
    const z = v128.load(state);
    sum = f64x2.add(sum, f64x2.mul(f64x2.splat(load<f64>(values)), f64x2.mul(z, z)));
  }
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** out_x = v_x ψ_x */
export function qubitTimes(out: usize, state: usize, qubits: i32, values: usize): void {
  for (let k = 1 << qubits; k > 0; k--, values += 8, state += 16, out += 16)
    v128.store(out, f64x2.mul(f64x2.splat(load<f64>(values)), v128.load(state)));
}

// The imaginary part of ⟨bra|A|ket⟩, by which an expected value changes with the angle of e^{−iϑA}:
// Im(x̄ y) = x_re y_im − x_im y_re
/** Im ⟨bra|diag(v)|ket⟩ */
export function qubitDiagonalOverlap(bra: usize, ket: usize, qubits: i32, values: usize): f64 {
  let sum = f64x2.splat(0);
  for (let k = 1 << qubits; k > 0; k--, values += 8, bra += 16, ket += 16)
    sum = f64x2.add(
      sum,
      f64x2.mul(f64x2.splat(load<f64>(values)), f64x2.mul(v128.load(bra), swapped(v128.load(ket)))),
    );
  return f64x2.extract_lane(sum, 0) - f64x2.extract_lane(sum, 1);
}

/** Im ⟨bra|X|ket⟩, X on qubit `target` */
export function qubitFlipOverlap(bra: usize, ket: usize, qubits: i32, target: i32): f64 {
  const bit = 1 << target;
  let sum = f64x2.splat(0);
  for (let x = 0, count = 1 << qubits; x < count; x++)
    sum = f64x2.add(
      sum,
      f64x2.mul(v128.load(bra + (<usize>x << 4)), swapped(v128.load(ket + (<usize>(x ^ bit) << 4)))),
    );
  return f64x2.extract_lane(sum, 0) - f64x2.extract_lane(sum, 1);
}

/** Im ⟨bra|(XX + YY)/2|ket⟩ on qubits p and q */
export function qubitExchangeOverlap(bra: usize, ket: usize, qubits: i32, p: i32, q: i32): f64 {
  const fixed = (1 << p) | (1 << q);
  let sum = f64x2.splat(0);
  for (let k = 0, x = 0, pairs = 1 << (qubits - 2); k < pairs; k++, x = ((x | fixed) + 1) & ~fixed) {
    const here = <usize>(x | (1 << p)) << 4;
    const there = <usize>(x | (1 << q)) << 4;
    sum = f64x2.add(sum, f64x2.mul(v128.load(bra + here), swapped(v128.load(ket + there))));
    sum = f64x2.add(sum, f64x2.mul(v128.load(bra + there), swapped(v128.load(ket + here))));
  }
  return f64x2.extract_lane(sum, 0) - f64x2.extract_lane(sum, 1);
}
