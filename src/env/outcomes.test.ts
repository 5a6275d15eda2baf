// Counterfactuals against the formulas that the economy declares, of two worlds of three rows.
import { expect, test } from "vitest";
import { createSimulation, defineEconomy, discrete, f64, plainMemory, population } from "../economy/index.ts";
import { createOutcomes, type ObserveWith } from "./outcomes.ts";

const [E, N, A, F] = [2, 3, 6, 2];
const doc = "";
const market = defineEconomy({
  name: "market",
  source: "none",
  summary: "",
  params: {},
  horizon: 9,
  world: { price: f64() },
  populations: {
    traders: population({
      size: N,
      state: { stock: f64(), kept: f64(), gain: f64(), idle: f64() },
      actions: { order: discrete(3), side: discrete(2) },
    }),
    crowd: population({ size: 2, state: { mood: f64() }, actions: { shout: discrete(2) } }),
  },
  phases: () => ({}),
  reward: { traders: { column: "gain", doc } },
  potential: { traders: (k, i, w) => 10 * w.price + k.stock[i] },
  counterfactual: { traders: { order: { reward: "idle", instead: { stock: "kept" } } } },
  payoffs: {
    traders(out, k, i, w) {
      for (let a = 0; a < A; a++) out[a] = 100 * w.price + 10 * k.stock[i] + a;
    },
  },
});

/** Stock 1, 2, … over all worlds' rows, kept 101, …, idle 0.1, …; price 5 in world 0 and 6 in world 1. */
function start(name: "traders" | "crowd" = "traders") {
  const { worlds, params, columns } = createSimulation(market, { numWorlds: E });
  for (const [column, first] of [
    ["stock", 1],
    ["kept", 101],
    ["idle", 0.1],
  ] as const)
    for (let r = 0; r < E * N; r++) columns[`traders.${column}`][r] = column === "idle" ? first * (r + 1) : first + r;
  columns["world.price"].set([5, 6]);
  const observe: ObserveWith = (w, out, row, rows) => {
    const stock = (rows.stock ?? rows.mood) as Float64Array;
    for (let i = 0; i < rows.size; i++) out.set([stock[i], w.price as number], (row + i) * F);
  };
  const recorder = createOutcomes(market, name, params, worlds, plainMemory, { features: F, choices: A }, observe);
  return { ...recorder, columns };
}

test("what is captured is the state and potential of a world's own rows, and nothing of other worlds", () => {
  const { capture, outcomes } = start();
  capture(1);
  expect([...outcomes.actual.obs]).toEqual([0, 0, 0, 0, 0, 0, 4, 6, 5, 6, 6, 6]);
  expect([...outcomes.actual.potential]).toEqual([0, 0, 0, 64, 65, 66]);
  capture(0);
  expect([...outcomes.actual.obs]).toEqual([1, 5, 2, 5, 3, 5, 4, 6, 5, 6, 6, 6]);
  expect([...outcomes.actual.potential]).toEqual([51, 52, 53, 64, 65, 66]);
  expect([...outcomes.potential]).toEqual([0, 0, 0, 0, 0, 0]); // of what is shown: noted by `present`
});

test("had an order come to nothing, the columns named instead are seen, and their potential", () => {
  const { capture, outcomes } = start();
  capture(0);
  capture(1);
  const { order } = outcomes.counterfactual;
  expect(Object.keys(outcomes.counterfactual)).toEqual(["order"]);
  expect([...order.obs]).toEqual([101, 5, 102, 5, 103, 5, 104, 6, 105, 6, 106, 6]);
  expect([...order.potential]).toEqual([151, 152, 153, 164, 165, 166]);
});

test("counterfactual rewards add up over the periods of a decision, and begin again with the next", () => {
  const { accrue, capture, outcomes, columns, state } = start();
  accrue(0);
  accrue(1);
  accrue(1);
  columns["traders.idle"].fill(1, 3, 6);
  accrue(1);
  expect(Array.from(state["accrued/order"] as Float64Array, (x) => Number(x.toFixed(12)))).toEqual([
    0.1, 0.2, 0.3, 1.8, 2, 2.2,
  ]);
  capture(1);
  const rewards = () => Array.from(outcomes.counterfactual.order.rewards, (x) => Number(x.toFixed(12)));
  expect(rewards()).toEqual([0, 0, 0, 1.8, 2, 2.2]);
  expect(Array.from(state["accrued/order"] as Float64Array).slice(3)).toEqual([0, 0, 0]);
  capture(0);
  capture(1);
  expect(rewards()).toEqual([0.1, 0.2, 0.3, 0, 0, 0]);
});

test("payoffs are of each row's every choice, in the world that is asked", () => {
  const { accrue, outcomes, state } = start();
  accrue(1);
  const of = (price: number, stock: number) => Array.from({ length: A }, (_, a) => 100 * price + 10 * stock + a);
  const none = new Array<number>(N * A).fill(0);
  expect([...(outcomes.payoffs as Float64Array)]).toEqual([...none, ...of(6, 4), ...of(6, 5), ...of(6, 6)]);
  accrue(0);
  expect([...(outcomes.payoffs as Float64Array)].slice(0, N * A)).toEqual([...of(5, 1), ...of(5, 2), ...of(5, 3)]);
  expect(state.payoffs).toBe(outcomes.payoffs);
});

test("the potential of what is shown is noted when a decision is due, and kept with the state of a run", () => {
  const { present, outcomes, state } = start();
  present(1);
  expect([...outcomes.potential]).toEqual([0, 0, 0, 64, 65, 66]);
  expect(state.potential).toBe(outcomes.potential);
  expect(Object.keys(state)).toEqual(["potential", "accrued/order", "payoffs"]);
});

test("a population that declares no counterfactuals has outcomes alone", () => {
  const { accrue, capture, present, outcomes, state } = start("crowd");
  accrue(0);
  capture(0);
  present(0);
  expect(outcomes.payoffs).toBe(null);
  expect(outcomes.counterfactual).toEqual({});
  expect([...outcomes.actual.potential, ...outcomes.potential]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  expect(Object.keys(state)).toEqual(["potential"]);
});
