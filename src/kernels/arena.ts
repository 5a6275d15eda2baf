// One WebAssembly memory, the kernels instantiated on it, and typed arrays handed out from it in order.
//
// Addresses depend on the sequence of requests only. Threads that share the memory and make the same requests therefore
// hold the same addresses without talking to each other, and may divide the rows of an array among themselves. Nothing is
// ever freed: allocate at the start, drop the whole arena at the end. The operating system commits pages when they are
// first written, so a generous size costs nothing.
//
//   | 0 … 1023 tables of the kernels | workspace of thread 0 | … | workspace of thread threads − 1 | arrays …
import { type Kernels, plain, shared as sharedVariant } from "./generated/wasm.js";

export type { Kernels };

export interface Arena {
  readonly memory: WebAssembly.Memory;
  readonly kernels: Kernels;
  readonly shared: boolean;
  /** Bytes handed out so far, including the workspaces. */
  readonly used: number;
  readonly capacity: number;
  /** Bytes that are left. */
  readonly free: number;
  /** Byte offset of this thread's private workspace, the last argument of `kernels.gemm`. */
  readonly workspace: number;
  /** Arrays are 64-byte aligned and zero in a fresh memory. */
  f32(length: number): Float32Array;
  f64(length: number): Float64Array;
  i32(length: number): Int32Array;
  u32(length: number): Uint32Array;
  u8(length: number): Uint8Array;
}

export interface ArenaOptions {
  /** Rounded up to 64 KiB; at most 4 GiB − 64 KiB. Default 256 MiB. */
  bytes?: number;
  /** Back it by a SharedArrayBuffer, for threads. Default false. */
  shared?: boolean;
  /** Join an existing memory (then `bytes` and `shared` follow from it). */
  memory?: WebAssembly.Memory;
  /** How many threads work on this memory, each with an arena of its own, and which of them this is. Default 1 and 0. */
  threads?: number;
  rank?: number;
}

const PAGE = 65536;
const MAX_BYTES = 65535 * PAGE;
const FIRST_BYTE = 1024; // tables of the kernels begin at byte 16: a forgotten offset then meets zeros that nobody owns

export function createArena(options: ArenaOptions = {}): Arena {
  const { threads = 1, rank = 0 } = options;
  if (!Number.isInteger(threads) || threads < 1 || !Number.isInteger(rank) || rank < 0 || rank >= threads) {
    throw new RangeError(
      `createArena: got rank ${rank} of ${threads} threads, expected integers with 0 ≤ rank < threads.`,
    );
  }
  const memory = options.memory ?? newMemory(options.bytes ?? 256 * 1024 * 1024, options.shared ?? false);
  const { buffer } = memory;
  const shared = typeof SharedArrayBuffer !== "undefined" && buffer instanceof SharedArrayBuffer;
  const kernels = instantiate(memory, shared);

  const workspaceBytes = align(kernels.gemmWorkspaceBytes());
  const workspace = FIRST_BYTE + rank * workspaceBytes;
  let used = FIRST_BYTE + threads * workspaceBytes;
  const capacity = buffer.byteLength;
  if (used > capacity) {
    throw new RangeError(
      `createArena: ${threads} threads need ${used} bytes of workspace, got ${capacity} bytes in all. Pass a larger { bytes }.`,
    );
  }

  function take(type: string, length: number, bytesPerElement: number): number {
    const bytes = length * bytesPerElement;
    if (!Number.isInteger(length) || length < 0) {
      throw new RangeError(`arena.${type}: got length ${length}, expected an integer ≥ 0.`);
    }
    if (bytes > capacity - used) {
      throw new RangeError(
        `arena.${type}(${length}): asked for ${bytes} bytes, ${capacity - used} of ${capacity} are free. ` +
          `Ask for less (fewer agents, worlds or replay), or create the arena with a larger { bytes } (at most ${MAX_BYTES}).`,
      );
    }
    const offset = used;
    used = Math.min(align(used + bytes), capacity);
    return offset;
  }

  return {
    memory,
    kernels,
    shared,
    workspace,
    capacity,
    get used() {
      return used;
    },
    get free() {
      return capacity - used;
    },
    f32: (length) => new Float32Array(buffer, take("f32", length, 4), length),
    f64: (length) => new Float64Array(buffer, take("f64", length, 8), length),
    i32: (length) => new Int32Array(buffer, take("i32", length, 4), length),
    u32: (length) => new Uint32Array(buffer, take("u32", length, 4), length),
    u8: (length) => new Uint8Array(buffer, take("u8", length, 1), length),
  };
}

function newMemory(bytes: number, shared: boolean): WebAssembly.Memory {
  if (!(bytes > 0 && bytes <= MAX_BYTES)) {
    throw new RangeError(
      `createArena: got bytes ${bytes}, expected more than 0 and at most ${MAX_BYTES} (4 GiB − 64 KiB).`,
    );
  }
  const pages = Math.ceil(bytes / PAGE);
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
}

const modules = new Map<boolean, WebAssembly.Module>();

function instantiate(memory: WebAssembly.Memory, shared: boolean): Kernels {
  let module = modules.get(shared);
  if (!module) {
    const text = atob(shared ? sharedVariant : plain);
    module = new WebAssembly.Module(Uint8Array.from(text, (character) => character.charCodeAt(0)));
    modules.set(shared, module);
  }
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels;
}

function align(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}
