// Networks: who is linked to whom, for `wire` phases. Every draw is addressed by its place in a sequence, so a seed gives one network for any threads and cuts.
//
// Undirected networks hold each tie twice, once from either end. No row is linked to itself or twice to the same.
//
// N rows, M ties
import { createGrid } from "../math/grid.ts";
import { log } from "../math/log.ts";
import type { Wiring } from "./phases/wire.ts";

/** Each row linked to its `neighbours` nearest on a circle, half on either side: an even number, below the number of rows. */
export function ring({ neighbours }: { readonly neighbours: number }): Wiring {
  return (link, { sources: N, same }) => {
    sameRows("ring", same);
    nearest("ring", neighbours, N);
    for (let i = 0; i < N; i++)
      for (let d = 1; d <= neighbours / 2; d++) {
        link(i, (i + d) % N);
        link((i + d) % N, i);
      }
  };
}

/** Every row linked to every other, or to every row of another population. */
export function complete(): Wiring {
  return (link, { sources, targets, same }) => {
    for (let i = 0; i < sources; i++) for (let j = 0; j < targets; j++) if (!same || i !== j) link(i, j);
  };
}

/**
 * Rows on a rectangle `width` wide, row by row, linked to the four beside, above and below them; with `diagonals` to the eight around them.
 * Edges meet (a torus) unless `torus` is false. On a torus width and height are at least 3.
 */
export function lattice(options: {
  readonly width: number;
  readonly diagonals?: boolean;
  readonly torus?: boolean;
}): Wiring {
  const { width, diagonals = false, torus = true } = options;
  return (link, { sources: N, same }) => {
    sameRows("lattice", same);
    const height = N / width;
    const least = torus ? 3 : 1;
    if (!(Number.isInteger(width) && width >= least && Number.isInteger(height) && height >= least))
      throw new Error(
        `networks.lattice: width is ${width} for ${N} rows, expected a divisor of the number of rows, width and height at least ${least}.`,
      );
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        for (const [dx, dy] of AROUND) {
          if (!diagonals && dx * dy !== 0) continue;
          let [u, v] = [x + dx, y + dy];
          if (torus) [u, v] = [(u + width) % width, (v + height) % height];
          if (u >= 0 && u < width && v >= 0 && v < height) link(y * width + x, v * width + u);
        }
  };
}
const AROUND = [
  [-1, -1],
  [0, -1],
  [1, -1],
  [-1, 0],
  [1, 0],
  [-1, 1],
  [0, 1],
  [1, 1],
] as const;

/**
 * A ring in which each tie has its far end moved to a random row with probability `rewiring`. Watts & Strogatz 1998, Nature 393, 440.
 * `neighbours` is even and below the number of rows.
 */
export function smallWorld({
  neighbours,
  rewiring,
}: {
  readonly neighbours: number;
  readonly rewiring: number;
}): Wiring {
  return (link, { sources: N, same }, draw) => {
    sameRows("smallWorld", same);
    nearest("smallWorld", neighbours, N);
    share("smallWorld: rewiring", rewiring);
    const moved = draw.uniform("moved");
    const end = draw.integer("end", N);
    const ties = new Pairs(N, (N * neighbours) / 2);
    for (let d = 1; d <= neighbours / 2; d++) for (let i = 0; i < N; i++) ties.add(i, (i + d) % N);
    // Watts and Strogatz's order: all ties to the next row, then to the one after it, …
    for (let d = 1; d <= neighbours / 2; d++)
      for (let i = 0; i < N; i++) {
        if (moved() >= rewiring || ties.degree(i) === N - 1) continue;
        let j = end();
        while (j === i || ties.has(i, j)) j = end();
        ties.move(i, (i + d) % N, j);
      }
    ties.each((i, j) => {
      link(i, j);
      link(j, i);
    });
  };
}

