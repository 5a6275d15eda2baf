// Pieces against loads that a clock of the test's own measures: which rows move, when, and that every rank makes the same cuts.
import { expect, test } from "vitest";
import { type Allocator, alone, plainMemory } from "../core/cut.ts";
import { f64 } from "./columns.ts";
import { defineEconomy } from "./define.ts";
import { createBalance, type Migration, type Partition } from "./partition.ts";
import { population } from "./population.ts";
import { createSimulation } from "./simulation.ts";

/** Pieces of `rows` rows on one rank, whose row i takes cost(i) ms in each of some periods. */
function played(rows: number, pieces: number, cost: (i: number, period: number) => number, periods: number) {
  let now = 0;
  const balance = createBalance({ clock: () => now, every: 2, tolerance: 0.1 });
  const context = { memory: plainMemory, team: alone, pieces, backwards: false, grain: 4 };
  const partition = balance.partition(context, rows);
  const visits: [number, number][][] = [];
  for (let t = 0; t < periods; t++) {
    const visited: [number, number][] = [];
    partition.over(rows, (from, to) => {
      visited.push([from, to]);
      for (let i = from; i < to; i++) now += cost(i, t);
    });
    visits.push(visited);
    balance.endPeriod();
  }
  const loads = (t: number): number[] =>
    partition.ranges(rows).map(([from, to]) => {
      let sum = 0;
      for (let i = from; i < to; i++) sum += cost(i, t);
      return sum;
    });
  return { partition, visits, loads };
}

test("every row is visited once a period, block by block where it is measured", () => {
  const { visits } = played(30, 3, () => 1, 6);
  for (const [t, visited] of visits.entries()) {
    expect(visited.flatMap(([from, to]) => Array.from({ length: to - from }, (_, k) => from + k))).toEqual(
      Array.from({ length: 30 }, (_, i) => i),
    );
    expect(visited.length).toBe(t % 2 === 1 ? 8 : 3);
  }
});

test("a phase is given its rows some thousand at a time, in order, in any cut", () => {
  const context = { memory: plainMemory, team: alone, pieces: 2, backwards: false, grain: 4096 };
  const visits: [number, number][] = [];
  createBalance()
    .partition(context, 40_000)
    .over(40_000, (from, to) => visits.push([from, to]));
  expect(visits).toEqual([
    [0, 8192],
    [8192, 16_384],
    [16_384, 20_480],
    [20_480, 28_672],
    [28_672, 36_864],
    [36_864, 40_000],
  ]);
  const rows = 20_000;
  const economy = defineEconomy({
    name: "tiles",
    source: "test",
    summary: "",
    params: {},
    horizon: 1,
    populations: { people: population({ size: rows, state: { luck: f64() } }) },
    phases: ({ each }) => ({
      live: each("people", { doc: "luck" }, (k, from, to, _w, _p, draw) => {
        sizes.push(to - from);
        const u = draw.uniform("luck");
        for (let i = from; i < to; i++) k.luck[i] = u[i]!;
      }),
    }),
  });
  const sizes: number[] = [];
  const [wholes, cuts] = (["worlds", "rows"] as const).map((cut) => {
    const simulation = createSimulation(economy, { seed: 3, cut, pieces: cut === "rows" ? 7 : 1 });
    simulation.reset(0);
    simulation.runPhase(0, 0);
    return simulation.columns["people.luck"]!;
  });
  expect(cuts).toEqual(wholes);
  expect(Math.max(...sizes)).toBe(8192);
});

test("rows migrate from the heavy piece to the light ones after four measurements, and then stay", () => {
  const busy = (i: number) => (i < 20 ? 9 : 1);
  expect([...played(80, 2, busy, 7).partition.cuts]).toEqual([0, 10, 20]);
  const { partition, loads } = played(80, 2, busy, 8);
  expect([...partition.cuts]).toEqual([0, 3, 20]); // a block of 36 back would make 144 of what are 132 now
  expect(loads(0)).toEqual([108, 132]);
  expect(partition.moved).toBe(7);
  expect(partition.load).toEqual([200, 40]); // as it was cut until now
  const other = played(80, 2, (i) => busy(79 - i), 8).partition;
  expect([[...other.cuts], other.moved]).toEqual([[0, 17, 20], 7]);
  const later = played(80, 2, busy, 40).partition;
  expect([[...later.cuts], later.moved, later.load]).toEqual([[0, 3, 20], 7, [108, 132]]);
});

test("a crowd that moves is followed", () => {
  const busy = (i: number, t: number) => (t < 10 === i < 20 ? 9 : 1);
  expect([...played(80, 2, busy, 10).partition.cuts]).toEqual([0, 3, 20]);
  const { loads } = played(80, 2, busy, 20);
  expect(Math.max(...loads(20)) / Math.min(...loads(20))).toBeLessThan(1.1);
});

test("what slows a block once moves nothing, and neither do loads that are too small to be measured", () => {
  for (const slow of [5, 7])
    expect(played(80, 2, (i, t) => (t === slow && i < 20 ? 50 : 1), 8).partition.moved).toBe(0);
  expect(played(80, 2, (i) => (i < 20 ? 0.005 : 0.001), 8).partition.moved).toBe(0);
  expect(played(80, 2, (i) => (i < 20 ? 0.05 : 0.01), 8).partition.moved).toBeGreaterThan(0);
  expect(() => createBalance({ clock: () => 0, every: 1 })).toThrow(
    "every is 1, expected a whole number of at least 2",
  );
});

test("without a clock, and where there is one piece, rows stay with the piece they begin with", () => {
  const context = { memory: plainMemory, team: alone, pieces: 3, backwards: true, grain: 4 };
  const still = createBalance().partition(context, 30);
  expect([still.ranges(30), still.ranges(9)]).toEqual([
    [
      [20, 30],
      [8, 20],
      [0, 8],
    ],
    [
      [8, 9],
      [0, 8],
    ],
  ]);
  expect(played(80, 1, (i) => i, 8).partition.moved).toBe(0);
});

test("ranks that measure their own rows make the same cuts", () => {
  const arrays = new Map<number, Float64Array>();
  const shared = (): Allocator => {
    let call = 0;
    const f64 = (n: number): Float64Array => {
      const at = call++;
      if (!arrays.has(at)) arrays.set(at, new Float64Array(n));
      return arrays.get(at)!;
    };
    return { ...plainMemory, f64 };
  };
  let now = 0;
  const ranks = [0, 1].map((rank) => {
    const migration: Migration = { clock: () => now, every: 2, tolerance: 0 };
    const balance = createBalance(migration);
    const team = { ...alone, rank, size: 2 };
    return {
      balance,
      partition: balance.partition({ memory: shared(), team, pieces: 5, backwards: false, grain: 2 }, 41),
    };
  });
  const cutsOf = ({ partition }: { readonly partition: Partition }) => [...partition.cuts];
  for (let t = 0; t < 12; t++) {
    let rows = 0;
    for (const { partition } of ranks)
      partition.over(41, (from, to) => {
        rows += to - from;
        for (let i = from; i < to; i++) now += ((i * 7 + t) % 13) + (i < 9 ? 30 : 1);
      });
    expect(rows).toBe(41);
    for (const { balance } of ranks) balance.endPeriod();
    expect(cutsOf(ranks[1])).toEqual(cutsOf(ranks[0]));
  }
  expect(ranks[0].partition.moved).toBeGreaterThan(3);
});
