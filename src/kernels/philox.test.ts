import { expect, test } from "vitest";
import { seedStream } from "../random/index.ts";
import { accelerateRandom } from "./index.ts";

test("draws are the same bits with and without the kernels, redrawn integers among them", () => {
  const draws = () => {
    const stream = seedStream(11).fork("test");
    const out = new Int32Array(5000);
    const reals = new Float64Array(777);
    const seen: number[][] = [];
    // Near 2³¹ nearly every block holds an integer that must be looked at, and many that are drawn again.
    for (const n of [1, 2, 7, 9999, 2 ** 21, 2 ** 21 + 1, 10 ** 9, 2 ** 31 - 1, 2 ** 31]) {
      for (const from of [0, 3]) {
        stream.integers(out, { lane: 2, period: n % 1000, from }, n);
        seen.push([...out]);
      }
    }
    stream.uniform(reals, { lane: 0, period: 1, from: 5 });
    seen.push([...reals]);
    stream.normal(reals, { lane: 0, period: 1, from: 5 });
    seen.push([...reals]);
    return seen;
  };
  const plain = draws();
  accelerateRandom();
  expect(draws()).toEqual(plain);
});
