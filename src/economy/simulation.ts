// Simulation: E worlds of one economy, their columns, and the running of phases over any cut of them.
//
// E worlds, N agents of a population; columns are [E, N], world scalars [E]. Two ways to share the work, with identical results:
//   by worlds  each rank runs whole worlds; nothing is exchanged
//   by rows    each rank runs some rows of every world; ranks meet at a barrier between phases
import { combineSums, pairwiseSum } from "../math/index.ts";
import { type Permutation, permutation, fillPartners, type Stream, seedStream } from "../random/index.ts";
import type { ColumnArray, ColumnKind } from "./columns.ts";
import type { Economy } from "./define.ts";
import { type AnyParamValues, type ParamSettings, resolveParams } from "./params.ts";
import type { AnyPartner, AnyRows, AnyWorld, EachPhase, ExchangePhase, Phase, RowDraws, Send, TotalPhase, WorldDraws } from "./phases.ts";
import { type ResolvedSpace, resolveSpace } from "./spaces.ts";

/** Where columns live: plain memory, or one shared by several threads. Equal calls in equal order give equal places. */
export interface Allocator {
  f64(n: number): Float64Array;
  f32(n: number): Float32Array;
  i32(n: number): Int32Array;
  u8(n: number): Uint8Array;
}
export const plainMemory: Allocator = {
  f64: (n) => new Float64Array(n),
  f32: (n) => new Float32Array(n),
  i32: (n) => new Int32Array(n),
  u8: (n) => new Uint8Array(n),
};

/** One of several threads that run the same program on the same memory. */
export interface Team {
  readonly rank: number;
  readonly size: number;
  /** Returns when every rank has called it; what was written before is then visible to all. */
  barrier(): void;
}
export const alone: Team = { rank: 0, size: 1, barrier() {} };

/** Rows a `total` adds up before blocks are combined pairwise; row cuts fall on its multiples, so that sums do not depend on them. */
export const BLOCK = 4096;

/** Rows [from, to) of piece `piece` of `pieces`: contiguous, aligned to BLOCK, together 0 … n. */
export function rowCut(n: number, pieces: number, piece: number, block = BLOCK): [from: number, to: number] {
  const blocks = Math.ceil(n / block);
  const at = (k: number) => Math.min(n, Math.floor((blocks * k) / pieces) * block);
  return [at(piece), piece === pieces - 1 ? n : at(piece + 1)];
}

export interface SimulationOptions {
  readonly params?: ParamSettings;
  readonly numWorlds?: number;
  readonly seed?: number;
  readonly memory?: Allocator;
  readonly team?: Team;
  /** How the team shares the work. `pieces` ≥ team.size cuts finer than there are ranks; results do not depend on it. */
  readonly cut?: "worlds" | "rows";
  readonly pieces?: number;
  /** Run a rank's pieces from the last to the first: a phase that looks at other rows then shows. Default false. */
  readonly backwards?: boolean;
  /** Rows per block of a `total`, on whose multiples row cuts fall. Default BLOCK; results depend on it, and on nothing else about the cut. */
  readonly grain?: number;
  /** Check identities after every phase (and period). Default false. */
  readonly checkIdentities?: boolean;
}

export interface Simulation {
  readonly economy: Economy;
  readonly params: AnyParamValues;
  readonly numWorlds: number;
  readonly horizon: number;
  readonly worlds: readonly AnyWorld[];
  readonly sizes: Readonly<Record<string, number>>;
  /** Every column by "population.column" and every world scalar by "world.name", over all worlds; `period` and `tick` too. */
  readonly columns: Readonly<Record<string, ColumnArray>>;
  /** Action spaces by "population.action". */
  readonly spaces: Readonly<Record<string, Readonly<Record<string, ResolvedSpace>>>>;
  /** [E] periods since the world's last reset. */
  readonly period: Int32Array;
  readonly phaseNames: readonly string[];
  readonly phases: readonly Phase[];
  /** Restarts every random stream from a seed; columns are untouched. */
  reseed(seed: number): void;
  /** Initial values and start phases of world e. */
  reset(e: number): void;
  /** Runs one phase (not a decision) of world e. With `cut: "rows"` every rank must call it. */
  runPhase(index: number, e: number): void;
  /** Closes the period of world e: checks identities, advances time. */
  endPeriod(e: number): void;
}

