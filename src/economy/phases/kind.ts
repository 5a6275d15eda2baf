// A phase kind as one value: how its declaration is verified, put into words, and run. One file per kind; `index.ts` lists them.

import type { Allocator, Cut, Team, Written } from "../../core/cut.ts";
import { rowCut } from "../../core/cut.ts";
import type { AnyParamValues } from "../../core/params.ts";
import type { Stream } from "../../random/index.ts";
import type { ColumnArray, ColumnKind, Items } from "../columns.ts";
import { createDraws, type PhaseDraws } from "../draws.ts";
import type { Inspector } from "../inspect.ts";
import { vacantOf } from "../lives.ts";
import { type Balance, inTiles, type Partition } from "../partition.ts";
import type { AnyRows } from "../population.ts";
import type { Worlds } from "../worlds.ts";

export interface Documented {
  readonly doc: string;
}

/** What is declared of a column, an action or a scalar. */
export interface Declaration {
  /** Of its array. */
  readonly kind: ColumnKind;
  readonly each: Items;
  /** The population whose rows it names, or null. */
  readonly names: string | null;
  /** It holds times of events. */
  readonly event?: true;
}

/** What a phase may name. Each method throws, with the names that were expected, if there is no such thing. */
export interface Names {
  /** Whether a population declares `lives`. */
  mortal(population: string): boolean;
  /** A population. `where` begins the sentence: `phase "trade"`. */
  population(where: string, name: string): void;
  /** What has rows: a population, or links. */
  table(where: string, name: string): void;
  /** Links, with where they come from and lead to. */
  links(where: string, name: string): { readonly from: string; readonly to: string; readonly messages?: true };
  /** A column or action of a population, or a column of links. */
  column(where: string, population: string, name: string): Declaration;
  /** A column of single values, without an inner axis; with `kinds`, of one of them. */
  single(where: string, population: string, name: string, kinds?: readonly ColumnKind[]): void;
  /** A world scalar. */
  scalar(where: string, name: string): Declaration;
  /** A parameter, one of `others`, or a number. */
  parameter(where: string, given: number | string, others?: readonly string[]): void;
  /** A parameter, and one of its choices; of a flag "true" or "false". */
  choice(where: string, parameter: string, value: string): void;
  /** Refuses for another reason: the rest of a sentence about the economy. */
  fail(what: string): never;
}

/** Runs one phase of one world, over this rank's share of the rows. */
export interface Runner {
  /** Draws follow from this root from now on. */
  reseed(root: Stream): void;
  /** With the cut "rows", every rank must call it. */
  run(e: number): void;
  /** Nothing is ever run: nobody is there, or a decision is taken outside. */
  readonly idle?: boolean;
  /** Where agents decide in the midst of the phase; missing: nobody does. */
  readonly stops?: Stops;
}

/** A phase that agents may stop, one at a time. */
export interface Stops {
  /** [E] the kind of event that waits for a decision: 1 is the first that is declared; 0: the phase has not begun, or is over. */
  readonly event: Int32Array;
  /** [E] the row that decides. */
  readonly row: Int32Array;
  /** All that a stop leaves behind besides the world's columns, by name; for checkpoints. */
  readonly columns: Readonly<Record<string, ColumnArray>>;
  /** Runs world e from the beginning of the phase, or on from where it stopped, to the next decision or the phase's end. */
  advance(e: number): void;
  /** World e has not begun with the phase. */
  clear(e: number): void;
}

export interface RunnerContext {
  /** The economy's name. */
  readonly economy: string;
  readonly params: AnyParamValues;
  readonly worlds: Worlds;
  readonly inspect: Inspector;
  readonly memory: Allocator;
  readonly team: Team;
  readonly cut: Cut;
  readonly pieces: number;
  readonly backwards: boolean;
  readonly grain: number;
  readonly balance: Balance;
}

export interface PhaseKind<F extends Documented> {
  /** Refuses names that the economy does not declare. `name` is the phase's. */
  verify(name: string, phase: F, names: Names): void;
  /** A few words for a list of phases: "sum over firms". */
  describe(phase: F): string;
  /** The same phase, whose functions are refused what it has not declared to read or write; for `check`. */
  guarded(phase: F, links: Readonly<Record<string, { readonly from: string; readonly to: string }>>): F;
  /** `path` names the phase's draws. */
  runner(context: RunnerContext, name: string, path: string, phase: F): Runner;
}

