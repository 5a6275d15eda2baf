// Amplitude estimation: the probability a = sin² θ that a circuit's last qubit reads 1, by applying the circuit and its inverse again and again.
// Brassard, Høyer, Mosca & Tapp 2002, "Quantum amplitude amplification and estimation"; without phase estimation: Suzuki et al. 2020, Quantum Information Processing 19, 75.
//
//   Q = A (2|0⟩⟨0| − I) A† Z        A|0⟩ = cos θ |bad⟩|0⟩ + sin θ |good⟩|1⟩        Q^k A|0⟩ reads 1 with probability sin²((2k + 1)θ)
//
// Each power of Q is two uses of A: an error of 1/M after M uses where readings of A alone leave 1/√M. What is estimated is a mean E[f(X)] of a function from 0 to 1
// under probabilities that A has loaded.
import { asin, log, pairwiseSum, sin } from "../math/index.ts";
import { fourier, multiplexedRy, prepare } from "./circuits.ts";
import { type Circuit, controlled, type Gate, h, inverse, z } from "./gates.ts";
import { createState } from "./state.ts";

/** A, after which qubit `good` reads 1 with the probability that is wanted. */
export interface Amplitude {
  readonly circuit: Circuit;
  readonly qubits: number;
  readonly good: number;
}

/** A for E[f]: probabilities p_x on n qubits, and a rotation of one more by f_x from 0 to 1. */
export function expectation(probabilities: ArrayLike<number>, f: ArrayLike<number>): Amplitude {
  const good = 31 - Math.clz32(probabilities.length);
  const angles = Array.from(f, (value, x) => {
    if (!(value >= 0 && value <= 1)) throw new Error(`expectation: f at ${x} is ${value}, expected 0 to 1.`);
    return 2 * asin(Math.sqrt(value));
  });
  const all = Array.from({ length: good }, (_, q) => q);
  return { circuit: [...prepare(probabilities), ...multiplexedRy(good, all, angles)], qubits: good + 1, good };
}

/** Q, where all of `by` read 1. Only its reflections wait for them: without those A undoes A†. */
export function grover({ circuit, qubits, good }: Amplitude, by: readonly number[] = []): Circuit {
  // 2|0⟩⟨0| − I = −(I − 2|0⟩⟨0|)
  const zero: Gate = { kind: "phase", controls: (1 << qubits) - 1, pattern: 0, angle: Math.PI };
  const sign = by.length === 0 ? [] : [controlled(by.slice(1), z(by[0]))];
  return [controlled(by, z(good)), ...inverse(circuit), controlled(by, zero), ...circuit, ...sign];
}

/** Probability of reading 1 after any power of Q, on the simulator: a power costs one use of Q for each that is above all before it. */
export function amplifier(amplitude: Amplitude): (power: number) => number {
  const state = createState(amplitude.qubits);
  state.apply(amplitude.circuit);
  const once = grover(amplitude);
  const known = [state.probabilityOf(amplitude.good)];
  return (power) => {
    if (!(Number.isInteger(power) && power >= 0))
      throw new Error(`amplifier: got power ${power}, expected an integer from 0 on.`);
    while (known.length <= power) {
      state.apply(once);
      known.push(state.probabilityOf(amplitude.good));
    }
    return known[power];
  };
}

/** Probability of reading 1 after each of some powers of Q, on the simulator. */
export const amplified = (amplitude: Amplitude, powers: readonly number[]): number[] =>
  powers.map(amplifier(amplitude));

/**
 * Phase estimation with `digits` more qubits: probabilities of reading y = 0 … 2^digits − 1, each of which means a = sin²(πy/2^digits). With probability of at least
 * 8/π² it is off by at most 2π√(a(1 − a))/M + π²/M², M = 2^digits.
 */
export function phaseEstimation(amplitude: Amplitude, digits: number): Float64Array {
  const { circuit, qubits } = amplitude;
  const state = createState(qubits + digits);
  const reading = Array.from({ length: digits }, (_, d) => qubits + d);
  state.apply([...circuit, ...reading.map(h)]);
  reading.forEach((qubit, d) => {
    const once = grover(amplitude, [qubit]);
    for (let power = 0; power < 1 << d; power++) state.apply(once);
  });
  state.apply(inverse(fourier(digits)).map((gate) => shifted(gate, qubits)));
  const outcomes = new Float64Array(1 << digits);
  state.probabilities().forEach((p, x) => {
    outcomes[x >> qubits] += p;
  });
  return outcomes;
}

/** The same gate on qubits that are so many higher. */
function shifted(gate: Gate, by: number): Gate {
  const moved = { ...gate, controls: gate.controls << by, pattern: gate.pattern << by };
  if (moved.kind === "unitary") return { ...moved, target: moved.target + by };
  if (moved.kind === "parity") return { ...moved, mask: moved.mask << by };
  if (moved.kind === "exchange") return { ...moved, first: moved.first + by, second: moved.second + by };
  if (moved.kind === "diagonal") throw new Error("phaseEstimation: a diagonal is of all qubits and cannot be moved.");
  return moved;
}

