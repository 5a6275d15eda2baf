// A run directory: what one run was asked, on what machine, what it measured, and where it can continue from.
//
//   run.json                          the manifest below; "running" until finish() says otherwise
//   log.ndjson                        one MetricRow per line, append-only; a torn last line is ignored and cut on resume
//   events.out.tfevents.<s>.walras    the same rows for TensorBoard, with wall-clock times, while the run goes on
//   checkpoints/<step>.safetensors    the newest KEEP; counters and the configuration's hash in their metadata
//   metrics.parquet                   the log as a table, written by finish()
//
// Killing a run at any moment loses at most what came after its last checkpoint: the checkpoint knows how many rows the
// log had, resuming cuts the log to them, and the resumed run writes the same bytes an uninterrupted one would have.
// Nothing stops two processes from writing to one directory at once; the command line gives every run its own.
import { hashOf, type Json } from "./json.ts";
import { encodeMetrics } from "./parquet.ts";
import { decodeSafetensors, encodeSafetensors, type TensorData } from "./safetensors.ts";
import type { Store } from "./store.ts";
import { crc32c, fileVersionRecord, recordEnds, scalarsRecord } from "./tfevents.ts";

const MANIFEST_FORMAT = 1;
const CHECKPOINT_VERSION = 1;
const KEEP = 2; // checkpoints

const MANIFEST = "run.json";
const LOG = "log.ndjson";
const METRICS = "metrics.parquet";
const CHECKPOINTS = "checkpoints/";

const STATUSES = ["running", "complete", "failed", "interrupted"] as const;
export type RunStatus = (typeof STATUSES)[number];

/** NaN, an infinity or an absent key: not measured at this step. */
export interface MetricRow {
  readonly step: number;
  readonly [name: string]: number;
}

export interface Machine {
  readonly platform: string;
  readonly arch: string;
  readonly cpu: string;
  readonly cores: number;
}

export interface ManifestInput {
  readonly name: string;
  /** Resolved: every default filled in. Its hash names the run. */
  readonly config: Json;
  /** Of walras. */
  readonly version: string;
  /** Of Node, or the browser's name. */
  readonly node: string;
  readonly machine: Machine;
}

export interface Manifest extends ManifestInput {
  readonly format: number;
  readonly configHash: string;
  /** ISO 8601, as is `finished`. */
  readonly started: string;
  readonly finished: string | null;
  readonly seconds: number | null;
  readonly status: RunStatus;
  readonly summary: Json;
  /** Of the final state, for comparing runs bit by bit. */
  readonly hash: string | null;
  readonly error: string | null;
}

export interface Outcome {
  readonly status: Exclude<RunStatus, "running">;
  readonly seconds: number;
  readonly summary?: Json;
  readonly hash?: string;
  readonly error?: string;
}

export interface RunWriter {
  readonly manifest: Manifest;
  /** Steps may repeat but not go back. */
  log(row: MetricRow): void;
  /** Makes the log durable, then the checkpoint; keeps no reference to `arrays`. A NaN in `meta` returns as null. */
  checkpoint(step: number, arrays: { readonly [name: string]: ArrayBufferView }, meta: Json): void;
  /** Writes metrics.parquet and closes the manifest. A failed or interrupted run can still be resumed. */
  finish(outcome: Outcome): void;
}

export interface Checkpoint {
  readonly step: number;
  /** How many rows the log had. */
  readonly rows: number;
  readonly arrays: { readonly [name: string]: TensorData };
  readonly meta: Json;
}

export interface RunReader {
  readonly place: string;
  readonly manifest: Manifest;
  /** Reads the log anew at each call, so it also follows a run that is still going on. */
  rows(): MetricRow[];
  /** Steps that have a checkpoint, oldest first. */
  checkpoints(): number[];
  checkpoint(step: number): Checkpoint;
  latestCheckpoint(): Checkpoint | undefined;
}

export interface RunOptions {
  /** Milliseconds since 1970: for the manifest and TensorBoard, never for results. */
  readonly clock?: () => number;
}

/** Begins a run in an empty or new place, and refuses any other. */
export function createRun(store: Store, input: ManifestInput, { clock = Date.now }: RunOptions = {}): RunWriter {
  const present = store.list();
  if (present.includes(MANIFEST)) {
    throw new Error(
      `${store.place} already holds a run; choose another --out, or continue it with: walras resume ${store.place}`,
    );
  }
  if (present.length > 0) {
    const names = present.slice(0, 3).join(", ") + (present.length > 3 ? ", …" : "");
    throw new Error(`${store.place} is not empty (it holds ${names}); choose another --out.`);
  }
  const manifest: Manifest = {
    format: MANIFEST_FORMAT,
    ...input,
    configHash: hashOf(input.config),
    started: new Date(clock()).toISOString(),
    finished: null,
    seconds: null,
    status: "running",
    summary: null,
    hash: null,
    error: null,
  };
  putManifest(store, manifest);
  store.append(eventsKey(manifest), fileVersionRecord(clock() / 1000));
  return writer(store, manifest, { rows: 0, step: 0 }, clock);
}

