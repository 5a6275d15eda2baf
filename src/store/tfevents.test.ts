import { describe, expect, test } from "vitest";
import { crc32c, fileVersionRecord, maskedCrc32c, recordEnds, scalarsRecord } from "./tfevents.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

describe("checksums", () => {
  test("crc32c of the digits 1 to 9 is e3069283", () => {
    expect(crc32c(utf8("123456789")).toString(16)).toBe("e3069283");
  });

  test("crc32c of 32 zeros is 8a9136aa, of 32 ones 62a8ab43", () => {
    // RFC 3720, appendix B.4
    expect(crc32c(new Uint8Array(32)).toString(16)).toBe("8a9136aa");
    expect(crc32c(new Uint8Array(32).fill(255)).toString(16)).toBe("62a8ab43");
  });

  test("the first twelve bytes are those every TensorBoard file begins with", () => {
    // 24 bytes of event follow: 18 00 00 00 00 00 00 00, then the masked checksum of these eight
    const begin = [...fileVersionRecord(1.7e9).slice(0, 12)]
      .map((byte) => byte.toString(16).padStart(2, "0"))
      .join(" ");
    expect(begin).toBe("18 00 00 00 00 00 00 00 a3 7f 4b 22");
  });
});

describe("records", () => {
  test("scalars decode to what was written, as 32-bit floats", () => {
    const bytes = scalarsRecord(1.75e9, 3_000_000_000, { "losses/td": 0.1, "charts/é": -2, unmeasured: Number.NaN });
    expect(decodeRecord(bytes)).toEqual({
      wallTime: 1.75e9,
      step: 3_000_000_000,
      scalars: { "losses/td": Math.fround(0.1), "charts/é": -2 },
    });
  });

  test("step 0 and an empty row are valid events", () => {
    expect(decodeRecord(scalarsRecord(1, 0, {}))).toEqual({ wallTime: 1, step: 0, scalars: {} });
  });

  test("the first record names the version", () => {
    expect(decodeRecord(fileVersionRecord(2))).toMatchObject({ wallTime: 2, version: "brain.Event:2" });
  });

  test("record ends are found, and a torn last record does not count", () => {
    const a = fileVersionRecord(1);
    const b = scalarsRecord(2, 7, { x: 1 });
    const both = Uint8Array.of(...a, ...b);
    const ends = [a.length, a.length + b.length];
    expect(recordEnds(both)).toEqual(ends);
    for (let n = a.length; n < both.length; n++) expect(recordEnds(both.slice(0, n))).toEqual([a.length]);
    expect(recordEnds(new Uint8Array(0))).toEqual([]);
  });
});

/** An independent reading of one record: checks both checksums, then walks the protocol buffer. */
function decodeRecord(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const n = Number(view.getBigUint64(0, true));
  expect(bytes.length).toBe(n + 16);
  expect(view.getUint32(8, true)).toBe(maskedCrc32c(bytes.slice(0, 8)));
  expect(view.getUint32(12 + n, true)).toBe(maskedCrc32c(bytes.slice(12, 12 + n)));

  const event: { wallTime?: number; step?: number; version?: string; scalars?: { [tag: string]: number } } = {};
  for (const [field, value] of fields(bytes.slice(12, 12 + n))) {
    if (field === 1) event.wallTime = value as number;
    if (field === 2) event.step = value as number;
    if (field === 3) event.version = new TextDecoder().decode(value as Uint8Array);
    if (field === 5) {
      event.scalars = {};
      for (const [, scalar] of fields(value as Uint8Array)) {
        const [[, tag], [, number]] = fields(scalar as Uint8Array);
        event.scalars[new TextDecoder().decode(tag as Uint8Array)] = number as number;
      }
    }
  }
  return event;
}

function fields(message: Uint8Array): [number, number | Uint8Array][] {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const found: [number, number | Uint8Array][] = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number(value);
    }
  };
  while (at < message.length) {
    const key = varint();
    const field = key >> 3;
    if ((key & 7) === 0) found.push([field, varint()]);
    else if ((key & 7) === 1) found.push([field, view.getFloat64((at += 8) - 8, true)]);
    else if ((key & 7) === 5) found.push([field, view.getFloat32((at += 4) - 4, true)]);
    else {
      const length = varint();
      found.push([field, message.slice(at, (at += length))]);
    }
  }
  return found;
}
