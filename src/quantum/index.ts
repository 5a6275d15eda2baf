// Circuits of qubits on a simulated state vector.
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
export { createState, MOST_QUBITS, type State } from "./state.ts";
