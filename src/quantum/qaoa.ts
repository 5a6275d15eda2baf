// QAOA: layers of phases by the value of each choice and of rotations that mix choices, with angles that make the expected value as high as they can.
// Farhi, Goldstone & Gutmann 2014, "A quantum approximate optimization algorithm"; mixers that keep the number of ones: Hadfield et al. 2019, Algorithms 12, 34.
//
//   |ψ⟩ = Π_l e^{−iβ_l B} e^{−iγ_l C} |start⟩        C|x⟩ = c_x |x⟩
//
// Mixers: "flip" B = Σ X_q from all basis states alike; "exchange" Π_q e^{−iβ (X_q X_q′ + Y_q Y_q′)/2} around a ring, even pairs before odd ones, from a Dicke state.
// Angles of p layers start from those of p − 1 stretched (Zhou et al. 2020, Physical Review X 10, 021067, INTERP) and climb by exact gradients, which a machine does not have.
import { cos, minimise, sin } from "../math/index.ts";
import { dicke } from "./circuits.ts";
import { type Circuit, type Diagonal, diagonal, diagonalOf, exchange, h, rx } from "./gates.ts";
import { requirePhase, roomFor, type State } from "./state.ts";

export interface Choice {
  readonly qubits: number;
  /** Value of each basis state, to be high: [2ⁿ]. */
  readonly values: ArrayLike<number>;
  /** Take basis states with so many ones alone, by exchange; default: all of them, by flips. */
  readonly ones?: number;
}

export interface Angles {
  /** γ, one per layer, of values divided by `scale`. */
  readonly phases: readonly number[];
  /** β, one per layer. */
  readonly mixing: readonly number[];
}

export interface Trained extends Angles {
  /** Expected value of a reading. */
  readonly mean: number;
  /** Probability of reading each basis state. */
  readonly probabilities: Float64Array;
  /** Times that the expected value and its gradient were computed, at all depths so far. */
  readonly evaluations: number;
}

export interface QaoaOptions {
  readonly layers: number;
  /** Steps of the climb at each depth. Default 60. */
  readonly maxIterations?: number;
}

/** Pairs around a ring, even ones first, so that a layer has depth 2 or 3. */
function ring(qubits: number): (readonly [number, number])[] {
  if (qubits < 2) return [];
  const all = Array.from({ length: qubits === 2 ? 1 : qubits }, (_, q) => [q, (q + 1) % qubits] as const);
  return [...all.filter(([q]) => q % 2 === 0), ...all.filter(([q]) => q % 2 === 1)];
}

/** Half the distance between the highest and lowest value of the states that may be read: angles are of values in this unit. */
export function scaleOf({ values, ones }: Choice): number {
  let [low, high] = [Infinity, -Infinity];
  for (let x = 0; x < values.length; x++) {
    if (ones !== undefined && onesIn(x) !== ones) continue;
    low = Math.min(low, values[x]);
    high = Math.max(high, values[x]);
  }
  return (high - low) / 2 || 1;
}

