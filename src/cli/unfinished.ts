// Work that is kept while it goes on: the same command, after it was interrupted or killed, goes on from there.
//
//   <document>  { status: "running", request } until it holds the result; `request` hashes whatever the result depends on
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { fileStore } from "../store/files.ts";
import type { Store } from "../store/index.ts";
import { checkPlace } from "./place.ts";
import { exitStatus } from "./terminal.ts";

export interface Unfinished {
  /** "calibration", and its document calibration.json. */
  readonly kind: string;
  readonly economy: string;
  readonly request: string;
}

/**
 * Locks a directory for the work, until `release` or the end of this process, and says in its document that it goes on; from then on signals are heard. Refuses a directory that holds anything
 * else.
 */
export function takeUp(
  directory: string,
  { kind, economy, request }: Unfinished,
): { store: Store; signals: Signals; release(): void } {
  checkPlace(directory, documentOf(kind));
  const before = begun(directory, kind);
  if (before !== null && before !== request)
    throw new Error(
      before === "ended"
        ? `${directory} already holds a ${kind}; choose another --out.`
        : `${directory} holds an unfinished ${kind} with other settings, data or code; choose another --out, or remove it.`,
    );
  const store = fileStore(directory);
  const release = store.lock();
  const signals = watchSignals();
  try {
    writeDocument(store, kind, { economy, status: "running", request });
  } catch (error) {
    signals.close();
    release();
    throw error;
  }
  return { store, signals, release };
}

export const documentOf = (kind: string): string => `${kind}.json`;

export const writeDocument = (store: Store, kind: string, document: object): void =>
  store.put(documentOf(kind), new TextEncoder().encode(`${JSON.stringify(document, null, 2)}\n`));

/** Under runs/: where unfinished work of the same request goes on, or a place that is not there yet. */
export function freshDirectory(
  prefix: string,
  name: string,
  hash: string,
  seed: number,
  { kind, request }: Pick<Unfinished, "kind" | "request">,
): string {
  const label = (name.endsWith(".ts") ? basename(name, ".ts") : name).replace(/[^a-zA-Z0-9]+/g, "-");
  const base = join("runs", `${prefix}-${label}-${hash.slice(0, 8)}-s${seed}`);
  let directory = base;
  for (let k = 2; existsSync(directory) && begun(directory, kind) !== request; k++) directory = `${base}-${k}`;
  return directory;
}

/** The request of work that has begun in a directory; "ended" if it goes on no more; null where there is none. */
function begun(directory: string, kind: string): string | null {
  const file = fileStore(directory).get(documentOf(kind));
  if (!file) return null;
  try {
    const { status, request } = JSON.parse(new TextDecoder().decode(file));
    return status === "running" && typeof request === "string" ? request : "ended";
  } catch {
    return "ended";
  }
}

export class Interrupted extends Error {
  readonly signal: NodeJS.Signals;
  constructor(signal: NodeJS.Signals) {
    super(signal);
    this.signal = signal;
  }
}

/** `interrupted` rejects at the first signal; a second one ends the process. */
interface Signals {
  readonly interrupted: Promise<never>;
  close(): void;
}

function watchSignals(): Signals {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {}); // it may come while nobody waits
  let seen = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (seen) process.exit(exitStatus(signal));
    seen = true;
    reject(new Interrupted(signal));
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  return { interrupted: promise, close: () => void process.off("SIGINT", onSignal).off("SIGTERM", onSignal) };
}
