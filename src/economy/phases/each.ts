// each: rows of a population or of links, in any cut. Writes its own rows only; reads world scalars, other populations and, where declared, the
// columns of a partner or of the rows that links lead to, as they stood before the phase.

import { plainMemory, type Written } from "../../core/cut.ts";
import { list, refuseUnknown } from "../../core/errors.ts";
import type { ParamDeclarations, ParamValues } from "../../core/params.ts";
import { FUNCTION, oneOf, refuseOther } from "../../core/shape.ts";
import { fillPartners, type Permutation, permutation, type Stream } from "../../random/index.ts";
import { ended, guardedOthers, guardedRows, guardedWorld, ownRows } from "../access.ts";
import type { ColumnArray, Columns } from "../columns.ts";
import type { RowDraws } from "../draws.ts";
import type {
  AnyRows,
  AnyWorld,
  ColumnName,
  IndexColumn,
  LinksKey,
  Plain,
  ReadonlyWorld,
  Rows,
  Tables,
} from "../population.ts";
import { allocateLike } from "../worlds.ts";
import {
  type Documented,
  drawsOf,
  finished,
  meet,
  overRows,
  ownRanges,
  type PhaseKind,
  partitionOf,
  type RunnerContext,
  rowsOf,
  rowsWritten,
} from "./kind.ts";

export interface EachPhase {
  readonly kind: "each";
  readonly doc: string;
  readonly population: string;
  readonly partner: string;
  /** Links to the rows whose columns are read; "" for none. */
  readonly along: string;
  /** Columns of all rows are read. */
  readonly everyone: boolean;
  readonly reads: readonly string[];
  /** Columns that it writes; null: any. */
  readonly writes: readonly string[] | null;
  readonly run: (k: AnyRows, from: number, to: number, w: AnyWorld, p: never, draw: RowDraws, other: AnySeen) => void;
}

type AnySeen = { readonly [column: string]: ColumnArray };

/** The partner's row for each row (−1: none), and the declared columns as they stood before the phase, indexed by row. */
export type Partner<K, R extends string> = Plain<{ readonly row: Int32Array } & Seen<K, R>>;
type Seen<K, R extends string> = Plain<{ readonly [C in R]: Rows<K>[C & keyof Rows<K>] }>;
/** The rows whose columns are read: those that links lead to, or those of the population itself. */
type Read<G, K extends keyof G, A> = A extends keyof G
  ? G[(G[A] extends { readonly to: infer T } ? T : never) & keyof G]
  : G[K];

export interface EachBuilder<P extends ParamDeclarations, W extends Columns, G extends Tables> {
  /**
   * Runs over rows [from, to), which may be any cut of the population or of links, and writes its own rows only. Of other rows of its own population it
   * sees the columns that `reads` names, as they stood before the phase, in `other`:
   * `partner: "random"` pairs the rows of a world uniformly afresh each period, an i32 column's name takes the partner's row (−1: none) from that
   * column, and `other.row` is that row; `along` names links from this population, and `other` has the columns of the rows that they lead to;
   * `of: "everyone"` lets it see all rows.
   * `writes` names the columns that the phase writes (default: any), so that what is only read need not be copied first.
   */
  each<
    const K extends keyof G & string,
    const A extends LinksKey<G, K> = never,
    const R extends ColumnName<[A] extends [never] ? G[K] : Read<G, K, A>> = never,
  >(
    population: K,
    options: Documented & {
      readonly partner?: "random" | IndexColumn<G[K]>;
      readonly along?: A;
      readonly of?: "everyone";
      readonly reads?: readonly R[];
      readonly writes?: readonly ColumnName<G[K]>[];
    },
    run: (
      k: Rows<G[K]>,
      from: number,
      to: number,
      w: ReadonlyWorld<W, G>,
      p: ParamValues<P>,
      draw: RowDraws,
      other: [A] extends [never] ? Partner<G[K], R> : Seen<Read<G, K, A>, R>,
    ) => void,
  ): EachPhase;
}

export function each(
  population: string,
  options: Documented & {
    readonly partner?: string;
    readonly along?: string;
    readonly of?: string;
    readonly reads?: readonly string[];
    readonly writes?: readonly string[];
  },
  run: EachPhase["run"],
): EachPhase {
  refuseUnknown(`each("${population}", …)`, options, ["doc", "partner", "along", "of", "reads", "writes"]);
  refuseOther(`each("${population}", …): its function`, run, FUNCTION);
  const { doc, partner = "", along = "", of, reads = [], writes = null } = options;
  if (of !== undefined) refuseOther(`each("${population}", …): of`, of, oneOf("everyone"));
  return { kind: "each", doc, population, partner, along, everyone: of === "everyone", reads, writes, run };
}

