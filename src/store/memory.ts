// A store in memory: for the browser, for tests, and for runs nobody wants to keep.
import { checkKey, checkTruncation, nestedLock, type Store } from "./store.ts";

export function memoryStore(place = "memory"): Store {
  const files = new Map<string, { bytes: Uint8Array<ArrayBuffer>; size: number }>(); // bytes.length is the capacity

  return {
    place,
    put(key, bytes) {
      const pieces = [bytes].flat();
      const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
      let at = 0;
      for (const piece of pieces) {
        whole.set(piece, at);
        at += piece.length;
      }
      files.set(checkKey(key), { bytes: whole, size: whole.length });
    },
    get(key) {
      const file = files.get(checkKey(key));
      return file?.bytes.slice(0, file.size);
    },
    read(key, from, to) {
      const file = files.get(checkKey(key));
      if (to > (file?.size ?? 0)) throw new Error(`cannot read ${key}: it ends at byte ${file?.size ?? 0}, not ${to}`);
      return file!.bytes.slice(from, to);
    },
    append(key, bytes) {
      const file = files.get(checkKey(key)) ?? { bytes: new Uint8Array(1024), size: 0 };
      const size = file.size + bytes.length;
      if (size > file.bytes.length) {
        const grown = new Uint8Array(Math.max(size, 2 * file.bytes.length));
        grown.set(file.bytes.subarray(0, file.size));
        file.bytes = grown;
      }
      file.bytes.set(bytes, file.size);
      file.size = size;
      files.set(key, file);
    },
    flush(key) {
      checkKey(key);
    },
    list(prefix = "") {
      return [...files.keys()].filter((key) => key.startsWith(prefix)).sort();
    },
    delete(key) {
      files.delete(checkKey(key));
    },
    size(key) {
      return files.get(checkKey(key))?.size ?? 0;
    },
    truncate(key, size) {
      const file = files.get(checkKey(key));
      checkTruncation(key, file?.size ?? 0, size);
      if (file) file.size = size;
    },
    lock: nestedLock(() => () => {}), // nobody else can reach this memory
  };
}
