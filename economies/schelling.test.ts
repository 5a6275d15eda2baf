// Neighbours counted a second way, the law of a random town against one that is drawn, and what mild wishes do to it.
import { expect, test } from "vitest";
import { checkEconomy, createSimulation, resolveParams } from "../src/economy/index.ts";
import { fresh, goOn } from "../test/periods.ts";
import { schelling } from "./schelling.ts";
import { hypergeometric } from "./theory/schelling.ts";

type Settings = Readonly<Record<string, number>>;

function town(params: Settings, periods: number, seed = 1) {
  const simulation = fresh(createSimulation(schelling, { params, seed, checkIdentities: true }), periods);
  const of = (name: keyof typeof schelling.metrics) =>
    schelling.metrics[name].of(simulation.worlds[0], simulation.params);
  return { simulation, of };
}

type Towns = ReturnType<typeof town>["simulation"];
const residents = ({ columns }: Towns) => ({
  type: columns["residents.type"] as Uint8Array,
  cell: columns["residents.cell"] as Int32Array,
  happy: columns["residents.happy"] as Uint8Array,
  near: columns["residents.near"] as Int32Array,
  like: columns["residents.like"] as Int32Array,
});

/** Neighbours of every resident, by distances on the torus between all pairs. */
function neighbours(simulation: Towns, { width, height, radius }: Settings) {
  const { cell, type } = residents(simulation);
  const apart = (a: number, b: number, n: number): number => Math.min(Math.abs(a - b), n - Math.abs(a - b));
  return [...cell].map((c, i) => {
    let [near, like] = [0, 0];
    cell.forEach((d, j) => {
      const x = apart(c % width, d % width, width);
      const y = apart(Math.floor(c / width), Math.floor(d / width), height);
      if (i === j || Math.max(x, y) > radius) return;
      near++;
      if (type[i] === type[j]) like++;
    });
    return { near, like };
  });
}

test.each([
  { width: 11, height: 7, radius: 1, wantedShare: 0.5, wantedCount: 0, minority: 0.3, density: 0.7 },
  { width: 9, height: 13, radius: 2, wantedShare: 0, wantedCount: 8, minority: 0.5, density: 0.8 },
  { width: 8, height: 8, radius: 1, wantedShare: 1, wantedCount: 2, minority: 0.6, density: 0.1 },
])("neighbours and happiness are those of the torus: %o", (params) => {
  const { simulation } = town(params, 0);
  const k = residents(simulation);
  for (let t = 0; t < 4; t++) {
    const before = { happy: k.happy.slice(), cell: k.cell.slice() };
    if (t > 0) goOn(simulation, 1);
    const seen = neighbours(simulation, params);
    expect([...k.near]).toEqual(seen.map(({ near }) => near));
    expect([...k.like]).toEqual(seen.map(({ like }) => like));
    expect([...k.happy]).toEqual(
      seen.map(({ near, like }) =>
        Number(
          like >= params.wantedCount && (near === 0 ? params.wantedShare === 0 : like / near >= params.wantedShare),
        ),
      ),
    );
    if (t === 0) continue;
    expect(simulation.worlds[0]["moves"]).toBe(before.happy.filter((h) => h === 0).length);
    for (const [i, c] of before.cell.entries()) if (before.happy[i] === 1) expect(k.cell[i]).toBe(c);
  }
});

test("hypergeometric laws are those of counting, also where nothing or everything is marked", () => {
  const law = (total: number, marked: number, drawn: number) => [...hypergeometric(total, marked, drawn)];
  // C(4, k) C(3, 3 − k) / C(7, 3)
  [1 / 35, 12 / 35, 18 / 35, 4 / 35].map((p, k) => expect(law(7, 4, 3)[k]).toBeCloseTo(p, 14));
  expect(law(5, 0, 2)).toEqual([1, 0, 0]);
  expect(law(5, 5, 2)).toEqual([0, 0, 1]);
  [0, 0, 3 / 5, 2 / 5].map((p, k) => expect(law(5, 4, 3)[k]).toBeCloseTo(p, 14));
});

test("where everybody is everybody's neighbour, theory is what is counted: 3 of a type have 2 alike, 2 have 1", () => {
  const params = { width: 3, height: 3, residents: 5, minority: 0.4, wantedShare: 0, wantedCount: 2 };
  const truth = schelling.truth!(resolveParams(schelling, params)) as Settings;
  const { of } = town(params, 0);
  expect(of("firstHappy")).toBe(0.6);
  expect(truth.firstHappy).toBeCloseTo(0.6, 12);
  expect(truth.firstSimilar).toBeCloseTo(of("firstSimilar"), 12);
});

// 40 towns of 1600 cells: a share of 1280 residents has a standard error of .014 if they were independent, of which neighbours are not; 40 towns leave .0022, and 3 of twice that are .0133.
test.each([
  { wantedShare: 0.4, wantedCount: 0, minority: 0.5, radius: 1 },
  { wantedShare: 0, wantedCount: 8, minority: 0.2, radius: 2 },
])("a town at random is as happy and as mixed as counting says: %o", (wishes) => {
  const params = { width: 40, height: 40, ...wishes };
  const truth = schelling.truth!(resolveParams(schelling, params)) as Settings;
  let [happy, similar] = [0, 0];
  for (let seed = 1; seed <= 40; seed++) {
    const { of } = town(params, 0, seed);
    happy += of("firstHappy") / 40;
    similar += of("firstSimilar") / 40;
  }
  expect(Math.abs(happy - truth.firstHappy)).toBeLessThan(0.0133);
  expect(Math.abs(similar - truth.firstSimilar)).toBeLessThan(0.0133);
});

// What Schelling and everybody after him found: wishes of 3/10 and 4/10 are met, and neighbours are alike far beyond them; wishes above 3/4 are never met.
test("mild wishes segregate a town in which then nobody moves; strong ones are never met", () => {
  const mixed = town({ wantedShare: 0.3 }, 60);
  expect([mixed.of("happy"), mixed.of("moves")]).toEqual([1, 0]);
  expect(mixed.of("similar")).toBeGreaterThan(0.65);
  const parted = town({ wantedShare: 0.5 }, 60);
  expect([parted.of("happy"), parted.of("moves")]).toEqual([1, 0]);
  expect(parted.of("similar")).toBeGreaterThan(0.8);
  const picky = town({ wantedShare: 0.8 }, 60);
  expect(picky.of("happy")).toBeLessThan(0.5);
  expect(picky.of("similar")).toBeLessThan(0.7);
  const content = town({ wantedShare: 0 }, 2);
  expect([content.of("happy"), content.of("moves")]).toEqual([1, 0]);
});

test("a town without an empty cell, and neighbourhoods that meet themselves, are refused and have no theory", () => {
  const truth = (params: Settings) => schelling.truth!(resolveParams(schelling, params)).firstHappy;
  expect(truth({ width: 5, height: 5, residents: 25 })).toEqual({
    unknown: "25 residents leave none of 25 cells empty",
  });
  expect(truth({ width: 9, height: 4, radius: 2 })).toEqual({
    unknown: "a neighbourhood of 5 cells meets itself in a town of 9 × 4",
  });
  expect(() => town({ width: 5, height: 5, residents: 25 }, 0)).toThrow(
    "schelling: 25 residents leave none of 25 cells empty. Set residents below width × height, and 2 × radius below both.",
  );
});

test("the contract holds", () => {
  for (const params of [{}, { width: 5, height: 9, radius: 2, wantedCount: 3, density: 0.9, minority: 0 }])
    expect(checkEconomy(schelling, { params, periods: 6 }).filter(({ pass }) => !pass)).toEqual([]);
});
