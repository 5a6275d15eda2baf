import { expect, test } from "vitest";
import { choicesSpec } from "../../../test/objectives.ts";
import { matrix, trace } from "../../nn/index.ts";
import { evaluate } from "../../nn/reference.ts";
import {
  allowedAt,
  anyAllowed,
  byDimension,
  choicesOf,
  countAllowed,
  logAllowed,
  maskInput,
  startsOf,
} from "./choices.ts";

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

test("columns of choices begin where those of the dimensions before end", () => {
  expect(startsOf([3, 2, 4])).toEqual([0, 3, 5]);
  expect(choicesOf(choicesSpec)).toBe(5);
  const graph = trace({ columns: matrix(2, 5) }, ({ columns }) => {
    const [first, second] = byDimension(columns, choicesSpec);
    return { outputs: { first, second } };
  });
  const [first, second] = evaluate([graph.outputs.first, graph.outputs.second], {
    columns: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  });
  expect([[...first], [...second]]).toEqual([
    [0, 1, 2, 5, 6, 7],
    [3, 4, 8, 9],
  ]);
});

test("the entropy of uniform choices is ln of how many make sense, added over dimensions", () => {
  const spec = { ...choicesSpec, masked: true };
  const graph = trace({ mask: maskInput(spec, 2) }, ({ mask }) => ({ outputs: { logs: logAllowed(mask, spec) } }));
  const [logs] = evaluate([graph.outputs.logs], { mask: [1, 0, 1, 1, 1, 1, 1, 1, 0, 1] });
  expect(logs[0]).toBeCloseTo(Math.log(4), 12);
  expect(logs[1]).toBeCloseTo(Math.log(3), 12);
  expect(maskInput(choicesSpec, 2).shape).toEqual([2, 1]); // nothing is masked
});
