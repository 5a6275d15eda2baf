// The draws of one phase: streams by label, opened once per run of the phase.
import type { Stream } from "../random/index.ts";

/** Draws for rows [from, to) of one phase: `draw.normal("shock")[i]` belongs to row i whatever the cut. A label may be used once per phase. */
export interface RowDraws {
  uniform(label: string): Float64Array;
  normal(label: string): Float64Array;
  /** Integers 0 … n−1. */
  integers(label: string, n: number): Int32Array;
}
/** Draws for one world. A label may be used once per phase. */
export interface WorldDraws {
  uniform(label: string): number;
  normal(label: string): number;
  integer(label: string, n: number): number;
  /** 0 … n−1 in a random order, each of the n! as likely. The array is the phase's own until it runs again. */
  shuffle(label: string, n: number): Int32Array;
  /** As many draws of a label as it takes, one by one. */
  readonly sequence: SequenceDraws;
}

/** Draws for one world in sequences: each call of the returned function gives the next. A label may be used once per phase. */
export interface SequenceDraws {
  uniform(label: string): () => number;
  normal(label: string): () => number;
  /** Integers 0 … n−1. */
  integer(label: string, n: number): () => number;
}

/** Draws for one event. A label may be used once per event. */
export interface EventDraws {
  uniform(label: string): number;
  normal(label: string): number;
  integer(label: string, n: number): number;
}

export interface PhaseDraws {
  readonly rows: RowDraws;
  readonly world: WorldDraws;
  readonly event: EventDraws;
  /** Draws come from this stream from now on. */
  reseed(stream: Stream): void;
  /** A stream for the machinery of the phase itself. */
  fork(label: string): Stream;
  /** Opens a scope in which each label may be used once: rows [first, last) of world `lane` at its tick; of events, the one numbered `first`. */
  at(lane: number, tick: number, first: number, last: number): void;
}

/** Streams are forked once per label and kept, with their scratch. */
export function createDraws(where: string): PhaseDraws {
  const streams = new Map<string, Entry>();
  let parent: Stream;
  let opened = 0;
  let [lane, period, from, to] = [0, 0, 0, 0];
  const use = (label: string, advice = "") => {
    let entry = streams.get(label);
    if (!entry) {
      entry = {
        stream: parent.fork(label),
        opened: 0,
        reals: createScratch(Float64Array),
        integers: createScratch(Int32Array),
        order: new Int32Array(0),
      };
      streams.set(label, entry);
    }
    if (entry.opened === opened)
      throw new Error(`${where}: draw "${label}" is used twice; give the second use its own label${advice}.`);
    entry.opened = opened;
    return entry;
  };
  const rows: RowDraws = {
    uniform(label) {
      const { stream, reals } = use(label);
      stream.uniform(reals.own(from, to), { lane, period, from, to });
      return reals.rows;
    },
    normal(label) {
      const { stream, reals } = use(label);
      stream.normal(reals.own(from, to), { lane, period, from, to });
      return reals.rows;
    },
    integers(label, n) {
      const { stream, integers } = use(label);
      stream.integers(integers.own(from, to), { lane, period, from, to }, n);
      return integers.rows;
    },
  };
  /** Draw k of a label's sequence, for k = 0, 1, … */
  const sequenceOf = (label: string, draw: (stream: Stream, lane: number, period: number, k: number) => number) => {
    const { stream } = use(label);
    const [l, t] = [lane, period];
    let k = 0;
    return () => draw(stream, l, t, k++);
  };
  const sequence: SequenceDraws = {
    uniform: (label) => sequenceOf(label, (stream, l, t, k) => stream.uniformAt(l, t, k)),
    normal: (label) => sequenceOf(label, (stream, l, t, k) => stream.normalAt(l, t, k)),
    integer: (label, n) => sequenceOf(label, (stream, l, t, k) => stream.integerAt(l, t, k, n)),
  };
  const single = (label: string, kind: keyof SequenceDraws) =>
    use(label, `, or draw one by one: const next = draw.sequence.${kind}("${label}"${kind === "integer" ? ", n" : ""})`)
      .stream;
  const world: WorldDraws = {
    uniform: (label) => single(label, "uniform").uniformAt(lane, period, 0),
    normal: (label) => single(label, "normal").normalAt(lane, period, 0),
    integer: (label, n) => single(label, "integer").integerAt(lane, period, 0, n),
    shuffle(label, n) {
      if (!(Number.isInteger(n) && n >= 0 && n <= 0x7fffffff))
        throw new Error(`${where}: shuffle "${label}" of ${n}, expected an integer from 0 to 2^31 - 1.`);
      const entry = use(label);
      if (entry.order.length < n) entry.order = new Int32Array(n);
      const order = entry.order.subarray(0, n);
      // Fisher & Yates: place i gets what stands at one of the places i … n − 1
      for (let i = 0; i < n; i++) order[i] = i;
      for (let i = 0; i < n - 1; i++) {
        const j = i + entry.stream.integerAt(lane, period, i, n - i);
        const other = order[j]!;
        order[j] = order[i]!;
        order[i] = other;
      }
      return order;
    },
    sequence,
  };
  const event: EventDraws = {
    uniform: (label) => use(label).stream.uniformAt(lane, period, from),
    normal: (label) => use(label).stream.normalAt(lane, period, from),
    integer: (label, n) => use(label).stream.integerAt(lane, period, from, n),
  };
  return {
    rows,
    world,
    event,
    reseed(stream: Stream) {
      parent = stream;
      streams.clear();
    },
    fork: (label: string) => parent.fork(label),
    at(l: number, t: number, first: number, last: number) {
      opened++;
      lane = l;
      period = t;
      from = first;
      to = last;
    },
  };
}

interface Entry {
  readonly stream: Stream;
  opened: number;
  readonly reals: Scratch<Float64Array>;
  readonly integers: Scratch<Int32Array>;
  /** Of a shuffle. */
  order: Int32Array;
}

/** Draws of some rows, whose element i belongs to row i. */
interface Scratch<A> {
  /** [to − from] where draws of rows [from, to) are written. */
  own(from: number, to: number): A;
  /** The same, from row 0 on: only elements [from, to) mean anything. */
  readonly rows: A;
}

interface Elements<A> {
  new (buffer: ArrayBuffer, byteOffset: number, length: number): A;
  readonly BYTES_PER_ELEMENT: number;
}

/**
 * All ranges of rows lie at one place in memory, which thus stays in the caches: the elements of the rows before a range are addresses before that place, which nobody
 * touches and the system therefore never backs with memory.
 */
function createScratch<A>(Elements: Elements<A>): Scratch<A> {
  const size = Elements.BYTES_PER_ELEMENT;
  let buffer = new ArrayBuffer(0);
  let [before, room] = [0, 0]; // rows
  let [from, to] = [0, 0];
  let own = new Elements(buffer, 0, 0);
  let rows = own;
  return {
    get rows() {
      return rows;
    },
    own(first, last) {
      if (first === from && last === to) return own;
      if (first > before || last - first > room) {
        if (first > before) before = 2 * first;
        if (last - first > room) room = last - first;
        buffer = new ArrayBuffer((before + room) * size);
      }
      [from, to] = [first, last];
      own = new Elements(buffer, before * size, to - from);
      rows = new Elements(buffer, (before - from) * size, to);
      return own;
    },
  };
}
