// A store in a directory, for Node: with lock.ts the only file of store/ that imports node: modules, so index.ts does not export it.
//
// `put` writes <key>.tmp, syncs it, renames it over <key> and syncs the directory. A crash can leave a .tmp behind,
// which no method ever shows. Every operating system error becomes one sentence that says what to do.
import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { arch, availableParallelism, cpus, platform } from "node:os";
import { dirname, join, resolve } from "node:path";
import { isLockFile, LOCK, lockDirectory } from "./lock.ts";
import type { Machine } from "./run.ts";
import { checkKey, checkTruncation, nestedLock, type Store } from "./store.ts";

const TEMPORARY = ".tmp";
const PIECE = 1 << 26; // bytes read or written at once

export function fileStore(directory: string): Store {
  const pathOf = (key: string) => {
    if (isLockFile(key)) throw new Error(`${directory}/${key} belongs to the lock and is not part of the store.`);
    return refuseLinks(directory, checkKey(key));
  };

  return {
    place: directory,
    put(key, bytes) {
      const path = pathOf(key);
      const temporary = path + TEMPORARY;
      guard("write", path, () => {
        makeDirectory(dirname(path));
        try {
          rmSync(temporary, { force: true }); // left by a crash, or a link left by somebody
          withFile(temporary, "wx", (fd) => {
            for (const piece of [bytes].flat()) writeAll(fd, piece);
            fsyncSync(fd);
          });
          renameSync(temporary, path);
        } catch (error) {
          rmSync(temporary, { force: true });
          throw error;
        }
        syncDirectory(dirname(path));
      });
    },
    get(key) {
      const path = pathOf(key);
      return guard("read", path, () => absent(undefined, () => readPart(path, 0, statSync(path).size)));
    },
    read(key, from, to) {
      const path = pathOf(key);
      return guard("read", path, () => readPart(path, from, to));
    },
    append(key, bytes) {
      const path = pathOf(key);
      guard("write", path, () => {
        makeDirectory(dirname(path));
        withFile(path, "a", (fd) => {
          const before = fstatSync(fd).size;
          try {
            writeFileSync(fd, bytes);
          } catch (error) {
            cutBack(fd, before);
            throw error;
          }
        });
      });
    },
    flush(key) {
      const path = pathOf(key);
      guard("write", path, () => absent(undefined, () => withFile(path, "r+", fsyncSync)));
    },
    list(prefix = "") {
      return listFiles(directory)
        .filter((key) => key.startsWith(prefix))
        .sort();
    },
    delete(key) {
      const path = pathOf(key);
      guard("write", path, () => rmSync(path, { force: true }));
    },
    size(key) {
      const path = pathOf(key);
      return guard("read", path, () => absent(0, () => statSync(path).size));
    },
    truncate(key, size) {
      const path = pathOf(key);
      checkTruncation(key, this.size(key), size);
      guard("write", path, () =>
        absent(undefined, () =>
          withFile(path, "r+", (fd) => {
            ftruncateSync(fd, size);
            fsyncSync(fd);
          }),
        ),
      );
    },
    lock: nestedLock(() => {
      guard("write", directory, () => {
        makeDirectory(directory);
        try {
          withFile(join(directory, LOCK), "wx", () => {}); // never opens one that is there: closing it would end its lock
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
        }
      });
      return lockDirectory(directory);
    }),
  };
}

/** Throws where nothing could be written into a directory, which need not be there: for work whose results go there in the end. Makes nothing. */
export function checkWritable(directory: string): void {
  guard("write", directory, () => {
    let at = resolve(directory);
    while (!statSync(at, { throwIfNoEntry: false })) at = dirname(at);
    if (!statSync(at).isDirectory()) throw Object.assign(new Error("a file"), { code: "ENOTDIR" });
    accessSync(at, constants.W_OK | constants.X_OK);
  });
}

/** The machine this process runs on, for a run's manifest. */
export function thisMachine(): Machine {
  return {
    platform: platform(),
    arch: arch(),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
  };
}

