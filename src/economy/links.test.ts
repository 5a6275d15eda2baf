// Links: made by wirings, read along, summed over, rewired; and the same for any cut.
import { expect, test } from "vitest";
import { fresh } from "../../test/periods.ts";
import { param } from "../core/params.ts";
import { seedStream } from "../random/index.ts";
import { checkEconomy } from "./check.ts";
import { f64, i32, u8 } from "./columns.ts";
import { defineEconomy } from "./define.ts";
import { describeEconomy } from "./describe.ts";
import { createDraws } from "./draws.ts";
import { links } from "./links.ts";
import * as networks from "./networks.ts";
import type { Wiring } from "./phases/wire.ts";
import { type AnyRows, population } from "./population.ts";
import { createSimulation, type Simulation, type SimulationOptions } from "./simulation.ts";

const doc = "what happens";
const rest = { source: "none", summary: "", horizon: 4 } as const;

const village = defineEconomy({
  ...rest,
  name: "village",
  summary: "People hear their contacts, who change.",
  params: {
    n: param(60, { integer: true, min: 5, doc: "people" }),
    degree: param(6, { min: 0, doc: "contacts each" }),
    every: param(2, { integer: true, min: 1, doc: "periods" }),
  },
  world: { trust: f64({ unit: "1", doc: "0 to 1" }), links: f64({ unit: "links" }) },
  populations: {
    people: population({
      size: "n",
      state: {
        opinion: f64({ unit: "1", doc: "0 to 1" }),
        heard: f64({ unit: "1", doc: "0 to 1" }),
        trusted: f64({ unit: "1", doc: "0 to 1" }),
        trusting: f64({ unit: "1", doc: "0 to 1" }),
        contacts: f64({ unit: "people" }),
      },
    }),
    papers: population({
      size: 3,
      state: { line: f64({ unit: "1", initial: 2, doc: "0 to 1" }), readers: f64({ unit: "people" }) },
    }),
  },
  links: {
    contacts: links("people", {
      degree: "degree",
      doc: "who hears whom",
      state: {
        trust: f64({ initial: 1, unit: "1", doc: "weight" }),
        keeps: u8({ doc: "1: stays" }),
        age: i32({ unit: "periods" }),
      },
    }),
    subscriptions: links("people", { to: "papers", degree: 1 }),
  },
  start: ({ each, wire }) => ({
    think: each("people", { doc }, (k, from, to, _w, _p, draw) => {
      const u = draw.uniform("opinion");
      for (let i = from; i < to; i++) k.opinion[i] = u[i];
    }),
    meet: wire("contacts", { doc }, (p) =>
      networks.smallWorld({ neighbours: 2 * Math.floor(p.degree / 2), rewiring: 0.3 }),
    ),
    subscribe: wire("subscriptions", { doc }, () => networks.picks({ degree: 1 })),
  }),
  phases: ({ each, total, wire }) => ({
    listen: each("people", { doc, along: "contacts", reads: ["opinion"] }, (k, from, to, w, _p, _draw, other) => {
      const { start, target, trust } = w.contacts;
      for (let i = from; i < to; i++) {
        let sum = 0;
        let weights = 0;
        for (let l = start[i]; l < start[i + 1]; l++) {
          sum += trust[l] * other.opinion[target[l]];
          weights += trust[l];
        }
        k.heard[i] = k.opinion[i];
        if (weights > 0) k.opinion[i] = 0.5 * k.opinion[i] + (0.5 * sum) / weights;
      }
    }),
    read: each("people", { doc, along: "subscriptions", reads: ["line"] }, (k, from, to, w, _p, _draw, other) => {
      const { start, target } = w.subscriptions;
      for (let i = from; i < to; i++)
        for (let l = start[i]; l < start[i + 1]; l++) k.opinion[i] += 0.01 * (other.line[target[l]] - k.opinion[i]);
    }),
    judge: each("contacts", { doc }, (k, from, to, { people: { opinion } }, _p, draw) => {
      const u = draw.uniform("break");
      for (let l = from; l < to; l++) {
        k.trust[l] = 1 / (1 + Math.abs(opinion[k.source[l]] - opinion[k.target[l]]));
        k.age[l]++;
        k.keeps[l] = u[l] < 0.8 ? 1 : 0;
      }
    }),
    sum: total("contacts", { doc }, { trust: "trust", links: () => 1 }),
    receive: total("contacts", { doc, by: "target" }, { trusted: "trust" }),
    give: total("contacts", { doc, by: "source" }, { trusting: "trust", contacts: () => 1 }),
    count: total("subscriptions", { doc, by: "target" }, { readers: () => 1 }),
    renew: wire("contacts", { doc, every: "every", keep: "keeps" }, (p, w) => (link, { sources }, draw) => {
      const other = draw.integer("other", sources);
      const lost = Math.floor(p.degree) * sources - w.contacts.keeps.reduce((a, b) => a + b, 0);
      for (let k = 0; k < Math.min(lost, 10); k++) link(other(), other());
    }),
  }),
});

