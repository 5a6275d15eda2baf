import { expect, test } from "vitest";
import { fresh } from "../../test/periods.ts";
import { type Allocator, rowCut } from "../core/cut.ts";
import { param } from "../core/params.ts";
import { pairwiseSum } from "../math/index.ts";
import { f64, i32 } from "./columns.ts";
import { defineEconomy } from "./define.ts";
import { type AnyRows, population } from "./population.ts";
import { createSimulation, type Simulation, type SimulationOptions } from "./simulation.ts";

const town = {
  name: "town",
  source: "none",
  summary: "",
  params: { n: param(10, { integer: true }) },
  horizon: 5,
} as const;
const doc = "";
const people = population({
  size: "n",
  state: { x: f64({ initial: 1 }), seen: f64(), friend: i32({ initial: -1 }), got: i32(), mate: i32() },
});

function played(simulation: Simulation, periods = 1): Simulation {
  for (let e = 0; e < simulation.numWorlds; e++) {
    simulation.reset(e);
    for (let t = 0; t < periods; t++) {
      for (let index = 0; index < simulation.phases.length; index++) simulation.runPhase(index, e);
      simulation.endPeriod(e);
    }
  }
  return simulation;
}

const column = (simulation: Simulation, name: string) => [...(simulation.columns[name] as Float64Array)];

test("columns take their initial values at every reset, and time starts again", () => {
  const economy = defineEconomy({
    ...town,
    world: { money: f64({ initial: 7 }) },
    populations: { people },
    start: ({ each }) => ({
      endow: each("people", { doc }, (k, from, to) => {
        for (let i = from; i < to; i++) k.x[i] += i;
      }),
    }),
    phases: ({ each, world }) => ({
      grow: each("people", { doc }, (k, from, to) => {
        for (let i = from; i < to; i++) k.x[i] *= 2;
      }),
      earn: world({ doc }, (w) => {
        w.money += w.period;
      }),
    }),
  });
  const simulation = played(createSimulation(economy, { params: { n: 3 }, numWorlds: 2 }), 3);
  expect(column(simulation, "people.x")).toEqual([8, 16, 24, 8, 16, 24]);
  expect(column(simulation, "world.money")).toEqual([10, 10]);
  expect([...simulation.period]).toEqual([3, 3]);
  simulation.reset(1);
  expect(column(simulation, "people.x")).toEqual([8, 16, 24, 1, 2, 3]);
  expect(column(simulation, "world.money")).toEqual([10, 7]);
  expect([...simulation.period]).toEqual([3, 0]);
  expect(column(simulation, "tick")).toEqual([3, 3]);
});

test("random partners are mutual, change every period, and leave one out when the number is odd", () => {
  const economy = defineEconomy({
    ...town,
    populations: { people },
    phases: ({ each }) => ({
      meet: each("people", { doc, partner: "random" }, (k, from, to, _w, _p, _draw, other) => {
        for (let i = from; i < to; i++) k.mate[i] = other.row[i];
      }),
    }),
  });
  for (const n of [2, 3, 10, 101]) {
    const simulation = createSimulation(economy, { params: { n }, numWorlds: 2 });
    played(simulation);
    const first = column(simulation, "people.mate");
    for (const e of [0, 1]) {
      const mate = first.slice(e * n, (e + 1) * n);
      expect(mate.filter((j) => j === -1)).toHaveLength(n % 2);
      mate.forEach((j, i) => {
        if (j >= 0) expect([mate[j], j === i]).toEqual([i, false]);
      });
    }
    if (n < 10) continue;
    expect(first.slice(0, n)).not.toEqual(first.slice(n));
    simulation.runPhase(0, 0);
    expect(column(simulation, "people.mate")).not.toEqual(first);
  }
});

test("what is read of a partner is how it stood before the phase", () => {
  const economy = defineEconomy({
    ...town,
    populations: { people },
    start: ({ each }) => ({
      number: each("people", { doc }, (k, from, to) => {
        for (let i = from; i < to; i++) [k.x[i], k.friend[i]] = [i, (i + 3) % k.size];
      }),
    }),
    phases: ({ each }) => ({
      look: each("people", { doc, partner: "friend", reads: ["x", "friend"] }, (k, from, to, _w, _p, _draw, other) => {
        for (let i = from; i < to; i++) {
          k.seen[i] = other.x[other.row[i]] + 100 * other.friend[other.row[i]];
          k.x[i] = -1;
          k.friend[i] = 0;
        }
      }),
    }),
  });
  const expected = Array.from({ length: 10 }, (_, i) => ((i + 3) % 10) + 100 * ((i + 6) % 10));
  for (const pieces of [1, 2, 7])
    for (const backwards of [false, true]) {
      const simulation = played(createSimulation(economy, { cut: "rows", pieces, backwards, grain: 2 }));
      expect(column(simulation, "people.seen")).toEqual(expected);
    }
});