/** A given number of ties between uniformly random pairs, so that rows have `degree` ties on average: G(N, M) of Erdős & Rényi 1959. At most half of all pairs. */
export function random({ degree }: { readonly degree: number }): Wiring {
  return (link, { sources: N, same }, draw) => {
    sameRows("random", same);
    const M = Math.round((N * degree) / 2);
    if (!(degree >= 0 && M <= (N * (N - 1)) / 4))
      throw new Error(`networks.random: degree is ${degree}, expected 0 to half the other rows, ${(N - 1) / 2}.`);
    const ends = draw.integer("ends", N);
    const ties = new Pairs(N, M);
    while (ties.size < M) {
      const [i, j] = [ends(), ends()];
      if (i !== j && ties.add(i, j)) {
        link(i, j);
        link(j, i);
      }
    }
  };
}

/** Each source row linked to `degree` different random rows, never to itself. Links lead one way, also to another population. */
export function picks({ degree }: { readonly degree: number }): Wiring {
  return (link, { sources, targets, same }, draw) => {
    const other = targets - (same ? 1 : 0);
    if (!(Number.isInteger(degree) && degree >= 0 && degree <= other))
      throw new Error(`networks.picks: degree is ${degree}, expected an integer from 0 to ${other}.`);
    const end = draw.integer("end", targets);
    const chosen = new Int32Array(degree);
    for (let i = 0; i < sources; i++)
      for (let k = 0; k < degree; ) {
        const j = end();
        if ((same && j === i) || chosen.subarray(0, k).includes(j)) continue;
        chosen[k++] = j;
        link(i, j);
      }
  };
}

/**
 * Newcomers tie themselves to `ties` different earlier rows, each chosen in proportion to the ties it has; the first `ties` + 1 are all tied to each other.
 * Degrees follow a power law with exponent 3. Barabási & Albert 1999, Science 286, 509.
 */
export function scaleFree({ ties: m }: { readonly ties: number }): Wiring {
  return (link, { sources: N, same }, draw) => {
    sameRows("scaleFree", same);
    if (!(Number.isInteger(m) && m >= 1 && m < N))
      throw new Error(`networks.scaleFree: ties is ${m}, expected an integer from 1 to ${N - 1}.`);
    const place = draw.uniform("place");
    const ends = new Int32Array(m * (m + 1) + 2 * m * (N - m - 1)); // every tie's two ends: a row as often as it has ties
    let filled = 0;
    const tie = (i: number, j: number): void => {
      link(i, j);
      link(j, i);
      ends[filled++] = i;
      ends[filled++] = j;
    };
    for (let i = 0; i <= m; i++) for (let j = 0; j < i; j++) tie(i, j);
    const chosen = new Int32Array(m);
    for (let i = m + 1; i < N; i++) {
      const before = filled;
      for (let k = 0; k < m; ) {
        const j = ends[Math.floor(place() * before)]!;
        if (!chosen.subarray(0, k).includes(j)) chosen[k++] = j;
      }
      for (const j of chosen) tie(i, j);
    }
  };
}

/**
 * Every pair of rows is tied with the probability of their blocks: within[a][b], symmetric. `block` has each row's block, 0, 1, …
 * Holland, Laskey & Leinhardt 1983, Social Networks 5, 109. The number of links is random: leave room.
 */
export function blocks(options: {
  readonly block: ArrayLike<number>;
  readonly probability: readonly (readonly number[])[];
}): Wiring {
  const { block, probability } = options;
  return (link, { sources: N, same }, draw) => {
    sameRows("blocks", same);
    if (block.length !== N) throw new Error(`networks.blocks: block has ${block.length} values, expected ${N}.`);
    const members = probability.map((): number[] => []);
    for (let i = 0; i < N; i++) {
      const rows = members[block[i]!];
      if (!rows)
        throw new Error(`networks.blocks: block[${i}] is ${block[i]}, expected 0 to ${probability.length - 1}.`);
      rows.push(i);
    }
    const skip = draw.uniform("skip");
    for (let a = 0; a < members.length; a++)
      for (let b = a; b < members.length; b++) {
        const q = probability[a]![b]!;
        share(`blocks: probability[${a}][${b}]`, q);
        if (probability[b]![a] !== q)
          throw new Error(
            `networks.blocks: probability[${a}][${b}] is ${q} and [${b}][${a}] ${probability[b]![a]}, expected the same.`,
          );
        if (q === 0) continue;
        const [rows, columns] = [members[a]!, members[b]!];
        // From tie to tie: the pairs passed over are geometrically distributed (Batagelj & Brandes 2005, Phys. Rev. E 71, 036113).
        const least = q === 1 ? 0 : 1 / log(1 - q);
        let r = 0;
        let c = a === b ? 0 : -1; // within a block: columns after the row
        for (;;) {
          c += 1 + (q === 1 ? 0 : Math.floor(log(1 - skip()) * least));
          while (r < rows.length && c >= columns.length) {
            c -= columns.length;
            r++;
            if (a === b) c += r + 1;
          }
          if (r >= rows.length) break;
          link(rows[r]!, columns[c]!);
          link(columns[c]!, rows[r]!);
        }
      }
  };
}