/** Reads a run, finished or not. */
export function openRun(store: Store): RunReader {
  const manifest = getManifest(store);
  const checkpoints = () =>
    store
      .list(CHECKPOINTS)
      .flatMap((key) => /^checkpoints\/(\d+)\.safetensors$/.exec(key)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  const checkpoint = (step: number) => getCheckpoint(store, manifest, step);
  return {
    place: store.place,
    manifest,
    rows: () => getLog(store).rows,
    checkpoints,
    checkpoint,
    latestCheckpoint() {
      const step = checkpoints().at(-1);
      return step === undefined ? undefined : checkpoint(step);
    },
  };
}

/**
 * Continues a run: cuts the log to what `from` had seen, removes newer checkpoints, and writes on from there.
 * Without any checkpoint the run begins again from its first step.
 */
export function resumeRun(
  store: Store,
  reader: RunReader,
  { from = reader.latestCheckpoint(), clock = Date.now }: RunOptions & { readonly from?: Checkpoint | undefined } = {},
): RunWriter {
  const { manifest } = reader;
  if (manifest.status === "complete") {
    throw new Error(`${store.place} is complete: there is nothing to resume. Start another run with another --out.`);
  }
  if (hashOf(manifest.config) !== manifest.configHash) {
    throw new Error(
      `${store.place}/${MANIFEST}: the configuration was changed after the run began (its hash is no longer ` +
        `${manifest.configHash.slice(0, 12)}…). Undo the change, or start a new run with it.`,
    );
  }
  const { step, rows } = from ?? { step: 0, rows: 0 };
  const log = getLog(store);
  if (log.rows.length < rows) {
    throw new Error(
      `${store.place}/${LOG} has ${log.rows.length} rows, the checkpoint at step ${step} was taken after ${rows}. ` +
        `Use an earlier checkpoint or rerun.`,
    );
  }
  store.truncate(LOG, rows === 0 ? 0 : log.ends[rows - 1]);
  cutEvents(store, manifest, log.rows.slice(0, rows));
  for (const newer of reader.checkpoints()) if (newer > step) store.delete(checkpointKey(newer));
  store.delete(METRICS);

  const running: Manifest = { ...manifest, status: "running", finished: null, seconds: null, error: null };
  putManifest(store, running);
  return writer(store, running, { rows, step: rows === 0 ? 0 : log.rows[rows - 1].step }, clock);
}

function writer(store: Store, manifest: Manifest, at: { rows: number; step: number }, clock: () => number): RunWriter {
  const events = eventsKey(manifest);
  let { rows, step: lastStep } = at;
  return {
    get manifest() {
      return manifest;
    },
    log(row) {
      if (!Number.isSafeInteger(row.step) || row.step < lastStep) {
        throw new Error(`log: got step ${row.step}, expected a whole number from ${lastStep} on.`);
      }
      const { step, ...values } = row;
      store.append(LOG, utf8(`${JSON.stringify({ step, ...values })}\n`)); // JSON.stringify turns NaN into null
      store.append(events, scalarsRecord(clock() / 1000, step, values));
      lastStep = step;
      rows++;
    },
    checkpoint(step, arrays, meta) {
      if (!Number.isSafeInteger(step) || step < 0) {
        throw new Error(`checkpoint: got step ${step}, expected a whole number.`);
      }
      const sums = Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, crc32c(bytesOf(array))]));
      const counters = { version: CHECKPOINT_VERSION, step, rows, configHash: manifest.configHash, meta, sums };
      store.flush(LOG);
      store.flush(events);
      store.put(checkpointKey(step), encodeSafetensors(arrays, { walras: JSON.stringify(counters) }));
      for (const old of openRun(store).checkpoints().slice(0, -KEEP)) store.delete(checkpointKey(old));
    },
    finish({ status, seconds, summary = null, hash = null, error = null }) {
      store.flush(LOG);
      store.put(METRICS, encodeMetrics(getLog(store).rows));
      const finished = new Date(clock()).toISOString();
      manifest = { ...manifest, status, finished, seconds, summary, hash, error };
      putManifest(store, manifest);
    },
  };
}

function putManifest(store: Store, manifest: Manifest): void {
  store.put(MANIFEST, utf8(`${JSON.stringify(manifest, null, 2)}\n`));
}

function getManifest(store: Store): Manifest {
  const where = `${store.place}/${MANIFEST}`;
  const bytes = store.get(MANIFEST);
  if (!bytes) {
    throw new Error(`${store.place} holds no run: ${MANIFEST} is missing. Give the directory a run was written to.`);
  }
  let manifest: Partial<Manifest> | null;
  try {
    manifest = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new Error(`${where} is not readable JSON (${(error as Error).message}). Restore it, or rerun.`);
  }
  if (manifest?.format !== MANIFEST_FORMAT) {
    throw new Error(
      `${where} is format v${manifest?.format ?? "?"}, expected v${MANIFEST_FORMAT}. ` +
        `Open it with the walras that wrote it${manifest?.version ? ` (${manifest.version})` : ""}.`,
    );
  }
  for (const field of ["name", "configHash", "started"] as const) {
    if (typeof manifest[field] !== "string") {
      throw new Error(
        `${where}: "${field}" is ${JSON.stringify(manifest[field])}, expected text. Restore it, or rerun.`,
      );
    }
  }
  if (manifest.config === undefined || !STATUSES.some((status) => status === manifest.status)) {
    throw new Error(
      `${where}: "status" is ${JSON.stringify(manifest.status)} and "config" ` +
        `${manifest.config === undefined ? "is missing" : "is there"}, expected ${STATUSES.join(", ")} and a ` +
        `configuration. Restore it, or rerun.`,
    );
  }
  return manifest as Manifest;
}

