// Where the bytes of a run live. One interface, one contract (contract.test.ts), several drivers: memory.ts, files.ts.
//
// Synchronous on purpose: a training loop is a synchronous generator, and a row that `append` has returned from is in
// the file before the next update begins, so the order of the log is the order of events with no queue to drain when
// the process is killed. In a browser the same holds for memory and for the origin-private file system's sync handles.
//
// Keys are relative paths with forward slashes: "run.json", "checkpoints/1000.safetensors".

export interface Store {
  /** What error messages call it: a directory as the user wrote it, or "memory". */
  readonly place: string;
  /**
   * All or nothing: a reader sees the old bytes or the new ones, also after a crash. Pieces are written one after another, and may be larger together
   * than an array can be. Keeps no reference to `bytes`.
   */
  put(key: string, bytes: Uint8Array | readonly Uint8Array[]): void;
  /** The caller's own copy, or undefined where the key does not exist. */
  get(key: string): Uint8Array<ArrayBuffer> | undefined;
  /** Bytes `from` to `to` of a key that has them. */
  read(key: string, from: number, to: number): Uint8Array<ArrayBuffer>;
  /** Creates the key if needed. Survives a killed process; survives a power cut only after `flush`. */
  append(key: string, bytes: Uint8Array): void;
  /** Everything appended to `key` so far is on the medium when this returns. */
  flush(key: string): void;
  /** Keys beginning with `prefix`, in code-unit order. */
  list(prefix?: string): string[];
  /** Deleting what does not exist is not an error. */
  delete(key: string): void;
  /** In bytes; 0 where the key does not exist. */
  size(key: string): number;
  /** Cuts `key` to its first `size` bytes; never extends it. */
  truncate(key: string, size: number): void;
  /**
   * Makes this store the only writer of its place, among processes as well, or throws a sentence that names the other one. Returns what ends it; the
   * operating system ends it with the process. Nested calls on one store hold until the last of them has ended.
   */
  lock(): () => void;
}

/** Counts nested locks: `take` runs on the first, what it returned at the end of the last. */
export function nestedLock(take: () => () => void): Store["lock"] {
  let held = 0;
  let end = () => {};
  return () => {
    if (held === 0) end = take();
    held++;
    let open = true;
    return () => {
      if (!open) return;
      open = false;
      if (--held === 0) end();
    };
  };
}

/** Refuses keys that could leave the run directory or mean different files on different systems. */
export function checkKey(key: string): string {
  const parts = key.split("/");
  if (/[\\:\0]/.test(key) || parts.some((part) => part === "" || part === "." || part === "..")) {
    throw new Error(`Store key ${JSON.stringify(key)} is not a relative path such as "checkpoints/1000.safetensors".`);
  }
  return key;
}

export function checkTruncation(key: string, from: number, to: number): void {
  if (!Number.isSafeInteger(to) || to < 0 || to > from) {
    throw new Error(`${key}: cannot truncate to ${to} bytes, it has ${from}.`);
  }
}
