// What the server and a participant say to each other, as structured clones: the same in one thread, between threads, processes and tabs.
//
//   in the clear   train → trained
//   under masks    announce → keys · confide → boxes of shares, sealed for whom they are · update → a masked vector · reveal → shares that take masks off
//
// A reply is a stranger's: `readReply` returns one that is what was asked for, or throws.

import { SEALED_BYTES, SEALING_KEY_BYTES } from "./sealing.ts";
import { isPublicKey, isShareValue, type Revealed } from "./secure-aggregation.ts";
import { EXTRA_WORDS, type Recipe } from "./update.ts";

export type Request =
  /** What are your weights? */
  | { readonly kind: "weights"; readonly round: number }
  /** Train these. */
  | { readonly kind: "train"; readonly round: number; readonly weights: Float32Array }
  /** A round under masks begins, in which `threshold` participants have to stay: new keys. `name` names it in masks. */
  | { readonly kind: "announce"; readonly round: number; readonly name: string; readonly threshold: number }
  /** Who takes part. */
  | { readonly kind: "confide"; readonly round: number; readonly everybody: readonly Introduced[] }
  /** Train these, and hand in the update under masks. */
  | {
      readonly kind: "update";
      readonly round: number;
      readonly weights: Float32Array;
      readonly recipe: Recipe;
      /** n_i over the largest. */
      readonly share: number;
      readonly boxes: readonly Box[];
    }
  /** Who handed in a vector. */
  | { readonly kind: "reveal"; readonly round: number; readonly survivors: readonly number[] };

/** Keys of one participant, for one round and for all. */
export interface Introduced {
  readonly id: number;
  /** For masks. */
  readonly publicKey: bigint;
  /** For boxes. */
  readonly sealingKey: Uint8Array<ArrayBuffer>;
}

/** Shares of one participant for another, which nobody else can read. */
export interface Box {
  readonly from: number;
  readonly to: number;
  readonly sealed: Uint8Array<ArrayBuffer>;
}

export interface Replies {
  readonly weights: { readonly weights: ArrayLike<number> };
  /** Null: it drops out of the round. */
  readonly train: { readonly weights: ArrayLike<number> | null };
  readonly announce: Omit<Introduced, "id">;
  readonly confide: { readonly boxes: readonly Box[] };
  readonly update: { readonly vector: Uint32Array | null };
  readonly reveal: { readonly revealed: readonly Revealed[] };
}

/** A reply says whose it is and to what. */
export type Reply<K extends Request["kind"] = Request["kind"]> = Replies[K] & {
  readonly participant: number;
  readonly kind: K;
  readonly round: number;
};

/** What a reply has to agree with. */
export interface Agreed {
  readonly participant: number;
  /** Of the weights; null while nobody knows. */
  readonly size: number | null;
  /** Who takes part in the round, in the order in which shares were cut. */
  readonly everybody: readonly number[];
  /** Whose boxes were passed on. */
  readonly confided: readonly number[];
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;

/** What a reply should hold, in words, where it does not; null where it does. */
const wrongs: {
  readonly [K in Request["kind"]]: (
    reply: Fields,
    asked: Extract<Request, { kind: K }>,
    agreed: Agreed,
  ) => string | null;
} = {
  weights: ({ weights }, _, { size }) => wrongWeights(weights, size),
  train: ({ weights }, _, { size }) => (weights === null ? null : wrongWeights(weights, size)),
  announce: ({ publicKey, sealingKey }) =>
    isPublicKey(publicKey) && isBytes(sealingKey, SEALING_KEY_BYTES)
      ? null
      : `a key of the group and one of ${SEALING_KEY_BYTES} bytes`,
  confide({ boxes }, _, { participant, everybody }) {
    const others = everybody.filter((id) => id !== participant);
    const right =
      Array.isArray(boxes) &&
      boxes.length === others.length &&
      boxes.every(
        (box, k) =>
          isFields(box) &&
          box["from"] === participant &&
          box["to"] === others[k] &&
          isBytes(box["sealed"], SEALED_BYTES),
      );
    return right ? null : `boxes of ${SEALED_BYTES} bytes for participants ${others.join(", ")}`;
  },
  update: ({ vector }, _, { size }) =>
    vector === null || (vector instanceof Uint32Array && vector.length === size! + EXTRA_WORDS)
      ? null
      : `${size! + EXTRA_WORDS} words, or null`,
  reveal({ revealed }, { survivors }, { participant, everybody, confided }) {
    const at = everybody.indexOf(participant) + 1;
    const right =
      Array.isArray(revealed) &&
      revealed.length === confided.length &&
      revealed.every(
        (one, k) =>
          isFields(one) &&
          one["of"] === confided[k] &&
          one["secret"] === (survivors.includes(confided[k]) ? "seed" : "exponent") &&
          isFields(one["share"]) &&
          one["share"]["at"] === at &&
          isShareValue(one["share"]["value"]),
      );
    return right ? null : `shares at ${at} of participants ${confided.join(", ")}`;
  },
};

const isBytes = (value: unknown, length: number): boolean => value instanceof Uint8Array && value.length === length;

function wrongWeights(weights: unknown, size: number | null): string | null {
  const right =
    (weights instanceof Float32Array || weights instanceof Float64Array) &&
    weights.length === (size ?? weights.length) &&
    weights.length > 0 &&
    weights.every((w) => Number.isFinite(w));
  return right ? null : `${size ?? "some"} numbers, all finite, in a Float32Array or Float64Array`;
}

export function readReply<R extends Request>(asked: R, reply: unknown, agreed: Agreed): Reply<R["kind"]> {
  const { kind, round } = asked;
  const got = (): string => `it answered "${kind}" of round ${round} with ${described(reply)}`;
  if (
    !isFields(reply) ||
    reply["participant"] !== agreed.participant ||
    reply["kind"] !== kind ||
    reply["round"] !== round
  )
    throw new Error(`${got()}, expected an answer of participant ${agreed.participant} to that.`);
  const wrong = (wrongs[kind] as (reply: Fields, asked: Request, agreed: Agreed) => string | null)(
    reply,
    asked,
    agreed,
  );
  if (wrong) throw new Error(`${got()}, expected ${wrong}.`);
  return reply as unknown as Reply<R["kind"]>;
}

/** A stranger's value, in few words that hold nothing of it but names and sizes. */
function described(value: unknown): string {
  if (!isFields(value)) return value === null ? "null" : `a ${typeof value}`;
  const shown = Object.entries(value).map(([name, field]) => `${clean(name, 20)}: ${brief(field)}`);
  return `{ ${shown.slice(0, 6).join(", ")} }`;
}

function brief(field: unknown): string {
  if (ArrayBuffer.isView(field)) {
    const bad =
      field instanceof Float32Array || field instanceof Float64Array ? field.findIndex((x) => !Number.isFinite(x)) : -1;
    return `${(field as Uint8Array).length ?? field.byteLength} of ${field.constructor.name}${bad < 0 ? "" : `, number ${bad} ${(field as Float64Array)[bad]}`}`;
  }
  if (Array.isArray(field)) return `a list of ${field.length}`;
  if (typeof field === "number" || field === null) return String(field);
  return typeof field === "string" ? `"${clean(field, 20)}"` : `a ${typeof field}`;
}

/** Text of a stranger, short and fit for a terminal. */
export const clean = (text: unknown, length: number): string =>
  String(text)
    .slice(0, length)
    .replace(/\p{Cc}/gu, "?");