/** How many bits are 1. */
export function onesIn(x: number): number {
  let count = 0;
  for (let rest = x; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** QAOA's gates, as a machine would run them. */
export function qaoaCircuit(choice: Choice, { phases, mixing }: Angles): Circuit {
  const { qubits, ones } = choice;
  const values = costOf(choice);
  const all = Array.from({ length: qubits }, (_, q) => q);
  const start = ones === undefined ? all.map(h) : dicke(qubits, ones);
  const layers = phases.flatMap((γ, l) => [
    diagonal(values, γ),
    ...(ones === undefined
      ? all.map((q) => rx(q, 2 * mixing[l]))
      : ring(qubits).map(([a, b]) => exchange(a, b, mixing[l]))),
  ]);
  return [...start, ...layers];
}

/** Minus the values in their unit, so that low is good; 0 where no reading comes. */
function costOf(choice: Choice): Diagonal {
  const { qubits, values, ones } = choice;
  if (values.length !== 1 << qubits)
    throw new Error(`qaoa: got ${values.length} values, expected ${1 << qubits} for ${qubits} qubits.`);
  const scale = scaleOf(choice);
  return diagonalOf(
    Float64Array.from(values, (value, x) => (ones === undefined || onesIn(x) === ones ? -value / scale : 0)),
  );
}

/** Trains one layer, then one more, and so on: an entry for each depth. */
export function qaoa(choice: Choice, { layers, maxIterations = 60 }: QaoaOptions): Trained[] {
  if (!(Number.isInteger(layers) && layers >= 1))
    throw new Error(`qaoa: got ${layers} layers, expected an integer from 1 on.`);
  const climb = climber(choice);
  const scale = scaleOf(choice);
  const found: Trained[] = [];
  let evaluations = 0;
  const cost = (x: Float64Array, gradient: Float64Array): number => {
    evaluations++;
    return climb.cost(x, gradient);
  };
  let before: Float64Array | null = null;
  for (let p = 1; p <= layers; p++) {
    const bounds = { low: new Array<number>(2 * p).fill(-Infinity), high: new Array<number>(2 * p).fill(Infinity) };
    const starts: Float64Array[] =
      before === null ? FIRST.map((x) => Float64Array.from(x)) : [stretched(before), padded(before)];
    const ends = starts.map((start) => minimise(cost, start, { ...bounds, maxIterations, tolerance: 1e-6 }));
    const best = ends.reduce((a, b) => (b.value < a.value ? b : a));
    before = best.x;
    climb.run(before);
    found.push({
      phases: [...before.subarray(0, p)],
      mixing: [...before.subarray(p)],
      mean: -best.value * scale,
      probabilities: climb.state.probabilities(),
      evaluations,
    });
  }
  return found;
}

/** γ and β of one layer from which the climb starts: both signs, and short and long. */
const FIRST = [
  [0.5, 0.3],
  [0.5, -0.3],
  [1.5, 0.6],
  [1.5, -0.6],
] as const;

/** One more layer along the same path of angles: θ_i ← (i θ_{i−1} + (p − i) θ_i)/p. */
function stretched(x: Float64Array): Float64Array {
  const p = x.length / 2;
  const next = new Float64Array(2 * (p + 1));
  for (let half = 0; half < 2; half++)
    for (let i = 0; i <= p; i++) {
      const [a, b] = [i > 0 ? x[half * p + i - 1] : 0, i < p ? x[half * p + i] : 0];
      next[half * (p + 1) + i] = (i * a + (p - i) * b) / p;
    }
  return next;
}

/** One more layer that does nothing yet, so that no depth is worse than the one before. */
function padded(x: Float64Array): Float64Array {
  const p = x.length / 2;
  return Float64Array.from([...x.subarray(0, p), 0, ...x.subarray(p), 0]);
}

/** Minus the expected value in units of `scaleOf`, at γ and then β of each layer, with its gradient: for a search of your own. */
export const costOfAngles = (choice: Choice): ((x: Float64Array, gradient: Float64Array) => number) =>
  climber(choice).cost;

/** The expected cost and its gradient: forward, and back along the gates with ⟨ψ|C (adjoint differentiation, Jones & Gacon 2020). */
function climber(choice: Choice): {
  readonly state: State;
  /** Leaves the state that the angles lead to. */
  run(x: Float64Array): void;
  cost(x: Float64Array, gradient: Float64Array): number;
} {
  const { qubits, ones } = choice;
  const room = roomFor(qubits, 2);
  const { kernels } = room;
  const [state, bra] = [room.state(), room.state()];
  const [ψ, λ] = [state.amplitudes.byteOffset, bra.amplitudes.byteOffset];
  const values = costOf(choice);
  state.apply(qaoaCircuit(choice, { phases: [], mixing: [] }));
  const first = state.amplitudes.slice();
  const pairs = ring(qubits);

  const phase = (place: number, angle: number): void =>
    kernels.qubitDiagonal(place, qubits, room.place(values), angle, 0, 0);
  const flips = (place: number, angle: number): void => {
    const [c, s] = [cos(angle), sin(angle)];
    for (let q = 0; q + 1 < qubits; q += 2) kernels.qubitFlips(place, qubits, q, c, s);
    if (qubits % 2 === 1) kernels.qubitGate(place, qubits, qubits - 1, 0, 0, c, 0, 0, -s, 0, -s, c, 0);
  };
  const run = (x: Float64Array): void => {
    const p = x.length / 2;
    state.amplitudes.set(first);
    for (let l = 0; l < p; l++) {
      requirePhase(x[l], values);
      phase(ψ, x[l]);
      const β = x[p + l];
      if (ones === undefined) flips(ψ, β);
      else for (const [a, b] of pairs) kernels.qubitExchange(ψ, qubits, a, b, 0, 0, cos(β), sin(β));
    }
  };
  return {
    state,
    run,
    cost(x, gradient) {
      run(x);
      const mean = state.mean(values);
      const p = x.length / 2;
      // ∂⟨C⟩/∂ϑ = 2 Im ⟨λ|A|ψ⟩ right after the gate e^{−iϑA}
      kernels.qubitTimes(λ, ψ, qubits, room.place(values));
      for (let l = p - 1; l >= 0; l--) {
        const β = x[p + l];
        let slope = 0;
        if (ones === undefined) {
          for (let q = 0; q < qubits; q++) slope += kernels.qubitFlipOverlap(λ, ψ, qubits, q);
          flips(ψ, -β);
          flips(λ, -β);
        } else {
          const [c, s] = [cos(β), -sin(β)];
          for (const [a, b] of pairs.toReversed()) {
            slope += kernels.qubitExchangeOverlap(λ, ψ, qubits, a, b);
            kernels.qubitExchange(ψ, qubits, a, b, 0, 0, c, s);
            kernels.qubitExchange(λ, qubits, a, b, 0, 0, c, s);
          }
        }
        gradient[p + l] = 2 * slope;
        gradient[l] = 2 * kernels.qubitDiagonalOverlap(λ, ψ, qubits, room.place(values));
        phase(ψ, -x[l]);
        phase(λ, -x[l]);
      }
      return mean;
    },
  };
}
