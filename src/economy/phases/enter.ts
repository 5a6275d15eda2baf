// enter: new lives in free rows of a population, by rank: the first free rows, in order, however the rows are cut.
//
// N rows; rows fall into blocks of `grain`, whose free rows are counted by whoever has them. How many are free before a block follows from the counts alone.

import { plainMemory } from "../../core/cut.ts";
import { refuseUnknown } from "../../core/errors.ts";
import type { ParamDeclarations, ParamValues } from "../../core/params.ts";
import { FUNCTION, refuseOther } from "../../core/shape.ts";
import { ended, guardedRows, guardedWorld, ownRows, readOnly } from "../access.ts";
import type { ColumnArray, Columns } from "../columns.ts";
import type { RowDraws } from "../draws.ts";
import { vacantOf } from "../lives.ts";
import type { AnyRows, AnyWorld, MortalKey, ReadonlyWorld, Rows, ScalarKey, Tables } from "../population.ts";
import {
  blocksWritten,
  type Documented,
  drawsOf,
  finished,
  leads,
  meet,
  overRows,
  type PhaseKind,
  rowsOf,
  rowsWritten,
  worldWritten,
} from "./kind.ts";

export interface EnterPhase {
  readonly kind: "enter";
  readonly doc: string;
  readonly population: string;
  readonly number: (w: AnyWorld, p: never) => number;
  /** The scalar that is told how many entered; "": none. */
  readonly entered: string;
  readonly run:
    | ((k: AnyRows, from: number, to: number, w: AnyWorld, p: never, draw: RowDraws, entering: Uint8Array) => void)
    | null;
}

export interface EnterBuilder<P extends ParamDeclarations, W extends Columns, G extends Tables> {
  /**
   * Begins lives in free rows of a population that declares `lives`: the first that are free, in order, `number` of them rounded down or as many as there are; `entered` names a world
   * scalar that is told how many. A row that is left can be taken from the next period on. Columns take their initial values; `run` then sets up rows
   * [from, to), any cut of the population, where `entering` is 1.
   */
  enter<const K extends MortalKey<G>>(
    population: K,
    options: Documented & {
      readonly number: (w: ReadonlyWorld<W, G>, p: ParamValues<P>) => number;
      readonly entered?: ScalarKey<W>;
    },
    run?: (
      k: Rows<G[K]>,
      from: number,
      to: number,
      w: ReadonlyWorld<W, G>,
      p: ParamValues<P>,
      draw: RowDraws,
      entering: Uint8Array,
    ) => void,
  ): EnterPhase;
}

export function enter(
  population: string,
  options: Documented & { readonly number: EnterPhase["number"]; readonly entered?: string },
  run: EnterPhase["run"] = null,
): EnterPhase {
  const where = `enter("${population}", …)`;
  refuseUnknown(where, options, ["doc", "number", "entered"]);
  refuseOther(`${where}: number`, options.number, FUNCTION);
  if (run !== null) refuseOther(`${where}: its function`, run, FUNCTION);
  const { doc, number, entered = "" } = options;
  return { kind: "enter", doc, population, number, entered, run };
}

export const enterKind: PhaseKind<EnterPhase> = {
  verify(name, { population, entered }, names) {
    names.population(`phase "${name}"`, population);
    if (!names.mortal(population))
      names.fail(`phase "${name}" enters ${population}, who live for ever; declare \`lives\` of population({ … }).`);
    if (entered !== "" && names.scalar(`what phase "${name}" tells how many entered`, entered).each !== null)
      names.fail(
        `phase "${name}" tells world.${entered} how many entered, which has several items; expected one number.`,
      );
  },
  describe: ({ population }) => `new lives of ${population}`,
  guarded: (phase) => ({
    ...phase,
    number: (w, p) => phase.number(guardedWorld(w, readOnly(phase.population)), p),
    run:
      phase.run &&
      ((k, from, to, w, p, draw, entering) => {
        const access = ownRows(phase.population, from, to);
        const rows = guardedRows(phase.population, k, access);
        return ended(phase.run!(rows, from, to, guardedWorld(w, access), p, draw, entering));
      }),
  }),
  runner(context, name, path, phase) {
    const { economy, params, inspect, cut, memory, grain } = context;
    const { worlds, sizes, columns, initial, items, lives, tick } = context.worlds;
    const { population } = phase;
    const n = sizes[population]!;
    const counts = (cut === "rows" ? memory : plainMemory).i32(Math.ceil(n / grain)); // ranks that run whole worlds count at the same time
    const vacant = columns[vacantOf(population)] as Uint8Array;
    const entering = new Uint8Array(n);
    const own = Object.keys(initial)
      .filter((key) => key.startsWith(`${population}.`))
      .map((key) => ({ column: columns[key] as ColumnArray, M: items[key] ?? 1, value: initial[key]! }));
    const draws = drawsOf(context, name);
    return {
      reseed: (root) => draws.reseed(root.fork(path)),
      run(e) {
        const rows = rowsOf(context, population, e);
        const alive = rows[lives[population]!] as Uint8Array;
        const free = vacant.subarray(e * n, (e + 1) * n);
        const isFree = (i: number): boolean => free[i] === 1 && alive[i] === 0;
        const wanted = phase.number(worlds[e]!, params as never);
        if (Number.isNaN(wanted))
          throw new Error(`${economy}: phase "${name}": the number who enter ${population} is NaN, expected a number.`);
        overRows(context, n, (from, to) => {
          for (let block = from / grain; block * grain < to; block++) {
            let count = 0;
            const end = Math.min(to, (block + 1) * grain);
            for (let i = block * grain; i < end; i++) if (isFree(i)) count++;
            counts[block] = count;
          }
        });
        meet(context, () => [blocksWritten(context, n, counts)]);
        let room = 0;
        for (const count of counts) room += count;
        const number = Math.max(0, Math.min(Math.floor(wanted), room));
        overRows(context, n, (from, to) => {
          let rank = 0;
          for (let block = 0; block * grain < from; block++) rank += counts[block]!;
          for (let i = from; i < to; i++) {
            entering[i] = isFree(i) && rank < number ? 1 : 0;
            if (isFree(i)) rank++;
            if (!entering[i]) continue;
            for (const { column, M, value } of own) column.fill(value, (e * n + i) * M, (e * n + i + 1) * M);
            alive[i] = 1;
            free[i] = 0;
          }
          draws.at(e, tick[e]!, from, to);
          if (phase.run) finished(phase.run(rows, from, to, worlds[e]!, params as never, draws.rows, entering));
          inspect.rows(name, population, e, from, to);
        });
        meet(context, () => rowsWritten(context, population, e));
        if (phase.entered === "") return;
        if (leads(context)) worlds[e]![phase.entered] = number;
        meet(context, () => worldWritten(context, e));
      },
    };
  },
};
