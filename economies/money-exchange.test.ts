import { expect, test } from "vitest";
import { checkEconomy, createSimulation, type Simulation } from "../src/economy/index.ts";
import { moneyExchange } from "./money-exchange.ts";

function run(simulation: Simulation, periods: number, visit = (_: number) => {}): Simulation {
  simulation.reset(0);
  for (let t = 0; t < periods; t++) {
    for (let index = 0; index < simulation.phases.length; index++) simulation.runPhase(index, 0);
    simulation.endPeriod(0);
    visit(t);
  }
  return simulation;
}

test("money is conserved in integers and nobody is in debt", () => {
  for (const [agents, money, seed] of [
    [2, 1, 1],
    [3, 1, 2],
    [1001, 7, 3],
  ]) {
    const simulation = createSimulation(moneyExchange, { params: { agents, money }, seed, checkIdentities: true });
    const held = simulation.columns["people.money"] as Int32Array;
    run(simulation, 200, () => {
      expect(held.reduce((a, b) => Math.min(a, b), 0)).toBe(0);
      expect(held.reduce((a, b) => a + b, 0)).toBe(agents * money);
    });
  }
});

test("nobody gives to themselves: of two with one unit each, both give and both receive", () => {
  const simulation = createSimulation(moneyExchange, { params: { agents: 2, money: 1 } });
  run(simulation, 50, () => expect([...simulation.columns["people.money"]]).toEqual([1, 1]));
});

// Sampling error: the Gini of N draws has a standard deviation below 0.7/√N, payers below 0.5/√N; the mean over periods is no worse.
test.each([1, 5])("after a while inequality and payers are those of theory, m = %d", (money) => {
  const agents = 20_000;
  const simulation = createSimulation(moneyExchange, { params: { agents, money }, seed: 5 });
  const truth = moneyExchange.truth!(simulation.params);
  const { gini, payers } = moneyExchange.metrics;
  const world = simulation.worlds[0];
  const burn = 60 * money * money;
  const sums = { gini: 0, payers: 0, count: 0 };
  run(simulation, burn + 200, (t) => {
    if (t < burn || t % 10 > 0) return;
    sums.gini += gini.of(world, simulation.params);
    sums.payers += payers.of(world, simulation.params);
    sums.count++;
  });
  expect(Math.abs(sums.gini / sums.count - truth.gini)).toBeLessThan((3 * 0.7) / Math.sqrt(agents));
  expect(Math.abs(sums.payers / sums.count - truth.payers)).toBeLessThan((3 * 0.5) / Math.sqrt(agents));
});

test("rows cut into 1, 2 and 7 pieces, in either order, give identical columns", () => {
  const columns = (pieces: number, backwards: boolean) =>
    run(
      createSimulation(moneyExchange, {
        params: { agents: 30_011, money: 2 },
        cut: "rows",
        pieces,
        backwards,
        seed: 11,
      }),
      30,
    ).columns;
  const whole = columns(1, false);
  for (const [pieces, backwards] of [
    [2, false],
    [7, false],
    [7, true],
  ] as const) {
    const cut = columns(pieces, backwards);
    for (const name in whole) expect(Buffer.compare(bytes(whole[name]), bytes(cut[name]))).toBe(0);
  }
});

const bytes = (x: ArrayBufferView): Uint8Array => new Uint8Array(x.buffer, x.byteOffset, x.byteLength);

test("worlds do not copy each other, and seeds do not either", () => {
  const simulation = createSimulation(moneyExchange, { params: { agents: 500 }, numWorlds: 2 });
  for (const e of [0, 1]) {
    simulation.reset(e);
    for (let t = 0; t < 20; t++) {
      for (let index = 0; index < simulation.phases.length; index++) simulation.runPhase(index, e);
      simulation.endPeriod(e);
    }
  }
  const money = simulation.columns["people.money"];
  expect([...money.subarray(0, 500)]).not.toEqual([...money.subarray(500)]);
  const other = run(createSimulation(moneyExchange, { params: { agents: 500 }, seed: 2 }), 20);
  expect([...money.subarray(0, 500)]).not.toEqual([...other.columns["people.money"]]);
});

test("the contract holds", () => {
  const failed = checkEconomy(moneyExchange, { params: { agents: 200 }, periods: 50 }).filter(({ pass }) => !pass);
  expect(failed).toEqual([]);
});
