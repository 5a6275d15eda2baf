// send: rows post messages, which an `events` phase delivers. Each rank notes what its rows send; one rank then puts all in flight by the sender's row, so
// that no cut changes their order.

import { plainMemory, type Written } from "../../core/cut.ts";
import { refuseUnknown } from "../../core/errors.ts";
import type { ParamDeclarations, ParamValues } from "../../core/params.ts";
import { FUNCTION, refuseOther } from "../../core/shape.ts";
import { ended, guardedRows, guardedWorld, ownRows } from "../access.ts";
import type { ColumnArray, Columns } from "../columns.ts";
import type { RowDraws } from "../draws.ts";
import { createMailbox } from "../mailbox.ts";
import type { Messages } from "../messages.ts";
import type { AnyRows, AnyWorld, MessagesKey, ReadonlyWorld, Rows, StateOf, Tables } from "../population.ts";
import { allocateLike } from "../worlds.ts";
import {
  type Documented,
  drawsOf,
  finished,
  leads,
  meet,
  type PhaseKind,
  partitionOf,
  rowsOf,
  rowsWritten,
  worldWritten,
} from "./kind.ts";

export interface SendPhase {
  readonly kind: "send";
  readonly doc: string;
  readonly messages: string;
  readonly run: (
    k: AnyRows,
    from: number,
    to: number,
    w: AnyWorld,
    p: never,
    draw: RowDraws,
    post: PostRow,
    content: Content,
  ) => void;
}

type Content = { readonly [column: string]: ColumnArray };
/**
 * Sends a message from a row to a row, to be delivered at a time; of equal times the lowest priority (default 0) comes first. Returns its place in `content`; in an event, −1 where a full mailbox drops it.
 */
export type PostRow = (source: number, target: number, due: number, priority?: number) => number;

type Said<K> = Omit<
  { readonly [C in keyof StateOf<K>]: Rows<K>[C & keyof Rows<K>] },
  "source" | "target" | "due" | "priority" | "number"
>;

export interface SendBuilder<P extends ParamDeclarations, W extends Columns, G extends Tables> {
  /**
   * Runs over rows [from, to) of those whom messages come from, which may be any cut, like `each`. `post(i, target, due)` sends one from row i and returns
   * its place in the columns `content`: `content.amount[post(i, j, time)] = 5`.
   */
  send<const K extends MessagesKey<G>>(
    messages: K,
    options: Documented,
    run: (
      k: Rows<G[(G[K] extends Messages<infer F> ? F : never) & keyof G]>,
      from: number,
      to: number,
      w: ReadonlyWorld<W, G>,
      p: ParamValues<P>,
      draw: RowDraws,
      post: PostRow,
      content: Said<G[K]>,
    ) => void,
  ): SendPhase;
}

export function send(messages: string, options: Documented, run: SendPhase["run"]): SendPhase {
  refuseUnknown(`send("${messages}", …)`, options, ["doc"]);
  refuseOther(`send("${messages}", …): its function`, run, FUNCTION);
  return { kind: "send", doc: options.doc, messages, run };
}

export const sendKind: PhaseKind<SendPhase> = {
  verify(name, { messages }, names) {
    if (!names.links(`phase "${name}"`, messages).messages)
      names.fail(`phase "${name}" sends ${messages}, which are links; declare them as messages(…).`);
  },
  describe: ({ messages }) => `messages ${messages} are sent`,
  guarded: (phase, links) => ({
    ...phase,
    run(k, from, to, w, p, draw, post, content) {
      const access = ownRows(links[phase.messages]!.from, from, to);
      const rows = guardedRows(access.table, k, access);
      return ended(phase.run(rows, from, to, guardedWorld(w, access), p, draw, post, content));
    },
  }),
  runner(context, name, path, phase) {
    const { params, inspect, cut, team, memory, economy } = context;
    const { worlds, columns, items, sizes, groups, initial, tick } = context.worlds;
    const table = phase.messages;
    const senders = groups[`${table}.source`]!;
    const room = sizes[table]!;
    const draws = drawsOf(context, name);
    const partition = partitionOf(context, senders);
    const place = cut === "rows" ? memory : plainMemory;
    const said = Object.keys(columns)
      .filter((key) => key.startsWith(`${table}.`))
      .map((key) => key.slice(table.length + 1))
      .filter((column) => !["source", "target", "start", "size", "due", "priority", "number"].includes(column))
      .map((column) => {
        const key = `${table}.${column}`;
        return { key, column, M: items[key] ?? 1, initial: initial[key]! };
      });
    const trays = Array.from({ length: cut === "rows" ? team.size : 1 }, () => ({
      count: place.i32(1),
      source: place.i32(room),
      target: place.i32(room),
      due: place.f64(room),
      priority: place.f64(room),
      content: Object.fromEntries(
        said.map(({ key, column, M }) => [column, allocateLike(place, columns[key]!, room * M)]),
      ) as Content,
    }));
    const traysWritten = (): Written[] =>
      trays.flatMap((tray) =>
        [tray.count, tray.source, tray.target, tray.due, tray.priority, ...Object.values(tray.content)].map(
          (array) => ({
            array,
            ranges: tray === mine ? [[0, array.length]] : [],
          }),
        ),
      );
    const mine = trays[cut === "rows" ? team.rank : 0]!;
    const mailbox = createMailbox(context, name, table);
    let [first, last] = [0, 0];
    const post: PostRow = (source, target, due, priority = 0) => {
      if (!(source >= first && source < last))
        throw new Error(
          `${economy}: phase "${name}" sends from row ${source} while it runs over rows ${first} to ${last - 1}; a row sends for itself.`,
        );
      const at = mine.count[0]!;
      if (at === room)
        throw new Error(
          `${economy}: phase "${name}" sends more than the ${room} ${table} that there is room for; raise their capacity.`,
        );
      mine.count[0] = at + 1;
      mine.source[at] = source;
      mine.target[at] = target;
      mine.due[at] = due;
      mine.priority[at] = priority;
      for (const { column, M, initial } of said) mine.content[column]!.fill(initial, at * M, (at + 1) * M);
      return at;
    };
    /** All that was sent, by the sender's row and then in order of sending. */
    function deliver(e: number): void {
      const order = trays.flatMap((tray) => Array.from({ length: tray.count[0]! }, (_, at) => ({ tray, at })));
      order.sort((a, b) => a.tray.source[a.at]! - b.tray.source[b.at]!); // stable
      mailbox.open(e);
      for (const { tray, at } of order) {
        const posted = mailbox.post(tray.source[at]!, tray.target[at]!, tray.due[at]!, tray.priority[at]!);
        if (posted < 0) continue; // the mailbox is full
        const row = e * room + posted;
        for (const { key, column, M } of said)
          for (let m = 0; m < M; m++) columns[key]![row * M + m] = tray.content[column]![at * M + m]!;
      }
      mailbox.close();
    }
    return {
      reseed: (root) => draws.reseed(root.fork(path)),
      run(e) {
        const rows = rowsOf(context, senders, e);
        mine.count[0] = 0;
        partition.over(rows.size, (from, to) => {
          [first, last] = [from, to];
          draws.at(e, tick[e]!, from, to);
          finished(phase.run(rows, from, to, worlds[e]!, params as never, draws.rows, post, mine.content));
          inspect.rows(name, senders, e, from, to);
        });
        meet(context, () => [...rowsWritten(context, senders, e, partition.ranges), ...traysWritten()]);
        if (leads(context)) {
          deliver(e);
          inspect.rows(name, table, e, 0, rowsOf(context, table, e).size);
        }
        meet(context, () => worldWritten(context, e));
      },
    };
  },
};
