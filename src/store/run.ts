// A run directory: what one run was asked, on what machine, what it measured, and where it can continue from.
//
//   run.json                          the manifest below; "running" until finish() says otherwise
//   log.ndjson                        one MetricRow per line, append-only; a torn last line is ignored and cut on resume
//   events.out.tfevents.<s>.walras    the same rows for TensorBoard, with wall-clock times, while the run goes on
//   checkpoints/<step>.safetensors    the newest KEEP; counters, the log's seal and the configuration's hash in their metadata
//   metrics.parquet                   the log as a table, written by finish()
//   stream.ndjson                     of a run that follows an outside series: an estimate per period, written before it is played
//
// Killing a run at any moment loses at most what came after its last checkpoint: the checkpoint seals the rows that the
// log had, resuming cuts the log to them, and the resumed run writes the same bytes an uninterrupted one would have.
// Whatever a result depends on has a checksum, so damage is found and never continued. A run's writer holds its place's lock.
import { type Checkpoint, checkpointKey, checkpointSteps, getCheckpoint, putCheckpoint } from "./checkpoint.ts";
import { hashOf, type Json } from "./json.ts";
import { brokenSeal, damageAfter, LOG, type LogSeal, type MetricRow, parseLog, readLog, rollingSeal } from "./log.ts";
import { encodeMetrics } from "./parquet.ts";
import type { Store } from "./store.ts";
import { fileVersionRecord, recordEnds, scalarsRecord } from "./tfevents.ts";

const MANIFEST_FORMAT = 2;
const KEEP = 2; // checkpoints
const MOST_MANIFEST = 64 << 20; // bytes: the largest shipped experiment's has some hundred thousand

const MANIFEST = "run.json";
export const METRICS = "metrics.parquet";

const STATUSES = ["running", "complete", "failed", "interrupted"] as const;
export type RunStatus = (typeof STATUSES)[number];

export interface Machine {
  readonly platform: string;
  readonly arch: string;
  readonly cpu: string;
  readonly cores: number;
}

/** SHA-256 of the code that a result came from. */
export interface Sources {
  /** Walras itself. */
  readonly walras: string;
  /** The module that was run, with what it imports by relative path. */
  readonly module: string;
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
  /** What is known exactly, by name; null where it is not known, and why. */
  readonly truth?: Json;
  readonly reasons?: Readonly<Record<string, string>>;
  /** By name, of what is logged and summed up. */
  readonly units?: Readonly<Record<string, string>>;
  /** What a report says of the run beside its results. */
  readonly about?: Json;
  readonly sources?: Sources | null;
}

export interface Manifest extends ManifestInput {
  readonly format: number;
  readonly configHash: string;
  /** null: not known. */
  readonly sources: Sources | null;
  /** Code that made the run until some step, where it was continued with other code. */
  readonly earlierSources: readonly { readonly until: number; readonly sources: Sources | null }[];
  /** ISO 8601, as is `finished`. */
  readonly started: string;
  readonly finished: string | null;
  readonly seconds: number | null;
  readonly status: RunStatus;
  readonly summary: Json;
  /** The experiment's expectations with their verdicts; null until known. */
  readonly claims: Json;
  readonly truth: Json;
  readonly reasons: Readonly<Record<string, string>>;
  readonly units: Readonly<Record<string, string>>;
  /** Of the final state, for comparing runs bit by bit. */
  readonly hash: string | null;
  readonly error: string | null;
  /** Of the whole log, once the run has ended. */
  readonly log: LogSeal | null;
  /** SHA-256 of all the other fields, as canonical JSON. */
  readonly checksum: string;
}

