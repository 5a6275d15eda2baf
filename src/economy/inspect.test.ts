// Where a value that is not finite stands, and identities at the edge of their tolerance; links, draws and spaces of several worlds with inner axes.
import { expect, test } from "vitest";
import { rowCut } from "../core/cut.ts";
import { choice, param, resolveParams, text } from "../core/params.ts";
import { seedStream } from "../random/index.ts";
import { eventTime, f64, i32, index, u8 } from "./columns.ts";
import { defineEconomy } from "./define.ts";
import { createDraws } from "./draws.ts";
import { links } from "./links.ts";
import * as networks from "./networks.ts";
import { population } from "./population.ts";
import { createSimulation, type SimulationOptions } from "./simulation.ts";
import { discrete, grid, resolveSpace } from "./spaces.ts";

const doc = "what happens";
const bare = { name: "town", source: "none", summary: "", params: {}, horizon: 9 } as const;

test("each place of a column is looked at, of single values and of pairs, and the first is named", () => {
  for (const rows of [1, 2, 3, 4, 5, 8, 9])
    for (const bad of [Number.NaN, Infinity, -Infinity])
      for (let at = 0; at < 3 * rows; at++) {
        const economy = defineEconomy({
          ...bare,
          populations: { people: population({ size: rows, state: { a: f64(), pair: f64({ each: 2 }) } }) },
          phases: ({ world }) => ({
            spoil: world({ doc }, ({ people }) => {
              if (at < rows) people.a[at] = bad;
              else people.pair[at - rows] = bad;
            }),
          }),
        });
        const simulation = createSimulation(economy, { numWorlds: 2 });
        const place = at < rows ? `a[${at}]` : `pair[${Math.floor((at - rows) / 2)}, ${(at - rows) % 2}]`;
        expect(() => simulation.runPhase(0, 1)).toThrow(
          `Phase "spoil" produced ${bad} in people.${place} (economy town, world 1, period 0).`,
        );
      }
});

test("of rows that a rank does not have, nothing is said", () => {
  const economy = defineEconomy({
    ...bare,
    populations: { people: population({ size: 12, state: { a: f64({ each: 2 }) } }) },
    phases: ({ each }) => ({ look: each("people", { doc }, () => {}) }),
  });
  // rank 1 of 3: rows 4 to 7
  const simulation = createSimulation(economy, {
    cut: "rows",
    grain: 1,
    team: { rank: 1, size: 3, barrier() {}, exchange() {} },
  });
  const a = simulation.columns["people.a"] as Float64Array;
  for (let k = 0; k < 24; k++) {
    a.fill(0);
    a[k] = Number.NaN;
    const run = () => simulation.runPhase(0, 0);
    if (k < 8 || k >= 16) expect(run).not.toThrow();
    else expect(run).toThrow(`people.a[${Math.floor(k / 2)}, ${k % 2}]`);
  }
  a.fill(0);
  a[0] = a[9] = a[11] = Number.NaN;
  expect(() => simulation.runPhase(0, 0)).toThrow("people.a[4, 1]");
});

test("a scalar that is not finite is named, with its item", () => {
  for (const [which, place] of [
    [0, "rent"],
    [1, "prices[0]"],
    [2, "prices[1]"],
  ] as const) {
    const economy = defineEconomy({
      ...bare,
      world: { rent: f64(), prices: f64({ each: 2 }) },
      populations: { people: population({ size: 1, state: {} }) },
      phases: ({ world }) => ({
        spoil: world({ doc }, (w) => {
          if (which === 0) w.rent = Number.NaN;
          else w.prices[which - 1] = Number.NaN;
        }),
      }),
    });
    expect(() => createSimulation(economy).runPhase(0, 0)).toThrow(`produced NaN in world.${place} (`);
  }
});

