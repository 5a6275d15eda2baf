// Gates as values. Qubit q is bit q of a basis state's index, so that qubit 0 changes first, as in Qiskit.
// Nielsen & Chuang 2010, Quantum Computation and Quantum Information, ch. 4.
import { cos, sin } from "../math/index.ts";

/** Real and imaginary parts of [[a, b], [c, d]]: a, b, c, d. */
export type Matrix = readonly [number, number, number, number, number, number, number, number];

/** Where a gate acts: on the amplitudes whose bits in `controls` are as in `pattern`. */
interface Controlled {
  readonly controls: number;
  readonly pattern: number;
}

/** One of five kinds, each undone by one of its kind. */
export type Gate = Controlled &
  (
    | { readonly kind: "unitary"; readonly target: number; readonly matrix: Matrix }
    /** e^{iφ} on all amplitudes that are controlled. */
    | { readonly kind: "phase"; readonly angle: number }
    /** e^{−iϑ Z⊗…⊗Z} on the qubits of `mask`. */
    | { readonly kind: "parity"; readonly mask: number; readonly angle: number }
    /** e^{−iϑ (XX + YY)/2}. */
    | { readonly kind: "exchange"; readonly first: number; readonly second: number; readonly angle: number }
    /** e^{−iϑ v_x} on basis state x. */
    | { readonly kind: "diagonal"; readonly diagonal: Diagonal; readonly angle: number }
  );

export type Circuit = readonly Gate[];

/** A real number for each basis state, which nobody changes any more: an observable, or a phase for each state. */
export interface Diagonal {
  readonly values: Float64Array;
  /** The largest size among them. */
  readonly largest: number;
}

/** Copies `values`, one per basis state. */
export function diagonalOf(values: ArrayLike<number>): Diagonal {
  const copy = Float64Array.from(values);
  const largest = copy.reduce((most, x) => Math.max(most, Math.abs(x) + 0 * x), 0);
  if (!(largest < Infinity)) throw new Error("diagonalOf: got a value that is not finite, expected numbers.");
  return { values: copy, largest };
}

const ALL: Controlled = { controls: 0, pattern: 0 };
const bitOf = (qubit: number): number => {
  if (!(Number.isInteger(qubit) && qubit >= 0 && qubit < 30))
    throw new Error(`gate: got qubit ${qubit}, expected an integer from 0 to 29.`);
  return 1 << qubit;
};
const different = (name: string, a: number, b: number): void => {
  if (a === b) throw new Error(`${name}: both qubits are ${a}, expected two different ones.`);
};

export const unitary = (target: number, matrix: Matrix): Gate => {
  bitOf(target);
  return { ...ALL, kind: "unitary", target, matrix };
};

const SQRT_HALF = Math.SQRT1_2;
export const h = (q: number): Gate => unitary(q, [SQRT_HALF, 0, SQRT_HALF, 0, SQRT_HALF, 0, -SQRT_HALF, 0]);
export const x = (q: number): Gate => unitary(q, [0, 0, 1, 0, 1, 0, 0, 0]);
export const y = (q: number): Gate => unitary(q, [0, 0, 0, -1, 0, 1, 0, 0]);
export const z = (q: number): Gate => phase(q, Math.PI);

/** e^{−iϑX/2} */
export function rx(q: number, angle: number): Gate {
  const [c, s] = [cos(angle / 2), sin(angle / 2)];
  return unitary(q, [c, 0, 0, -s, 0, -s, c, 0]);
}

/** e^{−iϑY/2} */
export function ry(q: number, angle: number): Gate {
  const [c, s] = [cos(angle / 2), sin(angle / 2)];
  return unitary(q, [c, 0, -s, 0, s, 0, c, 0]);
}

/** e^{−iϑZ/2} */
export const rz = (q: number, angle: number): Gate => ({ ...ALL, kind: "parity", mask: bitOf(q), angle: angle / 2 });

/** diag(1, e^{iφ}) */
export const phase = (q: number, angle: number): Gate => ({
  kind: "phase",
  controls: bitOf(q),
  pattern: bitOf(q),
  angle,
});

/** e^{−iϑ Z⊗Z/2} */
export function zz(a: number, b: number, angle: number): Gate {
  different("zz", a, b);
  return { ...ALL, kind: "parity", mask: bitOf(a) | bitOf(b), angle: angle / 2 };
}

/** e^{−iϑ (XX + YY)/2}: moves a 1 from one qubit to the other and keeps their number. */
export function exchange(first: number, second: number, angle: number): Gate {
  different("exchange", first, second);
  bitOf(first);
  bitOf(second);
  return { ...ALL, kind: "exchange", first, second, angle };
}

export const cnot = (control: number, target: number): Gate => controlled([control], x(target));
export const cz = (a: number, b: number): Gate => controlled([a], z(b));

/** e^{−iϑ v_x} on basis state x: 2ⁿ phases at once, which a machine would need a circuit for. */
export const diagonal = (values: Diagonal, angle: number): Gate => ({
  ...ALL,
  kind: "diagonal",
  diagonal: values,
  angle,
});

/** The gate where all of `qubits` are 1, or as in `values`. */
export function controlled(qubits: readonly number[], gate: Gate, values: readonly number[] = []): Gate {
  const used = occupied(gate);
  let { controls, pattern } = gate;
  qubits.forEach((q, k) => {
    const bit = bitOf(q);
    if ((used | controls) & bit) throw new Error(`controlled: qubit ${q} is already one of the ${gate.kind}'s own.`);
    controls |= bit;
    if ((values[k] ?? 1) === 1) pattern |= bit;
  });
  return { ...gate, controls, pattern };
}

/** Qubits that a gate changes, as bits; without those that control it. */
function occupied(gate: Gate): number {
  if (gate.kind === "unitary") return bitOf(gate.target);
  if (gate.kind === "exchange") return bitOf(gate.first) | bitOf(gate.second);
  return 0;
}

/** Qubits up to the highest that a gate touches. */
export function width(gate: Gate): number {
  const own = gate.kind === "parity" ? gate.mask : occupied(gate);
  const states = gate.kind === "diagonal" ? 32 - Math.clz32(gate.diagonal.values.length - 1) : 0;
  return Math.max(states, 32 - Math.clz32(own | gate.controls));
}

/** U⁻¹ = U†, the last gate first. */
export const inverse = (circuit: Circuit): Circuit => circuit.map(undone).reverse();

function undone(gate: Gate): Gate {
  if (gate.kind !== "unitary") return { ...gate, angle: -gate.angle };
  const [a, ai, b, bi, c, ci, d, di] = gate.matrix;
  return { ...gate, matrix: [a, -ai, c, -ci, b, -bi, d, -di] };
}