function played(options: SimulationOptions = {}, periods = 6, economy: typeof village = village): Simulation {
  return fresh(createSimulation(economy, { grain: 8, ...options }), periods);
}
const values = (simulation: Simulation, name: string) => [...(simulation.columns[name] as Float64Array)];
const contacts = (simulation: Simulation, e = 0) =>
  simulation.worlds[e].contacts as AnyRows as unknown as Record<string, Int32Array> & { readonly size: number };

test("any cut gives the same bytes, with links read along, judged, summed, kept and made anew", () => {
  for (const n of [20, 61]) {
    const whole = played({ params: { n } });
    expect(contacts(whole).size).toBeGreaterThan(0);
    for (const pieces of [1, 2, 7])
      for (const backwards of [false, true]) {
        const cut = played({ params: { n }, cut: "rows", pieces, backwards });
        for (const name in whole.columns) expect([name, values(cut, name)]).toEqual([name, values(whole, name)]);
      }
    const two = played({ params: { n }, numWorlds: 2 });
    expect(values(two, "people.opinion").slice(0, n)).toEqual(values(whole, "people.opinion"));
    expect(values(two, "people.opinion").slice(n)).not.toEqual(values(whole, "people.opinion"));
    expect(values(played({ params: { n }, seed: 2 }), "contacts.target")).not.toEqual(values(whole, "contacts.target"));
  }
});

test("what is read along links is how it stood before the phase, and of another population as it is", () => {
  const simulation = createSimulation(village, { cut: "rows", pieces: 3, grain: 8, backwards: true });
  simulation.reset(0);
  const before = values(simulation, "people.opinion");
  const { start, target } = contacts(simulation);
  simulation.runPhase(0, 0);
  const after = values(simulation, "people.opinion");
  before.forEach((own, i) => {
    const heard = [...target.subarray(start[i], start[i + 1])].map((j) => before[j]);
    expect(after[i]).toBeCloseTo(0.5 * own + (0.5 * heard.reduce((a, b) => a + b)) / heard.length, 14);
  });
  simulation.runPhase(1, 0);
  values(simulation, "people.opinion").forEach((x, i) => {
    expect(x).toBeCloseTo(after[i] + 0.01 * (2 - after[i]), 14);
  });
});

test("totals by source and target are out- and in-strengths", () => {
  const simulation = played();
  for (let phase = 2; phase < 7; phase++) simulation.runPhase(phase, 0);
  const { source, target, trust, size } = contacts(simulation);
  expect(values(simulation, "world.links")).toEqual([size]);
  for (const [ends, column] of [
    [source, "people.trusting"],
    [target, "people.trusted"],
  ] as const) {
    const expected = new Array(60).fill(0);
    for (let l = 0; l < size; l++) expected[ends[l]] += trust[l];
    values(simulation, column).forEach((x, i) => {
      expect(x).toBeCloseTo(expected[i], 12);
    });
  }
  expect(values(simulation, "papers.readers").reduce((a, b) => a + b)).toBe(60);
});

