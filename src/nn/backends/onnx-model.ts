// Writes an ONNX model as bytes: the few protobuf messages that a graph of standard operators needs.
// https://github.com/onnx/onnx/blob/main/onnx/onnx.proto; https://protobuf.dev/programming-guides/encoding/
// Left out: subgraphs, sparse and external tensors, symbolic dimensions, metadata, operators of other domains.
import type { DType, Shape } from "../graph.ts";

export interface OnnxNode {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: Attributes;
}

/** Whole numbers from 0 on, lists of them, and strings. */
export type Attributes = Readonly<Record<string, number | readonly number[] | string>>;

export interface OnnxValue {
  readonly name: string;
  readonly dtype: DType;
  /** [] is a single number. */
  readonly shape: Shape | readonly number[];
}

/** A constant: one f32 number (shape []), or a list of i64, which is how ONNX passes shapes and axes. */
export interface OnnxConstant {
  readonly name: string;
  readonly value: number | readonly number[];
}

export interface OnnxModel {
  /** Sources before users. */
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxConstant[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

const OPSET = 17;
const IR_VERSION = 8; // the one that belongs to opset 17

export function encodeModel({ nodes, constants, inputs, outputs }: OnnxModel): Uint8Array {
  const graph = [
    ...nodes.flatMap((node) => message(1, encodeNode(node))),
    ...text(2, "graph"),
    ...constants.flatMap((constant) => message(5, encodeConstant(constant))),
    ...inputs.flatMap((value) => message(11, encodeValue(value))),
    ...outputs.flatMap((value) => message(12, encodeValue(value))),
  ];
  const opset = integer(2, OPSET);
  return Uint8Array.from([...integer(1, IR_VERSION), ...text(2, "walras"), ...message(7, graph), ...message(8, opset)]);
}

type Bytes = readonly number[];

function encodeNode({ type, inputs, output, attributes }: OnnxNode): Bytes {
  return [
    ...inputs.flatMap((name) => text(1, name)),
    ...text(2, output),
    ...text(4, type),
    ...Object.entries(attributes).flatMap(([name, value]) => message(5, [...text(1, name), ...encodeAttribute(value)])),
  ];
}

/** The value and, in field 20, which kind it is. */
function encodeAttribute(value: Attributes[string]): Bytes {
  if (typeof value === "number") return [...integer(3, value), ...integer(20, 2)];
  if (typeof value === "string") return [...text(4, value), ...integer(20, 3)];
  return [...value.flatMap((v) => integer(8, v)), ...integer(20, 7)];
}

const ELEMENT = { f32: 1, i32: 6, i64: 7 } as const;

function encodeConstant({ name, value }: OnnxConstant): Bytes {
  const list = typeof value === "number" ? undefined : value;
  const data = new DataView(new ArrayBuffer(list ? 8 * list.length : 4));
  if (typeof value === "number") data.setFloat32(0, value, true);
  list?.forEach((v, i) => {
    data.setBigInt64(8 * i, BigInt(v), true);
  });
  return [
    ...(list ? integer(1, list.length) : []),
    ...integer(2, list ? ELEMENT.i64 : ELEMENT.f32),
    ...text(8, name),
    ...message(9, [...new Uint8Array(data.buffer)]),
  ];
}

function encodeValue({ name, dtype, shape }: OnnxValue): Bytes {
  const dimensions = shape.flatMap((n) => message(1, integer(1, n)));
  const tensorType = [...integer(1, ELEMENT[dtype]), ...message(2, dimensions)];
  return [...text(1, name), ...message(2, message(1, tensorType))];
}

// Protobuf: a field is its number and wire type (0 a varint, 2 bytes with their length first), then the content.

const integer = (field: number, value: number): Bytes => [...varint(8 * field), ...varint(value)];
const message = (field: number, bytes: Bytes): Bytes => [...varint(8 * field + 2), ...varint(bytes.length), ...bytes];
const text = (field: number, value: string): Bytes => message(field, [...new TextEncoder().encode(value)]);

/** Seven bits a byte, lowest first; the top bit says that more follow. */
function varint(value: number): Bytes {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}
