// Memory for networks that do not see everything: a gated recurrent unit between observations and heads.
//
//   h_t = GRU(o_t, h_{t−1}),   h = 0 before an episode's first observation;   π(·|h_t), V(h_t)
//
// Gradients go back through the L decisions of a sequence and not further (truncated backpropagation through time); what was remembered before the first of them
// is an input, kept from when the rollout was played (R2D2 calls it the stored state: Kapturowski et al. 2019).
//
// B sequences, L decisions of each, F features, H units
import { flag, type ParamValues, param } from "../../core/params.ts";
import { concatCols, gru, matrix, mul, type Param, reshape, sliceCols, type Tensor } from "../../nn/index.ts";

type Matrix = Tensor<"f32">;

export const recurrenceConfig = {
  recurrent: flag(false, "a GRU remembers what was seen in this episode"),
  memoryWidth: param(64, { symbol: "H", min: 1, max: 4096, integer: true, doc: "units of the GRU" }),
  sequenceLength: param(16, {
    symbol: "L",
    unit: "decisions",
    min: 1,
    max: 1024,
    integer: true,
    doc: "that gradients go back in time; divides numSteps",
  }),
} as const;
/** Pages that know nothing of it may leave it out. */
export type RecurrenceOptions = Partial<ParamValues<typeof recurrenceConfig>>;

/** L; 1 without memory. */
export const lengthOf = ({ recurrent = false, sequenceLength = 1 }: RecurrenceOptions): number =>
  recurrent ? sequenceLength : 1;

/** L where gradients go back through the whole of a rollout, T; 1 without memory. */
export function rolloutLengthOf({
  recurrent,
  numSteps,
}: {
  readonly recurrent: boolean;
  readonly numSteps: number;
}): number {
  if (recurrent && numSteps > LONGEST)
    throw new Error(
      `recurrent: gradients go back through a whole rollout, and numSteps is ${numSteps}, expected at most ${LONGEST}. Lower numSteps.`,
    );
  return recurrent ? numSteps : 1;
}
const LONGEST = 1024;

/** H; 0 without memory. */
export const widthOf = ({ recurrent = false, memoryWidth = 0 }: RecurrenceOptions): number =>
  recurrent ? memoryWidth : 0;

/** What was remembered before the first decision of each sequence, as an input of a graph, [B, H]; of one column without memory. */
export const memoryInput = (c: RecurrenceOptions, sequences: number) => matrix(sequences, Math.max(1, widthOf(c)));

/**
 * What heads read, [B L, H], of observations [B L, F], sequence after sequence: all that was seen, or the observations themselves without memory. `keep` [B L, 1] is 0 where
 * an episode begins within a sequence.
 */
export function recall(par: Param, obs: Matrix, memory: Matrix, keep: Matrix | null, c: RecurrenceOptions): Matrix {
  if (!c.recurrent) return obs;
  const [rows, F] = obs.shape;
  const [B, H] = memory.shape;
  const L = rows / B;
  const seen = reshape(obs, [B, L * F]);
  const kept = keep && reshape(keep, [B, L]);
  const states: Matrix[] = [];
  for (let t = 0, h = memory; t < L; t++) {
    const before = t === 0 || !kept ? h : mul(h, sliceCols(kept, t, t + 1));
    h = gru(par, sliceCols(seen, t * F, (t + 1) * F), before, "memory");
    states.push(h);
  }
  return reshape(concatCols(...states), [rows, H]);
}
