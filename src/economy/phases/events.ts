// events: what happens in continuous time within a period, one event after the other in exact order: by time, then by kind in order of declaration, then by
// row. Next times stand in columns, so that checkpoints have them; the heap is made from them when the phase begins. One rank runs a world's events.
//
// An event may wait for a decision of its row. The phase then stops before it, with nothing kept but columns: the event's time still stands in its own, and the heap is made anew when
// the phase goes on. A bare simulation runs past decisions, as it does past those of `decide`.

import { refuseUnknown } from "../../core/errors.ts";
import type { ParamDeclarations, ParamValues } from "../../core/params.ts";
import { FUNCTION, RECORD, refuseOther, TEXT } from "../../core/shape.ts";
import type { Columns } from "../columns.ts";
import { createDraws, type EventDraws } from "../draws.ts";
import { createEventQueue } from "../event-queue.ts";
import { createMailbox, type Mailbox } from "../mailbox.ts";
import type {
  AnyWorld,
  EventColumn,
  EventScalar,
  LinksKey,
  MessagesKey,
  PopulationKey,
  Tables,
  World,
} from "../population.ts";
import { countOf } from "../worlds.ts";
import { type Deciding, type DecidingOptions, decidingOf } from "./decide.ts";
import { type Documented, finished, leads, meet, type PhaseKind, rowsOf, type Stops, worldWritten } from "./kind.ts";
import type { PostRow } from "./send.ts";

export interface EventsPhase {
  readonly kind: "events";
  readonly doc: string;
  /** Length of a period, in the unit of the times. */
  readonly length: number | string;
  /** Events of one world and period beyond which the phase fails. */
  readonly limit: number | string;
  readonly events: Readonly<Record<string, EventKind>>;
}

interface EventKind {
  readonly doc: string;
  /** The population whose rows have events of this kind, and its column of next times; "" where the world has. */
  readonly of: string;
  readonly at: string;
  /** The world scalar that is the next time; "" where rows have their own. */
  readonly world: string;
  /** What its row decides before it happens; null: nothing. */
  readonly decide: Deciding | null;
  readonly run: (
    w: AnyWorld,
    p: never,
    row: number,
    time: number,
    draw: EventDraws,
    schedule: Readonly<Record<string, (row: number, time: number) => void>>,
    send: Readonly<Record<string, PostRow>>,
  ) => void;
}

/** Sets the next time of each kind of event for a row, from now on; Infinity: none. */
export type Schedule<N extends string> = { readonly [K in N]: (row: number, time: number) => void };

type Source<P extends ParamDeclarations, W extends Columns, G extends Tables> =
  | {
      [K in PopulationKey<G>]: {
        readonly of: K;
        readonly at: EventColumn<G[K]>;
        readonly decide?: DecidingOptions<P, W, G, K>;
      };
    }[PopulationKey<G>]
  | { [K in LinksKey<G>]: { readonly of: K; readonly at: EventColumn<G[K]>; readonly decide?: never } }[LinksKey<G>]
  | { readonly world: EventScalar<W>; readonly decide?: never };
type Handler<P extends ParamDeclarations, W extends Columns, G extends Tables, N extends string> = Documented &
  Source<P, W, G> & {
    readonly run: (
      w: World<W, G>,
      p: ParamValues<P>,
      row: number,
      time: number,
      draw: EventDraws,
      schedule: Schedule<N>,
      send: { readonly [K in MessagesKey<G>]: PostRow },
    ) => void;
  };

export interface EventsBuilder<P extends ParamDeclarations, W extends Columns, G extends Tables> {
  /**
   * Events in continuous time, one after the other: by time, of equal times by kind in order of declaration, then by row. Period t has those from t · `length`
   * up to, and without, (t + 1) · `length`: a number or a parameter's name. A kind of event has its next times in a column that `eventTime` declares, of a
   * population or of links (`of`, `at`) or of the world (`world`; row 0). When its time has come that becomes Infinity (none), and `run` may set it and any other by
   * `schedule.kind(row, time)`. `draw` has draws of this event's own. Messages
   * (`of: "orders", at: "due"`) are delivered by priority, sender's row and order of sending where their times are equal, and are gone when `run` returns;
   * `send.orders(source, target, due)` sends one and returns its row. More than `limit` events (default 10⁷) of a world in a period are an error.
   * With `decide`, the row of an event decides before it happens: it alone, knowing the world as it then is, as a decision of `decide` otherwise (`choices`, `observe`, `mask`, `who`).
   */
  events<const N extends string>(
    length: number | (keyof P & string),
    options: Documented & { readonly limit?: number | (keyof P & string) },
    events: Readonly<Record<N, Handler<P, W, G, NoInfer<N>>>>,
  ): EventsPhase;
}

