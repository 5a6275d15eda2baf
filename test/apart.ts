// Ranks with memories of their own, as those of several hosts: all that one knows of another's columns has gone through `exchange`, by a post that only moves bytes.
import type { Team, Written } from "../src/core/cut.ts";
import { createTeam, TEAM_WORDS } from "../src/engine/team.ts";

/** What all ranks hold of the post: words for meeting, and a letter box for each rank. */
export interface Post {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly letters: readonly SharedArrayBuffer[];
}

/** `bytes`: room for the letter of one rank at one meeting. */
export const createPost = (size: number, bytes: number): Post => ({
  words: new Int32Array(new SharedArrayBuffer(4 * TEAM_WORDS)),
  letters: Array.from({ length: size }, () => new SharedArrayBuffer(bytes)),
});

const bytesOf = (array: Written["array"], [from, to]: readonly [number, number]): Uint8Array => {
  const { buffer, byteOffset, BYTES_PER_ELEMENT } = array;
  return new Uint8Array(buffer, byteOffset + from * BYTES_PER_ELEMENT, (to - from) * BYTES_PER_ELEMENT);
};

/** A letter: number of ranges, then for each the place of its array, from, to; then their bytes. */
export function rankApart({ words, letters }: Post, rank: number): Team & { abandon(): void } {
  const team = createTeam(words, rank, letters.length);
  return {
    rank,
    size: letters.length,
    barrier: () => team.barrier(),
    abandon: () => team.abandon(),
    exchange(written) {
      const arrays = written();
      const all = arrays.flatMap(({ ranges }, at) => ranges.map((range) => ({ at, range })));
      const head = new Int32Array(letters[rank]);
      head[0] = all.length;
      let place = 4 + 12 * all.length;
      for (const [k, { at, range }] of all.entries()) {
        head.set([at, ...range], 1 + 3 * k);
        const bytes = bytesOf(arrays[at].array, range);
        new Uint8Array(letters[rank], place, bytes.length).set(bytes);
        place += bytes.length;
      }
      team.barrier();
      for (const letter of letters) {
        if (letter === letters[rank]) continue;
        const head = new Int32Array(letter);
        let place = 4 + 12 * head[0];
        for (let k = 0; k < head[0]; k++) {
          const [at, from, to] = head.subarray(1 + 3 * k);
          const bytes = bytesOf(arrays[at].array, [from, to]);
          bytes.set(new Uint8Array(letter, place, bytes.length));
          place += bytes.length;
        }
      }
      team.barrier(); // letters have been read
    },
  };
}
