"""Circuits in Qiskit: states of known circuits to compare ours with, and times of its C++ simulator, Aer, in processor seconds.

usage: qiskit_circuits.py vectors > test/fixtures/peers/qiskit.json      states of drawn circuits, by Qiskit's own linear algebra
       qiskit_circuits.py time QUBITS                                    Aer on one thread, as it comes and without fusion, as JSON

Gates are named as in src/quantum/gates.ts and take its arguments; a circuit drawn here is written out beside its state.
"""

import cmath
import json
import random
import sys
import time

import qiskit
from qiskit import QuantumCircuit
from qiskit.circuit import library as gates
from qiskit.quantum_info import Statevector


def add(circuit, name, *args):
    if name in ("h", "x", "y", "z"):
        getattr(circuit, name)(args[0])
    elif name in ("rx", "ry", "rz"):
        getattr(circuit, name)(args[1], args[0])
    elif name == "phase":
        circuit.p(args[1], args[0])
    elif name == "cnot":
        circuit.cx(args[0], args[1])
    elif name == "cz":
        circuit.cz(args[0], args[1])
    elif name == "zz":
        circuit.rzz(args[2], args[0], args[1])
    elif name == "exchange":  # ours: e^{-i t (XX+YY)/2}; Qiskit's: e^{-i t/2 (XX+YY)/2}
        circuit.append(gates.XXPlusYYGate(2 * args[2]), [args[0], args[1]])
    elif name == "ccry":  # controls, their values, target, angle
        controls, values, target, angle = args
        state = "".join(str(v) for v in reversed(values))
        circuit.append(gates.RYGate(angle).control(len(controls), ctrl_state=state), [*controls, target])
    elif name == "cphase":
        circuit.append(gates.PhaseGate(args[2]).control(len(args[0])), [*args[0], args[1]])
    elif name == "cu":  # control, target, Qiskit's three angles
        circuit.append(gates.UGate(*args[2:]).control(1), args[:2])
    elif name == "diagonal":
        circuit.append(gates.DiagonalGate([cmath.exp(-1j * args[1] * v) for v in args[0]]), range(circuit.num_qubits))
    else:
        raise ValueError(name)


def drawn(qubits, gates, seed):
    draw = random.Random(seed)
    angle = lambda: round(draw.uniform(-7, 7), 6)
    spec = [["h", q] for q in range(qubits)]
    for _ in range(gates):
        some = draw.sample(range(qubits), 4)
        spec.append(
            draw.choice(
                [
                    [draw.choice("hxyz"), some[0]],
                    [draw.choice(["rx", "ry", "rz", "phase"]), some[0], angle()],
                    [draw.choice(["cnot", "cz"]), some[0], some[1]],
                    [draw.choice(["zz", "exchange"]), some[0], some[1], angle()],
                    ["ccry", some[:2], [draw.randint(0, 1), draw.randint(0, 1)], some[2], angle()],
                    ["cphase", some[:3], some[3], angle()],
                    ["cu", some[0], some[1], angle(), angle(), angle()],
                ]
            )
        )
    spec.append(["diagonal", [round(draw.uniform(-3, 3), 6) for _ in range(2**qubits)], angle()])
    spec += [["ry", q, angle()] for q in range(qubits)]
    return spec


def vectors():
    cases = []
    for seed in (1, 2, 3):
        qubits = 5
        spec = drawn(qubits, 40, seed)
        circuit = QuantumCircuit(qubits)
        for gate in spec:
            add(circuit, *gate)
        state = Statevector(circuit).data
        cases.append({"qubits": qubits, "gates": spec, "re": state.real.tolist(), "im": state.imag.tolist()})
    circuit = QuantumCircuit(4)
    circuit.x(0)
    circuit.x(2)
    circuit.append(gates.QFTGate(4), range(4))
    state = Statevector(circuit).data
    fourier = {"qubits": 4, "basis": 5, "re": state.real.tolist(), "im": state.imag.tolist()}
    print(json.dumps({"qiskit": qiskit.__version__, "circuits": cases, "fourier": fourier}))


def ansatz(qubits, layers):
    """QAOA's circuit of a quadratic cost: all pairs ZZ, all Z, all X."""
    circuit = QuantumCircuit(qubits)
    for q in range(qubits):
        circuit.h(q)
    for layer in range(layers):
        for a in range(qubits):
            for b in range(a):
                circuit.rzz(0.1 + 0.01 * (a + b), a, b)
            circuit.rz(0.2 + 0.01 * a, a)
        for q in range(qubits):
            circuit.rx(0.3 + 0.1 * layer, q)
    return circuit


def entangled(qubits, layers):
    """Rotations of every qubit and a ring of CNOTs."""
    circuit = QuantumCircuit(qubits)
    for layer in range(layers):
        for q in range(qubits):
            circuit.ry(0.1 + 0.3 * layer + 0.05 * q, q)
            circuit.rz(0.2 + 0.1 * layer + 0.03 * q, q)
        for q in range(qubits):
            circuit.cx(q, (q + 1) % qubits)
    return circuit


def fourier(qubits):
    """The transform as its gates: Hadamards, controlled phases and swaps."""
    circuit = QuantumCircuit(qubits)
    for q in range(0, qubits, 2):
        circuit.x(q)
    for q in reversed(range(qubits)):
        circuit.h(q)
        for lower in range(q):
            circuit.cp(cmath.pi / 2 ** (q - lower), lower, q)
    for q in range(qubits // 2):
        circuit.swap(q, qubits - 1 - q)
    return circuit


def times(qubits):
    import qiskit_aer

    result = {"aer": qiskit_aer.__version__, "seconds": {}, "figures": {}}
    for name, circuit in (
        ("ansatz", ansatz(qubits, 4)),
        ("entangled", entangled(qubits, 10)),
        ("fourier", fourier(qubits)),
    ):
        circuit.save_statevector()
        for fused in (True, False):
            simulator = qiskit_aer.AerSimulator(
                method="statevector", max_parallel_threads=1, fusion_enable=fused, precision="double"
            )
            best = None
            for _ in range(3):
                start = time.process_time()
                answer = simulator.run(circuit, shots=1).result()
                # Aer's own clock leaves out Qiskit's assembly in Python, processor time leaves out what else the machine does
                taken = min(time.process_time() - start, answer.results[0].time_taken)
                best = taken if best is None else min(best, taken)
            result["seconds"][name + (" fused" if fused else " gate by gate")] = best
            state = answer.get_statevector().data
        result["figures"][name] = [state[5].real, state[5].imag, abs(state[77]) ** 2]
    print(json.dumps(result))


if __name__ == "__main__":
    if sys.argv[1:2] == ["vectors"]:
        vectors()
    else:
        times(int(sys.argv[2]))
