// Networks against plain versions of the same algorithms, which spend the same draws; and the edges of what is refused.
import { expect, test } from "vitest";
import { log } from "../math/log.ts";
import { seedStream } from "../random/index.ts";
import { createDraws } from "./draws.ts";
import * as networks from "./networks.ts";
import type { Wiring } from "./phases/wire.ts";

type Pair = [number, number];
interface Rows {
  readonly targets?: number;
  readonly same?: boolean;
  readonly seed?: number;
}

function wired(wiring: Wiring, sources: number, { targets = sources, same = true, seed = 1 }: Rows = {}): Pair[] {
  const made: Pair[] = [];
  const draws = createDraws("wired");
  draws.reseed(seedStream(seed));
  draws.at(0, 0, 0, 1);
  wiring((i, j) => made.push([i, j]), { sources, targets, same }, draws.world.sequence);
  return made;
}
const both = (ties: readonly Pair[]): Pair[] =>
  ties.flatMap(([i, j]): Pair[] => [
    [i, j],
    [j, i],
  ]);
const tied = (ties: readonly Pair[], i: number, j: number): boolean =>
  ties.some(([a, b]) => (a === i && b === j) || (a === j && b === i));

/** Watts & Strogatz's algorithm over a list of ties. */
const smallWorld =
  (neighbours: number, rewiring: number): Wiring =>
  (link, { sources: N }, draw) => {
    const [moved, end] = [draw.uniform("moved"), draw.integer("end", N)];
    const ties: Pair[] = [];
    for (let d = 1; d <= neighbours / 2; d++) for (let i = 0; i < N; i++) ties.push([i, (i + d) % N]);
    for (const tie of ties) {
      const i = tie[0];
      if (moved() >= rewiring || ties.filter(([a, b]) => a === i || b === i).length === N - 1) continue;
      let j = end();
      while (j === i || tied(ties, i, j)) j = end();
      tie[1] = j;
    }
    for (const [i, j] of both(ties)) link(i, j);
  };

test.each([
  [7, 4, 0.5],
  [9, 2, 1],
  [12, 6, 0.3],
  [40, 6, 1],
  [5, 4, 1], // complete: no tie can move
  [6, 4, 1], // one free place each
  [25, 4, 0],
])(
  "a small world of %i rows and %i neighbours, rewired at %d, has the ties of Watts and Strogatz's algorithm",
  (n, neighbours, rewiring) => {
    for (const seed of [1, 2, 3])
      expect(wired(networks.smallWorld({ neighbours, rewiring }), n, { seed })).toEqual(
        wired(smallWorld(neighbours, rewiring), n, { seed }),
      );
  },
);

test("random pairs are those drawn, without loops and repetitions", () => {
  const plain =
    (M: number): Wiring =>
    (link, { sources: N }, draw) => {
      const ends = draw.integer("ends", N);
      const ties: Pair[] = [];
      while (ties.length < M) {
        const [i, j] = [ends(), ends()];
        if (i !== j && !tied(ties, i, j)) ties.push([i, j]);
      }
      for (const [i, j] of both(ties)) link(i, j);
    };
  for (const [n, degree, M] of [
    [30, 4, 60],
    [9, 4, 18], // half of all pairs, the most
    [11, 1.9, 10], // 10.45 ties
    [5, 0, 0],
  ])
    expect(wired(networks.random({ degree }), n)).toEqual(wired(plain(M), n));
});

test("picks are the first different rows drawn, in the order drawn", () => {
  const plain =
    (degree: number): Wiring =>
    (link, { sources, targets, same }, draw) => {
      const end = draw.integer("end", targets);
      for (let i = 0; i < sources; i++) {
        const chosen = new Set<number>();
        while (chosen.size < degree) {
          const j = end();
          if (!(same && i === j)) chosen.add(j);
        }
        for (const j of chosen) link(i, j);
      }
    };
  for (const [n, degree, rows] of [
    [12, 3, {}],
    [5, 4, {}],
    [6, 0, {}],
    [4, 4, { targets: 4, same: false }],
    [6, 2, { targets: 3, same: false }],
  ] as const)
    expect(wired(networks.picks({ degree }), n, rows)).toEqual(wired(plain(degree), n, rows));
});

test("a newcomer to a scale-free network ties itself to the ends of earlier ties", () => {
  const plain =
    (m: number): Wiring =>
    (link, { sources: N }, draw) => {
      const place = draw.uniform("place");
      const ties: Pair[] = [];
      for (let i = 0; i <= m; i++) for (let j = 0; j < i; j++) ties.push([i, j]);
      for (let i = m + 1; i < N; i++) {
        const ends = ties.flat();
        const chosen = new Set<number>();
        while (chosen.size < m) chosen.add(ends[Math.floor(place() * ends.length)]);
        for (const j of chosen) ties.push([i, j]);
      }
      for (const [i, j] of both(ties)) link(i, j);
    };
  for (const [n, ties] of [
    [40, 1],
    [40, 3],
    [5, 4], // complete
    [6, 4],
  ])
    expect(wired(networks.scaleFree({ ties }), n)).toEqual(wired(plain(ties), n));
});