test("an identity may be off by its tolerance, and by nothing that is no number", () => {
  const off = (value: unknown, tolerance?: number) => {
    const economy = defineEconomy({
      ...bare,
      populations: { people: population({ size: 1, state: {} }) },
      phases: ({ world }) => ({ act: world({ doc }, () => {}) }),
      identities: { kept: { doc, of: () => value as number, ...(tolerance === undefined ? {} : { tolerance }) } },
    });
    const simulation = createSimulation(economy, { checkIdentities: true, numWorlds: 2 });
    simulation.endPeriod(1);
    return () => simulation.runPhase(0, 1);
  };
  for (const sign of [1, -1]) {
    if (sign === 1) for (const value of [0, 1e-9, -1e-9]) expect(() => off(value)()).not.toThrow();
    expect(() => off(sign * 0.5, 0.5)()).not.toThrow();
    expect(() => off(sign * 0.5, 0.499)()).toThrow('Identity "kept" of town is off by');
  }
  const failing = (value: unknown) => {
    const economy = defineEconomy({
      ...bare,
      populations: { people: population({ size: 1, state: {} }) },
      phases: ({ world }) => ({ act: world({ doc }, () => {}) }),
      identities: { kept: { doc, of: ({ period }) => (period === 1 ? value : 0) as number } },
    });
    const simulation = createSimulation(economy, { checkIdentities: true, numWorlds: 2 });
    for (let t = 0; t < 3; t++) {
      simulation.period[1] = 0;
      simulation.endPeriod(1);
    }
    try {
      simulation.runPhase(0, 1);
    } catch (error) {
      return error;
    }
    return null;
  };
  for (const value of [1.1e-9, Number.NaN, "0", null])
    expect(failing(value)).toMatchObject({
      message: `Identity "kept" of town is off by ${value} after phase "act" (tolerance 1e-9, world 1, period 1).`,
      world: 1,
      tick: 3,
    });
});

test("seeds and purposes have draws of their own, and a simulation that is reseeded draws as one made with the seed", () => {
  const economy = defineEconomy({
    ...bare,
    world: { one: f64() },
    populations: { people: population({ size: 3, state: { x: f64(), k: i32() } }) },
    phases: ({ each, world }) => ({
      each: each("people", { doc }, (k, from, to, _w, _p, draw) => {
        const z = draw.normal("z");
        const n = draw.integers("n", 1000);
        for (let i = from; i < to; i++) {
          k.x[i] = z[i];
          k.k[i] = n[i];
        }
      }),
      whole: world({ doc }, (w, _p, draw) => {
        w.one = draw.uniform("z");
      }),
    }),
  });
  const drawn = (options: SimulationOptions = {}, reseed?: number) => {
    const simulation = createSimulation(economy, options);
    const play = () => {
      for (const p of [0, 1]) simulation.runPhase(p, 0);
      return [...(simulation.columns["people.x"] as Float64Array), simulation.columns["world.one"][0]];
    };
    const first = play();
    if (reseed === undefined) return first;
    simulation.reseed(reseed);
    return play();
  };
  const all = [{}, { seed: 2 }, { purpose: "play" }, { purpose: "eval" }, { seed: 2, purpose: "play" }].map((o) =>
    drawn(o),
  );
  expect(new Set(all.flat()).size).toBe(20);
  expect(drawn({ seed: 1 })).toEqual(all[0]);
  expect(drawn({}, 2)).toEqual(all[1]);
  expect(drawn({ seed: 2 }, 1)).toEqual(all[0]);
  // the address: seed, economy, phase, label; world 0, tick 0, row
  const stream = seedStream(1).fork("town").fork("each").fork("z");
  expect(all[0].slice(0, 3)).toEqual([0, 1, 2].map((i) => stream.normalAt(0, 0, i)));
  expect(all[0][3]).toBe(seedStream(1).fork("town").fork("whole").fork("z").uniformAt(0, 0, 0));
  expect(all[2][0]).toBe(seedStream(1).fork("purpose/play").fork("town").fork("each").fork("z").normalAt(0, 0, 0));
});

