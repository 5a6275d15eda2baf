import { expect, test } from "vitest";
import { createDealer, gatherRows, scatterRows } from "./dealing.ts";

test("agents are dealt to their groups in order, as many at a time as a pass has rows", () => {
  const dealt = (N: number, groupSize: number, agents: readonly number[]) => {
    const passes: [number, ...number[]][] = [];
    const deal = createDealer(N, groupSize);
    for (let k = 0; k < 2; k++) deal(agents, (g, some) => void passes.push([g, ...some]));
    expect(passes.slice(passes.length / 2)).toEqual(passes.slice(0, passes.length / 2)); // nothing is left over
    return passes.slice(0, passes.length / 2);
  };
  // Two worlds of three agents who share a network: worlds one by one, or packed where not all decide
  expect(dealt(3, 3, [0, 1, 2, 3, 4, 5])).toEqual([
    [0, 0, 1, 2],
    [0, 3, 4, 5],
  ]);
  expect(dealt(3, 3, [0, 2, 4, 5])).toEqual([
    [0, 0, 2, 4],
    [0, 5],
  ]);
  expect(dealt(3, 1, [1, 2, 4])).toEqual([
    [1, 1],
    [2, 2],
    [1, 4],
  ]);
  expect(dealt(4, 2, [1, 2, 3, 5, 6])).toEqual([
    [1, 2, 3],
    [0, 1, 5],
    [1, 6],
  ]);
  expect(dealt(3, 3, [])).toEqual([]);
});

test("rows go where they belong, and back", () => {
  const rows = Int32Array.of(3, 0);
  const from = Float32Array.from({ length: 8 }, (_, k) => k);
  const some = new Float32Array(4).fill(-1);
  gatherRows(some, from, rows, 2);
  expect([...some]).toEqual([6, 7, 0, 1]);
  const back = new Float32Array(8).fill(-1);
  scatterRows(back, some, rows, 2);
  expect([...back]).toEqual([0, 1, -1, -1, -1, -1, 6, 7]);
  gatherRows(some, from, Int32Array.of(2), 2);
  expect([...some]).toEqual([4, 5, 0, 1]); // the other rows are left alone
});
