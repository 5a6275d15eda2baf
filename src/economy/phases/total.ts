// total: world scalars as sums over rows, in a fixed pairwise order. Blocks of `grain` rows are summed by whoever has them, and the
// blocks added up pairwise in order.
import { combineSums, pairwiseSum } from "../../math/index.ts";
import type { Columns } from "../columns.ts";
import { plainMemory } from "../cut.ts";
import { refuseUnknown } from "../errors.ts";
import type { ParamDeclarations, ParamValues } from "../params.ts";
import type { AnyRows, AnyWorld, ColumnName, Populations, ReadonlyWorld, Rows } from "../population.ts";
import { type Documented, leads, meet, overRows, type PhaseKind, rowsOf } from "./kind.ts";

export interface TotalPhase {
  readonly kind: "total";
  readonly doc: string;
  readonly population: string;
  /** A column's name, or a function of a row. */
  readonly sums: Readonly<Record<string, string | ((k: AnyRows, i: number, w: AnyWorld, p: never) => number)>>;
}

export interface TotalBuilder<P extends ParamDeclarations, W extends Columns, G extends Populations> {
  /** World scalars as sums over rows, of a column or of a function, in an order that does not depend on the cut. A column is much faster. */
  total<const K extends keyof G & string>(
    population: K,
    options: Documented,
    sums: {
      readonly [S in keyof W]?:
        | ColumnName<G[K]>
        | ((k: Rows<G[K]>, i: number, w: ReadonlyWorld<W, G>, p: ParamValues<P>) => number);
    },
  ): TotalPhase;
}

export function total(population: string, options: Documented, sums: TotalPhase["sums"]): TotalPhase {
  refuseUnknown(`total("${population}", …)`, options, ["doc"]);
  return { kind: "total", doc: options.doc, population, sums };
}

export const totalKind: PhaseKind<TotalPhase> = {
  verify(name, { population, sums }, names) {
    names.population(`phase "${name}"`, population);
    for (const [scalar, of] of Object.entries(sums)) {
      names.scalar(`phase "${name}"`, scalar);
      if (typeof of === "string") names.column(`phase "${name}" sums`, population, of);
    }
  },
  describe: ({ population }) => `sum over ${population}`,
  runner(context, name, _path, phase) {
    const { params, inspect, cut, memory, grain } = context;
    const { worlds, sizes } = context.worlds;
    const n = sizes[phase.population]!;
    const blocks = Math.ceil(n / grain);
    const place = cut === "rows" ? memory : plainMemory; // ranks that run whole worlds sum at the same time
    const sums = Object.entries(phase.sums).map(([scalar, of]) => ({ scalar, of, partial: place.f64(blocks) }));
    return {
      reseed() {},
      run(e) {
        const rows = rowsOf(context, phase.population, e);
        const w = worlds[e]!;
        for (const { of, partial } of sums)
          overRows(context, n, (from, to) => {
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
        meet(context);
        if (leads(context)) {
          for (const { scalar, partial } of sums) w[scalar] = combineSums(partial, blocks);
          inspect.scalars(name, e);
        }
        meet(context);
      },
    };
  },
};
