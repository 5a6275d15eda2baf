// exp and log of many numbers at a time. The same bits as one at a time; faster once the kernels have been let in (kernels/math.ts).
import { exp } from "./exp.ts";
import { log } from "./log.ts";

/** Replaces the first n numbers of the block by f of them; false, having ruined them, if some of them need care. */
export type InBlock = (n: number) => boolean;
interface Block {
  readonly numbers: Float64Array;
  readonly exp: InBlock;
  readonly log: InBlock;
}

let block: Block | null = null;

/** From now on blocks of numbers are copied to `numbers` and worked on there. */
export function useBlocks(blocks: Block): void {
  block = blocks;
}

/** out[i] = exp(x[i]) for from ≤ i < to; `out` may be `x`. */
export function expEach(out: Float64Array, x: Float64Array, from = 0, to = x.length): void {
  each(out, x, from, to, exp, block?.exp);
}

/** out[i] = log(x[i]) for from ≤ i < to; `out` may be `x`. */
export function logEach(out: Float64Array, x: Float64Array, from = 0, to = x.length): void {
  each(out, x, from, to, log, block?.log);
}

function each(
  out: Float64Array,
  x: Float64Array,
  from: number,
  to: number,
  f: (x: number) => number,
  inBlock: InBlock | undefined,
): void {
  if (!block || !inBlock) {
    for (let i = from; i < to; i++) out[i] = f(x[i]);
    return;
  }
  const { numbers } = block;
  const most = numbers.length - 1; // blocks are worked on by pairs
  for (let first = from; first < to; first += most) {
    const last = Math.min(to, first + most);
    numbers.set(x.subarray(first, last));
    numbers[last - first] = 1;
    if (inBlock(last - first)) out.set(numbers.subarray(0, last - first), first);
    else for (let i = first; i < last; i++) out[i] = f(x[i]);
  }
}
