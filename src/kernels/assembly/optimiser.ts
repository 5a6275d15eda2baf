// Updates of a flat parameter vector.
import { loadTail, splat, storeTail } from "./lanes";

/**
 * Adam (Kingma & Ba 2015, algorithm 1), one step over the flat parameters p with moments m and v:
 *
 *   g ← gradScale g          gradScale < 1 clips by the global norm
 *   m ← m + (1 − β₁)(g − m)
 *   v ← v + (1 − β₂)(g² − v)
 *   p ← p − stepSize · m / (√v + epsilon)
 *
 * The bias correction is in stepSize = lr √(1 − β₂ᵗ) / (1 − β₁ᵗ) and epsilon = ε √(1 − β₂ᵗ), which the caller computes in f64.
 */
export function adam(
  p: usize, m: usize, v: usize, g: usize, n: i32,
  stepSize: f32, oneMinusBeta1: f32, oneMinusBeta2: f32, epsilon: f32, gradScale: f32,
): void {
  const step = splat(stepSize);
  const c1 = splat(oneMinusBeta1);
  const c2 = splat(oneMinusBeta2);
  const eps = splat(epsilon);
  const scale = splat(gradScale);
  for (; n > 0; n -= 4) {
    const whole = n >= 4;
    const gi = f32x4.mul(whole ? v128.load(g) : loadTail(g, n), scale);
    let mi = whole ? v128.load(m) : loadTail(m, n);
    let vi = whole ? v128.load(v) : loadTail(v, n);
    let pi = whole ? v128.load(p) : loadTail(p, n);
    mi = f32x4.add(mi, f32x4.mul(c1, f32x4.sub(gi, mi)));
    vi = f32x4.add(vi, f32x4.mul(c2, f32x4.sub(f32x4.mul(gi, gi), vi)));
    pi = f32x4.sub(pi, f32x4.div(f32x4.mul(step, mi), f32x4.add(f32x4.sqrt(vi), eps)));
    if (whole) {
      v128.store(m, mi);
      v128.store(v, vi);
      v128.store(p, pi);
    } else {
      storeTail(m, mi, n);
      storeTail(v, vi, n);
      storeTail(p, pi, n);
    }
    p += 16;
    m += 16;
    v += 16;
    g += 16;
  }
}

/** out ← out + tau (x − out): Polyak averaging of a target network; tau = 1 copies exactly */
export function polyak(out: usize, x: usize, tau: f32, n: i32): void {
  if (tau == 1) {
    memory.copy(out, x, <usize>n << 2);
    return;
  }
  const t = splat(tau);
  for (; n >= 4; n -= 4) {
    const o = v128.load(out);
    v128.store(out, f32x4.add(o, f32x4.mul(t, f32x4.sub(v128.load(x), o))));
    out += 16;
    x += 16;
  }
  if (n > 0) {
    const o = loadTail(out, n);
    storeTail(out, f32x4.add(o, f32x4.mul(t, f32x4.sub(loadTail(x, n), o))), n);
  }
}