export const eachKind: PhaseKind<EachPhase> = {
  verify(name, { population, partner, along, everyone, reads, writes }, names) {
    names.table(`phase "${name}"`, population);
    if (everyone && (partner !== "" || along !== ""))
      names.fail(`phase "${name}" reads everyone, and has a partner or links; expected one of them.`);
    if (partner !== "" && along !== "") names.fail(`phase "${name}" has a partner and links; expected one of them.`);
    if (partner === "random") names.population(`phase "${name}" with random partners`, population);
    else if (partner !== "") names.single(`the partner of phase "${name}"`, population, partner, ["i32"]);
    let read = population;
    if (along !== "") {
      const { from, to } = names.links(`what phase "${name}" goes along`, along);
      if (from !== population)
        names.fail(`phase "${name}" goes from ${population} along ${along}, which come from ${from}.`);
      read = to;
    }
    for (const column of reads) names.column(`what phase "${name}" reads`, read, column);
    for (const column of writes ?? []) names.column(`what phase "${name}" writes`, population, column);
    if (reads.length > 0 && partner === "" && along === "" && !everyone)
      names.fail(`phase "${name}" reads columns but has no partner and no links; of everyone, declare of: "everyone".`);
  },
  describe({ population, partner, along, everyone, reads }) {
    if (everyone) return `each of ${population}, reading ${list(reads, "and")} of everyone`;
    if (along !== "") return `each of ${population}, reading ${list(reads, "and")} along ${along}`;
    if (partner === "") return `each of ${population}`;
    return `each of ${population}, with ${partner === "random" ? "a random partner" : `the partner in ${partner}`}`;
  },
  guarded: (phase, links) => ({
    ...phase,
    run(k, from, to, w, p, draw, other) {
      const { population, along, everyone, writes } = phase;
      const access = { ...ownRows(population, from, to), writes };
      const { row, ...columns } = other as AnySeen & { readonly row?: Int32Array };
      const heard = along === "" ? [] : targetsOf(w[along] as AnyRows, from, to);
      const met = new Set(row ? row.subarray(from, to) : heard);
      const seen = guardedOthers(
        row ? `the partners of rows ${from} to ${to - 1}` : `those to whom ${along} of rows ${from} to ${to - 1} lead`,
        columns,
        (along === "" ? k : (w[links[along]!.to] as AnyRows)).size,
        (other) => everyone || met.has(other),
      );
      const rows = guardedRows(population, k, access);
      return ended(phase.run(rows, from, to, guardedWorld(w, access), p, draw, row ? { row, ...seen } : seen));
    },
  }),
  runner(context, name, path, phase) {
    const { params, inspect } = context;
    const { worlds, sizes, tick } = context.worlds;
    const draws = drawsOf(context, name);
    const others = phase.partner === "" && phase.along === "" && !phase.everyone ? null : createOthers(context, phase);
    if (sizes[phase.population] === 0) return { reseed() {}, run() {}, idle: true };
    const nobody = {};
    const partition = partitionOf(context, phase.population);
    const written = inspect.reals(phase.population, phase.writes);
    return {
      reseed(root) {
        draws.reseed(root.fork(path));
        others?.reseed(draws.fork("partner"));
      },
      run(e) {
        const rows = rowsOf(context, phase.population, e);
        const n = rows.size;
        if (others) {
          others.prepare(e, tick[e]!);
          if (others.copies > 0) {
            overRows(context, others.count(e), (from, to) => others.snapshot(e, from, to));
            meet(context, () => others.written(e));
          }
        }
        partition.over(n, (from, to) => {
          draws.at(e, tick[e]!, from, to);
          others?.locate(rows, from, to);
          finished(phase.run(rows, from, to, worlds[e]!, params as never, draws.rows, others?.view ?? nobody));
          inspect.rows(name, phase.population, e, from, to, written);
        });
        meet(context, () => rowsWritten(context, phase.population, e, partition.ranges));
      },
    };
  },
};

/** The rows to which links from rows [from, to) lead. */
function targetsOf(links: AnyRows, from: number, to: number): Int32Array {
  const [start, target] = [links["start"], links["target"]] as [Int32Array, Int32Array];
  return target.subarray(start[from], start[to]);
}

/** Who meets whom, and their columns as they stood before the phase: copies of those that the phase may write, the others themselves. */
function createOthers(context: RunnerContext, phase: EachPhase) {
  const { worlds, cut, memory } = context;
  const { population, partner, along, reads, writes } = phase;
  const read = along === "" ? population : worlds.groups[`${along}.target`]!;
  const n = worlds.sizes[read]!;
  // Ranks that run whole worlds take their snapshots at the same time, each in a place of its own.
  const place = cut === "rows" ? memory : plainMemory;
  const written = (name: string): boolean => read === population && (writes === null || writes.includes(name));
  const kept = reads.filter(written).map((name) => {
    const column = `${read}.${name}`;
    const M = worlds.items[column] ?? 1;
    return { name, M, copy: allocateLike(place, worlds.columns[column]!, n * M) as Float64Array };
  });
  const direct = reads.filter((name) => !written(name));
  const row = new Int32Array(partner === "" ? 0 : worlds.sizes[population]!);
  const view: Record<string, ColumnArray> = partner === "" ? {} : { row };
  for (const { name, copy } of kept) view[name] = copy;
  let pairing: Permutation;
  return {
    view: view as AnySeen,
    copies: kept.length,
    count: (e: number) => rowsOf(context, read, e).size,
    reseed(stream: Stream) {
      if (partner === "random") pairing = permutation(stream, { size: n, lane: 0, period: 0 });
    },
    prepare(e: number, period: number) {
      if (partner === "random") pairing.rekey(e, period);
      const rows = rowsOf(context, read, e);
      for (const name of direct) view[name] = rows[name] as ColumnArray;
    },
    snapshot(e: number, from: number, to: number) {
      const rows = rowsOf(context, read, e);
      for (const { name, M, copy } of kept) copy.set((rows[name] as Float64Array).subarray(from * M, to * M), from * M);
    },
    /** Of the copies, the rows that this rank took. */
    written(e: number): Written[] {
      const ranges = ownRanges(context, rowsOf(context, read, e).size);
      return kept.map(({ M, copy }) => ({ array: copy, ranges: ranges.map(([from, to]) => [from * M, to * M]) }));
    },
    locate(rows: AnyRows, from: number, to: number) {
      if (partner === "") return;
      if (partner === "random") fillPartners(row.subarray(from, to), pairing, from, to);
      else row.set((rows[partner] as Int32Array).subarray(from, to), from);
    },
  };
}
