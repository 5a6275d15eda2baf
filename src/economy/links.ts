// Links: who is tied to whom. One row per link, sorted by the row it comes from (compressed sparse rows), with columns of their own.
//
// N source rows, L links, room for C = ⌈N · degree⌉
//   start   [N + 1]   the links of source row i are start[i] … start[i + 1] − 1
//   source  [L]       the row that a link comes from
//   target  [L]       the row that it leads to

import { refuseUnknown } from "../core/errors.ts";
import type { Columns } from "./columns.ts";

/** Bounded mailboxes of the rows that messages go to. */
export interface Mailboxes {
  /** Messages in flight to one row, at most: a whole number from 1 on or the name of a parameter. */
  readonly holds: number | string;
  /** The f64 column of the receivers that counts messages dropped because the mailbox was full; "": such a message is an error. */
  readonly lost: string;
  /** The i32 column of the receivers with the row that had sent most of a full mailbox when a message was last dropped; "": none. */
  readonly flooder: string;
}

/** One kind of link, from rows of a population to rows of the same or another. */
export interface Links<
  F extends string = string,
  T extends string = string,
  S extends Columns = Columns,
  N extends string = string,
> {
  readonly from: F;
  readonly to: T;
  /** Room for links, per source row on average. */
  readonly degree: number | N;
  readonly doc: string;
  readonly state: S;
  /** They are messages, each with a time when it is delivered. */
  readonly messages?: true;
  /** Of messages: how many wait for one row at most. */
  readonly mailbox?: Mailboxes;
}

interface Declared<T, D> {
  /** The population that links lead to. Default: the one they come from. */
  readonly to?: T;
  /** Room for links: so many per source row on average, a number above 0 or the name of a parameter. */
  readonly degree: D;
  readonly doc?: string;
}

type None = Record<never, never>;

/**
 * Declares links from rows of one population to rows of another. There are none until a `wire` phase makes them. A link is a row: `each` and `total`
 * run over links as over any rows, `source` and `target` are index columns, and `start` says where the links of a source row begin.
 */
export function links<
  const F extends string,
  const D extends number | string,
  const S extends Columns,
  const T extends string = F,
>(from: F, declared: Declared<T, D> & { readonly state: S }): Links<F, NoInfer<T>, S, Extract<D, string>>;
export function links<const F extends string, const D extends number | string, const T extends string = F>(
  from: F,
  declared: Declared<T, D>,
): Links<F, NoInfer<T>, None, Extract<D, string>>;
export function links(from: string, declared: Declared<string, number | string> & { readonly state?: Columns }): Links {
  refuseUnknown(`links("${from}", …)`, declared, ["to", "degree", "doc", "state"]);
  const { to = from, degree, doc = "", state = {} } = declared;
  return { from, to, degree, doc, state };
}
