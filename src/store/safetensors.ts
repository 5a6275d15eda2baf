// The safetensors file format, reader and writer. https://huggingface.co/docs/safetensors (format section)
//
//   8 bytes   header length n, unsigned little-endian 64 bit
//   n bytes   UTF-8 JSON: { name: { dtype, shape, data_offsets: [begin, end) }, …, __metadata__: { string: string } }
//   the rest  tensor data, little-endian, row-major, without holes; offsets count from the end of the header
//
// Strict: a file that is not exactly this is refused. Not here: F16, BF16, BOOL and the 8-bit floats.
// Typed arrays are little-endian on every machine JavaScript runs on today, so data is copied, not converted.

const DTYPES = {
  F64: Float64Array,
  I64: BigInt64Array,
  F32: Float32Array,
  I32: Int32Array,
  U32: Uint32Array,
  U8: Uint8Array,
} as const;

export type Dtype = keyof typeof DTYPES;
export type TensorData = InstanceType<(typeof DTYPES)[Dtype]>;

export interface Tensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly data: TensorData;
}

export interface TensorFile {
  readonly tensors: { readonly [name: string]: Tensor };
  readonly metadata: { readonly [key: string]: string };
}

const MAX_HEADER = 100_000_000; // bytes, the limit of the reference implementation

/** Flat arrays become one-dimensional tensors. Widest types first, then by name, so that every tensor is aligned. */
export function encodeSafetensors(
  arrays: { readonly [name: string]: ArrayBufferView },
  metadata: { readonly [key: string]: string } = {},
): Uint8Array<ArrayBuffer> {
  const pieces = safetensorsPieces(arrays, metadata);
  const out = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

/** The same file as its header and views of the arrays, in order: nothing is copied, and the whole may exceed what one array holds. */
export function safetensorsPieces(
  arrays: { readonly [name: string]: ArrayBufferView },
  metadata: { readonly [key: string]: string } = {},
): Uint8Array[] {
  const entries = Object.entries(arrays).map(([name, view]) => ({ name, view, ...kindOf(name, view) }));
  entries.sort((a, b) => b.width - a.width || (a.name < b.name ? -1 : 1));

  const header: [string, unknown][] = Object.keys(metadata).length > 0 ? [["__metadata__", metadata]] : [];
  let end = 0;
  for (const { name, view, dtype, width } of entries) {
    const begin = end;
    end += view.byteLength;
    header.push([name, { dtype, shape: [view.byteLength / width], data_offsets: [begin, end] }]);
  }
  // Object.fromEntries, because plain assignment would lose an array named "__proto__"
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerLength = Math.ceil(text.length / 8) * 8; // padded with spaces so that the data starts aligned
  const head = new Uint8Array(8 + headerLength).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(headerLength), true);
  head.set(text, 8);
  return [head, ...entries.map(({ view }) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength))];
}

/** A file read in parts. */
export interface Bytes {
  readonly size: number;
  /** A copy. */
  read(from: number, to: number): Uint8Array<ArrayBuffer>;
}

/** `where` names the file in errors. The returned arrays are copies. Nothing is allocated before the file is known to be as large. */
export function decodeSafetensors(file: Uint8Array | Bytes, where: string): TensorFile {
  const { size, read } =
    file instanceof Uint8Array
      ? { size: file.length, read: (from: number, to: number) => new Uint8Array(file.subarray(from, to)) }
      : file;
  const bad = (what: string) => new Error(`${where} is not a valid safetensors file: ${what}.`);
  const truncated = (expected: number) =>
    new Error(
      `${where} is truncated: header says ${expected} bytes, file has ${size}. Use an earlier checkpoint or rerun.`,
    );

  if (size < 8) throw truncated(8);
  const length = Number(new DataView(read(0, 8).buffer).getBigUint64(0, true));
  if (length < 2 || length > MAX_HEADER) throw bad(`header length is ${length}, expected 2 to ${MAX_HEADER}`);
  if (8 + length > size) throw truncated(8 + length);

  const header = parseHeader(read(8, 8 + length), bad);
  const { __metadata__: metadata = {}, ...rest } = header;
  if (!isRecord(metadata) || Object.values(metadata).some((value) => typeof value !== "string")) {
    throw bad("__metadata__ is not a map from string to string");
  }
  const entries = Object.entries(rest).map(([name, entry]) => checkEntry(name, entry, bad));
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);

  let expected = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== expected) throw bad(`tensor ${JSON.stringify(name)} begins at ${begin}, expected ${expected}`);
    expected = end;
  }
  const base = 8 + length;
  if (base + expected > size) throw truncated(base + expected);
  if (base + expected < size) throw bad(`${size - base - expected} bytes follow the last tensor`);

  const tensors = entries.map(({ name, dtype, shape, begin, end }): [string, Tensor] => {
    const copy = read(base + begin, base + end); // its own buffer: the file's offsets need not be aligned
    return [name, { dtype, shape, data: new DTYPES[dtype](copy.buffer) }];
  });
  return { tensors: Object.fromEntries(tensors), metadata: metadata as TensorFile["metadata"] };
}

function kindOf(name: string, view: ArrayBufferView): { dtype: Dtype; width: number } {
  for (const [dtype, type] of Object.entries(DTYPES)) {
    if (view instanceof type) return { dtype: dtype as Dtype, width: type.BYTES_PER_ELEMENT };
  }
  const expected = Object.values(DTYPES).map((type) => type.name);
  throw new Error(`Array "${name}" is a ${view.constructor.name}, expected one of ${expected.join(", ")}.`);
}

function parseHeader(bytes: Uint8Array, bad: (what: string) => Error): { [key: string]: unknown } {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    throw bad(`its header is not JSON (${(error as Error).message})`);
  }
  if (bytes[0] !== 0x7b || !isRecord(header)) throw bad("its header does not begin with {");
  return header;
}

function checkEntry(name: string, entry: unknown, bad: (what: string) => Error) {
  const label = `tensor ${JSON.stringify(name)}`;
  if (!isRecord(entry)) throw bad(`${label} has no description`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== "string" || !Object.hasOwn(DTYPES, dtype)) {
    throw bad(`${label} has dtype ${JSON.stringify(dtype)}, expected one of ${Object.keys(DTYPES).join(", ")}`);
  }
  if (!isCounts(shape)) throw bad(`${label} has shape ${JSON.stringify(shape)}, expected a list of whole numbers`);
  if (!isCounts(offsets) || offsets.length !== 2) {
    throw bad(`${label} has data_offsets ${JSON.stringify(offsets)}, expected [begin, end]`);
  }
  const [begin, end] = offsets;
  const size = shape.reduce((product, n) => product * n, DTYPES[dtype as Dtype].BYTES_PER_ELEMENT);
  if (end - begin !== size) throw bad(`${label} takes ${end - begin} bytes, its shape needs ${size}`);
  return { name, dtype: dtype as Dtype, shape, begin, end };
}

function isRecord(value: unknown): value is { [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}
