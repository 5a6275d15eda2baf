// Whether a run directory is what it says: every file against the others, and the hash of the result computed again from log and final state.
import { checkFiles, type FileCheck, openRun, type Store } from "../store/index.ts";
import { hashRun } from "./run.ts";

export interface Verification {
  readonly checks: readonly FileCheck[];
  readonly pass: boolean;
  /** Of the result, computed again; null where that cannot be done. */
  readonly hash: string | null;
}

/** Executes none of the run's code, and writes nothing. */
export function verifyRun(store: Store): Verification {
  const { checks, end } = checkFiles(store);
  const intact = checks.every(({ pass }) => pass);
  if (!intact) return { checks, pass: false, hash: null };
  const { manifest, rows } = openRun(store);
  const said = manifest.hash;
  if (said === null) return { checks, pass: true, hash: null };
  const name = "hash of the result";
  if (end === null) {
    const detail = `cannot be computed again: ${store.place} has no checkpoint of its end`;
    return { checks: [...checks, { name, pass: false, detail }], pass: false, hash: null };
  }
  const hash = hashRun(rows(), end.arrays);
  const pass = hash === said;
  const detail = pass ? hash : `is ${hash}, run.json says ${said}`;
  return { checks: [...checks, { name, pass, detail }], pass, hash };
}