test("rewiring keeps what is kept, in order, with its columns, and the new has initial values", () => {
  const simulation = played({}, 4);
  for (let phase = 2; phase < 7; phase++) simulation.runPhase(phase, 0);
  const copy = (): { source: number; target: number; age: number; keeps: number }[] => {
    const { source, target, age, keeps, size } = contacts(simulation);
    return Array.from({ length: size }, (_, l) => ({
      source: source[l],
      target: target[l],
      age: age[l],
      keeps: keeps[l],
    }));
  };
  const kept = copy().filter(({ keeps }) => keeps === 1);
  simulation.runPhase(7, 0);
  const now = copy();
  expect(now.filter(({ age }) => age > 0)).toEqual(kept);
  expect(now.filter(({ age }) => age === 0)).toHaveLength(10);
  expect(now.filter(({ age, keeps }) => age === 0 && keeps !== 0)).toEqual([]);
  expect(now.map(({ source }) => source)).toEqual(now.map(({ source }) => source).sort((a, b) => a - b));
  const { start, source, size } = contacts(simulation);
  expect([start[0], start[60]]).toEqual([0, size]);
  for (let i = 0; i < 60; i++) for (let l = start[i]; l < start[i + 1]; l++) expect(source[l]).toBe(i);
  expect([...(simulation.columns["contacts.target"] as Int32Array).subarray(size)].every((j) => j === 0)).toBe(true);
  simulation.endPeriod(0);
  for (let phase = 2; phase < 7; phase++) simulation.runPhase(phase, 0);
  const before = copy();
  simulation.runPhase(7, 0); // in an odd period: not yet
  expect(copy()).toEqual(before);
});

test("ranks meet after a wiring whether it is due or not", () => {
  // One that skipped the meeting by its own look at the period would fall out of step with a leader who is already in the next.
  let met = 0;
  const team = { rank: 1, size: 2, barrier: () => void met++, exchange: () => void met++ };
  const simulation = createSimulation(village, { cut: "rows", team, grain: 8 });
  const meetings = [0, 1].map((period) => {
    simulation.period[0] = period;
    met = 0;
    simulation.runPhase(7, 0);
    return met;
  });
  expect(meetings).toEqual([1, 1]);
});

test("a reset wires anew, with draws of its own", () => {
  const simulation = played({}, 1);
  const first = values(simulation, "contacts.target");
  simulation.reset(0);
  expect(values(simulation, "contacts.target")).not.toEqual(first);
  expect(contacts(simulation).size).toBe(360);
  expect(contacts(simulation).trust.every((x) => x === 1)).toBe(true);
});

/** Ties as pairs, both ways. */
function wired(wiring: Wiring, sources: number, { targets = sources, same = true, seed = 1 } = {}): [number, number][] {
  const made: [number, number][] = [];
  const draws = createDraws("wired");
  draws.reseed(seedStream(seed));
  draws.at(0, 0, 0, 1);
  wiring((i, j) => made.push([i, j]), { sources, targets, same }, draws.world.sequence);
  return made;
}
const degrees = (made: readonly (readonly [number, number])[], n: number) => {
  const count = new Array<number>(n).fill(0);
  for (const [i] of made) count[i]++;
  return count;
};
const keys = (made: readonly (readonly [number, number])[]) => made.map(([i, j]) => `${i}-${j}`);

test.each([
  ["ring", networks.ring({ neighbours: 4 }), 50],
  ["small world", networks.smallWorld({ neighbours: 4, rewiring: 0.5 }), 50],
  ["small world, all moved", networks.smallWorld({ neighbours: 6, rewiring: 1 }), 7],
  ["random", networks.random({ degree: 5 }), 40],
  ["scale-free", networks.scaleFree({ ties: 3 }), 60],
  [
    "blocks",
    networks.blocks({
      block: Array.from({ length: 60 }, (_, i) => i % 2),
      probability: [
        [0.3, 0.1],
        [0.1, 1],
      ],
    }),
    60,
  ],
  ["complete", networks.complete(), 12],
  ["lattice", networks.lattice({ width: 3 }), 12],
  ["lattice with diagonals and edges", networks.lattice({ width: 4, diagonals: true, torus: false }), 12],
  ["spatial", networks.spatial({ x: [0, 1, 1.5, -3], y: [0, 0, 1, -3.5], radius: 1.2 }), 4],
] as const)("%s: every tie is there from both ends and once, and no row is tied to itself", (_name, wiring, n) => {
  const made = wired(wiring, n);
  const all = new Set(keys(made));
  expect(all.size).toBe(made.length);
  for (const [i, j] of made) expect([i !== j, all.has(`${j}-${i}`)]).toEqual([true, true]);
});

