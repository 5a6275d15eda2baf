import { expect, test } from "vitest";
import { plainMemory } from "../../core/cut.ts";
import { createTimelines } from "./timelines.ts";

/** Two cohorts with four slots, after so many decisions of each; `end`: whose last one ended an episode. */
function after(decisions: readonly [number, number], { nSteps = 1, end = -1, mayLeave = true } = {}) {
  const lines = createTimelines({ memory: plainMemory, cohorts: 2, slots: 4, nSteps, mayLeave });
  for (const c of [0, 1])
    for (let t = 1; t <= decisions[c]; t++) {
      lines.awaiting[c] = 1;
      lines.complete(c, c === end && t === decisions[c]);
      expect(lines.awaiting[c]).toBe(0);
    }
  lines.count();
  const { oldest, ready, inStep, total } = lines;
  return { oldest: [...oldest], ready: [...ready], inStep, total, slots: [lines.slotOf(0), lines.slotOf(1)] };
}

test("cohorts are in step where the same decisions of all can be drawn", () => {
  expect(after([0, 0])).toEqual({ oldest: [0, 0], ready: [0, 0], inStep: true, total: 0, slots: [0, 1] });
  expect(after([1, 0])).toEqual({ oldest: [0, 0], ready: [0, 0], inStep: true, total: 1, slots: [2, 1] });
  expect(after([2, 1])).toEqual({ oldest: [0, 0], ready: [1, 0], inStep: false, total: 3, slots: [4, 3] });
  expect(after([6, 6])).toEqual({ oldest: [3, 3], ready: [5, 5], inStep: true, total: 12, slots: [4, 5] });
  // The same are ready, but one of them is about to be written over in one cohort.
  expect(after([4, 3], { end: 1 })).toEqual({ oldest: [1, 0], ready: [3, 3], inStep: false, total: 7, slots: [0, 7] });
});

test("an end makes all before it complete where cohorts may leave, and nowhere else", () => {
  expect(after([3, 3], { end: 0, nSteps: 2 }).ready).toEqual([3, 1]);
  expect(after([3, 3], { end: 0, nSteps: 2, mayLeave: false }).ready).toEqual([1, 1]);
  expect(after([1, 9], { nSteps: 5 }).ready).toEqual([0, 6]); // what is not kept cannot be drawn
});
