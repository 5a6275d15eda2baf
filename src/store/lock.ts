// One writer per run directory, by a lock of the operating system that dies with its holder. Node only: files.ts imports it.
//
// SQLite's lock on an empty file serves: byte ranges by fcntl, or LockFileEx on Windows, so it also holds across containers and mounts, and needs no
// add-on. The file stays empty and stays in place, because removing it would let two processes lock two files of one name.
// POSIX drops a process's locks on a file when it closes any descriptor of it, so nothing else here may open that file.
import { lstatSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { basename, join } from "node:path";
import type { DatabaseSync } from "node:sqlite";

export const LOCK = ".writer.lock";
/** Who holds the lock, for people to read. It outlives its writer, so it proves nothing. */
const HOLDER = ".writer.json";

export const isLockFile = (key: string): boolean => key.startsWith(".writer.");

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** ISO 8601. */
  readonly since: string;
  readonly command: string;
}

/** Takes a directory's lock, whose file exists, or throws a sentence that names its holder. Returns what lets go of it. */
export function lockDirectory(directory: string): () => void {
  const path = join(directory, LOCK);
  const stat = lstatSync(path);
  // A link would lock a file elsewhere, and content would be read as a database.
  if (!stat.isFile() || stat.size > 0)
    throw new Error(`${path} is not a lock of Walras, which is an empty file. Look at what it is, and remove it.`);
  const { DatabaseSync } = sqlite();
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(path, { timeout: 0 });
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database?.close();
    const { errcode, message } = error as Error & { errcode?: number };
    if (errcode === BUSY) throw new Error(`${directory} ${writtenBy(directory)}. Wait for it, or end it first.`);
    throw new Error(`cannot lock ${path}: ${message}. Choose a directory on a file system that has locks.`);
  }
  const connection = database;
  held.add(connection);
  const holder: Holder = { pid: process.pid, host: hostname(), since: new Date().toISOString(), command: command() };
  try {
    writeFileSync(join(directory, HOLDER), `${JSON.stringify(holder)}\n`);
  } catch {
    // on a full disk the lock holds all the same, without a name
  }
  return () => {
    held.delete(connection);
    if (connection.isOpen) connection.close();
  };
}

/** Collecting a connection as garbage would close it, and end its lock. */
const held = new Set<DatabaseSync>();

const BUSY = 5; // SQLITE_BUSY

/** Loaded on first use, because Node before 22.20 announces it as an experimental feature. */
function sqlite(): typeof import("node:sqlite") {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return process.getBuiltinModule("node:sqlite");
  } finally {
    process.emitWarning = emitWarning;
  }
}

function writtenBy(directory: string): string {
  const { pid, host, since, command } = readHolder(join(directory, HOLDER));
  if (pid === undefined) return "is being written by another process";
  const who = pid === process.pid && host === hostname() ? "this process" : `process ${pid} on ${host}`;
  return `is being written by ${who} since ${since}: ${command}`;
}

function readHolder(path: string): Partial<Holder> {
  try {
    const { pid, host, since, command } = JSON.parse(readFileSync(path, "utf8"));
    return Number.isSafeInteger(pid) ? { pid, host: line(host), since: line(since), command: line(command) } : {};
  } catch {
    return {}; // between taking the lock and saying so, or damaged
  }
}

/** Text of a file that anybody may have written, fit for a terminal. */
const line = (text: unknown): string =>
  String(text)
    .replace(/\p{Cc}/gu, "?")
    .slice(0, 200);

function command(): string {
  const [, script = "", ...args] = process.argv;
  const program = /(?:cli[\\/]main\.[jt]s|walras(?:\.js)?)$/.test(script) ? "walras" : `node ${basename(script)}`;
  return [program, ...args].join(" ");
}