test("a ring has its nearest, a small world as many ties, moved at the rate that is set", () => {
  expect(
    wired(networks.ring({ neighbours: 2 }), 4)
      .map(String)
      .sort(),
  ).toEqual(["0,1", "1,0", "1,2", "2,1", "2,3", "3,2", "0,3", "3,0"].sort());
  const n = 3000;
  const ring = new Set(keys(wired(networks.ring({ neighbours: 8 }), n)));
  for (const rewiring of [0, 0.1, 1]) {
    const made = wired(networks.smallWorld({ neighbours: 8, rewiring }), n);
    expect(made).toHaveLength(8 * n);
    const moved = keys(made).filter((key) => !ring.has(key)).length / made.length;
    // 12 000 ties, each moved with probability β, and a moved one back on the ring with 8/n: four standard deviations
    expect(Math.abs(moved - rewiring)).toBeLessThan(4 * Math.sqrt((rewiring * (1 - rewiring)) / (4 * n)) + 8 / n);
    if (rewiring < 1) expect(Math.min(...degrees(made, n))).toBeGreaterThanOrEqual(4); // i keeps its end of i – i + d
  }
});

test("a complete network has every pair, a lattice those beside each other", () => {
  expect(wired(networks.complete(), 5)).toHaveLength(20);
  expect(wired(networks.complete(), 2, { targets: 3, same: false }).map(String)).toEqual([
    "0,0",
    "0,1",
    "0,2",
    "1,0",
    "1,1",
    "1,2",
  ]);
  // rows 0 1 2 3 / 4 5 6 7 / 8 9 10 11
  const around = (row: number, options: Omit<Parameters<typeof networks.lattice>[0], "width">) =>
    wired(networks.lattice({ width: 4, ...options }), 12).flatMap(([i, j]) => (i === row ? [j] : []));
  expect(around(5, {})).toEqual([1, 4, 6, 9]);
  expect(around(5, { diagonals: true })).toEqual([0, 1, 2, 4, 6, 8, 9, 10]);
  expect(around(3, {})).toEqual([11, 2, 0, 7]);
  expect(around(3, { torus: false })).toEqual([2, 7]);
  expect(around(3, { torus: false, diagonals: true })).toEqual([2, 6, 7]);
});

test("random networks have the degrees that are asked for", () => {
  const n = 4000;
  const made = wired(networks.random({ degree: 6 }), n);
  expect(made).toHaveLength(6 * n);
  const spread = degrees(made, n).reduce((sum, d) => sum + (d - 6) ** 2, 0) / n;
  expect(Math.abs(spread - 6)).toBeLessThan(4 * 6 * Math.sqrt(2 / n) + 0.05); // binomial degrees: variance ≈ mean
  const picked = wired(networks.picks({ degree: 3 }), 30);
  expect(degrees(picked, 30)).toEqual(new Array(30).fill(3));
  expect(new Set(keys(picked)).size).toBe(90);
  expect(picked.some(([i, j]) => i === j)).toBe(false);
  const papers = wired(networks.picks({ degree: 2 }), 30, { targets: 2, same: false });
  expect(papers.map(([, j]) => j).sort()).toEqual([...new Array(30).fill(0), ...new Array(30).fill(1)]);
  const square = wired(networks.picks({ degree: 3 }), 3, { targets: 3, same: false });
  expect(square).toHaveLength(9); // another population of the same size: row 0 may go to row 0
});

test("degrees of a scale-free network follow the law P(k) = 2m(m + 1)/(k(k + 1)(k + 2))", () => {
  // Dorogovtsev, Mendes & Samukhin 2000, Phys. Rev. Lett. 85, 4633
  const [n, m] = [20_000, 2];
  const count = degrees(wired(networks.scaleFree({ ties: m }), n), n);
  expect(count.reduce((a, b) => a + b)).toBe(m * (m + 1) + 2 * m * (n - m - 1));
  for (const k of [2, 3, 4, 6, 10]) {
    const law = (2 * m * (m + 1)) / (k * (k + 1) * (k + 2));
    const share = count.filter((d) => d === k).length / n;
    expect(Math.abs(share - law)).toBeLessThan(4 * Math.sqrt((law * (1 - law)) / n) + 2 / n);
  }
  expect(Math.max(...count)).toBeGreaterThan(100); // √n and more
});