test("a total adds in one order whatever the cut, and reads scalars as they stood before it", () => {
  const economy = defineEconomy({
    ...town,
    world: { sum: f64({ initial: 5 }), twice: f64() },
    populations: { people },
    phases: ({ each, total }) => ({
      draw: each("people", { doc }, (k, from, to, _w, _p, draw) => {
        const z = draw.normal("x");
        for (let i = from; i < to; i++) k.x[i] = z[i] * 1e6 + z[i];
      }),
      add: total("people", { doc }, { sum: (k, i) => k.x[i], twice: (_k, _i, w) => w.sum }),
    }),
  });
  const n = 1000;
  const sums = [1, 2, 7].map((pieces) => {
    const simulation = played(createSimulation(economy, { params: { n }, cut: "rows", pieces, grain: 16 }));
    expect(column(simulation, "world.twice")).toEqual([5 * n]);
    const exact = pairwiseSum(column(simulation, "people.x"), 0, n);
    expect(column(simulation, "world.sum")[0] / exact).toBeCloseTo(1, 12);
    return column(simulation, "world.sum")[0];
  });
  expect(new Set(sums).size).toBe(1);
});

test("what is sent arrives, whoever sends it", () => {
  const economy = defineEconomy({
    ...town,
    populations: { people, banks: population({ size: 3, state: { deposits: i32() } }) },
    phases: ({ exchange }) => ({
      pass: exchange("people", { doc, inbox: "got" }, (k, from, to, _w, _p, _draw, send) => {
        for (let i = from; i < to; i++) send((i * i) % k.size, i);
      }),
      save: exchange("people", { doc, to: "banks", inbox: "deposits" }, (_k, from, to, _w, _p, _draw, send) => {
        for (let i = from; i < to; i++) send(i % 3, 2);
      }),
    }),
  });
  const got = new Array(10).fill(0);
  for (let i = 0; i < 10; i++) got[(i * i) % 10] += i;
  for (const pieces of [1, 5]) {
    const simulation = played(createSimulation(economy, { cut: "rows", pieces, grain: 2, numWorlds: 2 }));
    expect(column(simulation, "people.got")).toEqual([...got, ...got]);
    expect(column(simulation, "banks.deposits")).toEqual([8, 6, 6, 8, 6, 6]);
  }
});

/** Everybody sends what `amounts` says to row `to` of the banks, whose inbox holds `held`. */
function sending(kind: "i32" | "f64", amounts: readonly number[], { to = 1, held = 0 } = {}) {
  const inbox = kind === "f64" ? f64({ initial: held }) : i32({ initial: held });
  return defineEconomy({
    ...town,
    params: {},
    populations: {
      people: population({ size: amounts.length, state: { x: f64() } }),
      banks: population({ size: 3, state: { inbox } }),
    },
    phases: ({ exchange }) => ({
      pay: exchange("people", { doc, to: "banks", inbox: "inbox" }, (_k, from, end, _w, _p, _draw, send) => {
        for (let i = from; i < end; i++) send(to, amounts[i]);
      }),
    }),
  });
}
const TWO_53 = 9007199254740992;

test.each([
  ["i32", [2147483646, 1], 2147483647],
  ["i32", [-2147483647, -1], -2147483648],
  ["f64", [4e9, 4e9, 1], 8000000001],
  ["f64", [TWO_53 - 2, 1], TWO_53 - 1],
  ["f64", [-(TWO_53 - 2), -1], -(TWO_53 - 1)],
] as const)("integers sent to an %s column add up exactly, whatever the cut: %j", (kind, amounts, sum) => {
  for (const pieces of [1, 2])
    for (const backwards of [false, true]) {
      const economy = sending(kind, amounts);
      const simulation = played(createSimulation(economy, { cut: "rows", pieces, backwards, grain: 1, numWorlds: 2 }));
      expect(column(simulation, "banks.inbox")).toEqual([0, sum, 0, 0, sum, 0]);
    }
});

