import { expect, test } from "vitest";
import { createArena } from "../../kernels/index.ts";
import { seedStream } from "../../random/index.ts";
import { createPriorities } from "./priorities.ts";

const [α, β] = [0.7, 0.4];
const errors = Float32Array.of(0.5, -2, 0.1, 8, 1, 0);
const B = 8;

function filled(exponent = α) {
  const priorities = createPriorities(createArena({ bytes: 1 << 20 }), 10, exponent);
  priorities.begin();
  priorities.enter(2, 8);
  priorities.learned(Int32Array.of(2, 3, 4, 5, 6, 7), errors);
  return priorities;
}
const masses = (period: number) => {
  const u = new Float64Array(B);
  seedStream(2).fork("masses").uniform(u, { lane: 0, period, from: 0 });
  return u;
};

test("transitions are drawn in proportion to |error|^α", () => {
  const priorities = filled();
  const counts = new Array<number>(10).fill(0);
  const batches = 4000;
  const places = new Int32Array(B);
  for (let k = 0; k < batches; k++) {
    priorities.draw(places, new Float32Array(B), masses(k), 0, β);
    for (const place of places) counts[place]++;
  }
  const p = [...errors].map((error) => (Math.abs(error) + 1e-6) ** α);
  const total = p.reduce((a, b) => a + b);
  for (let k = 0; k < 10; k++) {
    const share = k >= 2 && k < 8 ? p[k - 2] / total : 0;
    const n = batches * B;
    // Strata only make counts more regular than independent draws would.
    expect(Math.abs(counts[k] - n * share)).toBeLessThanOrEqual(4 * Math.sqrt(n * share * (1 - share)));
  }
});

test("weights are (n P)^−β over the largest of the minibatch, whichever shard asks for them", () => {
  const priorities = filled();
  const [places, weights] = [new Int32Array(B), new Float32Array(B)];
  priorities.draw(places, weights, masses(1), 0, β);
  const P = (place: number) => (Math.abs(errors[place - 2]) + 1e-6) ** α / priorities.state.priorities[1];
  const raw = [...places].map((place) => (6 * P(place)) ** -β);
  for (let b = 0; b < B; b++) expect(weights[b]).toBeCloseTo(raw[b] / Math.max(...raw), 6);
  expect(Math.max(...weights)).toBe(1);
  expect(new Set(weights).size).toBeGreaterThan(1);
  for (const from of [0, 4]) {
    const [again, part] = [new Int32Array(B), new Float32Array(4)];
    priorities.draw(again, part, masses(1), from, β);
    expect([...again.subarray(from, from + 4)]).toEqual([...places.subarray(from, from + 4)]);
    expect([...part]).toEqual([...weights.subarray(from, from + 4)]);
  }
});

test("with α = 0 replay is uniform, and with β = 0 nothing is corrected", () => {
  const [places, weights] = [new Int32Array(B), new Float32Array(B)];
  const uniform = filled(0);
  uniform.draw(places, weights, masses(1), 0, 1);
  expect([...weights]).toEqual(Array(B).fill(1));
  expect(uniform.state.priorities[1]).toBe(6);
  filled().draw(places, weights, masses(1), 0, 0);
  expect([...weights]).toEqual(Array(B).fill(1));
});

test("what is new has the largest priority there has been; what has left is not drawn", () => {
  const priorities = filled();
  const half = priorities.state.priorities.length / 2;
  priorities.enter(9, 10);
  expect(priorities.state.priorities[half + 9]).toBeCloseTo((8 + 1e-6) ** α, 12);
  priorities.leave(2, 9);
  const places = new Int32Array(B);
  priorities.draw(places, new Float32Array(B), masses(3), 0, β);
  expect([...places]).toEqual(Array(B).fill(9));
});

test("the first to come have a priority of 1", () => {
  const priorities = createPriorities(createArena({ bytes: 1 << 20 }), 10, α);
  priorities.begin();
  priorities.enter(0, 3);
  const { priorities: nodes, largestPriority } = priorities.state;
  expect([...nodes.subarray(nodes.length / 2, nodes.length / 2 + 4)]).toEqual([1, 1, 1, 0]);
  expect(largestPriority[0]).toBe(1);
});
