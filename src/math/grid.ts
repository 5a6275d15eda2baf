// Points in the cells of a cubic grid, for searches in their surroundings: only cells that hold a point exist, in an open-addressing table over their coordinates.
//
// N points, D dimensions, C cells

export interface Grid {
  /** C. */
  readonly cells: number;
  readonly dimensions: number;
  /** [C, D] ⌊x / side⌋ of a cell, cells in order of their first point. */
  readonly coordinates: Float64Array;
  /** [N] the cell of each point. */
  readonly cell: Int32Array;
  /** [C + 1] points of cell c are points[start[c]] … points[start[c + 1] − 1], ascending. */
  readonly start: Int32Array;
  /** [N] */
  readonly points: Int32Array;
  /** The cell at `coordinates` [D] shifted by `offset` [D], or −1 where no point lies. */
  at(coordinates: ArrayLike<number>, offset: ArrayLike<number>): number;
}

/** Sorts points into cells of a side. `coordinate(i, d)` is finite and below 2⁵² sides from 0. Time and memory grow with N·D. */
export function createGrid(
  points: number,
  dimensions: number,
  side: number,
  coordinate: (i: number, d: number) => number,
): Grid {
  const D = dimensions;
  let slots = 16;
  while (slots < 2 * points) slots *= 2;
  const table = new Int32Array(slots); // 1 + a cell, 0 where free
  const mask = slots - 1;
  let coordinates = new Float64Array(Math.min(points, 1024) * D);
  const key = new Float64Array(D);
  const cell = new Int32Array(points);
  let cells = 0;

  /** The slot of the cell with coordinates `key`, or the free one where it belongs. */
  const slotOfKey = (): number => {
    const last = key[D - 1]! | 0;
    let h = Math.imul(last >> 2, 0x27d4eb2d);
    for (let d = 0; d < D - 1; d++) h = Math.imul(h ^ (key[d]! | 0), 0x9e3779b1) ^ (h >>> 15);
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    // Four cells in a row have slots in a row, which memory fetches at once.
    search: for (let slot = (((h ^ (h >>> 13)) << 2) | (last & 3)) & mask; ; slot = (slot + 1) & mask) {
      const c = table[slot]! - 1;
      if (c < 0) return slot;
      for (let d = 0; d < D; d++) if (coordinates[c * D + d] !== key[d]) continue search;
      return slot;
    }
  };

  for (let i = 0; i < points; i++) {
    for (let d = 0; d < D; d++) key[d] = Math.floor(coordinate(i, d) / side);
    const slot = slotOfKey();
    if (table[slot] === 0) {
      if ((cells + 1) * D > coordinates.length) {
        const larger = new Float64Array(Math.min(points, 2 * cells) * D);
        larger.set(coordinates);
        coordinates = larger;
      }
      coordinates.set(key, cells * D);
      table[slot] = ++cells;
    }
    cell[i] = table[slot]! - 1;
  }
  return {
    cells,
    dimensions: D,
    coordinates: coordinates.subarray(0, cells * D),
    cell,
    ...byGroup(cell, cells),
    at(from, offset) {
      for (let d = 0; d < D; d++) key[d] = from[d]! + offset[d]!;
      return table[slotOfKey()]! - 1;
    },
  };
}

/** Members of each group, ascending: those of group g are points[start[g]] … points[start[g + 1] − 1]. */
export function byGroup(group: ArrayLike<number>, groups: number): { start: Int32Array; points: Int32Array } {
  const start = new Int32Array(groups + 1);
  for (let i = 0; i < group.length; i++) start[group[i]! + 1] = start[group[i]! + 1]! + 1;
  for (let g = 0; g < groups; g++) start[g + 1] = start[g + 1]! + start[g]!;
  const place = start.slice(0, groups);
  const points = new Int32Array(group.length);
  for (let i = 0; i < group.length; i++) {
    const g = group[i]!;
    points[place[g]!] = i;
    place[g] = place[g]! + 1;
  }
  return { start, points };
}
