// A period by hand, the best reply, the equilibrium's disagreement, and the contract.
import { expect, test } from "vitest";
import { checkEconomy, createSimulation, resolveParams, type Simulation } from "../src/economy/index.ts";
import { fresh } from "../test/periods.ts";
import { conformity } from "./conformity.ts";

/** Everybody listens by `listening(i)` in every period. */
function played(
  params: Readonly<Record<string, string | number>>,
  periods: number,
  listening: (i: number) => number,
): Simulation {
  const simulation = createSimulation(conformity, { params });
  return fresh(simulation, periods, () => {
    const chosen = column(simulation, "listening");
    for (let i = 0; i < chosen.length; i++) chosen[i] = listening(i);
  });
}
const column = (simulation: Simulation, name: string) => simulation.columns[`people.${name}`] as Float64Array;
const metric = (simulation: Simulation, name: string) =>
  conformity.metrics[name].of(simulation.worlds[0], simulation.params);

test("opinions lie between the first opinion and what was heard, and utility is what either distance costs", () => {
  const params = { agents: 12, network: "ring", neighbours: 2, conformity: 0.4, noise: 2 };
  const simulation = played(params, 1, (i) => i / 12);
  const [signal, opinion, heard, utility] = ["signal", "opinion", "heard", "utility"].map((name) =>
    column(simulation, name),
  );
  for (let i = 0; i < 12; i++) {
    const h = (signal[(i + 1) % 12] + signal[(i + 11) % 12]) / 2;
    const x = (1 - i / 12) * signal[i] + (i / 12) * h;
    expect(heard[i]).toBeCloseTo(h, 14);
    expect(opinion[i]).toBeCloseTo(x, 14);
    expect(utility[i]).toBeCloseTo(-0.6 * (x - signal[i]) ** 2 - 0.4 * (x - h) ** 2, 14);
  }
  expect(metric(simulation, "listening")).toBeCloseTo(5.5 / 12, 14);
  expect(metric(simulation, "cost")).toBeCloseTo(-utility.reduce((a, b) => a + b) / 12, 14);
});

test.each(["ring", "random", "scaleFree", "smallWorld"])(
  "c is everybody's best reply to what they heard: %s",
  (network) => {
    const utility = (a: number) =>
      column(
        played({ agents: 40, network, conformity: 0.3 }, 1, () => a),
        "utility",
      );
    const [best, less, more] = [0.3, 0.25, 0.35].map(utility);
    best.forEach((u, i) => {
      // u(a) = −c(1 − c)(h − s)² − (a − c)² (h − s)²
      expect(u).toBeGreaterThan(less[i]);
      expect(less[i] - u).toBeCloseTo(more[i] - u, 12);
    });
    expect(conformity.truth!(resolveParams(conformity, { network, conformity: 0.3 })).listening).toBe(0.3);
  },
);

test("where all reply best, a ring disagrees as Friedkin and Johnsen say", () => {
  const params = { agents: 20_000, network: "ring", conformity: 0.8, neighbours: 4, noise: 2 };
  const { disagreement } = conformity.truth!(resolveParams(conformity, params));
  const simulation = played(params, 100, () => 0.8);
  // some ten rows are alike: 1/√(2 · 20 000/10) = 1.6 %, three standard deviations
  expect(Math.abs(metric(simulation, "disagreement") / (disagreement as number) - 1)).toBeLessThan(0.05);
});

test("theory is silent about people who look ahead", () => {
  const truth = conformity.truth!(resolveParams(conformity, { discountFactor: 0.9, network: "ring" }));
  expect(truth).toMatchObject({
    listening: { unknown: expect.any(String) },
    disagreement: { unknown: expect.any(String) },
  });
});

test("the contract of economies holds", () => {
  expect(checkEconomy(conformity, { params: { agents: 30 }, periods: 20 }).filter(({ pass }) => !pass)).toEqual([]);
});
