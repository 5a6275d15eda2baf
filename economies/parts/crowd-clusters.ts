// Clusters of a crowd from counts on a grid: how many agents are where, what they have together, and a few clusters that follow the crowd from day to day.
//
// Cells are [COLUMNS, ROWS] over sentiment (in standard deviations, within ±4) and doublings of wealth, so that a crowd of any size costs as much.
// Clusters are weighted k-means over cells (Lloyd 1982), begun where they were the day before: cluster k of today is that of yesterday. A cluster of nobody begins anew
// where most agents are farthest from all others (Gonzalez 1985, weighted).

const [COLUMNS, ROWS] = [16, 32];
export const CELLS = COLUMNS * ROWS;
export const CLUSTERS = 6;
const SPREAD = 4;
/** Doublings of wealth that are as far apart as a standard deviation of sentiment: about one of a log-normal of σ = 1. */
const DOUBLINGS = 1.5;
const ROUNDS = 10;

/** Of a cluster: share of agents, mean sentiment, mean doublings of wealth, share of wealth, share of its wealth that is invested. */
export const FIGURES = 5;

/** The cell of an agent; `doublings` is a whole number from 0 to 31. */
export function cellOf(sentiment: number, doublings: number): number {
  const column = Math.floor((COLUMNS * (sentiment + SPREAD)) / (2 * SPREAD));
  return ROWS * Math.max(0, Math.min(COLUMNS - 1, column)) + doublings;
}

const sentimentOf = (cell: number): number => ((Math.floor(cell / ROWS) + 0.5) / COLUMNS) * 2 * SPREAD - SPREAD;
const doublingsOf = (cell: number): number => (cell % ROWS) + 0.5;

/** Moves the clusters to the crowd of today: by cell so many agents, and what they have together, of that in money. */
export function followCrowd(
  clusters: Float64Array,
  counts: ArrayLike<number>,
  wealth: ArrayLike<number>,
  money: ArrayLike<number>,
): void {
  let [agents, all] = [0, 0];
  for (let cell = 0; cell < CELLS; cell++) {
    agents += counts[cell];
    all += wealth[cell];
  }
  if (agents === 0) return;
  for (let k = 0; k < CLUSTERS; k++) if (clusters[k * FIGURES] === 0) begin(clusters, k, counts);
  const held = new Float64Array(CLUSTERS);
  for (let round = 0; round < ROUNDS; round++) {
    const sums = new Float64Array(CLUSTERS * FIGURES);
    held.fill(0);
    for (let cell = 0; cell < CELLS; cell++) {
      const n = counts[cell];
      if (n === 0) continue;
      const k = nearest(clusters, cell).cluster;
      const at = FIGURES * k;
      sums[at] += n;
      sums[at + 1] += n * sentimentOf(cell);
      sums[at + 2] += n * doublingsOf(cell);
      sums[at + 3] += wealth[cell];
      held[k] += money[cell];
    }
    for (let k = 0; k < CLUSTERS; k++) {
      const at = FIGURES * k;
      clusters[at] = sums[at] / agents;
      if (sums[at] > 0) for (const mean of [1, 2]) clusters[at + mean] = sums[at + mean] / sums[at];
      clusters[at + 3] = all > 0 ? sums[at + 3] / all : 0;
      clusters[at + 4] = sums[at + 3] > 0 ? 1 - held[k] / sums[at + 3] : 0;
    }
  }
}

/** Puts cluster k, which nobody is in, where the number of agents times the squared distance from all others is largest. */
function begin(clusters: Float64Array, k: number, counts: ArrayLike<number>): void {
  let [best, most] = [0, -1];
  for (let cell = 0; cell < CELLS; cell++) {
    if (counts[cell] === 0) continue;
    const far = counts[cell] * nearest(clusters, cell).distance;
    if (far > most) [best, most] = [cell, far];
  }
  clusters[k * FIGURES] = Number.MIN_VALUE; // it counts from now on
  clusters[k * FIGURES + 1] = sentimentOf(best);
  clusters[k * FIGURES + 2] = doublingsOf(best);
}

/** Of those that somebody is in; at distance 1 where there is none. */
function nearest(clusters: Float64Array, cell: number): { readonly cluster: number; readonly distance: number } {
  let [cluster, distance] = [-1, Number.POSITIVE_INFINITY];
  for (let k = 0; k < CLUSTERS; k++) {
    if (clusters[k * FIGURES] === 0) continue;
    const dx = clusters[k * FIGURES + 1] - sentimentOf(cell);
    const dy = (clusters[k * FIGURES + 2] - doublingsOf(cell)) / DOUBLINGS;
    const d = dx * dx + dy * dy;
    if (d < distance) [cluster, distance] = [k, d];
  }
  return cluster < 0 ? { cluster, distance: 1 } : { cluster, distance };
}