/** Rows within `radius` of each other are tied, each row's links in ascending order. The number of links depends on the places: leave room. */
export function spatial(options: {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** Above 0. */
  readonly radius: number;
}): Wiring {
  const { x, y, radius } = options;
  return (link, { sources: N, same }) => {
    sameRows("spatial", same);
    if (x.length !== N || y.length !== N)
      throw new Error(`networks.spatial: x has ${x.length} and y ${y.length} values, expected ${N}.`);
    if (!(radius > 0)) throw new Error(`networks.spatial: radius is ${radius}, expected a number above 0.`);
    for (const [axis, places] of [["x", x], ["y", y]] as const) // biome-ignore format: two axes
      for (let i = 0; i < N; i++)
        if (!Number.isFinite(places[i]))
          throw new Error(`networks.spatial: ${axis}[${i}] is ${places[i]}, expected a finite number.`);
    // Cells a little wider than the radius: rounding in their coordinates never hides a row a radius away.
    const grid = createGrid(N, 2, radius * (1 + 1e-6), (i, d) => (d === 0 ? x[i]! : y[i]!));
    const { cells, coordinates, start, points } = grid;
    const near = new Int32Array(N); // rows in a cell and the eight around it, ascending, and where they are
    const [nearX, nearY] = [new Float64Array(N), new Float64Array(N)];
    const offset = [0, 0];
    for (let c = 0; c < cells; c++) {
      const from = coordinates.subarray(2 * c, 2 * c + 2);
      let many = 0;
      for (let k = 0; k < 9; k++) {
        offset[0] = Math.floor(k / 3) - 1;
        offset[1] = (k % 3) - 1;
        const other = grid.at(from, offset);
        if (other >= 0) for (let at = start[other]!; at < start[other + 1]!; at++) near[many++] = points[at]!;
      }
      near.subarray(0, many).sort();
      for (let k = 0; k < many; k++) {
        nearX[k] = x[near[k]!]!;
        nearY[k] = y[near[k]!]!;
      }
      for (let at = start[c]!; at < start[c + 1]!; at++) {
        const i = points[at]!;
        const [u, v] = [x[i]!, y[i]!];
        for (let k = 0; k < many; k++) {
          const [dx, dy] = [u - nearX[k]!, v - nearY[k]!];
          if (dx * dx + dy * dy <= radius * radius && near[k] !== i) link(i, near[k]!);
        }
      }
    }
  };
}

/** The links given: from source[l] to target[l], one way; with `mutual` back again too. */
export function fromArrays(options: {
  readonly source: ArrayLike<number>;
  readonly target: ArrayLike<number>;
  readonly mutual?: boolean;
}): Wiring {
  const { source, target, mutual = false } = options;
  if (source.length !== target.length)
    throw new Error(`networks.fromArrays: ${source.length} sources and ${target.length} targets, expected as many.`);
  return (link) => {
    for (let l = 0; l < source.length; l++) {
      link(source[l]!, target[l]!);
      if (mutual) link(target[l]!, source[l]!);
    }
  };
}

/**
 * For a `wire` phase with `keep`: each link that does not stay is replaced by one from the same row to another random row, which its row is not linked to. Links
 * lead one way. A row that has no other row left gets none.
 */
