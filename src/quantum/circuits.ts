// Circuits that others are made of: known states, the Fourier transform, and states with given probabilities.
import { asin, pairwiseSum } from "../math/index.ts";
import { type Circuit, cnot, controlled, h, phase, ry, x } from "./gates.ts";

const upTo = (n: number): number[] => Array.from({ length: n }, (_, q) => q);

/** (|0…0⟩ + |1…1⟩)/√2 from |0…0⟩; Greenberger, Horne & Zeilinger 1989. */
export const ghz = (qubits: number): Circuit => [h(0), ...upTo(qubits - 1).map((q) => cnot(q, q + 1))];

/** |x⟩ → 2^(−n/2) Σ_y e^{2πi xy/2ⁿ} |y⟩; Coppersmith 1994. */
export function fourier(qubits: number): Circuit {
  const turns = upTo(qubits)
    .reverse()
    .flatMap((q) => [h(q), ...upTo(q).map((lower) => controlled([lower], phase(q, Math.PI / (1 << (q - lower)))))]);
  const swaps = upTo(Math.floor(qubits / 2)).flatMap((q) => swap(q, qubits - 1 - q));
  return [...turns, ...swaps];
}

export const swap = (a: number, b: number): Circuit => [cnot(a, b), cnot(b, a), cnot(a, b)];

/**
 * The Dicke state from |0…0⟩: all basis states of n qubits with k ones, at equal amplitudes. O(nk) gates.
 * Bärtschi & Eidenbenz 2019, "Deterministic preparation of Dicke states", §2.
 */
export function dicke(qubits: number, ones: number): Circuit {
  if (!(Number.isInteger(ones) && ones >= 0 && ones <= qubits))
    throw new Error(`dicke: got ${ones} ones in ${qubits} qubits, expected an integer from 0 to ${qubits}.`);
  const circuit = upTo(ones).map((k) => x(qubits - 1 - k));
  for (let m = qubits; m >= 2; m--) {
    const last = m - 1;
    for (let l = 1; l <= Math.min(ones, m - 1); l++) {
      // √(l/m) of the amplitude stays, the rest moves a 1 to qubit m − 1 − l
      const target = last - l;
      const angle = 2 * asin(Math.sqrt((m - l) / m));
      const by = l === 1 ? [last] : [last, target + 1];
      circuit.push(cnot(target, last), controlled(by, ry(target, angle)), cnot(target, last));
    }
  }
  return circuit;
}

/**
 * A rotation about Y by angles[c], where the qubits `by` read c, the first of them as the lowest bit: 2ᵏ rotations and 2ᵏ⁺¹ − 2 CNOTs.
 * Möttönen et al. 2004, "Quantum circuits for general multiqubit gates".
 */
export function multiplexedRy(target: number, by: readonly number[], angles: ArrayLike<number>): Circuit {
  if (angles.length !== 1 << by.length)
    throw new Error(`multiplexedRy: got ${angles.length} angles for ${by.length} qubits, expected ${1 << by.length}.`);
  if (by.length === 0) return [ry(target, angles[0])];
  const half = angles.length / 2;
  const top = by[by.length - 1];
  const mean = upTo(half).map((c) => (angles[c] + angles[half + c]) / 2);
  const difference = upTo(half).map((c) => (angles[c] - angles[half + c]) / 2);
  const rest = by.slice(0, -1);
  const flip = cnot(top, target);
  return [...multiplexedRy(target, rest, mean), flip, ...multiplexedRy(target, rest, difference), flip];
}

/** √p_x |x⟩ from |0…0⟩, for 2ⁿ probabilities: 2ⁿ − 1 rotations, as many as there are probabilities to load. Grover & Rudolph 2002. */
export function prepare(probabilities: ArrayLike<number>): Circuit {
  const qubits = 31 - Math.clz32(probabilities.length);
  if (probabilities.length !== 1 << qubits || qubits < 1)
    throw new Error(`prepare: got ${probabilities.length} probabilities, expected a power of two from 2 on.`);
  const total = pairwiseSum(probabilities);
  const negative = Array.from(probabilities).findIndex((p) => !(p >= 0));
  if (negative >= 0 || !(Math.abs(total - 1) < 1e-9))
    throw new Error(
      `prepare: ${negative >= 0 ? `probability ${negative} is ${probabilities[negative]}, expected at least 0` : `probabilities sum to ${total}, expected 1`}.`,
    );
  // From the highest qubit down: the share of 1 given all higher bits
  const circuit = [];
  for (let q = qubits - 1; q >= 0; q--) {
    const higher = upTo(qubits - 1 - q).map((k) => q + 1 + k);
    const width = 1 << q;
    const angles = upTo(1 << higher.length).map((c) => {
      const sumFrom = (from: number) => pairwiseSum(Array.prototype.slice.call(probabilities, from, from + width));
      const [zero, one] = [sumFrom(2 * c * width), sumFrom((2 * c + 1) * width)];
      return zero + one === 0 ? 0 : 2 * asin(Math.sqrt(one / (zero + one)));
    });
    circuit.push(...multiplexedRy(q, higher, angles));
  }
  return circuit;
}
