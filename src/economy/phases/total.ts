// total: sums over rows, of all into world scalars or of each group into the columns of the population that groups them, in an order
// that does not depend on the cut.
//
// N rows, M items of an inner axis, G groups
//
// World scalars: blocks of `grain` rows are summed by whoever has them, and the blocks added up pairwise in order.
// Groups: the rows fall into chunks, as many as there are blocks but not more than keeps chunks × G within N; each chunk adds its rows to a
// line of G partial sums in the order of rows, and the lines are added up pairwise in order. Chunks depend on N and G alone.

import { plainMemory } from "../../core/cut.ts";
import { refuseUnknown } from "../../core/errors.ts";
import type { ParamDeclarations, ParamValues } from "../../core/params.ts";
import { RECORD, refuseOther } from "../../core/shape.ts";
import { combineSums, pairwiseSum } from "../../math/index.ts";
import { guardedRows, guardedWorld, readOnly } from "../access.ts";
import type { Columns } from "../columns.ts";
import type {
  AnyRows,
  AnyWorld,
  ColumnName,
  GroupColumn,
  GroupOf,
  ReadonlyWorld,
  Rows,
  StateOf,
  Tables,
} from "../population.ts";
import {
  blocksWritten,
  type Documented,
  leads,
  meet,
  overRows,
  type PhaseKind,
  type Runner,
  type RunnerContext,
  rowsOf,
  rowsWritten,
  worldWritten,
} from "./kind.ts";

/** A term of a sum; `item` is 0 but for sums into an inner axis. */
type Term = (k: AnyRows, i: number, w: AnyWorld, p: never, item: number) => number;

export interface TotalPhase {
  readonly kind: "total";
  readonly doc: string;
  readonly population: string;
  /** The column that names each row's group; null: sums over all rows. */
  readonly by: string | null;
  /** Whether rows that nobody lives in are summed too. */
  readonly dead: boolean;
  /** By scalar, or by column of the population that groups: a column's name, or a function of a row. */
  readonly sums: Readonly<Record<string, string | Term>>;
}

/** Where a total may write: world scalars, or columns of the population that `by` names rows of. */
type Into<W, G, K, B> = [B] extends [never] ? keyof W : keyof StateOf<G[GroupOf<K, B> & keyof G]>;

export interface TotalBuilder<P extends ParamDeclarations, W extends Columns, G extends Tables> {
  /**
   * World scalars as sums over rows, of a column or of a function, in an order that does not depend on the cut. A column is much faster.
   * `by` names an `index` column: then the sums of each group are written to columns of the population that it names rows of; a row with −1
   * counts nowhere, and a group without rows gets 0. Of a population with `lives` those who live are summed, or with `dead: true` all rows. With an inner axis, items are summed one by one; a function gets the item too.
   */
  total<const K extends keyof G & string, const B extends GroupColumn<G[K]> = never>(
    population: K,
    options: Documented & { readonly by?: B; readonly dead?: boolean },
    sums: {
      readonly [S in Into<W, G, G[K], B>]?:
        | ColumnName<G[K]>
        | ((k: Rows<G[K]>, i: number, w: ReadonlyWorld<W, G>, p: ParamValues<P>, item: number) => number);
    },
  ): TotalPhase;
}

export function total(
  population: string,
  options: Documented & { readonly by?: string; readonly dead?: boolean },
  sums: TotalPhase["sums"],
): TotalPhase {
  refuseUnknown(`total("${population}", …)`, options, ["doc", "by", "dead"]);
  refuseOther(`total("${population}", …): what it sums`, sums, RECORD);
  const { doc, by = null, dead = false } = options;
  return { kind: "total", doc, population, by, dead, sums };
}