const LIMIT = 1e7;
/** The number of no event. */
const NOBODY = -1;

export function events(
  length: number | string,
  options: Documented & { readonly limit?: number | string },
  kinds: Readonly<Record<string, Partial<EventKind>>>,
): EventsPhase {
  refuseUnknown(`events(${length}, …)`, options, ["doc", "limit"]);
  refuseOther(`events(${length}, …): its events`, kinds, RECORD);
  const { doc, limit = LIMIT } = options;
  const declared = Object.entries(kinds).map(([name, kind]) => {
    const where = `events(${length}, …): event "${name}"`;
    refuseUnknown(where, kind, ["doc", "of", "at", "world", "decide", "run"]);
    const { of = "", at = "", world = "", decide = null, run } = kind;
    if (decide) refuseUnknown(`${where}: decide`, decide, ["choices", "observe", "mask", "who"]);
    refuseOther(`${where}: its function`, run, FUNCTION);
    refuseOther(`${where}: doc`, kind.doc, TEXT);
    return [name, { doc: kind.doc!, of, at, world, decide: decide && decidingOf(decide), run: run! }] as const;
  });
  return { kind: "events", doc, length, limit, events: Object.fromEntries(declared) };
}

export const eventsKind: PhaseKind<EventsPhase> = {
  verify(name, { length, limit, events }, names) {
    names.parameter(`the length of a period of phase "${name}"`, length);
    names.parameter(`the limit of phase "${name}"`, limit);
    if (Object.keys(events).length === 0) names.fail(`phase "${name}" has no events.`);
    for (const [kind, { of, at, world, decide, run }] of Object.entries(events)) {
      const where = `event "${kind}" of phase "${name}"`;
      if ((world === "") === (of === "")) names.fail(`${where} needs rows, { of, at }, or a scalar, { world }.`);
      if (world !== "") {
        const { event } = names.scalar(`the next time of ${where}`, world);
        if (!event) names.fail(`${where} happens at world.${world}, which is no event time; declare it eventTime().`);
      } else {
        names.table(where, of);
        const { event } = names.column(`the next time of ${where}`, of, at);
        if (!event) names.fail(`${where} happens at ${of}.${at}, which is no event time; declare it eventTime().`);
      }
      if (decide) {
        names.population(`what decides at ${where}`, of);
        if (decide.who !== "") names.single(`who decides at ${where}`, of, decide.who, ["i32", "u8"]);
      }
      if (/^\[object (Async|Generator)/.test(Object.prototype.toString.call(run)))
        names.fail(`${where} is an async function or a generator; an event is over when it returns.`);
    }
    const times = Object.values(events).map(({ of, at, world }) => (world === "" ? `${of}.${at}` : `world.${world}`));
    times.forEach((time, k) => {
      if (times.indexOf(time) < k)
        names.fail(`two events of phase "${name}" happen at ${time}; give each its own times.`);
    });
  },
  describe: ({ events }) =>
    `events in order of time: ${Object.entries(events)
      .map(
        ([kind, { doc, of, decide }]) =>
          `${kind}${of === "" ? "" : ` of ${of}`}${decide ? ", who decide" : ""}, ${doc}`,
      )
      .join("; ")}`,
  guarded: (phase) => phase, // one rank runs them, and nobody else meanwhile
  runner(context, name, path, phase) {
    const { economy, params, inspect } = context;
    const { worlds, columns, sizes, period, tick, lives } = context.worlds;
    const length = typeof phase.length === "number" ? phase.length : (params[phase.length] as number);
    if (!(Number.isFinite(length) && length > 0))
      throw new Error(`${economy}: the length of a period of phase "${name}" is ${length}, expected a number above 0.`);
    const limit = countOf(economy, params, `the limit of phase "${name}"`, phase.limit);
    const mailboxes: Readonly<Record<string, Mailbox>> = Object.fromEntries(
      context.worlds.messages.map((table) => [table, createMailbox(context, name, table)]),
    );
    // Events are numbered by kind, then by row.
    let total = 0;
    const kinds = Object.entries(phase.events).map(([kind, { of, at, world, decide, run }]) => {
      const key = world === "" ? `${of}.${at}` : `world.${world}`;
      const size = world === "" ? sizes[of]! : 1;
      const first = total;
      total += size;
      const draws = createDraws(`${economy}: phase "${name}", event "${kind}"`);
      const mailbox = world === "" && at === "due" ? (mailboxes[of] ?? null) : null;
      const wanted = decide && [decide.who, lives[of] ?? ""].filter((flag) => flag !== "");
      const flags = wanted?.map((flag) => columns[`${of}.${flag}`] as Int32Array);
      return {
        kind,
        key,
        first,
        size,
        run,
        draws,
        times: columns[key] as Float64Array,
        mailbox,
        flags: flags ?? null,
        count: 0,
      };
    });
    const decided = kinds.some(({ flags }) => flags !== null);
    if (total > 0x7fffffff)
      throw new Error(`${economy}: phase "${name}" has ${total} event times, expected less than 2^31.`);
    const what = (k: (typeof kinds)[number], row: number): string => `event "${k.kind}", ${k.key}[${row}]`;

    /** Made where events are run, which is on one rank. */
    const make = () => {
      const known = new Float64Array(total); // next times as they were scheduled
      const owner = new Uint16Array(total);
      for (const [k, { first, size }] of kinds.entries()) owner.fill(k, first, first + size);
      const queue = createEventQueue(total, (a, b) => {
        const k = kinds[owner[a]!]!;
        return k.mailbox !== null && owner[a] === owner[b] ? k.mailbox.before(a - k.first, b - k.first) : a < b;
      });
      return { queue, known, owner, stands: false };
    };
    let made: ReturnType<typeof make> | null = null;
    /**
     * Heaps of worlds that have stopped, by world; `stands`: as the world's columns say. Made anew they would be the same, for much more where rows are many and decide often. Not with
     * messages, whose rows are given out in another order after a stop that a checkpoint was made at.
     */
    const standing: ReturnType<typeof make>[] = [];
    const keeps = decided && Object.keys(mailboxes).length === 0;
    let [now, until, base] = [0, 0, 0]; // `base`: the world

    const schedule: Record<string, (row: number, time: number) => void> = {};
    for (const k of kinds) {
      const { first, size, times } = k;
      schedule[k.kind] = (row, time) => {
        const { queue, known } = made!;
        if (!(time >= now && row >= 0 && row < size && Number.isInteger(row))) refuse(k, row, time);
        known[first + row] = time;
        times[base * size + row] = time;
        if (time < until) queue.set(first + row, time);
        else queue.remove(first + row);
      };
    }
    const send: Record<string, PostRow> = {};
    for (const [table, mailbox] of Object.entries(mailboxes)) {
      const k = kinds.find((one) => one.mailbox === mailbox);
      send[table] = (source, target, due, priority = 0) => {
        if (!(due >= now))
          throw new Error(
            `a message of ${table} from row ${source} is due at ${due}, expected a time from now, ${now}, on`,
          );
        const row = mailbox.post(source, target, due, priority);
        if (k && row >= 0) {
          made!.known[k.first + row] = due;
          if (due < until) made!.queue.set(k.first + row, due);
        }
        return row;
      };
    }
    const refuse = (k: (typeof kinds)[number], row: number, time: number): never => {
      if (!(Number.isInteger(row) && row >= 0 && row < k.size))
        throw new Error(`schedule.${k.kind}(${row}, ${time}): expected a row from 0 to ${k.size - 1}`);
      throw new Error(
        `${what(k, row)} is scheduled for ${time}, expected a time from now, ${now}, on, or Infinity for none`,
      );
    };

    /** Of a stop: the kind of event that waits, its row, and how many events of each kind there have been in this period, [E, kinds]. */
    const E = period.length;
    const waiting = decided
      ? {
          event: context.memory.i32(E),
          row: context.memory.i32(E),
          counts: context.memory.f64(E * kinds.length),
        }
      : null;
    const stopsAt = (k: (typeof kinds)[number], e: number, row: number): boolean =>
      k.flags?.every((flag) => flag[e * k.size + row] !== 0) ?? false;

    /** The heap of world e as its columns say; `goesOn`: after a stop. */
    const open = (e: number, goesOn: boolean): void => {
      if (keeps) made = standing[e] ??= make();
      made ??= make();
      const { queue, known } = made;
      base = e;
      now = period[e]! * length;
      until = (period[e]! + 1) * length;
      if (goesOn && made.stands) return;
      made.stands = false;
      queue.clear();
      for (const mailbox of Object.values(mailboxes)) mailbox.open(e);
      for (const k of kinds) {
        const { first, size, times } = k;
        for (let row = 0; row < size; row++) {
          const time = times[e * size + row]!;
          known[first + row] = time;
          if (time < until) {
            if (time < now)
              throw new Error(
                `${what(k, row)} is ${time}, before the period, which begins at ${now}; set it to a time from there on, or to Infinity for none`,
              );
            queue.set(first + row, time);
          } else if (Number.isNaN(time))
            throw new Error(`${what(k, row)} is NaN, expected a time, or Infinity for none`);
        }
      }
    };
    const close = (e: number): void => {
      const { known } = made!;
      made!.stands = false;
      for (const k of kinds)
        for (let row = 0; row < k.size; row++)
          if (k.times[e * k.size + row] !== known[k.first + row]) unscheduled(k, e, row, known[k.first + row]!);
      for (const mailbox of Object.values(mailboxes)) mailbox.close();
    };
    /** Runs the events of world e in order. Where `stopping`, up to one that waits for a decision, of which the number is returned; that of number `from` has been decided. */
    const runWorld = (e: number, stopping: boolean, from = NOBODY): number => {
      open(e, from !== NOBODY);
      const { queue, known, owner } = made!;
      const w = worlds[e]!;
      let ready = from;
      for (let count = kinds.reduce((sum, k) => sum + k.count, 0); ; count++) {
        const event = queue.first();
        if (event < 0) break;
        const k = kinds[owner[event]!]!;
        const row = event - k.first;
        if (count === limit)
          throw new Error(
            `more than ${limit} events from ${period[e]! * length} on, the next one ${what(k, row)} at ${known[event]}; if they are not endless, raise \`limit\` or shorten the period`,
          );
        if (k.times[e * k.size + row] !== known[event]) unscheduled(k, e, row, known[event]!);
        if (stopping && event !== ready && stopsAt(k, e, row)) {
          if (keeps) made!.stands = true;
          else close(e);
          return event;
        }
        ready = NOBODY;
        now = known[event]!;
        k.times[e * k.size + row] = Number.POSITIVE_INFINITY;
        known[event] = Number.POSITIVE_INFINITY;
        k.draws.at(e, tick[e]!, k.count, k.count + 1);
        k.count++;
        finished(k.run(w, params as never, row, now, k.draws.event, schedule, send));
        // Only now: an event that comes again moves down the heap once.
        if (known[event] === Number.POSITIVE_INFINITY) {
          queue.remove(event);
          k.mailbox?.release(row);
        }
      }
      close(e);
      return NOBODY;
    };
    const inspectAll = (e: number): void => {
      inspect.scalars(name, e);
      for (const table in sizes) inspect.rows(name, table, e, 0, rowsOf(context, table, e).size);
    };
    const stops: Stops | null = waiting && {
      event: waiting.event,
      row: waiting.row,
      columns: waiting,
      advance(e) {
        const { event, row, counts } = waiting;
        const at = e * kinds.length;
        const from = event[e] === 0 ? NOBODY : kinds[event[e]! - 1]!.first + row[e]!;
        for (const [c, k] of kinds.entries()) k.count = from === NOBODY ? 0 : counts[at + c]!;
        const next = runWorld(e, true, from);
        event[e] = next === NOBODY ? 0 : made!.owner[next]! + 1;
        row[e] = next === NOBODY ? 0 : next - kinds[event[e]! - 1]!.first;
        for (const [c, k] of kinds.entries()) counts[at + c] = next === NOBODY ? 0 : k.count;
        if (next === NOBODY) inspectAll(e);
      },
      clear(e) {
        if (standing[e]) standing[e].stands = false;
        waiting.event[e] = waiting.row[e] = 0;
        waiting.counts.fill(0, e * kinds.length, (e + 1) * kinds.length);
      },
    };
    const unscheduled = (k: (typeof kinds)[number], e: number, row: number, scheduled: number): never => {
      throw new Error(
        `${what(k, row)} was scheduled for ${scheduled} and is ${k.times[e * k.size + row]}: an event wrote the column; let it call schedule.${k.kind}(row, time)`,
      );
    };
    return {
      reseed(root) {
        for (const one of standing) if (one) one.stands = false; // columns may have been copied back
        for (const { kind, draws } of kinds) draws.reseed(root.fork(`${path}/${kind}`));
      },
      run(e) {
        if (leads(context)) {
          for (const k of kinds) k.count = 0;
          runWorld(e, false);
          inspectAll(e);
        }
        meet(context, () => worldWritten(context, e));
      },
      ...(stops && { stops }),
    };
  },
};
