import { describe, expect, test } from "vitest";
import { decodeSafetensors, encodeSafetensors, safetensorsPieces } from "./safetensors.ts";

/** A file by hand: 8 bytes of header length, the header's text, the data. */
function file(header: string, data: readonly number[], length = header.length): Uint8Array {
  const out = new Uint8Array(8 + header.length + data.length);
  new DataView(out.buffer).setBigUint64(0, BigInt(length), true);
  out.set(new TextEncoder().encode(header), 8);
  out.set(data, 8 + header.length);
  return out;
}

const tiny = '{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'; // 54 characters
const tinyData = [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]; // 1, −2 in little-endian IEEE 754

describe("the format", () => {
  test("a two-number file is these bytes exactly", () => {
    const padded = `${tiny}  `; // to a multiple of 8
    const expected = file(padded, tinyData);
    expect([...expected.slice(0, 9)]).toEqual([56, 0, 0, 0, 0, 0, 0, 0, 0x7b]);
    expect(encodeSafetensors({ x: Float32Array.of(1, -2) })).toEqual(expected);
  });

  test("metadata comes first and as text", () => {
    const bytes = encodeSafetensors({}, { step: "12" });
    expect(new TextDecoder().decode(bytes.slice(8))).toMatch(/^\{"__metadata__":\{"step":"12"\}\} *$/);
    expect(decodeSafetensors(bytes, "a").metadata).toEqual({ step: "12" });
  });

  test("a file of another writer, unpadded and with a matrix, is read", () => {
    const header =
      '{"m":{"dtype":"U8","shape":[2,2],"data_offsets":[8,12]},"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
    const { tensors } = decodeSafetensors(file(header, [...tinyData, 1, 2, 3, 4]), "a");
    expect(tensors.m).toEqual({ dtype: "U8", shape: [2, 2], data: Uint8Array.of(1, 2, 3, 4) });
    expect(tensors.x.data).toEqual(Float32Array.of(1, -2));
  });

  test("every dtype returns bit for bit, aligned, and as its own copy", () => {
    const arrays = {
      bytes: Uint8Array.of(255, 0, 7),
      f32: Float32Array.of(Number.NaN, -0, 1e-45),
      f64: Float64Array.of(-0, Number.POSITIVE_INFINITY, 5e-324),
      i32: Int32Array.of(-(2 ** 31)),
      u32: Uint32Array.of(2 ** 32 - 1),
      i64: BigInt64Array.of(-(2n ** 63n)),
      empty: new Float32Array(0),
      __proto: Uint8Array.of(1),
    };
    const bytes = encodeSafetensors(arrays);
    const { tensors } = decodeSafetensors(bytes, "a");
    expect(Object.keys(tensors).sort()).toEqual(Object.keys(arrays).sort());
    for (const [name, array] of Object.entries(arrays)) expect(tensors[name].data).toEqual(array);
    bytes.fill(9);
    expect(tensors.bytes.data).toEqual(arrays.bytes);
  });

  test("a view into a larger, shared buffer is written as what it shows", () => {
    const shared = new Float64Array(new SharedArrayBuffer(32)).subarray(1, 3);
    shared.set([3, 4]);
    const { tensors } = decodeSafetensors(encodeSafetensors({ shared }), "a");
    expect(tensors.shared.data).toEqual(Float64Array.of(3, 4));
  });

  test("equal arrays give equal bytes in any order of insertion", () => {
    const a = Float32Array.of(1);
    const b = Uint8Array.of(2);
    expect(encodeSafetensors({ a, b })).toEqual(encodeSafetensors({ b, a }));
  });
});