/** `ends[i]` is the offset in bytes just after row i. */
function getLog(store: Store): { rows: MetricRow[]; ends: number[] } {
  const bytes = store.get(LOG) ?? new Uint8Array(0);
  const decoder = new TextDecoder();
  const rows: MetricRow[] = [];
  const ends: number[] = [];
  let begin = 0;
  for (let end = bytes.indexOf(10) + 1; end > 0; end = bytes.indexOf(10, begin) + 1) {
    rows.push(parseRow(decoder.decode(bytes.subarray(begin, end)), `${store.place}/${LOG}:${rows.length + 1}`));
    ends.push(end);
    begin = end;
  }
  return { rows, ends };
}

function parseRow(line: string, where: string): MetricRow {
  let row: { [name: string]: number | null };
  try {
    row = JSON.parse(line);
  } catch {
    throw new Error(
      `${where} is not a row of JSON: ${JSON.stringify(line.trim().slice(0, 60))}. Restore it, or rerun.`,
    );
  }
  if (typeof row?.step !== "number") {
    throw new Error(`${where} has no "step": ${JSON.stringify(line.trim().slice(0, 60))}. Restore it, or rerun.`);
  }
  for (const name in row) row[name] ??= Number.NaN;
  return row as MetricRow;
}

function getCheckpoint(store: Store, manifest: Manifest, step: number): Checkpoint {
  const key = checkpointKey(step);
  const where = `${store.place}/${key}`;
  const bytes = store.get(key);
  if (!bytes) throw new Error(`${where} does not exist. Use another checkpoint or rerun.`);
  const { tensors, metadata } = decodeSafetensors(bytes, where);
  if (metadata.walras === undefined) {
    throw new Error(`${where} holds tensors but no walras counters: it is not a checkpoint of a run.`);
  }
  const counters = readCounters(metadata.walras, where);
  if (counters.version !== CHECKPOINT_VERSION) {
    throw new Error(
      `Checkpoint is v${counters.version}, expected v${CHECKPOINT_VERSION}: ${where}. ` +
        `Resume it with the walras that wrote it (${manifest.version}), or rerun.`,
    );
  }
  if (counters.configHash !== manifest.configHash) {
    throw new Error(
      `${where} belongs to another configuration (${String(counters.configHash).slice(0, 12)}…, this run is ` +
        `${manifest.configHash.slice(0, 12)}…). Use a checkpoint of this run or rerun.`,
    );
  }
  const arrays = Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, data]));
  for (const [name, array] of Object.entries(arrays)) {
    if (crc32c(bytesOf(array)) !== counters.sums?.[name]) {
      throw new Error(
        `${where}: "${name}" is not what was written (its checksum differs). Use another checkpoint or rerun.`,
      );
    }
  }
  return { step: counters.step, rows: counters.rows, arrays, meta: counters.meta };
}

interface Counters {
  readonly version: number;
  readonly step: number;
  readonly rows: number;
  readonly configHash: string;
  readonly meta: Json;
  /** CRC-32C of each array's bytes. */
  readonly sums?: { readonly [name: string]: number };
}

function readCounters(text: string, where: string): Counters {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${where}: its counters are not readable JSON. Use another checkpoint or rerun.`);
  }
}

const bytesOf = (array: ArrayBufferView): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

// The event file has one record per row after its first. Rows it lost, say because someone deleted it, get the run's
// starting time.
function cutEvents(store: Store, manifest: Manifest, rows: readonly MetricRow[]): void {
  const key = eventsKey(manifest);
  const started = Date.parse(manifest.started) / 1000;
  const ends = recordEnds(store.get(key) ?? new Uint8Array(0)).slice(0, 1 + rows.length);
  store.truncate(key, ends.at(-1) ?? 0);
  if (ends.length === 0) store.append(key, fileVersionRecord(started));
  for (const { step, ...values } of rows.slice(Math.max(0, ends.length - 1))) {
    store.append(key, scalarsRecord(started, step, values));
  }
}

// TensorBoard finds files by "tfevents" in their name and orders them by the seconds that follow.
function eventsKey(manifest: Manifest): string {
  return `events.out.tfevents.${Math.floor(Date.parse(manifest.started) / 1000)}.walras`;
}

function checkpointKey(step: number): string {
  return `${CHECKPOINTS}${step}.safetensors`;
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