export function replacements(before: {
  readonly start: ArrayLike<number>;
  readonly target: ArrayLike<number>;
  /** 1: the link stays. */
  readonly keep: ArrayLike<number>;
}): Wiring {
  const { start, target, keep } = before;
  return (link, { sources, targets, same }, draw) => {
    const end = draw.integer("end", targets);
    const taken = new Int32Array(targets).fill(-1); // the last row that is linked there
    for (let i = 0; i < sources; i++) {
      let free = targets - (same ? 1 : 0);
      let lost = 0;
      if (same) taken[i] = i;
      for (let l = start[i]!; l < start[i + 1]!; l++)
        if (keep[l] === 1) {
          taken[target[l]!] = i;
          free--;
        } else lost++;
      for (; lost > 0 && free > 0; lost--, free--) {
        let j = end();
        while (taken[j] === i) j = end();
        taken[j] = i;
        link(i, j);
      }
    }
  };
}

/** Unordered pairs of rows, each once, in the order in which they came: an open-addressing table over their numbers. */
class Pairs {
  readonly #rows: number;
  readonly #first: Int32Array;
  readonly #second: Int32Array;
  readonly #degree: Int32Array;
  /** 1 + the index of a pair, 0 where free, −1 where one was removed. */
  readonly #table: Int32Array;
  size = 0;

  constructor(rows: number, most: number) {
    this.#rows = rows;
    this.#first = new Int32Array(most);
    this.#second = new Int32Array(most);
    this.#degree = new Int32Array(rows);
    let slots = 16;
    while (slots < 4 * most) slots *= 2;
    this.#table = new Int32Array(slots);
  }

  degree(i: number): number {
    return this.#degree[i]!;
  }

  has(i: number, j: number): boolean {
    return this.#slot(i, j) >= 0;
  }

  /** Whether it was not there yet. */
  add(i: number, j: number): boolean {
    if (this.has(i, j)) return false;
    this.#put(this.size++, i, j);
    return true;
  }

  /** The pair i, j becomes i, k, which must not be there. */
  move(i: number, j: number, k: number): void {
    const slot = this.#slot(i, j);
    const index = this.#table[slot]! - 1;
    this.#table[slot] = -1;
    this.#degree[i]!--;
    this.#degree[j]!--;
    this.#put(index, i, k);
  }

  each(visit: (i: number, j: number) => void): void {
    for (let t = 0; t < this.size; t++) visit(this.#first[t]!, this.#second[t]!);
  }

  #put(index: number, i: number, j: number): void {
    this.#first[index] = i;
    this.#second[index] = j;
    this.#degree[i]!++;
    this.#degree[j]!++;
    const mask = this.#table.length - 1;
    let at = this.#hash(i, j) & mask;
    while (this.#table[at]! > 0) at = (at + 1) & mask;
    this.#table[at] = index + 1;
  }

  #slot(i: number, j: number): number {
    const mask = this.#table.length - 1;
    for (let at = this.#hash(i, j) & mask; this.#table[at] !== 0; at = (at + 1) & mask) {
      const index = this.#table[at]! - 1;
      if (index < 0) continue;
      const [a, b] = [this.#first[index], this.#second[index]];
      if ((a === i && b === j) || (a === j && b === i)) return at;
    }
    return -1;
  }

  #hash(i: number, j: number): number {
    const [low, high] = i < j ? [i, j] : [j, i];
    let h = Math.imul(low + Math.imul(high, 0x9e3779b1), 0x85ebca6b) ^ this.#rows;
    h ^= h >>> 15;
    return Math.imul(h, 0xc2b2ae35) >>> 8;
  }
}

function sameRows(name: string, same: boolean): void {
  if (!same) throw new Error(`networks.${name}: links lead to another population, expected links within one.`);
}
function nearest(name: string, neighbours: number, N: number): void {
  if (!(Number.isInteger(neighbours) && neighbours >= 2 && neighbours % 2 === 0 && neighbours < N))
    throw new Error(`networks.${name}: neighbours is ${neighbours}, expected an even number from 2 to ${N - 1}.`);
}
function share(where: string, value: number): void {
  if (!(value >= 0 && value <= 1)) throw new Error(`networks.${where} is ${value}, expected 0 to 1.`);
}
