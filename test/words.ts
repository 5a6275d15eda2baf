// Words for secrets that can be drawn again: for tests alone.
import type { RandomWords } from "../src/federated/index.ts";
import { seedStream } from "../src/random/index.ts";

export function wordsOf(purpose: string): RandomWords {
  const stream = seedStream(1).fork(purpose);
  let row = 0;
  return (count) => Uint32Array.from({ length: count }, () => stream.bitsAt(0, 0, row++));
}
