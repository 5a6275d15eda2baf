// Segregation: residents of two types live in the cells of a torus, and who has too few neighbours of its own type moves to a random empty cell.
// Schelling 1971, "Dynamic models of segregation", Journal of Mathematical Sociology 1, 143; with moves to random cells, as agent-based libraries play it.
//
//   happy:  like ≥ wantedCount  and  like/neighbours ≥ wantedShare;  without neighbours: only where both are 0
//
// The unhappy move one after another in a random order, each into a cell that is empty then; happiness is assessed once all have moved. Theory in
// theory/schelling.ts. Left out: moves to the nearest cell that satisfies, costs of moving, rents.
import { defineEconomy, derived, f64, i32, param, population, u8, unknown } from "walras";
import { firstHappiness, likeShare } from "./theory/schelling.ts";

interface Residents {
  readonly type: Uint8Array;
  readonly cell: Int32Array;
  readonly happy: Uint8Array;
  readonly near: Int32Array;
  readonly like: Int32Array;
  readonly share: Float64Array;
  readonly settled: Uint8Array;
}

const POLL = { happiness: "happy", shares: "share", settled: "settled" } as const;

export const schelling = defineEconomy({
  name: "schelling",
  source: "Schelling (1971), Journal of Mathematical Sociology 1, 143",
  summary: "Residents move away from unlike neighbours; mild wishes segregate a town.",
  params: {
    width: param(50, { unit: "cells", min: 3, max: 10_000, integer: true }),
    height: param(50, { unit: "cells", min: 3, max: 10_000, integer: true }),
    density: param(0.8, { unit: "residents/cell", min: 0, max: 1, exclusive: true }),
    residents: param(derived, {
      symbol: "N",
      unit: "residents",
      min: 2,
      max: 1e8,
      integer: true,
      doc: "default: of that density, with a cell left",
    }),
    minority: param(0.5, { min: 0, max: 1, doc: "share of residents of the second type" }),
    wantedShare: param(0.4, { min: 0, max: 1, doc: "least share of neighbours of the own type" }),
    wantedCount: param(0, { unit: "residents", min: 0, max: 440, integer: true, doc: "least number of them" }),
    radius: param(1, {
      symbol: "r",
      unit: "cells",
      min: 1,
      max: 10,
      integer: true,
      doc: "neighbours are up to so far",
    }),
    horizon: param(100, { symbol: "T", unit: "periods", min: 1, max: 1e9, integer: true }),
  },
  derive: {
    residents: (p) => Math.max(2, Math.min(p.width * p.height - 1, Math.round(p.density * p.width * p.height))),
  },
  horizon: "horizon",
  world: {
    happiness: f64({ unit: "residents", doc: "number of happy residents" }),
    shares: f64({ doc: "Σ of shares of like neighbours" }),
    settled: f64({ unit: "residents", doc: "residents who have neighbours" }),
    moves: f64({ unit: "residents", doc: "moves of this period" }),
    firstHappy: f64({ doc: "share of residents happy where they were put" }),
    firstSimilar: f64({ doc: "mean share of like neighbours where residents were put" }),
  },
  populations: {
    streets: population({
      size: "height",
      state: {
        dweller: u8({ each: "width", doc: "of each cell: 0 empty, 1 or 2 the type of who lives there" }),
        vacant: i32({ each: "width", doc: "the empty cells come first, in any order" }),
        along: i32({
          each: "width",
          doc: "residents up to r cells along the street: of type 1, and 2¹⁶ times those of type 2",
        }),
      },
    }),
    residents: population({
      size: "residents",
      state: {
        type: u8({ doc: "1 or 2" }),
        cell: i32({ doc: "where it lives" }),
        happy: u8({ doc: "1: stays" }),
        near: i32({ unit: "residents", doc: "neighbours" }),
        like: i32({ unit: "residents", doc: "neighbours of its type" }),
        share: f64({ doc: "of neighbours that are like it; 0 without neighbours" }),
        settled: u8({ doc: "1: has neighbours" }),
      },
    }),
  },
  start: ({ each, total, world }) => ({
    settle: world({ doc: "everybody in a cell of its own, at random" }, ({ streets, residents }, p, draw) => {
      const [cells, N] = [p.width * p.height, residents.size];
      refuse(p);
      const order = draw.shuffle("cells", cells);
      const second = Math.round(p.minority * N);
      streets.dweller.fill(0);
      for (let i = 0; i < N; i++) {
        residents.type[i] = i < second ? 2 : 1;
        residents.cell[i] = order[i];
        streets.dweller[order[i]] = residents.type[i];
      }
      streets.vacant.set(order.subarray(N));
    }),
    count: each("streets", { doc: "residents of each type along the streets" }, count),
    assess: each("residents", { doc: "who is happy where it is" }, assess),
    poll: total("residents", { doc: "of everybody" }, POLL),
    first: world({ doc: "before anybody moves", writes: "scalars" }, (w) => {
      w.firstHappy = w.happiness / w.residents.size;
      w.firstSimilar = w.settled > 0 ? w.shares / w.settled : 0;
    }),
  }),
  phases: ({ each, total, world }) => ({
    move: world({ doc: "the unhappy, in random order, each into a random empty cell" }, (w, p, draw) => {
      const { vacant, dweller } = w.streets;
      const { cell, type, happy, size } = w.residents;
      const order = draw.shuffle("order", size - w.happiness);
      const empty = draw.sequence.integer("empty", p.width * p.height - size);
      const movers = w.residents.near; // assessed anew below: until then it lists those who move
      let count = 0;
      for (let i = 0; i < size; i++) if (happy[i] === 0) movers[count++] = i;
      for (let k = 0; k < count; k++) {
        const i = movers[order[k]];
        const e = empty();
        const [from, to] = [cell[i], vacant[e]];
        dweller[from] = 0;
        dweller[to] = type[i];
        cell[i] = to;
        vacant[e] = from;
      }
      w.moves = count;
    }),
    count: each("streets", { doc: "residents of each type along the streets" }, count),
    assess: each("residents", { doc: "who is happy where it is" }, assess),
    poll: total("residents", { doc: "of everybody" }, POLL),
  }),
  metrics: {
    similar: {
      unit: "1",
      doc: "mean share of like neighbours, of residents who have neighbours",
      of: (w) => (w.settled > 0 ? w.shares / w.settled : 0),
    },
    happy: { unit: "1", doc: "share of residents who stay", of: (w) => w.happiness / w.residents.size },
    moves: { unit: "residents", doc: "moves of the last period", of: (w) => w.moves },
    firstSimilar: { unit: "1", doc: "share of like neighbours before anybody moved", of: (w) => w.firstSimilar },
    firstHappy: { unit: "1", doc: "share happy before anybody moved", of: (w) => w.firstHappy },
  },
  identities: {
    cells: {
      doc: "residents who do not live in a cell of their own that knows their type, plus occupied cells less residents",
      tolerance: 0,
      of({ streets: { dweller }, residents: { cell, type, size } }) {
        let off = -size;
        for (const t of dweller) if (t > 0) off++;
        for (let i = 0; i < size; i++) if (dweller[cell[i]] !== type[i]) off++;
        return off;
      },
    },
  },
  truth(p) {
    const impossible = crowded(p);
    if (impossible !== null) return { firstSimilar: unknown(impossible), firstHappy: unknown(impossible) };
    const second = Math.round(p.minority * p.residents);
    const town = { cells: p.width * p.height, types: [p.residents - second, second] as const };
    return { firstSimilar: likeShare(town.types), firstHappy: firstHappiness({ ...p, ...town }) };
  },
  truthDocs: {
    firstSimilar: "expected where residents are put at random; those without neighbours apart",
    firstHappy: "expected share of residents who are happy where they are put",
  },
  figures: [
    {
      title: "Neighbours of one's own type",
      metric: "similar",
      theory: "firstSimilar",
      theoryLabel: "of a random town",
      caption: "Mean share of neighbours of the own type; dashed: expected where residents are put at random.",
    },
    { title: "Who is happy", metric: "happy", caption: "Share of residents who stay where they are." },
  ],
});

