// Messages in flight, kept in the order of their senders: where phases post them and events take them out.

import { sentOf } from "./messages.ts";
import type { RunnerContext } from "./phases/kind.ts";

/** Where messages of one kind are put and taken out, on the rank that leads. */
export interface Mailbox {
  /** Begins to post and deliver in world e. */
  open(e: number): void;
  /** Puts a message in flight and returns its row, whose columns have their initial values. */
  post(source: number, target: number, due: number, priority: number): number;
  /** Takes out a message that has been delivered. Its row may be used again. */
  release(row: number): void;
  /** Whether message a goes before message b of the same due time. */
  before(a: number, b: number): boolean;
  /** Closes the gaps and sorts by source and number. */
  close(): void;
}

export function createMailbox({ economy, worlds }: RunnerContext, name: string, table: string): Mailbox {
  const { columns, items, sizes, groups, initial } = worlds;
  const room = sizes[table]!;
  const sources = sizes[groups[`${table}.source`]!]!;
  const targets = sizes[groups[`${table}.target`]!]!;
  const of = (column: string) => columns[`${table}.${column}`]!;
  const [source, target, start, size] = ["source", "target", "start", "size"].map(of) as Int32Array[];
  const [due, number] = ["due", "number"].map(of) as Float64Array[];
  const sent = columns[sentOf(table)] as Float64Array; // in each world
  const priority = of("priority") as Int32Array;
  const state = Object.keys(columns)
    .filter((key) => key.startsWith(`${table}.`) && !["start", "size"].includes(key.slice(table.length + 1)))
    .map((key) => ({ column: columns[key]!, M: items[key] ?? 1, initial: initial[key]! }));
  const free: number[] = [];
  let changed = false;
  let [world, base] = [0, 0];

  return {
    open(e) {
      world = e;
      base = e * room;
      free.length = 0;
      changed = false;
    },
    post(from, to, at, first) {
      if (!(Number.isInteger(from) && from >= 0 && from < sources && Number.isInteger(to) && to >= 0 && to < targets))
        throw new Error(
          `${economy}: phase "${name}" sends ${table} from row ${from} to row ${to}, expected rows 0 to ${sources - 1} and 0 to ${targets - 1}.`,
        );
      if (!(at >= 0 && at < Number.POSITIVE_INFINITY))
        throw new Error(
          `${economy}: phase "${name}" sends ${table} from row ${from} to row ${to} for ${at}, expected a time from 0 on.`,
        );
      if ((first | 0) !== first)
        throw new Error(
          `${economy}: phase "${name}" sends ${table} from row ${from} with priority ${first}, expected a whole number.`,
        );
      if (free.length === 0 && size[world] === room)
        throw new Error(
          `${economy}: phase "${name}" sends more than the ${room} ${table} that there is room for; raise their capacity.`,
        );
      const row = free.length > 0 ? free.pop()! : size[world]!;
      if (row === size[world]) size[world] = row + 1;
      changed = true;
      source[base + row] = from;
      target[base + row] = to;
      due[base + row] = at;
      priority[base + row] = first;
      number[base + row] = sent[world]!;
      sent[world] = sent[world]! + 1;
      return row;
    },
    release(row) {
      for (const { column, M, initial } of state) column.fill(initial, (base + row) * M, (base + row + 1) * M);
      free.push(row);
      changed = true;
    },
    before(a, b) {
      const [i, j] = [base + a, base + b];
      if (priority[i] !== priority[j]) return priority[i]! < priority[j]!;
      if (source[i] !== source[j]) return source[i]! < source[j]!;
      return number[i]! < number[j]!;
    },
    close() {
      if (!changed) return;
      const used = size[world]!;
      const kept: number[] = [];
      for (let row = 0; row < used; row++) if (due[base + row] !== Number.POSITIVE_INFINITY) kept.push(row);
      kept.sort((a, b) => source[base + a]! - source[base + b]! || number[base + a]! - number[base + b]!);
      for (const { column, M, initial } of state) {
        const before = column.slice(base * M, (base + used) * M);
        column.fill(initial, base * M, (base + used) * M);
        for (const [at, row] of kept.entries())
          for (let m = 0; m < M; m++) column[(base + at) * M + m] = before[row * M + m]!;
      }
      size[world] = kept.length;
      const first = world * (sources + 1);
      let at = 0;
      for (let i = 0; i <= sources; i++) {
        start[first + i] = at;
        while (at < kept.length && source[base + at] === i) at++;
      }
    },
  };
}
