import { expect, test } from "vitest";
import { createTally } from "./tally.ts";

test("means are over what was counted since the last report, and no numbers if that was nothing", () => {
  const sums = new Float64Array(3);
  const { add, count, means, clear } = createTally(sums, ["losses/value", "charts/lag"]);
  for (const x of [1, 2, 6]) {
    add("losses/value", x / 2); // in two parts
    add("losses/value", x / 2);
    add("charts/lag", 1);
    count();
  }
  expect(means()).toEqual({ "losses/value": 3, "charts/lag": 1 });
  expect([...sums]).toEqual([9, 3, 3]);
  clear();
  expect(means()).toEqual({ "losses/value": Number.NaN, "charts/lag": Number.NaN });
});

test("who adds on one rank is read on another", () => {
  const sums = new Float64Array(new SharedArrayBuffer(16));
  const [one, other] = [createTally(sums, ["loss"]), createTally(sums, ["loss"])];
  one.add("loss", 4);
  one.count();
  expect(other.means()).toEqual({ loss: 4 });
  expect(() => createTally(sums, ["loss", "entropy"])).toThrow("createTally: 2 names need 3 sums, got 2.");
});
