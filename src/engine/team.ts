// Threads that run one program on one memory: rank, size, and a barrier that spins a little before it sleeps.
//
// A sleeping wake-up costs some 40 µs and a spinning one 0.1 µs, so ranks that arrive close together never sleep, provided that each
// has a core; a rank that is kept waiting gives its core away. If a rank fails it raises the flag, and every other rank's next barrier throws.
import { alone, type Team } from "../economy/index.ts";

/** Thrown out of a barrier when another rank has failed; the failing rank reports the cause itself. */
export class Abandoned extends Error {
  constructor() {
    super("Another thread of this run failed.");
    this.name = "Abandoned";
  }
}

export interface ThreadTeam extends Team {
  /** Makes every rank's next barrier throw `Abandoned`. */
  abandon(): void;
}

const ARRIVED = 0;
const GENERATION = 1;
const FAILED = 2;
/** Words of shared memory a team needs. */
export const TEAM_WORDS = 16;
const SPINS = 4000;
/** More ranks than cores: a rank that spins keeps the one it waits for from its core. */
const spinsFor = (size: number): number => (size > navigator.hardwareConcurrency ? 0 : SPINS);
/** Seconds after which a rank that does not come is taken for dead: it had no chance to raise the flag. */
const PATIENCE = 900;

/** `words`: TEAM_WORDS zeroed integers in shared memory, the same for every rank. */
export function createTeam(words: Int32Array, rank: number, size: number): ThreadTeam {
  if (size === 1) return { ...alone, abandon() {} };
  const most = spinsFor(size);
  return {
    rank,
    size,
    barrier() {
      const generation = Atomics.load(words, GENERATION);
      if (Atomics.add(words, ARRIVED, 1) === size - 1) {
        Atomics.store(words, ARRIVED, 0);
        Atomics.add(words, GENERATION, 1);
        Atomics.notify(words, GENERATION);
      } else {
        let spins = 0;
        while (Atomics.load(words, GENERATION) === generation && Atomics.load(words, FAILED) === 0)
          if (
            ++spins > most &&
            Atomics.wait(words, GENERATION, generation, 1000) === "timed-out" &&
            spins > most + PATIENCE
          ) {
            this.abandon();
            throw new Error(
              `Thread ${rank} waited ${PATIENCE} s for another thread of this run, which must have died. Resume the run.`,
            );
          }
      }
      if (Atomics.load(words, FAILED) !== 0) throw new Abandoned();
    },
    exchange() {
      this.barrier(); // what others wrote is in the same memory
    },
    abandon() {
      Atomics.store(words, FAILED, 1);
      Atomics.notify(words, GENERATION);
    },
  };
}
