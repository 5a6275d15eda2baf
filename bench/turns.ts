// Variants of one piece of work, timed in turns so that noise from the machine meets all alike; and what makes sure that it is one.
import { seedStream } from "../src/random/index.ts";

/** Each does the whole work once, under the name of who does it. */
export type Variants = Readonly<Record<string, () => void>>;

const ROUNDS = 10;

/** Milliseconds of every call, per variant, in turns of `seconds` / ROUNDS each after a warm-up. */
export function inTurns(variants: Variants, seconds: number): Record<string, number[]> {
  const times: Record<string, number[]> = {};
  const turn = (run: Variants[string], into: number[], milliseconds: number, calls: number) => {
    const end = performance.now() + milliseconds;
    for (let n = 0, start = performance.now(); start < end || n < calls; n++) {
      run();
      const now = performance.now();
      into.push(now - start);
      start = now;
    }
  };
  // V8 runs the first calls of a kernel at a fraction of its speed, until the optimising tier takes over
  for (const run of Object.values(variants)) turn(run, [], 300, 30);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, run] of Object.entries(variants)) turn(run, (times[name] ??= []), (1000 * seconds) / ROUNDS, 1);
  }
  return times;
}

/** Irregular numbers in [−1, 1), the same on both sides. */
export function noise(x: Float32Array, purpose: string): void {
  const u = new Float64Array(x.length);
  seedStream(1).fork(purpose).uniform(u, { lane: 0, period: 0, from: 0 });
  for (let i = 0; i < x.length; i++) x[i] = 2 * u[i] - 1;
}

/** Throws unless both sides have done the same work. */
export function requireEqual(
  what: string,
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  [implementation, reference]: readonly [string, string],
): void {
  for (let i = 0; i < expected.length; i++) {
    if (!(Math.abs(got[i] - expected[i]) <= tolerance * Math.max(1, Math.abs(expected[i])))) {
      throw new Error(
        `bench ${what}[${i}]: ${implementation} has ${got[i]}, ${reference} ${expected[i]}. They must do the same work.`,
      );
    }
  }
}
