// TensorBoard event files, scalars only, so that `tensorboard --logdir runs` shows a run while it trains.
//
// A file is a list of records (tensorflow/core/lib/io/record_writer.h), integers little-endian:
//   u64 length n | u32 masked crc32c(length) | n bytes of Event | u32 masked crc32c(event)
//   masked crc = rotr(crc, 15) + 0xa282ead8
// The messages, by hand (tensorflow/core/util/event.proto, summary.proto):
//   Event { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5; }
//   Summary { repeated Value value = 1; }   Value { string tag = 1; float simple_value = 2; }
// Not here: histograms, images, text.

/** The record every event file begins with. `wallTime` in seconds since 1970. */
export function fileVersionRecord(wallTime: number): Uint8Array {
  return record([...doubleField(1, wallTime), ...bytesField(3, utf8("brain.Event:2"))]);
}

/** One record with one scalar per finite value; values are stored as 32-bit floats. */
export function scalarsRecord(wallTime: number, step: number, values: { readonly [tag: string]: number }): Uint8Array {
  const summary: number[] = [];
  for (const [tag, value] of Object.entries(values)) {
    if (!Number.isFinite(value)) continue;
    summary.push(...bytesField(1, [...bytesField(1, utf8(tag)), ...floatField(2, value)]));
  }
  return record([...doubleField(1, wallTime), ...varintField(2, step), ...bytesField(5, summary)]);
}

/** Offsets in bytes at which the records of a file end, up to the first that is torn or whose checksums differ. */
export function recordEnds(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ends: number[] = [];
  for (let at = 0; at + 12 <= bytes.length; ) {
    const data = at + 12;
    const end = data + Number(view.getBigUint64(at, true));
    if (end + 4 > bytes.length) break;
    if (maskedCrc32c(bytes.subarray(at, at + 8)) !== view.getUint32(at + 8, true)) break;
    if (maskedCrc32c(bytes.subarray(data, end)) !== view.getUint32(end, true)) break;
    at = end + 4;
    ends.push(at);
  }
  return ends;
}

/** CRC-32 with the Castagnoli polynomial, reflected 0x82f63b78. */
export function crc32c(bytes: Uint8Array): number {
  let crc = ~0;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ bytes[i]) & 255];
  return ~crc >>> 0;
}

export function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? (byte >>> 1) ^ 0x82f63b78 : byte >>> 1;
  return byte;
});

function record(event: readonly number[]): Uint8Array {
  const n = event.length;
  const out = new Uint8Array(n + 16);
  const view = new DataView(out.buffer);
  view.setBigUint64(0, BigInt(n), true);
  view.setUint32(8, maskedCrc32c(out.subarray(0, 8)), true);
  out.set(event, 12);
  view.setUint32(12 + n, maskedCrc32c(out.subarray(12, 12 + n)), true);
  return out;
}

// Protocol Buffers wire types: 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes. A key is field · 8 + type.

function varintField(field: number, value: number): number[] {
  return [field * 8, ...varint(value)];
}

function doubleField(field: number, value: number): number[] {
  return [field * 8 + 1, ...new Uint8Array(Float64Array.of(value).buffer)];
}

function bytesField(field: number, bytes: ArrayLike<number>): number[] {
  return [field * 8 + 2, ...varint(bytes.length), ...Array.from(bytes)];
}

function floatField(field: number, value: number): number[] {
  return [field * 8 + 5, ...new Uint8Array(Float32Array.of(value).buffer)];
}

function varint(value: number): number[] {
  const out: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) out.push((value % 128) + 128); // steps may exceed 2³¹
  return [...out, value];
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