export interface Outcome {
  readonly status: Exclude<RunStatus, "running">;
  readonly seconds: number;
  readonly summary?: Json;
  readonly claims?: Json;
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
    const status = statusOf(store);
    throw new Error(
      status === "complete"
        ? `${store.place} already holds a run, complete; choose another --out, or overwrite it with --force.`
        : `${store.place} already holds a run, ${status}; continue it with: walras resume ${store.place}, overwrite it with --force, or choose another --out.`,
    );
  }
  if (present.length > 0) {
    const names = present.slice(0, 3).join(", ") + (present.length > 3 ? ", …" : "");
    throw new Error(`${store.place} is not empty (it holds ${names}); choose another --out.`);
  }
  const unlock = store.lock();
  const manifest = summed({
    format: MANIFEST_FORMAT,
    ...input,
    configHash: hashOf(input.config),
    sources: input.sources ?? null,
    earlierSources: [],
    started: new Date(clock()).toISOString(),
    finished: null,
    seconds: null,
    status: "running",
    summary: null,
    claims: null,
    truth: input.truth ?? null,
    reasons: input.reasons ?? {},
    units: input.units ?? {},
    hash: null,
    error: null,
    log: null,
  });
  try {
    putManifest(store, manifest);
    store.append(eventsKey(manifest), fileVersionRecord(clock() / 1000));
  } catch (error) {
    unlock();
    throw error;
  }
  return writer(store, manifest, { log: new Uint8Array(0), step: 0, unlock }, clock);
}

/** In words, also of a directory that cannot be read as a run. */
function statusOf(store: Store): string {
  try {
    const { status } = getManifest(store);
    return status === "running" ? "going on or killed" : status;
  } catch {
    return "damaged";
  }
}

/** Removes a run that nobody is writing, and nothing else: a place that holds more than a run writes is refused as it is. */
export function discardRun(store: Store): void {
  const keys = store.list();
  if (keys.length === 0) return;
  const foreign = keys.filter((key) => !WRITTEN.test(key));
  if (!keys.includes(MANIFEST) || foreign.length > 0)
    throw new Error(
      `${store.place} holds ${foreign.length > 0 ? foreign.slice(0, 3).join(", ") : "no run.json"}, which is not part of a run, so --force leaves it alone; choose another --out.`,
    );
  const unlock = store.lock();
  try {
    for (const key of keys) if (key !== MANIFEST) store.delete(key);
    store.delete(MANIFEST); // last: what is left of a cut-off removal is still a run to remove
  } finally {
    unlock();
  }
}
const WRITTEN =
  /^(run\.json|log\.ndjson|stream\.ndjson|metrics\.parquet|report\.html|events\.out\.tfevents\.\d+\.walras|checkpoints\/\d+\.safetensors)$/;

/** Reads a run, finished or not. */
export function openRun(store: Store): RunReader {
  const manifest = getManifest(store);
  const checkpoints = () => checkpointSteps(store);
  const checkpoint = (step: number) => getCheckpoint(store, manifest, step);
  return {
    place: store.place,
    manifest,
    rows: () => parseLog(readLog(store), `${store.place}/${LOG}`),
    checkpoints,
    checkpoint,
    latestCheckpoint() {
      const step = checkpoints().at(-1);
      return step === undefined ? undefined : checkpoint(step);
    },
  };
}

export interface ResumeOptions extends RunOptions {
  /** Step of a checkpoint; 0: the beginning. Default: the newest that can be used. */
  readonly from?: number | undefined;
  /** Of the code that continues. Default: of the code that began. */
  readonly sources?: Sources | undefined;
}

