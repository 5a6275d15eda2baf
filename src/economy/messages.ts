// Messages: records in flight from rows of one population to rows of the same or another, each with a time when it is delivered.
//
// A message is a link with a due time: a row with columns of its own, sorted by the row that it comes from. Messages of one due time are delivered by
// priority (0 before 1), then by the sender's row, then in the order of their sending.

import { refuseUnknown } from "../core/errors.ts";
import { type Column, type Columns, type EventTime, eventTime, f64, i32 } from "./columns.ts";
import type { Links } from "./links.ts";

/** What every message has, besides `source` and `target`. */
export type Post = {
  readonly due: EventTime;
  readonly priority: Column<Int32Array, null, null>;
  readonly number: Column<Float64Array, null, null>;
};

/** One kind of message. */
export interface Messages<
  F extends string = string,
  T extends string = string,
  S extends Columns = Columns,
  N extends string = string,
> extends Links<F, T, S, N> {
  readonly messages: true;
}

interface Declared<T, D> {
  /** The population that messages go to. Default: the one they come from. */
  readonly to?: T;
  /** Room for messages in flight: so many per row of the senders on average, a number above 0 or the name of a parameter. */
  readonly capacity: D;
  /**
   * How many messages wait for one row at most, a whole number from 1 on or the name of a parameter; default: as many as there is room for. One more is an error that says who flooded whom, or, with
   * `lost`, is dropped: it is not put in flight, `send` returns −1 for it, and that f64 column of the receivers counts it.
   */
  readonly mailbox?: number | D;
  readonly lost?: string;
  /** With `lost`: the i32 column of the receivers that says which row had sent most of what waited, or was dropped, when their mailbox last overflowed. */
  readonly flooder?: string;
  readonly doc?: string;
}

/**
 * Declares messages, among an economy's `links`: `send` phases and events post them, and an event of an `events` phase, `{ of: "orders", at: "due" }`,
 * delivers them. `state` are the columns of what they say. `due` is when a message is delivered, `priority` goes before the sender's row.
 * A receiver's mailbox can be bounded (`mailbox`), so that whoever is flooded says so or drops.
 */
export function messages<
  const F extends string,
  const D extends number | string,
  const S extends Columns,
  const T extends string = F,
>(from: F, declared: Declared<T, D> & { readonly state: S }): Messages<F, NoInfer<T>, S & Post, Extract<D, string>>;
export function messages<const F extends string, const D extends number | string, const T extends string = F>(
  from: F,
  declared: Declared<T, D>,
): Messages<F, NoInfer<T>, Post, Extract<D, string>>;
export function messages(
  from: string,
  declared: Declared<string, number | string> & { readonly state?: Columns },
): Messages {
  refuseUnknown(`messages("${from}", …)`, declared, ["to", "capacity", "mailbox", "lost", "flooder", "doc", "state"]);
  const { to = from, capacity, mailbox, lost = "", flooder = "", doc = "", state = {} } = declared;
  if (mailbox === undefined && lost !== "")
    throw new Error(
      `messages("${from}", …): lost is "${lost}" without a mailbox, expected how many messages one holds.`,
    );
  if (lost === "" && flooder !== "")
    throw new Error(
      `messages("${from}", …): flooder is "${flooder}" without lost, expected the column that counts what is dropped.`,
    );
  const post: Post = {
    due: eventTime({ unit: "time", doc: "when it is delivered" }),
    priority: i32({ doc: "of messages of one due time, the lowest is delivered first" }),
    number: f64({ doc: "of all messages of its kind that were sent in this world, in order" }),
  };
  for (const name of Object.keys(post))
    if (Object.hasOwn(state, name))
      throw new Error(`messages("${from}", …): state declares a column "${name}", which every message has.`);
  return {
    from,
    to,
    degree: capacity,
    doc,
    state: { ...state, ...post },
    messages: true,
    ...(mailbox !== undefined && { mailbox: { holds: mailbox, lost, flooder } }),
  };
}

/**
 * When a message sent at `time` is due: at once where its priority is above the threshold, otherwise with the next common batch, at a multiple of `every`.
 */
export function batchedDue(
  time: number,
  priority: number,
  { threshold, every }: { readonly threshold: number; readonly every: number },
): number {
  if (!(every > 0)) throw new Error(`batchedDue: every is ${every}, expected a time above 0.`);
  return priority > threshold ? time : Math.ceil(time / every) * every;
}

/** The column that counts how many messages of a kind were sent in each world. */
export const sentOf = (table: string): string => `${table}/sent`;
