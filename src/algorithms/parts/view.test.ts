import { expect, test } from "vitest";
import type { PopulationSpec } from "../../env/vector-env.ts";
import { viewOfOthers } from "./view.ts";

const spec = (size: number) => ({ size, features: ["a", "b"] }) as unknown as PopulationSpec;
// Two decisions of three agents, two features each
const obs = Float32Array.of(1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60);
const seen = (others: "each" | "mean", row: number) => {
  const view = viewOfOthers(spec(3), others)!;
  const out = new Float32Array(view.columns + 2).fill(-1);
  view.write(out, 1, obs, row);
  return [...out];
};

test("a critic sees every other agent of the same decision, in order, and not the agent itself", () => {
  expect(seen("each", 0)).toEqual([-1, 3, 4, 5, 6, -1]);
  expect(seen("each", 4)).toEqual([-1, 10, 20, 50, 60, -1]);
  expect(seen("each", 5)).toEqual([-1, 10, 20, 30, 40, -1]);
});

test("or the mean of the others", () => {
  expect(seen("mean", 1)).toEqual([-1, 3, 4, -1]);
  expect(seen("mean", 3)).toEqual([-1, 40, 50, -1]);
});

test("an agent alone has nobody else to see", () => {
  expect(viewOfOthers(spec(1), "each")).toBeNull();
  expect(viewOfOthers(spec(1), "mean")).toBeNull();
});
