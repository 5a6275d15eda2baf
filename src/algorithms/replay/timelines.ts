// Timelines: how many decisions each cohort has behind it, and which of them can be learned from.
//
// C cohorts of agents who decide together; T slots, where decision t of a cohort lies in slot t mod T until decision t + T takes its place.
// A decision is complete when what followed is known, and can be drawn when n more are, whose rewards its return counts; the slot that is written next is not read.
import type { Allocator } from "../../core/cut.ts";

export type Timelines = ReturnType<typeof createTimelines>;

export interface TimelinesOptions {
  readonly memory: Allocator;
  readonly cohorts: number; // C
  readonly slots: number; // T
  readonly nSteps: number; // n
  /** Cohorts may never decide again: what led to the end of an episode can be drawn without successors. */
  readonly mayLeave: boolean;
}

export function createTimelines({ memory, cohorts: C, slots: T, nSteps, mayLeave }: TimelinesOptions) {
  const completed = memory.i32(C);
  const awaiting = memory.u8(C); // whether a decision has been taken whose consequences are to come
  const upToEnd = memory.i32(C); // decisions up to the last that ended an episode
  // Every rank's own, alike after `count`
  const oldest = new Int32Array(C);
  const ready = new Int32Array(C);
  let inStep = true;
  let total = 0;
  return {
    /** Live arrays, for checkpoints. */
    state: { completed, awaiting, upToEnd },
    T,
    C,
    completed,
    awaiting,
    /** [C] decisions from `oldest` to before `ready` can be drawn. */
    oldest,
    ready,
    /** Whether that is the same for all cohorts. */
    get inStep(): boolean {
      return inStep;
    },
    /** Complete decisions of all cohorts. */
    get total(): number {
      return total;
    },
    /** Slot of cohort c's decision that awaits its consequences, or of its next one. */
    slotOf: (c: number): number => (completed[c]! % T) * C + c,
    /** What followed cohort c's last decision is known. */
    complete(c: number, ended: boolean): void {
      awaiting[c] = 0;
      completed[c] = completed[c]! + 1;
      if (ended) upToEnd[c] = completed[c]!;
    },
    /** Takes stock of what all ranks have written. */
    count(): void {
      total = 0;
      inStep = true;
      for (let c = 0; c < C; c++) {
        const done = completed[c]!;
        total += done;
        oldest[c] = Math.max(0, done - T + 1);
        ready[c] = Math.max(oldest[c]!, done - nSteps, mayLeave ? upToEnd[c]! : 0);
        inStep &&= ready[c] === ready[0] && oldest[c] === oldest[0];
      }
    },
  };
}