test("draws of a sequence count up, and scratch grows with the rows", () => {
  const of = (label: string) => seedStream(9).fork(label);
  const draws = createDraws("here");
  draws.reseed(seedStream(9));
  draws.at(2, 5, 0, 3);
  const [u, z, k] = [
    draws.world.sequence.uniform("u"),
    draws.world.sequence.normal("z"),
    draws.world.sequence.integer("k", 50),
  ];
  for (let n = 0; n < 4; n++)
    expect([u(), z(), k()]).toEqual([
      of("u").uniformAt(2, 5, n),
      of("z").normalAt(2, 5, n),
      of("k").integerAt(2, 5, n, 50),
    ]);
  for (const [from, to] of [
    [0, 2],
    [1, 6],
    [0, 4],
  ]) {
    draws.at(1, 7, from, to);
    const [reals, whole, normals] = [draws.rows.uniform("r"), draws.rows.integers("i", 9), draws.rows.normal("n")];
    for (let i = from; i < to; i++)
      expect([reals[i], whole[i], normals[i]]).toEqual([
        of("r").uniformAt(1, 7, i),
        of("i").integerAt(1, 7, i, 9),
        of("n").normalAt(1, 7, i),
      ]);
  }
  draws.reseed(seedStream(10));
  draws.at(1, 7, 0, 1);
  expect(draws.rows.uniform("r")[0]).toBe(seedStream(10).fork("r").uniformAt(1, 7, 0));
});

test("links of two worlds keep their columns apart, pairs and indices too", () => {
  const economy = defineEconomy({
    ...bare,
    populations: {
      people: population({ size: 3, state: {} }),
      shops: population({ size: 2, state: { sum: f64(), pairs: f64({ each: 2 }) } }),
    },
    links: {
      ties: links("people", {
        degree: 3,
        state: { pair: f64({ each: 2, initial: 5 }), keeps: u8(), made: i32({ initial: -7 }), via: index("shops") },
      }),
    },
    phases: ({ wire, total }) => ({
      tie: wire("ties", { doc, keep: "keeps" }, (_p, w) => (link) => {
        link(2, 0);
        if (w.period === 0)
          for (const [i, j] of [[0, 1], [0, 2], [1, 2]]) link(i, j); // biome-ignore format: four links
        else link(0, 0);
      }),
      sum: total("ties", { doc, by: "via" }, { sum: () => 1, pairs: "pair" }),
    }),
  });
  const simulation = createSimulation(economy, { numWorlds: 3 });
  const ties = (e: number) => simulation.worlds[e]["ties"] as { readonly size: number } & Record<string, Int32Array>;
  const seen = (e: number) => {
    const { size, start, source, target, pair, keeps, made, via } = ties(e);
    return {
      size,
      start: [...start],
      source: [...source],
      target: [...target],
      pair: [...pair],
      keeps: [...keeps],
      made: [...made],
      via: [...via],
    };
  };
  for (const e of [0, 1, 2]) simulation.reset(e);
  const empty = seen(0);
  simulation.runPhase(0, 1);
  const first = {
    size: 4,
    start: [0, 2, 3, 4],
    source: [0, 0, 1, 2],
    target: [1, 2, 2, 0],
    pair: new Array(8).fill(5),
    keeps: [0, 0, 0, 0],
    made: [-7, -7, -7, -7],
    via: [-1, -1, -1, -1],
  };
  expect(seen(1)).toEqual(first);
  expect([seen(0), seen(2)]).toEqual([empty, empty]);
  simulation.runPhase(0, 2);
  for (const e of [1, 2]) {
    ties(e).pair.set([0, 1, 2, 3, 4, 5, 6, 7].map((x) => x + 10 * e));
    ties(e).keeps.set(e === 1 ? [0, 1, 0, 1] : [1, 0, 0, 2]);
    ties(e).made.set([e, e + 1, e + 2, e + 3]);
    ties(e).via.set([0, 1, 1, 0]);
    simulation.runPhase(1, e);
    simulation.endPeriod(e);
  }
  const shops = (e: number) => simulation.worlds[e]["shops"] as unknown as { sum: Float64Array; pairs: Float64Array };
  expect([...shops(2).sum, ...shops(2).pairs]).toEqual([2, 2, 46, 48, 46, 48]);
  expect([...shops(1).pairs]).toEqual([26, 28, 26, 28]);
  simulation.runPhase(0, 2);
  expect(seen(1).pair).toEqual([10, 11, 12, 13, 14, 15, 16, 17]);
  expect(seen(2)).toEqual({
    size: 3,
    start: [0, 2, 2, 3],
    source: [0, 0, 2],
    target: [1, 0, 0],
    pair: [20, 21, 5, 5, 5, 5],
    keeps: [1, 0, 0],
    made: [2, -7, -7],
    via: [0, -1, -1],
  });
  simulation.runPhase(0, 1);
  expect(seen(1)).toEqual({
    size: 4,
    start: [0, 2, 2, 4],
    source: [0, 0, 2, 2],
    target: [2, 0, 0, 0],
    pair: [12, 13, 5, 5, 16, 17, 5, 5],
    keeps: [1, 0, 1, 0],
    made: [2, -7, 4, -7],
    via: [1, -1, 0, -1],
  });
  // beyond the links there are, columns are as they began
  expect([...simulation.columns["ties.source"].subarray(9 + 4, 18)]).toEqual([0, 0, 0, 0, 0]);
  expect([...simulation.columns["ties.target"].subarray(9 + 4, 18)]).toEqual([0, 0, 0, 0, 0]);
  expect([...simulation.columns["ties.pair"].subarray(18 + 8, 36)]).toEqual(new Array(10).fill(5));
  expect(Object.keys(ties(1))).toEqual(["source", "target", "pair", "keeps", "made", "via", "start", "size"]);
});

