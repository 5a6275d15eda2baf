// The sum of what participants hold, and nothing else: each adds masks that cancel in pairs, and a mask of its own that is taken off in the end.
// Bonawitz et al. 2017, "Practical secure aggregation for privacy-preserving machine learning", for a server that keeps to the protocol.
//
//   y_u = x_u + b_u + Σ_{v > u} m_uv − Σ_{v < u} m_uv   (mod 2³²)       m_uv = G(g^{s_u s_v}), b_u = G(seed_u)
//
// Who drops out leaves pairwise masks of others unbalanced. Every participant has therefore cut its exponent s_u and its own seed into shares of which `threshold` suffice
// (Shamir 1979): survivors reveal shares of s_u for who dropped out and of the seed for who did not, never both for one.
// Diffie–Hellman in the 2048-bit group of RFC 3526, masks by BLAKE3 as an extendable function; numbers mod 2³² are exact, so that masks leave nothing behind.
import { blake3 } from "@noble/hashes/blake3.js";

/** The least that protects a secret: words from a source that nobody can repeat, such as crypto.getRandomValues. */
export type RandomWords = (count: number) => Uint32Array;

export const cryptoWords: RandomWords = (count) => crypto.getRandomValues(new Uint32Array(count));

// RFC 3526 §3: 2²⁰⁴⁸ − 2¹⁹⁸⁴ − 1 + 2⁶⁴ (⌊2¹⁹¹⁸ π⌋ + 124476)
const GROUP = BigInt(
  "0xffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3be39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa051015728e5a8aacaa68ffffffffffffffff",
);
const GENERATOR = 2n;
/** Shares are of numbers below this prime, 2⁵²¹ − 1. */
const FIELD = (1n << 521n) - 1n;

/** Not a power of 2 that gives its exponent away: 1 < key < p − 1. */
export const isPublicKey = (key: unknown): key is bigint => typeof key === "bigint" && key > 1n && key < GROUP - 1n;

export const isShareValue = (value: unknown): value is bigint =>
  typeof value === "bigint" && value >= 0n && value < FIELD;

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let [result, square] = [1n, base % modulus];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** An integer of 32 bits per word. */
function integerOf(words: Uint32Array): bigint {
  let value = 0n;
  for (const word of words) value = (value << 32n) | BigInt(word);
  return value;
}

export interface Share {
  /** Whom the share is for, from 1 on: where the polynomial was read. */
  readonly at: number;
  readonly value: bigint;
}

/** Cuts a secret below 2⁵²¹ − 1 into shares at 1 … count; any `threshold` of them give it back, and fewer say nothing. */
export function shareSecret(secret: bigint, count: number, threshold: number, random: RandomWords): Share[] {
  if (!(Number.isInteger(threshold) && threshold >= 1 && threshold <= count))
    throw new Error(
      `shareSecret: got threshold ${threshold} of ${count} shares, expected an integer from 1 to ${count}.`,
    );
  if (!(secret >= 0n && secret < FIELD)) throw new Error("shareSecret: the secret is not below 2^521 − 1.");
  const coefficients = [secret, ...Array.from({ length: threshold - 1 }, () => integerOf(random(18)) % FIELD)];
  return Array.from({ length: count }, (_, k) => {
    const at = BigInt(k + 1);
    return { at: k + 1, value: coefficients.reduceRight((sum, c) => (sum * at + c) % FIELD, 0n) };
  });
}

/** The secret of at least `threshold` shares, by interpolation at 0. */
export function joinShares(shares: readonly Share[]): bigint {
  const places = new Set(shares.map(({ at }) => at));
  if (places.size !== shares.length || shares.length === 0)
    throw new Error(`joinShares: got shares at ${shares.map(({ at }) => at).join(", ")}, expected different places.`);
  let secret = 0n;
  for (const { at, value } of shares) {
    let [above, below] = [1n, 1n];
    for (const other of shares)
      if (other.at !== at) {
        above = (above * BigInt(other.at)) % FIELD;
        below = (below * (BigInt(other.at - at) + FIELD)) % FIELD;
      }
    secret = (secret + value * above * power(below, FIELD - 2n, FIELD)) % FIELD;
  }
  return secret;
}

