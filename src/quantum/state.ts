// The state of n qubits as a vector of 2ⁿ amplitudes in the kernels' memory: 2ⁿ⁺⁴ bytes, 16 MB for 20 qubits and 1 GB for 26.
import { createArena, type Kernels } from "../kernels/index.ts";
import { cos, pairwiseSum, sin } from "../math/index.ts";
import { type Circuit, type Diagonal, type Gate, width } from "./gates.ts";

export const MOST_QUBITS = 26;

/** A state that circuits change in place. */
export interface State {
  readonly qubits: number;
  /** ψ, 2ⁿ pairs of real and imaginary part: the state itself. */
  readonly amplitudes: Float64Array;
  /** |0…0⟩, or another basis state. */
  reset(basis?: number): void;
  apply(circuit: Circuit): void;
  /** |ψ_x|² [2ⁿ], a new array. */
  probabilities(): Float64Array;
  /** Σ |ψ_x|², 1 but for rounding. */
  norm(): number;
  /** ⟨ψ|diag(v)|ψ⟩ */
  mean(values: Diagonal): number;
  /** The probability of reading 1 from one qubit. */
  probabilityOf(qubit: number): number;
  /** The basis states that are read, one per uniform draw in [0, 1), each time of the same state prepared anew. */
  sample(draws: ArrayLike<number>): Int32Array;
  /** Reads one qubit by a uniform draw in [0, 1), and leaves the state that the reading leaves. */
  measure(qubit: number, draw: number): 0 | 1;
}

/** Memory for states of n qubits that gates work on. */
export interface Room {
  readonly kernels: Kernels;
  readonly qubits: number;
  /** A state |0…0⟩ of this memory. */
  state(): State;
  /** Where a diagonal lies in this memory; the two last used stay there. */
  place(values: Diagonal): number;
}

const KEPT = 2;

/** Memory for so many states of n qubits. */
export function roomFor(qubits: number, states: number): Room {
  if (!(Number.isInteger(qubits) && qubits >= 1 && qubits <= MOST_QUBITS))
    throw new Error(`createState: got ${qubits} qubits, expected an integer from 1 to ${MOST_QUBITS}.`);
  const size = 1 << qubits;
  const arena = createArena({ bytes: (16 * states + 8 * KEPT) * size + (4 << 20) });
  const shelf = Array.from({ length: KEPT }, () => arena.f64(size));
  const kept: (Diagonal | null)[] = shelf.map(() => null);
  let last = 0;
  const room: Room = {
    kernels: arena.kernels,
    qubits,
    state: () => stateOf(room, arena.f64(2 * size)),
    place(values) {
      if (values.values.length !== size)
        throw new Error(
          `diagonal: got ${values.values.length} values, expected ${size}: one for each basis state of ${qubits} qubits.`,
        );
      const found = kept.indexOf(values);
      if (found < 0) {
        last = (last + 1) % KEPT;
        shelf[last].set(values.values);
        kept[last] = values;
      } else last = found;
      return shelf[last].byteOffset;
    },
  };
  return room;
}

/** A state in memory of its own, |0…0⟩. At most 26 qubits. */
export const createState = (qubits: number): State => roomFor(qubits, 1).state();

function stateOf(room: Room, amplitudes: Float64Array): State {
  const { kernels, qubits } = room;
  const size = 1 << qubits;
  const place = amplitudes.byteOffset;
  amplitudes[0] = 1;
  const bitOf = (qubit: number): number => {
    if (!(Number.isInteger(qubit) && qubit >= 0 && qubit < qubits))
      throw new Error(`state: got qubit ${qubit}, expected an integer from 0 to ${qubits - 1}.`);
    return 1 << qubit;
  };
  const probabilities = (): Float64Array => {
    const out = new Float64Array(size);
    for (let i = 0, re = 0; i < size; i++, re += 2)
      out[i] = amplitudes[re] * amplitudes[re] + amplitudes[re + 1] * amplitudes[re + 1];
    return out;
  };
  const probabilityOf = (qubit: number): number => {
    const bit = bitOf(qubit);
    return pairwiseSum(probabilities().map((p, i) => (i & bit ? p : 0)));
  };
  return {
    qubits,
    amplitudes,
    reset(basis = 0) {
      if (!(Number.isInteger(basis) && basis >= 0 && basis < size))
        throw new Error(`state.reset: got basis state ${basis}, expected an integer from 0 to ${size - 1}.`);
      amplitudes.fill(0);
      amplitudes[2 * basis] = 1;
    },
    apply(circuit) {
      for (const gate of circuit) applyGate(room, place, gate);
    },
    probabilities,
    norm: () => pairwiseSum(probabilities()),
    mean: (values) => kernels.qubitMean(place, qubits, room.place(values)),
    probabilityOf,
    sample(draws) {
      const cumulative = probabilities();
      for (let i = 1; i < size; i++) cumulative[i] += cumulative[i - 1];
      return Int32Array.from(draws, (u) => firstAbove(cumulative, u * cumulative[size - 1]));
    },
    measure(qubit, draw) {
      const one = probabilityOf(qubit);
      const read = draw < one ? 1 : 0;
      const factor = 1 / Math.sqrt(read === 1 ? one : 1 - one);
      const bit = bitOf(qubit);
      for (let i = 0; i < size; i++) {
        const keep = ((i & bit) !== 0) === (read === 1) ? factor : 0;
        amplitudes[2 * i] *= keep;
        amplitudes[2 * i + 1] *= keep;
      }
      return read;
    },
  };
}

/** The first index whose cumulative weight is above `target`: a state of probability 0 is never read. */
function firstAbove(cumulative: Float64Array, target: number): number {
  let [low, high] = [0, cumulative.length - 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (cumulative[middle] > target) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Phases beyond it lose digits when the kernels reduce them. */
const LARGEST_PHASE = 1e6;

function applyGate(room: Room, place: number, gate: Gate): void {
  const { kernels, qubits } = room;
  const { controls, pattern } = gate;
  if (width(gate) > qubits)
    throw new Error(
      `state.apply: a gate of kind ${gate.kind} touches qubit ${width(gate) - 1}, the state has ${qubits}.`,
    );
  if (gate.kind === "unitary") {
    kernels.qubitGate(place, qubits, gate.target, controls, pattern, ...gate.matrix);
    return;
  }
  const { angle } = gate;
  if (!(Math.abs(angle) < Infinity)) throw new Error(`state.apply: the angle of a ${gate.kind} is ${angle}.`);
  if (gate.kind === "diagonal") {
    requirePhase(angle, gate.diagonal);
    kernels.qubitDiagonal(place, qubits, room.place(gate.diagonal), angle, controls, pattern);
    return;
  }
  const [c, s] = [cos(angle), sin(angle)];
  if (gate.kind === "phase") kernels.qubitPhase(place, qubits, controls, pattern, c, s);
  else if (gate.kind === "parity") kernels.qubitParity(place, qubits, gate.mask, controls, pattern, c, s);
  else kernels.qubitExchange(place, qubits, gate.first, gate.second, controls, pattern, c, s);
}

export function requirePhase(angle: number, { largest }: Diagonal): void {
  if (!(Math.abs(angle) * largest < LARGEST_PHASE))
    throw new Error(
      `diagonal: got angle ${angle} for values up to ${largest}, expected phases below ${LARGEST_PHASE}. Scale the values.`,
    );
}