const allocate = (memory: Allocator, kind: ColumnKind, n: number): ColumnArray =>
  kind === "f64" ? memory.f64(n) : kind === "i32" ? memory.i32(n) : memory.u8(n);

export function createSimulation(economy: Economy, options: SimulationOptions = {}): Simulation {
  const { numWorlds = 1, seed = 1, memory = plainMemory, team = alone, cut = "worlds", checkIdentities = false, grain = BLOCK, backwards = false } = options;
  const pieces = options.pieces ?? team.size;
  if (!(Number.isInteger(numWorlds) && numWorlds >= 1))
    throw new Error(`${economy.name}: numWorlds is ${numWorlds}, expected an integer of at least 1.`);
  if (pieces < team.size) throw new Error(`${economy.name}: ${pieces} pieces for ${team.size} threads, expected at least one each.`);
  const params = resolveParams(economy, options.params);
  const count = (where: string, declared: number | string, least: number): number => {
    const n = typeof declared === "number" ? declared : params[declared];
    if (!(typeof n === "number" && Number.isInteger(n) && n >= least))
      throw new Error(`${economy.name}: ${where} is ${n}, expected an integer of at least ${least}.`);
    return n;
  };
  const horizon = count("horizon", economy.horizon, 1);

  // Columns, then one view per world.
  const columns: Record<string, ColumnArray> = {};
  const initial: [ColumnArray, number, number][] = []; // column, initial value, rows per world
  const sizes: Record<string, number> = {};
  const spaces: Record<string, Record<string, ResolvedSpace>> = {};
  for (const [name, declared] of Object.entries(economy.world)) {
    const array = allocate(memory, declared.kind, numWorlds);
    columns[`world.${name}`] = array;
    initial.push([array, declared.initial, 1]);
  }
  for (const [population, declared] of Object.entries(economy.populations)) {
    const n = count(`the size of ${population}`, declared.size, 1);
    sizes[population] = n;
    spaces[population] = {};
    for (const [name, column] of Object.entries(declared.state)) {
      const array = allocate(memory, column.kind, numWorlds * n);
      columns[`${population}.${name}`] = array;
      initial.push([array, column.initial, n]);
    }
    for (const [name, space] of Object.entries(declared.actions)) {
      const where = `${economy.name}: ${population}.${name}`;
      const resolved = resolveSpace(where, space, params);
      spaces[population][name] = resolved;
      if (columns[`${population}.${name}`]) continue;
      const array = allocate(memory, space.kind === "discrete" ? "i32" : "f64", numWorlds * n);
      columns[`${population}.${name}`] = array;
      initial.push([array, resolved.low, n]);
    }
  }
  const period = memory.i32(numWorlds);
  const tick = memory.i32(numWorlds); // periods since creation: keys the draws, so that no episode repeats another's
  columns["period"] = period;
  columns["tick"] = tick;
  const worlds = Array.from({ length: numWorlds }, (_, e) => viewOf(e));

  function viewOf(e: number): AnyWorld {
    const world: AnyWorld = {};
    for (const name of Object.keys(economy.world)) {
      const array = columns[`world.${name}`]!;
      Object.defineProperty(world, name, {
        enumerable: true,
        get: () => array[e],
        set: (value: number) => {
          array[e] = value;
        },
      });
    }
    Object.defineProperty(world, "period", { enumerable: true, get: () => period[e] });
    for (const [population, declared] of Object.entries(economy.populations)) {
      const n = sizes[population]!;
      const rows: Record<string, ColumnArray | number> = { size: n };
      for (const name of [...Object.keys(declared.state), ...Object.keys(declared.actions)])
        rows[name] = columns[`${population}.${name}`]!.subarray(e * n, (e + 1) * n);
      world[population] = Object.freeze(rows) as unknown as AnyRows;
    }
    return Object.preventExtensions(world); // a phase that misspells a scalar is told so
  }

  // Phases with their scratch.
  const names = [...Object.keys(economy.start), ...Object.keys(economy.phases)];
  const starts = Object.keys(economy.start).length;
  let root: Stream;
  const runners = names.map((name, index) => {
    const phase = index < starts ? economy.start[name]! : economy.phases[name]!;
    return createRunner(name, index < starts ? `start/${name}` : name, phase);
  });

  interface Runner {
    reseed(): void;
    run(e: number): void;
  }

  function createRunner(name: string, path: string, phase: Phase): Runner {
    const draws = createDraws(`${economy.name}: phase "${name}"`);
    const reseed = () => draws.reseed(root.fork(path));
    const p = params as never;
    if (phase.kind === "decide") return { reseed() {}, run() {} };
    if (phase.kind === "whole")
      return {
        reseed,
        run(e) {
          if (cut === "worlds" || team.rank === 0) {
            draws.at(e, tick[e]!, 0, 1);
            phase.run(worlds[e]!, p, draws.world);
            inspectScalars(name, e);
            for (const population in sizes) inspectRows(name, population, e, 0, sizes[population]!);
          }
          if (cut === "rows") team.barrier();
        },
      };
    const n = sizes[phase.population]!;
    const rowsOf = (e: number) => worlds[e]![phase.population] as AnyRows;
    /** Runs `visit` on this rank's rows of a world. */
    const overRows = (visit: (from: number, to: number) => void): void => {
      if (cut === "worlds") return visit(0, n);
      for (let k = team.rank; k < pieces; k += team.size) {
        const [from, to] = rowCut(n, pieces, backwards ? pieces - 1 - k : k, grain);
        if (from < to) visit(from, to);
      }
    };
    if (phase.kind === "each") {
      const partner = createPartner(phase, n);
      return {
        reseed() {
          reseed();
          if (phase.partner === "random") partner.reseed(draws.fork("partner"));
        },
        run(e) {
          const rows = rowsOf(e);
          if (phase.partner !== "") {
            if (phase.partner === "random") partner.pair(e, tick[e]!);
            overRows((from, to) => partner.snapshot(rows, from, to));
            if (cut === "rows") team.barrier();
          }
          overRows((from, to) => {
            draws.at(e, tick[e]!, from, to);
            if (phase.partner !== "") partner.locate(rows, from, to);
            phase.run(rows, from, to, worlds[e]!, p, draws.rows, partner.view);
            inspectRows(name, phase.population, e, from, to);
          });
          if (cut === "rows") team.barrier();
        },
      };
    }
    if (phase.kind === "exchange") return { reseed, run: (e) => runExchange(name, phase, e, rowsOf(e), overRows, draws) };
    return { reseed() {}, run: createTotal(name, phase, n, rowsOf, overRows) };
  }

  // Integer addition commutes, so inboxes need no order, only that no addition is lost between threads.
  const inboxes = new Map<ColumnArray, Send>();
  function runExchange(
    name: string,
    phase: ExchangePhase,
    e: number,
    rows: AnyRows,
    overRows: (visit: (from: number, to: number) => void) => void,
    draws: ReturnType<typeof createDraws>,
  ): void {
    const inbox = (worlds[e]![phase.to] as AnyRows)[phase.inbox] as Int32Array;
    let send = inboxes.get(inbox);
    if (!send) {
      send =
        cut === "rows" && team.size > 1
          ? (row, amount) => void Atomics.add(inbox, row, amount)
          : (row, amount) => {
              inbox[row] = inbox[row]! + amount;
            };
      inboxes.set(inbox, send);
    }
    const post = send;
    overRows((from, to) => {
      draws.at(e, tick[e]!, from, to);
      phase.run(rows, from, to, worlds[e]!, params as never, draws.rows, post);
      inspectRows(name, phase.population, e, from, to);
    });
    if (cut === "rows") team.barrier();
  }

  function createTotal(
    name: string,
    phase: TotalPhase,
    n: number,
    rowsOf: (e: number) => AnyRows,
    overRows: (visit: (from: number, to: number) => void) => void,
  ): (e: number) => void {
    const blocks = Math.ceil(n / grain);
    // Ranks that run whole worlds sum at the same time, each in a place of its own.
    const place = cut === "rows" ? memory : plainMemory;
    const sums = Object.entries(phase.sums).map(([scalar, of]) => ({ scalar, of, partial: place.f64(blocks) }));
    return (e) => {
      const rows = rowsOf(e);
      const w = worlds[e]!;
      for (const { of, partial } of sums)
        overRows((from, to) => {
          for (let block = from / grain; block * grain < to; block++) {
            const end = Math.min(to, (block + 1) * grain);
            if (typeof of === "string") {
              partial[block] = pairwiseSum(rows[of] as Float64Array, block * grain, end);
              continue;
            }
            let sum = 0;
            for (let i = block * grain; i < end; i++) sum += of(rows, i, w, params as never);
            partial[block] = sum;
          }
        });
      if (cut === "rows") team.barrier();
      if (cut === "worlds" || team.rank === 0) {
        for (const { scalar, partial } of sums) w[scalar] = combineSums(partial, blocks);
        inspectScalars(name, e);
      }
      if (cut === "rows") team.barrier();
    };
  }

  /** The partner machinery of one `each` phase: who meets whom, and the partner's columns as they stood before. */
  function createPartner(phase: EachPhase, n: number) {
    const row = phase.partner === "" ? new Int32Array(0) : new Int32Array(n);
    const declared = economy.populations[phase.population]!;
    const kindOf = (name: string): ColumnKind => declared.state[name]?.kind ?? (declared.actions[name]!.kind === "discrete" ? "i32" : "f64");
    // Rows of one world are cut between ranks only with cut "rows"; otherwise the snapshot is private.
    const place = cut === "rows" ? memory : plainMemory;
    const kept = phase.reads.map((name) => ({ name, copy: allocate(place, kindOf(name), n) }));
    const view = { row, ...Object.fromEntries(kept.map(({ name, copy }) => [name, copy])) } as unknown as AnyPartner;
    let stream: Stream;
    let pairing: Permutation;
    return {
      view,
      reseed(s: Stream) {
        stream = s;
      },
      pair(lane: number, at: number) {
        pairing = permutation(stream, { size: n, lane, period: at });
      },
      snapshot(rows: AnyRows, from: number, to: number) {
        for (const { name, copy } of kept) {
          const column = rows[name] as Float64Array;
          if (from === 0 && to === n) (copy as Float64Array).set(column);
          else (copy as Float64Array).set(column.subarray(from, to), from);
        }
      },
      locate(rows: AnyRows, from: number, to: number) {
        if (phase.partner === "random") fillPartners(row.subarray(from, to), pairing, from, to);
        else row.set((rows[phase.partner] as Int32Array).subarray(from, to), from);
      },
    };
  }

  // A value that is not finite is caught where it is made. Four accumulators hide the latency of the additions; x·0 is NaN just when x is not finite.
  function inspectRows(phase: string, population: string, e: number, from: number, to: number): void {
    const rows = worlds[e]![population] as AnyRows;
    for (const name of realColumns[population]!) {
      const x = rows[name] as Float64Array;
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      let i = from;
      for (; i + 4 <= to; i += 4) {
        a += x[i]! * 0;
        b += x[i + 1]! * 0;
        c += x[i + 2]! * 0;
        d += x[i + 3]! * 0;
      }
      for (; i < to; i++) a += x[i]! * 0;
      if (a + b + c + d !== 0) {
        const row = x.findIndex((value, r) => r >= from && !Number.isFinite(value));
        throw notFinite(`Phase "${phase}" produced ${x[row]} in ${population}.${name}[${row}]`, e);
      }
    }
  }
  function inspectScalars(phase: string, e: number): void {
    for (const name of Object.keys(economy.world)) {
      const value = worlds[e]![name] as number;
      if (!Number.isFinite(value)) throw notFinite(`Phase "${phase}" produced ${value} in world.${name}`, e);
    }
  }
  const notFinite = (what: string, e: number): Error =>
    Object.assign(new Error(`${what} (economy ${economy.name}, world ${e}, period ${period[e]}).`), { world: e, tick: tick[e] });

  function inspectIdentities(e: number, phase: string | null): void {
    for (const [name, { of, tolerance = 1e-9, after = "phase" }] of Object.entries(economy.identities)) {
      if (after === "period" && phase !== null) continue;
      const off = of(worlds[e]!, params);
      if (!(Math.abs(off) <= tolerance))
        throw new Error(
          `Identity "${name}" of ${economy.name} is off by ${off} after ${phase === null ? "the period" : `phase "${phase}"`} (tolerance ${tolerance}, world ${e}, period ${period[e]}).`,
        );
    }
  }

  const realColumns: Record<string, string[]> = {};
  for (const population in sizes) {
    const prefix = `${population}.`;
    realColumns[population] = Object.keys(columns)
      .filter((key) => key.startsWith(prefix) && columns[key] instanceof Float64Array)
      .map((key) => key.slice(prefix.length));
  }

  const run = (runner: number, e: number): void => {
    runners[runner]!.run(e);
    if (!checkIdentities || runner < starts) return;
    if (cut === "worlds" || team.rank === 0) inspectIdentities(e, names[runner]!);
    if (cut === "rows") team.barrier(); // nobody writes while rank 0 adds up
  };

  const simulation: Simulation = {
    economy,
    params,
    numWorlds,
    horizon,
    worlds,
    sizes,
    columns,
    spaces,
    period,
    phaseNames: names.slice(starts),
    phases: Object.values(economy.phases),
    reseed(next) {
      root = seedStream(next).fork(economy.name);
      for (const runner of runners) runner.reseed();
    },
    reset(e) {
      if (cut === "worlds" || team.rank === 0) {
        for (const [array, value, n] of initial) array.fill(value, e * n, (e + 1) * n);
        period[e] = 0;
      }
      if (cut === "rows") team.barrier();
      for (let s = 0; s < starts; s++) run(s, e);
    },
    runPhase: (index, e) => run(starts + index, e),
    endPeriod(e) {
      if (cut === "worlds" || team.rank === 0) {
        if (checkIdentities) inspectIdentities(e, null);
        period[e] = period[e]! + 1;
        tick[e] = tick[e]! + 1;
      }
      if (cut === "rows") team.barrier();
    },
  };
  simulation.reseed(seed);
  return simulation;
}