export interface Resumed {
  readonly writer: RunWriter;
  /** None: the run begins again from its first step. */
  readonly from: Checkpoint | undefined;
  /** What the log keeps. */
  readonly rows: readonly MetricRow[];
  /** What was found damaged and is made again, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Continues a run from its newest checkpoint that is intact and whose rows are still in the log, or from the checkpoint at step `from`, 0 being the
 * beginning: removes newer checkpoints, cuts the log to what that one had seen, and writes on from there. Every step of this can be interrupted and done again.
 */
export function resumeRun(store: Store, { from: asked, sources, clock = Date.now }: ResumeOptions = {}): Resumed {
  openRun(store); // where there is no run, nothing is locked
  const unlock = store.lock();
  try {
    const { manifest } = openRun(store);
    if (manifest.status === "complete") {
      throw new Error(`${store.place} is complete: there is nothing to resume. Start another run with another --out.`);
    }
    const { from, log, notes } = resumePoint(store, manifest, asked);
    const rows = parseLog(log, `${store.place}/${LOG}`);
    const running = summed({
      ...manifest,
      ...codeFrom(manifest, from?.step ?? 0, sources),
      status: "running",
      finished: null,
      seconds: null,
      summary: null,
      claims: null,
      hash: null,
      error: null,
      log: null,
    });
    putManifest(store, running);
    store.delete(METRICS);
    const newer = checkpointSteps(store).filter((step) => step > (from?.step ?? -1));
    for (const step of newer.reverse()) store.delete(checkpointKey(step)); // newest first: what is left always fits the log
    dropOld(store); // a kill may have come just before
    store.truncate(LOG, log.length);
    cutEvents(store, manifest, rows);
    return { writer: writer(store, running, { log, step: rows.at(-1)?.step ?? 0, unlock }, clock), from, rows, notes };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Which code a run is made by when it continues at a step. */
function codeFrom(
  manifest: Manifest,
  step: number,
  sources: Sources | null = manifest.sources,
): Pick<Manifest, "sources" | "earlierSources"> {
  const earlier = manifest.earlierSources.filter(({ until }) => until < step);
  if (step === 0) return { sources, earlierSources: [] };
  const until = manifest.earlierSources.find((entry) => entry.until >= step);
  const before = until ? until.sources : manifest.sources;
  const same = sources?.walras === before?.walras && sources?.module === before?.module;
  return { sources, earlierSources: same ? earlier : [...earlier, { until: step, sources: before }] };
}

function resumePoint(
  store: Store,
  manifest: Manifest,
  asked: number | undefined,
): { from: Checkpoint | undefined; log: Uint8Array; notes: string[] } {
  const { place } = store;
  const log = readLog(store);
  const steps = checkpointSteps(store).reverse();
  if (asked !== undefined && asked !== 0 && !steps.includes(asked)) {
    throw new Error(`${place} has no checkpoint at step ${asked}. It has: ${steps.toReversed().join(", ") || "none"}.`);
  }
  const candidates = asked === undefined ? steps : steps.filter((step) => step === asked);
  const notes: string[] = [];
  for (const step of candidates) {
    try {
      const from = getCheckpoint(store, manifest, step);
      const broken = brokenSeal(log, from.log);
      if (broken !== null) throw new Error(`${place}/${LOG} ${broken} when the checkpoint at step ${step} was taken.`);
      const tail = damageAfter(log, from.log, `${place}/${LOG}`);
      if (tail !== null) notes.push(tail);
      if (notes.length > 0) notes.push(`Continuing from the checkpoint at step ${step}, after ${from.rows} rows.`);
      return { from, log: log.subarray(0, from.log.bytes), notes };
    } catch (error) {
      notes.push((error as Error).message);
    }
  }
  if (notes.length > 0) {
    const other = steps.find((step) => !candidates.includes(step));
    const remedy = other === undefined ? "Begin it again" : "Continue from another checkpoint";
    throw new Error(`${notes.join(" ")} ${remedy} with: walras resume ${place} --from ${other ?? 0}`);
  }
  return { from: undefined, log: log.subarray(0, 0), notes };
}

interface Beginning {
  readonly log: Uint8Array;
  readonly step: number;
  readonly unlock: () => void;
}

function writer(
  store: Store,
  manifest: Manifest,
  { log, step: lastStep, unlock }: Beginning,
  clock: () => number,
): RunWriter {
  const events = eventsKey(manifest);
  const seal = rollingSeal(log);
  return {
    get manifest() {
      return manifest;
    },
    log(row) {
      if (!Number.isSafeInteger(row.step) || row.step < lastStep) {
        throw new Error(`log: got step ${row.step}, expected a whole number from ${lastStep} on.`);
      }
      const { step, ...values } = row;
      const line = utf8(`${JSON.stringify({ step, ...values })}\n`); // JSON.stringify turns NaN into null
      store.append(LOG, line);
      seal.add(line);
      store.append(events, scalarsRecord(clock() / 1000, step, values));
      lastStep = step;
    },
    checkpoint(step, arrays, meta) {
      if (!Number.isSafeInteger(step) || step < 0) {
        throw new Error(`checkpoint: got step ${step}, expected a whole number.`);
      }
      store.flush(LOG);
      store.flush(events);
      putCheckpoint(store, arrays, { step, log: seal.seal(), configHash: manifest.configHash, meta });
      dropOld(store);
    },
    finish({ status, seconds, summary = null, claims = null, hash = null, error = null }) {
      try {
        store.flush(LOG);
        const written = readLog(store);
        const broken = brokenSeal(written, seal.seal());
        if (broken !== null) throw new Error(`${store.place}/${LOG} ${broken}: something else has written to it.`);
        const finished = new Date(clock()).toISOString();
        const ended = { ...manifest, status, finished, seconds, summary, claims, hash, error, log: seal.seal() };
        store.put(METRICS, tableOf(ended, parseLog(written, `${store.place}/${LOG}`)));
        manifest = summed(ended);
        putManifest(store, manifest);
      } finally {
        unlock();
      }
    },
  };
}

/** The log as a Parquet table that says what it is of. */
function tableOf(manifest: Omit<Manifest, "checksum">, rows: readonly MetricRow[]): Uint8Array {
  const { name, config, units, truth, reasons, claims, summary } = manifest;
  return encodeMetrics(rows, { name, config, units, truth, reasons, claims, summary });
}

/** One of a run's files, held against the others. */
export interface FileCheck {
  readonly name: string;
  readonly pass: boolean;
  /** What was found. */
  readonly detail: string;
}

/** Every file of a run recomputed from the others or from its checksum, with the state that the run ended in, where it is kept. Writes nothing. */
export function checkFiles(store: Store): { readonly checks: readonly FileCheck[]; readonly end: Checkpoint | null } {
  const checks: FileCheck[] = [];
  const found = <T>(name: string, look: () => readonly [detail: string, T]): T | null => {
    try {
      const [detail, value] = look();
      checks.push({ name, pass: true, detail });
      return value;
    } catch (error) {
      checks.push({ name, pass: false, detail: (error as Error).message });
      return null;
    }
  };
  const manifest = found(MANIFEST, () => {
    const read = getManifest(store);
    return [`${read.name}, ${read.status}`, read];
  });
  if (!manifest) return { checks, end: null };
  const log = readLog(store);
  const rows = found(LOG, () => {
    const parsed = parseLog(log, `${store.place}/${LOG}`);
    const broken = manifest.log && brokenSeal(log, manifest.log);
    if (broken) throw new Error(`${store.place}/${LOG} ${broken} when the run ended.`);
    if (manifest.log && log.length > manifest.log.bytes)
      throw new Error(`${store.place}/${LOG} has ${log.length} bytes, ${manifest.log.bytes} when the run ended.`);
    return [`${parsed.length} rows${manifest.log ? "" : ", sealed only as far as checkpoints say"}`, parsed];
  });
  let end: Checkpoint | null = null;
  for (const step of checkpointSteps(store)) {
    const checkpoint = found(checkpointKey(step), () => {
      const read = getCheckpoint(store, manifest, step);
      const broken = brokenSeal(log, read.log);
      if (broken !== null)
        throw new Error(`${store.place}/${LOG} ${broken} when the checkpoint at step ${step} was taken.`);
      return [`${Object.keys(read.arrays).length} arrays, after ${read.rows} rows`, read];
    });
    if (checkpoint && checkpoint.log.bytes === manifest.log?.bytes) end = checkpoint;
  }
  if (rows && manifest.log)
    found(METRICS, () => {
      const table = store.get(METRICS);
      const expected = tableOf(manifest, rows);
      if (!table || table.length !== expected.length || table.some((byte, i) => byte !== expected[i]))
        throw new Error(`${store.place}/${METRICS} ${table ? "is not what the log gives" : "is missing"}.`);
      return ["what the log gives", table];
    });
  const events = eventsKey(manifest);
  if (rows)
    found(events, () => {
      const bytes = store.get(events) ?? new Uint8Array(0);
      const ends = recordEnds(bytes);
      const whole = manifest.log === null || (ends.length === 1 + rows.length && ends.at(-1) === bytes.length);
      if (!whole || ends.length < 1 + rows.length)
        throw new Error(
          `${store.place}/${events} has ${Math.max(0, ends.length - 1)} whole records in ${bytes.length} bytes, the log has ${rows.length} rows.`,
        );
      return [`${ends.length - 1} records`, null];
    });
  return { checks, end };
}

function dropOld(store: Store): void {
  for (const old of checkpointSteps(store).slice(0, -KEEP)) store.delete(checkpointKey(old));
}

/** With the checksum of what it says. */
function summed(manifest: Omit<Manifest, "checksum"> & Partial<Pick<Manifest, "checksum">>): Manifest {
  const { checksum: _, ...said } = manifest;
  return { ...said, checksum: hashOf(said as unknown as Json) };
}

function putManifest(store: Store, manifest: Manifest): void {
  store.put(MANIFEST, utf8(`${JSON.stringify(manifest, null, 2)}\n`));
}

function getManifest(store: Store): Manifest {
  const where = `${store.place}/${MANIFEST}`;
  const size = store.size(MANIFEST);
  if (size > MOST_MANIFEST)
    throw new Error(
      `${where} has ${size} bytes, more than any that Walras writes (${MOST_MANIFEST}). Restore it, or rerun.`,
    );
  const bytes = store.get(MANIFEST);
  if (!bytes) {
    throw new Error(`${store.place} holds no run: ${MANIFEST} is missing. Give the directory a run was written to.`);
  }
  let manifest: Partial<Manifest> | null;
  try {
    manifest = JSON.parse(new TextDecoder().decode(bytes));
    hashOf(manifest as Json); // as deep as can be followed
  } catch {
    throw new Error(`${where} is not readable JSON. Restore it, or rerun.`);
  }
  if (manifest?.format !== MANIFEST_FORMAT) {
    throw new Error(
      `${where} is format ${JSON.stringify(manifest?.format ?? null)?.slice(0, 20)}, this Walras reads format ${MANIFEST_FORMAT}. ` +
        `Open it with the Walras that wrote it${typeof manifest?.version === "string" ? ` (${manifest.version})` : ""}, or rerun.`,
    );
  }
  for (const [field, { expected, is }] of Object.entries(FIELDS)) {
    const value = manifest[field as keyof Manifest];
    if (!is(value)) {
      const got = JSON.stringify(value)?.slice(0, 60) ?? "missing";
      throw new Error(`${where}: "${field}" is ${got}, expected ${expected}. Restore it, or rerun.`);
    }
  }
  if (summed(manifest as Manifest).checksum !== manifest.checksum) {
    throw new Error(`${where} is not as Walras wrote it (its checksum differs). Restore it, or rerun.`);
  }
  return manifest as Manifest;
}

const text = { expected: "text", is: (value: unknown) => typeof value === "string" };
const record = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isSources = (value: unknown): boolean =>
  value === null || (record(value) && typeof value["walras"] === "string" && typeof value["module"] === "string");

const FIELDS: Readonly<Record<string, { expected: string; is(value: unknown): boolean }>> = {
  name: text,
  configHash: text,
  started: { expected: "a time", is: (value) => typeof value === "string" && Number.isFinite(Date.parse(value)) },
  version: text,
  node: text,
  machine: {
    expected: "platform, arch, cpu and cores",
    is: (value) =>
      record(value) &&
      ["platform", "arch", "cpu"].every((name) => typeof value[name] === "string") &&
      typeof value["cores"] === "number",
  },
  config: { expected: "a configuration", is: record },
  sources: { expected: "hashes of code or null", is: isSources },
  earlierSources: {
    expected: "a list of steps and hashes of code",
    is: (value) =>
      Array.isArray(value) &&
      value.every((entry) => record(entry) && Number.isSafeInteger(entry["until"]) && isSources(entry["sources"])),
  },
  status: { expected: STATUSES.join(", "), is: (value) => STATUSES.some((status) => status === value) },
  seconds: { expected: "a number or null", is: (value) => value === null || typeof value === "number" },
  summary: {
    expected: "numbers by name or null",
    is: (value) =>
      value === null ||
      (record(value) && Object.values(value).every((inner) => inner === null || typeof inner === "number")),
  },
  claims: { expected: "a list or null", is: (value) => value === null || Array.isArray(value) },
  truth: { expected: "values by name or null", is: (value) => value === null || record(value) },
  reasons: { expected: "sentences by name", is: record },
  units: { expected: "units by name", is: record },
  hash: { expected: "text or null", is: (value) => value === null || typeof value === "string" },
  error: { expected: "text or null", is: (value) => value === null || typeof value === "string" },
};

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

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
