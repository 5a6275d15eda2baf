// Too much memory is said before any is taken.
import { expect, test } from "vitest";
import { type Allocator, plainMemory } from "../core/cut.ts";
import { param } from "../core/params.ts";
import { createArena } from "../kernels/arena.ts";
import { f64, i32, index, u8 } from "./columns.ts";
import { defineEconomy } from "./define.ts";
import { links } from "./links.ts";
import { population } from "./population.ts";
import { createSimulation } from "./simulation.ts";
import { box, discrete } from "./spaces.ts";

const town = defineEconomy({
  name: "town",
  source: "none",
  summary: "",
  params: { people: param(10, { integer: true, min: 1 }), goods: param(3, { integer: true }), ties: param(2) },
  horizon: 2,
  world: { price: f64({ each: "goods" }) },
  populations: {
    people: population({
      size: "people",
      // per person: 8 + 4 + 1 + 4 + 8 × goods state, 4 + 8 actions
      state: { money: f64(), age: i32(), alive: u8(), shop: index("shops"), stock: f64({ each: "goods" }) },
      actions: { trade: discrete(3), bid: box(0, 1) },
    }),
    shops: population({ size: 2, state: { sales: f64() } }),
  },
  links: { friends: links("people", { degree: "ties" }) },
  phases: () => ({}),
});
/** Bytes of the columns of a world: of people, of shops and the price, of friends with their start and size. */
const bytes = (people: number, goods = 3, ties = 2) =>
  people * (29 + 8 * goods) + 2 * 8 + 8 * goods + 4 * (people + 1 + 1) + 8 * people * ties;

function limited(free: number): { memory: Allocator; taken: () => number } {
  let taken = 0;
  const count =
    <A>(make: (n: number) => A) =>
    (n: number): A => {
      taken += n;
      return make(n);
    };
  const { f64, f32, i32, u8 } = plainMemory;
  return { memory: { f64: count(f64), f32: count(f32), i32: count(i32), u8: count(u8), free }, taken: () => taken };
}

test("columns that need more than there is are refused before anything is allocated, with rows, columns, bytes and the settings to lower", () => {
  const numWorlds = 4;
  const needed = numWorlds * bytes(1000);
  const { memory, taken } = limited(needed - 1);
  expect(() => createSimulation(town, { memory, numWorlds, params: { people: 1000 } })).toThrow(
    `town: 4 worlds of 1000 people in 7 columns and 2000 friends in 4 columns need 285.3 KiB (${needed} bytes), and there are 285.3 KiB (${needed - 1} bytes), the rest of what one run can address. Lower the parameter "people", the parameter "ties" or numEnvs.`,
  );
  expect(taken()).toBe(0);
});

test("columns that just fit are allocated", () => {
  const { memory, taken } = limited(3 * bytes(50, 5, 1));
  const { columns } = createSimulation(town, { memory, numWorlds: 3, params: { people: 50, goods: 5, ties: 1 } });
  const allocated = Object.entries(columns).filter(([name]) => name !== "period" && name !== "tick");
  expect(allocated.reduce((sum, [, { byteLength }]) => sum + byteLength, 0)).toBe(3 * bytes(50, 5, 1));
  expect(taken()).toBeGreaterThan(0);
});

test("an arena knows what is left of it", () => {
  const arena = createArena({ bytes: 1 << 20 });
  const before = arena.free;
  arena.f64(1000);
  expect(before - arena.free).toBe(8000);
  expect(() => createSimulation(town, { memory: arena, params: { people: 100_000 } })).toThrow(
    /^town: 1 world of 100000 people in 7 columns and 200000 friends in 4 columns need 7\.0 MiB \(73000\d\d bytes\), and there are \d+\.\d KiB \(\d+ bytes\), the rest of what one run can address\. Lower the parameter "people" or the parameter "ties"\.$/,
  );
});

test("without an arena the machine's memory is the limit, whoever has the population's size in numbers", () => {
  const crowd = defineEconomy({
    name: "crowd",
    source: "none",
    summary: "",
    params: {},
    horizon: 2,
    populations: { people: population({ size: 1e15, state: { money: f64() } }) },
    phases: () => ({}),
  });
  expect(() => createSimulation(crowd)).toThrow(
    /^crowd: 1 world of 1000000000000000 people in 1 column need 7450580\.6 GiB \(8000000000000000 bytes\), and there are [\d.]+ GiB \(\d+ bytes\) in this machine\. Declare fewer rows or columns\.$/,
  );
});