/** Uses of Q of phase estimation whose median over `repeats` is within ε with probability 1 − α: `repeats` times M − 1. */
export interface CanonicalEffort {
  readonly digits: number;
  readonly repeats: number;
  readonly calls: number;
}

// 2π √(a(1 − a))/M + π²/M² ≤ ε for any a; more than half of the repeats are within it, each with probability of at least 8/π²
/** What `phaseEstimation` takes for an error of at most `epsilon`, whatever a is, with probability of at least 1 − `alpha`. */
export function canonicalEffort(epsilon: number, alpha: number): CanonicalEffort {
  requireError("canonicalEffort", epsilon, alpha);
  let [digits, M] = [1, 2];
  for (; (Math.PI / M) * (1 + Math.PI / M) > epsilon; M *= 2) digits++;
  let repeats = 1;
  while (mostOf(repeats, 8 / (Math.PI * Math.PI)) < 1 - alpha) repeats += 2;
  return { digits, repeats, calls: repeats * (M - 1) };
}

/** Draws of a number from 0 to 1 whose mean is within `epsilon` with probability of at least 1 − `alpha`: ln(2/α)/2ε², Hoeffding 1963. */
export function monteCarloDraws(epsilon: number, alpha: number): number {
  requireError("monteCarloDraws", epsilon, alpha);
  return Math.ceil(log(2 / alpha) / (2 * epsilon * epsilon));
}

function requireError(who: string, epsilon: number, alpha: number): void {
  if (!(epsilon > 0 && epsilon < 1 && alpha > 0 && alpha < 1))
    throw new Error(`${who}: got epsilon ${epsilon} and alpha ${alpha}, expected both more than 0 and less than 1.`);
}

/** Probability that more than half of an odd number of tries succeed, each with probability p. */
function mostOf(tries: number, p: number): number {
  let distribution = [1];
  for (let n = 0; n < tries; n++)
    distribution = Array.from(
      { length: n + 2 },
      (_, k) => (distribution[k] ?? 0) * (1 - p) + (k > 0 ? distribution[k - 1] * p : 0),
    );
  return pairwiseSum(distribution.slice((tries + 1) / 2));
}

/** Readings of Q^power A|0⟩: `hits` of `shots` were 1. */
export interface Readings {
  readonly power: number;
  readonly shots: number;
  readonly hits: number;
}

/** Powers 0, 1, 2, 4, … up to 2^(rounds − 2), exponentially growing as in Suzuki et al. */
export const exponentialPowers = (rounds: number): number[] =>
  Array.from({ length: rounds }, (_, j) => (j === 0 ? 0 : 1 << (j - 1)));

/** Uses of A and its inverse in so many shots of each power: 2k + 1 in each. */
export const usesOf = (powers: readonly number[], shots: number): number =>
  powers.reduce((uses, power) => uses + shots * (2 * power + 1), 0);

// ln L(θ) = Σ_k h_k ln sin²((2k + 1)θ) + (N_k − h_k) ln cos²((2k + 1)θ)
/** The most likely a, with a 95 % interval from the information on θ, Σ 4 N_k (2k + 1)². */
export function mostLikely(readings: readonly Readings[]): {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
} {
  const likelihood = (θ: number): number => {
    let sum = 0;
    for (const { power, shots, hits } of readings) {
      const s = sin((2 * power + 1) * θ);
      const p = Math.min(1 - 1e-15, Math.max(1e-15, s * s));
      sum += hits * log(p) + (shots - hits) * log(1 - p);
    }
    return sum;
  };
  const highest = readings.reduce((most, { power }) => Math.max(most, power), 0);
  const cells = 12 * (2 * highest + 1); // a dozen of each half wave
  const step = Math.PI / 2 / cells;
  let [best, most] = [0, -Infinity];
  for (let k = 0; k <= cells; k++) {
    const value = likelihood(k * step);
    if (value > most) [best, most] = [k * step, value];
  }
  const θ = goldenMaximum(likelihood, Math.max(0, best - step), Math.min(Math.PI / 2, best + step));
  const information = pairwiseSum(readings.map(({ power, shots }) => 4 * shots * (2 * power + 1) * (2 * power + 1)));
  const half = 1.959963984540054 / Math.sqrt(information);
  const at = (angle: number): number => {
    const s = sin(Math.min(Math.PI / 2, Math.max(0, angle)));
    return s * s;
  };
  return { estimate: at(θ), low: at(θ - half), high: at(θ + half) };
}

const GOLDEN = 0.6180339887498949;

function goldenMaximum(f: (x: number) => number, low: number, high: number): number {
  let [a, b] = [low, high];
  let [c, d] = [b - GOLDEN * (b - a), a + GOLDEN * (b - a)];
  let [fc, fd] = [f(c), f(d)];
  for (let step = 0; step < 50; step++) {
    if (fc > fd) {
      [b, d, fd] = [d, c, fc];
      c = b - GOLDEN * (b - a);
      fc = f(c);
    } else {
      [a, c, fc] = [c, d, fd];
      d = a + GOLDEN * (b - a);
      fd = f(d);
    }
  }
  return (a + b) / 2;
}
