// A surrogate as an optimiser: its design, its choices, batches, continuation, and a leader whose followers never change what they do.
import { expect, test } from "vitest";
import { resolveConfig } from "../algorithms/algorithm.ts";
import { plainMemory } from "../economy/index.ts";
import type { Search } from "../optimise/optimiser.ts";
import { seedStream } from "../random/index.ts";
import { surrogateSearch } from "./index.ts";

const create = (settings = {}, { seed = 1, most = 40 } = {}): Search =>
  surrogateSearch.create(resolveConfig(surrogateSearch, settings) as never, {
    low: Float64Array.of(-2, 10),
    high: Float64Array.of(2, 50),
    most,
    rng: seedStream(seed).fork("optimiser"),
    memory: plainMemory,
  });
/** Highest, 3, at (.6, 22). */
const hill = ([x, y]: Float64Array): number =>
  3 - (x - 0.6) ** 2 - ((y - 22) / 15) ** 2 + 0.2 * (x - 0.6) * ((y - 22) / 15);
const scored = (search: Search, count: number): Float64Array[] =>
  Array.from({ length: count }, () => {
    const θ = search.ask();
    search.tell(θ, hill(θ));
    return θ;
  });

test("proposals are a design with one place in each slice first, then the surrogate's choice, which is scored and settled on", () => {
  const search = create({ designPoints: 16 });
  const design = scored(search, 16);
  for (const [k, low, width] of [
    [0, -2, 4],
    [1, 10, 40],
  ] as const) {
    const slices = design.map((θ) => Math.floor((16 * (θ[k] - low)) / width));
    expect(slices.sort((a, b) => a - b)).toEqual([...Array(16).keys()]);
  }
  const [choice] = scored(search, 1);
  // Of all 16 the best is further off than what the surrogate expects to be best.
  const nearest = Math.max(...design.map(hill));
  expect(hill(choice)).toBeGreaterThan(nearest);
  scored(search, 3);
  const { theta, score } = search.best();
  expect(Math.abs(theta[0] - 0.6)).toBeLessThan(0.04); // a hundredth of the range
  expect(Math.abs(theta[1] - 22)).toBeLessThan(0.4);
  expect(score).toBeCloseTo(3, 2);
});

test("of proposals that are out together the first is the best mean, the others are elsewhere unless there is no optimism", () => {
  const batch = (settings: object) => {
    const search = create({ designPoints: 12, ...settings });
    scored(search, 12);
    return [1, 2, 3].map(() => String(search.ask()));
  };
  const [bold, plain] = [batch({ optimism: 2 }), batch({ optimism: 0 })];
  expect(new Set(bold).size).toBe(3);
  expect(new Set(plain).size).toBe(1);
  expect(bold[0]).toBe(plain[0]);
});

test("ten points for each characteristic by default, and ten at least", () => {
  const first = (settings: object, count: number) => {
    const search = create(settings);
    return scored(search, count).map(String);
  };
  expect(first({}, 20)).toEqual(first({ designPoints: 20 }, 20));
  expect(first({ designPoints: 3 }, 10)).toEqual(first({ designPoints: 10 }, 10));
  expect(first({}, 1)).not.toEqual(first({ designPoints: 10 }, 1));
});

test("a search continues from its state as if never stopped, with questions out, and is another for another seed", () => {
  const straight = create({ designPoints: 10 });
  const open: Float64Array[] = [];
  for (let k = 0; k < 14; k++) {
    open.push(straight.ask());
    if (k % 7 === 0) continue;
    const θ = open.shift()!;
    straight.tell(θ, hill(θ));
  }
  const resumed = create({ designPoints: 10 });
  for (const [name, view] of Object.entries(straight.state))
    (resumed.state[name] as Float64Array).set(view as Float64Array);
  for (let k = 0; k < 2; k++) {
    const θ = straight.ask();
    expect(resumed.ask()).toEqual(θ);
    for (const search of [straight, resumed]) search.tell(θ, hill(θ));
  }
  expect(resumed.best()).toEqual(straight.best());
  expect(create({}, { seed: 2 }).ask()).not.toEqual(create().ask());
});

test("before there are scores enough for a surrogate the best of them is settled on, and before any nothing is", () => {
  const search = create();
  expect(() => search.best()).toThrow("before any score");
  const asked = scored(search, 4);
  const top = asked.reduce((a, b) => (hill(b) > hill(a) ? b : a));
  const { theta, score } = search.best();
  expect([...theta].map((x) => x.toFixed(12))).toEqual([...top].map((x) => x.toFixed(12)));
  expect(score).toBe(hill(top));
});
