// Which phase this thread is running, kept where another thread can read it: for the watchdog, and for the guards of clock and chance.
// Four stores per phase of a world.
//
// The cell is a few words and a text: [phases begun, phase running (0: none), world, period, length of the text, text: a line per phase].

const [BEGUN, PHASE, WORLD, PERIOD, LENGTH, TEXT] = [0, 1, 2, 3, 4, 5];
const WORDS = 16_384;

let cell: Int32Array = new Int32Array(TEXT);
const numbers = new Map<string, number>();

/** Shared memory for `useRunningCell` of one thread and `readRunning` of others. */
export const createRunningCell = (): Int32Array<SharedArrayBuffer> => new Int32Array(new SharedArrayBuffer(4 * WORDS));

/** This thread writes there from now on. */
export function useRunningCell(next: Int32Array): void {
  cell = next;
  numbers.clear();
}

/** The number of a phase, for `begin`: 1 and up in order of first use. `what` is what an error calls it: `phase "trade" of lucas-tree`. */
export function numberOf(what: string): number {
  let number = numbers.get(what);
  if (number === undefined) {
    number = numbers.size + 1;
    numbers.set(what, number);
    let at = TEXT + cell[LENGTH]!;
    if (at + what.length < cell.length) {
      for (let i = 0; i < what.length; i++) cell[at++] = what.charCodeAt(i);
      cell[at++] = 10;
      cell[LENGTH] = at - TEXT;
    }
  }
  return number;
}

export function begin(number: number, world: number, period: number): void {
  cell[BEGUN] = cell[BEGUN]! + 1;
  cell[WORLD] = world;
  cell[PERIOD] = period;
  cell[PHASE] = number;
}

export function end(): void {
  cell[PHASE] = 0;
}

/** Whether a phase is running on this thread. */
export const inPhase = (): boolean => cell[PHASE] !== 0;

export interface Running {
  /** Phases begun so far: while it stays, so does the phase. */
  readonly begun: number;
  /** `phase "trade" of lucas-tree`; null between phases. */
  readonly what: string | null;
  readonly world: number;
  readonly period: number;
}

export function readRunning(from: Int32Array): Running {
  const number = Atomics.load(from, PHASE);
  let what: string | null = null;
  if (number !== 0) {
    const text = String.fromCharCode(...from.subarray(TEXT, TEXT + Atomics.load(from, LENGTH)));
    what = text.split("\n")[number - 1] || "a phase"; // a text that is full has no name for the rest
  }
  return { begun: Atomics.load(from, BEGUN), what, world: from[WORLD]!, period: from[PERIOD]! };
}