test("pairs of blocks are passed over by geometric steps, pair after pair", () => {
  const plain =
    (block: readonly number[], probability: readonly (readonly number[])[]): Wiring =>
    (link, _rows, draw) => {
      const skip = draw.uniform("skip");
      const members = probability.map((_, a) => block.flatMap((b, i) => (a === b ? [i] : [])));
      for (let a = 0; a < members.length; a++)
        for (let b = a; b < members.length; b++) {
          const q = probability[a][b];
          if (q === 0) continue;
          const pairs = members[a].flatMap((i, r) => members[b].slice(a === b ? r + 1 : 0).map((j): Pair => [i, j]));
          const step = (): number => 1 + (q === 1 ? 0 : Math.floor(log(1 - skip()) * (1 / log(1 - q))));
          for (let at = step() - 1; at < pairs.length; at += step()) for (const [i, j] of both([pairs[at]])) link(i, j);
        }
    };
  for (const [block, probability] of [
    [Array.from({ length: 40 }, (_, i) => (i * 7) % 3), [[0.3, 0.1, 1], [0.1, 0, 0.05], [1, 0.05, 0.9]]], // biome-ignore format: a matrix
    [[0, 0, 2, 0, 0], [[0.5, 0.5, 0.5], [0.5, 0.5, 0.5], [0.5, 0.5, 1]]], // biome-ignore format: a matrix; block 1 is empty, block 2 has one row
    [[1, 1, 1, 1], [[1, 1], [1, 1]]], // biome-ignore format: a matrix
  ] as const)
    for (const seed of [1, 2])
      expect(wired(networks.blocks({ block, probability }), block.length, { seed })).toEqual(
        wired(plain(block, probability), block.length, { seed }),
      );
});

test("rows exactly a radius apart are tied, in cells of negative number too", () => {
  const ties = (x: readonly number[], y: readonly number[], radius: number) =>
    wired(networks.spatial({ x, y, radius }), x.length).map(String).sort();
  expect(ties([0, 0.5, 1.25], [0, 0, 0], 0.5)).toEqual(["0,1", "1,0"]);
  expect(ties([0, 0, 0], [0, -0.5, -1.25], 0.5)).toEqual(["0,1", "1,0"]);
  expect(ties([-0.75, 0.25], [-0.5, -0.5], 1)).toEqual(["0,1", "1,0"]);
  expect(ties([0, 3], [0, 4], 5)).toEqual(["0,1", "1,0"]);
  expect(ties([0, 3], [0, 4], 4.99)).toEqual([]);
  expect(ties([0, 9, 0, 9], [0, 0, 9, 9], 1)).toEqual([]);
  expect(ties([0.1, 0.2, 0.3], [0.1, 0.1, 0.1], 1)).toEqual(["0,1", "0,2", "1,0", "1,2", "2,0", "2,1"]);
});

test("a ring is linked distance after distance, from both ends", () => {
  expect(wired(networks.ring({ neighbours: 4 }), 5)).toEqual(
    both([0, 1, 2, 3, 4].flatMap((i): Pair[] => [[i, (i + 1) % 5], [i, (i + 2) % 5]])), // biome-ignore format: two ties of a row
  );
});

test("a lattice of one column or row has ends, and none without edges is narrower than three", () => {
  const line = [0, 1, 2, 3].map((i): Pair => [i, i + 1]);
  const sorted = (made: readonly Pair[]) => made.map(String).sort();
  for (const width of [1, 5])
    expect(sorted(wired(networks.lattice({ width, torus: false }), 5))).toEqual(sorted(both(line)));
  expect(wired(networks.lattice({ width: 3 }), 9)).toHaveLength(36);
  expect(wired(networks.lattice({ width: 3, diagonals: true }), 9)).toHaveLength(72);
  for (const [width, n] of [
    [2, 8],
    [4, 8], // two rows high
    [0, 8],
    [-4, 16],
    [2.5, 10],
    [3, 10],
  ])
    expect(() => wired(networks.lattice({ width }), n)).toThrow(`networks.lattice: width is ${width} for ${n} rows`);
  for (const width of [0, -1, 2.5, 4])
    expect(() => wired(networks.lattice({ width, torus: false }), 10)).toThrow("and height at least 1.");
});

test.each([
  ["ring", networks.ring({ neighbours: 2 })],
  ["lattice", networks.lattice({ width: 5 })],
  ["smallWorld", networks.smallWorld({ neighbours: 2, rewiring: 0 })],
  ["random", networks.random({ degree: 1 })],
  ["scaleFree", networks.scaleFree({ ties: 1 })],
  ["blocks", networks.blocks({ block: new Array(15).fill(0), probability: [[0]] })],
  ["spatial", networks.spatial({ x: new Array(15).fill(0), y: new Array(15).fill(0), radius: 1 })],
])("%s is refused between two populations", (name, wiring) => {
  expect(() => wired(wiring, 15, { same: false })).toThrow(`networks.${name}: links lead to another population`);
});

