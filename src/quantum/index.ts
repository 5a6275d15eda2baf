// Circuits of qubits on a simulated state vector.

export {
  type Amplitude,
  amplified,
  amplifier,
  type CanonicalEffort,
  canonicalEffort,
  expectation,
  exponentialPowers,
  grover,
  monteCarloDraws,
  mostLikely,
  phaseEstimation,
  type Readings,
  usesOf,
} from "./amplitude-estimation.ts";
export { dicke, fourier, ghz, multiplexedRy, prepare, swap } from "./circuits.ts";
export {
  type Circuit,
  cnot,
  controlled,
  cz,
  type Diagonal,
  diagonal,
  diagonalOf,
  exchange,
  type Gate,
  h,
  inverse,
  type Matrix,
  phase,
  rx,
  ry,
  rz,
  unitary,
  x,
  y,
  z,
  zz,
} from "./gates.ts";
export {
  type IterativeEstimate,
  type IterativeOptions,
  iterativeBound,
  iterativeEstimation,
} from "./iterative-estimation.ts";
export {
  type Angles,
  type Choice,
  costOfAngles,
  onesIn,
  type QaoaOptions,
  qaoa,
  qaoaCircuit,
  scaleOf,
  type Trained,
} from "./qaoa.ts";
export {
  expectedShortfall,
  type Losses,
  shareBeyond,
  upToIndex,
  valueAtRisk,
  valueAtRiskIndex,
} from "./risk.ts";
export {
  type AnnealOptions,
  anneal,
  bruteForce,
  type Found,
  greedy,
  penalised,
  type Selection,
  selectionValues,
  varianceCircuit,
} from "./selection.ts";
export { createState, MOST_QUBITS, type State } from "./state.ts";