export default schelling;

interface Wishes {
  readonly width: number;
  readonly height: number;
  readonly radius: number;
  readonly residents: number;
  readonly wantedShare: number;
  readonly wantedCount: number;
}

/** Why there is no such town; null: there is. */
function crowded({ width, height, residents, radius }: Wishes): string | null {
  if (residents >= width * height) return `${residents} residents leave none of ${width * height} cells empty`;
  if (2 * radius >= Math.min(width, height))
    return `a neighbourhood of ${2 * radius + 1} cells meets itself in a town of ${width} × ${height}`;
  return null;
}

function refuse(p: Wishes): void {
  const impossible = crowded(p);
  if (impossible !== null)
    throw new Error(`schelling: ${impossible}. Set residents below width × height, and 2 × radius below both.`);
}

/** Neighbourhoods are 2 r + 1 streets deep, and on each as many cells long: counts along streets are sums that move by a cell. */
function count(
  { dweller, along }: { readonly dweller: Readonly<Uint8Array>; readonly along: Int32Array },
  from: number,
  to: number,
  _w: unknown,
  { width, radius: r }: Wishes,
): void {
  const counted = (cell: number): number => (dweller[cell] & 1) + ((dweller[cell] >> 1) << 16);
  for (let y = from; y < to; y++) {
    const first = y * width;
    let sum = 0;
    for (let u = -r; u <= r; u++) sum += counted(first + (u < 0 ? u + width : u));
    let [gone, come] = [width - r, r];
    for (let x = 0; x < width; x++) {
      along[first + x] = sum;
      come = come + 1 === width ? 0 : come + 1;
      sum += counted(first + come) - counted(first + gone);
      gone = gone + 1 === width ? 0 : gone + 1;
    }
  }
}

function assess(
  { type, cell, happy, near, like, share, settled }: Residents,
  from: number,
  to: number,
  { streets: { along } }: { readonly streets: { readonly along: Readonly<Int32Array> } },
  { width, radius: r, wantedShare, wantedCount }: Wishes,
): void {
  const cells = along.length;
  const depth = 2 * r + 1;
  for (let i = from; i < to; i++) {
    let c = cell[i] - r * width;
    if (c < 0) c += cells;
    let sum = 0;
    for (let v = 0; v < depth; v++) {
      sum += along[c];
      c += width;
      if (c >= cells) c -= cells;
    }
    const alike = ((sum >> (16 * (type[i] - 1))) & 0xffff) - 1; // without itself
    const all = (sum & 0xffff) + (sum >> 16) - 1;
    like[i] = alike;
    near[i] = all;
    const of = all > 0 ? alike / all : 0;
    share[i] = of;
    settled[i] = all > 0 ? 1 : 0;
    happy[i] = alike >= wantedCount && of >= wantedShare ? 1 : 0;
  }
}