test("what one population sees along links of another is as it is, and of its own as it was", () => {
  const economy = defineEconomy({
    ...bare,
    populations: {
      people: population({ size: 2, state: { x: f64({ initial: 1 }), y: f64({ initial: 1 }), z: f64() } }),
      papers: population({ size: 2, state: { line: f64({ initial: 3 }) } }),
    },
    links: { ties: links("people", { degree: 1 }), reads: links("people", { to: "papers", degree: 1 }) },
    start: ({ wire }) => ({
      tie: wire("ties", { doc }, () => networks.fromArrays({ source: [0, 1], target: [1, 0] })),
      read: wire("reads", { doc }, () => (link, { same }) => {
        for (const i of [0, 1]) link(i, same ? 1 - i : i);
      }),
    }),
    phases: ({ each }) => ({
      kept: each(
        "people",
        { doc, along: "ties", reads: ["x", "y"], writes: ["x", "z"] },
        (k, from, to, w, _p, _d, other) => {
          expect(other.x).not.toBe(k.x); // a copy, since the phase writes it
          expect(other.y).toBe(k.y); // itself, since it does not
          expect("row" in other).toBe(false);
          for (let i = from; i < to; i++) {
            k.x[i] += i + 1;
            k.z[i] = other.x[w.ties.target[w.ties.start[i]]];
          }
        },
      ),
      seen: each("people", { doc, along: "reads", reads: ["line"] }, (k, from, to, w, _p, _d, other) => {
        expect(other.line).toBe(w.papers.line);
        for (let i = from; i < to; i++) k.z[i] += other.line[w.reads.target[w.reads.start[i]]];
      }),
    }),
  });
  const simulation = createSimulation(economy, { numWorlds: 2 });
  simulation.reset(1);
  simulation.runPhase(0, 1);
  expect([...simulation.columns["people.z"]]).toEqual([0, 0, 1, 1]);
  expect([...simulation.columns["people.x"]]).toEqual([0, 0, 2, 3]);
  simulation.runPhase(1, 1);
  expect([...simulation.columns["people.z"]]).toEqual([0, 0, 4, 4]);
});