test.each([
  [
    "i32",
    [2147483647, 1],
    {},
    "1 sent to banks.inbox[1], which holds 2147483647: an i32 ends at 2147483647; declare the column as f64",
  ],
  ["i32", [4e9], {}, "4000000000 sent to banks.inbox[1], which holds 0: an i32 ends at 2147483647"],
  ["i32", [-4e9], {}, "-4000000000 sent to banks.inbox[1], which holds 0: an i32 ends at -2147483648"],
  [
    "f64",
    [TWO_53 - 1, 1],
    {},
    "1 sent to banks.inbox[1], which holds 9007199254740991: sums are exact up to 2^53 = 9007199254740992",
  ],
  [
    "f64",
    [-1, -(TWO_53 - 1)],
    {},
    "-9007199254740991 sent to banks.inbox[1], which holds -1: sums are exact up to 2^53",
  ],
  ["i32", [0.5], {}, "0.5 sent to banks.inbox[1], expected an integer"],
  ["f64", [0.5], {}, "0.5 sent to banks.inbox[1], expected an integer"],
  ["f64", [0.25], { held: TWO_53 - 2 }, "0.25 sent to banks.inbox[1], expected an integer"],
  ["f64", [1], { held: 0.5 }, "1 sent to banks.inbox[1], which holds 0.5, expected an integer"],
  ["i32", [Number.NaN], {}, "NaN sent to banks.inbox[1], expected an integer"],
  ["f64", [Infinity], {}, "Infinity sent to banks.inbox[1], expected an integer"],
  ["i32", [1], { to: 3 }, "1 sent to banks.inbox[3], whose rows are 0 to 2"],
  ["f64", [1], { to: -1 }, "1 sent to banks.inbox[-1], whose rows are 0 to 2"],
  ["i32", [1], { to: 0.5 }, "1 sent to banks.inbox[0.5], whose rows are 0 to 2"],
] as const)(
  "what cannot be added exactly to an %s column is an error that names phase, inbox, row and world: %j %j",
  (kind, amounts, options, message) => {
    const simulation = createSimulation(sending(kind, amounts, options), { numWorlds: 2 });
    simulation.reset(1);
    expect(() => simulation.runPhase(0, 1)).toThrow(`Phase "pay" failed: ${message}`);
    expect(() => simulation.runPhase(0, 1)).toThrow("(economy town, world 1, period 0).");
  },
);

test("trays of ranks that share rows add up exactly, and what they hold together may not leave the range", () => {
  const ranks = (kind: "i32" | "f64", amounts: readonly number[]): Simulation[] => {
    const arrays: unknown[] = [];
    const shared = (): Allocator => {
      let next = 0;
      const take =
        <A>(make: new (n: number) => A) =>
        (n: number): A =>
          (arrays[next++] ??= new make(n)) as A;
      return { f64: take(Float64Array), f32: take(Float32Array), i32: take(Int32Array), u8: take(Uint8Array) };
    };
    // Rank 1 runs its part of the phase while rank 0 waits at its first barrier, with its own tray filled.
    const at = (rank: number, barrier: () => void) =>
      createSimulation(sending(kind, amounts), {
        cut: "rows",
        pieces: 2,
        grain: 1,
        memory: shared(),
        team: { rank, size: 2, barrier, exchange: barrier },
      });
    let waited = false;
    const other = at(1, () => {});
    const first = at(0, () => {
      if (!waited) other.runPhase(0, 0);
      waited = true;
    });
    return [first, other];
  };
  const run = (kind: "i32" | "f64", amounts: readonly number[]): number[] => {
    const [first] = ranks(kind, amounts);
    first.runPhase(0, 0);
    return column(first, "banks.inbox");
  };
  expect(run("f64", [4e9, 4e9 + 1])).toEqual([0, 8e9 + 1, 0]);
  expect(run("i32", [2e9, 1e8])).toEqual([0, 2.1e9, 0]);
  expect(() => run("i32", [2e9, 2e9])).toThrow(
    "2000000000 sent to banks.inbox[1], which holds 2000000000: an i32 ends",
  );
  expect(() => run("f64", [TWO_53 - 2, 2])).toThrow("sums are exact up to 2^53");
});

