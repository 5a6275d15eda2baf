// Circuits against Qiskit 2.6.2 on the same gates (bench/peers/qiskit_circuits.py vectors), closed forms, and their own inverses.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { cos, sin } from "../math/index.ts";
import { seedStream } from "../random/index.ts";
import {
  type Circuit,
  cnot,
  controlled,
  createState,
  cz,
  diagonal,
  diagonalOf,
  dicke,
  exchange,
  fourier,
  type Gate,
  ghz,
  h,
  inverse,
  type Matrix,
  multiplexedRy,
  phase,
  prepare,
  rx,
  ry,
  rz,
  type State,
  unitary,
  x,
  y,
  z,
  zz,
} from "./index.ts";

type Named = readonly [name: string, ...args: (number | readonly number[])[]];
interface Recorded {
  readonly qubits: number;
  readonly re: readonly number[];
  readonly im: readonly number[];
}
const qiskit: {
  readonly circuits: readonly (Recorded & { readonly gates: readonly Named[] })[];
  readonly fourier: Recorded & { readonly basis: number };
} = JSON.parse(readFileSync(new URL("../../test/fixtures/peers/qiskit.json", import.meta.url), "utf8"));

const one = { h, x, y, z } as const;
const turns = { rx, ry, rz, phase } as const;
const pairs = { cnot, cz } as const;
const turningPairs = { zz, exchange } as const;
const has = <T extends object>(record: T, name: PropertyKey): name is keyof T => Object.hasOwn(record, name);

function gateOf([name, ...args]: Named): Gate {
  const [a, b, c, d] = args as number[];
  const lists = args as (readonly number[])[];
  if (has(one, name)) return one[name](a);
  if (has(turns, name)) return turns[name](a, b);
  if (has(pairs, name)) return pairs[name](a, b);
  if (has(turningPairs, name)) return turningPairs[name](a, b, c);
  if (name === "ccry") return controlled(lists[0], ry(c, d), lists[1]);
  if (name === "cphase") return controlled(lists[0], phase(b, c));
  if (name === "cu") return controlled([a], unitary(b, threeAngles(c, d, args[4] as number)));
  if (name === "diagonal") return diagonal(diagonalOf(lists[0]), b);
  throw new Error(`Unknown gate ${name}.`);
}

/** [[cos ϑ/2, −e^{iλ} sin ϑ/2], [e^{iφ} sin ϑ/2, e^{i(φ + λ)} cos ϑ/2]] */
function threeAngles(θ: number, φ: number, λ: number): Matrix {
  const [c, s] = [cos(θ / 2), sin(θ / 2)];
  return [c, 0, -cos(λ) * s, -sin(λ) * s, cos(φ) * s, sin(φ) * s, cos(φ + λ) * c, sin(φ + λ) * c];
}

/** Largest difference of an amplitude. */
function apart(state: State, { re, im }: Pick<Recorded, "re" | "im">): number {
  let most = 0;
  re.forEach((value, k) => {
    most = Math.max(most, Math.abs(state.amplitudes[2 * k] - value), Math.abs(state.amplitudes[2 * k + 1] - im[k]));
  });
  return most;
}

const after = (qubits: number, circuit: Circuit, basis = 0): State => {
  const state = createState(qubits);
  state.reset(basis);
  state.apply(circuit);
  return state;
};

test("drawn circuits of every kind of gate leave the states that Qiskit finds", () => {
  for (const recorded of qiskit.circuits) {
    const kinds = new Set(recorded.gates.map(([name]) => name));
    expect(kinds.size).toBeGreaterThan(9);
    const state = after(recorded.qubits, recorded.gates.map(gateOf));
    expect(apart(state, recorded)).toBeLessThan(1e-13);
  }
});

test("drawn circuits keep the norm, and their inverses undo them", () => {
  for (const { qubits, gates } of qiskit.circuits) {
    const circuit = gates.map(gateOf);
    const state = after(qubits, circuit, 11);
    expect(Math.abs(state.norm() - 1)).toBeLessThan(1e-13);
    state.apply(inverse(circuit));
    const back = { re: [...Array(32).keys()].map((k) => (k === 11 ? 1 : 0)), im: new Array<number>(32).fill(0) };
    expect(apart(state, back)).toBeLessThan(1e-13);
  }
});

