// Averaging by hand, agreement on the consensus of theory on every network, disagreement of those who hold on, and the contract.
import { expect, test } from "vitest";
import { checkEconomy, createSimulation, resolveParams, type Simulation } from "../src/economy/index.ts";
import { fresh } from "../test/periods.ts";
import { opinions } from "./opinions.ts";

function listened(params: Readonly<Record<string, string | number>>, periods: number, seed = 1): Simulation {
  return fresh(createSimulation(opinions, { params, seed, checkIdentities: true }), periods);
}
const column = (simulation: Simulation, name: string) => simulation.columns[name] as Float64Array;
const metric = (simulation: Simulation, name: string) =>
  opinions.metrics[name].of(simulation.worlds[0], simulation.params);

test("a period moves opinions to the weighted means, all at once", () => {
  const simulation = listened(
    { agents: 30, neighbours: 4, network: "random", trust: "unequal", own: 0.3, listening: 0.8 },
    1,
  );
  const [signal, opinion, trust] = ["people.signal", "people.opinion", "contacts.trust"].map((name) =>
    column(simulation, name),
  );
  const [start, target] = ["contacts.start", "contacts.target"].map((name) => simulation.columns[name] as Int32Array);
  for (let i = 0; i < 30; i++) {
    let [sum, weights] = [0, 0];
    for (let l = start[i]; l < start[i + 1]; l++) {
      sum += trust[l] * signal[target[l]];
      weights += trust[l];
    }
    expect(start[i + 1] - start[i]).toBe(4);
    expect(opinion[i]).toBeCloseTo(0.2 * signal[i] + 0.8 * (0.3 * signal[i] + (0.7 * sum) / weights), 14);
  }
});

// The distance falls by the second eigenvalue per period, which random networks of eight neighbours have below 0.85: 0.85^400 < 10⁻²⁸.
test.each([
  { network: "random", trust: "equal" },
  { network: "random", trust: "unequal" },
  { network: "scaleFree", trust: "equal" },
  { network: "scaleFree", trust: "unequal" },
  { network: "smallWorld", trust: "equal", rewiring: 1 },
  { network: "ring", trust: "equal", agents: 20 },
])("everybody agrees on the first opinions weighted by influence: %j", (params) => {
  const simulation = listened({ agents: 300, state: 5, noise: 2, ...params }, 400);
  const { consensus } = simulation.worlds[0] as { consensus: number };
  for (const x of column(simulation, "people.opinion")) expect(Math.abs(x - consensus)).toBeLessThan(1e-9);
  expect(metric(simulation, "distance")).toBeLessThan(1e-9);
  expect(metric(simulation, "opinion")).toBeCloseTo(consensus, 9);
  expect(metric(simulation, "disagreement")).toBeLessThan(1e-9);
});

test("influence is degree over the sum of degrees where trust is mutual and equal, and crowds are as wise as their concentration", () => {
  const simulation = listened({ agents: 500, network: "scaleFree" }, 1);
  const start = simulation.columns["contacts.start"] as Int32Array;
  column(simulation, "people.influence").forEach((s, i) => {
    expect(s).toBeCloseTo((start[i + 1] - start[i]) / start[500], 12);
  });
  const squares = column(simulation, "people.influence").reduce((sum, s) => sum + s * s, 0);
  expect(metric(simulation, "concentration")).toBeCloseTo(squares, 14);
  expect(squares).toBeGreaterThan(1.5 / 500); // hubs
  expect(metric(listened({ agents: 500, network: "ring" }, 1), "concentration")).toBeCloseTo(1 / 500, 14);
});

test("the consensus misses the state by σ √Σ s², over first opinions", () => {
  const errors = Array.from({ length: 200 }, (_, seed) => {
    const simulation = listened({ agents: 50, network: "ring", state: 3, noise: 2 }, 1, seed + 1);
    return (simulation.worlds[0] as { consensus: number }).consensus - 3;
  });
  const rms = Math.sqrt(errors.reduce((sum, x) => sum + x * x, 0) / errors.length);
  const { error } = opinions.truth!(resolveParams(opinions, { agents: 50, network: "ring", noise: 2 }));
  expect(error).toBe(2 / Math.sqrt(50));
  expect(Math.abs(rms / (error as number) - 1)).toBeLessThan(4 / Math.sqrt(400)); // four standard deviations of √(χ²/200)
});

test("who holds on to first opinions disagrees as much as theory says on a ring", () => {
  const params = { agents: 20_000, network: "ring", neighbours: 4, listening: 0.9, own: 0.2, noise: 3 };
  const { disagreement, distance } = opinions.truth!(resolveParams(opinions, params));
  expect(distance).toEqual({ unknown: "people keep their first opinions" });
  const simulation = listened(params, 300);
  // Correlation dies out over some √(K² / (1 − a)) ≈ 15 rows: 1/√(2 · 20 000/15) ≈ 2 % is one standard deviation; three are admitted.
  expect(Math.abs(metric(simulation, "disagreement") / (disagreement as number) - 1)).toBeLessThan(0.06);
});

test("theory says where it does not apply", () => {
  const truth = (params: Record<string, string | number>) => opinions.truth!(resolveParams(opinions, params));
  expect(truth({})).toMatchObject({ distance: 0, disagreement: 0, error: { unknown: expect.any(String) } });
  expect(truth({ network: "ring", trust: "unequal" })).toMatchObject({ rate: { unknown: expect.any(String) } });
});

test("the contract of economies holds", () => {
  for (const params of [{ agents: 60 }, { agents: 60, network: "random", trust: "unequal", listening: 0.5 }])
    expect(checkEconomy(opinions, { params, periods: 20 }).filter(({ pass }) => !pass)).toEqual([]);
});