test("draws belong to rows and worlds: a cut, another population size or another world does not move them", () => {
  const economy = defineEconomy({
    ...town,
    world: { shock: f64() },
    populations: { people },
    phases: ({ each, world }) => ({
      draw: each("people", { doc }, (k, from, to, _w, _p, draw) => {
        const u = draw.uniform("u");
        const z = draw.normal("z");
        const d = draw.integers("d", 6);
        for (let i = from; i < to; i++) [k.x[i], k.seen[i], k.got[i]] = [u[i], z[i], d[i]];
      }),
      shock: world({ doc }, (w, _p, draw) => {
        w.shock = draw.normal("a") + draw.uniform("b") + draw.integer("c", 10);
      }),
    }),
  });
  const run = (options: SimulationOptions) => played(createSimulation(economy, options), 3);
  const whole = run({ params: { n: 40 }, seed: 3 });
  for (const name of ["people.x", "people.seen", "people.got"]) {
    for (const pieces of [2, 7])
      expect(column(run({ params: { n: 40 }, seed: 3, cut: "rows", pieces, grain: 4 }), name)).toEqual(
        column(whole, name),
      );
    expect(column(run({ params: { n: 25 }, seed: 3 }), name)).toEqual(column(whole, name).slice(0, 25));
    expect(column(run({ params: { n: 40 }, seed: 3, numWorlds: 2 }), name).slice(0, 40)).toEqual(column(whole, name));
    expect(column(run({ params: { n: 40 }, seed: 4 }), name)).not.toEqual(column(whole, name));
  }
  const two = run({ seed: 3, numWorlds: 2 });
  expect(column(two, "world.shock")[0]).toBe(column(whole, "world.shock")[0]);
  expect(column(two, "world.shock")[1]).not.toBe(column(whole, "world.shock")[0]);
});

test("no draw repeats from one episode to the next", () => {
  const economy = defineEconomy({
    ...town,
    world: { shock: f64(), first: f64() },
    populations: { people },
    start: ({ world }) => ({
      begin: world({ doc }, (w, _p, draw) => {
        w.first = draw.uniform("first");
      }),
    }),
    phases: ({ world }) => ({
      shock: world({ doc }, (w, _p, draw) => {
        w.shock = draw.uniform("shock");
      }),
    }),
  });
  const simulation = createSimulation(economy);
  const seen = new Set<number>();
  for (let episode = 0; episode < 20; episode++) {
    simulation.reset(0);
    seen.add(simulation.worlds[0].first as number);
    for (let t = 0; t < 5; t++) {
      simulation.runPhase(0, 0);
      seen.add(simulation.worlds[0].shock as number);
      simulation.endPeriod(0);
    }
  }
  expect(seen.size).toBe(20 * 6);
  simulation.reseed(1);
  (simulation.columns.tick as Int32Array)[0] = 0;
  simulation.reset(0);
  expect(seen.has(simulation.worlds[0].first as number)).toBe(true);
});

test("a draw used twice in one phase names the phase and the label", () => {
  const economy = defineEconomy({
    ...town,
    populations: { people },
    phases: ({ each, world }) => ({
      craft: each("people", { doc }, (_k, _from, _to, _w, _p, draw) => {
        draw.normal("skill");
        draw.uniform("skill");
      }),
      storm: world({ doc }, (_w, _p, draw) => {
        draw.uniform("wind");
        draw.uniform("wind");
      }),
    }),
  });
  const simulation = createSimulation(economy);
  simulation.reset(0);
  expect(() => simulation.runPhase(0, 0)).toThrow(
    'town: phase "craft": draw "skill" is used twice; give the second use its own label.',
  );
  expect(() => simulation.runPhase(1, 0)).toThrow('town: phase "storm": draw "wind" is used twice');
});

test("two phases may use the same label, and draw differently", () => {
  const economy = defineEconomy({
    ...town,
    populations: { people },
    phases: ({ each }) => ({
      a: each("people", { doc }, (k, _from, _to, _w, _p, draw) => k.x.set(draw.uniform("u").subarray(0, k.size))),
      b: each("people", { doc }, (k, _from, _to, _w, _p, draw) => k.seen.set(draw.uniform("u").subarray(0, k.size))),
    }),
  });
  const simulation = played(createSimulation(economy));
  expect(column(simulation, "people.x")).not.toEqual(column(simulation, "people.seen"));
});

const poison = (kind: "each" | "exchange" | "whole" | "whole rows" | "total", value: number) =>
  defineEconomy({
    ...town,
    world: { sum: f64() },
    populations: { people },
    phases: ({ each, exchange, total, world }) => ({
      fine: each("people", { doc }, () => {}),
      poison:
        kind === "each"
          ? each("people", { doc }, (k, _from, _to, w) => {
              if (w.period === 2) k.x[7] = value;
            })
          : kind === "exchange"
            ? exchange("people", { doc, inbox: "got" }, (k, _from, _to, w) => {
                if (w.period === 2) k.x[7] = value;
              })
            : kind === "total"
              ? total("people", { doc }, { sum: (_k, _i, w) => (w.period === 2 ? value : 0) })
              : world({ doc }, (w) => {
                  if (w.period === 2 && kind === "whole") w.sum = value;
                  if (w.period === 2 && kind === "whole rows") w.people.x[7] = value;
                }),
    }),
  });