test("pieces of rows follow each other on multiples of the block, and the last ends with the rows", () => {
  expect([0, 1, 2].map((k) => rowCut(10, 3, k, 2))).toEqual([[0, 2], [2, 6], [6, 10]]); // biome-ignore format: three pieces
  expect([0, 1].map((k) => rowCut(7, 2, k, 4))).toEqual([[0, 4], [4, 7]]); // biome-ignore format: two pieces
  expect([0, 1, 2, 3].map((k) => rowCut(3, 4, k, 1))).toEqual([[0, 0], [0, 1], [1, 2], [2, 3]]); // biome-ignore format: four pieces
  expect([0, 1].map((k) => rowCut(5000, 2, k))).toEqual([[0, 4096], [4096, 5000]]); // biome-ignore format: two pieces
});

test("a parameter that is a name takes any text, a number no blank one", () => {
  const town = { name: "town", params: { column: text("", doc), fee: param(1), rule: choice("a", ["a", "b"]) } };
  expect(resolveParams(town, { column: "price" })).toEqual({ column: "price", fee: 1, rule: "a" });
  expect(() => resolveParams(town, { column: 3 })).toThrow("town.column: got 3, expected a name.");
  for (const fee of ["", " ", "1x"])
    expect(() => resolveParams(town, { fee })).toThrow(`got "${fee}", expected a number.`);
  expect(resolveParams(town, { fee: " 2 " })["fee"]).toBe(2);
  expect(() => resolveParams(town, { fee: [2] })).toThrow("got [2], expected a number.");
  expect(() => resolveParams(town, { rule: ["a"] })).toThrow('got ["a"], expected a or b.');
  const many = (n: number) => ({
    name: "town",
    params: Object.fromEntries(Array.from({ length: n }, (_, i) => [`p${i}`, param(1)])),
  });
  expect(() => resolveParams(many(8), { fee: 1 })).toThrow("Its parameters: p0, p1, p2, p3, p4, p5, p6, p7.");
  expect(() => resolveParams(many(9), { fee: 1 })).toThrow("walras describe lists its 9 parameters.");
});

test("a code goes from 0 to one less than the count, one alone too; a spacing that is none is refused", () => {
  expect(resolveSpace("here", discrete(4), {})).toMatchObject({ low: 0, high: 3, count: 4 });
  expect(resolveSpace("here", discrete(1), {})).toMatchObject({ low: 0, high: 0, count: 1 });
  expect(resolveSpace("here", grid(0, 1, 2), {}).values).toEqual(Float64Array.of(0, 1));
  expect(discrete(2, { unit: "u", doc: "d", each: 3 })).toMatchObject({ unit: "u", doc: "d", each: 3 });
  expect(() => resolveSpace("here", grid(1, 2, 3, { spacing: "s" }), { s: "cubic" })).toThrow(
    'here: spacing is "cubic", expected "linear" or "log".',
  );
  expect([...resolveSpace("here", grid(1, 4, 3, { spacing: "s" }), { s: "log" }).values]).toEqual([
    1,
    expect.closeTo(2, 14),
    4,
  ]);
});

test("the time of an event may be Infinity, which is never, and nothing else that is not finite", () => {
  for (const bad of [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN])
    for (const place of ["people.due[1]", "world.next", "people.x[2]", "world.rent"]) {
      const economy = defineEconomy({
        ...bare,
        world: { next: eventTime(), rent: f64() },
        populations: { people: population({ size: 4, state: { due: eventTime(), x: f64() } }) },
        phases: ({ world }) => ({
          spoil: world({ doc }, (w) => {
            w.next = place === "world.next" ? bad : 1;
            w.rent = place === "world.rent" ? bad : 1;
            w.people.due[1] = place === "people.due[1]" ? bad : 1;
            w.people.x[2] = place === "people.x[2]" ? bad : 1;
          }),
        }),
      });
      const run = () => createSimulation(economy).runPhase(0, 0);
      if (bad === Number.POSITIVE_INFINITY && /due|next/.test(place)) expect(run).not.toThrow();
      else expect(run).toThrow(`produced ${bad} in ${place} (`);
    }
});
