// Which rows each piece of a phase has. Pieces begin with as many rows each; where loads are measured, blocks of rows then migrate from heavy pieces to light ones.
//
// n rows, blocks of `grain`, P pieces: piece k has blocks cuts[k] … cuts[k + 1] − 1
//
// In every `every`-th period each piece is run block by block and timed. Ranks share these times, and each makes the same new cuts of them; results depend on no
// cut, so they do not depend on the clock either.
import { migrate } from "../core/balance.ts";
import { type Allocator, BLOCK, type Team, type Written } from "../core/cut.ts";

/** How loads are measured. */
export interface Migration {
  /** Milliseconds of a clock. It decides who computes what, and no result. */
  readonly clock: () => number;
  /** Periods from one measurement to the next, at least 2. Default 8. */
  readonly every?: number;
  /** Pieces exchange rows where one's load is above 1 + tolerance times its neighbour's. Default 0.1. */
  readonly tolerance?: number;
}

/** Rows of one phase, as its pieces share them. */
export interface Partition {
  /** Calls `visit` on this rank's rows of n, in order and some thousand at a time; block by block in a period that is measured. */
  over(n: number, visit: (from: number, to: number) => void): void;
  /** This rank's rows of n. */
  ranges(n: number): [from: number, to: number][];
  /** The first block of each piece, then the number of blocks. */
  readonly cuts: Int32Array;
  /** Blocks that have moved to another piece so far. */
  readonly moved: number;
  /** Milliseconds of each piece as it was cut when it was last measured; empty before. */
  readonly load: readonly number[];
}

/** How ranks share rows: into so many pieces, on multiples of `grain`. */
interface Shared {
  readonly memory: Allocator;
  readonly team: Team;
  readonly pieces: number;
  readonly backwards: boolean;
  readonly grain: number;
}

/** The partitions of a simulation, which are measured and balanced together. */
export interface Balance {
  /** A partition of at most `rows` rows. Every rank makes the same ones in the same order. */
  partition(shared: Shared, rows: number): Partition;
  /** Whether the period that ends now was measured; ranks then exchange `measured` before they call `balance`. */
  readonly due: boolean;
  /** Loads that this rank has measured. */
  measured(): Written[];
  /** Ends a period: moves blocks if it was measured. Ranks have met since its last phase. */
  endPeriod(): void;
  readonly partitions: readonly Partition[];
}

/** Measurements of a block, of which the smallest counts. */
const HISTORY = 4;
/** Milliseconds of a phase below which its rows stay: what is measured then is the clock. */
const WORTH = 0.5;

/** Rows that a phase is given at once: what it draws and writes for them is still in the caches when it is read and looked at. */
const TILE = 2 * BLOCK;

/** Calls `visit` on rows [from, to), a tile at a time. */
export function inTiles(from: number, to: number, visit: (from: number, to: number) => void): void {
  for (let first = from; first < to; first += TILE) visit(first, Math.min(to, first + TILE));
}

export function createBalance({ clock, every = 8, tolerance = 0.1 }: Partial<Migration> = {}): Balance {
  if (!(Number.isInteger(every) && every >= 2))
    throw new Error(`migration: every is ${every}, expected a whole number of at least 2 periods.`);
  const shares: Share[] = [];
  let period = 0;
  const measures = (): boolean => clock !== undefined && period % every === every - 1;
  return {
    partitions: shares,
    get due() {
      return measures();
    },
    partition({ memory, team, pieces, backwards, grain }, rows) {
      const blocks = Math.ceil(rows / grain);
      // Where there is one piece, or nothing to move, nothing is measured.
      const timed = clock !== undefined && pieces > 1 && blocks > 1;
      const load = timed ? memory.f64(blocks) : null;
      let cuts: Int32Array = Int32Array.from({ length: pieces + 1 }, (_, k) => Math.floor((blocks * k) / pieces));
      let moved = 0;
      let loads: readonly number[] = [];
      let fresh = true; // nothing has been measured since the last balance
      const before: Float64Array[] = []; // measured last, oldest first
      const own = (n: number): [from: number, to: number][] => {
        const ranges: [number, number][] = [];
        for (let k = team.rank; k < pieces; k += team.size) {
          const piece = backwards ? pieces - 1 - k : k;
          const [from, to] = [Math.min(n, cuts[piece]! * grain), Math.min(n, cuts[piece + 1]! * grain)];
          if (from < to) ranges.push([from, to]);
        }
        return ranges;
      };
      const share: Share = {
        get cuts() {
          return cuts;
        },
        get moved() {
          return moved;
        },
        get load() {
          return loads;
        },
        ranges: own,
        over(n, visit) {
          if (load === null || !measures()) {
            for (const [from, to] of own(n)) inTiles(from, to, visit);
            return;
          }
          if (fresh) for (const [from, to] of own(rows)) load.fill(0, from / grain, Math.ceil(to / grain));
          fresh = false;
          for (const [from, to] of own(n))
            for (let block = from / grain; block * grain < to; block++) {
              const began = clock!();
              visit(block * grain, Math.min(to, (block + 1) * grain));
              load[block] = load[block]! + Math.max(0, clock!() - began);
            }
        },
        measured: () =>
          load === null
            ? []
            : [{ array: load, ranges: own(rows).map(([from, to]) => [from / grain, Math.ceil(to / grain)] as const) }],
        balance() {
          if (load === null || fresh) return;
          fresh = true;
          const now = load.slice();
          before.push(now);
          if (before.length > HISTORY) before.shift();
          if (before.length < HISTORY) return;
          // The smallest of the last measurements: what else the machine did meanwhile counts for nothing.
          const steady = now.map((_, block) => before.reduce((least, one) => Math.min(least, one[block]!), Infinity));
          const sumOf = (x: Float64Array): number => x.reduce((sum, one) => sum + one, 0);
          loads = Array.from({ length: pieces }, (_, k) => sumOf(steady.subarray(cuts[k]!, cuts[k + 1]!)));
          if (sumOf(steady) < WORTH) return;
          const next = migrate(steady, cuts, tolerance);
          for (let piece = 0; piece < pieces; piece++)
            for (let block = next[piece]!; block < next[piece + 1]!; block++)
              if (!(block >= cuts[piece]! && block < cuts[piece + 1]!)) moved++;
          cuts = next;
        },
      };
      shares.push(share);
      return share;
    },
    measured: () => shares.flatMap((share) => share.measured()),
    endPeriod() {
      if (measures()) for (const share of shares) share.balance();
      period++;
    },
  };
}

interface Share extends Partition {
  measured(): Written[];
  balance(): void;
}