test("16 qubits: both ends of a GHZ state, and the Fourier transform's closed form on a basis state", () => {
  const n = 16;
  const all = after(n, ghz(n)).probabilities();
  expect(all[0]).toBeCloseTo(0.5, 14);
  expect(all[2 ** n - 1]).toBeCloseTo(0.5, 14);
  const basis = 40503;
  const { amplitudes } = after(n, fourier(n), basis);
  let most = 0;
  for (let k = 0; k < 2 ** n; k++) {
    const angle = (2 * Math.PI * ((basis * k) % 2 ** n)) / 2 ** n;
    most = Math.max(most, Math.abs(amplitudes[2 * k] * 256 - Math.cos(angle)));
    most = Math.max(most, Math.abs(amplitudes[2 * k + 1] * 256 - Math.sin(angle)));
  }
  expect(most).toBeLessThan(1e-12);
  expect(apart(after(4, fourier(4), qiskit.fourier.basis), qiskit.fourier)).toBeLessThan(1e-14);
});

test("Dicke states weigh all ways of k ones alike", () => {
  const onesIn = (k: number): number => (k === 0 ? 0 : (k & 1) + onesIn(k >> 1));
  for (const n of [2, 5, 6])
    for (let k = 0; k <= n; k++) {
      const all = after(n, dicke(n, k)).probabilities();
      const ways = all.filter((_, index) => onesIn(index) === k).length;
      const off = all.map((p, index) => Math.abs(p - (onesIn(index) === k ? 1 / ways : 0)));
      expect(Math.max(...off)).toBeLessThan(1e-14);
    }
  expect(() => dicke(3, 4)).toThrow("got 4 ones in 3 qubits");
});

test("prepared states have the probabilities that were asked for, zeros among them", () => {
  const weights = [3, 0, 0, 1, 0, 0, 0, 0, 2, 5, 1, 0, 4, 4, 7, 1];
  const p = weights.map((w) => w / 28);
  const circuit = prepare(p);
  expect(circuit.filter(({ controls }) => controls === 0)).toHaveLength(15); // rotations; the rest are CNOTs
  const state = after(4, circuit);
  p.forEach((expected, k) => {
    expect(state.probabilities()[k]).toBeCloseTo(expected, 14);
    expect(state.amplitudes[2 * k]).toBeCloseTo(Math.sqrt(expected), 14); // no phases
  });
  expect(() => prepare([0.5, 0.6])).toThrow("sum to 1.1");
  expect(() => prepare([0.5, 0.25, 0.25])).toThrow("power of two");
  const angles = [0.3, -1, 2, 0.7];
  angles.forEach((angle, by) => {
    const multiplexed = after(3, [
      ...[x(0), x(2)].filter((_, k) => by & (1 << k)),
      ...multiplexedRy(1, [0, 2], angles),
    ]);
    expect(multiplexed.probabilityOf(1)).toBeCloseTo(Math.sin(angle / 2) ** 2, 14);
  });
});

test("a diagonal's phases have the digits of sin and cos, in every quadrant and up to 10⁶", () => {
  const values = Float64Array.from({ length: 256 }, (_, k) => (k - 128) * (k % 3 === 0 ? 7000 : 0.13));
  const plus = [0, 1, 2, 3, 4, 5, 6, 7].map(h);
  const { amplitudes } = after(8, [...plus, diagonal(diagonalOf(values), 0.9)]);
  let most = 0;
  values.forEach((v, k) => {
    most = Math.max(most, Math.abs(16 * amplitudes[2 * k] - cos(-0.9 * v)));
    most = Math.max(most, Math.abs(16 * amplitudes[2 * k + 1] - sin(-0.9 * v)));
  });
  expect(most).toBeLessThan(4e-15);
  expect(() => after(8, [diagonal(diagonalOf(values), 2)])).toThrow("expected phases below 1000000. Scale the values.");
  expect(() => after(7, [diagonal(diagonalOf(values), 0)])).toThrow("touches qubit 7, the state has 7");
  // Where qubit 3 reads 0 and qubit 0 reads 1 alone
  const some = after(8, [...plus, controlled([3, 0], diagonal(diagonalOf(values), 0.9), [0, 1])]).amplitudes;
  values.forEach((_, k) => {
    expect(16 * some[2 * k]).toBeCloseTo((k & 9) === 1 ? 16 * amplitudes[2 * k] : 1, 13);
  });
  // Three diagonals in turn: the memory keeps two
  const signs = [1, 2, 4].map((bit) => diagonalOf(values.map((_, k) => (k & bit ? Math.PI : 0))));
  const turned = after(8, [...plus, ...[0, 1, 0, 2, 1, 0, 2].map((k) => diagonal(signs[k], 1)), ...plus]);
  expect(turned.probabilities()[1]).toBeCloseTo(1, 12); // odd turns of qubit 0 alone
});

