// Messages in flight, kept in the order of their senders: where phases post them and events take them out.

import { sentOf } from "./messages.ts";
import type { RunnerContext } from "./phases/kind.ts";

/** Where messages of one kind are put and taken out, on the rank that leads. */
export interface Mailbox {
  /** Begins to post and deliver in world e. */
  open(e: number): void;
  /** Puts a message in flight and returns its row, whose columns have their initial values; −1: it is dropped, because the mailbox of `target` is full. */
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
  const to = groups[`${table}.target`]!;
  const targets = sizes[to]!;
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
  const mailbox = worlds.mailboxes[table] ?? null;
  const waiting = new Int32Array(mailbox ? targets : 0); // messages in flight to each row
  const columnOf = (column: string) => (column === "" ? null : columns[`${to}.${column}`]!);
  const [lost, flooder] = [columnOf(mailbox?.lost ?? ""), columnOf(mailbox?.flooder ?? "")];
  let dropped: { readonly from: number; readonly to: number }[] = [];
  /** Who has sent how many of the messages that wait for a row, and of those dropped: most first, of as many the lowest row. */
  const sendersTo = (row: number): (readonly [sender: number, count: number])[] => {
    const counts = new Map<number, number>();
    const add = (sender: number): void => {
      counts.set(sender, (counts.get(sender) ?? 0) + 1);
    };
    for (let l = base; l < base + size[world]!; l++)
      if (target[l] === row && due[l] !== Number.POSITIVE_INFINITY) add(source[l]!);
    for (const { from, to } of dropped) if (to === row) add(from);
    return [...counts].sort(([a, m], [b, n]) => n - m || a - b);
  };

  return {
    open(e) {
      world = e;
      base = e * room;
      free.length = 0;
      changed = false;
      dropped = [];
      waiting.fill(0);
      if (mailbox) for (let l = base; l < base + size[e]!; l++) waiting[target[l]!] = waiting[target[l]!]! + 1;
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
      if (mailbox && waiting[to]! >= mailbox.holds) {
        if (lost !== null) {
          lost[world * targets + to] = lost[world * targets + to]! + 1;
          dropped.push({ from, to });
          return -1;
        }
        throw new Error(
          `${economy}: phase "${name}" sends ${table} from row ${from} to row ${to}, whose mailbox of ${mailbox.holds} is full: ${sendersTo(
            to,
          )
            .slice(0, 3)
            .map(([sender, count]) => `${count} from row ${sender}`)
            .join(", ")}. Raise mailbox, deliver sooner, or name the column that counts what is dropped by lost: "…".`,
        );
      }
      if (free.length === 0 && size[world] === room)
        throw new Error(
          `${economy}: phase "${name}" sends more than the ${room} ${table} that there is room for; raise their capacity.`,
        );
      const row = free.length > 0 ? free.pop()! : size[world]!;
      if (row === size[world]) size[world] = row + 1;
      changed = true;
      if (mailbox) waiting[to] = waiting[to]! + 1;
      source[base + row] = from;
      target[base + row] = to;
      due[base + row] = at;
      priority[base + row] = first;
      number[base + row] = sent[world]!;
      sent[world] = sent[world]! + 1;
      return row;
    },
    release(row) {
      if (mailbox) waiting[target[base + row]!] = waiting[target[base + row]!]! - 1;
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
      if (flooder)
        for (const row of new Set(dropped.map(({ to }) => to))) flooder[world * targets + row] = sendersTo(row)[0]![0];
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
