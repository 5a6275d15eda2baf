// Circuits of 16 to 20 qubits beside Qiskit's Aer (C++), in processor time on one thread, in one run; amplitudes have to agree.
//
// Aer joins neighbouring gates into larger ones before it runs them ("fused", as it comes) or runs them one by one, which is what we do. Its times leave out Qiskit's work in Python.
import {
  type Circuit,
  cnot,
  controlled,
  createState,
  fourier,
  h,
  phase,
  rx,
  ry,
  rz,
  x,
  zz,
} from "../src/quantum/index.ts";
import { peer } from "./peers/run.ts";
import { type BenchReport, type BenchRow, watchMachine } from "./report.ts";
import { requireEqual } from "./turns.ts";

const QUBITS = [16, 18, 20];
const ROUNDS = 3;

const upTo = (n: number): number[] => Array.from({ length: n }, (_, q) => q);

/** The circuits of peers/qiskit_circuits.py. */
const workloads: Readonly<Record<string, { readonly what: string; readonly of: (qubits: number) => Circuit }>> = {
  ansatz: {
    what: "QAOA of a quadratic cost, 4 layers",
    of: (n) => [
      ...upTo(n).map(h),
      ...upTo(4).flatMap((layer) => [
        ...upTo(n).flatMap((a) => [...upTo(a).map((b) => zz(a, b, 0.1 + 0.01 * (a + b))), rz(a, 0.2 + 0.01 * a)]),
        ...upTo(n).map((q) => rx(q, 0.3 + 0.1 * layer)),
      ]),
    ],
  },
  entangled: {
    what: "rotations and a ring of CNOTs, 10 layers",
    of: (n) =>
      upTo(10).flatMap((layer) => [
        ...upTo(n).flatMap((q) => [ry(q, 0.1 + 0.3 * layer + 0.05 * q), rz(q, 0.2 + 0.1 * layer + 0.03 * q)]),
        ...upTo(n).map((q) => cnot(q, (q + 1) % n)),
      ]),
  },
  fourier: {
    what: "Fourier transform",
    of: (n) => [...upTo(Math.ceil(n / 2)).map((k) => x(2 * k)), ...fourier(n)],
  },
};

/** Seconds by workload and way, and some amplitudes, as qiskit_circuits.py prints them. */
interface Peer {
  readonly aer: string;
  readonly seconds: Readonly<Record<string, number>>;
  readonly figures: Readonly<Record<string, readonly number[]>>;
}

/** As `walras bench quantum` runs it. */
export async function bench(): Promise<BenchReport> {
  const machine = watchMachine();
  const rows: BenchRow[] = [];
  const notes: string[] = [];
  warmUp();
  for (const qubits of QUBITS) {
    const answer = await peer("qiskit_circuits", ["time", String(qubits)]);
    if (!answer.ok && notes.length === 0) notes.push(`No Qiskit: ${answer.reason}`);
    const theirs = answer.ok ? (answer.result as Peer) : null;
    for (const [name, { what, of }] of Object.entries(workloads)) {
      const { seconds, figures } = timed(of(qubits), qubits);
      if (theirs) requireEqual(name, figures, theirs.figures[name], 1e-12, ["walras", "Aer"]);
      const workload = `${what}, ${qubits} qubits`;
      const gateByGate = theirs?.seconds[`${name} gate by gate`];
      const against = gateByGate === undefined ? null : "Aer, gate by gate";
      const ratio = gateByGate === undefined ? null : gateByGate / seconds;
      rows.push({ workload, implementation: "walras", median: seconds, unit: "s", ratio, against });
      for (const way of ["gate by gate", "fused"]) {
        const median = theirs?.seconds[`${name} ${way}`];
        if (median !== undefined)
          rows.push({ workload, implementation: `Aer ${theirs?.aer}, ${way}`, median, unit: "s", ratio: null, against: null }); // biome-ignore format: a row
      }
    }
  }
  notes.push(
    `Processor seconds on one thread, the least of ${ROUNDS}; three amplitudes or probabilities of each state agree to 10⁻¹².`,
  );
  return { suite: "quantum", machine: machine(), rows, notes };
}

/** V8 runs the first calls of a kernel at a fraction of its speed. */
function warmUp(): void {
  for (const { of } of Object.values(workloads)) timed([...of(10), controlled([0], phase(1, 1))], 10);
}

function timed(circuit: Circuit, qubits: number): { seconds: number; figures: number[] } {
  const state = createState(qubits);
  let least = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    state.reset();
    const from = process.cpuUsage();
    state.apply(circuit);
    const { user, system } = process.cpuUsage(from);
    least = Math.min(least, (user + system) / 1e6);
  }
  const { amplitudes } = state;
  const [re, im] = [amplitudes[2 * 77], amplitudes[2 * 77 + 1]];
  return { seconds: least, figures: [amplitudes[10], amplitudes[11], re * re + im * im] };
}