test("an observable's mean weighs its values by probabilities", () => {
  const p = [0.1, 0.2, 0.05, 0.05, 0.3, 0, 0.1, 0.2];
  expect(after(3, prepare(p)).mean(diagonalOf([1, -2, 3, 4, 5, 600, -7, 8]))).toBeCloseTo(2.45, 14);
});

test("readings follow the draws: by inversion, never what has no probability, and a measured qubit stays as it was read", () => {
  const state = after(3, prepare([0, 0.25, 0, 0.5, 0, 0, 0.25, 0]));
  expect([...state.sample([0.2499, 0.2501, 0.7499, 0.7501, 1 - 2 ** -53])]).toEqual([1, 3, 3, 6, 6]);
  expect([...after(3, [x(1)]).sample([0, 1 - 2 ** -53])]).toEqual([2, 2]);
  const draws = new Float64Array(10_000);
  seedStream(1).fork("readings").uniform(draws, { lane: 0, period: 0, from: 0 });
  const threes = state.sample(draws).filter((index) => index === 3).length;
  expect(Math.abs(threes / 10_000 - 0.5)).toBeLessThan(0.02); // four standard errors
  for (const draw of [0.2, 0.8]) {
    const cat = after(3, ghz(3));
    const read = cat.measure(1, draw);
    expect(read).toBe(draw < 0.5 ? 1 : 0);
    expect(cat.probabilities()[read * 7]).toBeCloseTo(1, 14);
    expect([cat.measure(0, 0.999), cat.measure(2, 0.001)]).toEqual([read, read]);
  }
});

test("qubits that do not exist, the same qubit twice and angles that are no numbers are refused", () => {
  expect(() => createState(0)).toThrow("got 0 qubits, expected an integer from 1 to 26");
  expect(() => after(2, [h(2)])).toThrow("touches qubit 2, the state has 2");
  expect(() => after(2, [cnot(3, 0)])).toThrow("touches qubit 3");
  expect(() => cnot(1, 1)).toThrow("qubit 1 is already one of the unitary's own");
  expect(() => zz(0, 0, 1)).toThrow("expected two different ones");
  expect(() => exchange(2, 2, 1)).toThrow("expected two different ones");
  expect(() => h(-1)).toThrow("got qubit -1");
  expect(() => after(1, [rz(0, Number.NaN)])).toThrow("angle of a parity is NaN");
  expect(() => diagonalOf([1, Number.NaN])).toThrow("not finite");
});

test("a unitary with complex entries everywhere is undone by its inverse, and a qubit read as 0 leaves a state of norm 1", () => {
  // e^{iα} Rz(β) Ry(γ) Rz(δ)
  const [α, β, γ, δ] = [0.3, 0.7, 1.1, -0.4];
  const entry = (size: number, angle: number) => [size * Math.cos(angle), size * Math.sin(angle)] as const;
  const [c, d] = [Math.cos(γ / 2), Math.sin(γ / 2)];
  const matrix: Matrix = [
    ...entry(c, α - (β + δ) / 2),
    ...entry(-d, α - (β - δ) / 2),
    ...entry(d, α + (β - δ) / 2),
    ...entry(c, α + (β + δ) / 2),
  ];
  const state = createState(2);
  state.apply([h(1), unitary(0, matrix)]);
  expect(state.probabilityOf(0)).toBeCloseTo(d * d, 14);
  state.apply([...inverse([unitary(0, matrix)]), h(1)]);
  expect([...state.amplitudes]).toEqual([1, 0, 0, 0, 0, 0, 0, 0].map((x) => expect.closeTo(x, 14)));
  state.apply([unitary(0, matrix)]);
  expect(state.measure(0, 0.9)).toBe(0);
  expect(state.norm()).toBeCloseTo(1, 14);
  for (const qubit of [-1, 2, 0.5]) expect(() => state.probabilityOf(qubit)).toThrow(`got qubit ${qubit}, expected`);
  for (const basis of [-1, 4, 0.5]) expect(() => state.reset(basis)).toThrow(`got basis state ${basis}, expected`);
});