export const drawsOf = ({ economy }: RunnerContext, name: string): PhaseDraws =>
  createDraws(`${economy}: phase "${name}"`);

export const rowsOf = ({ worlds }: RunnerContext, population: string, e: number): AnyRows =>
  worlds.worlds[e]![population] as AnyRows;

/** Calls `visit` on this rank's rows of a world. */
export function overRows(
  { cut, team, pieces, backwards, grain }: RunnerContext,
  n: number,
  visit: (from: number, to: number) => void,
): void {
  if (cut === "worlds") {
    visit(0, n);
    return;
  }
  for (let k = team.rank; k < pieces; k += team.size) {
    const [from, to] = rowCut(n, pieces, backwards ? pieces - 1 - k : k, grain);
    if (from < to) visit(from, to);
  }
}

/** The partition of a table's rows for one phase: cuts of its own, which follow measured loads. */
export function partitionOf(context: RunnerContext, table: string): Pick<Partition, "over" | "ranges"> {
  if (context.cut === "rows") return context.balance.partition(context, context.worlds.sizes[table]!);
  return { over: (n, visit) => inTiles(0, n, visit), ranges: (n) => [[0, n]] };
}

/** Whether this rank does the part of a phase that is done once per world. */
export const leads = ({ cut, team }: Pick<RunnerContext, "cut" | "team">): boolean =>
  cut === "worlds" || team.rank === 0;

/** Ranks that share rows meet, and have then what the others wrote; ranks that run whole worlds go their own ways. */
export function meet({ cut, team }: Pick<RunnerContext, "cut" | "team">, written: () => readonly Written[]): void {
  if (cut === "rows") team.exchange(written);
}

/** This rank's rows of n. */
export function ownRanges(context: RunnerContext, n: number): [from: number, to: number][] {
  const ranges: [number, number][] = [];
  overRows(context, n, (from, to) => ranges.push([from, to]));
  return ranges;
}

/** This rank's rows of a world, in all columns of a table; `rangesOf`: of a partition. */
export function rowsWritten(
  context: RunnerContext,
  table: string,
  e: number,
  rangesOf = (n: number) => ownRanges(context, n),
): Written[] {
  const { columns, sizes, items, initial } = context.worlds;
  const mine = rangesOf(rowsOf(context, table, e).size);
  const first = e * sizes[table]!;
  const notRows = [`${table}.start`, `${table}.size`]; // of links, which wire phases write
  return Object.keys(initial)
    .filter((key) => (key.startsWith(`${table}.`) && !notRows.includes(key)) || key === vacantOf(table))
    .map((key) => {
      const M = items[key] ?? 1;
      return { array: columns[key]!, ranges: mine.map(([from, to]) => [(first + from) * M, (first + to) * M]) };
    });
}

/** All columns and scalars of a world, which the leading rank has written. */
export function worldWritten(context: Pick<RunnerContext, "cut" | "team" | "worlds">, e: number): Written[] {
  const { columns, period } = context.worlds;
  return Object.values(columns).map((array) => {
    const each = array.length / period.length;
    return { array, ranges: leads(context) ? [[e * each, (e + 1) * each]] : [] };
  });
}

/** Blocks of `grain` rows that this rank has gone through, in an array with `each` elements for a block. */
export function blocksWritten(context: RunnerContext, n: number, array: Written["array"], each = 1): Written {
  const { grain } = context;
  const ranges = ownRanges(context, n).map(
    ([from, to]) => [(from / grain) * each, Math.ceil(to / grain) * each] as const,
  );
  return { array, ranges };
}

/** A phase is over when its function returns, so what it returns may not be a promise. */
export function finished(answer: unknown): void {
  if (typeof answer === "object" && answer !== null && "then" in answer && typeof answer.then === "function")
    throw new Error("it returns a promise, and a phase is over when it returns; write it without async and await");
}
