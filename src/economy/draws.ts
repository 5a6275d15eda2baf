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
}

/** Draws for one world in sequences: each call of the returned function gives the next. A label may be used once per phase. */
export interface SequenceDraws {
  uniform(label: string): () => number;
  /** Integers 0 … n−1. */
  integer(label: string, n: number): () => number;
}

export interface PhaseDraws {
  readonly rows: RowDraws;
  readonly sequences: SequenceDraws;
  readonly world: WorldDraws;
  /** Draws come from this stream from now on. */
  reseed(stream: Stream): void;
  /** A stream for the machinery of the phase itself. */
  fork(label: string): Stream;
  /** Opens a scope in which each label may be used once: rows [first, last) of world `lane` at its tick. */
  at(lane: number, tick: number, first: number, last: number): void;
}

/** Streams are forked once per label and kept, with their scratch. */
export function createDraws(where: string): PhaseDraws {
  const streams = new Map<string, { stream: Stream; opened: number; reals: Float64Array; integers: Int32Array }>();
  let parent: Stream;
  let opened = 0;
  let [lane, period, from, to] = [0, 0, 0, 0];
  const use = (label: string) => {
    let entry = streams.get(label);
    if (!entry) {
      entry = { stream: parent.fork(label), opened: 0, reals: new Float64Array(0), integers: new Int32Array(0) };
      streams.set(label, entry);
    }
    if (entry.opened === opened)
      throw new Error(`${where}: draw "${label}" is used twice; give the second use its own label.`);
    entry.opened = opened;
    return entry;
  };
  const reals = (label: string) => {
    const entry = use(label);
    if (entry.reals.length < to) entry.reals = new Float64Array(to);
    return entry;
  };
  const rows: RowDraws = {
    uniform(label) {
      const entry = reals(label);
      entry.stream.uniform(entry.reals.subarray(from, to), { lane, period, from, to });
      return entry.reals;
    },
    normal(label) {
      const entry = reals(label);
      entry.stream.normal(entry.reals.subarray(from, to), { lane, period, from, to });
      return entry.reals;
    },
    integers(label, n) {
      const entry = use(label);
      if (entry.integers.length < to) entry.integers = new Int32Array(to);
      entry.stream.integers(entry.integers.subarray(from, to), { lane, period, from, to }, n);
      return entry.integers;
    },
  };
  const one = new Int32Array(1);
  const world: WorldDraws = {
    uniform: (label) => use(label).stream.uniformAt(lane, period, 0),
    normal: (label) => use(label).stream.normalAt(lane, period, 0),
    integer(label, n) {
      use(label).stream.integers(one, { lane, period, from: 0, to: 1 }, n);
      return one[0]!;
    },
  };
  const sequences: SequenceDraws = {
    uniform(label) {
      const { stream } = use(label);
      const [l, t] = [lane, period];
      let k = 0;
      return () => stream.uniformAt(l, t, k++);
    },
    integer(label, n) {
      const { stream } = use(label);
      const [l, t] = [lane, period];
      let k = 0;
      return () => stream.integerAt(l, t, k++, n);
    },
  };
  return {
    rows,
    world,
    sequences,
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
