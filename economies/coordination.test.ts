// Boltzmann's rule by hand, Ising's model against Onsager and the exact law of four people, the roots of the mean field, and the contract.
import { expect, test } from "vitest";
import { checkEconomy, createSimulation, isUnknown, resolveParams } from "../src/economy/index.ts";
import { fresh, goOn } from "../test/periods.ts";
import { coordination, meanField, onsager } from "./coordination.ts";

const truthOf = (params: Readonly<Record<string, number | string>>) =>
  coordination.truth!(resolveParams(coordination, params) as never);

test("the mean choice of all is the largest root of m = tanh((h + J m)/τ), and the only one above the critical temperature", () => {
  for (const [coupling, field, temperature] of [
    [1, 0, 0.5],
    [2, 0.1, 1.7],
    [1, 0, 1.2],
    [0.5, -0.3, 0.9],
  ]) {
    const m = meanField({ coupling, field, temperature });
    expect(m).toBeCloseTo(Math.tanh((field + coupling * m) / temperature), 12);
    if (temperature > coupling && field === 0) expect(Math.abs(m)).toBeLessThan(1e-9);
    for (let x = m + 1e-3; x < 1; x += 1e-3) expect(Math.tanh((field + coupling * x) / temperature)).toBeLessThan(x);
  }
  expect(onsager(0.25, 0.5)).toBeCloseTo((1 - Math.sinh(1) ** -4) ** 0.125, 14);
  expect(onsager(1, 2.26918531421 + 1e-6)).toBe(0); // 2/ln(1 + √2)
  expect(onsager(1, 2.26918531421 - 1e-3)).toBeGreaterThan(0.3);
});

test.each([
  [{ agents: 4096, temperature: 0.8, field: 0.1 }, 0.01],
  [{ agents: 48 * 48, neighbours: "lattice", temperature: 0.5 }, 0.01],
])("people who follow the rule choose as theory says: %o", (params, tolerance) => {
  const simulation = fresh(createSimulation(coordination, { params, seed: 1 }), 100);
  let sum = 0;
  for (let t = 0; t < 150; t++) {
    goOn(simulation, 1);
    sum += coordination.metrics.meanChoice.of(simulation.worlds[0], simulation.params) / 150;
  }
  expect(Math.abs(sum - (truthOf(params)["meanChoice"] as number))).toBeLessThan(tolerance);
});

test("what is heard is the mean of the four beside, choices are paid by it, and decisions take the place of the rule", () => {
  const params = { agents: 16, neighbours: "lattice", coupling: 2, field: 0.5, decisions: "period" };
  const simulation = createSimulation(coordination, { params });
  const [last, heard, payoff] = ["last", "heard", "payoff"].map(
    (name) => simulation.columns[`people.${name}`] as Float64Array,
  );
  const choices = Array.from({ length: 16 }, (_, i) => (i % 3 === 0 ? -1 : 1));
  fresh(simulation, 2, () => (simulation.columns["people.choice"] as Float64Array).set(choices));
  expect([...last!]).toEqual(choices);
  for (let i = 0; i < 16; i++) {
    const [x, y] = [i % 4, Math.floor(i / 4)];
    const at = (dx: number, dy: number): number => choices[((y + dy + 4) % 4) * 4 + ((x + dx + 4) % 4)]!;
    expect(heard![i]).toBe((at(1, 0) + at(-1, 0) + at(0, 1) + at(0, -1)) / 4);
    expect(payoff![i]).toBeCloseTo(choices[i]! * (0.5 + 2 * heard![i]!), 14);
  }
  expect(coordination.metrics.payoff.of(simulation.worlds[0], simulation.params)).toBeCloseTo(
    payoff!.reduce((a, b) => a + b) / 16,
    14,
  );
});

test("theory says where it ends, and people who are no square cannot live on one", () => {
  for (const params of [
    { neighbours: "lattice", field: 0.1 },
    { neighbours: "lattice", agents: 25 },
  ])
    expect(isUnknown(truthOf(params)["meanChoice"]!)).toBe(true);
  expect(() => fresh(createSimulation(coordination, { params: { agents: 20, neighbours: "lattice" } }), 1)).toThrow(
    "coordination: agents is 20, expected a square, such as 16, for a lattice.",
  );
  const { exploitability, meanChoice } = truthOf({ field: 0.2, temperature: 0.9 });
  const x = 0.2 + (meanChoice as number);
  expect(exploitability).toBeCloseTo(x - x * Math.tanh(x / 0.9), 12);
});

test.each(["everybody", "lattice"])("the contract holds among %s", (neighbours) => {
  const params = { agents: 36, neighbours, horizon: 12 };
  for (const decisions of ["never", "period"])
    expect(
      checkEconomy(coordination, { params: { ...params, decisions }, periods: 20 }).filter(({ pass }) => !pass),
    ).toEqual([]);
});