test("settings at the edge of what a network can have are taken, those beyond refused", () => {
  const ten = (wiring: Wiring) => () => wired(wiring, 10);
  for (const neighbours of [0, -2, 2.5, 5, 10, 12, Number.NaN]) {
    expect(ten(networks.ring({ neighbours }))).toThrow(
      `neighbours is ${neighbours}, expected an even number from 2 to 9`,
    );
    expect(ten(networks.smallWorld({ neighbours, rewiring: 0 }))).toThrow(`smallWorld: neighbours is ${neighbours}`);
  }
  expect(ten(networks.ring({ neighbours: 8 }))()).toHaveLength(80);
  for (const rewiring of [-0.1, 1.1, Number.NaN])
    expect(ten(networks.smallWorld({ neighbours: 2, rewiring }))).toThrow(`rewiring is ${rewiring}, expected 0 to 1.`);
  for (const degree of [-1, 4.7, Number.NaN]) // 4.6: 23 of 45 pairs, more than half
    expect(ten(networks.random({ degree }))).toThrow(`networks.random: degree is ${degree}`);
  for (const degree of [-1, 1.5, 10])
    expect(ten(networks.picks({ degree }))).toThrow(`degree is ${degree}, expected an integer from 0 to 9.`);
  expect(() => wired(networks.picks({ degree: 4 }), 10, { targets: 3, same: false })).toThrow(
    "an integer from 0 to 3.",
  );
  for (const ties of [0, -1, 1.5, 10])
    expect(ten(networks.scaleFree({ ties }))).toThrow(`ties is ${ties}, expected an integer from 1 to 9.`);
  for (const radius of [0, -1, Number.NaN])
    expect(ten(networks.spatial({ x: new Array(10), y: new Array(10), radius }))).toThrow(`radius is ${radius}`);
  const nine = new Array(9).fill(0);
  const whole = new Array(10).fill(0);
  expect(ten(networks.spatial({ x: whole, y: nine, radius: 1 }))).toThrow("x has 10 and y 9 values, expected 10.");
  expect(ten(networks.spatial({ x: nine, y: whole, radius: 1 }))).toThrow("x has 9 and y 10 values, expected 10.");
  expect(ten(networks.blocks({ block: whole, probability: [[1.5]] }))).toThrow(
    "probability[0][0] is 1.5, expected 0 to 1.",
  );
  expect(() => networks.fromArrays({ source: [0, 1], target: [1] })).toThrow(
    "2 sources and 1 targets, expected as many.",
  );
});

test("links that do not stay are replaced by others of their row, which lead where none of it does", () => {
  const before = {
    start: [0, 3, 3, 5, 8, 8, 8],
    target: [1, 2, 3, 0, 1, 0, 1, 2],
    keep: [1, 0, 0, 1, 1, 0, 0, 0],
  };
  for (let seed = 1; seed <= 20; seed++) {
    const made = wired(networks.replacements(before), 6, { seed });
    expect(made.map(([i]) => i)).toEqual([0, 0, 3, 3, 3]);
    const [ofFirst, ofFourth] = [made.slice(0, 2), made.slice(2)].map((ties) => new Set(ties.map(([, j]) => j)));
    expect([ofFirst.size, ofFourth.size]).toEqual([2, 3]);
    expect([ofFirst.has(0), ofFirst.has(1), ofFourth.has(3)]).toEqual([false, false, false]);
  }
  const full = { start: [0, 3, 3], target: [0, 1, 1], keep: [1, 0, 0] }; // two lost, one row left
  expect(wired(networks.replacements(full), 2, { targets: 2, same: false })).toEqual([[0, 1]]);
  expect(wired(networks.replacements({ ...full, start: [0, 1, 3], target: [1, 0, 0] }), 2)).toEqual([[1, 0]]);
});

test("links within a radius are ascending, on the borders of cells too", () => {
  const n = 150;
  const draws = createDraws("places");
  draws.reseed(seedStream(3));
  draws.at(0, 0, 0, n);
  // multiples of a tenth: many pairs exactly a radius apart, on the borders of cells
  const [x, y] = ["x", "y"].map((label) => Array.from(draws.rows.integers(label, 21), (k) => (k - 10) * 0.1));
  for (const radius of [0.1, 0.3, 0.7]) {
    const made = wired(networks.spatial({ x, y, radius }), n);
    const expected: Pair[] = [];
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++)
        if (i !== j && (x[i] - x[j]) * (x[i] - x[j]) + (y[i] - y[j]) * (y[i] - y[j]) <= radius * radius)
          expected.push([i, j]);
    expect(made.sort(([i], [j]) => i - j)).toEqual(expected); // a stable sort keeps each row's order
  }
  expect(() => wired(networks.spatial({ x: [0, Number.NaN], y: [0, 0], radius: 1 }), 2)).toThrow("x[1] is NaN");
});
