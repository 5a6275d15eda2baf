// checkpoints/<step>.safetensors: arrays, and as metadata the counters and a checksum of everything that is not an array's bytes, which have sums of their own.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Json } from "./json.ts";
import type { LogSeal } from "./log.ts";
import { decodeSafetensors, safetensorsPieces, type TensorData } from "./safetensors.ts";
import type { Store } from "./store.ts";
import { crc32c } from "./tfevents.ts";

const CHECKPOINT_VERSION = 2;
const FOLDER = "checkpoints/";

export interface Checkpoint {
  readonly step: number;
  /** How many rows the log had. */
  readonly rows: number;
  readonly log: LogSeal;
  readonly arrays: { readonly [name: string]: TensorData };
  readonly meta: Json;
}

interface Counters {
  readonly version: number;
  readonly step: number;
  readonly log: LogSeal;
  readonly configHash: string;
  readonly meta: Json;
  /** CRC-32C of each array's bytes. */
  readonly sums: { readonly [name: string]: number };
}

export const checkpointKey = (step: number): string => `${FOLDER}${step}.safetensors`;

/** Steps that have a checkpoint, oldest first. */
export function checkpointSteps(store: Store): number[] {
  return store
    .list(FOLDER)
    .flatMap((key) => /^checkpoints\/(\d+)\.safetensors$/.exec(key)?.[1] ?? [])
    .map(Number)
    .filter((step) => Number.isSafeInteger(step))
    .sort((a, b) => a - b);
}

export function putCheckpoint(
  store: Store,
  arrays: { readonly [name: string]: ArrayBufferView },
  counters: Omit<Counters, "version" | "sums">,
): void {
  const sums = Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, crc32c(bytesOf(array))]));
  const walras = JSON.stringify({ version: CHECKPOINT_VERSION, ...counters, sums } satisfies Counters);
  const kinds = Object.entries(arrays).map(
    ([name, array]) => [name, array.constructor.name, array.byteLength] as const,
  );
  store.put(checkpointKey(counters.step), safetensorsPieces(arrays, { walras, sha256: checksum(walras, kinds) }));
}

/** `run`: of the manifest, the version of Walras and the configuration that the checkpoint must belong to. */
export function getCheckpoint(
  store: Store,
  run: { readonly version: string; readonly configHash: string },
  step: number,
): Checkpoint {
  const key = checkpointKey(step);
  const where = `${store.place}/${key}`;
  const size = store.size(key);
  if (size === 0)
    throw new Error(`${where} ${store.get(key) ? "is empty" : "does not exist"}. Use another checkpoint or rerun.`);
  const { tensors, metadata } = decodeSafetensors({ size, read: (from, to) => store.read(key, from, to) }, where);
  const walras = metadata["walras"];
  if (walras === undefined) {
    throw new Error(`${where} holds tensors but no walras counters: it is not a checkpoint of a run.`);
  }
  const counters = readCounters(walras, where);
  if (counters.version !== CHECKPOINT_VERSION) {
    throw new Error(
      `Checkpoint is v${counters.version}, expected v${CHECKPOINT_VERSION}: ${where}. ` +
        `Resume it with the walras that wrote it (${run.version}), or rerun.`,
    );
  }
  const damaged = (what: string) =>
    new Error(`${where}: ${what} not what was written (its checksum differs). Use another checkpoint or rerun.`);
  const kinds = Object.entries(tensors).map(
    ([name, { data }]) => [name, data.constructor.name, data.byteLength] as const,
  );
  if (checksum(walras, kinds) !== metadata["sha256"]) throw damaged("its header is");
  if (counters.step !== step) {
    throw new Error(`${where} is the checkpoint of step ${counters.step} under another name. Rename it, or remove it.`);
  }
  if (counters.configHash !== run.configHash) {
    throw new Error(
      `${where} belongs to another configuration (${String(counters.configHash).slice(0, 12)}…, this run is ` +
        `${run.configHash.slice(0, 12)}…). Use a checkpoint of this run or rerun.`,
    );
  }
  const arrays = Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, data]));
  for (const [name, array] of Object.entries(arrays)) {
    if (crc32c(bytesOf(array)) !== counters.sums[name]) throw damaged(`"${name}" is`);
  }
  return { step, rows: counters.log.rows, log: counters.log, arrays, meta: counters.meta };
}

function readCounters(text: string, where: string): Counters {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${where}: its counters are not readable JSON. Use another checkpoint or rerun.`);
  }
}

/** Of the counters, whose sums cover the arrays' bytes, and of the arrays' names, types and sizes. */
function checksum(counters: string, kinds: readonly (readonly [name: string, type: string, bytes: number])[]): string {
  const sorted = [...kinds].sort(([a], [b]) => (a < b ? -1 : 1));
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify([counters, sorted]))));
}

const bytesOf = (array: ArrayBufferView): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