test("blocks are tied with their probabilities, spaces within the radius, arrays as given", () => {
  const n = 600;
  const block = Array.from({ length: n }, (_, i) => (i < 200 ? 0 : 1));
  const probability = [
    [0.05, 0.01],
    [0.01, 0.02],
  ];
  const made = wired(networks.blocks({ block, probability }), n);
  const pairs = [
    [(200 * 199) / 2, 200 * 400],
    [0, (400 * 399) / 2],
  ];
  for (const [a, b] of [
    [0, 0],
    [0, 1],
    [1, 1],
  ]) {
    const ties = made.filter(([i, j]) => i < j && block[i] === a && block[j] === b).length;
    const [M, q] = [pairs[a][b], probability[a][b]];
    expect(Math.abs(ties - M * q)).toBeLessThan(4 * Math.sqrt(M * q * (1 - q)));
  }
  const full = wired(
    networks.blocks({
      block: [0, 0, 0, 1],
      probability: [
        [1, 0],
        [0, 1],
      ],
    }),
    4,
  );
  expect(keys(full).sort()).toEqual(["0-1", "0-2", "1-0", "1-2", "2-0", "2-1"]);

  const stream = seedStream(3).fork("places");
  const places = Array.from({ length: 2 }, (_, d) =>
    Float64Array.from({ length: 300 }, (_, i) => 4 * stream.uniformAt(d, 0, i) - 2),
  );
  const near = new Set(keys(wired(networks.spatial({ x: places[0], y: places[1], radius: 0.3 }), 300)));
  for (let i = 0; i < 300; i++)
    for (let j = 0; j < 300; j++) {
      const within = Math.hypot(places[0][i] - places[0][j], places[1][i] - places[1][j]) <= 0.3;
      expect(near.has(`${i}-${j}`)).toBe(i !== j && within);
    }
  expect(wired(networks.fromArrays({ source: [2, 0], target: [1, 2] }), 3)).toEqual([
    [2, 1],
    [0, 2],
  ]);
  expect(wired(networks.fromArrays({ source: [2], target: [1], mutual: true }), 3)).toEqual([
    [2, 1],
    [1, 2],
  ]);
});

test.each([
  [networks.ring({ neighbours: 3 }), "networks.ring: neighbours is 3, expected an even number from 2 to 9."],
  [networks.smallWorld({ neighbours: 2, rewiring: 2 }), "networks.smallWorld: rewiring is 2, expected 0 to 1."],
  [networks.random({ degree: 9 }), "networks.random: degree is 9, expected 0 to half the other rows, 4.5."],
  [networks.picks({ degree: 10 }), "networks.picks: degree is 10, expected an integer from 0 to 9."],
  [networks.scaleFree({ ties: 10 }), "networks.scaleFree: ties is 10, expected an integer from 1 to 9."],
  [networks.blocks({ block: [0], probability: [[1]] }), "networks.blocks: block has 1 values, expected 10."],
  [
    networks.blocks({ block: new Array(10).fill(1), probability: [[1]] }),
    "networks.blocks: block[0] is 1, expected 0 to 0.",
  ],
  [
    networks.blocks({
      block: new Array(10).fill(0),
      probability: [
        [1, 0],
        [1, 1],
      ],
    }),
    "networks.blocks: probability[0][1] is 0 and [1][0] 1, expected the same.",
  ],
  [
    networks.lattice({ width: 5 }),
    "networks.lattice: width is 5 for 10 rows, expected a divisor of the number of rows, width and height at least 3.",
  ],
  [networks.lattice({ width: 3, torus: false }), "networks.lattice: width is 3 for 10 rows"],
  [networks.spatial({ x: [], y: [], radius: 1 }), "networks.spatial: x has 0 and y 0 values, expected 10."],
  [networks.spatial({ x: new Array(10), y: new Array(10), radius: 0 }), "networks.spatial: radius is 0"],
])("wrong settings of a network are refused (%#)", (wiring, message) => {
  expect(() => wired(wiring, 10)).toThrow(message);
});

test("an undirected network between two populations is refused", () => {
  expect(() => wired(networks.ring({ neighbours: 2 }), 10, { same: false })).toThrow(
    "networks.ring: links lead to another population, expected links within one.",
  );
});

const street = { ...rest, name: "street", params: { degree: param(2) } } as const;
const people = population({ size: 3, state: { x: f64() } });
const wiredTo = (wiring: Wiring) => {
  const economy = defineEconomy({
    ...street,
    populations: { people },
    links: { ties: links("people", { degree: "degree" }) },
    phases: ({ wire }) => ({ tie: wire("ties", { doc }, () => wiring) }),
  });
  return (params = {}) => createSimulation(economy, { params }).runPhase(0, 0);
};

