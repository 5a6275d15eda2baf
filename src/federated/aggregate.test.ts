import { expect, test } from "vitest";
import { coordinateMedian, krum, trimmedMean, weightedMean } from "./index.ts";

const honest = [
  [1, 10],
  [2, 20],
  [3, 30],
  [4, 60],
];

test("means weigh updates, medians and trimmed means take each number by itself", () => {
  expect([...weightedMean(honest)]).toEqual([2.5, 30]);
  expect([...weightedMean(honest, [1, 0, 0, 3])]).toEqual([3.25, 47.5]);
  expect([...coordinateMedian(honest)]).toEqual([2.5, 25]);
  expect([...coordinateMedian(honest.slice(1))]).toEqual([3, 30]);
  expect([...trimmedMean(honest, 0)]).toEqual([2.5, 30]);
  expect([...trimmedMean([...honest, [-1e9, Number.NaN]], 1)]).toEqual([2, 110 / 3]);
});

test("no lie of fewer than half moves the median out of the honest range; any moves the mean", () => {
  for (const lie of [-1e12, 1e12, Infinity, Number.NaN]) {
    const [x, y] = coordinateMedian([...honest, [lie, lie], [lie, lie], [lie, lie]]);
    expect(x >= 1 && x <= 4 && y >= 10 && y <= 60).toBe(true);
    const [mean] = weightedMean([...honest, [lie, lie]]);
    expect(mean >= 1 && mean <= 4).toBe(false);
  }
});

test("Krum takes an update from the crowd: by the n − f − 2 nearest", () => {
  const crowd = [[0], [0.1], [0.25], [-0.1], [0.4]];
  // f = 1, n = 6, squared distances to the three nearest: 0 has .01 + .01 + .0625, 0.1 has .01 + .0225 + .04
  expect(krum([...crowd, [100]], 1)).toBe(1);
  expect(krum([[Number.NaN], ...crowd], 1)).toBe(2);
  // three nearest are within 0 … 0.04, a fourth would be 1
  expect(krum([[0], [0.01], [0.02], [0.04], [1], [2]], 1)).toBe(2);
  expect(() => krum(crowd, 2)).toThrow("got 5 updates and 2 liars, expected at least 7");
  expect(() => krum(crowd.slice(1), 1)).toThrow("got 4 updates and 1 liars, expected at least 5");
});

test("what cannot be aggregated is refused", () => {
  expect(() => weightedMean([])).toThrow("got no updates");
  expect(() => coordinateMedian([[1], [1, 2]])).toThrow("of 1 and of 2 numbers");
  expect(() => trimmedMean(honest, 2)).toThrow("got 2 of 4 to trim");
  expect(() => weightedMean(honest, [0, 0, 0, 0])).toThrow("above 0 in all");
});
