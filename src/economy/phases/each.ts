// each: rows of a population, in any cut. Writes its own rows only; reads world scalars and, where declared, a partner's columns.
import { fillPartners, type Permutation, permutation, type Stream } from "../../random/index.ts";
import type { Columns } from "../columns.ts";
import { plainMemory } from "../cut.ts";
import type { RowDraws } from "../draws.ts";
import { refuseUnknown } from "../errors.ts";
import type { ParamDeclarations, ParamValues } from "../params.ts";
import type { AnyRows, AnyWorld, ColumnName, IndexColumn, Populations, ReadonlyWorld, Rows } from "../population.ts";
import { allocateLike } from "../worlds.ts";
import {
  type Documented,
  drawsOf,
  finished,
  meet,
  overRows,
  type PhaseKind,
  type RunnerContext,
  rowsOf,
} from "./kind.ts";

export interface EachPhase {
  readonly kind: "each";
  readonly doc: string;
  readonly population: string;
  readonly partner: string;
  readonly reads: readonly string[];
  readonly run: (
    k: AnyRows,
    from: number,
    to: number,
    w: AnyWorld,
    p: never,
    draw: RowDraws,
    other: AnyPartner,
  ) => void;
}

/** The partner's row for each row (−1: none), and the declared columns as they stood before the phase, indexed by row. */
export type Partner<K, R extends string> = { readonly row: Int32Array } & {
  readonly [C in R]: Rows<K>[C & keyof Rows<K>];
};
type AnyPartner = { readonly row: Int32Array } & {
  readonly [column: string]: Float64Array | Int32Array | Uint8Array;
};

export interface EachBuilder<P extends ParamDeclarations, W extends Columns, G extends Populations> {
  /**
   * Runs over rows [from, to), which may be any cut of the population: writes its own rows only. `partner: "random"` pairs the rows of a world
   * uniformly afresh each period; an i32 column's name takes the partner's row (−1: none) from that column. `reads` names the partner's columns.
   */
  each<const K extends keyof G & string, const R extends ColumnName<G[K]> = never>(
    population: K,
    options: Documented & { readonly partner?: "random" | IndexColumn<G[K]>; readonly reads?: readonly R[] },
    run: (
      k: Rows<G[K]>,
      from: number,
      to: number,
      w: ReadonlyWorld<W, G>,
      p: ParamValues<P>,
      draw: RowDraws,
      other: Partner<G[K], R>,
    ) => void,
  ): EachPhase;
}

export function each(
  population: string,
  options: Documented & { readonly partner?: string; readonly reads?: readonly string[] },
  run: EachPhase["run"],
): EachPhase {
  refuseUnknown(`each("${population}", …)`, options, ["doc", "partner", "reads"]);
  const { doc, partner = "", reads = [] } = options;
  return { kind: "each", doc, population, partner, reads, run };
}

export const eachKind: PhaseKind<EachPhase> = {
  verify(name, { population, partner, reads }, names) {
    names.population(`phase "${name}"`, population);
    for (const column of reads) names.column(`what phase "${name}" reads`, population, column);
    if (partner !== "" && partner !== "random")
      names.single(`the partner of phase "${name}"`, population, partner, ["i32"]);
    if (reads.length > 0 && partner === "") names.fail(`phase "${name}" reads columns but has no partner.`);
  },
  describe({ population, partner }) {
    if (partner === "") return `each of ${population}`;
    return `each of ${population}, with ${partner === "random" ? "a random partner" : `the partner in ${partner}`}`;
  },
  runner(context, name, path, phase) {
    const { params, inspect } = context;
    const { worlds, sizes, tick } = context.worlds;
    const n = sizes[phase.population]!;
    const draws = drawsOf(context, name);
    const partner = phase.partner === "" ? null : createPartner(context, phase, n);
    const nobody = { row: new Int32Array(0) } as unknown as AnyPartner;
    return {
      reseed(root) {
        draws.reseed(root.fork(path));
        partner?.reseed(draws.fork("partner"));
      },
      run(e) {
        const rows = rowsOf(context, phase.population, e);
        if (partner) {
          partner.pair(e, tick[e]!);
          overRows(context, n, (from, to) => partner.snapshot(rows, from, to));
          meet(context);
        }
        overRows(context, n, (from, to) => {
          draws.at(e, tick[e]!, from, to);
          partner?.locate(rows, from, to);
          finished(phase.run(rows, from, to, worlds[e]!, params as never, draws.rows, partner?.view ?? nobody));
          inspect.rows(name, phase.population, e, from, to);
        });
        meet(context);
      },
    };
  },
};

/** Who meets whom, and the partner's columns as they stood before the phase. */
function createPartner({ worlds, cut, memory }: RunnerContext, phase: EachPhase, n: number) {
  // Ranks that run whole worlds take their snapshots at the same time, each in a place of its own.
  const place = cut === "rows" ? memory : plainMemory;
  const kept = phase.reads.map((name) => {
    const column = `${phase.population}.${name}`;
    const M = worlds.items[column] ?? 1;
    return { name, M, copy: allocateLike(place, worlds.columns[column]!, n * M) as Float64Array };
  });
  const row = new Int32Array(n);
  const view = { row, ...Object.fromEntries(kept.map(({ name, copy }) => [name, copy])) } as unknown as AnyPartner;
  let pairing: Permutation;
  return {
    view,
    reseed(stream: Stream) {
      pairing = permutation(stream, { size: n, lane: 0, period: 0 });
    },
    pair(lane: number, period: number) {
      if (phase.partner === "random") pairing.rekey(lane, period);
    },
    snapshot(rows: AnyRows, from: number, to: number) {
      for (const { name, M, copy } of kept) copy.set((rows[name] as Float64Array).subarray(from * M, to * M), from * M);
    },
    locate(rows: AnyRows, from: number, to: number) {
      if (phase.partner === "random") fillPartners(row.subarray(from, to), pairing, from, to);
      else row.set((rows[phase.partner] as Int32Array).subarray(from, to), from);
    },
  };
}