/** `length` words of a mask, from a secret and what the round is called. */
function mask(secret: bigint, round: string, length: number): Uint32Array {
  const bytes = blake3(new TextEncoder().encode(`${round}/${secret.toString(16)}`), { dkLen: 4 * length });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint32Array.from({ length }, (_, k) => view.getUint32(4 * k, true));
}

function add(into: Uint32Array, words: Uint32Array, sign: 1 | -1): void {
  for (let k = 0; k < into.length; k++) into[k] += sign * words[k]; // typed arrays keep the low 32 bits
}

/** What a participant tells everybody at first. */
export interface Announced {
  readonly id: number;
  readonly publicKey: bigint;
}

/** Shares of one participant's two secrets, for one other. A transport must encrypt them for whom they are. */
export interface Confided {
  readonly from: number;
  readonly to: number;
  readonly exponent: Share;
  readonly seed: Share;
}

/** What a survivor hands the server in the end. */
export interface Revealed {
  readonly of: number;
  readonly secret: "exponent" | "seed";
  readonly share: Share;
}

/** One participant's side of one round, in this order; `id` is from 0 on. */
export interface Masker {
  readonly announced: Announced;
  /** Once all keys are known. */
  confide(all: readonly Announced[]): Confided[];
  /** What others confided, before `masked`. */
  receive(confided: readonly Confided[]): void;
  /** The vector under masks against all who confided. */
  masked(vector: Uint32Array): Uint32Array;
  /** Once the server says who handed in a vector. Throws when asked a second time with other survivors: both secrets of somebody would open its vector. */
  reveal(survivors: readonly number[]): Revealed[];
}

export interface MaskerOptions {
  readonly id: number;
  /** How many survivors it takes to unmask; more than half of all, so that no two groups can. */
  readonly threshold: number;
  /** Names the round: masks of two rounds have nothing in common. */
  readonly round: string;
  readonly random: RandomWords;
}

export function createMasker({ id, threshold, round, random }: MaskerOptions): Masker {
  const exponent = integerOf(random(8));
  const seed = integerOf(random(8));
  const announced: Announced = { id, publicKey: power(GENERATOR, exponent, GROUP) };
  let everybody: readonly Announced[] = [];
  const held = new Map<number, Confided>();
  let answered: string | null = null;
  return {
    announced,
    confide(all) {
      if (all.length < 2)
        throw new Error(
          `secure aggregation: ${round} has one participant, whose vector the sum would be. Ask more of them: a larger sampling, or more participants.`,
        );
      if (2 * threshold <= all.length)
        throw new Error(`secure aggregation: threshold ${threshold} of ${all.length} is not more than half.`);
      everybody = all;
      const exponents = shareSecret(exponent, all.length, threshold, random);
      const seeds = shareSecret(seed, all.length, threshold, random);
      return all.map(({ id: to }, k) => ({ from: id, to, exponent: exponents[k], seed: seeds[k] }));
    },
    receive(confided) {
      for (const one of confided) if (one.to === id) held.set(one.from, one);
    },
    masked(vector) {
      const out = Uint32Array.from(vector);
      add(out, mask(seed, `${round}/own`, out.length), 1);
      for (const { id: other, publicKey } of everybody)
        if (other !== id && held.has(other))
          add(out, mask(power(publicKey, exponent, GROUP), `${round}/pair`, out.length), other > id ? 1 : -1);
      return out;
    },
    reveal(survivors) {
      const key = [...survivors].sort((a, b) => a - b).join();
      if (answered !== null && answered !== key)
        throw new Error(
          `secure aggregation: participant ${id} was asked to reveal for [${answered}] and then for [${key}].`,
        );
      answered = key;
      return [...held.values()].map((one) =>
        survivors.includes(one.from)
          ? { of: one.from, secret: "seed", share: one.seed }
          : { of: one.from, secret: "exponent", share: one.exponent },
      );
    },
  };
}