export const totalKind: PhaseKind<TotalPhase> = {
  verify(name, { population, by, sums }, names) {
    names.table(`phase "${name}"`, population);
    const group = by === null ? null : names.column(`the groups of phase "${name}"`, population, by).names;
    if (by !== null && group === null)
      names.fail(`phase "${name}" groups by ${population}.${by}, which names no rows; declare it by \`index("…")\`.`);
    for (const [into, of] of Object.entries(sums)) {
      const where = `phase "${name}"`;
      const to = group === null ? names.scalar(where, into) : names.column(where, group, into);
      if (typeof of !== "string") continue;
      const from = names.column(`phase "${name}" sums`, population, of);
      if (from.each !== to.each)
        names.fail(
          `phase "${name}" sums ${population}.${of} (${itemsOf(from.each)}) into ${group ?? "world"}.${into} (${itemsOf(to.each)}); expected as many items.`,
        );
    }
  },
  describe: ({ population, by }) => `sum over ${population}${by === null ? "" : `, by ${by}`}`,
  guarded(phase) {
    const access = readOnly(phase.population);
    // Views are kept: a sum calls its function once per row.
    const worlds = new WeakMap<AnyWorld, AnyWorld>();
    const tables = new WeakMap<AnyRows, AnyRows>();
    const kept = <T extends object>(views: WeakMap<T, T>, of: T, view: () => T): T => {
      if (!views.has(of)) views.set(of, view());
      return views.get(of)!;
    };
    const sums = Object.entries(phase.sums).map(([into, of]): [string, string | Term] => [
      into,
      typeof of === "string"
        ? of
        : (k, i, w, p, item) =>
            of(
              kept(tables, k, () => guardedRows(phase.population, k, access)),
              i,
              kept(worlds, w, () => guardedWorld(w, access)),
              p,
              item,
            ),
    ]);
    return { ...phase, sums: Object.fromEntries(sums) };
  },
  runner: (context, name, _path, phase) =>
    phase.by === null ? overAll(context, name, phase) : overGroups(context, name, phase, phase.by),
};

const itemsOf = (each: number | string | null): string => (each === null ? "single values" : `each: ${each}`);

/** Row i's term of a sum, item m, as a function. */
function termOf(of: string | Term, M: number): Term {
  if (typeof of !== "string") return of;
  return (k, i, _w, _p, m) => (k[of] as Float64Array)[i * M + m]!;
}

function overAll(context: RunnerContext, name: string, phase: TotalPhase): Runner {
  const { params, inspect, cut, memory, grain } = context;
  const { worlds, sizes, items } = context.worlds;
  const lives = phase.dead ? null : (context.worlds.lives[phase.population] ?? null);
  const blocks = Math.ceil(sizes[phase.population]! / grain);
  const place = cut === "rows" ? memory : plainMemory; // ranks that run whole worlds sum at the same time
  const sums = Object.entries(phase.sums).map(([scalar, of]) => {
    const M = items[`world.${scalar}`] ?? null;
    const partial = Array.from({ length: M ?? 1 }, () => place.f64(blocks));
    return { scalar, of, M, term: termOf(of, M ?? 1), partial };
  });
  return {
    reseed() {},
    run(e) {
      const rows = rowsOf(context, phase.population, e);
      const w = worlds[e]!;
      const alive = lives === null ? null : (rows[lives] as Uint8Array);
      for (const { of, M, term, partial } of sums)
        overRows(context, rows.size, (from, to) => {
          for (let block = from / grain; block * grain < to; block++) {
            const end = Math.min(to, (block + 1) * grain);
            if (typeof of === "string" && M === null && !alive) {
              partial[0]![block] = pairwiseSum(rows[of] as Float64Array, block * grain, end);
              continue;
            }
            for (let m = 0; m < partial.length; m++) {
              let sum = 0;
              for (let i = block * grain; i < end; i++)
                if (!alive || alive[i]) sum += term(rows, i, w, params as never, m);
              partial[m]![block] = sum;
            }
          }
        });
      meet(context, () =>
        sums.flatMap(({ partial }) => partial.map((array) => blocksWritten(context, rows.size, array))),
      );
      if (leads(context)) {
        const used = Math.ceil(rows.size / grain);
        for (const { scalar, M, partial } of sums) {
          if (M === null) w[scalar] = combineSums(partial[0]!, used);
          else for (let m = 0; m < M; m++) (w[scalar] as Float64Array)[m] = combineSums(partial[m]!, used);
        }
        inspect.scalars(name, e);
      }
      meet(context, () => worldWritten(context, e));
    },
  };
}