/** One sentence for an operating system error: what could not be done, to which path, and what to do about it. */
export function explain(action: "read" | "write", path: string, error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  const another = action === "write" ? "choose another --out" : "give another directory";
  const sentence = {
    EACCES: `cannot ${action} ${path}: permission denied (EACCES); change its permissions or ${another}.`,
    EPERM: `cannot ${action} ${path}: not permitted (EPERM); change its permissions or ${another}.`,
    EROFS: `cannot ${action} ${path}: the file system is read-only (EROFS); choose another --out.`,
    ENOSPC: `disk full while writing ${path} (ENOSPC); nothing was left half-written. Free some space and resume.`,
    EDQUOT: `disk quota used up while writing ${path} (EDQUOT); nothing was left half-written. Free some space and resume.`,
    ENOENT: `cannot ${action} ${path}: a directory on the way cannot be made (ENOENT); choose another --out.`,
    EEXIST: `cannot ${action} ${path}: a file is where a directory was expected (EEXIST); choose another --out.`,
    ENOTDIR: `cannot ${action} ${path}: part of the path is a file, not a directory (ENOTDIR); ${another}.`,
    EISDIR: `cannot ${action} ${path}: it is a directory, a file was expected (EISDIR); choose another --out.`,
    EMFILE: `cannot ${action} ${path}: too many open files (EMFILE); raise the limit with ulimit -n.`,
    ENAMETOOLONG: `cannot ${action} ${path}: the path is too long (ENAMETOOLONG); ${action === "write" ? "choose a shorter --out" : another}.`,
  }[code ?? ""];
  return new Error(sentence ?? `cannot ${action} ${path}: ${message}`, { cause: error });
}

/** The path of a key. A link would lead out of the directory, and a pipe or a device never end: a run has neither. */
function refuseLinks(directory: string, key: string): string {
  let path = directory;
  for (const part of key.split("/")) {
    path = join(path, part);
    const stat = statOf(path);
    if (stat && !stat.isFile() && !stat.isDirectory()) throw notPlain(path, stat);
  }
  return path;
}

const notPlain = (path: string, entry: { isSymbolicLink(): boolean }): Error =>
  new Error(
    `${path} is a ${entry.isSymbolicLink() ? "link" : "pipe or device"}, expected a plain file or folder. Put in its place what it stands for, or remove it.`,
  );

/** Undefined where nothing can be seen: whatever is done there next says why. */
function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function guard<T>(action: "read" | "write", path: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw explain(action, path, error);
  }
}

function absent<T>(fallback: T, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return fallback;
    throw error;
  }
}

/** In pieces, because the system gives no more than 2 GiB at once. */
function readPart(path: string, from: number, to: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(to - from);
  withFile(path, "r", (fd) => {
    for (let at = 0; at < out.length; ) {
      const count = readSync(fd, out, at, Math.min(PIECE, out.length - at), from + at);
      if (count === 0) throw new Error(`it ends at byte ${from + at}, expected ${to} at least`);
      at += count;
    }
  });
  return out;
}

/** In pieces, because the system takes no more than 2 GiB at once, and copied, because it takes no shared memory. */
function writeAll(fd: number, bytes: Uint8Array): void {
  for (let begin = 0; begin < bytes.length; begin += PIECE) {
    const piece = bytes.slice(begin, begin + PIECE);
    for (let at = 0; at < piece.length; ) at += writeSync(fd, piece, at);
  }
}

function withFile(path: string, flags: string, body: (fd: number) => void): void {
  const fd = openSync(path, flags);
  try {
    body(fd);
  } finally {
    closeSync(fd);
  }
}

// The write has failed already and its error is the one to report, whatever happens here.
function cutBack(fd: number, size: number): void {
  try {
    ftruncateSync(fd, size);
  } catch {
    // a device or pipe has no length to restore
  }
}

// Not mkdirSync's own `recursive`: Node 24.21 never returns from it where a parent refuses children with ENOENT (/proc).
function makeDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = dirname(path);
  if (parent !== path) makeDirectory(parent);
  try {
    mkdirSync(path);
  } catch (error) {
    // another process may have made it meanwhile
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}

// Makes the rename itself durable. Windows cannot open a directory and does not need it.
function syncDirectory(path: string): void {
  if (platform() === "win32") return;
  withFile(path, "r", fsyncSync);
}

function listFiles(directory: string, prefix = ""): string[] {
  const entries = guard("read", directory, () => absent([], () => readdirSync(directory, { withFileTypes: true })));
  return entries.flatMap((entry) => {
    const key = prefix + entry.name;
    if (entry.isDirectory()) return listFiles(join(directory, entry.name), `${key}/`);
    if (!entry.isFile()) throw notPlain(join(directory, entry.name), entry);
    return key.endsWith(TEMPORARY) || isLockFile(key) ? [] : [key];
  });
}