describe("what is refused", () => {
  test("a truncated file, with both lengths, at every length", () => {
    const whole = encodeSafetensors({ x: Float32Array.of(1, -2) });
    expect(() => decodeSafetensors(whole.slice(0, -1), "checkpoints/9.safetensors")).toThrow(
      "checkpoints/9.safetensors is truncated: header says 72 bytes, file has 71. Use an earlier checkpoint or rerun.",
    );
    for (let n = 0; n < whole.length; n++) expect(() => decodeSafetensors(whole.slice(0, n), "a")).toThrow("truncated");
  });

  const entry = (dtype: string, shape: string, offsets: string) =>
    `{"x":{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}}`;
  test.each([
    ["a header longer than any sane one", file(tiny, tinyData, 200_000_000), "header length is 200000000"],
    ["a header of no length", file("", tinyData), "header length is 0, expected 2 to 100000000"],
    ["a header that is not JSON", file("{nope}", []), "its header is not JSON"],
    ["a header that is a list", file("[1]", []), "its header does not begin with {"],
    ["a header that begins with a space", file(" {}", []), "its header does not begin with {"],
    ["an unknown dtype", file(entry("F16", "[4]", "[0,8]"), tinyData), 'has dtype "F16", expected one of F64'],
    ["a dtype from Object.prototype", file(entry("toString", "[4]", "[0,8]"), tinyData), 'has dtype "toString"'],
    ["a negative size", file(entry("F32", "[-2]", "[0,8]"), tinyData), "has shape [-2]"],
    ["one offset", file(entry("F32", "[2]", "[8]"), tinyData), "expected [begin, end]"],
    ["offsets that disagree with the shape", file(entry("F32", "[3]", "[0,8]"), tinyData), "its shape needs 12"],
    ["a hole before a tensor", file(entry("F32", "[1]", "[4,8]"), tinyData), "begins at 4, expected 0"],
    ["bytes after the last tensor", file(tiny, [...tinyData, 0]), "1 bytes follow the last tensor"],
    ["metadata that is not text", file('{"__metadata__":{"a":1}}', []), "__metadata__ is not a map"],
  ])("%s", (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes, "a.safetensors")).toThrow(message);
    expect(() => decodeSafetensors(bytes, "a.safetensors")).toThrow("a.safetensors");
  });

  test("overlapping tensors", () => {
    const header =
      '{"x":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"y":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}';
    expect(() => decodeSafetensors(file(header, [1, 2, 3, 4, 5, 6]), "a")).toThrow('"y" begins at 2, expected 4');
  });

  test("an array type the format does not have, when writing", () => {
    expect(() => encodeSafetensors({ x: new Int16Array(1) })).toThrow('Array "x" is a Int16Array, expected one of');
  });
});

test("a file beyond 4 GiB is written from views and read in parts, without an array of its size", () => {
  const part = new Float64Array(1 << 23); // 64 MiB
  const names = Array.from({ length: 70 }, (_, k) => `part${String(k).padStart(2, "0")}`);
  const pieces = safetensorsPieces(Object.fromEntries(names.map((name) => [name, part])), { made: "here" });
  expect(pieces.slice(1).every(({ buffer }) => buffer === part.buffer)).toBe(true);
  const [head] = pieces;
  const size = pieces.reduce((sum, { length }) => sum + length, 0);
  expect(size).toBeGreaterThan(2 ** 32);
  const reads: number[] = [];
  const read = (from: number, to: number) => {
    if (to <= head!.length) return new Uint8Array(head!.subarray(from, to));
    reads.push(from);
    return new Uint8Array(part.buffer, 0, to - from);
  };
  const { tensors, metadata } = decodeSafetensors({ size, read }, "large");
  expect(metadata).toEqual({ made: "here" });
  expect(Object.keys(tensors)).toEqual(names);
  expect(reads).toEqual(names.map((_, k) => head!.length + k * part.byteLength));
  expect(() => decodeSafetensors({ size: size - 1, read }, "large")).toThrow(
    `header says ${size} bytes, file has ${size - 1}`,
  );
});

test("a small file that declares much allocates nothing", () => {
  const declaring = (header: string, length = header.length) => {
    const bytes = new Uint8Array(8 + header.length);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
    bytes.set(new TextEncoder().encode(header), 8);
    const read = (from: number, to: number) => {
      if (to > bytes.length) throw new Error(`read ${to - from} bytes`);
      return bytes.slice(from, to);
    };
    return () => decodeSafetensors({ size: bytes.length, read }, "small");
  };
  expect(declaring("{}", 90_000_000)).toThrow("small is truncated: header says 90000008 bytes, file has 10.");
  expect(declaring("{}", 2 ** 52)).toThrow("header length is 4503599627370496");
  const tensor = { dtype: "F64", shape: [2 ** 40], data_offsets: [0, 2 ** 43] };
  expect(declaring(JSON.stringify({ a: tensor }))).toThrow("small is truncated: header says");
});
