// Boxes that only their receiver opens: ECDH on P-256 and AES-GCM of the Web Cryptography API, which Node has, and browsers on pages over https or on localhost.
// https://www.w3.org/TR/WebCryptoAPI/
import { type Confided, isShareValue, type Share } from "./secure-aggregation.ts";

/** Bytes of a public key: a point, uncompressed. */
export const SEALING_KEY_BYTES = 65;
const [NONCE, TAG] = [12, 16];
/** Of a share below 2⁵²¹. */
const VALUE_BYTES = 66;
const PLAIN_BYTES = 4 + 2 * VALUE_BYTES;
export const SEALED_BYTES = NONCE + PLAIN_BYTES + TAG;

const CURVE = { name: "ECDH", namedCurve: "P-256" };
type Bytes = Uint8Array<ArrayBuffer>;

export interface Sealer {
  readonly publicKey: Bytes;
  /** `about`: what the receiver has to know to open it. */
  seal(confided: Confided, receiver: Bytes, about: string): Promise<Bytes>;
  /** Throws where the box is not of this sender, for this receiver, about this. */
  open(sealed: Bytes, sender: Bytes, about: string): Promise<Pick<Confided, "exponent" | "seed">>;
}

export async function createSealer(): Promise<Sealer> {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle)
    throw new Error(
      "secure aggregation needs crypto.subtle, which browsers give to pages over https or on localhost. Serve the page that way.",
    );
  const { publicKey, privateKey } = await subtle.generateKey(CURVE, false, ["deriveKey"]);
  const keyWith = async (other: Bytes): Promise<CryptoKey> =>
    subtle.deriveKey(
      { name: "ECDH", public: await subtle.importKey("raw", other, CURVE, false, []) },
      privateKey,
      { name: "AES-GCM", length: 256 },
      false,
      ["encrypt", "decrypt"],
    );
  return {
    publicKey: new Uint8Array(await subtle.exportKey("raw", publicKey)),
    async seal(confided, receiver, about) {
      const iv = crypto.getRandomValues(new Uint8Array(NONCE));
      const additionalData = new TextEncoder().encode(about);
      const box = await subtle.encrypt(
        { name: "AES-GCM", iv, additionalData },
        await keyWith(receiver),
        packed(confided),
      );
      return Uint8Array.of(...iv, ...new Uint8Array(box));
    },
    async open(sealed, sender, about) {
      const iv = sealed.subarray(0, NONCE);
      const additionalData = new TextEncoder().encode(about);
      const key = await keyWith(sender);
      const plain = await subtle.decrypt({ name: "AES-GCM", iv, additionalData }, key, sealed.subarray(NONCE));
      return unpacked(new Uint8Array(plain));
    },
  };
}

/** Where both shares were read, in 4 bytes, and their values. */
function packed({ exponent, seed }: Confided): Bytes {
  const out = new Uint8Array(PLAIN_BYTES);
  new DataView(out.buffer).setUint32(0, exponent.at);
  [exponent, seed].forEach(({ value }, k) => {
    const end = 4 + (k + 1) * VALUE_BYTES;
    let rest = value;
    for (let i = end - 1; rest > 0n; i--, rest >>= 8n) out[i] = Number(rest & 255n);
  });
  return out;
}

function unpacked(bytes: Bytes): Pick<Confided, "exponent" | "seed"> {
  const at = new DataView(bytes.buffer).getUint32(0);
  const [exponent, seed] = [0, 1].map((k): Share => {
    let value = 0n;
    for (const byte of bytes.subarray(4 + k * VALUE_BYTES, 4 + (k + 1) * VALUE_BYTES))
      value = (value << 8n) | BigInt(byte);
    return { at, value };
  });
  if (bytes.length !== PLAIN_BYTES || !isShareValue(exponent.value) || !isShareValue(seed.value))
    throw new Error("its content is no pair of shares.");
  return { exponent, seed };
}
