import { expect, test } from "vitest";
import { restore } from "./restore.ts";

test("arrays are copied over live ones, byte for byte, and what is not asked for is left alone", () => {
  const shared = new Float64Array(5);
  const live = { a: shared.subarray(1, 3), b: new Uint8Array(2) };
  restore(live, { a: Float64Array.of(0, 7, 8).subarray(1), b: Uint8Array.of(1, 2), c: new Float32Array(1) });
  expect([...shared]).toEqual([0, 7, 8, 0, 0]);
  expect([...live.b]).toEqual([1, 2]);
});

test("an array that is missing or of another length is named", () => {
  expect(() => restore({ theta: new Float32Array(2) }, {})).toThrow(
    'The checkpoint has no "theta". It was written for another economy or version; rerun.',
  );
  expect(() => restore({ theta: new Float32Array(2) }, { theta: new Float32Array(3) })).toThrow(
    `The checkpoint's "theta" has 12 bytes, expected 8. Use the settings it was written with.`,
  );
});