export interface UnmaskOptions {
  readonly round: string;
  readonly threshold: number;
  /** Everybody who confided. */
  readonly announced: readonly Announced[];
  /** Vectors that came, by participant. */
  readonly masked: ReadonlyMap<number, Uint32Array>;
  readonly revealed: readonly Revealed[];
}

/** The sum of the vectors that came, mod 2³². Throws where fewer than `threshold` came. */
export function unmask({ round, threshold, announced, masked, revealed }: UnmaskOptions): Uint32Array {
  if (masked.size < threshold)
    throw new Error(
      `secure aggregation: ${masked.size} vectors came, expected at least ${threshold}. Begin the round again.`,
    );
  const length = [...masked.values()][0].length;
  const sum = new Uint32Array(length);
  for (const vector of masked.values()) add(sum, vector, 1);
  const secretOf = (id: number, secret: Revealed["secret"]): bigint => {
    const shares = revealed.filter((one) => one.of === id && one.secret === secret).map(({ share }) => share);
    if (shares.length < threshold)
      throw new Error(
        `secure aggregation: ${shares.length} shares of the ${secret} of participant ${id} came, expected ${threshold}.`,
      );
    return joinShares(shares.slice(0, threshold));
  };
  for (const id of masked.keys()) add(sum, mask(secretOf(id, "seed"), `${round}/own`, length), -1);
  for (const { id } of announced) {
    if (masked.has(id)) continue;
    const exponent = secretOf(id, "exponent");
    // What survivors added for the pair with who is missing
    for (const { id: other, publicKey } of announced)
      if (masked.has(other))
        add(sum, mask(power(publicKey, exponent, GROUP), `${round}/pair`, length), id > other ? -1 : 1);
  }
  return sum;
}

/** A whole round on one machine: the sum of vectors that are there; null where a participant drops out after it has confided. */
export function aggregateSecurely(
  vectors: readonly (Uint32Array | null)[],
  { threshold, round, random }: Omit<MaskerOptions, "id">,
): Uint32Array {
  const maskers = vectors.map((_, id) => createMasker({ id, threshold, round, random }));
  const announced = maskers.map((masker) => masker.announced);
  const confided = maskers.flatMap((masker) => masker.confide(announced));
  for (const masker of maskers) masker.receive(confided);
  const masked = new Map<number, Uint32Array>();
  vectors.forEach((vector, id) => {
    if (vector) masked.set(id, maskers[id].masked(vector));
  });
  const survivors = [...masked.keys()];
  const revealed = survivors.flatMap((id) => maskers[id].reveal(survivors));
  return unmask({ round, threshold, announced, masked, revealed });
}

// Fixed point: x ≈ k/2^bits mod 2³². A sum is right while its size is below 2^(31 − bits).
/** Numbers in fixed point; throws where `count` of the largest could overflow. */
export function toFixed(x: ArrayLike<number>, bits: number, count: number): Uint32Array {
  const unit = unitOf(bits);
  const limit = 2147483648 / unit / count;
  return Uint32Array.from(x, (value, k) => {
    if (!(Math.abs(value) < limit))
      throw new Error(
        `toFixed: number ${k} is ${value}, expected less than ${limit} for ${count} participants with ${bits} bits after the point. Clip updates, or take fewer bits.`,
      );
    return Math.round(value * unit) >>> 0;
  });
}

/** What words mean as signed numbers in fixed point. */
export const fromFixed = (words: Uint32Array, bits: number): Float64Array => {
  const unit = unitOf(bits);
  return Float64Array.from(words, (word) => (word | 0) / unit);
};

function unitOf(bits: number): number {
  if (!(Number.isInteger(bits) && bits >= 0 && bits <= 30))
    throw new Error(`fixed point: got ${bits} bits after the point, expected an integer from 0 to 30.`);
  return 1 << bits;
}