/** Draws of one phase. Streams are forked once per label and kept; `at` opens a scope in which each label may be used once. */
function createDraws(where: string) {
  const streams = new Map<string, { stream: Stream; opened: number; reals: Float64Array; integers: Int32Array }>();
  let parent: Stream;
  let opened = 0;
  let [lane, period, from, to] = [0, 0, 0, 0];
  const use = (label: string) => {
    let entry = streams.get(label);
    if (!entry) {
      entry = { stream: parent.fork(label), opened: 0, reals: new Float64Array(0), integers: new Int32Array(0) };
      streams.set(label, entry);
    }
    if (entry.opened === opened) throw new Error(`${where}: draw "${label}" is used twice; give the second use its own label.`);
    entry.opened = opened;
    return entry;
  };
  const reals = (label: string) => {
    const entry = use(label);
    if (entry.reals.length < to) entry.reals = new Float64Array(to);
    return entry;
  };
  const rows: RowDraws = {
    uniform(label) {
      const entry = reals(label);
      entry.stream.uniform(entry.reals.subarray(from, to), { lane, period, from, to });
      return entry.reals;
    },
    normal(label) {
      const entry = reals(label);
      entry.stream.normal(entry.reals.subarray(from, to), { lane, period, from, to });
      return entry.reals;
    },
    integers(label, n) {
      const entry = use(label);
      if (entry.integers.length < to) entry.integers = new Int32Array(to);
      entry.stream.integers(entry.integers.subarray(from, to), { lane, period, from, to }, n);
      return entry.integers;
    },
  };
  const one = new Int32Array(1);
  const world: WorldDraws = {
    uniform: (label) => use(label).stream.uniformAt(lane, period, 0),
    normal: (label) => use(label).stream.normalAt(lane, period, 0),
    integer(label, n) {
      use(label).stream.integers(one, { lane, period, from: 0, to: 1 }, n);
      return one[0]!;
    },
  };
  return {
    rows,
    world,
    reseed(stream: Stream) {
      parent = stream;
      streams.clear();
    },
    fork: (label: string) => parent.fork(label),
    at(l: number, t: number, first: number, last: number) {
      opened++;
      lane = l;
      period = t;
      from = first;
      to = last;
    },
  };
}