test.each([
  ["each", Number.NaN, 'Phase "poison" produced NaN in people.x[7] (economy town, world 1, period 2).'],
  ["each", Infinity, 'Phase "poison" produced Infinity in people.x[7] (economy town, world 1, period 2).'],
  ["exchange", -Infinity, 'Phase "poison" produced -Infinity in people.x[7] (economy town, world 1, period 2).'],
  ["whole", Number.NaN, 'Phase "poison" produced NaN in world.sum (economy town, world 1, period 2).'],
  ["whole rows", Number.NaN, 'Phase "poison" produced NaN in people.x[7] (economy town, world 1, period 2).'],
  ["total", Number.NaN, 'Phase "poison" produced NaN in world.sum (economy town, world 1, period 2).'],
] as const)("a value that is not finite, made by `%s` (%d), is reported where it is made", (kind, value, message) => {
  const simulation = createSimulation(poison(kind, value), { numWorlds: 2 });
  simulation.reset(1);
  const run = () => {
    for (let t = 0; t < 5; t++) {
      for (let index = 0; index < 2; index++) simulation.runPhase(index, 1);
      simulation.endPeriod(1);
    }
  };
  expect(run).toThrow(message);
});

test("an identity that fails says which, by how much, after what, in which world and period", () => {
  const economy = (after: "phase" | "period") =>
    defineEconomy({
      ...town,
      populations: { people },
      phases: ({ each }) => ({
        lose: each("people", { doc }, (k) => {
          k.x[0] -= 0.25;
        }),
        find: each("people", { doc }, (k) => {
          k.x[0] += 0.25;
        }),
        keep: each("people", { doc }, (k, _from, _to, w) => {
          if (w.period === 1) k.x[0] += 1e-3;
        }),
      }),
      identities: { goods: { doc, after, of: ({ people }) => people.x[0] - 1 } },
    });
  expect(() => played(createSimulation(economy("phase"), { checkIdentities: true }))).toThrow(
    'Identity "goods" of town is off by -0.25 after phase "lose" (tolerance 1e-9, world 0, period 0).',
  );
  const lasting = createSimulation(economy("period"), { checkIdentities: true });
  expect(() => played(lasting, 2)).toThrow(/Identity "goods" of town is off by 0\.00\d+ after the period/);
  expect(() => played(createSimulation(economy("phase")), 3)).not.toThrow();
});

test("rows are cut without gaps, on multiples of the block", () => {
  for (const n of [1, 15, 16, 17, 100, 4096, 100_000])
    for (const pieces of [1, 2, 3, 7, 64]) {
      let at = 0;
      for (let piece = 0; piece < pieces; piece++) {
        const [from, to] = rowCut(n, pieces, piece, 16);
        expect(from).toBe(at);
        expect(from % 16 === 0 || from === n).toBe(true);
        at = to;
      }
      expect(at).toBe(n);
    }
});

test.each([
  [{ numWorlds: 0 }, "town: numWorlds is 0, expected an integer of at least 1."],
  [{ params: { n: 0 } }, "town: the size of people is 0, expected an integer of at least 1."],
  [{ pieces: 0 }, "town: 0 pieces for 1 threads, expected at least one each."],
  [{ params: { m: 1 } }, 'Unknown parameter "m" of town.'],
])("%j is refused", (options, message) => {
  const economy = defineEconomy({ ...town, populations: { people }, phases: () => ({}) });
  expect(() => createSimulation(economy, options)).toThrow(message);
});

test("a population may be empty where its size is a parameter with min 0: its phases run over nobody", () => {
  const ran: number[] = [];
  const economy = defineEconomy({
    ...town,
    params: { n: param(0, { integer: true, min: 0 }) },
    world: { money: f64() },
    populations: { people },
    phases: ({ each, total }) => ({
      work: each("people", { doc: "all" }, (_k, from, to) => {
        ran.push(to - from);
      }),
      add: total("people", { doc: "of nobody" }, { money: (k, i) => k.x[i] }),
    }),
  });
  const simulation = createSimulation(economy, { numWorlds: 2 });
  fresh(simulation, 2);
  expect(simulation.sizes).toEqual({ people: 0 });
  expect(column(simulation, "world.money")).toEqual([0, 0]);
  expect(ran.every((rows) => rows === 0)).toBe(true);
});

test("worlds are views: what is written through one is in the columns", () => {
  const economy = defineEconomy({ ...town, world: { money: f64() }, populations: { people }, phases: () => ({}) });
  const simulation = createSimulation(economy, { numWorlds: 2 });
  simulation.worlds[1].money = 3;
  ((simulation.worlds[1].people as AnyRows).x as Float64Array)[4] = 9;
  expect(column(simulation, "world.money")).toEqual([0, 3]);
  expect(column(simulation, "people.x")[14]).toBe(9);
});