test.each([
  [(link: (i: number, j: number) => void) => link(0, 3), "links row 0 to row 3, expected rows 0 to 2 and 0 to 2."],
  [(link: (i: number, j: number) => void) => link(-1, 0), "links row -1 to row 0"],
  [(link: (i: number, j: number) => void) => link(0.5, 0), "links row 0.5 to row 0"],
])("a link to nowhere is refused (%#)", (wiring, message) => {
  expect(() => wiredTo(wiring)()).toThrow(`street: phase "tie" ${message}`);
});

test("more links than there is room for are refused, and a degree that is none", () => {
  const all: Wiring = (link) => {
    for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) link(i, j);
  };
  expect(() => wiredTo(all)({ degree: 3 })).not.toThrow();
  expect(() => wiredTo(all)({ degree: 2.5 })).toThrow(
    'street: phase "tie" makes more than the 8 links that there is room for in ties; raise their degree.',
  );
  expect(() => wiredTo(all)({ degree: 0 })).toThrow("street: the degree of ties is 0, expected a number above 0.");
});

test.each([
  [
    "links of a population that does not exist",
    () =>
      defineEconomy({
        ...street,
        populations: { people },
        links: { ties: links("folk", { degree: 1 }) },
        phases: () => ({}),
      }),
    'where links "ties" come from names "folk".',
  ],
  [
    "a column that every link has",
    () =>
      defineEconomy({
        ...street,
        populations: { people },
        links: { ties: links("people", { degree: 1, state: { target: f64() } }) },
        phases: () => ({}),
      }),
    'links "ties" declare a column "target", which every kind of link has.',
  ],
  [
    "reading without links or partner",
    () =>
      defineEconomy({
        ...street,
        populations: { people },
        phases: ({ each }) => ({ look: each("people", { doc, reads: ["x"] }, () => {}) }),
      }),
    'phase "look" reads columns but has no partner and no links; of everyone, declare of: "everyone".',
  ],
  [
    "going along links from elsewhere",
    () =>
      defineEconomy({
        ...street,
        populations: { people, dogs: people },
        links: { ties: links("people", { to: "dogs", degree: 1 }) },
        // @ts-expect-error ties come from people
        phases: ({ each }) => ({ look: each("dogs", { doc, along: "ties", reads: ["x"] }, () => {}) }),
      }),
    'phase "look" goes from dogs along ties, which come from people.',
  ],
  [
    "keeping by a column that is no flag",
    () =>
      defineEconomy({
        ...street,
        populations: { people },
        links: { ties: links("people", { degree: 1, state: { x: f64() } }) },
        // @ts-expect-error not a flag
        phases: ({ wire }) => ({ tie: wire("ties", { doc, keep: "x" }, () => () => {}) }),
      }),
    'phase "tie" keeps links by ties.x, which is no flag; declare it u8.',
  ],
  [
    "a decision of links",
    () =>
      defineEconomy({
        ...street,
        populations: { people },
        links: { ties: links("people", { degree: 1 }) },
        // @ts-expect-error links do not decide
        phases: ({ decide }) => ({ act: decide("ties", { doc }) }),
      }),
    'phase "act" names "ties".',
  ],
])("%s is refused", (_what, define, message) => {
  expect(define).toThrow(message);
});

test("a value of a link that is not finite names the link", () => {
  const economy = defineEconomy({
    ...street,
    populations: { people },
    links: { ties: links("people", { degree: 2, state: { strength: f64() } }) },
    start: ({ wire }) => ({ tie: wire("ties", { doc }, () => networks.ring({ neighbours: 2 })) }),
    phases: ({ each }) => ({
      spoil: each("ties", { doc }, (k, from, to) => {
        for (let l = from; l < to; l++) k.strength[l] = l === 4 ? Number.NaN : 0;
      }),
    }),
  });
  const simulation = createSimulation(economy);
  simulation.reset(0);
  expect(() => simulation.runPhase(0, 0)).toThrow(
    'Phase "spoil" produced NaN in ties.strength[4] (economy street, world 0, period 0).',
  );
});

test("links are described, documented and checked", () => {
  const text = describeEconomy(village);
  expect(text).toContain(
    "## Links contacts, from people to people (room for parameter degree, 6 per row of people on average)",
  );
  expect(text).toContain("| trust | f64 | 1 | 1 | weight |");
  expect(text).toContain("1. **listen** (each of people, reading opinion along contacts): what happens");
  expect(text).toContain("8. **renew** (links contacts, every every, besides those with keeps): what happens");
  expect(checkEconomy(village, { periods: 9 }).filter(({ pass }) => !pass)).toEqual([]);
});
