// exchange: rows send integer amounts to inboxes of other rows. Addition of integers commutes as long as no sum leaves the range in which it is exact, so
// any cut gives the same bits; a sum that would is an error, and so is an amount that is no integer.

import { refuseUnknown } from "../../core/errors.ts";
import type { ParamDeclarations, ParamValues } from "../../core/params.ts";
import { FUNCTION, refuseOther } from "../../core/shape.ts";
import { ended, guardedRows, guardedWorld, ownRows } from "../access.ts";
import type { ColumnArray, Columns } from "../columns.ts";
import type { RowDraws } from "../draws.ts";
import type { AnyRows, AnyWorld, InboxColumn, ReadonlyWorld, Rows, Tables } from "../population.ts";
import {
  type Documented,
  drawsOf,
  finished,
  meet,
  overRows,
  ownRanges,
  type PhaseKind,
  partitionOf,
  rowsOf,
  rowsWritten,
} from "./kind.ts";

export interface ExchangePhase {
  readonly kind: "exchange";
  readonly doc: string;
  readonly population: string;
  readonly to: string;
  readonly inbox: string;
  readonly run: (k: AnyRows, from: number, to: number, w: AnyWorld, p: never, draw: RowDraws, send: Send) => void;
}

/** Adds an integer amount to the inbox of a row. */
export type Send = (row: number, amount: number) => void;

export interface ExchangeBuilder<P extends ParamDeclarations, W extends Columns, G extends Tables> {
  /**
   * Like `each`, with `send(row, amount)`: adds an integer to the column `inbox` of a row of population `to` (default: the same). Sums are exact, in an i32
   * up to 2³¹ and in an f64 up to 2⁵³; beyond, they are errors.
   */
  exchange<const K extends keyof G & string, const T extends keyof G & string = K>(
    population: K,
    options: Documented & { readonly to?: T; readonly inbox: InboxColumn<G[NoInfer<T>]> },
    run: (
      k: Rows<G[K]>,
      from: number,
      to: number,
      w: ReadonlyWorld<W, G>,
      p: ParamValues<P>,
      draw: RowDraws,
      send: Send,
    ) => void,
  ): ExchangePhase;
}

export function exchange(
  population: string,
  options: Documented & { readonly to?: string; readonly inbox: string },
  run: ExchangePhase["run"],
): ExchangePhase {
  refuseUnknown(`exchange("${population}", …)`, options, ["doc", "to", "inbox"]);
  refuseOther(`exchange("${population}", …): its function`, run, FUNCTION);
  const { doc, to = population, inbox } = options;
  return { kind: "exchange", doc, population, to, inbox, run };
}

export const exchangeKind: PhaseKind<ExchangePhase> = {
  verify(name, { population, to, inbox }, names) {
    names.table(`phase "${name}"`, population);
    names.population(`the receiver of phase "${name}"`, to);
    names.single(`the inbox of phase "${name}"`, to, inbox, ["i32", "f64"]);
  },
  describe: ({ population, to, inbox }) => `${population} send to ${inbox} of ${to}`,
  guarded: (phase) => ({
    ...phase,
    run(k, from, to, w, p, draw, send) {
      const closed = {
        column: `${phase.to}.${phase.inbox}`,
        instead: "others post to it meanwhile: send to it, and read it in the next phase",
      };
      const access = { ...ownRows(phase.population, from, to), closed };
      return ended(
        phase.run(guardedRows(phase.population, k, access), from, to, guardedWorld(w, access), p, draw, send),
      );
    },
  }),
  // Ranks that share rows each post to a tray of their own, and then every rank empties all trays into the inboxes of its rows: at a
  // million agents on two threads 1.2 to 1.3 times as fast as adding atomically to inboxes that both cores want.
  runner(context, name, path, phase) {
    const { params, inspect, cut, team, memory } = context;
    const { worlds, sizes, tick } = context.worlds;
    const receivers = sizes[phase.to]!;
    const draws = drawsOf(context, name);
    const partition = partitionOf(context, phase.population);
    const whole = worlds[0]![phase.to] as AnyRows;
    const real = whole[phase.inbox] instanceof Float64Array;
    const shared = cut === "rows" && team.size > 1;
    const trays: readonly Box[] = shared
      ? Array.from({ length: team.size }, () => (real ? memory.f64(receivers) : memory.i32(receivers)))
      : [];
    const refuse = (row: number, amount: number, held: number | undefined): never =>
      refused(`${phase.to}.${phase.inbox}`, receivers, real, row, amount, held);
    const senders = new Map<ColumnArray, Send>();
    const sendTo = (box: Box): Send => {
      let send = senders.get(box);
      if (!send) {
        // A row that is not there makes the sum NaN, which both comparisons catch. An amount is looked at by itself where adding it could round it.
        send = real
          ? (row, amount) => {
              const sum = box[row]! + amount;
              if (!Number.isSafeInteger(sum) || !Number.isInteger(amount)) refuse(row, amount, box[row]);
              box[row] = sum;
            }
          : (row, amount) => {
              const sum = box[row]! + amount;
              if ((sum | 0) !== sum) refuse(row, amount, box[row]);
              box[row] = sum;
            };
        senders.set(box, send);
      }
      return send;
    };
    return {
      reseed: (root) => draws.reseed(root.fork(path)),
      run(e) {
        const rows = rowsOf(context, phase.population, e);
        const inbox = rowsOf(context, phase.to, e)[phase.inbox] as Box;
        const send = sendTo(trays[team.rank] ?? inbox);
        partition.over(rows.size, (from, to) => {
          draws.at(e, tick[e]!, from, to);
          finished(phase.run(rows, from, to, worlds[e]!, params as never, draws.rows, send));
          inspect.rows(name, phase.population, e, from, to);
        });
        meet(context, () => [
          ...rowsWritten(context, phase.population, e, partition.ranges),
          ...trays.map((array, rank) => ({ array, ranges: rank === team.rank ? [[0, receivers] as const] : [] })),
        ]);
        if (trays.length === 0) return;
        for (const tray of trays)
          overRows(context, receivers, (from, to) => {
            for (let i = from; i < to; i++) {
              const sum = inbox[i]! + tray[i]!;
              if (real ? !Number.isSafeInteger(sum) : (sum | 0) !== sum) refuse(i, tray[i]!, inbox[i]);
              inbox[i] = sum;
            }
            tray.fill(0, from, to);
          });
        meet(context, () => [
          ...rowsWritten(context, phase.to, e),
          ...trays.map((array) => ({ array, ranges: ownRanges(context, receivers) })),
        ]);
      },
    };
  },
};

type Box = Int32Array | Float64Array;

/** Says why an amount cannot be added to what a row of the inbox holds. */
function refused(
  inbox: string,
  receivers: number,
  real: boolean,
  row: number,
  amount: number,
  held: number | undefined,
): never {
  const sent = `${amount} sent to ${inbox}[${row}]`;
  if (held === undefined) throw new Error(`${sent}, whose rows are 0 to ${receivers - 1}`);
  if (!Number.isInteger(amount)) throw new Error(`${sent}, expected an integer`);
  if (!Number.isInteger(held)) throw new Error(`${sent}, which holds ${held}, expected an integer`);
  throw new Error(
    real
      ? `${sent}, which holds ${held}: sums are exact up to 2^53 = ${Number.MAX_SAFE_INTEGER + 1} and end there`
      : `${sent}, which holds ${held}: an i32 ends at ${amount > 0 ? 2147483647 : -2147483648}; declare the column as f64, whose integers are exact up to 2^53`,
  );
}
