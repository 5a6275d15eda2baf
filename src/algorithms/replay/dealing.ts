// Dealing agents who decide now to the networks that they share: forward passes over some rows of what is seen, drawn or chosen.

/**
 * Deals agents of [E, N] to the networks of their groups, `groupSize` of N at a time: one forward pass each, which has so many rows. Those
 * who decide apart share passes over worlds.
 */
export function createDealer(N: number, groupSize: number) {
  const queues = Array.from({ length: N / groupSize }, () => ({ agents: new Int32Array(groupSize), count: 0 }));
  return (agents: readonly number[], forward: (g: number, agents: Int32Array) => void): void => {
    const flush = (g: number): void => {
      const queue = queues[g]!;
      if (queue.count > 0) forward(g, queue.agents.subarray(0, queue.count));
      queue.count = 0;
    };
    for (const agent of agents) {
      const g = Math.floor((agent % N) / groupSize);
      const queue = queues[g]!;
      queue.agents[queue.count++] = agent;
      if (queue.count === groupSize) flush(g);
    }
    for (let g = 0; g < queues.length; g++) flush(g);
  };
}

/** Some rows [width] of an array, one after the other into another. */
export function gatherRows(
  to: Float32Array | Float64Array,
  from: ArrayLike<number>,
  rows: Int32Array,
  width: number,
): void {
  for (let r = 0; r < rows.length; r++)
    for (let f = 0, at = rows[r]! * width; f < width; f++) to[r * width + f] = from[at + f]!;
}

/** Rows [width] back to where they belong. */
export function scatterRows(
  to: Float32Array | Int32Array,
  from: ArrayLike<number>,
  rows: Int32Array,
  width: number,
): void {
  for (let r = 0; r < rows.length; r++)
    for (let d = 0, at = rows[r]! * width; d < width; d++) to[at + d] = from[r * width + d]!;
}
