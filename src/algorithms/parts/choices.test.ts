import { expect, test } from "vitest";
import { choicesSpec } from "../../../test/objectives.ts";
import { layoutOf, matrix, trace } from "../../nn/index.ts";
import { evaluate } from "../../nn/reference.ts";
import { allowedAt, anyAllowed, byDimension, countAllowed, logAllowed, startsOf } from "./choices.ts";

test("choices are counted among those that make sense, from where a mask begins", () => {
  const mask = Uint8Array.of(1, 1, 0, 1, 0, 1, 1);
  expect([countAllowed(mask, 2, 4), countAllowed(mask, 0, 2), countAllowed(null, 2, 4)]).toEqual([2, 2, 4]);
  expect([0, 1, 2].map((rank) => allowedAt(mask, 2, rank))).toEqual([1, 3, 4]);
  expect([0, 1].map((rank) => allowedAt(mask, 0, rank))).toEqual([0, 1]);
  expect(allowedAt(null, 2, 3)).toBe(3);
  const every = [0, 0.49, 0.5, 0.99];
  expect(every.map((u) => anyAllowed(mask, 2, 4, u))).toEqual([1, 1, 3, 3]);
  expect(every.map((u) => anyAllowed(null, 2, 4, u))).toEqual([0, 1, 2, 3]);
});