function overGroups(context: RunnerContext, name: string, phase: TotalPhase, by: string): Runner {
  const { economy, params, inspect, cut, memory, grain, team, pieces, backwards } = context;
  const { worlds, sizes, items, groups } = context.worlds;
  const lives = phase.dead ? null : (context.worlds.lives[phase.population] ?? null);
  const group = groups[`${phase.population}.${by}`]!;
  const N = sizes[phase.population]!;
  const G = sizes[group]!;
  const chunks = Math.max(1, Math.min(Math.ceil(N / grain), Math.floor(N / G)));
  const place = cut === "rows" ? memory : plainMemory;
  const sums = Object.entries(phase.sums).map(([into, of]) => {
    const M = items[`${group}.${into}`] ?? 1;
    return { into, of, M, term: termOf(of, M), partial: place.f64(chunks * G * M) }; // [chunks, G, M]
  });
  /** Adds the rows of one chunk to its line. */
  function addChunk(e: number, rows: AnyRows, chunk: number): void {
    const w = worlds[e]!;
    const n = rows.size;
    const from = Math.floor((n * chunk) / chunks);
    const to = Math.floor((n * (chunk + 1)) / chunks);
    const member = rows[by] as Int32Array;
    const alive = lives === null ? null : (rows[lives] as Uint8Array);
    for (let i = from; i < to; i++) {
      const g = member[i]!;
      if (alive && !alive[i]) continue;
      if (g < -1 || g >= G)
        throw new Error(
          `${economy}: phase "${name}": ${phase.population}.${by}[${i}] is ${g}, expected a row of ${group}, 0 to ${G - 1}, or −1.`,
        );
    }
    for (const { of, M, term, partial } of sums) {
      const line = chunk * G * M;
      partial.fill(0, line, line + G * M);
      if (typeof of === "string" && M === 1) {
        const x = rows[of] as Float64Array;
        for (let i = from; i < to; i++) {
          const g = member[i]!;
          if (g >= 0 && (!alive || alive[i])) partial[line + g] = partial[line + g]! + x[i]!;
        }
        continue;
      }
      for (let i = from; i < to; i++) {
        const g = member[i]!;
        if (g < 0 || (alive && !alive[i])) continue;
        for (let m = 0; m < M; m++) {
          const at = line + g * M + m;
          partial[at] = partial[at]! + term(rows, i, w, params as never, m);
        }
      }
    }
  }
  /** Chunks that this rank adds up, where ranks share rows. */
  function ownChunks(): [from: number, to: number][] {
    const own: [number, number][] = [];
    for (let k = team.rank; k < pieces; k += team.size) {
      const piece = backwards ? pieces - 1 - k : k;
      own.push([Math.floor((chunks * piece) / pieces), Math.floor((chunks * (piece + 1)) / pieces)]);
    }
    return own;
  }
  const lines = new Float64Array(chunks);
  return {
    reseed() {},
    run(e) {
      const rows = rowsOf(context, phase.population, e);
      if (cut === "worlds") for (let chunk = 0; chunk < chunks; chunk++) addChunk(e, rows, chunk);
      else for (const [from, to] of ownChunks()) for (let chunk = from; chunk < to; chunk++) addChunk(e, rows, chunk);
      meet(context, () =>
        sums.map(({ M, partial }) => ({
          array: partial,
          ranges: ownChunks().map(([from, to]) => [from * G * M, to * G * M] as const),
        })),
      );
      const into = rowsOf(context, group, e);
      overRows(context, G, (from, to) => {
        for (const sum of sums) {
          const { M, partial } = sum;
          const out = into[sum.into] as Float64Array | Int32Array;
          for (let at = from * M; at < to * M; at++) {
            for (let chunk = 0; chunk < chunks; chunk++) lines[chunk] = partial[chunk * G * M + at]!;
            const value = combineSums(lines, chunks);
            out[at] = value;
            if (out[at] !== value && Number.isFinite(value))
              throw new Error(
                `${economy}: phase "${name}": ${group}.${sum.into}[${Math.floor(at / M)}] would be ${value}, which its integers do not hold; declare it f64.`,
              );
          }
        }
        inspect.rows(name, group, e, from, to);
      });
      meet(context, () => rowsWritten(context, group, e));
    },
  };
}
